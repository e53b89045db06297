"""A fitted model's errors on a table, beside those of always answering with the training mean."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.estimators.checking import check_targets
from glassnet.estimators.metrics import Errors, errors
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.text import TextTable


@dataclass(frozen=True)
class Evaluation:
    """Errors of every target: of the model under its name, of the training mean under "NAME, mean of training"."""

    errors: dict[str, Errors]

    def table(self) -> TextTable:
        """Return one line a target and model."""
        rows = [(name, e.rows, e.rmse, e.mae, e.median, e.r2) for name, e in self.errors.items()]
        return TextTable(("", "rows", "RMSE", "MAE", "median error", "R2"), tuple(rows))


def evaluate(model: NetworkRegressor, X: Any, y: Any) -> Evaluation:
    """Return the errors on X and y; a target with text or gaps is refused."""
    prediction = model.predict(X)
    prediction = prediction.reshape(len(prediction), -1)
    targets = check_targets(y, len(prediction)).reshape(len(prediction), -1)
    if targets.shape != prediction.shape:
        raise ValueError(f"y has {targets.shape[1]} target(s), but the model predicts {prediction.shape[1]}")
    found: dict[str, Errors] = {}
    for place, name in enumerate(model.target_names_):
        mean = np.full(len(targets), model.target_mean_[place])
        found[name] = errors(targets[:, place], prediction[:, place])
        found[f"{name}, mean of training"] = errors(targets[:, place], mean)
    return Evaluation(found)
