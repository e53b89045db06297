"""Numbers and tables as text: tables are aligned, and on a terminal drawn by rich where they fit."""

from dataclasses import dataclass

from rich import box
from rich.table import Table
from rich.text import Text

from glassnet._html_table import Cell as Cell
from glassnet._html_table import HtmlTable
from glassnet._notebook import Fragment, NotebookRecord

LARGEST_WRITTEN_OUT = 1e12


def rounded(value: float, digits: int = 4, *, sign: bool = False) -> str:
    """Return a number of so many significant digits, or where it has as many before the point, an integer.

    Parameters
    ----------
    value : float
        The number.
    digits : int
        How many.
    sign : bool
        Whether positive numbers have a sign too.
    """
    plus = "+" if sign else ""
    if 10 ** (digits - 1) <= abs(value) < LARGEST_WRITTEN_OUT:
        return f"{value:{plus},.0f}"
    return f"{value:{plus}.{digits}g}"


@dataclass(frozen=True)
class TextTable(NotebookRecord, HtmlTable):
    """A header and rows of cells; numbers are shown with `decimals`, or with six significant digits.

    `str` gives unbroken lines, whatever the width of the window; `as_rich_table` gives a rich table, and `to_html` one
    for pages.

    Parameters
    ----------
    header : tuple of str
        The names of the columns.
    rows : tuple of tuples
        The cells.
    decimals : int or None
        Digits after the point; None: six significant digits.
    title : str
        Above the table.

    Examples
    --------
    >>> from glassnet import TextTable
    >>> table = TextTable(("city", "price"), (("Augsburg", 1.5), ("Ulm", 20.25)), decimals=2, title="prices")
    >>> print(table)
    prices
    city      price
    Augsburg   1.50
    Ulm       20.25
    """

    def as_rich_table(self) -> Table:
        """Return the table for a terminal; names are shown as they are, not read as markup."""
        table = Table(title=Text(self.title) if self.title else None, title_justify="left", box=box.SIMPLE_HEAD)
        table.show_header = any(self.header)
        for place, name in enumerate(self.header):
            table.add_column(Text(name), justify="left" if self.is_text(place) else "right", no_wrap=True)
        for row in self.rows:
            table.add_row(*(Text(self.shown(cell)) for cell in row))
        return table

    def __str__(self) -> str:
        cells = [*([self.header] if any(self.header) else []), *(tuple(map(self.shown, row)) for row in self.rows)]
        widths = [max((len(row[place]) for row in cells), default=0) for place in range(len(self.header))]
        lines = ["  ".join(map(self._pad, range(len(row)), row, widths)).rstrip() for row in cells]
        return "\n".join(([self.title] if self.title else []) + lines)

    def _fill(self, fragment: Fragment) -> None:
        fragment.table(self)

    def _pad(self, place: int, cell: str, width: int) -> str:
        return cell.ljust(width) if self.is_text(place) else cell.rjust(width)
