"""Columns of cells as a network's inputs, in NumPy: functions that a written module is made of, each by its source.

They do what `glassnet.data.match` and `glassnet.data.encode` do to a column.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from glassnet.data.booleans import ANSWERS, as_levels
from glassnet.data.date_column import other_zones
from glassnet.data.dates import on_circle
from glassnet.data.parse_dates import Moment
from glassnet.data.tokens import token_flags
from glassnet.exchange.formulas.numpy_cells import (
    UnreadCellError,
    as_moment,
    as_number,
    as_text,
    is_gap,
    is_mark_of_gap,
    read_iso_date,
    read_plain_number,
    seconds_since_1970,
    stripped,
)

UNKNOWN_LEVEL = -1.0  # the code of a level that is missing, or that training did not see


class Kind(NamedTuple):
    """What becomes of the cells of a column: a vector, and of that the inputs that are numbers or flags."""

    name: str
    vector: "Callable[[TableColumn, Sequence[object]], np.ndarray]"
    numbers: "Callable[[TableColumn, np.ndarray], list[np.ndarray]]"
    flags: "Callable[[TableColumn, np.ndarray], list[np.ndarray]]"


class TableColumn(NamedTuple):
    """How the network takes a column."""

    name: str
    kind: Kind
    missing: bool = False  # whether a further input says where a cell is missing
    levels: tuple[str, ...] = ()  # of a category: those with an input or a code of their own
    rare_levels: tuple[str, ...] = ()  # those that count as unknown
    coded: bool = False  # whether the input is the number of the level
    tokens: tuple[str, ...] = ()  # parts of text whose presence is an input
    values: tuple[float, ...] = ()  # of a flag: what becomes 0 and what becomes 1
    periods: tuple[str, ...] = ()  # of a date: the periods whose phase is an input
    zoned: bool | None = None  # of a date: whether its cells say their time zone
    origin: int = 0  # what is subtracted from integers beyond 2^53
    read_number: Callable[[str], float | None] | None = None  # of text; None reads -12.5 and 1e3
    read_date: Callable[[str], Moment | None] | None = None  # of text; None reads 2024-12-31T18:00:00


def numbers_in(column: TableColumn, cells: Sequence[object]) -> np.ndarray:
    """Return a column of numbers, booleans or durations as float64, NaN where a cell is missing."""
    found = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        if is_gap(cell):
            continue
        if isinstance(cell, bool | np.bool_) and column.values not in ((), (0.0, 1.0)):
            low, high = column.values
            raise ValueError(
                f"column {column.name!r} held {low:g} and {high:g} in training, but now holds booleans; give it as it "
                "was"
            )
        found[row] = number_in(column, cell, row)
    if np.isinf(found).any():
        row = int(np.argmax(np.isinf(found)))
        raise UnreadCellError(
            f"column {column.name!r} is infinite (inf) in row {row}; give a finite number, or leave the cell empty", row
        )
    return with_gaps_told(column, found)


def with_gaps_told(column: TableColumn, found: np.ndarray) -> np.ndarray:
    """Return the numbers; a warning says where some are missing and none was in training."""
    gaps = int(np.isnan(found).sum())
    if gaps and not column.missing:
        warnings.warn(
            f"column {column.name!r} was never missing in training, but is in {gaps} row(s); the median of training "
            "stands in for it",
            UserWarning,
            stacklevel=2,
        )
    return found


def number_in(column: TableColumn, cell: object, row: int) -> float:
    """Return one cell as a number, less the origin of its column."""
    if column.origin and isinstance(cell, int | np.integer):
        return float(int(cell) - column.origin)
    if isinstance(cell, str):
        return number_in_text(column, stripped(cell), row)
    if as_moment(cell) is not None:
        raise ValueError(f"column {column.name!r} held numbers in training, but now holds dates; give it as it was")
    number = as_number(cell)
    if number is None:
        raise TypeError(f"column {column.name!r} holds a {type(cell).__name__} in row {row}; give a number, or None")
    return number - column.origin


def number_in_text(column: TableColumn, text: str, row: int) -> float:
    """Return the number in a cell of text, NaN where the text stands for a missing one."""
    if is_mark_of_gap(text):
        return np.nan
    if column.values == (0.0, 1.0) and text.lower() in ANSWERS:
        return ANSWERS[text.lower()]
    if column.origin and text.lstrip("+-").isdecimal():
        return float(int(text) - column.origin)
    number = read_plain_number(text) if column.read_number is None else column.read_number(text)
    if number is None:
        raise UnreadCellError(
            f"column {column.name!r} held numbers in training, but row {row} has {text!r}; give a number, or leave the "
            "cell empty",
            row,
        )
    return number - column.origin


def moments_in(column: TableColumn, cells: Sequence[object]) -> np.ndarray:
    """Return a column of dates as seconds since 1970-01-01, NaN where a cell is missing."""
    found = [None if is_gap(cell) else moment_in(column, cell, row) for row, cell in enumerate(cells)]
    zones = {moment.zoned for moment in found if moment is not None}
    if len(zones) > 1:
        raise ValueError(
            f"column {column.name!r} holds dates that say their time zone and dates that do not; give all of them a "
            "time zone or none"
        )
    if zones and column.zoned is not None and zones != {column.zoned}:
        raise ValueError(other_zones(column.name, column.zoned))
    seconds = np.array([np.nan if moment is None else moment.seconds for moment in found], dtype=np.float64)
    return with_gaps_told(column, seconds)


def moment_in(column: TableColumn, cell: object, row: int) -> Moment | None:
    """Return one cell as a moment, None where its text stands for a missing one."""
    moment = as_moment(cell)
    if moment is not None:
        return Moment(seconds_since_1970(moment), moment.tzinfo is not None)
    if not isinstance(cell, str):
        raise ValueError(f"column {column.name!r} held dates in training, but now holds numbers; give it as it was")
    text = stripped(cell)
    if is_mark_of_gap(text):
        return None
    read = read_iso_date(text) if column.read_date is None else column.read_date(text)
    if read is None:
        raise UnreadCellError(
            f"column {column.name!r} held dates in training, but row {row} has {text!r}; give a date such as "
            "2024-12-31, or leave the cell empty",
            row,
        )
    return read


def texts_in(column: TableColumn, cells: Sequence[object]) -> np.ndarray:
    """Return a category as text, None where a cell is missing; booleans are spelled as the levels spell them."""
    known = column.levels + column.rare_levels
    spelled = (
        {True: "true", False: "false"}
        if {"true", "false"} & {one.lower() for one in known}
        else {True: "1", False: "0"}
    )
    found = np.empty(len(cells), dtype=object)
    for row, cell in enumerate(cells):
        if not is_gap(cell):
            found[row] = spelled[bool(cell)] if isinstance(cell, bool | np.bool_) else as_text(cell)
    found = as_levels(known, found)
    tell_other_levels(column, [cell for cell in found if cell is not None])
    return found


def tell_other_levels(column: TableColumn, present: Sequence[str]) -> None:
    """Warn where most cells of a category are no level that training saw."""
    known = {*column.levels, *column.rare_levels}
    other = [cell for cell in present if cell not in known]
    if not column.tokens and column.levels and len(other) > len(present) / 2:
        warnings.warn(
            f"{len(other)} of {len(present)} cells of column {column.name!r} are no level that training saw: it has "
            f"{min(other)!r}, where training had {column.levels[0]!r}",
            UserWarning,
            stacklevel=2,
        )


def numbers_of_number(column: TableColumn, cells: np.ndarray) -> list[np.ndarray]:
    """Return the number itself."""
    return [cells[:, None]]


def numbers_of_date(column: TableColumn, cells: np.ndarray) -> list[np.ndarray]:
    """Return the seconds, and sine and cosine of where they stand in each period."""
    return [cells[:, None], *(on_circle(period, cells) for period in column.periods)]


def no_numbers(column: TableColumn, cells: np.ndarray) -> list[np.ndarray]:
    """Return nothing: the column has flags or a code."""
    return []


def flags_of_flag(column: TableColumn, cells: np.ndarray) -> list[np.ndarray]:
    """Return 0 for the low and 1 for the high value, and whether the cell is missing."""
    low, high = column.values
    return [((cells - low) / (high - low))[:, None], *flag_of_gap(column, cells)]


def flags_of_category(column: TableColumn, cells: np.ndarray) -> list[np.ndarray]:
    """Return an indicator a level unless the column is coded, and whether the cell is missing."""
    return [*indicators(column, cells), *flag_of_gap(column, cells)]


def flags_of_text(column: TableColumn, cells: np.ndarray) -> list[np.ndarray]:
    """Return an indicator a level unless the column is coded, one a token, and whether the cell is missing."""
    return [*indicators(column, cells), token_flags(column.tokens, cells), *flag_of_gap(column, cells)]


def indicators(column: TableColumn, cells: np.ndarray) -> list[np.ndarray]:
    """Return 1 at the level of every cell, unless the column is coded."""
    if column.coded:
        return []
    return [(codes(column, cells)[:, None] == np.arange(len(column.levels))).astype(np.float64)]


def flag_of_gap(column: TableColumn, cells: np.ndarray) -> list[np.ndarray]:
    """Return whether the cell is missing, where training had missing cells."""
    absent = np.array([cell is None or cell != cell for cell in cells], dtype=np.float64)
    return [absent[:, None]] if column.missing else []


def codes(column: TableColumn, cells: np.ndarray) -> np.ndarray:
    """Return the number of the level of every cell, -1 where it is none."""
    place = {one: float(number) for number, one in enumerate(column.levels)}
    return np.array([place.get(cell, UNKNOWN_LEVEL) for cell in cells], dtype=np.float64)


NUMBER = Kind("number", numbers_in, numbers_of_number, flag_of_gap)
FLAG = Kind("flag", numbers_in, no_numbers, flags_of_flag)
DATE = Kind("date", moments_in, numbers_of_date, flag_of_gap)
CATEGORY = Kind("category", texts_in, no_numbers, flags_of_category)
TEXT = Kind("text", texts_in, no_numbers, flags_of_text)
