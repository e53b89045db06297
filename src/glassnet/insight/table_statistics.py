"""A table in numbers, as the schema of a model reads it: gaps, quartiles, levels, repeated rows, and what is new."""

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from glassnet._counted import counted
from glassnet.data.column import Column
from glassnet.data.columns import Table
from glassnet.data.dataset import encode
from glassnet.data.schema import Samples
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.validation import check_inputs, check_target_columns
from glassnet.insight.column_statistics import HEADER, ColumnStatistics, by_frequency, column_statistics, line_of
from glassnet.insight.extrapolation import extrapolation
from glassnet.insight.targets import Estimator, encoded_targets, output_names
from glassnet.insight.text import TextTable
from glassnet.storage.json_value import JSON

MOST_BINS = 30  # of a histogram
MOST_BINS_BY_QUARTILES = 10_000  # where NumPy would make bins as narrow as the quartiles say, however far out the ends
KINDS = {"number": "numbers", "flag": "flags", "category": "categories", "date": "dates"}


@dataclass(frozen=True)
class TargetStatistics:
    """One target: a number, the classes, or one label of several.

    Attributes
    ----------
    values : ColumnStatistics
        Its values; of classes and labels the counts.
    integers : bool
        Whether it is a number and all values are integers.
    bin_edges, counts : tuple of float, tuple of int
        Of a number: a histogram in equal bins, by NumPy's "auto", at most 30; every bin holds its lower edge, the last
        one both.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, table_statistics
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> target = table_statistics(model, X, y).targets[0]
    >>> target.values.name, target.integers
    ('target', True)
    >>> sum(target.counts), len(target.counts), len(target.bin_edges)
    (442, 10, 11)
    """

    values: ColumnStatistics
    integers: bool = False
    bin_edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()


@dataclass(frozen=True)
class TableStatistics:
    """The columns and targets of a table.

    Attributes
    ----------
    rows : int
        The number of rows.
    columns : tuple of ColumnStatistics
        Every column of training, in its order.
    targets : tuple of TargetStatistics
        The targets; empty where none were given.
    duplicated_rows : int
        How many rows repeat an earlier one: the same inputs, as the network has them, and the same targets if given.
    conflicting_rows : int
        How many rows have the inputs of another row and another target, which no model can tell apart; of several
        targets one that both rows have a value of.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, table_statistics
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> statistics = table_statistics(model, X, y)
    >>> statistics.rows, len(statistics.columns), statistics.duplicated_rows
    (442, 10, 0)
    >>> print(statistics.describe())
    442 rows, 10 columns (9 numbers, 1 flag); 0 of 4,420 cells are missing; no rows repeat an earlier one, and no rows
    have the inputs of another row and another target; no cell lies outside what training saw.
    """

    rows: int
    columns: tuple[ColumnStatistics, ...]
    targets: tuple[TargetStatistics, ...] = ()
    duplicated_rows: int = 0
    conflicting_rows: int = 0

    def table(self) -> TextTable:
        """Return a line a column and target."""
        return TextTable(HEADER, tuple(map(line_of, [*self.columns, *(target.values for target in self.targets)])))

    def describe(self) -> str:
        """Return rows, columns, gaps, repeated rows and what is outside training."""
        kinds = Counter(column.kind for column in self.columns)
        columns = ", ".join(f"{count} {KINDS.get(kind, kind) if count > 1 else kind}" for kind, count in kinds.items())
        cells = self.rows * len(self.columns)
        missing = sum(column.missing for column in self.columns)
        most = max(self.columns, key=lambda column: column.missing)
        gaps = f", most in {most.name!r} ({most.missing_fraction:.1%})" if missing else ""
        repeated = f"{_rows(self.duplicated_rows, 'repeats', 'repeat')} an earlier one"
        if self.targets:
            repeated += (
                f", and {_rows(self.conflicting_rows, 'has', 'have')} the inputs of another row and another target"
            )
        return (
            f"{counted(self.rows, 'row')}, {counted(len(self.columns), 'column')} ({columns}); {missing:,} of "
            f"{counted(cells, 'cell is', 'cells are')} missing{gaps}; {repeated}; {self._outside()}."
        )

    def _outside(self) -> str:
        known = [column for column in self.columns if column.outside is not None]
        if not known:
            return "what training saw is not known"
        outside = sum(column.outside or 0 for column in known)
        if not outside:
            return "no cell lies outside what training saw"
        most = max(known, key=lambda column: column.outside or 0)
        cells = counted(outside, "cell lies", "cells lie")
        return f"{cells} outside what training saw, most in {most.name!r} ({most.outside_fraction:.1%})"

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.table()}\n{self.describe()}"


