"""Predictions of a table in files, slice by slice, with every warning given once."""

import re
import time
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import NamedTuple

from glassnet._lazy import pl
from glassnet.data.files import TableFiles
from glassnet.data.report import TableError
from glassnet.data.slice_writers import WriteSlice

QUOTED = r"'(?:[^'\\]|\\.)*'"
SLICE = 65_536  # rows that are predicted at once: whole calls of the network, so that bits are those of all rows


class SliceProgress(NamedTuple):
    """How far the predictions of a table are.

    Parameters
    ----------
    rows, of_rows : int
        Rows that are done, and rows of the table.
    seconds : float
        Seconds since the first slice was begun.
    """

    rows: int
    of_rows: int
    seconds: float


Progress = Callable[[SliceProgress], None]


def write_predictions(
    files: TableFiles,
    predict: "Callable[[pl.DataFrame], pl.DataFrame]",
    write: WriteSlice,
    progress: Progress | None = None,
    rows: int = SLICE,
) -> None:
    """Write what `predict` gives of every slice of a table, in order; see `each_slice`."""

    def use(_: int, frame: "pl.DataFrame") -> None:
        write(predict(frame))

    each_slice(files, use, progress, rows)


def each_slice(
    files: TableFiles,
    use: "Callable[[int, pl.DataFrame], None]",
    progress: Progress | None = None,
    rows: int = SLICE,
) -> None:
    """Call `use` with every slice of a table, in order, and with the number of its first row.

    A warning that comes again in a later slice, with other numbers, is given once. `ValueError` names the rows of the
    slice beside what is wrong.
    """
    begin = time.monotonic()
    told = set[tuple[type[Warning], str]]()
    for first, frame in files.slices(rows):
        last = first + frame.height - 1
        with _once(told, first, last, files.rows), _where(first, last, files.rows > rows):
            use(first, frame)
        if progress is not None:
            progress(SliceProgress(last + 1, files.rows, time.monotonic() - begin))


@contextmanager
def _once(told: set[tuple[type[Warning], str]], first: int, last: int, rows: int) -> Generator[None, None, None]:
    """Give the warnings of one slice that no slice before has given."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught:
        kind = (warning.category, _without_numbers(str(warning.message)))
        if kind not in told:
            told.add(kind)
            of_slice = last + 1 - first < rows and re.search(r"\d", re.sub(QUOTED, "", str(warning.message)))
            where = f" (rows {first} to {last}; said once)" if of_slice else ""
            warnings.warn(f"{warning.message}{where}", warning.category, stacklevel=5)


def _without_numbers(text: str) -> str:
    """Return a message without what differs from slice to slice: its numbers and its examples, but for the column."""
    head, *rest = re.split(f"({QUOTED})", text)
    column = rest[0] if rest else ""
    return re.sub(r"\d+", "#", head) + column + re.sub(rf"{QUOTED}|\d+", "#", "".join(rest[1:]))


@contextmanager
def _where(first: int, last: int, in_slices: bool) -> Generator[None, None, None]:
    """Say in an error which rows it is about, where the table has more."""
    try:
        yield
    except ValueError as error:
        if not in_slices:
            raise
        kind = TableError if isinstance(error, TableError) else ValueError
        raise kind(f"{error} (in rows {first} to {last} of the table, counted from 0)") from error
