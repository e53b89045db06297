"""A network beside simple models: how far their errors are from its own, and whether that is more than chance."""

from typing import Self

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from glassnet._counted import counted
from glassnet.insight.comparison import Comparison, compare
from glassnet.insight.figures.colours import BLUE, GREY, INK
from glassnet.insight.figures.display import Display
from glassnet.insight.targets import Estimator
from glassnet.insight.text import rounded


class ComparisonDisplay(Display):
    """The errors of simple models less the network's on the same rows, with 95% limits; the errors beside the names.

    Parameters
    ----------
    record : Comparison
        What is drawn.

    Attributes
    ----------
    differences_ : ErrorbarContainer
        The differences and their limits.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import ComparisonDisplay, NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> display = ComparisonDisplay.from_estimator(model, X, y)
    >>> display.frame().height
    4
    >>> print(display)
    ComparisonDisplay: RMSE of 442 rows (out of fold: each row by members that never saw it): network 5...,
    straight line 5...; the difference of ...
    """

    def __init__(self, record: Comparison) -> None:
        self.record = record

    @classmethod
    def from_estimator(
        cls,
        model: Estimator,
        X: ArrayLike,
        y: ArrayLike,
        *,
        X_test: ArrayLike | None = None,
        y_test: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw a model beside simple ones; see `compare` for the parameters.

        Parameters
        ----------
        model : NetworkRegressor or NetworkClassifier
            A model that was fitted to a table.
        X : data frame or array (rows, columns)
            The rows of the fit.
        y : array (rows,) or (rows, targets)
            Their targets, classes or labels.
        X_test : as X, or None
            Rows to judge by that the model was not fitted to.
        y_test : as y, or None
            Their targets, classes or labels.
        sample_weight : array (rows,) or None
            The weights of the fit, if it had some.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        ComparisonDisplay
            The figure, drawn.
        """
        record = compare(model, X, y, X_test=X_test, y_test=y_test, sample_weight=sample_weight)
        return cls(record).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return a row a model: its error, and its difference from the network's."""
        names = ("name", "error", "lower", "upper", "difference", "difference_lower", "difference_upper")
        return pl.DataFrame({name: [getattr(model, name) for model in self.record.models] for name in names})

    def describe(self) -> str:
        """Return what the record says."""
        return self.record.describe()

    @property
    def figure_size(self) -> tuple[float, float]:
        """Width and height of a figure of its own, in inches, by the number of models."""
        return 7.0, 1.8 + 0.5 * len(self.record.models)

    def _draw(self, ax: Axes) -> None:
        record = self.record
        places = np.arange(len(record.models))
        found = np.array([[m.difference, m.difference_lower, m.difference_upper] for m in record.models[1:]])
        limits = np.abs(found[:, 1:] - found[:, :1]).T
        ax.axvline(0, color=GREY, linewidth=1)
        ax.plot([0], [0], "D", color=INK)
        self.differences_ = ax.errorbar(
            found[:, 0], places[1:], xerr=limits, fmt="o", color=BLUE, ecolor=INK, elinewidth=1, capsize=3
        )
        ax.set_yticks(places, [f"{model.name}\n{rounded(model.error)}" for model in record.models])
        ax.set(ylim=(len(places) - 0.5, -0.5), xlabel=f"{record.error_name} less the network's, with 95% limits")
        ax.set_title(f"{counted(record.rows, 'row')}, {record.basis}", color=INK, fontsize=9)
