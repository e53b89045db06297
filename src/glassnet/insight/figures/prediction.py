"""Predicted against actual values: are predictions near them, and do intervals hold them?"""

from typing import Self

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from glassnet._counted import counted
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.figures.colours import BLUE, GREY, INK, VERMILLION
from glassnet.insight.figures.display import Display
from glassnet.insight.figures.points import MOST_POINTS, of_given, points
from glassnet.insight.predictions import Predictions, predictions
from glassnet.insight.text import rounded


class PredictionDisplay(Display):
    """Predicted against actual values, with the line on which they agree and the intervals that missed.

    Parameters
    ----------
    record : Predictions
        What is drawn.

    Attributes
    ----------
    points_ : Artist
        The rows: points, or hexagons of many.
    identity_ : Line2D
        Where predicted and actual values are equal.
    missed_ : ErrorbarContainer or None
        The rows whose intervals do not hold the actual value, with these intervals where rows are drawn as points.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, PredictionDisplay
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> display = PredictionDisplay.from_estimator(model, X, y)
    >>> display.frame().height
    442
    >>> print(display)
    PredictionDisplay: Predicted against actual target of 442 rows (out of fold): root mean squared error 5...
    """

    size = (5.0, 5.0)

    def __init__(self, record: Predictions) -> None:
        self.record = record

    @classmethod
    def from_estimator(
        cls,
        model: NetworkRegressor,
        X: ArrayLike,
        y: ArrayLike,
        *,
        target: str | None = None,
        coverage: float = 0.9,
        sample_weight: ArrayLike | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw what a model predicts of X; see `predictions` for the parameters.

        Parameters
        ----------
        model : NetworkRegressor
            A fitted model.
        X : data frame or array (rows, columns), or images
            Rows: those of the fit, which are predicted out of fold, or others.
        y : array (rows,) or (rows, targets)
            Their targets.
        target : str or None
            The name of the target, of several.
        coverage : float
            Of the intervals.
        sample_weight : array (rows,) or None
            The weights of the fit, if it had some.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        PredictionDisplay
            The figure, drawn.
        """
        record = predictions(model, X, y, target=target, coverage=coverage, sample_weight=sample_weight)
        return cls(record).plot(ax)

    @classmethod
    def from_predictions(
        cls,
        y: ArrayLike,
        prediction: ArrayLike,
        lower: ArrayLike | None = None,
        upper: ArrayLike | None = None,
        *,
        name: str = "target",
        ax: Axes | None = None,
    ) -> Self:
        """Draw predictions of any model.

        Parameters
        ----------
        y, prediction : array (rows,)
            Actual and predicted values.
        lower, upper : array (rows,) or None
            The ends of intervals.
        name : str
            The name of the target.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        PredictionDisplay
            The figure, drawn.
        """
        return cls(of_given(y, prediction, lower, upper, name)).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return actual and predicted values, and intervals with whether they hold the value."""
        record = self.record
        columns = {"actual": record.actual, "predicted": record.predicted}
        if record.rows is not None:
            columns = {"row": record.rows, **columns}
        if record.lower is not None and record.upper is not None and record.inside is not None:
            columns |= {"lower": record.lower, "upper": record.upper, "inside": record.inside}
        return pl.DataFrame(columns)

    def describe(self) -> str:
        """Return how many rows there are, how far predictions are from them, and how many intervals hold."""
        record = self.record
        error = float(np.sqrt(np.mean(np.square(record.actual - record.predicted))))
        sentence = (
            f"Predicted against actual {record.target} of {counted(len(record.actual), 'row')} ({record.title}): "
            f"root mean squared error {rounded(error)}"
        )
        if record.inside is not None:
            asked = "" if record.coverage is None else f" where {record.coverage:.0%} were asked"
            sentence += f"; {np.mean(record.inside):.1%} of the intervals hold the actual value{asked}"
        return sentence + "."

    def _draw(self, ax: Axes) -> None:
        record, inside = self.record, self.record.inside
        both = np.concatenate([record.actual, record.predicted])
        ends = [float(both.min()), float(both.max())]
        (self.identity_,) = ax.plot(ends, ends, color=GREY, linewidth=1, label="prediction = actual")
        self.points_ = points(ax, record.actual, record.predicted, BLUE)
        self.missed_ = None
        if inside is not None and record.lower is not None and record.upper is not None and not inside.all():
            out, many = ~inside, len(inside) > MOST_POINTS
            middle = record.predicted[out]
            lengths = np.maximum([middle - record.lower[out], record.upper[out] - middle], 0)
            self.missed_ = ax.errorbar(
                record.actual[out], middle, None if many else lengths, fmt="x", color=VERMILLION,
                markersize=3 if many else 4, linewidth=0.8, alpha=0.5 if many else 1.0,
                label=f"interval misses it: {out.sum():,} of {out.size:,}",
            )  # fmt: skip
        ax.set(xlabel=f"actual {record.target}", ylabel=f"predicted {record.target}")
        ax.set_title(f"{counted(len(record.actual), 'row')}, {record.title}", color=INK, fontsize=10)
        ax.set_aspect("equal", adjustable="datalim")
        ax.locator_params(nbins=5)  # long numbers below each other have room
        ax.legend(frameon=False, loc="upper left", fontsize=9)
