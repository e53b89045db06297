"""Whether the numbers of a column count the rows: different integers that cover most of a range, seen slice by slice.

The integers are a bit each. A range that would need more bits than there is room for has too few rows to be covered,
whatever they hold, unless the table has hundreds of millions.
"""

from dataclasses import dataclass, field
from typing import Self

import numpy as np

from glassnet.data.identifiers import MOST_OF_RANGE

LARGEST_RANGE = 1 << 31  # integers, of which the bits take 256 MiB
MOST_WAITING = 1 << 20  # integers that are kept as they are, before they become bits
LEAST_ROWS = 3


@dataclass
class RowNumbers:
    """The integers of a column so far.

    Parameters
    ----------
    rows : int
        The number of rows.
    least, largest : int
        The ends of their range; 0 where there are no rows.
    possible : bool
        Whether all are different integers, as far as was looked.
    """

    rows: int = 0
    least: int = 0
    largest: int = 0
    possible: bool = True
    _start: int = 0  # the integer of the first bit
    _bits: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.uint8))
    _waiting: list[np.ndarray] = field(default_factory=list[np.ndarray])
    _base: int | None = None  # what is subtracted from those that wait

    def add(self, cells: np.ndarray, origin: int = 0) -> None:
        """Add float64 cells, from which `origin` was subtracted; NaN is a missing cell."""
        if not self.possible or not cells.size:
            return
        if not np.isfinite(cells).all() or not np.array_equal(cells, np.round(cells)):
            self.give_up()
            return
        low, high = int(cells.min()) + origin, int(cells.max()) + origin
        self._widen(low, high, cells.size)
        if self._in_reach:
            self._wait((cells - cells.min()).astype(np.int64), low)

    def merge(self, other: Self) -> None:
        """Add the integers of other rows."""
        if not other.possible:
            self.give_up()
        if not self.possible or not other.rows:
            return
        self._widen(other.least, other.largest, other.rows)
        for integers, base in other._parts() if self._in_reach else ():
            self._wait(integers, base)

    def give_up(self) -> None:
        """Note that the rows are not counted."""
        self.possible = False
        self._forget()

    def counts_rows(self) -> bool | None:
        """Return whether the integers count the rows; None where there are too many to know."""
        if self.possible and self._in_reach:
            self._to_bits()
        length = float(self.largest - self.least) + 1
        if not self.possible or self.rows < LEAST_ROWS or not self.rows >= MOST_OF_RANGE * length:
            return False
        return True if self._in_reach else None

    @property
    def _in_reach(self) -> bool:
        return self.largest - self.least < LARGEST_RANGE

    def _widen(self, low: int, high: int, rows: int) -> None:
        self.least = min(low, self.least) if self.rows else low
        self.largest = max(high, self.largest) if self.rows else high
        self.rows += rows
        if not self._in_reach:
            self._forget()

    def _forget(self) -> None:
        self._bits, self._waiting = np.zeros(0, dtype=np.uint8), []

    def _wait(self, integers: np.ndarray, base: int) -> None:
        """Keep integers, from which `base` was subtracted."""
        if self._base is None:
            self._base = base
        self._waiting.append(integers + (base - self._base))
        if sum(map(len, self._waiting)) >= MOST_WAITING:
            self._to_bits(always=True)

    def _to_bits(self, always: bool = False) -> None:
        """Look for integers that come again, among those that wait and the bits; many become bits."""
        if not self._waiting or self._base is None:
            return
        integers = np.sort(np.concatenate(self._waiting))
        if (integers[1:] == integers[:-1]).any():
            self.give_up()
            return
        self._waiting = [integers]
        if not always and not self._bits.size:
            return
        self._grow()
        places = integers + (self._base - self._start)
        byte, bit = places >> 3, np.left_shift(1, places & 7).astype(np.uint8)
        if (self._bits[byte] & bit).any():
            self.give_up()
            return
        first = np.flatnonzero(np.diff(byte, prepend=-1))
        self._bits[byte[first]] |= np.bitwise_or.reduceat(bit, first)
        self._waiting = []

    def _grow(self) -> None:
        """Make room for the range, twice what is there at least."""
        start, size = self.least - self.least % 8, len(self._bits)
        start = min(start, self._start) if size else start
        needed = (max(self.largest, self._start + 8 * size - 1 if size else start) - start) // 8 + 1
        if size and start == self._start and needed <= size:
            return
        bits = np.zeros(max(needed, min(2 * size, LARGEST_RANGE // 8)), dtype=np.uint8)
        shift = (self._start - start) // 8 if size else 0
        bits[shift : shift + size] = self._bits
        self._bits, self._start = bits, start

    def _parts(self) -> list[tuple[np.ndarray, int]]:
        """Return all integers, in parts, each with what was subtracted from them."""
        parts = [(integers, self._base or 0) for integers in self._waiting]
        step = 1 << 17
        for place in range(0, len(self._bits), step):
            found = np.flatnonzero(np.unpackbits(self._bits[place : place + step], bitorder="little"))
            if found.size:
                parts.append((found, self._start + 8 * place))
        return parts
