"""Periodic embedding: a number as itself and as sums of cosines, so that a network can change fast in it."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from glassnet._lazy import jnp
from glassnet._types import Inputs, Outputs
from glassnet.network.bounding_rules import Curves, Rule, beside, repeated_sources
from glassnet.network.fast_trigonometry import cosine, sine
from glassnet.network.hash_rng import Noise
from glassnet.network.initializers import Normal, Uniform
from glassnet.network.layer import Backward, Forward, LayerParameters, ParameterSpec, Shape, leading
from glassnet.network.rounding import TRIGONOMETRY, UNIT, of_sum


@dataclass(frozen=True)
class Periodic:
    """Each of the first `numbers` inputs x (None: all) becomes [x, c'V + d], c_k = cos(2 pi z_k), z_k = f_k x + p_k.

    The others stay. K `frequencies`, `size` combinations: f (numbers, K) ~ N(0, standard_deviation^2), p (numbers, K) ~
    U(-1/2, 1/2), V (numbers, K, size) and d (numbers, size) ~ U(-1, 1) / sqrt K (Gorishniy et al. 2022; with the
    number itself, RealMLP, Holzmueller et al. 2024). With h = dE/d(c'V + d): dV = c h', dd = h, dE/dz = -2 pi
    sin(2 pi z) (*) V h, dp = dE/dz, df = x dE/dz, dE/dx = g_0 + f'dE/dz; sums over samples. z^l (batch, numbers, K)
    counts turns.

    Parameters
    ----------
    numbers : int or None, default=None
        How many of the first inputs are embedded; None for all.
    size : int, default=3
        The number of outputs added for each of them.
    frequencies : int, default=16
        K, the number of cosines for each of them.
    standard_deviation : float, default=1.0
        That of the frequencies f at the start, in turns a unit of the input.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import Periodic
    >>> layer = Periodic(size=1, frequencies=1)
    >>> layer.output_shape((2,))  # the two numbers, and one combination of cosines for each
    (4,)
    >>> one = {"f": [[1.0]], "p": [[0.0]], "V": [[[3.0]]], "d": [[1.0]]}  # [x, 3 cos(2 pi x) + 1]
    >>> parameters = {name: jnp.array(numbers) for name, numbers in one.items()}
    >>> np.asarray(layer.forward(parameters, jnp.array([[0.0], [0.5]])).x).round(3)
    array([[ 0. ,  4. ],
           [ 0.5, -2. ]], dtype=float32)
    """

    numbers: int | None = None
    size: int = 3
    frequencies: int = 16
    standard_deviation: float = 1.0

    in_float64: ClassVar[bool] = True

    def output_shape(self, inputs: Shape) -> Shape:
        return (inputs[0] + leading(self, inputs) * self.size,)

    def parameters(self, inputs: Shape) -> dict[str, ParameterSpec]:
        """Return the specifications of f, p, V and d; p counts turns, not radians."""
        shape, uniform = (leading(self, inputs), self.frequencies), Uniform(self.frequencies**-0.5)
        return {
            "f": ParameterSpec(shape, Normal(self.standard_deviation)),
            "p": ParameterSpec(shape, Uniform(0.5), learning_rate_multiplier=1 / (2 * np.pi), decay=False),
            "V": ParameterSpec((*shape, self.size), uniform),
            "d": ParameterSpec((shape[0], self.size), uniform, decay=False),
        }

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        numbers = x[:, : leading(self, x.shape[1:])]
        z = numbers[:, :, None] * parameters["f"] + parameters["p"]
        combinations = jnp.einsum("bik,ikm->bim", cosine(z), parameters["V"]) + parameters["d"]
        return Forward(x, z, jnp.concatenate([x, combinations.reshape(x.shape[0], -1)], axis=1))

    def backward(self, parameters: LayerParameters, cache: Forward, g: Outputs) -> Backward:
        rows, inputs = cache.inputs.shape
        h = g[:, inputs:].reshape(rows, -1, self.size)
        numbers = cache.inputs[:, : h.shape[1]]
        delta = -2 * jnp.pi * sine(cache.z) * jnp.einsum("bim,ikm->bik", h, parameters["V"])
        gradient = {
            "f": jnp.einsum("bik,bi->ik", delta, numbers),
            "p": jnp.sum(delta, axis=0),
            "V": jnp.einsum("bik,bim->ikm", cosine(cache.z), h),
            "d": jnp.sum(h, axis=0),
        }
        through_cosines = jnp.einsum("bik,ik->bi", delta, parameters["f"])
        return Backward(delta, gradient, g[:, :inputs].at[:, : h.shape[1]].add(through_cosines))

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        """|h'| <= sum_k 2 pi |f_k V_k|, |h''| <= sum_k (2 pi f_k)^2 |V_k|; a turn off by e moves a cosine by 2 pi e."""
        speed = 2 * jnp.pi * jnp.abs(parameters["f"])[:, :, None]
        V, sources = jnp.abs(parameters["V"]), repeated_sources(inputs[0], leading(self, inputs), self.size)
        curvature = beside(inputs, 0.0, jnp.sum(speed**2 * V, axis=1))
        cosine_error = jnp.sum(
            V * (TRIGONOMETRY + 2 * jnp.pi * 3 * UNIT * jnp.abs(parameters["p"])[:, :, None]), axis=1
        )
        sum_error = of_sum(self.frequencies + 1, jnp.sum(V, axis=1) + jnp.abs(parameters["d"]))
        fixed = beside(inputs, 0.0, cosine_error + sum_error)
        moving = beside(inputs, 0.0, 3 * UNIT * jnp.sum(speed * V, axis=1))
        return [
            Curves(
                lambda x: self.forward(parameters, x).x,
                sources,
                (),
                lambda low, _high: curvature + jnp.zeros((*low.shape[:-1], len(sources))),
                lambda z, _x: fixed + moving * z,
                beside(inputs, 1.0, jnp.sum(speed * V, axis=1)),
            )
        ]
