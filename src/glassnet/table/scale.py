"""Scaling: columns to mean 0 and standard deviation 1, gaps filled, their statistics kept in float64."""

from dataclasses import dataclass

import numpy as np

SAME = 1e-13  # a column whose deviation is below this share of its size is constant


@dataclass(frozen=True)
class Scale:
    """scaled = (raw - center) / spread, per column; the spread of a constant column is 0 and its scaled value is 0.

    A missing (NaN) raw number counts as `fill`.
    """

    center: np.ndarray
    spread: np.ndarray
    fill: np.ndarray

    def down(self, raw: np.ndarray) -> np.ndarray:
        """Return the scaled columns, float64."""
        filled = np.where(np.isnan(raw), self.fill, raw)
        return (filled - self.center) / np.where(self.spread != 0, self.spread, np.inf)

    def up(self, scaled: np.ndarray) -> np.ndarray:
        """Return scaled columns in raw units, float64."""
        return self.center + self.spread * scaled


def learn_scale(raw: np.ndarray, weights: np.ndarray, as_they_are: np.ndarray | None = None) -> Scale:
    """Return weighted mean and standard deviation of every column, the (lower) weighted median in place of gaps.

    It is safe from overflow up to the largest float. Columns marked in `as_they_are` get mean 0 and deviation 1: a
    level that one row in a thousand has would otherwise be scaled to over 30, and that row would rule its weights.
    """
    fill = np.array([_median(column, weights) for column in raw.T])
    filled = np.where(np.isnan(raw), fill, raw)
    size = np.max(np.abs(filled), axis=0)
    size = np.where(size > 0, size, 1.0)
    unit = filled / size
    center = np.average(unit, axis=0, weights=weights)
    spread = np.sqrt(np.average(np.square(unit - center), axis=0, weights=weights))
    center, spread = center * size, np.where(spread > SAME, spread, 0.0) * size
    if as_they_are is not None:
        center, spread = np.where(as_they_are, 0.0, center), np.where(as_they_are, 1.0, spread)
    return Scale(center, spread, fill)


def unscaled(columns: int) -> Scale:
    """Return the scale that changes nothing."""
    return Scale(np.zeros(columns), np.ones(columns), np.zeros(columns))


def _median(column: np.ndarray, weights: np.ndarray) -> float:
    present = ~np.isnan(column)
    if present.all() or not present.any():
        return 0.0  # nothing to fill, or nothing to fill it from
    return float(np.quantile(column[present], 0.5, weights=weights[present], method="inverted_cdf"))
