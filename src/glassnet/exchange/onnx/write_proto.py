"""A graph as an ONNX model: the bytes of its protocol buffer, without nodes that no output needs."""

from collections.abc import Mapping
from importlib.metadata import version
from types import ModuleType

from glassnet.exchange.onnx.graph import CODES, IR_VERSION, ML, ML_OPSET, OPSET, Graph, Node, Value
from glassnet.exchange.onnx.onnx_package import MOST_BYTES, import_onnx


def model_bytes(graph: Graph, about: str, metadata: Mapping[str, str]) -> bytes:
    """Return the content of an ONNX file, checked by onnx itself.

    Parameters
    ----------
    graph : Graph
        The graph.
    about : str
        What it is, in words.
    metadata : dict of str
        What a program may want to know, by name.

    Raises
    ------
    ValueError
        Where the arrays are too large for one file.
    """
    onnx = import_onnx()
    size = sum(array.nbytes for array in graph.constants.values())
    if size > MOST_BYTES:
        raise ValueError(f"the arrays of this model take {size / 1e9:.3g} GB, and an ONNX file holds 2 GB; fit with "
                         "fewer members or smaller layers")  # fmt: skip
    nodes = needed_nodes(graph)
    used = {name for node in nodes for name in node.inputs}
    proto = onnx.helper.make_graph(
        [onnx.helper.make_node(n.operator, n.inputs, n.outputs, domain=n.domain, **n.attributes) for n in nodes],
        "glassnet",
        [_declared(onnx, value) for value in graph.inputs],
        [_declared(onnx, value) for value in graph.outputs],
        [onnx.numpy_helper.from_array(array, name) for name, array in graph.constants.items() if name in used],
    )
    opsets = [onnx.helper.make_opsetid(domain, number) for domain, number in (("", OPSET), (ML, ML_OPSET))]
    model = onnx.helper.make_model(
        proto, opset_imports=opsets, ir_version=IR_VERSION, producer_name="glassnet",
        producer_version=version("glassnet"), doc_string=about,
    )  # fmt: skip
    onnx.helper.set_model_props(model, dict(metadata))
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def needed_nodes(graph: Graph) -> list[Node]:
    """Return the nodes that some output needs, in their order."""
    wanted, found = {value.name for value in graph.outputs}, list[Node]()
    for node in reversed(graph.nodes):
        if wanted.intersection(node.outputs):
            wanted.update(node.inputs)
            found.append(node)
    return found[::-1]


def _declared(onnx: ModuleType, value: Value) -> object:
    return onnx.helper.make_tensor_value_info(value.name, CODES[value.dtype.name], list(value.shape))
