"""Which columns a model uses: how much its error grows when the cells of a column are shuffled.

Every row is judged by members that never saw it where the rows are those of the fit, so no test table is needed
(Breiman 2001; out of fold). Columns that say the same are shuffled together: shuffled one by one, each would look
useless, since the other stands in for it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata, t
from sklearn.utils.validation import check_is_fitted

from glassnet._notebook import Fragment, NotebookRecord
from glassnet.data.column_inputs import column_inputs, pair_inputs
from glassnet.data.dataset import encode
from glassnet.data.schema import Schema
from glassnet.estimators.validation import check_inputs
from glassnet.insight.basis import basis_of, different_folds
from glassnet.insight.row_errors import RowErrors, row_errors
from glassnet.insight.targets import Estimator, encoded_targets, probabilities
from glassnet.insight.text import TextTable, rounded
from glassnet.storage.json_value import JSON

ALIKE = 0.9  # rank correlation of numbers from which they are shuffled together
MOST_ROWS = 10_000
PARTS = 10  # of the rows, whose differences give the interval


@dataclass(frozen=True, eq=False)
class Importance(NotebookRecord):
    """How much the error grows when the cells of a column, or of several that say the same, are shuffled.

    It is what the model uses, and not what causes the target.

    Attributes
    ----------
    columns : tuple of tuples of str
        The columns that were shuffled together, the most important first.
    increase : array (groups,)
        The growth of the error, the mean over the repeats; about 0 for a column that is not used.
    lower, upper : array (groups,)
        95% limits of it, from how parts of the rows differ.
    error : float
        The error with nothing shuffled.
    error_name : str
        What the error is, and in which units.
    basis : str
        Which rows were judged by whom.
    rows, repeats : int
        How many rows, and how often each column was shuffled.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, importance
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> shuffled = importance(model, X, y)
    >>> shuffled.rows, shuffled.repeats, shuffled.error_name, shuffled.increase.shape
    (442, 5, 'RMSE', (10,))
    >>> shuffled.basis
    'out of fold: each row by members that never saw it'
    """

    columns: tuple[tuple[str, ...], ...]
    increase: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    error: float
    error_name: str
    basis: str
    rows: int
    repeats: int

    @property
    def names(self) -> list[str]:
        """The names of the groups, those of several columns with a plus between."""
        return [" + ".join(group) for group in self.columns]

    def table(self) -> TextTable:
        """Return one line a column, the most important first."""
        rows = zip(self.names, self.increase, self.lower, self.upper, strict=True)
        title = (
            f"{self.error_name} {rounded(self.error, 6)} ({self.basis}); how much it grows when a column is shuffled"
        )
        return TextTable(("column", "increase", "at least", "at most"), tuple(rows), None, title)

    def to_dict(self) -> dict[str, JSON]:
        """Return everything as JSON can hold it."""
        of_columns = [
            {"columns": list(group), "increase": float(mean), "lower": float(low), "upper": float(high)}
            for group, mean, low, high in zip(self.columns, self.increase, self.lower, self.upper, strict=True)
        ]
        named = {name: getattr(self, name) for name in ("error", "error_name", "basis", "rows", "repeats")}
        return {**named, "importance": of_columns}

    def __str__(self) -> str:
        return str(self.table())

    def _fill(self, fragment: Fragment) -> None:
        fragment.table(self.table())


def importance(
    model: Estimator,
    X: ArrayLike,
    y: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    repeats: int = 5,
    seed: int = 0,
) -> Importance:
    """Return how much a model's error grows when the cells of each column of X are shuffled.

    If X and y are the rows of the fit, each row is judged by the members that never saw it, with cells shuffled within
    its fold; else by all members. Of more than 10,000 rows so many are drawn.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A model that was fitted to a table.
    X : data frame or array (rows, columns)
        Rows: those of the fit, or others.
    y : array (rows,) or (rows, targets)
        Their targets, classes or labels.
    sample_weight : array (rows,) or None
        The weights of the fit, if it had some, by which its rows are recognised.
    repeats : int
        How often each column is shuffled.
    seed : int
        Seed of the order of the cells.

    Returns
    -------
    Importance
        The columns, the most important first.

    Raises
    ------
    TypeError
        For a model of images.
    ValueError
        For fewer than two rows, and for repeats below 1.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, importance
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> shuffled = importance(model, X, y)
    >>> sorted(shuffled.names[:2])
    ['bmi', 's5']
    >>> bool((shuffled.lower < shuffled.increase).all())
    True
    """
    check_is_fitted(model)
    if repeats < 1:
        raise ValueError(f"repeats={repeats} must be at least 1")
    schema = model.schema_
    if not schema.columns:
        raise TypeError("importance is of columns, and this model was fitted to images; see maps of `glassnet trace`")
    samples = check_inputs(model, X, reset=False)
    if samples.rows < 2:
        raise ValueError(f"X has {samples.rows} row(s), and shuffling needs at least 2; give more rows")
    dataset = encode(schema, samples, encoded_targets(model, y, samples.rows), np.ones(samples.rows))
    basis = basis_of(model, dataset, y, sample_weight)
    folds = list(basis.folds)
    random = np.random.default_rng(seed)
    if dataset.rows > MOST_ROWS:
        chosen = np.sort(random.choice(dataset.rows, MOST_ROWS, replace=False))
        folds = [np.flatnonzero(np.isin(chosen, fold)) for fold in folds]
        dataset = dataset.take(chosen)
    judge = row_errors(model, dataset.y)
    predict = _predictor(model, folds)
    before = judge.of(predict(dataset.x[None])[0])
    groups = _groups(schema, dataset.x)
    blocks = different_folds(folds) or [np.arange(dataset.rows)]
    after = []
    for group in groups:
        moved = np.stack([_shuffled(schema, dataset.x, group, blocks, random) for _ in range(repeats)])
        after.append(np.stack([judge.of(predicted) for predicted in predict(moved)]))
    parts = np.array_split(random.permutation(dataset.rows), min(PARTS, dataset.rows // 2) or 1)
    found = [_increase(judge, before, errors, parts) for errors in after]
    order = sorted(range(len(groups)), key=lambda place: -found[place][0])
    mean, half = np.array([found[place] for place in order]).T
    return Importance(
        columns=tuple(groups[place] for place in order),
        increase=mean,
        lower=mean - half,
        upper=mean + half,
        error=judge.total(before),
        error_name=judge.name,
        basis=basis.text,
        rows=dataset.rows,
        repeats=repeats,
    )


def _predictor(model: Estimator, folds: Sequence[np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """Return what predicts copies of the rows, (copies, rows, inputs), at once: a call costs more than a row."""
    ensemble, transform = model.ensemble_, probabilities(model)
    alone = [replace(ensemble, members=(member,)) for member in ensemble.members]

    def by_all(x: np.ndarray) -> np.ndarray:
        return _of_copies(lambda rows: np.mean(transform(ensemble.predict_encoded(rows)), axis=0), x)

    def out_of_fold(x: np.ndarray) -> np.ndarray:
        columns = transform(np.zeros((1, ensemble.outputs))).shape[1]
        total, count = np.zeros((*x.shape[:2], columns)), np.zeros((x.shape[1], 1))
        for member, rows in zip(alone, folds, strict=True):
            if rows.size:
                total[:, rows] += _of_copies(lambda x, one=member: transform(one.predict_encoded(x)[0]), x[:, rows])
                count[rows] += 1
        return total / np.where(count > 0, count, np.nan)  # a row of weight zero has no fold, and no prediction

    return out_of_fold if folds else by_all


def _of_copies(predict: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return predict(rows), (copies, rows, columns), of all copies (copies, rows, inputs) one below the other."""
    return predict(x.reshape(-1, x.shape[-1])).reshape(*x.shape[:2], -1)


