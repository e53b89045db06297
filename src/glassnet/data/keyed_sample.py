"""A sample of rows in bounded memory: every row number has a random key, and the rows with the smallest keys are kept.

Which rows these are depends on their numbers and the seed alone, not on the slices that they come in.
"""

import numpy as np

GOLDEN = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio: the step of SplitMix64 (Steele, Lea and Flood 2014)
AT_ONCE = 1 << 20  # row numbers whose keys are in memory at once


def row_keys(rows: np.ndarray, seed: int) -> np.ndarray:
    """Return a random key (rows,), uint64, for every row number; different rows have different keys."""
    start = _scrambled(np.array([seed], dtype=np.uint64))
    return _scrambled(start + (rows.astype(np.uint64) + np.uint64(1)) * np.uint64(GOLDEN))


def drawn_rows(rows: int, most: int, seed: int) -> np.ndarray:
    """Return the numbers of at most so many of `rows` rows, in order, each with the same chance."""
    sample = KeyedSample(most)
    for first in range(0, rows, AT_ONCE):
        numbers = np.arange(first, min(first + AT_ONCE, rows))
        sample.add(row_keys(numbers, seed), numbers)
    return np.sort(sample.values)


class KeyedSample:
    """The values with the smallest keys.

    Parameters
    ----------
    most : int
        How many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._keys = np.zeros(0, dtype=np.uint64)
        self._values = np.zeros(0)

    @property
    def values(self) -> np.ndarray:
        """The values that are kept, in no order."""
        return self._values

    def add(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Add values (rows,) with their keys (rows,)."""
        if len(self._keys) == self._most:
            smaller = keys < self._keys.max()
            keys, values = keys[smaller], values[smaller]
        if not len(self._keys):
            self._values = values[:0]  # of their type
        keys, values = np.concatenate([self._keys, keys]), np.concatenate([self._values, values])
        if len(keys) > self._most:
            chosen = np.argpartition(keys, self._most - 1)[: self._most]
            keys, values = keys[chosen], values[chosen]
        self._keys, self._values = keys, values


def _scrambled(bits: np.ndarray) -> np.ndarray:
    """Return the finaliser of SplitMix64, which gives different numbers for different ones."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
