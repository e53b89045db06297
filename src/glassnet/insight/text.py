"""Tables as plain text: aligned, never wrapped, never cut."""

from dataclasses import dataclass

import numpy as np
from rich import box
from rich.table import Table


@dataclass(frozen=True)
class TextTable:
    """A header and rows of cells; numbers are shown with `decimals`, or with six significant digits."""

    header: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    decimals: int | None = None
    title: str = ""

    def __rich__(self) -> Table:
        table = Table(title=self.title or None, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
        for name in self.header:
            table.add_column(name, justify="right", no_wrap=True)
        for row in self.rows:
            table.add_row(*(self._cell(cell) for cell in row))
        return table

    def __str__(self) -> str:
        cells = [self.header, *(tuple(map(self._cell, row)) for row in self.rows)]
        widths = [max(len(row[place]) for row in cells) for place in range(len(self.header))]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
        return "\n".join(([self.title] if self.title else []) + lines)

    def _cell(self, cell: object) -> str:
        if isinstance(cell, bool | int | np.integer) or not isinstance(cell, float | np.floating):
            return str(cell)
        return f"{cell:.{self.decimals}f}" if self.decimals is not None else f"{cell:.6g}"

