"""Where the cells of a column lie: the points at which it is looked at, and where there are few rows."""

from collections import Counter
from typing import NamedTuple

import numpy as np

from glassnet.data.column import Column

MOST_LEVELS = 12
PARTS = 20  # of the range, of which those with few rows are said
FEW = 0.01  # of the rows
DECILES = np.linspace(0.1, 0.9, 9)


class ColumnCells(NamedTuple):
    """Where the cells of a column lie; see `Profile`."""

    grid: np.ndarray
    counts: np.ndarray
    deciles: np.ndarray
    sparse: tuple[tuple[float, float], ...]
    missing: int
    others: int


def cells_along(column: Column, cells: np.ndarray, points: int) -> ColumnCells:
    """Return the grid of a column and where its cells lie."""
    present = cells[[cell is not None for cell in cells]] if cells.dtype == object else cells[~np.isnan(cells)]
    values = np.array(sorted(set(present.tolist())), cells.dtype)
    if len(values) < 2:
        raise ValueError(f"column {column.name!r} has {len(values)} value(s) in X; a profile needs at least two")
    missing = len(cells) - len(present)
    if column.kind in ("flag", "category"):
        return _of_values(column, present, missing)
    few = len(values) <= points
    grid = values if few else _grid(present, points)
    edges = [values[0], *(values[1:] / 2 + values[:-1] / 2), values[-1]]
    edges = np.array(edges) if few else np.linspace(values[0], values[-1], PARTS + 1)
    thin = np.histogram(present, edges)[0] < FEW * len(present)
    sparse = tuple((float(edges[place]), float(edges[place + 1])) for place in np.flatnonzero(thin))
    return ColumnCells(grid, np.histogram(present, grid)[0], np.quantile(present, DECILES), _joined(sparse), missing, 0)


def _grid(present: np.ndarray, points: int) -> np.ndarray:
    """Return points of which one half are quantiles and the other half lie at equal distances."""
    quantiles = np.quantile(present, np.linspace(0, 1, points - points // 2), method="nearest")
    even = np.linspace(present.min(), present.max(), points // 2 + 2)[1:-1]
    even = np.round(even) if (present == np.round(present)).all() else even
    return np.unique(np.concatenate([quantiles, even]))


def _of_values(column: Column, present: np.ndarray, missing: int) -> ColumnCells:
    """Return the most frequent values of a flag or a category."""
    counts = Counter(present.tolist())
    allowed = [value for value in counts if column.kind == "category" or value in column.values]
    values = sorted(allowed, key=lambda value: (-counts[value], value))[:MOST_LEVELS]
    found = np.array([counts[value] for value in values])
    thin = np.flatnonzero(found < FEW * len(present))
    sparse = tuple((float(place) - 0.5, float(place) + 0.5) for place in thin)
    others = len(present) - int(found.sum())
    return ColumnCells(np.array(values, present.dtype), found, np.empty(0), _joined(sparse), missing, others)


def _joined(ranges: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """Return ranges with those that touch made one."""
    joined: list[tuple[float, float]] = []
    for low, high in ranges:
        if joined and joined[-1][1] == low:
            low = joined.pop()[0]
        joined.append((low, high))
    return tuple(joined)
