"""The layers at a network's entrance, before inputs are mixed: every x_j is a curve h_j of one input, and is tabled.

Input i goes from one end of its interval to the other as t goes from -1 to 1, all inputs at the same t: a forward pass
for every t of a grid tables all curves. Whatever is linear in x, sum_j g_j x_j, is then a sum of curves phi_i(t_i), one
an input, whose minima are independent: min over the box = sum_i min_t phi_i(t), but for what happens between the grid's
points, at most M d^2 / 8 a curve. Waves of one input cancel here as they do in the network; no line is drawn.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from glassnet.network.dropout import Dropout
from glassnet.network.embedding import Embedding
from glassnet.network.layer import LayerParameters
from glassnet.network.network import Network
from glassnet.network.periodic import Periodic
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip
from glassnet.verification.coordinatewise import Curves, curves_of
from glassnet.verification.rounding import NOISE

STEPS = 64  # of the grid of t, where curves bend
STRAIGHT = (Dropout, Embedding, InputScaling)
TABLED = (*STRAIGHT, Periodic, SmoothClip)

Rows = Float[Array, "rows units"]
Pulls = Float[Array, "rows pulls units"]
PerPull = Float[Array, "rows pulls"]
Cells = Float[Array, "rows inputs cells"]
Profile = Float[Array, "rows pulls inputs grid"]


class Entrance(NamedTuple):
    """The curves tabled over the box (rows, grid, units), how far they may be off, and which outputs each input has."""

    table: Float[Array, "rows grid units"]
    slack: Rows
    bend: Rows  # how far dh_j/dt may be from the slope of its chord between neighbours on the grid
    slots: np.ndarray  # (slots, inputs): the outputs of each input, or the number of units where it has no more

    @property
    def low(self) -> Rows:
        """The least that every unit can be."""
        return jnp.min(self.table, axis=1) - self.slack

    @property
    def high(self) -> Rows:
        """The most that every unit can be."""
        return jnp.max(self.table, axis=1) + self.slack

    def profile(self, g: Pulls) -> tuple[Profile, PerPull]:
        """Return phi_i(t) and what is the same everywhere, so that their sum is at most g . x for every pull g."""
        start = self.table[:, :1]
        table = jnp.pad(self.table - start, ((0, 0), (0, 0), (0, 1)))
        pulls = jnp.pad(g, ((0, 0), (0, 0), (0, 1)))
        phi = jnp.zeros((*g.shape[:2], self.slots.shape[1], table.shape[1]))
        for own in self.slots:
            phi = phi + pulls[:, :, own, None] * table[:, None, :, own].swapaxes(2, 3)
        same = jnp.einsum("rpu,ru->rp", g, start[:, 0]) - jnp.einsum("rpu,ru->rp", jnp.abs(g), self.slack)
        return phi, same

    def least(self, g: Pulls) -> PerPull:
        """Return a number that g . x is at least, anywhere in the box."""
        phi, same = self.profile(g)
        return same + jnp.sum(jnp.min(phi, axis=-1), axis=-1)

    def slopes(self, low: Rows, high: Rows) -> tuple[Cells, Cells]:
        """Return intervals of dE/dt_i between all neighbours on the grid, from intervals of dE/dx_j."""
        step = 2 / (self.table.shape[1] - 1)
        chords = jnp.diff(self.table, axis=1) / step
        room = (self.bend + NOISE * jnp.max(jnp.abs(self.table), axis=1) / step)[:, None]
        corners = jnp.stack([d[:, None] * c for d in (low, high) for c in (chords - room, chords + room)])
        ends = jnp.pad(jnp.stack([jnp.min(corners, axis=0), jnp.max(corners, axis=0)]), [(0, 0)] * 3 + [(0, 1)])
        least, most = jnp.sum(ends[..., self.slots], axis=-2).swapaxes(2, 3)
        return least, most


def entrance_layers(network: Network) -> int:
    """Return how many layers from the first belong to the entrance."""
    if len(network.inputs) != 1:
        return 0
    return next((n for n, layer in enumerate(network.layers) if not isinstance(layer, TABLED)), len(network.layers))


def entrance(
    layers: Sequence[Any], parameters: Sequence[LayerParameters], low: Float[Array, "rows *in"], high: Any
) -> Entrance:
    """Return the table of these layers over the box."""
    low, high = low.reshape(len(low), -1), high.reshape(len(high), -1)
    bent = any(not isinstance(layer, STRAIGHT) for layer in layers)
    shares = jnp.linspace(0, 1, STEPS + 1 if bent else 2)[:, None, None]
    x = low + shares * (high - low)
    x = jnp.where(shares == 1, high, x)
    sources = np.arange(low.shape[1])
    slope, bend, slack = (high - low) / 2, jnp.zeros_like(low), jnp.zeros_like(low)
    for layer, own in zip(layers, parameters, strict=True):
        curves = curves_of(layer, own, x.shape[2:])
        before = jnp.min(x, axis=0), jnp.max(x, axis=0)
        x = curves.run(x.reshape(-1, x.shape[2])).reshape(*x.shape[:2], -1)
        sizes = jnp.max(jnp.abs(x), axis=0)
        slope, bend, slack = (_carried(curves, a) for a in (slope, bend, slack))
        reach = _carried(curves, jnp.maximum(jnp.abs(before[0]), jnp.abs(before[1])))
        slack = curves.steepness * slack + curves.error(reach, sizes)
        bend = curves.steepness * bend
        bend = bend if curves.curvature is None else bend + curves.curvature(*before) * slope**2
        slope = curves.steepness * slope
        sources = sources if curves.sources is None else np.append(sources, -1)[curves.sources]
    step = 2 / (len(shares) - 1)
    return Entrance(x.swapaxes(0, 1), slack + bend * step**2 / 8, bend * step / 2, _slots(sources, low.shape[1]))


def _carried(curves: Curves, sizes: Rows) -> Float[Array, "rows out"]:
    """Return for every output what belongs to its input, 0 for what cannot change."""
    return sizes if curves.sources is None else jnp.pad(sizes, ((0, 0), (0, 1)))[:, curves.sources]


def _slots(sources: np.ndarray, inputs: int) -> np.ndarray:
    """Return the outputs of every input, one a row, padded with the number of outputs."""
    own = [np.flatnonzero(sources == place) for place in range(inputs)]
    slots = np.full((max(map(len, own)), inputs), len(sources))
    for place, outputs in enumerate(own):
        slots[: len(outputs), place] = outputs
    return slots
