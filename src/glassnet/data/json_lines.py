"""JSON lines that do not fit into memory as a Parquet file: the raw table that `read_table` would make."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from glassnet._lazy import pl
from glassnet.data.raw_table import (
    Cell,
    ReadOptions,
    flat_record,
    is_exact_integer,
    kind_of_cell,
    number_column,
    written,
)
from glassnet.data.report import Note, TableError
from glassnet.data.text_lines import text_lines

ROWS = 2**14  # of a batch


@dataclass
class _Kinds:
    """What the cells of one column are, so far."""

    kinds: set[type] = field(default_factory=set[type])
    integers: bool = True
    present: bool = False

    def add(self, cells: list[Cell]) -> None:
        self.present |= any(cell is not None for cell in cells)
        known = [cell for cell in cells if cell is not None and cell != "" and cell == cell]
        self.kinds |= {kind_of_cell(cell) for cell in known}
        self.integers &= all(is_exact_integer(n) for n in known if isinstance(n, int | float))

    def column(self, cells: list[Cell]) -> "pl.Series":
        """Return cells of a batch as those of all rows would be."""
        if self.kinds and self.kinds <= {int, float}:
            return number_column("", cells).cast(pl.Int64 if self.integers else pl.Float64)
        if self.kinds == {bool}:
            return pl.Series([cell if isinstance(cell, bool) else None for cell in cells], dtype=pl.Boolean)
        return pl.Series([written(cell) or None for cell in cells], dtype=pl.String)

    @property
    def with_points(self) -> bool:
        """Whether the column is text, though some of its cells are numbers."""
        return bool(self.kinds & {int, float}) and not self.kinds <= {int, float}


def convert_lines(
    path: Path, packing: str | None, part: Path, options: ReadOptions, block: int, notes: list[Note]
) -> dict[str, frozenset[str]]:
    """Write the rows of JSON lines as Parquet; return which columns of text hold numbers by their type.

    Raises `TableError` for a JSON array or object over several lines, which is read at once.
    """

    def batches(notes: list[Note]) -> Iterator[list[dict[str, Cell]]]:
        records = _records(path, packing, options, block, notes)
        while batch := list(islice(records, ROWS)):
            yield batch

    columns: dict[str, _Kinds] = {}
    rows = 0
    for batch in batches(notes):
        rows += len(batch)
        for name in dict.fromkeys(name for record in batch for name in record):
            columns.setdefault(name, _Kinds()).add([record.get(name) for record in batch])
    if rows < 2:
        raise TableError(f"{str(path)!r} has one line, which may hold a table as JSON; {AT_ONCE}")
    objects = {name for name in columns if any(other.startswith(f"{name}.") for other in columns)}
    kept = {name: kinds for name, kinds in columns.items() if name not in objects or kinds.present}
    if not kept:
        raise TableError(f"{str(path)!r} has rows without cells")
    with TemporaryDirectory(prefix=".glassnet-", dir=part.parent) as folder:
        paths: list[Path] = []
        for batch in batches([]):
            frame = pl.DataFrame(
                {name: kinds.column([record.get(name) for record in batch]) for name, kinds in kept.items()}
            )
            paths.append(Path(folder) / f"{len(paths):08d}.parquet")
            frame.write_parquet(paths[-1], compression="lz4")
        pl.scan_parquet(paths, glob=False).sink_parquet(part)
    return {"with_points": frozenset(name for name, kinds in kept.items() if kinds.with_points)}


AT_ONCE = "give the frame of glassnet.read_table, or write JSON lines, one object a line"


def _records(
    path: Path, packing: str | None, options: ReadOptions, block: int, notes: list[Note]
) -> Iterator[dict[str, Cell]]:
    number = line = 0
    for lines in text_lines(path, packing, options.encoding, notes, block):
        for content in lines:
            line += 1
            if not content.strip():
                continue
            yield flat_record(str(path), number, _record(path, line, number, content))
            number += 1


def _record(path: Path, line: int, number: int, content: str) -> Any:
    bare = content.strip()
    if number == 0 and bare.startswith("["):
        raise TableError(f"{str(path)!r} is a JSON array, which is read at once; {AT_ONCE}")
    try:
        return json.loads(bare.rstrip(","))
    except json.JSONDecodeError as error:
        several = " If one object stands on several lines, it is read at once;" if number == 0 else ""
        raise TableError(
            f"{str(path)!r} could not be read as JSON lines: line {line}, column {error.colno}: {error.msg};{several} "
            f"{AT_ONCE}"
        ) from error
