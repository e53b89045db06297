"""Any table as named columns: numbers as float64 with NaN where missing, everything else as text with None."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import narwhals as nw
import numpy as np

MARKS_OF_MISSING = frozenset({"", "NA", "N/A", "NaN", "nan", "null", "NULL", "?"})  # in a column of numbers


@dataclass(frozen=True)
class Table:
    """Columns of equal length: float64 (NaN is missing) or objects (text, None is missing)."""

    names: tuple[str, ...]
    columns: tuple[np.ndarray, ...]
    declared: frozenset[str] = frozenset()  # categories by type, even where their levels are numbers

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.columns[0]) if self.columns else 0

    def take(self, rows: np.ndarray) -> "Table":
        """Return the table of these rows."""
        return Table(self.names, tuple(column[rows] for column in self.columns), self.declared)


def is_frame(given: Any) -> bool:
    """Return whether this is a data frame (pandas, polars, pyarrow, ...); a lazy one is refused."""
    native = nw.from_native(given, pass_through=True)
    if isinstance(native, nw.LazyFrame):
        raise TypeError("a lazy frame has no rows yet; call .collect() on it first")
    return isinstance(native, nw.DataFrame)


def from_frame(frame: Any) -> Table:
    """Return the columns of a data frame; names become text and must differ."""
    native = nw.from_native(frame, eager_only=True)
    names = tuple(str(name) for name in native.columns)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"column {twice[0]!r} appears more than once; give every column a name of its own")
    columns = list(native.iter_columns())
    declared = frozenset(name for name, column in zip(names, columns, strict=True) if _is_declared(column))
    return Table(names, tuple(map(from_series, columns)), declared)


def from_array(matrix: np.ndarray, names: Sequence[str] | None = None) -> Table:
    """Return the columns of a numeric matrix, named x0, x1, ... unless names are given."""
    names = array_names(matrix.shape[1]) if names is None else names
    return Table(tuple(names), tuple(np.asarray(column, dtype=np.float64) for column in matrix.T))


def array_names(columns: int) -> tuple[str, ...]:
    """Return the names of an array's columns: x0, x1, ..."""
    return tuple(f"x{number}" for number in range(columns))


def from_series(series: Any) -> np.ndarray:
    """Return one column: numbers and booleans as float64, anything else (text, categories, dates) as text."""
    missing = series.is_null().to_numpy()
    if series.dtype.is_numeric() or series.dtype == nw.Boolean:
        numbers = np.full(len(series), np.nan)
        numbers[~missing] = series.filter(~series.is_null()).cast(nw.Float64).to_numpy()
        return numbers
    cells = [None if gone else value for gone, value in zip(missing, series.to_list(), strict=True)]
    present = [cell for cell in cells if cell is not None]
    if present and all(isinstance(cell, bool) for cell in present):
        return np.array([np.nan if cell is None else float(cell) for cell in cells])
    return as_text(cells)


def as_text(values: Sequence[Any]) -> np.ndarray:
    """Return a column of objects as text; None and NaN are missing."""
    column = np.empty(len(values), dtype=object)
    for row, value in enumerate(values):
        missing = value is None or bool(value != value)  # only NaN differs from itself
        column[row] = None if missing else value.isoformat() if isinstance(value, date | datetime) else str(value)
    return column


def as_numbers(column: np.ndarray) -> np.ndarray | None:
    """Return a column of text as float64, or None when some cell is neither a number nor a mark for a missing one."""
    try:
        return np.array([np.nan if cell is None or cell in MARKS_OF_MISSING else _number(cell) for cell in column])
    except ValueError:
        return None


def _number(cell: str) -> float:
    if "_" in cell:  # Python reads 10_20 as 1020
        raise ValueError(cell)
    return float(cell)


def _is_declared(series: Any) -> bool:
    return series.dtype in (nw.Categorical, nw.Enum)
