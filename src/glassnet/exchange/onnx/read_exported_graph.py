"""The graph of a file in the form in which `export_onnx` writes one, and which of its values are equal expressions."""

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from glassnet.exchange.onnx.graph import Attribute, Graph, Node, Value
from glassnet.exchange.onnx.read_constants import constants_of
from glassnet.exchange.onnx.read_graph import attributes_of

if TYPE_CHECKING:  # an optional package
    from onnx import ModelProto, ValueInfoProto


def graph_of(model: "ModelProto") -> Graph:
    """Return the inputs, outputs, nodes and constants of a file."""
    given = model.graph
    nodes = [
        Node(node.op_type, tuple(node.input), tuple(node.output), _plain(attributes_of(node)), node.domain)
        for node in given.node
    ]
    inputs, outputs = ([_value(value) for value in values] for values in (given.input, given.output))
    return Graph(inputs, outputs, nodes, constants_of(given, attributes_of))


def expressions(graph: Graph, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return for every value a hash of how it is computed, whatever its name: equal hashes are equal computations.

    Parameters
    ----------
    graph : Graph
        A graph, or a part of one.
    known : dict of str or None
        The hashes of values that are computed elsewhere, by name.
    """
    found = dict(known or {})
    found |= {value.name: _hash("input", value.name, value.dtype) for value in graph.inputs}
    for name, array in graph.constants.items():
        numbers = repr(array.tolist()).encode() if array.dtype == object else array.tobytes()
        found[name] = _hash(array.dtype, array.shape, sha256(numbers).hexdigest())
    for node in graph.nodes:
        operands = [found.get(name, "") for name in node.inputs]
        key = _hash(node.domain, node.operator, sorted(_plain(node.attributes).items()), operands)
        found |= {name: _hash(key, place) for place, name in enumerate(node.outputs)}
    return found


def _value(value: "ValueInfoProto") -> Value:
    from onnx.helper import tensor_dtype_to_np_dtype

    tensor = value.type.tensor_type
    lengths = [axis.dim_value if axis.HasField("dim_value") else axis.dim_param for axis in tensor.shape.dim]
    return Value(value.name, tensor_dtype_to_np_dtype(tensor.elem_type), tuple(lengths))


def _plain(attributes: Mapping[str, object]) -> dict[str, Attribute]:
    """Return attributes in one form, as a file and a graph that was not written yet have them."""
    return {name: _as_tuple(value) for name, value in attributes.items()}


def _as_tuple(value: object) -> Attribute:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, int | float | str):
        return value
    return tuple(map(_as_tuple, value)) if isinstance(value, list | tuple) else str(value)  # pyright: ignore


def _hash(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()
