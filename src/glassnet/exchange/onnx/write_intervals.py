"""Intervals as ONNX nodes: the ends of constant width that `predict_interval` returns for one coverage."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from glassnet.conformal.calibration import SPLIT, Calibration
from glassnet.conformal.coverage import as_coverage, rank
from glassnet.conformal.prediction import scores
from glassnet.ensemble.ensemble import Ensemble
from glassnet.estimators.calibration import fold_numbers
from glassnet.estimators.intervals import end_columns, stated_range
from glassnet.estimators.parameters import given_range
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.exchange.onnx.graph import Graph
from glassnet.network.loss import as_loss

MOST_RESIDUALS = 10_000  # of CV+, with each of which every row is compared


def check_residuals(calibration: Calibration) -> None:
    """Raise `ValueError` where the intervals of CV+ rest on more residuals than a graph should hold."""
    rows = len(calibration.fold)
    if calibration.method != SPLIT and rows > MOST_RESIDUALS:
        raise ValueError(
            f"intervals by CV+ compare every row with {rows:,} residuals, and a graph takes up to {MOST_RESIDUALS:,}; "
            "call calibrate(X, y) with rows that the model never saw, and export again, or leave the coverage out"
        )


def write_ends(
    graph: Graph, model: NetworkRegressor, calibration: Calibration, predictions: str, coverage: float
) -> tuple[list[str], list[str]]:
    """Return the lower and the upper end of every target, each (rows,), in the units of the target.

    Parameters
    ----------
    graph : Graph
        What nodes are added to.
    model : NetworkRegressor
        The model.
    calibration : Calibration
        Its residuals.
    predictions : str
        What every member predicts, float64 (members, rows, outputs).
    coverage : float
        The probability that the target lies between the ends.
    """
    loss = as_loss(model.loss)
    of_folds = _of_folds(graph, model.ensemble_, calibration, predictions)
    low_end, high_end = stated_range(given_range(model), loss)
    lower, upper = list[str](), list[str]()
    for place in range(int(model.n_outputs_)):
        columns = end_columns(loss.levels, place, as_coverage(coverage))
        ends = _of_target(graph, of_folds, calibration, columns, as_coverage(coverage))
        for found, end in zip((lower, upper), ends, strict=True):
            within = graph.add("Max", end, graph.constant(low_end))
            found.append(graph.add("Min", within, graph.constant(high_end)))
    return lower, upper


def _of_folds(graph: Graph, ensemble: Ensemble, calibration: Calibration, predictions: str) -> str:
    """Return what the model of every fold predicts, the mean of its members: (rows, folds, outputs)."""
    numbers = np.array([0] * len(ensemble.members) if calibration.method == SPLIT else fold_numbers(ensemble))
    belongs = np.arange(numbers.max() + 1)[:, None] == numbers
    means = graph.constant(belongs / belongs.sum(axis=1, keepdims=True))
    return graph.add("MatMul", means, graph.add("Transpose", predictions, perm=[1, 0, 2]))


def _of_target(
    graph: Graph, of_folds: str, calibration: Calibration, columns: tuple[int, int], coverage: Fraction
) -> tuple[str, str]:
    """Return the ends of one target, of which `columns` are the outputs that they start from."""
    low, high = columns
    rows = calibration.rows_by_fold(low)
    errors = [scores(-calibration.residual[of_fold, low], calibration.residual[of_fold, high]) for of_fold in rows]
    below, above = (graph.add("Gather", of_folds, graph.constant(c, np.int64), axis=2) for c in columns)
    down, up = _moved(graph, below, "Sub", errors, coverage), _moved(graph, above, "Add", errors, coverage)
    return graph.add("Min", down, up), graph.add("Max", down, up)  # ends that cross change places


def _moved(graph: Graph, centers: str, direction: str, errors: Sequence[np.ndarray], coverage: Fraction) -> str:
    """Return the k-th sum of center and score from inside, (rows,), from the centers of all folds (rows, folds)."""
    fold = np.repeat(np.arange(len(errors)), list(map(len, errors)))
    score, k = np.concatenate(errors), rank(coverage, len(fold))
    outwards = 1 if direction == "Add" else 0
    if k > len(score):  # too few rows for the coverage
        center = graph.add("Gather", centers, graph.constant(0, np.int64), axis=1)
        return graph.add("Expand", graph.constant(np.inf if outwards else -np.inf), graph.add("Shape", center))
    if len(errors) == 1:
        center = graph.add("Gather", centers, graph.constant(0, np.int64), axis=1)
        return graph.add(direction, center, graph.constant(np.sort(score)[k - 1]))
    sums = graph.add(direction, graph.add("Gather", centers, graph.constant(fold, np.int64), axis=1),
                     graph.constant(score))  # fmt: skip
    count = len(score) + 1 - k
    extreme = graph.add("TopK", sums, graph.integers(count), outputs=2, axis=1, largest=outwards, sorted=1)
    return graph.add("Gather", extreme, graph.constant(count - 1, np.int64), axis=1)
