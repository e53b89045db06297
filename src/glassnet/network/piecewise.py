"""Piecewise-linear embedding: how far a number lies inside each of its bins, in linear combinations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float
from numpy.random import Generator

from glassnet._lazy import Array, jnp
from glassnet._types import Inputs, Outputs
from glassnet.network.bounding_rules import Curves, Rule, beside, repeated_sources
from glassnet.network.hash_rng import Noise
from glassnet.network.initializers import UnitLength, Zero
from glassnet.network.layer import Backward, Forward, Layer, LayerParameters, ParameterSpec, Shape, leading
from glassnet.network.rounding import UNIT, of_sum

NARROWEST = 1e-6  # between equal edges a bin is a step of this width
STEP = 5e-4  # of the range: bins of fits are wider, by the next line
CLOSEST = 1e-3  # of the range: a narrower bin would turn the rounding of x into a difference of the output

Box = Float[Array, "... inputs"]
OfOutputs = Float[Array, "... outputs"]


@dataclass(frozen=True)
class EvenEdges:
    """Edges from -1 to 1, at equal distances: where no sample is known."""

    def draw(self, random: Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
        return _quantiles(np.empty(shape), np.array([[-1.0], [1.0]]).repeat(shape[0], axis=1))


@dataclass(frozen=True)
class PiecewiseLinear:
    """Each of the first `numbers` inputs x (None: all) becomes [x, t'V + d]; the others stay.

    t_k = clip((x - e_k) / w_k, 0, 1) with w_k = e_{k+1} - e_k over `bins` bins between the edges e (numbers, bins + 1).
    The edges are quantiles of the different values in the rows that training starts from, those too close together
    moved to the widest bins; they are not trained.
    V (numbers, bins, size) ~ N(0, 1 / bins), d (numbers, size) = 0 (Gorishniy et al. 2022). With
    h = dE/d(t'V + d): dV = t h', dd = h, and inside a bin, for q = (V h) / w:
    dE/dx = g_0 + the sum of q, de_k = (t - 1) q, de_{k+1} = -t q; sums over samples. z^l (batch, numbers, bins) is
    (x - e_k) / w_k before the clip; delta^l = dE/dz^l.

    Parameters
    ----------
    numbers : int or None, default=None
        How many of the first inputs are embedded; None for all.
    size : int, default=3
        The number of outputs added for each of them.
    bins : int, default=48
        The number of bins between the edges.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import PiecewiseLinear
    >>> layer = PiecewiseLinear(size=1, bins=2)
    >>> rising_once = {"e": [[0.0, 1.0, 2.0]], "V": [[[5.0], [0.0]]], "d": [[0.0]]}  # from 0 to 1, then constant
    >>> parameters = {name: jnp.array(numbers) for name, numbers in rising_once.items()}
    >>> layer.forward(parameters, jnp.array([[0.5], [1.5]])).x
    Array([[0.5, 2.5],
           [1.5, 5. ]], dtype=float32)
    """

    numbers: int | None = None
    size: int = 3
    bins: int = 48

    in_float64: ClassVar[bool] = True

    def output_shape(self, inputs: Shape) -> Shape:
        return (inputs[0] + leading(self, inputs) * self.size,)

    def parameters(self, inputs: Shape) -> dict[str, ParameterSpec]:
        """Return the specifications of e, V and d; the edges stay what the sample makes them."""
        count, edges = leading(self, inputs), EvenEdges()
        return {
            "e": ParameterSpec((count, self.bins + 1), edges, decay=False, trained=False, from_sample=_quantiles),
            "V": ParameterSpec((count, self.bins, self.size), UnitLength(self.bins)),
            "d": ParameterSpec((count, self.size), Zero(), decay=False),
        }

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        numbers = x[:, : leading(self, x.shape[1:])]
        z = (numbers[:, :, None] - parameters["e"][:, :-1]) / _widths(parameters)
        combinations = jnp.einsum("bik,ikm->bim", jnp.clip(z, 0, 1), parameters["V"]) + parameters["d"]
        return Forward(x, z, jnp.concatenate([x, combinations.reshape(x.shape[0], -1)], axis=1))

    def backward(self, parameters: LayerParameters, cache: Forward, g: Outputs) -> Backward:
        rows, inputs = cache.inputs.shape
        h, t = g[:, inputs:].reshape(rows, -1, self.size), jnp.clip(cache.z, 0, 1)
        inside = (cache.z > 0) & (cache.z < 1)
        delta = inside * jnp.einsum("bim,ikm->bik", h, parameters["V"])
        q = delta / _widths(parameters)
        moves = _apart(parameters) > NARROWEST  # else the step is as narrow as it may be and hangs on e_k alone
        left, right = jnp.sum(jnp.where(moves, t - 1, -1) * q, axis=0), jnp.sum(jnp.where(moves, -t, 0) * q, axis=0)
        gradient = {
            "e": jnp.pad(left, ((0, 0), (0, 1))) + jnp.pad(right, ((0, 0), (1, 0))),
            "V": jnp.einsum("bik,bim->ikm", t, h),
            "d": jnp.sum(h, axis=0),
        }
        of_numbers = g[:, : h.shape[1]] + jnp.sum(q, axis=2)
        return Backward(delta, gradient, jnp.concatenate([of_numbers, g[:, h.shape[1] : inputs]], axis=1))

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        """Return h, which is linear between the edges e_k and the ends e_k + w_k of its ramps, of slope V_k / w_k."""
        edges, slopes = parameters["e"], jnp.abs(parameters["V"]) / _widths(parameters)[:, :, None]
        starts, ends = edges[:, :-1], edges[:, :-1] + _widths(parameters)
        kinks = jnp.sort(jnp.concatenate([edges, ends], axis=1), axis=1)
        kinks = jnp.pad(kinks, ((0, inputs[0] - len(kinks)), (0, 0)))  # the other inputs have none: any place will do
        V = jnp.sum(jnp.abs(parameters["V"]), axis=1)
        error = beside(inputs, 0.0, 8 * UNIT * V + of_sum(self.bins + 1, V + jnp.abs(parameters["d"])))
        rising = (starts[:, None] <= starts[:, :, None]) & (starts[:, :, None] < ends[:, None])  # at every start
        steepness = jnp.max(jnp.einsum("isk,ikm->ism", rising.astype(slopes.dtype), slopes), axis=1)

        def bends(low: Box, high: Box) -> tuple[OfOutputs, OfOutputs]:
            low_numbers, high_numbers = (x[..., : len(edges), None] for x in (low, high))
            within = [(low_numbers <= places) & (places <= high_numbers) for places in (starts, ends)]
            counts = sum(inside.astype(slopes.dtype) for inside in within)
            # A kink moves h from a chord of length r by at most r / 4 times its change, and no ramp moves it by over V.
            parts = jnp.minimum(counts * (high_numbers - low_numbers) / (4 * _widths(parameters)), counts > 0)
            sums = (
                jnp.einsum("...ik,ikm->...im", counts, slopes),
                jnp.einsum("...ik,ikm->...im", parts, jnp.abs(parameters["V"])),
            )
            changes, deviations = (
                jnp.concatenate([jnp.zeros_like(low), found.reshape(*low.shape[:-1], -1)], axis=-1) for found in sums
            )
            return changes, deviations

        return [
            Curves(
                lambda x: self.forward(parameters, x).x,
                repeated_sources(inputs[0], len(edges), self.size),
                tuple(kinks.T),
                None,
                lambda _z, _x: error,
                beside(inputs, 1.0, steepness),
                bends=bends,
            )
        ]


@dataclass(frozen=True)
class SteepRamps(PiecewiseLinear):
    """Ramps of model files with edges so close that a number that met one in training has to meet it again."""


def with_steps(layer: Layer, parameters: Mapping[str, np.ndarray]) -> Layer:
    """Return the layer, as `SteepRamps` where bins are so narrow that a rounding of the input changes the outputs."""
    if not isinstance(layer, PiecewiseLinear):
        return layer
    edges = parameters["e"]
    narrow = np.diff(edges, axis=-1) < STEP * np.ptp(edges, axis=-1, keepdims=True)
    return SteepRamps(layer.numbers, layer.size, layer.bins) if narrow.any() else layer


def _apart(parameters: LayerParameters) -> Float[Array, "numbers bins"]:
    return parameters["e"][:, 1:] - parameters["e"][:, :-1]


def _widths(parameters: LayerParameters) -> Float[Array, "numbers bins"]:
    return jnp.maximum(_apart(parameters), NARROWEST)


def _quantiles(drawn: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """Return edges of the drawn shape (numbers, bins + 1): quantiles of the different values of the first columns.

    Quantiles of all cells would leave few bins to a column that is mostly one value, such as 0.
    """
    numbers, edges = drawn.shape
    places = np.linspace(0, 1, edges)
    quantiles = [np.quantile(np.unique(column), places) for column in sample[:, :numbers].T]
    return np.array([_distinct(column) for column in quantiles]).reshape(drawn.shape)


def _distinct(quantiles: np.ndarray) -> np.ndarray:
    """Return as many rising edges: every value once, and the middles of the widest bins in place of repeated ones."""
    low, high = quantiles[0], quantiles[-1]
    if high - low <= CLOSEST:
        return np.linspace(low - 1, low + 1, len(quantiles))
    edges = [low]
    for value in quantiles[1:]:
        if value - edges[-1] > CLOSEST * (high - low):
            edges.append(value)
    while len(edges) < len(quantiles):
        widest = int(np.argmax(np.diff(edges)))
        edges.insert(widest + 1, (edges[widest] + edges[widest + 1]) / 2)
    return np.array(edges)
