"""A text file that does not fit into memory as a Parquet file of strings: the raw table that `read_table` would make.

What `read_table` decides from all rows at once is decided here from the rows that it depends on, or it is refused.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from glassnet._lazy import pl
from glassnet.data.chosen_rows import FIRST, ChosenRows
from glassnet.data.dialect import NumberedRows, split_rows
from glassnet.data.footer import find_end
from glassnet.data.header import completed, completes, find_header, given_header
from glassnet.data.layout import Layout, find_layout
from glassnet.data.layout_checks import LINE, AllRows
from glassnet.data.raw_table import ReadOptions
from glassnet.data.report import Note, TableError, some
from glassnet.data.row_kinds import RowKinds
from glassnet.data.text_lines import BLOCK, text_lines
from glassnet.data.text_rows import TextRows, text_rows

__all__ = ["BLOCK", "convert_text"]


def convert_text(
    path: Path, packing: str | None, part: Path, options: ReadOptions, block: int, notes: list[Note]
) -> dict[str, bool]:
    """Write the raw table of a text file as Parquet; return whether its numbers have decimal commas by default."""
    blocks = text_lines(path, packing, options.encoding, notes, block)
    rows = text_rows(str(path), blocks, options.separator, options.skip_rows)
    if isinstance(rows, list):
        return _convert_at_once(str(path), rows, part, options, notes)
    with TemporaryDirectory(prefix=".glassnet-", dir=part.parent) as folder:
        chosen, query = _written_rows(rows, Path(folder))
        numbered = chosen.numbered()
        chosen.check_width(numbered)
        table = _Table(str(path), numbered, options.header, AllRows(str(path), query), chosen.width)
        notes += [Note("rows", f"{rows.blank} blank line(s) were left out")] if rows.blank else []
        notes += rows.notes
        table.write(part, notes)
    return {"comma_by_default": rows.dialect.separator == ";"}


def _convert_at_once(
    name: str, lines: list[str], part: Path, options: ReadOptions, notes: list[Note]
) -> dict[str, bool]:
    rows = split_rows(name, "\n".join(lines), options.separator, options.skip_rows)
    layout = find_layout(name, rows.cells, rows.lines, options.header)
    notes += [Note("rows", f"{rows.blank} blank line(s) were left out")] if rows.blank else []
    notes += [*rows.notes, *layout.notes]
    frame = _columns([(rows.lines[row], rows.cells[row]) for row in layout.body], max(layout.columns) + 1)
    frame.select(_named(layout)).write_parquet(part)
    return {"comma_by_default": rows.dialect.separator == ";"}


def _columns(rows: NumberedRows, width: int) -> "pl.DataFrame":
    """Return rows as columns "0", "1", ... of strings, null where a row is shorter, and their lines."""
    cells = [cells[:width] for _, cells in rows]
    by_column = list(zip_longest(*cells))
    none = [None] * len(rows)
    columns = {
        str(place): pl.Series(by_column[place] if place < len(by_column) else none, dtype=pl.String)
        for place in range(width)
    }
    return pl.DataFrame({**columns, LINE: pl.Series([line for line, _ in rows], dtype=pl.Int64)})


def _named(layout: Layout) -> "list[pl.Expr]":
    return [pl.col(str(p)).alias(name) for name, p in zip(layout.names, layout.columns.tolist(), strict=True)]


def _written_rows(rows: TextRows, folder: Path) -> "tuple[ChosenRows, pl.LazyFrame]":
    """Write all rows of a file into a folder; return those that decide where the table is, and a query of all."""
    chosen = ChosenRows(rows.name)
    paths: list[Path] = []
    width = 0
    for batch in _batches(rows.batches()):
        if not paths:
            width = max(len(cells) for _, cells in batch)
        frame = _columns(batch, width)
        chosen.add(batch, frame.drop(LINE))
        paths.append(folder / f"{len(paths):08d}.parquet")
        frame.write_parquet(paths[-1], compression="lz4")
    if not paths:
        raise TableError(f"{rows.name!r} is empty; a table needs a line of column names and rows")
    return chosen, pl.scan_parquet(paths, glob=False)


def _batches(batches: Iterable[NumberedRows]) -> Iterator[NumberedRows]:
    """Return batches of which the first has the first rows that decide how many columns there are."""
    stream = iter(batches)
    first: NumberedRows = []
    for batch in stream:
        first += batch
        if len(first) >= FIRST:
            break
    yield from chain([first] if first else [], (batch for batch in stream if batch))


class _Table:
    """A table among the rows of a long file."""

    def __init__(self, name: str, chosen: NumberedRows, header: int | str | None, rows: AllRows, width: int) -> None:
        self._name, self._chosen, self._rows = name, chosen, rows
        lines, cells = [line for line, _ in chosen], [cells for _, cells in chosen]
        self.layout = find_layout(name, cells, lines, header)
        if max(self.layout.columns.tolist()) >= len(rows.columns) - 1:
            raise TableError(f"{name!r} has rows with more cells than its first {FIRST}; give every row as many")
        kinds = RowKinds(cells, width)
        end = find_end(cells, lines, width, kinds, [])
        rows.check_totals(chosen, len(cells) - end, width)
        names_row, first = _names_row(cells, lines, end, header, kinds)
        self._names: list[str] = [] if names_row is None else cells[names_row]
        if header is None and names_row is not None and not kinds.numeric:
            rows.check_names_row(self._names, lines[names_row])
        if names_row is not None and names_row + 1 < first and completes(cells, names_row):
            self._names = completed(self._names, cells[names_row + 1])

    def write(self, part: Path, notes: list[Note]) -> None:
        """Write the body as Parquet, and say what was left out."""
        body = set(self.layout.body.tolist())
        out = [line for row, (line, _) in enumerate(self._chosen) if row not in body]
        again = self._lines_of_names(out)
        notes += [note for note in self.layout.notes if not _is_repeat(note)]
        first = self._chosen[self.layout.body[0]][0]
        repeated = sorted({*again, *(line for line, cells in self._chosen if cells == self._names and line > first)})
        if repeated:
            notes.append(Note("header", f"the names come again in line(s) {some(repeated)} and were left out there"))
        query = self._rows.query.filter(~pl.col(LINE).is_in([*out, *again]))
        query.select(_named(self.layout)).sink_parquet(part)

    def _lines_of_names(self, known: Sequence[int]) -> list[int]:
        """Return the lines, beside those that are known, that repeat the names."""
        if not self._names:
            return []
        found = self._rows.query.filter(self._rows.repeats(self._names)).select(LINE).collect().to_series().to_list()
        return [line for line in found if line not in set(known)]


def _names_row(
    cells: list[list[str]], lines: list[int], end: int, header: int | str | None, kinds: RowKinds
) -> tuple[int | None, int]:
    """Return the row of names and the first row behind it, as `find_layout` finds them."""
    if header == "none":
        return None, 0
    if isinstance(header, int):
        return given_header(str(header), lines, header)
    return find_header(cells[:end], lines, kinds, [])


def _is_repeat(note: Note) -> bool:
    return note.code == "header" and note.text.startswith("the names come again")
