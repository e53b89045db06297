"""The k-th smallest of many sums c + w s, without making them all.

Every fold has one centre c and one width w a row, and n/K sorted scores s, the same for all rows. Bisection over the
value finds nearly the right place in O(K log n) a row; steps from sum to sum then find it exactly, whatever the
rounding.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

HALVINGS = 60  # at most; where sums are equal, rounding ends it

FoldRows = Float[np.ndarray, "folds rows"]
Rows = Float[np.ndarray, " rows"]


@dataclass(frozen=True)
class Scores:
    """The different scores of every fold in ascending order, between -inf and inf, and how many lie at or below."""

    value: Float[np.ndarray, "folds places"]
    below: Int[np.ndarray, "folds places"]
    different: tuple[np.ndarray, ...]  # the same without padding

    @property
    def number(self) -> int:
        """How many scores there are."""
        return int(self.below[:, -1].sum())


def sorted_scores(scores: Sequence[np.ndarray]) -> Scores:
    """Return the scores of every fold, sorted once for all rows."""
    counted = [np.unique(of_fold, return_counts=True) for of_fold in scores]
    places = max(len(different) for different, _ in counted)
    value = np.full((len(counted), places + 2), np.inf)
    below = np.zeros((len(counted), places + 2), int)
    for fold, (different, counts) in enumerate(counted):
        value[fold, 0] = -np.inf
        value[fold, 1 : len(different) + 1] = different
        below[fold, 1 : len(different) + 1] = np.cumsum(counts)
        below[fold, len(different) + 1 :] = counts.sum()
    return Scores(value, below, tuple(different for different, _ in counted))


def kth_smallest(center: FoldRows, width: FoldRows, scores: Scores, k: int) -> Rows:
    """Return the k-th smallest of all float64 sums c + w s of every row, (rows,); 1 <= k <= n.

    `center` and `width` > 0 are (folds, rows). Equal sums count as often as they occur.
    """
    if len(center) == 1:  # one fold: the order of its scores is the order of the sums
        return center[0] + width[0] * scores.value[0, np.searchsorted(scores.below[0], k)]
    with np.errstate(over="ignore"):  # a width near 0 puts a score beyond all others
        guess = _near(center, width, scores, k)
        places = [
            np.searchsorted(of_fold, (guess - c) / w, side="right")
            for of_fold, c, w in zip(scores.different, center, width, strict=True)
        ]
    return _snapped(center, width, scores, k, guess, np.stack(places))


def _near(center: FoldRows, width: FoldRows, scores: Scores, k: int) -> Rows:
    """Return the k-th smallest sum but for rounding, by bisection."""
    folds = [fold for fold, of_fold in enumerate(scores.different) if len(of_fold)]
    ends = [[center[fold] + width[fold] * scores.different[fold][end] for fold in folds] for end in (0, -1)]
    low, high = np.min(ends[0], axis=0), np.max(ends[1], axis=0)
    until_low, until_high = np.zeros(len(low), int), np.full(len(low), scores.number)
    for _ in range(HALVINGS):
        if np.all(until_high - until_low <= 1):  # the sum that is looked for is the only one between
            break
        middle = low / 2 + high / 2
        count = np.zeros(len(middle), int)
        for fold in folds:
            place = np.searchsorted(scores.different[fold], (middle - center[fold]) / width[fold], side="right")
            count += scores.below[fold][place]
        enough = count >= k
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        until_low, until_high = np.where(enough, until_low, count), np.where(enough, count, until_high)
    return high


def _snapped(
    center: FoldRows, width: FoldRows, scores: Scores, k: int, guess: Rows, at: Int[np.ndarray, "folds rows"]
) -> Rows:
    """Return the exact k-th smallest sum, by steps from a guess; `at` are the places of the last sums up to it."""
    fold = np.arange(len(center))[:, None]

    def sums(place: np.ndarray) -> np.ndarray:
        return center + width * scores.value[fold, np.minimum(place, scores.value.shape[1] - 1)]

    while True:  # rounding may have put a place beside the right one
        ahead = (at + 1 < scores.value.shape[1]) & (sums(at + 1) <= guess)  # a sum may be infinite
        shift = ahead.astype(int) - (sums(at) > guess)
        if not shift.any():
            break
        at = at + shift
    while True:  # too few sums up to here: take the next
        short = scores.below[fold, at].sum(axis=0) < k
        if not short.any():
            break
        ahead = sums(at + 1)
        at = at + (short & (ahead == ahead.min(axis=0)))
    while True:  # too many: leave out the last while enough remain
        here = sums(at)
        last = here == here.max(axis=0)
        fewer = np.where(last, at - 1, at)
        spare = scores.below[fold, fewer].sum(axis=0) >= k
        if not spare.any():
            return here.max(axis=0)
        at = np.where(spare, fewer, at)
