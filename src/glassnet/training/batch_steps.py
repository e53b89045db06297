"""The steps of an epoch: batch by batch through a member's own rows, in a keyed order.

The tail that does not fill a batch is left out, another one each time.
"""

from functools import partial
from typing import NamedTuple

from glassnet._lazy import jax, jnp
from glassnet._types import FlatParameters, Integer, RowNumbers, Scalar, UInt32Scalar
from glassnet.data.shared import Batch, SharedData
from glassnet.network.backward import cost_and_gradient
from glassnet.network.hash_rng import Noise, derived
from glassnet.training.adversarial_batch import attacked
from glassnet.training.batches import in_order, shuffled, with_replacement
from glassnet.training.configuration import DynamicConfig, StaticConfig
from glassnet.training.member_data import MemberData
from glassnet.training.member_state import MemberState, zero_loss
from glassnet.training.ravel import (
    decay_mask,
    flatten,
    l2_mask,
    learning_rate_multipliers,
    trained_alone,
    trained_gradient,
    unflatten,
)
from glassnet.training.schedule import fading, step_size_factor
from glassnet.training.solver import SolverState

ROWS = "rows"  # the axis of a mesh along which the rows of a batch are split
SEEDS_OF_WINDOWS = 2**30  # so that no window's seed is one of a step's

StepCarry = tuple[FlatParameters, SolverState, Scalar]  # the last is the sum of the losses of the batches so far


class Window(NamedTuple):
    """Which part of an epoch the shared rows are: number `number` of `windows`."""

    number: Integer
    windows: Integer


class Steps(NamedTuple):
    """What came of steps.

    Parameters
    ----------
    flat_parameters, solver_state
        Of the member after the last step.
    loss : scalar
        The sum of the batches' E.
    steps : scalar
        How many there were.
    penalty : scalar
        The L2 penalty of the parameters.
    """

    flat_parameters: FlatParameters
    solver_state: SolverState
    loss: Scalar
    steps: Integer
    penalty: Scalar


def take_steps(
    static: StaticConfig,
    dynamic: DynamicConfig,
    shared: SharedData,
    member: MemberData,
    state: MemberState,
    window: Window | None = None,
) -> Steps:
    """Return what comes of an epoch of steps, or of those of one of its windows."""
    seed = _seed(state, window)
    order = _order(static, member, state.epoch, seed)
    size, samples = static.batch_size or member.rows.size, static.batch_size or member.n_rows
    steps = member.n_rows // size if static.batch_size else jnp.asarray(1, jnp.int32)
    epochs, passed = (dynamic.epochs, state.epoch) if window is None else _in_windows(dynamic, state, window)
    total = jnp.asarray(epochs * steps, jnp.float32)
    penalty = dynamic.alpha * member.inverse_mean_weight / samples
    weights = jnp.asarray(l2_mask(static.network), state.flat_parameters.dtype)
    decays = jnp.asarray(decay_mask(static.network), state.flat_parameters.dtype)
    multipliers = (
        jnp.asarray(learning_rate_multipliers(static.network), state.flat_parameters.dtype)
        if static.multiplies
        else 1.0
    )
    own = size // static.row_devices
    first = 0 if static.row_devices == 1 else jax.lax.axis_index(ROWS) * own

    def step(number: Integer, carry: StepCarry) -> StepCarry:
        flat_parameters, solver_state, sum_of_losses = carry
        batch = _batch(static, shared, member, jax.lax.dynamic_slice(order, (number * size + first,), (own,)))
        l2 = penalty * weights * flat_parameters
        at = jnp.asarray(passed * steps + number, jnp.float32)
        strength = fading(at / total, dynamic.fade)
        noise = Noise(derived(seed, number), strength, first)
        value, gradient = _gradient(static, dynamic, flat_parameters, member, batch, l2, noise)
        tau = state.step_size * step_size_factor(
            static.schedule, at / total, at * samples, dynamic.warmup, dynamic.power
        )
        if static.decays:
            flat_parameters = flat_parameters * (1 - tau * dynamic.decay * strength * decays)
        flat_parameters, solver_state = static.solver.update(flat_parameters, solver_state, gradient, tau * multipliers)
        return flat_parameters, solver_state, sum_of_losses + value

    start = state.flat_parameters, state.solver_state, zero_loss(state)
    flat_parameters, solver_state, sum_of_losses = jax.lax.fori_loop(steps - steps, steps, step, start)
    squares = 0.5 * penalty * jnp.dot(weights * flat_parameters, flat_parameters)
    return Steps(flat_parameters, solver_state, sum_of_losses, steps, squares)


def _seed(state: MemberState, window: Window | None) -> UInt32Scalar:
    """Return the seed of an epoch's order and masks; windows after the first have seeds of their own."""
    seed = derived(state.seed, state.epoch)
    if window is None:
        return seed
    return jnp.where(window.number == 0, seed, derived(seed, window.number + SEEDS_OF_WINDOWS))


def _in_windows(dynamic: DynamicConfig, state: MemberState, window: Window) -> tuple[Scalar, Scalar]:
    """Return how many windows all epochs have, and how many are behind, as schedules count them.

    As float32: their steps may be more than int32 holds.
    """
    windows = window.windows.astype(jnp.float32)
    return jnp.asarray(dynamic.epochs, jnp.float32) * windows, state.epoch * windows + window.number


def _order(static: StaticConfig, member: MemberData, epoch: Integer, seed: UInt32Scalar) -> RowNumbers:
    if static.batch_size is None:
        return member.rows
    if static.order == "in order":
        return in_order(member, epoch, static.batch_size)
    return {"shuffled": shuffled, "with replacement": with_replacement}[static.order](member, seed)


def _batch(static: StaticConfig, shared: SharedData, member: MemberData, rows: RowNumbers) -> Batch:
    batch = shared.take(member.scaling, rows, static.network.inputs[0])
    if static.batch_size:
        return batch
    # The whole table is padded: padding weighs nothing, and the mean over all becomes that over the real rows.
    real = (jnp.arange(rows.size) < member.n_rows) * (rows.size / member.n_rows)
    return batch._replace(weights=batch.weights * real.astype(batch.weights.dtype))


def _gradient(
    static: StaticConfig,
    dynamic: DynamicConfig,
    flat_parameters: FlatParameters,
    member: MemberData,
    batch: Batch,
    l2: FlatParameters,
    noise: Noise,
) -> tuple[Scalar, FlatParameters]:
    """Return E over a batch, and dE/dtheta + l2, clipped if the configuration says so."""
    parameters = unflatten(static.network, flat_parameters)
    if static.adversarial:
        batch = attacked(static, dynamic, parameters, member, batch, noise)
    value, gradient = cost_and_gradient(static.network, static.loss, parameters, *batch, noise)
    flat = flatten(trained_gradient(static.network, gradient))
    if static.row_devices > 1:  # equal parts of a batch: the mean of their means is that of the batch
        value, flat = jax.tree.map(partial(jax.lax.pmean, axis_name=ROWS), (value, flat))
    # Without the barrier XLA lays the gradient end to end anew in every expression of the solver that reads it, and
    # puts matrix products into loops of its own: 8.7 and not 3.9 ms a step of Adam on 64-512-512-512-1.
    flat = trained_alone(static.network, jax.lax.optimization_barrier(flat) + l2)
    if static.clips:
        flat *= jnp.minimum(1, dynamic.clip / jnp.maximum(jnp.linalg.norm(flat), 1e-12))
    return value, flat
