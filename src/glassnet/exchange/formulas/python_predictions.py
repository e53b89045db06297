"""The functions of a written module that a reader calls, `predict` and `predict_proba`, as Python code."""

from collections.abc import Sequence
from textwrap import indent

import numpy as np

from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.network.loss import KEPT_SMOOTHING, as_loss

INPUTS = "encoded(rows, COLUMNS, NAMES)"


def predictions_code(model: NetworkRegressor | NetworkClassifier) -> list[str]:
    """Return constants and functions, from the encoded rows to the predictions."""
    targets = f"TARGETS = {list(model.target_names_)!r}"
    if isinstance(model, NetworkClassifier):
        return [targets, *_of_classes(model)]
    return [targets, f"OUTPUTS = {_output_names(model)!r}", *_of_numbers(model)]


def _of_numbers(model: NetworkRegressor) -> list[str]:
    loss, single = as_loss(model.loss), bool(vars(model)["_vector_target"])
    if loss.predicts_deviation:
        return _of_distributions(single)
    levels, targets = len(loss.levels), int(model.n_outputs_)
    shape, reshaped = "(rows, targets)", ""
    if single and levels < 2:
        shape, reshaped = "(rows,)", "[:, 0]"
    elif levels > 1:
        shape = "(rows, levels), of the levels " + ", ".join(f"{level:g}" for level in loss.levels)
        if not single:
            shape, reshaped = shape.replace("(rows,", "(rows, targets,"), f".reshape(-1, {targets}, {levels})"
    elif levels == 1:
        reshaped = f".reshape(-1, {targets})"
    function = _function(
        "predict(rows: Rows)",
        f"Return the predictions, {shape}: the mean of the members, in the units of the target.",
        f"x = {INPUTS}",
        f"return by_blocks(x, lambda some: of_members(some, ARRAYS, network).mean(axis=0)){reshaped}",
    )
    return [function, _by_name("predict(rows).reshape(-1, len(OUTPUTS))", "OUTPUTS")]


def _of_distributions(single: bool) -> list[str]:
    parts = "mean[:, 0], deviation[:, 0]" if single else "mean, deviation"
    shape = "(rows,)" if single else "(rows, targets)"
    with_deviation = _function(
        "predict_with_deviation(rows: Rows)",
        f"Return mean and standard deviation of the target, each {shape}: of the members' distributions mixed.",
        f"x = {INPUTS}",
        "both = by_blocks(x, lambda some: mixture(of_members(some, ARRAYS, network)))",
        "mean, deviation = np.split(both, 2, axis=1)",
        f"return {parts}",
        result="tuple[np.ndarray, np.ndarray]",
    )
    function = _function(
        "predict(rows: Rows)",
        f"Return the predictions, {shape}: the mean of the members, in the units of the target.",
        "return predict_with_deviation(rows)[0]",
    )
    both = "np.concatenate([part.reshape(-1, len(TARGETS)) for part in predict_with_deviation(rows)], axis=1)"
    return [with_deviation, function, _by_name(both, "OUTPUTS")]


def _of_classes(model: NetworkClassifier) -> list[str]:
    multilabel, smoothing = model.multilabel_, float(model.label_smoothing_)
    learned = f"{'logistic' if multilabel else 'softmax'}(of_members(some, ARRAYS, network))"
    if smoothing:
        rule = "label_probabilities" if multilabel else "class_probabilities"
        learned = f"{rule}({learned}, {smoothing!r}, {KEPT_SMOOTHING!r})"
    probabilities = _function(
        "predict_proba(rows: Rows)",
        f"Return the mean probability of every {'label' if multilabel else 'class'}, (rows, "
        f"{'labels' if multilabel else 'classes'}).",
        f"x = {INPUTS}",
        f"return by_blocks(x, lambda some: {learned}.mean(axis=0))",
    )
    if multilabel:
        function = _function(
            "predict(rows: Rows)",
            "Return 1 where a label has a probability above 1/2, else 0, (rows, labels).",
            "return (predict_proba(rows) > 0.5).astype(int)",
        )
        both = "np.concatenate([p > 0.5, p], axis=1)"
        names = '[*(f"predicted_{name}" for name in TARGETS), *(f"probability_{name}" for name in TARGETS)]'
        by_name = _function(
            "predictions_by_name(rows: Rows)",
            "Return the labels and their probabilities by the names of columns.",
            "p = predict_proba(rows)",
            f"return dict(zip({names}, {both}.T, strict=True))",
            result="dict[str, np.ndarray]",
        )
        return [probabilities, function, by_name]
    function = _function(
        "predict(rows: Rows)",
        "Return the most probable class of every row, (rows,).",
        "return CLASSES[np.argmax(predict_proba(rows), axis=1)]",
    )
    by_name = _function(
        "predictions_by_name(rows: Rows)",
        "Return the class and the probabilities of all by the names of columns.",
        "p = predict_proba(rows)",
        'found = {f"predicted_{TARGETS[0]}": CLASSES[np.argmax(p, axis=1)]}',
        'return found | {f"probability_{name}": values for name, values in zip(CLASSES, p.T, strict=True)}',
        result="dict[str, np.ndarray]",
    )
    return [_classes(model.classes_), probabilities, function, by_name]


def _classes(classes: np.ndarray) -> str:
    values = classes.tolist()
    if not all(isinstance(value, bool | int | float | str) for value in values):
        kinds = ", ".join(sorted({type(value).__name__ for value in values}))
        raise TypeError(f"classes of the type {kinds} cannot be written as code; fit to text or numbers")
    dtype = ", dtype=object" if classes.dtype == object else ""
    return f"CLASSES = np.array({values!r}{dtype})"


def _output_names(model: NetworkRegressor) -> list[str]:
    if as_loss(model.loss).predicts_deviation:
        return [f"{what}_{name}" for what in ("predicted", "standard_deviation") for name in model.target_names_]
    return [f"predicted_{name}" for name in model.output_names_]


def _by_name(matrix: str, names: str) -> str:
    return _function(
        "predictions_by_name(rows: Rows)",
        "Return the predictions by the names of columns.",
        f"return dict(zip({names}, {matrix}.T, strict=True))",
        result="dict[str, np.ndarray]",
    )


def _function(head: str, doc: str, *lines: str, result: str = "np.ndarray") -> str:
    body: Sequence[str] = [f'"""{doc}"""', *lines]
    return f"def {head} -> {result}:\n" + indent("\n".join(body), "    ")
