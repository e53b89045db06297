"""Predictions as ONNX nodes: from what every member predicts to the outputs of the graph."""

from collections.abc import Sequence

import numpy as np

from glassnet.conformal.calibration import Calibration
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.exchange.onnx.graph import Graph
from glassnet.exchange.onnx.write_intervals import write_ends
from glassnet.network.loss import KEPT_SMOOTHING, as_loss


def write_numbers(
    graph: Graph, model: NetworkRegressor, members: str, coverage: float | None, calibration: Calibration | None
) -> None:
    """Add the outputs of a regressor: predictions, deviations, and the ends of intervals where there is a coverage.

    Parameters
    ----------
    graph : Graph
        What nodes are added to.
    model : NetworkRegressor
        The model.
    members : str
        What every member predicts, float64 (members, rows, outputs).
    coverage : float or None
        Of the intervals.
    calibration : Calibration or None
        The residuals of the intervals.
    """
    loss, outputs = as_loss(model.loss), model.ensemble_.outputs
    means = _every_second(graph, members, outputs, 0) if loss.predicts_deviation else members
    columns = outputs // 2 if loss.predicts_deviation else outputs
    mean = _mean(graph, means)
    _add_output(graph, model, "prediction", mean, columns)
    variance = _variance(graph, means, mean)
    if loss.predicts_deviation:
        deviations = graph.add("Sub", _every_second(graph, members, outputs, 1), means)
        noise = _mean(graph, graph.add("Mul", deviations, deviations))
        _add_output(graph, model, "standard_deviation", graph.add("Sqrt", graph.add("Add", noise, variance)), columns)
    if len(model.members_) > 1:
        _add_output(graph, model, "members_standard_deviation", graph.add("Sqrt", variance), columns)
    if coverage is not None and calibration is not None:
        ends = write_ends(graph, model, calibration, means, coverage)
        for name, end in zip(("lower", "upper"), ends, strict=True):
            _add_output(graph, model, name, _side_by_side(graph, end), int(model.n_outputs_))


def write_classes(graph: Graph, model: NetworkClassifier, members: str) -> None:
    """Add the outputs of a classifier: the label, or whether a row has each label, and the probabilities.

    Parameters
    ----------
    graph : Graph
        What nodes are added to.
    model : NetworkClassifier
        The model.
    members : str
        The logits of every member, float64 (members, rows, classes).
    """
    classes = len(model.classes_)
    learned = graph.add("Sigmoid", members) if model.multilabel_ else graph.add("Softmax", members, axis=-1)
    probabilities = _mean(graph, _unsmoothed(graph, model, learned))
    if model.multilabel_:
        has = graph.cast(graph.add("Greater", probabilities, graph.constant(0.5)), np.int64)
        graph.add_output("label", has, np.int64, ("rows", classes))
    else:
        values = class_values(model.classes_)
        best = graph.add("ArgMax", probabilities, axis=1, keepdims=0)
        graph.add_output("label", graph.add("Gather", graph.constant(values, values.dtype), best), values.dtype,
                         ("rows",))  # fmt: skip
    graph.add_output("probabilities", probabilities, np.float64, ("rows", classes))


def class_values(classes: np.ndarray) -> np.ndarray:
    """Return classes as text, int64, bool or float64; `TypeError` for classes of another type."""
    values: Sequence[object] = classes.tolist()
    for kind, dtype in ((bool, np.bool_), (int, np.int64), (str, np.object_), ((int, float), np.float64)):
        if all(isinstance(value, kind) and (kind is bool or not isinstance(value, bool)) for value in values):
            return np.array(values, dtype)
    kinds = ", ".join(sorted({type(value).__name__ for value in values}))
    raise TypeError(f"classes of the type {kinds} have no type in ONNX; fit to text or numbers")


def _unsmoothed(graph: Graph, model: NetworkClassifier, learned: str) -> str:
    """Return probabilities without the smoothing of the indicators, as `ClassLoss` takes it out."""
    smoothing = float(model.label_smoothing_)
    if not smoothing:
        return learned
    if not model.multilabel_:
        p = _kept(graph, learned, smoothing, len(model.classes_))
        return graph.add("Div", p, graph.add("ReduceSum", p, graph.integers(-1), keepdims=1))
    has = _kept(graph, learned, smoothing, 2)
    lacks = _kept(graph, graph.add("Sub", graph.constant(1.0), learned), smoothing, 2)
    return graph.add("Div", has, graph.add("Add", has, lacks))


def _kept(graph: Graph, p: str, smoothing: float, answers: int) -> str:
    removed, least = (1 - KEPT_SMOOTHING) * smoothing / answers, KEPT_SMOOTHING * smoothing / answers
    return graph.add("Max", graph.add("Sub", p, graph.constant(removed)), graph.constant(least))


def _mean(graph: Graph, members: str) -> str:
    """Return the mean over the members, (rows, outputs)."""
    return graph.add("ReduceMean", members, graph.integers(0), keepdims=0)


def _variance(graph: Graph, members: str, mean: str) -> str:
    distance = graph.add("Sub", members, mean)
    return _mean(graph, graph.add("Mul", distance, distance))


def _every_second(graph: Graph, members: str, outputs: int, first: int) -> str:
    return graph.add("Gather", members, graph.integers(*range(first, outputs, 2)), axis=2)


def _side_by_side(graph: Graph, columns: list[str]) -> str:
    """Return columns (rows,) as (rows, columns)."""
    return graph.concatenate([graph.reshape(column, -1, 1) for column in columns], axis=1)


def _add_output(graph: Graph, model: NetworkRegressor, name: str, value: str, columns: int) -> None:
    """Declare an output of the shape that `predict` returns: (rows,), (rows, targets) or (rows, targets, levels)."""
    single, targets = bool(vars(model)["_vector_target"]), int(model.n_outputs_)
    each = columns // targets
    if single and columns == 1:
        graph.add_output(name, graph.reshape(value, -1), np.float64, ("rows",))
    elif single or each == 1:
        graph.add_output(name, value, np.float64, ("rows", columns))
    else:
        graph.add_output(name, graph.reshape(value, -1, targets, each), np.float64, ("rows", targets, each))
