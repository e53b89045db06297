"""Raw tables in Parquet files: columns of equal names and types, and slices of their rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from glassnet._lazy import pl
from glassnet.data.convert_files import Converted, converted, converted_query, parquet_schema, scan
from glassnet.data.raw_table import ReadOptions
from glassnet.data.report import Note, TableError
from glassnet.data.typed_cells import check_cell_types


@dataclass(frozen=True)
class RawFiles:
    """Files of one table whose text is not read as numbers yet.

    Parameters
    ----------
    paths : tuple of path
        Parquet files.
    counts : tuple of int
        The rows of each.
    name : str
        What the table is called in messages.
    comma_by_default : bool
        Whether a comma is the decimal mark where no cell says otherwise.
    with_points : frozenset of str
        Columns of text some of whose cells were numbers by their type, written with decimal points.
    notes : tuple of Note
        What was decided so far.
    """

    paths: tuple[Path, ...]
    counts: tuple[int, ...]
    name: str = ""
    comma_by_default: bool = False
    with_points: frozenset[str] = frozenset()
    notes: tuple[Note, ...] = ()

    @property
    def rows(self) -> int:
        """The number of rows."""
        return sum(self.counts)

    @property
    def schema(self) -> "pl.Schema":
        """Names and types of the columns."""
        return parquet_schema(self.paths[0])

    def slices(self, rows: int, names: Sequence[str]) -> "Iterator[tuple[int, pl.DataFrame]]":
        """Return the rows of some columns in slices, each with the number of its first row."""
        for number in range(0, self.rows, rows):
            yield number, self.slice(number, min(rows, self.rows - number), names)

    def slice(self, first: int, rows: int, names: Sequence[str]) -> "pl.DataFrame":
        """Return some rows of some columns; `TableError` where a file has changed since it was opened."""
        parts: list[pl.DataFrame] = []
        begin = 0
        for path, count in zip(self.paths, self.counts, strict=True):
            low, high = max(first, begin), min(first + rows, begin + count)
            if low < high:
                part = scan(path).select(names).slice(low - begin, high - low).collect()
                _check_height(path, part.height, high - low)
                parts.append(part)
            begin += count
        return parts[0] if len(parts) == 1 else pl.concat(parts)


def raw_files(
    given: "tuple[Path, ...] | pl.LazyFrame", folder: Path, options: ReadOptions, block: int, *, decimal_known: bool
) -> RawFiles:
    """Return files, or the rows of a query, as Parquet files of equal columns; others are converted into `folder`.

    Unless the decimal mark is known, files have to have the same one by default.
    """
    one_by_one = (
        [converted_query(given, folder)]
        if isinstance(given, pl.LazyFrame)
        else [converted(path, folder, options, block, number) for number, path in enumerate(given)]
    )
    _check_columns(one_by_one)
    if not decimal_known:
        _check_decimals(one_by_one)
    first = one_by_one[0]
    counts = tuple(one.rows for one in one_by_one)
    name = first.name if len(one_by_one) == 1 else f"{first.name} and {len(one_by_one) - 1} more"
    if not sum(counts):
        raise TableError(f"{name!r} has column names but no rows")
    notes = tuple(
        Note(note.code, note.text if len(one_by_one) == 1 else f"{one.name}: {note.text}", note.column)
        for one in one_by_one
        for note in one.notes
    )
    points = frozenset[str]().union(*(one.with_points for one in one_by_one))
    commas = any(one.comma_by_default for one in one_by_one)
    return RawFiles(tuple(one.path for one in one_by_one), counts, name, commas, points, notes)


def _check_decimals(files: list[Converted]) -> None:
    """Raise `TableError` where 1,234 is 1.234 by default in one file, and 1234 in another."""
    first = files[0]
    for other in files[1:]:
        if other.comma_by_default != first.comma_by_default:
            commas, points = (first, other) if first.comma_by_default else (other, first)
            raise TableError(
                f"{commas.name!r} separates cells by semicolons, as files with decimal commas do, and {points.name!r} "
                "does not; type --decimal . or --decimal , (decimal='.') if all have the same decimal mark, or write "
                "them alike"
            )


def _check_height(path: Path, found: int, wanted: int) -> None:
    if found != wanted:
        raise TableError(
            f"{str(path)!r} has changed since it was opened: {found} rows stand where there were {wanted}; open it anew"
        )


def _check_columns(files: list[Converted]) -> None:
    """Raise `TableError` for the first column in which files differ, and for cells that are no cells of a table."""
    first = files[0]
    check_cell_types(first.name, first.schema)
    for other in files[1:]:
        for name in [*first.schema, *other.schema]:
            if name not in other.schema or name not in first.schema:
                has, lacks = (first, other) if name in first.schema else (other, first)
                raise TableError(
                    f"{lacks.name!r} has no column {name!r}, which {has.name!r} has; files of one table have the same "
                    "columns, so add it, or leave one of the files out"
                )
            if first.schema[name] != other.schema[name]:
                raise TableError(
                    f"column {name!r} is {other.schema[name]} in {other.name!r}, but {first.schema[name]} in "
                    f"{first.name!r}; write it as one type in all files"
                )
