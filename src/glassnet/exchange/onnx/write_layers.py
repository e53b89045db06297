"""Layers as ONNX nodes: what the `forward` of each computes in predictions, for all members at once.

Vectors are (members, rows, units), so that a dense layer is one product of stacks of matrices; the arrays are those of
`model_arrays`, each with a leading member axis. All is float64, but for layers of images (see `write_images.py`).
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from glassnet.exchange.formulas.python_calls import array_name
from glassnet.exchange.onnx.graph import Graph
from glassnet.exchange.onnx.write_activations import write_activation
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.embedding import Embedding
from glassnet.network.flatten import Flatten
from glassnet.network.layer import Layer, Shape, leading
from glassnet.network.linear_path import LinearPath
from glassnet.network.parametric import ParametricActivation
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import NARROWEST, PiecewiseLinear
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip

Arrays = Mapping[str, np.ndarray]
FAR = 1e15  # times the limit of a smooth clip: its square is still a float32, and nothing is clipped less beyond


class Place(NamedTuple):
    """Where a layer stands.

    Parameters
    ----------
    graph : Graph
        What nodes are added to.
    arrays : dict of arrays
        Of the model.
    number : int
        The layer's number, from 1.
    inputs : tuple of int
        The shape of a sample that enters.
    x0 : str
        The network's inputs, float64 (members, rows, inputs).
    dtype : dtype
        In which the layer is computed.
    """

    graph: Graph
    arrays: Arrays
    number: int
    inputs: Shape
    x0: str
    dtype: np.dtype[np.generic]

    def array(self, name: str) -> np.ndarray:
        """Return a parameter of the layer, (members, ...)."""
        return self.arrays[array_name(self.number, name)]

    def constant(self, values: np.ndarray | float) -> str:
        """Return numbers in the layer's precision."""
        return self.graph.constant(values, self.dtype)

    def parameter(self, name: str, axis: int = 1) -> str:
        """Return a parameter of the layer with an axis for the rows."""
        return self.constant(np.expand_dims(self.array(name), axis))


def write_layer(place: Place, layer: Layer, x: str) -> str:
    """Return x^l of a vector x^{l-1} (members, rows, units); `TypeError` for a layer of a user's own."""
    write = LAYERS.get(type(layer))
    if write is None:
        raise TypeError(
            f"{layer!r} is a layer of your own or one that does not follow a vector, which ONNX has no operators for; "
            "fit with Dense or ParametricActivation, or predict with the model file itself: glassnet predict"
        )
    return write(place, layer, x)


def _dense(place: Place, layer: Dense, x: str) -> str:
    product = place.graph.add("MatMul", x, place.constant(place.array("W")))
    z = place.graph.add("Add", product, place.parameter("b"))
    return write_activation(place.graph, layer.activation, z, place.dtype)


def _parametric(place: Place, layer: ParametricActivation, x: str) -> str:
    curved = write_activation(place.graph, layer.activation, x, place.dtype)
    added = place.graph.add("Mul", place.parameter("a"), place.graph.add("Sub", curved, x))
    return place.graph.add("Add", x, added)


def _input_scaling(place: Place, _: InputScaling, x: str) -> str:
    return place.graph.add("Mul", x, place.parameter("s"))


def _bounded_scaling(place: Place, _: BoundedScaling, x: str) -> str:
    above = place.graph.add("Max", place.graph.add("Mul", x, place.parameter("s")), place.parameter("low"))
    return place.graph.add("Min", above, place.parameter("high"))


def _smooth_clip(place: Place, layer: SmoothClip, x: str) -> str:
    graph, numbers = place.graph, leading(layer, place.inputs)
    ends = [place.constant(sign * FAR * layer.limit) for sign in (-1.0, 1.0)]
    u = graph.add("Clip", graph.part(x, 2, 0, numbers), *ends)
    ratio = graph.add("Div", u, place.constant(layer.limit))
    size = graph.add("Sqrt", graph.add("Add", graph.add("Mul", ratio, ratio), place.constant(1.0)))
    return _with_others(place, [graph.add("Div", u, size)], x, numbers)


