"""Columns to numbers: a missing number becomes the median with an indicator, a category one indicator a level."""

from dataclasses import dataclass

import numpy as np

from glassnet.table.columns import Table
from glassnet.table.schema import Column, Schema

WIDEST_SPREAD = 1e12


@dataclass(frozen=True)
class Encoding:
    """What was learned from training rows: the median of every number column, in the order of the schema."""

    medians: tuple[float, ...]


def learn_encoding(schema: Schema, table: Table) -> Encoding:
    """Return the medians; `ValueError` names an infinite cell, or one so far out that it would flatten its column."""
    medians: list[float] = []
    for column, cells in zip(schema.columns, table.columns, strict=True):
        if column.kind != "number":
            continue
        check_spread(f"column {column.name!r}", cells)
        present = cells[~np.isnan(cells)]
        medians.append(float(np.median(present)) if present.size else 0.0)
    return Encoding(tuple(medians))


def encode(schema: Schema, encoding: Encoding, table: Table) -> np.ndarray:
    """Return the float64 matrix (rows, inputs) whose columns `schema.inputs` names.

    A level that training did not see, or a missing one where none was missing then, becomes zeros.
    """
    medians = iter(encoding.medians)
    parts: list[np.ndarray] = [np.empty((table.rows, 0))]
    for column, cells in zip(schema.columns, table.columns, strict=True):
        if column.kind == "number":
            check_finite(f"column {column.name!r}", cells)
            parts.append(np.where(np.isnan(cells), next(medians), cells)[:, None])
        elif column.kind == "category":
            parts.append(_one_hot(column, cells))
        if column.missing and column.kind != "left out":
            absent = np.isnan(cells) if column.kind == "number" else np.array([cell is None for cell in cells])
            parts.append(absent.astype(np.float64)[:, None])
    return np.concatenate(parts, axis=1)


def check_finite(what: str, cells: np.ndarray) -> None:
    """Raise `ValueError` that names the first infinite cell."""
    if np.isinf(cells).any():
        row = int(np.argmax(np.isinf(cells)))
        raise ValueError(f"{what} is infinite (inf) in row {row}; give a finite number, or leave the cell empty")


def check_spread(what: str, cells: np.ndarray) -> None:
    """Raise `ValueError` that names a cell more than 10^12 interquartile ranges from the median.

    Scaling divides by the spread, so one such cell would flatten all the others to the same number.
    """
    check_finite(what, cells)
    present = cells[~np.isnan(cells)]
    if not present.size:
        return
    low, middle, high = np.quantile(present, [0.25, 0.5, 0.75])
    distance = np.abs(cells - middle)
    if high > low and np.nanmax(distance) / (high - low) > WIDEST_SPREAD:
        row = int(np.nanargmax(distance))
        raise ValueError(
            f"{what} has {cells[row]:g} in row {row}, over {WIDEST_SPREAD:g} times as far out as its middle half; "
            "correct that cell or leave it empty"
        )


def _one_hot(column: Column, cells: np.ndarray) -> np.ndarray:
    place = {level: number for number, level in enumerate(column.levels)}
    hot = np.zeros((len(cells), len(column.levels)))
    known = [(row, place[cell]) for row, cell in enumerate(cells) if cell in place]
    if known:
        rows, levels = zip(*known, strict=True)
        hot[list(rows), list(levels)] = 1.0
    return hot
