"""Any table as named columns: numbers as float64 with NaN where missing, dates as seconds, everything else as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from difflib import get_close_matches
from typing import ClassVar, TypeGuard, cast

import narwhals as nw
import numpy as np
from narwhals.dtypes import DType
from narwhals.typing import IntoDataFrame, IntoSeries
from numpy.typing import ArrayLike

SEVERAL_THINGS = (list, tuple, dict, set, bytes, complex, np.complexfloating, np.ndarray)

Cell = str | float | date | time | timedelta | np.generic | None


@dataclass(frozen=True)
class Table:
    """Columns of equal length.

    Parameters
    ----------
    names : tuple of str
        The names of the columns.
    columns : tuple of arrays (rows,)
        float64, where NaN is a missing cell, or objects, text where None is one.
    declared : frozenset of str
        The columns that are categories by their type, even where their levels are numbers.
    dates : frozenset of str
        The columns that are dates, as float64 seconds since 1970-01-01, UTC.
    unnamed : bool
        Whether the names stand for places in an array.
    """

    names: tuple[str, ...]
    columns: tuple[np.ndarray, ...]
    declared: frozenset[str] = field(default=frozenset())
    dates: frozenset[str] = field(default=frozenset())
    unnamed: bool = False

    kind: ClassVar[str] = "table"

    @property
    def rows(self) -> int:
        """The number of rows."""
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
        return replace(self, columns=tuple(column[rows] for column in self.columns))


def nearest(name: str, names: Sequence[str]) -> str | None:
    """Return the most similar name, whatever its case, or None where none does."""
    by_lower_case = {candidate.lower(): candidate for candidate in names}
    close = get_close_matches(name.lower(), by_lower_case, n=1, cutoff=0.5)
    return by_lower_case[close[0]] if close else None


def is_frame(X: ArrayLike | IntoDataFrame) -> TypeGuard[IntoDataFrame]:
    """Return whether this is a data frame (pandas, polars, pyarrow, ...); a lazy one is refused."""
    native = nw.from_native(X, pass_through=True)
    if isinstance(native, nw.LazyFrame):
        raise TypeError("a lazy frame has no rows yet; call .collect() on it first")
    return isinstance(native, nw.DataFrame)


def from_frame(frame: IntoDataFrame) -> Table:
    """Return the columns of a data frame; names become text and must differ."""
    native = nw.from_native(frame, eager_only=True)
    names = tuple(str(name) for name in native.columns)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"column {twice[0]!r} appears more than once; give every column a name of its own")
    columns = dict(zip(names, native.iter_columns(), strict=True))
    return Table(
        names,
        tuple(from_series(name, column) for name, column in columns.items()),
        frozenset(name for name, column in columns.items() if _is_one_of(column.dtype, nw.Categorical, nw.Enum)),
        frozenset(name for name, column in columns.items() if _is_one_of(column.dtype, nw.Date, nw.Datetime)),
    )


def from_array(matrix: np.ndarray, names: Sequence[str] | None = None) -> Table:
    """Return the columns of a numeric matrix, named x0, x1, ... unless names are given."""
    known = array_names(matrix.shape[1]) if names is None else names
    columns = tuple(np.asarray(column, dtype=np.float64) for column in matrix.T)
    return Table(tuple(known), columns, unnamed=names is None)


def seconds(moments: np.ndarray) -> np.ndarray:
    """Return datetime64 as seconds since 1970, timedelta64 as seconds; NaT becomes NaN."""
    kind = moments.dtype.kind
    return np.where(np.isnat(moments), np.nan, moments.astype(f"{kind}8[us]").astype(np.int64) / 1e6)


def array_names(columns: int) -> tuple[str, ...]:
    """Return the names of an array's columns: x0, x1, ..."""
    return tuple(f"x{number}" for number in range(columns))


def from_objects(matrix: np.ndarray, names: Sequence[str] | None = None) -> Table:
    """Return the columns of a matrix of Python objects: numbers, text or both."""
    known = array_names(matrix.shape[1]) if names is None else names
    columns = tuple(from_cells(n, column.tolist()) for n, column in zip(known, matrix.T, strict=True))
    return Table(tuple(known), columns, unnamed=names is None)


