"""The compiled part of training: epochs of one member, and of many at once.

An epoch visits the member's own rows in a keyed order, batch by batch; the tail that does not fill a batch is left out,
another one each time. `advance` runs several epochs of several members in one call without asking the host, and every
member is on its own: its stopping, its divergence, its random numbers depend on nothing but its seed and its rows.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp

from glassnet._types import Boolean, Integer, Order, Outputs, PerSample, Scalar, Targets, Theta, UInt32Scalar
from glassnet.network.backward import cost_and_gradient, input_gradient
from glassnet.network.cost import cost
from glassnet.network.hash_rng import Noise, derived, symmetric
from glassnet.network.layer import Parameters
from glassnet.network.loss import Loss
from glassnet.network.network import Network, output
from glassnet.training.batches import Batch, Shared, View, drawn, in_turn, shuffled, take
from glassnet.training.optimizers import Solver
from glassnet.training.ravel import decay_mask, flatten, l2_mask, learning_rate_multipliers, unflatten
from glassnet.training.schedule import ADAPTIVE_CUT, SLOWEST, fading, share_of_step
from glassnet.training.stopping import Best, nothing_yet, watch

MOST_EPOCHS_A_CALL = 128
OVERSHOOT = 1.25  # of an adversary's step, in epsilons
PICTURES_A_LOOK = 256  # held-out pictures at a time: what their layers keep is large


@dataclass(frozen=True)
class Plan:
    """What is compiled: another plan is another program."""

    network: Network
    loss: Loss
    solver: Solver
    batch_size: int | None  # None: all rows at once
    order: Literal["shuffled", "drawn", "in turn"] = "shuffled"
    schedule: str = "constant"
    clips: bool = False
    decays: bool = False
    paced: bool = False  # every parameter moves at its layer's pace
    holds_out: bool = False
    judged_outside: bool = False  # the host says which epoch is best
    adversarial: bool = False  # half of every batch is moved by an adversary


class Settings(NamedTuple):
    """Numbers that may change without compiling again."""

    alpha: Any = 0.0  # L2: alpha / (2 s) times the sum of W^2, s the batch's weight as its rows' mean has it
    decay: Any = 0.0  # decoupled: W loses step size times decay times itself
    clip: Any = 0.0  # longest gradient, over all of a member's parameters
    warmup: Any = 0.0  # share of all steps
    power: Any = 0.5  # of invscaling
    fade: Any = 1.0  # share of all steps after which decay and dropout fall to 0
    epochs: Any = 1  # what the schedule counts with
    tolerance: Any = 1e-4
    patience: Any = 10
    epsilon: Any = 0.0  # how far an adversary moves inputs, in units of their reach


class State(NamedTuple):
    """Everything that an epoch changes in a member."""

    theta: Theta
    memory: Any
    step_size: Scalar
    seed: UInt32Scalar
    epoch: Integer
    best: Best
    failed: Boolean  # the next epoch left the finite numbers; theta is from before it


def start(plan: Plan, theta: Theta, step_size: Any, seed: UInt32Scalar) -> State:
    """Return the state before the first epoch."""
    step_size = jnp.asarray(step_size, theta.dtype)
    zero, no = jnp.zeros((), jnp.int32), jnp.zeros((), bool)
    return State(theta, plan.solver.start(theta), step_size, seed, zero, nothing_yet(theta), no)


@partial(jax.jit, static_argnames="plan", donate_argnames="states")
def advance(
    plan: Plan, settings: Settings, shared: Shared, views: View, states: State, epochs: Any, last: Any
) -> tuple[State, Any]:
    """Return the members' states after up to `epochs` more epochs, and their losses; none goes beyond its `last`.

    Views and states have a leading member axis; the losses are (members, 128), training and watched.
    """
    one = partial(_advance_one, plan, settings, shared)
    if states.epoch.shape[0] == 1:  # a batched matrix product costs more than a plain one
        view, state = jax.tree.map(lambda a: a[0], (views, states))
        done = one(view, state, epochs, last[0])
        return jax.tree.map(lambda a: a[None], done)
    return jax.vmap(one, in_axes=(0, 0, None, 0))(views, states, epochs, last)


def _advance_one(
    plan: Plan, settings: Settings, shared: Shared, view: View, state: State, epochs: Any, last: Any
) -> tuple[State, Any]:
    first = state.epoch
    until = jnp.minimum(first + epochs, last)
    curve = jnp.zeros(MOST_EPOCHS_A_CALL, state.theta.dtype)

    def going(carry: Any) -> Any:
        state = carry[0]
        return (state.epoch < until) & (state.best.stale <= settings.patience) & ~state.failed

    def one_epoch(carry: Any) -> Any:
        state, losses, watched_losses = carry
        theta, memory, loss = _epoch(plan, settings, shared, view, state)
        watched = validation_cost(plan, theta, shared, view) if plan.holds_out else loss
        fine = jnp.isfinite(loss) & jnp.isfinite(jnp.dot(theta, theta))
        tolerance = jnp.asarray(settings.tolerance, theta.dtype)
        best = state.best if plan.judged_outside else watch(state.best, theta, watched, state.epoch + 1, tolerance)
        after = State(theta, memory, state.step_size, state.seed, state.epoch + 1, best, state.failed)
        after = adapted(settings, after) if plan.schedule == "adaptive" and not plan.judged_outside else after
        kept = jax.tree.map(lambda new, old: jnp.where(fine, new, old), after, state._replace(failed=~fine))
        place = state.epoch - first
        return kept, losses.at[place].set(loss), watched_losses.at[place].set(watched)

    state, *curves = jax.lax.while_loop(going, one_epoch, (state, curve, curve))
    return state, curves


def validation_cost(plan: Plan, theta: Theta, shared: Shared, view: View) -> Scalar:
    """Return the weighted mean loss of the held-out rows, without the regularisation; pictures some at a time."""
    parameters = unflatten(plan.network, theta)
    size = view.held.size if shared.pictures is None else min(view.held.size, PICTURES_A_LOOK)

    def outputs(rows: Order) -> tuple[Outputs, Targets, PerSample]:
        batch = take(shared, view, rows, plan.network.inputs[0])
        return output(plan.network, parameters, batch.x), batch.y, batch.weights

    if size == view.held.size:
        x, y, weights = outputs(view.held)
    else:
        found = jax.lax.map(outputs, view.held.reshape(-1, size))
        x, y, weights = jax.tree.map(lambda a: a.reshape(-1, *a.shape[2:]), found)
    weights = weights * (jnp.arange(view.held.size) < view.held_real)
    return cost(plan.loss, x, y, weights / jnp.mean(weights))


def adapted(settings: Settings, state: State) -> State:
    """Cut the step size instead of stopping, as scikit-learn's `adaptive`; it stops when the steps are very small."""
    cut = (state.best.stale > settings.patience) & (state.step_size > SLOWEST)
    step_size = jnp.where(cut, state.step_size / ADAPTIVE_CUT, state.step_size)
    return state._replace(step_size=step_size, best=state.best._replace(stale=jnp.where(cut, 0, state.best.stale)))


