"""The training loop: compiled epochs, and a look from outside about five times a second.

Between two calls of `advance` the loop hears callbacks, the clock and Ctrl-C, repairs members that diverged, and writes
a checkpoint. Where the looks fall changes nothing in the numbers.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.training.batches import Shared, View
from glassnet.training.divergence import DivergenceError, explain
from glassnet.training.epochs import MOST_EPOCHS_A_CALL, Plan, Settings, State, adapted, advance
from glassnet.training.history import Callback, History, Progress
from glassnet.training.interrupt import Interrupt
from glassnet.training.ravel import unflatten
from glassnet.training.stopping import watch

Arrays = list[dict[str, np.ndarray]]  # the parameters of a network, one dict a layer

SECONDS_BETWEEN_LOOKS = 0.2
RETRIES = 3
CUT = 10.0  # what a diverging member's step size is divided by
THREADS = 2


Monitor = Callable[[int, np.ndarray], float]  # a member's place and parameters to a number, lower is better


@dataclass
class Looks:
    """What is asked from outside between two calls."""

    callback: Callback | None = None
    deadline: float = float("inf")  # of `perf_counter`
    interrupt: Interrupt = field(default_factory=Interrupt)
    monitor: Monitor | None = None
    store: Callable[["Course"], None] | None = None
    stopped: bool = False  # somebody asked to stop before the end


@dataclass
class Course:
    """Where training stands: the members' states, in one part a thread, and their losses so far."""

    parts: list[State]
    losses: list[list[float]]
    watched: list[list[float]]
    retries: np.ndarray

    def all(self, name: str) -> np.ndarray:
        """Return a field of all members' states."""
        return np.concatenate([np.asarray(getattr(part, name)) for part in self.parts])

    def best(self, name: str) -> np.ndarray:
        """Return a field of all members' best."""
        return np.concatenate([np.asarray(getattr(part.best, name)) for part in self.parts])


def parts_for(members: int, *, one_by_one: bool) -> list[np.ndarray]:
    """Return the members of every part, which a thread trains at once: two parts where they split evenly.

    With `one_by_one` a part is a member: convolutions of many members at once are slower than one after the other.
    """
    parts = members if one_by_one else THREADS if members % THREADS == 0 else 1
    return np.array_split(np.arange(members), parts)


def begin(parts: list[State]) -> Course:
    """Return the course before the first epoch."""
    members = sum(part.epoch.shape[0] for part in parts)
    return Course(parts, [[] for _ in range(members)], [[] for _ in range(members)], np.zeros(members, int))


def train(
    plan: Plan, settings: Settings, shared: Shared, views: list[View], course: Course, last: Any, looks: Looks
) -> tuple[list[Arrays], list[History]]:
    """Return every member's trained parameters and history; views come in the parts that states have.

    `last` is the last epoch, of all or of each.
    With held-out rows, or a monitor, the parameters of the best epoch are kept; without, the last ones are.
    `DivergenceError` when a member left the finite numbers after three smaller step sizes.
    """
    last = np.broadcast_to(np.asarray(last, np.int32), course.retries.shape)
    first = course.all("epoch") - [len(curve) for curve in course.losses]
    epochs, reason = 1, ""
    while _running(course, settings, last).any():
        started = perf_counter()
        before = course.all("epoch")
        _run(plan, settings, shared, views, course, epochs, last)
        _repair(plan, course)
        if looks.monitor is not None:
            _monitor(plan, course, looks.monitor, settings, course.all("epoch") > before)
        if looks.store is not None:
            looks.store(course)
        reason = _asked_to_stop(course, last, settings, looks)
        if reason:
            looks.stopped = True
            break
        done = max(int((course.all("epoch") - before).max()), 1)
        wished = SECONDS_BETWEEN_LOOKS / (perf_counter() - started) * done
        epochs = 1 if looks.monitor else int(np.clip(wished, 1, min(MOST_EPOCHS_A_CALL, 8 * epochs)))
    return _results(plan, course, settings, first, reason or f"max_iter={int((last - first).max())} epochs are done")


def _run(
    plan: Plan, settings: Settings, shared: Shared, views: list[View], course: Course, epochs: int, last: np.ndarray
) -> None:
    """Advance all members, each part on a thread of its own."""
    before = course.all("epoch")

    ends = np.array_split(last, len(course.parts))

    def call(view: View, part: State, end: np.ndarray, count: int) -> Any:
        return jax.block_until_ready(advance(plan, settings, shared, view, part, np.int32(count), end))

    if len(course.parts) > 1 and not any(course.losses):
        course.parts[0], _ = call(views[0], course.parts[0], ends[0], 0)  # compile once, not on every thread
    with ThreadPoolExecutor(THREADS) as pool:
        done = list(pool.map(call, views, course.parts, ends, [epochs] * len(views)))
    course.parts = [part for part, _ in done]
    losses, watched = (np.concatenate([np.asarray(curves[which]) for _, curves in done]) for which in (0, 1))
    for member, ran in enumerate(course.all("epoch") - before):
        course.losses[member] += losses[member, :ran].tolist()
        if plan.holds_out:
            course.watched[member] += watched[member, :ran].tolist()


