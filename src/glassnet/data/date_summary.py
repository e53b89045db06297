"""What decides about a column of dates, added up slice by slice."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np

from glassnet.data.dates import DAY, PERIODS


@dataclass
class DateSummary:
    """A column of dates, so far.

    Parameters
    ----------
    rows, missing : int
        How many rows there are, and in how many of them the cell is missing.
    least, largest : float
        The first and the last moment, in seconds since 1970; inf and -inf where there is none.
    zoned : bool
        Whether the dates say their time zone.
    places : dict of (float, float)
        Of every period: where in it the dates stand, the least and the largest, from 0 to 1.
    """

    rows: int = 0
    missing: int = 0
    least: float = np.inf
    largest: float = -np.inf
    zoned: bool = False
    places: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])

    @classmethod
    def of(cls, seconds: np.ndarray, zoned: bool) -> Self:
        """Return the summary of moments (rows,)."""
        present = seconds[~np.isnan(seconds)]
        if not present.size:
            return cls(len(seconds), len(seconds), zoned=zoned)
        stand = {name: place(present) for name, (place, _) in PERIODS.items()}
        return cls(
            len(seconds), len(seconds) - len(present), float(present.min()), float(present.max()), zoned,
            {name: (float(at.min()), float(at.max())) for name, at in stand.items()},
        )  # fmt: skip

    def add(self, other: Self) -> None:
        """Add other rows of the column; `ValueError` where some say their time zone and others do not."""
        if self.has_dates and other.has_dates and self.zoned != other.zoned:
            raise ValueError("some of its dates say their time zone and some do not; give all of them one or none")
        self.zoned = other.zoned if other.has_dates else self.zoned
        self.rows, self.missing = self.rows + other.rows, self.missing + other.missing
        self.least, self.largest = min(self.least, other.least), max(self.largest, other.largest)
        for name, (low, high) in other.places.items():
            least, largest = self.places.get(name, (low, high))
            self.places[name] = min(least, low), max(largest, high)

    def add_missing(self, rows: int) -> None:
        """Add rows in which the cell is missing."""
        self.rows, self.missing = self.rows + rows, self.missing + rows

    @property
    def has_dates(self) -> bool:
        """Whether some cell is not missing."""
        return self.missing < self.rows

    @property
    def periods(self) -> tuple[str, ...]:
        """The names of the periods that the dates go through, and in which they differ."""
        if not self.has_dates:
            return ()
        span = (self.largest - self.least) / DAY
        return tuple(
            name for name, (_, days) in PERIODS.items() if span >= days and self.places[name][0] < self.places[name][1]
        )

    @property
    def is_constant(self) -> bool:
        """Whether every row has the same date."""
        return not self.missing and self.least == self.largest
