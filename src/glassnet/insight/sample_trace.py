"""One row or image through a fitted network: its forward pass, and with a target one step of gradient descent on it."""

import json
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from glassnet._notebook import Fragment, NotebookRecord
from glassnet.data.schema import CellValue, Samples
from glassnet.ensemble.member import Member
from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.validation import check_inputs
from glassnet.insight.formatting import channel_table
from glassnet.insight.forward_pass import ForwardPass
from glassnet.insight.row_units import RowUnits, row_units
from glassnet.insight.targets import Estimator, class_loss, encoded_targets, loss_of, output_names
from glassnet.insight.text import TextTable
from glassnet.insight.trace import forward_pass, trace_network
from glassnet.insight.trace_record import FORMAT, Trace
from glassnet.insight.viewer_room import viewed_forward
from glassnet.storage.json_value import JSON

DEFAULT_STEP = 0.001


@dataclass(frozen=True)
class TracedRow:
    """Which row went through which member.

    Of an image `cells` says its size and `inputs` is empty: the pixels are in the trace.

    Attributes
    ----------
    row, member : int
        The numbers of the row and of the member, counted from 0.
    cells : dict
        The row by column, as it was given.
    inputs : dict of float
        x^0, scaled, by name.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, TracedRow, trace
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> row = trace(model, X, row=3)
    >>> isinstance(row, TracedRow), row.row, len(row.cells)
    (True, 3, 10)
    >>> print(row.cell_table())
    row 3, through member 0
    column        value
    age      -0.0890629
    sex      -0.0446416
    ...
    """

    row: int
    member: int
    cells: dict[str, CellValue]
    inputs: dict[str, float]

    def cell_table(self, decimals: int | None = None) -> TextTable:
        """Return the row as it was given.

        Parameters
        ----------
        decimals : int or None
            Decimals of every number; None: six digits.
        """
        title = f"row {self.row}, through member {self.member}"
        return TextTable(("column", "value"), tuple(self.cells.items()), decimals, title)


@dataclass(frozen=True)
class RowForward(TracedRow, NotebookRecord):
    """The forward pass of a row without a target, and the prediction in the units of the target.

    Attributes
    ----------
    row, member : int
        The numbers of the row and of the member, counted from 0.
    cells, inputs : dict
        The row as it was given, by column, and x^0, scaled, by name.
    forward : ForwardPass
        Every number of the forward pass, in scaled units.
    prediction : dict of float
        By target; of a classifier the probabilities of classes or labels.
    units : RowUnits
        From cells to x^0 and from outputs to predictions, as equations; and what all members predict.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, trace
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> row = trace(model, X, row=3)
    >>> type(row).__name__, row.row, row.member
    ('RowForward', 3, 0)
    >>> list(row.inputs)
    ['age', 'bmi', 'bp', 's1', 's2', 's3', 's4', 's5', 's6', 'sex']
    >>> 25 < row.prediction["target"] < 346
    True
    """

    _rest: ClassVar[str] = "str() or to_json() has all"

    forward: ForwardPass
    prediction: dict[str, float]
    units: RowUnits

    def tables(self, decimals: int | None = None, *, weights: bool = False) -> list[TextTable]:
        """Return the tables from the first layer to the prediction.

        Parameters
        ----------
        decimals : int or None
            Decimals of every number; None: six digits.
        weights : bool
            Whether to show the matrices too.
        """
        title = "the forward pass alone, since the row has no target"
        return [
            self.cell_table(decimals),
            *self.units.before(decimals),
            _input_table(self.inputs, {"x^0": self.forward.x[0]}, decimals),
            *self.forward.layer_tables(decimals, weights=weights),
            *self.units.behind(decimals),
            TextTable(("target", "predicted"), tuple(self.prediction.items()), decimals, title),
        ]

    def to_json(self) -> str:
        """Return all numbers as JSON."""
        named = {**_described(self), "prediction": self.prediction, "units": self.units.to_dict()}
        return json.dumps({**named, "forward": json.loads(self.forward.to_json())}, indent=2)

    def to_viewer(self, *, brief: bool = False) -> dict[str, JSON] | None:
        """Return what a viewer shows of it; None where its numbers are not finite.

        Parameters
        ----------
        brief : bool
            Whether numbers have nine digits and no equations, for a page with much else.
        """
        title, outputs = f"{_viewed(self)}; the forward pass alone, since the row has no target", list(self.prediction)
        return viewed_forward(self.forward, title, inputs=list(self.inputs), outputs=outputs, brief=brief)

    def _viewer(self) -> dict[str, JSON] | None:
        return self.to_viewer()

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.tables()))

    def _fill(self, fragment: Fragment) -> None:
        fragment.tables(self.tables())


