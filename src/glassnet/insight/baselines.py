"""What simple answers err on the rows that a model is judged by: the mean, a straight line, the most frequent class."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike
from sklearn.linear_model import Ridge

from glassnet.estimators.metrics import Errors, errors
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_inputs

MOST_LEVELS = 64  # of an embedded category, which are inputs of the straight line each
PENALTY = 1e-3  # of a ridge regression on standardised inputs, so that equal columns do no harm


def baseline_errors(
    model: NetworkRegressor, X: ArrayLike, targets: np.ndarray, parts: Sequence[tuple[np.ndarray, np.ndarray]]
) -> Mapping[str, Mapping[str, Errors]]:
    """Return the errors of the mean and of a straight line, by target.

    Parameters
    ----------
    model : NetworkRegressor
        A fitted model, whose encoding of X is used.
    X : array or frame
        Inputs.
    targets : array (rows, targets)
        Targets; NaN where one is missing.
    parts : sequence of (array, array)
        Rows to learn from, and rows to predict: those of each fold.

    Returns
    -------
    dict of dict of Errors
        By the name of the target, "mean" and "straight line", on all rows that are predicted.
    """
    inputs = _linear_inputs(model, X)
    judged = np.concatenate([rows for _, rows in parts])
    found: dict[str, dict[str, Errors]] = {}
    for place, name in enumerate(model.target_names_):
        y = targets[:, place]
        mean, line = (np.full(len(y), np.nan) for _ in range(2))
        for train, rows in parts:
            known = train[~np.isnan(y[train])]
            mean[rows] = np.mean(y[known])
            line[rows] = _straight_line(inputs[known], y[known], inputs[rows])
        found[name] = {
            "mean": errors(y[judged], mean[judged]),
            "straight line": errors(y[judged], line[judged]),
        }
    return found


def majority_fraction(labels: np.ndarray) -> float:
    """Return the fraction of rows that are of the most frequent class."""
    return float(np.unique(labels, return_counts=True)[1].max() / len(labels))


def _linear_inputs(model: NetworkRegressor, X: ArrayLike) -> np.ndarray:
    """Return numbers, flags and an input for every level: what a straight line can use."""
    schema = model.schema_
    x = model.ensemble_.encode(check_inputs(model, X, reset=False))
    flat = x.reshape(len(x), -1)
    codes = getattr(schema, "codes", ())
    numbers = flat[:, : flat.shape[1] - len(codes)]
    levels = [
        flat[:, [flat.shape[1] - len(codes) + place]] == np.arange(min(len(column.levels), MOST_LEVELS))
        for place, column in enumerate(codes)
    ]
    return np.column_stack([numbers, *levels]).astype(np.float64)


def _straight_line(x: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return predictions of a least squares fit; a missing input is the mean of those that are known."""
    center = np.nan_to_num(np.nanmean(x, axis=0)) if len(x) else np.zeros(x.shape[1])
    filled, filled_new = (np.where(np.isnan(part), center, part) - center for part in (x, new))
    scale = filled.std(axis=0)
    scale[scale == 0] = 1.0
    return Ridge(alpha=PENALTY).fit(filled / scale, y).predict(filled_new / scale)
