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
from glassnet.data.parse_dates import Moment, minutes_come_first, written_date
from glassnet.data.parse_numbers import DecimalMark
from glassnet.data.plain_numbers import PlainNumbers, plain_numbers
from glassnet.data.report import Note, TableError, some

NEARLY_ALL = 0.9  # fraction of present cells that have one form, from which on the others are odd cells
MANY = 0.5  # fraction of cells that look like numbers in a column that stays text, from which on that is said
FEW_UNITS = 6  # different units in a column, up to which it is numbers in several units and not just text
MOST_CODES = 0.01  # fraction of cells that begin with 0, up to which a column is numbers
BOOLEANS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}
WORDS = {"true", "false"}
OTHER: dict[DecimalMark, DecimalMark] = {".": ",", ",": "."}


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
    point, comma = column.is_number("."), column.is_number(",")
    if column.fraction_of(point | comma) < NEARLY_ALL or column.fraction_of(column.codes) > MOST_CODES:
        return None
    for_point, for_comma = column.fraction_of(point & ~comma), column.fraction_of(comma & ~point)
    return None if for_point == for_comma else "." if for_point > for_comma else ","


def _own_order(column: CellText) -> bool | None:
    """Return whether the day comes first, where a column of dates itself shows it."""
    if not any(column.orders):
        return None
    first = np.array([order == (True,) for order in column.orders])
    last = np.array([order == (False,) for order in column.orders])
    dates = first | last | np.array([bool(order) for order in column.orders])
    for_first, for_last = column.fraction_of(first), column.fraction_of(last)
    return None if column.fraction_of(dates) < NEARLY_ALL or for_first == for_last else for_first > for_last


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
    if name in convention.text:
        return CellsRead(as_text_column(column, convention.na), CellFormat("text"))
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
    moments = text.compact_dates if format.form == "compact date" else text.dates(day_first)
    values = {
        "number": lambda: np.array([text.scaled(place, mark) for place in range(len(text.distinct))]),
        "boolean": lambda: _booleans(text),
        "date": lambda: _seconds(moments),
        "compact date": lambda: _seconds(moments),
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
    _check_zones(text, moments, format)
    if format.form == "number":
        _check_units(text, format)
        return _numbers(text, fits, mark, format, row_name, ())
    return _finished(text, values, format, row_name, ())


_PLURALS = {"number": "numbers", "date": "dates", "compact date": "dates", "boolean": "booleans", "duration": "durations",
            "fraction": "fractions", "range": "ranges"}  # fmt: skip


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
    moments = text.compact_dates
    if text.name in convention.numeric or len(moments) < 3 or not all(moments):
        return None
    years = [int(cell[:4]) for cell in text.distinct]
    if not (min(years) >= 1900 and max(years) <= 2100):
        return None
    note = Note("dates", f"column {text.name!r} was read as dates, {text.distinct[0]!r} as "
                f"{written_date(_seconds(moments)[0])}; --numeric {text.name!r} reads numbers", text.name)  # fmt: skip
    zoned = any(moment is not None and moment.zoned for moment in moments)
    return _finished(text, _seconds(moments), CellFormat("compact date", zoned=zoned), str, (note,))


def _as_number(
    text: CellText, convention: Convention, defaults: Defaults, row_name: RowName, forced: bool
) -> CellsRead | None:
    if not forced and (text.fraction_of(text.codes) > MOST_CODES or text.clocks != text.distinct):
        return None
    point, comma = text.is_number("."), text.is_number(",")
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
    matters = point & comma & text.ambiguous
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
    read_as_decimal = np.array([mark in (parts.digits if parts else "") for parts in text.numbers])
    whole = [cell for cell, parts in zip(text.distinct, text.numbers, strict=True) if parts and parts.digits.isdigit()]
    if not read_as_decimal[text.ambiguous].all() or not whole:
        return False
    lengths = [len(cell.lstrip("+-")) for cell in whole]
    return max(lengths) == 3


def _both_readings(text: CellText, place: int, mark: DecimalMark) -> Note:
    values, other = text.values[place], OTHER[mark]
    return Note(
        "ambiguous",
        f"column {text.name!r}: {text.written[place]!r} was read as {values[mark]:.15g}, but could be "
        f"{values[other]:.15g}; no cell of the table settles it. --decimal {mark!r} confirms, --decimal {other!r} reads the "
        "other",
        text.name,
    )


def _unit(text: CellText, is_number: np.ndarray) -> tuple[str, np.ndarray, list[Note]] | None:
    """Return the unit of a column, which cells are in it, and what is to be said; None for several units."""
    units = np.array([unit for _, unit, _ in text.units], dtype=object)
    counts = Counter[str]()
    for place in np.flatnonzero(is_number):
        counts[units[place]] += int(text.counts[place])
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
        notes.append(Note("unit", f"column {text.name!r}: {most + others} cells have a unit and the others none; {example!r} "
                          "was read as its number alone", text.name))  # fmt: skip
        return "", is_number, notes
    fits = is_number & ((units == unit) | (units == ""))
    without = f"; {bare} cells have none and were taken to be in it" if bare else ""
    notes.insert(0, Note("unit", f"column {text.name!r} is in {unit}{without}", text.name))
    return unit, fits, notes


def _marks(text: CellText, is_number: np.ndarray) -> list[Note]:
    """Return notes on footnote marks, flags and limits that were dropped."""
    marked = [place for place in np.flatnonzero(is_number)
              if (parts := text.numbers[place]) is not None and (parts.mark or text.units[place][2])]  # fmt: skip
    scales = sorted({text.units[place][0] for place in np.flatnonzero(is_number)} - {1.0})
    notes = []
    if scales:
        place = next(place for place in np.flatnonzero(is_number) if text.units[place][0] != 1)
        mark: DecimalMark = "." if "." in text.values[place] else ","
        notes.append(Note("forms", f"column {text.name!r} has magnitudes: {text.written[place]!r} was read as "
                          f"{text.scaled(place, mark):.15g}", text.name))  # fmt: skip
    if marked:
        count = int(text.counts[marked].sum())
        notes.append(Note("forms", f"column {text.name!r}: {count} cells such as {text.written[marked[0]]!r} were read without "
                          "their mark", text.name))  # fmt: skip
    return notes


def _numbers(
    text: CellText, fits: np.ndarray, mark: DecimalMark, format: CellFormat, row_name: RowName, notes: tuple[Note, ...]
) -> CellsRead:
    values = np.array([text.scaled(place, mark) if fits[place] else np.nan for place in range(len(fits))])
    if all(
        not fit or (parts and parts.digits.isdigit() and not parts.exponent)
        for fit, parts in zip(fits, text.numbers, strict=True)
    ):
        exact = _integers(text, fits)
        if exact is not None:
            return CellsRead(exact, format, (*notes, *_odd_cells(text, fits, format, row_name)))
    return _finished(text, values, format, row_name, notes)


def _integers(text: CellText, fits: np.ndarray) -> pl.Series | None:
    """Return integers beyond 2^53 exactly; None where some are beyond 2^63."""
    whole = [None if not fit or parts is None else int(parts.sign) * int(parts.digits) * int(scale) if scale >= 1 else None
             for fit, parts, (scale, _, _) in zip(fits, text.numbers, text.units, strict=True)]  # fmt: skip
    if any(number is not None and abs(number) >= 2**63 for number in whole):
        return None
    return pl.Series(text.name, [*whole, None], dtype=pl.Int64).gather(np.where(text.cells < 0, len(whole), text.cells))


def _as_date(
    text: CellText, convention: Convention, defaults: Defaults, row_name: RowName, forced: bool
) -> CellsRead | None:
    if forced:
        return None
    own = None if convention.day_first is not None else _own_order(text)
    open_orders = np.array([len(orders) == 2 for orders in text.orders])
    by_dots = any("." in cell for cell, orders in zip(text.distinct, text.orders, strict=True) if orders)
    default = defaults.day_first if defaults.order_known else defaults.day_first or by_dots
    order = default if own is None else own
    moments = text.dates(order)
    seconds = _seconds(moments)
    fits = ~np.isnan(seconds)
    if text.fraction_of(fits) < NEARLY_ALL:
        return None
    notes = []
    if own is None and not defaults.order_known and open_orders.any():
        differ = [
            place for place in np.flatnonzero(open_orders) if _moment(text, place, True) != _moment(text, place, False)
        ]
        if differ:
            place, flag = differ[0], ("--dayfirst", "--monthfirst")
            notes.append(Note(
                "ambiguous",
                f"column {text.name!r}: {text.written[place]!r} was read as {_moment(text, place, order)}, but could be "
                f"{_moment(text, place, not order)}; no cell of the table settles it. {flag[not order]} confirms, "
                f"{flag[order]} reads the other",
                text.name,
            ))  # fmt: skip
    zoned = [moment.zoned for moment in moments if moment is not None]
    if any(zoned) and not all(zoned):
        notes.append(Note("dates", f"column {text.name!r}: {zoned.count(False)} different cells have no time zone and were taken "
                          "as UTC", text.name))  # fmt: skip
    if any(moment is not None and moment.two_digits for moment in moments):
        notes.append(
            Note("dates", f"column {text.name!r} has years of two digits; they were read as 1969 to 2068", text.name)
        )
    periods = {moment.period for moment in moments if moment is not None} - {""}
    if periods:
        notes.append(
            Note(
                "dates", f"column {text.name!r} has {' and '.join(sorted(periods))}s; each is its first day", text.name
            )
        )
    if any(zoned):
        notes.append(Note("dates", f"column {text.name!r} has a time zone; its moments are in UTC", text.name))
    depends = any(text.orders)
    if depends and not (notes and notes[0].code == "ambiguous"):
        first = "day" if order else "month"
        notes.append(Note("dates", f"column {text.name!r} was read with the {first} first", text.name))
    format = CellFormat("date", day_first=order if depends else None, zoned=any(zoned))
    return _finished(text, seconds, format, row_name, tuple(notes))


def _moment(text: CellText, place: int, order: bool) -> str:
    moment = text.dates(order)[place]
    return "" if moment is None else written_date(moment.seconds)


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
    note = Note("forms", f"column {text.name!r} was read as numbers, {what}: {text.written[place]!r} is {values[place]:.15g}; "
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
        Note("odd cells", f"column {text.name!r}: {len(rows)} of {text.present} cells are no {format.form} and were taken as "
             f"missing: {', '.join(cells)}{more}; --text {text.name!r} keeps the column as text", text.name),
    )  # fmt: skip


def _why_text(text: CellText, convention: Convention) -> tuple[Note, ...]:
    """Return a note on a column that stays text though many of its cells look like something else."""
    name = text.name
    if text.fraction_of(text.codes) > MOST_CODES:
        example = text.written[int(np.argmax(text.codes))]
        if text.fraction_of(text.is_number(".") | text.is_number(",")) >= NEARLY_ALL:
            return (Note("codes", f"column {name!r} was kept as text, because {example!r} is a code; --numeric {name!r} "
                         "reads numbers", name),)  # fmt: skip
        return ()
    numbers = text.is_number(".") | text.is_number(",")
    if text.fraction_of(numbers) >= NEARLY_ALL:
        units = Counter[str]()
        for place in np.flatnonzero(numbers):
            units[text.units[place][1] or "no unit"] += int(text.counts[place])
        if 1 < len(units) <= FEW_UNITS:
            found = ", ".join(f"{unit} ({count})" for unit, count in units.most_common())
            return (Note("mixed units", f"column {name!r} was kept as text, because its numbers are in several units: {found}; "
                         "bring them to one", name),)  # fmt: skip
        if len(units) > 1:
            return ()
    dates = ~np.isnan(_seconds(text.dates(False))) | ~np.isnan(_seconds(text.dates(True)))
    ranges, times = ~np.isnan(text.middles(".")), ~np.isnan(text.durations(False))
    forms = {"numbers": _of_usual_unit(text, numbers), "dates": dates, "ranges": ranges, "times": times}
    for what, fits in forms.items():
        if text.fraction_of(fits) >= MANY and not fits.all():
            odd = [cell for cell, fit in zip(text.written, fits, strict=True) if not fit]
            forced = f", --numeric {name!r} all of them" if what == "numbers" else ""
            return (Note("odd cells", f"column {name!r} was kept as text: {text.fraction_of(fits):.{_digits(text, fits)}%} of its "
                         f"cells are {what}, but not {some(odd)}; --na makes such cells missing{forced}", name),)  # fmt: skip
    return ()


def _digits(text: CellText, fits: np.ndarray) -> int:
    """Return how many digits keep a fraction apart from 1."""
    return 0 if text.fraction_of(fits) < 0.995 else 2


def _of_usual_unit(text: CellText, numbers: np.ndarray) -> np.ndarray:
    """Return which numbers have no unit or the most frequent one: 12 Mill Lane is none."""
    counts = Counter[str]()
    for place in np.flatnonzero(numbers):
        counts[text.units[place][1]] += int(text.counts[place])
    counts.pop("", 0)
    usual = {"", *(unit for unit, _ in counts.most_common(1))}
    return numbers & np.array([unit in usual for _, unit, _ in text.units], dtype=bool)


def _check_units(text: CellText, format: CellFormat) -> None:
    """Raise where numbers are in another unit than in the earlier table."""
    others = Counter[str]()
    for place, (_, unit, _) in enumerate(text.units):
        if text.values[place] and unit and unit != format.unit:
            others[unit] += int(text.counts[place])
    if others and others.total() > (1 - NEARLY_ALL) * text.present and format.unit:
        other = others.most_common(1)[0][0]
        raise TableError(
            f"column {text.name!r} was in {format.unit} in training, but now has {others.total()} cells in {other}; "
            f"bring them to {format.unit}"
        )


def _check_zones(text: CellText, moments: list[Moment | None], format: CellFormat) -> None:
    """Raise where dates say their zone and did not in the earlier table, or the reverse."""
    if format.form not in ("date", "compact date"):
        return
    zoned = {moment.zoned for moment in moments if moment is not None}
    if zoned and zoned != {format.zoned} and not (format.zoned and True in zoned):
        was, has = ("had a time zone", "have none") if format.zoned else ("had no time zone", "have one")
        raise TableError(f"the dates of column {text.name!r} {was} in training, but now {has}; write them as they were")


def _seconds(moments: list[Moment | None]) -> np.ndarray:
    return np.array([np.nan if moment is None else moment.seconds for moment in moments], dtype=np.float64)
