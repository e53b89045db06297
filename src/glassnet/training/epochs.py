"""The compiled part of training: epochs of one member, and of many at once.

`advance` runs several epochs of several members in one call without asking the host. Where the rows do not fit into
memory, `advance_window` takes the steps of one window of an epoch. Every member is on its own: its stopping, its
divergence, its random numbers depend on nothing but its seed and its rows.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypeVar

from jaxtyping import Int

from glassnet._lazy import Array, jax, jnp
from glassnet._types import Boolean, FlatParameters, Integer, Outputs, PerSample, RowNumbers, Scalar, Targets
from glassnet.data.shared import SharedData
from glassnet.network.activations_piecewise_linear import Identity, LeakyReLU, ReLU
from glassnet.network.compiled_programs import Options, compiled
from glassnet.network.cost import cost
from glassnet.network.dense import Dense
from glassnet.network.network import output
from glassnet.training.batch_steps import Steps, Window, take_steps
from glassnet.training.configuration import DynamicConfig, StaticConfig
from glassnet.training.member_data import MemberData
from glassnet.training.member_state import MemberState, adapted, zero_loss
from glassnet.training.ravel import unflatten
from glassnet.training.stopping import watch
from glassnet.training.trainer import MOST_EPOCHS_AT_ONCE

CHEAP = Identity, ReLU, LeakyReLU
LARGE = 2**16  # parameters
OLDER_CODE: Options = {"xla_cpu_use_fusion_emitters": False}

R = TypeVar("R")
EpochCarry = tuple[MemberState, Array, Array]  # the state, the training losses and the watched ones so far


class EpochSoFar(NamedTuple):
    """What the windows of an epoch have brought so far: how many steps, and the sum of their losses."""

    steps: Integer
    loss: Scalar


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
    one = partial(_advance_one, static, dynamic)
    return of_members(static, one, (members, states, last), (shared, epochs))


@compiled(static=1, donate=(5, 6), options=_options)
def advance_window(
    static: StaticConfig,
    dynamic: DynamicConfig,
    shared: SharedData,
    validation: SharedData,
    members: MemberData,
    states: MemberState,
    so_far: EpochSoFar,
    window: Window,
    last: Int[Array, " members"],
) -> tuple[MemberState, EpochSoFar, list[Array]]:
    """Return the members' states after one window, what there is of their epoch, and its losses after the last window.

    `shared` are the rows of the window, `validation` those that the members' validation rows are numbered in; a member
    that has reached its `last` epoch, or is out of patience, stays as it is. The losses are (members,), training and
    watched.
    """
    one = partial(_advance_window_one, static, dynamic)
    return of_members(static, one, (members, states, so_far, last), (shared, validation, window))


def of_members(
    static: StaticConfig, one: Callable[..., R], of_each: tuple[object, ...], of_all: tuple[object, ...]
) -> R:
    """Return one(*of_all, *of_each) of all members, whose arrays have a leading member axis.

    On a mesh each device has the members of its place along "members"; those along "rows" split every batch.
    """
    if static.mesh is None:
        return _of_members(one, of_each, of_all)
    member, everywhere = jax.sharding.PartitionSpec("members"), jax.sharding.PartitionSpec()
    over_devices = jax.shard_map(
        partial(_of_members, one),
        mesh=static.mesh,
        in_specs=(member, everywhere),
        out_specs=member,
        check_vma=False,
    )
    return over_devices(of_each, of_all)


def _of_members(one: Callable[..., R], of_each: tuple[object, ...], of_all: tuple[object, ...]) -> R:
    if jax.tree.leaves(of_each)[0].shape[0] == 1:  # a batched matrix product costs more than a plain one
        done = one(*of_all, *jax.tree.map(lambda a: a[0], of_each))
        return jax.tree.map(lambda a: a[None], done)
    return jax.vmap(lambda each: one(*of_all, *each))(of_each)


def _advance_one(
    static: StaticConfig,
    dynamic: DynamicConfig,
    shared: SharedData,
    epochs: Integer,
    member: MemberData,
    state: MemberState,
    last: Integer,
) -> tuple[MemberState, list[Array]]:
    first = state.epoch
    until = jnp.minimum(first + epochs, last)
    curve = jnp.broadcast_to(zero_loss(state), MOST_EPOCHS_AT_ONCE)

    def going(carry: EpochCarry) -> Boolean:
        return _goes_on(dynamic, carry[0], until)

    def one_epoch(carry: EpochCarry) -> EpochCarry:
        state, losses, watched_losses = carry
        done = take_steps(static, dynamic, shared, member, state)
        loss = done.loss / done.steps + done.penalty
        next_state, watched = _judged(static, dynamic, shared, member, state, done, loss)
        place = state.epoch - first
        return next_state, losses.at[place].set(loss), watched_losses.at[place].set(watched)

    state, *curves = jax.lax.while_loop(going, one_epoch, (state, curve, curve))
    return state, curves


def _advance_window_one(
    static: StaticConfig,
    dynamic: DynamicConfig,
    shared: SharedData,
    validation: SharedData,
    window: Window,
    member: MemberData,
    state: MemberState,
    so_far: EpochSoFar,
    last: Integer,
) -> tuple[MemberState, EpochSoFar, list[Array]]:
    goes_on = _goes_on(dynamic, state, last)
    # A member that has stopped takes no steps: its rows count for none.
    done = take_steps(static, dynamic, shared, member._replace(n_rows=member.n_rows * goes_on), state, window)
    steps, total = so_far.steps + done.steps, so_far.loss + done.loss
    loss = total / jnp.maximum(steps, 1) + done.penalty
    ends = window.number + 1 == window.windows  # the same for all members, so that `cond` stays one under `vmap`

    def epoch_ends(state: MemberState) -> tuple[MemberState, Scalar]:
        return _judged(static, dynamic, validation, member, state, done, loss)

    def goes_through(state: MemberState) -> tuple[MemberState, Scalar]:
        finite = _finite(done.flat_parameters, loss)
        after = state._replace(flat_parameters=done.flat_parameters, solver_state=done.solver_state)
        return jax.lax.cond(finite, lambda: after, lambda: state._replace(failed=~finite)), loss

    after, watched = jax.lax.cond(ends, epoch_ends, goes_through, state)
    state = jax.tree.map(partial(jnp.where, goes_on), after, state)
    none_left = ends | state.failed
    so_far = EpochSoFar(jnp.where(none_left, 0, steps), jnp.where(none_left, 0.0, total))
    return state, so_far, [loss, watched]


def _goes_on(dynamic: DynamicConfig, state: MemberState, until: Integer) -> Boolean:
    return (state.epoch < until) & (state.best.no_improvement <= dynamic.patience) & ~state.failed


def _judged(
    static: StaticConfig,
    dynamic: DynamicConfig,
    validation: SharedData,
    member: MemberData,
    state: MemberState,
    done: Steps,
    loss: Scalar,
) -> tuple[MemberState, Scalar]:
    """Return the state after an epoch, and the loss that is watched; one that failed stays as it was."""
    flat_parameters = done.flat_parameters
    watched = validation_cost(static, flat_parameters, validation, member) if static.validates else loss
    finite = _finite(flat_parameters, loss)
    tolerance = jnp.asarray(dynamic.tolerance, flat_parameters.dtype)
    slack = jnp.asarray(dynamic.slack, flat_parameters.dtype)
    best = (
        state.best
        if static.monitored
        else watch(state.best, flat_parameters, watched, state.epoch + 1, tolerance, slack)
    )
    after = MemberState(
        flat_parameters, done.solver_state, state.step_size, state.seed, state.epoch + 1, best, state.failed
    )
    after = adapted(dynamic, after) if static.schedule == "adaptive" and not static.monitored else after
    failed = state._replace(failed=~finite)
    return jax.lax.cond(finite, lambda: after, lambda: failed), watched


def _finite(flat_parameters: FlatParameters, loss: Scalar) -> Boolean:
    return jnp.isfinite(loss) & jnp.isfinite(jnp.dot(flat_parameters, flat_parameters))


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
