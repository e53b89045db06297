"""The different cells of a column as numbers, under either decimal mark."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glassnet._lazy import pl
from glassnet.data.parse_numbers import (
    ANY_GROUPS,
    CURRENCIES,
    DecimalMark,
    NumberText,
    has_magnitude,
    number_values,
    split_number,
    unit_of,
)  # fmt: skip

LONGEST_INTEGER = 400  # digits; more are no number of any measurement
INFINITE = {"inf": np.inf, "+inf": np.inf, "-inf": -np.inf, "infinity": np.inf, "-infinity": -np.inf}
EXPONENT = r"([eE][+-]?\d{1,3})?$"
PLAIN = {".": r"^[+-]?(\d+\.?\d*|\.\d+)" + EXPONENT, ",": r"^[+-]?(\d+,?\d*|,\d+)" + EXPONENT}
ONE_GROUP = {".": r"^[+-]?[1-9]\d{0,2},\d{3}$", ",": r"^[+-]?[1-9]\d{0,2}\.\d{3}$"}
NUMBER_FIRST = r"^\D{0,9}\d|[¼-¾⅐-⅞]"
SEVERAL = r"^[^\[({]*(\d\s*[:/]\s*\d|\d-\d)"  # times, fractions, ranges and dates
OTHER: dict[DecimalMark, DecimalMark] = {".": ",", ",": "."}
MONEY = frozenset(CURRENCIES.values())


@dataclass(frozen=True)
class NumberCells:
    """Numbers of cells.

    Parameters
    ----------
    point, comma : array (cells,)
        The numbers with "." and with "," as decimal mark, NaN where a cell is none.
    unit : array (cells,) of str
        What stands around each; empty where nothing does.
    mark : array (cells,) of str
        The footnote mark, flag or sign of a limit; empty where there is none.
    magnified : array (cells,) of bool
        Whether each has a magnitude, such as k or million.
    integers : array (cells,) of int or None
        The integers, where a cell has digits alone.
    """

    point: np.ndarray
    comma: np.ndarray
    unit: np.ndarray
    mark: np.ndarray
    magnified: np.ndarray
    integers: np.ndarray

    def values(self, mark: DecimalMark) -> np.ndarray:
        """Return the numbers with this decimal mark."""
        return self.point if mark == "." else self.comma

    def fits(self, mark: DecimalMark) -> np.ndarray:
        """Return which cells are numbers with this decimal mark."""
        return ~np.isnan(self.values(mark))

    @property
    def either(self) -> np.ndarray:
        """Which cells are numbers with one or the other decimal mark."""
        return self.fits(".") | self.fits(",")

    @property
    def ambiguous(self) -> np.ndarray:
        """Which cells are two different numbers with "." and "," as decimal mark."""
        return self.fits(".") & self.fits(",") & (self.point != self.comma)


def number_cells(cells: Sequence[str], groups: str | None) -> NumberCells:
    """Return plain cells as numbers; `groups` are the marks that may stand between thousands, None is any."""
    text = pl.Series(cells, dtype=pl.String)
    simple = {mark: text.str.contains(pattern) for mark, pattern in PLAIN.items()}
    maybe = text.str.contains(NUMBER_FIRST) & ~text.str.contains(SEVERAL)
    rest = np.flatnonzero((maybe & ~(simple["."] | simple[","])).to_numpy())
    point, comma = (_simple(text, simple[mark], mark, groups) for mark in (".", ","))
    for place in np.flatnonzero(text.str.to_lowercase().is_in(list(INFINITE)).to_numpy()).tolist():
        point[place] = comma[place] = INFINITE[cells[place].lower()]
    all_digits = text.str.contains(r"^[+-]?\d{1,18}$|^-?[0-9]{19}$").to_numpy()
    integers = np.full(len(cells), None, dtype=object)
    for place in np.flatnonzero(all_digits).tolist():
        integers[place] = int(cells[place])
    found = NumberCells(point, comma, _empty(cells), _empty(cells), np.zeros(len(cells), dtype=bool), integers)
    _add(found, rest, [split_number(cells[place]) for place in rest.tolist()], groups)
    return found


def _simple(text: "pl.Series", plain: "pl.Series", mark: DecimalMark, groups: str | None) -> np.ndarray:
    """Return the numbers of cells with nothing but digits and at most one mark."""
    point = text if mark == "." else text.str.replace(",", ".", literal=True)
    numbers = point.str.strip_prefix("+").cast(pl.Float64, strict=False).to_numpy()
    values = np.where(plain.to_numpy(), numbers, np.nan)
    if groups is None or OTHER[mark] in groups:
        grouped = text.str.contains(ONE_GROUP[mark])
        joined = text.str.replace(OTHER[mark], "", literal=True).str.strip_prefix("+").cast(pl.Float64, strict=False)
        values = np.where(grouped.to_numpy(), joined.to_numpy(), values)
    return values


def _empty(cells: Sequence[str]) -> np.ndarray:
    return np.full(len(cells), "", dtype=object)


def _add(found: NumberCells, places: np.ndarray, parts: list[NumberText | None], groups: str | None) -> None:
    """Add the numbers of cells with more than digits; a currency or a magnitude beside makes "m" a million."""
    known = [one for one in parts if one is not None]
    money = any(one.prefix or has_magnitude(one) or unit_of(one, True)[1] in MONEY for one in known)
    grades = _has_grades(
        [*known, *[NumberText(1.0, "")] * int((~np.isnan(found.point) | ~np.isnan(found.comma)).sum())]
    )
    for place, one in zip(places, parts, strict=True):
        if one is None:
            continue
        scale, unit, flag = (1.0, "", one.suffix) if grades and len(one.suffix) == 1 else unit_of(one, money)
        values = number_values(one.digits, one.exponent, ANY_GROUPS if groups is None else groups)
        for mark, value in values.items():
            found.values(mark)[place] = one.sign * float(f"{value * scale:.15g}" if scale != 1 else value)
        found.unit[place], found.mark[place], found.magnified[place] = unit, one.mark or flag, scale != 1
        if one.digits.isdigit() and len(one.digits) < LONGEST_INTEGER and not one.exponent and scale == 1:
            found.integers[place] = int(one.sign) * int(one.digits)


def _has_grades(parts: Sequence[NumberText]) -> bool:
    """Return whether B and M are grades, as in 3A, 3B and 4, and not billions and millions."""
    if sum(bool(one.suffix) for one in parts) >= len(parts) / 2:
        return False
    suffixes = {one.suffix for one in parts if one.suffix}
    letters = {suffix for suffix in suffixes if suffix.isalpha() and suffix.isupper() and len(suffix) == 1}
    money = any(one.prefix for one in parts)
    return not money and letters == suffixes and len(letters) > 1 and not letters <= {"B", "K", "M", "T", "G"}
