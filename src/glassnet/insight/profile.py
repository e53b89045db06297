"""How a prediction moves with one column, all else as it is: the mean over rows, single rows, and what is proved.

The mean over the rows is the partial dependence (Friedman 2001); the curves of single rows are its individual
conditional expectations (Goldstein, Kapelner, Bleich and Pitkin 2015), which show where the mean hides opposite moves.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast

import numpy as np
from numpy.typing import ArrayLike

from glassnet._counted import counted
from glassnet.data.column import Column
from glassnet.data.columns import Table, nearest
from glassnet.data.schema import Schema
from glassnet.ensemble.batched_prediction import in_blocks, mean_of_members
from glassnet.ensemble.ensemble import Ensemble
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_inputs, is_integer
from glassnet.insight.certificate import certified as certified_ranges
from glassnet.insight.input_boxes import boxes_between
from glassnet.insight.one_output import (
    check_regressor_of_table,
    given_with_cells,
    inputs_of_cells,
    matched_table,
    output_of,
    with_inputs,
)
from glassnet.insight.profile_grid import cells_along
from glassnet.insight.targets import has_intervals
from glassnet.insight.text import TextTable, rounded
from glassnet.storage.json_value import JSON, finite

Kind = Literal["number", "date", "flag", "category"]
MOST_ROWS = 1_000  # over which predictions are averaged


@dataclass(frozen=True, eq=False)
class Profile:
    """The prediction of one target along one column.

    Attributes
    ----------
    column, target : str
        The names of the column and of what is predicted.
    kind : "number", "date", "flag" or "category"
        What the column is.
    grid : array (points,)
        Numbers in the units of the column, dates in seconds since 1970, both rising; values of a flag, or levels as
        text, the most frequent first.
    mean : array (points,)
        The mean prediction over the rows with every cell of the column at that point.
    curves : array (curves, points)
        The predictions of single rows, drawn at random.
    typical : array (points,)
        The predictions of a typical row, the one whose prediction is nearest to the median.
    typical_row : int
        Which of the rows that were given it is.
    rows, rows_given : int
        How many rows the mean is of, and how many were given, from which these were drawn.
    counts : array of int
        Of numbers and dates, (points - 1,): how many of the rows given lie from one point to before the next, the last
        included. Else (points,): how many have that value.
    deciles : array (9,) or (0,)
        The deciles of the column in the rows given; none of flags and levels.
    sparse : tuple of (float, float)
        From where to where fewer than one in a hundred rows lie: twentieths of the range, or what is nearest to a
        value where values are few. Of flags and levels places along the grid, half a place to both sides.
    missing, others : int
        How many rows given lack the cell, and how many have a value that is not in the grid.
    lower, upper : array (points,) or None
        The interval of the typical row; None where the model has no intervals.
    coverage : float or None
        What was asked of it.
    certified_lower, certified_upper : array (points - 1,) or None
        What the typical row's prediction cannot leave between neighbouring points; None unless asked for.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, profile
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> along = profile(model, X, "bmi", grid=11)
    >>> along.kind, along.mean.shape, along.curves.shape
    ('number', (11,), (30, 11))
    >>> print(along.describe())
    The mean prediction of target over 442 rows is least, ..., where bmi is -0.0902753, and largest, ..., where it is
    0.170555; a typical row's 90% interval is ... wide.
    """

    column: str
    target: str
    kind: Kind
    grid: np.ndarray
    mean: np.ndarray
    curves: np.ndarray
    typical: np.ndarray
    typical_row: int
    rows: int
    rows_given: int
    counts: np.ndarray
    deciles: np.ndarray
    sparse: tuple[tuple[float, float], ...]
    missing: int = 0
    others: int = 0
    lower: np.ndarray | None = None
    upper: np.ndarray | None = None
    coverage: float | None = None
    certified_lower: np.ndarray | None = None
    certified_upper: np.ndarray | None = None

    @property
    def ordered(self) -> bool:
        """Whether there is something between the points: of numbers and dates."""
        return self.kind in ("number", "date")

    @property
    def labels(self) -> list[str]:
        """The points as text."""
        if self.kind == "date":
            return [datetime.fromtimestamp(at, UTC).replace(tzinfo=None).isoformat(" ", "minutes") for at in self.grid]
        return [at if isinstance(at, str) else f"{at:.6g}" for at in self.grid.tolist()]

    def table(self) -> TextTable:
        """Return a line a point; the rows of numbers and dates are those from there to the next point."""
        parts = {"mean": self.mean, "typical row": self.typical, "at least": self.lower, "at most": self.upper}
        parts |= {"proved at least": self.certified_lower, "proved at most": self.certified_upper, "rows": self.counts}
        known = {name: part.tolist() for name, part in parts.items() if part is not None}
        points = len(self.grid)
        columns = [[*part, *[None] * (points - len(part))] for part in known.values()]
        title = f"{self.target}, mean of {counted(self.rows, 'row')}"
        return TextTable((self.column, *known), tuple(zip(self.labels, *columns, strict=True)), None, title)

    def describe(self) -> str:
        """Return from where to where the mean goes, and how wide interval and proved range are."""
        labels, low, high = self.labels, int(np.argmin(self.mean)), int(np.argmax(self.mean))
        sentence = (
            f"The mean prediction of {self.target} over {counted(self.rows, 'row')} is least, "
            f"{rounded(self.mean[low])}, where {self.column} is {labels[low]}, and largest, "
            f"{rounded(self.mean[high])}, where it is {labels[high]}"
        )
        if self.lower is not None and self.upper is not None and self.coverage is not None:
            width = float(np.mean(self.upper - self.lower))
            sentence += f"; a typical row's {self.coverage:.0%} interval is {rounded(width)} wide"
        if self.certified_lower is not None and self.certified_upper is not None:
            width = float(np.mean(self.certified_upper - self.certified_lower))
            sentence += f"; between points its prediction is proved to within {rounded(width)} on average"
        return f"{sentence}."

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON; an end that is infinite is null."""
        plain = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in vars(self).items()}
        return cast(dict[str, JSON], finite(plain))

    def __str__(self) -> str:
        return f"{self.table()}\n{self.describe()}"


