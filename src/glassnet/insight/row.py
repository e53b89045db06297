"""One row of a table through a fitted network: the trace of one step of gradient descent on it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from glassnet.estimators.checking import check_inputs, check_targets
from glassnet.estimators.recipe import settled
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.text import TextTable
from glassnet.insight.trace import Trace, trace
from glassnet.table.encode import encode
from glassnet.table.match import match


@dataclass(frozen=True)
class RowTrace:
    """The row in raw units, its scaled inputs, the trace in scaled units, and prediction and target in raw units."""

    row: int
    member: int
    raw: dict[str, Any]
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
        gradient = step.input_gradient.ravel()
        entries = zip(self.inputs, self.inputs.values(), gradient, strict=True)
        return [
            TextTable(
                ("column", "value"), tuple(self.raw.items()), decimals, f"row {self.row}, through member {self.member}"
            ),
            TextTable(("input", "x^0", "dE/dx^0"), tuple(entries), decimals, "layer 0, the scaled inputs"),
            *self.trace.layer_tables(decimals, weights=weights),
            TextTable(ends, tuple(rows), decimals, head),
        ]

    def to_json(self) -> str:
        """Return all numbers as JSON."""
        named = {"row": self.row, "member": self.member, "raw": self.raw, "inputs": self.inputs, "target": self.target}
        named |= {"prediction": self.prediction, "prediction_after": self.prediction_after}
        return json.dumps({**named, "trace": json.loads(self.trace.to_json())}, indent=2)


def trace_row(
    model: NetworkRegressor, X: Any, y: Any, row: int, step_size: float | None = None, member: int = 0
) -> RowTrace:
    """Return the trace of row `row` (from 0) of X and y through one member: forward, backward, one step of descent."""
    table = check_inputs(model, X, reset=False)
    if not 0 <= row < table.rows:
        raise ValueError(f"there is no row {row}: the table has rows 0 to {table.rows - 1}")
    if not 0 <= member < len(model.members_):
        raise ValueError(f"there is no member {member}: the model has members 0 to {len(model.members_) - 1}")
    one, own = match(model.schema_, table.take(np.array([row]))), model.members_[member]
    targets = check_targets(y[row : row + 1], 1).reshape(1, -1)
    record = trace(
        model.network_,
        own.parameters,
        own.inputs.down(encode(model.schema_, one, np.array([row]))),
        own.targets.down(targets),
        loss=model.loss,
        step_size=settled(model, len(own.share.train)).learning_rate_init if step_size is None else step_size,
    )
    step, names = record.steps[0], model.target_names_
    kinds = [column.kind for column in model.schema_.columns]
    cells = [
        _moment(column[0]) if kind == "date" else column[0] for column, kind in zip(one.columns, kinds, strict=True)
    ]
    return RowTrace(
        row=row,
        member=member,
        raw={name: _plain(cell) for name, cell in zip(one.names, cells, strict=True)},
        inputs=dict(zip(model.schema_.inputs, record.x[0].tolist(), strict=True)),
        trace=record,
        target=dict(zip(names, targets[0].tolist(), strict=True)),
        prediction=dict(zip(names, own.targets.up(step.output_before)[0].tolist(), strict=True)),
        prediction_after=dict(zip(names, own.targets.up(step.output_after)[0].tolist(), strict=True)),
    )


def _moment(seconds: float) -> str | None:
    return None if np.isnan(seconds) else datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(" ")


def _plain(cell: Any) -> Any:
    if isinstance(cell, float | np.floating):
        return None if np.isnan(cell) else float(cell)
    return cell
