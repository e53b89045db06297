"""The training loop: compiled epochs, and a look from outside about five times a second.

Between two calls of `advance` the loop hears callbacks, the clock and Ctrl-C, repairs members that diverged, and writes
a checkpoint. Where the looks fall changes nothing in the numbers.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.network.layer import Parameters
from glassnet.training.batches import Shared, View
from glassnet.training.divergence import DivergenceError, explain
from glassnet.training.epochs import MOST_EPOCHS_A_CALL, Plan, Settings, State, advance
from glassnet.training.flat import unflatten
from glassnet.training.history import Callback, History, Progress
from glassnet.training.interrupt import Interrupt
from glassnet.training.stopping import watch

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


@dataclass
class Course:
    """Where training stands: the states of all members, and their losses so far."""

    states: State
    losses: list[list[float]]
    watched: list[list[float]]
    retries: np.ndarray


def begin(states: State) -> Course:
    """Return the course before the first epoch."""
    members = states.epoch.shape[0]
    return Course(states, [[] for _ in range(members)], [[] for _ in range(members)], np.zeros(members, int))


def train(
    plan: Plan, settings: Settings, shared: Shared, views: View, course: Course, max_epochs: int, looks: Looks
) -> tuple[list[Parameters], list[History]]:
    """Return every member's trained parameters and history.

    With held-out rows, or a monitor, the parameters of the best epoch are kept; without, the last ones are.
    `DivergenceError` when a member left the finite numbers after three smaller step sizes.
    """
    epochs, reason = 1, ""
    while _running(course, settings, max_epochs).any():
        started = perf_counter()
        before = np.asarray(course.states.epoch)
        epochs = min(epochs, max_epochs - int(before.min()))
        _run(plan, settings, shared, views, course, epochs)
        _repair(plan, course)
        if looks.monitor is not None:
            _monitor(course, looks.monitor, settings)
        if looks.store is not None:
            looks.store(course)
        reason = _asked_to_stop(course, max_epochs, settings, looks)
        if reason:
            break
        done = max(int((np.asarray(course.states.epoch) - before).max()), 1)
        wished = SECONDS_BETWEEN_LOOKS / (perf_counter() - started) * done
        epochs = 1 if looks.monitor else int(np.clip(wished, 1, min(MOST_EPOCHS_A_CALL, 8 * epochs)))
    chooses = plan.holds_out or plan.judged_outside
    return _results(plan, course, settings, chooses, reason or f"max_iter={max_epochs} epochs are done")


def _run(plan: Plan, settings: Settings, shared: Shared, views: View, course: Course, epochs: int) -> None:
    """Advance all members: half of them on each of two threads where they split evenly."""
    before = np.asarray(course.states.epoch)
    members = len(before)
    parts = THREADS if members % THREADS == 0 and members > 1 else 1
    width = members // parts
    call = partial(advance, plan, settings, shared)
    pieces = [_members(course.states, views, slice(at * width, (at + 1) * width)) for at in range(parts)]
    count = jnp.asarray(epochs, jnp.int32)
    if parts == 1:
        course.states, curves = advance(plan, settings, shared, pieces[0][1], pieces[0][0], count)
    else:
        if not any(course.losses):  # compile once, by a call of no epochs, before two threads would do it twice
            pieces[0] = (call(pieces[0][1], pieces[0][0], jnp.zeros((), jnp.int32))[0], pieces[0][1])
        with ThreadPoolExecutor(parts) as pool:
            done = list(pool.map(lambda piece: jax.block_until_ready(call(piece[1], piece[0], count)), pieces))
        course.states, curves = jax.tree.map(lambda *arrays: jnp.concatenate(arrays), *done)
    after = np.asarray(course.states.epoch)
    for member in range(members):
        ran = int(after[member] - before[member])
        course.losses[member] += np.asarray(curves[0][member, :ran]).tolist()
        if plan.holds_out:
            course.watched[member] += np.asarray(curves[1][member, :ran]).tolist()


def _members(states: State, views: View, which: slice) -> tuple[State, View]:
    return jax.tree.map(lambda a: a[which], (states, views))


def _running(course: Course, settings: Settings, max_epochs: int) -> np.ndarray:
    stale, epoch = np.asarray(course.states.best.stale), np.asarray(course.states.epoch)
    return (stale <= int(settings.patience)) & (epoch < max_epochs)


def _repair(plan: Plan, course: Course) -> None:
    """Give members that diverged a smaller step size and an empty memory; their parameters are the last finite ones."""
    failed = np.asarray(course.states.failed)
    if not failed.any():
        return
    course.retries = course.retries + failed
    tired = np.flatnonzero(course.retries > RETRIES)
    if tired.size:
        member = int(tired[0])
        raise DivergenceError(
            explain(
                unflatten(plan.network, course.states.theta[member]),
                len(course.losses[member]) + 1,
                float(course.states.step_size[member]) * CUT**RETRIES,
                RETRIES,
            )
        )
    course.states = _restarted(plan, course.states)


@partial(jax.jit, static_argnames="plan")
def _restarted(plan: Plan, states: State) -> State:
    def one(state: State) -> State:
        again = state._replace(memory=plan.solver.start(state.theta), step_size=state.step_size / CUT)
        again = again._replace(failed=jnp.zeros((), bool))
        return jax.tree.map(lambda new, old: jnp.where(state.failed, new, old), again, state)

    return jax.vmap(one)(states)


def _monitor(course: Course, monitor: Monitor, settings: Settings) -> None:
    states = course.states
    values = [monitor(member, theta) for member, theta in enumerate(np.asarray(states.theta))]
    for curve, value in zip(course.watched, values, strict=True):
        curve.append(value)
    tolerance = jnp.asarray(settings.tolerance, states.theta.dtype)
    best = jax.vmap(partial(watch, tolerance=tolerance))(
        states.best, states.theta, jnp.asarray(values, states.theta.dtype), states.epoch
    )
    course.states = states._replace(best=best)


def _asked_to_stop(course: Course, max_epochs: int, settings: Settings, looks: Looks) -> str:
    progress = Progress(
        epoch=int(np.asarray(course.states.epoch).max()),
        max_epochs=max_epochs,
        loss=_mean_last(course.losses) or 0.0,
        validation_loss=_mean_last(course.watched),
        training=int(_running(course, settings, max_epochs).sum()),
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
    plan: Plan, course: Course, settings: Settings, chooses: bool, reason: str
) -> tuple[list[Parameters], list[History]]:
    parameters: list[Parameters] = []
    histories: list[History] = []
    thetas = course.states.best.theta if chooses else course.states.theta
    for member, (loss, watched) in enumerate(zip(course.losses, course.watched, strict=True)):
        stale = int(course.states.best.stale[member]) > int(settings.patience)
        why = f"{int(settings.patience)} epochs improved by less than tol" if stale else reason
        kept = int(course.states.best.epoch[member]) if chooses else len(loss)
        parameters.append(unflatten(plan.network, thetas[member]))
        histories.append(History(tuple(loss), tuple(watched), kept, why, int(course.retries[member])))
    return parameters, histories
