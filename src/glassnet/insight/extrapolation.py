"""Is a row like the fitted ones? Its numbers beside the range of training, and levels that training did not see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from glassnet._notebook import Fragment, NotebookRecord
from glassnet.data.columns import Table
from glassnet.data.match import unknown_cells
from glassnet.data.ranges import percentiles, ranged_columns
from glassnet.data.schema import Samples
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_inputs
from glassnet.insight.column_statistics import as_cell
from glassnet.insight.targets import Estimator
from glassnet.insight.text import TextTable
from glassnet.network.loss import as_loss
from glassnet.storage.json_value import JSON

RARE = 0.01  # the fraction of training rows below, or above, which a cell is rare
MOST_NAMED = 5
ROUNDING = 1e-6  # of the range of the targets, by which a prediction may lie beyond it


@dataclass(frozen=True, eq=False)
class Extrapolation(NotebookRecord):
    """Where rows lie beside the rows of training, column by column.

    Attributes
    ----------
    columns : tuple of str
        The columns that are judged: numbers, dates, flags and categories.
    kinds : tuple of str
        What each of them is: "number", "date", "flag" or "category".
    outside : array of bool (rows, columns)
        Whether a cell lies outside what training saw: below its least or above its largest number, or another level.
    percentile : array (rows, columns)
        The fraction of training rows that a number or date exceeds, 0 to 1; NaN for gaps, flags and categories.
    least, largest : array (columns,)
        The ends of training, in the units of the column, dates in seconds since 1970; NaN for flags and categories,
        which have none.
    predicted_outside : array of bool (rows,)
        Whether a prediction lies below the least or above the largest target that was learned from.
    unknown_text : dict of str to int
        The number of rows whose text has no value and no word that was frequent in training, by column. Only columns
        of text of many values have such a number: rare values are nothing new there.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, extrapolation
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> beside = extrapolation(model, X)
    >>> beside.columns[:3], beside.kinds[:3]
    (('age', 'sex', 'bmi'), ('number', 'flag', 'number'))
    >>> beside.percentile.shape, int(beside.outside.sum())
    ((442, 10), 0)
    """

    _rest: ClassVar[str] = "table() has all"

    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    outside: np.ndarray
    percentile: np.ndarray
    least: np.ndarray
    largest: np.ndarray
    predicted_outside: np.ndarray
    unknown_text: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> np.ndarray:
        """The numbers of the rows with a cell outside, whose predictions extrapolate."""
        return np.flatnonzero(self.outside.any(axis=1))

    @property
    def rare(self) -> np.ndarray:
        """Whether a number is beyond 99 of 100 training rows, on either side, (rows, columns)."""
        return self.outside | (self.percentile < RARE) | (self.percentile > 1 - RARE)

    @property
    def counts(self) -> dict[str, int]:
        """The number of rows outside by column, most first; columns without such rows are left out."""
        return _most_first(zip(self.columns, self.outside.sum(axis=0).tolist(), strict=True))

    def table(self) -> TextTable:
        """Return one line a column with rows outside or rare; dates as text."""
        rare = self.rare.sum(axis=0)
        rows = [
            (name, as_cell(kind, low), as_cell(kind, high), int(out), int(few))
            for name, kind, low, high, out, few in zip(
                self.columns, self.kinds, self.least, self.largest, self.outside.sum(axis=0), rare, strict=True
            )
            if few
        ]
        return TextTable(
            ("column", "least in training", "largest", "rows outside", "rows outside or rare"), tuple(rows)
        )

    def to_dict(self) -> dict[str, JSON]:
        """Return the number of rows outside, and of which columns."""
        return {
            "rows": len(self.outside),
            "rows_outside": len(self.rows),
            "columns": dict(self.counts),
            "predictions_outside": int(self.predicted_outside.sum()),
            "unknown_text": dict(self.unknown_text),
        }

    def __str__(self) -> str:
        beyond = int(self.predicted_outside.sum())
        return in_words(len(self.outside), len(self.rows), self.counts, beyond, self.unknown_text)

    @property
    def found(self) -> bool:
        """Whether there is anything that training did not see."""
        return bool(len(self.rows) or self.predicted_outside.any() or self.unknown_text)

    def _fill(self, fragment: Fragment) -> None:
        fragment.text(str(self))
        table = self.table()
        if table.rows:
            fragment.table(table)


def in_words(
    rows: int, rows_outside: int, counts: Mapping[str, int], beyond: int, unknown_text: Mapping[str, int]
) -> str:
    """Return a sentence: so many rows lie outside what training saw, by column, and so many predictions."""
    further: list[str] = []
    if beyond:
        further.append(f"{beyond} of {rows} predictions lie outside the targets that were learned from")
    if unknown_text:
        further.append(f"text without any value or word that was frequent in training: in {_named(unknown_text)}")
    if not rows_outside:
        within = f"all {rows} rows lie within what training saw"
        return f"{within}, but {'; '.join(further)}" if further else within
    outside = (
        f"{rows_outside} of {rows} rows lie outside what training saw, so their predictions extrapolate: "
        f"in {_named(counts)}"
    )
    return "; ".join([outside, *further])


def _named(counts: Mapping[str, int]) -> str:
    named = [f"{name!r} ({count})" for name, count in counts.items()]
    more = f" and {len(named) - MOST_NAMED} more columns" if len(named) > MOST_NAMED else ""
    return f"column {', '.join(named[:MOST_NAMED])}{more}"


def extrapolation(model: Estimator, X: ArrayLike, prediction: ArrayLike | None = None) -> Extrapolation:
    """Return which rows of X lie outside what a model was trained on, and in which columns.

    A row of which every cell was seen may still be a combination that was not: this looks at columns one by one.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A model that was fitted to a table.
    X : data frame or array (rows, columns)
        Rows to judge.
    prediction : array (rows,) or (rows, outputs), optional
        What the model predicts of them, where it is known already.

    Returns
    -------
    Extrapolation
        Where each cell lies.

    Raises
    ------
    TypeError
        For a model of images, which have no columns.
    ValueError
        For a model from a file that does not hold the ranges of its columns.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, extrapolation
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> beside = extrapolation(model, X[:2].assign(bmi=[0.0, 1.0]))
    >>> beside.outside[:, beside.columns.index("bmi")]
    array([False,  True])
    >>> print(beside.table())
    column  least in training   largest  rows outside  rows outside or rare
    bmi            -0.0902753  0.170555             1                     1
    """
    check_is_fitted(model)
    schema = model.schema_
    samples = check_inputs(model, X, reset=False)
    table = schema.match(samples)
    if not isinstance(table, Table):
        raise TypeError("extrapolation is told by columns, and this model was fitted to images, which have none")
    quantiles = model.input_quantiles_
    if quantiles is None:
        raise ValueError(
            "this model comes from a file that does not hold the ranges of its columns; fit it again to know them"
        )
    place = {name: number for number, name in enumerate(ranged_columns(schema))}
    judged = [
        (column, cells)
        for column, cells in zip(schema.columns, table.columns, strict=True)
        if column.kind != "left out" and not column.more_levels  # where rare values are nothing new
    ]
    outside, percentile = (np.zeros((table.rows, len(judged)), kind) for kind in (bool, float))
    percentile[:] = np.nan
    ends = np.full((2, len(judged)), np.nan)
    for number, (column, cells) in enumerate(judged):
        if column.name in place:
            known = quantiles[:, place[column.name]]
            ends[:, number] = known[[0, -1]] + float(column.origin)
            percentile[:, number] = percentiles(known, cells)
            outside[:, number] = (cells < known[0]) | (cells > known[-1])
        elif column.kind == "flag":
            outside[:, number] = ~np.isin(cells, column.values) & ~np.isnan(cells)
        else:
            outside[:, number] = unknown_cells(column, cells)
    names, kinds = tuple(column.name for column, _ in judged), tuple(column.kind for column, _ in judged)
    unknown_text = _most_first(
        (column.name, int(unknown_cells(column, cells).sum()))
        for column, cells in zip(schema.columns, table.columns, strict=True)
        if column.more_levels
    )
    beyond = _predicted_outside(model, samples, prediction)
    return Extrapolation(names, kinds, outside, percentile, ends[0], ends[1], beyond, unknown_text)


def _most_first(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    return dict(sorted(((name, n) for name, n in counts if n), key=lambda pair: -pair[1]))


def _predicted_outside(model: Estimator, samples: Samples, prediction: ArrayLike | None) -> np.ndarray:
    """Return whether any prediction for a row lies outside the targets that were learned from, rounding aside."""
    if not isinstance(model, NetworkRegressor) or model.target_range_ is None:
        return np.zeros(samples.rows, bool)
    if prediction is None:
        prediction = as_loss(model.loss).predictions(model.ensemble_.predict(samples))
    predictions = np.asarray(prediction, dtype=np.float64).reshape(samples.rows, -1)
    ends = np.repeat(model.target_range_, predictions.shape[1] // model.n_outputs_, axis=1)
    rounding = ROUNDING * (ends[1] - ends[0])
    return ((predictions < ends[0] - rounding) | (predictions > ends[1] + rounding)).any(axis=1)
