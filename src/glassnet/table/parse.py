"""Text to numbers and dates, where a whole column is written that way.

Numbers may have signs of money or percent around them and commas between thousands ("$1,234.50", "12 %"), or commas for
decimals ("3,5") where no other reading fits. Dates are ISO 8601 ("2024-03-01", "2024-03-01 12:30").
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

MARKS_OF_MISSING = frozenset(
    {"", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "-", "?"}
)  # in such columns
MONEY = re.compile(r"^([+-]?)\s*[$€£¥]?\s*([+-]?[\d.,]+(?:[eE][+-]?\d+)?)\s*[$€£¥%]?$")
THOUSANDS = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")
DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+$")
DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")


def as_numbers(column: np.ndarray) -> np.ndarray | None:
    """Return a column of text as float64, or None when some cell is neither a number nor a mark for a missing one."""
    return _parsed(column, _number) if _parsed(column, _number) is not None else _parsed(column, _with_comma)


def as_dates(column: np.ndarray) -> np.ndarray | None:
    """Return a column of ISO dates as float64 seconds since 1970 (UTC unless they say so), or None."""
    return _parsed(column, _date)


def first_that_is_no(what: Callable[[np.ndarray], np.ndarray | None], column: np.ndarray) -> int:
    """Return the first row whose cell `as_numbers` or `as_dates` cannot read."""
    return next(row for row, cell in enumerate(column) if cell is not None and what(np.array([cell], object)) is None)


def _parsed(column: np.ndarray, parse: Callable[[str], float]) -> np.ndarray | None:
    try:
        return np.array(
            [np.nan if cell is None or cell.strip() in MARKS_OF_MISSING else parse(cell) for cell in column]
        )
    except ValueError:
        return None


def _number(cell: str) -> float:
    if "_" in cell:  # Python reads 10_20 as 1020
        raise ValueError(cell)
    try:
        return float(cell)
    except ValueError:
        sign, digits = _digits(cell)
        if "," in digits and not THOUSANDS.match(digits):
            raise
        return sign * float(digits.replace(",", ""))


def _with_comma(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        sign, digits = _digits(cell)
        if not DECIMAL_COMMA.match(digits):
            raise
        return sign * float(digits.replace(",", "."))


def _digits(cell: str) -> tuple[float, str]:
    found = MONEY.match(cell.strip())
    if found is None:
        raise ValueError(cell)
    return -1.0 if found[1] == "-" else 1.0, found[2]


def _date(cell: str) -> float:
    if not DATE.match(cell):
        raise ValueError(cell)
    moment = datetime.fromisoformat(cell.strip())
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
