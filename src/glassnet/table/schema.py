"""The schema: what each column is. It is read once from the inputs, never from the target, and holds no statistics."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import numpy as np

from glassnet.table.columns import Table, as_numbers

MOST_LEVELS = 256


@dataclass(frozen=True)
class Column:
    """One column: a number, a category with its levels, or one that is left out (with the reason)."""

    name: str
    kind: Literal["number", "category", "left out"]
    levels: tuple[str, ...] = ()
    missing: bool = False
    reason: str = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the network's inputs that the column becomes."""
        if self.kind == "left out":
            return ()
        own = (self.name,) if self.kind == "number" else tuple(f"{self.name}={level}" for level in self.levels)
        return (*own, f"{self.name} is missing") if self.missing else own


@dataclass(frozen=True)
class Schema:
    """The columns, in the order of the first table."""

    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the network's inputs."""
        return tuple(name for column in self.columns for name in column.inputs)

    @property
    def text_columns(self) -> tuple[str, ...]:
        """The names of the columns that hold categories."""
        return tuple(column.name for column in self.columns if column.kind == "category")

    @property
    def indicators(self) -> np.ndarray:
        """Which inputs are zeros and ones: a level, or that a cell is missing."""
        return np.array(
            [column.kind == "category" or place > 0 for column in self.columns for place in range(len(column.inputs))]
        )


def read_schema(table: Table) -> Schema:
    """Return the schema of a table."""
    return Schema(
        tuple(_read_column(n, c, n in table.declared) for n, c in zip(table.names, table.columns, strict=True))
    )


def _read_column(name: str, column: np.ndarray, declared: bool) -> Column:
    if column.dtype != object:
        return Column(name, "number", missing=bool(np.isnan(column).any()))
    numbers = as_numbers(column)
    if not declared and numbers is not None and not np.isnan(numbers).all():
        return Column(name, "number", missing=bool(np.isnan(numbers).any()))
    present = [cell for cell in column if cell is not None]
    levels = tuple(sorted(set(present)))
    if len(levels) > MOST_LEVELS:
        return Column(name, "left out", reason=f"text with {len(levels)} levels, more than {MOST_LEVELS}")
    return Column(name, "category", levels, missing=len(present) < len(column))


def match(schema: Schema, table: Table) -> Table:
    """Return the table's columns in the schema's order, numbers where it has numbers; columns it lacks are dropped.

    `ValueError` names a missing column, with what looks like it, and a cell of text where a number is expected.
    """
    missing = [name for name in schema.names if name not in table.names]
    if missing:
        raise ValueError(_difference(missing, [name for name in table.names if name not in schema.names]))
    found = dict(zip(table.names, table.columns, strict=True))
    matched = Table(schema.names, tuple(_as_kind(column, found[column.name]) for column in schema.columns))
    for column, cells in zip(schema.columns, matched.columns, strict=True):
        present = {cell for cell in cells if cell is not None} if column.kind == "category" else set()
        if present and column.levels and not present & set(column.levels):
            warnings.warn(
                f"no cell of column {column.name!r} is a level that training saw: it has {min(present)!r}, where "
                f"training had {column.levels[0]!r}",
                UserWarning,
                stacklevel=2,
            )
    return matched


def _difference(missing: Sequence[str], unknown: Sequence[str]) -> str:
    lines = [f"{len(missing)} column(s) of the training table are missing:"]
    for name in missing:
        close = get_close_matches(name, unknown, n=1, cutoff=0.5)
        lines.append(f"  - {name}" + (f"   (the table has {close[0]!r}; rename it?)" if close else ""))
    if unknown:
        lines.append(f"columns that the training table did not have: {', '.join(unknown)}")
    return "\n".join(lines)


def _as_kind(column: Column, cells: np.ndarray) -> np.ndarray:
    if column.kind == "number" and cells.dtype == object:
        numbers = as_numbers(cells)
        if numbers is None:
            row = next(
                row for row, cell in enumerate(cells) if cell is not None and as_numbers(np.array([cell])) is None
            )
            raise ValueError(
                f"column {column.name!r} held numbers in training, but row {row} has {cells[row]!r}; "
                "correct that cell or leave it empty"
            )
        return numbers
    if column.kind == "category" and cells.dtype != object:
        return np.array([None if cell != cell else _plain(cell) for cell in cells], dtype=object)
    return cells


def _plain(number: float) -> str:
    return str(int(number)) if number.is_integer() else str(number)
