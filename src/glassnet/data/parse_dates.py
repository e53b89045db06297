"""Dates, times of day and durations as people write them, as seconds.

In 5/4/2021 day and month could change places; which one is meant belongs to the column and the file (see
`read_cells.py`), so a cell is read under an order that is given, and `has_order` says whether it depends on it.
"""

import calendar
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

EARLIEST, LATEST = 1000, 2999  # years
CENTURY = 69  # of two digits: 69 is 1969, 68 is 2068, as POSIX has it
EPOCH = datetime(1970, 1, 1)

TIME = (
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?\s?[Mm]\.?)?"
)
ZONE = r"\s*(?P<zone>Z|z|UTC|GMT|[A-Z]{3,4}|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)?(?:\s*\([^)]*\))?"
HOUR = r"(?P<hourly>\d{1,2})\s*(?P<halfly>[AaPp][Mm])"
AFTER = rf"(?:(?:\s*[T,]\s*|\s+|:)(?:at\s+|um\s+)?(?:{TIME}|{HOUR})(?:\s*(?:Uhr|h))?{ZONE})?\.?$"
YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})(?P<mark>[-/. ])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}}){AFTER}")
YEAR_LAST = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<mark>[-/.])\s?(?P<second_>\d{{1,2}})(?P=mark)\s?(?P<year>\d{{4}}|\d{{2}}){AFTER}"
)
COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:[T ](?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?P<zone>Z)?)?$"
)
DIGIT = re.compile(r"\d")
TIME_FIRST = re.compile(
    r"^(\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp][Mm])?)(?:\s*,\s*|\s+)(\S.*\d{4})$"
)  # 11:37:15 3 Sep 2020
WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
WORD = r"(?P<word>[^\W\d_]{3,10})\.?"
DAY_WORD_YEAR = re.compile(
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[-/\s,.]*(?:of\s+|de\s+)?{WORD}(?:\s+de)?[-/\s,.']*(?P<year>\d{{4}}|\d{{2}}){AFTER}"
)
WORD_DAY_YEAR = re.compile(
    rf"{WORD}[-/\s.]*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*,\s*|[-/\s]+)(?P<year>\d{{4}}|\d{{2}}){AFTER}"
)
CTIME = re.compile(rf"{WORD}\s+(?P<day>\d{{1,2}})\s+{TIME}\s+(?P<zone>[A-Z]{{3,4}})?\s*(?P<year>\d{{4}})$")
YEAR_WORD_DAY = re.compile(rf"(?P<year>\d{{4}})[-/\s.]*{WORD}[-/\s.]*(?P<day>\d{{1,2}}){AFTER}")
MONTH = re.compile(r"(?P<year>\d{4})\s*[-/.M]\s*(?P<month>\d{1,2})$")
MONTH_YEAR = re.compile(r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})$")
WORD_YEAR = re.compile(rf"{WORD}[-/\s,.']*(?P<year>\d{{4}}|\d{{2}})$")
YEAR_WORD = re.compile(rf"(?P<year>\d{{4}})[-/\s,.]*{WORD}$")
QUARTER = re.compile(
    r"(?P<year>\d{4})\s*[-/.]?\s*[Qq](?P<quarter>[1-4])$|(?:[Qq](?P<quarter_>[1-4])|(?P<quarter__>[1-4])\.?\s?(?:[Qq]|Quartal))\s*[-/.']?\s*(?P<year_>\d{4}|\d{2})$"
)
WEEK = re.compile(r"(?P<year>\d{4})-?[Ww](?P<week>\d{2})(?:-?(?P<weekday>[1-7]))?$")

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero gennaio januari ene janv jän jänner janeiro gen",
            "feb february februar février febrero febbraio februari févr fév fevereiro fev",
            "mar march märz mars marzo maart mär mrz mrt março",
            "apr april avril abril aprile avr abr",
            "may mai mayo maggio mei maj maio mag",
            "jun june juni juin junio giugno junho giu",
            "jul july juli juillet julio luglio juil julho lug",
            "aug august août agosto augustus augusti aoû ago",
            "sep sept september septembre septiembre settembre setembro set",
            "oct october oktober octobre octubre ottobre okt outubro out ott",
            "nov november novembre noviembre novembro",
            "dec december dezember décembre diciembre dicembre dez déc dic dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
