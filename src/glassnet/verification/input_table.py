"""The layers at a network's input, before inputs are combined: every x_j is a curve h_j of one input, and is tabulated.

Input i goes from one end of its interval to the other as t goes from -1 to 1, all inputs at the same t: a forward pass
for every t of a grid tabulates all curves. Whatever is linear in x, sum_j g_j x_j, is then a sum of curves phi_i(t_i),
one an input, whose minima are independent: min over the box = sum_i min_t phi_i(t), but for what happens between the
points of the grid, at most M d^2 / 8 + K d / 4 a curve, where |h''| <= M between kinks, at which h' changes by at most
K from one point of the grid to the next. Cosines of one input cancel here as they do in the network.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from glassnet._lazy import Array, jnp
from glassnet.network.bounding_rules import Curves, Rule
from glassnet.network.layer import Shape
from glassnet.network.relaxation import Constants
from glassnet.network.rounding import NOISE

STEPS = 64  # of the grid of t, where curves are not linear

Rows = Float[Array, "rows units"]
TableCoefficients = Float[Array, "rows coefficients units"]
GridSlopes = Float[Array, "rows inputs cells"]
Profile = Float[Array, "rows coefficients inputs grid"]


class InputTable(NamedTuple):
    """The curves over the box (rows, grid, units), how far they may be off, and which outputs each input has."""

    table: Float[Array, "rows grid units"]
    slack: Rows
    slope_error: Float[Array, "rows cells units"]  # how far dh_j/dt may be from its chord's slope within a cell
    slots: np.ndarray  # (slots, inputs): the outputs of each input, or the number of units where it has no more

    @property
    def low(self) -> Rows:
        """The least that every unit can be."""
        return jnp.min(self.table, axis=1) - self.slack

    @property
    def high(self) -> Rows:
        """The most that every unit can be."""
        return jnp.max(self.table, axis=1) + self.slack

    def profile(self, g: TableCoefficients) -> tuple[Profile, Constants]:
        """Return phi_i(t) and what is the same everywhere, so that their sum is at most g . x for every g."""
        start = self.table[:, :1]
        table = jnp.pad(self.table - start, ((0, 0), (0, 0), (0, 1)))
        coefficients = jnp.pad(g, ((0, 0), (0, 0), (0, 1)))
        phi = jnp.einsum("rpsi,rgsi->rpig", coefficients[:, :, self.slots], table[:, :, self.slots])
        offset = jnp.einsum("rpu,ru->rp", g, start[:, 0]) - jnp.einsum("rpu,ru->rp", jnp.abs(g), self.slack)
        return phi, offset

    def least(self, g: TableCoefficients) -> Constants:
        """Return a number that g . x is at least, anywhere in the box."""
        phi, offset = self.profile(g)
        return offset + jnp.sum(jnp.min(phi, axis=-1), axis=-1)

    def slopes(self, low: Rows, high: Rows) -> tuple[GridSlopes, GridSlopes]:
        """Return intervals of dE/dt_i between all neighbours on the grid, from intervals of dE/dx_j."""
        step = 2 / (self.table.shape[1] - 1)
        chords = jnp.diff(self.table, axis=1) / step
        room = self.slope_error + (NOISE * jnp.max(jnp.abs(self.table), axis=1) / step)[:, None]
        corners = jnp.stack([d[:, None] * c for d in (low, high) for c in (chords - room, chords + room)])
        ends = jnp.pad(jnp.stack([jnp.min(corners, axis=0), jnp.max(corners, axis=0)]), [(0, 0)] * 3 + [(0, 1)])
        least, most = jnp.sum(ends[..., self.slots], axis=-2).swapaxes(2, 3)
        return least, most


def split(rules: Sequence[Rule], inputs: Shape) -> tuple[list[Curves], list[Rule]]:
    """Return the first rules, those that the table takes, and the rest; it takes none of images and signals."""
    first = [rule for rule in takewhile(_is_tabulated, rules) if isinstance(rule, Curves)] if len(inputs) == 1 else []
    return first, list(rules[len(first) :])


def _is_tabulated(rule: Rule) -> bool:
    return isinstance(rule, Curves) and rule.can_be_tabulated


def input_table(rules: Sequence[Curves], low: Float[Array, "rows *in"], high: Float[Array, "rows *in"]) -> InputTable:
    """Return the table of these curves over the box."""
    low, high = low.reshape(len(low), -1), high.reshape(len(high), -1)
    fractions = jnp.linspace(0, 1, 2 if all(rule.straight for rule in rules) else STEPS + 1)[:, None, None]
    x = low + fractions * (high - low)
    x = jnp.where(fractions == 1, high, x)
    sources, step = np.arange(low.shape[1]), 2 / (len(fractions) - 1)
    slope, second_derivative, slack = (high - low) / 2, jnp.zeros_like(low), jnp.zeros_like(low)
    bends = jnp.zeros_like(x[:-1])  # how much dh_j/dt changes at the kinks of every cell
    for curves in rules:
        before, off = (jnp.min(x, axis=0), jnp.max(x, axis=0)), slack + second_derivative * step**2 / 8
        cells = jnp.minimum(x[:-1], x[1:]) - off, jnp.maximum(x[:-1], x[1:]) + off
        x = curves.value(x.reshape(-1, x.shape[2])).reshape(*x.shape[:2], -1)
        slope, second_derivative, slack, bends = (
            _to_outputs(curves, a) for a in (slope, second_derivative, slack, bends)
        )
        largest = _to_outputs(curves, jnp.maximum(jnp.abs(before[0]), jnp.abs(before[1])))
        steepness = jnp.inf if curves.steepness is None else curves.steepness
        slack = steepness * slack + curves.error(largest, jnp.max(jnp.abs(x), axis=0))
        bends = steepness * bends
        if curves.bends is not None:
            changes, deviations = curves.bends(*cells)
            slack, bends = slack + jnp.max(deviations, axis=0), bends + changes * slope
        second_derivative = steepness * second_derivative
        second_derivative = (
            second_derivative if curves.curvature is None else second_derivative + curves.curvature(*before) * slope**2
        )
        slope = steepness * slope
        sources = sources if curves.sources is None else np.append(sources, -1)[curves.sources]
    return InputTable(
        x.swapaxes(0, 1),
        slack + second_derivative * step**2 / 8,
        bends.swapaxes(0, 1) + (second_derivative * step / 2)[:, None],
        _slots(sources, low.shape[1]),
    )


def _to_outputs(curves: Curves, sizes: Float[Array, "... in"]) -> Float[Array, "... out"]:
    """Return for every output what belongs to its input, 0 for what cannot change."""
    padding = [(0, 0)] * (sizes.ndim - 1) + [(0, 1)]
    return sizes if curves.sources is None else jnp.pad(sizes, padding)[..., curves.sources]


def _slots(sources: np.ndarray, inputs: int) -> np.ndarray:
    """Return the outputs of every input, one a row, padded with the number of outputs."""
    outputs = [np.flatnonzero(sources == place) for place in range(inputs)]
    slots = np.full((max(map(len, outputs)), inputs), len(sources))
    for place, of_input in enumerate(outputs):
        slots[: len(of_input), place] = of_input
    return slots
