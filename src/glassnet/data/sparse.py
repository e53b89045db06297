"""Sparse matrices as columns: each is made dense when it is asked for, and all of them only for a block of rows."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
from scipy.sparse import csc_array, csr_array, issparse

__all__ = ["SparseColumns", "issparse", "sparse_frame"]


class SparseColumns(Sequence[np.ndarray]):
    """The columns of a sparse matrix, float64.

    Parameters
    ----------
    matrix : sparse matrix or array (rows, columns)
        Of SciPy, in any format.
    """

    def __init__(self, matrix: Any) -> None:
        self._matrix = matrix

    @property
    def rows(self) -> int:
        """The number of rows."""
        return int(self._matrix.shape[0])

    def __len__(self) -> int:
        return int(self._matrix.shape[1])

    @overload
    def __getitem__(self, index: int) -> np.ndarray: ...
    @overload
    def __getitem__(self, index: slice) -> "SparseColumns": ...
    def __getitem__(self, index: int | slice) -> "np.ndarray | SparseColumns":
        if isinstance(index, slice):
            return SparseColumns(self._by_column[:, index])
        place = range(len(self))[index]
        start, stop = self._by_column.indptr[place : place + 2]
        column = np.zeros(self.rows)
        column[self._by_column.indices[start:stop]] = self._by_column.data[start:stop]
        return column

    def take(self, rows: np.ndarray) -> "SparseColumns":
        """Return these rows, sparse."""
        return SparseColumns(self._by_row[rows])

    def select(self, places: Sequence[int]) -> "SparseColumns":
        """Return these columns, in this order."""
        if list(places) == list(range(len(self))):
            return self
        return SparseColumns(self._by_column[:, list(places)])

    def gaps(self) -> np.ndarray:
        """Return how many cells of every column are NaN."""
        counts = np.zeros(len(self), dtype=np.int64)
        absent = np.isnan(self._by_column.data)
        if absent.any():
            place = np.repeat(np.arange(len(self)), np.diff(self._by_column.indptr))
            counts += np.bincount(place[absent], minlength=len(self))
        return counts

    def varying(self) -> int:
        """Return the number of columns that hold anything but zeros."""
        return int(np.count_nonzero(np.diff(self._by_column.indptr)))

    @cached_property
    def _by_row(self) -> Any:
        return csr_array(self._matrix)

    @cached_property
    def _by_column(self) -> Any:
        """Return the columns with one entry a cell, none of them 0; the matrix that was given stays as it is."""
        matrix = csc_array(self._matrix, dtype=np.float64, copy=True)
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        return matrix


def sparse_frame(frame: Any) -> SparseColumns | None:
    """Return the columns of a frame of pandas, if all of them are sparse around 0; else None."""
    if not len(frame.dtypes) or not all(map(_around_zero, frame.dtypes)):
        return None
    arrays = [frame.iloc[:, place].array for place in range(frame.shape[1])]
    entries = [np.asarray(array.sp_values, dtype=np.float64) for array in arrays]
    places = [array.sp_index.indices for array in arrays]
    starts = np.concatenate([[0], np.cumsum([len(part) for part in places])])
    return SparseColumns(csc_array((np.concatenate(entries), np.concatenate(places), starts), shape=frame.shape))


def _around_zero(dtype: Any) -> bool:
    kind = getattr(getattr(dtype, "subtype", None), "kind", "")
    return type(dtype).__name__ == "SparseDtype" and kind in "biuf" and bool(dtype.fill_value == 0)
