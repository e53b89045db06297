"""The compiled part of training: epochs of one member, and of many at once.

An epoch visits the member's own rows in a keyed order, batch by batch; the tail that does not fill a batch is left out,
another one each time. `advance` runs several epochs of several members in one call without asking the host, and every
member is on its own: its stopping, its divergence, its random numbers depend on nothing but its seed and its rows.
"""

from functools import partial
from typing import NamedTuple

from jaxtyping import Int

from glassnet._lazy import Array, jax, jnp
from glassnet._types import (
    Boolean,
    FlatParameters,
    Integer,
    Outputs,
    PerSample,
    RowNumbers,
    RowsIn,
    Scalar,
    Targets,
    UInt32Scalar,
)
from glassnet.data.shared import Batch, SharedData
from glassnet.network.activations_piecewise_linear import Identity, LeakyReLU, ReLU
from glassnet.network.backward import cost_and_gradient, input_gradient
from glassnet.network.compiled_programs import Options, compiled
from glassnet.network.cost import cost
from glassnet.network.dense import Dense
from glassnet.network.hash_rng import Noise, derived, symmetric
from glassnet.network.layer import Parameters
from glassnet.network.network import output
from glassnet.training.batches import in_order, shuffled, with_replacement
from glassnet.training.configuration import DynamicConfig, StaticConfig
from glassnet.training.member_data import MemberData
from glassnet.training.ravel import decay_mask, flatten, l2_mask, learning_rate_multipliers, trained_alone, unflatten
from glassnet.training.schedule import ADAPTIVE_CUT, SLOWEST, fading, step_size_factor
from glassnet.training.solver import SolverState, StepSize
from glassnet.training.stopping import Best, nothing_yet, watch
from glassnet.training.trainer import MOST_EPOCHS_AT_ONCE

CHEAP = Identity, ReLU, LeakyReLU
LARGE = 2**16  # parameters
OLDER_CODE: Options = {"xla_cpu_use_fusion_emitters": False}

OVERSHOOT = 1.25  # an adversary's only step, in epsilons
CROSSING = 2.5  # several steps together, in epsilons: enough to cross the ball, as Madry et al. have it


class MemberState(NamedTuple):
    """Everything that an epoch changes in a member."""

    flat_parameters: FlatParameters
    solver_state: SolverState
    step_size: Scalar
    seed: UInt32Scalar
    epoch: Integer
    best: Best
    failed: Boolean  # the next epoch left the finite numbers; the parameters are from before it


EpochCarry = tuple[MemberState, Array, Array]  # the state, the training losses and the watched ones so far
StepCarry = tuple[FlatParameters, SolverState, Scalar]  # the last is the sum of the losses of the batches so far


@compiled(static=1)
def start(
    static: StaticConfig, flat_parameters: FlatParameters, step_size: StepSize, seed: UInt32Scalar
) -> MemberState:
    """Return the state before the first epoch."""
    step_size = jnp.asarray(step_size, flat_parameters.dtype)
    zero, no = jnp.zeros((), jnp.int32), jnp.zeros((), bool)
    return MemberState(
        flat_parameters, static.solver.init(flat_parameters), step_size, seed, zero, nothing_yet(flat_parameters), no
    )


def _options(static: StaticConfig) -> Options | None:
    """Return the options of XLA that train this network fastest.

    On processors its older code generator takes a sixth less time for large networks of nothing but products and
    maxima, and compiles in two thirds of the time; exponentials take it longer.
    """
    network = static.network
    cheap = all(isinstance(layer, Dense) and isinstance(layer.activation, CHEAP) for layer in network.layers)
    return OLDER_CODE if cheap and network.n_parameters >= LARGE else None


@compiled(static=1, donate=(4,), options=_options)
def advance(
    static: StaticConfig,
    dynamic: DynamicConfig,
    shared: SharedData,
    members: MemberData,
    states: MemberState,
    epochs: Integer,
    last: Int[Array, " members"],
) -> tuple[MemberState, list[Array]]:
    """Return the members' states after up to `epochs` more epochs, and their losses; none goes beyond its `last`.

    The members' data and states have a leading member axis; the losses are (members, 128), training and watched.
    """
    one = partial(_advance_one, static, dynamic, shared)
    if states.epoch.shape[0] == 1:  # a batched matrix product costs more than a plain one
        member, state = jax.tree.map(lambda a: a[0], (members, states))
        done = one(member, state, epochs, last[0])
        return jax.tree.map(lambda a: a[None], done)
    return jax.vmap(one, in_axes=(0, 0, None, 0))(members, states, epochs, last)


