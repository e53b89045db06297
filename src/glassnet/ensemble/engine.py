"""Which of joblib's backends members go out to as tasks, where the user chose one that has processes of its own."""

import sys
from collections.abc import Generator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from joblib.parallel import BACKENDS, ParallelBackendBase, get_active_backend

# What other libraries raise for a worker that is gone, by module; a library that is not imported has raised nothing.
LOST = {
    "distributed": ("KilledWorker",),
    "ray.exceptions": ("RayActorError", "WorkerCrashedError", "NodeDiedError", "OutOfMemoryError"),
}


class LostWorkerError(RuntimeError):
    """A process that trained members for this one was killed, or ran out of memory.

    Examples
    --------
    >>> import joblib
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import LostWorkerError, NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0)
    >>> try:
    ...     with joblib.parallel_config("sequential"):  # or "loky", whose processes can be lost
    ...         _ = model.fit(X, y)
    ... except LostWorkerError as error:
    ...     print(error)
    >>> len(model.members_), issubclass(LostWorkerError, RuntimeError)
    (4, True)
    """


@dataclass(frozen=True)
class Engine:
    """A backend of joblib with processes of its own.

    Parameters
    ----------
    name : str
        Its name, as in `joblib.parallel_config(name)`.
    workers : int
        How many tasks run at once.
    yields : bool
        Whether it hands back every result once it is there; else all at the end.
    """

    name: str
    workers: int
    yields: bool


def active_engine() -> Engine | None:
    """Return the backend that `joblib.parallel_config` chose for tasks in other processes; None where there is none.

    None is the default, one task at a time, and joblib's threads: members are on threads of this process anyway.

    Raises
    ------
    ValueError
        For a backend that forks this process: JAX, which this process uses, does not come through a fork.
    """
    backend, given = cast(tuple[ParallelBackendBase, int | None], get_active_backend())
    jobs = backend.default_n_jobs if given is None else given
    if jobs == 1 or getattr(backend, "supports_sharedmem", False):
        return None
    name = next((name for name, kind in BACKENDS.items() if kind is type(backend)), type(backend).__name__)
    if name == "multiprocessing":
        raise ValueError(
            "the backend 'multiprocessing' of joblib forks this process, and members cannot train in a fork of a "
            f"process that uses JAX; use joblib.parallel_config('loky', n_jobs={jobs})"
        )
    workers = max(cast(int, backend.effective_n_jobs(jobs)), 1)
    if name == "loky" and workers == 1:  # joblib would run the tasks here, one after the other
        return None
    return Engine(name, workers, bool(backend.supports_return_generator))


@contextmanager
def lost_workers_named(engine: Engine, remedy: str) -> Generator[None]:
    """Raise `LostWorkerError`, with what to do, where a worker that ran a task inside is gone."""
    try:
        yield
    except BaseException as error:
        if not isinstance(error, _lost()):
            raise
        raise LostWorkerError(
            f"a process of joblib's backend {engine.name!r} ended while it trained members (killed, or out of "
            f"memory); {remedy}"
        ) from error


def _lost() -> tuple[type[BaseException], ...]:
    """Return what is raised where a worker is gone."""
    found = [
        getattr(sys.modules[module], name, None) for module, names in LOST.items() if module in sys.modules
        for name in names
    ]  # fmt: skip
    return (BrokenProcessPool, *(kind for kind in found if isinstance(kind, type)))
