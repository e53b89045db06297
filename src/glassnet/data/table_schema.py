"""The schema: what each column is. It is read once from the inputs, never from the target, and holds no statistics."""

import re
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np

from glassnet.data.columns import Table
from glassnet.data.dates import turns_seen
from glassnet.data.parse import as_dates, as_numbers

MOST_LEVELS = 256
MOST_STRAY = 0.05  # share of cells of text in a column that was meant to be numbers
FREE_TEXT = 40  # letters in the middle cell of text that nobody would call a category
ID_NAME = re.compile(r"(^|[ _.-])(id|ids|key|uuid|guid|index|row|nr|no)$|^unnamed", re.IGNORECASE)
OTHER_DATE = re.compile(r"^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
MOST_DATES_TO_SUBTRACT = 4

Kind = Literal["number", "flag", "category", "date", "left out"]


@dataclass(frozen=True)
class Column:
    """One column: a number, a flag of two values, a category, a date, or one that is left out (with the reason).

    `coded` categories are one input, the number of the level, for an embedding; others have an input a level.
    """

    name: str
    kind: Kind
    levels: tuple[str, ...] = ()
    missing: bool = False
    reason: str = ""
    coded: bool = False
    values: tuple[float, ...] = ()  # of a flag: what becomes 0 and what becomes 1
    turns: tuple[str, ...] = ()  # of a date: the turns it goes through
    decimal_comma: bool | None = None  # of text that holds numbers, whether "3,5" is 3.5; None: no cell had a comma

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of its inputs that are numbers."""
        if self.kind == "date":
            parts = [f"{self.name}: {turn}, {wave}" for turn in self.turns for wave in ("sine", "cosine")]
            return (self.name, *parts)
        return (self.name,) if self.kind == "number" else ()

    @property
    def flags(self) -> tuple[str, ...]:
        """The names of its inputs that are 0 or 1."""
        if self.kind == "left out":
            return ()
        own = (self.name,) if self.kind == "flag" else ()
        if self.kind == "category" and not self.coded:
            own = tuple(f"{self.name}={level}" for level in self.levels)
        return (*own, f"{self.name} is missing") if self.missing else own

    def __str__(self) -> str:
        if self.kind == "left out":
            return f"left out: {self.reason}"
        words = {
            "number": "number",
            "flag": "flag",
            "category": f"category of {len(self.levels)} levels, {'embedded' if self.coded else 'an input each'}",
            "date": ", ".join(["date", *self.turns]),
        }[self.kind]
        return words + (", and whether it is missing" if self.missing else "")


@dataclass(frozen=True)
class TableSchema:
    """The columns, in the order of the first table; the network's inputs are numbers first, then flags, then codes."""

    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)

    @property
    def between(self) -> tuple[tuple[str, str], ...]:
        """The pairs of dates, the time between which is an input."""
        dates = [column.name for column in self.columns if column.kind == "date"]
        return tuple(combinations(dates, 2)) if len(dates) <= MOST_DATES_TO_SUBTRACT else ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of the inputs that are numbers."""
        own = [name for column in self.columns for name in column.numbers]
        return (*own, *(f"from {first} to {second}" for first, second in self.between))

    @property
    def flags(self) -> tuple[str, ...]:
        """The names of the inputs that are 0 or 1."""
        return tuple(name for column in self.columns for name in column.flags)

    @property
    def codes(self) -> tuple[Column, ...]:
        """The categories whose input is the number of the level."""
        return tuple(column for column in self.columns if column.kind == "category" and column.coded)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the network's inputs."""
        return (*self.numbers, *self.flags, *(column.name for column in self.codes))

    @property
    def text_columns(self) -> tuple[str, ...]:
        """The names of the columns that hold categories."""
        return tuple(column.name for column in self.columns if column.kind == "category")

    def __str__(self) -> str:
        width = max(len(name) for name in self.names)
        return "\n".join(f"{column.name:<{width}}  {column}" for column in self.columns)


@dataclass(frozen=True)
class Reading:
    """How columns are read: numbers of two values as flags, and categories of more levels than this as codes."""

    flags: bool = True
    most_inputs: int = 16


