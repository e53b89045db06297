"""A column of a table as the network takes it: which of its inputs are numbers, which flags, which a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from glassnet._counted import counted
from glassnet.data.cell_format import CellFormat

MOST_DATES_TO_SUBTRACT = 4
CONSTANT = "the same in every row"  # why a column is left out

Kind = Literal["number", "flag", "category", "date", "left out"]


@dataclass(frozen=True)
class Column:
    """One column: a number, a flag of two values, a category, a date, or one that is left out.

    Parameters
    ----------
    name : str
        Its name.
    kind : "number", "flag", "category", "date" or "left out"
        How the network takes it.
    levels : tuple of str
        Of a category: its levels, those in enough rows to learn from.
    missing : bool
        Whether a cell was missing in training; then a further input says where one is.
    reason : str
        Why it is left out; empty where it is not.
    coded : bool
        Of a category: whether it is one input, the number of the level, for an embedding; else it has an input a level.
    more_levels : bool
        Of a category: whether training had more levels, rare ones, which count as unknown.
    tokens : tuple of str
        Of a category with more levels: the words whose presence in a cell is an input.
    values : tuple of float
        Of a flag: what becomes 0 and what becomes 1. Of a number that was 0 and 1 alone: these.
    periods : tuple of str
        Of a date: the periods whose phase is an input, such as "time of day".
    zoned : bool or None
        Of a date: whether its cells say their time zone; None where a model file of an earlier version does not say.
    cells : CellFormat or None
        Of text that holds numbers, dates or booleans: how it is read.
    origin : int
        Of integers beyond 2^53, which float64 would round: what is subtracted from them first.
    rare_levels : tuple of str
        Of a category: the levels in too few rows, which count as unknown.

    Examples
    --------
    >>> from glassnet import Column
    >>> city = Column("city", "category", levels=("Basel", "Bern"), missing=True)
    >>> city.flags
    ('city=Basel', 'city=Bern', 'city is missing')
    >>> str(city)
    'category of 2 levels, an input each, and whether it is missing'
    """

    name: str
    kind: Kind
    levels: tuple[str, ...] = ()
    missing: bool = False
    reason: str = ""
    coded: bool = False
    more_levels: bool = False
    tokens: tuple[str, ...] = ()
    values: tuple[float, ...] = ()
    periods: tuple[str, ...] = ()
    zoned: bool | None = None
    cells: CellFormat | None = None
    origin: int = 0
    rare_levels: tuple[str, ...] = ()

    @property
    def known_levels(self) -> tuple[str, ...]:
        """Of a category: the levels that training saw, in enough rows or not."""
        return self.levels + self.rare_levels

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of its inputs that are numbers."""
        if self.kind == "date":
            parts = [f"{self.name}: {period}, {function}" for period in self.periods for function in ("sine", "cosine")]
            return (self.name, *parts)
        return (self.name,) if self.kind == "number" else ()

    @property
    def flags(self) -> tuple[str, ...]:
        """The names of its inputs that are 0 or 1."""
        if self.kind == "left out":
            return ()
        names = (self.name,) if self.kind == "flag" else ()
        if self.kind == "category" and not self.coded:
            names = tuple(f"{self.name}={level}" for level in self.levels)
        names += tuple(f"{self.name} has {token!r}" for token in self.tokens)
        return (*names, f"{self.name} is missing") if self.missing else names

    def __str__(self) -> str:
        if self.kind == "left out":
            return f"left out: {self.reason}"
        text = {
            "number": "number",
            "flag": "flag",
            "category": self._category(),
            "date": ", ".join(["date", *self.periods]),
        }[self.kind]
        read = f", read from text as {self.cells}" if self.cells is not None and str(self.cells) != self.kind else ""
        return text + read + (", and whether it is missing" if self.missing else "")

    def _category(self) -> str:
        how = "embedded" if self.coded else "an input each"
        if not self.more_levels:
            rare = f"; {len(self.rare_levels)} more, too rare, as unknown" if self.rare_levels else ""
            return f"category of {counted(len(self.levels), 'level')}, {how}{rare}"
        words = [f"{counted(len(self.tokens), 'word')}, an input each"] if self.tokens else []
        values = [f"its {len(self.levels)} most frequent values, {how}"] if self.levels else []
        return f"text by {', and '.join(words + values)}"


def date_pairs(columns: Sequence[Column]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of dates, the time between which is an input."""
    dates = [column.name for column in columns if column.kind == "date"]
    return tuple(combinations(dates, 2)) if len(dates) <= MOST_DATES_TO_SUBTRACT else ()


def coded_columns(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return the categories whose input is the number of the level."""
    return tuple(column for column in columns if column.kind == "category" and column.coded)
