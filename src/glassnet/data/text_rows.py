"""The rows of a text file in batches: separated and quoted as its first lines say, where all rows agree with them."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from glassnet.data.dialect import (
    DECLARED,
    NAMES,
    SAMPLE_LINES,
    Dialect,
    NumberedRows,
    candidates,
    is_strict,
    line_by_line,
    parse,
    swallowed,
    unwrapped,
)
from glassnet.data.report import Note, TableError
from glassnet.data.row_kinds import is_blank

HEAD_LINES = 4 * SAMPLE_LINES  # that decide how cells are separated; more than `candidates` samples
ROWS = 2**14  # of a batch
CORRECT = "correct it, or write the frame of glassnet.read_table as Parquet, which takes the memory of the table"


@dataclass
class TextRows:
    """The rows of a text file, pulled in batches.

    Parameters
    ----------
    name : str
        The file, for messages.
    dialect : Dialect
        How cells are separated and quoted.
    lines : iterator of str
        The lines behind those that were left out.
    first : int
        How many lines were left out.
    notes : list of Note
        What was decided.
    usual : int
        The usual number of cells of the first rows.
    declared : bool
        Whether it was said what stands between the cells.
    lengths : Counter
        How many rows have each number of cells, so far.
    blank : int
        Blank lines between rows, so far.
    has_quotes : bool
        Whether some line has a quote, so far.
    """

    name: str
    dialect: Dialect
    lines: Iterator[str]
    first: int
    notes: list[Note]
    usual: int
    declared: bool
    lengths: Counter[int] = field(default_factory=Counter[int])
    blank: int = 0
    has_quotes: bool = False
    _behind: int = 0
    _behind_with_cells: int = 0

    def batches(self) -> Iterator[NumberedRows]:
        """Return rows that are not blank, with the line that each begins in.

        Raises `TableError` where quotes are not in pairs, and where `read_table` would read them as letters.
        """
        recent: list[str] = []
        rows = parse(self._kept(recent), self.dialect)
        end = 0
        try:
            while batch := list(islice(rows, ROWS)):
                numbered: NumberedRows = []
                for line_num, cells in batch:
                    numbered.append((self.first + end + 1, cells))
                    end = line_num
                self._check_quotes(numbered, recent)
                recent.clear()
                yield self._filled(numbered)
        except csv.Error as error:
            raise TableError(f"{self.name!r}: line {self.first + end + 1} cannot be read: {error}") from error
        self._end()

    def _kept(self, recent: list[str]) -> Iterator[str]:
        """Return the lines, and keep those of the batch."""
        for line in self.lines:
            recent.append(line)
            yield line

    def _filled(self, rows: NumberedRows) -> NumberedRows:
        """Return the rows that are not blank; blank lines behind the last row count only where they have cells."""
        self.lengths.update(len(cells) for _, cells in rows)
        kept: NumberedRows = []
        for row in rows:
            if is_blank(row[1]):
                self._behind += 1
                self._behind_with_cells += len(row[1]) > 1
            else:
                self.blank += self._behind
                self._behind = self._behind_with_cells = 0
                kept.append(row)
        return kept

    def _check_quotes(self, rows: NumberedRows, lines: list[str]) -> None:
        quote = self.dialect.quote
        if not quote or not any(quote in line for line in lines):
            return
        self.has_quotes = True
        if swallowed(rows, self.usual, self.dialect.separator):
            raise TableError(self._unpaired(rows))
        if is_strict(lines, self.dialect):
            return
        alone = line_by_line(lines, self.dialect, self.usual, rows[0][0] - 1)
        if alone != rows and not any("\n" in cell for _, cells in rows for cell in cells):
            raise TableError(self._unpaired(rows))

    def _unpaired(self, rows: NumberedRows) -> str:
        return (
            f"{self.name!r}: between line {rows[0][0]} and line {rows[-1][0]} stand quotes that are not in pairs "
            f"around a full cell, or a row with too many cells, which cannot be read in slices; {CORRECT}"
        )

    def _end(self) -> None:
        """Raise where the first rows were not like most others; say what was decided of quotes and separators."""
        mode = max(self.lengths, key=self.lengths.__getitem__)  # the first of those that are as frequent
        if self.has_quotes and (mode != self.usual or max(self.lengths) > self.usual):
            raise TableError(
                f"{self.name!r} has quotes, and rows of {mode} cells as well as rows of {max(self.lengths)} cells, "
                f"which cannot be read in slices; {CORRECT}"
            )
        self.blank += self._behind_with_cells
        separator, backslash = self.dialect.separator, self.dialect.backslash
        if backslash and self.has_quotes:
            self.notes.append(Note("quotes", "quotes with a backslash before them were read as letters"))
        elif backslash:
            self.notes.append(Note("quotes", f"{separator!r} with a backslash before it was read as a letter"))
        if not self.declared and separator not in (",", "\t") and not self.notes:
            what = NAMES.get(separator, repr(separator))
            self.notes.append(Note("separator", f"{what} stands between its cells; --separator says otherwise"))


def text_rows(name: str, blocks: Iterable[list[str]], separator: str | None, skip: int) -> TextRows | list[str]:
    """Return the rows of a text file that comes in blocks of lines; of a short one all lines, to be read at once."""
    stream = iter(blocks)
    head: list[str] = []
    for lines in stream:
        head += lines
        if len(head) > HEAD_LINES + skip:
            break
    else:
        return head
    notes: list[Note] = []
    first = skip
    if found := DECLARED.match(head[first]):
        first += 1
        notes.append(Note("separator", f"its first line, sep={found[1]}, says what stands between the cells"))
        separator = separator or found[1]
    sample = head[first:]
    if unwrapped(sample, []) is not sample:
        raise TableError(f"{name!r} has quotes around every line, which cannot be read in slices; {CORRECT}")
    found_dialects = candidates(sample, separator)
    dialect = max(found_dialects, key=found_dialects.__getitem__)
    lengths = Counter(len(cells) for _, cells in parse(sample[:-1], dialect))
    lines = chain(sample, chain.from_iterable(stream))
    return TextRows(name, dialect, lines, first, notes, lengths.most_common(1)[0][0], separator is not None)
