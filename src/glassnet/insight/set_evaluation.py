"""How often a classifier's sets hold the class, and how large they are, class by class."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike

from glassnet.conformal.evaluation import clopper_pearson
from glassnet.conformal.record import PredictionSet
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.validation import check_labels, class_indicators
from glassnet.insight.text import TextTable
from glassnet.storage.json_value import JSON


@dataclass(frozen=True)
class SetCoverage:
    """Sets beside the class of `rows` rows."""

    rows: int
    asked: float
    covered: float  # fraction of rows whose set holds their class
    at_least: float  # 95% limits of Clopper and Pearson for the fraction in the long run
    at_most: float
    mean_size: float  # labels in a set
    empty: float  # fraction of sets without a label


@dataclass(frozen=True, eq=False)
class SetEvaluation:
    """The sets; and for all rows and the rows of every class how often they hold the class."""

    sets: PredictionSet
    all_rows: SetCoverage
    of_class: dict[str, SetCoverage]

    def table(self) -> TextTable:
        """Return one line for all rows and one a class; the 95% limits are those of Clopper and Pearson."""
        head = ("", "rows", "coverage asked", "found", "at least", "at most", "mean size", "empty sets")
        each = {"all": self.all_rows, **self.of_class}
        rows = [
            (name, c.rows, c.asked, c.covered, c.at_least, c.at_most, c.mean_size, c.empty) for name, c in each.items()
        ]
        return TextTable(head, tuple(rows))

    def to_dict(self) -> dict[str, JSON]:
        """Return what was found, and what is promised."""
        of_class: dict[str, JSON] = {name: asdict(coverage) for name, coverage in self.of_class.items()}
        return {"all": asdict(self.all_rows), "of_class": of_class, "promise": self.sets.promise}


def evaluate_sets(model: NetworkClassifier, X: ArrayLike, y: ArrayLike, coverage: float = 0.9) -> SetEvaluation:
    """Return how often sets hold the classes y of rows X, which the model was not fitted to; no class without rows."""
    sets = model.predict_set(X, coverage)
    indicators = class_indicators(check_labels(y, len(sets.holds)), model.classes_) > 0
    hits, sizes = np.any(sets.holds & indicators, axis=1), sets.holds.sum(axis=1)
    of_class = {
        str(name): _measured(hits[rows], sizes[rows], sets.coverage)
        for name, rows in zip(model.classes_, indicators.T, strict=True)
        if rows.any()
    }
    return SetEvaluation(sets, _measured(hits, sizes, sets.coverage), of_class)


def _measured(hits: np.ndarray, sizes: np.ndarray, asked: float) -> SetCoverage:
    at_least, at_most = clopper_pearson(int(hits.sum()), len(hits))
    covered, empty = float(np.mean(hits)), float(np.mean(sizes == 0))
    return SetCoverage(len(hits), asked, covered, at_least, at_most, float(np.mean(sizes)), empty)