def _running(course: Course, settings: Settings, last: np.ndarray) -> np.ndarray:
    return (course.best("stale") <= int(settings.patience)) & (course.all("epoch") < last)


def _repair(plan: Plan, course: Course) -> None:
    """Give members that diverged their best parameters so far, a smaller step size and an empty memory."""
    failed = course.all("failed")
    if not failed.any():
        return
    course.retries = course.retries + failed
    tired = np.flatnonzero(course.retries > RETRIES)
    if tired.size:
        member = int(tired[0])
        parameters = unflatten(plan.network, course.all("theta")[member])
        step_size = float(course.all("step_size")[member]) * CUT**RETRIES
        raise DivergenceError(explain(parameters, len(course.losses[member]) + 1, step_size, RETRIES))
    course.parts = [_restarted(plan, part) for part in course.parts]


@partial(jax.jit, static_argnames="plan")
def _restarted(plan: Plan, states: State) -> State:
    def one(state: State) -> State:
        theta = jnp.copy(state.best.theta)
        again = state._replace(theta=theta, memory=plan.solver.start(theta), step_size=state.step_size / CUT)
        again = again._replace(failed=jnp.zeros((), bool))
        return jax.tree.map(lambda new, old: jnp.where(state.failed, new, old), again, state)

    return jax.vmap(one)(states)


def _monitor(plan: Plan, course: Course, monitor: Monitor, settings: Settings, ran: np.ndarray) -> None:
    """Judge the members that had an epoch since the last time; the others stay as they are."""
    thetas = course.all("theta")
    values = np.zeros(len(ran), np.float32)
    for member in np.flatnonzero(ran):
        value = monitor(int(member), thetas[member])
        if not np.isfinite(value):
            raise ValueError(f"monitor returned {value}; it must return a finite number, lower for better")
        course.watched[member].append(value)
        values[member] = value
    pieces = (np.split(of_all, len(course.parts)) for of_all in (values, ran))
    course.parts = [
        _judged(plan, settings, part, jnp.asarray(own), jnp.asarray(new))
        for part, own, new in zip(course.parts, *pieces, strict=True)
    ]


def _judged(plan: Plan, settings: Settings, part: State, values: Any, ran: Any) -> State:
    def one(state: State, value: Any, new: Any) -> State:
        best = watch(state.best, state.theta, value, state.epoch, jnp.float32(settings.tolerance))
        after = state._replace(best=best)
        after = adapted(settings, after) if plan.schedule == "adaptive" else after
        return jax.tree.map(lambda later, now: jnp.where(new, later, now), after, state)

    return jax.vmap(one)(part, values, ran)


def _asked_to_stop(course: Course, last: np.ndarray, settings: Settings, looks: Looks) -> str:
    progress = Progress(
        epoch=int(course.all("epoch").max()),
        max_epochs=int(last.max()),
        loss=_mean_last(course.losses) or 0.0,
        validation_loss=_mean_last(course.watched),
        training=int(_running(course, settings, last).sum()),
    )
    if looks.callback is not None and looks.callback(progress):
        return "the callback asked to stop"
    if looks.interrupt.asked:
        return "interrupted"
    return "max_time is over" if perf_counter() > looks.deadline else ""


def _mean_last(curves: list[list[float]]) -> float | None:
    last = [curve[-1] for curve in curves if curve]
    return float(np.mean(last)) if last else None


def _results(
    plan: Plan, course: Course, settings: Settings, first: np.ndarray, reason: str
) -> tuple[list[Arrays], list[History]]:
    chooses = plan.holds_out or plan.judged_outside
    thetas, stale = course.best("theta") if chooses else course.all("theta"), course.best("stale")
    parameters: list[Arrays] = []
    histories: list[History] = []
    for member, (loss, watched) in enumerate(zip(course.losses, course.watched, strict=True)):
        tired = stale[member] > int(settings.patience)
        why = f"{int(settings.patience)} epochs improved by less than tol" if tired else reason
        kept = int(course.best("epoch")[member] - first[member]) if chooses else len(loss)
        parameters.append(unflatten(plan.network, thetas[member]))
        histories.append(History(tuple(loss), tuple(watched), kept, why, int(course.retries[member])))
    return parameters, histories
