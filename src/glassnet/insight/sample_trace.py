"""One row or image through a fitted network: the trace of one step of gradient descent on it."""

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from glassnet.data.schema import CellValue
from glassnet.estimators.validation import check_inputs
from glassnet.insight.formatting import channel_table
from glassnet.insight.targets import Estimator, encoded_targets, loss_of, output_names
from glassnet.insight.text import TextTable
from glassnet.insight.trace import Trace, trace

DEFAULT_STEP = 0.001


@dataclass(frozen=True)
class RowTrace:
    """A row, its scaled inputs, the trace in scaled units, and prediction and target in the units of the target.

    Of an image `cells` says its size and `inputs` is empty: the pixels are in the trace. Of a classifier target and
    prediction are the probabilities of the classes.
    """

    row: int
    member: int
    cells: dict[str, CellValue]  # by column, as they were given
    inputs: dict[str, float]  # x^0 by name
    trace: Trace
    target: dict[str, float]
    prediction: dict[str, float]
    prediction_after: dict[str, float]  # after one step of gradient descent on this row alone

    def tables(self, decimals: int | None = None, *, weights: bool = False) -> list[TextTable]:
        """Return the tables from the top of the forward pass to the step."""
        ends = ("target", "actual", "predicted", "predicted after the step")
        rows = [(name, self.target[name], self.prediction[name], self.prediction_after[name]) for name in self.target]
        step = self.trace.steps[0]
        head = f"E = {step.E:.6g} ({self.trace.loss}, scaled target), step size {self.trace.step_size:g}"
        return [
            TextTable(
                ("column", "value"),
                tuple(self.cells.items()),
                decimals,
                f"row {self.row}, through member {self.member}",
            ),
            self._input_table(decimals),
            *self.trace.layer_tables(decimals, weights=weights),
            TextTable(ends, tuple(rows), decimals, head),
        ]

    def _input_table(self, decimals: int | None) -> TextTable:
        title, gradient = "layer 0, the scaled inputs", self.trace.steps[0].input_gradient[0]
        if not self.inputs:
            return channel_table({"x^0": self.trace.x[0], "dE/dx^0": gradient}, decimals, title)
        entries = zip(self.inputs, self.inputs.values(), gradient.ravel(), strict=True)
        return TextTable(("input", "x^0", "dE/dx^0"), tuple(entries), decimals, title)

    def to_json(self) -> str:
        """Return all numbers as JSON."""
        named = {
            "row": self.row,
            "member": self.member,
            "cells": self.cells,
            "inputs": self.inputs,
            "target": self.target,
        }
        named |= {"prediction": self.prediction, "prediction_after": self.prediction_after}
        return json.dumps({**named, "trace": json.loads(self.trace.to_json())}, indent=2)


def trace_row(
    model: Estimator, X: ArrayLike, y: ArrayLike, row: int, step_size: float | None = None, member: int = 0
) -> RowTrace:
    """Return the trace of row `row` (from 0) of X and y through one member: forward, backward, one step of descent."""
    samples = check_inputs(model, X, reset=False)
    if not 0 <= row < samples.rows:
        raise ValueError(f"there is no row {row}: there are rows 0 to {samples.rows - 1}")
    if not 0 <= member < len(model.members_):
        raise ValueError(f"there is no member {member}: the model has members 0 to {len(model.members_) - 1}")
    ensemble, one = model.ensemble_, samples.take(np.array([row]))
    trained = ensemble.members[member]
    names, targets = output_names(model), encoded_targets(model, np.asarray(y)[row : row + 1], 1)
    x = ensemble.schema.encode(ensemble.schema.match(one), np.array([row]))
    record = trace(
        ensemble.network,
        trained.parameters,
        trained.preprocessing.scale_inputs(x),
        trained.preprocessing.scale_targets(targets),
        loss=loss_of(model),
        step_size=(model.recipe_.learning_rate_init or DEFAULT_STEP) if step_size is None else step_size,
    )
    step, inputs = record.steps[0], ensemble.schema.inputs
    before, after = (trained.preprocessing.unscale(out)[0] for out in (step.output_before, step.output_after))
    each = len(before) // targets.shape[1]
    return RowTrace(
        row=row,
        member=member,
        cells=ensemble.schema.cells(one),
        inputs=dict(zip(inputs, record.x[0].tolist() if inputs else [], strict=True)),
        trace=record,
        target=dict(zip(names, np.repeat(targets[0], each).tolist(), strict=True)),
        prediction=dict(zip(names, before.tolist(), strict=True)),
        prediction_after=dict(zip(names, after.tolist(), strict=True)),
    )
