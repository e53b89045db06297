"""Columns of text as what their cells are, by their different cells and how many rows have each."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from glassnet._lazy import pl
from glassnet.data.cell_format import Convention
from glassnet.data.cell_text import CellText, counted_text
from glassnet.data.cells_read import CellsRead, RowName
from glassnet.data.plain_numbers import plain_numbers
from glassnet.data.read_cells import read_texts
from glassnet.data.text_summary import TextSummary

CONVENTION = Convention()


def read_summaries(texts: Mapping[str, TextSummary]) -> dict[str, CellsRead]:
    """Return the different cells of columns as numbers, dates or text, in the order of their first rows.

    The same is decided as from all rows; a note names the first row of a cell.
    """
    tables = {name: text.stripped() for name, text in texts.items()}
    columns = {name: table["cell"].alias(name) for name, table in tables.items()}
    plain = {name: found for name, cells in columns.items() if (found := plain_numbers(cells, CONVENTION)) is not None}
    cells = {name: _cell_text(name, table) for name, table in tables.items() if name not in plain}
    return read_texts(columns, plain, cells, CONVENTION, lambda name: _row_name(tables[name]))


def _cell_text(name: str, table: "pl.DataFrame") -> CellText:
    order = table["cell"].arg_sort()
    sorted_up = table[order]
    counted = counted_text(name, sorted_up["cell"], sorted_up["rows"].to_numpy(), CONVENTION)
    place = np.empty(len(order), dtype=np.int64)
    place[order.to_numpy()] = np.arange(len(order))
    return replace(counted, cells=counted.cells[place])


def _row_name(table: "pl.DataFrame") -> RowName:
    """Return what a cell is called: the first row that has it."""
    first = table["first"]
    return lambda place: f"row {first[place]}"
