"""One number that a regressor predicts, and rows with other cells in one column: what slopes and profiles need."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn.utils.validation import check_is_fitted

from glassnet.data.column import Column
from glassnet.data.column_inputs import column_inputs, pair_inputs
from glassnet.data.columns import Table
from glassnet.data.schema import Samples, Schema
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.targets import target_place
from glassnet.network.loss import as_loss


def check_regressor_of_table(model: object, what: str) -> NetworkRegressor:
    """Return the model; `TypeError` unless it is a regressor of tables, with `what` as the subject of the sentence."""
    if not isinstance(model, NetworkRegressor):
        raise TypeError(
            f"{what} are of numbers that a NetworkRegressor predicts, not of {type(model).__name__}; of classes "
            "importance says which columns are used, and scikit-learn's PartialDependenceDisplay draws probabilities"
        )
    check_is_fitted(model)
    if not model.schema_.columns:
        raise TypeError(f"{what} are of columns, and this model was fitted to images, which have none")
    return model


def output_of(model: NetworkRegressor, target: str | None) -> tuple[int, str]:
    """Return the place of what is predicted of a target among the network's outputs, and its name.

    With quantiles it is the one nearest to the median, unless the output is named, as in "price at 0.9".
    """
    levels = as_loss(model.loss).levels
    if levels and target in model.output_names_:
        place = model.output_names_.index(target)
        return place, model.output_names_[place]
    each = len(model.output_names_) // model.n_outputs_
    middle = int(np.argmin(np.abs(np.subtract(levels, 0.5)))) if levels else 0
    place = target_place(model, target) * each + middle
    return place, model.output_names_[place]


def matched_table(schema: Schema, samples: Samples) -> Table:
    """Return the columns of training; `TypeError` for images."""
    table = schema.match(samples)
    if not isinstance(table, Table):
        raise TypeError("X holds images, which have no columns; give a table")
    return table


def with_cells(table: Table, place: int, cells: np.ndarray) -> Table:
    """Return a table with other cells in one column."""
    return replace(table, columns=tuple(cells if place == number else old for number, old in enumerate(table.columns)))


def given_with_cells(table: Table, column: Column, cells: np.ndarray) -> Table:
    """Return a table as it was given, with cells in one column that are as `match` would make them."""
    name, dates, zoned = column.name, table.dates - {column.name}, table.zoned - {column.name}
    if column.kind == "date":
        dates, zoned = dates | {name}, zoned | ({name} if column.zoned else set[str]())
    return Table(
        table.names, with_cells(table, table.names.index(name), cells).columns, table.declared, dates, table.unnamed,
        table.booleans - {name}, zoned, {**table.origins, name: column.origin}, table.notes,
    )  # fmt: skip


def inputs_of_cells(schema: Schema, matched: Table, column: Column, cells: np.ndarray) -> np.ndarray:
    """Return the inputs that cells of a column become, (cells, inputs of the column)."""
    rows = matched.take(np.zeros(len(cells), int))
    encoded = schema.encode(with_cells(rows, schema.columns.index(column), cells))
    return encoded[:, column_inputs(schema.columns)[column.name]]


def with_inputs(columns: Sequence[Column], x: np.ndarray, column: Column, inputs: np.ndarray) -> np.ndarray:
    """Return encoded rows with other inputs of one column, and the time between dates that follows from them."""
    moved = x.copy()
    moved[:, column_inputs(columns)[column.name]] = inputs
    for between, first, second in pair_inputs(columns):
        moved[:, between] = moved[:, second] - moved[:, first]
    return moved
