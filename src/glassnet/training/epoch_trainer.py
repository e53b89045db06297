"""Members trained by compiled epochs: parts of members side by side on the cores, divergence repaired."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np

from glassnet._lazy import Array, jax, jnp
from glassnet.data.shared import SharedData
from glassnet.network.compiled_programs import compiled
from glassnet.network.devices import Device, is_graphics_card, training_devices
from glassnet.network.machine import available_cores
from glassnet.training.checkpoint import Checkpoint
from glassnet.training.configuration import DynamicConfig, StaticConfig
from glassnet.training.divergence import DivergenceError, explain
from glassnet.training.epochs import advance
from glassnet.training.history import History
from glassnet.training.member_data import MemberData
from glassnet.training.member_state import MemberState, adapted
from glassnet.training.ravel import unflatten
from glassnet.training.run_control import Arrays, RunControl
from glassnet.training.stopping import StopReason, watch
from glassnet.training.trainer import MOST_EPOCHS_AT_ONCE, Curves

RETRIES = 3
CUT = 10.0  # what a diverging member's step size is divided by
MOST_IN_A_PART = 4

Tree = TypeVar("Tree")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Run:
    """What a run of epochs is given: the configurations, the shared rows, and the members' data and first states.

    Members are put into parts in `order`, their own if None: those that train together stand together. All are
    `one_part` where they are a part of a run that was cut before.
    """

    static: StaticConfig
    dynamic: DynamicConfig
    shared: SharedData
    members: Sequence[MemberData]
    states: MemberState  # with a leading member axis
    order: np.ndarray | None = None
    one_part: bool = False


def parts_of(members: int, *, at_once: bool) -> list[np.ndarray]:
    """Return the members of every part, which are trained by one call: at most four.

    An even number of members makes at least two parts. This depends on the number of members alone; cores decide how
    many parts run side by side. Unless members are faster `at_once`, a part is a member.
    """
    if not at_once:
        return np.array_split(np.arange(members), members)
    parts = -(-members // MOST_IN_A_PART)
    return np.array_split(np.arange(members), max(parts, 2) if members % 2 == 0 else parts)


def device_of(run: Run) -> Device | None:
    """Return the device that a run's arrays are put on; None on a mesh, whose program puts them where they belong."""
    return training_devices()[0] if run.static.mesh is None else None


def places_of(run: Run) -> list[np.ndarray]:
    """Return the members of every part of a run, those that train together.

    On a graphics card that are all: two programs would wait for each other, and more members take hardly longer.
    """
    count, device = len(run.members), device_of(run)
    one = run.one_part or device is None or is_graphics_card(device)
    parts = [np.arange(count)] if one else parts_of(count, at_once=run.shared.members_at_once)
    return parts if run.order is None else [run.order[part] for part in parts]


