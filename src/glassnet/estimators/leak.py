"""A column that alone gives the target nearly exactly: often the target in other words, known only afterwards."""

import warnings
from collections.abc import Iterator, Sequence

import numpy as np
from scipy.stats import rankdata

from glassnet.data.column import Column
from glassnet.data.column_inputs import column_inputs
from glassnet.data.dataset import Dataset

NEARLY_ALL = 0.999
LEAST_ROWS = 50
MOST_ROWS = 10_000  # that are looked at, evenly spaced
ROWS_A_LEVEL = 5  # at least, or the levels are names of rows
FEW = 20  # values of a number that are taken as levels too


def warn_of_leak(dataset: Dataset, targets: Sequence[str], *, classes: bool) -> None:
    """Warn where one column of several explains a target nearly alone.

    A number does by its correlation or rank correlation with the target, a category, flag or number of few values by
    the R2 of the means of its levels. `classes` says that the targets are indicators, which are judged together.
    """
    columns = sum(column.kind != "left out" for column in dataset.schema.columns)
    rows = np.arange(0, dataset.rows, -(-dataset.rows // MOST_ROWS))
    if columns < 2 or len(rows) < LEAST_ROWS:
        return
    x, y = dataset.x[rows], dataset.y[rows]
    parts = [(" and ".join(targets), y)] if classes else list(zip(targets, np.hsplit(y, y.shape[1]), strict=True))
    for target, part in parts:
        for column, cells in _cells(dataset.schema.columns, x):
            value, how = _explained(cells, part, numeric=column.kind in ("number", "date"))
            if value > NEARLY_ALL:
                warnings.warn(
                    f"column {column.name!r} alone gives {target!r} nearly exactly ({how} {value:.5f}): a leak? If it "
                    f"is not known before the target is, leave it out: --exclude {column.name!r} on the command line, "
                    f"or drop the column {column.name!r} of X",
                    UserWarning,
                    stacklevel=4,  # the line that called fit
                )
                break


def _cells(columns: Sequence[Column], x: np.ndarray) -> Iterator[tuple[Column, np.ndarray]]:
    """Yield every column with its cells as numbers (rows,), of a category those of its levels; NaN is unknown."""
    places = column_inputs(columns)
    for column in columns:
        cells = x[:, places[column.name]]
        if column.kind == "category" and not column.levels:
            continue
        if column.kind == "category" and not column.coded:
            flags = cells[:, : len(column.levels)]
            yield column, np.where(flags.any(axis=1), flags.argmax(axis=1), np.nan)
        elif column.kind == "category":
            yield column, np.where(cells[:, -1] < 0, np.nan, cells[:, -1])
        elif column.kind != "left out":
            yield column, cells[:, 0]


def _explained(cells: np.ndarray, y: np.ndarray, *, numeric: bool) -> tuple[float, str]:
    """Return how much cells explain of targets (rows, outputs), and by which measure; 0 where many are missing."""
    known = ~np.isnan(cells) & ~np.isnan(y).any(axis=1)
    if known.sum() < max(LEAST_ROWS, 0.9 * len(cells)):
        return 0.0, ""
    cells, y = cells[known], y[known]
    found: list[tuple[float, str]] = []
    if numeric and y.shape[1] == 1:
        found += [(_correlation(cells, y[:, 0]), "correlation")]
        found += [(_correlation(rankdata(cells), rankdata(y[:, 0])), "rank correlation")]
    levels, numbers = np.unique(cells, return_inverse=True)
    if len(levels) * ROWS_A_LEVEL <= len(cells) and (not numeric or len(levels) <= FEW):
        found += [(_of_levels(numbers, y), "R2 of the means of its levels")]
    return next((pair for pair in found if pair[0] > NEARLY_ALL), (0.0, ""))


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    a, b = (_unit(values) for values in (a, b))
    size = np.sqrt(np.sum(a * a) * np.sum(b * b))
    return float(np.abs(np.sum(a * b)) / size) if size > 0 else 0.0


def _unit(values: np.ndarray) -> np.ndarray:
    """Return values without their mean and at most about 1 in size, so that no square overflows."""
    values = values / (np.max(np.abs(values)) or 1.0)
    return values - values.mean()


def _of_levels(numbers: np.ndarray, y: np.ndarray) -> float:
    """Return R2 of the mean of every level, adjusted for their number."""
    y = np.column_stack([_unit(column) for column in y.T])
    counts = np.bincount(numbers)
    means = np.column_stack([np.bincount(numbers, column) / counts for column in y.T])
    total, left = np.sum(y * y), np.sum(np.square(y - means[numbers]))
    if total == 0:
        return 0.0
    return float(1 - left / total * (len(y) - 1) / (len(y) - len(counts)))
