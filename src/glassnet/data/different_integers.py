"""How many different integers a column has, estimated from the smallest of their hashes, in bounded space.

Of n different numbers, hashed evenly to 0 to 1, the k-th smallest hash is about k / n (Bar-Yossef et al. 2002).
"""

from dataclasses import dataclass, field
from typing import Self

import numpy as np

KEPT = 4096  # hashes: up to so many different numbers are counted exactly, more with a standard error of 1.6%
LARGEST = 2.0**63


@dataclass
class DifferentIntegers:
    """The integers of a column so far.

    Parameters
    ----------
    smallest : array (at most 4096,) of uint64
        The smallest hashes of the integers, sorted.
    """

    smallest: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))

    def add(self, cells: np.ndarray, origin: int = 0) -> None:
        """Add float64 integers, from which `origin` was subtracted; what is missing or no integer is left out."""
        integers = cells[(cells == np.floor(cells)) & (np.abs(cells) < LARGEST)]
        self._keep(_hashes(integers.astype(np.int64).astype(np.uint64) + np.uint64(origin % 2**64)))

    def merge(self, other: Self) -> None:
        """Add the integers of other rows."""
        self._keep(other.smallest)

    def estimate(self) -> float:
        """Return about how many different integers there are; exactly how many, if that is below 4096."""
        if len(self.smallest) < KEPT:
            return len(self.smallest)
        return (KEPT - 1) * 2.0**64 / float(self.smallest[-1])

    def _keep(self, hashes: np.ndarray) -> None:
        if len(self.smallest) == KEPT:
            hashes = hashes[hashes < self.smallest[-1]]
        rising = np.sort(np.concatenate([self.smallest, hashes]))  # np.unique is slower
        self.smallest = rising[np.append(True, rising[1:] != rising[:-1])[: len(rising)]][:KEPT]


def _hashes(integers: np.ndarray) -> np.ndarray:
    """Return the mixed bits of integers, as SplitMix64 mixes them (Steele et al. 2014)."""
    bits = integers + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        bits = (bits ^ (bits >> np.uint64(shift))) * np.uint64(factor)
    return bits ^ (bits >> np.uint64(31))
