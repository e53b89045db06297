"""What one rule does to bounds: to a box, to coefficients on their way backward, and to intervals of slopes.

    linear          x^l = A x + c: radius |A| r; g . x^l = (A' g) . x + g . c, and A' is the layer's own `backward`
    coordinatewise  x_j = h_j(x_i): g . x^l >= sum_j g_j (s_j x_i + c_j), the line below where g_j > 0, else above

The computed x^l may be off by the step's error e^l, which costs |g| . e^l wherever g passes. IBP (Gowal et al. 2018)
is the first column of this, CROWN (Zhang et al. 2018) and DeepPoly (Singh et al. 2019) the second.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from jaxtyping import Float

from glassnet._lazy import Array, jax, jnp
from glassnet._types import Entries, Parameter, RowsIn
from glassnet.network.bounding_rules import Curves, Custom, Linear, Rule
from glassnet.network.layer import Bounded, Layer, LayerParameters, Shape, no_bounds
from glassnet.network.relaxation import (
    Coefficients,
    LinearBound,
    Relaxation,
    SlopeInterval,
    interval_product,
    product_lines,
    total,
)
from glassnet.network.rounding import of_sum
from glassnet.verification.linear_relaxation import enclose, points_between, slopes_between

STEPS = 16  # in every piece of a curve that is not linear
LEAST_WIDTH = 1e-5  # of intervals whose slopes are asked for: chords of shorter ones are lost in rounding


class Step(NamedTuple):
    """A step: `relax(low, high)`, whether it is nonlinear, and whether it combines its inputs."""

    relax: Callable[[RowsIn, RowsIn], Relaxation]
    nonlinear: bool
    combines_inputs: bool


def layer_rules(layer: Layer, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
    """Return a layer's rules for bounds; `TypeError` for a layer or activation without rules."""
    if not isinstance(layer, Bounded):
        raise TypeError(no_bounds(layer))
    return list(layer.bounds(parameters, inputs))


def step_of(rule: Rule, with_slopes: bool = True) -> Step:
    """Return the step that a rule describes; slopes of curves are not computed unless they are asked for."""
    match rule:
        case Linear():
            return Step(partial(relax_linear, rule), nonlinear=False, combines_inputs=rule.terms > 0)
        case Curves():
            return Step(partial(relax_curves, rule, with_slopes=with_slopes), nonlinear=True, combines_inputs=False)
        case Custom():
            return Step(rule.relax, nonlinear=True, combines_inputs=True)


def relax_linear(rule: Linear, low: RowsIn, high: RowsIn) -> Relaxation:
    """Return a linear layer over a box."""
    layer, parameters, terms, one_by_one = rule
    middle, radius = (low + high) / 2, (high - low) / 2
    sizes = {name: jnp.abs(a) for name, a in parameters.items()}
    cache, zero = layer.forward(parameters, middle), jnp.zeros_like(middle)
    offset = layer.forward(parameters, zero).x
    half_width = layer.forward(sizes, radius).x - layer.forward(sizes, zero).x
    largest = jnp.maximum(jnp.abs(low), jnp.abs(high))
    error = 0.0 * cache.x if terms == 0 else of_sum(terms, layer.forward(sizes, largest).x)

    def each(pass_: Callable[[Entries], Entries], g: Coefficients) -> Coefficients:
        if not one_by_one:
            return jax.vmap(pass_, 1, 1)(g)
        return jnp.moveaxis(jax.lax.map(pass_, jnp.moveaxis(g, 1, 0)), 0, 1)

    def adjoint(arrays: LayerParameters, g: Coefficients) -> Coefficients:
        return each(lambda one: layer.backward(arrays, cache, one).g, g)

    def backward_propagate(g: Coefficients) -> LinearBound:
        return adjoint(parameters, g), total(g * offset[:, None] - jnp.abs(g) * error[:, None])

    def slopes(box: SlopeInterval) -> SlopeInterval:
        ends = jnp.stack([(box[0] + box[1]) / 2, (box[1] - box[0]) / 2], axis=1)
        center, half = adjoint(parameters, ends[:, :1])[:, 0], adjoint(sizes, ends[:, 1:])[:, 0]
        return center - half, center + half

    def forward_propagate(p: Coefficients, _box: SlopeInterval) -> LinearBound:
        return each(lambda one: layer.forward(parameters, one).x, p) - offset[:, None], jnp.zeros(p.shape[:2])

    return Relaxation(
        cache.x - half_width - error, cache.x + half_width + error, backward_propagate, slopes, forward_propagate
    )


def relax_curves(curves: Curves, low: RowsIn, high: RowsIn, with_slopes: bool = True) -> Relaxation:
    """Return a coordinatewise layer over a box."""

    def to_outputs(values: Float[Array, "*other inputs"]) -> Float[Array, "*other outputs"]:
        """Return for every output what belongs to its input, 0 for what cannot change."""
        if curves.sources is None:
            return values
        return jnp.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, 1)])[..., curves.sources]

    def to_inputs(g: Coefficients) -> Coefficients:
        if curves.sources is None:
            return g
        room = jnp.zeros((*g.shape[:-1], low.shape[-1] + 1))
        return room.at[..., curves.sources].add(g)[..., :-1]

    def tabulated(low: RowsIn, high: RowsIn) -> tuple[Entries, Entries, Parameter]:
        points = points_between(low, high, curves.kinks, 1 if curves.curvature is None else STEPS)
        values = curves.value(points.reshape(-1, *low.shape[1:]))
        curvature = 0.0 if curves.curvature is None else curves.curvature(low, high)
        return to_outputs(points), values.reshape(*points.shape[:2], *values.shape[1:]), jnp.asarray(curvature)

    lines = enclose(*tabulated(low, high), monotone=curves.monotone)
    sizes = to_outputs(jnp.maximum(jnp.abs(low), jnp.abs(high)))
    error = curves.error(sizes, jnp.maximum(jnp.abs(lines.low), jnp.abs(lines.high))) + jnp.zeros_like(lines.low)

    def backward_propagate(g: Coefficients) -> LinearBound:
        up, down = jnp.maximum(g, 0), jnp.minimum(g, 0)
        slope = up * lines.below_slope[:, None] + down * lines.above_slope[:, None]
        start, end = (lines.below_start - error)[:, None], (lines.above_start + error)[:, None]
        return to_inputs(slope), total(up * start + down * end)

    unbounded = jnp.full_like(low, jnp.inf)
    curve_slopes = -unbounded, unbounded
    if with_slopes:
        room = jnp.maximum(LEAST_WIDTH * (1 + jnp.abs(low)) - (high - low), 0) / 2
        curve_slopes = slopes_between(*tabulated(low - room, high + room))

    def slopes(box: SlopeInterval) -> SlopeInterval:
        low_slope, high_slope = interval_product(box, curve_slopes)
        return to_inputs(low_slope[:, None])[:, 0], to_inputs(high_slope[:, None])[:, 0]

    def forward_propagate(p: Coefficients, box: SlopeInterval) -> LinearBound:
        below, above = product_lines(box, curve_slopes)
        up, down = to_outputs(jnp.maximum(p, 0)), to_outputs(jnp.minimum(p, 0))
        constants = total(up * below[1][:, None] + down * above[1][:, None])
        return up * below[0][:, None] + down * above[0][:, None], constants

    return Relaxation(lines.low - error, lines.high + error, backward_propagate, slopes, forward_propagate)
