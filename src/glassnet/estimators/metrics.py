"""How wrong predictions are, in the units of the target."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm
from sklearn.metrics import (
    confusion_matrix,
    log_loss,
    mean_absolute_error,
    mean_pinball_loss,
    median_absolute_error,
    root_mean_squared_error,
)

from glassnet.estimators.label_matrix import as_labels
from glassnet.network.loss import Loss
from glassnet.network.score import largest, r2


@dataclass(frozen=True)
class Errors:
    """Errors of one target over `rows` rows; all but r2, below and log_likelihood are in the units of the target."""

    rows: int
    rmse: float  # sqrt of the mean of (f(x) - y)^2
    mae: float  # mean of |f(x) - y|
    median: float  # median of |f(x) - y|
    r2: float | None  # 1 - sum (f(x) - y)^2 / sum (y - mean y)^2; None for a single row
    pinball: float | None = None  # of a quantile: mean of max(t r, (t - 1) r), r = y - f(x)
    below: float | None = None  # of a quantile: the fraction of rows that it is not below, which should be t
    log_likelihood: float | None = None  # of a deviation: mean of log N(y; f(x), s(x)^2), y in its units

    @property
    def headline(self) -> tuple[str, float]:
        """The error to name first, and its name."""
        return ("RMSE", self.rmse) if self.pinball is None else ("pinball loss", self.pinball)


@dataclass(frozen=True)
class ClassErrors:
    """Errors of classes, or of several labels a row, over `rows` rows."""

    rows: int
    error_rate: float  # the fraction of rows whose most probable class, or one of whose labels, is wrong
    log_loss: float  # mean of -log of the probability of the true class; of labels the mean over rows and labels
    of_class: dict[str, tuple[int, float, float]]  # rows that are of it, precision, recall

    @property
    def headline(self) -> tuple[str, float]:
        """The error to name first, and its name."""
        return "error rate", self.error_rate


def class_errors(labels: np.ndarray, probabilities: np.ndarray, classes: np.ndarray) -> ClassErrors:
    """Return the errors of probabilities (rows, classes) for labels (rows,)."""
    predicted = classes[np.argmax(probabilities, axis=1)]
    counts = confusion_matrix(labels, predicted, labels=classes)
    right, rows, answers = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    return ClassErrors(
        rows=len(labels),
        error_rate=float(np.mean(labels != predicted)),
        log_loss=float(log_loss(labels, probabilities, labels=classes)),
        of_class=by_class([str(name) for name in classes], right, rows, answers),
    )


def label_errors(indicators: np.ndarray, probabilities: np.ndarray, names: Sequence[str]) -> ClassErrors:
    """Return the errors of the probabilities of labels, for 1 where a row has a label and 0 where not."""
    predicted, known = as_labels(probabilities) > 0, indicators > 0
    right, rows, answers = (a.sum(axis=0) for a in (known & predicted, known, predicted))
    return ClassErrors(
        rows=len(indicators),
        error_rate=float(np.mean(np.any(predicted != known, axis=1))),
        log_loss=float(
            np.mean([log_loss(y, p, labels=[0, 1]) for y, p in zip(indicators.T, probabilities.T, strict=True)])
        ),
        of_class=by_class(names, right, rows, answers),
    )


def by_class(
    names: Sequence[str], right: np.ndarray, rows: np.ndarray, answers: np.ndarray
) -> dict[str, tuple[int, float, float]]:
    """Return rows, precision and recall of every class, from the numbers of right answers, rows and answers."""
    each = zip(names, rows, right / np.maximum(answers, 1), right / np.maximum(rows, 1), strict=True)
    return {name: (int(count), float(precision), float(recall)) for name, count, precision, recall in each}


def errors(
    y: np.ndarray, prediction: np.ndarray, level: float | None = None, deviation: np.ndarray | None = None
) -> Errors:
    """Return the errors of predictions (rows,) for known targets (rows,), of a quantile when it has a level.

    `deviation` (rows,) are the standard deviations that were predicted, if any. `ValueError` when every target is
    missing.
    """
    known = ~np.isnan(y)
    if not known.any():
        raise ValueError("every target is missing; an error needs at least one")
    size = largest(y[known])
    fit = None if deviation is None else float(np.mean(norm.logpdf(y[known], prediction[known], deviation[known])))
    y, prediction = y[known] / size, prediction[known] / size
    return Errors(
        rows=len(y),
        rmse=size * float(root_mean_squared_error(y, prediction)),
        mae=size * float(mean_absolute_error(y, prediction)),
        median=size * float(median_absolute_error(y, prediction)),
        r2=r2(y, prediction) if len(y) > 1 else None,
        pinball=None if level is None else size * float(mean_pinball_loss(y, prediction, alpha=level)),
        below=None if level is None else float(np.mean(y <= prediction)),
        log_likelihood=fit,
    )


def errors_by_name(
    loss: Loss, names: list[str], y: np.ndarray, prediction: np.ndarray, deviation: np.ndarray | None = None
) -> dict[str, Errors]:
    """Return the errors of predictions (rows, outputs) for targets (rows, targets), by target and level.

    `deviation` (rows, targets) are the standard deviations that were predicted, if any.
    """
    levels: list[float | None] = list(loss.levels) or [None]
    errors_of: dict[str, Errors] = {}
    for place, name in enumerate(names):
        for number, level in enumerate(levels):
            title = name if level is None else f"{name} at {level:g}"
            of_target = None if deviation is None else deviation[:, place]
            errors_of[title] = errors(y[:, place], prediction[:, place * len(levels) + number], level, of_target)
    return errors_of


def score(loss: Loss, y: np.ndarray, prediction: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Return 1 - error / error of the best constant, the mean of it over targets and levels, in any unit.

    The error is the loss's own: the squared one (R2), for `Poisson`, `Gamma` and `Tweedie` their deviance, for
    `Quantile` the pinball loss.
    """
    levels: list[float | None] = list(loss.levels) or [None]
    places = [(target, level) for target in range(y.shape[1]) for level in levels]
    scores = [
        _score_of_one(loss, y[:, target], prediction[:, place], weights, level)
        for place, (target, level) in enumerate(places)
    ]
    return float(np.mean(scores))


def _score_of_one(
    loss: Loss, y: np.ndarray, prediction: np.ndarray, weights: np.ndarray | None, level: float | None
) -> float:
    known = ~np.isnan(y)
    return loss.score(y[known], prediction[known], None if weights is None else weights[known], level)
