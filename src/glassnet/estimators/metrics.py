"""How wrong predictions are, in the units of the target."""

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import mean_absolute_error, median_absolute_error, r2_score, root_mean_squared_error


@dataclass(frozen=True)
class Errors:
    """Errors of one target over `rows` rows; all but r2 are in the units of the target."""

    rows: int
    rmse: float  # sqrt of the mean of (f(x) - y)^2
    mae: float  # mean of |f(x) - y|
    median: float  # median of |f(x) - y|
    r2: float | None  # 1 - sum (f(x) - y)^2 / sum (y - mean y)^2; None for a single row


def errors(y: np.ndarray, prediction: np.ndarray) -> Errors:
    """Return the errors of predictions (rows,) for targets (rows,)."""
    size = _size(y)
    y, prediction = y / size, prediction / size
    return Errors(
        rows=len(y),
        rmse=size * float(root_mean_squared_error(y, prediction)),
        mae=size * float(mean_absolute_error(y, prediction)),
        median=size * float(median_absolute_error(y, prediction)),
        r2=float(r2_score(y, prediction)) if len(y) > 1 else None,
    )


def r2(y: np.ndarray, prediction: np.ndarray) -> float:
    """Return 1 - sum (f(x) - y)^2 / sum (y - mean y)^2, the mean of it over outputs, in any unit."""
    size = _size(y)
    return float(r2_score(y / size, prediction / size))


def _size(y: np.ndarray) -> float:
    """Return the largest |y|, or 1: squares of numbers near it neither overflow nor vanish."""
    return float(np.max(np.abs(y), initial=0.0)) or 1.0
