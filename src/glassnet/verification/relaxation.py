"""What every rule for bounds returns: where a step's outputs lie, and how pulls and slopes go through it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from glassnet._types import Entries

Pulls = Float[Array, "rows pulls ..."]
Lowered = tuple[Pulls, Float[Array, "rows pulls"]]
Interval = tuple[Float[Array, "rows ..."], Float[Array, "rows ..."]]  # low, high


class Relaxed(NamedTuple):
    """A step over a box: where its outputs lie, and how pulls and slopes go through it from above."""

    low: Entries
    high: Entries
    lowered: Callable[[Pulls], Lowered]  # g to g', c with g . x^l >= g' . x^{l-1} + c
    slopes: Callable[[Interval], Interval]  # an interval of D = dE/dx^l to one of dE/dx^{l-1}
    raised: Callable[[Pulls, Interval], Lowered]  # p to p', c with p . dE/dx^{l-1} >= p' . D + c, D in its interval


def inner(g: Pulls, x: Any) -> Float[Array, "rows pulls"]:
    """Return g . x of every row and pull."""
    return jnp.sum(g * x[:, None], axis=tuple(range(2, g.ndim)))


def product(a: Interval, b: Interval) -> Interval:
    """Return the interval of products of two intervals."""
    corners = jnp.stack([x * y for x in a for y in b])
    return jnp.min(corners, axis=0), jnp.max(corners, axis=0)


def level(slopes: Callable[[Interval], Interval]) -> Callable[[Pulls, Interval], Lowered]:
    """Return the rule that bounds p . dE/dx^{l-1} by its interval alone."""

    def raised(p: Pulls, box: Interval) -> Lowered:
        low, high = slopes(box)
        return jnp.zeros((*p.shape[:2], *box[0].shape[1:])), inner(jnp.maximum(p, 0), low) + inner(
            jnp.minimum(p, 0), high
        )

    return raised


def chord(box: Interval, slope: Interval) -> tuple[Interval, Interval]:
    """Return lines m D + c below and above all s D, for s and D in intervals (McCormick 1976).

    The least s D is concave in D and the most is convex, so their chords over the interval of D bound them.
    """
    width = box[1] - box[0]
    lines: list[Interval] = []
    for best in (jnp.minimum, jnp.maximum):
        left, right = (best(slope[0] * end, slope[1] * end) for end in box)
        m = jnp.where(width > 0, (right - left) / jnp.where(width > 0, width, 1), 0)
        lines.append((m, left - m * box[0]))
    return lines[0], lines[1]
