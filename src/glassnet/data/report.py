"""What a reader decided on its own, line by line: nothing in a file is changed or left out without one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from glassnet._counted import counted
from glassnet.data.cell_format import TableFormat

NoteCode = Literal[
    "ambiguous", "categories", "codes", "columns", "comments", "convention", "dates", "duplicates", "encoding",
    "format", "forms", "header", "index", "mixed units", "odd cells", "quotes", "rows", "separator", "sentinel",
    "sheet", "total", "unit",
]  # fmt: skip


class TableError(ValueError):
    """A table could not be read or written, or lacks what is asked of it.

    Examples
    --------
    >>> from glassnet import TableError, read_table
    >>> try:
    ...     read_table("no-such-file.csv")
    ... except TableError as error:
    ...     print("no-such-file.csv" in str(error))
    True
    """


@dataclass(frozen=True)
class Note:
    """One decision of a reader.

    Parameters
    ----------
    code : str
        Its kind, such as "ambiguous", "header" or "odd cells".
    text : str
        A sentence that says what was decided, and which option says otherwise.
    column : str
        The column that it is about; empty where it is about the file.
    """

    code: NoteCode
    text: str
    column: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class ColumnReading:
    """How one column was read.

    Parameters
    ----------
    name : str
        Its name.
    kind : str
        What its cells are: number, date, text, boolean, duration, ...
    example : str
        One cell as it stands in the file.
    became : str
        What that cell was read as.
    missing : int
        How many cells are missing.
    """

    name: str
    kind: str
    example: str
    became: str
    missing: int


@dataclass(frozen=True)
class ReadReport:
    """How a table was read.

    Parameters
    ----------
    source : str
        The name of the file.
    rows : int
        The number of rows of the table.
    notes : tuple of Note
        What was decided, in the order of reading.
    columns : tuple of ColumnReading
        How every column was read.
    format : TableFormat
        How the text of the columns was read.
    lines : tuple of int or None
        The line of the file that every row begins in; None where it has no lines.
    """

    source: str
    rows: int
    notes: tuple[Note, ...] = ()
    columns: tuple[ColumnReading, ...] = ()
    format: TableFormat = field(default_factory=TableFormat)
    lines: tuple[int, ...] | None = field(default=None, repr=False)

    def row_name(self, row: int) -> str:
        """Return what a row is called in a message: its line, or its number."""
        return row_name(self.lines, row)

    @property
    def head(self) -> str:
        """Return the source with its numbers of rows and columns."""
        return f"{self.source}: {counted(self.rows, 'row')}, {counted(len(self.columns), 'column')}"

    def __str__(self) -> str:
        return "\n".join([self.head, *(f"- {note}" for note in self.notes)])


def row_name(lines: Sequence[int] | np.ndarray | None, row: int) -> str:
    """Return what a row is called in a message: its line in the file, or its number where there are no lines."""
    return f"row {row}" if lines is None else f"line {lines[row]}"


def some(things: Iterable[object], most: int = 3) -> str:
    """Return the first few things, quoted, with commas between, and how many more there are."""
    quoted = [repr(thing) if isinstance(thing, str) else str(thing) for thing in things]
    rest = len(quoted) - most
    return ", ".join(quoted[:most]) + (f" and {rest} more" if rest > 0 else "")
