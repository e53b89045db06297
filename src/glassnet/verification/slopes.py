"""Bounds of a network's slopes over a box: the delta recursion, walked with intervals.

Going down from D^L = e_j, D^{l-1} = A' D^l where a layer mixes and D_i = sum_j s_j D_j, with s_j in an interval, where
it bends. Intervals alone forget that the D_j move together. So before every layer that bends, pulls p are raised from
D^l back to D^L: p . A' D = (A p) . D, and s D lies between two chords over the interval of D.
"""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float

from glassnet.verification.bounds import Walk
from glassnet.verification.input_table import Cells
from glassnet.verification.relaxation import Interval, Pulls, Relaxed

Above = list[tuple[Relaxed, Interval]]  # steps from the last on, each with the interval of D above it


def input_slopes(found: Walk, unit: Float[Array, " out"], linear: bool) -> tuple[Cells, Cells]:
    """Return intervals of d(unit . x^L) / dt_i between neighbours on the entrance's grid."""
    end = jnp.broadcast_to(unit, found.low.shape)
    box, above = (end, end), Above()
    for step, bends in zip(reversed(found.steps), reversed(found.bends), strict=True):
        box = narrowed(box, above, end) if linear and bends else box
        above.append((step, box))
        box = step.slopes(box)
    box = narrowed(box, above, end) if linear else box
    rows = len(end)
    return found.entrance.slopes(box[0].reshape(rows, -1), box[1].reshape(rows, -1))


def narrowed(box: Interval, above: Sequence[tuple[Relaxed, Interval]], end: Any) -> Interval:
    """Return the smaller of an interval of D and the one that raised pulls find."""
    if not above:
        return box
    rows, shape = len(end), box[0].shape[1:]
    units = box[0][0].size
    pulls = jnp.concatenate([jnp.eye(units), -jnp.eye(units)]).reshape(-1, *shape)
    p: Pulls = jnp.broadcast_to(pulls, (rows, *pulls.shape))
    total = jnp.zeros((rows, 2 * units))
    for step, own in reversed(above):
        p, constant = step.raised(p, own)
        total = total + constant
    total = total + jnp.sum(p * end[:, None], axis=-1)
    low, high = total[:, :units].reshape(box[0].shape), -total[:, units:].reshape(box[0].shape)
    return jnp.maximum(box[0], low), jnp.minimum(box[1], high)
