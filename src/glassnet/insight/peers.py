"""Simple models to compare a network with: a constant, a straight line, and trees by gradient boosting.

They use the network's own encoding of a table, which is read from X alone. Each takes the rows to learn from and the
rows to predict, and returns what a network's `predict` or `predict_proba` returns, (rows, outputs).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.validation import check_inputs
from glassnet.insight.targets import Estimator, loss_of

MOST_LEVELS = 64  # of an embedded category, which are inputs of the straight line each
MOST_CODES = 255  # that gradient boosting takes as categories
PENALTY = 1e-3  # of a ridge regression on standardised inputs, so that equal columns do no harm


@dataclass(frozen=True, eq=False)
class PeerInputs:
    """A table as simple models take it.

    Attributes
    ----------
    linear : array (rows, inputs)
        Numbers, flags, and an input for every level; NaN for a gap.
    coded : array (rows, columns)
        Numbers, flags and codes of levels; NaN for a gap.
    categorical : array (columns,) of bool
        Which of them are codes.
    """

    linear: np.ndarray
    coded: np.ndarray
    categorical: np.ndarray


Peer = Callable[[PeerInputs, np.ndarray, np.ndarray, np.ndarray], np.ndarray]  # of inputs, targets, rows, new rows


def peer_inputs(model: Estimator, X: ArrayLike) -> PeerInputs:
    """Return the rows of X as simple models take them."""
    x = model.ensemble_.encode(check_inputs(model, X, reset=False))
    flat = x.reshape(len(x), -1).astype(np.float64)
    codes = getattr(model.schema_, "codes", ())
    first = flat.shape[1] - len(codes)
    levels = [
        flat[:, [first + place]] == np.arange(min(len(column.levels), MOST_LEVELS))
        for place, column in enumerate(codes)
    ]
    few = [len(column.levels) < MOST_CODES for column in codes]
    return PeerInputs(
        np.column_stack([flat[:, :first], *levels]).astype(np.float64), flat, np.array([False] * first + few)
    )


def default_peers(model: Estimator) -> dict[str, Peer]:
    """Return the simple models that predict what a model predicts, by name."""
    if isinstance(model, NetworkClassifier):
        constant = "label frequencies" if model.multilabel_ else "class frequencies"
        several, answers = (of_labels, 2) if model.multilabel_ else (of_classes, len(model.classes_))
        return {
            constant: frequencies(answers),
            "logistic regression": several(logistic),
            "gradient boosting": several(boosted),
        }
    levels = loss_of(model).levels
    if levels:
        return {"quantiles of the target": quantiles(levels), "gradient boosting": boosting(levels)}
    return {"mean": mean, "straight line": line, "gradient boosting": boosting(())}


def mean(inputs: PeerInputs, y: np.ndarray, train: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Predict the mean of every target."""
    return np.tile(np.nanmean(y[train], axis=0), (len(new), 1))


def line(inputs: PeerInputs, y: np.ndarray, train: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Predict by least squares, of every target."""
    x = inputs.linear
    known = [train[~np.isnan(target[train])] for target in y.T]
    parts = [straight_line(x[rows], target[rows], x[new]) for rows, target in zip(known, y.T, strict=True)]
    return np.stack(parts, axis=1)


def straight_line(x: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return predictions of a least squares fit; a missing input is the mean of those that are known."""
    center = np.nan_to_num(np.nanmean(x, axis=0)) if len(x) else np.zeros(x.shape[1])
    filled, filled_new = (np.where(np.isnan(part), center, part) - center for part in (x, new))
    scale = filled.std(axis=0)
    scale[scale == 0] = 1.0
    return Ridge(alpha=PENALTY).fit(filled / scale, y).predict(filled_new / scale)


def quantiles(levels: tuple[float, ...]) -> Peer:
    """Return what predicts the quantiles of every target."""

    def peer(inputs: PeerInputs, y: np.ndarray, train: np.ndarray, new: np.ndarray) -> np.ndarray:
        return np.tile(np.nanquantile(y[train], levels, axis=0).T.ravel(), (len(new), 1))

    return peer


def boosting(levels: tuple[float, ...]) -> Peer:
    """Return what predicts the mean, or quantiles, of every target by gradient boosting."""

    def peer(inputs: PeerInputs, y: np.ndarray, train: np.ndarray, new: np.ndarray) -> np.ndarray:
        columns = []
        for target in y.T:
            known = train[~np.isnan(target[train])]
            for level in levels or (None,):
                model = HistGradientBoostingRegressor(random_state=0)
                kind = {} if level is None else {"loss": "quantile", "quantile": level}
                model.set_params(categorical_features=inputs.categorical, **kind)
                columns.append(model.fit(inputs.coded[known], target[known]).predict(inputs.coded[new]))
        return np.stack(columns, axis=1)

    return peer


def frequencies(answers: int) -> Peer:
    """Return what predicts how frequent each class or label is, as if one more row had each of so many answers."""

    def peer(inputs: PeerInputs, y: np.ndarray, train: np.ndarray, new: np.ndarray) -> np.ndarray:
        return np.tile((y[train].sum(axis=0) + 1) / (len(train) + answers), (len(new), 1))

    return peer


Classifier = Callable[[PeerInputs, np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def of_classes(classifier: Classifier) -> Peer:
    """Return what predicts the probabilities of all classes, by a model of those that it was given.

    A class without a row to learn from has the probability of one row more.
    """

    def peer(inputs: PeerInputs, y: np.ndarray, train: np.ndarray, new: np.ndarray) -> np.ndarray:
        probabilities = np.zeros((len(new), y.shape[1]))
        classes, predicted = classifier(inputs, y.argmax(axis=1), train, new)
        probabilities[:, classes] = predicted
        unseen = np.setdiff1d(np.arange(y.shape[1]), classes)
        each = 1 / (len(train) + y.shape[1])
        probabilities *= 1 - each * unseen.size
        probabilities[:, unseen] = each
        return probabilities

    return peer


def of_labels(classifier: Classifier) -> Peer:
    """Return what predicts the probability of every label, each by a model of its own."""

    def peer(inputs: PeerInputs, y: np.ndarray, train: np.ndarray, new: np.ndarray) -> np.ndarray:
        one = of_classes(classifier)
        return np.stack([one(inputs, np.stack([1 - label, label], axis=1), train, new)[:, 1] for label in y.T], axis=1)

    return peer


def logistic(inputs: PeerInputs, y: np.ndarray, train: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return classes and their probabilities by logistic regression on standardised inputs."""
    center = np.nan_to_num(np.nanmean(inputs.linear[train], axis=0))
    filled = np.where(np.isnan(inputs.linear), center, inputs.linear)
    return _fitted(make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000)), filled, y, train, new)


def boosted(inputs: PeerInputs, y: np.ndarray, train: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return classes and their probabilities by gradient boosting."""
    model = HistGradientBoostingClassifier(random_state=0)
    model.set_params(categorical_features=inputs.categorical)
    return _fitted(model, inputs.coded, y, train, new)


def _fitted(
    model: LogisticRegression | HistGradientBoostingClassifier | Pipeline,
    x: np.ndarray,
    y: np.ndarray,
    train: np.ndarray,
    new: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    if len(np.unique(y[train])) < 2:
        return np.unique(y[train]), np.ones((len(new), 1))
    model.fit(x[train], y[train])
    return np.asarray(model.classes_), model.predict_proba(x[new])
