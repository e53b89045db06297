"""Any X as samples: the columns of a frame or an array, or images; and the schema that describes them."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from narwhals.typing import IntoDataFrame
from numpy.typing import ArrayLike
from sklearn.utils import check_array

from glassnet.data.columns import Table, array_names, from_array, from_frame, from_objects, is_frame, seconds
from glassnet.data.images import Images, as_images, image_schema, is_images
from glassnet.data.read_columns import Reading
from glassnet.data.schema import Samples, Schema
from glassnet.data.table_schema import read_schema

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


def as_samples(X: ArrayLike, known: Features) -> Samples:
    """Return X as columns, of any data frame or a numeric array whose NaN are missing cells; or as images.

    A frame for an estimator that was fitted to an array is taken by position, as scikit-learn does, with its warning.
    Raises `ValueError` for another number of features, and for what has no rows or columns.
    """
    if is_frame(X):
        return _from_frame(X, known)
    if is_images(X):
        return as_images(X)
    kind = getattr(getattr(X, "dtype", None), "kind", "")
    if kind in ("O", "U"):
        objects = _check(X, dtype=None, ensure_all_finite=False, estimator=known.estimator, input_name="X")
        return from_objects(_as_fitted(objects, known), known.names)
    values = seconds(np.asarray(X)) if kind in ("m", "M") else X
    # Infinite cells are refused later, by column and row.
    matrix = _check(values, dtype=np.float64, ensure_all_finite=False, estimator=known.estimator, input_name="X")
    table = from_array(_as_fitted(matrix, known), known.names)
    return replace(table, dates=frozenset(table.names)) if kind == "M" else table


def kind_of(X: ArrayLike) -> str:
    """Return the kind of samples that X is, without reading them."""
    return Images.kind if is_images(X) else Table.kind


def schema_of(samples: Samples, reading: Reading) -> Schema:
    """Return what every column is, or how large images are."""
    if isinstance(samples, Images):
        return image_schema(samples)
    if isinstance(samples, Table):
        return read_schema(samples, reading)
    raise TypeError(f"a schema is read from columns or images, not from {type(samples).__name__}")


def _from_frame(frame: IntoDataFrame, known: Features) -> Table:
    table = from_frame(frame)
    if not table.names:
        raise ValueError("the table has no column left to learn from")
    if table.rows == 0:
        raise ValueError("Found array with 0 sample(s): the table has columns but no rows")
    if known.number is None or known.names is not None:
        return table
    _check_number(len(table.names), known)
    warnings.warn(
        f"X has feature names, but {known.estimator} was fitted without feature names", UserWarning, stacklevel=6
    )
    names = array_names(known.number)
    new = dict(zip(table.names, names, strict=True))
    declared, dates = (frozenset(new[name] for name in some) for some in (table.declared, table.dates))
    return Table(names, table.columns, declared, dates, unnamed=True)


def _as_fitted(matrix: np.ndarray, known: Features) -> np.ndarray:
    """Return the matrix; it has no names where the estimator was fitted with names, which scikit-learn says too."""
    if known.names is not None:
        warnings.warn(
            f"X does not have valid feature names, but {known.estimator} was fitted with feature names",
            UserWarning,
            stacklevel=6,
        )
    _check_number(matrix.shape[1], known)
    return matrix


def _check_number(features: int, known: Features) -> None:
    if known.number is not None and features != known.number:
        raise ValueError(
            f"X has {features} features, but {known.estimator} is expecting {known.number} features as input"
        )
