"""Rows of cells as a network's inputs, in NumPy: functions that a written module is made of, each by its own source.

They do what `glassnet.data.match` and `glassnet.data.encode` do to a table: numbers first, then flags, then codes.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Protocol

import numpy as np

from glassnet.data.column import MOST_DATES_TO_SUBTRACT
from glassnet.data.columns import nearest
from glassnet.exchange.formulas.numpy_columns import TableColumn, codes


class Frame(Protocol):
    """A data frame, as those of pandas and polars."""

    @property
    def columns(self) -> Sequence[str]: ...

    def __getitem__(self, name: str) -> Sequence[object]: ...


Rows = Sequence[Mapping[str, object]] | Mapping[str, Sequence[object]] | Frame | np.ndarray


ROWS_ARE = "give a list of dicts, one a row; a dict of columns; a frame; or an array of the columns of training"


def columns_of(rows: Rows, names: Sequence[str]) -> dict[str, list[object]]:
    """Return the cells of rows by column: of a list of dicts, a dict of columns, a frame, or an array by position."""
    if isinstance(rows, np.ndarray):
        if rows.ndim != 2 or rows.shape[1] != len(names):
            raise ValueError(f"the array has shape {rows.shape}, and the model was fitted to {len(names)} column(s)")
        return {name: cells.tolist() for name, cells in zip(names, rows.T, strict=True)}
    if isinstance(rows, Mapping):
        found = {str(name): list(cells) for name, cells in rows.items()}
    elif isinstance(rows, Sequence):
        if not rows:
            raise ValueError("there is no row to predict")
        other = next((place for place, row in enumerate(rows) if not isinstance(row, Mapping)), None)
        if other is not None:
            raise TypeError(f"row {other} is a {type(rows[other]).__name__} and not a dict; {ROWS_ARE}")
        known = dict.fromkeys(name for row in rows for name in row)
        found = {name: [row.get(name) for row in rows] for name in known}
    elif hasattr(rows, "columns"):
        found = {str(name): list(rows[name]) for name in rows.columns}
    else:
        raise TypeError(f"rows is a {type(rows).__name__}; {ROWS_ARE}")
    if len(lengths := {len(cells) for cells in found.values()}) > 1:
        raise ValueError(f"the columns have different lengths: {', '.join(map(str, sorted(lengths)))}")
    return found


def check_names(found: Mapping[str, Sequence[object]], columns: Sequence[TableColumn], names: Sequence[str]) -> None:
    """Raise `ValueError` that names each column of training that is missing, with the most similar name."""
    absent = [column.name for column in columns if column.name not in found]
    unknown = [name for name in found if name not in names]
    if absent:
        lines = [f"{len(absent)} column(s) of the training table are missing:"]
        for name in absent:
            like = nearest(name, unknown)
            lines.append(f"  - {name}" + (f"   (the table has {like!r}; rename it?)" if like else ""))
        if unknown:
            lines.append(f"columns that the training table did not have: {', '.join(unknown)}")
        raise ValueError("\n".join(lines))


def encoded(rows: Rows, columns: Sequence[TableColumn], names: Sequence[str]) -> np.ndarray:
    """Return the inputs of the network, (rows, inputs): numbers, NaN where missing, flags of 0 and 1, codes of levels.

    `names` are all columns of the training table; columns beside those that are used are ignored.
    """
    found = columns_of(rows, names)
    check_names(found, columns, names)
    length = len(next(iter(found.values()), ()))
    parts = [np.empty((length, 0))]
    cells = {column.name: column.kind.vector(column, found[column.name]) for column in columns}
    for column in columns:
        parts += column.kind.numbers(column, cells[column.name])
    dates = [column.name for column in columns if column.kind.name == "date"]
    for first, second in combinations(dates, 2) if len(dates) <= MOST_DATES_TO_SUBTRACT else ():
        parts.append((cells[second] - cells[first])[:, None])
    for column in columns:
        parts += column.kind.flags(column, cells[column.name])
    parts += [codes(column, cells[column.name])[:, None] for column in columns if column.coded]
    return np.concatenate(parts, axis=1)
