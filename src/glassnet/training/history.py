"""What happened during training, for people."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Where training stands after an epoch; losses are in the units of the scaled target."""

    epoch: int
    max_epochs: int
    loss: float
    validation_loss: float | None


Callback = Callable[[Progress], bool | None]  # returning True asks training to stop


@dataclass(frozen=True)
class History:
    """The losses of every epoch, the epoch whose parameters were kept, and why training ended."""

    loss: tuple[float, ...]
    validation_loss: tuple[float, ...]  # empty without validation rows
    kept_epoch: int
    reason: str

    @property
    def epochs(self) -> int:
        """The number of epochs trained."""
        return len(self.loss)
