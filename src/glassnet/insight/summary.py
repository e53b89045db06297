"""What a fit was: rows, columns, members, unknowns, epochs, and the most honest error there is."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.estimators.checking import check_targets
from glassnet.estimators.metrics import Errors, errors_by_name
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.text import TextTable
from glassnet.network.loss import as_loss

WORDS = {
    "out of fold": "by members that never saw the row",
    "held out": "on the rows that chose the epoch, so it flatters a little",
    "training": "on the rows it learned from, so it flatters",
}


@dataclass(frozen=True)
class Summary:
    """A fitted regressor in figures; errors by target are in the units of the target."""

    target: tuple[str, ...]
    rows: int
    columns: int
    left_out: tuple[tuple[str, str], ...]  # column and reason
    inputs: int
    members: int
    training_rows: int  # of each member
    held_rows: int  # of each member, to stop by
    layers: tuple[int, ...]  # numbers entering and leaving the layers
    unknowns: int  # of each member
    solver: str
    solver_reason: str
    epochs: int
    kept_epoch: int
    stop_reason: str
    kind_of_errors: str  # "out of fold", "held out" or "training"
    errors: dict[str, Errors]

    def table(self) -> TextTable:
        """Return the summary as two columns of words."""
        members = "1 network" if self.members == 1 else f"{self.members} members"
        blind = ", each blind to a fold" if self.kind_of_errors == "out of fold" else ""
        held = f", {self.held_rows} held out to stop in time" if self.held_rows else ""
        why = "" if self.solver_reason == "asked for" else f" ({self.solver_reason})"
        rows = [
            ("target", ", ".join(self.target)),
            ("rows", f"{self.rows}: {self.training_rows} to learn from{held}"),
            ("columns", f"{self.columns}, as {self.inputs} inputs"),
            *((f"column {name!r}", f"left out: {reason}") for name, reason in self.left_out),
            ("network", f"{' - '.join(map(str, self.layers))}, {members}{blind}"),
            ("unknowns", f"{self.unknowns} a member, {self.unknowns / self.training_rows:.1f} a training row"),
            ("solver", f"{self.solver}{why}"),
            ("epochs", f"{self.epochs}, kept epoch {self.kept_epoch}: {self.stop_reason}"),
        ]
        for name, error in self.errors.items():
            of = f" of {name}" if len(self.errors) > 1 else ""
            what, value = ("RMSE", error.rmse) if error.pinball is None else ("pinball loss", error.pinball)
            rows.append((f"{what}{of}", f"{value:.6g} {self.kind_of_errors}: {WORDS[self.kind_of_errors]}"))
        return TextTable(("", ""), tuple(rows))


def summarise(model: NetworkRegressor, X: Any, y: Any) -> Summary:
    """Return the summary of a regressor that was fitted to X and y."""
    prediction = model.predict(X)
    rows = len(prediction)
    targets = check_targets(y, rows).reshape(rows, -1)
    kind, which = _most_honest(model, rows)
    found = (model.oof_prediction_ if kind == "out of fold" else prediction).reshape(rows, -1)
    columns = model.schema_.columns
    share = model.members_[0].share
    return Summary(
        target=tuple(model.target_names_),
        rows=rows,
        columns=len(columns),
        left_out=tuple((column.name, column.reason) for column in columns if column.kind == "left out"),
        inputs=len(model.schema_.inputs),
        members=len(model.members_),
        training_rows=int(share.train.size),
        held_rows=int(share.held.size),
        layers=(len(model.schema_.inputs), *(int(W.shape[-1]) for W in model.coefs_)),
        unknowns=model.network_.unknowns,
        solver=model.solver_,
        solver_reason=model.solver_reason_,
        epochs=model.n_iter_,
        kept_epoch=model.best_iter_,
        stop_reason=model.stop_reason_,
        kind_of_errors=kind,
        errors=errors_by_name(as_loss(model.loss), model.target_names_, targets[which], found[which]),
    )


def _most_honest(model: NetworkRegressor, rows: int) -> tuple[str, np.ndarray]:
    if hasattr(model, "oof_prediction_"):
        return "out of fold", np.arange(rows)
    if len(model.members_) == 1 and model.validation_rows_.size:
        return "held out", model.validation_rows_
    return "training", model.training_rows_
