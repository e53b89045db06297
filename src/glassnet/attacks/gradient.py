"""Adversarial examples: how an input must change, by at most epsilon, for the cost to grow most.

What moves is an offset d in units that all members share: member m sees base_m + gain_m d. The slope of the cost is
dE/dx^0, one step below the first layer of backpropagation, and the mean over the members.

    fast gradient sign (Goodfellow, Shlens and Szegedy 2015):  d = epsilon sign(dE/dd), one step
    projected gradient (Madry et al. 2018):  from a random d, many steps, each put back into the ball; the worst is kept

In the Euclidean norm the gradient over its length stands in place of its sign.
"""

from functools import partial
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.network.backward import backward
from glassnet.network.cost import cost_derivative, cost_of_each
from glassnet.network.loss import Loss
from glassnet.network.network import Network, forward

Norm = Literal["inf", "2"]
ROWS_A_CHUNK = 256


class Sight(NamedTuple):
    """How members see rows: parameters, base (rows, *inputs), gain (inputs,) and targets; a member axis comes first."""

    parameters: Any
    base: Any
    gain: Any
    targets: Any


class Ball(NamedTuple):
    """How far rows may move: epsilon, and offsets between low and high (rows, *inputs)."""

    epsilon: Any
    low: Any
    high: Any


def fast_gradient(network: Network, loss: Loss, sight: Sight, ball: Ball, norm: Norm) -> np.ndarray:
    """Return offsets (rows, *inputs) after one step of length epsilon uphill."""
    return _in_chunks(partial(_one_step, network, loss, norm), sight, ball)


def projected_gradient(
    network: Network, loss: Loss, sight: Sight, ball: Ball, norm: Norm, steps: int, seed: int
) -> np.ndarray:
    """Return the offsets (rows, *inputs) of the largest cost among `steps` steps from a random start in the ball."""
    random = np.random.default_rng(seed)

    def attack(sight: Sight, ball: Ball) -> Any:
        drawn = random.uniform(-1, 1, ball.low.shape).astype(np.float32)
        return _many_steps(network, loss, norm, steps, sight, ball, jnp.asarray(drawn))

    return _in_chunks(attack, sight, ball)


@partial(jax.jit, static_argnames=("network", "loss", "norm"))
def _one_step(network: Network, loss: Loss, norm: Norm, sight: Sight, ball: Ball) -> Any:
    _, slope = _costs_and_slope(network, loss, sight, jnp.zeros_like(ball.low))
    return jnp.clip(ball.epsilon * _uphill(slope, norm), ball.low, ball.high)


@partial(jax.jit, static_argnames=("network", "loss", "norm", "steps"))
def _many_steps(network: Network, loss: Loss, norm: Norm, steps: int, sight: Sight, ball: Ball, drawn: Any) -> Any:
    pace = 2.5 * ball.epsilon / steps  # far enough to cross the ball, as Madry et al. have it

    def inside(d: Any) -> Any:
        if norm == "2":
            d = d * jnp.minimum(1, ball.epsilon / jnp.maximum(_length(d), 1e-30))
        return jnp.clip(d, *((ball.low, ball.high) if norm == "2" else _box(ball)))

    def keep(best: Any, d: Any, costs: Any) -> Any:
        worst, most = best
        better = costs > most
        return jnp.where(_beside(better, d), d, worst), jnp.where(better, costs, most)

    def step(_: Any, carry: Any) -> Any:
        d, best = carry
        costs, slope = _costs_and_slope(network, loss, sight, d)
        return inside(d + pace * _uphill(slope, norm)), keep(best, d, costs)

    start = inside(ball.epsilon * (drawn if norm == "inf" else drawn / jnp.maximum(_length(drawn), 1e-30)))
    nothing = jnp.zeros_like(start), jnp.full(start.shape[0], -jnp.inf)
    d, best = jax.lax.fori_loop(0, steps, step, (start, nothing))
    return keep(best, d, _costs_and_slope(network, loss, sight, d)[0])[0]


def _costs_and_slope(network: Network, loss: Loss, sight: Sight, d: Any) -> tuple[Any, Any]:
    """Return every row's cost, (rows,), and its slope dE/dd (rows, *inputs), means over the members."""

    def of_member(own: Sight) -> tuple[Any, Any]:
        kept = forward(network, own.parameters, own.base + own.gain * d)
        x, rows = kept[-1].x, jnp.full(d.shape[0], d.shape[0], d.dtype)  # weights that undo the mean over rows
        g = backward(network, own.parameters, kept, cost_derivative(loss, x, own.targets, rows))[0].g
        return cost_of_each(loss, x, own.targets), own.gain * g

    costs, slopes = jax.lax.map(of_member, sight)
    return jnp.mean(costs, axis=0), jnp.mean(slopes, axis=0)


def _uphill(slope: Any, norm: Norm) -> Any:
    return jnp.sign(slope) if norm == "inf" else slope / jnp.maximum(_length(slope), 1e-30)


def _length(d: Any) -> Any:
    """Return every row's Euclidean length, with axes that fit beside d; the largest entry is taken out first."""
    axes = tuple(range(1, d.ndim))
    size = jnp.maximum(jnp.max(jnp.abs(d), axis=axes, keepdims=True), 1e-30)
    return size * jnp.sqrt(jnp.sum(jnp.square(d / size), axis=axes, keepdims=True))


def _box(ball: Ball) -> tuple[Any, Any]:
    return jnp.maximum(ball.low, -ball.epsilon), jnp.minimum(ball.high, ball.epsilon)


def _beside(rows: Any, d: Any) -> Any:
    return rows.reshape(-1, *[1] * (d.ndim - 1))


def _in_chunks(attack: Any, sight: Sight, ball: Ball) -> np.ndarray:
    """Return the offsets of all rows, computed in padded chunks of one size: one shape is compiled once."""
    rows = ball.low.shape[0]
    found: list[np.ndarray] = []
    for start in range(0, rows, ROWS_A_CHUNK):
        size = min(ROWS_A_CHUNK, rows - start)

        def cut(array: Any, axis: int, first: int = start, count: int = size) -> Any:
            own = np.take(array, range(first, first + count), axis=axis)
            room = [(0, 0)] * own.ndim
            room[axis] = (0, ROWS_A_CHUNK - count)
            return jnp.asarray(np.pad(own, room, mode="edge"), jnp.float32)

        part = Sight(sight.parameters, cut(sight.base, 1), jnp.asarray(sight.gain), cut(sight.targets, 1))
        here = Ball(jnp.float32(ball.epsilon), cut(ball.low, 0), cut(ball.high, 0))
        found.append(np.asarray(attack(part, here))[:size])
    return np.concatenate(found)
