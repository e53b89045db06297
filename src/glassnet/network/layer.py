"""What a layer is: rules over visible parameters that are passed in."""

from typing import ClassVar, Protocol, runtime_checkable

from glassnet._types import RowsIn, RowsOut
from glassnet.network.bounding_rules import Rule
from glassnet.network.hash_rng import Noise
from glassnet.network.parameters import LayerParameters, Parameters, ParameterSpec, Shape
from glassnet.network.passes import Backward, Forward

__all__ = [
    "Backward",
    "Bounded",
    "Forward",
    "InFloat64",
    "Layer",
    "LayerParameters",
    "OneByOne",
    "ParameterSpec",
    "Parameters",
    "SeesInputs",
    "Shape",
    "TakesCodes",
    "leading",
    "no_bounds",
]


@runtime_checkable
class Layer(Protocol):
    """One step of a network; its parameters are passed in, never held.

    These four rules are all that training needs. A layer that also has `bounds` (see `Bounded`) can be certified.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Backward, Dense, Forward, Layer, Network
    >>> class Square:
    ...     def output_shape(self, inputs):
    ...         return inputs
    ...     def parameters(self, inputs):
    ...         return {}
    ...     def forward(self, parameters, x, noise=None):
    ...         return Forward(x, x, x**2)
    ...     def backward(self, parameters, cache, g):
    ...         return Backward(g, {}, 2 * cache.inputs * g)
    >>> isinstance(Square(), Layer), isinstance(Dense(1), Layer)
    (True, True)
    >>> Network(2, [Dense(3), Square(), Dense(1)]).shapes
    ((2,), (3,), (3,), (1,))
    >>> Square().forward({}, jnp.array([[3.0]])).x
    Array([[9.]], dtype=float32)
    """

    def output_shape(self, inputs: Shape) -> Shape:
        """Return the shape of one output sample; `ValueError` where this layer cannot follow.

        Parameters
        ----------
        inputs : tuple of int
            The shape of one sample that enters, without the batch axis.

        Returns
        -------
        tuple of int
            The shape of one sample that leaves.
        """
        ...

    def parameters(self, inputs: Shape) -> dict[str, ParameterSpec]:
        """Return the specification of every parameter, by name, in the order of drawing; empty for none.

        Parameters
        ----------
        inputs : tuple of int
            The shape of one sample that enters.

        Returns
        -------
        dict of str to ParameterSpec
            By name.
        """
        ...

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Noise | None = None) -> Forward:
        """Return z^l and x^l from x^{l-1}; `noise`, in training, drives what is random in the layer.

        Parameters
        ----------
        parameters : dict of str to Array
            The parameters of this layer.
        x : Array (batch, *in)
            x^{l-1}.
        noise : Noise or None, default=None
            The seed and strength of what is random, in training; None for predictions.

        Returns
        -------
        Forward
            With x, z^l and x^l.
        """
        ...

    def backward(self, parameters: LayerParameters, cache: Forward, g: RowsOut) -> Backward:
        """Return delta^l, the gradient and dE/dx^{l-1} from g = dE/dx^l.

        Parameters
        ----------
        parameters : dict of str to Array
            The parameters of this layer.
        cache : Forward
            What `forward` returned.
        g : Array (batch, *out)
            dE/dx^l.

        Returns
        -------
        Backward
            With delta^l, the gradient by name, and dE/dx^{l-1}.
        """
        ...


@runtime_checkable
class Bounded(Protocol):
    """A layer with a third rule beside forward and backward."""

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        """Return the rules for bounds of x^l over a box of x^{l-1}, one after the other.

        Parameters
        ----------
        parameters : dict of str to Array
            The parameters of this layer.
        inputs : tuple of int
            The shape of one sample that enters.

        Returns
        -------
        list of Linear, Curves or Custom
            One rule at least, or none where x^l = x^{l-1}.
        """
        ...


@runtime_checkable
class TakesCodes(Protocol):
    """A layer whose last inputs are codes: integers, between which there is nothing."""

    @property
    def n_codes(self) -> int:
        """The number of codes."""
        ...


@runtime_checkable
class SeesInputs(Protocol):
    """A layer with a skip connection: x^0 follows x^{l-1} in what enters it."""

    sees_inputs: ClassVar[bool]


@runtime_checkable
class InFloat64(Protocol):
    """A layer of few products whose rounding is enlarged after it or by cancelling: predictions compute it in float64.

    Training computes it in the precision of the parameters.
    """

    in_float64: ClassVar[bool]


@runtime_checkable
class OneByOne(Protocol):
    """A layer that is faster for the members of an ensemble one after the other than for all at once."""

    members_at_once: ClassVar[bool]


def no_bounds(layer: Layer) -> str:
    """Return the message of the error for a layer without a rule for bounds."""
    return (
        f"{layer!r} has no bounds; use layers that have, such as Dense, ParametricActivation and Periodic, or give it "
        "bounds(parameters, inputs)"
    )


@runtime_checkable
class WithLeading(Protocol):
    """A layer that acts on the first `numbers` inputs; None: on all."""

    @property
    def numbers(self) -> int | None:
        """How many."""
        ...


def leading(layer: WithLeading, inputs: Shape) -> int:
    """Return how many of the first inputs a layer with `numbers` acts on; `ValueError` where there are fewer."""
    if len(inputs) != 1 or inputs[0] < (layer.numbers or 0):
        raise ValueError(
            f"{type(layer).__name__}({layer.numbers}) acts on the first {layer.numbers} numbers of a vector, but what "
            f"comes in has shape {inputs}"
        )
    return inputs[0] if layer.numbers is None else layer.numbers
