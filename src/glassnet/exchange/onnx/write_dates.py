"""Dates as ONNX nodes: seconds since 1970-01-01 in int64 to where they stand in the day, the week, month and year.

Days become years and months by the proleptic Gregorian calendar, whose years are counted from March here, so that a
leap day is the last of its year (Richards 2013, in the Explanatory Supplement to the Astronomical Almanac).
"""

from collections.abc import Callable

import numpy as np

from glassnet.exchange.onnx.graph import Graph

DAY = 86_400
DAYS_TO_1970 = 719_468  # from 0000-03-01
ERA, YEAR, LONGEST_MONTHS = 146_097, 365, 153  # days of 400 years, of a year, of five months from March
LENGTHS = (31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28)  # from March


def write_place(graph: Graph, period: str, seconds: str) -> str:
    """Return where seconds, int64, stand in a period, from 0 to 1, float64.

    Parameters
    ----------
    graph : Graph
        What nodes are added to.
    period : str
        One of `glassnet.data.dates.PERIODS`.
    seconds : str
        The value; none of it is a gap.
    """
    return PLACES[period](Calendar(graph), seconds)


class Calendar:
    """Integer arithmetic of a graph; quotients are rounded down."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def __call__(self, operator: str, *operands: str | int) -> str:
        """Return the output of an operator on int64."""
        return self.graph.add(operator, *(o if isinstance(o, str) else self.number(o) for o in operands))

    def number(self, number: int) -> str:
        """Return a constant."""
        return self.graph.constant(number, np.int64)

    def quotient(self, numerator: str, denominator: int) -> str:
        """Return numerator / denominator, rounded down."""
        return self("Div", self("Sub", numerator, self("Mod", numerator, denominator)), denominator)

    def integer(self, condition: str) -> str:
        """Return 1 where a condition holds, else 0."""
        return self.graph.cast(condition, np.int64)

    def ratio(self, numerator: str, denominator: str | int) -> str:
        """Return a quotient in float64."""
        below = denominator if isinstance(denominator, str) else self.number(denominator)
        return self.graph.add("Div", *(self.graph.cast(value, np.float64) for value in (numerator, below)))


def _of_day(c: Calendar, seconds: str) -> str:
    return c.ratio(c("Mod", seconds, DAY), DAY)


def _of_week(c: Calendar, seconds: str) -> str:
    return c.ratio(c("Mod", c("Add", c.quotient(seconds, DAY), 3), 7), 7)  # 1970-01-01 was a Thursday


def _of_month(c: Calendar, seconds: str) -> str:
    year, day = _year_from_march(c, seconds)
    month = c.quotient(c("Add", c("Mul", day, 5), 2), LONGEST_MONTHS)
    first = c.quotient(c("Add", c("Mul", month, LONGEST_MONTHS), 2), 5)
    lengths = c.graph.add("Gather", c.graph.constant(LENGTHS, np.int64), month)
    february = c.integer(c("Equal", month, len(LENGTHS) - 1))
    length = c("Add", lengths, c("Mul", february, _leap(c, c("Add", year, 1))))
    return c.ratio(c("Sub", day, first), length)


def _of_year(c: Calendar, seconds: str) -> str:
    year, day = _year_from_march(c, seconds)
    from_january = c("GreaterOrEqual", day, 306)  # 1 January is day 306 of a year from March
    leap = _leap(c, c("Add", year, c.integer(from_january)))
    day_from_january = c("Where", from_january, c("Sub", day, 306), c("Add", c("Add", day, 59), leap))
    return c.ratio(day_from_january, c("Add", leap, YEAR))


def _year_from_march(c: Calendar, seconds: str) -> tuple[str, str]:
    """Return the year that began in March, and the day of it, from 0."""
    days = c("Add", c.quotient(seconds, DAY), DAYS_TO_1970)
    era, of_era = c.quotient(days, ERA), c("Mod", days, ERA)
    leap_days = c("Sub", c("Div", of_era, 1460), c("Div", of_era, 36_524))
    year = c("Div", c("Sub", c("Sub", of_era, leap_days), c("Div", of_era, 146_096)), YEAR)
    before = c("Sub", c("Add", c("Mul", year, YEAR), c("Div", year, 4)), c("Div", year, 100))
    return c("Add", c("Mul", era, 400), year), c("Sub", of_era, before)


def _leap(c: Calendar, year: str) -> str:
    """Return 1 for a leap year, else 0."""
    by_4, by_100, by_400 = (c.integer(c("Equal", c("Mod", year, n), 0)) for n in (4, 100, 400))
    return c("Add", c("Sub", by_4, by_100), by_400)


PLACES: dict[str, Callable[[Calendar, str], str]] = {
    "time of day": _of_day,
    "day of week": _of_week,
    "day of month": _of_month,
    "day of year": _of_year,
}
