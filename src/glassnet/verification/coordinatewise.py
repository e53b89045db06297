"""Layers whose every output hangs on one input alone, x_j = h_j(x_i): how they bend, and how far rounding takes them.

Where h_j is smooth, |h_j'| <= steepness and |h_j''| <= curvature; `breaks` is where the slope, or h_j, jumps. Along a
diagonal of a box, all inputs moving at once, one forward pass shows every h_j: the rules for bounds run `forward`.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np

from glassnet._types import Entries, Parameter
from glassnet.network import activation as act
from glassnet.network.dropout import Dropout
from glassnet.network.embedding import Embedding
from glassnet.network.layer import LayerParameters, Shape, leading
from glassnet.network.parametric import ParametricActivation
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import NARROWEST, PiecewiseLinear
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip
from glassnet.verification.rounding import UNIT, WAVE, of_activation, of_sum

JUST_ABOVE = 1e-300
SMOOTH_CLIP_CURVATURE = 0.8587  # max of 3 s (1 + s^2)^(-5/2), at s = 1/2

Rule = Callable[[Entries, Entries], Entries]


class Bend(NamedTuple):
    """How an activation bends: |sigma''| <= curvature(low, high) between the breaks, and whether it never falls."""

    breaks: tuple[float, ...]
    curvature: Callable[[Entries, Entries], Any] | None = None  # None: straight between the breaks
    rises: bool = True


class Curves(NamedTuple):
    """The curves of a layer: `sources[j]` is the input of output j (-1: it cannot change; None: its own place)."""

    run: Callable[[Entries], Entries]  # (batch, *in) to (batch, *out)
    sources: np.ndarray | None
    breaks: tuple[Parameter, ...]  # each broadcasts to the inputs, in rising order
    curvature: Rule | None  # from the inputs' box, for every output; None: straight between the breaks
    error: Rule  # rounding, from the largest sizes of the inputs (by source) and of the outputs
    steepness: Entries | float = jnp.inf  # for every output
    rises: bool = False  # no curve ever falls, so that its ends are its extremes


BENDS: dict[type, Bend] = {
    act.Identity: Bend(()),
    act.Heaviside: Bend((0.0, JUST_ABOVE)),
    act.ReLU: Bend((0.0,)),
    act.LeakyReLU: Bend((0.0,)),
    act.Logistic: Bend((), lambda _low, _high: 0.09623),  # 1 / (6 sqrt 3)
    act.Tanh: Bend((), lambda _low, _high: 0.76981),  # 4 / (3 sqrt 3)
    act.HardTanh: Bend((-1.0, 1.0)),
    act.Softplus: Bend((), lambda _low, _high: 0.25),
    act.SELU: Bend((0.0,), lambda _low, _high: act.SELU_SCALE * act.SELU_ALPHA),
    act.GELU: Bend((), lambda _low, _high: 0.79789, rises=False),  # 2 phi(0)
    act.SiLU: Bend((), lambda _low, _high: 0.5, rises=False),
    act.Mish: Bend((), lambda _low, _high: 0.64422, rises=False),
    act.Exponential: Bend((act.LARGEST_EXPONENT,), lambda _low, high: jnp.exp(jnp.minimum(high, act.LARGEST_EXPONENT))),
}


def bend_of(activation: Any) -> Bend:
    """Return how an activation bends; `TypeError` for one that is not known."""
    if isinstance(activation, act.ELU):
        return Bend((0.0,), lambda _low, _high: abs(activation.alpha), rises=activation.alpha >= 0)
    if type(activation) not in BENDS:
        known = ", ".join(sorted(kind.__name__ for kind in (*BENDS, act.ELU)))
        raise TypeError(f"{activation!r} has no bounds; use an activation that has: {known}")
    return BENDS[type(activation)]


def of_elementwise(activation: Any) -> Curves:
    """Return the curves of an activation."""
    bend = bend_of(activation)
    return Curves(activation.value, None, _breaks(bend), _scaled(bend, 1.0), of_activation, rises=bend.rises)


def curves_of(layer: Any, own: LayerParameters, inputs: Shape) -> Curves:
    """Return the curves of a layer; `TypeError` for one that has none."""
    match layer:
        case Dropout():
            return Curves(_running(layer, own), None, (), None, lambda _z, x: jnp.zeros_like(x), 1.0)
        case InputScaling():
            return Curves(_running(layer, own), None, (), None, lambda _z, x: 2 * UNIT * x, jnp.abs(own["s"]))
        case Embedding():
            return _embedding(layer, own, inputs)
        case SmoothClip():
            return _smooth_clip(layer, own, inputs)
        case Periodic():
            return _periodic(layer, own, inputs)
        case PiecewiseLinear():
            return _piecewise(layer, own, inputs)
        case ParametricActivation() if isinstance(layer.activation, act.Coordinatewise):
            return _parametric(layer, own)
        case _:
            raise TypeError(
                f"{layer!r} has no bounds; use layers that have, such as Dense, ParametricActivation and Periodic"
            )


def of_increments(size: int) -> Curves:
    """Return the curves of z_1, softplus z_2, softplus z_3, ... in every `size` neighbours."""
    softplus = act.Softplus()

    def first(z: Entries) -> Any:
        return jnp.arange(z.shape[-1]) % size == 0

    return Curves(
        lambda z: jnp.where(first(z), z, softplus.value(z)),
        None,
        (),
        lambda low, _high: jnp.where(first(low), 0.0, 0.25) + jnp.zeros_like(low),
        lambda z, x: jnp.where(first(z), 0, of_activation(z, x)),
        rises=True,
    )


def of_units(center: Entries, spread: Entries, low: Entries, high: Entries) -> Curves:
    """Return the curves of y = clip(center + spread z, low, high): from scaled outputs to predictions."""
    turns = (jnp.stack([low, high]) - center) / jnp.where(spread != 0, spread, 1)
    return Curves(
        lambda z: jnp.clip(center + spread * z, low, high),
        None,
        (jnp.min(turns, axis=0), jnp.max(turns, axis=0)),
        None,
        lambda z, _y: of_sum(2, jnp.abs(center) + jnp.abs(spread) * z),
    )


def _running(layer: Any, own: LayerParameters) -> Callable[[Entries], Entries]:
    return lambda x: layer.forward(own, x).x


def _breaks(bend: Bend) -> tuple[Parameter, ...]:
    return tuple(jnp.asarray(at) for at in bend.breaks)


def _scaled(bend: Bend, factor: Any) -> Rule | None:
    """Return the curvature of `factor` times the activation."""
    curvature = bend.curvature
    return None if curvature is None else lambda low, high: factor * curvature(low, high) + jnp.zeros_like(low)


def _embedding(layer: Embedding, own: LayerParameters, inputs: Shape) -> Curves:
    """The codes are held fixed: what is embedded does not change, and copying a row rounds nothing."""
    numbers = inputs[0] - len(layer.levels)
    sources = np.concatenate([np.arange(numbers), np.full(len(layer.levels) * layer.size, -1)])
    return Curves(_running(layer, own), sources, (), None, lambda _z, x: jnp.zeros_like(x), 1.0)


def _smooth_clip(layer: SmoothClip, own: LayerParameters, inputs: Shape) -> Curves:
    """|h'| <= 1 and |h''| = 3 s (1 + s^2)^(-5/2) / c with s = |u| / c."""
    clipped = jnp.arange(inputs[0]) < leading(layer, inputs)
    return Curves(
        _running(layer, own),
        None,
        (),
        lambda low, _high: clipped * (SMOOTH_CLIP_CURVATURE / layer.limit) + jnp.zeros_like(low),
        lambda z, x: jnp.where(clipped, of_activation(z, x), 0),
        1.0,
        rises=True,
    )


