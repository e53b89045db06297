"""A column of text as its different cells, and what each of them may be."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from glassnet._lazy import pl
from glassnet.data.cell_format import Convention
from glassnet.data.date_cells import DateCells, date_cells
from glassnet.data.missing import DOUBTFUL, MARKS_IN_TEXT, is_missing
from glassnet.data.number_cells import NumberCells, number_cells
from glassnet.data.parse_dates import read_duration
from glassnet.data.parse_numbers import CODE, DecimalMark, number_values, plain, split_number, unit_of

FORMULA_TEXT = re.compile(r'^="(.*)"$')  # how Excel is told that 007 is text
DIGITS_ALONE = r"^[+-]?[\d.,]*\d[\d.,]*$"
FEET = re.compile(r"(\d+)\s*(?:'|ft\.?|feet|foot)\s*(?:(\d+(?:\.\d+)?)\s*(?:\"|''|″|in\.?|inch(?:es)?)?)?$")
FRACTION = re.compile(r"([+-]?)(?:(\d{1,4})\s+)?(\d{1,3})\s*[/⁄]\s*(\d{1,3})$")
LONGEST_INTEGER = 19  # digits of 2^63
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
    def numbers(self) -> NumberCells:
        """The distinct cells as numbers."""
        return number_cells(self.distinct, self.groups)

    @cached_property
    def dates(self) -> DateCells:
        """The distinct cells as dates."""
        return date_cells(self.distinct)

    @cached_property
    def codes(self) -> np.ndarray:
        """Which distinct cells are whole numbers that begin with 0, or too long for a number."""
        text = pl.Series(self.distinct, dtype=pl.String)
        found = text.str.contains(CODE.pattern).to_numpy().copy()
        for place in np.flatnonzero(text.str.contains(r"^\d{19,}$").to_numpy()):
            cell = self.distinct[place]
            found[place] |= len(cell) > LONGEST_INTEGER or int(cell) >= 2**63
        return found

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
        return np.where(np.isnan(values), self.numbers.values(mark), values)

    def rows_of(self, fits: np.ndarray) -> np.ndarray:
        """Return the rows whose cell is a distinct one for which `fits` is true."""
        chosen = np.append(fits, False)  # -1, missing, is the last
        return np.flatnonzero(chosen[self.cells])

    def by_row(self, values: np.ndarray) -> np.ndarray:
        """Return for every row the value of its distinct cell, NaN where it is missing."""
        return np.append(values, np.nan)[self.cells]


def cell_text(name: str, column: "pl.Series", convention: Convention) -> CellText:
    """Return a column of text as its different cells; what is missing in a column of numbers is missing here."""
    stripped = column.str.strip_chars()
    written = stripped.drop_nulls().unique().sort()
    codes = stripped.rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1
    counted = counted_text(name, written, np.bincount(codes[codes >= 0], minlength=len(written)), convention)
    return replace(counted, cells=np.append(counted.cells, -1)[codes])


def counted_text(name: str, written: "pl.Series", counts: np.ndarray, convention: Convention) -> CellText:
    """Return different stripped cells, each a row of its own, of a column in which each stands so many times."""
    cells = written.to_list()
    bare = list(cells)
    present = ~_is_na(written, convention.na)
    doubtful = np.zeros(len(cells), dtype=bool)
    for place in np.flatnonzero(~written.str.contains(DIGITS_ALONE).to_numpy()):
        cell = cells[place]
        bare[place] = plain(found[1] if (found := FORMULA_TEXT.match(cell)) else cell)
        present[place] &= not is_missing(bare[place]) and bare[place] not in convention.na
        doubtful[place] = bare[place].lower() in DOUBTFUL
    if counts[doubtful].sum() >= counts[present].sum():
        present |= doubtful
    kept = np.flatnonzero(present)
    return CellText(
        name,
        np.where(present, np.cumsum(present) - 1, -1),
        tuple(bare[place] for place in kept),
        counts[kept],
        tuple(cells[place] for place in kept),
        convention.thousands,
    )


def _is_na(cells: "pl.Series", na: tuple[str, ...]) -> np.ndarray:
    """Return which cells are marks that were asked for; of numbers in any spelling: -999 and -999.0."""
    found = cells.is_in(list(na)).to_numpy().copy()
    numbers = [number for mark in na if (number := number_of(mark)) is not None]
    if numbers:
        for text in (cells, cells.str.replace(",", ".", literal=True)):
            found |= text.cast(pl.Float64, strict=False).is_in(numbers).fill_null(False).to_numpy()
    return found


def number_of(mark: str) -> float | None:
    """Return the number that a mark of missing cells is, or None."""
    try:
        return float(mark)
    except ValueError:
        return None


def as_text_column(column: "pl.Series", na: tuple[str, ...]) -> "pl.Series":
    """Return a column that stays text: stripped, missing where no person would have written the cell."""
    stripped = column.str.strip_chars().str.replace(FORMULA_TEXT.pattern, "$1")
    gone = stripped.str.to_lowercase().is_in(list(MARKS_IN_TEXT)) | stripped.is_in(list(na))
    return pl.select(pl.when(gone).then(None).otherwise(stripped).alias(column.name)).to_series()


def _floats(values: list[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _fraction(cell: str) -> float | None:
    found = FRACTION.match(cell)
    if found is None:
        return None
    units, above, below = int(found[2] or 0), int(found[3]), int(found[4])
    if below == 0 or (above > below and below not in OF_INCHES) or (found[2] and above >= below):
        return None
    return (-1 if found[1] == "-" else 1) * (units + above / below)


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
