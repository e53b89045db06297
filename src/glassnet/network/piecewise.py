"""Piecewise-linear embedding: how far a number reaches into each of its bins, mixed."""

from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from numpy.random import Generator

from glassnet._types import Inputs, Outputs
from glassnet.network.hash_rng import Noise
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape, leading

NARROWEST = 1e-6  # between equal knots a bin is a step of this width


@dataclass(frozen=True)
class PiecewiseLinear:
    """Each of the first `numbers` inputs x (None: all) becomes [x, t'V + d]; the others stay.

    t_k = clip((x - e_k) / w_k, 0, 1) with w_k = e_{k+1} - e_k over `bins` bins between the edges e (numbers, bins + 1),
    which are quantiles of the rows that training starts from; V (numbers, bins, size) ~ N(0, 1 / bins), d (numbers,
    size) = 0 (Gorishniy et al. 2022). With h = dE/d(t'V + d): dV = t h', dd = h, and inside a bin, for q = (V h) / w:
    dE/dx = g_0 + the sum of q, de_k = (t - 1) q, de_{k+1} = -t q; sums over samples. z^l (batch, numbers, bins) is
    (x - e_k) / w_k before the clip; delta^l = dE/dz^l.
    """

    numbers: int | None = None
    size: int = 3
    bins: int = 16

    looks: ClassVar[bool] = True

    def output_shape(self, inputs: Shape) -> Shape:
        return (inputs[0] + leading(self, inputs) * self.size,)

    def parameter_shapes(self, inputs: Shape) -> dict[str, Shape]:
        count = leading(self, inputs)
        return {"e": (count, self.bins + 1), "V": (count, self.bins, self.size), "d": (count, self.size)}

    def paces(self, inputs: Shape) -> dict[str, float]:
        return {"e": 0.0, "V": 1.0, "d": 1.0}  # edges stay quantiles

    def initial(self, random: Generator, inputs: Shape, dtype: Any, sample: np.ndarray | None) -> LayerParameters:
        shapes = self.parameter_shapes(inputs)
        rows = np.array([[-1.0], [1.0]]).repeat(inputs[0], axis=1) if sample is None else sample
        edges = np.quantile(rows[:, : shapes["e"][0]], np.linspace(0, 1, self.bins + 1), axis=0).T
        drawn = {
            "e": edges,
            "V": random.standard_normal(shapes["V"]) / self.bins**0.5,
            "d": np.zeros(shapes["d"]),
        }
        return {name: jnp.asarray(numbers.astype(dtype)) for name, numbers in drawn.items()}

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        numbers = x[:, : leading(self, x.shape[1:])]
        z = (numbers[:, :, None] - parameters["e"][:, :-1]) / _widths(parameters)
        mixed = jnp.einsum("bik,ikm->bim", jnp.clip(z, 0, 1), parameters["V"]) + parameters["d"]
        return Forward(x, z, jnp.concatenate([x, mixed.reshape(x.shape[0], -1)], axis=1))

    def backward(self, parameters: LayerParameters, kept: Forward, g: Outputs) -> Backward:
        rows, inputs = kept.inputs.shape
        h, t = g[:, inputs:].reshape(rows, -1, self.size), jnp.clip(kept.z, 0, 1)
        inside = (kept.z > 0) & (kept.z < 1)
        delta = inside * jnp.einsum("bim,ikm->bik", h, parameters["V"])
        q = delta / _widths(parameters)
        moves = _apart(parameters) > NARROWEST  # else the step is as narrow as it may be and hangs on e_k alone
        left, right = jnp.sum(jnp.where(moves, t - 1, -1) * q, axis=0), jnp.sum(jnp.where(moves, -t, 0) * q, axis=0)
        gradient = {
            "e": jnp.pad(left, ((0, 0), (0, 1))) + jnp.pad(right, ((0, 0), (1, 0))),
            "V": jnp.einsum("bik,bim->ikm", t, h),
            "d": jnp.sum(h, axis=0),
        }
        return Backward(delta, gradient, g[:, :inputs].at[:, : h.shape[1]].add(jnp.sum(q, axis=2)))


def _apart(parameters: LayerParameters) -> Any:
    return parameters["e"][:, 1:] - parameters["e"][:, :-1]


def _widths(parameters: LayerParameters) -> Any:
    return jnp.maximum(_apart(parameters), NARROWEST)
