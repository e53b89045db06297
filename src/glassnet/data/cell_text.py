"""A column of text as its different cells, and what each of them may be."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from glassnet.data.cell_format import Convention
from glassnet.data.missing import DOUBTFUL, MARKS_IN_TEXT, is_missing
from glassnet.data.parse_dates import Moment, has_order, read_compact_date, read_date, read_duration
from glassnet.data.parse_numbers import (
    CODE,
    DecimalMark,
    NumberText,
    has_magnitude,
    number_values,
    plain,
    split_number,
    unit_of,
)  # fmt: skip

FORMULA_TEXT = re.compile(r'^="(.*)"$')  # how Excel is told that 007 is text
FEET = re.compile(r"(\d+)\s*(?:'|ft\.?|feet|foot)\s*(?:(\d+(?:\.\d+)?)\s*(?:\"|''|″|in\.?|inch(?:es)?)?)?$")
FRACTION = re.compile(r"([+-]?)(?:(\d{1,4})\s+)?(\d{1,3})\s*[/⁄]\s*(\d{1,3})$")
MOST = 0.5  # fraction of cells that have a form, from which on plain numbers among them are of it too
HOURS_AND_MINUTES = re.compile(r"([01]?\d|2[0-3])\.[0-5]\d$")
OF_INCHES = {2, 4, 8, 16, 32, 64}
RANGE = re.compile(r"(.*?\d.*?)\s*(?:-|\bto\b|\bbis\b|\band\b|~|\.\.)\s*(\D*\d.*)$")


@dataclass(frozen=True)
class CellText:
    """The cells of one column of text.

    Parameters
    ----------
    name : str
        The name of the column.
    cells : array (rows,) of int
        For every row the number of its cell in `distinct`; -1 where it is missing.
    distinct : tuple of str
        The different cells that are not missing, plain: one form of blanks, minus signs and apostrophes.
    counts : array (distinct cells,) of int
        How often each of them stands in the column.
    written : tuple of str
        The different cells as they are written.
    groups : str or None
        The marks that may stand between thousands; None is any.
    """

    name: str
    cells: np.ndarray
    distinct: tuple[str, ...]
    counts: np.ndarray
    written: tuple[str, ...]
    groups: str | None = None

    @property
    def present(self) -> int:
        """The number of cells that are not missing."""
        return int(self.counts.sum())

    def fraction_of(self, fits: np.ndarray) -> float:
        """Return the fraction of present cells for which `fits` is true of the distinct cell."""
        return float(self.counts[fits].sum() / self.counts.sum()) if self.counts.size else 0.0

    @cached_property
    def numbers(self) -> list[NumberText | None]:
        """The parts of every distinct cell that is a number."""
        return [split_number(cell) for cell in self.distinct]

    @cached_property
    def values(self) -> list[dict[DecimalMark, float]]:
        """The values of every distinct cell under every decimal mark, without sign and magnitude."""
        return [
            {} if parts is None else number_values(parts.digits, parts.exponent, self.groups) for parts in self.numbers
        ]

    def is_number(self, mark: DecimalMark) -> np.ndarray:
        """Return which distinct cells are numbers with this decimal mark."""
        return np.array([mark in values for values in self.values], dtype=bool)

    @cached_property
    def ambiguous(self) -> np.ndarray:
        """Which distinct cells are two different numbers with "." and "," as decimal mark."""
        return np.array([len(set(values.values())) == 2 for values in self.values], dtype=bool)

    @cached_property
    def beside_money(self) -> bool:
        """Whether a cell has a currency or a magnitude, so that "m" is million."""
        return any(parts is not None and (bool(parts.prefix) or has_magnitude(parts)) for parts in self.numbers) or any(
            parts is not None and unit_of(parts, True)[1] in ("$", "€", "£", "₹") for parts in self.numbers
        )

    @cached_property
    def units(self) -> list[tuple[float, str, str]]:
        """Magnitude, unit and flag of every distinct cell."""
        none = (1.0, "", "")
        beside_money, letters = self.beside_money, self._has_grades
        return [
            none if parts is None else (1.0, "", parts.suffix) if letters and len(parts.suffix) == 1
            else unit_of(parts, beside_money)
            for parts in self.numbers
        ]  # fmt: skip

    @cached_property
    def _has_grades(self) -> bool:
        """Whether B and M are grades, as in 3A, 3B and 4, and not billions and millions."""
        graded = np.array([parts is not None and bool(parts.suffix) for parts in self.numbers], dtype=bool)
        if self.fraction_of(graded) >= MOST:
            return False
        suffixes = {parts.suffix for parts in self.numbers if parts is not None and parts.suffix}
        money = any(parts is not None and parts.prefix for parts in self.numbers)
        letters = {suffix for suffix in suffixes if suffix.isalpha() and suffix.isupper() and len(suffix) == 1}
        return not money and letters == suffixes and len(letters) > 1 and not letters <= {"B", "K", "M", "T", "G"}

    def scaled(self, place: int, mark: DecimalMark) -> float:
        """Return the number in a distinct cell, with sign and magnitude; NaN where it is none."""
        parts, values = self.numbers[place], self.values[place]
        if parts is None or mark not in values:
            return np.nan
        scale = self.units[place][0]
        return parts.sign * (values[mark] if scale == 1 else float(f"{values[mark] * scale:.15g}"))

    @cached_property
    def codes(self) -> np.ndarray:
        """Which distinct cells are whole numbers that begin with 0, or too long for a number."""
        return np.array([bool(CODE.match(cell)) or _is_too_long(cell) for cell in self.distinct], dtype=bool)

    def dates(self, day_first: bool) -> list[Moment | None]:
        """Return the moment of every distinct cell."""
        return self._days_first if day_first else self._months_first

    @cached_property
    def _days_first(self) -> list[Moment | None]:
        return [read_date(cell, True) for cell in self.distinct]

    @cached_property
    def _months_first(self) -> list[Moment | None]:
        return [read_date(cell, False) for cell in self.distinct]

    @cached_property
    def orders(self) -> list[tuple[bool, ...]]:
        """The orders of day and month that fit every distinct cell."""
        depends = [has_order(cell) for cell in self.distinct]
        if not any(depends):
            return [()] * len(depends)
        return [
            tuple(order for order, moment in ((True, first), (False, last)) if moment is not None) if open_ else ()
            for open_, first, last in zip(depends, self.dates(True), self.dates(False), strict=True)
        ]

    @cached_property
    def compact_dates(self) -> list[Moment | None]:
        """The moment of every distinct cell such as 20210105."""
        return [read_compact_date(cell) for cell in self.distinct]

    @cached_property
    def clocks(self) -> tuple[str, ...]:
        """The distinct cells, with 23.59 as 23:59 where all others are times such as 23:59:00."""
        dotted = [HOURS_AND_MINUTES.match(cell) for cell in self.distinct]
        if all(dotted) or not any(dotted):
            return self.distinct
        times = [
            cell.replace(".", ":") if dot else cell
            for cell, dot in zip(self.distinct, dotted, strict=True)
            if dot or (":" in cell and read_duration(cell) is not None)
        ]
        return tuple(times) if len(times) == len(self.distinct) else self.distinct

    def durations(self, minutes_first: bool) -> np.ndarray:
        """Return the seconds of every distinct cell, NaN where it is no duration."""
        return _floats([read_duration(cell, minutes_first) for cell in self.clocks])

    @cached_property
    def lengths(self) -> np.ndarray:
        """The inches of every distinct cell in feet and inches."""
        found = [FEET.match(cell) for cell in self.distinct]
        return _floats([None if f is None else 12.0 * int(f[1]) + float(f[2] or 0) for f in found])

    @cached_property
    def fractions(self) -> np.ndarray:
        """The value of every distinct cell such as 3/4 or 1 1/2; of whole numbers too, where most are fractions."""
        return self._or_numbers(_floats([_fraction(cell) for cell in self.distinct]), ".")

    def middles(self, mark: DecimalMark) -> np.ndarray:
        """Return the middle of every distinct cell that is a range; plain numbers too, where most are ranges."""
        return self._or_numbers(_floats([_middle(cell, mark, self.groups) for cell in self.distinct]), mark)

    def _or_numbers(self, values: np.ndarray, mark: DecimalMark) -> np.ndarray:
        if self.fraction_of(~np.isnan(values)) < MOST:
            return values
        return np.array([self.scaled(place, mark) if np.isnan(value) else value for place, value in enumerate(values)])

    def rows_of(self, fits: np.ndarray) -> np.ndarray:
        """Return the rows whose cell is a distinct one for which `fits` is true."""
        chosen = np.append(fits, False)  # -1, missing, is the last
        return np.flatnonzero(chosen[self.cells])

    def by_row(self, values: np.ndarray) -> np.ndarray:
        """Return for every row the value of its distinct cell, NaN where it is missing."""
        return np.append(values, np.nan)[self.cells]


def cell_text(name: str, column: pl.Series, convention: Convention) -> CellText:
    """Return a column of text as its different cells; what is missing in a column of numbers is missing here."""
    stripped = column.str.strip_chars()
    written = stripped.drop_nulls().unique().sort()
    codes = stripped.rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1
    cells = written.to_list()
    bare = [plain(found[1] if (found := FORMULA_TEXT.match(cell)) else cell) for cell in cells]
    na = set(convention.na)
    present = np.array(
        [not is_missing(one) and one not in na and other not in na for one, other in zip(bare, cells, strict=True)],
        dtype=bool,
    )
    counts = np.bincount(codes[codes >= 0], minlength=len(cells))
    doubtful = np.array([one.lower() in DOUBTFUL for one in bare], dtype=bool)
    if counts[doubtful].sum() >= counts[present].sum():
        present |= doubtful
    number = np.append(np.where(present, np.cumsum(present) - 1, -1), -1)
    cells_of_rows = number[codes]
    counts = np.bincount(cells_of_rows[cells_of_rows >= 0], minlength=int(present.sum()))
    kept = np.flatnonzero(present)
    written_ones = tuple(cells[place] for place in kept)
    return CellText(
        name, cells_of_rows, tuple(bare[place] for place in kept), counts, written_ones, convention.thousands
    )


def as_text_column(column: pl.Series, na: tuple[str, ...]) -> pl.Series:
    """Return a column that stays text: stripped, missing where no person would have written the cell."""
    stripped = column.str.strip_chars().str.replace(FORMULA_TEXT.pattern, "$1")
    gone = stripped.str.to_lowercase().is_in(list(MARKS_IN_TEXT)) | stripped.is_in(list(na))
    return pl.select(pl.when(gone).then(None).otherwise(stripped).alias(column.name)).to_series()


def _is_too_long(cell: str) -> bool:
    """Return whether a whole number is 2^63 or more."""
    return len(cell) > 18 and cell.isdecimal() and (len(cell) > 19 or int(cell) >= 2**63)


def _floats(values: list[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _fraction(cell: str) -> float | None:
    found = FRACTION.match(cell)
    if found is None:
        return None
    whole, above, below = int(found[2] or 0), int(found[3]), int(found[4])
    if below == 0 or (above > below and below not in OF_INCHES) or (found[2] and above >= below):
        return None
    return (-1 if found[1] == "-" else 1) * (whole + above / below)


def _middle(cell: str, mark: DecimalMark, groups: str | None) -> float | None:
    found = RANGE.match(cell)
    if found is None or found[1].endswith((",", ";")):  # a pair of coordinates, the second below 0
        return None
    ends = []
    for side in (found[1], found[2]):
        parts = split_number(side.strip())
        values = {} if parts is None else number_values(parts.digits, parts.exponent, groups)
        if parts is None or mark not in values:
            return None
        ends.append((parts, parts.sign * values[mark]))
    (first, low), (second, high) = ends
    low_scale, high_scale = unit_of(first, True)[0], unit_of(second, True)[0]
    low = low * (high_scale if low_scale == 1 and not first.suffix else low_scale)
    high = high * high_scale
    return (low + high) / 2 if low < high else None
