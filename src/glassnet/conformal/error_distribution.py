"""The distribution of a target: a prediction, and errors e_i of rows that were not learned from, scaled to the row.

    y ~ mu(x) + sigma(x) e_i,  i = 1 ... n equally likely,  e_i = (y_i - mu(x_i)) / sigma(x_i)

    F(v | x)   = #{i: mu(x) + sigma(x) e_i <= v} / (n + 1)
    q(t | x)   = mu(x) + sigma(x) e_(k),  k = ceil(t (n + 1)), the k-th smallest; infinite where k > n

F is the lower end of a conformal predictive distribution (Vovk, Shen, Manokhin and Xie 2019), and q its inverse: the
least v with F(v) >= t. Where the e_i are of rows that mu and sigma were neither fitted to nor chosen by, the next y is
at most q(t) with a probability of t to t + 1 / (n + 1) (where no two errors are equal; else of at least t).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from glassnet.conformal.coverage import rank


@dataclass(frozen=True)
class ErrorDistribution:
    """The scaled errors of one target, in ascending order.

    Parameters
    ----------
    errors : array (rows,)
        e_i.
    """

    errors: np.ndarray

    def quantiles(self, mean: np.ndarray, scale: np.ndarray, levels: Sequence[Fraction]) -> np.ndarray:
        """Return q(t | x), (rows, levels), of mu(x) and sigma(x), each (rows,)."""
        ended = np.append(self.errors, np.inf)
        places = [rank(level, len(self.errors)) - 1 for level in levels]
        return mean[:, None] + scale[:, None] * ended[places]

    def cdf(self, mean: np.ndarray, scale: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Return F(v | x), (rows, values), of values (rows, values)."""
        ended = np.concatenate([[-np.inf], self.errors, [np.inf]])
        center, size = mean[:, None], scale[:, None]
        with np.errstate(over="ignore"):
            count = np.searchsorted(self.errors, (values - center) / size, side="right")
        while True:  # rounding may have put a value beside the right place: count sums, as `quantiles` makes them
            above = (count < len(self.errors)) & (center + size * ended[count + 1] <= values)
            below = (count > 0) & (center + size * ended[count] > values)
            if not (above | below).any():
                return count / (len(self.errors) + 1)
            count = count + above.astype(int) - below

    def crps(self, y: np.ndarray, mean: np.ndarray, scale: np.ndarray, low: float, high: float) -> np.ndarray:
        """Return the continuous ranked probability score of every row, (rows,), in the units of the target.

        With v_i = mu + sigma e_i, kept within low and high, it is mean |v_i - y| - mean |v_i - v_j| / 2, the integral
        of the squared distance between the two distribution functions (Gneiting and Raftery 2007).
        """
        n = len(self.errors)
        if n == 0:
            return np.where(np.isnan(y), np.nan, np.inf)
        v = np.clip(mean[:, None] + scale[:, None] * self.errors, low, high)
        half_distance = v @ (2 * np.arange(1, n + 1) - n - 1) / n**2
        return np.mean(np.abs(v - y[:, None]), axis=1) - half_distance
