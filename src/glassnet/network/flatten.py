"""Flatten: images as vectors, for the dense layers that follow."""

from dataclasses import dataclass
from math import prod

from glassnet._types import RowsIn, RowsOut
from glassnet.network.bounding_rules import Linear, Rule
from glassnet.network.hash_rng import Noise
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape
from glassnet.network.stateless import Stateless


@dataclass(frozen=True)
class Flatten(Stateless):
    """x^l = x^{l-1} laid end to end: channels next to each other, then columns, then rows. z^l = x^l, delta^l = g.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Flatten
    >>> Flatten().output_shape((2, 2, 1))
    (4,)
    >>> Flatten().forward({}, jnp.array([[[[1.0], [2.0]], [[3.0], [4.0]]]])).x
    Array([[1., 2., 3., 4.]], dtype=float32)
    """

    def output_shape(self, inputs: Shape) -> Shape:
        return (prod(inputs),)

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Noise | None = None) -> Forward:
        z = x.reshape(x.shape[0], -1)
        return Forward(x, z, z)

    def backward(self, parameters: LayerParameters, cache: Forward, g: RowsOut) -> Backward:
        return Backward(g, {}, g.reshape(cache.inputs.shape))

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        return [Linear(self, {}, 0)]
