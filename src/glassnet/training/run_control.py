"""Run control: what is asked from outside while training runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from glassnet.training.history import Arrays, Callback, Progress
from glassnet.training.interrupt import Interrupt
from glassnet.training.stopping import StopReason

RowsDone = Callable[[str, int, int], None]  # what is done with rows of files, how many are behind, of how many
Monitor = Callable[[int, Arrays], float]  # a member's number and parameters to a number, lower is better


@dataclass
class RunControl:
    """What users ask of a run: a callback, a deadline, Ctrl-C, a monitor to judge epochs by, and a count of rows."""

    callback: Callback | None = None
    deadline: float = float("inf")  # of `perf_counter`
    interrupt: Interrupt = field(default_factory=Interrupt)
    monitor: Monitor | None = None
    rows: RowsDone = lambda doing, done, total: None
    every_epoch: bool = False  # whether the callback is called after every epoch
    stopped: StopReason | None = None  # once somebody asked to stop

    def asks_to_stop(self, progress: Progress) -> StopReason | None:
        """Return why training must stop now, and remember it."""
        if self.callback is not None and stops(self.callback(progress)):
            self.stopped = StopReason.CALLBACK
        elif self.interrupt.asked:
            self.stopped = StopReason.INTERRUPTED
        elif perf_counter() > self.deadline:
            self.stopped = StopReason.MAX_TIME
        return self.stopped

    def judge(self, member: int, parameters: Arrays) -> float:
        """Return the monitor's value for a member; `ValueError` unless it is a finite number."""
        if self.monitor is None:
            raise ValueError("there is no monitor to judge by")
        value = self.monitor(member, parameters)
        try:
            number = np.nan if isinstance(value, str) else float(value)
        except (TypeError, ValueError):
            number = np.nan
        if not np.isfinite(number):
            what = repr(value) if isinstance(value, float) else f"{value!r} ({type(value).__name__})"
            raise ValueError(f"monitor returned {what}; it must return a finite number, lower for better")
        return number


def stops(answer: object) -> bool:
    """Return whether a callback's answer asks to stop; `TypeError` for one that is no answer."""
    if answer is None or isinstance(answer, bool | np.bool_):
        return bool(answer)
    raise TypeError(
        f"callback returned {answer!r} ({type(answer).__name__}); it must return True to stop training, or False or "
        "None to go on"
    )
