"""Periodic embedding: a number as itself and as mixtures of waves, so that a network can bend sharply in it."""

from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from numpy.random import Generator

from glassnet._types import Inputs, Outputs
from glassnet.network.fast_trigonometry import cosine, sine
from glassnet.network.hash_rng import Noise
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape, leading


@dataclass(frozen=True)
class Periodic:
    """Each of the first `numbers` inputs x (None: all) becomes [x, c'V + d], c_k = cos(2 pi z_k), z_k = f_k x + p_k.

    The others stay. K `frequencies`, `size` mixtures: f (numbers, K) ~ N(0, deviation^2), p (numbers, K) ~
    U(-1/2, 1/2), V (numbers, K, size) and d (numbers, size) ~ U(-1, 1) / sqrt K (Gorishniy et al. 2022; with the
    number itself, RealMLP, Holzmueller et al. 2024). With h = dE/d(c'V + d): dV = c h', dd = h, dE/dz = -2 pi
    sin(2 pi z) (*) V h, dp = dE/dz, df = x dE/dz, dE/dx = g_0 + f'dE/dz; sums over samples. z^l (batch, numbers, K)
    counts turns.
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
        return {"f": 1.0, "p": 1 / (2 * np.pi), "V": 1.0, "d": 1.0}  # p counts turns, not radians

    def initial(self, random: Generator, inputs: Shape, dtype: Any, sample: np.ndarray | None) -> LayerParameters:
        shapes, bound = self.parameter_shapes(inputs), self.frequencies**-0.5
        drawn = {
            "f": self.deviation * random.standard_normal(shapes["f"]),
            "p": random.uniform(-0.5, 0.5, shapes["p"]),
            "V": random.uniform(-bound, bound, shapes["V"]),
            "d": random.uniform(-bound, bound, shapes["d"]),
        }
        return {name: jnp.asarray(numbers.astype(dtype)) for name, numbers in drawn.items()}

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        numbers = x[:, : leading(self, x.shape[1:])]
        z = numbers[:, :, None] * parameters["f"] + parameters["p"]
        mixed = jnp.einsum("bik,ikm->bim", cosine(z), parameters["V"]) + parameters["d"]
        return Forward(x, z, jnp.concatenate([x, mixed.reshape(x.shape[0], -1)], axis=1))

    def backward(self, parameters: LayerParameters, kept: Forward, g: Outputs) -> Backward:
        rows, inputs = kept.inputs.shape
        h = g[:, inputs:].reshape(rows, -1, self.size)
        numbers = kept.inputs[:, : h.shape[1]]
        delta = -2 * jnp.pi * sine(kept.z) * jnp.einsum("bim,ikm->bik", h, parameters["V"])
        gradient = {
            "f": jnp.einsum("bik,bi->ik", delta, numbers),
            "p": jnp.sum(delta, axis=0),
            "V": jnp.einsum("bik,bim->ikm", cosine(kept.z), h),
            "d": jnp.sum(h, axis=0),
        }
        bent = jnp.einsum("bik,ik->bi", delta, parameters["f"])
        return Backward(delta, gradient, g[:, :inputs].at[:, : h.shape[1]].add(bent))
