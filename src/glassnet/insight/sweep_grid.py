"""A small matrix beside the table of a sweep, such as a picture with the window that is looked at."""

from dataclasses import dataclass

from glassnet._html import Markup, tag
from glassnet.insight.sweep_cells import plain
from glassnet.insight.text import Cell, TextTable
from glassnet.storage.json_value import JSON


@dataclass(frozen=True)
class Grid:
    """A matrix, some of whose cells are marked.

    Attributes
    ----------
    title : str
        What it is, and what is marked in it.
    cells : tuple of tuples
        Its rows, all of one length; numbers, or text such as "(0)".
    marked : tuple of (int, int)
        The row and the column of every marked cell, counted from 0.
    """

    title: str
    cells: tuple[tuple[Cell, ...], ...]
    marked: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        lengths = {len(row) for row in self.cells}
        if len(lengths) != 1:
            raise ValueError(f"the grid {self.title!r} has rows of lengths {sorted(lengths)}; give one or more, alike")
        outside = [place for place in self.marked if not self._has(*place)]
        if outside:
            raise ValueError(
                f"the grid {self.title!r} has {len(self.cells)} rows and {len(self.cells[0])} columns, but marks "
                f"{outside[0]}; rows and columns count from 0"
            )

    def to_dict(self) -> dict[str, JSON]:
        """Return the grid, for JSON."""
        rows: JSON = [[plain(cell) for cell in row] for row in self.cells]
        return {"title": self.title, "cells": rows, "marked": [list(place) for place in self.marked]}

    def to_html(self) -> Markup:
        """Return an HTML table; a marked cell says so in words, which its thick border replaces for the eye."""
        rows = (tag("tr", (self._cell(i, j) for j in range(len(row)))) for i, row in enumerate(self.cells))
        return tag("table", tag("caption", self.title), tag("tbody", rows), class_="grid")

    def _has(self, row: int, column: int) -> bool:
        return 0 <= row < len(self.cells) and 0 <= column < len(self.cells[0])

    def _cell(self, row: int, column: int) -> Markup:
        cell, marked = self.cells[row][column], (row, column) in self.marked
        value = None if cell is None or isinstance(cell, str) else repr(plain(cell))
        said = tag("span", " marked", class_="unseen") if marked else None
        shown = TextTable((), ()).shown(cell)
        return tag("td", shown, said, class_="marked" if marked else None, data_value=value)
