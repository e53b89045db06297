"""The error of every row, by which parts of a table are compared: squared, pinball or log loss."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from glassnet.estimators.classifier import NetworkClassifier
from glassnet.insight.targets import Estimator, loss_of

SMALLEST = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, eq=False)
class RowErrors:
    """From predictions (rows, outputs) to the error of every row, and from these to one number.

    Attributes
    ----------
    name : str
        What the number is, and in which units.
    of : callable
        From predictions (rows, outputs) to errors (rows,), NaN where a row says nothing.
    root : bool
        Whether the number is the root of the mean, and not the mean.
    """

    name: str
    of: Callable[[np.ndarray], np.ndarray]
    root: bool

    def total(self, errors: np.ndarray) -> float:
        """Return one number for errors (rows,)."""
        mean = float(np.nanmean(errors))
        return float(np.sqrt(mean)) if self.root else mean


def row_errors(model: Estimator, y: np.ndarray) -> RowErrors:
    """Return how to judge predictions for targets (rows, targets), or indicators of classes or labels.

    Several targets count the same: each is divided by its standard deviation in y.
    """
    if isinstance(model, NetworkClassifier):
        return RowErrors("log loss", _labels(y) if model.multilabel_ else _classes(y), root=False)
    levels = np.array(loss_of(model).levels)
    several = y.shape[1] > 1
    size = np.array([_deviation(column) for column in y.T]) if several else np.ones(1)
    units = " in standard deviations of each target" if several else ""
    if levels.size:
        return RowErrors(f"pinball loss{units}", _pinball(y, levels, size), root=False)
    return RowErrors(f"RMSE{units}", _squared(y, size), root=True)


def _deviation(target: np.ndarray) -> float:
    """Return the standard deviation of the values of a target; 1 where it is 0 or there are none."""
    known = target[~np.isnan(target)]
    return (float(np.std(known)) if known.size else 0.0) or 1.0


def _squared(y: np.ndarray, size: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return lambda prediction: _mean(np.square((y - prediction) / size))


def _pinball(y: np.ndarray, levels: np.ndarray, size: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    def of(prediction: np.ndarray) -> np.ndarray:
        r = (y[:, :, None] - prediction.reshape(*y.shape, len(levels))) / size[:, None]
        return _mean(np.maximum(levels * r, (levels - 1) * r).mean(axis=2))

    return of


def _classes(y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return lambda p: -np.log(np.maximum(np.sum(y * p, axis=1), SMALLEST))


def _labels(y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return lambda p: -np.mean(np.log(np.maximum(np.where(y > 0, p, 1 - p), SMALLEST)), axis=1)


def _mean(errors: np.ndarray) -> np.ndarray:
    """Return the mean over targets, of those that are known; NaN where none is."""
    known = ~np.isnan(errors)
    count = known.sum(axis=1)
    return np.where(count > 0, np.where(known, errors, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
