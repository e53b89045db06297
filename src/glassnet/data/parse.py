"""Text to numbers and dates, where a whole column is written that way.

Numbers may have signs of money or percent around them and commas between thousands ("$1,234.50", "12 %"), or commas for
decimals ("3,5") where the whole column fits no other reading. Dates are ISO 8601 ("2024-03-01", "2024-03-01 12:30").
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

# What stands for a missing cell in a column of numbers or dates.
MARKS_OF_MISSING = frozenset({"", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "-", "?"})
MONEY = re.compile(r"^([+-]?)\s*[$€£¥]?\s*([+-]?[\d.,]+(?:[eE][+-]?\d+)?)\s*[$€£¥%]?$")
THOUSANDS = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")
DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+$")
DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")

Parsed = np.ndarray | None


def as_numbers(column: np.ndarray, decimal_comma: bool | None = None) -> Parsed:
    """Return a column of text as float64, or None when some cell is neither a number nor a mark for a missing one.

    `decimal_comma` says which way commas are read; None tries them between thousands first.
    """
    if decimal_comma is None:
        numbers = as_numbers(column, False)
        return as_numbers(column, True) if numbers is None else numbers
    pattern, comma = (DECIMAL_COMMA, ".") if decimal_comma else (THOUSANDS, "")
    return _parsed(column, lambda cell: _number(cell, pattern, comma))


def as_dates(column: np.ndarray) -> Parsed:
    """Return a column of ISO dates as float64 seconds since 1970 (UTC unless they say so), or None."""
    return _parsed(column, _date)


def first_unparsable(what: Callable[[np.ndarray], Parsed], column: np.ndarray) -> int:
    """Return the first row whose cell `as_numbers` or `as_dates` cannot read."""
    return next(row for row, cell in enumerate(column) if cell is not None and what(np.array([cell], object)) is None)


def _parsed(column: np.ndarray, parse: Callable[[str], float]) -> Parsed:
    try:
        return np.array(
            [np.nan if cell is None or cell.strip() in MARKS_OF_MISSING else parse(cell.strip()) for cell in column]
        )
    except ValueError:
        return None


def _number(cell: str, with_commas: re.Pattern[str], comma: str) -> float:
    """Return the number; its commas become `comma` where it matches `with_commas`, and are an error elsewhere."""
    if "_" in cell:  # Python reads 10_20 as 1020
        raise ValueError(cell)
    match = MONEY.match(cell)
    if match is None:
        return float(cell)
    sign, digits = (-1.0 if match[1] == "-" else 1.0), match[2]
    if match[1] and digits[0] in "+-":
        raise ValueError(cell)
    return sign * float(digits.replace(",", comma) if with_commas.match(digits) else digits)


def _date(cell: str) -> float:
    if not DATE.match(cell):
        raise ValueError(cell)
    moment = datetime.fromisoformat(cell)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
