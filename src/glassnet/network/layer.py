"""What a layer is: three rules over visible parameters, and the records that they pass on."""

from typing import Any, NamedTuple, Protocol, runtime_checkable

from numpy.random import Generator

from glassnet._types import Parameter, RowsIn, RowsOut, Word

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

    def output_shape(self, inputs: Shape) -> Shape:
        """Return the shape of one output sample; `ValueError` where this layer cannot follow."""
        ...

    def parameter_shapes(self, inputs: Shape) -> dict[str, Shape]:
        """Return the shape of every parameter, by name; empty for a layer without any."""
        ...

    def initial(self, random: Generator, inputs: Shape, dtype: Any) -> LayerParameters:
        """Return the parameters that training starts from."""
        ...

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Word | None = None) -> Forward:
        """Return z^l and x^l from x^{l-1}; `noise`, in training, seeds what is random in the layer."""
        ...

    def backward(self, parameters: LayerParameters, kept: Forward, g: RowsOut) -> Backward:
        """Return delta^l, the gradient and dE/dx^{l-1} from g = dE/dx^l."""
        ...
