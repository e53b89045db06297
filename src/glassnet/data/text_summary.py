"""What decides about a column of text, added up slice by slice: its different cells and how many rows have each."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from glassnet._lazy import pl

MOST_WAITING = 1 << 17  # cells of slices that are kept beside each other, before equal ones are added up
MOST_PARTS = 64  # of slices, the same
DIGITS = {"0", "1"}


@dataclass
class TextSummary:
    """A column of text, so far.

    Parameters
    ----------
    rows, missing : int
        How many rows there are, and in how many of them the cell is missing.
    declared : bool
        Whether the column is a category by its type.
    """

    rows: int = 0
    missing: int = 0
    declared: bool = False
    _parts: list["pl.DataFrame"] = field(default_factory=list["pl.DataFrame"])  # cell, rows, first row

    @classmethod
    def of(cls, cells: np.ndarray, declared: bool) -> Self:
        """Return the summary of cells (rows,), text or None."""
        given = cells.tolist()
        counts, first = Counter(given), dict(zip(reversed(given), range(len(given) - 1, -1, -1), strict=True))
        missing = counts.pop(None, 0)
        columns = {"cell": list(counts), "rows": list(counts.values()), "first": [first[cell] for cell in counts]}
        return cls(len(given), missing, declared, [pl.DataFrame(columns, schema=_schema())])

    def add(self, other: Self) -> None:
        """Add other rows of the column, which follow these."""
        self.declared = other.declared if self.is_empty else self.declared
        self._parts += [part.with_columns(pl.col("first") + self.rows) for part in other._parts if len(part)]
        self.rows, self.missing = self.rows + other.rows, self.missing + other.missing
        waiting = sum(map(len, self._parts[1:]))
        if len(self._parts) > MOST_PARTS or waiting > max(MOST_WAITING, *map(len, self._parts[:1])):
            self._add_up()

    def add_missing(self, rows: int) -> None:
        """Add rows in which the cell is missing."""
        self.rows, self.missing = self.rows + rows, self.missing + rows

    @property
    def is_empty(self) -> bool:
        """Whether every cell is missing."""
        return self.missing == self.rows

    def is_beyond(self, most: int, most_bytes: int) -> bool:
        """Return whether more different cells than `most`, or more bytes of them, have to be kept."""
        for _ in range(2):
            number = sum(map(len, self._parts))
            size = sum(int(part["cell"].str.len_bytes().sum()) for part in self._parts)
            if number <= most and size <= most_bytes:
                return False
            self._add_up()
        return True

    def stripped(self) -> "pl.DataFrame":
        """Return the different cells without blanks around them, how many rows have each, and the first of these."""
        cells = pl.col("cell").str.strip_chars()
        return _added_up(self._table().with_columns(cells))

    def counts(self) -> Counter[str]:
        """Return how many rows have each of the different cells."""
        table = self._table()
        return Counter(dict(zip(table["cell"].to_list(), table["rows"].to_list(), strict=True)))

    @property
    def different(self) -> int:
        """How many different cells there are."""
        return len(self._table())

    @property
    def is_constant(self) -> bool:
        """Whether every row has the same cell, or none has any."""
        return self.is_empty or (not self.missing and len(self._table()) == 1)

    @property
    def is_boolean(self) -> bool:
        """Whether the cells are 0 and 1 alone."""
        table = self._table()
        return 0 < len(table) <= len(DIGITS) and set(table["cell"]) <= DIGITS

    def _table(self) -> "pl.DataFrame":
        if len(self._parts) != 1:
            self._add_up()
        return self._parts[0]

    def _add_up(self) -> None:
        both = _added_up(pl.concat(self._parts or [pl.DataFrame(schema=_schema())]))
        # The texts are copied: those that were added up would else keep the texts of all slices.
        self._parts = [both.with_columns(pl.Series("cell", both["cell"].to_list(), dtype=pl.String))]


def _added_up(parts: "pl.DataFrame") -> "pl.DataFrame":
    """Return equal cells once, in the order of their first rows."""
    return parts.group_by("cell").agg(pl.col("rows").sum(), pl.col("first").min()).sort("first")


def _schema() -> "dict[str, type[pl.DataType]]":
    return {"cell": pl.String, "rows": pl.Int64, "first": pl.Int64}