def read_schema(table: Table, reading: Reading | None = None) -> TableSchema:
    """Return the schema of a table; columns that are the same in every row are left out while others are not."""
    how = reading or Reading()
    columns = tuple(
        _read_column(name, cells, table, how) for name, cells in zip(table.names, table.columns, strict=True)
    )
    kept = tuple(
        replace(column, kind="left out", reason="the same in every row") if _is_constant(cells) else column
        for column, cells in zip(columns, table.columns, strict=True)
    )
    return TableSchema(kept if any(column.kind != "left out" for column in kept) else columns)


def _read_column(name: str, cells: np.ndarray, table: Table, how: Reading) -> Column:
    if name in table.dates:
        return _date(name, cells)
    if cells.dtype != object:
        return _number(name, cells, how)
    present = [cell for cell in cells if cell is not None]
    if present and name not in table.declared:
        numbers, dates = as_numbers(cells), as_dates(cells)
        if numbers is not None and np.isnan(numbers).all():
            return Column(name, "left out", reason="missing in every row")
        if numbers is not None:
            comma = as_numbers(cells, False) is None if any("," in cell for cell in present) else None
            return replace(_number(name, numbers, how), decimal_comma=comma)
        if dates is not None:
            return _date(name, dates)
        _warn_of_stray_text(name, cells)
        _warn_of_other_dates(name, present)
    levels = tuple(sorted(set(present)))
    reason = _why_no_category(name, present, levels)
    if reason:
        return Column(name, "left out", reason=reason)
    return Column(name, "category", levels, len(present) < len(cells), coded=len(levels) > how.most_inputs)


def _warn_of_stray_text(name: str, cells: np.ndarray) -> None:
    """Warn when nearly all cells are numbers: the others are more likely slips than a sign of categories."""
    counts = Counter(cell for cell in cells if cell is not None)
    odd = [cell for cell in counts if as_numbers(np.array([cell], dtype=object)) is None]
    stray = sum(counts[cell] for cell in odd)
    if stray <= MOST_STRAY * counts.total():
        row = next(row for row, cell in enumerate(cells) if cell in odd)
        warnings.warn(
            f"column {name!r} is taken as text, because row {row} has {cells[row]!r} among numbers ({stray} such "
            "cell(s)); correct these cells or leave them empty, or declare the column a category",
            UserWarning,
            stacklevel=2,
        )


def _warn_of_other_dates(name: str, present: Sequence[str]) -> None:
    if all(OTHER_DATE.match(cell.strip()) for cell in present):
        warnings.warn(
            f"column {name!r} is taken as text, though it looks like dates: in {present[0]!r} day and month could "
            "change places; write dates as 2024-12-31",
            UserWarning,
            stacklevel=2,
        )


def _number(name: str, cells: np.ndarray, how: Reading) -> Column:
    missing, values = bool(np.isnan(cells).any()), np.unique(cells[~np.isnan(cells)])
    if len(values) == len(cells) > 2 and ID_NAME.search(name) and np.array_equal(values, np.round(values)):
        return Column(name, "left out", reason="a number of its own in every row, by its name an id")
    if how.flags and len(values) == 2 and np.isfinite(values).all():
        return Column(name, "flag", missing=missing, values=(float(values[0]), float(values[1])))
    return Column(name, "number", missing=missing)


def _date(name: str, seconds: np.ndarray) -> Column:
    return Column(name, "date", missing=bool(np.isnan(seconds).any()), turns=turns_seen(seconds))


def _why_no_category(name: str, present: Sequence[str], levels: Sequence[str]) -> str:
    if len(levels) > MOST_LEVELS:
        middle = float(np.median([len(cell) for cell in present]))
        what = "free text" if middle > FREE_TEXT or " " in present[0].strip() else "text"
        return f"{what} with {len(levels)} levels, more than {MOST_LEVELS}"
    if len(levels) == len(present) > 2 and ID_NAME.search(name):
        return "text of its own in every row, by its name an id"
    return ""


def _is_constant(cells: np.ndarray) -> bool:
    if cells.dtype != object:
        return not np.isnan(cells).any() and bool(np.all(cells == cells[0]))
    return all(cell == cells[0] for cell in cells)
