"""Another table brought in line with a schema: columns matched by name, cells as the schema has them."""

import warnings
from collections.abc import Sequence

import numpy as np

from glassnet.data.cell_format import CellFormat
from glassnet.data.column import Column
from glassnet.data.columns import Table, as_text, nearest
from glassnet.data.read_columns import read_text

MOST_OTHER = 0.5  # fraction of cells with levels that training did not see, above which a warning is given


def match(known: Sequence[Column], table: Table) -> Table:
    """Return the table's columns in the order of training, as numbers and dates where these were; others are dropped.

    `ValueError` names a missing column, with the most similar name, and a cell of text among numbers or dates.
    """
    names = tuple(column.name for column in known)
    missing = [name for name in names if name not in table.names]
    if missing:
        raise ValueError(_difference(missing, [name for name in table.names if name not in names]))
    cells_of = dict(zip(table.names, table.columns, strict=True))
    formats = {column.name: _format(column) for column in known if column.kind in ("number", "flag", "date")}
    texts = read_text(table, formats)
    parsed = {name: text.floats for name, text in texts.items()}
    columns = [_as_kind(column, cells_of[column.name], table, parsed.get(column.name)) for column in known]
    for column, cells in zip(known, columns, strict=True):
        if column.kind == "category":
            _warn_of_other_levels(column, cells)
        elif column.kind != "left out" and not column.missing:
            _warn_of_gaps(column, cells)
    return Table(names, tuple(columns))


def _difference(missing: Sequence[str], unknown: Sequence[str]) -> str:
    lines = [f"{len(missing)} column(s) of the training table are missing:"]
    for name in missing:
        like = nearest(name, unknown)
        lines.append(f"  - {name}" + (f"   (the table has {like!r}; rename it?)" if like else ""))
    if unknown:
        lines.append(f"columns that the training table did not have: {', '.join(unknown)}")
    return "\n".join(lines)


def _as_kind(column: Column, cells: np.ndarray, table: Table, parsed: np.ndarray | None) -> np.ndarray:
    if column.kind in ("number", "flag", "date"):
        if (column.kind == "date") != (column.name in table.dates) and cells.dtype != object:
            was, has = ("dates", "numbers") if column.kind == "date" else ("numbers", "dates")
            raise ValueError(f"column {column.name!r} held {was} in training, but now holds {has}; give it as it was")
        return cells if parsed is None else parsed
    if column.kind == "category" and cells.dtype != object:
        return as_text(cells.tolist())
    return cells


def _format(column: Column) -> CellFormat:
    """Return how text is read in a column that had numbers or dates in training."""
    return column.cells or CellFormat("date" if column.kind == "date" else "number")


def _warn_of_other_levels(column: Column, cells: np.ndarray) -> None:
    known = set(column.levels)
    present = [cell for cell in cells if cell is not None]
    other = [cell for cell in present if cell not in known]
    if known and len(other) > MOST_OTHER * len(present):
        warnings.warn(
            f"{len(other)} of {len(present)} cells of column {column.name!r} are no level that training saw: it has "
            f"{min(other)!r}, where training had {column.levels[0]!r}",
            UserWarning,
            stacklevel=3,
        )


def _warn_of_gaps(column: Column, cells: np.ndarray) -> None:
    gaps = int(np.isnan(cells).sum())
    if gaps:
        warnings.warn(
            f"column {column.name!r} was never missing in training, but is in {gaps} row(s); the median of training "
            "stands in for it",
            UserWarning,
            stacklevel=3,
        )