# Of e-mail (RFC 822), and of the middle of Europe.
ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8,
         "PDT": -7, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "WET": 0, "WEST": 1, "EET": 2, "EEST": 3}  # fmt: skip

DOTTED = re.compile(r"([01]?\d|2[0-4])\.([0-5]\d)\.([0-5]\d)$")  # 18.00.00
CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?(?:[.,](\d{1,6}))?\s*([AaPp]\.?[Mm]\.?)?$")
DAYS_CLOCK = re.compile(r"([+-]?\d+)\s*(?:days?|d)\s*,?\s*(\d{1,2}):([0-5]\d)(?::([0-5]\d)(?:\.(\d+))?)?$")
IN_WORDS = re.compile(
    r"(?:(\d+(?:\.\d+)?)\s*(?:days?|d)\s*)?(?:(\d+(?:\.\d+)?)\s*(?:hours?|hrs?|std|h)\.?\s*)?"
    r"(?:(\d+(?:\.\d+)?)\s*(?:minutes?|mins?|m)\.?\s*)?(?:(\d+(?:\.\d+)?)\s*(?:seconds?|secs?|s)\.?)?$"
)
ISO_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$")


class Moment(NamedTuple):
    """A date as a number.

    Parameters
    ----------
    seconds : float
        Since 1970-01-01; UTC where it has a zone, else as it is written.
    zoned : bool
        Whether it says its zone.
    two_digits : bool
        Whether its year has two digits.
    period : str
        "month", "quarter" or "week", whose first day it is; empty where it is a day or a moment.
    """

    seconds: float
    zoned: bool = False
    two_digits: bool = False
    period: str = ""


def read_date(cell: str, day_first: bool) -> Moment | None:
    """Return the moment that a plain cell names, or None; `day_first` is the order of 5/4/2021."""
    if len(cell) > 50 or not DIGIT.search(cell):
        return None
    cell = _date_first(cell)
    if found := YEAR_FIRST.match(cell):
        return _moment(found, int(found["year"]), int(found["month"]), int(found["day"]))
    if found := YEAR_LAST.match(cell):
        first, second = int(found["first"]), int(found["second_"])
        day, month = (first, second) if day_first else (second, first)
        return _moment(found, _year(found["year"]), month, day, len(found["year"]) == 2)
    for pattern in (DAY_WORD_YEAR, WORD_DAY_YEAR, YEAR_WORD_DAY, CTIME):
        if (found := pattern.match(cell)) and found["word"].lower() in MONTHS:
            month = MONTHS[found["word"].lower()]
            return _moment(found, _year(found["year"]), month, int(found["day"]), len(found["year"]) == 2)
    return _read_period(cell)


def has_order(cell: str) -> bool:
    """Return whether day and month of a cell such as 5/4/2021 could change places."""
    return YEAR_LAST.match(_date_first(cell)) is not None


def _date_first(cell: str) -> str:
    """Return a date without its day of the week, and the time behind it."""
    if cell[1:2] == ":" or cell[2:3] == ":":
        return TIME_FIRST.sub(r"\2 \1", cell)
    return WEEKDAY.sub("", cell) if cell[:1].isalpha() else cell


def read_compact_date(cell: str) -> Moment | None:
    """Return the moment that 20210105 or 20210105T101530Z names."""
    found = COMPACT.match(cell)
    return None if found is None else _moment(found, int(found["year"]), int(found["month"]), int(found["day"]))


@lru_cache(maxsize=4096)
def _midnight(year: int, month: int, day: int) -> float | None:
    if not (EARLIEST <= year <= LATEST and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return (datetime(year, month, day) - EPOCH).total_seconds()


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year >= CENTURY else 2000)


def _moment(found: re.Match[str], year: int, month: int, day: int, two_digits: bool = False) -> Moment | None:
    midnight = _midnight(year, month, day)
    if midnight is None:
        return None
    parts = found.groupdict()
    if parts.get("hourly") is not None:
        parts |= {"hour": parts["hourly"], "minute": "0", "second": None, "half": parts["halfly"]}
    if parts.get("hour") is None:
        return Moment(midnight, two_digits=two_digits)
    time = _of_day(int(parts["hour"]), int(parts["minute"]), int(parts.get("second") or 0), parts.get("half"))
    offset = _offset(parts.get("zone"))
    if time is None or offset is None:
        return None
    seconds = midnight + time + float(f"0.{parts.get('fraction') or 0}") - offset
    return Moment(seconds, bool(parts.get("zone")), two_digits)


