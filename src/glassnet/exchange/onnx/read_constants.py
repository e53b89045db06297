"""The constants of an ONNX graph: given ones, and those that few operators make of others."""

from collections.abc import Callable, Mapping
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet.exchange.onnx.read_file import OWN_DOMAINS
from glassnet.exchange.onnx.read_operators import NoLayerError

if TYPE_CHECKING:  # an optional package
    from onnx import GraphProto, NodeProto, TensorProto

MOST_CONSTANTS = 2**28  # of all constants together; a few bytes of a file can ask for any number of them
Attributes = Mapping[str, Any]


def constants_of(graph: "GraphProto", attributes: Callable[["NodeProto"], Attributes]) -> dict[str, np.ndarray]:
    """Return the constants by name; those that other operators make of them are left out."""
    _check_size(sum(prod(tensor.dims) for tensor in graph.initializer))
    found = {tensor.name: as_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.domain not in OWN_DOMAINS or not all(name in found for name in node.input):
            continue
        value = _value(node.op_type, attributes(node), [found[name] for name in node.input])
        if value is not None:
            found[node.output[0]] = value
            _check_size(sum(array.size for array in found.values()))
    return found


def as_array(tensor: "TensorProto") -> np.ndarray:
    """Return a tensor of a file as an array; one that stands in another file is not looked for."""
    from onnx.numpy_helper import to_array

    if tensor.data_location == tensor.EXTERNAL:
        raise NoLayerError(f"{tensor.name!r} stands in another file")
    return np.asarray(to_array(tensor))


def _value(operator: str, a: Attributes, inputs: list[np.ndarray]) -> np.ndarray | None:
    match operator:
        case "Constant":
            return _given(a)
        case "ConstantOfShape":
            shape = tuple(int(length) for length in inputs[0].ravel())
            _check_size(prod(shape))
            return np.full(shape, as_array(a["value"])[0] if "value" in a else np.float32(0))
        case "Identity":
            return inputs[0]
        case "Transpose":
            return np.transpose(inputs[0], a.get("perm"))
        case "Unsqueeze":
            axes = a["axes"] if "axes" in a else inputs[1].ravel()
            return np.expand_dims(inputs[0], tuple(int(axis) for axis in axes))
        case "Reshape" if len(inputs) == 2 and not a.get("allowzero", 0):
            lengths = [inputs[0].shape[place] if n == 0 else int(n) for place, n in enumerate(inputs[1].ravel())]
            return inputs[0].reshape(lengths)
        case _:
            return None


def _given(a: Attributes) -> np.ndarray | None:
    if "value" in a:
        return as_array(a["value"])
    kinds = {"value_float": np.float32, "value_floats": np.float32, "value_int": np.int64, "value_ints": np.int64}
    return next((np.asarray(a[name], kind) for name, kind in kinds.items() if name in a), None)


def _check_size(numbers: int) -> None:
    if not 0 <= numbers <= MOST_CONSTANTS:
        raise NoLayerError(f"its constants are {numbers} numbers, more than the {MOST_CONSTANTS} that are read")
