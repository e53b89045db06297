"""What a case of the corpus is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Columns = dict[str, list[Any]]


@dataclass(frozen=True)
class Case:
    """A file, and the table that a careful person reads in it.

    `content` in bytes is the file, text is encoded as UTF-8. `notes` are regular expressions: each is the code of a
    note or is found in the report, capitals or not. `error` in place of a table: expressions that the message of the
    refusal must match.
    """

    name: str
    content: str | bytes
    table: Columns = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()
    error: Sequence[str] | None = None
    file: str = "table.csv"

    @property
    def bytes(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.encode()


@dataclass(frozen=True)
class Ambiguous:
    """A file that two conventions read in full: both tables, each with the options that ask for it.

    `column` is in doubt and `flag` settles it; `default` is the place of the table that is read without options, None
    where either will do.
    """

    name: str
    content: str
    column: str
    flag: str
    readings: Sequence[tuple[Mapping[str, Any], Columns]]
    default: int | None = None
    file: str = "table.csv"
