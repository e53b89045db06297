"""Members as tasks in other processes: handed out, told how long they may take, heard of when they end."""

import signal
import threading
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import NamedTuple, TypeVar, cast

import numpy as np
from joblib import Parallel, delayed

from glassnet._lazy import jax
from glassnet.ensemble.engine import Engine, lost_workers_named
from glassnet.ensemble.recorded_warnings import Recorded, recorded_warnings
from glassnet.ensemble.training import Trained
from glassnet.network.devices import PRECISIONS, training_devices, training_on, training_precision
from glassnet.storage.program_cache import keep_compiled_programs
from glassnet.training.history import Progress
from glassnet.training.interrupt import Interrupt
from glassnet.training.note import Note
from glassnet.training.run_control import Arrays, Monitor, RunControl, stops
from glassnet.training.stopping import StopReason

FOLDER_OF_PROGRAMS = "jax_compilation_cache_dir"  # of JAX's configuration

Job = TypeVar("Job")
Ended = tuple[int, "PartResult", Recorded]  # a task's number, what it returned, and its warnings


class PartResult(NamedTuple):
    """What a task returns: its members, the epochs they have by now, and where a checkpoint let them go on from."""

    trained: Trained
    epoch: int
    first_epoch: int = 0
    goes_on: bool = False
    trains: bool = True  # whether there were epochs left


Work = Callable[[Job, Sequence[np.ndarray], RunControl], PartResult]


@dataclass(frozen=True)
class Tasks:
    """Where tasks go, and what is known of all of them.

    Parameters
    ----------
    engine : Engine
        The backend.
    members : sequence of arrays of int
        The members of every task.
    last_epoch : int
        The last epoch, for those who are told of progress.
    remedy : str
        What to type where a process is gone.
    """

    engine: Engine
    members: Sequence[np.ndarray]
    last_epoch: int
    remedy: str

    def run(
        self, work: Work[Job], jobs: Sequence[Job], arrays: Sequence[np.ndarray], control: RunControl
    ) -> list[PartResult]:
        """Return what came of every job, in their order.

        Parameters
        ----------
        work : callable
            What a task does: a function of a job, of the arrays and of the run control it has there.
        jobs : sequence
            What tasks are given, one each.
        arrays : sequence of arrays
            What all tasks are given: large arrays, which the backend hands on once.
        control : RunControl
            What users ask for. Its callback is called when a task ends; tasks that were not handed out by the time it
            asks to stop train for one epoch.

        Raises
        ------
        ValueError
            For a callback after every epoch, which other processes cannot call.
        KeyboardInterrupt
            At Ctrl-C.
        LostWorkerError
            Where a process that ran a task is gone.
        """
        if control.every_epoch:
            raise ValueError(
                "callback=EveryEpoch(...) is called after every epoch, and members that train in other processes "
                f"(joblib's backend {self.engine.name!r}) are heard of when they end; give the function itself as "
                "callback, or fit outside of joblib.parallel_config"
            )
        conditions, done = _conditions(), _Done(self, control)

        def tasks() -> Iterator[object]:
            for number, job in enumerate(jobs):
                seconds = seconds_for(control.deadline - perf_counter(), len(jobs) - number, self.engine.workers)
                yield delayed(_task)(number, work, job, (seconds, control.stopped is None, conditions), *arrays)

        # Every task is handed out when a worker is free for it: only then is it known how much time there is.
        parallel = Parallel(
            return_as="generator_unordered" if self.engine.yields else "list",
            pre_dispatch="n_jobs",
            batch_size=1,  # pyright: ignore[reportArgumentType]
        )
        with lost_workers_named(self.engine, self.remedy), raising_at_once(control.interrupt):
            ended = iter(cast(Iterable[Ended], parallel(tasks())))
            try:
                for number, result, recorded in ended:
                    done.take(number, result, recorded)
            finally:
                if isinstance(ended, Generator):
                    ended.close()
        return [done.results[number] for number in range(len(jobs))]


