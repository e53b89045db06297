"""A function that is known to be true, and inputs to look at it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from glassnet.estimators.validation import is_real

TrueFunction = Callable[..., ArrayLike]
MOST_NOISE = 1e70  # whose fourth power, in standard errors of squares, is still a number


@dataclass(frozen=True, eq=False)
class TrueTargets:
    """Inputs with the true function there.

    Parameters
    ----------
    inputs : frame or array (rows, columns)
        As estimators take them.
    values : array (rows,)
        The true function.
    column : array (rows,) or None
        The input, where there is one, of numbers.
    """

    inputs: ArrayLike
    values: np.ndarray
    column: np.ndarray | None


def true_targets(truth: TrueFunction, X: ArrayLike, name: str) -> TrueTargets:
    """Return the true function at inputs; `ValueError` where it is not a finite number a row."""
    inputs = as_inputs(X)
    rows = np.shape(inputs)[0]
    values = np.asarray(truth(np.asarray(X, float) if isinstance(X, list | tuple) else X), np.float64)
    if values.size != rows or not np.isfinite(values).all():
        what = f"an array of shape {values.shape}" if values.size != rows else "numbers that are not finite"
        raise ValueError(f"truth({name}) returns {what}; it must return one finite number for each of {rows} rows")
    return TrueTargets(inputs, values.reshape(rows), one_column(inputs))


def check_noise(noise: float) -> None:
    """Raise `ValueError` for what is no standard deviation."""
    if not (is_real(noise) and 0 <= noise <= MOST_NOISE):
        raise ValueError(f"noise={noise!r} must be a standard deviation, a number from 0 to {MOST_NOISE:g}")


def as_inputs(X: ArrayLike) -> ArrayLike:
    """Return X as estimators take it: one input a row as a column."""
    return np.reshape(np.asarray(X), (-1, 1)) if np.ndim(X) == 1 else X


def one_column(X: ArrayLike) -> np.ndarray | None:
    """Return the input, where there is one, of numbers."""
    array = np.asarray(X)
    return array[:, 0].astype(np.float64) if array.shape[1:] == (1,) and array.dtype.kind in "fiu" else None
