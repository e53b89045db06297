"""A column of text as numbers: its decimal mark, its unit, and what is dropped around the digits."""

from collections import Counter

import numpy as np

from glassnet._lazy import pl
from glassnet.data.cell_format import CellFormat, Convention
from glassnet.data.cell_text import CellText
from glassnet.data.cells_read import NEARLY_ALL, CellsRead, Defaults, RowName, finished, odd_cells
from glassnet.data.number_cells import MONEY, OTHER
from glassnet.data.parse_numbers import DecimalMark
from glassnet.data.plain_numbers import PlainNumbers
from glassnet.data.report import Note, TableError

MOST_CODES = 0.01  # fraction of cells that begin with 0, up to which a column is numbers
_MARK_NAMES: dict[DecimalMark, str] = {".": "point", ",": "comma"}


def own_mark(column: CellText) -> DecimalMark | None:
    """Return the decimal mark that a column of numbers itself shows, or None."""
    point, comma = column.numbers.fits("."), column.numbers.fits(",")
    if column.fraction_of(point | comma) < NEARLY_ALL or column.fraction_of(column.codes) > MOST_CODES:
        return None
    for_point, for_comma = column.fraction_of(point & ~comma), column.fraction_of(comma & ~point)
    return None if for_point == for_comma else "." if for_point > for_comma else ","


def read_plain(name: str, found: PlainNumbers, convention: Convention, defaults: Defaults) -> CellsRead:
    """Return a column of plain numbers, with a note where its decimal mark is not that of the other columns."""
    notes = [] if found.mark is None or convention.decimal else _other_mark(name, found.mark, defaults)
    return CellsRead(found.cells, CellFormat("number", found.mark), tuple(notes))


def _other_mark(name: str, own: DecimalMark, defaults: Defaults) -> list[Note]:
    if not defaults.decimal_known or own == defaults.decimal:
        return []
    what = (
        f"column {name!r} has decimal {_MARK_NAMES[own]}s, though the other columns have decimal "
        f"{_MARK_NAMES[defaults.decimal]}s; --decimal settles it for all"
    )
    return [Note("convention", what, name)]


def as_number(
    text: CellText, convention: Convention, defaults: Defaults, row_name: RowName, forced: bool
) -> CellsRead | None:
    """Return a column as numbers, or None where less than nearly all cells are; `forced` makes the others missing."""
    if not forced and (text.fraction_of(text.codes) > MOST_CODES or text.clocks != text.distinct):
        return None
    point, comma = text.numbers.fits("."), text.numbers.fits(",")
    own = None if convention.decimal else own_mark(text)
    mark = own or convention.decimal or defaults.decimal
    fits = {".": point, ",": comma}
    if (
        not own
        and text.fraction_of(fits[mark]) < NEARLY_ALL <= text.fraction_of(fits[OTHER[mark]])
        and not convention.decimal
    ):
        mark = OTHER[mark]
    is_number = fits[mark]
    if not forced and (text.fraction_of(is_number) < NEARLY_ALL or _are_labels(text, is_number)):
        return None
    if not is_number.any():
        return None
    notes: list[Note] = []
    matters = text.numbers.ambiguous
    if own is None and not defaults.decimal_known and matters.any():
        if _seems_grouped(text, mark):
            mark = OTHER[mark]
            is_number = fits[mark]
        notes.append(_both_readings(text, int(np.argmax(matters)), mark))
    elif own is not None:
        notes.extend(_other_mark(text.name, own, defaults))
    shown = own is not None or bool(matters.any()) or bool((point ^ comma)[is_number].any())
    chosen = _unit(text, is_number)
    if chosen is None:
        return None
    unit, fits_unit, more = chosen
    if not forced and text.fraction_of(fits_unit) < NEARLY_ALL:
        return None
    format = CellFormat("number", mark if shown else None, unit=unit)
    return as_numbers(text, fits_unit, mark, format, row_name, (*notes, *more))


def _are_labels(text: CellText, is_number: np.ndarray) -> bool:
    """Return whether a single number stands among words that come again: holidays 0, a and b."""
    return int(is_number.sum()) == 1 and bool((text.counts[~is_number] > 1).any())


def _seems_grouped(text: CellText, mark: DecimalMark) -> bool:
    """Return whether the marks stand between thousands: all numbers without one have at most three digits.

    In 990 and 2.068 they do; where thousands are written without a mark as well, they do not.
    """
    ambiguous, integers = text.numbers.ambiguous, [number for number in text.numbers.integers if number is not None]
    by_mark = all(mark in cell for cell in np.array(text.distinct, dtype=object)[ambiguous])
    return by_mark and bool(integers) and 100 <= max(map(abs, integers)) < 1000


def _both_readings(text: CellText, place: int, mark: DecimalMark) -> Note:
    other = OTHER[mark]
    value, instead = text.numbers.values(mark)[place], text.numbers.values(other)[place]
    return Note(
        "ambiguous",
        f"column {text.name!r}: {text.written[place]!r} was read as {value:.15g}, but could be "
        f"{instead:.15g}; no cell of the table settles it. --decimal {mark!r} confirms, --decimal {other!r} reads the "
        "other",
        text.name,
    )


