"""A smooth clip: what lies far out counts as far out, but not how far."""

from dataclasses import dataclass

import jax.numpy as jnp

from glassnet._types import Inputs, Outputs
from glassnet.network.hash_rng import Noise
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape, leading
from glassnet.network.stateless import Stateless


@dataclass(frozen=True)
class SmoothClip(Stateless):
    """x^l = u / sqrt(1 + (u / c)^2), in (-c, c), of the first `numbers` inputs u (None: of all); the others stay.

    dE/du = g / (1 + (u / c)^2)^(3/2); delta^l = g. z^l stands for 1 / sqrt(1 + (u / c)^2), 1 where nothing is clipped
    (RealMLP, Holzmueller et al. 2024, c = 3).
    """

    numbers: int | None = None
    limit: float = 3.0

    def __post_init__(self) -> None:
        if not self.limit > 0:
            raise ValueError(f"SmoothClip(limit={self.limit}) needs a limit above 0")

    def output_shape(self, inputs: Shape) -> Shape:
        leading(self, inputs)
        return inputs

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        far = jnp.arange(x.shape[1]) < leading(self, x.shape[1:])
        share = jnp.where(far, 1 / jnp.hypot(1, x / self.limit), 1)  # hypot squares no large number
        return Forward(x, share, x * share)

    def backward(self, parameters: LayerParameters, kept: Forward, g: Outputs) -> Backward:
        return Backward(g, {}, g * kept.z**3)