def _groups(schema: Schema, x: np.ndarray) -> list[tuple[str, ...]]:
    """Return the columns in groups, of one or of numbers that say nearly the same."""
    places = column_inputs(schema.columns)
    groups = [[column.name] for column in schema.columns if column.kind != "left out"]
    numbers = [column.name for column in schema.columns if column.kind in ("number", "date")]
    ranks = [_unit_ranks(x[:, places[name][0]]) for name in numbers]
    alike = np.abs(np.array(ranks) @ np.array(ranks).T) > ALIKE if numbers else np.zeros((0, 0), bool)
    for first, later in np.argwhere(np.triu(alike, 1)):
        one, other = (next(group for group in groups if numbers[n] in group) for n in (first, later))
        if one is not other:
            one += other
            groups.remove(other)
    return [tuple(group) for group in groups]


def _unit_ranks(cells: np.ndarray) -> np.ndarray:
    """Return the ranks of numbers, a gap's being the median, with mean 0 and length 1: products are correlations."""
    known = ~np.isnan(cells)
    ranks = rankdata(np.where(known, cells, np.median(cells[known]) if known.any() else 0.0))
    ranks -= ranks.mean()
    return ranks / (np.linalg.norm(ranks) or 1.0)


def _shuffled(
    schema: Schema, x: np.ndarray, group: Sequence[str], blocks: Sequence[np.ndarray], random: np.random.Generator
) -> np.ndarray:
    """Return encoded rows with the inputs of some columns shuffled together, within blocks of rows."""
    every = column_inputs(schema.columns)
    places, moved = np.concatenate([every[name] for name in group]), x.copy()
    for rows in blocks:
        moved[np.ix_(rows, places)] = x[np.ix_(random.permutation(rows), places)]
    for between, first, second in pair_inputs(schema.columns):
        moved[:, between] = moved[:, second] - moved[:, first]
    return moved


def _increase(
    judge: RowErrors, before: np.ndarray, after: np.ndarray, parts: Sequence[np.ndarray]
) -> tuple[float, float]:
    """Return the mean growth of the error, and half the length of its 95% interval."""
    mean = float(np.mean([judge.total(errors) for errors in after]) - judge.total(before))
    of_parts = [
        np.mean([judge.total(errors[rows]) for errors in after]) - judge.total(before[rows])
        for rows in parts
        if np.isfinite(before[rows]).any()
    ]
    if len(of_parts) < 2:
        return mean, float("inf")
    deviation = float(np.std(of_parts, ddof=1)) / np.sqrt(len(of_parts))
    return mean, float(t.ppf(0.975, len(of_parts) - 1) * deviation)
