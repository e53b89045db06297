"""Any table as named columns: numbers as float64 with NaN where missing, dates as seconds, everything else as text."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, ClassVar, TypeGuard, cast

import narwhals as nw
import numpy as np
from narwhals.exceptions import DuplicateError
from narwhals.typing import IntoDataFrame
from numpy.typing import ArrayLike

from glassnet.data.sparse import SparseColumns, issparse, sparse_frame
from glassnet.data.values import Values, from_cells, from_series, from_vector, without_mask


@dataclass(frozen=True)
class Table:
    """Columns of equal length.

    Parameters
    ----------
    names : tuple of str
        The names of the columns.
    columns : sequence of arrays (rows,)
        float64, where NaN is a missing cell, or objects, text where None is one.
    declared : frozenset of str
        The columns that are categories by their type, even where their levels are numbers.
    dates : frozenset of str
        The columns that are dates, as float64 seconds since 1970-01-01, UTC.
    unnamed : bool
        Whether the names stand for places in an array.
    booleans : frozenset of str
        The columns that are booleans by their type, as 0 and 1.
    zoned : frozenset of str
        The dates that say their time zone.
    origins : dict of int
        What was subtracted from columns of integers beyond 2^53, by name.
    notes : dict of str
        How cells were made numbers where that is a choice, by name, as of intervals their middle.
    """

    names: tuple[str, ...]
    columns: Sequence[np.ndarray]
    declared: frozenset[str] = field(default=frozenset())
    dates: frozenset[str] = field(default=frozenset())
    unnamed: bool = False
    booleans: frozenset[str] = field(default=frozenset())
    zoned: frozenset[str] = field(default=frozenset())
    origins: Mapping[str, int] = field(default_factory=dict[str, int])
    notes: Mapping[str, str] = field(default_factory=dict[str, str])

    kind: ClassVar[str] = "table"

    @property
    def rows(self) -> int:
        """The number of rows."""
        if isinstance(self.columns, SparseColumns):
            return self.columns.rows
        return len(self.columns[0]) if self.columns else 0

    @property
    def n_features(self) -> int:
        """The number of columns."""
        return len(self.names)

    @property
    def feature_names(self) -> tuple[str, ...] | None:
        """The names of the columns, or None where they are those of an array."""
        return None if self.unnamed else self.names

    def take(self, rows: np.ndarray) -> "Table":
        """Return the table of these rows."""
        if isinstance(self.columns, SparseColumns):
            return replace(self, columns=self.columns.take(rows))
        return replace(self, columns=tuple(column[rows] for column in self.columns))

    def renamed(self, names: Sequence[str], *, unnamed: bool = False) -> "Table":
        """Return the table with other names for its columns."""
        new = dict(zip(self.names, names, strict=True))

        def some(old: frozenset[str]) -> frozenset[str]:
            return frozenset(new[name] for name in old)

        return Table(
            tuple(names), self.columns, some(self.declared), some(self.dates), unnamed, some(self.booleans),
            some(self.zoned), {new[name]: origin for name, origin in self.origins.items()},
            {new[name]: note for name, note in self.notes.items()},
        )  # fmt: skip


def nearest(name: str, names: Sequence[str]) -> str | None:
    """Return the most similar name, whatever its case, or None where none does."""
    by_lower_case = {candidate.lower(): candidate for candidate in names}
    close = get_close_matches(name.lower(), by_lower_case, n=1, cutoff=0.5)
    return by_lower_case[close[0]] if close else None


def is_frame(X: ArrayLike | IntoDataFrame) -> TypeGuard[IntoDataFrame]:
    """Return whether this is a data frame (pandas, polars, pyarrow, ...); a lazy one is refused."""
    X = nw.to_native(X, pass_through=True)
    if isinstance(X, np.ndarray):
        return False
    if nw.dependencies.is_pandas_dataframe(X):
        return True
    try:
        native = nw.from_native(X, pass_through=True)
    except DuplicateError:
        given = cast(Any, X)
        _check_distinct(column_names(given.column_names if hasattr(given, "column_names") else given.columns))
        raise
    if isinstance(native, nw.LazyFrame):
        raise TypeError("a lazy frame has no rows yet; call .collect() on it first")
    return isinstance(native, nw.DataFrame)


def column_names(given: Sequence[object]) -> tuple[str, ...]:
    """Return names of columns as text; the parts of a name of several levels are joined by blanks."""
    return tuple(
        " ".join(str(part) for part in name if str(part)) if isinstance(name, tuple) else str(name) for name in given
    )


def from_frame(frame: IntoDataFrame) -> Table:
    """Return the columns of a data frame; names become text and must differ."""
    if not is_frame(frame):
        raise TypeError(f"a data frame is needed, not {type(frame).__name__}")
    frame = nw.to_native(frame, pass_through=True)
    if nw.dependencies.is_pandas_dataframe(frame):
        return _from_pandas(frame)
    native = nw.from_native(frame, eager_only=True)
    names = column_names(native.columns)
    _check_distinct(names)
    return _table(names, [from_series(*pair) for pair in zip(names, native.iter_columns(), strict=True)])


def _from_pandas(frame: Any) -> Table:
    """Return the columns of a frame of pandas; those that are vectors of NumPy's numbers are taken as they are."""
    names = column_names(frame.columns)
    _check_distinct(names)
    sparse = sparse_frame(frame)
    if sparse is not None:
        return Table(names, sparse)
    return _table(
        names, [_from_pandas_column(name, column) for name, (_, column) in zip(names, frame.items(), strict=True)]
    )


