"""Tables that users give, checked by scikit-learn's functions, which publish no types."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import column_or_1d
from sklearn.utils.validation import _check_sample_weight, validate_data  # pyright: ignore[reportPrivateUsage]

from glassnet.data.values import without_mask


class SparseTable(Protocol):
    """A sparse matrix or array of SciPy, by rows or by columns."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        ...

    def __getitem__(self, rows: slice) -> "SparseTable": ...

    def toarray(self) -> np.ndarray:
        """Return the array that it stands for."""
        ...


Table = ArrayLike | SparseTable

_validate: Callable[..., Any] = validate_data
TAKEN: dict[str, object] = {"accept_sparse": ["csr", "csc"], "dtype": (np.float64, np.float32)}


def check_table(estimator: BaseEstimator, X: Table) -> np.ndarray | SparseTable:
    """Return a table to predict for, in float32 or float64; `ValueError` unless its columns are those of the fit."""
    return _validate(estimator, without_mask(X), **TAKEN, reset=False)


def check_training(
    estimator: BaseEstimator, X: Table, y: ArrayLike, *, numeric: bool, reset: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return a dense table in float32 or float64, and targets (rows,) or (rows, outputs)."""
    given = without_mask(X), without_mask(y)
    table, targets = _validate(estimator, *given, **TAKEN, multi_output=True, y_numeric=numeric, reset=reset)
    if targets.ndim == 2 and targets.shape[1] == 1:
        targets = column_or_1d(targets, warn=True)
    return dense(table), targets


def check_weights(given: ArrayLike, table: np.ndarray) -> np.ndarray:
    """Return a weight a row, in the precision of the table."""
    return _check_sample_weight(without_mask(given), table, dtype=table.dtype)


def dense(table: np.ndarray | SparseTable) -> np.ndarray:
    """Return the table as an array."""
    return table if isinstance(table, np.ndarray) else table.toarray()
