"""How the columns of a file were read, and what the network makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from glassnet.data.column import Column
from glassnet.data.columns import from_frame
from glassnet.data.report import ReadReport
from glassnet.data.table_schema import read_schema
from glassnet.insight.text import TextTable

LONGEST = 30  # letters of a cell that is shown


@dataclass(frozen=True)
class ColumnUse:
    """One column of a file.

    Parameters
    ----------
    name : str
        Its name.
    read_as : str
        What its cells were read as.
    example, became : str
        A cell as it stands in the file, and what it was read as.
    missing : int
        The number of missing cells.
    used_as : str
        What the network makes of it, or why it is left out.
    """

    name: str
    read_as: str
    example: str
    became: str
    missing: int
    used_as: str


@dataclass(frozen=True)
class ColumnUses:
    """The columns of a file, in its order.

    Parameters
    ----------
    columns : tuple of ColumnUse
        One for every column.
    """

    columns: tuple[ColumnUse, ...]

    def table(self) -> TextTable:
        """Return one line a column."""
        rows = [(c.name, c.read_as, _short(c.example), _short(c.became), c.missing, c.used_as) for c in self.columns]
        return TextTable(("column", "read as", "example", "became", "missing", "used as"), tuple(rows))


def column_uses(frame: pl.DataFrame, report: ReadReport, targets: Sequence[str] = ()) -> ColumnUses:
    """Return how a file's columns would be used by a fit to `frame`."""
    schema = read_schema(from_frame(frame))
    return with_uses(report, {column.name: column for column in schema.columns}, targets)


def with_uses(
    report: ReadReport,
    columns: Mapping[str, Column],
    targets: Sequence[str] = (),
    roles: Mapping[str, str] | None = None,
) -> ColumnUses:
    """Return a file's columns with what a schema makes of them; `roles` names what others are for."""
    others = {**dict.fromkeys(targets, "target"), **(roles or {})}
    return ColumnUses(
        tuple(
            ColumnUse(
                reading.name,
                reading.kind,
                reading.example,
                reading.became,
                reading.missing,
                others.get(reading.name) or str(columns.get(reading.name, "left out: not asked for")),
            )
            for reading in report.columns
        )
    )


def _short(cell: str) -> str:
    return cell if len(cell) <= LONGEST else cell[: LONGEST - 3] + "..."