def _advance_one(
    static: StaticConfig,
    dynamic: DynamicConfig,
    shared: SharedData,
    member: MemberData,
    state: MemberState,
    epochs: Integer,
    last: Integer,
) -> tuple[MemberState, list[Array]]:
    first = state.epoch
    until = jnp.minimum(first + epochs, last)
    curve = jnp.broadcast_to(_zero(state), MOST_EPOCHS_AT_ONCE)

    def going(carry: EpochCarry) -> Boolean:
        state = carry[0]
        return (state.epoch < until) & (state.best.no_improvement <= dynamic.patience) & ~state.failed

    def one_epoch(carry: EpochCarry) -> EpochCarry:
        state, losses, watched_losses = carry
        flat_parameters, solver_state, loss = _epoch(static, dynamic, shared, member, state)
        watched = validation_cost(static, flat_parameters, shared, member) if static.validates else loss
        finite = jnp.isfinite(loss) & jnp.isfinite(jnp.dot(flat_parameters, flat_parameters))
        tolerance = jnp.asarray(dynamic.tolerance, flat_parameters.dtype)
        slack = jnp.asarray(dynamic.slack, flat_parameters.dtype)
        best = (
            state.best
            if static.monitored
            else watch(state.best, flat_parameters, watched, state.epoch + 1, tolerance, slack)
        )
        after = MemberState(
            flat_parameters, solver_state, state.step_size, state.seed, state.epoch + 1, best, state.failed
        )
        after = adapted(dynamic, after) if static.schedule == "adaptive" and not static.monitored else after
        failed = state._replace(failed=~finite)
        next_state = jax.lax.cond(finite, lambda: after, lambda: failed)
        place = state.epoch - first
        return next_state, losses.at[place].set(loss), watched_losses.at[place].set(watched)

    state, *curves = jax.lax.while_loop(going, one_epoch, (state, curve, curve))
    return state, curves


def validation_cost(
    static: StaticConfig, flat_parameters: FlatParameters, shared: SharedData, member: MemberData
) -> Scalar:
    """Return the weighted mean loss of the validation rows, without the regularisation; some rows at a time."""
    parameters = unflatten(static.network, flat_parameters)
    size = min(member.validation.size, shared.rows_at_once or member.validation.size)

    def outputs(rows: RowNumbers) -> tuple[Outputs, Targets, PerSample]:
        batch = shared.take(member.scaling, rows, static.network.inputs[0])
        return output(static.network, parameters, batch.x), batch.y, batch.weights

    if size == member.validation.size:
        x, y, weights = outputs(member.validation)
    else:
        chunks = jax.lax.map(outputs, member.validation.reshape(-1, size))
        x, y, weights = jax.tree.map(lambda a: a.reshape(-1, *a.shape[2:]), chunks)
    weights = weights * (jnp.arange(member.validation.size) < member.n_validation)
    return cost(static.loss, x, y, weights / jnp.mean(weights))


def adapted(dynamic: DynamicConfig, state: MemberState) -> MemberState:
    """Cut the step size instead of stopping, as scikit-learn's `adaptive`; it stops when the steps are very small."""
    cut = (state.best.no_improvement > dynamic.patience) & (state.step_size > SLOWEST)
    step_size = jnp.where(cut, state.step_size / ADAPTIVE_CUT, state.step_size)
    best = state.best._replace(no_improvement=jnp.where(cut, 0, state.best.no_improvement))
    return state._replace(step_size=step_size, best=best)


