"""Ridge regression with the penalty of generalised cross-validation, in closed form.

    min over V, d of sum_i w_i (y_i - V'v_i - d)^2 + lambda |V|^2,   GCV(lambda) = n RSS(lambda) / (n - df(lambda))^2

(Golub, Heath and Wahba 1979), from the eigenvalues of the smaller of v'v and vv'.
"""

from typing import NamedTuple

import numpy as np

PENALTIES = np.geomspace(1e-10, 1e4, 113)  # beside the number of rows


class Ridge(NamedTuple):
    """V (inputs,) and d, and the penalty and the degrees of freedom that GCV chose."""

    V: np.ndarray
    d: float
    penalty: float
    degrees_of_freedom: float


def fit_ridge(v: np.ndarray, y: np.ndarray, weights: np.ndarray) -> Ridge:
    """Return the ridge solution of one target; columns are penalised as they are."""
    rows = len(y)
    weights = weights / np.mean(weights)
    root = np.sqrt(weights)
    center, mean = np.average(v, axis=0, weights=weights), np.average(y, weights=weights)
    a, b = root[:, None] * (v - center), root * (y - mean)
    wide = a.shape[1] > rows
    values, vectors = np.linalg.eigh(a @ a.T if wide else a.T @ a)
    values = np.maximum(values, 0.0)
    projected = vectors.T @ (b if wide else a.T @ b)
    penalties = PENALTIES * rows
    if wide:
        left = (penalties[:, None] / (values + penalties[:, None])) * projected
        rss = np.sum(left**2, axis=1)
        df = np.sum(values / (values + penalties[:, None]), axis=1)
    else:
        shrunk = projected / (values + penalties[:, None])
        fitted = (a @ vectors) @ shrunk.T
        rss = np.sum((b[:, None] - fitted) ** 2, axis=0)
        df = np.sum(values / (values + penalties[:, None]), axis=1)
    gcv = rows * rss / np.maximum(rows - 1 - df, 1e-9) ** 2
    best = int(np.argmin(gcv))
    penalty = penalties[best]
    V = a.T @ (vectors @ (projected / (values + penalty))) if wide else vectors @ (projected / (values + penalty))
    return Ridge(V, float(mean - center @ V), float(penalty), float(df[best]) + 1)
