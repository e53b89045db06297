"""How often a model's intervals hold on a table, beside what they promise."""

from dataclasses import asdict, dataclass

from numpy.typing import ArrayLike

from glassnet.conformal.evaluation import Coverage, measure
from glassnet.conformal.record import Interval
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_target_columns
from glassnet.insight.text import TextTable
from glassnet.storage.json_value import JSON


@dataclass(frozen=True, eq=False)
class IntervalEvaluation:
    """The intervals, and for every target how often they hold the actual value."""

    interval: Interval
    coverages: dict[str, Coverage]

    def table(self) -> TextTable:
        """Return one line a target; the 95% limits are those of Clopper and Pearson."""
        head = ("", "rows", "coverage asked", "found", "at least", "at most", "mean width", "pinball loss")
        rows = [
            (name, c.rows, c.asked, c.covered, c.at_least, c.at_most, c.mean_width, c.pinball)
            for name, c in self.coverages.items()
        ]
        return TextTable(head, tuple(rows))

    def to_dict(self) -> dict[str, JSON]:
        """Return one entry a target, with what is promised of it."""
        return {
            f"{name}, interval": {**asdict(c), "promise": self.interval.promise} for name, c in self.coverages.items()
        }


def evaluate_intervals(
    model: NetworkRegressor, X: ArrayLike, y: ArrayLike, coverage: float = 0.9, *, width: str = "constant"
) -> IntervalEvaluation:
    """Return how often intervals hold on X and y, rows that the model was not fitted to."""
    interval = model.predict_interval(X, coverage, width=width)
    lower, upper = (end.reshape(len(end), -1) for end in (interval.lower, interval.upper))
    targets = check_target_columns(y, len(lower), lower.shape[1])
    coverages = {
        name: measure(target, low, high, interval.coverage)
        for name, target, low, high in zip(model.target_names_, targets.T, lower.T, upper.T, strict=True)
    }
    return IntervalEvaluation(interval, coverages)
