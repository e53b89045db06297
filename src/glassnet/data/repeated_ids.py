"""Columns of ids that several rows have: such rows are of the same person or thing, and often alike."""

import numpy as np

from glassnet.data.columns import Table
from glassnet.data.identifiers import is_id_name

LEAST_IDS = 20  # fewer are rather kinds, of which new rows will be too


def repeated_ids(table: Table) -> list[str]:
    """Return the columns that are ids by their names, and whose ids have two rows or more on average."""
    columns = zip(table.names, table.columns, strict=True)
    return [name for name, cells in columns if is_id_name(name) and _repeats(cells)]


def _repeats(cells: np.ndarray) -> bool:
    known = {cell for cell in cells.tolist() if cell is not None and cell == cell}  # only NaN differs from itself
    integer = cells.dtype == object or all(cell.is_integer() for cell in known)
    return integer and has_repeats(len(known), len(cells))


def has_repeats(different: float, rows: int) -> bool:
    """Return whether so many different ids in so many rows are those of several rows each."""
    return different >= LEAST_IDS and 2 * different <= rows