def _epoch(
    static: StaticConfig, dynamic: DynamicConfig, shared: SharedData, member: MemberData, state: MemberState
) -> tuple[FlatParameters, SolverState, Scalar]:
    """Return the parameters, the solver's state, and the mean of the batches' E plus the penalty at the end."""
    seed = derived(state.seed, state.epoch)
    order = _order(static, member, state.epoch, seed)
    size, samples = static.batch_size or member.rows.size, static.batch_size or member.n_rows
    steps = member.n_rows // size if static.batch_size else jnp.asarray(1, jnp.int32)
    total = jnp.asarray(dynamic.epochs * steps, jnp.float32)
    penalty = dynamic.alpha * member.inverse_mean_weight / samples
    weights = jnp.asarray(l2_mask(static.network), state.flat_parameters.dtype)
    decays = jnp.asarray(decay_mask(static.network), state.flat_parameters.dtype)
    multipliers = (
        jnp.asarray(learning_rate_multipliers(static.network), state.flat_parameters.dtype)
        if static.multiplies
        else 1.0
    )

    def step(number: Integer, carry: StepCarry) -> StepCarry:
        flat_parameters, solver_state, sum_of_losses = carry
        batch = _batch(static, shared, member, jax.lax.dynamic_slice(order, (number * size,), (size,)))
        l2 = penalty * weights * flat_parameters
        at = jnp.asarray(state.epoch * steps + number, jnp.float32)
        strength = fading(at / total, dynamic.fade)
        value, gradient = _gradient(
            static, dynamic, flat_parameters, member, batch, l2, Noise(derived(seed, number), strength)
        )
        tau = state.step_size * step_size_factor(
            static.schedule, at / total, at * samples, dynamic.warmup, dynamic.power
        )
        if static.decays:
            flat_parameters = flat_parameters * (1 - tau * dynamic.decay * strength * decays)
        flat_parameters, solver_state = static.solver.update(flat_parameters, solver_state, gradient, tau * multipliers)
        return flat_parameters, solver_state, sum_of_losses + value

    start = state.flat_parameters, state.solver_state, _zero(state)
    flat_parameters, solver_state, sum_of_losses = jax.lax.fori_loop(steps - steps, steps, step, start)
    return (
        flat_parameters,
        solver_state,
        sum_of_losses / steps + 0.5 * penalty * jnp.dot(weights * flat_parameters, flat_parameters),
    )


def _zero(state: MemberState) -> Scalar:
    """Return 0, one for every member: `vmap` traces a loop again and again until all that it carries has that axis."""
    return jnp.where(state.failed, 0.0, jnp.zeros_like(state.flat_parameters, shape=()))


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
    # Without the barrier XLA lays the gradient end to end anew in every expression of the solver that reads it, and
    # puts matrix products into loops of its own: 8.7 and not 3.9 ms a step of Adam on 64-512-512-512-1.
    flat = trained_alone(static.network, jax.lax.optimization_barrier(flatten(gradient)) + l2)
    if static.clips:
        flat *= jnp.minimum(1, dynamic.clip / jnp.maximum(jnp.linalg.norm(flat), 1e-12))
    return value, flat


def attacked(
    static: StaticConfig, dynamic: DynamicConfig, parameters: Parameters, member: MemberData, batch: Batch, noise: Noise
) -> Batch:
    """Return the batch with a copy of it that an adversary moved: E~ = E(x) / 2 + E(x + d) / 2.

    From u drawn between -epsilon and epsilon, each of k steps goes s sign(dE/dx^0) and back into that box; inputs stay
    within their natural ends. With one step s = 5/4 epsilon (Wong, Rice and Kolter 2020), with several 5/2 epsilon / k
    (Madry et al. 2018). With u = 0 (Goodfellow, Shlens and Szegedy 2015) networks learn to mislead the one step from x.
    """
    far = dynamic.epsilon * member.perturbation
    steps = dynamic.adversarial_steps
    length = jnp.where(steps == 1, OVERSHOOT, CROSSING / steps) * far

    def inside(moved: RowsIn) -> RowsIn:
        return jnp.clip(jnp.clip(moved, batch.x - far, batch.x + far), *member.ends)

    def step(_: Integer | int, moved: RowsIn) -> RowsIn:
        slope = input_gradient(static.network, static.loss, parameters, moved, *batch[1:])
        return inside(moved + length * jnp.sign(slope))

    start = inside(batch.x + far * symmetric(derived(noise.seed, 0), batch.x.shape))
    moved = jax.lax.fori_loop(0, steps, step, start)
    return Batch(
        jnp.concatenate([batch.x, moved]),
        jnp.concatenate([batch.y, batch.y]),
        jnp.concatenate([batch.weights, batch.weights]),
    )
