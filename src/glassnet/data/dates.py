"""Dates as numbers: seconds, and points on circles for where they stand in the day, the week, the month, the year."""

from collections.abc import Callable

import numpy as np

DAY = 86_400.0


def _of_day(seconds: np.ndarray) -> np.ndarray:
    return seconds % DAY / DAY


def _of_week(seconds: np.ndarray) -> np.ndarray:
    return (seconds // DAY + 3) % 7 / 7  # 1970-01-01 was a Thursday


def _of_month(seconds: np.ndarray) -> np.ndarray:
    return _within(seconds, "datetime64[M]")


def _of_year(seconds: np.ndarray) -> np.ndarray:
    return _within(seconds, "datetime64[Y]")


def _within(seconds: np.ndarray, unit: str) -> np.ndarray:
    days = (np.nan_to_num(seconds) // DAY).astype("datetime64[D]")
    first = days.astype(unit)
    length = (first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")
    fraction = (days - first.astype("datetime64[D]")) / length
    return np.where(np.isnan(seconds), np.nan, fraction)


# Where in its period a moment stands, from 0 to 1, and how many days the dates must span to show it.
PERIODS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], float]] = {
    "time of day": (_of_day, 1.0),
    "day of week": (_of_week, 7.0),
    "day of month": (_of_month, 28.0),
    "day of year": (_of_year, 365.0),
}


def periods_seen(seconds: np.ndarray) -> tuple[str, ...]:
    """Return the names of the periods that these dates go through, and in which they differ."""
    present = seconds[~np.isnan(seconds)]
    if not present.size:
        return ()
    span = (present.max() - present.min()) / DAY
    return tuple(name for name, (place, least) in PERIODS.items() if span >= least and np.ptp(place(present)) > 0)


def on_circle(period: str, seconds: np.ndarray) -> np.ndarray:
    """Return (rows, 2): sine and cosine of where the dates stand in a period; NaN where missing."""
    angle = 2 * np.pi * PERIODS[period][0](seconds)
    return np.column_stack([np.sin(angle), np.cos(angle)])
