"""Another table brought in line with a schema: columns matched by name, cells as the schema has them."""

from collections.abc import Sequence

import numpy as np

from glassnet._warn import warn_caller
from glassnet.data.booleans import FALSE_TRUE, as_levels, as_words, with_digits
from glassnet.data.cell_format import CellFormat
from glassnet.data.column import CONSTANT, Column
from glassnet.data.columns import Table, nearest
from glassnet.data.date_column import other_zones
from glassnet.data.dense_size import check_dense
from glassnet.data.integers import LARGEST_EXACT, less_origin, plus_origin
from glassnet.data.read_columns import read_text
from glassnet.data.sparse import SparseColumns
from glassnet.data.tokens import tokens_of
from glassnet.data.values import as_text

MOST_NAMES = 10  # in a warning
MOST_OTHER = 0.5  # fraction of cells with levels that training did not see, above which a warning is given


def match(known: Sequence[Column], table: Table, *, warn: bool = True) -> Table:
    """Return the table's columns in the order of training, as numbers and dates where these were.

    Other columns are dropped, and columns that are left out may be missing. `ValueError` names any other column
    that is missing, with the most similar name, and a cell of text among numbers or dates. With `warn`, columns
    that are dropped are warned of, one of mostly unknown levels, and one with its first gaps. A sparse table stays
    sparse, unless training had categories or dates.
    """
    names = tuple(column.name for column in known)
    place = {name: number for number, name in enumerate(table.names)}
    missing = [column.name for column in known if column.kind != "left out" and column.name not in place]
    wanted = set(names)
    unknown = [name for name in table.names if name not in wanted]
    if missing:
        raise ValueError(_difference(missing, unknown))
    if unknown and warn:
        _warn_of_unknown(unknown)
    if isinstance(table.columns, SparseColumns) and wanted <= place.keys():
        selected = table.columns.select([place[name] for name in names])
        if all(column.kind in ("number", "flag", "left out") and not column.origin for column in known):
            for column, gaps in zip(known, selected.gaps(), strict=True) if warn else ():
                _warn(_of_first_gaps(column, int(gaps)))
            return Table(names, selected)
        check_dense(table.rows, len(names))
    absent = np.full(table.rows, None, dtype=object)  # a column that is left out need not be there
    columns = [
        _as_kind(column, table.columns[place[column.name]], table) if column.name in place else absent
        for column in known
    ]
    for column, cells in zip(known, columns, strict=True) if warn else ():
        if column.kind == "category":
            _warn_of_other_levels(column, cells)
        else:
            _warn(_of_first_gaps(column, _gaps(column, cells)))
    return Table(names, tuple(columns))


def unlearnable(known: Sequence[Column], matched: Table) -> dict[str, str]:
    """Return what in rows to learn from the network has no input for: for every such column a sentence."""
    texts = {
        column.name: _of_new_levels(column, cells)
        or _of_first_gaps(column, _gaps(column, cells))
        or _of_variation(column, cells)
        for column, cells in zip(known, matched.columns, strict=True)
    }
    return {name: text for name, text in texts.items() if text}


def unknown_cells(column: Column, cells: np.ndarray) -> np.ndarray:
    """Return which cells of a category have no level that training saw; of text, nor a word that is an input."""
    known, tokens = set(column.known_levels), set(column.tokens)
    unknown = [
        cell is not None and cell not in known and (not tokens or tokens.isdisjoint(tokens_of(cell)))
        for cell in cells
    ]  # fmt: skip
    return np.array(unknown, dtype=bool)


def _difference(missing: Sequence[str], unknown: Sequence[str]) -> str:
    lines = [f"{len(missing)} column(s) of the training table are missing:"]
    for name in missing:
        like = nearest(name, unknown)
        lines.append(f"  - {name}" + (f"   (the table has {like!r}; rename it?)" if like else ""))
    if unknown:
        lines.append(f"columns that the training table did not have: {', '.join(unknown)}")
    return "\n".join(lines)


