"""Columns whose cells are all plain numbers, such as 12 and -3.75, at once: most columns of most files.

What is read here, the slower way cell by cell (`read_cells.py`) would read the same.
"""

from typing import NamedTuple

from glassnet._lazy import pl
from glassnet.data.cell_format import Convention
from glassnet.data.missing import DOUBTFUL, is_missing
from glassnet.data.parse_numbers import DecimalMark, plain

NUMBER = r"^[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$"
INTEGER = r"^[+-]?(?:0|[1-9][0-9]*)$"
GROUPED = r"^[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+$"  # thousands, where the comma is the decimal mark
DATE = r"^(?:[0-9]{8}|[0-9]{14})$"
MOST_MARKS = 20  # different marks of missing cells that are looked at


class PlainNumbers(NamedTuple):
    """A column of numbers.

    Parameters
    ----------
    cells : polars.Series
        Int64 or Float64; null where a cell is missing.
    mark : "." or None
        The decimal mark that the cells show, None where all are integers.
    """

    cells: "pl.Series"
    mark: DecimalMark | None


def plain_numbers(column: "pl.Series", convention: Convention) -> PlainNumbers | None:
    """Return the numbers in a column of strings; None where a cell could be anything else."""
    if convention.decimal == ",":
        return None
    stripped = without_marks(column, convention)
    fits = stripped.str.contains(NUMBER)
    odd = stripped.filter(~fits).unique()
    if not fits.any() or len(odd) > MOST_MARKS or not all(map(is_surely_missing, odd)):
        return None
    numbers = stripped.set(~fits, None).str.strip_chars_start("+")
    integers_alone = numbers.str.contains(INTEGER)
    if integers_alone.all():
        integers = numbers.cast(pl.Int64, strict=False)
        too_long = integers.null_count() > numbers.null_count()
        return None if too_long or numbers.str.contains(DATE).all() else PlainNumbers(integers, None)
    if convention.decimal is None and numbers.filter(~integers_alone).str.contains(GROUPED).all():
        return None
    return PlainNumbers(numbers.cast(pl.Float64), ".")


def without_marks(column: "pl.Series", convention: Convention) -> "pl.Series":
    """Return stripped cells, null where they are marks of missing cells that were asked for."""
    stripped = column.str.strip_chars()
    return stripped.set(stripped.is_in(list(convention.na)), None) if convention.na else stripped


def is_surely_missing(cell: str) -> bool:
    """Return whether a cell stands for a missing one whatever the others are."""
    bare = plain(cell)
    return is_missing(bare) and bare.lower() not in DOUBTFUL
