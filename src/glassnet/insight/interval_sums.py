"""How often intervals hold, and how wide they are, in sums over slices."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from glassnet.conformal.evaluation import Coverage, clopper_pearson, interval_losses
from glassnet.conformal.record import Interval
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_target_columns
from glassnet.insight.interval_evaluation import IntervalEvaluation


@dataclass
class _Sums:
    rows: int = 0
    hits: int = 0
    width: float = 0.0
    loss: float = 0.0

    def add(self, y: np.ndarray, lower: np.ndarray, upper: np.ndarray, asked: float) -> None:
        known = ~np.isnan(y)
        y, lower, upper = y[known], lower[known], upper[known]
        self.rows += len(y)
        self.hits += int(np.sum((lower <= y) & (y <= upper)))
        self.width += float(np.sum(upper - lower))
        self.loss += float(np.sum(interval_losses(y, lower, upper, asked))) / 2

    def coverage(self, asked: float) -> Coverage:
        if not self.rows:
            raise ValueError("every target is missing; a coverage needs at least one")
        limits = clopper_pearson(self.hits, self.rows)
        return Coverage(self.rows, asked, self.hits / self.rows, *limits, self.width / self.rows, self.loss / self.rows)


class IntervalSums:
    """Sums that give the `IntervalEvaluation` of a regressor.

    Parameters
    ----------
    model : NetworkRegressor
        A fitted model.
    coverage : float
        The coverage of its intervals.
    width : "constant" or "adaptive"
        Whether they are as wide everywhere.
    """

    def __init__(self, model: NetworkRegressor, coverage: float, width: str) -> None:
        self._model, self._coverage, self._width = model, coverage, width
        self._of_targets = {name: _Sums() for name in model.target_names_}
        self._interval: Interval | None = None

    def add(self, X: ArrayLike, y: ArrayLike) -> None:
        """Add a slice with its targets."""
        interval = self._model.predict_interval(X, self._coverage, width=self._width)
        lower, upper = (end.reshape(len(end), -1) for end in (interval.lower, interval.upper))
        targets = check_target_columns(y, len(lower), lower.shape[1])
        for place, sums in enumerate(self._of_targets.values()):
            sums.add(targets[:, place], lower[:, place], upper[:, place], interval.coverage)
        self._interval = replace(interval, lower=interval.lower[:0], upper=interval.upper[:0])

    def evaluation(self) -> IntervalEvaluation:
        """Return how often intervals hold; their record is without ends, which are of no row."""
        if self._interval is None:
            raise ValueError("no rows were added; a coverage needs at least one")
        asked = self._interval.coverage
        return IntervalEvaluation(self._interval, {name: s.coverage(asked) for name, s in self._of_targets.items()})
