"""The coverage of intervals on rows whose target is known, with its confidence limits."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Coverage:
    """Intervals compared with the targets of `rows` rows; widths and losses in the units of the target."""

    rows: int
    asked: float
    covered: float  # fraction of targets within their interval
    at_least: float  # 95% limits of Clopper and Pearson for the fraction in the long run
    at_most: float
    mean_width: float
    pinball: float  # of the ends as quantiles (1 -+ asked) / 2, mean of both: small for intervals narrow and right


def measure(y: np.ndarray, lower: np.ndarray, upper: np.ndarray, asked: float) -> Coverage:
    """Return how targets (rows,) met their intervals; missing targets count for nothing.

    `ValueError` when every target is missing.
    """
    known = ~np.isnan(y)
    if not known.any():
        raise ValueError("every target is missing; a coverage needs at least one")
    y, lower, upper = y[known], lower[known], upper[known]
    hits, rows = int(np.sum((lower <= y) & (y <= upper))), len(y)
    at_least, at_most = clopper_pearson(hits, rows)
    width, loss = float(np.mean(upper - lower)), float(np.mean(interval_losses(y, lower, upper, asked)))
    return Coverage(rows, asked, hits / rows, at_least, at_most, width, loss)


def interval_losses(y: np.ndarray, lower: np.ndarray, upper: np.ndarray, asked: float) -> np.ndarray:
    """Return the pinball losses (2, rows) of the lower and the upper ends as quantiles (1 -+ asked) / 2."""
    level = (1 - asked) / 2
    below, above = y - lower, upper - y  # r and -r of max(t r, (t - 1) r) at either end
    return np.array([np.maximum(level * below, (level - 1) * below), np.maximum(level * above, (level - 1) * above)])


def clopper_pearson(hits: int, rows: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return limits of the true fraction that hold with at least `confidence`, exactly (Clopper and Pearson 1934)."""
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, rows - hits + 1))
    high = 1.0 if hits == rows else float(beta.ppf(1 - tail, hits + 1, rows - hits))
    return low, high
