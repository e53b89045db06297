"""A column of a table in numbers: gaps, quartiles or levels, and what of it training did not see."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace

import numpy as np

from glassnet.data.column import Column
from glassnet.data.dates import DAY
from glassnet.data.integers import plus_origin
from glassnet.insight.text import Cell

MOST_LEVELS = 8  # that are listed
QUARTILES = (0.0, 0.25, 0.5, 0.75, 1.0)

HEADER = (
    "column", "used as", "missing", "distinct", "minimum", "lower quartile", "median", "upper quartile", "maximum",
    "mean", "standard deviation", "levels", "outside training",
)  # fmt: skip

Levels = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class NumberStatistics:
    """Numbers, or dates in seconds since 1970 (UTC), without the missing ones.

    Attributes
    ----------
    minimum, lower_quartile, median, upper_quartile, maximum : float
        The quantiles at 0, 1/4, 1/2, 3/4 and 1, interpolated linearly.
    mean, standard_deviation : float
        The mean m and sqrt(mean (x - m)^2).

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, table_statistics
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> numbers = table_statistics(model, X, y).targets[0].values.numbers
    >>> numbers.minimum, numbers.median, numbers.maximum
    (25.0, 140.5, 346.0)
    >>> round(numbers.mean, 2), round(numbers.standard_deviation, 2)
    (152.13, 77.01)
    """

    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float
    mean: float
    standard_deviation: float


@dataclass(frozen=True)
class ColumnStatistics:
    """One column, or one target.

    Attributes
    ----------
    name : str
        Its name.
    kind : "number", "flag", "category", "date" or "left out"
        What the cells are to the model.
    used_as : str
        What it became, or why it is left out.
    missing, missing_fraction : int, float
        How many cells are missing, and which fraction of the rows.
    distinct : int
        The number of different cells, the missing ones aside.
    numbers : NumberStatistics or None
        Of numbers and dates that are not all missing.
    levels : tuple of (str, int)
        Of flags and categories: the levels with their counts, the most frequent first, at most 8; of classes all.
    other_levels : int
        How many more levels there are.
    outside, outside_fraction : int, float or None
        How many cells training did not see: numbers and dates beyond its range, other levels; None where it is not
        known, as of text by its words, of targets, and of models from old files.
    unseen_levels : tuple of (str, int)
        The levels among them, as in `levels`.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, table_statistics
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> sex = table_statistics(model, X).columns[1]
    >>> sex.name, sex.kind, sex.missing, sex.distinct
    ('sex', 'flag', 0, 2)
    >>> [count for level, count in sex.levels]
    [235, 207]
    """

    name: str
    kind: str
    used_as: str
    missing: int
    missing_fraction: float
    distinct: int
    numbers: NumberStatistics | None = None
    levels: Levels = ()
    other_levels: int = 0
    outside: int | None = None
    outside_fraction: float | None = None
    unseen_levels: Levels = ()


def column_statistics(column: Column, cells: np.ndarray, outside: np.ndarray | None = None) -> ColumnStatistics:
    """Return the statistics of a column's cells (rows,), as a schema matches them.

    `outside` says of every cell whether training saw nothing like it, where that is known.
    """
    numeric = cells.dtype != object
    gaps = np.isnan(cells) if numeric else np.array([cell is None for cell in cells])
    present, names = cells[~gaps], np.array([], dtype=object)
    if closed := column.kind in ("flag", "category"):
        names = np.array([_name(column, cell) for cell in present.tolist()], dtype=object)
    levels = by_frequency(names)
    statistics = ColumnStatistics(
        name=column.name,
        kind=column.kind,
        used_as=str(column),
        missing=int(gaps.sum()),
        missing_fraction=float(gaps.mean()),
        distinct=len(np.unique(present)) if numeric else len(set(present)),
        numbers=_numbers(present + float(column.origin)) if column.kind in ("number", "date") else None,
        levels=levels[:MOST_LEVELS],
        other_levels=max(0, len(levels) - MOST_LEVELS),
    )
    if outside is None:
        return statistics
    unseen = by_frequency(names[outside[~gaps]])[:MOST_LEVELS] if closed else ()
    count, fraction = int(outside.sum()), float(outside.mean())
    return replace(statistics, outside=count, outside_fraction=fraction, unseen_levels=unseen)


def by_frequency(names: Sequence[str] | np.ndarray) -> Levels:
    """Return names with their counts, the most frequent first, equally frequent ones by name."""
    return tuple(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))


def _numbers(present: np.ndarray) -> NumberStatistics | None:
    if not present.size:
        return None
    low, lower, middle, upper, high = np.quantile(present, QUARTILES).tolist()
    return NumberStatistics(low, lower, middle, upper, high, float(present.mean()), float(present.std()))


def _name(column: Column, cell: str | float) -> str:
    """Return a cell of a flag or a category as text."""
    if isinstance(cell, str):
        return cell
    number = plus_origin(cell, column.origin)
    return str(int(number)) if float(number).is_integer() else f"{number:.15g}"


def line_of(column: ColumnStatistics) -> tuple[Cell, ...]:
    """Return a column as a line of a table under `HEADER`; dates as text."""
    numbers: tuple[Cell, ...] = (None,) * len(fields(NumberStatistics))
    if column.numbers is not None:
        *moments, deviation = astuple(column.numbers)
        date = column.kind == "date"
        numbers = (
            (*(as_cell("date", each) for each in moments), f"{deviation / DAY:.6g} days")
            if date
            else (*moments, deviation)
        )
    levels = [f"{name} ({count})" for name, count in column.levels[:MOST_LEVELS]]
    more = column.other_levels + len(column.levels) - len(levels)
    text = ", ".join([*levels, *([f"and {more} more"] if more else [])])
    return column.name, column.used_as, column.missing, column.distinct, *numbers, text, column.outside


def as_cell(kind: str, number: float) -> Cell:
    """Return a number of a column of some kind as a cell of a table: of dates, which are in seconds, as text.

    Parameters
    ----------
    kind : str
        The kind of the column, such as "date".
    number : float
        The number; NaN, where there is none, gives an empty cell.
    """
    if np.isnan(number):
        return None
    if kind != "date":
        return number
    return str(np.datetime64(round(number), "s")).replace("T", " ")