def table_statistics(model: Estimator, X: ArrayLike, y: ArrayLike | None = None) -> TableStatistics:
    """Return what a table holds, column by column, as a model reads it, and how it lies beside that of training.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A model that was fitted to a table.
    X : data frame or array (rows, columns)
        The rows of the fit, or others.
    y : array (rows,) or (rows, targets), or None
        Their targets, classes or labels.

    Returns
    -------
    TableStatistics
        Columns, targets and repeated rows.

    Raises
    ------
    TypeError
        For a model of images, which have no columns.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, table_statistics
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> statistics = table_statistics(model, X, y)
    >>> [(column.name, column.kind) for column in statistics.columns][:3]
    [('age', 'number'), ('sex', 'flag'), ('bmi', 'number')]
    >>> statistics.targets[0].values.numbers.median
    140.5
    """
    check_is_fitted(model)
    if not model.schema_.columns:
        raise TypeError("statistics are of columns, and this model was fitted to images, which have none")
    samples = check_inputs(model, X, reset=False)
    known = None if model.input_quantiles_ is None else extrapolation(model, X)
    outside = {} if known is None else dict(zip(known.columns, known.outside.T, strict=True))
    table = cast(Table, model.schema_.match(samples, warn=known is None))  # else extrapolation has warned
    columns = [
        column_statistics(column, cells, outside.get(column.name))
        for column, cells in zip(model.schema_.columns, table.columns, strict=True)
    ]
    targets = np.empty((samples.rows, 0)) if y is None else encoded_targets(model, y, samples.rows)
    of_targets = () if y is None else _of_targets(model, y, targets)
    return TableStatistics(samples.rows, tuple(columns), of_targets, *_repeated(model, samples, targets))


def _rows(count: int, one: str, several: str) -> str:
    """Return a number of rows and the verb that follows it."""
    return counted(count, f"row {one}", f"rows {several}") if count else f"no rows {several}"


def _of_targets(model: Estimator, y: ArrayLike, targets: np.ndarray) -> tuple[TargetStatistics, ...]:
    if not isinstance(model, NetworkClassifier):
        columns = check_target_columns(y, len(targets), model.n_outputs_).T
        return tuple(map(_of_target, model.target_names_, columns))
    if model.multilabel_:
        return tuple(
            TargetStatistics(column_statistics(Column(name, "flag", values=(0.0, 1.0)), label))
            for name, label in zip(model.target_names_, targets.T, strict=True)
        )
    names = np.array(output_names(model), dtype=object)[targets.argmax(axis=1)]
    values = column_statistics(Column(model.target_names_[0], "category"), names)
    return (TargetStatistics(replace(values, used_as="classes", levels=by_frequency(names), other_levels=0)),)


def _of_target(name: str, values: np.ndarray) -> TargetStatistics:
    statistics, present = column_statistics(Column(name, "number"), values), values[~np.isnan(values)]
    if not present.size:
        return TargetStatistics(statistics)
    counts, edges = np.histogram(present, _bins(present))
    integers = bool((present == np.round(present)).all())
    return TargetStatistics(statistics, integers, tuple(edges.tolist()), tuple(counts.tolist()))


def _bins(present: np.ndarray) -> int:
    """Return the number of bins of a histogram, by NumPy's rule or the most that are drawn."""
    low, high = np.quantile(present, (0.25, 0.75))
    narrow = 2 * (high - low) / present.size ** (1 / 3)  # Freedman and Diaconis 1981
    if np.ptp(present) > MOST_BINS_BY_QUARTILES * narrow > 0:
        return MOST_BINS
    return min(MOST_BINS, len(np.histogram_bin_edges(present, "auto")) - 1)


def _repeated(model: Estimator, samples: Samples, targets: np.ndarray) -> tuple[int, int]:
    """Return how many rows repeat an earlier one, and how many have the inputs of a row with another target."""
    x = encode(model.schema_, samples, targets, np.ones(samples.rows), warn=False).x
    inputs, both = (_equal_rows(part) for part in (x, np.column_stack([x, targets])))
    least = np.full((int(inputs.max()) + 1, targets.shape[1]), np.inf)  # of the targets that are known of equal inputs
    largest = -least
    np.fmin.at(least, inputs, targets)
    np.fmax.at(largest, inputs, targets)
    conflicting = ((least < largest)[inputs] & ~np.isnan(targets)).any(axis=1)
    return samples.rows - int(both.max()) - 1, int(conflicting.sum())


def _equal_rows(matrix: np.ndarray) -> np.ndarray:
    """Return a number for every row of a matrix, the same for equal rows; gaps are equal, and so are 0 and -0."""
    numbers: dict[bytes, int] = {}
    normal = np.where(np.isnan(matrix), np.nan, matrix + 0.0)
    return np.array([numbers.setdefault(row.tobytes(), len(numbers)) for row in normal])