class EpochTrainer:
    """A `Trainer` over compiled epochs."""

    def __init__(self, run: Run, checkpoint: Checkpoint | None = None) -> None:
        count = len(run.members)
        self.curves, self._retries = Curves.of(count), np.zeros(count, int)
        self._static, self._dynamic, self._checkpoint, device = run.static, run.dynamic, checkpoint, device_of(run)
        self._shared = jax.device_put(run.shared, device)
        order = np.arange(count) if run.order is None else run.order
        self._places = places_of(run)
        self._rank = np.argsort(order)  # where each member stands among the parts, one after the other
        self._members = [_stack([run.members[place] for place in part], device) for part in self._places]
        self._parts = [_cut(run.states, part, device) for part in self._places]
        self._first = self.epoch
        self._pool = ThreadPoolExecutor(available_cores())  # its threads start when they are first needed
        self.goes_on = checkpoint is not None and self._resume(checkpoint)

    @property
    def epoch(self) -> np.ndarray:
        """The members' epochs."""
        return self._all(lambda state: state.epoch)

    @property
    def states(self) -> MemberState:
        """The members' states, NumPy arrays with a leading member axis."""
        return jax.tree.map(lambda *arrays: self._in_order(arrays), *self._parts)

    @property
    def fraction(self) -> float:
        """0: a call trains whole epochs."""
        return 0.0

    def running(self, last: np.ndarray) -> np.ndarray:
        """Return which members have epochs and patience left."""
        return (self._all(lambda state: state.best.no_improvement) <= self._dynamic.patience) & (self.epoch < last)

    def advance(self, epochs: int, last: np.ndarray) -> None:
        """Advance all members, the parts side by side, and repair those that diverged."""
        before, ends = self.epoch, [last[part] for part in self._places]

        def call(part: int, count: int) -> tuple[MemberState, list[Array]]:
            done = advance(
                self._static, self._dynamic, self._shared, self._members[part], self._parts[part], np.int32(count),
                ends[part],
            )  # fmt: skip
            return jax.block_until_ready(done)

        if len(self._parts) > 1 and not any(self.curves.loss):
            self._parts[0], _ = call(0, 0)  # compile once, not on every thread
        done = self._side_by_side(partial(call, count=min(epochs, MOST_EPOCHS_AT_ONCE)))
        self._parts = [part for part, _ in done]
        self._record(before, *(self._in_order([curves[which] for _, curves in done]) for which in (0, 1)))
        self._repair()

    def parameters(self, member: int) -> Arrays:
        """Return a copy of a member's parameters, float32."""
        return unflatten(self._static.network, self._all(lambda state: state.flat_parameters)[member])

    def judge(self, control: RunControl, trained: np.ndarray) -> None:
        """Judge the members that were trained since the last time; the others stay as they are."""
        flat_parameters, values = self._all(lambda state: state.flat_parameters), np.zeros(len(trained), np.float32)
        for member in np.flatnonzero(trained):
            values[member] = control.judge(int(member), unflatten(self._static.network, flat_parameters[member]))
            self.curves.validation[member].append(float(values[member]))
        self._parts = [
            _judged(self._static, self._dynamic, part, values[places], trained[places])
            for part, places in zip(self._parts, self._places, strict=True)
        ]

    def store(self, *, now: bool = False) -> None:
        """Write a checkpoint, at most once a second unless `now`."""
        if self._checkpoint is not None:
            self._checkpoint.write(jax.tree.leaves(self._tree()), now=now)

    def result(self, member: int, reason: StopReason) -> tuple[Arrays, History]:
        """Return the best parameters, or the last ones where no epoch was judged."""
        part = next(part for part, members in enumerate(self._places) if member in members)
        place = int(np.flatnonzero(self._places[part] == member)[0])
        state: MemberState = jax.tree.map(lambda array: np.asarray(array)[place], self._parts[part])
        loss, validation = self.curves.loss[member], self.curves.validation[member]
        judged = bool(np.isfinite(state.best.loss))  # stopped within its first epoch, no parameters are the best
        chooses = judged and (self._static.validates or self._static.monitored)
        out_of_patience = int(state.best.no_improvement) > self._dynamic.patience
        kept_epoch = int(state.best.epoch) - int(self._first[member]) if chooses else len(loss)
        why = StopReason.NO_IMPROVEMENT if out_of_patience else reason
        history = History(tuple(loss), tuple(validation), kept_epoch, why, int(self._retries[member]))
        flat_parameters = np.asarray(state.best.flat_parameters if chooses else state.flat_parameters)
        return unflatten(self._static.network, flat_parameters), history

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()

    def _side_by_side(self, call: Callable[[int], Result]) -> list[Result]:
        """Return call(part) of all parts."""
        return list(self._pool.map(call, range(len(self._parts))))

    def _all(self, field: Callable[[MemberState], Array]) -> np.ndarray:
        return self._in_order([field(part) for part in self._parts])

    def _in_order(self, of_parts: Sequence[Array]) -> np.ndarray:
        """Return the arrays of the parts as one, in the members' own order."""
        return np.concatenate([np.asarray(array) for array in of_parts])[self._rank]

    def _record(self, before: np.ndarray, losses: np.ndarray, watched: np.ndarray) -> None:
        for member, ran in enumerate(self.epoch - before):
            self.curves.loss[member] += losses[member, :ran].tolist()
            if self._static.validates:
                self.curves.validation[member] += watched[member, :ran].tolist()

    def _repair(self) -> None:
        """Give members that diverged their best parameters so far, a smaller step size and a fresh solver state."""
        failed = self._all(lambda state: state.failed)
        if not failed.any():
            return
        self._retries = self._retries + failed
        beyond_retries = np.flatnonzero(self._retries > RETRIES)
        if beyond_retries.size:
            member = int(beyond_retries[0])
            parameters = unflatten(self._static.network, self._all(lambda state: state.flat_parameters)[member])
            step_size = float(self._all(lambda state: state.step_size)[member]) * CUT**RETRIES
            raise DivergenceError(explain(parameters, len(self.curves.loss[member]) + 1, step_size, RETRIES))
        self._parts = [_restarted(self._static, part) for part in self._parts]

    def _tree(self) -> tuple[object, ...]:
        """Return all that a checkpoint holds, a pytree of arrays."""
        curves = [[np.asarray(curve) for curve in some] for some in (self.curves.loss, self.curves.validation)]
        return self._parts, curves[0], curves[1], self._retries

    def _take_over(self, tree: Sequence[Any]) -> None:
        """Go on from what `_tree` returned."""
        self._parts, losses, validation, self._retries = tree
        self.curves = Curves([c.tolist() for c in losses], [c.tolist() for c in validation])

    def _resume(self, checkpoint: Checkpoint) -> bool:
        """Take over what a checkpoint holds, if there is one; return whether there was."""
        leaves, structure = jax.tree.flatten(self._tree())
        stored = checkpoint.read(leaves)
        if stored is not None:
            self._take_over(jax.tree.unflatten(structure, stored))
        return stored is not None


@compiled(static=1)
def _restarted(static: StaticConfig, states: MemberState) -> MemberState:
    def one(state: MemberState) -> MemberState:
        flat_parameters = jnp.copy(state.best.flat_parameters)
        again = state._replace(
            flat_parameters=flat_parameters,
            solver_state=static.solver.init(flat_parameters),
            step_size=state.step_size / CUT,
        )
        again = again._replace(failed=jnp.zeros((), bool))
        return jax.tree.map(lambda new, old: jnp.where(state.failed, new, old), again, state)

    return jax.vmap(one)(states)


@compiled(static=1)
def _judged(
    static: StaticConfig, dynamic: DynamicConfig, states: MemberState, values: Array, trained: Array
) -> MemberState:
    def one(state: MemberState, value: Array, new: Array) -> MemberState:
        limits = jnp.float32(dynamic.tolerance), jnp.float32(dynamic.slack)
        best = watch(state.best, state.flat_parameters, value, state.epoch, *limits)
        after = state._replace(best=best)
        after = adapted(dynamic, after) if static.schedule == "adaptive" else after
        return jax.tree.map(lambda later, now: jnp.where(new, later, now), after, state)

    return jax.vmap(one)(states, values, trained)


def _stack(trees: Sequence[Tree], device: Device | None) -> Tree:
    return jax.device_put(jax.tree.map(lambda *arrays: np.stack(arrays), *trees), device)


def _cut(states: Tree, members: np.ndarray, device: Device | None) -> Tree:
    return jax.device_put(jax.tree.map(lambda array: np.asarray(array)[members], states), device, may_alias=False)
