"""One column as it was read, with what holds for columns without evidence of their own."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from glassnet._lazy import pl
from glassnet.data.cell_format import CellFormat
from glassnet.data.cell_text import CellText
from glassnet.data.parse_numbers import DecimalMark
from glassnet.data.report import Note

NEARLY_ALL = 0.9  # fraction of present cells that have one form, from which on the others are odd cells
RowName = Callable[[int], str]


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

    cells: "pl.Series"
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


def finished(
    text: CellText, values: np.ndarray, format: CellFormat, row_name: RowName, notes: tuple[Note, ...]
) -> CellsRead:
    """Return values of distinct cells as a column, dates as dates, and a note on the cells that have none."""
    by_row = text.by_row(values)
    if format.form in ("date", "compact date"):
        micro = pl.Series(text.name, np.round(by_row * 1e6)).fill_nan(None).cast(pl.Int64)
        cells = micro.cast(pl.Datetime("us", "UTC" if format.zoned else None))
    else:
        cells = pl.Series(text.name, by_row, dtype=pl.Float64).fill_nan(None)
        if format.form == "boolean":
            cells = cells.cast(pl.Boolean)
    return CellsRead(cells, format, (*notes, *odd_cells(text, ~np.isnan(values), format, row_name)))


def odd_cells(text: CellText, fits: np.ndarray, format: CellFormat, row_name: RowName) -> tuple[Note, ...]:
    """Return a note on the cells that are not in the form of their column; none where all are."""
    if fits.all():
        return ()
    rows, odd = text.rows_of(~fits), text.written
    cells = [f"{odd[text.cells[row]]!r} in {row_name(int(row))}" for row in rows[:5]]
    count = int(text.counts[~fits].sum())
    more = f" and {count - len(cells)} more" if count > len(cells) else ""
    what = (
        f"column {text.name!r}: {count} of {text.present} cells are no {format.form} and were taken as missing: "
        f"{', '.join(cells)}{more}; --text {text.name!r} keeps the column as text"
    )
    return (Note("odd cells", what, text.name),)


def of_form(text: CellText, values: np.ndarray, format: CellFormat, row_name: RowName, what: str) -> CellsRead | None:
    """Return a column in a form that few have, with a note; None where less than nearly all cells are in it."""
    fits = ~np.isnan(values)
    if text.fraction_of(fits) < NEARLY_ALL:
        return None
    place = int(np.argmax(fits))
    told = (
        f"column {text.name!r} was read as numbers, {what}: {text.written[place]!r} is {values[place]:.15g}; "
        f"--text {text.name!r} keeps text"
    )
    return finished(text, values, format, row_name, (Note("forms", told, text.name),))
