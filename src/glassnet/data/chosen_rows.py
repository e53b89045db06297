"""The few rows of a long text file that decide where its table is: the first, the last, and those that are unlike most.

A row between them that has as many cells as most is a row of the table, whatever it holds, unless it repeats the names;
`find_layout` of the chosen rows is that of all rows where `check_totals` and `check_names_row` agree.
"""

from collections import Counter, deque
from dataclasses import dataclass, field

from glassnet._lazy import pl
from glassnet.data.dialect import NumberedRows
from glassnet.data.footer import TOTAL, is_name_alone
from glassnet.data.report import TableError
from glassnet.data.row_kinds import is_rule, usual_width

FIRST, LAST = 1000, 200  # rows that are always chosen
MOST_ODD = 10_000  # rows that are unlike most
IS_TOTAL = f"(?i)^(?:{TOTAL.pattern})"


@dataclass
class ChosenRows:
    """Chosen rows, with the lines that they begin in.

    Parameters
    ----------
    name : str
        The file, for messages.
    """

    name: str
    lengths: Counter[int] = field(default_factory=Counter[int])
    rows: int = 0
    width: int = 0
    _first: NumberedRows = field(default_factory=list[tuple[int, list[str]]])
    _odd: NumberedRows = field(default_factory=list[tuple[int, list[str]]])
    _last: deque[tuple[int, list[str]]] = field(default_factory=lambda: deque(maxlen=LAST))
    _seen: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])

    def add(self, rows: NumberedRows, columns: "pl.DataFrame") -> None:
        """Add a batch of rows, which are the columns of a frame too."""
        self.lengths.update(len(cells) for _, cells in rows)
        begin = max(0, min(len(rows), FIRST - self.rows))
        self._first += rows[:begin]
        if begin:
            self.width = usual_width([cells for _, cells in self._first])
        later = rows[begin:]
        chosen = {place for place, (_, cells) in enumerate(later) if self._is_odd(cells)}
        chosen |= self._new_of_columns(columns.slice(begin))
        self._odd += [later[place] for place in sorted(chosen)]
        if len(self._odd) > MOST_ODD:
            raise TableError(
                f"{self.name!r}: more than {MOST_ODD:,} rows are unlike most others, which have {self.width} cells, "
                f"such as line {self._odd[-1][0]}: too many to find out in slices where the table is; give every row "
                f"{self.width} cells"
            )
        self._last.extend(later)
        self.rows += len(rows)

    def numbered(self) -> NumberedRows:
        """Return the chosen rows in order."""
        rows = {line: cells for part in (self._first, self._odd, self._last) for line, cells in part}
        return sorted(rows.items())

    def check_width(self, chosen: NumberedRows) -> None:
        """Raise where the usual number of cells is not that of the chosen rows."""
        usual = max(self.lengths, key=lambda length: (self.lengths[length], length))
        if not usual == self.width == usual_width([cells for _, cells in chosen]):
            raise TableError(
                f"{self.name!r}: most of its rows have {usual} cells, but most of the first {FIRST} have {self.width}; "
                "give every row the same number of cells"
            )

    def _is_odd(self, cells: list[str]) -> bool:
        if len(cells) != self.width or is_rule(cells):
            return True
        return "name alone" not in self._is_seen and is_name_alone(cells, self.width) and self._first_of("name alone")

    @property
    def _is_seen(self) -> set[str]:
        return {what for what, _ in self._seen}

    def _first_of(self, what: str, place: int = 0) -> bool:
        """Return whether something is seen for the first time, and keep that it was."""
        new = (what, place) not in self._seen
        self._seen.add((what, place))
        return new

    def _new_of_columns(self, columns: "pl.DataFrame") -> set[int]:
        """Return rows that are the first to have a cell, or a word for totals, in their column."""
        found = set[int]()
        for place in range(columns.width):
            cells = columns[str(place)].str.strip_chars()
            for what, fits in (("cell", cells.str.len_bytes() > 0), ("total", cells.str.contains(IS_TOTAL))):
                if (what, place) not in self._seen and fits.any():
                    found.add(int(fits.fill_null(False).arg_max() or 0))
                    self._first_of(what, place)
        return found
