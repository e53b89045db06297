"""Some rows of whatever holds rows: a frame of pandas or polars, a series, an array, a sparse matrix or a list."""

from typing import Any

import numpy as np

from glassnet.data.columns import Table


def take_rows(data: Any, rows: np.ndarray) -> Any:
    """Return some rows, in their order, of the kind that was given.

    Parameters
    ----------
    data : Table, data frame, series, array, sparse matrix or list
        What holds rows.
    rows : array of int
        Their numbers, counted from 0.

    Returns
    -------
    as data; a list becomes an array
        The rows.
    """
    if isinstance(data, Table):
        return data.take(rows)
    by_place = getattr(data, "iloc", None)  # pandas counts by labels without it
    if by_place is not None:
        return by_place[rows]
    return data[rows] if hasattr(data, "__getitem__") and not isinstance(data, list | tuple) else np.asarray(data)[rows]
