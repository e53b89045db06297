"""Columns of text to numbers, dates and text: what each column is, under one convention for all of them.

Every column is evidence for the decimal mark ("1,5" can only be read with a comma, "1.234,5" too) and for the order of
day and month (31/12/2024). Its own evidence decides a column; where it has none, that of the other columns does, and
where there is none at all, a default, with a note that names both readings.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np

from glassnet._lazy import pl
from glassnet.data.cell_format import CellFormat, Convention
from glassnet.data.cell_text import CellText, as_text_column, cell_text
from glassnet.data.cells_read import NEARLY_ALL, CellsRead, Defaults, RowName, finished, of_form
from glassnet.data.date_cells import compact_date_cells
from glassnet.data.date_column import as_compact_date, as_date, check_zones, own_order
from glassnet.data.number_column import (
    MOST_CODES,
    as_number,
    as_numbers,
    check_units,
    count_units,
    in_unit,
    of_usual_unit,
    own_mark,
    read_plain,
)
from glassnet.data.parse_dates import minutes_come_first
from glassnet.data.parse_numbers import DecimalMark
from glassnet.data.plain_numbers import PlainNumbers, plain_numbers
from glassnet.data.report import Note, TableError, some
from glassnet.data.units_and_more import units_note

MANY = 0.5  # fraction of cells that look like numbers in a column that stays text, from which on that is said
FEW_UNITS = 6  # different units in a column, up to which it is numbers in several units and not just text
BOOLEANS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}
WORDS = {"true", "false"}
_PLURALS = {"number": "numbers", "date": "dates", "compact date": "dates", "boolean": "booleans",
            "duration": "durations", "fraction": "fractions", "range": "ranges"}  # fmt: skip
Vote = TypeVar("Vote")


def read_cells(
    columns: "Mapping[str, pl.Series]",
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
    new = {name for name in columns if not (name in known or name in convention.text or name in with_points)}
    numbers = {name: found for name in new if (found := plain_numbers(columns[name], convention)) is not None}
    text = {name: cell_text(name, column, convention) for name, column in columns.items() if name not in numbers}
    return read_texts(columns, numbers, text, convention, lambda _: row_name, comma_by_default, known, with_points)


def read_texts(
    columns: "Mapping[str, pl.Series]",
    numbers: Mapping[str, PlainNumbers],
    text: Mapping[str, CellText],
    convention: Convention,
    row_names: Callable[[str], RowName],
    comma_by_default: bool = False,
    known: Mapping[str, CellFormat] | None = None,
    with_points: Collection[str] = (),
) -> dict[str, CellsRead]:
    """Return columns of which some are known to be plain numbers, and others are known by their different cells.

    `row_names` gives for a column what names its rows; the others are as in `read_cells`.
    """
    known = known or {}
    point = replace(convention, decimal=".", thousands=None)
    others = [
        column for name, column in text.items() if not (name in known or name in convention.text or name in with_points)
    ]
    defaults = _defaults(others, [found.mark for found in numbers.values()], convention, comma_by_default, known)
    return {
        name: read_plain(name, numbers[name], convention, defaults)
        if name in numbers
        else _read_known(text[name], column, known[name], convention, row_names(name))
        if name in known
        else _read(text[name], column, point if name in with_points else convention, defaults, row_names(name))
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
        mark, order = own_mark(column), own_order(column)
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


def _read(
    text: CellText, column: "pl.Series", convention: Convention, defaults: Defaults, row_name: RowName
) -> CellsRead:
    """Return a column whose form is not known yet."""
    name = text.name
    if name in convention.text:  # a category, so that nobody reads numbers in it later
        return CellsRead(as_text_column(column, convention.na).cast(pl.Categorical), CellFormat("text"))
    if not text.present:
        empty = pl.Series(name, [None] * len(column), dtype=pl.String)
        return CellsRead(empty, CellFormat("text"))
    forced = name in convention.numeric
    for attempt in (_as_boolean, as_compact_date, as_number, as_date, _as_duration, _as_other_number):
        read = attempt(text, convention, defaults, row_name, forced)
        if read is not None:
            return read
    if forced:
        odd = text.distinct[0]
        raise TableError(f"column {name!r} cannot be read as numbers: it has {odd!r}; leave it out of --numeric")
    return CellsRead(as_text_column(column, convention.na), CellFormat("text"), _why_text(text, convention))


def _read_known(
    text: CellText, column: "pl.Series", format: CellFormat, convention: Convention, row_name: RowName
) -> CellsRead:
    """Return a column in the form that an earlier table had; `TableError` names a cell where many are not in it."""
    if format.form == "text":
        return CellsRead(as_text_column(column, convention.na), format)
    mark = convention.decimal or format.decimal or own_mark(text) or "."
    day_first = convention.day_first if convention.day_first is not None else format.day_first
    day_first = bool(own_order(text)) if day_first is None else day_first
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
    if format.form == "number":
        check_units(text, format)
        fits &= in_unit(text, format)
    if text.present and text.fraction_of(fits) < NEARLY_ALL:
        row = int(text.rows_of(~fits)[0])
        cell = text.written[text.cells[row]]
        raise TableError(
            f"column {text.name!r} held {_PLURALS.get(format.form, format.form)} in training, but {row_name(row)} has "
            f"{cell!r}; correct that cell or leave it empty"
        )
    if format.form in ("date", "compact date"):
        check_zones(text, (dates or text.dates).zoned[fits], format)
    if format.form == "number":
        return as_numbers(text, fits, mark, format, row_name, ())
    return finished(text, values, format, row_name, ())


def _booleans(text: CellText) -> np.ndarray:
    """Return True and False, in words or as 1 and 0, as numbers."""
    return np.array([BOOLEANS.get(cell.lower(), np.nan) for cell in text.distinct])


def _as_boolean(text: CellText, *_: object) -> CellsRead | None:
    if not all(cell.lower() in WORDS for cell in text.distinct):
        return None
    values = text.by_row(_booleans(text))
    cells = pl.Series(text.name, [None if np.isnan(value) else bool(value) for value in values], dtype=pl.Boolean)
    return CellsRead(cells, CellFormat("boolean"))


def _as_duration(
    text: CellText, convention: Convention, defaults: Defaults, row_name: RowName, forced: bool
) -> CellsRead | None:
    minutes = minutes_come_first(list(text.clocks))
    return of_form(text, text.durations(minutes), CellFormat("duration", minutes_first=minutes), row_name, "in seconds")


def _as_other_number(
    text: CellText, convention: Convention, defaults: Defaults, row_name: RowName, forced: bool
) -> CellsRead | None:
    mark = defaults.decimal
    return (
        of_form(text, text.lengths, CellFormat("feet and inches", unit="inches"), row_name, "in inches")
        or of_form(text, text.fractions, CellFormat("fraction"), row_name, "the fractions' values")
        or of_form(text, text.middles(mark), CellFormat("range", mark), row_name, "the ranges' middles")
    )


def _why_text(text: CellText, convention: Convention) -> tuple[Note, ...]:
    """Return a note on a column that stays text though many of its cells look like something else."""
    name = text.name
    if text.fraction_of(text.codes) > MOST_CODES:
        example = text.written[int(np.argmax(text.codes))]
        if text.fraction_of(text.numbers.either) >= NEARLY_ALL:
            what = f"column {name!r} was kept as text, because {example!r} is a code; --numeric {name!r} reads numbers"
            return (Note("codes", what, name),)
        return ()
    numbers = text.numbers.either
    if text.fraction_of(numbers) >= NEARLY_ALL:
        units = count_units(text, numbers, "no unit")
        if 1 < len(units) <= FEW_UNITS:
            found = ", ".join(f"{unit} ({count})" for unit, count in units.most_common())
            why = f"its numbers are in several units: {found}; bring them to one"
            return (Note("mixed units", f"column {name!r} was kept as text, because {why}", name),)
        if len(units) > 1:
            return ()
    dates = ~np.isnan(text.dates.day_first) | ~np.isnan(text.dates.month_first)
    ranges, times = ~np.isnan(text.middles(".")), ~np.isnan(text.durations(False))
    forms = {"numbers": of_usual_unit(text, numbers), "dates": dates, "ranges": ranges, "times": times}
    for what, fits in forms.items():
        if text.fraction_of(fits) >= MANY and not fits.all():
            odd = [cell for cell, fit in zip(text.written, fits, strict=True) if not fit]
            forced = f", --numeric {name!r} all of them" if what == "numbers" else ""
            fraction = f"{text.fraction_of(fits):.{_digits(text, fits)}%}"
            told = (
                f"column {name!r} was kept as text: {fraction} of its cells are {what}, but not {some(odd)}; --na "
                f"makes such cells missing{forced}"
            )
            return (Note("odd cells", told, name),)
    note = units_note(text)
    return () if note is None else (note,)


def _digits(text: CellText, fits: np.ndarray) -> int:
    """Return how many digits keep a fraction apart from 1."""
    return 0 if text.fraction_of(fits) < 0.995 else 2