def _epoch(plan: Plan, settings: Settings, shared: Shared, view: View, state: State) -> tuple[Theta, Any, Scalar]:
    """Return theta, the memory, and the mean of the batches' E plus the penalty of the parameters at the end."""
    seed = derived(state.seed, state.epoch)
    order = _order(plan, view, state.epoch, seed)
    size, samples = plan.batch_size or view.rows.size, plan.batch_size or view.real
    steps = view.real // size if plan.batch_size else jnp.asarray(1, jnp.int32)
    total = jnp.asarray(settings.epochs * steps, jnp.float32)
    penalty = settings.alpha * view.lightness / samples
    weights = jnp.asarray(l2_mask(plan.network), state.theta.dtype)
    fading_away = jnp.asarray(decay_mask(plan.network), state.theta.dtype)
    multipliers = jnp.asarray(learning_rate_multipliers(plan.network), state.theta.dtype) if plan.paced else 1.0

    def step(number: Any, carry: Any) -> Any:
        theta, memory, sum_of_losses = carry
        batch = _batch(plan, shared, view, jax.lax.dynamic_slice(order, (number * size,), (size,)))
        pull = penalty * weights * theta
        at = jnp.asarray(state.epoch * steps + number, jnp.float32)
        share = fading(at / total, settings.fade)
        value, gradient = _gradient(plan, settings, theta, view, batch, pull, Noise(derived(seed, number), share))
        tau = state.step_size * share_of_step(plan.schedule, at / total, at * samples, settings.warmup, settings.power)
        shrunk = theta * (1 - tau * settings.decay * share * fading_away) if plan.decays else theta
        theta, memory = plan.solver.step(shrunk, memory, gradient, tau * multipliers)
        return theta, memory, sum_of_losses + value

    start = state.theta, state.memory, jnp.zeros((), state.theta.dtype)
    theta, memory, sum_of_losses = jax.lax.fori_loop(0, steps, step, start)
    return theta, memory, sum_of_losses / steps + 0.5 * penalty * jnp.dot(weights * theta, theta)


