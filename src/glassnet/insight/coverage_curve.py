"""Whether intervals hold as often as they should, at many coverages, and for small and large predictions alike."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from glassnet._notebook import Fragment, NotebookRecord
from glassnet.conformal.evaluation import Coverage, measure
from glassnet.conformal.record import Interval
from glassnet.data.dataset import encode
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_inputs, check_target_columns
from glassnet.insight.basis import basis_of
from glassnet.insight.equal_parts import equal_parts
from glassnet.insight.targets import target_place
from glassnet.insight.text import TextTable
from glassnet.storage.json_value import JSON

LEVELS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
MOST_PARTS = 10
LEAST_ROWS = 10  # of a part


@dataclass(frozen=True, eq=False)
class CoverageCurve(NotebookRecord):
    """How often the intervals of one target hold it, on rows that the model was not fitted to.

    Attributes
    ----------
    target : str
        The name of the target.
    levels : tuple of Coverage
        At each coverage that was asked for.
    floors : tuple of float or None
        What is proved of each.
    parts : tuple of (float, float, Coverage)
        Least and largest prediction of rows that are predicted alike, at most ten parts of about equally many
        rows, equal predictions in one, and how often the intervals of `part_coverage` hold in it. The promise is of all
        rows together, not of a part.
    part_coverage : float
        The coverage that the parts were asked for.
    assumption : str
        What the coverage rests on.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, coverage_curve
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X[:300], y[:300])
    >>> curve = coverage_curve(model, X[300:], y[300:], levels=[0.5, 0.9])
    >>> [(level.asked, level.rows) for level in curve.levels]
    [(0.5, 142), (0.9, 142)]
    >>> curve.levels[1].covered > 0.8
    True
    """

    target: str
    levels: tuple[Coverage, ...]
    floors: tuple[float | None, ...]
    parts: tuple[tuple[float, float, Coverage], ...]
    part_coverage: float
    assumption: str

    def table(self) -> TextTable:
        """Return a line a coverage; the limits are those of Clopper and Pearson, 95%."""
        head = ("coverage asked", "found", "at least", "at most", "proved", "mean width", "rows")
        rows = [
            (c.asked, c.covered, c.at_least, c.at_most, floor, c.mean_width, c.rows)
            for c, floor in zip(self.levels, self.floors, strict=True)
        ]
        return TextTable(head, tuple(rows))

    def __str__(self) -> str:
        return f"{self.table()}\nAssumed: {self.assumption}"

    def _fill(self, fragment: Fragment) -> None:
        fragment.table(self.table())
        fragment.text(f"Assumed: {self.assumption}")

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        levels: list[JSON] = [
            {**asdict(coverage), "floor": floor} for coverage, floor in zip(self.levels, self.floors, strict=True)
        ]
        parts: list[JSON] = [
            {"least": least, "largest": largest, **asdict(coverage)} for least, largest, coverage in self.parts
        ]
        return {"target": self.target, "levels": levels, "parts": parts, "assumption": self.assumption}


def coverage_curve(
    model: NetworkRegressor,
    X: ArrayLike,
    y: ArrayLike,
    *,
    target: str | None = None,
    levels: Sequence[float] = LEVELS,
    coverage: float = 0.9,
    width: str = "constant",
) -> CoverageCurve:
    """Return how often intervals of several coverages hold on rows that the model was not fitted to.

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
    levels : sequence of float
        The coverages that are asked for.
    coverage : float
        The one that small and large predictions are compared at.
    width : "constant" or "adaptive"
        As in `predict_interval`.

    Returns
    -------
    CoverageCurve
        The fractions of targets within their intervals, with limits.

    Raises
    ------
    ValueError
        For the rows of the fit, for a model without intervals, and for no level.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, coverage_curve
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X[:300], y[:300])
    >>> curve = coverage_curve(model, X[300:], y[300:])
    >>> len(curve.levels), curve.part_coverage
    (10, 0.9)
    >>> curve.levels[0].covered < curve.levels[-1].covered
    True
    """
    check_is_fitted(model)
    if not len(levels):
        raise ValueError("levels is empty; give at least one coverage, such as 0.9")
    place = target_place(model, target)
    samples = check_inputs(model, X, reset=False)
    targets = check_target_columns(y, samples.rows, model.n_outputs_)
    if basis_of(model, encode(model.schema_, samples, targets, np.ones(samples.rows)), y).kind != "new":
        raise ValueError(
            "these are the rows that the model was fitted to, which its intervals hold more often than new ones; give "
            "others, such as rows that were held out"
        )
    y_of, known = targets[:, place], np.flatnonzero(~np.isnan(targets[:, place]))
    predicted = model.predict(X).reshape(samples.rows, model.n_outputs_, -1)[:, place].mean(axis=1)
    parts = [known[part] for part in equal_parts(predicted[known], MOST_PARTS, LEAST_ROWS)]

    def ends(level: float) -> tuple[Interval, np.ndarray, np.ndarray]:
        interval = model.predict_interval(X, level, width=width)
        lower, upper = (end.reshape(samples.rows, -1)[:, place] for end in (interval.lower, interval.upper))
        return interval, lower, upper

    of_levels = [ends(level) for level in levels]
    asked, low, high = ends(coverage)
    return CoverageCurve(
        target=model.target_names_[place],
        levels=tuple(measure(y_of, lower, upper, interval.coverage) for interval, lower, upper in of_levels),
        floors=tuple(interval.floor for interval, _, _ in of_levels),
        parts=tuple(
            (
                float(predicted[part[0]]),
                float(predicted[part[-1]]),
                measure(y_of[part], low[part], high[part], asked.coverage),
            )
            for part in parts
        ),
        part_coverage=asked.coverage,
        assumption=asked.assumption,
    )
