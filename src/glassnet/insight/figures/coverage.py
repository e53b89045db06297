"""Coverage found against coverage asked: is ninety per cent ninety?"""

from typing import Literal, Self

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from glassnet._counted import counted
from glassnet.conformal.evaluation import Coverage
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.coverage_curve import CoverageCurve, coverage_curve
from glassnet.insight.figures.colours import BLUE, GREY, INK
from glassnet.insight.figures.display import Display
from glassnet.insight.text import rounded

By = Literal["coverage", "prediction"]


class CoverageDisplay(Display):
    """How often intervals hold, with 95% limits: against the coverage asked, or against the prediction.

    Parameters
    ----------
    record : CoverageCurve
        What is drawn.
    by : "coverage" or "prediction"
        Whether the coverages that were asked for are compared, or parts of the rows that are predicted alike.

    Attributes
    ----------
    found_ : ErrorbarContainer
        The fractions found and their limits.
    asked_ : Line2D
        Where they should be.
    proved_ : PolyCollection or None
        What is proved; None where nothing is.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import CoverageDisplay, NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X[:300], y[:300])
    >>> display = CoverageDisplay.from_estimator(model, X[300:], y[300:])
    >>> print(display)
    CoverageDisplay: Intervals of target hold in ...% of 142 rows where 90% were asked (in the long run between ...%
    and ...%, 95% sure); at least 78.0% is proved.
    >>> display.frame().height
    10
    """

    def __init__(self, record: CoverageCurve, by: By = "coverage") -> None:
        if by not in ("coverage", "prediction"):
            raise ValueError(f"by={by!r} must be 'coverage' or 'prediction'")
        self.record, self.by = record, by

    @classmethod
    def from_estimator(
        cls,
        model: NetworkRegressor,
        X: ArrayLike,
        y: ArrayLike,
        *,
        target: str | None = None,
        coverage: float = 0.9,
        width: str = "constant",
        by: By = "coverage",
        ax: Axes | None = None,
    ) -> Self:
        """Draw how often a model's intervals hold on rows that it was not fitted to.

        Parameters
        ----------
        model : NetworkRegressor
            A model with intervals, by folds or by `calibrate`.
        X : data frame or array (rows, columns), or images
            Rows that the model was not fitted to.
        y : array (rows,) or (rows, targets)
            Their targets.
        target : str or None
            The name of the target, of several.
        coverage : float
            The one that small and large predictions are compared at.
        width : "constant" or "adaptive"
            As in `predict_interval`.
        by : "coverage" or "prediction"
            What the fractions are drawn against.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        CoverageDisplay
            The figure, drawn.
        """
        return cls(coverage_curve(model, X, y, target=target, coverage=coverage, width=width), by).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return the fractions found, with their limits."""
        found = self._found()
        columns: dict[str, list[float | int | None]] = {
            "asked": [c.asked for c in found],
            "found": [c.covered for c in found],
            "at least": [c.at_least for c in found],
            "at most": [c.at_most for c in found],
            "rows": [c.rows for c in found],
        }
        if self.by == "coverage":
            return pl.DataFrame(columns | {"proved": list(self.record.floors)})
        ends = {
            "least prediction": [low for low, _, _ in self.record.parts],
            "largest prediction": [high for _, high, _ in self.record.parts],
        }
        return pl.DataFrame(ends | columns)

    def describe(self) -> str:
        """Return the coverage nearest to 90% that was asked and found, or the part that deviates most."""
        record = self.record
        if self.by == "coverage":
            place = int(np.argmin([abs(c.asked - record.part_coverage) for c in record.levels]))
            c, floor = record.levels[place], record.floors[place]
            proved = "nothing is proved" if floor is None else f"at least {floor:.1%} is proved"
            return (
                f"Intervals of {record.target} hold in {c.covered:.1%} of {counted(c.rows, 'row')} where "
                f"{c.asked:.0%} were asked (in the long run between {c.at_least:.1%} and {c.at_most:.1%}, 95% sure); "
                f"{proved}."
            )
        low, high, worst = max(record.parts, key=lambda part: abs(part[2].covered - part[2].asked))
        return (
            f"Intervals of {record.target} where {record.part_coverage:.0%} were asked, by prediction: furthest "
            f"from it between {rounded(low)} and {rounded(high)}, where {worst.covered:.1%} of {worst.rows:,} rows "
            "hold. The promise is of all rows together."
        )

    def _found(self) -> list[Coverage]:
        if self.by == "coverage":
            return list(self.record.levels)
        return [c for _, _, c in self.record.parts]

    def _draw(self, ax: Axes) -> None:
        record, found = self.record, self._found()
        covered = np.array([c.covered for c in found])
        limits = [covered - [c.at_least for c in found], [c.at_most for c in found] - covered]
        self.proved_ = None
        if self.by == "coverage":
            at = np.array([c.asked for c in found])
            (self.asked_,) = ax.plot(at, at, color=GREY, linewidth=1, label="asked")
            floors = [0.0 if floor is None else floor for floor in record.floors]
            if any(floors):
                self.proved_ = ax.fill_between(
                    at, 0, floors, facecolor="none", edgecolor=GREY, hatch="///", linewidth=0.5, label="proved at least"
                )
            ax.set(xlabel="coverage asked", ylim=(min(covered.min(), max(floors)) - 0.15, 1.02))
        else:
            at = np.array([(low + high) / 2 for low, high, _ in record.parts])
            self.asked_ = ax.axhline(record.part_coverage, color=GREY, linewidth=1, label="asked")
            ax.set(xlabel=f"predicted {record.target}, middle of a part", ylim=(None, 1.02))
        self.found_ = ax.errorbar(
            at, covered, limits, fmt="o", color=BLUE, ecolor=INK, elinewidth=1, capsize=3, label="found, 95% limits"
        )
        ax.set(ylabel="fraction of rows within their interval")
        ax.set_title(f"Intervals of {record.target}, {counted(record.levels[0].rows, 'row')}", color=INK, fontsize=10)
        ax.legend(frameon=False, fontsize=9, loc="upper left" if self.by == "coverage" else "lower right")
