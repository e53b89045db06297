"""A smooth clip: what lies far out counts as far out, but not how far."""

from dataclasses import dataclass
from typing import ClassVar

from glassnet._lazy import jnp
from glassnet._types import Inputs, Outputs
from glassnet.network.bounding_rules import Curves, Rule
from glassnet.network.hash_rng import Noise
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape, leading
from glassnet.network.rounding import of_activation
from glassnet.network.stateless import Stateless

CURVATURE = 0.8587  # max of 3 s (1 + s^2)^(-5/2), at s = 1/2


@dataclass(frozen=True)
class SmoothClip(Stateless):
    """x^l = u / sqrt(1 + (u / c)^2), in (-c, c), of the first `numbers` inputs u (None: of all); the others stay.

    dE/du = g / (1 + (u / c)^2)^(3/2); delta^l = g. z^l stands for 1 / sqrt(1 + (u / c)^2), 1 where nothing is clipped
    (RealMLP, Holzmueller et al. 2024, c = 3).

    Parameters
    ----------
    numbers : int or None, default=None
        How many of the first inputs are clipped; None for all.
    limit : float, default=3.0
        c, above 0, in the units of the inputs.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import SmoothClip
    >>> np.asarray(SmoothClip(limit=3.0).forward({}, jnp.array([[0.1, 4.0, 1000.0]])).x).round(2)
    array([[0.1, 2.4, 3. ]], dtype=float32)
    """

    numbers: int | None = None
    limit: float = 3.0

    in_float64: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not self.limit > 0:
            raise ValueError(f"SmoothClip(limit={self.limit}) needs a limit above 0")

    def output_shape(self, inputs: Shape) -> Shape:
        leading(self, inputs)
        return inputs

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        clipped = jnp.arange(x.shape[1]) < leading(self, x.shape[1:])
        factor = jnp.where(clipped, 1 / jnp.hypot(1, x / self.limit), 1)  # hypot squares no large number
        return Forward(x, factor, x * factor)

    def backward(self, parameters: LayerParameters, cache: Forward, g: Outputs) -> Backward:
        return Backward(g, {}, g * cache.z**3)

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        """|h'| <= 1 and |h''| = 3 s (1 + s^2)^(-5/2) / c with s = |u| / c; h rises."""
        clipped = jnp.arange(inputs[0]) < leading(self, inputs)
        return [
            Curves(
                lambda x: self.forward({}, x).x,
                None,
                (),
                lambda low, _high: clipped * (CURVATURE / self.limit) + jnp.zeros_like(low),
                lambda z, x: jnp.where(clipped, of_activation(z, x), 0),
                1.0,
                monotone=True,
            )
        ]
