"""Every format of files as named columns, whose text is not read as numbers yet."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from io import BytesIO
from itertools import zip_longest
from typing import Any

import numpy as np
from python_calamine import CalamineError, CalamineWorkbook

from glassnet._lazy import pl
from glassnet.data.decode import decode
from glassnet.data.dialect import split_rows
from glassnet.data.layout import find_layout
from glassnet.data.report import Note, TableError, row_name, some
from glassnet.data.source import Format, Source
from glassnet.data.typed_cells import check_cell_types, without_nan

Cell = str | float | bool | date | time | timedelta | None
LARGEST_EXACT = 2**63


@dataclass(frozen=True)
class ReadOptions:
    """What is said about a file.

    Parameters
    ----------
    separator, encoding : str or None
        Of text files; None finds out.
    skip_rows : int
        Lines to leave out at the start.
    header : int, "none" or None
        The line of the names, counted from 1; "none" says that there is none, None finds out.
    sheet : str or None
        The sheet of a workbook.
    """

    separator: str | None = None
    encoding: str | None = None
    skip_rows: int = 0
    header: int | str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class RawTable:
    """Named columns.

    Parameters
    ----------
    columns : dict of polars.Series
        Columns by name: of strings where the file has text.
    notes : list of Note
        What was decided.
    lines : array (rows,) of int or None
        The lines of the file that the rows begin in.
    comma_by_default : bool
        Whether a comma is the decimal mark where no cell says otherwise.
    with_points : set of str
        Columns of text some of whose cells were numbers by their type, written with decimal points.
    """

    columns: "dict[str, pl.Series]"
    notes: list[Note] = field(default_factory=list[Note])
    lines: np.ndarray | None = None
    comma_by_default: bool = False
    with_points: frozenset[str] = frozenset()

    def row_name(self, row: int) -> str:
        """Return what a row is called in messages."""
        return row_name(self.lines, row)


def raw_table(source: Source, options: ReadOptions) -> RawTable:
    """Return the columns of a file; `TableError` says what is wrong with it, and which options do not fit it."""
    check_options(source.name, source.format, options)
    return READERS[source.format](source, options)


def check_options(name: str, format: Format, options: ReadOptions) -> None:
    """Raise `TableError` for an option that has no meaning for a format."""
    fitting = {
        "text": {"separator", "encoding", "skip_rows", "header"},
        "excel": {"skip_rows", "header", "sheet"},
        "json": {"encoding"},
    }
    given = {name for name in ("separator", "encoding", "skip_rows", "header", "sheet") if getattr(options, name)}
    other = sorted(given - fitting.get(format, set()))
    if other:
        raise TableError(f"{name!r} is {format}, for which {other[0]} has no meaning; leave it out")


def _read_text(source: Source, options: ReadOptions) -> RawTable:
    text, notes = decode(source.name, source.content, options.encoding)
    rows = split_rows(source.name, text, options.separator, options.skip_rows)
    layout = find_layout(source.name, rows.cells, rows.lines, options.header)
    if rows.blank:
        notes.append(Note("rows", f"{rows.blank} blank line(s) were left out"))
    by_column = list(zip_longest(*(rows.cells[row] for row in layout.body)))
    none = [None] * len(layout.body)
    columns = {
        name: pl.Series(name, by_column[place] if place < len(by_column) else none, dtype=pl.String)
        for name, place in zip(layout.names, layout.columns, strict=True)
    }
    lines = np.array(rows.lines)[layout.body]
    comma = rows.dialect.separator == ";"
    return RawTable(columns, [*notes, *rows.notes, *layout.notes], lines, comma)


def _read_excel(source: Source, options: ReadOptions) -> RawTable:
    """Return a sheet of a workbook, whose cells have types of their own."""
    notes: list[Note] = []
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(source.content))
        of_name = cache(workbook.get_sheet_by_name)
        sheet = _sheet(source.name, workbook.sheet_names, options.sheet, lambda n: bool(of_name(n).total_height), notes)
        cells: list[list[Any]] = of_name(sheet).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise TableError(f"{source.name!r} could not be read as a workbook: {error}; save it as .xlsx") from error
    filled = [
        (line, row)
        for line, row in enumerate(cells, start=1)
        if line > options.skip_rows and any(written(c).strip() for c in row)
    ]
    if not filled:
        raise TableError(f"sheet {sheet!r} of {source.name!r} is empty")
    lines, rows = [line for line, _ in filled], [row for _, row in filled]
    layout = find_layout(source.name, [[written(cell) for cell in row] for row in rows], lines, options.header)
    columns, with_points = _columns_of_cells(
        {name: [rows[row][place] if place < len(rows[row]) else None for row in layout.body]
         for name, place in zip(layout.names, layout.columns, strict=True)}
    )  # fmt: skip
    return RawTable(columns, [*notes, *layout.notes], np.array(lines)[layout.body], with_points=with_points)


def _sheet(
    name: str, sheets: list[str], wanted: str | None, has_cells: Callable[[str], bool], notes: list[Note]
) -> str:
    if wanted is not None and wanted not in sheets:
        raise TableError(f"{name!r} has no sheet {wanted!r}; its sheets are {', '.join(map(repr, sheets))}")
    if wanted is not None:
        return wanted
    filled = [sheet for sheet in sheets if has_cells(sheet)]
    if not filled:
        raise TableError(f"{name!r} has no sheet with cells")
    if len(filled) > 1:
        notes.append(Note("sheet", f"sheet {filled[0]!r} was read; there are {some(filled[1:])} too (--sheet)"))
    return filled[0]


def written(cell: Cell) -> str:
    """Return a cell as text: whole numbers without a point, dates as ISO 8601 has them."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return "" if math.isnan(cell) else repr(cell)
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(cell, timedelta):
        return str(cell)
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _columns_of_cells(cells: Mapping[str, Sequence[Cell]]) -> "tuple[dict[str, pl.Series], frozenset[str]]":
    """Return columns of Python objects: of one type where all cells are, else of text."""
    columns: dict[str, pl.Series] = {}
    untyped = set[str]()
    for name, column in cells.items():
        written_cells = [cell for cell in column if cell is not None and cell != "" and cell == cell]  # but for NaN
        kinds = {kind_of_cell(cell) for cell in written_cells}
        if kinds <= {int, float} and kinds:
            columns[name] = number_column(name, column)
        elif kinds == {bool}:
            columns[name] = pl.Series(
                name, [cell if isinstance(cell, bool) else None for cell in column], dtype=pl.Boolean
            )
        elif kinds and kinds <= {datetime, date}:
            moments = [_midnight(cell) for cell in column]
            columns[name] = pl.Series(name, moments, dtype=pl.Datetime("us"))
        elif kinds and kinds <= {time, timedelta}:
            columns[name] = pl.Series(name, [_seconds(cell) for cell in column], dtype=pl.Float64)
        else:
            columns[name] = pl.Series(name, [written(cell) or None for cell in column], dtype=pl.String)
            untyped |= {name} if kinds & {int, float} else set()
    return columns, frozenset(untyped)