@dataclass(frozen=True)
class RowTrace(TracedRow, NotebookRecord):
    """A row, its scaled inputs, the trace in scaled units, and prediction and target in the units of the target.

    Of a classifier target and prediction are the probabilities of the classes.

    Attributes
    ----------
    row, member : int
        The numbers of the row and of the member, counted from 0.
    cells, inputs : dict
        The row as it was given, by column, and x^0, scaled, by name.
    trace : Trace
        Every number of one step of gradient descent on this row alone, in scaled units.
    target, prediction, prediction_after : dict of float
        By target: what it is, what is predicted, and what would be after the step.
    units : RowUnits
        From cells to x^0 and from outputs to predictions, as equations; and what all members predict.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, trace
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> row = trace(model, X, y, row=3, member=1)
    >>> row.target, len(row.trace.steps)
    ({'target': 206.0}, 1)
    >>> abs(row.prediction_after["target"] - 206) < abs(row.prediction["target"] - 206)
    True
    """

    _rest: ClassVar[str] = "str() or to_json() has all"

    trace: Trace
    target: dict[str, float]
    prediction: dict[str, float]
    prediction_after: dict[str, float]
    units: RowUnits

    def tables(self, decimals: int | None = None, *, weights: bool = False) -> list[TextTable]:
        """Return the tables from the top of the forward pass to the step.

        Parameters
        ----------
        decimals : int or None
            Decimals of every number; None: six digits.
        weights : bool
            Whether to show the matrices too.
        """
        ends = ("target", "actual", "predicted", "predicted after the step")
        rows = [(name, self.target[name], self.prediction[name], self.prediction_after[name]) for name in self.target]
        step = self.trace.steps[0]
        head = f"E = {step.E:.6g} ({self.trace.loss}), step size {self.trace.step_size:g}"
        inputs = {"x^0": self.trace.x[0], "dE/dx^0": step.input_gradient[0]}
        return [
            self.cell_table(decimals),
            *self.units.before(decimals),
            _input_table(self.inputs, inputs, decimals),
            *self.trace.layer_tables(decimals, weights=weights),
            *self.units.behind(decimals),
            TextTable(ends, tuple(rows), decimals, head),
        ]

    def to_json(self) -> str:
        """Return all numbers as JSON."""
        named = {
            **_described(self),
            "target": self.target,
            "prediction": self.prediction,
            "prediction_after": self.prediction_after,
            "units": self.units.to_dict(),
            "trace": json.loads(self.trace.to_json()),
        }
        return json.dumps(named, indent=2)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.tables()))

    def to_viewer(self, *, brief: bool = False) -> dict[str, JSON] | None:
        """Return what a viewer shows of it: what matters of its layers; None where its numbers are not finite.

        Parameters
        ----------
        brief : bool
            Whether numbers have nine digits, no equations and no gradient checks, for a page with much else.
        """
        return self.trace.to_viewer(_viewed(self), inputs=list(self.inputs), outputs=list(self.target), brief=brief)

    def _viewer(self) -> dict[str, JSON] | None:
        return self.to_viewer()

    def _fill(self, fragment: Fragment) -> None:
        fragment.tables(self.tables())


