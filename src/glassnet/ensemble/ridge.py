"""Ridge regression in closed form, its penalty chosen by generalised cross-validation.

    min over b, a of sum_i w_i (y_i - b'v_i - a)^2 + lambda |b|^2
    GCV(lambda) = n RSS(lambda) / (n - df(lambda))^2

df is the effective number of parameters: 1 + sum_j d_j / (d_j + lambda), d_j the eigenvalues of v'v, or of vv' where
there are more columns than rows (Golub, Heath and Wahba 1979).
"""

from typing import NamedTuple

import numpy as np

PENALTIES = np.geomspace(1e-10, 1e4, 113)  # lambda over the number of rows


class Ridge(NamedTuple):
    """The solution: coefficients b (columns,), intercept a, lambda, and the effective number of parameters."""

    coefficients: np.ndarray
    intercept: float
    penalty: float
    degrees_of_freedom: float


def fit_ridge(v: np.ndarray, y: np.ndarray, weights: np.ndarray) -> Ridge:
    """Return the solution for one target (rows,) and columns v (rows, columns), which are penalised as they are."""
    rows, columns = v.shape
    weights = weights / np.mean(weights)
    center, mean = np.average(v, axis=0, weights=weights), float(np.average(y, weights=weights))
    root = np.sqrt(weights)
    a, b = root[:, None] * (v - center), root * (y - mean)
    wide = columns > rows
    eigenvalues, vectors = np.linalg.eigh(a @ a.T if wide else a.T @ a)
    eigenvalues = np.maximum(eigenvalues, 0.0)
    projected = vectors.T @ (b if wide else a.T @ b)
    penalties = rows * PENALTIES
    shrunk = projected[:, None] / (eigenvalues[:, None] + penalties)
    if wide:
        residual_sums = np.sum(np.square(penalties * shrunk), axis=0)
    else:
        residual_sums = np.sum(np.square(b[:, None] - (a @ vectors) @ shrunk), axis=0)
    degrees = 1 + np.sum(eigenvalues[:, None] / (eigenvalues[:, None] + penalties), axis=0)
    left = np.maximum(rows - degrees, np.finfo(float).eps * rows)
    best = int(np.argmin(residual_sums / left**2))
    solution = vectors @ shrunk[:, best]
    coefficients = a.T @ solution if wide else solution
    return Ridge(coefficients, mean - float(center @ coefficients), float(penalties[best]), float(degrees[best]))