KINDS = (bool, int, float, datetime, date, time, timedelta)


def kind_of_cell(cell: Cell) -> type:
    """Return what a cell is: a bool and no int, a datetime and no date."""
    kind = type(cell)
    return kind if kind in KINDS else next((base for base in KINDS if isinstance(cell, base)), str)


def number_column(name: str, column: Sequence[Cell]) -> "pl.Series":
    """Return a column of numbers: integers where all are and int64 holds them."""
    numbers = [cell if isinstance(cell, int | float) and cell == cell else None for cell in column]
    if all(n is None or is_exact_integer(n) for n in numbers):
        return pl.Series(name, [None if n is None else int(n) for n in numbers], dtype=pl.Int64)
    return pl.Series(name, [None if n is None else float(n) for n in numbers], dtype=pl.Float64)


def is_exact_integer(number: float) -> bool:
    """Return whether a number is an integer that int64 holds, and no float that may stand for several."""
    return float(number).is_integer() and abs(number) < (LARGEST_EXACT if isinstance(number, int) else 2**53)


def _midnight(cell: Cell) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    return datetime(cell.year, cell.month, cell.day) if isinstance(cell, date) else None


def _seconds(cell: Cell) -> float | None:
    if isinstance(cell, time):
        return 3600.0 * cell.hour + 60 * cell.minute + cell.second + cell.microsecond / 1e6
    return cell.total_seconds() if isinstance(cell, timedelta) else None


def _read_json(source: Source, options: ReadOptions) -> RawTable:
    """Return JSON lines, or an array or an object of rows or columns; objects inside rows become columns a.b."""
    text, notes = decode(source.name, source.content, options.encoding)
    records, lines = _records(source.name, text, notes)
    if not records:
        raise TableError(f"{source.name!r} has no rows")
    flat = [flat_record(source.name, place, record) for place, record in enumerate(records)]
    names = list(dict.fromkeys(name for record in flat for name in record))
    objects = {name for name in names if any(other.startswith(f"{name}.") for other in names)}
    names = [name for name in names if name not in objects or any(record.get(name) is not None for record in flat)]
    if not names:
        raise TableError(f"{source.name!r} has rows without cells")
    columns, with_points = _columns_of_cells({name: [record.get(name) for record in flat] for name in names})
    return RawTable(columns, notes, None if lines is None else np.array(lines), with_points=with_points)


