"""Bounds past a skip connection: the network's inputs are carried along, behind what the layers make of them.

A layer that sees the inputs takes (x^{l-1}, x^0). The rules before it are made into rules that let the last numbers of
a vector pass, so that for bounds such a network is a chain of layers as any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from glassnet._lazy import Array, jnp
from glassnet._types import RowsIn, RowsOut
from glassnet.network.bounding_rules import Curves, Custom, Linear, Rule
from glassnet.network.hash_rng import Noise
from glassnet.network.layer import Backward, Forward, LayerParameters
from glassnet.network.passes import TwoPasses
from glassnet.network.relaxation import Coefficients, LinearBound, Relaxation, SlopeInterval

AnyShape = Float[Array, "..."]


def carrying(rules: Sequence[Rule], count: int) -> list[Rule]:
    """Return rules of (h(x), x) for the rules of h, where the vector x has `count` entries."""
    sources = np.tile(np.arange(count), 2)
    twice = Curves(
        lambda x: jnp.concatenate([x, x], axis=1), sources, (), None, lambda _z, x: jnp.zeros_like(x), 1.0, True
    )
    return [twice, *(_carried(rule, count) for rule in rules)]


def _carried(rule: Rule, count: int) -> Rule:
    """Return the rule of (h(u), v) for a rule of h, where v has `count` entries."""
    match rule:
        case Linear():
            return rule._replace(layer=_Carrying(rule.layer, count))
        case Curves():
            return _carried_curves(rule, count)
        case Custom():
            return Custom(lambda low, high: _carried_relaxation(rule, count, low, high))


@dataclass(frozen=True)
class _Carrying:
    """A linear layer that lets the last numbers pass."""

    layer: TwoPasses
    count: int

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Noise | None = None) -> Forward:
        out = _joined(self.layer.forward(parameters, x[:, : -self.count]).x, x, self.count)
        return Forward(x, out, out)

    def backward(self, parameters: LayerParameters, cache: Forward, g: RowsOut) -> Backward:
        inner = self.layer.forward(parameters, cache.inputs[:, : -self.count])
        below = self.layer.backward(parameters, inner, g[:, : -self.count]).g
        return Backward(g, {}, _joined(below, g, self.count))


def _carried_curves(rule: Curves, count: int) -> Curves:
    """Return the curves of h, and straight ones of slope 1; a number that holds for all h_j holds for these too."""

    def curvature(low: AnyShape, high: AnyShape) -> AnyShape:
        found = jnp.asarray(0.0 if rule.curvature is None else rule.curvature(low[..., :-count], high[..., :-count]))
        return _then(found, count, 0.0)

    def error(z: AnyShape, x: AnyShape) -> AnyShape:
        found = jnp.broadcast_to(jnp.asarray(rule.error(z[..., :-count], x[..., :-count])), x[..., :-count].shape)
        return _then(found, count, 0.0)

    steepness = None if rule.steepness is None else jnp.asarray(rule.steepness)
    return Curves(
        lambda x: _joined(rule.value(x[:, :-count]), x, count),
        None if rule.sources is None else np.concatenate([rule.sources, np.arange(-count - 1, -1)]),
        tuple(_then(jnp.asarray(kink), count, 0.0) for kink in rule.kinks),
        None if rule.curvature is None else curvature,
        error,
        None if steepness is None else _then(steepness if steepness.ndim else jnp.maximum(steepness, 1.0), count, 1.0),
        rule.monotone,
    )


def _then(entries: AnyShape, count: int, number: float) -> AnyShape:
    """Return entries, and behind them `count` times a number; a single number that all share stays one."""
    if not entries.ndim:
        return entries
    return jnp.concatenate([entries, jnp.full((*entries.shape[:-1], count), number)], axis=-1)


def _carried_relaxation(rule: Custom, count: int, low: RowsIn, high: RowsIn) -> Relaxation:
    inner = rule.relax(low[:, :-count], high[:, :-count])

    def ends(box: SlopeInterval) -> SlopeInterval:
        return box[0][..., :-count], box[1][..., :-count]

    def backward_propagate(g: Coefficients) -> LinearBound:
        below, constant = inner.backward_propagate(g[..., :-count])
        return _joined(below, g, count), constant

    def slopes(box: SlopeInterval) -> SlopeInterval:
        least, most = inner.slopes(ends(box))
        return _joined(least, box[0], count), _joined(most, box[1], count)

    def forward_propagate(p: Coefficients, box: SlopeInterval) -> LinearBound:
        above, constant = inner.forward_propagate(p[..., :-count], ends(box))
        return _joined(above, p, count), constant

    return Relaxation(
        _joined(inner.low, low, count), _joined(inner.high, high, count), backward_propagate, slopes, forward_propagate
    )


def _joined(first: AnyShape, with_last: AnyShape, count: int) -> AnyShape:
    """Return `first`, and behind it the last `count` entries of the other."""
    return jnp.concatenate([first, with_last[..., -count:]], axis=-1)
