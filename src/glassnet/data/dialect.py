"""What stands between the cells of a text file and around them, and the file's rows.

A separator is judged by two things: how many lines have as many cells as most of them, and how many cells look like
one thing, as in "Wrangling messy CSV files by detecting row and type "
                 "patterns" (van den Burg, Nazabal, Sutton 2019).
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import mode

from glassnet.data.report import Note, TableError
from glassnet.data.row_kinds import is_blank

SEPARATORS = (",", ";", "\t", "|", "^", "~", "\x01")
NAMES = {"\t": "tab", " ": "blanks", "": "nothing", "\x01": "\\x01"}
SAMPLE_LINES = 200
DECLARED = re.compile(r'^"?sep=(.)"?[,;\t|]*$', re.IGNORECASE)
OF_TWO = re.compile(r"[;\t|^\x01]|,(?!\s|\d{3}(?!\d))|(?<!\d),\d")  # a cell that another separator would split
OF_NUMBERS = re.compile(r"[-+.\d]+(?:\s+[-+.\d]+){2,}$")  # that blanks stand between
DECIMAL_COMMA = re.compile(r"[^\w,]{0,3}\d[\d.' ]*,\d*\W{0,3}\w{0,4}%?$")
LARGEST_CELL = 2**24
NOWHERE = "\x1f"  # a separator that no cell has

csv.field_size_limit(LARGEST_CELL)


@dataclass(frozen=True)
class Dialect:
    """How cells are separated and quoted.

    Parameters
    ----------
    separator : str
        What stands between cells; " " is any number of blanks, "" nothing: one column.
    quote : str
        What stands around cells that have a separator in them; "" where quotes are letters like others.
    backslash : bool
        Whether a quote inside quotes has a backslash before it.
    """

    separator: str
    quote: str = '"'
    backslash: bool = False


@dataclass(frozen=True)
class Rows:
    """The rows of a text file.

    Parameters
    ----------
    cells : list of lists of str
        The cells of every row that is not blank; rows may differ in length.
    lines : list of int
        The line of the file that each begins in, counted from 1.
    blank : int
        The number of blank lines between them.
    dialect : Dialect
        How they were separated and quoted.
    notes : list of Note
        What was decided.
    """

    cells: list[list[str]]
    lines: list[int]
    blank: int
    dialect: Dialect
    notes: list[Note]


WRAPPED = re.compile(r'"(?:[^"]|"")*"')


def split_rows(name: str, text: str, separator: str | None = None, skip: int = 0) -> Rows:
    """Return the rows of a text; its first `skip` lines are left out."""
    lines = text.split("\n")
    if skip >= len(lines):
        raise TableError(f"{name!r} has {len(lines)} lines, and --skip-rows leaves out {skip}")
    notes: list[Note] = []
    first = skip
    if found := DECLARED.match(lines[first]):
        first += 1
        notes.append(Note("separator", f"its first line, sep={found[1]}, says what stands between the cells"))
        separator = separator or found[1]
    lines = unwrapped(lines[first:], notes)
    dialects = candidates(lines, separator)
    dialect = max(dialects, key=dialects.__getitem__)
    rows = list(numbered(lines, dialect, first))
    dialect, rows = _quoted_rightly(lines, dialect, rows, first, notes)
    blanks = [is_blank(cells) for _, cells in rows]
    kept = [row for row, blank in zip(rows, blanks, strict=True) if not blank]
    if not kept:
        raise TableError(f"{name!r} is empty; a table needs a line of column names and rows")
    if dialect.backslash and not any("backslash" in note.text for note in notes):
        notes.append(Note("quotes", f"{dialect.separator!r} with a backslash before it was read as a letter"))
    if separator is None and dialect.separator not in (",", "\t") and not notes:
        what = NAMES.get(dialect.separator, repr(dialect.separator))
        notes.append(Note("separator", f"{what} stands between its cells; --separator says otherwise"))
    last = len(blanks) - 1 - blanks[::-1].index(False)
    blank = sum(blanks[:last]) + sum(len(cells) > 1 for _, cells in rows[last + 1 :])
    return Rows([cells for _, cells in kept], [line for line, _ in kept], blank, dialect, notes)


def unwrapped(lines: list[str], notes: list[Note]) -> list[str]:
    """Return lines without the quotes around each, which a program puts there that takes a line for one cell."""
    sample = [line.strip() for line in lines[1:SAMPLE_LINES] if line.strip()]
    if len(sample) < 2 or not all(WRAPPED.fullmatch(line) for line in sample):
        return lines
    counts = {separator: {line.count(separator) for line in sample} for separator in SEPARATORS}
    if not any(len(found) == 1 and found != {0} for found in counts.values()):
        return lines
    notes.append(Note("quotes", "the quotes around its lines were left out"))
    return [line.strip()[1:-1].replace('""', '"') if WRAPPED.fullmatch(line.strip()) else line for line in lines]


def parse(lines: Iterable[str], dialect: Dialect, strict: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Return the cells of every row with the number of lines up to its end; `strict` raises `csv.Error`."""
    blanks = dialect.separator == " "
    reader = csv.reader(
        (line.replace("\t", " ").strip() + "\n" for line in lines) if blanks else (line + "\n" for line in lines),
        delimiter=dialect.separator or NOWHERE,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        escapechar="\\" if dialect.backslash else None,
        skipinitialspace=blanks or dialect.quote != "",
        strict=strict,
    )
    for cells in reader:
        yield reader.line_num, cells


