"""Residuals against predictions: where, and which way, does a model err?"""

from typing import Self

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from glassnet._counted import counted
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.figures.colours import BLUE, GREY, INK, VERMILLION
from glassnet.insight.figures.display import Display
from glassnet.insight.figures.points import of_given, points
from glassnet.insight.predictions import Predictions, predictions
from glassnet.insight.text import rounded

MOST_PARTS = 20  # of the rows, ordered by their predictions, each with its own quartiles
LEAST_ROWS = 10  # of a part
QUARTILES = (0.25, 0.5, 0.75)
BIASED = 0.5  # of the distance between all quartiles: a running median further from 0 is said


class ResidualDisplay(Display):
    """Actual less predicted values against predictions, with their running quartiles and a histogram.

    Parameters
    ----------
    record : Predictions
        What is drawn.

    Attributes
    ----------
    points_ : Artist
        The rows: points, or hexagons of many.
    median_ : Line2D or None
        The median of the residuals of rows that are predicted alike; None for fewer than 20 rows.
    quartiles_ : Artist or None
        The band between their quartiles.
    histogram_ : Axes
        The histogram at the right.

    Examples
    --------
    >>> from glassnet import ResidualDisplay
    >>> display = ResidualDisplay.from_predictions([1.0, 2.0, 4.5], [1.5, 2.0, 4.0], name="price")
    >>> print(display)
    ResidualDisplay: Residuals (actual - predicted) of 3 rows (as given): median 0, half of them between -0.25 and
    0.25.
    >>> display.frame()["residual"].to_list()
    [-0.5, 0.0, 0.5]
    """

    size = (6.4, 4.4)

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
        sample_weight: ArrayLike | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw how far a model's predictions of X are from y.

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
        sample_weight : array (rows,) or None
            The weights of the fit, if it had some.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        ResidualDisplay
            The figure, drawn.
        """
        return cls(predictions(model, X, y, target=target, sample_weight=sample_weight)).plot(ax)

    @classmethod
    def from_predictions(
        cls, y: ArrayLike, prediction: ArrayLike, *, name: str = "target", ax: Axes | None = None
    ) -> Self:
        """Draw the residuals of any model.

        Parameters
        ----------
        y, prediction : array (rows,)
            Actual and predicted values.
        name : str
            The name of the target.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        ResidualDisplay
            The figure, drawn.
        """
        return cls(of_given(y, prediction, None, None, name)).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return predictions and residuals, actual less predicted."""
        record = self.record
        columns = {} if record.rows is None else {"row": record.rows}
        return pl.DataFrame(columns | {"predicted": record.predicted, "residual": self._residuals()})

    def running_quartiles(self) -> pl.DataFrame:
        """Return the quartiles of the residuals of parts of the rows that are predicted alike."""
        order = np.argsort(self.record.predicted, kind="stable")
        count = min(MOST_PARTS, len(order) // LEAST_ROWS)
        parts = np.array_split(order, count) if count > 1 else []
        middle = [float(np.median(self.record.predicted[part])) for part in parts]
        found = np.array([np.quantile(self._residuals()[part], QUARTILES) for part in parts]).reshape(-1, 3)
        names = ("lower quartile", "median", "upper quartile")
        return pl.DataFrame({"predicted": middle} | dict(zip(names, found.T, strict=True)))

    def describe(self) -> str:
        """Return where the residuals lie, and where the running median is furthest from zero."""
        record, residuals = self.record, self._residuals()
        low, middle, high = np.quantile(residuals, QUARTILES)
        sentence = (
            f"Residuals (actual - predicted) of {counted(len(residuals), 'row')} ({record.title}): median "
            f"{rounded(middle)}, half of them between {rounded(low)} and {rounded(high)}"
        )
        running = self.running_quartiles()
        if running.height:
            worst = running.row(int(np.argmax(np.abs(running["median"].to_numpy()))), named=True)
            if abs(worst["median"]) > BIASED * (high - low):
                sentence += (
                    f"; furthest from zero near a prediction of {rounded(worst['predicted'])}, where their median is "
                    f"{rounded(worst['median'])}"
                )
        if np.array_equal(record.actual, np.round(record.actual)):
            sentence += "; the target has integer values, which show as stripes"
        return sentence + "."

    def _residuals(self) -> np.ndarray:
        return self.record.actual - self.record.predicted

    def _draw(self, ax: Axes) -> None:
        record, residuals, running = self.record, self._residuals(), self.running_quartiles()
        ax.axhline(0, color=GREY, linewidth=1)
        self.points_ = points(ax, record.predicted, residuals, BLUE)
        self.median_, self.quartiles_ = None, None
        if running.height:
            at, low, middle, high = (running[name].to_numpy() for name in running.columns)
            (self.median_,) = ax.plot(at, middle, color=VERMILLION, linewidth=1.5, label="running median")
            self.quartiles_ = ax.fill_between(
                at, low, high, facecolor="none", edgecolor=VERMILLION, hatch="////", linewidth=0, alpha=0.5,
                label="quartiles",
            )  # fmt: skip
            ax.legend(frameon=False, fontsize=9)
        self.histogram_ = ax.inset_axes((1.02, 0.0, 0.18, 1.0), sharey=ax)
        self.histogram_.hist(residuals, bins="auto", orientation="horizontal", color=BLUE, alpha=0.8)
        self.histogram_.tick_params(labelleft=False)
        self.histogram_.set_xlabel("rows")
        ax.set(xlabel=f"predicted {record.target}", ylabel="actual - predicted")
        ax.set_title(f"{counted(len(residuals), 'row')}, {record.title}", color=INK, fontsize=10)
