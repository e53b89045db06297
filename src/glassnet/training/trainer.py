"""What the training loop asks of whatever advances the members: compiled epochs, or steps of a full-batch solver."""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np

from glassnet.training.history import History, Progress
from glassnet.training.run_control import Arrays, RunControl
from glassnet.training.stopping import StopReason

MOST_EPOCHS_AT_ONCE = 128


@dataclass
class Curves:
    """The losses of every member so far."""

    loss: list[list[float]] = field(default_factory=list[list[float]])
    validation: list[list[float]] = field(default_factory=list[list[float]])

    @classmethod
    def of(cls, members: int) -> "Curves":
        """Return empty curves of so many members."""
        return cls([[] for _ in range(members)], [[] for _ in range(members)])


@runtime_checkable
class Trainer(Protocol):
    """Members in training, in epochs that mean the same for every solver."""

    curves: Curves

    @property
    def epoch(self) -> np.ndarray:
        """How many epochs each member has been trained, those of earlier fits among them."""
        ...

    @property
    def fraction(self) -> float:
        """How much of the next epoch is done."""
        ...

    def running(self, last: np.ndarray) -> np.ndarray:
        """Return which members train on, none beyond its `last` epoch."""
        ...

    def advance(self, epochs: int, last: np.ndarray) -> None:
        """Train up to so many more epochs; losses go to the curves.

        Raises `DivergenceError` for a member that left the finite numbers and cannot be brought back.
        """
        ...

    def parameters(self, member: int) -> Arrays:
        """Return a copy of a member's parameters as they are now, not the best so far."""
        ...

    def judge(self, control: RunControl, trained: np.ndarray) -> None:
        """Let the monitor judge the members that were just trained."""
        ...

    def store(self, *, now: bool = False) -> None:
        """Write a checkpoint where there is one, at most once a second unless `now`."""
        ...

    def result(self, member: int, reason: StopReason) -> tuple[Arrays, History]:
        """Return a member's parameters and history; `reason` is why those that would have gone on did not."""
        ...

    def close(self) -> None:
        """End threads and close what is open."""
        ...


def progress_of(trainer: Trainer, last: np.ndarray) -> Progress:
    """Return where training stands."""
    epoch = trainer.epoch

    def look(member: int) -> Arrays:
        if not np.array_equal(trainer.epoch, epoch):
            raise RuntimeError(
                "training has gone on since; call snapshot inside the callback, and keep what it returns"
            )
        if not 0 <= member < len(epoch):
            raise ValueError(f"there is no member {member}: there are members 0 to {len(epoch) - 1}")
        return trainer.parameters(member)

    return Progress(
        epoch=int(epoch.max()),
        max_epochs=int(last.max()),
        loss=_mean_last(trainer.curves.loss) or 0.0,
        validation_loss=_mean_last(trainer.curves.validation),
        training=int(trainer.running(last).sum()),
        fraction=trainer.fraction,
        look=look,
    )


def _mean_last(curves: list[list[float]]) -> float | None:
    last = [curve[-1] for curve in curves if curve]
    return float(np.mean(last)) if last else None
