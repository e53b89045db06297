"""Which classes are taken for which, and whether probabilities are as often right as they say."""

from dataclasses import dataclass

import numpy as np

from glassnet.conformal.evaluation import clopper_pearson
from glassnet.insight.equal_parts import equal_parts
from glassnet.insight.text import TextTable
from glassnet.storage.json_value import JSON

MOST_PARTS = 10
LEAST_ROWS = 20  # of a part


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
        How often what has this probability is so, with 95 % limits of Clopper and Pearson.
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
