"""The way through an ONNX graph from its input to its output: operators one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet.exchange.onnx.read_constants import constants_of
from glassnet.exchange.onnx.read_file import OWN_DOMAINS
from glassnet.exchange.onnx.read_operators import MOST_NUMBERS, NoLayerError, Operator

if TYPE_CHECKING:  # an optional package
    from onnx import GraphProto, ModelProto, NodeProto, ValueInfoProto

# What a number times functions of itself is one operator of: x sigmoid(x), and x tanh(softplus(x)).
GATES: dict[tuple[str, ...], str] = {("Sigmoid",): "Swish", ("Softplus", "Tanh"): "Mish"}


@dataclass(frozen=True)
class GraphInput:
    """An input of a graph: its name, the shape of a sample as the file has it, and its precision."""

    name: str
    shape: tuple[int, ...]
    rows: int | None  # None: any number of them
    dtype: np.dtype[Any]


@dataclass(frozen=True)
class Chain:
    """The operators from the inputs to the output, and their names."""

    inputs: tuple[GraphInput, ...]
    output: str
    operators: tuple[Operator, ...]


def chain_of(model: "ModelProto") -> Chain:
    """Return the operators of a graph; `NoLayerError` for several inputs or outputs, and where a way branches."""
    graph = model.graph
    constants = constants_of(graph, attributes_of)
    inputs = [value for value in graph.input if value.name not in constants]
    if len(inputs) != 1 or len(graph.output) != 1:
        names = [", ".join(repr(value.name) for value in values) or "none" for values in (inputs, graph.output)]
        raise NoLayerError(
            f"its inputs are {names[0]} and its outputs {names[1]}; a network here has one of each: export it with one"
        )
    first, output = _input(inputs[0]), graph.output[0].name
    opset = next((int(entry.version) for entry in model.opset_import if entry.domain in OWN_DOMAINS), 1)
    operators, here, nodes = list[Operator](), first.name, _needed(graph, output, constants)
    while here != output:
        node, name = _next(nodes, here)
        operators.append(_operator(node, name, opset, constants, here, first.dtype))
        here = node.output[0]
    return Chain((first,), output, tuple(operators))


def attributes_of(node: "NodeProto") -> dict[str, Any]:
    """Return the attributes of a node by name."""
    from onnx.helper import get_attribute_value

    return {attribute.name: get_attribute_value(attribute) for attribute in node.attribute}


def title_of(node: "NodeProto") -> str:
    """Return what a message calls a node: by its name, or by what it gives."""
    return f"{node.op_type} {node.name!r}" if node.name else f"{node.op_type} that gives {node.output[0]!r}"


def _input(value: "ValueInfoProto") -> GraphInput:
    from onnx.helper import tensor_dtype_to_np_dtype

    tensor = value.type.tensor_type
    dtype = tensor_dtype_to_np_dtype(tensor.elem_type) if tensor.elem_type else np.dtype(object)
    if dtype.name not in ("float32", "float64"):
        raise NoLayerError(f"its input {value.name!r} is of {dtype}; export it with one of float32 or float64")
    lengths = [int(axis.dim_value) if axis.HasField("dim_value") else None for axis in tensor.shape.dim]
    sample = [length for length in lengths[1:] if length]
    if not 2 <= len(lengths) <= 4 or len(sample) < len(lengths) - 1 or not 1 <= prod(sample) <= MOST_NUMBERS:
        given = ", ".join("?" if length is None else str(length) for length in lengths)
        raise NoLayerError(
            f"its input {value.name!r} has shape ({given}); expected (rows, numbers), (rows, channels, length) or "
            "(rows, channels, height, width), all fixed but the rows"
        )
    return GraphInput(value.name, tuple(sample), lengths[0], dtype)


def _needed(graph: "GraphProto", output: str, constants: Mapping[str, np.ndarray]) -> list["NodeProto"]:
    """Return the nodes that the output depends on and that are no constants, all of them ONNX's own operators."""
    wanted, found = {output}, list["NodeProto"]()
    for node in reversed(graph.node):
        if wanted & set(node.output) and node.output[0] not in constants:
            if node.domain not in OWN_DOMAINS:
                raise NoLayerError(f"{title_of(node)} is of {node.domain!r}, not of ONNX's own operators")
            found.append(node)
            wanted |= set(node.input)
    return found[::-1]


def _next(nodes: Sequence["NodeProto"], here: str) -> tuple["NodeProto", str]:
    """Return the only node that takes a number, and its operator; or the end of a gate."""
    users = [node for node in nodes if here in node.input]
    if not users:
        raise NoLayerError(f"its output does not depend on {here!r}")
    if len(users) == 1:
        return users[0], users[0].op_type
    for product in users:
        others = [name for name in product.input if name != here]
        if product.op_type == "Mul" and len(users) == 2 and len(others) == 1:
            through = _between(nodes, here, others[0])
            if through in GATES:
                return product, GATES[through]
    names = " and ".join(map(title_of, users))
    raise NoLayerError(f"{here!r} goes to {names}; a network here has layers one after the other")


def _between(nodes: Sequence["NodeProto"], here: str, end: str) -> tuple[str, ...]:
    """Return the operators on the way back from a number to another, one after the other."""
    producers = {name: node for node in nodes for name in node.output}
    through = list[str]()
    while end != here and end in producers and len(through) <= max(map(len, GATES)):
        through.insert(0, producers[end].op_type)
        end = producers[end].input[0]
    return tuple(through) if end == here else ()


def _operator(
    node: "NodeProto", name: str, opset: int, constants: Mapping[str, np.ndarray], here: str, dtype: np.dtype[Any]
) -> Operator:
    if name != node.op_type:  # a gate: its inputs are no constants, but the same number
        return Operator(name, title_of(node), opset, {}, (None,), 1, dtype)
    if list(node.input).count(here) != 1:
        raise NoLayerError(f"{title_of(node)} takes {here!r} in several places; a layer takes it in one")
    for entry in node.input:
        if entry and entry != here and entry not in constants:
            raise NoLayerError(f"{title_of(node)} takes {entry!r}, which is computed; a layer needs a constant there")
    given = tuple(constants.get(entry) for entry in node.input)
    outputs = sum(map(bool, node.output))
    return Operator(name, title_of(node), opset, attributes_of(node), given, outputs, dtype)