def from_series(name: str, series: nw.Series[IntoSeries]) -> np.ndarray:
    """Return one column: numbers, booleans, dates and durations (in seconds) as float64, anything else as text."""
    kind = series.dtype
    if kind.is_nested() or kind == nw.Binary:
        raise TypeError(_told(name, f"{kind} cells"))
    missing = series.is_null().to_numpy()
    if kind.is_numeric() or kind == nw.Boolean:
        return _numbers(missing, series.filter(~series.is_null()).cast(nw.Float64).to_numpy())
    if _is_one_of(kind, nw.Date, nw.Datetime):
        return _numbers(missing, series.filter(~series.is_null()).dt.timestamp("us").to_numpy() / 1e6)
    if _is_one_of(kind, nw.Categorical, nw.Enum):
        return as_text([None if gone else value for gone, value in zip(missing, series.to_list(), strict=True)])
    return from_cells(name, [None if gone else value for gone, value in zip(missing, series.to_list(), strict=True)])


def from_cells(name: str, cells: Sequence[Cell]) -> np.ndarray:
    """Return a column of Python objects; `TypeError` names a cell that is neither number, text nor date."""
    missing = np.array([cell is None for cell in cells], dtype=bool)
    present = [cell for cell in cells if cell is not None]
    odd = next((row for row, cell in enumerate(cells) if isinstance(cell, SEVERAL_THINGS)), None)
    if odd is not None:
        raise TypeError(_told(name, f"a {type(cells[odd]).__name__} in row {odd}"))
    if present and all(isinstance(cell, int | float | np.number | np.bool_) for cell in present):
        return _numbers(missing, np.array(present, dtype=np.float64))
    durations = [cell.total_seconds() for cell in present if isinstance(cell, timedelta)]
    if present and len(durations) == len(present):
        return _numbers(missing, np.array(durations))
    times = [cell for cell in present if isinstance(cell, time)]
    if present and len(times) == len(present):
        seconds = [3600 * c.hour + 60 * c.minute + c.second + c.microsecond / 1e6 for c in times]
        return _numbers(missing, np.array(seconds))
    return as_text(cells)


def as_text(values: Sequence[Cell]) -> np.ndarray:
    """Return a column of objects as text without blanks around it; None, NaN and blanks alone are missing.

    An integer is written the same from every type: 1 and 1.0 are "1".
    """
    column = np.empty(len(values), dtype=object)
    for row, value in enumerate(values):
        text = "" if value is None or bool(value != value) else str(value)  # only NaN differs from itself
        if isinstance(value, date) and text:
            text = value.isoformat()
        elif isinstance(value, float | np.floating) and text and float(value).is_integer():
            text = str(int(value))
        column[row] = text.strip() or None
    return column


def with_numbers(X: ArrayLike, names: Sequence[str], numbers: Mapping[str, np.ndarray]) -> ArrayLike:
    """Return a frame or an array with these numbers in its columns; `names` are those of the columns in training."""
    if is_frame(X):
        frame = nw.from_native(X, eager_only=True)
        present = [str(name) for name in frame.columns]
        known = present if set(names) <= set(present) else names  # fitted to an array: by position
        new = [
            nw.new_series(name, numbers[column], nw.Float64, backend=frame.implementation)
            for name, column in zip(frame.columns, known, strict=True)
            if column in numbers
        ]
        return cast(ArrayLike, nw.to_native(frame.with_columns(*new)))  # the frames of all libraries have __array__
    cells = np.array(X, dtype=object if np.asarray(X).dtype.kind in "OU" else np.float64)
    for name, column in numbers.items():
        cells[:, list(names).index(name)] = column
    return cells


def _is_one_of(dtype: DType, *kinds: type[DType]) -> bool:
    return any(dtype == kind for kind in kinds)


def _told(name: str, what: str) -> str:
    return f"column {name!r} holds {what}: every argument must be one string, date or real number a cell; or drop it"


def _numbers(missing: np.ndarray, present: np.ndarray) -> np.ndarray:
    numbers = np.full(len(missing), np.nan)
    numbers[~missing] = present
    return numbers
