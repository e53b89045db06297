"""Single cells as numbers, text and moments: functions that a written module is made of, each by its own source."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np

from glassnet.data.missing import ERROR_OF_EXCEL, FLAGGED, MARKS_OF_MISSING, is_overflow
from glassnet.data.parse_dates import Moment, read_compact_date, read_date, read_duration
from glassnet.data.parse_numbers import CURRENCIES, DecimalMark, number_values, plain, split_number, unit_of

PLAIN_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?$")
BOOLEANS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}
EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)


class UnreadCellError(ValueError):
    """A cell that is none of what its column holds."""

    def __init__(self, text: str, row: int) -> None:
        super().__init__(text)
        self.row = row


def is_gap(cell: object) -> bool:
    """Return whether a cell is missing: None, NaN, NaT, NA of pandas."""
    if cell is None or cell is np.ma.masked or type(cell).__name__ == "NAType":
        return True
    return isinstance(cell, float | Decimal | np.generic | datetime | timedelta) and bool(cell != cell)


def is_mark_of_gap(text: str) -> bool:
    """Return whether text among numbers or dates stands for a missing cell."""
    return (
        text.lower() in MARKS_OF_MISSING or bool(ERROR_OF_EXCEL.match(text) or FLAGGED.match(text)) or is_overflow(text)
    )


def as_number(cell: object) -> float | None:
    """Return a number or boolean, and a duration or time of day in seconds, as a float; None for anything else."""
    if isinstance(cell, np.timedelta64):
        return float(cell / np.timedelta64(1, "us")) / 1e6
    if isinstance(cell, int | float | Decimal | Fraction | np.integer | np.floating | np.bool_):
        return float(cell)
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    if isinstance(cell, time):
        return 3600 * cell.hour + 60 * cell.minute + cell.second + cell.microsecond / 1e6
    return None


def as_moment(cell: object) -> datetime | None:
    """Return a date or moment as a moment; None for anything else."""
    if isinstance(cell, np.datetime64):
        return datetime(1970, 1, 1) + timedelta(microseconds=int(cell.astype("datetime64[us]").astype(np.int64)))
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime(cell.year, cell.month, cell.day)
    return cell if isinstance(cell, datetime) else None


def seconds_since_1970(moment: datetime) -> float:
    """Return the seconds from 1970-01-01, in UTC where the moment has a time zone."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH_UTC) // timedelta(microseconds=1) / 1e6


def as_text(cell: object) -> str | None:
    """Return a cell as text without blanks around it, 1 and 1.0 as "1"; None for blanks alone."""
    moment = as_moment(cell)
    if moment is not None:
        text = cell.isoformat() if isinstance(cell, date) else moment.isoformat()
    elif isinstance(cell, Decimal | Fraction) and cell % 1 == 0:
        text = str(int(cell))
    elif isinstance(cell, float | np.floating | Decimal | Fraction):
        text = str(int(cell)) if float(cell).is_integer() else str(float(cell))
    else:
        text = str(cell)
    return text.strip() or None


def read_plain_number(text: str, mark: str = ".") -> float | None:
    """Return text such as -12.5 or 1e3, with this decimal mark, as a number; None for anything else."""
    if text.lower().lstrip("+-") in ("inf", "infinity"):
        return float(text)
    other = "," if mark == "." else "."
    written = text.replace(mark, ".") if other not in text else text + "?"
    return float(written) if PLAIN_NUMBER.match(written) else None


def read_number(text: str, mark: DecimalMark, unit: str) -> float | None:
    """Return text such as $1,200 as a number in the unit of training; None for anything else."""
    parts = split_number(text)
    values = {} if parts is None else number_values(parts.digits, parts.exponent)
    if parts is None or mark not in values:
        return None
    scale, of_cell, _flag = unit_of(parts, unit in CURRENCIES.values() or bool(parts.prefix))
    if of_cell not in ("", unit):
        return None
    return parts.sign * float(f"{values[mark] * scale:.15g}" if scale != 1 else values[mark])


def read_boolean(text: str) -> float | None:
    """Return true and false, in any case, and 1 and 0 as numbers; None for anything else."""
    return BOOLEANS.get(text.lower())


def read_length_of_time(text: str, minutes_first: bool) -> float | None:
    """Return text such as 19:52:06 or 1h 30m in seconds; None for anything else."""
    return read_duration(text, minutes_first)


def read_iso_date(text: str) -> Moment | None:
    """Return text such as 2024-12-31 or 2024-12-31T18:00:00Z as a moment; None for anything else."""
    zone = "+00:00" if text.endswith((" UTC", "Z", "z")) else ""
    try:
        moment = datetime.fromisoformat(re.sub(r"( UTC|[Zz])$", zone, text))
    except ValueError:
        return None
    return Moment(seconds_since_1970(moment), moment.tzinfo is not None)


def read_written_date(text: str, day_first: bool, compact: bool) -> Moment | None:
    """Return text such as 31/12/2024 or 31 Dec 2024, or in a compact form 20241231, as a moment; else None."""
    return read_compact_date(text) if compact else read_date(text, day_first)


def stripped(text: str) -> str:
    """Return text in one form of blanks, minus signs and apostrophes, without blanks around it."""
    return plain(text)
