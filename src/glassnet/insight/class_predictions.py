"""Which classes are taken for which, and whether probabilities are as often right as they say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from glassnet.conformal.evaluation import clopper_pearson
from glassnet.data.dataset import encode
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.validation import check_inputs, check_labels, class_indicators
from glassnet.insight.basis import basis_of
from glassnet.insight.equal_parts import equal_parts
from glassnet.insight.targets import encoded_targets
from glassnet.insight.text import TextTable
from glassnet.storage.json_value import JSON

MOST_PARTS = 10
LEAST_ROWS = 20  # of a part
AS_GIVEN = "as given"


@dataclass(frozen=True, eq=False)
class Confusion:
    """How many rows of every class are taken for which.

    Attributes
    ----------
    classes : tuple of str
        The classes.
    counts : array (classes, classes) of int
        Rows by their class and by the most probable one.
    title : str
        Which rows these are.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from glassnet import NetworkClassifier, report
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = NetworkClassifier((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> confusion = report(model, X, y).records.confusion
    >>> confusion.classes, confusion.title
    (('0', '1', '2'), 'out of fold')
    >>> confusion.counts.sum(axis=1)
    array([50, 50, 50])
    """

    classes: tuple[str, ...]
    counts: np.ndarray
    title: str

    def table(self) -> TextTable:
        """Return a line a class."""
        rows = [(name, *map(int, line)) for name, line in zip(self.classes, self.counts, strict=True)]
        return TextTable(("actual", *(f"taken for {name}" for name in self.classes)), tuple(rows))

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        return {"classes": list(self.classes), "counts": self.counts.tolist()}


@dataclass(frozen=True)
class ReliabilityPart:
    """Rows with nearly the same probability.

    Attributes
    ----------
    probability : float
        The mean of the probabilities.
    frequency, at_least, at_most : float
        How often what has this probability is so, with 95% limits of Clopper and Pearson.
    rows : int
        How many rows.
    """

    probability: float
    frequency: float
    at_least: float
    at_most: float
    rows: int


@dataclass(frozen=True)
class Reliability:
    """Whether probabilities are as often right as they say: a part of about equally many rows after the other.

    Attributes
    ----------
    of : str
        What the probabilities are of: the second of two classes, or the most probable of several.
    parts : tuple of ReliabilityPart
        From small to large probabilities.
    error : float
        The expected calibration error: the mean of |frequency - probability| over the rows.
    title : str
        Which rows these are.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from glassnet import NetworkClassifier, report
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = NetworkClassifier((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> reliability = report(model, X, y).records.reliability
    >>> reliability.of, sum(part.rows for part in reliability.parts)
    ('the most probable class', 150)
    >>> reliability.error < 0.1
    True
    """

    of: str
    parts: tuple[ReliabilityPart, ...]
    error: float
    title: str

    def table(self) -> TextTable:
        """Return a line a part."""
        rows = [(part.probability, part.frequency, part.at_least, part.at_most, part.rows) for part in self.parts]
        return TextTable(("mean probability", "frequency", "at least", "at most", "rows"), tuple(rows))

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        return {"of": self.of, "error": self.error, "parts": [vars(part).copy() for part in self.parts]}


@dataclass(frozen=True, eq=False)
class ClassPredictions:
    """Classes of rows beside what is predicted of them.

    Attributes
    ----------
    targets : array (rows, classes)
        1 where a row is of a class, else 0.
    outputs : array (rows, classes)
        Probabilities.
    classes : tuple of str
        The names of the classes.
    title : str
        Which rows these are.
    """

    targets: np.ndarray
    outputs: np.ndarray
    classes: tuple[str, ...]
    title: str

    def confusion(self) -> Confusion:
        """Return how many rows of every class are taken for which."""
        return confusion(self.targets, self.outputs, self.classes, self.title)

    def reliability(self) -> Reliability:
        """Return whether the probabilities are as often right as they say."""
        return reliability(self.targets, self.outputs, self.classes, self.title)


def class_predictions(
    model: NetworkClassifier, X: ArrayLike, y: ArrayLike, *, sample_weight: ArrayLike | None = None
) -> ClassPredictions:
    """Return the probabilities of X beside its classes: out of fold where these are the rows of the fit.

    Parameters
    ----------
    model : NetworkClassifier
        A fitted model of one class a row.
    X : data frame or array (rows, columns), or images
        Rows: those of the fit, or others.
    y : array (rows,)
        Their classes.
    sample_weight : array (rows,) or None
        The weights of the fit, if it had some, by which its rows are recognised.

    Returns
    -------
    ClassPredictions
        Of the rows that have a prediction.
    """
    if not isinstance(model, NetworkClassifier):
        raise TypeError(f"classes are predicted by a NetworkClassifier, and this is {type(model).__name__}")
    check_is_fitted(model)
    if model.multilabel_:
        raise ValueError(
            "rows have several labels here, and the figure is of one class a row; give a column of "
            "predict_proba as probabilities to ReliabilityDisplay.from_predictions"
        )
    samples = check_inputs(model, X, reset=False)
    targets = encoded_targets(model, y, samples.rows)
    basis = basis_of(model, encode(model.schema_, samples, targets, np.ones(samples.rows)), y, sample_weight)
    outputs = model.oof_prediction_ if basis.folds else model.predict_proba(X)
    return _known(targets, outputs, model.classes_, basis.title)


def given_classes(y: ArrayLike, prediction: ArrayLike) -> ClassPredictions:
    """Return predicted classes (rows,) beside the actual ones, each with probability 1.

    Parameters
    ----------
    y, prediction : array (rows,)
        Actual and predicted classes.

    Returns
    -------
    ClassPredictions
        Of all rows.
    """
    labels = check_labels(y, np.size(y))
    predicted = check_labels(prediction, len(labels))
    classes = np.unique(np.concatenate([labels, predicted]))
    return _known(class_indicators(labels, classes), class_indicators(predicted, classes), classes, AS_GIVEN)


def given_probabilities(y: ArrayLike, probability: ArrayLike, classes: ArrayLike | None) -> ClassPredictions:
    """Return probabilities of any model beside the actual classes.

    Parameters
    ----------
    y : array (rows,)
        Actual classes.
    probability : array (rows,) or (rows, classes)
        Of the second of two classes, or of all; rows that lack one are left out.
    classes : array (classes,) or None
        The classes in the order of the columns; None takes the sorted ones of y.

    Returns
    -------
    ClassPredictions
        Of the rows that have a prediction.
    """
    outputs = np.atleast_1d(np.asarray(probability, float))
    labels = check_labels(y, len(outputs))
    outputs = np.column_stack([1 - outputs, outputs]) if outputs.ndim == 1 else outputs
    names = np.unique(labels) if classes is None else np.asarray(classes)
    if outputs.shape != (len(labels), len(names)):
        raise ValueError(
            f"probability has shape {np.shape(probability)} for {len(labels)} row(s) of the classes {names.tolist()}; "
            "give one of each class, in the order of classes=, or of the second of two"
        )
    if not np.all(np.isnan(outputs) | ((outputs >= 0) & (outputs <= 1))):
        raise ValueError("probability holds numbers below 0 or above 1; give probabilities, as of predict_proba")
    return _known(class_indicators(labels, names), outputs, names, AS_GIVEN)


def _known(targets: np.ndarray, outputs: np.ndarray, classes: np.ndarray, title: str) -> ClassPredictions:
    """Return the rows that have a prediction; `ValueError` where none has."""
    known = ~np.isnan(outputs).any(axis=1)
    if not known.any():
        raise ValueError("no row has a prediction; give rows with both a class and a prediction")
    return ClassPredictions(targets[known], outputs[known], tuple(map(str, classes)), title)


def confusion(targets: np.ndarray, outputs: np.ndarray, classes: tuple[str, ...], title: str) -> Confusion:
    """Return how many rows of every class are taken for which.

    Parameters
    ----------
    targets : array (rows, classes)
        1 where a row is of a class, else 0.
    outputs : array (rows, classes)
        Probabilities.
    classes : tuple of str
        The names of the classes.
    title : str
        Which rows these are.

    Returns
    -------
    Confusion
        The counts.
    """
    counts = np.zeros((len(classes), len(classes)), int)
    np.add.at(counts, (targets.argmax(axis=1), outputs.argmax(axis=1)), 1)
    return Confusion(classes, counts, title)


def reliability(targets: np.ndarray, outputs: np.ndarray, classes: tuple[str, ...], title: str) -> Reliability:
    """Return whether probabilities are as often right as they say, in at most ten parts of about equally many rows.

    Rows with equal probabilities are in one part, so that the order of the rows counts for nothing.

    Parameters
    ----------
    targets : array (rows, classes)
        1 where a row is of a class, else 0.
    outputs : array (rows, classes)
        Probabilities.
    classes : tuple of str
        The names of the classes.
    title : str
        Which rows these are.

    Returns
    -------
    Reliability
        The parts.
    """
    if len(classes) == 2:
        probability, right, of = outputs[:, 1], targets[:, 1] > 0, f"class {classes[1]}"
    else:
        best = outputs.argmax(axis=1)
        rows = np.arange(len(best))
        probability, right, of = outputs[rows, best], targets[rows, best] > 0, "the most probable class"
    parts = []
    for part in equal_parts(probability, MOST_PARTS, LEAST_ROWS):
        hits = int(right[part].sum())
        limits = clopper_pearson(hits, len(part))
        parts.append(ReliabilityPart(float(probability[part].mean()), hits / len(part), *limits, len(part)))
    distances = [abs(part.frequency - part.probability) * part.rows for part in parts]
    return Reliability(of, tuple(parts), float(sum(distances) / len(probability)), title)