def profile(
    model: NetworkRegressor,
    X: ArrayLike,
    column: str,
    *,
    target: str | None = None,
    grid: int = 41,
    curves: int = 30,
    coverage: float = 0.9,
    width: str = "constant",
    certified: bool = False,
    seed: int = 0,
) -> Profile:
    """Return how a regressor's prediction moves with one column while all other cells stay as they are.

    With the column's cells all set to v, the mean over the rows is (1/n) sum_i f(v, the other cells of row i). Of
    columns that go together it also counts rows that do not occur. Of more than 1,000 rows so many are drawn.

    Parameters
    ----------
    model : NetworkRegressor
        A model that was fitted to a table.
    X : data frame or array (rows, columns)
        Rows: those of the fit, or others.
    column : str
        The name of the column; of an array "x0", "x1", ...
    target : str or None
        The name of the target, of several. With quantiles also of the output, as in "price at 0.9"; a target's own is
        the quantile nearest to the median.
    grid : int
        Points at most: one half at quantiles of the column in X, the other at equal distances, rounded where all are
        integers; all its values where these are fewer. Of a flag or category its most frequent values, 12 at most.
    curves : int
        How many single rows' curves are kept.
    coverage : float
        Of the typical row's interval, which a model with folds or after `calibrate` has.
    width : "constant" or "adaptive"
        As in `predict_interval`.
    certified : bool
        Whether to prove between which numbers the typical row's prediction stays from each point to the next.
    seed : int
        Seed of the rows and curves that are drawn.

    Returns
    -------
    Profile
        Curves, intervals, and where the rows lie.

    Raises
    ------
    TypeError
        For a classifier, and for a model of images.
    ValueError
        For a column that the model does not use or that has one value in X, and for a proof along what is no number.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, profile
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> along = profile(model, X, "bmi", grid=11)
    >>> bool(along.mean[-1] > along.mean[0])
    True
    >>> bool((along.lower < along.typical).all() and (along.typical < along.upper).all())
    True
    """
    check_regressor_of_table(model, "profiles")
    _check_counts(grid, curves)
    output, name = output_of(model, target)
    schema, ensemble = model.schema_, model.ensemble_
    known = _column(schema, column, certified=certified)
    samples = check_inputs(model, X, reset=False)
    table = matched_table(schema, samples)
    cells = cells_along(known, table.columns[schema.columns.index(known)], grid)
    random = np.random.default_rng(seed)
    drawn = np.arange(table.rows)
    if table.rows > MOST_ROWS:
        drawn = np.sort(random.choice(table.rows, MOST_ROWS, replace=False))
    x, inputs = schema.encode(table.take(drawn), drawn), inputs_of_cells(schema, table, known, cells.grid)
    along = _along(ensemble, x, known, inputs, output)
    before = mean_of_members(ensemble.predict_encoded(x))[:, output]
    typical = int(np.argmin(np.abs(before - np.median(before))))
    single = random.permutation(len(drawn))[:curves]
    moved = with_inputs(schema.columns, np.repeat(x[[typical]], len(inputs), axis=0), known, inputs)
    proved = _proved(ensemble, moved, output) if certified else (None, None)
    repeated = cast(Table, samples.take(np.full(len(inputs), drawn[typical])))
    lower, upper = _interval(model, given_with_cells(repeated, known, cells.grid), output, coverage, width)
    return Profile(
        column=column,
        target=name,
        kind=cast(Kind, known.kind),
        mean=along.mean(axis=0),
        curves=along[single],
        typical=along[typical],
        typical_row=int(drawn[typical]),
        rows=len(drawn),
        rows_given=table.rows,
        **cells._asdict(),
        lower=lower,
        upper=upper,
        coverage=None if lower is None else coverage,
        certified_lower=proved[0],
        certified_upper=proved[1],
    )


