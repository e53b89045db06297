"""Conformal prediction: ends that the next row lies between with a stated probability, whatever the model.

A score says how far y lies outside the ends of a model that was not trained on the row, in units of a width w > 0:

    R_i = max(lower(x_i) - y_i, y_i - upper(x_i)) / w(x_i)

lower = upper = mu, w = 1     |y - mu|            constant width
lower = upper = mu, w = sigma |y - mu| / sigma    adaptive width
lower, upper two quantiles    conformalised quantile regression (Romano, Patterson and Candes 2019)

Everything is float64 NumPy, and every probability is over rows that are exchangeable: the next row is drawn as the
others were.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from glassnet.conformal.coverage import rank
from glassnet.conformal.kth_smallest import FoldRows, Rows, kth_smallest, sorted_scores


def scores(below: np.ndarray, above: np.ndarray, width: np.ndarray | float = 1.0) -> np.ndarray:
    """Return R = max(below, above) / w, of below = lower - y and above = y - upper, all (rows,)."""
    return np.maximum(below, above) / width


def interval(
    lower: FoldRows, upper: FoldRows, width: FoldRows, fold_scores: Sequence[np.ndarray], coverage: Fraction
) -> tuple[Rows, Rows]:
    """Return the ends of CV+ for every row (Barber, Candes, Ramdas and Tibshirani 2021), each (rows,).

    With k = ceil(coverage (n + 1)), n scores in all and k(i) the fold of row i:

        high = k-th smallest of upper_k(i)(x) + w_k(i)(x) R_i
        low  = floor((1 - coverage) (n + 1))-th smallest of lower_k(i)(x) - w_k(i)(x) R_i

    `lower`, `upper` and `width` are those of the model without fold k, (folds, rows); `fold_scores` are the scores of
    every fold. One fold, of rows that no model was trained on, is split conformal prediction: the ends are moved by w
    times the k-th smallest score. Where k > n the ends are infinite. Ends that cross, as they can where scores are
    below 0, change places: the interval only grows.
    """
    ranked = sorted_scores(fold_scores)
    k = rank(coverage, ranked.number)
    if k > ranked.number:
        endless = np.full(lower.shape[1], np.inf)
        return -endless, endless
    high = kth_smallest(upper, width, ranked, k)
    # n + 1 - k = floor((1 - coverage) (n + 1)), and -(-c + s) = c - s exactly
    low = -kth_smallest(-lower, width, ranked, k)
    return np.minimum(low, high), np.maximum(low, high)


def belongs(score: np.ndarray, fold_scores: Sequence[np.ndarray], coverage: Fraction) -> np.ndarray:
    """Return whether a label belongs to the set of every row, by cross-conformal prediction (Vovk 2015).

        #{i: R_i >= score_k(i)(x)} >= floor((1 - coverage) (n + 1))

    `score` is what the label would have by the model without fold k, (folds, rows); `fold_scores` are the scores of the
    rows of that label by fold. A label of too few rows belongs to every set.
    """
    as_far = np.zeros(score.shape[1], int)
    for of_fold, candidate in zip(fold_scores, score, strict=True):
        as_far += len(of_fold) - np.searchsorted(np.sort(of_fold), candidate, side="left")
    n = sum(map(len, fold_scores))
    return as_far >= n + 1 - rank(coverage, n)


def split_floor(coverage: Fraction) -> float:
    """Return the coverage that is proved for split conformal prediction: the coverage asked for."""
    return float(coverage)


def cross_floor(coverage: Fraction, sizes: Sequence[int], *, random_folds: bool) -> float:
    """Return the coverage that is proved for CV+ and cross-conformal sets with folds of these sizes, a = 1 - coverage.

        1 - 2a - min{2 (1 - 1/K) / (n/K + 1), (1 - K/n) / (K + 1)}

    is theorem 4 of Barber et al. (2021), for equal folds that are drawn uniformly. Where sizes differ, or
    `random_folds` is false, only its first term is used, and that needs no equal sizes: a row that is missed has
    #{R_i >= R} < a (n + 1). In fold k of m_k rows, p_k = (#_k + 1) / (m_k + 1) is a valid p-value whatever the other
    rows made of the model. For p-values however dependent, P(sum w_k p_k <= e) <= 2 e (Vovk and Wang 2020); weights
    (m_k + 1) / (n + K) give P(missed) <= 2 (a (n + 1) + K - 1) / (n + K) <= 2a + 2 (K - 1) / (n + K). Never below 0;
    1 where the ends are infinite.
    """
    n, folds = sum(sizes), len(sizes)
    if rank(coverage, n) > n:
        return 1.0
    loss = Fraction(2 * (folds - 1), n + folds)
    if random_folds and len(set(sizes)) == 1:
        loss = min(loss, (1 - Fraction(folds, n)) / (folds + 1))
    return float(max(2 * coverage - 1 - loss, Fraction(0)))
