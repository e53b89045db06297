"""Where the numbers and dates of a table lay in training: some quantiles of every such column.

They judge no prediction and are used by none; they tell whether a new row is like the fitted ones.
"""

import numpy as np

from glassnet.data.column_inputs import column_inputs
from glassnet.data.schema import Schema

LEVELS = np.array([0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0])
MOST_ROWS = 100_000  # from which the quantiles between least and largest are taken


def ranged_columns(schema: Schema) -> tuple[str, ...]:
    """Return the columns of a table that have a range: numbers and dates. Images have none."""
    return tuple(column.name for column in schema.columns if column.kind in ("number", "date"))


def column_quantiles(schema: Schema, x: np.ndarray) -> np.ndarray:
    """Return the quantiles at `LEVELS` of every column that has a range, (levels, columns), NaN where all is missing.

    `x` are encoded rows, in the units of the columns. Least and largest are exact; those between are of evenly spaced
    rows where there are many.
    """
    inputs = column_inputs(schema.columns)
    places = [inputs[name][0] for name in ranged_columns(schema)]
    return np.array([_quantiles(x[:, place]) for place in places]).reshape(len(places), len(LEVELS)).T


def widened(quantiles: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return quantiles that hold for two sets of rows: the lower of those below the median, the higher above it."""
    below, above = np.fmin(quantiles, others), np.fmax(quantiles, others)
    middle = np.where(np.isnan(quantiles), others, quantiles)
    return np.where(LEVELS[:, None] < 0.5, below, np.where(LEVELS[:, None] > 0.5, above, middle))


def percentiles(quantiles: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Return which fraction of training a column's cells (rows,) exceed, by its quantiles (levels,); NaN of gaps."""
    if np.isnan(quantiles).any():
        return np.full(len(cells), np.nan)
    return np.where(np.isnan(cells), np.nan, np.interp(cells, quantiles, LEVELS))


def _quantiles(cells: np.ndarray) -> np.ndarray:
    present = cells[~np.isnan(cells)]
    if not present.size:
        return np.full(len(LEVELS), np.nan)
    found = np.quantile(present[:: -(-present.size // MOST_ROWS)], LEVELS)
    found[[0, -1]] = present.min(), present.max()
    return found
