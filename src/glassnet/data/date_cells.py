"""The different cells of a column as dates, with the day first and with the month first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glassnet._lazy import pl
from glassnet.data.parse_dates import Moment, has_order, read_compact_date, read_date

DAY, TIME = r"^\d{4}-\d{2}-\d{2}", r"[T ]\d{2}:\d{2}"
ISO = {
    "%Y-%m-%d": DAY + "$",
    "%Y-%m-%d %H:%M": DAY + TIME + "$",
    "%Y-%m-%d %H:%M:%S": DAY + TIME + r":\d{2}$",
    "%Y-%m-%d %H:%M:%S%.f": DAY + TIME + r":\d{2}\.\d{1,6}$",
}
COMPACT = r"^[12]\d{3}[01]\d[0-3]\d([T ]\d{4}(\d{2})?Z?)?$"


@dataclass(frozen=True)
class DateCells:
    """Moments of cells.

    Parameters
    ----------
    day_first, month_first : array (cells,)
        Seconds since 1970 with either order, NaN where a cell is no date.
    depends : array (cells,) of bool
        Whether day and month stand beside each other as numbers before the year.
    zoned, two_digits : array (cells,) of bool
        Whether each says its zone, and whether its year has two digits.
    periods : frozenset of str
        "month", "quarter" and "week", where cells name these.
    """

    day_first: np.ndarray
    month_first: np.ndarray
    depends: np.ndarray
    zoned: np.ndarray
    two_digits: np.ndarray
    periods: frozenset[str]

    def seconds(self, day_first: bool) -> np.ndarray:
        """Return the moments with this order of day and month."""
        return self.day_first if day_first else self.month_first

    @property
    def open(self) -> np.ndarray:
        """Which cells are two different dates with the day first and with the month first."""
        both = ~np.isnan(self.day_first) & ~np.isnan(self.month_first)
        return self.depends & both & (self.day_first != self.month_first)


def date_cells(cells: Sequence[str]) -> DateCells:
    """Return plain cells as dates."""
    text = pl.Series(cells, dtype=pl.String)
    seconds = np.full(len(cells), np.nan)
    done = ~text.str.contains(r"\d").to_numpy()
    for form, pattern in ISO.items():
        fits = text.str.contains(pattern).to_numpy() & ~text.str.contains("[T ]24:").to_numpy()
        if fits.any():
            written = text.filter(pl.Series(fits)).str.replace("T", " ", literal=True)
            moments = written.str.to_datetime(form, strict=False, time_unit="us").dt.timestamp("us").cast(pl.Float64)
            seconds[fits] = moments.fill_null(float("nan")).to_numpy() / 1e6
        done |= fits
    places = [int(place) for place in np.flatnonzero(~done)]
    first = [read_date(cells[place], True) for place in places]
    open_order = [has_order(cells[place]) for place in places]
    last = [
        read_date(cells[place], False) if order else moment
        for place, moment, order in zip(places, first, open_order, strict=True)
    ]
    day_first, month_first = (_filled(seconds, places, moments) for moments in (first, last))
    depends, zoned, two_digits = (np.zeros(len(cells), dtype=bool) for _ in range(3))
    depends[places] = open_order
    depends &= ~(np.isnan(day_first) & np.isnan(month_first))
    known = [(place, moment) for place, moment in zip(places * 2, [*first, *last], strict=True) if moment is not None]
    for place, moment in known:
        zoned[place], two_digits[place] = moment.zoned, moment.two_digits
    periods = frozenset(moment.period for _, moment in known) - {""}
    return DateCells(day_first, month_first, depends, zoned, two_digits, periods)


def compact_date_cells(cells: Sequence[str]) -> DateCells | None:
    """Return cells such as 20210105 as dates; None where not all of them are."""
    if not pl.Series(cells, dtype=pl.String).str.contains(COMPACT).all():
        return None
    moments = [read_compact_date(cell) for cell in cells]
    known = [moment for moment in moments if moment is not None]
    if len(known) < len(moments):
        return None
    seconds = np.array([moment.seconds for moment in known])
    none = np.zeros(len(cells), dtype=bool)
    return DateCells(seconds, seconds, none, np.array([moment.zoned for moment in known]), none, frozenset())


def _filled(seconds: np.ndarray, places: list[int], moments: list[Moment | None]) -> np.ndarray:
    filled = seconds.copy()
    filled[places] = [np.nan if moment is None else moment.seconds for moment in moments]
    return filled
