"""Rows that are held out of a fit, to judge the model by."""

from typing import TYPE_CHECKING

import click

from glassnet.cli.arguments import TrainingData

if TYPE_CHECKING:
    import numpy as np

    from glassnet.cli.arguments import Inputs, Targets
    from glassnet.estimators.classifier import NetworkClassifier
    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.insight.evaluation import ClassEvaluation, Evaluation

BLOCKS = 8  # of rows in order of time that are predicted from those before them, one by each member


def hold_out(
    data: TrainingData, fraction: float | None, last: bool, seed: int
) -> tuple[TrainingData, TrainingData | None]:
    """Return the rows to learn from, and those to test on: random ones, full groups of them, or the last."""
    if fraction is None:
        return data, None
    import numpy as np

    rows = len(data.y)
    if last:
        order = np.arange(rows)
        test = order[rows - max(1, round(fraction * rows)) :]
    elif data.groups is not None:
        names = np.random.default_rng(seed).permutation(np.unique(data.groups))
        test = np.flatnonzero(np.isin(data.groups, names[: max(1, round(fraction * len(names)))]))
    else:
        test = np.sort(np.random.default_rng(seed).permutation(rows)[: max(1, round(fraction * rows))])
    train = np.setdiff1d(np.arange(rows), test)
    if not len(train):
        raise click.UsageError("--test-fraction leaves no row to learn from")
    return _rows(data, train), _rows(data, test)


def _rows(data: TrainingData, rows: "np.ndarray") -> TrainingData:
    """Return these rows."""
    parts = (data.weights, data.groups, data.exposure)
    weights, groups, exposure = (None if part is None else part[rows] for part in parts)
    return TrainingData(data.X[rows], data.y[rows], weights, groups, data.report, exposure)


def by_time(model: "NetworkRegressor | NetworkClassifier") -> None:
    """Let every member of an estimator learn from rows before those that it is judged by."""
    from sklearn.model_selection import TimeSeriesSplit

    folds = BLOCKS if model.n_members is None else model.n_members
    if folds < 2:
        raise click.UsageError("--time needs --members of at least 2: each predicts the block behind its own rows")
    model.set_params(cv=TimeSeriesSplit(folds), n_members=folds)


def measure(model: "NetworkRegressor | NetworkClassifier", X: "Inputs", y: "Targets") -> "Evaluation | ClassEvaluation":
    """Return the errors of a model on rows that it has not seen."""
    from glassnet.estimators.classifier import NetworkClassifier
    from glassnet.insight.evaluation import evaluate, evaluate_classes

    return evaluate_classes(model, X, y) if isinstance(model, NetworkClassifier) else evaluate(model, X, y)