def numbered(lines: list[str], dialect: Dialect, before: int) -> Iterator[tuple[int, list[str]]]:
    """Return the rows with the line that each begins in."""
    end = 0
    for line_num, cells in parse(lines, dialect):
        yield before + end + 1, cells
        end = line_num


def candidates(lines: list[str], separator: str | None) -> dict[Dialect, float]:
    """Return how well each dialect fits the beginning of a file."""
    sample = [line for line in lines[: 3 * SAMPLE_LINES] if line.strip()][:SAMPLE_LINES]
    text = "\n".join(sample)
    quotes = (
        ['"'] if '"' in text or not re.search(r"(^|[,;\t|])'[^'\n]*'([,;\t|]|$)", text, re.MULTILINE) else ["'", '"']
    )
    separators = [s for s in SEPARATORS if s in text] if separator is None else [separator]
    found = {
        Dialect(separator, quote, backslash): _fit(sample, Dialect(separator, quote, backslash))
        for separator in separators
        for quote in quotes
        for backslash in ((False, True) if "\\" + quote in text or f"\\{separator}" in text else (False,))
    }
    if separator is None and max(found.values(), default=0.0) < 0.5:
        dialect = Dialect(" ")
        if _numeric(sample, dialect):
            found[dialect] = _fit(sample, dialect)
    return {**found, Dialect(""): 0.0} if separator is None else found