def _unit(text: CellText, is_number: np.ndarray) -> tuple[str, np.ndarray, list[Note]] | None:
    """Return the unit of a column, which cells are in it, and what is to be said; None for several units."""
    units = text.numbers.unit
    counts = count_units(text, is_number)
    bare = counts.pop("", 0)
    notes = list(_marks(text, is_number))
    if not counts:
        return "", is_number, notes
    unit, most = counts.most_common(1)[0]
    others = counts.total() - most
    if others > (1 - NEARLY_ALL) * text.present:
        return None
    if most < (1 - NEARLY_ALL) * text.present and (others or unit not in MONEY):
        return "", is_number & (units == ""), notes  # whatever the usual unit is, nothing says that it is this one
    if most < (1 - NEARLY_ALL) * text.present:
        example = next(text.written[place] for place in np.flatnonzero(is_number) if units[place])
        what = (
            f"column {text.name!r}: {most} cells have a unit and the others none; {example!r} was read as its "
            "number alone"
        )
        notes.append(Note("unit", what, text.name))
        return "", is_number, notes
    fits = is_number & ((units == unit) | (units == ""))
    without = f"; {bare} cells have none and were taken to be in it" if bare else ""
    notes.insert(0, Note("unit", f"column {text.name!r} is in {unit}{without}", text.name))
    return unit, fits, notes


def _marks(text: CellText, is_number: np.ndarray) -> list[Note]:
    """Return notes on footnote marks, flags and limits that were dropped."""
    numbers = text.numbers
    marked = np.flatnonzero(is_number & (numbers.mark != ""))
    magnified = np.flatnonzero(is_number & numbers.magnified)
    notes = []
    if len(magnified):
        place = magnified[0]
        value = numbers.point[place] if np.isfinite(numbers.point[place]) else numbers.comma[place]
        what = f"column {text.name!r} has magnitudes: {text.written[place]!r} was read as {value:.15g}"
        notes.append(Note("forms", f"{what}; --text {text.name!r} keeps text", text.name))
    if len(marked):
        count = int(text.counts[marked].sum())
        what = f"column {text.name!r}: {count} cells such as {text.written[marked[0]]!r} were read without their mark"
        notes.append(Note("forms", what, text.name))
    return notes


def as_numbers(
    text: CellText, fits: np.ndarray, mark: DecimalMark, format: CellFormat, row_name: RowName, notes: tuple[Note, ...]
) -> CellsRead:
    """Return the cells that fit as numbers, integers where all are; the others are odd cells."""
    values = np.where(fits, text.numbers.values(mark), np.nan)
    integers = text.numbers.integers
    if all(integers[place] is not None and abs(integers[place]) < 2**63 for place in np.flatnonzero(fits)):
        fitting = [integers[place] if fit else None for place, fit in enumerate(fits)]
        places = np.where(text.cells < 0, len(fitting), text.cells)
        exact = pl.Series(text.name, [*fitting, None], dtype=pl.Int64).gather(places)
        return CellsRead(exact, format, (*notes, *odd_cells(text, fits, format, row_name)))
    return finished(text, values, format, row_name, notes)


def of_usual_unit(text: CellText, numbers: np.ndarray) -> np.ndarray:
    """Return which numbers have no unit or the most frequent one: 12 Mill Lane is none."""
    counts = count_units(text, numbers)
    counts.pop("", 0)
    usual = ["", *(unit for unit, _ in counts.most_common(1))]
    return numbers & np.isin(text.numbers.unit.astype(str), usual)


def in_unit(text: CellText, format: CellFormat) -> np.ndarray:
    """Return which cells are in the unit of the earlier table, or in none; beside bare numbers, money is money."""
    return np.array(
        [unit in ("", format.unit) or (not format.unit and unit in MONEY) for unit in text.numbers.unit], dtype=bool
    )


def check_units(text: CellText, format: CellFormat) -> None:
    """Raise where numbers are in another unit than in the earlier table."""
    others = count_units(text, text.numbers.either & (text.numbers.unit != "") & (text.numbers.unit != format.unit))
    if others and others.total() > (1 - NEARLY_ALL) * text.present and format.unit:
        other = others.most_common(1)[0][0]
        raise TableError(
            f"column {text.name!r} was in {format.unit} in training, but now has {others.total()} cells in {other}; "
            f"bring them to {format.unit}"
        )


def count_units(text: CellText, which: np.ndarray, none: str = "") -> Counter[str]:
    """Return how many cells have each unit."""
    counts = Counter[str]()
    if not (text.numbers.unit[which] != "").any():
        counts[none] = int(text.counts[which].sum())
        return counts
    for place in np.flatnonzero(which):
        counts[text.numbers.unit[place] or none] += int(text.counts[place])
    return counts
