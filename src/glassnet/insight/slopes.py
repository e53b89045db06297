"""Which way and how steeply a prediction moves with every column, row by row.

Of a number or a date it is the derivative of the prediction in the units of target and column, by a backward pass that
is chained with the scales of inputs and target. Flags and levels have nothing between them: of these it is the change
of the prediction when a flag is flipped, and when a level is replaced by the most frequent one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import ArrayLike

from glassnet._counted import counted
from glassnet.data.column import Column, Kind
from glassnet.data.column_inputs import column_inputs, pair_inputs
from glassnet.data.dates import DAY
from glassnet.ensemble.batched_prediction import in_blocks, mean_of_members
from glassnet.ensemble.ensemble import Ensemble
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_inputs
from glassnet.insight.cell_changes import Move, predicted_together, with_other_cells
from glassnet.insight.one_output import (
    check_regressor_of_table,
    matched_table,
    output_of,
)
from glassnet.insight.text import TextTable, rounded
from glassnet.network.input_slopes import slopes_in_chunks
from glassnet.network.units import Units
from glassnet.storage.json_value import JSON, finite


@dataclass(frozen=True, eq=False)
class Slopes:
    """How the prediction of one target moves with every column, row by row.

    Attributes
    ----------
    target : str
        The name of what is predicted.
    columns : tuple of str
        The columns that the model uses, in the order of the table.
    kinds : tuple of str
        Their kinds: "number" and "date" have slopes, "flag" and "category" changes.
    units : tuple of str
        What the numbers of each column are, as in "price per unit of area" or "change of price from 0 to 1".
    slopes : array (rows, columns)
        The mean over the members. NaN where a number, date or flag is missing, and where a category has its most
        frequent cell.
    deviation : array (rows, columns)
        The standard deviation over the members.
    scale : array (columns,)
        Of numbers and dates the interquartile range in these rows, or the standard deviation where the quartiles are
        equal; dates in days. 1 of flags and categories.
    above : array of bool (rows, columns)
        Whether a cell lies above the median of its column, or a flag has its larger value; False of categories.
    members : int
        How many members there are.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, slopes
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> moving = slopes(model, X)
    >>> moving.columns[:3], moving.kinds[:3]
    (('age', 'sex', 'bmi'), ('number', 'flag', 'number'))
    >>> moving.units[1], moving.units[2]
    ('change of target from -0.0446416 to 0.0506801', 'target per unit of bmi')
    """

    target: str
    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]
    units: tuple[str, ...]
    slopes: np.ndarray
    deviation: np.ndarray
    scale: np.ndarray
    above: np.ndarray
    members: int

    @property
    def mean(self) -> np.ndarray:
        """The mean slope or change over the rows that have one, (columns,); NaN where none has."""
        return _means(self.slopes)

    @property
    def positive(self) -> np.ndarray:
        """The fraction of these rows with a slope or change above 0, (columns,); NaN where none has one."""
        return _means(np.where(np.isnan(self.slopes), np.nan, self.slopes > 0))

    @property
    def effect(self) -> np.ndarray:
        """The mean size of slope times scale over all rows, in units of the target, (columns,); a gap counts as 0."""
        return np.mean(np.abs(np.nan_to_num(self.slopes)), axis=0) * self.scale

    @property
    def order(self) -> np.ndarray:
        """The places of the columns, (columns,), the largest effect first."""
        return np.argsort(-self.effect, kind="stable")

    def table(self) -> TextTable:
        """Return a line a column, the largest effect first."""
        head = ("column", "mean slope", "members differ by", "above 0", "effect", "unit")
        numbers = np.stack([self.mean, _means(self.deviation), self.positive, self.effect], axis=1)
        rows = [(self.columns[place], *numbers[place].tolist(), self.units[place]) for place in self.order]
        over = counted(len(self.slopes), "row")
        title = f"{self.target}, {over}; the effect is the mean size of slope x interquartile range"
        return TextTable(head, tuple(rows), None, title)

    def describe(self) -> str:
        """Return the columns of the largest effects, with their signs."""
        mean, positive, effect = self.mean, self.positive, self.effect
        first = ", ".join(
            f"{self.columns[place]} ({rounded(float(effect[place]))}; mean {rounded(float(mean[place]), sign=True)}, "
            f"above 0 in {positive[place]:.0%} of the rows)"
            for place in self.order[:3]
        )
        return (
            f"How the prediction of {self.target} moves with {counted(len(self.columns), 'column')} in "
            f"{counted(len(self.slopes), 'row')}, most over the interquartile range of {first}."
        )

    def to_dict(self) -> dict[str, JSON]:
        """Return for every column what the table says, and the slopes of all rows; a gap is null."""
        parts = {"mean": self.mean, "positive": self.positive, "effect": self.effect, "scale": self.scale}
        parts["mean_deviation"] = _means(self.deviation)
        parts |= {"slopes": self.slopes.T, "deviation": self.deviation.T}
        columns = [
            {
                "column": name,
                "kind": kind,
                "unit": unit,
                **{part: values[place].tolist() for part, values in parts.items()},
            }
            for place, (name, kind, unit) in enumerate(zip(self.columns, self.kinds, self.units, strict=True))
        ]
        named = {"target": self.target, "rows": len(self.slopes), "members": self.members, "columns": columns}
        return cast(dict[str, JSON], finite(named))

    def __str__(self) -> str:
        return f"{self.table()}\n{self.describe()}"


def slopes(model: NetworkRegressor, X: ArrayLike, *, target: str | None = None) -> Slopes:
    """Return how a regressor's prediction moves with every column, in the units of target and column.

    Of a number v it is dy/dv = (s / c) dz/du, u = (v - a) / c the scaled input and y = b + s z the prediction, the mean
    over the members; 0 where a limit of `output_range` cuts. The flag of missing cells stays as it is. Of a date it is
    the trend a day: the date itself and the time to other dates move, while time of day, day of week, of month and of
    year stay as they are. Of a flag it is the prediction with the larger value less that with the smaller one; of a
    category the prediction with the level that most rows of X have (the first by the alphabet of several; a gap counts
    as a level) less that with the row's own.

    Parameters
    ----------
    model : NetworkRegressor
        A model that was fitted to a table.
    X : data frame or array (rows, columns)
        Rows at which slopes are taken.
    target : str or None
        The name of the target, of several. With quantiles also of the output, as in "price at 0.9"; a target's own is
        the quantile nearest to the median.

    Returns
    -------
    Slopes
        Slopes and changes of every row and column.

    Raises
    ------
    TypeError
        For a classifier, and for a model of images.
    ValueError
        For a target that the model does not have.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, slopes
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> moving = slopes(model, X)
    >>> moving.slopes.shape, moving.members
    ((442, 10), 4)
    >>> bool(moving.slopes[:, moving.columns.index("bmi")].mean() > 0)
    True
    """
    check_regressor_of_table(model, "slopes")
    output, name = output_of(model, target)
    schema, ensemble = model.schema_, model.ensemble_
    table = matched_table(schema, check_inputs(model, X, reset=False))
    x = schema.encode(table)
    used = [
        (column, cells)
        for column, cells in zip(schema.columns, table.columns, strict=True)
        if column.kind != "left out"
    ]
    columns = [column for column, _ in used]
    found = _derivatives(ensemble, columns, x, output)
    wide = ensemble.in_float64()
    units, scale, above = [], np.ones(len(used)), np.zeros((len(x), len(used)), bool)
    moves: list[Move] = []
    for place, (column, cells) in enumerate(used):
        if column.kind in ("number", "date"):
            scale[place], above[:, place] = _scale(cells), _above(cells)
            units.append(f"{name} per {'day' if column.kind == 'date' else f'unit of {column.name}'}")
            continue
        moved, sign, change = with_other_cells(schema, table, column, cells, x)
        rows = np.flatnonzero(~np.isnan(sign))
        moves.append(Move(place, rows, sign[rows], moved[rows]))
        above[:, place] = sign == -1
        units.append(f"change of {name} {change}")
    before = wide.predict_encoded(x)[..., output] if moves else np.empty(0)
    for move, after in predicted_together(lambda rows: wide.predict_encoded(rows)[..., output], moves):
        changes = move.sign * (after - before[:, move.rows])
        found[:, :, move.place] = np.nan
        found[:, move.rows, move.place] = mean_of_members(changes), np.std(changes, axis=0)
    dates = np.array([column.kind == "date" for column in columns])
    return Slopes(
        target=name,
        columns=tuple(column.name for column in columns),
        kinds=tuple(column.kind for column in columns),
        units=tuple(units),
        slopes=found[0],
        deviation=found[1],
        scale=np.where(dates, scale / DAY, scale),
        above=above,
        members=len(ensemble.members),
    )


def _derivatives(ensemble: Ensemble, columns: Sequence[Column], x: np.ndarray, output: int) -> np.ndarray:
    """Return mean and standard deviation over the members of the slopes of numbers and dates, (2, rows, columns)."""
    parts, scale = [member.parameters for member in ensemble.members], ensemble.input_scales
    inverse = np.divide(1.0, scale, out=np.zeros_like(scale), where=scale != 0)[:, None]

    def of_block(rows: np.ndarray) -> np.ndarray:
        block = x[rows]
        scaled = slopes_in_chunks(
            ensemble.network, parts, Units(*ensemble.units), output, len(block),
            lambda start, stop: ensemble.scale_inputs(block[start:stop]), ensemble.link,
        )  # fmt: skip
        slopes = _of_columns(columns, block, np.where(np.isnan(block), 0.0, inverse * scaled))
        return np.stack([mean_of_members(slopes), np.std(slopes, axis=0)])

    return in_blocks(len(x), of_block, x.shape[1] * len(parts))


def _of_columns(columns: Sequence[Column], x: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Return dy/d(column) (members, rows, columns) from g = dy/dx, (members, rows, inputs), 0 of flags and levels."""
    places, found = column_inputs(columns), np.zeros((*g.shape[:2], len(columns)))
    for between, first, second in pair_inputs(columns):
        g[..., first] -= g[..., between]
        g[..., second] += g[..., between]
    for place, column in enumerate(columns):
        if column.kind not in ("number", "date"):
            continue
        inputs = places[column.name]
        slope = g[..., inputs[0]]
        slope = slope * DAY if column.kind == "date" else slope
        found[..., place] = np.where(np.isnan(x[:, inputs[0]]), np.nan, slope)
    return found


def _scale(cells: np.ndarray) -> float:
    """Return the interquartile range, or the standard deviation where the quartiles are equal."""
    present = cells[~np.isnan(cells)]
    if not present.size:
        return 0.0
    low, high = np.quantile(present, [0.25, 0.75])
    return float(high - low) or float(np.std(present))


def _above(cells: np.ndarray) -> np.ndarray:
    present = cells[~np.isnan(cells)]
    return cells > np.median(present) if present.size else np.zeros(len(cells), bool)


def _means(values: np.ndarray) -> np.ndarray:
    """Return the mean of every column over its numbers, NaN where it has none."""
    known = ~np.isnan(values)
    counts = known.sum(axis=0)
    return np.where(known, values, 0.0).sum(axis=0) / np.where(counts > 0, counts, np.nan)
