"""What decides about the columns of a table, of its rows or of a slice of them: summaries that can be added up."""

from collections.abc import Mapping

import numpy as np

from glassnet._counted import counted
from glassnet.data.columns import Table
from glassnet.data.date_summary import DateSummary
from glassnet.data.identifiers import is_id_name, is_index_name
from glassnet.data.number_summary import NumberSummary
from glassnet.data.text_summary import TextSummary

ColumnSummary = NumberSummary | DateSummary | TextSummary
KINDS: Mapping[type[ColumnSummary], str] = {NumberSummary: "numbers", DateSummary: "dates", TextSummary: "text"}


def summarise(table: Table, *, count: bool, different: bool = False) -> dict[str, ColumnSummary]:
    """Return the summary of every column.

    `count` asks whether those named as an index count the rows, `different` how many values those named as ids have.
    """
    return {
        name: _summary(
            name, cells, table, count=count and is_index_name(name), different=different and is_id_name(name)
        )
        for name, cells in zip(table.names, table.columns, strict=True)
    }


def added(name: str, summary: ColumnSummary, other: ColumnSummary) -> ColumnSummary:
    """Return the summary of the rows of both, of which it may be one; `ValueError` names a column of several kinds."""
    if _is_empty_text(other):
        summary.add_missing(other.rows)
        return summary
    if _is_empty_text(summary):
        return _after_missing(summary.rows, other)
    try:
        match summary, other:
            case (NumberSummary(), NumberSummary()):
                summary.add(other)
            case (DateSummary(), DateSummary()):
                summary.add(other)
            case (TextSummary(), TextSummary()) if summary.declared == other.declared:
                summary.add(other)
            case _:
                raise ValueError(
                    f"it holds {_kind(summary)} in the first {counted(summary.rows, 'row')}, but {_kind(other)} after "
                    "them; give it one type"
                )
    except ValueError as error:
        raise ValueError(f"column {name!r} cannot be read in slices: {error}") from None
    return summary


def _summary(name: str, cells: np.ndarray, table: Table, *, count: bool, different: bool) -> ColumnSummary:
    if name in table.dates:
        return DateSummary.of(cells, name in table.zoned)
    if cells.dtype == object:
        return TextSummary.of(cells, name in table.declared)
    return NumberSummary.of(cells, table.origins.get(name, 0), count=count, different=different)


def _is_empty_text(summary: ColumnSummary) -> bool:
    """Return whether a column without a type has no cell: it may hold anything."""
    return isinstance(summary, TextSummary) and summary.is_empty


def _after_missing(rows: int, summary: ColumnSummary) -> ColumnSummary:
    if isinstance(summary, TextSummary):
        before = TextSummary(rows, rows, summary.declared)
        before.add(summary)
        return before
    summary.add_missing(rows)
    return summary


def _kind(summary: ColumnSummary) -> str:
    declared = isinstance(summary, TextSummary) and summary.declared
    return "categories" if declared else KINDS[type(summary)]
