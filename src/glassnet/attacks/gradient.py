"""Adversarial examples: how an input must change, by at most epsilon, for the cost to grow most.

What moves is an offset d in the same units for all members: the input of member m is origin_m + gain_m d. The slope of
the cost is dE/dx^0, one step below the first layer of backpropagation, and the mean over the members.

    fast gradient sign (Goodfellow, Shlens and Szegedy 2015):  d = epsilon sign(dE/dd), one step
    projected gradient (Madry et al. 2018):  from a random d, many steps, each put back into the ball; the worst of
                                             all steps, of several starts, and of the row as given is kept

In the Euclidean norm the gradient over its length stands in place of its sign.
"""

from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from glassnet._lazy import Array, jax, jnp
from glassnet._types import PerSample, RowsOut
from glassnet.network.backward import pullback
from glassnet.network.compiled_programs import check_process, compiled
from glassnet.network.cost import cost_derivative, cost_of_each
from glassnet.network.loss import Loss
from glassnet.network.network import Network, output
from glassnet.network.parameters import HostParameters, as_arrays

Norm = Literal["inf", "2"]
Rows = Float[Array, "rows *inputs"]
Best = tuple[Rows, PerSample]  # the offsets of the largest cost so far, and these costs
ROWS_A_CHUNK = 256


class MemberInputs(NamedTuple):
    """What every member of an ensemble takes in; all arrays have an axis of members in front.

    Parameters
    ----------
    parameters : list of dict
        The parameters, one dict a layer.
    origin : array (members, rows, *inputs)
        The rows before they are moved, in the member's scale.
    gain : array (members, inputs)
        How far an offset of 1 moves each input, in the member's scale.
    targets : array (members, rows, outputs)
        The targets, in the member's scale.
    """

    parameters: HostParameters
    origin: Array | np.ndarray
    gain: Array | np.ndarray
    targets: Array | np.ndarray


class Ball(NamedTuple):
    """How far rows may move: epsilon, and offsets between low and high (rows, *inputs)."""

    epsilon: Array | float
    low: Array | np.ndarray
    high: Array | np.ndarray


def fast_gradient(network: Network, loss: Loss, members: MemberInputs, ball: Ball, norm: Norm) -> np.ndarray:
    """Return offsets (rows, *inputs) after one step of length epsilon uphill."""
    return in_chunks(partial(_one_step, network, loss, norm), members, ball)


class Walk(NamedTuple):
    """How far projected gradient goes: so many steps of a length, from each of so many random starts."""

    steps: int
    step_size: float
    starts: int
    seed: int


def projected_gradient(
    network: Network, loss: Loss, members: MemberInputs, ball: Ball, norm: Norm, walk: Walk
) -> np.ndarray:
    """Return the offsets (rows, *inputs) of the largest cost among all steps from random starts and no step."""
    random = np.random.default_rng(walk.seed)

    def attack(members: MemberInputs, ball: Ball) -> Rows:
        best = unmoved(network, loss, members, ball)
        for _ in range(walk.starts):
            drawn = jnp.asarray(random.uniform(-1, 1, ball.low.shape).astype(np.float32))
            length = jnp.float32(walk.step_size)
            best = worse_of(best, *_many_steps(network, loss, norm, walk.steps, members, ball, drawn, length))
        return best[0]

    return in_chunks(attack, members, ball)


@compiled(static=3)
def _one_step(network: Network, loss: Loss, norm: Norm, members: MemberInputs, ball: Ball) -> Rows:
    _, slope = _costs_and_slope(network, loss, members, jnp.zeros_like(ball.low))
    return jnp.clip(ball.epsilon * _uphill(slope, norm), ball.low, ball.high)


def worse_of(best: Best, d: Rows, costs: PerSample) -> Best:
    """Return offsets and costs with those of the rows where these costs are larger."""
    worst, most = best
    better = costs > most
    return jnp.where(better.reshape(-1, *[1] * (d.ndim - 1)), d, worst), jnp.where(better, costs, most)


def unmoved(network: Network, loss: Loss, members: MemberInputs, ball: Ball) -> Best:
    """Return the offsets 0 and the costs there, what an attack has to exceed."""
    d = jnp.zeros_like(ball.low)
    return d, _compiled_costs(network, loss, members, d)


