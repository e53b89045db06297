"""The errors of one target in sums over slices of its rows; the median error alone is that of a sample."""

import math

import numpy as np
from scipy.stats import norm

from glassnet.data.keyed_sample import KeyedSample, row_keys
from glassnet.estimators.metrics import Errors

MOST_IN_MEDIAN = 131_072  # rows
SEED = 0  # of the sample


class ErrorSums:
    """Sums that give the `Errors` of predictions.

    Targets are divided by a power of two near the largest |y| so far, so that no square overflows or vanishes. The sum
    of squares around the mean is updated slice by slice (Chan, Golub and LeVeque 1983).

    Parameters
    ----------
    level : float, optional
        The level of the quantile that is predicted.
    most_in_median : int
        Of how many rows the median error is, where more have a target.
    """

    def __init__(self, level: float | None = None, most_in_median: int = MOST_IN_MEDIAN) -> None:
        self.rows = 0
        self._level = level
        self._exponent: int | None = None  # of the power of two; None while all is 0
        self._squares = self._absolute = self._pinball = self._mean = self._around_mean = 0.0
        self._below = 0
        self._log_likelihood: float | None = None
        self._ends = math.inf, -math.inf
        self._sample = KeyedSample(most_in_median)

    @property
    def rows_of_median(self) -> int:
        """The number of rows that the median error is of."""
        return len(self._sample.values)

    def add(self, first: int, y: np.ndarray, prediction: np.ndarray, deviation: np.ndarray | None = None) -> None:
        """Add targets (rows,), NaN where missing, with their predictions and standard deviations (rows,) if any.

        `first` is the number of the first of these rows in the table.
        """
        known = np.flatnonzero(~np.isnan(y))
        if not known.size:
            return
        y, prediction = y[known], prediction[known]
        if deviation is not None:
            fit = float(np.sum(norm.logpdf(y, prediction, deviation[known])))
            self._log_likelihood = fit + (self._log_likelihood or 0.0)
        self._below += int(np.sum(y <= prediction))
        self._sample.add(row_keys(first + known, SEED), np.abs(y - prediction))
        self._ends = min(self._ends[0], float(y.min())), max(self._ends[1], float(y.max()))
        self._rescale(y, prediction)
        self._add_scaled(self._scaled(y), self._scaled(prediction))

    def errors(self) -> Errors:
        """Return the errors of all rows that were added; `ValueError` when every target is missing."""
        if not self.rows:
            raise ValueError("every target is missing; an error needs at least one")
        of_level = self._level is not None
        fit = self._log_likelihood
        return Errors(
            rows=self.rows,
            rmse=self._unscaled(math.sqrt(self._squares / self.rows)),
            mae=self._unscaled(self._absolute / self.rows),
            median=float(np.median(self._sample.values)),
            r2=self._r2() if self.rows > 1 else None,
            pinball=self._unscaled(self._pinball / self.rows) if of_level else None,
            below=self._below / self.rows if of_level else None,
            log_likelihood=None if fit is None else fit / self.rows,
        )

    def _r2(self) -> float:
        """Return R2; where all targets are the same it is 1 for perfect predictions and 0 else, as scikit-learn's."""
        if self._ends[0] == self._ends[1]:
            return float(self._squares == 0)
        return 1 - self._squares / self._around_mean if self._around_mean else -math.inf

    def _add_scaled(self, y: np.ndarray, prediction: np.ndarray) -> None:
        residual = y - prediction
        self._squares += float(np.sum(residual**2))
        self._absolute += float(np.sum(np.abs(residual)))
        if self._level is not None:
            self._pinball += float(np.sum(np.maximum(self._level * residual, (self._level - 1) * residual)))
        rows, mean = len(y), float(np.mean(y))
        difference, together = mean - self._mean, self.rows + rows
        self._around_mean += float(np.sum((y - mean) ** 2)) + difference**2 * self.rows * rows / together
        self._mean += difference * rows / together
        self.rows = together

    def _rescale(self, y: np.ndarray, prediction: np.ndarray) -> None:
        """Divide by a larger power of two from now on, where a target is larger than all before."""
        largest = float(np.max(np.abs(y)))
        if largest == 0 and self._exponent is None:  # all targets so far are 0: only predictions say how large it is
            largest = float(np.max(np.abs(prediction)))
        exponent = math.frexp(largest)[1]
        if largest == 0 or (self._exponent is not None and exponent <= self._exponent):
            return
        by = (self._exponent or 0) - exponent
        self._squares, self._around_mean = (float(np.ldexp(s, 2 * by)) for s in (self._squares, self._around_mean))
        self._absolute, self._pinball, self._mean = (
            float(np.ldexp(s, by)) for s in (self._absolute, self._pinball, self._mean)
        )
        self._exponent = exponent

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        return np.ldexp(values, -(self._exponent or 0))

    def _unscaled(self, value: float) -> float:
        return float(np.ldexp(value, self._exponent or 0))
