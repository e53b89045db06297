"""What each column of a table is, read once from its cells and never from the target."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from glassnet._lazy import pl
from glassnet._warn import warn_caller
from glassnet.data.booleans import FALSE_TRUE
from glassnet.data.cell_format import CellFormat, Convention
from glassnet.data.cells_read import CellsRead
from glassnet.data.column import CONSTANT, Column
from glassnet.data.column_summary import ColumnSummary, summarise
from glassnet.data.columns import Table
from glassnet.data.date_summary import DateSummary
from glassnet.data.identifiers import is_index_name
from glassnet.data.missing import is_missing
from glassnet.data.number_summary import NumberSummary
from glassnet.data.parse_numbers import plain
from glassnet.data.read_cells import read_cells
from glassnet.data.read_summaries import read_summaries
from glassnet.data.text_summary import TextSummary
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
    """Return what every column of a table is; what was decided about text is warned of."""
    return columns_of(summarise(table, count=how.drop_identifiers), how)


def columns_of(summaries: Mapping[str, ColumnSummary], how: Reading) -> tuple[Column, ...]:
    """Return what every column is, by its summary; what was decided about text is warned of.

    Columns that only number the rows, and those that are the same in every row, are left out while others are not.
    """
    open_texts = {
        name: summary
        for name, summary in summaries.items()
        if isinstance(summary, TextSummary) and not summary.declared
    }
    texts = read_summaries(open_texts)
    _warn_of(texts)
    columns = _read_columns(summaries, texts, how)
    if how.drop_identifiers and all(column.kind == "left out" for column in columns):
        columns = _read_columns(summaries, texts, replace(how, drop_identifiers=False))
    return tuple(_with_origin(column, summaries[column.name]) for column in columns)


def _read_columns(
    summaries: Mapping[str, ColumnSummary], texts: Mapping[str, CellsRead], how: Reading
) -> tuple[Column, ...]:
    columns = tuple(_read_column(name, summary, texts.get(name), how) for name, summary in summaries.items())
    if how.keep_constant:
        return columns
    varying = tuple(
        replace(column, kind="left out", reason=CONSTANT) if summaries[column.name].is_constant else column
        for column in columns
    )
    return varying if any(column.kind != "left out" for column in varying) else columns


def _with_origin(column: Column, summary: ColumnSummary) -> Column:
    """Return a column of numbers with what was subtracted from it, and with its values where these are 0 and 1."""
    if column.kind not in ("number", "flag") or isinstance(summary, DateSummary):
        return column
    values = FALSE_TRUE if column.kind == "number" and summary.is_boolean else column.values
    return replace(column, values=values, origin=summary.origin if isinstance(summary, NumberSummary) else 0)


def read_text(table: Table, known: Mapping[str, CellFormat] | None = None) -> dict[str, CellsRead]:
    """Return columns of text, but for declared categories, as what their cells are; a warning says what was decided."""
    texts = {
        name: pl.Series(name, cells.tolist(), dtype=pl.String)
        for name, cells in zip(table.names, table.columns, strict=True)
        if cells.dtype == object and name not in table.declared and (known is None or name in known)
    }
    read = read_cells(texts, Convention(), lambda row: f"row {row}", known=known)
    _warn_of(read)
    return read


def _warn_of(read: Mapping[str, CellsRead]) -> None:
    notes = [note for column in read.values() for note in column.notes if note.code in WARNED]
    if notes:
        warn_caller("\n".join(str(note) for note in notes))


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
        warn_caller("\n".join(map(str, read.notes)))
    return numbers


def _read_column(name: str, summary: ColumnSummary, text: CellsRead | None, how: Reading) -> Column:
    match summary:
        case DateSummary():
            return _date(name, summary)
        case NumberSummary():
            return _number(name, summary, how)
        case TextSummary():
            return _text(name, summary, text, how)


def _text(name: str, summary: TextSummary, text: CellsRead | None, how: Reading) -> Column:
    if text is not None and not text.cells.count():
        return Column(name, "left out", missing=True, reason="missing in every row")
    numbers = None if text is None else text.floats
    if text is None or numbers is None:
        return _category(name, summary, how)
    if text.cells.dtype.is_temporal():
        dates = DateSummary.of(numbers, text.format.zoned)
        dates.add_missing(summary.missing)
        return replace(_date(name, dates), cells=text.format)
    return replace(_number(name, _of_text(name, numbers, summary), how), cells=text.format)


def _of_text(name: str, numbers: np.ndarray, text: TextSummary) -> NumberSummary:
    """Return the summary of a column of text whose different cells are these numbers."""
    summary = NumberSummary.of(numbers, count=is_index_name(name))
    summary.add_missing(text.missing)
    if summary.row_numbers is not None and text.rows > len(numbers):
        summary.row_numbers.give_up()
    return summary


def _number(name: str, summary: NumberSummary, how: Reading) -> Column:
    if how.drop_identifiers and summary.row_numbers is not None:
        counts = summary.row_numbers.counts_rows()
        if counts is None:
            raise ValueError(_too_many_ids(name, summary.rows))
        if counts:
            return Column(name, "left out", reason=NUMBERS_ROWS)
    missing, values = bool(summary.missing), _two_values(name, summary) if how.flags else None
    if values is not None:
        return Column(name, "flag", missing=missing, values=values)
    return Column(name, "number", missing=missing)


def _two_values(name: str, summary: NumberSummary) -> tuple[float, float] | None:
    try:
        return summary.two_values
    except ValueError as error:
        raise ValueError(f"column {name!r} cannot be read in slices: {error}") from None


def _too_many_ids(name: str, rows: int) -> str:
    return (
        f"column {name!r} cannot be read in slices: whether its {rows} integers are all different is not known, "
        "because they are from too long a range; leave it out, or type Recipe(drop_identifiers=False)"
    )


def _date(name: str, summary: DateSummary) -> Column:
    known = summary.zoned if summary.has_dates else None
    return Column(name, "date", missing=bool(summary.missing), periods=summary.periods, zoned=known)


def _category(name: str, summary: TextSummary, how: Reading) -> Column:
    """Return a category; one of more levels than can be learned is known by those that come again, and by its words."""
    counts, present = summary.counts(), summary.rows - summary.missing
    levels, tokens = tuple(sorted(counts)), tuple[str, ...]()
    if how.drop_identifiers and len(levels) == present > 2 and is_index_name(name):
        return Column(name, "left out", reason=NUMBERS_ROWS)
    more_levels, rare = len(levels) > MOST_LEVELS, tuple[str, ...]()
    if more_levels:
        levels, tokens = frequent_levels(counts, MOST_LEVELS), frequent_tokens(counts)
        if not levels and not tokens:
            return Column(name, "left out", reason=DIFFERS)
    elif not how.keep_constant:  # where more rows will come, what is rare so far may not stay so
        rare = rare_levels(counts)
        levels = tuple(sorted(set(levels) - set(rare)))
    return Column(
        name, "category", levels, summary.missing > 0, coded=len(levels) > how.most_inputs, more_levels=more_levels,
        tokens=tokens, rare_levels=rare,
    )  # fmt: skip