def _fit(lines: list[str], dialect: Dialect) -> float:
    """Return the fraction of rows of the usual length times the fraction of cells that are one thing."""
    rows = [cells for _, cells in parse(lines, dialect) if cells]
    later = rows[len(rows) // 4 :]  # a table comes behind its titles
    lengths = Counter(len(cells) for cells in later)
    lengths.pop(1, None)
    if not lengths:
        return 0.0
    usual = max(lengths, key=lambda length: (lengths[length], length))
    same = [cells for cells in rows if len(cells) == usual]
    cells = [cell.strip() for row in same for cell in row]
    single = sum(
        not OF_TWO.search(cell) or (dialect.separator != "," and bool(DECIMAL_COMMA.match(cell))) for cell in cells
    )
    split = sum(len(cell.split()) - 1 for cell in cells if OF_NUMBERS.match(cell))
    escaped = "\\" + (dialect.quote or '"')
    if not dialect.backslash and any(escaped in cell for cell in cells):
        single = single / 2  # what is left of a quote with a backslash before it
    covered = sum(map(len, cells)) / max(1, sum(map(len, (c for row in rows for c in row))))
    return len(same) / len(rows) * single / (len(cells) + split) * (0.5 + 0.5 * covered) + 1e-3 * min(usual, 50) / 50


def _numeric(lines: list[str], dialect: Dialect) -> bool:
    """Return whether half of the cells between blanks are numbers, as they are not in prose."""
    cells = [cell for _, row in parse(lines, dialect) for cell in row]
    return sum(bool(re.match(r"[+-]?[\d.,]+([eE][+-]?\d+)?$|NA$|NaN$", cell)) for cell in cells) >= len(cells) / 2


NumberedRows = list[tuple[int, list[str]]]


def _quoted_rightly(
    lines: list[str], dialect: Dialect, rows: NumberedRows, before: int, notes: list[Note]
) -> tuple[Dialect, NumberedRows]:
    """Return the rows with quotes taken as letters where they are not in pairs."""
    if not dialect.quote or not any(dialect.quote in line for line in lines):
        return dialect, rows
    usual = mode([len(cells) for _, cells in rows])
    if swallowed(rows, usual, dialect.separator):
        dialect, rows, as_letters = _least_swallowed(lines, dialect, rows, before, usual)
        reason = "that are not in pairs"
    else:
        alone = [] if is_strict(lines, dialect) else line_by_line(lines, dialect, usual, before)
        as_letters = bool(alone) and alone != rows and not any("\n" in cell for _, cells in rows for cell in cells)
        rows, reason = alone if as_letters else rows, "that do not stand around a full cell"
    if as_letters:
        notes.append(Note("quotes", f"quotes {reason} were read as letters"))
    if dialect.backslash:
        notes.append(Note("quotes", "quotes with a backslash before them were read as letters"))
    return dialect, rows


def _least_swallowed(
    lines: list[str], dialect: Dialect, rows: NumberedRows, before: int, usual: int
) -> tuple[Dialect, NumberedRows, bool]:
    """Return the way to read quotes that keeps most rows apart, its rows, and whether quotes are letters in it."""
    separator, literal = dialect.separator, Dialect(dialect.separator, "")
    least, chosen, found = swallowed(rows, usual, separator), dialect, rows
    for other in (Dialect(separator, dialect.quote, not dialect.backslash), literal):
        again = list(numbered(lines, other, before))
        bad = swallowed(again, usual, separator)
        if bad < least and mode([len(cells) for _, cells in again]) == usual:
            least, chosen, found = bad, other, again
    if least:
        alone = line_by_line(lines, dialect, usual, before)
        if swallowed(alone, usual, separator) < least:
            return dialect, alone, True
    return chosen, found, chosen == literal


def line_by_line(lines: list[str], dialect: Dialect, usual: int, before: int) -> NumberedRows:
    """Return every line as a row."""
    return [(number, _alone(line, dialect, usual)) for number, line in enumerate(lines, start=before + 1)]


def swallowed(rows: list[tuple[int, list[str]]], usual: int, separator: str) -> int:
    """Return how many rows have more cells than usual, or a cell that holds what looks like other rows."""
    return sum(
        len(cells) > usual
        or any("\n" in cell and (len(cells) != usual or cell.count(separator) >= usual - 1 > 0) for cell in cells)
        for _, cells in rows
    )


def is_strict(lines: list[str], dialect: Dialect) -> bool:
    """Return whether quotes stand around whole cells only."""
    try:
        for _ in parse(lines, dialect, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _alone(line: str, dialect: Dialect, usual: int) -> list[str]:
    """Return the cells of one line, read with quotes as letters where they do not stand around whole cells."""
    try:
        cells = next((cells for _, cells in parse([line], dialect, strict=True)), [])
    except csv.Error:
        cells = []
    if (cells or not line) and len(cells) <= usual and "\n" not in "".join(cells):
        return cells
    as_letters = next((cells for _, cells in parse([line], Dialect(dialect.separator, ""))), [])
    return as_letters if len(as_letters) == usual else next((cells for _, cells in parse([line], dialect)), [])