def _as_kind(column: Column, cells: np.ndarray, table: Table) -> np.ndarray:
    if column.kind == "category":
        return as_levels(column.known_levels, cells if cells.dtype == object else _as_text(column, cells, table))
    if column.kind == "left out":
        return cells
    if cells.dtype == object:
        return _parsed(column, cells)
    if (column.kind == "date") != (column.name in table.dates):
        was, has = ("dates", "numbers") if column.kind == "date" else ("numbers", "dates")
        raise ValueError(f"column {column.name!r} held {was} in training, but now holds {has}; give it as it was")
    if column.zoned is not None and column.zoned != (column.name in table.zoned) and not np.isnan(cells).all():
        raise ValueError(other_zones(column.name, column.zoned))
    if column.kind == "flag" and column.name in table.booleans and column.values != FALSE_TRUE:
        low, high = column.values
        raise ValueError(
            f"column {column.name!r} held {low:g} and {high:g} in training, but now holds booleans; give it as it was"
        )
    return _less_origin(column, cells, table.origins.get(column.name, 0))


def _as_text(column: Column, numbers: np.ndarray, table: Table) -> np.ndarray:
    if column.name in table.booleans:
        return as_words(column.known_levels, numbers)
    origin = table.origins.get(column.name, 0)
    return as_text([None if np.isnan(number) else plus_origin(number, origin) for number in numbers.tolist()])


def _less_origin(column: Column, numbers: np.ndarray, origin: int) -> np.ndarray:
    """Return numbers, from which `origin` was subtracted, less the origin of the column."""
    if origin == column.origin:
        return numbers
    if not origin and np.nanmax(np.abs(numbers), initial=0.0) > LARGEST_EXACT:
        warn_caller(
            f"column {column.name!r} held integers beyond 2^53 in training, but now holds floats, which do not tell "
            "neighbours of that size apart; give integers (where some are missing, as the type Int64 of pandas)"
        )
    return numbers + float(origin - column.origin)


def _parsed(column: Column, cells: np.ndarray) -> np.ndarray:
    integers = _integers(cells) if column.origin else None
    if integers is not None:
        numbers, origin = less_origin(column.name, [number for number in integers if number is not None])
        given = np.full(len(cells), np.nan)
        given[[number is not None for number in integers]] = numbers
        return _less_origin(column, given, origin)
    format = column.cells or CellFormat("date" if column.kind == "date" else "number", zoned=bool(column.zoned))
    table = Table((column.name,), (with_digits(column, cells),))
    parsed = read_text(table, {column.name: format})[column.name].floats
    return cells if parsed is None else _less_origin(column, parsed, 0)


def _integers(cells: np.ndarray) -> list[int | None] | None:
    """Return text as integers of any size, or None where some cell is no integer."""
    try:
        return [None if cell is None else int(cell) for cell in cells]
    except ValueError:
        return None


def _warn_of_unknown(names: Sequence[str]) -> None:
    some = ", ".join(map(repr, names[:MOST_NAMES]))
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    warn_caller(f"column(s) that the training table did not have are ignored: {some}{more}")


def _warn_of_other_levels(column: Column, cells: np.ndarray) -> None:
    other = cells[unknown_cells(column, cells)]
    present = [cell for cell in cells if cell is not None]
    common = (*column.levels, *column.tokens)
    if common and len(other) > MOST_OTHER * len(present):
        frequent, seen = "have no value and no word that was frequent in training", "are no level that training saw"
        what = frequent if column.more_levels else seen
        warn_caller(
            f"{len(other)} of {len(present)} cells of column {column.name!r} {what}: it has "
            f"{min(other)!r}, where training had {common[0]!r}"
        )


def _of_new_levels(column: Column, cells: np.ndarray) -> str:
    closed = column.kind == "category" and not column.more_levels
    new = set(cells) - {None, *column.known_levels} if closed else set[str]()
    if not new:
        return ""
    return (
        f"column {column.name!r} has {min(new)!r} and {len(new) - 1} other level(s) that were not in the first rows: "
        "they count as one unknown level; fit to all rows together to tell them apart"
    )


def _gaps(column: Column, cells: np.ndarray) -> int:
    return int(np.count_nonzero(np.isnan(cells))) if column.kind in ("number", "flag", "date") else 0


def _of_first_gaps(column: Column, gaps: int) -> str:
    if not gaps or column.missing or column.kind not in ("number", "flag", "date"):
        return ""
    return (
        f"column {column.name!r} was never missing in training, but is in {gaps} row(s); the median of training "
        "stands in for it"
    )


def _warn(message: str) -> None:
    if message:
        warn_caller(message)


def _of_variation(column: Column, cells: np.ndarray) -> str:
    if column.reason != CONSTANT or all(cell == cells[0] for cell in cells):
        return ""
    return (
        f"column {column.name!r} was the same in every row of the first fit, which left it out, and now varies: "
        "nothing is learned from it; fit again, or begin with partial_fit or warm_start=True, which keep such columns"
    )
