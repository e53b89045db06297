"""Periodic embedding: a number as itself and as learned mixtures of cosines, so that a network can bend sharply in it."""

from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from numpy.random import Generator

from glassnet._types import Inputs, Outputs
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape, leading
from glassnet.network.noise import Noise


@dataclass(frozen=True)
class Periodic:
    """Each of the first `numbers` inputs x (None: all) becomes [x, c'V + d], c_k = cos(2 pi f_k x + p_k); others stay.

    K `frequencies`, `size` mixtures: f (numbers, K) ~ N(0, deviation^2), p (numbers, K) ~ U(-pi, pi), V (numbers, K,
    size) and d (numbers, size) ~ U(-1, 1) / sqrt K (Gorishniy et al. 2022; with the number itself, RealMLP, Holzmueller
    et al. 2024). With h = dE/d(c'V + d): dV = c h', dd = h, dc = V h, dp = -sin(.) (*) dc, df = 2 pi x dp, dE/dx = g_0
    + 2 pi f'dp; sums over samples. z^l (batch, numbers, K) are the arguments of the cosines; delta^l = dE/dz^l = dp.
    """

    numbers: int | None = None
    size: int = 3
    frequencies: int = 16
    deviation: float = 1.0

    looks: ClassVar[bool] = False

    def output_shape(self, inputs: Shape) -> Shape:
        return (inputs[0] + leading(self, inputs) * self.size,)

    def parameter_shapes(self, inputs: Shape) -> dict[str, Shape]:
        waves = leading(self, inputs), self.frequencies
        return {"f": waves, "p": waves, "V": (*waves, self.size), "d": (waves[0], self.size)}

    def paces(self, inputs: Shape) -> dict[str, float]:
        return dict.fromkeys(self.parameter_shapes(inputs), 1.0)

    def initial(self, random: Generator, inputs: Shape, dtype: Any, sample: np.ndarray | None) -> LayerParameters:
        shapes, bound = self.parameter_shapes(inputs), self.frequencies**-0.5
        drawn = {
            "f": self.deviation * random.standard_normal(shapes["f"]),
            "p": random.uniform(-np.pi, np.pi, shapes["p"]),
            "V": random.uniform(-bound, bound, shapes["V"]),
            "d": random.uniform(-bound, bound, shapes["d"]),
        }
        return {name: jnp.asarray(numbers.astype(dtype)) for name, numbers in drawn.items()}

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        numbers = x[:, : leading(self, x.shape[1:])]
        z = 2 * jnp.pi * numbers[:, :, None] * parameters["f"] + parameters["p"]
        mixed = jnp.einsum("bik,ikm->bim", jnp.cos(z), parameters["V"]) + parameters["d"]
        return Forward(x, z, jnp.concatenate([x, mixed.reshape(x.shape[0], -1)], axis=1))

    def backward(self, parameters: LayerParameters, kept: Forward, g: Outputs) -> Backward:
        rows, inputs = kept.inputs.shape
        h = g[:, inputs:].reshape(rows, -1, self.size)
        numbers = kept.inputs[:, : h.shape[1]]
        delta = -jnp.sin(kept.z) * jnp.einsum("bim,ikm->bik", h, parameters["V"])
        gradient = {
            "f": 2 * jnp.pi * jnp.einsum("bik,bi->ik", delta, numbers),
            "p": jnp.sum(delta, axis=0),
            "V": jnp.einsum("bik,bim->ikm", jnp.cos(kept.z), h),
            "d": jnp.sum(h, axis=0),
        }
        bent = 2 * jnp.pi * jnp.einsum("bik,ik->bi", delta, parameters["f"])
        return Backward(delta, gradient, g[:, :inputs].at[:, : h.shape[1]].add(bent))
