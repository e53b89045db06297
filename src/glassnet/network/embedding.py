"""Category embedding: every level of a column is a learned point."""

from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from numpy.random import Generator

from glassnet._types import Inputs, Outputs
from glassnet.network.hash_rng import Noise
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape


@dataclass(frozen=True)
class Embedding:
    """Each of the last inputs, a whole number c, becomes row c of its matrix; the other inputs stay in front.

    `levels` has one count an embedded column, E0, E1, ... are (levels, size) ~ N(0, 1) / sqrt(size). A number that is
    no level (-1: unknown) becomes zeros. dE/dE_c is the sum of g over the samples of level c; a level has no slope, so
    dE/dc = 0. z^l = x^l, delta^l = g.
    """

    levels: tuple[int, ...]
    size: int = 8

    looks: ClassVar[bool] = True

    def output_shape(self, inputs: Shape) -> Shape:
        if len(inputs) != 1 or inputs[0] < len(self.levels):
            raise ValueError(f"Embedding embeds {len(self.levels)} columns, but what comes in has shape {inputs}")
        return (inputs[0] + len(self.levels) * (self.size - 1),)

    def parameter_shapes(self, inputs: Shape) -> dict[str, Shape]:
        return {f"E{place}": (levels, self.size) for place, levels in enumerate(self.levels)}

    def paces(self, inputs: Shape) -> dict[str, float]:
        return dict.fromkeys(self.parameter_shapes(inputs), 1.0)

    def initial(self, random: Generator, inputs: Shape, dtype: Any, sample: np.ndarray | None) -> LayerParameters:
        drawn: LayerParameters = {}
        for place, (name, shape) in enumerate(self.parameter_shapes(inputs).items()):
            points = random.standard_normal(shape) / self.size**0.5
            if sample is not None:  # a level that no row has stays at zero, like an unknown one
                column = sample[:, inputs[0] - len(self.levels) + place]
                points *= np.isin(np.arange(self.levels[place]), column)[:, None]
            drawn[name] = jnp.asarray(points.astype(dtype))
        return drawn

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        points = [which @ parameters[f"E{place}"] for place, which in enumerate(self._indicators(x))]
        z = jnp.concatenate([x[:, : x.shape[1] - len(points)], *points], axis=1)
        return Forward(x, z, z)

    def backward(self, parameters: LayerParameters, kept: Forward, g: Outputs) -> Backward:
        inputs, count = kept.inputs.shape[1], len(self.levels)
        parts = jnp.split(g[:, inputs - count :], count, axis=1)
        hot = self._indicators(kept.inputs)
        gradient = {f"E{place}": which.T @ part for place, (which, part) in enumerate(zip(hot, parts, strict=True))}
        return Backward(g, gradient, jnp.pad(g[:, : inputs - count], ((0, 0), (0, count))))

    def _indicators(self, x: Inputs) -> list[Any]:
        # Matrix products with zeros and ones: on a processor faster than gathering and scattering rows.
        first = x.shape[1] - len(self.levels)
        return [
            (x[:, first + place, None] == jnp.arange(levels)).astype(x.dtype)
            for place, levels in enumerate(self.levels)
        ]
