"""Scaling of columns: center near 0, scale near 1, missing cells filled; the statistics are float64."""

from dataclasses import dataclass, replace

import numpy as np

SAME = 1e-13  # a column whose standard deviation or range is below this fraction of its size is constant


@dataclass(frozen=True)
class Scaler:
    """scaled = (value - center) / scale, for each column or channel; a constant column is scaled to 0.

    Parameters
    ----------
    center : array (columns,)
        What becomes 0, in the units of the data.
    scale : array (columns,)
        What becomes 1 above the center, in the units of the data; 0 for a constant column.
    fill : array (columns,)
        What a missing value (NaN) counts as, in the units of the data, also in columns where training had none.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import Scaler
    >>> scaler = Scaler(center=np.array([10.0]), scale=np.array([2.0]), fill=np.array([10.0]))
    >>> scaler.transform(np.array([[14.0], [np.nan]]))
    array([[2.],
           [0.]])
    >>> scaler.inverse_transform(np.array([[2.0]]))
    array([[14.]])
    """

    center: np.ndarray
    scale: np.ndarray
    fill: np.ndarray

    def transform(self, values: np.ndarray) -> np.ndarray:
        """Return the scaled columns.

        Parameters
        ----------
        values : array (rows, columns)
            In the units of the data; NaN where a cell is missing.

        Returns
        -------
        array (rows, columns)
            float64; not NaN unless `fill` is.
        """
        filled = np.where(np.isnan(values), self.fill, values)
        with np.errstate(over="ignore"):  # what is not finite is refused with the prediction, by name
            return (filled - self.center) / np.where(self.scale != 0, self.scale, np.inf)

    def inverse_transform(self, scaled: np.ndarray) -> np.ndarray:
        """Return scaled columns in the units of the data.

        Parameters
        ----------
        scaled : array (rows, columns)
            Scaled columns.

        Returns
        -------
        array (rows, columns)
            float64, in the units of the data.
        """
        return self.center + self.scale * scaled


def fit_standard_scaler(values: np.ndarray, weights: np.ndarray) -> Scaler:
    """Return weighted mean and standard deviation of every column, the (lower) weighted median in place of gaps.

    It is safe from overflow up to the largest float.
    """
    fill = _medians(values, weights)
    filled = np.where(np.isnan(values), fill, values)
    size = np.max(np.abs(filled), axis=0)
    size = np.where(size > 0, size, 1.0)
    unit = filled / size
    center = np.average(unit, axis=0, weights=weights)
    standard_deviation = np.sqrt(np.average(np.square(unit - center), axis=0, weights=weights))
    return Scaler(center * size, np.where(standard_deviation > SAME, standard_deviation, 0.0) * size, fill)


def fit_robust_scaler(values: np.ndarray, weights: np.ndarray) -> Scaler:
    """Return weighted median and distance between the quartiles of every column (RealMLP, Holzmueller et al. 2024).

    Where the quartiles are equal, as in a column that is mostly 0, the scale is the median distance from the median of
    the cells that differ from it; that of a constant column is 0. Quantiles are lower ones, so that a row of weight two
    is that row twice.
    """
    filled = values
    if np.isnan(values).any():
        filled = np.where(np.isnan(values), _medians(values, weights), values)  # which leaves the median what it is
    order = np.argsort(filled, axis=0)
    sorted_up = np.take_along_axis(filled, order, axis=0)
    cumulative_weights = np.cumsum(weights[order], axis=0)
    low, middle, high = (
        _weighted_quantile(sorted_up, cumulative_weights, probability) for probability in (0.25, 0.5, 0.75)
    )
    equal = high <= low
    scale = high - low
    scale[equal] = _median_distance_of_others(filled[:, equal], middle[equal], weights)
    size = np.max(np.abs(filled), axis=0)
    return Scaler(middle, np.where(scale > SAME * size, scale, 0.0), middle)


def with_passthrough(scaler: Scaler, values: np.ndarray, flags: int, codes: int) -> Scaler:
    """Return the scale with flags, columns from `flags` on, and codes, from `codes` on, as they are.

    A level that one row in a thousand has would otherwise be scaled to over 30, and that row would rule its weights. A
    flag that is the same in all rows becomes 0: its weights would not be trained when another value comes.
    """
    place = np.arange(values.shape[1])
    same = np.nanmax(values, axis=0, initial=-np.inf) <= np.nanmin(values, axis=0, initial=np.inf)
    scale = np.where(same & (place < codes), 0.0, 1.0)
    return Scaler(
        np.where(place >= flags, 0.0, scaler.center), np.where(place >= flags, scale, scaler.scale), scaler.fill
    )


def with_new_variation(scaler: Scaler, constant: np.ndarray, values: np.ndarray, weights: np.ndarray) -> Scaler:
    """Return the scaler with a scale for columns that were constant so far and are no more in these rows.

    The constant becomes 0, as it was, so that predictions for rows that have it stay the same; 1 is the root mean
    square distance from it. Columns that have a scale keep it.

    Parameters
    ----------
    scaler : Scaler
        Where a scale is 0, the column was constant.
    constant : array (columns,)
        What such a column was, in the units of the data.
    values : array (rows, columns)
        New rows, in the units of the data; NaN where a cell is missing.
    weights : array (rows,)
        Sample weights.
    """
    old = scaler.scale != 0
    if old.all() or not len(values):
        return scaler
    distance = np.where(np.isnan(values) | old, 0.0, values - np.where(old, 0.0, constant))
    furthest = np.max(np.abs(distance), axis=0)
    size = np.max(np.abs(np.where(np.isnan(values), 0.0, values)), axis=0)
    new = furthest > SAME * np.maximum(size, np.where(old, 0.0, np.abs(constant)))
    if not new.any():
        return scaler
    unit = np.where(new, furthest, 1.0)
    present = np.where(np.isnan(values), 0.0, weights[:, None])
    total = np.where(new, present.sum(axis=0), 1.0)
    root_mean_square = np.sqrt(np.sum(present * np.square(distance / unit), axis=0) / total)
    return replace(
        scaler,
        center=np.where(new, constant, scaler.center),
        scale=np.where(new, root_mean_square * unit, scaler.scale),
    )


def identity_scaler(columns: int) -> Scaler:
    """Return the scale that changes nothing."""
    return Scaler(np.zeros(columns), np.ones(columns), np.zeros(columns))


def no_ends(shape: tuple[int, ...]) -> np.ndarray:
    """Return -inf and inf for every scaled input that has no least and largest number by nature, (2, *shape)."""
    return np.stack([np.full(shape, end) for end in (-np.inf, np.inf)])


def _weighted_quantile(sorted_up: np.ndarray, cumulative_weights: np.ndarray, probability: float) -> np.ndarray:
    """Return the lower weighted quantile of every sorted column."""
    first = np.argmax(cumulative_weights >= probability * cumulative_weights[-1], axis=0)
    return np.take_along_axis(sorted_up, first[None], axis=0)[0]


def _median_distance_of_others(values: np.ndarray, center: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the median distance from the center of the cells that differ from it, 0 where none does."""
    halves = np.abs(values / 2 - center / 2)  # a distance itself may be more than the largest float
    half = _medians(np.where(values == center, np.nan, halves), weights)
    return 2 * np.minimum(half, np.finfo(np.float64).max / 2)


def _medians(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.array([_median(column, weights) for column in values.T])


def _median(column: np.ndarray, weights: np.ndarray) -> float:
    present = ~np.isnan(column) & (weights > 0)
    if not present.any():
        return 0.0
    return float(np.quantile(column[present], 0.5, weights=weights[present], method="inverted_cdf"))
