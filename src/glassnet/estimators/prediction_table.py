"""What a model predicts of rows, as the columns of a table: predictions, quantiles, ends of intervals, and sets."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glassnet._lazy import pl
from glassnet.conformal.record import Interval, PredictionSet
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.label_matrix import as_labels
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.network.loss import as_loss

Model = NetworkRegressor | NetworkClassifier

if TYPE_CHECKING:
    Inputs = pl.DataFrame | np.ndarray


class Asked(NamedTuple):
    """What is asked for beside predictions.

    Parameters
    ----------
    coverage : float or None
        The coverage of intervals, or of sets of classes; None for none.
    width : "constant" or "adaptive"
        Whether intervals are as wide everywhere.
    levels : tuple of float
        Levels of quantiles.
    """

    coverage: float | None = None
    width: str = "constant"
    levels: tuple[float, ...] = ()


def prediction_table(model: Model, X: "Inputs", asked: Asked) -> "tuple[pl.DataFrame, Interval | PredictionSet | None]":
    """Return one row of predictions for every row of X, and the intervals or sets that were asked for."""
    if isinstance(model, NetworkClassifier):
        return _classes(model, X, asked.coverage)
    return _numbers(model, X, asked)


def without_targets(frame: "pl.DataFrame", model: Model) -> "pl.DataFrame":
    """Return a table without the columns that the model predicts, which a file may hold."""
    inputs = {column.name for column in model.schema_.columns}
    return frame.drop([name for name in model.target_names_ if name in frame.columns and name not in inputs])


def predicted_columns(model: Model, result: "pl.DataFrame") -> np.ndarray | None:
    """Return a regressor's predictions (rows, outputs) in its table of predictions; None for a classifier."""
    if isinstance(model, NetworkClassifier):
        return None
    names = model.target_names_ if as_loss(model.loss).predicts_deviation else model.output_names_
    return result.select(f"predicted_{name}" for name in names).to_numpy()


def beside(frame: "pl.DataFrame", result: "pl.DataFrame", source: str) -> "pl.DataFrame":
    """Return predictions behind the columns of their table; `ValueError` where a name is there already."""
    there = [name for name in result.columns if name in frame.columns]
    if there:
        raise ValueError(f"{source!r} has a column {there[0]!r} already; leave out --append or rename it")
    return pl.concat([frame, result], how="horizontal")


def _numbers(model: NetworkRegressor, X: "Inputs", asked: Asked) -> "tuple[pl.DataFrame, Interval | None]":
    """Return one column an output, with quantiles and the ends of intervals if asked for; and the intervals."""
    if as_loss(model.loss).predicts_deviation:
        both = [part.reshape(len(X), -1) for part in model.predict(X, return_std=True)]
        prediction, outputs = np.concatenate(both, axis=1), model.target_names_
        names = [f"{what}_{name}" for what in ("predicted", "standard_deviation") for name in outputs]
    else:
        prediction = model.predict(X).reshape(len(X), -1)
        names = [f"predicted_{name}" for name in model.output_names_]
    result = pl.DataFrame(dict(zip(names, prediction.T, strict=True)))
    if asked.levels:
        of_levels = [f"{name} at {level:g}" for name in model.target_names_ for level in asked.levels]
        quantiles = model.predict_quantiles(X, asked.levels).reshape(result.height, -1).T
        result = result.hstack(pl.DataFrame(dict(zip(of_levels, quantiles, strict=True))))
    if asked.coverage is None:
        return result, None
    ends = model.predict_interval(X, asked.coverage, width=asked.width)
    return _with_ends(result, ends, model.target_names_), ends


def _classes(
    model: NetworkClassifier, X: "Inputs", coverage: float | None
) -> "tuple[pl.DataFrame, PredictionSet | None]":
    """Return the class, or every label, and the probability of each, with sets if asked for; and the sets."""
    probabilities = model.predict_proba(X)
    if model.multilabel_:
        labels, names = as_labels(probabilities), model.target_names_
        columns = {f"predicted_{name}": has for name, has in zip(names, labels.T, strict=True)}
        columns |= {f"probability_{name}": p for name, p in zip(names, probabilities.T, strict=True)}
        if coverage is not None:
            model.predict_set(X, coverage)  # which says why there are none
        return pl.DataFrame(columns), None
    classes = model.classes_
    columns = {f"predicted_{model.target_names_[0]}": classes[probabilities.argmax(axis=1)]}
    result = pl.DataFrame({**columns, **{f"probability_{c}": p for c, p in zip(classes, probabilities.T, strict=True)}})
    if coverage is None:
        return result, None
    sets = model.predict_set(X, coverage)
    return _with_sets(result, sets), sets


def _with_ends(result: "pl.DataFrame", ends: Interval, names: list[str]) -> "pl.DataFrame":
    """Return predictions with the columns NAME_lower and NAME_upper of every target."""
    lower, upper = (end.reshape(result.height, -1).T for end in (ends.lower, ends.upper))
    columns = {
        f"{name}_{which}": end
        for name, low, high in zip(names, lower, upper, strict=True)
        for which, end in (("lower", low), ("upper", high))
    }
    return result.hstack(pl.DataFrame(columns))


def _with_sets(result: "pl.DataFrame", sets: PredictionSet) -> "pl.DataFrame":
    """Return predictions with a column `set`: the labels that may be the class, with a bar between, or "none"."""
    empty = "none" if "none" not in map(str, sets.classes) else "no class"  # where a class has that name
    labels = ["|".join(map(str, labels)) or empty for labels in sets.labels]
    return result.hstack(pl.DataFrame({"set": labels}))
