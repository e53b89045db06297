"""One file, or the rows of a query, as a Parquet file: as it is, or converted in bounded memory."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from glassnet._lazy import pl
from glassnet.data.raw_table import ReadOptions, check_options
from glassnet.data.report import Note, TableError
from glassnet.data.source import format_of
from glassnet.data.unpacked import opened


@dataclass(frozen=True)
class Converted:
    """A Parquet file with raw columns: strings where the file that it was made of has text.

    Parameters
    ----------
    name : str
        The file that was given.
    path : path
        The Parquet file.
    rows : int
        Its rows.
    schema : polars.Schema
        Names and types of its columns.
    notes : tuple of Note
        What was decided.
    comma_by_default : bool
        Whether a comma is the decimal mark where no cell says otherwise.
    with_points : frozenset of str
        Columns of text some of whose cells were numbers by their type, written with decimal points.
    """

    name: str
    path: Path
    rows: int
    schema: "pl.Schema"
    notes: tuple[Note, ...] = ()
    comma_by_default: bool = False
    with_points: frozenset[str] = frozenset()


def scan(path: Path) -> "pl.LazyFrame":
    """Return the rows of a Parquet file, to be pulled."""
    return pl.scan_parquet(path, glob=False)


def parquet_schema(path: Path) -> "pl.Schema":
    """Return names and types of the columns of a Parquet file."""
    return scan(path).collect_schema()


def converted(path: Path, folder: Path, options: ReadOptions, block: int, number: int) -> Converted:
    """Return a file as Parquet, written into `folder` where it has another format; `number` is its place among others.

    Raises `TableError` for what has to be read at once, and says how.
    """
    packing, start = opened(path)
    format = format_of(str(path), path.name.removesuffix(packing or ""), start)
    if packing and format in ("parquet", "arrow"):
        raise TableError(
            f"{str(path)!r} is {format} that is packed as {packing}; unpack it, and give the {format} file"
        )
    check_options(str(path), format, options)
    if format == "parquet":
        return _parquet(str(path), path)
    made = folder / f"{number:05d}-{path.name}.parquet"
    if format == "arrow":
        return _written(made, lambda part: pl.scan_ipc(path, glob=False).sink_parquet(part), str(path))
    if format == "excel":
        raise TableError(
            f"{str(path)!r} is a workbook, which is read at once and not in slices; save it as CSV, or give the frame "
            "of glassnet.read_table"
        )
    from glassnet.data.json_lines import convert_lines
    from glassnet.data.text_blocks import convert_text

    convert = convert_text if format == "text" else convert_lines
    notes = _of_packing(path, packing)
    found: dict[str, bool | frozenset[str]] = {}

    def write(part: Path) -> None:
        found.update(convert(path, packing, part, options, block, notes))

    return _written(made, write, str(path), notes, found)


def _of_packing(path: Path, packing: str | None) -> list[Note]:
    """Return a note where the name of a file does not say how it is packed."""
    if packing is None or path.name.lower().endswith(packing):
        return []
    return [Note("format", f"{str(path)!r} is packed as {packing}, which its name does not say; it was unpacked")]


def converted_query(query: "pl.LazyFrame", folder: Path) -> Converted:
    """Return the rows of a query, written as Parquet into `folder`."""
    made = folder / f"query-{secrets.token_hex(8)}.parquet"
    return _written(made, lambda part: query.sink_parquet(part), "the LazyFrame")


def _parquet(
    name: str, path: Path, notes: list[Note] | None = None, found: "dict[str, bool | frozenset[str]] | None" = None
) -> Converted:
    try:
        rows, schema = int(scan(path).select(pl.len()).collect().item()), parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise TableError(f"{name!r} could not be read as Parquet: {error}") from error
    return Converted(name, path, rows, schema, tuple(notes or ()), **(found or {}))  # pyright: ignore[reportArgumentType]


def _written(
    made: Path,
    write: Callable[[Path], None],
    name: str,
    notes: list[Note] | None = None,
    found: "dict[str, bool | frozenset[str]] | None" = None,
) -> Converted:
    """Write a Parquet file under another name, and rename it when it is complete."""
    made.parent.mkdir(parents=True, exist_ok=True)
    part = made.with_name(f".glassnet-{secrets.token_hex(8)}.part")
    try:
        write(part)
        part.replace(made)
    except pl.exceptions.PolarsError as error:
        raise TableError(f"{name!r} could not be read: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return _parquet(name, made, notes, found)
