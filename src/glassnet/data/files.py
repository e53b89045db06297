"""Tables that do not fit into memory: one table in one or several files, pulled slice by slice in order."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from glassnet._lazy import pl
from glassnet.data.cell_format import TableFormat, convention
from glassnet.data.column_cells import ColumnCells
from glassnet.data.report import ReadReport, TableError
from glassnet.data.table_paths import table_paths
from glassnet.data.text_lines import BLOCK

SLICE = 65_536


@dataclass(frozen=True)
class TableFiles:
    """One table in one or several Parquet files.

    Parameters
    ----------
    paths : tuple of path
        The files; where text was read, the files that it was converted to.
    counts : tuple of int
        The rows of each.
    report : ReadReport
        What was decided, as `read_table` reports it; its `format` given as `like` reads a later table the same way.
    columns : dict of str to ColumnCells
        How every raw column becomes cells.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import polars as pl
    >>> from glassnet import open_files
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "squares.csv"
    ...     pl.DataFrame({"x": range(1000), "y": [x * x for x in range(1000)]}).write_csv(path)
    ...     files = open_files(path, Path(folder))
    ...     first_rows = [first for first, frame in files.slices(400)]
    >>> files.rows, files.names
    (1000, ('x', 'y'))
    >>> first_rows
    [0, 400, 800]
    """

    paths: tuple[Path, ...]
    counts: tuple[int, ...]
    report: ReadReport
    columns: dict[str, ColumnCells] = field(repr=False)

    @property
    def rows(self) -> int:
        """The number of rows of the table."""
        return sum(self.counts)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(self.columns)

    def slices(self, rows: int = SLICE, start: int = 0) -> "Iterator[tuple[int, pl.DataFrame]]":
        """Return the rows from `start` on in slices, each with the number of its first row.

        The cells are those that `read_table` gives of all rows at once. A slice goes on from one file to the next; all
        have the same number of rows but for the last.

        Parameters
        ----------
        rows : int
            Rows of a slice.
        start : int
            The first row.

        Raises
        ------
        TableError
            For numbers of rows that make no sense, and for files that have changed since they were opened.
        """
        if rows < 1 or not 0 <= start <= self.rows:
            raise TableError(
                f"slices of {rows} rows from row {start} on; give at least 1 row, and a start from 0 to {self.rows}"
            )
        from glassnet.data.parquet_files import RawFiles  # which imports polars

        raw = RawFiles(self.paths, self.counts)
        for number in range(start, self.rows, rows):
            frame = raw.slice(number, min(rows, self.rows - number), self.names)
            yield number, pl.DataFrame([reads.cells(frame[name]) for name, reads in self.columns.items()])


def open_files(
    sources: "str | Path | Sequence[str | Path] | pl.LazyFrame",
    folder: Path,
    *,
    separator: str | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    dayfirst: bool | None = None,
    na: Sequence[str] = (),
    skip_rows: int = 0,
    header: int | str | None = None,
    text: Collection[str] = (),
    numeric: Collection[str] = (),
    like: TableFormat | None = None,
    block: int = BLOCK,
) -> TableFiles:
    """Return one table in files, to be read in slices: with the cells that `read_table` gives, or refused.

    Parquet is read where it is. Other files are converted to Parquet in `folder` first, in bounded memory: CSV and
    other text, also packed as .gz or .zst, JSON lines, Arrow, and the rows of a LazyFrame.

    Parameters
    ----------
    sources : path, str, sequence of these, or polars.LazyFrame
        A file, a pattern such as "big/*.parquet", a folder of Parquet files, or several of these, in order. Files of a
        pattern and of a folder are sorted by name.
    folder : path
        Where converted files are written; it is made where it is missing.
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
        Lines to leave out at the start of every file of text.
    header : int or "none", optional
        The line with the names of the columns, counted from 1.
    text : collection of str
        Columns to read as text, though their cells are numbers or dates; they are categories in the frames.
    numeric : collection of str
        Columns to read as numbers; all else in them is missing.
    like : TableFormat, optional
        How an earlier table was read: its columns are read the same way.
    block : int
        Bytes of text that are read at once.

    Raises
    ------
    TableError
        For files that are no table or that differ in their columns, and for what cannot be decided in slices; it says
        what to type.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import polars as pl
    >>> from glassnet import open_files
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for number in (1, 2):
    ...         pl.DataFrame({"x": [number] * 3}).write_parquet(Path(folder) / f"part-{number}.parquet")
    ...     files = open_files(f"{folder}/part-*.parquet", Path(folder))
    ...     cells = [frame["x"].to_list() for _, frame in files.slices(4)]
    >>> files.counts, cells
    ((3, 3), [[1, 1, 1, 2], [2, 2]])
    """
    from glassnet.data.decide_columns import decide_columns  # which imports polars, as the others do
    from glassnet.data.parquet_files import raw_files
    from glassnet.data.raw_table import ReadOptions
    from glassnet.data.read import line_of_names

    asked = convention(decimal, thousands, dayfirst, tuple(na) + (like.na if like else ()), tuple(text), tuple(numeric))
    options = ReadOptions(separator, encoding, skip_rows, line_of_names(header))
    given = sources if isinstance(sources, pl.LazyFrame) else table_paths(sources)
    raw = raw_files(given, folder, options, block, decimal_known=like is not None or decimal is not None)
    decided = decide_columns(raw, asked, like, SLICE)
    report = replace(decided.report, notes=(*raw.notes, *decided.report.notes))
    return TableFiles(raw.paths, raw.counts, report, decided.columns)
