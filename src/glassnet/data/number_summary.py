"""What decides about a column of numbers, added up slice by slice."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from glassnet.data.booleans import FALSE_TRUE
from glassnet.data.different_integers import DifferentIntegers
from glassnet.data.integers import LARGEST_EXACT
from glassnet.data.row_numbers import RowNumbers

MOST_VALUES = 3  # that are kept: more than two say that a column is no flag


@dataclass
class NumberSummary:
    """A column of numbers, so far.

    Parameters
    ----------
    rows, missing : int
        How many rows there are, and in how many of them the cell is missing.
    values : tuple of float or int
        The least, the largest and one more of the different numbers, before an origin was subtracted from them.
    fractions : bool
        Whether some number is no integer.
    beyond : bool
        Whether integers beyond 2^53 had an origin subtracted from them.
    rounded : bool
        Whether integers of several slices lie so far apart that float64 rounds their distance.
    row_numbers : RowNumbers or None
        Whether they count the rows; None where that is not asked.
    different : DifferentIntegers or None
        How many different ones there are; None where that is not asked.
    """

    rows: int = 0
    missing: int = 0
    values: tuple[float | int, ...] = ()
    fractions: bool = False
    beyond: bool = False
    rounded: bool = False
    row_numbers: RowNumbers | None = None
    different: DifferentIntegers | None = None

    @classmethod
    def of(cls, cells: np.ndarray, origin: int = 0, *, count: bool = False, different: bool = False) -> Self:
        """Return the summary of cells (rows,); what is asked is whether they count the rows and how many differ."""
        present = cells[~np.isnan(cells)]
        values = _values(present)
        row_numbers = RowNumbers() if count else None
        if row_numbers is not None:
            row_numbers.add(cells, origin)
        integers = DifferentIntegers() if different else None
        if integers is not None:
            integers.add(cells, origin)
        return cls(
            len(cells), len(cells) - len(present),
            tuple(int(value) + origin for value in values) if origin else values,
            bool((present != np.floor(present)).any()),
            bool(origin), row_numbers=row_numbers, different=integers,
        )  # fmt: skip

    def add(self, other: Self) -> None:
        """Add other rows of the column; `ValueError` for integers beyond 2^53 among numbers that are none."""
        self.fractions, self.beyond = self.fractions or other.fractions, self.beyond or other.beyond
        if self.fractions and self.beyond:
            raise ValueError(
                "it has integers beyond 2^53 and numbers that are no integers; make it float64, or drop it"
            )
        different = sorted({*self.values, *other.values})
        self.values = tuple(different[: MOST_VALUES - 1] + different[-1:] if len(different) > 2 else different)
        self.rows, self.missing = self.rows + other.rows, self.missing + other.missing
        self.rounded = self.beyond and int(self.values[-1]) - int(self.values[0]) > LARGEST_EXACT
        if self.row_numbers is not None and other.row_numbers is not None:
            self.row_numbers.merge(other.row_numbers)
        if self.different is not None and other.different is not None:
            self.different.merge(other.different)

    def add_missing(self, rows: int) -> None:
        """Add rows in which the cell is missing."""
        self.rows, self.missing = self.rows + rows, self.missing + rows
        if rows and self.row_numbers is not None:
            self.row_numbers.give_up()

    @property
    def origin(self) -> int:
        """What is subtracted from integers beyond 2^53."""
        return int(self.values[0]) if self.beyond else 0

    @property
    def two_values(self) -> tuple[float, float] | None:
        """The two different numbers, less the origin; None where there are more, fewer or infinite ones.

        `ValueError` where what float64 rounds decides.
        """
        less = sorted({float(value - self.origin) for value in self.values})
        if len(less) < MOST_VALUES and self.rounded:
            raise ValueError(
                "its integers lie more than 2^53 apart, and float64 does not tell them apart; make it text, or drop it"
            )
        return (less[0], less[1]) if len(less) == 2 and np.isfinite(less).all() else None

    @property
    def different_integers(self) -> float:
        """About how many different integers there are; 0 where some number is no integer."""
        finite = bool(np.isfinite([float(value) for value in self.values]).all())
        return 0.0 if self.fractions or not finite or self.different is None else self.different.estimate()

    @property
    def is_constant(self) -> bool:
        """Whether every row has the same number."""
        return not self.missing and len(self.values) == 1

    @property
    def is_boolean(self) -> bool:
        """Whether the numbers are 0 and 1 alone."""
        return bool(self.values) and {float(value - self.origin) for value in self.values} <= set(FALSE_TRUE)


def _values(present: np.ndarray) -> tuple[float, ...]:
    """Return the least, the largest and another one of the different numbers, sorted."""
    if not present.size:
        return ()
    low, high = present.min(), present.max()
    others = present[(present != low) & (present != high)]
    return tuple(sorted({float(low), float(high), *(float(other) for other in others[:1])}))
