"""Dropout: every input, or every channel, is left out with a probability during training, and none afterwards."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from jaxtyping import UInt32

from glassnet._lazy import Array, jax, jnp
from glassnet._types import Integer, RowsIn, RowsOut, UInt32Scalar
from glassnet.network.bounding_rules import Curves, Rule
from glassnet.network.hash_rng import Noise, bits
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape
from glassnet.network.stateless import Stateless

RATE_STEPS = 256  # a rate is rounded to a multiple of 1/256, and the rest is scaled by what that rate is


@dataclass(frozen=True)
class Dropout(Stateless):
    """x^l = m (*) x^{l-1}, m = 0 with probability `rate`, else 1 / (1 - rate); without noise x^l = x^{l-1}.

    Srivastava et al. 2014. z^l stands for the mask m, which the backward rule uses again: delta^l = g, dE/dx^{l-1} =
    m (*) g. With `channels` all of a channel of an image is left out at once (Tompson et al. 2015).

    Parameters
    ----------
    rate : float, default=0.1
        The probability that an input is left out, at least 0 and below 1; rounded to a multiple of 1/256.
    channels : bool, default=False
        Whether all of a channel of an image is left out at once.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Dense, Dropout, Network
    >>> network = Network(4, [Dense(8, "relu"), Dropout(0.25), Dense(1)])
    >>> network.n_parameters  # those of the dense layers
    49
    >>> Dropout(0.25).forward({}, jnp.array([[1.0, 2.0]])).x  # predictions leave nothing out
    Array([[1., 2.]], dtype=float32)
    """

    dynamic_fields: ClassVar[tuple[str, ...]] = ("rate",)

    rate: float = 0.1
    channels: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.rate < 1:
            raise ValueError(f"Dropout(rate={self.rate}) needs a rate of at least 0 and below 1")

    def output_shape(self, inputs: Shape) -> Shape:
        return inputs

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Noise | None = None) -> Forward:
        if noise is None:
            return Forward(x, jnp.ones_like(x), x)
        out = jnp.minimum(jnp.round(self.rate * RATE_STEPS * noise.strength), RATE_STEPS - 1)
        shape = (x.shape[0], *[1] * (x.ndim - 2), x.shape[-1]) if self.channels else x.shape
        draws = _bytes(noise.seed, prod(shape), _entry(noise.first, prod(shape[1:]))).reshape(shape)
        mask = jnp.broadcast_to(jnp.where(draws < out, 0, RATE_STEPS / (RATE_STEPS - out)), x.shape).astype(x.dtype)
        return Forward(x, mask, mask * x)

    def backward(self, parameters: LayerParameters, cache: Forward, g: RowsOut) -> Backward:
        return Backward(g, {}, cache.z * g)

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        """Return x^l = x^{l-1}: without noise nothing is left out, and nothing rounded."""
        return [Curves(lambda x: self.forward({}, x).x, None, (), None, lambda _z, x: jnp.zeros_like(x), 1.0)]


def _entry(first: Integer | int, width: int) -> Integer | int:
    """Return the place of the first entry of row `first`; where that is a plain 0, nothing is computed."""
    return 0 if isinstance(first, int) else first * width


def _bytes(seed: UInt32Scalar, size: int, start: Integer | int) -> UInt32[Array, " _"]:
    shifts = jnp.arange(0, 32, 8, dtype=jnp.uint32)  # four entries from each integer
    if isinstance(start, int):
        integers = bits(seed, (-(-size // 4),))
        return ((integers[:, None] >> shifts) & 0xFF).ravel()[:size]
    integers = bits(seed, (-(-size // 4) + 1,), start // 4)
    return jax.lax.dynamic_slice(((integers[:, None] >> shifts) & 0xFF).ravel(), (start % 4,), (size,))
