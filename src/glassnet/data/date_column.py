"""A column of text as dates: the order of day and month, and what the dates say of themselves."""

import numpy as np

from glassnet.data.cell_format import CellFormat, Convention
from glassnet.data.cell_text import CellText
from glassnet.data.cells_read import NEARLY_ALL, CellsRead, Defaults, RowName, finished
from glassnet.data.date_cells import DateCells, compact_date_cells
from glassnet.data.parse_dates import written_date
from glassnet.data.report import Note, TableError

LEAST_DATES = 3  # different cells such as 20210105 that are dates and not numbers


def own_order(column: CellText) -> bool | None:
    """Return whether the day comes first, where a column of dates itself shows it."""
    if column.fraction_of(column.numbers.either) >= NEARLY_ALL:
        return None
    dates = column.dates
    first = dates.depends & np.isnan(dates.month_first)
    last = dates.depends & np.isnan(dates.day_first)
    for_first, for_last = column.fraction_of(first), column.fraction_of(last)
    readable = ~(np.isnan(dates.day_first) & np.isnan(dates.month_first))
    return None if column.fraction_of(readable) < NEARLY_ALL or for_first == for_last else for_first > for_last


def as_compact_date(
    text: CellText, convention: Convention, defaults: Defaults, row_name: RowName, forced: bool
) -> CellsRead | None:
    """Return a column of dates such as 20210105, or None where some cell is none."""
    dates = compact_date_cells(text.distinct)
    if dates is None or forced or len(text.distinct) < LEAST_DATES:
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
    return finished(text, dates.day_first, CellFormat("compact date", zoned=zoned), row_name, (note,))


def as_date(
    text: CellText, convention: Convention, defaults: Defaults, row_name: RowName, forced: bool
) -> CellsRead | None:
    """Return a column as dates, or None where less than nearly all cells are."""
    if forced:
        return None
    dates = text.dates
    own = None if convention.day_first is not None else own_order(text)
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
    return finished(text, seconds, format, row_name, tuple(notes))


def _both_orders(text: CellText, place: int, order: bool) -> Note:
    confirms, other = ("--dayfirst", "--monthfirst") if order else ("--monthfirst", "--dayfirst")
    return Note(
        "ambiguous",
        f"column {text.name!r}: {text.written[place]!r} was read as "
        f"{written_date(text.dates.seconds(order)[place])}, but could be "
        f"{written_date(text.dates.seconds(not order)[place])}; no cell of the table settles it. {confirms} "
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


def check_zones(text: CellText, zoned: np.ndarray, format: CellFormat) -> None:
    """Raise where dates say their zone and did not in the earlier table, or the reverse."""
    if len(zoned) and zoned.any() != format.zoned:
        raise TableError(other_zones(text.name, format.zoned))


def other_zones(name: str, zoned: bool) -> str:
    """Return what to say of dates that do not say their zone as those of training did, or say it as they did not."""
    was, has = ("had a time zone", "have none") if zoned else ("had no time zone", "have one")
    return f"the dates of column {name!r} {was} in training, but now {has}; write them as they were"
