"""Files to frames and back, by polars; the ending of the name says the format."""

import csv
import re
from collections.abc import Callable, Collection
from pathlib import Path

import polars as pl

from glassnet.data.columns import nearest

ColumnTypes = dict[str, type[pl.DataType]]  # by the name of the column; polars guesses the others
READERS: dict[str, Callable[[Path, ColumnTypes], pl.DataFrame]] = {
    ".csv": lambda path, types: _read_text(path, separator_of(path), types),
    ".tsv": lambda path, types: _read_text(path, "\t", types),
    ".parquet": lambda path, types: pl.read_parquet(path),
    ".jsonl": lambda path, types: pl.read_ndjson(path, infer_schema_length=None),
    ".ndjson": lambda path, types: pl.read_ndjson(path, infer_schema_length=None),
}
KNOWN_ENDINGS = tuple(READERS)
WRITERS: dict[str, Callable[[pl.DataFrame, Path], None]] = {
    ".csv": lambda frame, path: frame.write_csv(path),
    ".tsv": lambda frame, path: frame.write_csv(path, separator="\t"),
    ".parquet": lambda frame, path: frame.write_parquet(path),
    ".jsonl": lambda frame, path: frame.write_ndjson(path),
    ".ndjson": lambda frame, path: frame.write_ndjson(path),
}


SEPARATORS = ",;\t|"
LONGEST_LINE = 2**20
CLEAR_DATE = r"^(\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{4})"  # ISO, or day.month.year
DOUBLED = re.compile(r"^(.*)_duplicated_\d+$")  # what polars makes of a name that it has read before


class TableError(ValueError):
    """A table could not be read or written, or lacks what is asked of it."""


def read_table(path: Path, text: Collection[str] = ()) -> pl.DataFrame:
    """Return the table in a CSV, TSV, Parquet or JSON-lines file; `TableError` says what is wrong with it.

    Columns in `text` hold text even where their cells could be numbers: 007 stays 007.
    """
    reader = READERS[_ending(path, READERS)]
    if not path.is_file():
        raise TableError(f"there is no file {str(path)!r}")
    if path.stat().st_size == 0:
        raise TableError(f"{str(path)!r} is empty; a table needs a line of column names and rows")
    try:
        frame = reader(path, {})
        guessed = [name for name in text if name in frame.columns and _is_numeric(frame[name])]
        frame = reader(path, dict.fromkeys(guessed, pl.String)) if guessed else frame
    except TableError:
        raise
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise TableError(f"{str(path)!r} could not be read as {path.suffix.lower()}: {error}") from error
    if frame.height == 0:
        raise TableError(f"{str(path)!r} has column names but no rows")
    return frame


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write a table in the format that the name's ending says."""
    WRITERS[_ending(path, WRITERS)](frame, path)


def take_column(frame: pl.DataFrame, name: str, what: str) -> pl.Series:
    """Return a column; `TableError` lists the names when it is not there."""
    if name not in frame.columns:
        like = nearest(name, frame.columns)
        raise TableError(
            f"there is no column {name!r} to take as {what}{f' (did you mean {like!r}?)' if like else ''}; the columns "
            f"are: {', '.join(frame.columns)}"
        )
    return frame[name]


def separator_of(path: Path) -> str:
    """Return what separates the names in the first line of a CSV: the commonest of , ; tab and |, or a comma."""
    with path.open("rb") as file:
        names = re.sub(rb'"[^"]*"', b"", file.readline(LONGEST_LINE)).decode("latin-1")
    return max(SEPARATORS, key=names.count)


def _reason(path: Path, separator: str, error: Exception) -> str:
    """Return what is wrong with a text file that polars refuses, and what to do about it."""
    names: list[str] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, delimiter=separator)
            names = next(lines, [])
            long = next((lines.line_num for cells in lines if len(cells) > len(names)), None)
    except UnicodeDecodeError as wrong:
        return f"byte {wrong.start} is no UTF-8; save the file as UTF-8 (spreadsheets call it 'CSV UTF-8')"
    except csv.Error:
        long = None
    if long is not None:
        return (
            f"line {long} has more cells than the {len(names)} names of the first line; correct it, or quote its text"
        )
    return str(error).splitlines()[0]


def _is_numeric(series: pl.Series) -> bool:
    return series.dtype.is_numeric() or series.dtype == pl.Boolean


def _ending(path: Path, known: Collection[str]) -> str:
    ending = path.suffix.lower()
    if ending not in known:
        raise TableError(f"{str(path)!r} ends in {ending!r}; the formats are {', '.join(known)}")
    return ending


def _read_text(path: Path, separator: str, types: ColumnTypes) -> pl.DataFrame:
    """Return a CSV; what polars takes for dates stays text where 01/02/2024 could be two days."""

    def read(types: ColumnTypes) -> pl.DataFrame:
        return pl.read_csv(
            path, separator=separator, infer_schema_length=None, try_parse_dates=True, schema_overrides=types
        )

    try:
        frame = read(types)
    except pl.exceptions.ComputeError as error:
        raise TableError(f"{str(path)!r} could not be read: {_reason(path, separator, error)}") from error
    twice = [name for name in frame.columns if (match := DOUBLED.match(name)) and match[1] in frame.columns]
    if twice:
        name = twice[0].rsplit("_duplicated_", 1)[0]
        raise TableError(f"{str(path)!r} has more than one column {name!r}; give every column a name of its own")
    dates = [name for name, kind in frame.schema.items() if kind.is_temporal() and kind != pl.Time]
    if not dates:
        return frame
    written = read(types | dict.fromkeys(dates, pl.String))
    odd = [name for name in dates if not written[name].str.strip_chars().str.contains(CLEAR_DATE).all()]
    return frame.with_columns(written[name] for name in odd)
