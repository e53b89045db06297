"""How the raw columns of a table become its cells, slice by slice: every slice gives the cells that all rows would."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from glassnet._lazy import pl
from glassnet.data.cell_format import Convention
from glassnet.data.cell_text import as_text_column
from glassnet.data.counted_cells import kinds_of
from glassnet.data.date_cells import date_cells
from glassnet.data.plain_tally import plain_cells
from glassnet.data.typed_cells import typed_cells, without_nan


class ColumnCells(Protocol):
    """Something that reads the slices of one column."""

    def cells(self, column: "pl.Series") -> "pl.Series":
        """Return the cells of a slice of the raw column."""
        ...


@dataclass(frozen=True)
class TypedColumn:
    """A column whose cells have a type in the file."""

    asked: Convention

    def cells(self, column: "pl.Series") -> "pl.Series":
        return typed_cells(column.name, without_nan(column), self.asked)


@dataclass(frozen=True)
class TextColumn:
    """A column that stays text; categories where that was asked for."""

    na: tuple[str, ...]
    categories: bool = False

    def cells(self, column: "pl.Series") -> "pl.Series":
        text = as_text_column(column, self.na)
        return text.cast(pl.Categorical) if self.categories else text


@dataclass(frozen=True)
class MissingColumn:
    """A column of text all of whose cells are missing."""

    def cells(self, column: "pl.Series") -> "pl.Series":
        return pl.Series(column.name, [None] * len(column), dtype=pl.String)


@dataclass(frozen=True)
class PlainColumn:
    """A column of plain numbers: integers, or floats with decimal points."""

    asked: Convention
    integers: bool

    def cells(self, column: "pl.Series") -> "pl.Series":
        return plain_cells(column, self.asked, pl.Int64() if self.integers else pl.Float64())


@dataclass(frozen=True)
class ListedColumn:
    """A column whose different cells have been looked at.

    Parameters
    ----------
    written : polars.Series
        The different cells, stripped.
    values : polars.Series
        What each of them is.
    by_kind : dict of str to str
        How the cells that are not listed are read, for every kind of `counted_cells.KINDS`: a name of `READINGS`.
    """

    written: "pl.Series"
    values: "pl.Series"
    by_kind: dict[str, str] = field(default_factory=dict[str, str])

    def cells(self, column: "pl.Series") -> "pl.Series":
        stripped = column.str.strip_chars()
        dtype = self.values.dtype
        read = stripped.replace_strict(self.written, self.values, default=None, return_dtype=dtype)
        if not self.by_kind:
            return read
        others = stripped.filter(~stripped.is_in(self.written.implode())).drop_nulls().unique()
        kinds = kinds_of(others)
        for kind, reading in self.by_kind.items():
            chosen = others.filter(kinds == kind)
            if len(chosen):
                of_kind = stripped.replace_strict(
                    chosen, READINGS[reading](chosen, dtype), default=None, return_dtype=dtype
                )
                read = read.zip_with(~stripped.is_in(chosen.implode()).fill_null(False), of_kind)
        return read


def reading_of(cells: "pl.Series", values: "pl.Series") -> str | None:
    """Return the name of the reading that gives the known values of cells of one kind; None where none does."""
    for name, reading in READINGS.items():
        if name in _fitting(values.dtype) and reading(cells, values.dtype).equals(values, null_equal=True):
            return name
    return None


def _fitting(dtype: "pl.DataType") -> tuple[str, ...]:
    return ("number", "grouped number", "missing") if dtype.is_numeric() else (
        ("date", "missing") if isinstance(dtype, pl.Datetime) else ("missing",)
    )  # fmt: skip


def _as_number(cells: "pl.Series", dtype: "pl.DataType") -> "pl.Series":
    return cells.str.strip_prefix("+").cast(dtype, strict=False)


def _as_grouped(cells: "pl.Series", dtype: "pl.DataType") -> "pl.Series":
    return cells.str.replace(".", "", literal=True).str.strip_prefix("+").cast(dtype, strict=False)


def _as_date(cells: "pl.Series", dtype: "pl.DataType") -> "pl.Series":
    micro = np.round(date_cells(cells.to_list()).day_first * 1e6)
    return pl.Series(cells.name, micro).fill_nan(None).cast(pl.Int64).cast(dtype)


def _as_missing(cells: "pl.Series", dtype: "pl.DataType") -> "pl.Series":
    return pl.Series(cells.name, [None] * len(cells), dtype=dtype)


READINGS = {"number": _as_number, "grouped number": _as_grouped, "date": _as_date, "missing": _as_missing}
