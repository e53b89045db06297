"""Which tables come from files, and whether their rows are kept in memory in a fit, or read in windows."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeGuard, cast

import numpy as np
from numpy.typing import ArrayLike

from glassnet._lazy import pl
from glassnet.data.dense_size import available_bytes
from glassnet.data.files import TableFiles
from glassnet.data.shared import power_of_two
from glassnet.estimators.encoded_files import Roles

BYTES_A_NUMBER = 72  # of encoded rows in a fit in memory: 1,535 bytes a row of 21 columns
BYTES_IN_WINDOW = 48  # of a number of a window: float64, two float32, and the next window
MOST_ROWS_A_WINDOW = 2**18
FEWEST_ROWS_A_WINDOW = 2**12
UNITS = {"kib": 2**10, "mib": 2**20, "gib": 2**30, "kb": 10**3, "mb": 10**6, "gb": 10**9, "b": 1}


class Choice(NamedTuple):
    """How rows of files are held in a fit.

    Parameters
    ----------
    rows_a_window : int or None
        The rows of a window; None where all rows are in memory.
    reason : str
        Why.
    room : int
        The bytes that a window may take; 0 where there are none.
    """

    rows_a_window: int | None
    reason: str
    room: int = 0


def is_files(X: object) -> "TypeGuard[str | Path | Sequence[str | Path] | pl.LazyFrame | TableFiles]":
    """Return whether X names files of a table, or is a query of one or files that are open, and no table itself."""
    if isinstance(X, str | Path | TableFiles):
        return True
    if isinstance(X, list | tuple):
        return bool(X) and all(isinstance(name, str | Path) for name in X)
    return type(X).__name__ == "LazyFrame" and isinstance(X, pl.LazyFrame)


def roles_of(y: ArrayLike, sample_weight: object, groups: object, exposure: object) -> Roles:
    """Return the columns of files that are no inputs, by their names; `TypeError` for anything but names."""
    targets = [y] if isinstance(y, str) else y
    if not isinstance(targets, list | tuple) or not targets or not all(isinstance(name, str) for name in targets):
        raise TypeError(
            f"X names files or is a query, and y is {type(y).__name__}; give the name of the target's column, or a "
            "list of names; for a query beside an array call .collect() on it first"
        )
    others = {"sample_weight": sample_weight, "groups": groups, "exposure": exposure}
    for option, value in others.items():
        if not (value is None or isinstance(value, str)):
            raise TypeError(f"X names files, and {option} is {type(value).__name__}; give the name of its column")
    names = cast(dict[str, str | None], others)
    return Roles(tuple(cast(list[str], targets)), names["sample_weight"], names["groups"], names["exposure"])


def check_no_validation(X_val: object, y_val: object) -> None:
    """Raise `ValueError` for validation rows beside files."""
    if X_val is not None or y_val is not None:
        raise ValueError("X names files, whose members stop by rows of their own; leave X_val and y_val out")


def bytes_of(size: int | str) -> int:
    """Return a number of bytes, given as one or as text such as "2 GiB"; `ValueError` for anything else."""
    if isinstance(size, str):
        text = size.strip().lower()
        unit = next((unit for unit in UNITS if text.endswith(unit)), "")
        try:
            number = float(text.removesuffix(unit)) * UNITS.get(unit, 1)
        except ValueError:
            number = 0.0
    else:
        number = float(size)
    if not 1 <= number < np.inf:
        raise ValueError(f"max_memory={size!r} must be a number of bytes, or text such as '2 GiB' or '500 MB'")
    return int(number)


def choose(rows: int, columns: int, max_memory: int | str | None) -> Choice:
    """Return whether rows of so many columns are kept in memory, or how many are in a window."""
    needed, free = rows * columns * BYTES_A_NUMBER, available_bytes()
    room = free // 2 if max_memory is None and free is not None else None
    room = bytes_of(max_memory) if max_memory is not None else room
    if room is None or needed <= room or rows <= FEWEST_ROWS_A_WINDOW:
        limit = "" if room is None else f", of {_size(room)} that they may take"
        return Choice(None, f"{rows:,} rows need about {_size(needed)} of memory{limit}")
    size = rows_of_window(room, columns)
    why = "half of what is free" if max_memory is None else "max_memory"
    return Choice(
        size,
        f"{rows:,} rows need about {_size(needed)} of memory, more than {_size(room)} ({why}): they are trained on in "
        f"windows of {size:,} rows",
        room,
    )


def rows_of_window(room: int, columns: int) -> int:
    """Return how many rows of so many numbers a window has that may take `room` bytes: a power of two."""
    wanted = power_of_two(max(room // (columns * BYTES_IN_WINDOW), 1) + 1) // 2
    return min(max(wanted, FEWEST_ROWS_A_WINDOW), MOST_ROWS_A_WINDOW)


@contextmanager
def work_folder(checkpoint: Path | None) -> Generator[Path]:
    """Give a folder for converted and encoded rows: one in that of checkpoints, which stays, or one for a while."""
    if checkpoint is not None:
        folder = checkpoint / "table"
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with TemporaryDirectory(prefix="glassnet-") as folder:
        yield Path(folder)


def _size(size: float) -> str:
    return f"{size / 2**30:.3g} GiB" if size >= 2**29 else f"{size / 2**20:.3g} MiB"
