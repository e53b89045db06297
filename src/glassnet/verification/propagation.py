"""What one step of a network does to bounds: to a box, to pulls g on their way down, and to intervals of slopes.

    mixing step    x^l = A x + c: radius |A| r; g . x^l = (A' g) . x + g . c, and A' is the layer's own `backward`
    bending step   x_j = h_j(x_i): lines; g . x^l >= sum_j g_j (s_j x_i + c_j), the line below where g_j > 0, else above

The computed x^l may be off by the step's error e^l, which costs |g| . e^l wherever g passes. IBP (Gowal et al. 2018)
is the first column of this, CROWN (Zhang et al. 2018) and DeepPoly (Singh et al. 2019) the second.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from glassnet._types import RowsIn
from glassnet.network.activation import Activation, Identity, Increasing, Softmax
from glassnet.network.augmentation import Rearrangement
from glassnet.network.convolution import Convolution
from glassnet.network.dense import Dense
from glassnet.network.flatten import Flatten
from glassnet.network.layer import Backward, Forward, LayerParameters
from glassnet.network.pooling import AveragePool, MaxPool
from glassnet.verification.coordinatewise import Curves, bend_of, curves_of, of_elementwise, of_increments
from glassnet.verification.linear_relaxation import enclose, points_between, slopes_between
from glassnet.verification.max_pool import largest
from glassnet.verification.relaxation import Interval, Lowered, Pulls, Relaxed, chord, inner, level, product
from glassnet.verification.rounding import gamma, of_sum

STEPS = 16  # in every piece of a bent curve
LEAST_WIDTH = 1e-5  # of intervals whose slopes are asked for: chords of shorter ones are lost in rounding


class Step(NamedTuple):
    """A step: `relax(low, high)`, and whether it bends or mixes what comes in."""

    relax: Callable[[RowsIn, RowsIn], Relaxed]
    bends: bool
    mixes: bool


def steps_of(layer: Any, own: LayerParameters, inputs: tuple[int, ...]) -> list[Step]:
    """Return the steps of a layer; `TypeError` for a layer or activation without rules."""
    match layer:
        case Dense() | Convolution():
            straight, terms = replace(layer, activation=Identity()), prod(own["W"].shape[:-1]) + 1
            return [
                Step(lambda low, high: mixed(straight, own, low, high, terms), bends=False, mixes=True),
                *activation_steps(layer.activation),
            ]
        case AveragePool():
            size = layer.size or inputs[:-1]
            terms = prod(size if isinstance(size, tuple) else (size,) * (len(inputs) - 1))
            return [Step(lambda low, high: mixed(layer, own, low, high, terms), bends=False, mixes=True)]
        case Flatten() | Rearrangement():
            return [Step(lambda low, high: mixed(layer, own, low, high, 0), bends=False, mixes=False)]
        case MaxPool():
            return [Step(lambda low, high: largest(layer, low, high), bends=True, mixes=True)]
        case _:
            curves = curves_of(layer, own, inputs)
            return [Step(lambda low, high: bent(curves, low, high), bends=True, mixes=False)]


def activation_steps(activation: Activation) -> list[Step]:
    """Return the steps of an activation: none for the identity."""
    if isinstance(activation, Identity):
        return []
    if isinstance(activation, Softmax):
        return [Step(softmaxed, bends=True, mixes=True)]
    if isinstance(activation, Increasing):
        summed = Cumulated(activation.size)
        return [
            Step(lambda low, high: bent(of_increments(activation.size), low, high), bends=True, mixes=False),
            Step(lambda low, high: mixed(summed, {}, low, high, summed.size), bends=False, mixes=True),
        ]
    bend_of(activation)
    return [Step(lambda low, high: bent(of_elementwise(activation), low, high), bends=True, mixes=False)]


@dataclass(frozen=True)
class Cumulated:
    """x_1, x_1 + x_2, ... in every `size` neighbours of the last axis: what `Increasing` does to its increments."""

    size: int

    def forward(self, _own: LayerParameters, x: RowsIn) -> Forward:
        z = jnp.cumsum(x.reshape(len(x), -1, self.size), axis=-1).reshape(x.shape)
        return Forward(x, z, z)

    def backward(self, _own: LayerParameters, _kept: Forward, g: RowsIn) -> Backward:
        above = jnp.cumsum(g.reshape(len(g), -1, self.size)[..., ::-1], axis=-1)[..., ::-1]
        return Backward(g, {}, above.reshape(g.shape))


def mixed(layer: Any, own: LayerParameters, low: RowsIn, high: RowsIn, terms: int) -> Relaxed:
    """Return a layer that is linear in its inputs and in its parameters, of so many terms an output, over a box."""
    middle, radius = (low + high) / 2, (high - low) / 2
    sizes = {name: jnp.abs(a) for name, a in own.items()}
    kept, zero = layer.forward(own, middle), jnp.zeros_like(middle)
    spread = layer.forward(sizes, radius).x - layer.forward(sizes, zero).x
    error = (
        0.0 * kept.x if terms == 0 else of_sum(terms, layer.forward(sizes, jnp.maximum(jnp.abs(low), jnp.abs(high))).x)
    )

    def each(rule: Callable[[Any], Any], g: Pulls) -> Pulls:
        """A convolution fills the cache with what one pull needs, so that pulls are taken in turn there."""
        if not isinstance(layer, Convolution):
            return jax.vmap(rule, 1, 1)(g)
        return jnp.moveaxis(jax.lax.map(rule, jnp.moveaxis(g, 1, 0)), 0, 1)

    def adjoint(parameters: LayerParameters, g: Pulls) -> Pulls:
        return each(lambda pull: layer.backward(parameters, kept, pull).g, g)

    def lowered(g: Pulls) -> Lowered:
        back = adjoint(own, g)
        return back, inner(g, kept.x) - inner(back, middle) - inner(jnp.abs(g), error)

    def slopes(box: Interval) -> Interval:
        ends = jnp.stack([(box[0] + box[1]) / 2, (box[1] - box[0]) / 2], axis=1)
        centre, reach = adjoint(own, ends[:, :1])[:, 0], adjoint(sizes, ends[:, 1:])[:, 0]
        return centre - reach, centre + reach

    def raised(p: Pulls, box: Interval) -> Lowered:
        through = each(lambda pull: layer.forward(own, pull).x, p) - layer.forward(own, zero).x[:, None]
        return through, jnp.zeros(p.shape[:2])

    return Relaxed(kept.x - spread - error, kept.x + spread + error, lowered, slopes, raised)


def bent(curves: Curves, low: RowsIn, high: RowsIn) -> Relaxed:
    """Return a layer of curves over a box."""

    def at(values: Any) -> Any:
        return values if curves.sources is None else jnp.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, 1)])[
            ..., curves.sources
        ]  # fmt: skip

    def tabled(low: RowsIn, high: RowsIn) -> tuple[Any, Any, Any]:
        points = points_between(low, high, curves.breaks, 1 if curves.curvature is None else STEPS)
        values = curves.run(points.reshape(-1, *low.shape[1:]))
        curvature = jnp.asarray(0.0) if curves.curvature is None else curves.curvature(low, high)
        return at(points), values.reshape(*points.shape[:2], *values.shape[1:]), curvature

    def back(g: Pulls) -> Pulls:
        if curves.sources is None:
            return g
        room = jnp.zeros((*g.shape[:-1], low.shape[-1] + 1))
        return room.at[..., curves.sources].add(g)[..., :-1]

    lines = enclose(*tabled(low, high), rises=curves.rises)
    sizes = at(jnp.maximum(jnp.abs(low), jnp.abs(high)))
    error = curves.error(sizes, jnp.maximum(jnp.abs(lines.low), jnp.abs(lines.high))) + jnp.zeros_like(lines.low)

    def lowered(g: Pulls) -> Lowered:
        up, down = jnp.maximum(g, 0), jnp.minimum(g, 0)
        slope = up * lines.below_slope[:, None] + down * lines.above_slope[:, None]
        start = inner(up, lines.below_start) + inner(down, lines.above_start) - inner(jnp.abs(g), error)
        return back(slope), start

    def own_slopes() -> Interval:
        room = jnp.maximum(LEAST_WIDTH * (1 + jnp.abs(low)) - (high - low), 0) / 2
        return slopes_between(*tabled(low - room, high + room))

    def slopes(box: Interval) -> Interval:
        low_slope, high_slope = product(box, own_slopes())
        return back(low_slope[:, None])[:, 0], back(high_slope[:, None])[:, 0]

    def raised(p: Pulls, box: Interval) -> Lowered:
        below, above = chord(box, own_slopes())
        up, down = at(jnp.maximum(p, 0)), at(jnp.minimum(p, 0))
        return up * below[0][:, None] + down * above[0][:, None], inner(up, below[1]) + inner(down, above[1])

    return Relaxed(lines.low - error, lines.high + error, lowered, slopes, raised)


def softmaxed(low: RowsIn, high: RowsIn) -> Relaxed:
    """Return the softmax by its box alone: x_j is least where z_j is and the others are most; lines are level."""
    error = gamma(low.shape[-1] + 64)
    least, most = _softmax(low, high) - error, _softmax(high, low) + error

    def lowered(g: Pulls) -> Lowered:
        return jnp.zeros_like(g), inner(jnp.maximum(g, 0), least) + inner(jnp.minimum(g, 0), most)

    def slopes(_box: Interval) -> Interval:
        raise TypeError("slopes have no bounds behind a softmax; ask for those of a network that ends before it")

    return Relaxed(least, most, lowered, slopes, level(slopes))


def _softmax(own: RowsIn, others: RowsIn) -> RowsIn:
    """Return exp own_j / (exp own_j + the sum of exp others_k, k not j)."""
    top = jnp.maximum(jnp.max(own, axis=-1, keepdims=True), jnp.max(others, axis=-1, keepdims=True))
    mine, theirs = jnp.exp(own - top), jnp.exp(others - top)
    return mine / (mine + theirs @ (1 - jnp.eye(own.shape[-1])))