def _from_pandas_column(name: str, column: Any) -> Values:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
        return from_vector(name, column.to_numpy())
    return from_series(name, nw.from_native(column, series_only=True))


def from_array(matrix: np.ndarray, names: Sequence[str] | None = None) -> Table:
    """Return the columns of a matrix of numbers, booleans or moments, named x0, x1, ... unless names are given."""
    known = array_names(matrix.shape[1]) if names is None else names
    if matrix.dtype.kind == "f":  # going through the columns takes long where there is one row
        numbers = without_mask(matrix).astype(np.float64, copy=False)
        return Table(tuple(known), tuple(numbers.T), unnamed=names is None)
    columns = [from_vector(*pair) for pair in zip(known, matrix.T, strict=True)]
    return _table(known, columns, unnamed=names is None)


def from_fields(rows: np.ndarray) -> Table:
    """Return the fields of a structured array (rows,) as columns of their names."""
    names = cast(tuple[str, ...], rows.dtype.names)
    if rows.ndim != 1:
        raise ValueError(
            f"X is a structured array of shape {rows.shape}; give one structured row a sample, as X.ravel()"
        )
    return _table(names, [from_vector(name, rows[name]) for name in names])


def from_sparse(matrix: Any, names: Sequence[str] | None = None) -> Table:
    """Return the columns of a sparse matrix, which stay sparse."""
    known = array_names(matrix.shape[1]) if names is None else names
    return Table(tuple(known), SparseColumns(matrix), unnamed=names is None)


def array_names(columns: int) -> tuple[str, ...]:
    """Return the names of an array's columns: x0, x1, ..."""
    return tuple(f"x{number}" for number in range(columns))


def from_objects(matrix: np.ndarray, names: Sequence[str] | None = None) -> Table:
    """Return the columns of a matrix of Python objects: numbers, text or both."""
    known = array_names(matrix.shape[1]) if names is None else names
    columns = [from_cells(n, column.tolist()) for n, column in zip(known, matrix.T, strict=True)]
    return _table(known, columns, unnamed=names is None)


def with_numbers(X: ArrayLike, names: Sequence[str], numbers: Mapping[str, np.ndarray]) -> ArrayLike:
    """Return a table, frame or array with these numbers in its columns; `names` are those of training."""
    if isinstance(X, Table):
        moved = tuple(numbers.get(name, cells) for name, cells in zip(X.names, X.columns, strict=True))
        return cast(ArrayLike, replace(X, columns=moved))
    if is_frame(X):
        frame = nw.from_native(X, eager_only=True)
        present = column_names(frame.columns)
        known = present if set(names) <= set(present) else names  # fitted to an array: by position
        new = [
            nw.new_series(name, numbers[column], nw.Float64, backend=frame.implementation)
            for name, column in zip(frame.columns, known, strict=True)
            if column in numbers
        ]
        return cast(ArrayLike, nw.to_native(frame.with_columns(*new)))  # the frames of all libraries have __array__
    if issparse(X):
        matrix = cast(Any, X)
        return type(matrix)(_with_columns(matrix.toarray(), names, numbers))
    given = np.asarray(without_mask(X))
    if given.dtype.names is not None:
        fields = [(field, np.float64 if field in numbers else given.dtype[field]) for field in given.dtype.names]
        rows = given.astype(fields)
        for name, column in numbers.items():
            rows[name] = column
        return rows
    return _with_columns(given, names, numbers)


def _with_columns(given: np.ndarray, names: Sequence[str], numbers: Mapping[str, np.ndarray]) -> np.ndarray:
    cells = np.array(given, dtype=np.float64 if given.dtype.kind in "buif" else object)
    for name, column in numbers.items():
        cells[:, list(names).index(name)] = column
    return cells


def _table(names: Sequence[str], columns: Sequence[Values], *, unnamed: bool = False) -> Table:
    named = list(zip(names, columns, strict=True))

    def of_kind(kind: str) -> frozenset[str]:
        return frozenset(name for name, values in named if values.kind == kind)

    return Table(
        tuple(names), tuple(values.cells for values in columns), of_kind("category"), of_kind("date"), unnamed,
        of_kind("boolean"), frozenset(name for name, values in named if values.zoned),
        {name: values.origin for name, values in named if values.origin},
        {name: values.note for name, values in named if values.note},
    )  # fmt: skip


def _check_distinct(names: Sequence[str]) -> None:
    name, count = Counter(names).most_common(1)[0] if names else ("", 0)
    if count > 1:
        raise ValueError(f"column {name!r} appears more than once; give every column a name of its own")