def _fan(layer: Any, inputs: Shape) -> np.ndarray:
    """Return the sources of [x, mixtures of the first numbers]."""
    return np.concatenate([np.arange(inputs[0]), np.repeat(np.arange(leading(layer, inputs)), layer.size)])


def _beside(inputs: Shape, own_part: float, mixed: Parameter) -> Parameter:
    return jnp.concatenate([jnp.full(inputs, own_part), mixed.reshape(-1)])


def _periodic(layer: Periodic, own: LayerParameters, inputs: Shape) -> Curves:
    """|h'| <= sum_k 2 pi |f_k V_k|, |h''| <= sum_k (2 pi f_k)^2 |V_k|; a turn off by e moves a wave by 2 pi e."""
    pull = 2 * jnp.pi * jnp.abs(own["f"])[:, :, None]
    V, sources = jnp.abs(own["V"]), _fan(layer, inputs)
    curvature = _beside(inputs, 0.0, jnp.sum(pull**2 * V, axis=1))
    each = jnp.sum(V * (WAVE + 2 * jnp.pi * 3 * UNIT * jnp.abs(own["p"])[:, :, None]), axis=1)
    fixed = _beside(inputs, 0.0, each + of_sum(layer.frequencies + 1, jnp.sum(V, axis=1) + jnp.abs(own["d"])))
    moving = _beside(inputs, 0.0, 3 * UNIT * jnp.sum(pull * V, axis=1))
    return Curves(
        _running(layer, own),
        sources,
        (),
        lambda low, _high: curvature + jnp.zeros((*low.shape[:-1], len(sources))),
        lambda z, _x: fixed + moving * z,
        _beside(inputs, 1.0, jnp.sum(pull * V, axis=1)),
    )


def _piecewise(layer: PiecewiseLinear, own: LayerParameters, inputs: Shape) -> Curves:
    """Straight between the edges e_k and the ends e_k + w_k of its ramps."""
    edges = own["e"]
    widths = jnp.maximum(edges[:, 1:] - edges[:, :-1], NARROWEST)
    knots = jnp.sort(jnp.concatenate([edges, edges[:, :-1] + widths], axis=1), axis=1)
    knots = jnp.pad(knots, ((0, inputs[0] - len(knots)), (0, 0)))  # the other inputs have none: any place will do
    V = jnp.sum(jnp.abs(own["V"]), axis=1)
    error = _beside(inputs, 0.0, 8 * UNIT * V + of_sum(layer.bins + 1, V + jnp.abs(own["d"])))
    return Curves(_running(layer, own), _fan(layer, inputs), tuple(knots.T), None, lambda _z, _x: error)


def _parametric(layer: ParametricActivation, own: LayerParameters) -> Curves:
    """h = z + a (sigma(z) - z): it bends |a| times as much as sigma."""
    bend, a = bend_of(layer.activation), jnp.abs(own["a"])

    def error(z: Entries, x: Entries) -> Entries:
        curved = x + (1 + a) * z  # at least |a sigma(z)|
        return of_activation(z, curved) + a * of_activation(z, 0 * z) + 4 * UNIT * ((1 + a) * z + curved)

    return Curves(_running(layer, own), None, _breaks(bend), _scaled(bend, a), error)
