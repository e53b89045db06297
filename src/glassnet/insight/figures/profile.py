"""How a prediction moves with one column: the mean, single rows, an interval, what is proved, and where rows lie."""

from typing import Self

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from glassnet._counted import counted
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.figures.colours import BLUE, GREY, INK, VERMILLION
from glassnet.insight.figures.display import Display
from glassnet.insight.profile import Profile, profile

LONGEST = 14  # letters of a level
LEGEND = 34  # points of height between figure and title, for the legend


class ProfileDisplay(Display):
    """The prediction along one column: a mean over rows, curves of single rows, and the interval of a typical row.

    Flags and levels are dots, the most frequent first. The background is grey where fewer than one in a hundred rows
    lie; marks at the bottom are the deciles.

    Parameters
    ----------
    record : Profile
        What is drawn.

    Attributes
    ----------
    mean_ : Line2D
        The mean over the rows.
    curves_ : list of Line2D
        Single rows.
    typical_ : Line2D
        The typical row.
    interval_ : PolyCollection, ErrorbarContainer or None
        Its interval; None where the model has none.
    proved_ : PolyCollection or None
        What its prediction cannot leave between points; None unless the record has it.
    deciles_ : Line2D
        The deciles of the column.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, ProfileDisplay
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> display = ProfileDisplay.from_estimator(model, X, "bmi")
    >>> len(display.curves_)
    30
    >>> print(display)
    ProfileDisplay: The mean prediction of target over 442 rows is least, ..., where bmi is -0.0902753, and
    largest, ..., where it is 0.170555; a typical row's 90% interval is ... wide.
    """

    size = (6.4, 5.0)

    def __init__(self, record: Profile) -> None:
        self.record = record

    @classmethod
    def from_estimator(
        cls,
        model: NetworkRegressor,
        X: ArrayLike,
        column: str,
        *,
        target: str | None = None,
        coverage: float = 0.9,
        certified: bool = False,
        ax: Axes | None = None,
    ) -> Self:
        """Draw how a model's prediction moves with one column; see `profile` for the parameters.

        Parameters
        ----------
        model : NetworkRegressor
            A model that was fitted to a table.
        X : data frame or array (rows, columns)
            Rows: those of the fit, or others.
        column : str
            The name of the column.
        target : str or None
            The name of the target, of several.
        coverage : float
            Of the typical row's interval.
        certified : bool
            Whether to prove ranges between the points.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        ProfileDisplay
            The figure, drawn.
        """
        return cls(profile(model, X, column, target=target, coverage=coverage, certified=certified)).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return a row a point, where the column is `at`: the mean, the typical row with its interval, and curves.

        Its name is not that of the column, which may be called "mean".
        """
        record = self.record
        columns = {"at": self._points, "mean": record.mean, "typical": record.typical}
        if record.lower is not None and record.upper is not None:
            columns |= {"lower": record.lower, "upper": record.upper}
        return pl.DataFrame(columns | {f"curve {number}": curve for number, curve in enumerate(record.curves, start=1)})

    def describe(self) -> str:
        """Return what the record says."""
        return self.record.describe()

    @property
    def _points(self) -> np.ndarray:
        """The points as they are drawn and listed: numbers, moments, or values."""
        return _moments(self.record.grid) if self.record.kind == "date" else self.record.grid

    def _draw(self, ax: Axes) -> None:
        record = self.record
        at = self._points if record.ordered else np.arange(len(record.grid))
        self.interval_, self.proved_ = None, None
        for low, high in record.sparse:
            ends = _moments(np.array([low, high])) if record.kind == "date" else (low, high)
            ax.axvspan(*ends, facecolor=GREY, alpha=0.15, linewidth=0, zorder=0)
        if record.ordered:
            self._draw_lines(ax, at)
        else:
            self._draw_dots(ax, at)
        deciles = _moments(record.deciles) if record.kind == "date" else record.deciles
        (self.deciles_,) = ax.plot(
            deciles, np.zeros(len(deciles)), "|", color=BLUE, markersize=12, markeredgewidth=1.5,
            transform=ax.get_xaxis_transform(), label="deciles of the rows" if len(deciles) else None,
        )  # fmt: skip
        self._name(ax)

    def _draw_lines(self, ax: Axes, at: np.ndarray) -> None:
        record = self.record
        if record.certified_lower is not None and record.certified_upper is not None:
            steps = np.repeat(at, 2)[1:-1]
            self.proved_ = ax.fill_between(
                steps, np.repeat(record.certified_lower, 2), np.repeat(record.certified_upper, 2), facecolor="none",
                edgecolor=GREY, hatch="////", linewidth=0.5, label="proved of the typical row", zorder=1,
            )  # fmt: skip
        if record.lower is not None and record.upper is not None:
            self.interval_ = ax.fill_between(
                at, record.lower, record.upper, facecolor=(BLUE, 0.12), edgecolor=BLUE, linestyle="--", linewidth=0.8,
                label=f"{record.coverage:.0%} interval of the typical row", zorder=1,
            )  # fmt: skip
        self.curves_ = ax.plot(at, record.curves.T, color=INK, linewidth=0.6, alpha=0.3, zorder=2)
        (self.typical_,) = ax.plot(at, record.typical, "--", color=BLUE, linewidth=1.4, label="typical row", zorder=3)
        (self.mean_,) = ax.plot(
            at, record.mean, color=VERMILLION, linewidth=2.5, label=f"mean of {counted(record.rows, 'row')}", zorder=4
        )

    def _draw_dots(self, ax: Axes, at: np.ndarray) -> None:
        record = self.record
        beside = np.linspace(-0.12, 0.12, max(len(record.curves), 1))
        self.curves_ = [
            line
            for move, curve in zip(beside, record.curves, strict=False)
            for line in ax.plot(at + move, curve, ".", color=INK, markersize=4, alpha=0.4, zorder=2)
        ]
        if record.lower is not None and record.upper is not None:
            limits = np.maximum([record.typical - record.lower, record.upper - record.typical], 0)
            self.interval_ = ax.errorbar(
                at + 0.25, record.typical, limits, fmt="none", ecolor=BLUE, elinewidth=1, capsize=4,
                label=f"{record.coverage:.0%} interval of the typical row", zorder=1,
            )  # fmt: skip
            self.interval_.lines[2][0].set_linestyle("--")
        (self.typical_,) = ax.plot(at + 0.25, record.typical, "s", color=BLUE, markersize=5, label="typical row")
        mean = f"mean of {counted(record.rows, 'row')}"
        (self.mean_,) = ax.plot(at, record.mean, "D", color=VERMILLION, markersize=8, label=mean, zorder=4)
        labels = [name if len(name) <= LONGEST else f"{name[: LONGEST - 4]} ..." for name in record.labels]
        ax.set_xticks(at, [f"{name}\n{count:,}" for name, count in zip(labels, record.counts, strict=True)])
        ax.tick_params("x", labelsize=8, rotation=0 if len(at) <= 6 else 60)
        ax.set_xlim(-0.5, len(at) - 0.5)

    def _name(self, ax: Axes) -> None:
        """Draw labels, title and legend."""
        record = self.record
        gaps = f"; {counted(record.missing, 'row lacks', 'rows lack')} it" if record.missing else ""
        others = f"; {counted(record.others, 'row has', 'rows have')} other values" if record.others else ""
        ax.set(xlabel=f"{record.column}{'' if record.ordered else ', and how many rows have it'}{gaps}{others}")
        ax.set(ylabel=f"predicted {record.target}")
        drawn = f", drawn from {record.rows_given:,}" if record.rows < record.rows_given else ""
        ax.set_title(
            f"{counted(record.rows, 'row')}{drawn}, {len(record.curves)} of them as "
            f"{'thin lines' if record.ordered else 'small dots'}; typical: row {record.typical_row}",
            color=INK, fontsize=9, pad=LEGEND,
        )  # fmt: skip
        ax.legend(frameon=False, fontsize=8, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))


def _moments(seconds: np.ndarray) -> np.ndarray:
    return (seconds * 1e6).astype("datetime64[us]")
