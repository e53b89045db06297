"""Some rows of a table in files, drawn at random by their numbers, as a frame in memory."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from glassnet._lazy import pl
from glassnet.data.files import TableFiles
from glassnet.data.keyed_sample import drawn_rows
from glassnet.data.report import TableError

MOST_ROWS = 131_072
SLICE = 65_536  # rows that are read at once


@dataclass(frozen=True, eq=False)
class RowSample:
    """Which rows of a table were drawn.

    Parameters
    ----------
    numbers : array (rows of the sample,) of int
        Their numbers in the table, counted from 0, in order.
    of_rows : int
        The rows of the table.
    seed : int
        The seed by which they were drawn.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import RowSample
    >>> sample = RowSample(np.array([3, 17, 40]), of_rows=100, seed=0)
    >>> sample.rows, sample.has_all
    (3, False)
    >>> print(sample)
    a sample of 3 of 100 rows, drawn at random by the row's number, each with the same chance (seed 0)
    """

    numbers: np.ndarray
    of_rows: int
    seed: int

    @property
    def rows(self) -> int:
        """The number of rows that were drawn."""
        return len(self.numbers)

    @property
    def has_all(self) -> bool:
        """Whether all rows of the table were drawn."""
        return self.rows == self.of_rows

    def __str__(self) -> str:
        if self.has_all:
            return f"all {self.of_rows:,} rows"
        return (
            f"a sample of {self.rows:,} of {self.of_rows:,} rows, drawn at random by the row's number, each with the "
            f"same chance (seed {self.seed})"
        )


def sample_of_files(
    files: TableFiles,
    rows: int = MOST_ROWS,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> "tuple[pl.DataFrame, RowSample]":
    """Return rows of a table in files, drawn at random by their numbers, in their order; all where it has no more.

    Memory grows with the rows that are drawn, not with those of the table.

    Parameters
    ----------
    files : TableFiles
        The table, of `open_files`.
    rows : int
        How many rows are drawn, at least 1.
    seed : int
        The seed; the rows depend on it and on the number of rows of the table.
    progress : callable (int), optional
        Called with the number of rows that were read after every slice.

    Returns
    -------
    polars.DataFrame
        The rows.
    RowSample
        Which rows they are.

    Raises
    ------
    TableError
        For fewer than 1 row, and for files that have changed since they were opened.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import polars as pl
    >>> from glassnet import open_files, sample_of_files
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "squares.parquet"
    ...     pl.DataFrame({"x": range(1000), "y": [x * x for x in range(1000)]}).write_parquet(path)
    ...     frame, sample = sample_of_files(open_files(path, Path(folder)), rows=50)
    >>> frame.shape, sample.rows, sample.of_rows
    ((50, 2), 50, 1000)
    >>> (frame["x"].to_numpy() == sample.numbers).all().item()  # here a row's number is its x
    True
    """
    if rows < 1:
        raise TableError(f"a sample of {rows} rows is asked for; give at least 1")
    numbers = drawn_rows(files.rows, rows, seed)
    parts: list[pl.DataFrame] = []
    for first, frame in files.slices(SLICE):
        low, high = np.searchsorted(numbers, [first, first + frame.height])
        parts.append(frame[numbers[low:high] - first])
        if progress is not None:
            progress(first + frame.height)
    return pl.concat(parts), RowSample(numbers, files.rows, seed)
