"""The parts of a run of epochs as tasks in other processes: the members of a task are those of one call otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from glassnet._lazy import jax
from glassnet.ensemble.engine import Engine
from glassnet.ensemble.tasks import PartResult, Tasks, joined, monitor_of
from glassnet.ensemble.training import Trained
from glassnet.training.checkpoint import NAMES, Checkpoint, CheckpointError, Fingerprint
from glassnet.training.epoch_trainer import EpochTrainer, Run, parts_of
from glassnet.training.loop import train
from glassnet.training.run_control import Monitor, RunControl
from glassnet.training.window_trainer import WindowRows, WindowSource, WindowTrainer


class Start(NamedTuple):
    """From where a run starts: by a checkpoint or not, after how many epochs, and whether there are more to train."""

    goes_on: bool
    epoch: int
    trains: bool


class EpochPart(NamedTuple):
    """What a task is given: a run of its members alone, whose shared rows come beside it."""

    run: Run
    last: np.ndarray
    folder: Path | None
    fingerprint: Fingerprint
    monitor: Monitor | None
    windows: "WindowsOfPart | None"


@dataclass(frozen=True)
class WindowsOfPart:
    """The windows of some members alone."""

    source: WindowSource
    members: np.ndarray

    @property
    def windows(self) -> int:
        """How many an epoch has."""
        return self.source.windows

    def window(self, epoch: int, number: int) -> WindowRows:
        """Return the rows of a window."""
        rows = self.source.window(epoch, number)
        return rows._replace(rows=rows.rows[self.members], n_rows=rows.n_rows[self.members])


def for_tasks(run: Run) -> tuple[Run, list[np.ndarray]]:
    """Return a run without the devices of this process, and the members of every task, as this process would cut them.

    A task trains its part on one device of its own, be it a processor or a graphics card.
    """
    parts = parts_of(len(run.members), at_once=run.shared.members_at_once)
    places = parts if run.order is None else [run.order[part] for part in parts]
    return replace(run, static=replace(run.static, mesh=None)), places


def run_parts(
    engine: Engine,
    run: Run,
    places: Sequence[np.ndarray],
    last: np.ndarray,
    control: RunControl,
    folder: Path | None,
    fingerprints: Sequence[Fingerprint],
    windows: WindowSource | None = None,
) -> tuple[Trained, Start]:
    """Return what `train` returns of a run, its parts trained as tasks, and from where they started.

    Parameters
    ----------
    engine : Engine
        The backend that tasks go to.
    run : Run
        The run of all members.
    places : sequence of arrays of int
        The members of every part, as an `EpochTrainer` of the run cuts them.
    last : array (members,)
        The last epochs.
    control : RunControl
        What users ask for.
    folder : Path or None
        The folder of checkpoints, in which every part has one of its own.
    fingerprints : sequence of Fingerprint
        Those of the parts, for their checkpoints.
    windows : WindowSource or None
        Where rows come from that do not fit into memory.
    """
    leaves, structure = jax.tree.flatten(run.shared)
    empty = jax.tree.unflatten(structure, range(len(leaves)))  # the arrays themselves go beside the jobs, once
    jobs = [
        EpochPart(
            replace(
                run, shared=empty, members=[run.members[place] for place in part], order=None, one_part=True,
                states=jax.tree.map(lambda array, part=part: np.asarray(array)[part], run.states),
            ),
            last[part],
            None if folder is None else part_folder(folder, number),
            fingerprints[number] if fingerprints else {},
            monitor_of(control, part),
            None if windows is None else WindowsOfPart(windows, part),
        )
        for number, part in enumerate(places)
    ]  # fmt: skip
    tasks = Tasks(engine, places, int(last.max()), remedy(folder))
    results = tasks.run(train_part, jobs, [np.asarray(leaf) for leaf in leaves], control)
    going = [result for result in results if result.goes_on]
    start = Start(bool(going), max(result.first_epoch for result in results), any(result.trains for result in going))
    return joined([result.trained for result in results], places), start


def train_part(job: EpochPart, arrays: Sequence[np.ndarray], control: RunControl) -> PartResult:
    """Train a part in this process, by one call at a time."""
    shared = jax.tree.unflatten(jax.tree.structure(job.run.shared), list(map(np.asarray, arrays)))
    control.monitor = job.monitor
    stored = None if job.folder is None else Checkpoint(job.folder, job.fingerprint)
    run = replace(job.run, shared=shared)
    trainer = EpochTrainer(run, stored) if job.windows is None else WindowTrainer(run, job.windows, stored)
    first, trains = int(trainer.epoch.max()), bool(trainer.running(job.last).any())
    trained = Trained(*train(trainer, job.last, control), trainer.states)
    return PartResult(trained, int(trainer.epoch.max()), first, trainer.goes_on, trains)


def part_folder(folder: Path, number: int) -> Path:
    """Return the folder of a part's checkpoints; of an absolute path, since tasks run in other working folders."""
    return folder.absolute() / f"part-{number:03d}"


def remedy(folder: Path | None) -> str:
    """Return what to type where a process is gone."""
    if folder is None:
        return "call fit again, and give it checkpoint=FOLDER: a fit that is cut short then goes on from there"
    return f"call the same fit again: it goes on from the checkpoints in {str(folder)!r}, to the same result"


def check_layout(folder: Path, *, parts: bool) -> None:
    """Raise `CheckpointError` for checkpoints of a run that was cut otherwise: into parts for tasks, or not."""
    if parts and any((folder / name).exists() for name in NAMES):
        raise CheckpointError(
            f"{str(folder)!r} holds the checkpoint of a fit in one process, and joblib.parallel_config now sends its "
            "members to several; call the fit without it, as before, or give an empty folder"
        )
    if not parts and part_folder(folder, 0).exists():
        raise CheckpointError(
            f"{str(folder)!r} holds checkpoints of members that trained as tasks of joblib, and this fit trains them "
            "in one process; call it inside joblib.parallel_config, as before, or give an empty folder"
        )
