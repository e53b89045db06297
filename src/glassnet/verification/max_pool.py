"""Max-pooling over a box: the entry that is largest in the middle stands for the window, and the others for slack.

With k that entry and s = max(0, max_{j != k} high_j - low_k), x_k <= max_j x_j <= min(x_k + s, max_j high_j).
"""

import jax
import jax.numpy as jnp

from glassnet._types import RowsIn
from glassnet.network.pooling import MaxPool
from glassnet.network.windows import windows
from glassnet.verification.relaxation import Interval, Lowered, Pulls, Relaxed, inner, level, product


def largest(layer: MaxPool, low: RowsIn, high: RowsIn) -> Relaxed:
    """Return max-pooling over a box."""
    middle = (low + high) / 2
    size = layer.size or low.shape[1:-1]
    seen = windows("MaxPool", low.shape[1:], size, layer.stride or size, layer.padding)
    kept = layer.forward({}, middle)
    lows, highs, middles = (jnp.stack(seen.views(x, -jnp.inf)) for x in (low, high, middle))
    first = jnp.arange(len(lows)).reshape(-1, *[1] * low.ndim) == jnp.argmax(middles, axis=0)
    own_low = jnp.max(jnp.where(first, lows, -jnp.inf), axis=0)
    slack = jnp.maximum(jnp.max(jnp.where(first, -jnp.inf, highs), axis=0) - own_low, 0)
    least, most = jnp.max(lows, axis=0), jnp.max(highs, axis=0)
    follows = kept.x + slack <= most  # which of the two upper bounds is lower in the middle

    def lowered(g: Pulls) -> Lowered:
        up, down = jnp.maximum(g, 0), jnp.minimum(g, 0)
        through = up + jnp.where(follows[:, None], down, 0)
        back = jax.vmap(lambda pull: layer.backward({}, kept, pull).g, 1, 1)(through)
        return back, inner(down, jnp.where(follows, slack, most))

    def slopes(box: Interval) -> Interval:
        can = highs >= least
        alone = jnp.sum(can, axis=0) == 1
        part = product(box, (jnp.where(alone, 1.0, 0.0), jnp.ones_like(least)))
        low_slope, high_slope = (seen.back(list(jnp.where(can, end, 0))) for end in part)
        return low_slope, high_slope

    return Relaxed(least, most, lowered, slopes, level(slopes))