def _of_day(hour: int, minute: int, second: int, half: str | None) -> float | None:
    """Return seconds since midnight; 24:00 is the next day's."""
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second):
        return None
    return 3600.0 * hour + 60 * minute + second


def _offset(zone: str | None) -> float | None:
    """Return how many seconds a zone is ahead of UTC, or None for one that is not known."""
    if not zone:
        return 0.0
    if zone.upper() in ZONES:
        return 3600.0 * ZONES[zone.upper()]
    found = re.match(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$", zone)
    if found is None:
        return None
    return (-1 if found[1] == "-" else 1) * (3600.0 * int(found[2]) + 60 * int(found[3] or 0))


def _read_period(cell: str) -> Moment | None:
    """Return the first moment of a month, a quarter or a week."""
    if found := QUARTER.match(cell):
        year, quarter = (
            found["year"] or found["year_"],
            int(found["quarter"] or found["quarter_"] or found["quarter__"]),
        )
        return _first("quarter", _year(year), 3 * quarter - 2, len(year) == 2)
    if found := MONTH.match(cell) or MONTH_YEAR.match(cell):
        return _first("month", int(found["year"]), int(found["month"]))
    if (found := WORD_YEAR.match(cell) or YEAR_WORD.match(cell)) and found["word"].lower() in MONTHS:
        return _first("month", _year(found["year"]), MONTHS[found["word"].lower()], len(found["year"]) == 2)
    if found := WEEK.match(cell):
        try:
            day = datetime.fromisocalendar(int(found["year"]), int(found["week"]), int(found["weekday"] or 1))
        except ValueError:
            return None
        return Moment((day - EPOCH).total_seconds(), period="week")
    return None


def _first(period: str, year: int, month: int, two_digits: bool = False) -> Moment | None:
    midnight = _midnight(year, month, 1)
    return None if midnight is None else Moment(midnight, two_digits=two_digits, period=period)


def read_duration(cell: str, minutes_first: bool = False) -> float | None:
    """Return the seconds of 19:52:06, 7:52 PM, "1h 30m", "2 days 03:04:05" or PT1H30M; None for anything else.

    `minutes_first` reads 45:12 as minutes and seconds, not as hours and minutes.
    """
    negative = cell.startswith("-")
    found = CLOCK.match(cell.lstrip("+-").replace(".", ":") if DOTTED.match(cell) else cell.lstrip("+-"))
    if found:
        first, second, third = int(found[1]), int(found[2]), found[3]
        fraction = float(f"0.{found[4] or 0}")
        if found[5]:
            of_day = _of_day(first, second, int(third or 0), found[5])
            return None if of_day is None else of_day + fraction
        is_minutes = third is None and (minutes_first or found[4] is not None)
        seconds = 60.0 * first + second if is_minutes else 3600.0 * first + 60 * second + int(third or 0)
        return (-1 if negative else 1) * (seconds + fraction)
    if found := DAYS_CLOCK.match(cell):
        days, clock = int(found[1]), 3600.0 * int(found[2]) + 60 * int(found[3]) + int(found[4] or 0)
        return 86400.0 * days + clock + float(f"0.{found[5] or 0}")
    if (found := ISO_DURATION.match(cell)) or (
        (found := IN_WORDS.match(cell.lower())) and sum(part is not None for part in found.groups()) > 1
    ):
        lengths = found.groups()
    else:
        return None
    if not any(lengths):
        return None
    return sum(float(length or 0) * unit for length, unit in zip(lengths, (86400, 3600, 60, 1), strict=True))


def minutes_come_first(cells: list[str]) -> bool:
    """Return whether 45:12 means minutes and seconds: others have hours too, or more than 23 stands before the colon.

    Beside 23:59:00 it means hours and minutes.
    """
    clocks = [found for cell in cells if (found := CLOCK.match(cell.lstrip("+-")))]
    of_two = [found for found in clocks if found[3] is None and not found[5]]
    with_seconds = any(found[3] not in (None, "00") for found in clocks if not found[5])
    return bool(of_two) and (with_seconds or any(int(found[1]) > 23 for found in of_two))


def written_date(seconds: float, zoned: bool = False) -> str:
    """Return a moment as ISO 8601 has it."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    text = moment.replace(tzinfo=None).isoformat(" ")
    return text.removesuffix(" 00:00:00") if not zoned else f"{text} UTC"
