"""Which rows a model has learned from: 64 bits of each, so that these rows cannot be passed off as new ones."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from glassnet.data.dataset import Dataset

MOST_KNOWN = 0.05  # fraction of rows that were learned from, above which rows are not new
DEVIATIONS = 3  # by which more rows than expected are no chance


class Known(NamedTuple):
    """How many rows were learned from, whether chance does not explain it, and whether they are many."""

    rows: int
    unlikely: bool
    many: bool


@dataclass(frozen=True)
class SeenRows:
    """Fingerprints of rows, each of inputs and targets together.

    Two rows of a table may be equal by chance, above all where columns have few values. How often is estimated from the
    rows themselves: rows that are drawn alike are as likely to equal one of the others as a new row is.

    Parameters
    ----------
    digests : array of uint64
        The fingerprints that occur, in ascending order.
    chance : float
        The probability that a new row, drawn as these were, equals one of them.
    part : float
        The fraction of the rows that were learned from whose fingerprints these are.
    """

    digests: np.ndarray
    chance: float
    part: float = 1.0

    def joined(self, other: "SeenRows") -> "SeenRows":
        """Return the rows of both, as when training goes on; the chance grows with the number of different rows."""
        digests = np.union1d(self.digests, other.digests)
        chances = [part.chance * len(digests) / len(part.digests) for part in (self, other)]
        return SeenRows(digests, min(1.0, max(chances)), min(self.part, other.part))

    def known(self, dataset: Dataset) -> "Known":
        """Return how many rows of a dataset are among these, and what to think of it."""
        rows = self.count(dataset)
        return Known(rows, rows > self.most_by_chance(dataset.rows), rows > MOST_KNOWN * self.part * dataset.rows)

    def count(self, dataset: Dataset) -> int:
        """Return how many rows of a dataset are among these."""
        return int(np.isin(row_digests(dataset), self.digests).sum())

    def most_by_chance(self, rows: int) -> float:
        """Return how many of so many new rows may be among these by chance."""
        expected = self.chance * rows
        return expected + DEVIATIONS * max(1.0, expected * (1 - self.chance)) ** 0.5


def seen_rows(dataset: Dataset, part: float = 1.0) -> SeenRows:
    """Return the fingerprints of the rows of a dataset, which are a `part` of those that are learned from."""
    digests, counts = np.unique(row_digests(dataset), return_counts=True)
    return SeenRows(digests, float(counts[counts > 1].sum() / dataset.rows), part)


def row_digests(dataset: Dataset) -> np.ndarray:
    """Return 64 bits of every row's encoded inputs and targets, (rows,) uint64.

    They are of numbers in single precision: rows that went through such a file are the same rows.
    """
    parts = [_normal(dataset.x.reshape(dataset.rows, -1)), _normal(dataset.y)]
    rows = zip(*parts, strict=True)
    return np.array([int.from_bytes(_digest(x.tobytes() + y.tobytes()), "little") for x, y in rows], np.uint64)


def _digest(row: bytes) -> bytes:
    return blake2b(row, digest_size=8).digest()


def _normal(numbers: np.ndarray) -> np.ndarray:
    """Return numbers with one zero and one NaN, which equal numbers have in other bits."""
    if numbers.dtype.kind != "f":
        return numbers
    with np.errstate(over="ignore", under="ignore"):
        numbers = numbers.astype(np.float32)
    return np.where(np.isnan(numbers), numbers.dtype.type(np.nan), numbers + numbers.dtype.type(0))
