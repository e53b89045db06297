"""The path that estimators share: from a table and targets to trained members, and from members to outputs."""

import hashlib
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.data.scaler import Scale
from glassnet.estimators.dataset import AnySchema, Raw, reach
from glassnet.estimators.folds import Share
from glassnet.estimators.progress import ProgressBar
from glassnet.estimators.targets import in_units
from glassnet.network.activation import Activation
from glassnet.network.inference import outputs_in_chunks
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.training.batches import share
from glassnet.training.checkpoint import Checkpoint
from glassnet.training.epochs import Plan, Settings, State, start
from glassnet.training.full_batch import Arrays, Limits, Part, Task, train_full_batch
from glassnet.training.history import Callback, History
from glassnet.training.interrupt import Interrupt
from glassnet.training.loop import Course, Looks, Monitor, begin, parts_for, train
from glassnet.training.member_data import Eyes, views
from glassnet.training.ravel import in_order, unflatten

Run = tuple[list[Arrays], list[History], State]  # of all members
ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # where a function lies in memory, another place in every process
Metric = Callable[[np.ndarray, np.ndarray], float]  # truth and prediction to a number, lower is better


@dataclass(frozen=True)
class Member:
    """One trained network: its parameters, how it sees inputs and targets, its rows and its history."""

    parameters: Arrays
    inputs: Scale
    targets: Scale
    limits: np.ndarray  # (2, outputs): what its outputs stay within, in the units of the target
    share: Share
    history: History
    seed: int


@dataclass(frozen=True)
class Untrained:
    """A member before training: what it knows of the columns, from its own rows alone."""

    inputs: Scale
    targets: Scale
    limits: np.ndarray
    share: Share
    seed: int

    def part(self, raw: Raw, rows: np.ndarray) -> Part:
        """Return these rows scaled, float64."""
        return self.inputs.down(raw.x[rows]), self.targets.down(raw.y[rows]), raw.weights[rows]

    def eyes(self, raw: Raw, schema: AnySchema) -> Eyes:
        """Return the scaling of all columns of the shared table, and of pictures beside it."""
        mean = float(np.mean(raw.weights[self.share.train]))
        both = [self.targets] if raw.pictures is not None else [self.inputs, self.targets]
        return Eyes(
            self.share.train,
            self.share.held,
            np.concatenate([*(scale.center for scale in both), [0.0]]),
            np.concatenate([*(scale.spread for scale in both), [mean]]),
            np.concatenate([*(scale.fill for scale in both), [0.0]]),
            reach(schema, self.inputs, raw.x.dtype),
            None if raw.pictures is None else (self.inputs.center, self.inputs.spread),
        )


def fresh_parameters(network: Network, raw: Raw, members: list[Untrained]) -> list[Arrays]:
    """Return the members' first parameters; what starts from rows starts from the member's own."""
    return [
        jax.tree.map(
            np.asarray,
            network.initialize(
                own.seed, sample=own.inputs.down(raw.x[own.share.train]) if network.data_dependent else None
            ),
        )
        for own in members
    ]


def member_seeds(seed: int, members: int) -> list[int]:
    """Return a seed for every member that depends on nothing but the first and its place."""
    return [int(np.random.default_rng([seed, member]).integers(2**32)) for member in range(members)]


def descend(
    plan: Plan,
    settings: Settings,
    raw: Raw,
    schema: AnySchema,
    members: list[Untrained],
    states: State,
    last: np.ndarray,
    looks: Looks,
    checkpoint: Path | None,
) -> Run:
    """Return parameters and histories by stochastic or full gradient descent, and the states to go on from."""
    shared, exponents = share(raw.table, raw.pictures)
    parts = parts_for(len(members), one_by_one=raw.pictures is not None)
    seen = [views([members[place].eyes(raw, schema) for place in part], exponents) for part in parts]
    course = begin([jax.tree.map(lambda a, part=part: jnp.asarray(a[part]), states) for part in parts])
    kept = None
    if checkpoint is not None:
        kept = Checkpoint(checkpoint, _fingerprint(plan, settings, raw, members, last, states))
        course = _resumed(course, kept)
        looks.store = partial(_store, kept)
    parameters, histories = train(plan, settings, shared, seen, course, last, looks)
    if kept is not None:
        kept.write(_tree(course), now=True)
    return parameters, histories, jax.tree.map(lambda *a: np.concatenate(list(map(np.asarray, a))), *course.parts)


def better_of_each(runs: list[Run]) -> Run:
    """Return for every member its run with the least loss on the rows that it holds out, or its only one."""
    if len(runs) == 1:
        return runs[0]
    least = [[min(history.validation_loss) for history in histories] for _, histories, _ in runs]
    chosen = np.argmin(least, axis=0)
    parameters = [runs[run][0][member] for member, run in enumerate(chosen)]
    histories = [runs[run][1][member] for member, run in enumerate(chosen)]
    states = jax.tree.map(
        lambda *arrays: np.stack([arrays[run][member] for member, run in enumerate(chosen)]), *(run[2] for run in runs)
    )
    return parameters, histories, states


