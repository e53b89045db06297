"""What happened during training: progress while it runs, and the history afterwards."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from glassnet.training.stopping import StopReason


@dataclass(frozen=True)
class Progress:
    """Where training stands, as a callback is told.

    Parameters
    ----------
    epoch : int
        The epochs trained so far.
    max_epochs : int
        The last epoch.
    loss : float
        The training loss, the mean over the members, in the units of the scaled target.
    validation_loss : float or None
        The same of the validation rows; None without such rows.
    training : int
        The members that are still training.
    """

    epoch: int
    max_epochs: int
    loss: float
    validation_loss: float | None
    training: int = 1


Callback = Callable[[Progress], bool | None]  # returning True asks training to stop


@dataclass(frozen=True)
class History:
    """The training of one member.

    Parameters
    ----------
    loss : tuple of float
        The training loss of every epoch, in the units of the scaled target.
    validation_loss : tuple of float
        The loss of the validation rows, or the metric of `monitor`, of every epoch; empty without validation rows.
    kept_epoch : int
        The epoch whose parameters the member has, counted from 1.
    reason : StopReason
        Why training ended.
    retries : int
        How often the step size was cut after training had diverged.
    damping : tuple of float
        Lambda of every step of Levenberg-Marquardt; empty for other solvers.
    """

    loss: tuple[float, ...]
    validation_loss: tuple[float, ...]
    kept_epoch: int
    reason: StopReason
    retries: int = 0
    damping: tuple[float, ...] = ()

    @property
    def epochs(self) -> int:
        """The number of epochs trained."""
        return len(self.loss)


def mean_curve(curves: list[tuple[float, ...]]) -> list[float]:
    """Return the mean over the members that were still training at each epoch."""
    longest = max(map(len, curves), default=0)
    return [float(np.mean([curve[at] for curve in curves if at < len(curve)])) for at in range(longest)]
