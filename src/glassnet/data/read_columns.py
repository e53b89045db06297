"""What each column of a table is, read once from its cells and never from the target."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from glassnet._lazy import pl
from glassnet.data.cell_format import CellFormat, Convention
from glassnet.data.cells_read import CellsRead
from glassnet.data.column import CONSTANT, Column
from glassnet.data.columns import Table
from glassnet.data.dates import periods_seen
from glassnet.data.identifiers import counts_rows, is_index_name
from glassnet.data.missing import is_missing
from glassnet.data.parse_numbers import plain
from glassnet.data.read_cells import read_cells
from glassnet.data.tokens import frequent_levels, frequent_tokens, rare_levels

MOST_LEVELS = 256

NUMBERS_ROWS = "a value of its own in every row, by its name an index or id; Recipe(drop_identifiers=False) keeps it"
DIFFERS = f"text of more than {MOST_LEVELS} values, no value or word of which is frequent enough to learn from"
WARNED = ("ambiguous", "odd cells", "mixed units")  # all else that is decided stands in the schema


@dataclass(frozen=True)
class Reading:
    """How columns are read.

    Parameters
    ----------
    flags : bool
        Whether numbers of two values are flags.
    most_inputs : int
        Categories of more levels than this are codes.
    drop_identifiers : bool
        Whether columns that only number the rows are left out.
    keep_constant : bool
        Whether columns that are the same in every row are kept: rows that come later may differ.
    """

    flags: bool = True
    most_inputs: int = 16
    drop_identifiers: bool = True
    keep_constant: bool = False


def read_columns(table: Table, how: Reading) -> tuple[Column, ...]:
    """Return what every column is; what was decided about text is warned of.

    Columns that only number the rows, and those that are the same in every row, are left out while others are not.
    """
    texts = read_text(table)
    columns = _read_columns(table, texts, how)
    if how.drop_identifiers and all(column.kind == "left out" for column in columns):
        return _read_columns(table, texts, replace(how, drop_identifiers=False))
    return columns


def _read_columns(table: Table, texts: Mapping[str, CellsRead], how: Reading) -> tuple[Column, ...]:
    columns = tuple(
        _read_column(name, cells, table, texts.get(name), how)
        for name, cells in zip(table.names, table.columns, strict=True)
    )
    if how.keep_constant:
        return columns
    varying = tuple(
        replace(column, kind="left out", reason=CONSTANT) if _is_constant(cells) else column
        for column, cells in zip(columns, table.columns, strict=True)
    )
    return varying if any(column.kind != "left out" for column in varying) else columns


def read_text(table: Table, known: Mapping[str, CellFormat] | None = None) -> dict[str, CellsRead]:
    """Return columns of text, but for declared categories, as what their cells are; a warning says what was decided."""
    texts = {
        name: pl.Series(name, cells.tolist(), dtype=pl.String)
        for name, cells in zip(table.names, table.columns, strict=True)
        if cells.dtype == object and name not in table.declared and (known is None or name in known)
    }
    read = read_cells(texts, Convention(), lambda row: f"row {row}", known=known)
    notes = [note for column in read.values() for note in column.notes if note.code in WARNED]
    if notes:
        warnings.warn("\n".join(str(note) for note in notes), UserWarning, stacklevel=2)
    return read


def numbers_in_text(cells: np.ndarray) -> np.ndarray:
    """Return a target of text as numbers, NaN where a cell is missing; what was decided is warned of.

    `ValueError` names the first cell that is neither.
    """
    column = pl.Series("the target", cells.tolist(), dtype=pl.String)
    read = read_cells({column.name: column}, Convention(), lambda row: f"row {row}")[column.name]
    numbers = read.floats if not read.cells.dtype.is_temporal() else None
    unread = np.ones(len(cells), dtype=bool) if numbers is None else np.isnan(numbers)
    odd = [row for row in np.flatnonzero(unread) if cells[row] is not None and not is_missing(plain(cells[row]))]
    if odd or numbers is None:
        row = odd[0] if odd else 0
        raise ValueError(
            f"the target must be numbers, but holds text: row {row} has {cells[row]!r} ({len(odd)} such row(s)); "
            "correct these rows or leave them out, turn them into numbers first, or use a classifier for classes"
        )
    if read.notes:
        warnings.warn("\n".join(map(str, read.notes)), UserWarning, stacklevel=2)
    return numbers


def _read_column(name: str, cells: np.ndarray, table: Table, text: CellsRead | None, how: Reading) -> Column:
    if name in table.dates:
        return _date(name, cells, name in table.zoned)
    if cells.dtype != object:
        return _number(name, cells, how)
    numbers = None if text is None else text.floats
    if text is not None and not text.cells.count():
        return Column(name, "left out", missing=True, reason="missing in every row")
    if text is not None and numbers is not None:
        column = (
            _date(name, numbers, text.format.zoned) if text.cells.dtype.is_temporal() else _number(name, numbers, how)
        )
        return replace(column, cells=text.format)
    return _category(name, [cell for cell in cells if cell is not None], len(cells), how)


def _number(name: str, cells: np.ndarray, how: Reading) -> Column:
    missing, values = bool(np.isnan(cells).any()), np.unique(cells[~np.isnan(cells)])
    if how.drop_identifiers and is_index_name(name) and counts_rows(cells):
        return Column(name, "left out", reason=NUMBERS_ROWS)
    if how.flags and len(values) == 2 and np.isfinite(values).all():
        return Column(name, "flag", missing=missing, values=(float(values[0]), float(values[1])))
    return Column(name, "number", missing=missing)


def _date(name: str, seconds: np.ndarray, zoned: bool) -> Column:
    known = None if np.isnan(seconds).all() else zoned
    return Column(name, "date", missing=bool(np.isnan(seconds).any()), periods=periods_seen(seconds), zoned=known)


def _category(name: str, present: Sequence[str], rows: int, how: Reading) -> Column:
    """Return a category; one of more levels than can be learned is known by those that come again, and by its words."""
    levels, tokens = tuple(sorted(set(present))), tuple[str, ...]()
    if how.drop_identifiers and len(levels) == len(present) > 2 and is_index_name(name):
        return Column(name, "left out", reason=NUMBERS_ROWS)
    more_levels, rare = len(levels) > MOST_LEVELS, tuple[str, ...]()
    if more_levels:
        levels, tokens = frequent_levels(present, MOST_LEVELS), frequent_tokens(present)
        if not levels and not tokens:
            return Column(name, "left out", reason=DIFFERS)
    elif not how.keep_constant:  # where more rows will come, what is rare so far may not stay so
        rare = rare_levels(present)
        levels = tuple(sorted(set(levels) - set(rare)))
    return Column(
        name, "category", levels, len(present) < rows, coded=len(levels) > how.most_inputs, more_levels=more_levels,
        tokens=tokens, rare_levels=rare,
    )  # fmt: skip


def _is_constant(cells: np.ndarray) -> bool:
    if cells.dtype != object:
        return not np.isnan(cells).any() and bool(np.all(cells == cells[0]))
    return all(cell == cells[0] for cell in cells)
