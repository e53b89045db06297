"""Tables from files, with a report of everything that was decided; and tables to files."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from glassnet._lazy import pl
from glassnet.data.cell_format import TableFormat, convention
from glassnet.data.cells_read import CellsRead
from glassnet.data.columns import nearest
from glassnet.data.identifiers import index_note
from glassnet.data.number_codes import codes_note
from glassnet.data.raw_table import RawTable, ReadOptions, raw_table
from glassnet.data.read_cells import read_cells
from glassnet.data.report import ColumnReading, Note, ReadReport, TableError, some
from glassnet.data.sentinels import sentinel_note
from glassnet.data.source import open_source
from glassnet.data.typed_cells import check_names, kind_of, typed_cells

__all__ = ["TableError", "TableFormat", "TableRead", "read_table", "take_column", "write_table"]

WRITERS: "dict[str, Callable[[pl.DataFrame, Path], None]]" = {
    ".csv": lambda frame, path: frame.write_csv(path),
    ".tsv": lambda frame, path: frame.write_csv(path, separator="\t"),
    ".parquet": lambda frame, path: frame.write_parquet(path),
    ".jsonl": lambda frame, path: frame.write_ndjson(path),
    ".ndjson": lambda frame, path: frame.write_ndjson(path),
}


class TableRead(NamedTuple):
    """A table and how it was read.

    Parameters
    ----------
    frame : polars.DataFrame
        Numbers, dates, booleans and text; null where a cell is missing.
    report : ReadReport
        What was decided; its `format` given as `like` reads a later table the same way.
    """

    frame: "pl.DataFrame"
    report: ReadReport


def read_table(
    source: Path | str,
    *,
    separator: str | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    dayfirst: bool | None = None,
    na: Sequence[str] = (),
    skip_rows: int = 0,
    header: int | str | None = None,
    sheet: str | None = None,
    text: Collection[str] = (),
    numeric: Collection[str] = (),
    like: TableFormat | None = None,
) -> TableRead:
    """Return the table in a file, and a report of how it was read.

    CSV and other text, Parquet, Arrow, JSON lines and arrays, and Excel are told apart by their content, also where
    they are packed as .gz, .zip or .zst. What is not given is found out, and said in the report.

    Parameters
    ----------
    source : path or str
        The file; "-" is standard input.
    separator : str, optional
        What stands between the cells of a text file.
    encoding : str, optional
        Of a text file, such as "cp1252".
    decimal : "." or ",", optional
        The decimal mark.
    thousands : str, optional
        The mark between thousands; "" for none.
    dayfirst : bool, optional
        Whether 5/4/2021 is the fifth of April.
    na : sequence of str
        Marks of missing cells, beside those that are known.
    skip_rows : int
        Lines to leave out at the start.
    header : int or "none", optional
        The line with the names of the columns, counted from 1.
    sheet : str, optional
        The sheet of a workbook.
    text : collection of str
        Columns to read as text, though their cells are numbers or dates; they are categories in the frame.
    numeric : collection of str
        Columns to read as numbers; all else in them is missing.
    like : TableFormat, optional
        How an earlier table was read: its columns are read the same way.

    Raises
    ------
    TableError
        For a file that is no table or would be misread; it names line and column, and what to type.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import polars as pl
    >>> from glassnet import read_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "prices.csv"
    ...     table = pl.DataFrame({"area": [71.5, None], "price": [300000, 250000]})
    ...     table.write_csv(path, separator=";", decimal_comma=True)
    ...     frame, report = read_table(path)
    >>> frame["area"].to_list(), frame["price"].to_list()
    ([71.5, None], [300000, 250000])
    >>> [note.code for note in report.notes]  # what was found out
    ['separator', 'convention']
    """
    asked = convention(decimal, thousands, dayfirst, tuple(na) + (like.na if like else ()), tuple(text), tuple(numeric))
    opened = open_source(source)
    raw = raw_table(opened, ReadOptions(separator, encoding, skip_rows, line_of_names(header), sheet))
    check_names(asked.text + asked.numeric, list(raw.columns))
    known = dict(zip(like.names, like.formats, strict=True)) if like else {}
    cells = {name: column for name, column in raw.columns.items() if column.dtype == pl.String}
    read = read_cells(
        cells,
        asked,
        raw.row_name,
        raw.comma_by_default,
        {n: f for n, f in known.items() if n in cells},
        raw.with_points,
    )
    columns = [
        read[name].cells if name in read else typed_cells(name, column, asked) for name, column in raw.columns.items()
    ]
    notes = [*opened.notes, *raw.notes, *(note for column in read.values() for note in column.notes)]
    frame = pl.DataFrame(columns)
    notes += decimal_notes(read)
    if like is None:  # what may be meant otherwise was said of the first table
        notes += [note for column in columns if column.dtype.is_numeric() for note in remarks(column)]
    format = TableFormat(tuple(read), tuple(column.format for column in read.values()), asked.na)
    lines = None if raw.lines is None else tuple(raw.lines.tolist())
    readings = tuple(_reading(name, raw, read, frame) for name in frame.columns)
    return TableRead(frame, ReadReport(opened.name, frame.height, tuple(notes), readings, format, lines))


def decimal_notes(read: dict[str, CellsRead]) -> list[Note]:
    """Return a note where numbers have decimal commas, which is not what most programs write."""
    commas = [name for name, column in read.items() if column.format.decimal == ","]
    if not commas:
        return []
    return [Note("convention", f"the decimal mark is a comma in {some(commas)}; --decimal . says otherwise")]


def remarks(column: "pl.Series") -> list[Note]:
    """Return notes on numbers that may stand for missing cells, for categories or for rows."""
    return [note for remark in (sentinel_note, codes_note, index_note) if (note := remark(column)) is not None]


def write_table(frame: "pl.DataFrame", path: Path) -> None:
    """Write a table in the format that the name's ending says."""
    ending = path.suffix.lower()
    if ending not in WRITERS:
        raise TableError(f"{str(path)!r} ends in {ending!r}; the formats are {', '.join(WRITERS)}")
    WRITERS[ending](frame, path)


def take_column(frame: "pl.DataFrame", name: str, what: str) -> "pl.Series":
    """Return a column; `TableError` lists the names when it is not there."""
    if name not in frame.columns:
        like = nearest(name, frame.columns)
        raise TableError(
            f"there is no column {name!r} to take as {what}{f' (did you mean {like!r}?)' if like else ''}; the columns "
            f"are: {', '.join(frame.columns)}"
        )
    return frame[name]


def line_of_names(header: int | str | None) -> int | str | None:
    """Return a line number, "none" or None; `TableError` for anything else."""
    if header is None or header == "none" or (isinstance(header, int) and header > 0):
        return header
    if isinstance(header, str) and header.isdecimal() and int(header):
        return int(header)
    raise TableError(f"header is {header!r}; give the line of the names, counted from 1, or 'none'")


def _reading(name: str, raw: RawTable, read: dict[str, CellsRead], frame: "pl.DataFrame") -> ColumnReading:
    cells, column = raw.columns[name], frame[name]
    kind = str(read[name].format) if name in read else kind_of(column.dtype)
    row = column.is_not_null().arg_max() if len(column) else None
    if row is None or column[row] is None:
        return ColumnReading(name, "missing in every row", "", "", column.null_count())
    return ColumnReading(name, kind, str(cells[row]), str(column[row]), column.null_count())
