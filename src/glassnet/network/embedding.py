"""Category embedding: every level of a column is a learned point."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from glassnet._lazy import Array, jnp
from glassnet._types import Inputs, Outputs
from glassnet.network.bounding_rules import Curves, Rule
from glassnet.network.hash_rng import Noise
from glassnet.network.initializers import UnitLength
from glassnet.network.layer import Backward, Forward, LayerParameters, ParameterSpec, Shape


@dataclass(frozen=True)
class Embedding:
    """Each of the last inputs, an integer c, becomes row c of its matrix; the other inputs stay in front.

    `levels` has one count an embedded column, E0, E1, ... are (levels, size) ~ N(0, 1) / sqrt(size). A number that is
    no level (-1: unknown) becomes zeros. dE/dE_c is the sum of g over the samples of level c; a level has no slope, so
    dE/dc = 0. z^l = x^l, delta^l = g.

    Parameters
    ----------
    levels : tuple of int
        The number of levels of every embedded column, the last columns of the input.
    size : int, default=8
        The number of coordinates of a point.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Embedding
    >>> layer = Embedding((3,), size=2)  # one column of three levels, after the numbers
    >>> points = jnp.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> layer.forward({"E0": points}, jnp.array([[7.5, 2.0], [6.0, 1.0]])).x
    Array([[7.5, 0. , 1. ],
           [6. , 1. , 0. ]], dtype=float32)
    """

    levels: tuple[int, ...]
    size: int = 8

    in_float64: ClassVar[bool] = True

    def output_shape(self, inputs: Shape) -> Shape:
        if len(inputs) != 1 or inputs[0] < len(self.levels):
            raise ValueError(f"Embedding embeds {len(self.levels)} columns, but what comes in has shape {inputs}")
        return (inputs[0] + len(self.levels) * (self.size - 1),)

    @property
    def n_codes(self) -> int:
        """The number of embedded columns."""
        return len(self.levels)

    def parameters(self, inputs: Shape) -> dict[str, ParameterSpec]:
        """Return the specification of every matrix; a level that no row of the sample has starts at zero."""
        first = inputs[0] - len(self.levels)
        return {
            f"E{place}": ParameterSpec(
                (levels, self.size), UnitLength(self.size), from_sample=partial(_zero_where_absent, first + place)
            )
            for place, levels in enumerate(self.levels)
        }

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        points = [which @ parameters[f"E{place}"] for place, which in enumerate(self._indicators(x))]
        z = jnp.concatenate([x[:, : x.shape[1] - len(points)], *points], axis=1)
        return Forward(x, z, z)

    def backward(self, parameters: LayerParameters, cache: Forward, g: Outputs) -> Backward:
        inputs, count = cache.inputs.shape[1], len(self.levels)
        parts = jnp.split(g[:, inputs - count :], count, axis=1)
        hot = self._indicators(cache.inputs)
        gradient = {f"E{place}": which.T @ part for place, (which, part) in enumerate(zip(hot, parts, strict=True))}
        return Backward(g, gradient, jnp.pad(g[:, : inputs - count], ((0, 0), (0, count))))

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        """Return the copied numbers, slope 1; codes are fixed, so embedded points do not change. Nothing is rounded."""
        numbers = inputs[0] - len(self.levels)
        sources = np.concatenate([np.arange(numbers), np.full(len(self.levels) * self.size, -1)])
        return [
            Curves(lambda x: self.forward(parameters, x).x, sources, (), None, lambda _z, x: jnp.zeros_like(x), 1.0)
        ]

    def _indicators(self, x: Inputs) -> list[Float[Array, "batch levels"]]:
        return level_indicators(x[:, x.shape[1] - len(self.levels) :], self.levels)


def level_indicators(codes: Inputs, levels: tuple[int, ...]) -> list[Float[Array, "batch levels"]]:
    """Return for every coded column the matrix that is 1 at the level of each sample, a row of 0 where it has none.

    Matrix products with zeros and ones are faster on a processor than gathering and scattering rows.
    """
    return [(codes[:, place, None] == jnp.arange(count)).astype(codes.dtype) for place, count in enumerate(levels)]


def _zero_where_absent(column: int, drawn: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """Return the points, those of levels that the sample does not have at zero, like an unknown level."""
    return drawn * np.isin(np.arange(len(drawn)), sample[:, column])[:, None]
