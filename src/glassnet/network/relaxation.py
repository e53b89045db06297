"""What a rule for bounds gives over a box: where the outputs lie, and how coefficients and slopes pass through it.

A bound of g . x^l is propagated backward with its coefficients g, in the manner of CROWN (Zhang et al. 2018); an
interval of dE/dx^l is propagated backward too, and coefficients of dE/dx^{l-1} forward, to narrow it.
"""

from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import Float

from glassnet._lazy import Array, jnp
from glassnet._types import Entries

Coefficients = Float[Array, "rows coefficients ..."]
Constants = Float[Array, "rows coefficients"]
LinearBound = tuple[Coefficients, Constants]
SlopeInterval = tuple[Float[Array, "rows ..."], Float[Array, "rows ..."]]  # low, high


class Relaxation(NamedTuple):
    """A step x^{l-1} -> x^l over a box.

    Parameters
    ----------
    low, high : array (rows, *out)
        Where the outputs lie.
    backward_propagate : callable
        Coefficients g to g', c with g . x^l >= g' . x^{l-1} + c everywhere in the box.
    slopes : callable
        An interval of D = dE/dx^l to one of dE/dx^{l-1}.
    forward_propagate : callable
        Coefficients p and an interval of D to p', c with p . dE/dx^{l-1} >= p' . D + c for every D in the interval.
    """

    low: Entries
    high: Entries
    backward_propagate: Callable[[Coefficients], LinearBound]
    slopes: Callable[[SlopeInterval], SlopeInterval]
    forward_propagate: Callable[[Coefficients, SlopeInterval], LinearBound]


def total(terms: Coefficients) -> Constants:
    """Return the sum of what stands for every row and every vector of coefficients.

    As a product with ones it is a call of a library, which needs no compiling.
    """
    flat = terms.reshape(*terms.shape[:2], -1)
    return flat @ jnp.ones(flat.shape[2], flat.dtype)


def inner(g: Coefficients, x: Float[Array, "rows ..."]) -> Constants:
    """Return g . x for every row and every vector of coefficients."""
    return total(g * x[:, None])


def interval_product(a: SlopeInterval, b: SlopeInterval) -> SlopeInterval:
    """Return the interval of products of two intervals."""
    corners = jnp.stack([x * y for x in a for y in b])
    return jnp.min(corners, axis=0), jnp.max(corners, axis=0)


def constant_forward(
    slopes: Callable[[SlopeInterval], SlopeInterval],
) -> Callable[[Coefficients, SlopeInterval], LinearBound]:
    """Return the `forward_propagate` that bounds p . dE/dx^{l-1} by its interval alone: p' = 0."""

    def forward_propagate(p: Coefficients, box: SlopeInterval) -> LinearBound:
        low, high = slopes(box)
        least = inner(jnp.maximum(p, 0), low) + inner(jnp.minimum(p, 0), high)
        return jnp.zeros((*p.shape[:2], *box[0].shape[1:])), least

    return forward_propagate


def product_lines(box: SlopeInterval, slope: SlopeInterval) -> tuple[SlopeInterval, SlopeInterval]:
    """Return lines m D + c below and above all s D, for s and D in intervals (McCormick 1976).

    The least s D is concave in D and the most is convex, so their chords over the interval of D bound them.
    """
    width = box[1] - box[0]
    lines: list[SlopeInterval] = []
    for best in (jnp.minimum, jnp.maximum):
        left, right = (best(slope[0] * end, slope[1] * end) for end in box)
        m = jnp.where(width > 0, (right - left) / jnp.where(width > 0, width, 1), 0)
        lines.append((m, left - m * box[0]))
    return lines[0], lines[1]
