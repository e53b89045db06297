"""How often a classifier's sets hold the class, and how large they are, in sums over slices."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from glassnet.conformal.evaluation import clopper_pearson
from glassnet.conformal.record import PredictionSet
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.validation import check_labels, class_indicators
from glassnet.insight.set_evaluation import SetCoverage, SetEvaluation


class SetSums:
    """Sums that give the `SetEvaluation` of a classifier.

    Parameters
    ----------
    model : NetworkClassifier
        A fitted model.
    coverage : float
        The coverage of its sets.
    """

    def __init__(self, model: NetworkClassifier, coverage: float) -> None:
        self._model, self._coverage = model, coverage
        self._sums = np.zeros((4, len(model.classes_)), dtype=np.int64)  # rows, hits, labels, empty sets by class
        self._sets: PredictionSet | None = None

    def add(self, X: ArrayLike, y: ArrayLike) -> None:
        """Add a slice with its classes."""
        sets, classes = self._model.predict_set(X, self._coverage), self._model.classes_
        actual = class_indicators(check_labels(y, len(sets.holds)), classes).argmax(axis=1)
        hits, sizes = sets.holds[np.arange(len(actual)), actual], sets.holds.sum(axis=1)
        for sums, each in zip(self._sums, (np.ones(len(actual)), hits, sizes, sizes == 0), strict=True):
            sums += np.bincount(actual, weights=each, minlength=len(classes)).astype(np.int64)
        self._sets = replace(sets, holds=sets.holds[:0])

    def evaluation(self) -> SetEvaluation:
        """Return how often sets hold the class; their record is without those of any row."""
        if self._sets is None:
            raise ValueError("no rows were added; a coverage needs at least one")
        asked = self._sets.coverage
        each = zip(self._model.classes_, self._sums.T, strict=True)
        of_class = {str(name): _covered(sums, asked) for name, sums in each if sums[0]}
        return SetEvaluation(self._sets, _covered(self._sums.sum(axis=1), asked), of_class)


def _covered(sums: np.ndarray, asked: float) -> SetCoverage:
    rows, hits, labels, empty = sums.tolist()
    return SetCoverage(rows, asked, hits / rows, *clopper_pearson(hits, rows), labels / rows, empty / rows)