def trace_row(
    model: Estimator, X: ArrayLike, y: ArrayLike, row: int, step_size: float | None = None, member: int = 0
) -> RowTrace:
    """Return the trace of row `row` (from 0) of X and y through one member: forward, backward, one step of descent."""
    place, trained, encoded, x = _taken(model, X, row, member)
    names, targets = output_names(model), encoded_targets(model, np.asarray(y)[row : row + 1], 1)
    record = trace_network(
        model.network_,
        trained.parameters,
        x,
        trained.preprocessing.scale_targets(targets),
        loss=loss_of(model) if isinstance(model, NetworkClassifier) else model.loss,
        step_size=(model.recipe_.learning_rate_init or DEFAULT_STEP) if step_size is None else step_size,
    )
    step = record.steps[0]
    outputs = (step.output_before, step.output_after)
    before, after = (_predicted(model, trained.preprocessing, output)[0] for output in outputs)
    each = len(before) // targets.shape[1]
    return RowTrace(
        row=place.row,
        member=place.member,
        cells=place.cells,
        inputs=place.inputs,
        trace=record,
        target=dict(zip(names, np.repeat(targets[0], each).tolist(), strict=True)),
        prediction=dict(zip(names, before.tolist(), strict=True)),
        prediction_after=dict(zip(names, after.tolist(), strict=True)),
        units=row_units(model, trained.preprocessing, place.cells, encoded, step.output_before),
    )


def forward_row(model: Estimator, X: ArrayLike, row: int, member: int = 0) -> RowForward:
    """Return the forward pass of row `row` (from 0) of X through one member, which needs no target."""
    place, trained, encoded, x = _taken(model, X, row, member)
    link = loss_of(model).link if isinstance(model, NetworkClassifier) else model.ensemble_.link
    record = forward_pass(model.network_, trained.parameters, x, link)
    prediction = _predicted(model, trained.preprocessing, record.output)[0]
    named = dict(zip(output_names(model), prediction.tolist(), strict=True))
    units = row_units(model, trained.preprocessing, place.cells, encoded, record.output)
    return RowForward(place.row, place.member, place.cells, place.inputs, record, named, units)


def _taken(model: Estimator, X: ArrayLike, row: int, member: int) -> tuple[TracedRow, Member, np.ndarray, np.ndarray]:
    """Return a row, a member, and the row's inputs, encoded and as the member scales them, (1, *inputs)."""
    samples = check_inputs(model, X, reset=False)
    if not 0 <= row < samples.rows:
        raise ValueError(f"there is no row {row}: there are rows 0 to {samples.rows - 1}")
    if not 0 <= member < len(model.members_):
        raise ValueError(f"there is no member {member}: the model has members 0 to {len(model.members_) - 1}")
    schema, trained = model.schema_, model.ensemble_.members[member]
    one: Samples = samples.take(np.array([row]))
    encoded = schema.encode(schema.match(one), np.array([row]))
    x = trained.preprocessing.scale_inputs(encoded)
    inputs = dict(zip(schema.inputs, x[0].tolist() if schema.inputs else [], strict=True))
    return TracedRow(row, member, schema.cells(one), inputs), trained, encoded, x


def _viewed(place: TracedRow) -> str:
    return f"row {place.row}, through member {place.member}, in scaled units"


def _described(place: TracedRow) -> dict[str, JSON]:
    return {
        "format": FORMAT,
        "row": place.row,
        "member": place.member,
        "cells": dict(place.cells),
        "inputs": dict(place.inputs),
    }


def _input_table(names: dict[str, float], arrays: dict[str, np.ndarray], decimals: int | None) -> TextTable:
    title = "layer 0, the scaled inputs"
    if not names:
        return channel_table(arrays, decimals, title)
    entries = zip(names, *(array.ravel() for array in arrays.values()), strict=True)
    return TextTable(("input", *arrays), tuple(entries), decimals, title)


def _predicted(model: Estimator, preprocessing: Preprocessing, output: np.ndarray) -> np.ndarray:
    """Return outputs behind the link, (rows, outputs), as they are predicted: in units, or without the smoothing."""
    if isinstance(model, NetworkClassifier):
        return class_loss(model).unsmoothed(output)
    return preprocessing.unscale(output)
