"""What an estimator's parameters ask for while training runs."""

from contextlib import ExitStack
from time import perf_counter
from typing import Protocol, runtime_checkable

from glassnet.estimators.progress import ProgressBar
from glassnet.training.history import Callback, EveryEpoch, Progress
from glassnet.training.interrupt import Interrupt
from glassnet.training.run_control import RunControl, stops


@runtime_checkable
class TellsRows(Protocol):
    """A callback that is told too how far files are read, before training and after it."""

    def rows(self, doing: str, done: int, total: int) -> None:
        """Hear what is being done with the rows of files, how many are behind, and of how many."""
        ...


def run_control(
    callback: Callback | None, verbose: bool, max_time: float | None, interrupt: Interrupt, stack: ExitStack
) -> RunControl:
    """Return the run control of a fit; a progress bar is closed with the stack."""
    callbacks = [callback] if callback is not None else []
    if verbose:
        callbacks.append(stack.enter_context(ProgressBar(lines=True)))

    def call(progress: Progress) -> bool:
        answers = [stops(one(progress)) for one in callbacks]  # every one is called, whatever the others say
        return any(answers)

    told = [one for one in callbacks if isinstance(one, TellsRows)]

    def rows(doing: str, done: int, total: int) -> None:
        for one in told:
            one.rows(doing, done, total)

    deadline = float("inf") if max_time is None else perf_counter() + max_time
    every_epoch = isinstance(callback, EveryEpoch)
    return RunControl(call if callbacks else None, deadline, interrupt, every_epoch=every_epoch, rows=rows)
