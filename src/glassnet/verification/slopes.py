"""Bounds of a network's slopes over a box: the delta recursion, walked with intervals.

Going down from D^L = e_j, D^{l-1} = A' D^l through a linear layer and D_i = sum_j s_j D_j, with s_j in an interval,
through a coordinatewise one. Intervals alone forget that the D_j move together. So before every nonlinear layer,
coefficients p are propagated forward from D^l to D^L: p . A' D = (A p) . D, and s D lies between two chords over the
interval of D.
"""

from collections.abc import Sequence

import jax.numpy as jnp
from jaxtyping import Array, Float

from glassnet._types import RowsOut
from glassnet.network.relaxation import Coefficients, Relaxation, SlopeInterval
from glassnet.verification.bounds import Walk
from glassnet.verification.input_table import GridSlopes

Above = list[tuple[Relaxation, SlopeInterval]]  # steps from the last on, each with the interval of D above it


def input_slopes(walked: Walk, unit: Float[Array, " out"], linear: bool) -> tuple[GridSlopes, GridSlopes]:
    """Return intervals of d(unit . x^L) / dt_i between neighbours on the grid of the input table."""
    end = jnp.broadcast_to(unit, walked.low.shape)
    box, above = (end, end), Above()
    for relaxation, nonlinear in zip(reversed(walked.relaxations), reversed(walked.nonlinear), strict=True):
        box = narrowed(box, above, end) if linear and nonlinear else box
        above.append((relaxation, box))
        box = relaxation.slopes(box)
    box = narrowed(box, above, end) if linear else box
    rows = len(end)
    return walked.table.slopes(box[0].reshape(rows, -1), box[1].reshape(rows, -1))


def narrowed(box: SlopeInterval, above: Sequence[tuple[Relaxation, SlopeInterval]], end: RowsOut) -> SlopeInterval:
    """Return the smaller of an interval of D and the one that forward propagation finds."""
    if not above:
        return box
    rows, shape = len(end), box[0].shape[1:]
    units = box[0][0].size
    vectors = jnp.concatenate([jnp.eye(units), -jnp.eye(units)]).reshape(-1, *shape)
    p: Coefficients = jnp.broadcast_to(vectors, (rows, *vectors.shape))
    total = jnp.zeros((rows, 2 * units))
    for relaxation, interval in reversed(above):
        p, constant = relaxation.forward_propagate(p, interval)
        total = total + constant
    total = total + jnp.sum(p * end[:, None], axis=-1)
    low, high = total[:, :units].reshape(box[0].shape), -total[:, units:].reshape(box[0].shape)
    return jnp.maximum(box[0], low), jnp.minimum(box[1], high)
