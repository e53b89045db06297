"""What happened during training, for people."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from glassnet.training.stopping import StopReason


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
    validation_loss: tuple[float, ...]  # empty without validation rows
    kept_epoch: int
    reason: StopReason
    retries: int = 0  # how often a divergence cut the step size
    damping: tuple[float, ...] = ()  # lambda of every step of Levenberg-Marquardt

    @property
    def epochs(self) -> int:
        """The number of epochs trained."""
        return len(self.loss)


def mean_curve(curves: list[tuple[float, ...]]) -> list[float]:
    """Return the mean over the members that were still training at each epoch."""
    longest = max(map(len, curves), default=0)
    return [float(np.mean([curve[at] for curve in curves if at < len(curve)])) for at in range(longest)]
