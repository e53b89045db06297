"""Kinds of rows that are predicted too high or too low: quarters of every number, and the levels of every category.

Among many kinds of rows some look biased by chance, so the p-values are corrected for all that were looked at (Holm
1979).
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student
from sklearn.utils.validation import check_is_fitted

from glassnet._notebook import Fragment, NotebookRecord
from glassnet.data.column import Column
from glassnet.data.columns import Table
from glassnet.data.integers import plus_origin
from glassnet.estimators.validation import check_inputs
from glassnet.insight.targets import Estimator
from glassnet.insight.text import TextTable, rounded
from glassnet.storage.json_value import JSON

LEAST_ROWS = 20  # of a slice
QUARTERS = (0.25, 0.5, 0.75)
SURE = 0.01  # the corrected p-value up to which a slice is biased
MOST_SHOWN = 20


@dataclass(frozen=True)
class Slice:
    """Rows that have the cells of one column in common, and how they are predicted.

    Attributes
    ----------
    column, part : str
        The column, and which of its cells: a range, a level, or "missing".
    rows : int
        How many rows.
    mean_residual : float
        The mean of actual - predicted, in the units of the target: above zero where predictions are too low.
    t : float
        The mean residual over its standard error.
    p_value : float
        How probable a t at least as far from zero is without a bias, corrected for all slices that were looked at.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, slices
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> first = slices(model, X, y - y.mean()).slices[0]
    >>> first.column, first.part, first.rows
    ('s5', '-0.126097 to -0.0332456', 116)
    >>> round(first.mean_residual, 1), round(first.t, 1), first.p_value < 0.05
    (-56.6, -13.1, True)
    """

    column: str
    part: str
    rows: int
    mean_residual: float
    t: float
    p_value: float

    def __str__(self) -> str:
        return f"{self.column!r} {self.part}"


@dataclass(frozen=True)
class Slices(NotebookRecord):
    """Kinds of rows and their mean residuals.

    Attributes
    ----------
    slices : tuple of Slice
        All that were looked at, the most surely biased first.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, slices
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> looked_at = slices(model, X, y - y.mean())
    >>> len(looked_at.slices), len(looked_at.biased)
    (38, 14)
    >>> print(looked_at.describe())
    Of 38 kinds of rows (quarters of numbers, levels, gaps; at least 20 rows each) 14 are predicted too high or too low
    beyond chance; the 116 rows with 's5' -0.126097 to -0.0332456 by 56.62 too high in the mean.
    """

    slices: tuple[Slice, ...]

    @property
    def biased(self) -> tuple[Slice, ...]:
        """Those whose mean residual is not zero beyond chance: corrected p-value of at most 1%."""
        return tuple(one for one in self.slices if one.p_value <= SURE)

    def table(self) -> TextTable:
        """Return a line a slice, at most 20."""
        rows = [(s.column, s.part, s.rows, s.mean_residual, s.t, s.p_value) for s in self.slices[:MOST_SHOWN]]
        return TextTable(("column", "cells", "rows", "mean residual", "t", "p, corrected"), tuple(rows))

    def describe(self) -> str:
        """Return the most surely biased slice, or that there is none, and how many were looked at."""
        looked = (
            f"{len(self.slices)} kinds of rows (quarters of numbers, levels, gaps; at least {LEAST_ROWS} rows each)"
        )
        if not self.biased:
            return f"Of {looked} none is predicted too high or too low beyond chance."
        worst = self.biased[0]
        way, verb = "low" if worst.mean_residual > 0 else "high", "is" if len(self.biased) == 1 else "are"
        return (
            f"Of {looked} {len(self.biased)} {verb} predicted too high or too low beyond chance; the {worst.rows} rows "
            f"with {worst} by {rounded(abs(worst.mean_residual))} too {way} in the mean."
        )

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        return {"slices": [asdict(one) for one in self.slices]}

    def __str__(self) -> str:
        return f"{self.table()}\n{self.describe()}"

    def _fill(self, fragment: Fragment) -> None:
        fragment.text(self.describe())
        fragment.table(self.table())


def slices(model: Estimator, X: ArrayLike, residuals: ArrayLike) -> Slices:
    """Return for every column which of its quarters or levels are predicted too high or too low in the mean.

    The statistic is t = m sqrt(n) / s, with the mean m and standard deviation s of the n residuals of a slice.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A model that was fitted to a table, which knows what every column is.
    X : data frame or array (rows, columns)
        Rows.
    residuals : array (rows,)
        Actual - predicted of every row, by members that never saw it; NaN where it is not known.

    Returns
    -------
    Slices
        All slices of at least 20 rows, the most surely biased first.

    Raises
    ------
    TypeError
        For a model of images, which have no columns.
    ValueError
        Where residuals are not one number a row.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, predictions, slices
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> residuals = predictions(model, X, y).residuals(len(X))
    >>> looked_at = slices(model, X, residuals)
    >>> len(looked_at.slices), sum(each.rows for each in looked_at.slices if each.column == "bmi")
    (38, 442)
    """
    check_is_fitted(model)
    table = model.schema_.match(check_inputs(model, X, reset=False), warn=False)
    if not isinstance(table, Table):
        raise TypeError("slices are of columns, and this model was fitted to images, which have none")
    known = np.asarray(residuals, float)
    if known.shape != (table.rows,):
        raise ValueError(f"residuals has shape {known.shape}, but X has {table.rows} rows; give one number a row")
    rows = ~np.isnan(known)
    found = [
        Slice(column.name, *tested)
        for column, cells in zip(model.schema_.columns, table.columns, strict=True)
        for tested in _tested(column, cells[rows], known[rows])
    ]
    corrected = _holm(np.array([one.p_value for one in found]))
    each = zip(found, corrected.tolist(), strict=True)
    result = [replace(one, p_value=p) for one, p in each]
    return Slices(tuple(sorted(result, key=lambda one: (one.p_value, -abs(one.t)))))


def _tested(column: Column, cells: np.ndarray, residuals: np.ndarray) -> Iterator[tuple[str, int, float, float, float]]:
    """Yield the slices of a column: name, rows, mean residual, t and p-value."""
    codes, names = _parts(column, cells)
    inside = codes >= 0
    codes, values = codes[inside], residuals[inside]
    count = np.bincount(codes, minlength=len(names))
    mean = np.bincount(codes, values, len(names)) / np.maximum(count, 1)
    variance = np.bincount(codes, np.square(values - mean[codes]), len(names)) / np.maximum(count - 1, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(mean == 0, 0.0, mean / np.sqrt(variance / np.maximum(count, 1)))
    p = 2 * student.sf(np.abs(t), np.maximum(count - 1, 1))
    for place in np.flatnonzero(count >= LEAST_ROWS):
        yield names[place], int(count[place]), float(mean[place]), float(t[place]), float(p[place])


def _parts(column: Column, cells: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return the number of every row's slice, and their names; -1 for a row in none."""
    if column.kind == "left out":
        return np.full(len(cells), -1), []
    gaps = np.array([cell is None for cell in cells]) if cells.dtype == object else np.isnan(cells)
    codes, present = np.zeros(len(cells), int), cells[~gaps]
    if column.kind in ("number", "date"):
        edges = np.unique(np.quantile(present, QUARTERS)) if present.size else np.empty(0)
        values, codes[~gaps] = np.unique(np.searchsorted(edges, present), return_inverse=True)
        ranges = [present[codes[~gaps] == place] for place in range(len(values))]
        names = [f"{_text(column, part.min())} to {_text(column, part.max())}" for part in ranges]
    else:
        levels, codes[~gaps] = np.unique(
            present if present.dtype != object else present.astype(str), return_inverse=True
        )
        names = [_text(column, level) for level in levels.tolist()]
    codes[gaps] = len(names)
    return codes, [*names, "missing"]


def _text(column: Column, cell: str | float) -> str:
    """Return a cell as text, dates to the second."""
    if isinstance(cell, str):
        return repr(cell)
    if column.kind == "date":
        return str(np.datetime64(round(cell), "s")).replace("T", " ")
    return rounded(float(plus_origin(cell, column.origin)), 6)


def _holm(p: np.ndarray) -> np.ndarray:
    """Return p-values corrected for their number: p_(i) (m - i + 1), rising and at most 1."""
    order = np.argsort(p, kind="stable")
    rising = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(rising, 1.0)
    return corrected