def _records(name: str, text: str, notes: list[Note]) -> tuple[list[Any], list[int] | None]:
    try:
        return _rows_of(name, json.loads(text), notes), None
    except json.JSONDecodeError as error:
        at_once = error
    records: list[Any] = []
    lines: list[int] = []
    for line, content in enumerate(text.split("\n"), start=1):
        if content.strip():
            try:
                records.append(json.loads(content.strip().rstrip(",")))
            except json.JSONDecodeError as error:
                at = at_once if line == 1 or text.lstrip().startswith("[") else error
                raise TableError(
                    f"{name!r} could not be read as JSON: line {at.lineno if at is at_once else line}, column "
                    f"{at.colno}: {at.msg}"
                ) from error
            lines.append(line)
    return records, lines


def _rows_of(name: str, value: Any, notes: list[Note]) -> list[Any]:
    """Return the rows in a JSON value: an array of rows, an object of columns, or an object that holds one of these."""
    if isinstance(value, list):
        return _of_lists(value, notes) if value and all(isinstance(row, list) for row in value) else value
    if isinstance(value, dict):
        if {"columns", "data"} <= set(value) and isinstance(value["data"], list) and isinstance(value["columns"], list):
            return [dict(zip(map(str, value["columns"]), row, strict=False)) for row in value["data"]]
        inner = [key for key, item in value.items() if isinstance(item, list) and item and isinstance(item[0], dict)]
        if len(inner) == 1:
            notes.append(Note("format", f"its rows are those of {inner[0]!r}"))
            return value[inner[0]]
        if value and all(isinstance(column, list) for column in value.values()):
            lengths = {len(column) for column in value.values()}
            if len(inner) > 1:
                raise TableError(f"{name!r} holds several tables ({some(inner)}); give a file with one of them")
            if len(lengths) > 1:
                raise TableError(f"{name!r} has columns of different lengths")
            return [dict(zip(value, row, strict=True)) for row in zip(*value.values(), strict=True)]
        if value and all(isinstance(column, dict) for column in value.values()):
            keys = list(dict.fromkeys(key for column in value.values() for key in column))
            if len(value) > len(keys) and "key" not in keys and not all(key.isdigit() for key in keys):
                notes.append(Note("format", f"its rows are the objects in it; {some(value)} are column 'key'"))
                return [{"key": key, **row} for key, row in value.items()]
            return [{column: cells.get(key) for column, cells in value.items()} for key in keys]
        return [value]
    raise TableError(f"{name!r} holds a JSON {type(value).__name__}; give an array of objects, one a row")


def _of_lists(rows: list[list[Any]], notes: list[Note]) -> list[Any]:
    """Return rows that are lists, of which the first has the names where it is all text."""
    if all(isinstance(cell, str) for cell in rows[0]):
        names, rows = rows[0], rows[1:]
    else:
        names = [f"column_{place + 1}" for place in range(max(map(len, rows)))]
        notes.append(Note("header", "its first row has no names, so the columns are column_1, column_2, ..."))
    return [dict(zip(names, row, strict=False)) for row in rows]


def flat_record(name: str, place: int, record: Any) -> dict[str, Cell]:
    """Return a row with the cells of the objects in it as cells of their own."""
    if not isinstance(record, dict):
        raise TableError(f"{name!r}: row {place} is a JSON {type(record).__name__}, not an object")
    flat: dict[str, Cell] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            flat.update({f"{key}.{inner}": cell for inner, cell in flat_record(name, place, value).items()})
        elif isinstance(value, list):
            raise TableError(
                f"{name!r}: {key!r} of row {place} is a list; a cell holds one text or number, so take the column apart"
            )
        else:
            flat[str(key)] = value
    return flat


def _read_columnar(read: "Callable[[BytesIO], pl.DataFrame]", kind: str) -> Callable[[Source, ReadOptions], RawTable]:
    def reader(source: Source, options: ReadOptions) -> RawTable:
        try:
            frame = read(BytesIO(source.content))
        except (pl.exceptions.PolarsError, OSError, ValueError) as error:
            raise TableError(f"{source.name!r} could not be read as {kind}: {error}") from error
        if not frame.height:
            raise TableError(f"{source.name!r} has column names but no rows")
        check_cell_types(source.name, frame.schema)
        return RawTable({name: without_nan(frame[name]) for name in frame.columns})

    return reader


READERS: dict[str, Callable[[Source, ReadOptions], RawTable]] = {
    "text": _read_text,
    "excel": _read_excel,
    "json": _read_json,
    "parquet": _read_columnar(lambda file: pl.read_parquet(file), "Parquet"),
    "arrow": _read_columnar(lambda file: pl.read_ipc(file), "Arrow"),
}
