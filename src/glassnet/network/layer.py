"""What a layer is: three rules over visible parameters, and the records that they pass on."""

from typing import Any, ClassVar, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.random import Generator

from glassnet._types import Parameter, RowsIn, RowsOut
from glassnet.network.hash_rng import Noise

Shape = tuple[int, ...]  # of one sample, without the batch axis
LayerParameters = dict[str, Parameter]
Parameters = list[LayerParameters]  # one dict a layer


class Forward(NamedTuple):
    """What layer l keeps of a forward pass: x^{l-1}, z^l and x^l, all with a leading batch axis."""

    inputs: RowsIn
    z: RowsOut
    x: RowsOut


class Backward(NamedTuple):
    """What layer l gives back: delta^l = dE/dz^l, dE/d(parameters of l), and g = dE/dx^{l-1}."""

    delta: RowsOut
    gradient: LayerParameters
    g: RowsIn


@runtime_checkable
class Layer(Protocol):
    """One step of a network; its parameters are passed in, never held."""

    looks: ClassVar[bool]  # whether its first parameters depend on the rows that come in

    def output_shape(self, inputs: Shape) -> Shape:
        """Return the shape of one output sample; `ValueError` where this layer cannot follow."""
        ...

    def parameter_shapes(self, inputs: Shape) -> dict[str, Shape]:
        """Return the shape of every parameter, by name; empty for a layer without any."""
        ...

    def paces(self, inputs: Shape) -> dict[str, float]:
        """Return how far every parameter moves beside the step size, where a solver keeps the layers' own paces."""
        ...

    def initial(self, random: Generator, inputs: Shape, dtype: Any, sample: np.ndarray | None) -> LayerParameters:
        """Return the parameters that training starts from; `sample` are rows (rows, *in) that come in, if known."""
        ...

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Noise | None = None) -> Forward:
        """Return z^l and x^l from x^{l-1}; `noise`, in training, drives what is random in the layer."""
        ...

    def backward(self, parameters: LayerParameters, kept: Forward, g: RowsOut) -> Backward:
        """Return delta^l, the gradient and dE/dx^{l-1} from g = dE/dx^l."""
        ...


def leading(layer: Any, inputs: Shape) -> int:
    """Return how many of the first inputs a layer with `numbers` acts on; `ValueError` where there are fewer."""
    if len(inputs) != 1 or inputs[0] < (layer.numbers or 0):
        raise ValueError(
            f"{type(layer).__name__}({layer.numbers}) acts on the first {layer.numbers} numbers of a vector, but what "
            f"comes in has shape {inputs}"
        )
    return inputs[0] if layer.numbers is None else layer.numbers
