"""What happened during training, for people."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Where training stands; losses are means over the members, in the units of the scaled target."""

    epoch: int
    max_epochs: int
    loss: float
    validation_loss: float | None
    training: int = 1  # members that are still training


Callback = Callable[[Progress], bool | None]  # returning True asks training to stop


@dataclass(frozen=True)
class History:
    """A member's losses, the epoch whose parameters were kept, and why training ended."""

    loss: tuple[float, ...]
    validation_loss: tuple[float, ...]  # empty without held-out rows
    kept_epoch: int
    reason: str
    retries: int = 0  # how often a divergence cut the step size
    damping: tuple[float, ...] = ()  # lambda of every step of Levenberg-Marquardt

    @property
    def epochs(self) -> int:
        """The number of epochs trained."""
        return len(self.loss)
