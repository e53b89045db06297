"""The schema of a table that comes in slices, from one pass: the same as that of the table in memory, or a refusal."""

from collections.abc import Iterable
from typing import Self

from glassnet._counted import counted
from glassnet._warn import warn_caller
from glassnet.data.column_summary import ColumnSummary, added, summarise
from glassnet.data.columns import Table
from glassnet.data.date_summary import DateSummary
from glassnet.data.identifiers import is_id_name
from glassnet.data.number_summary import NumberSummary
from glassnet.data.read_columns import Reading, columns_of
from glassnet.data.repeated_ids import has_repeats
from glassnet.data.table_schema import TableSchema
from glassnet.data.text_summary import TextSummary

MOST_TEXTS = 1_000_000  # different cells of a column of text
MOST_BYTES = 256 * 2**20  # of them


class Tally:
    """What one pass over a table learns of its columns; the space it takes has a bound, whatever the number of rows.

    Parameters
    ----------
    how : Reading
        How columns are read.
    """

    def __init__(self, how: Reading) -> None:
        self.how, self.rows, self.names = how, 0, tuple[str, ...]()
        self._summaries: dict[str, ColumnSummary] = {}
        self._notes: dict[str, str] = {}

    @classmethod
    def of_slices(cls, slices: Iterable[Table], how: Reading) -> Self:
        """Return the tally of all slices."""
        tally = cls(how)
        for table in slices:
            tally.add(table)
        return tally

    def add(self, table: Table) -> None:
        """Add a slice, whose rows follow those before.

        `ValueError` names a column that has another name or another type than before, or text of too many values.
        """
        self._add(table.names, summarise(table, count=self.how.drop_identifiers, different=True), table.rows)
        self._notes |= table.notes

    def merge(self, other: Self) -> None:
        """Add the rows of another tally, which follow those of this one; the other is used up."""
        self._add(other.names, other._summaries, other.rows)
        self._notes |= other._notes

    def schema(self) -> TableSchema:
        """Return the schema that `read_schema` gives of all rows together; warnings say what was decided about text.

        `ValueError` names a column about which slices do not say enough, and what to type.
        """
        for name, note in self._notes.items():
            warn_caller(f"column {name!r} is taken as {note}; make it text to keep it as it is")
        return TableSchema(columns_of(self._summaries, self.how))

    def repeated_ids(self) -> list[str]:
        """Return the columns that hold the ids of several rows each; of many numbers, by an estimate within some %."""
        return [name for name, summary in self._summaries.items() if is_id_name(name) and _repeats(summary, self.rows)]

    def _add(self, names: tuple[str, ...], summaries: dict[str, ColumnSummary], rows: int) -> None:
        if self._summaries and names != self.names:
            raise ValueError(
                f"the rows from {self.rows} on have the columns {', '.join(names)}, but those before have "
                f"{', '.join(self.names)}; give every slice the same columns in one order"
            )
        self.names = names
        for name, summary in summaries.items():
            known = self._summaries.get(name)
            self._summaries[name] = summary if known is None else added(name, known, summary)
        self.rows += rows
        self._check_size()

    def _check_size(self) -> None:
        for name, summary in self._summaries.items():
            if isinstance(summary, TextSummary) and summary.is_beyond(MOST_TEXTS, MOST_BYTES):
                raise ValueError(
                    f"column {name!r} cannot be read in slices: its text has more than {MOST_TEXTS} different values "
                    f"or {MOST_BYTES // 2**20} MB of them in the first {counted(self.rows, 'row')}; leave it out, "
                    "or fit to rows that are in memory"
                )


def _repeats(summary: ColumnSummary, rows: int) -> bool:
    match summary:
        case NumberSummary():
            return has_repeats(summary.different_integers, rows)
        case TextSummary():
            return has_repeats(summary.different, rows)
        case DateSummary():
            return False
