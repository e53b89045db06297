"""The rows of a file before it is known which of them are the table: what their cells are, and what rows are none."""

import re
from collections import Counter
from collections.abc import Sequence

from glassnet.data.missing import MARKS_OF_MISSING
from glassnet.data.parse_dates import read_date, read_duration
from glassnet.data.parse_numbers import number_values, plain, split_number

HEAD = 100  # rows that are looked at
MOSTLY = 0.6
COMMENT = re.compile(r"\s*(#|//|%|--|;;|\*\*)")
RULE = re.compile(r"[-=_+|:]+")


def usual_width(rows: Sequence[Sequence[str]]) -> int:
    """Return the usual number of cells of a row, without empty ones that all rows end with."""
    lengths = Counter(len(row) for row in rows)
    return max(lengths, key=lambda length: (lengths[length], length))


class RowKinds:
    """What the cells of the first and last rows are: "number" (dates too), "text" or "" where nothing is."""

    def __init__(self, rows: Sequence[Sequence[str]], width: int) -> None:
        self.rows, self.width = rows, width
        self._known: dict[str, str] = {}
        count = len(rows)
        sample = (
            range(min(5, count // 4), min(count, HEAD)) if count > 4 else range(1, count) if count > 1 else range(count)
        )
        self.numeric = [column for column in range(width) if self._is_numeric(column, sample)]

    def of(self, row: int, column: int) -> str:
        cells = self.rows[row]
        return self.of_cell(cells[column]) if column < len(cells) else ""

    def of_cell(self, cell: str) -> str:
        if cell not in self._known:
            self._known[cell] = _kind(cell)
        return self._known[cell]

    def _is_numeric(self, column: int, sample: range) -> bool:
        found = Counter(self.of(row, column) for row in sample)
        return found["number"] > 0 and found["number"] >= MOSTLY * (found["number"] + found["text"])


def _kind(cell: str) -> str:
    bare = plain(cell)
    if bare.lower() in MARKS_OF_MISSING:
        return ""
    parts = split_number(bare)
    if parts is not None and number_values(parts.digits, parts.exponent) and len(parts.suffix) < 12:
        return "number"
    is_moment = read_date(bare, True) or read_date(bare, False) or read_duration(bare) is not None
    return "number" if is_moment else "text"


def filled(row: Sequence[str]) -> int:
    """Return the number of cells that are not empty."""
    return sum(map(bool, map(str.strip, row)))


def is_blank(row: Sequence[str]) -> bool:
    """Return whether all cells are empty."""
    return not "".join(row).strip()


def joined(row: Sequence[str]) -> str:
    """Return the beginning of a row as text."""
    text = " ".join(cell.strip() for cell in row if cell.strip())
    return text if len(text) <= 60 else text[:57] + "..."


def is_title(row: Sequence[str], width: int) -> bool:
    """Return whether a row has one cell where the table has several."""
    return width > 2 and filled(row) == 1 and bool(row[0].strip()) and len(row) <= width


def is_comment(row: Sequence[str], width: int) -> bool:
    """Return whether a row is a comment, and no row of the table that begins so."""
    return bool(row) and COMMENT.match(row[0]) is not None and (len(row) != width or width == 1 or filled(row) == 1)


def is_rule(row: Sequence[str]) -> bool:
    """Return whether a row is a line drawn between others."""
    longest = 0
    for cell in row:
        bare = cell.strip()
        if bare and not RULE.fullmatch(bare):
            return False
        longest = max(longest, len(bare))
    return longest > 2