def _order(plan: Plan, view: View, epoch: Integer, seed: UInt32Scalar) -> Order:
    if plan.batch_size is None:
        return view.rows
    if plan.order == "in turn":
        return in_turn(view, epoch, plan.batch_size)
    return {"shuffled": shuffled, "drawn": drawn}[plan.order](view, seed)


def _batch(plan: Plan, shared: Shared, view: View, rows: Order) -> Batch:
    batch = take(shared, view, rows, plan.network.inputs[0])
    if plan.batch_size:
        return batch
    # The whole table is padded: padding weighs nothing, and the mean over all becomes that over the real rows.
    real = (jnp.arange(rows.size) < view.real) * (rows.size / view.real)
    return batch._replace(weights=batch.weights * real.astype(batch.weights.dtype))


def _gradient(
    plan: Plan, settings: Settings, theta: Theta, view: View, batch: Batch, pull: Theta, noise: Noise
) -> tuple[Scalar, Theta]:
    """Return E over a batch, and dE/dtheta + pull, clipped if the plan says so."""
    parameters = unflatten(plan.network, theta)
    if plan.adversarial:
        batch = attacked(plan, settings, parameters, view, batch, noise)
    value, gradient = cost_and_gradient(plan.network, plan.loss, parameters, *batch, noise)
    # Without the barrier XLA lays the gradient end to end anew in every expression of the solver that reads it, and
    # puts matrix products into loops of its own: 8.7 and not 3.9 ms a step of Adam on 64-512-512-512-1.
    flat = jax.lax.optimization_barrier(flatten(gradient)) + pull
    if plan.clips:
        flat *= jnp.minimum(1, settings.clip / jnp.maximum(jnp.linalg.norm(flat), 1e-12))
    return value, flat


def attacked(plan: Plan, settings: Settings, parameters: Parameters, view: View, batch: Batch, noise: Noise) -> Batch:
    """Return the batch with a copy of it that an adversary moved: E~ = E(x) / 2 + E(x + d) / 2.

    d = clip(u + 5/4 epsilon sign(dE/dx^0 at x + u), -epsilon, epsilon), u drawn from -epsilon to epsilon (Wong, Rice
    and Kolter 2020). With u = 0 (Goodfellow, Shlens and Szegedy 2015) networks learn to mislead the one step from x.
    """
    far = settings.epsilon * view.reach
    start = far * symmetric(derived(noise.seed, 0), batch.x.shape)
    slope = input_gradient(plan.network, plan.loss, parameters, batch.x + start, *batch[1:])
    moved = batch.x + jnp.clip(start + OVERSHOOT * far * jnp.sign(slope), -far, far)
    return Batch(
        jnp.concatenate([batch.x, moved]),
        jnp.concatenate([batch.y, batch.y]),
        jnp.concatenate([batch.weights, batch.weights]),
    )
