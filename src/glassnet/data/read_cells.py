"""Columns of text to numbers, dates and text: what each column is, under one convention for all of them.

Every column is evidence for the decimal mark ("1,5" can only be read with a comma, "1.234,5" too) and for the order of
day and month (31/12/2024). Its own evidence decides a column; where it has none, that of the other columns does, and
where there is none at all, a default, with a note that names both readings.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import polars as pl

from glassnet.data.cell_format import CellFormat, Convention
from glassnet.data.cell_text import CellText, as_text_column, cell_text
from glassnet.data.date_cells import DateCells, compact_date_cells
from glassnet.data.number_cells import OTHER
from glassnet.data.parse_dates import minutes_come_first, written_date
from glassnet.data.parse_numbers import DecimalMark
from glassnet.data.plain_numbers import PlainNumbers, plain_numbers
from glassnet.data.report import Note, TableError, some

NEARLY_ALL = 0.9  # fraction of present cells that have one form, from which on the others are odd cells
MANY = 0.5  # fraction of cells that look like numbers in a column that stays text, from which on that is said
FEW_UNITS = 6  # different units in a column, up to which it is numbers in several units and not just text
MOST_CODES = 0.01  # fraction of cells that begin with 0, up to which a column is numbers
LEAST_DATES = 3  # different cells such as 20210105 that are dates and not numbers
BOOLEANS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}
WORDS = {"true", "false"}


@dataclass(frozen=True)
class CellsRead:
    """One column as it was read.

    Parameters
    ----------
    cells : polars.Series
        Float64, Int64, Boolean, Datetime or String.
    format : CellFormat
        How its text was read.
    notes : tuple of Note
        What was decided.
    """

    cells: pl.Series
    format: CellFormat
    notes: tuple[Note, ...] = ()

    @property
    def floats(self) -> np.ndarray | None:
        """The cells as float64, dates as seconds since 1970 and NaN where missing; None of text."""
        if self.cells.dtype == pl.String:
            return None
        if self.cells.dtype.is_temporal():
            return self.cells.dt.timestamp("us").cast(pl.Float64).fill_null(float("nan")).to_numpy() / 1e6
        return self.cells.cast(pl.Float64).fill_null(float("nan")).to_numpy()


@dataclass(frozen=True)
class Defaults:
    """What holds for columns without evidence of their own.

    Parameters
    ----------
    decimal : "." or ","
        The decimal mark.
    day_first : bool
        Whether the day comes before the month.
    decimal_known, order_known : bool
        Whether something says so; else both readings are named.
    """

    decimal: DecimalMark = "."
    day_first: bool = False
    decimal_known: bool = False
    order_known: bool = False


RowName = Callable[[int], str]
Vote = TypeVar("Vote")


def read_cells(
    columns: Mapping[str, pl.Series],
    convention: Convention,
    row_name: RowName,
    comma_by_default: bool = False,
    known: Mapping[str, CellFormat] | None = None,
    with_points: Collection[str] = (),
) -> dict[str, CellsRead]:
    """Return columns of text as numbers, dates or text.

    Parameters
    ----------
    columns : dict
        Columns of strings, by name.
    convention : Convention
        What is asked for.
    row_name : callable
        Names a row in a message, such as "line 7".
    comma_by_default : bool
        Whether a comma is the decimal mark where no cell says otherwise.
    known : dict, optional
        The formats of an earlier table; its columns are read the same way.
    with_points : collection of str
        Columns some of whose cells were numbers by their type: their decimal mark is the point.
    """
    known = known or {}
    point = replace(convention, decimal=".", thousands=None)
    new = {name for name in columns if not (name in known or name in convention.text or name in with_points)}
    numbers = {name: found for name in new if (found := plain_numbers(columns[name], convention)) is not None}
    text = {name: cell_text(name, column, convention) for name, column in columns.items() if name not in numbers}
    others = [column for name, column in text.items() if name in new]
    defaults = _defaults(others, [found.mark for found in numbers.values()], convention, comma_by_default, known)
    return {
        name: _read_plain(name, numbers[name], convention, defaults)
        if name in numbers
        else _read_known(text[name], column, known[name], convention, row_name)
        if name in known
        else _read(text[name], column, point if name in with_points else convention, defaults, row_name)
        for name, column in columns.items()
    }


def _defaults(
    columns: list[CellText],
    shown: list[DecimalMark | None],
    convention: Convention,
    comma_by_default: bool,
    known: Mapping[str, CellFormat],
) -> Defaults:
    marks, orders = Counter[DecimalMark](mark for mark in shown if mark is not None), Counter[bool]()
    for column in columns:
        mark, order = _own_mark(column), _own_order(column)
        marks.update([] if mark is None else [mark])
        orders.update([] if order is None else [order])
    marks.update(format.decimal for format in known.values() if format.decimal is not None)
    orders.update(format.day_first for format in known.values() if format.day_first is not None)
    by_default: DecimalMark = "," if comma_by_default else "."
    decimal = convention.decimal or _majority(marks, by_default)
    chosen = decimal or by_default
    order = convention.day_first if convention.day_first is not None else _majority(orders, chosen == ",")
    return Defaults(
        chosen,
        chosen == "," if order is None else order,
        decimal_known=decimal is not None,
        order_known=order is not None,
    )


def _majority(votes: Counter[Vote], otherwise: Vote) -> Vote | None:
    """Return what most columns say, `otherwise` where as many say something else, None where none says anything."""
    ranked = votes.most_common(2)
    if not ranked:
        return None
    return otherwise if len(ranked) == 2 and ranked[0][1] == ranked[1][1] else ranked[0][0]


def _own_mark(column: CellText) -> DecimalMark | None:
    """Return the decimal mark that a column of numbers itself shows, or None."""
    point, comma = column.numbers.fits("."), column.numbers.fits(",")
    if column.fraction_of(point | comma) < NEARLY_ALL or column.fraction_of(column.codes) > MOST_CODES:
        return None
    for_point, for_comma = column.fraction_of(point & ~comma), column.fraction_of(comma & ~point)
    return None if for_point == for_comma else "." if for_point > for_comma else ","


def _own_order(column: CellText) -> bool | None:
    """Return whether the day comes first, where a column of dates itself shows it."""
    if column.fraction_of(column.numbers.either) >= NEARLY_ALL:
        return None
    dates = column.dates
    first = dates.depends & np.isnan(dates.month_first)
    last = dates.depends & np.isnan(dates.day_first)
    for_first, for_last = column.fraction_of(first), column.fraction_of(last)
    return None if column.fraction_of(dates.depends) < NEARLY_ALL or for_first == for_last else for_first > for_last


def _read_plain(name: str, found: PlainNumbers, convention: Convention, defaults: Defaults) -> CellsRead:
    """Return a column of plain numbers, with a note where its decimal mark is not that of the other columns."""
    notes = [] if found.mark is None or convention.decimal else _other_mark(name, found.mark, defaults)
    return CellsRead(found.cells, CellFormat("number", found.mark), tuple(notes))


def _other_mark(name: str, own: DecimalMark, defaults: Defaults) -> list[Note]:
    if not defaults.decimal_known or own == defaults.decimal:
        return []
    return [Note("convention", f"column {name!r} has decimal {_NAMES[own]}s, though the other columns have "
                 f"decimal {_NAMES[defaults.decimal]}s; --decimal settles it for all", name)]  # fmt: skip


def _read(
    text: CellText, column: pl.Series, convention: Convention, defaults: Defaults, row_name: RowName
) -> CellsRead:
    """Return a column whose form is not known yet."""
    name = text.name
    if name in convention.text:  # a category, so that nobody reads numbers in it later
        return CellsRead(as_text_column(column, convention.na).cast(pl.Categorical), CellFormat("text"))
    if not text.present:
        empty = pl.Series(name, [None] * len(column), dtype=pl.String)
        return CellsRead(empty, CellFormat("text"))
    forced = name in convention.numeric
    for attempt in (_as_boolean, _as_compact_date, _as_number, _as_date, _as_duration, _as_other_number):
        read = attempt(text, convention, defaults, row_name, forced)
        if read is not None:
            return read
    if forced:
        odd = text.distinct[0]
        raise TableError(f"column {name!r} cannot be read as numbers: it has {odd!r}; leave it out of --numeric")
    return CellsRead(as_text_column(column, convention.na), CellFormat("text"), _why_text(text, convention))


def _read_known(
    text: CellText, column: pl.Series, format: CellFormat, convention: Convention, row_name: RowName
) -> CellsRead:
    """Return a column in the form that an earlier table had; `TableError` names a cell where many are not in it."""
    if format.form == "text":
        return CellsRead(as_text_column(column, convention.na), format)
    mark = convention.decimal or format.decimal or _own_mark(text) or "."
    day_first = convention.day_first if convention.day_first is not None else format.day_first
    day_first = bool(_own_order(text)) if day_first is None else day_first
    dates = compact_date_cells(text.distinct) if format.form == "compact date" else None
    values = {
        "number": lambda: text.numbers.values(mark),
        "boolean": lambda: _booleans(text),
        "date": lambda: text.dates.seconds(day_first),
        "compact date": lambda: (dates or text.dates).seconds(day_first),
        "duration": lambda: text.durations(format.minutes_first),
        "feet and inches": lambda: text.lengths,
        "fraction": lambda: text.fractions,
        "range": lambda: text.middles(mark),
    }[format.form]()
    fits = ~np.isnan(values)
    if text.present and text.fraction_of(fits) < NEARLY_ALL:
        row = int(text.rows_of(~fits)[0])
        cell = text.written[text.cells[row]]
        raise TableError(
            f"column {text.name!r} held {_PLURALS.get(format.form, format.form)} in training, but {row_name(row)} has "
            f"{cell!r}; correct that cell or leave it empty"
        )
    if format.form in ("date", "compact date"):
        _check_zones(text, (dates or text.dates).zoned[fits], format)
    if format.form == "number":
        _check_units(text, format)
        return _numbers(text, fits, mark, format, row_name, ())
    return _finished(text, values, format, row_name, ())


_PLURALS = {"number": "numbers", "date": "dates", "compact date": "dates", "boolean": "booleans",
            "duration": "durations", "fraction": "fractions", "range": "ranges"}  # fmt: skip


def _booleans(text: CellText) -> np.ndarray:
    """Return True and False, in words or as 1 and 0, as numbers."""
    return np.array([BOOLEANS.get(cell.lower(), np.nan) for cell in text.distinct])


def _as_boolean(text: CellText, *_: object) -> CellsRead | None:
    if not all(cell.lower() in WORDS for cell in text.distinct):
        return None
    values = text.by_row(_booleans(text))
    cells = pl.Series(text.name, [None if np.isnan(value) else bool(value) for value in values], dtype=pl.Boolean)
    return CellsRead(cells, CellFormat("boolean"))


def _as_compact_date(text: CellText, convention: Convention, *_: object) -> CellsRead | None:
    dates = compact_date_cells(text.distinct)
    if dates is None or text.name in convention.numeric or len(text.distinct) < LEAST_DATES:
        return None
    years = [int(cell[:4]) for cell in text.distinct]
    if not (min(years) >= 1900 and max(years) <= 2100):
        return None
    note = Note(
        "dates",
        f"column {text.name!r} was read as dates, {text.distinct[0]!r} as {written_date(dates.day_first[0])}; "
        f"--numeric {text.name!r} reads numbers",
        text.name,
    )
    zoned = bool(dates.zoned.any())
    return _finished(text, dates.day_first, CellFormat("compact date", zoned=zoned), str, (note,))


def _as_number(
    text: CellText, convention: Convention, defaults: Defaults, row_name: RowName, forced: bool
) -> CellsRead | None:
    if not forced and (text.fraction_of(text.codes) > MOST_CODES or text.clocks != text.distinct):
        return None
    point, comma = text.numbers.fits("."), text.numbers.fits(",")
    own = None if convention.decimal else _own_mark(text)
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
        if _looks_grouped(text, mark):
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
    return _numbers(text, fits_unit, mark, format, row_name, (*notes, *more))


def _are_labels(text: CellText, is_number: np.ndarray) -> bool:
    """Return whether a single number stands among words that come again: holidays 0, a and b."""
    return int(is_number.sum()) == 1 and bool((text.counts[~is_number] > 1).any())


_NAMES: dict[DecimalMark, str] = {".": "point", ",": "comma"}


def _looks_grouped(text: CellText, mark: DecimalMark) -> bool:
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
    counts = _count_units(text, is_number)
    bare = counts.pop("", 0)
    notes = list(_marks(text, is_number))
    if not counts:
        return "", is_number, notes
    unit, most = counts.most_common(1)[0]
    others = counts.total() - most
    if others > (1 - NEARLY_ALL) * text.present:
        return None
    if most < (1 - NEARLY_ALL) * text.present:
        example = next(text.written[place] for place in np.flatnonzero(is_number) if units[place])
        notes.append(Note("unit", f"column {text.name!r}: {most + others} cells have a unit and the others none; "
                                  f"{example!r} "
                          "was read as its number alone", text.name))  # fmt: skip
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
        notes.append(Note("forms", what, text.name))
    if len(marked):
        count = int(text.counts[marked].sum())
        notes.append(Note("forms", f"column {text.name!r}: {count} cells such as {text.written[marked[0]]!r} were "
                                   f"read without "
                          "their mark", text.name))  # fmt: skip
    return notes


def _numbers(
    text: CellText, fits: np.ndarray, mark: DecimalMark, format: CellFormat, row_name: RowName, notes: tuple[Note, ...]
) -> CellsRead:
    values = np.where(fits, text.numbers.values(mark), np.nan)
    integers = text.numbers.integers
    if all(integers[place] is not None and abs(integers[place]) < 2**63 for place in np.flatnonzero(fits)):
        fitting = [integers[place] if fit else None for place, fit in enumerate(fits)]
        places = np.where(text.cells < 0, len(fitting), text.cells)
        exact = pl.Series(text.name, [*fitting, None], dtype=pl.Int64).gather(places)
        return CellsRead(exact, format, (*notes, *_odd_cells(text, fits, format, row_name)))
    return _finished(text, values, format, row_name, notes)


def _as_date(
    text: CellText, convention: Convention, defaults: Defaults, row_name: RowName, forced: bool
) -> CellsRead | None:
    if forced:
        return None
    dates = text.dates
    own = None if convention.day_first is not None else _own_order(text)
    by_dots = any("." in text.distinct[place] for place in np.flatnonzero(dates.depends))
    default = defaults.day_first or (by_dots and not defaults.order_known)
    order = default if own is None else own
    seconds = dates.seconds(order)
    fits = ~np.isnan(seconds)
    if text.fraction_of(fits) < NEARLY_ALL:
        return None
    notes = []
    if own is None and not defaults.order_known and dates.open.any():
        notes.append(_both_orders(text, int(np.argmax(dates.open)), order))
    notes += _what_dates_are(text, dates, fits)
    depends = bool(dates.depends.any())
    if depends and not (notes and notes[0].code == "ambiguous"):
        first = "day" if order else "month"
        notes.append(Note("dates", f"column {text.name!r} was read with the {first} first", text.name))
    format = CellFormat("date", day_first=order if depends else None, zoned=bool(dates.zoned[fits].any()))
    return _finished(text, seconds, format, row_name, tuple(notes))


def _both_orders(text: CellText, place: int, order: bool) -> Note:
    confirms, other = ("--dayfirst", "--monthfirst") if order else ("--monthfirst", "--dayfirst")
    return Note(
        "ambiguous",
        f"column {text.name!r}: {text.written[place]!r} was read as "
        f"{written_date(text.dates.seconds(order)[place])}, but "
        f"could be {written_date(text.dates.seconds(not order)[place])}; no cell of the table settles it. {confirms} "
        f"confirms, {other} reads the other",
        text.name,
    )


def _what_dates_are(text: CellText, dates: DateCells, fits: np.ndarray) -> list[Note]:
    """Return notes on zones, years of two digits and periods."""
    zoned, told = dates.zoned[fits], []
    if zoned.any():
        without = int((~zoned).sum())
        some = f", {without} different cells without one among them" if without else ""
        told.append(f"has a time zone; its moments are in UTC{some}")
    if dates.two_digits[fits].any():
        told.append("has years of two digits; they were read as 1969 to 2068")
    if dates.periods:
        told.append(f"has {' and '.join(sorted(dates.periods))}s; each is its first day")
    return [Note("dates", f"column {text.name!r} {what}", text.name) for what in told]


def _as_duration(
    text: CellText, convention: Convention, defaults: Defaults, row_name: RowName, forced: bool
) -> CellsRead | None:
    minutes = minutes_come_first(list(text.clocks))
    return _of_form(
        text, text.durations(minutes), CellFormat("duration", minutes_first=minutes), row_name, "in seconds"
    )


def _as_other_number(
    text: CellText, convention: Convention, defaults: Defaults, row_name: RowName, forced: bool
) -> CellsRead | None:
    mark = defaults.decimal
    return (
        _of_form(text, text.lengths, CellFormat("feet and inches", unit="inches"), row_name, "in inches")
        or _of_form(text, text.fractions, CellFormat("fraction"), row_name, "the fractions' values")
        or _of_form(text, text.middles(mark), CellFormat("range", mark), row_name, "the ranges' middles")
    )


def _of_form(text: CellText, values: np.ndarray, format: CellFormat, row_name: RowName, what: str) -> CellsRead | None:
    fits = ~np.isnan(values)
    if text.fraction_of(fits) < NEARLY_ALL:
        return None
    place = int(np.argmax(fits))
    note = Note("forms", f"column {text.name!r} was read as numbers, {what}: {text.written[place]!r} is "
                         f"{values[place]:.15g}; "
                f"--text {text.name!r} keeps text", text.name)  # fmt: skip
    return _finished(text, values, format, row_name, (note,))


def _finished(
    text: CellText, values: np.ndarray, format: CellFormat, row_name: RowName, notes: tuple[Note, ...]
) -> CellsRead:
    """Return values of distinct cells as a column, dates as dates, and a note on the cells that have none."""
    by_row = text.by_row(values)
    if format.form in ("date", "compact date"):
        micro = [None if np.isnan(value) else round(value * 1e6) for value in by_row]
        cells = pl.Series(text.name, micro, dtype=pl.Int64).cast(pl.Datetime("us", "UTC" if format.zoned else None))
    else:
        cells = pl.Series(text.name, by_row, dtype=pl.Float64).fill_nan(None)
        if format.form == "boolean":
            cells = cells.cast(pl.Boolean)
    return CellsRead(cells, format, (*notes, *_odd_cells(text, ~np.isnan(values), format, row_name)))


def _odd_cells(text: CellText, fits: np.ndarray, format: CellFormat, row_name: RowName) -> tuple[Note, ...]:
    if fits.all():
        return ()
    rows, odd = text.rows_of(~fits), text.written
    cells = [f"{odd[text.cells[row]]!r} in {row_name(int(row))}" for row in rows[:5]]
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return (
        Note("odd cells", f"column {text.name!r}: {len(rows)} of {text.present} cells are no {format.form} and were "
                          f"taken as "
             f"missing: {', '.join(cells)}{more}; --text {text.name!r} keeps the column as text", text.name),
    )  # fmt: skip


def _why_text(text: CellText, convention: Convention) -> tuple[Note, ...]:
    """Return a note on a column that stays text though many of its cells look like something else."""
    name = text.name
    if text.fraction_of(text.codes) > MOST_CODES:
        example = text.written[int(np.argmax(text.codes))]
        if text.fraction_of(text.numbers.either) >= NEARLY_ALL:
            return (Note("codes", f"column {name!r} was kept as text, because {example!r} is a code; --numeric "
                                  f"{name!r} "
                         "reads numbers", name),)  # fmt: skip
        return ()
    numbers = text.numbers.either
    if text.fraction_of(numbers) >= NEARLY_ALL:
        units = _count_units(text, numbers, "no unit")
        if 1 < len(units) <= FEW_UNITS:
            found = ", ".join(f"{unit} ({count})" for unit, count in units.most_common())
            return (Note("mixed units", f"column {name!r} was kept as text, because its numbers are in several "
                                        f"units: {found}; "
                         "bring them to one", name),)  # fmt: skip
        if len(units) > 1:
            return ()
    dates = ~np.isnan(text.dates.day_first) | ~np.isnan(text.dates.month_first)
    ranges, times = ~np.isnan(text.middles(".")), ~np.isnan(text.durations(False))
    forms = {"numbers": _of_usual_unit(text, numbers), "dates": dates, "ranges": ranges, "times": times}
    for what, fits in forms.items():
        if text.fraction_of(fits) >= MANY and not fits.all():
            odd = [cell for cell, fit in zip(text.written, fits, strict=True) if not fit]
            forced = f", --numeric {name!r} all of them" if what == "numbers" else ""
            return (Note("odd cells", f"column {name!r} was kept as text: "
                                      f"{text.fraction_of(fits):.{_digits(text, fits)}%} of its "
                         f"cells are {what}, but not {some(odd)}; --na makes such cells "
                         f"missing{forced}", name),)  # fmt: skip
    return ()


def _digits(text: CellText, fits: np.ndarray) -> int:
    """Return how many digits keep a fraction apart from 1."""
    return 0 if text.fraction_of(fits) < 0.995 else 2


def _of_usual_unit(text: CellText, numbers: np.ndarray) -> np.ndarray:
    """Return which numbers have no unit or the most frequent one: 12 Mill Lane is none."""
    counts = _count_units(text, numbers)
    counts.pop("", 0)
    usual = ["", *(unit for unit, _ in counts.most_common(1))]
    return numbers & np.isin(text.numbers.unit.astype(str), usual)


def _check_units(text: CellText, format: CellFormat) -> None:
    """Raise where numbers are in another unit than in the earlier table."""
    others = _count_units(text, text.numbers.either & (text.numbers.unit != "") & (text.numbers.unit != format.unit))
    if others and others.total() > (1 - NEARLY_ALL) * text.present and format.unit:
        other = others.most_common(1)[0][0]
        raise TableError(
            f"column {text.name!r} was in {format.unit} in training, but now has {others.total()} cells in {other}; "
            f"bring them to {format.unit}"
        )


def _check_zones(text: CellText, zoned: np.ndarray, format: CellFormat) -> None:
    """Raise where dates say their zone and did not in the earlier table, or the reverse."""
    if len(zoned) and zoned.any() != format.zoned:
        was, has = ("had a time zone", "have none") if format.zoned else ("had no time zone", "have one")
        raise TableError(f"the dates of column {text.name!r} {was} in training, but now {has}; write them as they were")


def _count_units(text: CellText, which: np.ndarray, none: str = "") -> Counter[str]:
    """Return how many cells have each unit."""
    counts = Counter[str]()
    if not (text.numbers.unit[which] != "").any():
        counts[none] = int(text.counts[which].sum())
        return counts
    for place in np.flatnonzero(which):
        counts[text.numbers.unit[place] or none] += int(text.counts[place])
    return counts
