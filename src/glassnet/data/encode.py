"""Columns to the network's inputs: numbers first, NaN where missing; then flags of 0 and 1; then codes of levels.

What a missing number is replaced by is learned from training rows, with the scale (see `data/scaler.py`).
"""

from collections.abc import Sequence

import numpy as np

from glassnet._warn import warn_caller
from glassnet.data.column import Column, coded_columns, date_pairs
from glassnet.data.columns import Table
from glassnet.data.dates import on_circle
from glassnet.data.tokens import token_flags

LARGEST_RATIO = 1e12  # of the distance from the median to the median of such distances
DUST = 1e-12  # distances below it are rounding errors of numbers of size 1, and no measure of what is usual
MOST_BESIDE_DUST = 1e3
UNKNOWN = -1.0  # the code of a level that is missing, or that the schema does not have


def encode(columns: Sequence[Column], table: Table, rows: np.ndarray | None = None) -> np.ndarray:
    """Return the float64 matrix (rows, inputs) of the inputs that these columns have.

    A level that training did not see, or a missing one, becomes zeros or the code -1. `ValueError` names an
    infinite cell, by the numbers in `rows` when these are not 0, 1, 2, ...
    """
    used = [(place, column.name) for place, column in enumerate(columns) if column.kind != "left out"]
    cells = {name: table.columns[place] for place, name in used}
    parts: list[np.ndarray] = [np.empty((table.rows, 0))]
    inputs = [column for column in columns if column.kind != "left out"]
    for column in inputs:
        parts += _numbers(column, cells[column.name])
    parts += [(cells[second] - cells[first])[:, None] for first, second in date_pairs(columns)]
    for column in inputs:
        parts += _flags(column, cells[column.name])
    parts += [_codes(column, cells[column.name])[:, None] for column in coded_columns(columns)]
    encoded = np.concatenate(parts, axis=1)
    if np.isinf(encoded).any():
        for column in inputs:
            if column.kind in ("number", "flag", "date"):
                check_finite(f"column {column.name!r}", cells[column.name], rows)
    return encoded


def check_finite(what: str, cells: np.ndarray, rows: np.ndarray | None = None) -> None:
    """Raise `ValueError` that names the first infinite cell; `rows` are the numbers that its rows go by."""
    if np.count_nonzero(np.isinf(cells)):  # faster than any() where rows are few
        row = int(np.argmax(np.isinf(cells)))
        raise ValueError(
            f"{what} is infinite (inf) in row {row if rows is None else rows[row]}; give a finite number, or leave "
            "the cell empty"
        )


def check_outliers(what: str, cells: np.ndarray, rows: np.ndarray | None = None) -> None:
    """Raise `ValueError` that names a cell 10^12 times as far from the median as half of the others that are not on it.

    Scaling divides by the standard deviation or the range, so one such cell would bring all others to the same number.
    Numbers of about 1 among rounding errors of 0 are no such cells; a single one brings a warning.
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
    usual = np.median(apart)
    with np.errstate(over="ignore"):
        ratio = distance[row] / usual
        far = np.sum(apart > LARGEST_RATIO * usual)
    if ratio <= LARGEST_RATIO:
        return
    message = (
        f"{what} has {cells[row]:g} in row {row if rows is None else rows[row]}, {ratio:.1g} times as far out as is "
        "usual there"
    )
    if usual >= DUST or distance[row] > MOST_BESIDE_DUST:
        raise ValueError(f"{message}; correct that cell or leave it empty")
    if far == 1:
        warn_caller(
            f"{message}, where all other cells now count as the same number; leave that cell empty if they differ"
        )


def _numbers(column: Column, cells: np.ndarray) -> list[np.ndarray]:
    if column.kind == "date":
        return [cells[:, None], *(on_circle(period, cells) for period in column.periods)]
    return [cells[:, None]] if column.kind == "number" else []


def _flags(column: Column, cells: np.ndarray) -> list[np.ndarray]:
    parts: list[np.ndarray] = []
    if column.kind == "flag":
        low, high = column.values
        parts.append(((cells - low) / (high - low))[:, None])
    elif column.kind == "category" and not column.coded:
        parts.append((_codes(column, cells)[:, None] == np.arange(len(column.levels))).astype(np.float64))
    if column.tokens:
        parts.append(token_flags(column.tokens, cells))
    if column.missing:
        absent = np.array([cell is None for cell in cells]) if cells.dtype == object else np.isnan(cells)
        parts.append(absent.astype(np.float64)[:, None])
    return parts


def _codes(column: Column, cells: np.ndarray) -> np.ndarray:
    place = {level: float(number) for number, level in enumerate(column.levels)}
    return np.array([place.get(cell, UNKNOWN) for cell in cells], dtype=np.float64)
