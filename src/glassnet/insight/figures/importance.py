"""Which columns a model uses: a dot and its limits each."""

from textwrap import wrap
from typing import Self

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from glassnet._counted import counted
from glassnet.insight.figures.colours import BLUE, GREY, INK
from glassnet.insight.figures.display import Display
from glassnet.insight.importance import Importance, importance
from glassnet.insight.targets import Estimator
from glassnet.insight.text import rounded

LONGEST_LINE = 80  # letters of a title


class ImportanceDisplay(Display):
    """How much the error grows when a column is shuffled, the most important on top, with 95% limits.

    Parameters
    ----------
    record : Importance
        What is drawn.
    most : int
        How many columns, or groups of columns that say the same, are drawn.

    Attributes
    ----------
    dots_ : ErrorbarContainer
        The columns and their limits.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import ImportanceDisplay, NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> display = ImportanceDisplay.from_estimator(model, X, y)
    >>> display.frame().height
    10
    >>> print(display)
    ImportanceDisplay: Growth of the RMSE of 5... when a column is shuffled (out of fold: each row by members that
    never saw it): most without ...
    """

    def __init__(self, record: Importance, most: int = 30) -> None:
        self.record, self.most = record, most

    @classmethod
    def from_estimator(
        cls,
        model: Estimator,
        X: ArrayLike,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        repeats: int = 5,
        seed: int = 0,
        most: int = 30,
        ax: Axes | None = None,
    ) -> Self:
        """Draw how much a model's error grows when columns of X are shuffled; see `importance` for the parameters.

        Parameters
        ----------
        model : NetworkRegressor or NetworkClassifier
            A model that was fitted to a table.
        X : data frame or array (rows, columns)
            Rows: those of the fit, which are judged out of fold, or others.
        y : array (rows,) or (rows, targets)
            Their targets, classes or labels.
        sample_weight : array (rows,) or None
            The weights of the fit, if it had some.
        repeats, seed : int
            How often each column is shuffled, and the seed of the order of the cells.
        most : int
            How many columns are drawn.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        ImportanceDisplay
            The figure, drawn.
        """
        found = importance(model, X, y, sample_weight=sample_weight, repeats=repeats, seed=seed)
        return cls(found, most).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return the growth of the error and its limits of every column, those that are not drawn too."""
        record = self.record
        return pl.DataFrame(
            {"column": record.names, "increase": record.increase, "lower": record.lower, "upper": record.upper}
        )

    def describe(self) -> str:
        """Return the error, the columns that it grows most without, and how many may be of no use."""
        record = self.record
        first = ", ".join(
            f"{name} ({rounded(growth, sign=True)})"
            for name, growth in zip(record.names[:3], record.increase, strict=False)
        )
        useless = int(np.sum(record.lower <= 0))
        return (
            f"Growth of the {record.error_name} of {rounded(record.error)} when a column is shuffled "
            f"({record.basis}): most without {first}; of {useless} of {len(record.names)} the limits are not above "
            "zero."
        )

    @property
    def figure_size(self) -> tuple[float, float]:
        """Width and height of a figure of its own, in inches, by the number of columns."""
        return 7.0, 1.6 + 0.3 * min(self.most, len(self.record.names))

    def _draw(self, ax: Axes) -> None:
        record, shown = self.record, slice(self.most)
        names = record.names[shown]
        places = np.arange(len(names))
        limits = np.stack([record.increase - record.lower, record.upper - record.increase])[:, shown]
        errors = limits if np.isfinite(limits).all() else None
        ax.axvline(0, color=GREY, linewidth=1)
        self.dots_ = ax.errorbar(
            record.increase[shown], places, xerr=errors, fmt="o", color=BLUE, ecolor=INK, elinewidth=1, capsize=3
        )
        ax.set_yticks(places, names)
        ax.invert_yaxis()
        left_out = len(record.names) - len(names)
        small = counted(left_out, "less important column is", "less important columns are")
        more = f"; {small} not shown" if left_out else ""
        growth = f"growth of the {record.error_name} ({rounded(record.error)}) when shuffled, with 95% limits"
        ax.set(xlabel="\n".join(wrap(growth, LONGEST_LINE)))
        ax.set_title("\n".join(wrap(f"{record.basis}{more}", LONGEST_LINE)), color=INK, fontsize=9)
