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
    slopes: Callable[[Interval], Interval]  # an interval of dE/dx^l to one of dE/dx^{l-1}


def inner(g: Pulls, x: Any) -> Float[Array, "rows pulls"]:
    """Return g . x of every row and pull."""
    return jnp.sum(g * x[:, None], axis=tuple(range(2, g.ndim)))


def product(a: Interval, b: Interval) -> Interval:
    """Return the interval of products of two intervals."""
    corners = jnp.stack([x * y for x in a for y in b])
    return jnp.min(corners, axis=0), jnp.max(corners, axis=0)