def costs_at(network: Network, loss: Loss, members: MemberInputs, d: Rows) -> PerSample:
    """Return every row's cost, (rows,), the mean over the members."""

    def of_member(member: MemberInputs) -> PerSample:
        origin, gain, targets = map(jnp.asarray, (member.origin, member.gain, member.targets))
        return cost_of_each(loss, output(network, as_arrays(member.parameters), origin + gain * d), targets)

    return jnp.mean(jax.lax.map(of_member, members), axis=0)


_compiled_costs = compiled(static=2)(costs_at)


@compiled(static=4)
def _many_steps(
    network: Network,
    loss: Loss,
    norm: Norm,
    steps: int,
    members: MemberInputs,
    ball: Ball,
    drawn: Rows,
    step_size: Float[Array, ""],
) -> Best:
    def inside(d: Rows) -> Rows:
        if norm == "2":
            d = d * jnp.minimum(1, ball.epsilon / jnp.maximum(_length(d), 1e-30))
        return jnp.clip(d, *((ball.low, ball.high) if norm == "2" else _box(ball)))

    def step(_: Int[Array, ""] | int, carry: tuple[Rows, Best]) -> tuple[Rows, Best]:
        d, best = carry
        costs, slope = _costs_and_slope(network, loss, members, d)
        return inside(d + step_size * _uphill(slope, norm)), worse_of(best, d, costs)

    start = inside(ball.epsilon * (drawn if norm == "inf" else drawn / jnp.maximum(_length(drawn), 1e-30)))
    nothing = jnp.zeros_like(start), jnp.full(start.shape[0], -jnp.inf)
    d, best = jax.lax.fori_loop(0, steps, step, (start, nothing))
    return worse_of(best, d, _costs_and_slope(network, loss, members, d)[0])


def _costs_and_slope(network: Network, loss: Loss, members: MemberInputs, d: Rows) -> tuple[PerSample, Rows]:
    """Return every row's cost, (rows,), and its slope dE/dd (rows, *inputs), means over the members."""
    rows = jnp.full(d.shape[0], d.shape[0], d.dtype)  # weights that undo the mean over rows

    def of_member(member: MemberInputs) -> tuple[PerSample, Rows]:
        origin, gain, targets = map(jnp.asarray, (member.origin, member.gain, member.targets))

        def derivative(x: RowsOut) -> RowsOut:
            return cost_derivative(loss, x, targets, rows)

        x, g = pullback(network, as_arrays(member.parameters), origin + gain * d, derivative)
        return cost_of_each(loss, x, targets), gain * g

    costs, slopes = jax.lax.map(of_member, members)
    return jnp.mean(costs, axis=0), jnp.mean(slopes, axis=0)


def _uphill(slope: Rows, norm: Norm) -> Rows:
    return jnp.sign(slope) if norm == "inf" else slope / jnp.maximum(_length(slope), 1e-30)


def _length(d: Rows) -> Float[Array, "rows ..."]:
    """Return every row's Euclidean length, with axes that fit beside d; the largest entry is taken out first."""
    axes = tuple(range(1, d.ndim))
    size = jnp.maximum(jnp.max(jnp.abs(d), axis=axes, keepdims=True), 1e-30)
    return size * jnp.sqrt(jnp.sum(jnp.square(d / size), axis=axes, keepdims=True))


def _box(ball: Ball) -> tuple[Rows, Rows]:
    return jnp.maximum(ball.low, -ball.epsilon), jnp.minimum(ball.high, ball.epsilon)


def in_chunks(attack: Callable[[MemberInputs, Ball], Rows], members: MemberInputs, ball: Ball) -> np.ndarray:
    """Return the offsets of all rows, computed in padded chunks of one size: one shape is compiled once."""
    check_process()
    rows, parameters = ball.low.shape[0], as_arrays(members.parameters)
    offsets: list[np.ndarray] = []
    for start in range(0, rows, ROWS_A_CHUNK):
        size = min(ROWS_A_CHUNK, rows - start)

        def cut(array: Array | np.ndarray, axis: int, first: int = start, count: int = size) -> Array:
            some = np.take(array, range(first, first + count), axis=axis)
            room = [(0, 0)] * some.ndim
            room[axis] = (0, ROWS_A_CHUNK - count)
            return jnp.asarray(np.pad(some, room, mode="edge"), jnp.float32)

        part = MemberInputs(parameters, cut(members.origin, 1), jnp.asarray(members.gain), cut(members.targets, 1))
        here = Ball(jnp.float32(ball.epsilon), cut(ball.low, 0), cut(ball.high, 0))
        offsets.append(np.asarray(attack(part, here))[:size])
    return np.concatenate(offsets)
