"""InputScaling: columns brought near 0 and 1, gaps filled, their statistics kept in float64."""

from dataclasses import dataclass

import numpy as np

SAME = 1e-13  # a column whose deviation is below this share of its size is constant


@dataclass(frozen=True)
class Scaler:
    """scaled = (raw - center) / scale, per column; the scale of a constant column is 0 and its scaled value is 0.

    A missing (NaN) raw number counts as `fill`, also in columns where training had no gap.
    """

    center: np.ndarray
    scale: np.ndarray
    fill: np.ndarray

    def transform(self, raw: np.ndarray) -> np.ndarray:
        """Return the scaled columns, float64."""
        filled = np.where(np.isnan(raw), self.fill, raw)
        return (filled - self.center) / np.where(self.scale != 0, self.scale, np.inf)

    def inverse_transform(self, scaled: np.ndarray) -> np.ndarray:
        """Return scaled columns in raw units, float64."""
        return self.center + self.scale * scaled


def fit_standard_scaler(raw: np.ndarray, weights: np.ndarray) -> Scaler:
    """Return weighted mean and standard deviation of every column, the (lower) weighted median in place of gaps.

    It is safe from overflow up to the largest float.
    """
    fill = _medians(raw, weights)
    filled = np.where(np.isnan(raw), fill, raw)
    size = np.max(np.abs(filled), axis=0)
    size = np.where(size > 0, size, 1.0)
    unit = filled / size
    center = np.average(unit, axis=0, weights=weights)
    spread = np.sqrt(np.average(np.square(unit - center), axis=0, weights=weights))
    return Scaler(center * size, np.where(spread > SAME, spread, 0.0) * size, fill)


def fit_robust_scaler(raw: np.ndarray, weights: np.ndarray) -> Scaler:
    """Return weighted median and distance between the quartiles of every column (RealMLP, Holzmueller et al. 2024).

    Where the quartiles are equal, the spread is half of the range; a constant column has none. Quantiles are lower
    ones, so that a row of weight two is that row twice.
    """
    filled = raw
    if np.isnan(raw).any():
        filled = np.where(np.isnan(raw), _medians(raw, weights), raw)  # which leaves the median what it is
    order = np.argsort(filled, axis=0)
    sorted_up = np.take_along_axis(filled, order, axis=0)
    share = np.cumsum(weights[order], axis=0)
    low, middle, high = (_at(sorted_up, share, level) for level in (0.25, 0.5, 0.75))
    half = sorted_up[-1] / 2 - sorted_up[0] / 2
    spread = np.where(high > low, high - low, half)
    size = np.max(np.abs(filled), axis=0)
    return Scaler(middle, np.where(spread > SAME * size, spread, 0.0), middle)


def with_passthrough(scaler: Scaler, raw: np.ndarray, flags: int, codes: int) -> Scaler:
    """Return the scale with flags, columns from `flags` on, and codes, from `codes` on, as they are.

    A level that one row in a thousand has would otherwise be scaled to over 30, and that row would rule its weights. A
    flag that is the same in all rows becomes 0: its weights would not be trained when another value comes.
    """
    place = np.arange(raw.shape[1])
    same = np.nanmax(raw, axis=0, initial=-np.inf) <= np.nanmin(raw, axis=0, initial=np.inf)
    spread = np.where(same & (place < codes), 0.0, 1.0)
    return Scaler(
        np.where(place >= flags, 0.0, scaler.center), np.where(place >= flags, spread, scaler.scale), scaler.fill
    )


def identity_scaler(columns: int) -> Scaler:
    """Return the scale that changes nothing."""
    return Scaler(np.zeros(columns), np.ones(columns), np.zeros(columns))


def _at(sorted_up: np.ndarray, share: np.ndarray, level: float) -> np.ndarray:
    """Return the lower weighted quantile of every sorted column."""
    reached = np.argmax(share >= level * share[-1], axis=0)
    return np.take_along_axis(sorted_up, reached[None], axis=0)[0]


def _medians(raw: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.array([_median(column, weights) for column in raw.T])


def _median(column: np.ndarray, weights: np.ndarray) -> float:
    present = ~np.isnan(column)
    if not present.any():
        return 0.0
    return float(np.quantile(column[present], 0.5, weights=weights[present], method="inverted_cdf"))
