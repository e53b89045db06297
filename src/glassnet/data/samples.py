"""Any X as samples: the columns of a frame or an array, or images; and the schema that describes them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from narwhals.typing import IntoDataFrame
from numpy.typing import ArrayLike
from sklearn.utils import check_array

from glassnet._warn import warn_caller
from glassnet.data.columns import (
    Table,
    array_names,
    from_array,
    from_fields,
    from_frame,
    from_objects,
    from_sparse,
    is_frame,
)
from glassnet.data.dense_size import check_dense
from glassnet.data.images import Images, as_images, image_schema, is_images
from glassnet.data.integers import LARGEST_EXACT, are_exact
from glassnet.data.read_columns import Reading
from glassnet.data.schema import Samples, Schema
from glassnet.data.sparse import SparseColumns, issparse
from glassnet.data.table_schema import read_schema
from glassnet.data.values import without_mask

_check: Callable[..., np.ndarray] = check_array  # whose published types know text alone as a dtype


@dataclass(frozen=True)
class Features:
    """What an estimator was fitted to.

    Parameters
    ----------
    estimator : str
        The name of its class.
    number : int or None
        The number of features; None before the first fit.
    names : tuple of str or None
        Their names, if they had any.
    """

    estimator: str
    number: int | None = None
    names: tuple[str, ...] | None = None


def as_samples(X: ArrayLike | Table, known: Features) -> Samples:
    """Return X as columns, of a data frame, an array or a sparse matrix, whose NaN are missing cells; or as images.

    A frame for an estimator that was fitted to an array is taken by position, as scikit-learn does, with its warning.
    Raises `ValueError` for another number of features, and for what has no rows or columns.
    """
    if isinstance(X, Table):
        return X
    if is_frame(X):
        return _from_frame(X, known)
    if issparse(X):
        return _from_sparse(X, known)
    if is_images(X):
        return as_images(without_mask(X))
    if getattr(getattr(X, "dtype", None), "names", None) is not None:
        return _with_names(_not_empty(from_fields(cast(np.ndarray, X))), known)
    array = _as_array(X)
    kind = array.dtype.kind
    if kind in "OUT":
        objects = _checked(array.astype(object), None, known)
        return from_objects(_as_fitted(objects, known), known.names)
    if kind in "bmM" or (kind in "iu" and array.size and not are_exact(int(array.min()), int(array.max()))):
        return from_array(_as_fitted(_checked(array, None, known), known), known.names)
    # Infinite cells are refused later, by column and row.
    return from_array(_as_fitted(_checked(array, np.float64, known), known), known.names)


def kind_of(X: ArrayLike) -> str:
    """Return the kind of samples that X is, without reading them."""
    return Images.kind if is_images(X) else Table.kind


def schema_of(samples: Samples, reading: Reading) -> Schema:
    """Return what every column is, or how large images are."""
    if isinstance(samples, Images):
        return image_schema(samples)
    if isinstance(samples, Table):
        if isinstance(samples.columns, SparseColumns):
            check_dense(samples.rows, samples.columns.varying())
        return read_schema(samples, reading)
    raise TypeError(f"a schema is read from columns or images, not from {type(samples).__name__}")


def _as_array(X: Any) -> np.ndarray:
    """Return X as an array: lists that hold more than numbers as objects, what is masked as missing."""
    if isinstance(X, dict) or (isinstance(X, list | tuple) and X and isinstance(X[0], dict)):
        what = "a dict" if isinstance(X, dict) else "a list of dicts"
        raise TypeError(f"X is {what}, which has no rows of cells; give a frame, as in pandas.DataFrame(X)")
    if isinstance(X, np.matrix):
        raise TypeError("X is an np.matrix, whose rows stay matrices; give np.asarray(X)")
    if hasattr(X, "to_frame") and np.ndim(X) == 1:
        raise ValueError("Expected 2D array, got a series, which is one column; give a frame, as in X.to_frame()")
    unmasked = without_mask(X)
    array = np.asarray(unmasked)
    if not isinstance(unmasked, list | tuple):
        if array.dtype.kind in "SV":
            raise TypeError(f"X is an array of bytes, {array.dtype}; give numbers, or text, as in X.astype(str)")
        return array
    kind = array.dtype.kind
    rounded = kind == "f" and array.size > 0 and bool(np.max(np.abs(np.nan_to_num(array))) > LARGEST_EXACT)
    return np.array(X, dtype=object) if kind in "UOSmM" or rounded else array


def _checked(array: np.ndarray, dtype: type | None, known: Features) -> np.ndarray:
    if array.ndim == 2 and array.size and array.dtype.kind in "bmMiuf":  # all that scikit-learn would check
        return array if dtype is None else array.astype(dtype, copy=False)
    return _check(array, dtype=dtype, ensure_all_finite=False, estimator=known.estimator, input_name="X")


def _not_empty(table: Table) -> Table:
    if not table.names:
        raise ValueError("the table has no column left to learn from")
    if table.rows == 0:
        raise ValueError("Found array with 0 sample(s): the table has columns but no rows")
    return table


def _from_sparse(X: Any, known: Features) -> Table:
    if X.dtype.kind in "iu" and X.nnz and not are_exact(int(X.data.min()), int(X.data.max())):
        raise ValueError(
            "X is sparse and holds integers beyond 2^53, which a sparse table of floats would round; drop that column, "
            "or give it in a frame"
        )
    matrix = _check(
        X,
        dtype=np.float64,
        accept_sparse=["csr", "csc"],
        ensure_all_finite=False,
        estimator=known.estimator,
        input_name="X",
    )
    return from_sparse(_as_fitted(matrix, known), known.names)


def _from_frame(frame: IntoDataFrame, known: Features) -> Table:
    return _with_names(_not_empty(from_frame(frame)), known)


def _with_names(table: Table, known: Features) -> Table:
    """Return a table with names, by position where the estimator was fitted without; scikit-learn says so too."""
    if known.number is None or known.names is not None:
        return table
    _check_number(len(table.names), known)
    warn_caller(f"X has feature names, but {known.estimator} was fitted without feature names")
    return table.renamed(array_names(known.number), unnamed=True)


def _as_fitted(matrix: np.ndarray, known: Features) -> np.ndarray:
    """Return the matrix; it has no names where the estimator was fitted with names, which scikit-learn says too."""
    if known.names is not None:
        warn_caller(f"X does not have valid feature names, but {known.estimator} was fitted with feature names")
    _check_number(matrix.shape[1], known)
    return matrix


def _check_number(features: int, known: Features) -> None:
    if known.number is not None and features != known.number:
        raise ValueError(
            f"X has {features} features, but {known.estimator} is expecting {known.number} features as input"
        )
