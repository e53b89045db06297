"""A table of cells as HTML: numbers stand on the right, each beside the value that its digits are of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from glassnet._html import Markup, join, tag

WRITTEN_OUT = (1e6, 1e12)  # between these a number is written to its last integer digit

Cell = str | float | np.number | np.bool_ | None


@dataclass(frozen=True)
class HtmlTable:
    """A header and rows of cells; numbers are shown with `decimals`, or with six significant digits.

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
    """

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    decimals: int | None = None
    title: str = ""

    def shown(self, cell: Cell) -> str:
        """Return a cell as text.

        Parameters
        ----------
        cell : str, number or None
            The cell; None is empty.
        """
        if not isinstance(cell, float | np.floating):
            return "" if cell is None else str(cell)
        if self.decimals is None:
            return f"{cell:.0f}" if WRITTEN_OUT[0] <= abs(cell) < WRITTEN_OUT[1] else f"{cell:.6g}"
        return f"{cell:.{self.decimals}f}"

    def to_html(self, most_rows: int | None = None) -> str:
        """Return an HTML table; `data-value` of a cell is its number in full.

        Parameters
        ----------
        most_rows : int or None
            Of more rows the first are in it, and a line below says how many are not.
        """
        more = 0 if most_rows is None else len(self.rows) - most_rows
        said = tag("p", f"and {more:,} more {'row' if more == 1 else 'rows'}") if more > 0 else None
        return join([self.around(islice(self.html_rows(), most_rows)), said])

    def html_rows(self) -> Iterator[Markup]:
        """Yield every row as HTML."""
        kinds = self._kinds()
        for row in self.rows:
            yield tag("tr", map(self._cell, row, kinds))

    def around(self, rows: Iterable[Markup]) -> Markup:
        """Return the HTML table of these rows, with title and header."""
        columns = zip(self.header, self._kinds(), strict=True)
        names = (tag("th", name, scope="col", class_=kind) if name else tag("td") for name, kind in columns)
        return tag(
            "table",
            tag("caption", self.title) if self.title else None,
            tag("thead", tag("tr", names)) if any(self.header) else None,
            tag("tbody", rows),
        )

    def is_text(self, place: int) -> bool:
        """Return whether a column has text, which stands on the left."""
        return any(isinstance(row[place], str) for row in self.rows)

    def _kinds(self) -> list[str | None]:
        """Return the class of every column: "n" of numbers."""
        return [None if self.is_text(place) else "n" for place in range(len(self.header))]

    def _cell(self, cell: Cell, kind: str | None) -> Markup:
        return tag("td", self.shown(cell), class_=kind, data_value=_value(cell))


def _value(cell: Cell) -> str | None:
    """Return a number in full; nothing for what is none."""
    if isinstance(cell, bool | np.bool_) or not isinstance(cell, int | float | np.number):
        return None
    return repr(cell.item() if isinstance(cell, np.number) else cell)
