"""What the columns of a table in files are, decided from all rows in one or two passes over slices."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from glassnet._lazy import pl
from glassnet.data.cell_format import CellFormat, Convention, TableFormat
from glassnet.data.cell_text import CellText, counted_text
from glassnet.data.cells_read import CellsRead, RowName
from glassnet.data.column_cells import (
    ColumnCells,
    ListedColumn,
    MissingColumn,
    PlainColumn,
    TextColumn,
    TypedColumn,
    reading_of,
)
from glassnet.data.counted_cells import CountedCells, kinds_of, no_cells, with_slice
from glassnet.data.parquet_files import RawFiles
from glassnet.data.plain_numbers import PlainNumbers
from glassnet.data.plain_tally import PlainTally
from glassnet.data.read import decimal_notes, remarks
from glassnet.data.read_cells import read_texts
from glassnet.data.report import ColumnReading, Note, ReadReport, TableError
from glassnet.data.typed_cells import check_names, kind_of

FIRST_ROWS = 2**17  # of which is said what their numbers may be meant for


@dataclass(frozen=True)
class Decided:
    """What was decided: how every column is read, and the report."""

    columns: dict[str, ColumnCells]
    report: ReadReport


def decide_columns(raw: RawFiles, asked: Convention, like: TableFormat | None, rows: int) -> Decided:
    """Return how every column of a raw table is read: with the cells that `read_table` gives.

    Raises `TableError` where that cannot be found out in slices of so many rows.
    """
    schema = raw.schema
    check_names(asked.text + asked.numeric, list(schema))
    strings = [name for name, dtype in schema.items() if isinstance(dtype, pl.String)]
    known = {n: f for n, f in zip(like.names, like.formats, strict=True) if n in strings} if like else {}
    columns: dict[str, ColumnCells] = {
        name: TypedColumn(asked) if name not in strings else TextColumn(asked.na, name in asked.text)
        for name in schema
        if name not in strings or name in asked.text or (name in known and known[name].form == "text")
    }
    open_columns = [name for name in schema if name not in columns]
    plain = _plain(raw, asked, open_columns, known, rows)
    columns |= {name: PlainColumn(asked, found.cells.dtype.is_integer()) for name, found in plain.items()}
    counted = _count(raw, [name for name in open_columns if name not in plain], rows)
    read = _read(raw, asked, known, strings, plain, counted)
    for name, cells in counted.items():
        columns[name] = _listed(name, cells, read[name], asked)
    ordered = {name: columns[name] for name in schema}
    return Decided(ordered, _report(raw, asked, like, ordered, read, rows))


def _plain(
    raw: RawFiles, asked: Convention, names: list[str], known: Mapping[str, CellFormat], rows: int
) -> dict[str, PlainNumbers]:
    """Return the columns of plain numbers, new ones and those that were read with points or as integers before."""
    tried = [n for n in names if n not in raw.with_points and (n not in known or _stays_plain(known[n], asked))]
    tallies = {name: PlainTally(name, asked) for name in tried}
    for _, frame in raw.slices(rows, tried) if tried else ():
        for name, tally in tallies.items():
            tally.add(frame[name])
    return {name: found for name, tally in tallies.items() if (found := tally.found()) is not None}


def _stays_plain(format: CellFormat, asked: Convention) -> bool:
    """Return whether plain numbers are read in an earlier table's form as they are without one."""
    return format.form == "number" and format.decimal != "," and not asked.na and asked.decimal != ","


def _count(raw: RawFiles, names: list[str], rows: int) -> dict[str, CountedCells]:
    """Return the different cells of columns of text."""
    counted = dict.fromkeys(names, no_cells())
    for number, frame in raw.slices(rows, names) if names else ():
        for name in names:
            counted[name] = with_slice(counted[name], frame[name], number)
    return counted


