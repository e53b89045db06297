"""The errors of a classifier in sums over slices: of one class a row, or of several labels."""

from collections import Counter

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import log_loss

from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.label_matrix import as_labels, check_label_matrix
from glassnet.estimators.metrics import ClassErrors, by_class
from glassnet.estimators.validation import check_labels, class_indicators
from glassnet.insight.evaluation import ClassEvaluation


class ClassSums:
    """Sums that give the `ClassEvaluation` of a classifier of one class a row.

    Parameters
    ----------
    model : NetworkClassifier
        A fitted model.
    """

    def __init__(self, model: NetworkClassifier) -> None:
        self._model = model
        self._counts = np.zeros((len(model.classes_),) * 2, dtype=np.int64)  # by class and by answer
        self._log_loss = 0.0

    def add(self, X: ArrayLike, y: ArrayLike) -> None:
        """Add a slice with its classes."""
        probabilities, classes = self._model.predict_proba(X), self._model.classes_
        labels = check_labels(y, len(probabilities))
        actual = class_indicators(labels, classes).argmax(axis=1)
        pairs = actual * len(classes) + probabilities.argmax(axis=1)
        self._counts += np.bincount(pairs, minlength=self._counts.size).reshape(self._counts.shape)
        self._log_loss += float(log_loss(labels, probabilities, labels=classes, normalize=False))

    def evaluation(self) -> ClassEvaluation:
        """Return the errors of all rows that were added."""
        right, rows, answers = np.diag(self._counts), self._counts.sum(axis=1), self._counts.sum(axis=0)
        count = int(rows.sum())
        errors = ClassErrors(
            rows=count,
            error_rate=(count - int(right.sum())) / count,
            log_loss=self._log_loss / count,
            of_class=by_class([str(name) for name in self._model.classes_], right, rows, answers),
        )
        return ClassEvaluation(errors, 1 - int(rows.max()) / count)


class LabelSums:
    """Sums that give the `ClassEvaluation` of a classifier of several labels a row.

    Memory grows with the number of different sets of labels.

    Parameters
    ----------
    model : NetworkClassifier
        A fitted model.
    """

    def __init__(self, model: NetworkClassifier) -> None:
        self._model = model
        self._counts = np.zeros((3, len(model.target_names_)), dtype=np.int64)  # right answers, rows, answers
        self._log_loss, self._wrong, self._rows = 0.0, 0, 0
        self._sets = Counter[bytes]()

    def add(self, X: ArrayLike, y: ArrayLike) -> None:
        """Add a slice with its labels (rows, labels)."""
        probabilities = self._model.predict_proba(X)
        indicators = check_label_matrix(y, len(probabilities), len(self._model.classes_))
        predicted, known = as_labels(probabilities) > 0, indicators > 0
        self._counts += [a.sum(axis=0) for a in (known & predicted, known, predicted)]
        self._wrong += int(np.any(predicted != known, axis=1).sum())
        self._rows += len(known)
        self._log_loss += sum(
            float(log_loss(of_label, p, labels=[0, 1], normalize=False))
            for of_label, p in zip(indicators.T, probabilities.T, strict=True)
        )
        sets, counts = np.unique(np.packbits(known, axis=1), axis=0, return_counts=True)
        self._sets.update({labels.tobytes(): int(count) for labels, count in zip(sets, counts, strict=True)})

    def evaluation(self) -> ClassEvaluation:
        """Return the errors of all rows that were added."""
        names = self._model.target_names_
        errors = ClassErrors(
            rows=self._rows,
            error_rate=self._wrong / self._rows,
            log_loss=self._log_loss / (self._rows * len(names)),
            of_class=by_class(names, *self._counts),
        )
        return ClassEvaluation(errors, 1 - max(self._sets.values()) / self._rows, several=True)
