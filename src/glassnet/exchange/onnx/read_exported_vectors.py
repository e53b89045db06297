"""Layers of vectors in a file that `export_onnx` wrote: their numbers are looked up, and the layer is written again."""

from typing import NamedTuple

import numpy as np

from glassnet.exchange.formulas.python_calls import array_name
from glassnet.exchange.onnx.graph import Graph
from glassnet.exchange.onnx.read_exported_activations import activation_after, less_identity
from glassnet.exchange.onnx.read_exported_values import Values
from glassnet.exchange.onnx.read_operators import Arrays
from glassnet.exchange.onnx.write_layers import Place, write_layer
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.layer import Layer, Shape
from glassnet.network.linear_path import LinearPath
from glassnet.network.parametric import ParametricActivation
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip

WAVES = ("Slice", "Transpose", "Unsqueeze", "Mul", "Add", "Sub", "Mul", "Cos", "MatMul", "Add")  # of `Periodic`
RAMPS = ("Slice", "Transpose", "Unsqueeze", "Sub", "Div", "Clip", "MatMul", "Add")  # of `PiecewiseLinear`


class At(NamedTuple):
    """Where a layer may begin: at the value x, with samples of this shape; x0 is what enters the network."""

    values: Values
    shape: Shape
    x0: str
    x: str


class ReadLayer(NamedTuple):
    """A layer, its parameters (members, ...), and the value that it gives."""

    layer: Layer
    parameters: Arrays
    x: str


def _equal(at: At, layer: Layer, parameters: Arrays) -> ReadLayer | None:
    """Return a layer where the file computes what it is written as, else None."""
    arrays = {array_name(1, name): array for name, array in parameters.items()}

    def write(graph: Graph) -> str:
        return write_layer(Place(graph, arrays, 1, at.shape, at.x0, np.dtype(np.float64)), layer, at.x)

    x, _ = at.values.equal_to(write, at.x, at.x0)
    return None if x is None else ReadLayer(layer, parameters, x)


def _bounded_scaling(at: At) -> ReadLayer | None:
    nodes = at.values.follow(at.x, "Mul", "Max", "Min")
    arrays = [at.values.optional(node) for node in nodes]
    if not arrays or not all(array is not None and array.ndim == 3 for array in arrays):
        return None
    s, low, high = (array[:, 0] for array in arrays if array is not None)
    return _equal(at, BoundedScaling(), {"s": s, "low": low, "high": high})


def _input_scaling(at: At) -> ReadLayer | None:
    for node in at.values.follow(at.x, "Mul"):
        s = at.values.optional(node)
        return None if s is None or s.ndim != 3 else _equal(at, InputScaling(), {"s": s[:, 0]})
    return None


def _smooth_clip(at: At) -> ReadLayer | None:
    nodes = at.values.follow(at.x, "Slice", "Clip", "Div")
    if not nodes:
        return None
    numbers, limit = (at.values.constant(node, place) for node, place in ((nodes[0], 2), (nodes[2], 1)))
    return _equal(at, SmoothClip(int(numbers.item()), float(limit.item())), {})


def _periodic(at: At) -> ReadLayer | None:
    nodes = at.values.follow(at.x, *WAVES)
    if not nodes:
        return None
    f, p, V, d = (at.values.constant(nodes[place]) for place in (3, 4, 8, 9))
    numbers, frequencies, size = V.shape[1:]
    return _equal(at, Periodic(numbers, size, frequencies), {"f": f[:, :, 0], "p": p[:, :, 0], "V": V, "d": d[:, :, 0]})


def _piecewise_linear(at: At) -> ReadLayer | None:
    nodes = at.values.follow(at.x, *RAMPS)
    if not nodes:
        return None
    starts, widths, V, d = (at.values.constant(nodes[place]) for place in (3, 4, 6, 7))
    numbers, bins, size = V.shape[1:]
    edges = np.concatenate([starts, starts[..., -1:] + widths[..., -1:]], axis=-1)[:, :, 0]
    return _equal(at, PiecewiseLinear(numbers, size, bins), {"e": edges, "V": V, "d": d[:, :, 0]})


def _linear_path(at: At) -> ReadLayer | None:
    line = at.values.follow(at.x0, "Slice", "Cast", "MatMul", "Add")
    if not line or not at.values.follow(at.x, "Add"):
        return None
    V, a = at.values.constant(line[2]), at.values.constant(line[3])[:, 0]
    return _equal(at, LinearPath(V.shape[-1]), {"V": V, "a": a}) if at.shape == V.shape[2:] else None


def _parametric(at: At) -> ReadLayer | None:
    sigma, curved = activation_after(at.values, at.x, np.float64)
    difference = less_identity(at.values, curved, at.x)
    for node in [] if difference is None else at.values.follow(difference, "Mul"):
        a = at.values.constant(node, 0)[:, 0]
        return _equal(at, ParametricActivation(sigma), {"a": a})
    return None


VECTOR_LAYERS = (
    _bounded_scaling, _input_scaling, _smooth_clip, _periodic, _piecewise_linear, _linear_path, _parametric,
)  # fmt: skip