def seconds_for(left: float, tasks: int, workers: int) -> float:
    """Return the seconds that the first of some tasks may take, so that those after it have their turn."""
    return max(left, 0.0) / -(-tasks // workers)


def joined(parts: Sequence[Trained], members: Sequence[np.ndarray]) -> Trained:
    """Return all members, in their own order, of parts of some members each."""
    order = np.argsort(np.concatenate(members))
    parameters = [one for part in parts for one in part.parameters]
    histories = [one for part in parts for one in part.histories]
    states = [part.states for part in parts if part.states is not None]
    return Trained(
        [parameters[place] for place in order],
        [histories[place] for place in order],
        jax.tree.map(lambda *leaves: np.concatenate(leaves)[order], *states) if states else None,
    )


def monitor_of(control: RunControl, members: np.ndarray) -> Monitor | None:
    """Return the monitor as a task of these members calls it, by their places among them."""
    return None if control.monitor is None else _MonitorOfPart(control.monitor, members)


@dataclass(frozen=True)
class _MonitorOfPart:
    monitor: Monitor
    members: np.ndarray

    def __call__(self, place: int, parameters: Arrays) -> float:
        return self.monitor(int(self.members[place]), parameters)


@dataclass
class _Done:
    """The tasks that have ended, and those who are told of it."""

    tasks: Tasks
    control: RunControl
    results: dict[int, PartResult] = field(default_factory=dict[int, PartResult])

    def take(self, number: int, result: PartResult, recorded: Recorded) -> None:
        """Take what a task returned, and tell the callback."""
        self.results[number] = result
        for message, category in recorded:
            warnings.warn(message, category, stacklevel=9)  # about the line that called fit
        reasons = [history.reason for history in result.trained.histories if history.reason.from_outside]
        self.control.stopped = self.control.stopped or next(iter(reasons), None)
        if self.control.callback is not None and stops(self.control.callback(self._progress())):
            self.control.stopped = StopReason.CALLBACK

    def _progress(self) -> Progress:
        histories = [history for result in self.results.values() for history in result.trained.histories]
        losses = [history.loss[-1] for history in histories if history.loss]
        validation = [history.validation_loss[-1] for history in histories if history.validation_loss]
        return Progress(
            epoch=max(result.epoch for result in self.results.values()),
            max_epochs=self.tasks.last_epoch,
            loss=float(np.mean(losses)) if losses else 0.0,
            validation_loss=float(np.mean(validation)) if validation else None,
            training=sum(map(len, self.tasks.members)) - len(histories),
            look=self._look,
        )

    def _look(self, member: int) -> Arrays:
        """Return a copy of what a member has become, for `Progress.snapshot`."""
        for number, members in enumerate(self.tasks.members):
            if member in members and number in self.results:
                kept = self.results[number].trained.parameters[members.tolist().index(member)]
                return [{name: np.array(array) for name, array in of_layer.items()} for of_layer in kept]
        raise ValueError(
            f"there is no member {member} here yet: members train in other processes, and are here when they end; ask "
            "for it in a later call, or fit outside of joblib.parallel_config"
        )


@contextmanager
def raising_at_once(interrupt: Interrupt) -> Generator[None]:
    """Let Ctrl-C raise `KeyboardInterrupt` at once: there is no pause to wait for, and nothing here yet to keep."""
    if interrupt.asked:
        raise KeyboardInterrupt
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)


# In the process of a task.


class _Conditions(NamedTuple):
    """How this process computes, and so how tasks do: its kind of device, its precision, where it keeps programs."""

    device: str
    precision: str
    programs: str | None


def _conditions() -> _Conditions:
    precision = next(name for name, of_jax in PRECISIONS.items() if of_jax == training_precision())
    return _Conditions("cpu" if training_devices()[0].platform == "cpu" else "gpu", precision, _folder_of_programs())


def _folder_of_programs() -> str | None:
    return cast(str | None, getattr(jax.config, FOLDER_OF_PROGRAMS))


def _task(number: int, work: Work[Job], job: Job, told: tuple[float, bool, _Conditions], *arrays: np.ndarray) -> Ended:
    """Do a job in the process that this runs in; return its number, what came of it, and its warnings."""
    seconds, goes_on, conditions = told
    control = RunControl(None if goes_on else _stop, perf_counter() + seconds)
    with recorded_warnings() as recorded, training_on(conditions.device, conditions.precision):
        if conditions.programs is not None and conditions.programs != _folder_of_programs():
            _keep_programs(conditions.programs)
        return number, work(job, arrays, control), recorded


def _stop(progress: Progress) -> bool:
    return True


def _keep_programs(folder: str) -> None:
    try:
        keep_compiled_programs(folder)
    except OSError as error:
        warnings.warn(
            f"a task keeps no compiled programs, and compiles each time: {folder!r} cannot be used where it runs "
            f"({error}); make that folder there",
            Note,
            stacklevel=2,
        )
