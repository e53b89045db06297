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
    """Return the coverage that is proved for CV+ intervals and cross-conformal sets.

    With a = 1 - coverage, n rows and K equal folds that were drawn uniformly, theorem 4 of Barber et al. (2021) proves

        P(covered) >= 1 - 2a - min{2 (1 - 1/K) / (n/K + 1), (1 - K/n) / (K + 1)}.

    Folds of other sizes, or folds that were not drawn at random, keep the first term of the minimum,

        P(covered) >= 1 - 2a - 2 (K - 1) / (n + K),

    as follows. Let fold k have m_k rows and let #_k count its scores that are at least as large as the new row's.
    1. In each fold, p_k = (#_k + 1) / (m_k + 1) is a valid p-value: the fold's model has seen neither the fold nor the
       new row, so that their m_k + 1 scores are exchangeable.
    2. A mean of p-values, however dependent, is at most e with probability at most 2e (Vovk and Wang 2020). Take the
       mean with weights (m_k + 1) / (n + K); it is (sum_k #_k + K) / (n + K).
    3. A new row is missed only where sum_k #_k <= a (n + 1) - 1, hence with probability at most
       2 (a (n + 1) + K - 1) / (n + K) <= 2a + 2 (K - 1) / (n + K).

    Parameters
    ----------
    coverage : Fraction
        The coverage that was asked for.
    sizes : sequence of int
        Rows of each fold.
    random_folds : bool
        Whether the folds were drawn uniformly.

    Returns
    -------
    float
        A probability; never below 0, and 1 where the ends are infinite.
    """
    n, folds = sum(sizes), len(sizes)
    if rank(coverage, n) > n:
        return 1.0
    loss = Fraction(2 * (folds - 1), n + folds)
    if random_folds and len(set(sizes)) == 1:
        loss = min(loss, (1 - Fraction(folds, n)) / (folds + 1))
    return float(max(2 * coverage - 1 - loss, Fraction(0)))
