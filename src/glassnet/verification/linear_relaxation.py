"""Two lines that a curve stays between: how a nonlinear function enters bounds that are linear.

The curve is known at points x_0 <= ... <= x_G that start and end its interval. Between neighbours a distance d apart
a function with |h''| <= M stays within M d^2 / 8 of its chord, so a line M d^2 / 8 below all points lies below the
curve. The line under the points is the one that is highest in the middle of the interval: it supports the lower
convex hull there, and encloses the least area. Its slope s maximises min_j h_j - s (x_j - middle), which is concave in
s, by halving. One rule for every activation, whatever its shape; the line's soundness does not hang on its slope.
"""

from itertools import pairwise
from typing import NamedTuple

from jaxtyping import Float, Int

from glassnet._lazy import Array, jax, jnp
from glassnet._types import Entries, Parameter
from glassnet.network.rounding import NOISE

HALVINGS = 20
MIDDLE = 1e-4  # how near, in widths of the interval, a point counts as one in its middle

Points = Float[Array, "points *shape"]  # along the first axis from one end of each interval to the other


class Lines(NamedTuple):
    """below_slope x + below_start <= h(x) <= above_slope x + above_start, and low <= h(x) <= high."""

    below_slope: Entries
    below_start: Entries
    above_slope: Entries
    above_start: Entries
    low: Entries
    high: Entries


def points_between(low: Entries, high: Entries, kinks: tuple[Parameter, ...], steps: int) -> Points:
    """Return points from low to high: the kinks, in rising order, and `steps` equal steps in every piece."""
    ends = [low, *(jnp.clip(at, low, high) for at in kinks), high]
    fractions = (jnp.arange(steps) / steps).reshape(-1, *[1] * low.ndim)
    pieces = [left + fractions * (right - left) for left, right in pairwise(ends)]
    return jnp.concatenate([*pieces, high[None]])


def enclose(points: Points, values: Points, curvature: Parameter, *, monotone: bool) -> Lines:
    """Return lines around a curve with these values at the points and |h''| <= curvature between them.

    A curve that is `monotone`, and so never falls, has its extremes at the ends.
    """
    gap = curvature * jnp.square(jnp.max(jnp.diff(points, axis=0), axis=0)) / 8
    both = jnp.stack([values, -values], axis=1)  # what lies above a curve lies below the curve turned over
    slope, start = _under(jnp.broadcast_to(points[:, None], both.shape), both)
    low = values[0] if monotone else jnp.min(values, axis=0) - gap
    high = values[-1] if monotone else jnp.max(values, axis=0) + gap
    return Lines(slope[0], start[0] - gap, -slope[1], gap - start[1], low, high)


def slopes_between(points: Points, values: Points, curvature: Parameter) -> tuple[Entries, Entries]:
    """Return an interval of h' over the points: the chords' slopes, widened by curvature d / 2.

    The slope of a chord is the mean of h' over it, from which h' differs by at most the mean of curvature |x - t|.
    """
    steps, changes = jnp.diff(points, axis=0), jnp.diff(values, axis=0)
    size = jnp.max(jnp.abs(values), axis=0) + jnp.max(jnp.abs(points), axis=0)
    wide = jnp.where(steps > 0, steps, 1)
    slack = curvature * steps / 2 + NOISE * size / wide
    low = jnp.min(jnp.where(steps > 0, changes / wide - slack, jnp.inf), axis=0)
    return low, jnp.max(jnp.where(steps > 0, changes / wide + slack, -jnp.inf), axis=0)


def _under(points: Points, values: Points) -> tuple[Entries, Entries]:
    """Return slope and start of the line under the points that is highest in the middle."""
    steps, width = jnp.diff(points, axis=0), points[-1] - points[0]
    width = jnp.where(width > 0, width, 1)
    chord, steepest = (values[-1] - values[0]) / width, 2 * jnp.ptp(values, axis=0) / width
    slopes = jnp.where(steps > 0, jnp.diff(values, axis=0) / jnp.where(steps > 0, steps, 1), chord)
    slopes = jnp.clip(slopes, -steepest, steepest)  # no steeper line is below one end and above the least value
    left = points < (points[0] + points[-1]) / 2 - MIDDLE * width  # the middle counts as right, however it is rounded

    def halve(_: Int[Array, ""] | int, ends: tuple[Entries, Entries]) -> tuple[Entries, Entries]:
        slope = (ends[0] + ends[1]) / 2
        heights = values - slope * points
        on_left = jnp.min(heights, axis=0, where=left, initial=jnp.inf) < jnp.min(
            heights, axis=0, where=~left, initial=jnp.inf
        )
        return jnp.where(on_left, slope, ends[0]), jnp.where(on_left, ends[1], slope)

    least, most = jax.lax.fori_loop(0, HALVINGS, halve, (jnp.min(slopes, axis=0), jnp.max(slopes, axis=0)))
    slope = (least + most) / 2
    size = jnp.max(jnp.abs(values) + jnp.abs(slope * points), axis=0)
    return slope, jnp.min(values - slope * points, axis=0) - NOISE * size
