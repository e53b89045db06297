"""Warnings of a task, recorded where it runs, to be given again where the fit was called."""

import threading
import warnings
from collections.abc import Generator
from contextlib import contextmanager

Recorded = list[tuple[str, type[Warning]]]


class _Recorder:
    """What stands in for `warnings.showwarning` while tasks run on some threads of this process.

    `warnings.catch_warnings` changes the process, not the thread: tasks on two threads need one between them.
    """

    def __init__(self) -> None:
        self._lock, self._tasks = threading.Lock(), dict[int, Recorded]()
        self._caught = warnings.catch_warnings()

    def start(self) -> Recorded:
        """Record what this thread warns of from now on."""
        with self._lock:
            if not self._tasks:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                self._show, warnings.showwarning = warnings.showwarning, self._record
            return self._tasks.setdefault(threading.get_ident(), [])

    def stop(self) -> None:
        """Record nothing more of this thread."""
        with self._lock:
            del self._tasks[threading.get_ident()]
            if not self._tasks:
                self._caught.__exit__(None, None, None)

    def _record(self, message: Warning | str, category: type[Warning], *where: object, **named: object) -> None:
        recorded = self._tasks.get(threading.get_ident())
        if recorded is None:  # a thread that runs no task
            self._show(message, category, *where, **named)  # pyright: ignore[reportArgumentType]
        else:
            recorded.append((str(message), category))


_recorder = _Recorder()


@contextmanager
def recorded_warnings() -> Generator[Recorded]:
    """Record the warnings of this thread, by the filters that hold in this process, instead of showing them."""
    recorded = _recorder.start()
    try:
        yield recorded
    finally:
        _recorder.stop()