def solve(
    network: Network,
    loss: Loss,
    solver: str,
    raw: Raw,
    members: list[Untrained],
    start: list[Arrays],
    limits: Limits,
    looks: Looks,
) -> tuple[list[Arrays], list[History]]:
    """Return parameters and histories by a solver that looks at all rows at once."""
    tasks = [
        Task(
            place,
            parameters,
            own.part(raw, own.share.train),
            own.part(raw, own.share.held) if own.share.held.size else None,
        )
        for place, (own, parameters) in enumerate(zip(members, start, strict=True))
    ]
    return train_full_batch(network, loss, solver, tasks, limits, looks)


def first_states(plan: Plan, parameters: list[Arrays], step_size: float, seeds: list[int]) -> State:
    """Return the members' states before the first epoch, as NumPy arrays with a leading member axis."""
    thetas = [np.concatenate(in_order(own)).astype(np.float32) for own in parameters]
    states = [start(plan, jnp.asarray(t), step_size, jnp.uint32(s)) for t, s in zip(thetas, seeds, strict=True)]
    return jax.tree.map(lambda *arrays: np.stack(list(map(np.asarray, arrays))), *states)


def looks_of(estimator: Any, stack: ExitStack, interrupt: Interrupt) -> Looks:
    """Return what an estimator's parameters ask for between epochs."""
    callbacks: list[Callback] = [estimator.callback] if estimator.callback is not None else []
    if estimator.verbose:
        callbacks.append(stack.enter_context(ProgressBar(lines=True)))

    def call(progress: Any) -> bool:
        answers = [callback(progress) for callback in callbacks]  # every one is called, whatever the others say
        return any(answers)

    deadline = float("inf") if estimator.max_time is None else perf_counter() + estimator.max_time
    return Looks(call if callbacks else None, deadline, interrupt)


def outputs(network: Network, link: Activation, members: list[Member], raw: np.ndarray) -> np.ndarray:
    """Return what every member predicts for encoded raw inputs, in the targets' units: (members, rows, outputs)."""

    def seen(first: int, last: int) -> np.ndarray:
        with np.errstate(over="ignore"):
            return np.stack([member.inputs.down(raw[first:last]) for member in members])

    scaled = outputs_in_chunks(network, [member.parameters for member in members], len(raw), seen, link)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.stack(
            [
                in_units(own.astype(np.float64), member.targets, member.limits)
                for member, own in zip(members, scaled, strict=True)
            ]
        )


def monitor_of(network: Network, link: Activation, members: list[Untrained], raw: Raw, metric: Metric) -> Monitor:
    """Return what a user's metric (truth, prediction) says of a member's parameters on the rows that it stops by."""

    def judge(place: int, theta: np.ndarray) -> float:
        own = members[place]
        parameters = unflatten(network, theta)
        member = Member(parameters, own.inputs, own.targets, own.limits, own.share, History((), (), 0, ""), own.seed)
        held = own.share.held
        return float(metric(raw.y[held], outputs(network, link, [member], raw.x[held])[0]))

    return judge


def _resumed(course: Course, kept: Checkpoint) -> Course:
    tree = kept.read(_tree(course))
    if tree is None:
        return course
    parts, losses, watched, retries = tree
    return Course(parts, [c.tolist() for c in losses], [c.tolist() for c in watched], retries)


def _store(kept: Checkpoint, course: Course) -> None:
    kept.write(_tree(course))


def _tree(course: Course) -> Any:
    return (
        course.parts,
        [np.asarray(curve) for curve in course.losses],
        [np.asarray(curve) for curve in course.watched],
        course.retries,
    )


def _fingerprint(
    plan: Plan, settings: Settings, raw: Raw, members: list[Untrained], last: np.ndarray, states: State
) -> str:
    told = repr((plan, settings, last.tolist(), [own.seed for own in members], raw.digest))
    digest = hashlib.sha256(ADDRESS.sub("", told).encode())
    for leaf in jax.tree.leaves(states):  # where it starts from, the step size among it
        digest.update(np.asarray(leaf).tobytes())
    for array in (rows for own in members for rows in (own.share.train, own.share.held)):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def stacked(parameters: list[Arrays]) -> Arrays:
    """Return members' parameters with a leading member axis."""
    return [
        {name: np.stack([own[place][name] for own in parameters]) for name in layer}
        for place, layer in enumerate(parameters[0])
    ]


def mean_curve(curves: list[tuple[float, ...]]) -> list[float]:
    """Return the mean over the members that were still training at each epoch."""
    longest = max(map(len, curves), default=0)
    return [float(np.mean([curve[at] for curve in curves if at < len(curve)])) for at in range(longest)]
