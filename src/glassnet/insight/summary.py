"""What a fit was: rows, columns, unknowns, epochs, and the error on the rows that were held out."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.estimators.metrics import Errors, errors
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.text import TextTable


@dataclass(frozen=True)
class Summary:
    """A fitted regressor in figures; errors are in the units of the target."""

    target: tuple[str, ...]
    training_rows: int
    validation_rows: int
    columns: int
    left_out: tuple[tuple[str, str], ...]  # column and reason
    inputs: int
    layers: tuple[int, ...]  # neurons of every layer, inputs first
    unknowns: int
    epochs: int
    kept_epoch: int
    stop_reason: str
    training: Errors
    validation: Errors | None  # None when no rows were held out

    def table(self) -> TextTable:
        """Return the summary as two columns of words."""
        held = f"{self.validation_rows} held out to stop in time" if self.validation else "none held out"
        rows = [
            ("target", ", ".join(self.target)),
            ("rows", f"{self.training_rows} to learn from, {held}"),
            ("columns", f"{self.columns}, as {self.inputs} inputs"),
            *((f"column {name!r}", f"left out: {reason}") for name, reason in self.left_out),
            ("network", " - ".join(map(str, self.layers))),
            ("unknowns", f"{self.unknowns}, {self.unknowns / self.training_rows:.1f} a training row"),
            ("epochs", f"{self.epochs}, kept epoch {self.kept_epoch}: {self.stop_reason}"),
            ("training RMSE", f"{self.training.rmse:.6g}"),
        ]
        if self.validation:
            rows.append(("held-out RMSE", f"{self.validation.rmse:.6g} (it chose the epoch, so it flatters a little)"))
        return TextTable(("", ""), tuple(rows))


def summarise(model: NetworkRegressor, X: Any, y: Any) -> Summary:
    """Return the summary of a regressor that was fitted to X and y."""
    targets, prediction = np.asarray(y, dtype=np.float64), model.predict(X)

    def over(rows: np.ndarray) -> Errors | None:
        return errors(targets[rows], prediction[rows]) if rows.size else None

    training = over(model.training_rows_)
    if training is None:
        raise ValueError("the model has no training rows to sum up")
    columns = model.schema_.columns
    return Summary(
        target=tuple(model.target_names_),
        training_rows=int(model.training_rows_.size),
        validation_rows=int(model.validation_rows_.size),
        columns=len(columns),
        left_out=tuple((column.name, column.reason) for column in columns if column.kind == "left out"),
        inputs=len(model.schema_.inputs),
        layers=tuple(shape[0] for shape in model.network_.shapes),
        unknowns=model.network_.unknowns,
        epochs=model.n_iter_,
        kept_epoch=model.best_iter_,
        stop_reason=model.stop_reason_,
        training=training,
        validation=over(model.validation_rows_),
    )
