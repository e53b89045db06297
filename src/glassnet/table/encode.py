"""Columns to numbers: a category becomes one indicator a level, a gap an indicator, and a missing number stays NaN.

What a missing number is replaced by is learned from training rows, with the scale (see `scale`).
"""

import numpy as np

from glassnet.table.columns import Table
from glassnet.table.schema import Column, Schema

WIDEST_SPREAD = 1e12


def encode(schema: Schema, table: Table, rows: np.ndarray | None = None) -> np.ndarray:
    """Return the float64 matrix (rows, inputs) whose columns `schema.inputs` names, NaN where a number is missing.

    A level that the schema does not know, or a missing one where none was missing, becomes zeros. `ValueError` names an
    infinite cell, by the numbers in `rows` when these are not 0, 1, 2, ...
    """
    parts: list[np.ndarray] = [np.empty((table.rows, 0))]
    for column, cells in zip(schema.columns, table.columns, strict=True):
        if column.kind == "number":
            check_finite(f"column {column.name!r}", cells, rows)
            parts.append(cells[:, None])
        elif column.kind == "category":
            parts.append(_one_hot(column, cells))
        if column.missing and column.kind != "left out":
            absent = np.isnan(cells) if column.kind == "number" else np.array([cell is None for cell in cells])
            parts.append(absent.astype(np.float64)[:, None])
    return np.concatenate(parts, axis=1)


def check_finite(what: str, cells: np.ndarray, rows: np.ndarray | None = None) -> None:
    """Raise `ValueError` that names the first infinite cell; `rows` are the numbers that its rows go by."""
    if np.isinf(cells).any():
        row = int(np.argmax(np.isinf(cells)))
        raise ValueError(
            f"{what} is infinite (inf) in row {row if rows is None else rows[row]}; give a finite number, or leave "
            "the cell empty"
        )


def check_spread(what: str, cells: np.ndarray, rows: np.ndarray | None = None) -> None:
    """Raise `ValueError` that names a cell 10^12 times as far from the median as half of the others that are not on it.

    Scaling divides by the spread, so one such cell would flatten all the others to the same number.
    """
    check_finite(what, cells, rows)
    present = cells[~np.isnan(cells)]
    if not present.size:
        return
    distance = np.abs(cells - np.median(present))
    apart = distance[distance > 0]
    if not apart.size:
        return
    row = int(np.nanargmax(distance))
    with np.errstate(over="ignore"):
        ratio = distance[row] / np.median(apart)
    if ratio > WIDEST_SPREAD:
        raise ValueError(
            f"{what} has {cells[row]:g} in row {row if rows is None else rows[row]}, {ratio:.1g} times as far out "
            "as is usual there; correct that cell or leave it empty"
        )


def _one_hot(column: Column, cells: np.ndarray) -> np.ndarray:
    place = {level: number for number, level in enumerate(column.levels)}
    hot = np.zeros((len(cells), len(column.levels)))
    known = [(row, place[cell]) for row, cell in enumerate(cells) if cell in place]
    if known:
        rows, levels = zip(*known, strict=True)
        hot[list(rows), list(levels)] = 1.0
    return hot
