"""What simple answers err on the rows that a model is judged by: the mean, a straight line, the most frequent class."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from glassnet.estimators.metrics import Errors, errors
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.peers import peer_inputs, straight_line


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
    inputs = peer_inputs(model, X).linear
    judged = np.concatenate([rows for _, rows in parts])
    found: dict[str, dict[str, Errors]] = {}
    for place, name in enumerate(model.target_names_):
        y = targets[:, place]
        mean, line = (np.full(len(y), np.nan) for _ in range(2))
        for train, rows in parts:
            known = train[~np.isnan(y[train])]
            mean[rows] = np.mean(y[known])
            line[rows] = straight_line(inputs[known], y[known], inputs[rows])
        found[name] = {
            "mean": errors(y[judged], mean[judged]),
            "straight line": errors(y[judged], line[judged]),
        }
    return found


def majority_fraction(labels: np.ndarray) -> float:
    """Return the fraction of rows that are of the most frequent class."""
    return float(np.unique(labels, return_counts=True)[1].max() / len(labels))
