"""What each column of a table is, read once from its cells and never from the target."""

import re
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from glassnet.data.column import CONSTANT, Column
from glassnet.data.columns import Table
from glassnet.data.dates import periods_seen
from glassnet.data.parse import as_dates, as_numbers

MOST_LEVELS = 256
MOST_STRAY = 0.05  # fraction of text cells in a column that was meant to be numbers
FREE_TEXT = 40  # letters in the median cell of text that nobody would call a category
ID_NAME = re.compile(r"(^|[ _.-])(id|ids|key|uuid|guid|index|row|nr|no)$|^unnamed", re.IGNORECASE)
OTHER_DATE = re.compile(r"^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")


@dataclass(frozen=True)
class Reading:
    """How columns are read: numbers of two values as flags, and categories of more levels than this as codes.

    `keep_constant` keeps columns that are the same in every row: rows that come later may differ.
    """

    flags: bool = True
    most_inputs: int = 16
    keep_constant: bool = False


def read_columns(table: Table, how: Reading) -> tuple[Column, ...]:
    """Return what every column is; those that are the same in every row are left out while others are not."""
    columns = tuple(
        _read_column(name, cells, table, how) for name, cells in zip(table.names, table.columns, strict=True)
    )
    if how.keep_constant:
        return columns
    varying = tuple(
        replace(column, kind="left out", reason=CONSTANT) if _is_constant(cells) else column
        for column, cells in zip(columns, table.columns, strict=True)
    )
    return varying if any(column.kind != "left out" for column in varying) else columns


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
    return Column(name, "date", missing=bool(np.isnan(seconds).any()), periods=periods_seen(seconds))


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
