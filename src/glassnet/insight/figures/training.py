"""The losses of every epoch: did the members learn, stop in time, and agree?"""

from collections.abc import Sequence
from typing import Self

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from sklearn.utils.validation import check_is_fitted

from glassnet._counted import counted
from glassnet.insight.figures.colours import BLUE, INK, VERMILLION
from glassnet.insight.figures.display import Display
from glassnet.insight.targets import Estimator
from glassnet.training.history import History, mean_curve

WIDE = 10  # ratio of the largest to the least loss, from which the axis is one of logarithms


class TrainingDisplay(Display):
    """The losses of all members by epoch, their mean, and the epochs whose parameters were kept.

    Parameters
    ----------
    histories : sequence of History
        The training of every member.

    Attributes
    ----------
    training_, validation_ : Line2D, Line2D or None
        The mean over the members that were still training; None without validation rows.
    members_ : list of Line2D
        The members' own curves, where there are several.
    kept_ : Line2D
        A tick at the epoch that each member kept.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, TrainingDisplay
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> print(TrainingDisplay.from_estimator(model))
    TrainingDisplay: Training of 4 members over 20 epochs: the training loss fell from 0.3... to 0.0..., that of
    validation rows from ...; ended because max_iter epochs are done.
    """

    size = (5.8, 4.2)

    def __init__(self, histories: Sequence[History]) -> None:
        self.histories = tuple(histories)

    @classmethod
    def from_estimator(cls, model: Estimator, *, ax: Axes | None = None) -> Self:
        """Draw the training of a fitted model.

        Parameters
        ----------
        model : NetworkRegressor or NetworkClassifier
            A fitted model.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        TrainingDisplay
            The figure, drawn.
        """
        check_is_fitted(model)
        return cls([member.history for member in model.members_]).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return a row a member and epoch: its losses, null without validation rows, and whether it was kept."""
        parts = [
            pl.DataFrame(
                {
                    "member": np.full(history.epochs, number),
                    "epoch": np.arange(1, history.epochs + 1),
                    "training loss": np.asarray(history.loss, float),
                    "validation loss": np.asarray(history.validation_loss or [np.nan] * history.epochs, float),
                    "kept": np.arange(1, history.epochs + 1) == history.kept_epoch,
                }
            )
            for number, history in enumerate(self.histories, start=1)
        ]
        return pl.concat(parts).fill_nan(None)

    def describe(self) -> str:
        """Return how many epochs were trained and kept, how the losses fell, and why training ended."""
        histories = self.histories
        kept = sorted(history.kept_epoch for history in histories)
        training, validation = self._means()
        reasons = dict.fromkeys(str(history.reason) for history in histories)
        several = f"{len(histories)} members" if len(histories) > 1 else "1 network"
        which = f"epoch {kept[0]}" if kept[0] == kept[-1] else f"epochs {kept[0]} to {kept[-1]}"
        fell = f"the training loss fell from {training[0]:.3g} to {training[-1]:.3g}" if training else "no epoch"
        watched = f", that of validation rows from {validation[0]:.3g} to {min(validation):.3g}" if validation else ""
        lines = sum(history.kept_epoch == 0 for history in histories)
        alone = f" ({lines} kept none: a straight line, or the start)" if lines else ""
        return (
            f"Training of {several} over {counted(len(training), 'epoch')}: {fell}{watched} (the loss that training "
            f"minimises, mean over the members); kept {which}{alone}; ended because {'; '.join(reasons)}."
        )

    def _means(self) -> tuple[list[float], list[float]]:
        return (
            mean_curve([history.loss for history in self.histories]),
            mean_curve([history.validation_loss for history in self.histories]),
        )

    def _draw(self, ax: Axes) -> None:
        training, validation = self._means()
        self.members_ = []
        if len(self.histories) > 1:
            for history in self.histories:
                for losses, color, dashes in ((history.loss, BLUE, "-"), (history.validation_loss, VERMILLION, "--")):
                    epochs = np.arange(1, len(losses) + 1)
                    self.members_ += ax.plot(epochs, losses, dashes, color=color, linewidth=0.6, alpha=0.35)
        mean = ", mean of the members" if len(self.histories) > 1 else ""
        (self.training_,) = ax.plot(
            np.arange(1, len(training) + 1), training, color=BLUE, linewidth=2, label=f"training rows{mean}"
        )
        self.validation_ = None
        if validation:
            (self.validation_,) = ax.plot(
                np.arange(1, len(validation) + 1), validation, "--", color=VERMILLION, linewidth=2,
                label=f"validation rows{mean}",
            )  # fmt: skip
        kept = [history.kept_epoch for history in self.histories]
        (self.kept_,) = ax.plot(
            kept, [0.03] * len(kept), "|", color=INK, markersize=10, transform=ax.get_xaxis_transform(),
            label="kept epoch",
        )  # fmt: skip
        losses = np.concatenate([history.loss + history.validation_loss for history in self.histories])
        if losses.size and losses.min() > 0 and losses.max() > WIDE * losses.min():
            ax.set_yscale("log")
        ax.set(xlabel="epoch", ylabel="loss that training minimises")
        ax.set_title("Training", color=INK, fontsize=10)
        ax.legend(frameon=False, fontsize=9)
