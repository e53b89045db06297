"""Too simple or too free? Bias^2, variance and noise stacked, and the curves of single fits."""

from typing import Self

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from glassnet._counted import counted
from glassnet.insight.bias_variance import bias_variance
from glassnet.insight.bias_variance_record import PARTS, BiasVariance
from glassnet.insight.figures.colours import BLUE, GREY, INK, VERMILLION
from glassnet.insight.figures.display import Display
from glassnet.insight.text import rounded
from glassnet.insight.true_function import TrueFunction
from glassnet.insight.varied_fits import Vary

STACK = ("noise", "bias_squared", "bias_squared_and_noise", "variance")  # from below
STYLES = {  # face, edge and hatch
    "noise": (GREY, GREY, ""),
    "bias_squared": ("none", VERMILLION, "////"),
    "bias_squared_and_noise": ("none", VERMILLION, "////"),
    "variance": (BLUE, BLUE, ""),
}
CUT = 2.5  # times the median error, beyond which bars are cut where they are CUT_FROM times as high
CUT_FROM = 4.0
MOST_LABELS = 12
LEGEND = 40  # points of height between figure and title, for the legend


class BiasVarianceDisplay(Display):
    """Noise, bias^2 and variance stacked for every value of the parameter, with the error as a line.

    Of one input a second panel, in half of the room of the axes, shows what single fits predict, thin, with their mean,
    beside the true function where it is known. An estimate of bias^2 below 0 is drawn as none. Bars much higher than
    the others are cut, and their height is written on them.

    Parameters
    ----------
    record : BiasVariance
        What is drawn.
    curves_of : int or None
        The place of the value whose fits are drawn; None: the one with the least error.

    Attributes
    ----------
    bars_ : dict of BarContainer
        The bars of each part, by its name in the record.
    error_ : ErrorbarContainer
        The error, with its standard errors.
    curves_ax_ : Axes or None
        The second panel; None where there is no one input, and on axes that are part of no grid.
    curves_ : list of Line2D
        Single fits.
    mean_, true_function_ : Line2D or None
        Their mean and the true function; None where they are not known.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import BiasVarianceDisplay, exact_bias_variance
    >>> parts = exact_bias_variance(np.linspace(-1, 1, 9), truth=np.square, noise=0.3, degrees=[0, 1, 2])
    >>> display = BiasVarianceDisplay(parts).plot()
    >>> list(display.bars_)
    ['noise', 'bias_squared', 'variance']
    >>> print(display)
    BiasVarianceDisplay: The expected squared error is least, 0.12, where degree is 2: bias^2 0, variance 0.03,
    noise 0.09 (exact, samples of 9 rows, mean over 9 points).
    """

    def __init__(self, record: BiasVariance, curves_of: int | None = None) -> None:
        places = range(-len(record.values), len(record.values))
        if curves_of is not None and curves_of not in places:
            raise ValueError(f"curves_of={curves_of!r} must be a place among the {len(record.values)} values, from 0")
        self.record, self.curves_of = record, record.best if curves_of is None else curves_of

    @classmethod
    def from_estimator(
        cls,
        estimator: BaseEstimator,
        X: ArrayLike,
        y: ArrayLike | None = None,
        *,
        truth: TrueFunction | None = None,
        noise: float | None = None,
        draws: int = 20,
        vary: Vary | None = None,
        test: ArrayLike | tuple[ArrayLike, ArrayLike] | None = None,
        random_state: int | None = 0,
        curves_of: int | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the squared error of an estimator in parts; see `bias_variance` for the parameters.

        Parameters
        ----------
        estimator : regressor
            What is fitted.
        X : data frame or array (rows,) or (rows, columns)
            Inputs.
        y : array (rows,) or None
            Real targets; None with `truth`.
        truth : callable or None
            The true function.
        noise : float or None
            The standard deviation of the noise about it.
        draws : int
            Samples for each value.
        vary : (str, values) or None
            The parameter and its values.
        test : as X, (X, y) or None
            The points to judge by.
        random_state : int or None
            Seed of samples and of what estimators draw.
        curves_of : int or None
            The place of the value whose fits are drawn.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        BiasVarianceDisplay
            The figure, drawn.
        """
        record = bias_variance(
            estimator, X, y, truth=truth, noise=noise, draws=draws, vary=vary, test=test, random_state=random_state
        )
        return cls(record, curves_of).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return a row a value: the error and its parts, with standard errors."""
        record = self.record
        columns: dict[str, list[str] | np.ndarray] = {record.parameter: record.labels}
        for name, estimate in record.parts.items():
            columns |= {PARTS[name]: estimate.value, f"{PARTS[name]}, standard error": estimate.standard_error}
        return pl.DataFrame(columns)

    def describe(self) -> str:
        """Return what the record says."""
        return self.record.describe()

    @property
    def figure_size(self) -> tuple[float, float]:
        """Width and height of a figure of its own, in inches: wider with a second panel."""
        return (6.0, 4.6) if self.record.mean_curve is None else (11.0, 4.6)

    def _draw(self, ax: Axes) -> None:
        record = self.record
        self._draw_parts(ax)
        self.curves_ax_, self.mean_, self.true_function_ = None, None, None
        self.curves_: list[Line2D] = []
        room = ax.get_subplotspec()
        if record.mean_curve is not None and room is not None:
            first, second = room.subgridspec(1, 2)
            ax.set_subplotspec(first)
            self.curves_ax_ = self.figure_.add_subplot(second)
            self._draw_curves(self.curves_ax_)

    def _draw_parts(self, ax: Axes) -> None:
        record = self.record
        places, below = np.arange(len(record.values)), np.zeros(len(record.values))
        self.bars_: dict[str, BarContainer] = {}
        for name in STACK:
            if name in record.parts:
                height, (face, edge, hatch) = np.maximum(record.parts[name].value, 0.0), STYLES[name]
                self.bars_[name] = ax.bar(
                    places, height, 0.7, below, label=PARTS[name], facecolor=face, edgecolor=edge, hatch=hatch
                )
                below = below + height
        self.error_ = ax.errorbar(
            places, record.error.value, record.error.standard_error, fmt="o-", color=INK, markersize=4, linewidth=1,
            capsize=3, label=PARTS["error"],
        )  # fmt: skip
        self._cut(ax, np.maximum(below, record.error.value))
        shown = places[:: -(-len(places) // MOST_LABELS)]
        ax.set_xticks(shown, [record.labels[place] for place in shown])
        ax.set(xlabel=record.parameter, ylabel="expected squared error")
        samples = f"{record.draws:,} samples" if record.draws else "samples"
        ax.set_title(f"{record.source}: {samples} of {counted(record.rows, 'row')}", color=INK, fontsize=10, pad=LEGEND)
        ax.legend(frameon=False, fontsize=9, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))

    def _cut(self, ax: Axes, tops: np.ndarray) -> None:
        """Cut bars that would make the others too low to be read, and write their height on them."""
        typical = float(np.median(tops))
        limit = CUT * typical if tops.max() > CUT_FROM * typical else 1.08 * float(tops.max())
        ax.set_ylim(0, limit)
        for place in np.flatnonzero(tops > limit):
            ax.annotate(
                rounded(float(self.record.error.value[place])), (place, limit), (0, -4), textcoords="offset points",
                ha="center", va="top", fontsize=9, color=INK, rotation=90,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
            )  # fmt: skip

    def _draw_curves(self, ax: Axes) -> None:
        record, place = self.record, self.curves_of
        if record.points is None or record.mean_curve is None:
            return
        order = np.argsort(record.points, kind="stable")
        at = record.points[order]
        curves = np.empty((0, len(at))) if record.curves is None else record.curves[place][:, order]
        self.curves_ = ax.plot(at, curves.T, color=INK, linewidth=0.6, alpha=0.35)
        if record.true_function is not None:
            (self.true_function_,) = ax.plot(
                at, record.true_function[order], "--", color=GREY, linewidth=3, label="true function", zorder=3
            )
        what = "mean of the fits" if record.draws else "mean of fits to all samples"
        (self.mean_,) = ax.plot(
            at, record.mean_curve[place][order], color=VERMILLION, linewidth=1.8, label=what, zorder=4
        )
        fits = f"{len(curves):,} fits, " if len(curves) else ""
        ax.set(xlabel="input", ylabel="prediction")
        ax.set_title(f"{fits}{record.parameter} {record.labels[place]}", color=INK, fontsize=10, pad=LEGEND)
        ax.legend(frameon=False, fontsize=9, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), handlelength=3)
