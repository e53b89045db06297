"""Rows with other cells in one column: a flag flipped, or a level replaced by the most frequent one."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from glassnet.data.column import Column
from glassnet.data.columns import Table
from glassnet.data.schema import Schema
from glassnet.insight.one_output import inputs_of_cells, with_inputs

ROWS_AT_ONCE = 20_000


class Move(NamedTuple):
    """Rows with other cells in one column, encoded, and the sign that their change counts with."""

    place: int  # of the column
    rows: np.ndarray
    sign: np.ndarray
    x: np.ndarray


def predicted_together(
    predict: Callable[[np.ndarray], np.ndarray], moves: Sequence[Move]
) -> Iterator[tuple[Move, np.ndarray]]:
    """Yield moves with predictions (members, rows); many are predicted at once, since a call costs more than a row."""
    first = 0
    while first < len(moves):
        ends = np.cumsum([len(move.rows) for move in moves[first:]])
        together = moves[first : first + max(1, int(np.searchsorted(ends, ROWS_AT_ONCE)))]
        predictions = predict(np.concatenate([move.x for move in together]))
        parts = np.split(predictions, np.cumsum([len(move.rows) for move in together])[:-1], axis=1)
        yield from zip(together, parts, strict=True)
        first += len(together)


def with_other_cells(
    schema: Schema, table: Table, column: Column, cells: np.ndarray, x: np.ndarray
) -> tuple[np.ndarray, np.ndarray, str]:
    """Return encoded rows with a flag flipped or a level replaced, the sign that the change counts with, and its name.

    The sign is NaN of rows that have no other value to go to.
    """
    if column.kind == "flag":
        low, high = column.values
        sign = np.where(cells == low, 1.0, np.where(cells == high, -1.0, np.nan))
        others = np.where(cells == low, high, np.where(cells == high, low, cells))
        return (
            with_inputs(schema.columns, x, column, inputs_of_cells(schema, table, column, others)),
            sign,
            f"from {low:g} to {high:g}",
        )
    counts = Counter(cells.tolist())
    usual = min(counts, key=lambda level: (-counts[level], level or ""))
    new = inputs_of_cells(schema, table, column, np.array([usual], object))
    sign = np.where([cell == usual for cell in cells], np.nan, 1.0)
    return with_inputs(schema.columns, x, column, new), sign, f"to {'a gap' if usual is None else repr(usual)}"
