"""The schema of a table: what each column is, and everything that follows for networks, scaling and perturbations."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from glassnet._counted import counted
from glassnet._warn import warn_caller
from glassnet.data.column import Column, coded_columns, date_pairs
from glassnet.data.columns import Table, array_names, with_numbers
from glassnet.data.dense_size import check_dense
from glassnet.data.encode import check_outliers, encode
from glassnet.data.integers import plus_origin
from glassnet.data.match import match, unlearnable
from glassnet.data.read_columns import Reading, read_columns
from glassnet.data.repeated_ids import repeated_ids
from glassnet.data.scaler import (
    Scaler,
    fit_robust_scaler,
    fit_standard_scaler,
    no_ends,
    with_new_variation,
    with_passthrough,
)
from glassnet.data.schema import CellValue, InputRecipe, Movable, Samples, ScalerName
from glassnet.data.shared import MemberScaling, SharedTable, member_scaling, shared_table
from glassnet.data.sparse import SparseColumns
from glassnet.network.embedding import Embedding
from glassnet.network.layer import Layer
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip

COLUMNS_AT_FULL_FREQUENCY = 8  # with more, the frequencies of periodic embeddings are drawn lower
SCALERS = {"robust": fit_robust_scaler, "standard": fit_standard_scaler}


@dataclass(frozen=True)
class TableSchema:
    """What the columns of a table are, read once from the rows of training.

    The network's inputs are numbers first, then flags, then codes.

    Parameters
    ----------
    columns : tuple of Column
        The columns, in the order of the first table.

    Examples
    --------
    >>> from glassnet import Column, TableSchema
    >>> city = Column("city", "category", levels=("Basel", "Bern"))
    >>> schema = TableSchema((Column("area", "number"), city))
    >>> schema.inputs, schema.input_shape
    (('area', 'city=Basel', 'city=Bern'), (3,))
    >>> print(schema)
    area  number
    city  category of 2 levels, an input each
    """

    columns: tuple[Column, ...]

    kind: ClassVar[str] = "table"
    ignored_parts: ClassVar[frozenset[str]] = frozenset({"convolutions", "shift"})

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of the inputs that are numbers."""
        names = [name for column in self.columns for name in column.numbers]
        return (*names, *(f"from {first} to {second}" for first, second in date_pairs(self.columns)))

    @property
    def flags(self) -> tuple[str, ...]:
        """The names of the inputs that are 0 or 1."""
        return tuple(name for column in self.columns for name in column.flags)

    @property
    def codes(self) -> tuple[Column, ...]:
        """The categories whose input is the number of the level."""
        return coded_columns(self.columns)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the network's inputs."""
        return (*self.numbers, *self.flags, *(column.name for column in self.codes))

    @property
    def input_shape(self) -> tuple[int]:
        """(inputs,)."""
        return (self._n_inputs,)

    @cached_property
    def _n_inputs(self) -> int:  # asked for at every prediction
        return len(self.inputs)

    @property
    def text_columns(self) -> tuple[str, ...]:
        """The names of the columns that hold categories."""
        return tuple(column.name for column in self.columns if column.kind == "category")

    def match(self, samples: Samples, *, warn: bool = True) -> Table:
        """Return the columns that training has seen, in its order."""
        if not isinstance(samples, Table):
            raise ValueError(
                "the model was fitted to a table, but X holds images; give it tables with the same columns"
            )
        return match(self.columns, samples, warn=warn)

    def repeated_ids(self, samples: Samples) -> list[str]:
        """Return the columns that hold the ids of several rows each."""
        return repeated_ids(samples) if isinstance(samples, Table) else []

    def unlearnable(self, samples: Samples) -> dict[str, str]:
        """Return by column what in these rows the network has no input for."""
        return unlearnable(self.columns, self.match(samples, warn=False))

    def encode(self, samples: Samples, rows: np.ndarray | None = None) -> np.ndarray:
        """Return matched columns as a float64 matrix (rows, inputs); `ValueError` when it does not fit into memory."""
        if not isinstance(samples, Table):
            raise TypeError(f"a table is encoded, not {type(samples).__name__}; match it first")
        if isinstance(samples.columns, SparseColumns):
            check_dense(samples.rows, len(self.inputs))
        return encode(self.columns, samples, rows)

    def check(self, x: np.ndarray, rows: np.ndarray) -> None:
        """Raise `ValueError` where no column can be used, and for a number beyond all others of its column."""
        if x.shape[1] == 0:
            reasons = ", ".join(f"{column.name} ({column.reason})" for column in self.columns)
            raise ValueError(f"no column can be used: {reasons}")
        for name, cells in zip(self.numbers, x.T, strict=False):
            check_outliers(f"column {name!r}", cells, rows)

    def digest(self, x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> str:
        """Return the SHA-256 of all numbers."""
        return hashlib.sha256(np.ascontiguousarray(np.column_stack([x, y, weights])).tobytes()).hexdigest()

    def fit_scaler(self, x: np.ndarray, weights: np.ndarray, rows: np.ndarray, name: ScalerName) -> Scaler:
        """Return the scaler of these rows; flags and codes stay as they are."""
        training_rows = x[rows]
        scaler = SCALERS[name](training_rows, weights[rows])
        return with_passthrough(
            scaler, training_rows, flags=len(self.numbers), codes=len(self.inputs) - len(self.codes)
        )

    def widened(self, scaler: Scaler, x: np.ndarray, weights: np.ndarray, rows: np.ndarray) -> Scaler:
        """Return the scaler with a scale for inputs that were constant so far; that of a flag is 1."""
        wider = with_new_variation(scaler, scaler.fill, x[rows], weights[rows])
        if wider is scaler:
            return scaler
        flag = (np.arange(len(self.inputs)) >= len(self.numbers)) & (wider.scale != 0)
        return replace(wider, scale=np.where(flag, 1.0, wider.scale))

    def to_shared(self, x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[SharedTable, np.ndarray]:
        """Return inputs, targets and weights as one table of pairs."""
        return shared_table(np.column_stack([x, y, weights]))

    def member_scaling(
        self, inputs: Scaler, targets: Scaler, mean_weight: float, exponents: np.ndarray
    ) -> MemberScaling:
        """Return how a member scales the columns of the shared table."""
        return member_scaling([inputs, targets], None, mean_weight, exponents)

    def embedding_layers(self) -> list[Layer]:
        """Return the embedding of the columns that come as codes: no other layer could use them."""
        return [Embedding(tuple(len(column.levels) for column in self.codes))] if self.codes else []

    def input_layers(self, recipe: InputRecipe) -> list[Layer]:
        """Return embeddings of codes and numbers, and what a recipe says of scaling and clipping.

        The more columns there are, the lower the frequencies of a periodic embedding, against overfitting.
        """
        numbers, layers = len(self.numbers), self.embedding_layers()
        if recipe.clip_inputs and numbers:
            layers.append(SmoothClip(numbers))
        if numbers and recipe.embedding in ("piecewise", "both"):
            layers.append(PiecewiseLinear(numbers))
        if numbers and recipe.embedding in ("periodic", "both"):
            layers.append(Periodic(numbers, standard_deviation=min(1.0, COLUMNS_AT_FULL_FREQUENCY / numbers)))
        return [*layers, InputScaling()] if recipe.input_scaling else layers

    def scaled_perturbation(self, scaler: Scaler, x: np.ndarray) -> np.ndarray:
        """Return 1 for columns of numbers, whose unit is their scale, and 0 for all else, which is held fixed."""
        return self.perturbation_unit(np.ones(len(self.inputs)), x)

    def scaled_ends(self, scaler: Scaler, x: np.ndarray) -> np.ndarray:
        """Return that numbers have no end by nature, (2, inputs)."""
        return no_ends((len(self.inputs),))

    def perturbation_unit(self, scale: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return the scale of columns of numbers; all else, dates among it, is held fixed."""
        moving = set(self.movable().columns)
        return np.where([name in moving for name in self.inputs], scale, 0.0)

    def perturbation_range(self, x: np.ndarray) -> None:
        """Return None: numbers have no end by nature."""

    def restore(self, X: ArrayLike, x: np.ndarray) -> ArrayLike:
        """Return X with the numbers of encoded rows in the place of its own: an array, or a frame of its library."""
        columns, places = self.movable()
        return with_numbers(X, self.names, dict(zip(columns, x[:, places].T, strict=True)))

    def movable(self) -> Movable:
        """Return the columns that are numbers; integers beyond 2^53 stay, since a float cannot say where they went."""
        columns = tuple(column.name for column in self.columns if column.kind == "number" and not column.origin)
        places = {name: place for place, name in enumerate(self.numbers)}
        return Movable(columns, np.array([places[name] for name in columns], dtype=int))

    def error_features(self, scaler: Scaler, x: np.ndarray) -> np.ndarray:
        """Return scaled numbers and flags; codes are names, whose size means nothing."""
        return scaler.transform(x)[:, : len(self.inputs) - len(self.codes)]

    def cells(self, samples: Samples) -> dict[str, CellValue]:
        """Return the first row by column, dates as text."""
        table = self.match(samples)
        firsts = [cells[0] for cells in table.columns]
        return {
            column.name: _moment(cell) if column.kind == "date" else _plain(cell, column.origin)
            for column, cell in zip(self.columns, firsts, strict=True)
        }

    def explain(self, row: int, scaler: Scaler, x: np.ndarray) -> str:
        """Return which input lies furthest from the training table."""
        far = np.abs(scaler.transform(x))[0]
        return (
            f"the prediction for row {row} is not finite: {self.inputs[int(np.argmax(far))]!r} lies "
            f"{np.max(far):.3g} times its scale in training from its center; correct that cell"
        )

    def check_stored(self, features: int, names: Sequence[str] | None) -> None:
        """Encode one row of missing cells: columns and names must belong together."""
        known = tuple(array_names(len(self.columns)) if names is None else names)
        if features != len(self.columns):
            raise ValueError("its schema has another number of columns than n_features_in_")
        if self.names != known or len(set(known)) != len(known):
            raise ValueError("its schema and its feature names differ")
        for column in self.columns:
            values = set(column.values) if np.isfinite(column.values).all() else set[float]()
            if column.kind == "flag" and not len(values) == len(column.values) == 2:
                raise ValueError(f"{column.name!r} is no flag")
        row = self.encode(Table(known, tuple(map(_missing, self.columns))))
        if row.shape[1:] != self.input_shape:
            raise ValueError(f"its schema has {self.input_shape} inputs, but encodes {row.shape[1]}")

    def describe(self) -> str:
        """Return the numbers of columns and inputs."""
        return f"{counted(len(self.columns), 'column')}, as {counted(len(self.inputs), 'input')}"

    def __str__(self) -> str:
        width = max(len(name) for name in self.names)
        return "\n".join(f"{column.name:<{width}}  {column}" for column in self.columns)


def read_schema(table: Table, reading: Reading | None = None) -> TableSchema:
    """Return the schema of a table; columns that are the same in every row are left out while others are not."""
    columns = read_columns(table, reading or Reading())
    for name, note in table.notes.items():
        warn_caller(f"column {name!r} is taken as {note}; make it text to keep it as it is")
    return TableSchema(columns)


def _missing(column: Column) -> np.ndarray:
    return np.array([None]) if column.kind in ("category", "left out") else np.array([np.nan])


def _moment(seconds: float) -> str | None:
    return None if np.isnan(seconds) else datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(" ")


def _plain(cell: CellValue, origin: int) -> CellValue:
    if isinstance(cell, float | np.floating):
        return None if np.isnan(cell) else plus_origin(float(cell), origin)
    return cell
