"""Another table brought in line with a schema: columns matched by name, cells as the schema has them."""

import warnings
from collections.abc import Sequence
from functools import partial

import numpy as np

from glassnet.data.column import CONSTANT, Column
from glassnet.data.columns import Table, as_text, nearest
from glassnet.data.parse import as_dates, as_numbers, first_unparsable

MOST_OTHER = 0.5  # fraction of cells with levels that training did not see, above which a warning is given


def match(known: Sequence[Column], table: Table, *, warn: bool = True) -> Table:
    """Return the table's columns in the order of training, as numbers and dates where these were; others are dropped.

    `ValueError` names a missing column, with the most similar name, and a cell of text among numbers or dates. With
    `warn`, a column of mostly unknown levels and one with its first gaps are warned of.
    """
    names = tuple(column.name for column in known)
    missing = [name for name in names if name not in table.names]
    if missing:
        raise ValueError(_difference(missing, [name for name in table.names if name not in names]))
    cells_of = dict(zip(table.names, table.columns, strict=True))
    columns = [_as_kind(column, cells_of[column.name], table) for column in known]
    for column, cells in zip(known, columns, strict=True) if warn else ():
        if column.kind == "category":
            _warn_of_other_levels(column, cells)
        elif gaps := _of_first_gaps(column, cells):
            warnings.warn(gaps, UserWarning, stacklevel=2)
    return Table(names, tuple(columns))


def unlearnable(known: Sequence[Column], matched: Table) -> dict[str, str]:
    """Return what in rows to learn from the network has no input for: for every such column a sentence."""
    texts = {
        column.name: _of_new_levels(column, cells) or _of_first_gaps(column, cells) or _of_variation(column, cells)
        for column, cells in zip(known, matched.columns, strict=True)
    }
    return {name: text for name, text in texts.items() if text}


def _difference(missing: Sequence[str], unknown: Sequence[str]) -> str:
    lines = [f"{len(missing)} column(s) of the training table are missing:"]
    for name in missing:
        like = nearest(name, unknown)
        lines.append(f"  - {name}" + (f"   (the table has {like!r}; rename it?)" if like else ""))
    if unknown:
        lines.append(f"columns that the training table did not have: {', '.join(unknown)}")
    return "\n".join(lines)


def _as_kind(column: Column, cells: np.ndarray, table: Table) -> np.ndarray:
    if column.kind in ("number", "flag", "date"):
        if (column.kind == "date") != (column.name in table.dates) and cells.dtype != object:
            was, has = ("dates", "numbers") if column.kind == "date" else ("numbers", "dates")
            raise ValueError(f"column {column.name!r} held {was} in training, but now holds {has}; give it as it was")
        return _parsed(column, cells) if cells.dtype == object else cells
    if column.kind == "category" and cells.dtype != object:
        return as_text(cells.tolist())
    return cells


def _parsed(column: Column, cells: np.ndarray) -> np.ndarray:
    numbers = partial(as_numbers, decimal_comma=column.decimal_comma)
    parse, what = (as_dates, "dates") if column.kind == "date" else (numbers, "numbers")
    parsed = parse(cells)
    if parsed is None:
        row = first_unparsable(parse, cells)
        raise ValueError(
            f"column {column.name!r} held {what} in training, but row {row} has {cells[row]!r}; "
            "correct that cell or leave it empty"
        )
    return parsed


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


def _of_new_levels(column: Column, cells: np.ndarray) -> str:
    new = set(cells) - {None, *column.levels} if column.kind == "category" else set[str]()
    if not new:
        return ""
    return (
        f"column {column.name!r} has {min(new)!r} and {len(new) - 1} other level(s) that were not in the first rows: "
        "they count as one unknown level; fit to all rows together to tell them apart"
    )


def _of_first_gaps(column: Column, cells: np.ndarray) -> str:
    numeric = column.kind in ("number", "flag", "date") and not column.missing
    gaps = int(np.isnan(cells).sum()) if numeric else 0
    if not gaps:
        return ""
    return (
        f"column {column.name!r} was never missing in training, but is in {gaps} row(s); the median of training "
        "stands in for it"
    )


def _of_variation(column: Column, cells: np.ndarray) -> str:
    if column.reason != CONSTANT or all(cell == cells[0] for cell in cells):
        return ""
    return (
        f"column {column.name!r} was the same in every row of the first fit, which left it out, and now varies: "
        "nothing is learned from it; fit again, or begin with partial_fit or warm_start=True, which keep such columns"
    )
