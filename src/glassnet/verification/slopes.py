"""Bounds of a network's slopes D^l = d(unit . x^L) / dx^l over a box: backpropagation with intervals.

Backpropagation starts from D^L = unit. A linear layer x^l = W' x^{l-1} + b has D^{l-1} = W D^l, and an activation has
D^{l-1}_i = s_i D^l_i, where s_i = sigma'(z_i) is known only to lie in an interval. Propagating an interval of D in this
way is sound, but loose: it forgets that the entries of D depend on each other.

So before every nonlinear layer the interval is narrowed. The entry p . D^l, with p a unit vector or its negative, is
bounded from below by following its coefficients from layer l to the output: through a linear layer p . W D = (W' p) . D
exactly; through an activation s D lies between two lines over the interval of D. At the output D^L is known. This
is linear relaxation (Zhang et al. 2018) of the backward pass.
"""

from collections.abc import Sequence

from jaxtyping import Float

from glassnet._lazy import Array, jnp
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
    """Return what an interval of D has in common with the one that forward propagation of unit vectors finds."""
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
