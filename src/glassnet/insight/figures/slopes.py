"""Slopes of every row and column: which way does the prediction move, how far, and is it the same for all rows?"""

from typing import NamedTuple, Self

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from glassnet._counted import counted
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.figures.colours import BLUE, GREY, INK
from glassnet.insight.figures.display import Display
from glassnet.insight.slopes import Slopes, slopes

MOST_COLUMNS = 12
STEP = (np.sqrt(5) - 1) / 2  # of the golden section: its multiples lie evenly however many there are
HALF = 0.36  # of the height of a strip, of which strips are 1 apart
LONGEST = 24  # letters of a level


class _Style(NamedTuple):
    marker: str
    color: str
    label: str


BELOW = _Style("v", BLUE, "cell at most the median of its column")
ABOVE = _Style("^", INK, "above it")
LEVEL = _Style("D", GREY, "level that is replaced")


class SlopesDisplay(Display):
    """A strip a column, the largest effect first, with a point a row: what its interquartile range changes there.

    Points are slopes times the interquartile range of the column, so that strips can be compared; of flags and levels
    they are the changes themselves. Rows whose cell is above the median are in the upper half of a strip, the others in
    the lower; where in the half has no meaning.

    Parameters
    ----------
    record : Slopes
        What is drawn.

    Attributes
    ----------
    below_, above_ : list of Line2D
        For every strip the rows whose cell is at most the median of the column, and those above it.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, SlopesDisplay
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> display = SlopesDisplay.from_estimator(model, X)
    >>> len(display.below_)
    10
    >>> print(display)
    SlopesDisplay: How the prediction of target moves with 10 columns in 442 rows, most over the interquartile range
    of bmi (...
    """

    def __init__(self, record: Slopes) -> None:
        self.record = record

    @classmethod
    def from_estimator(
        cls, model: NetworkRegressor, X: ArrayLike, *, target: str | None = None, ax: Axes | None = None
    ) -> Self:
        """Draw the slopes of a model; see `slopes` for the parameters.

        Parameters
        ----------
        model : NetworkRegressor
            A model that was fitted to a table.
        X : data frame or array (rows, columns)
            Rows at which slopes are taken.
        target : str or None
            The name of the target, of several.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        SlopesDisplay
            The figure, drawn.
        """
        return cls(slopes(model, X, target=target)).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return slope times scale of every row and column, those that are not drawn too; null where there is none."""
        record = self.record
        columns = {name: record.slopes[:, place] * record.scale[place] for place, name in enumerate(record.columns)}
        return pl.DataFrame(columns).fill_nan(None)

    def describe(self) -> str:
        """Return what the record says."""
        return self.record.describe()

    @property
    def figure_size(self) -> tuple[float, float]:
        """Width and height of a figure of its own, in inches, by the number of columns."""
        return 7.5, 1.7 + 0.5 * len(self._shown)

    @property
    def _shown(self) -> np.ndarray:
        return self.record.order[:MOST_COLUMNS]

    def _draw(self, ax: Axes) -> None:
        record, shown, positive = self.record, self._shown, self.record.positive
        self.below_, self.above_ = list[Line2D](), list[Line2D]()
        ax.axvline(0, color=GREY, linewidth=1, zorder=1)
        for strip, place in enumerate(shown):
            self._draw_strip(ax, strip, int(place))
            ax.text(
                1.02,
                strip,
                _percent(float(positive[place])),
                transform=ax.get_yaxis_transform(),
                va="center",
                color=INK,
                fontsize=9,
            )
        ax.text(1.02, -0.75, "above 0", transform=ax.get_yaxis_transform(), va="center", color=INK, fontsize=9)
        ax.set_yticks(np.arange(len(shown)), [self._label(int(place)) for place in shown])
        ax.set(ylim=(len(shown) - 0.5, -0.5))
        ax.set_xlabel(f"change of predicted {record.target}: slope of each row x interquartile range")
        left_out = len(record.columns) - len(shown)
        small = counted(left_out, "column of less effect is", "columns of less effect are")
        more = f"; {small} not shown" if left_out else ""
        by = "1 member" if record.members == 1 else f"mean of {record.members} members"
        ax.set_title(f"{counted(len(record.slopes), 'row')}, {by}{more}", color=INK, fontsize=9)
        self._name_markers(ax)

    def _draw_strip(self, ax: Axes, strip: int, place: int) -> None:
        """Draw the rows of one column, those above the median in the upper half."""
        record, rows = self.record, len(self.record.slopes)
        size = 5.0 if rows <= 200 else 4.0 if rows <= 2_000 else 2.5
        change, above = record.slopes[:, place] * record.scale[place], record.above[:, place]
        scatter = HALF * (0.1 + 0.9 * ((np.arange(rows) * STEP) % 1))
        below, lower = (LEVEL, 2 * scatter - HALF) if record.kinds[place] == "category" else (BELOW, scatter)
        for those, side, style, into in ((~above, lower, below, self.below_), (above, -scatter, ABOVE, self.above_)):
            into += ax.plot(
                change[those], strip + side[those], style.marker, color=style.color, markersize=size, alpha=0.55,
                markeredgewidth=0, rasterized=True, zorder=2,
            )  # fmt: skip

    def _name_markers(self, ax: Axes) -> None:
        """Draw the legend, below the figure."""
        levels = {self.record.kinds[place] == "category" for place in self._shown}
        for style in ([BELOW, ABOVE] if False in levels else []) + ([LEVEL] if True in levels else []):
            ax.plot([], [], style.marker, color=style.color, markersize=5, label=style.label)
        below = (0.5, -0.55 / self.figure_size[1])
        ax.legend(frameon=False, fontsize=8, ncols=3, loc="upper center", bbox_to_anchor=below)

    def _label(self, place: int) -> str:
        """Return the name of a column and over what the change is."""
        record, name = self.record, self.record.columns[place]
        if record.kinds[place] in ("flag", "category"):
            over = record.units[place].removeprefix(f"change of {record.target} ")
            over = over if len(over) <= LONGEST else f"{over[: LONGEST - 4]} ..."
        else:
            scale = record.scale[place]
            over = f"x {scale:,.0f}" if scale >= 1_000 else f"x {scale:.3g}"
            over += " days" if record.kinds[place] == "date" else ""
        return f"{name}\n{over}"


def _percent(fraction: float) -> str:
    """Return a fraction as text: nothing of NaN, and 0% or 100% only where it is exactly that."""
    if 0 < fraction < 0.005:
        return "<1%"
    return "" if np.isnan(fraction) else ">99%" if 0.995 <= fraction < 1 else f"{fraction:.0%}"
