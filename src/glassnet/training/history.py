"""What happened during training: progress while it runs, and the history afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from glassnet.network.parameters import Arrays
from glassnet.training.stopping import StopReason


@dataclass(frozen=True)
class Progress:
    """Where training stands, as a callback is told.

    Parameters
    ----------
    epoch : int
        The epochs trained so far; they begin again where another strength of weight decay is tried, and go back a
        little for the final epochs.
    max_epochs : int
        The last epoch.
    loss : float
        The training loss, the mean over the members, in the units of the scaled target.
    validation_loss : float or None
        The same of the validation rows; None without such rows. Final epochs learn from these rows.
    training : int
        The members that are still training.
    fraction : float
        How much of the next epoch is done; above 0 only where an epoch has several windows of rows.
    look : callable or None
        What `snapshot` asks.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> seen = []
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0, callback=seen.append).fit(X, y)
    >>> seen[-1].max_epochs, seen[-1].epoch <= 20, seen[-1].loss < 1
    (20, True, True)
    """

    epoch: int
    max_epochs: int
    loss: float
    validation_loss: float | None
    training: int = 1
    fraction: float = 0.0
    look: Callable[[int], Arrays] | None = field(default=None, repr=False, compare=False)

    def snapshot(self, member: int = 0) -> Arrays:
        """Return the parameters of a member as they are now, a dict of arrays a layer, as in `Member.parameters`.

        They are copied when this is called, and only then; a callback may keep them.

        Parameters
        ----------
        member : int
            Its number, counted from 0.

        Returns
        -------
        list of dicts of arrays
            One dict a layer.

        Raises
        ------
        RuntimeError
            When training has gone on since the callback was told.
        """
        if self.look is None:
            raise RuntimeError("this progress belongs to no training; call snapshot of one that a callback is given")
        return self.look(member)


Callback = Callable[[Progress], bool | None]  # returning True asks training to stop


@dataclass(frozen=True)
class EveryEpoch:
    """A callback that is called after every epoch, where a plain function is called a few times a second.

    The numbers of the fit stay the same to the bit; it takes longer, since training pauses after every epoch.

    Parameters
    ----------
    function : callable (Progress) -> bool or None
        The callback; returning True stops training.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import EveryEpoch, NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> epochs = []
    >>> callback = EveryEpoch(lambda progress: epochs.append(progress.epoch))
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0, callback=callback).fit(X, y)
    >>> epochs[:5], max(epochs)
    ([1, 2, 3, 4, 5], 20)
    """

    function: Callback

    def __call__(self, progress: Progress) -> bool | None:
        """Call the function."""
        return self.function(progress)


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
        The epoch whose parameters the member has, counted from 1; 0 for a member that is the straight line alone.
    reason : StopReason
        Why training ended.
    retries : int
        How often the step size was cut after training had diverged.
    damping : tuple of float
        Lambda of every step of Levenberg-Marquardt; empty for other solvers.
    effective_parameters : tuple of float
        The effective number of parameters after every step of Bayesian regularisation; empty without it.
    final_epochs : int
        The epochs after the kept one, with the validation rows among the training rows; their losses are in no curve.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> history = model.members_[0].history
    >>> history.epochs, history.reason
    (20, <StopReason.MAX_ITER: 'max_iter epochs are done'>)
    >>> len(history.loss), len(history.validation_loss), history.loss[-1] < history.loss[0]
    (20, 20, True)
    """

    loss: tuple[float, ...]
    validation_loss: tuple[float, ...]
    kept_epoch: int
    reason: StopReason
    retries: int = 0
    damping: tuple[float, ...] = ()
    effective_parameters: tuple[float, ...] = ()
    final_epochs: int = 0

    @property
    def epochs(self) -> int:
        """The number of epochs trained."""
        return len(self.loss)


def mean_curve(curves: list[tuple[float, ...]]) -> list[float]:
    """Return the mean over the members that were still training at each epoch."""
    longest = max(map(len, curves), default=0)
    return [float(np.mean([curve[at] for curve in curves if at < len(curve)])) for at in range(longest)]