def _read(
    raw: RawFiles,
    asked: Convention,
    known: Mapping[str, CellFormat],
    strings: list[str],
    plain: Mapping[str, PlainNumbers],
    counted: Mapping[str, CountedCells],
) -> dict[str, CellsRead]:
    """Return how the columns of text are read, in their order; the cells are their different ones."""
    text: dict[str, CellText] = {}
    columns: dict[str, pl.Series] = {}
    for name in strings:
        written, counts, _ = counted.get(name, no_cells()).by_cell()
        columns[name] = written.alias(name)
        if name not in plain:
            text[name] = counted_text(name, columns[name], counts, asked)

    def row_names(name: str) -> RowName:
        first_rows = counted.get(name, no_cells()).by_cell()[2]
        return lambda place: f"row {first_rows[place]}"

    read = read_texts(columns, plain, text, asked, row_names, raw.comma_by_default, known, raw.with_points)
    return {name: replace(found, format=known.get(name, found.format)) for name, found in read.items()}


def _listed(name: str, counted: CountedCells, read: CellsRead, asked: Convention) -> ColumnCells:
    """Return how a column is read whose different cells were."""
    written = counted.by_cell()[0]
    if read.format.form == "text":
        return MissingColumn() if not _has_text(read) else TextColumn(asked.na)
    if not counted.thinned:
        return ListedColumn(written, read.cells)
    kinds = kinds_of(written)
    by_kind: dict[str, str] = {}
    for kind in kinds.unique().drop_nulls():
        chosen = kinds == kind
        if kind and (reading := reading_of(written.filter(chosen), read.cells.filter(chosen))) is not None:
            by_kind[kind] = reading
        elif kind:
            raise TableError(
                f"column {name!r} has too many different cells to read them in slices as {read.format}, such as "
                f"{written.filter(chosen)[0]!r}; type --text {name!r} (text=[{name!r}]) if it is text, or write the "
                "table as Parquet, whose columns have types"
            )
    return ListedColumn(written, read.cells, by_kind)


def _has_text(read: CellsRead) -> bool:
    return read.cells.dtype == pl.String and read.cells.null_count() < len(read.cells)


def _report(
    raw: RawFiles,
    asked: Convention,
    like: TableFormat | None,
    columns: Mapping[str, ColumnCells],
    read: Mapping[str, CellsRead],
    rows: int,
) -> ReadReport:
    """Return the report of a table, from one more pass over its rows."""
    missing = dict.fromkeys(columns, 0)
    examples: dict[str, tuple[str, str]] = {}
    dtypes: dict[str, pl.DataType] = {}
    begin: dict[str, list[pl.Series]] = {name: [] for name in columns}
    for number, frame in raw.slices(rows, list(columns)):
        for name, reads in columns.items():
            cells = reads.cells(frame[name])
            dtypes[name] = cells.dtype
            missing[name] += cells.null_count()
            if name not in examples and cells.null_count() < len(cells):
                row = cells.is_not_null().arg_max() or 0
                examples[name] = str(frame[name][row]), str(cells[row])
            if like is None and number < FIRST_ROWS and cells.dtype.is_numeric():
                begin[name].append(cells)
    kinds = {name: str(read[name].format) if name in read else kind_of(dtypes[name]) for name in columns}
    readings = tuple(
        ColumnReading(name, kinds[name], *examples[name], missing[name])
        if name in examples
        else ColumnReading(name, "missing in every row", "", "", missing[name])
        for name in columns
    )
    notes = [*(note for found in read.values() for note in found.notes), *decimal_notes(dict(read))]
    notes += [_of_first_rows(note, raw.rows) for parts in begin.values() if parts for note in remarks(pl.concat(parts))]
    format = TableFormat(tuple(read), tuple(found.format for found in read.values()), asked.na)
    return ReadReport(raw.name, raw.rows, tuple(notes), readings, format)


def _of_first_rows(note: Note, rows: int) -> Note:
    """Return a remark that says, of a longer table, that it is one on its first rows."""
    return note if rows <= FIRST_ROWS else replace(note, text=f"{note.text} (found in the first {FIRST_ROWS:,} rows)")