def _periodic(place: Place, layer: Periodic, x: str) -> str:
    graph, numbers = place.graph, leading(layer, place.inputs)
    turns = graph.add("Mul", _by_number(place, x, numbers), place.parameter("f", axis=2))
    turns = graph.add("Add", turns, place.parameter("p", axis=2))
    angle = graph.add("Mul", graph.add("Sub", turns, graph.add("Round", turns)), place.constant(2 * np.pi))
    return _combined(place, graph.add("Cos", angle), x, numbers)


def _piecewise_linear(place: Place, layer: PiecewiseLinear, x: str) -> str:
    graph, numbers = place.graph, leading(layer, place.inputs)
    edges = place.array("e").astype(np.float64)
    widths = np.maximum(edges[..., 1:] - edges[..., :-1], NARROWEST)
    from_edge = graph.add("Sub", _by_number(place, x, numbers), place.constant(edges[:, :, None, :-1]))
    inside = graph.add("Div", from_edge, place.constant(widths[:, :, None]))
    return _combined(place, graph.add("Clip", inside, place.constant(0.0), place.constant(1.0)), x, numbers)


def _by_number(place: Place, x: str, numbers: int) -> str:
    """Return the first numbers, (members, numbers, rows, 1)."""
    each = place.graph.add("Transpose", place.graph.part(x, 2, 0, numbers), perm=[0, 2, 1])
    return place.graph.add("Unsqueeze", each, place.graph.integers(3))


def _combined(place: Place, parts: str, x: str, numbers: int) -> str:
    """Return x, and behind it parts'V + d of every number, from parts (members, numbers, rows, parts)."""
    graph, V = place.graph, place.array("V")
    combinations = graph.add("MatMul", parts, place.constant(V))
    combinations = graph.add("Add", combinations, place.parameter("d", axis=2))
    by_row = graph.add("Transpose", combinations, perm=[0, 2, 1, 3])
    return graph.concatenate([x, graph.reshape(by_row, 0, 0, numbers * V.shape[-1])], axis=2)


def _embedding(place: Place, layer: Embedding, x: str) -> str:
    numbers = place.inputs[0] - len(layer.levels)
    return _with_others(place, [], x, 0, numbers, _effects(place, len(layer.levels), numbers))


def _linear_path(place: Place, layer: LinearPath, x: str) -> str:
    graph, numbers = place.graph, place.array("V").shape[1]
    z = place.parameter("a")
    if numbers:
        v = graph.cast(graph.part(place.x0, 2, 0, numbers), place.dtype)
        line = graph.add("MatMul", v, place.constant(place.array("V")))
        z = graph.add("Add", line, z)
    for effect in _effects(place, len(layer.levels), numbers):
        z = graph.add("Add", z, effect)
    return graph.add("Add", x, z)


def _effects(place: Place, codes: int, numbers: int) -> list[str]:
    """Return the rows of the matrices E0, E1, ... at the codes, which are the last inputs; zeros where there is none.

    A code is the same for every member. -1, of an unknown level, is the last row, of zeros.
    """
    graph, rows = place.graph, list[str]()
    first_member = graph.part(place.x0, 0, 0, 1)  # float64
    for number in range(codes):
        points = np.pad(place.array(f"E{number}"), ((0, 0), (0, 1), (0, 0)))
        code = graph.cast(graph.part(first_member, 2, numbers + number, numbers + number + 1), np.int64)
        rows.append(graph.add("Gather", place.constant(points), graph.reshape(code, -1), axis=1))
    return rows


def _with_others(
    place: Place, before: list[str], x: str, start: int, stop: int | None = None, behind: list[str] | None = None
) -> str:
    """Return the entries of x from `start` to before `stop`, with parts before and behind them."""
    end = place.inputs[0] if stop is None else stop
    others = [place.graph.part(x, 2, start, end)] if end > start else []
    return place.graph.concatenate([*before, *others, *(behind or [])], axis=2)


def _unchanged(place: Place, layer: Layer, x: str) -> str:
    return x  # nothing is left out in predictions, and a row of a table is a vector already


LAYERS: Mapping[type[Layer], Callable[..., str]] = {
    Dense: _dense,
    Embedding: _embedding,
    SmoothClip: _smooth_clip,
    Periodic: _periodic,
    PiecewiseLinear: _piecewise_linear,
    InputScaling: _input_scaling,
    ParametricActivation: _parametric,
    BoundedScaling: _bounded_scaling,
    LinearPath: _linear_path,
    Dropout: _unchanged,
    Flatten: _unchanged,
}