def _check_counts(grid: int, curves: int) -> None:
    for name, number, least in (("grid", grid, 2), ("curves", curves, 0)):
        if not is_integer(number) or number < least:
            raise ValueError(f"{name}={number!r} must be an integer of at least {least}")


def _column(schema: Schema, name: str, *, certified: bool) -> Column:
    """Return the column of a name; `ValueError` where the model has none, or does not use it as it is asked for."""
    columns = {column.name: column for column in schema.columns}
    if name not in columns:
        like = nearest(str(name), tuple(columns))
        meant = f"; did you mean {like!r}?" if like else f"; it has {', '.join(map(repr, columns))}"
        raise ValueError(f"the model has no column {name!r}{meant}")
    column = columns[name]
    if column.kind == "left out":
        raise ValueError(f"the model does not use column {name!r}, which was left out: {column.reason}")
    if certified and name not in schema.movable().columns:
        raise ValueError(
            f"ranges are proved between numbers, and column {name!r} is a {column.kind}"
            f"{' of integers beyond 2^53' if column.origin else ''}; leave certified out"
        )
    return column


def _along(ensemble: Ensemble, x: np.ndarray, column: Column, inputs: np.ndarray, output: int) -> np.ndarray:
    """Return the prediction of every row with the column at every point, (rows, points)."""
    columns, points = ensemble.schema.columns, len(inputs)

    def of_pairs(pairs: np.ndarray) -> np.ndarray:
        moved = with_inputs(columns, x[pairs // points], column, inputs[pairs % points])
        return mean_of_members(ensemble.predict_encoded(moved))[:, [output]]

    return in_blocks(len(x) * points, of_pairs, x.shape[1]).reshape(len(x), points)


def _proved(ensemble: Ensemble, moved: np.ndarray, output: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what the mean prediction cannot leave between one encoded row and the next, two of (rows - 1,)."""
    found = certified_ranges(ensemble, boxes_between(ensemble, moved[:-1], moved[1:]), "linear", 0, slopes=False)
    return found.low[:, output], found.high[:, output]


def _interval(
    model: NetworkRegressor, table: Table, output: int, coverage: float, width: str
) -> tuple[np.ndarray, np.ndarray] | tuple[None, None]:
    """Return the ends of the intervals of these rows; None where the model has none."""
    has_ends = has_intervals(model)
    if not has_ends and width == "constant":
        return None, None
    found = model.predict_interval(cast(ArrayLike, table), coverage, width=width)
    place = output * model.n_outputs_ // len(model.output_names_)
    lower, upper = (end.reshape(table.rows, -1)[:, place] for end in (found.lower, found.upper))
    return lower, upper
