"""Which classes are taken for which, and whether probabilities are as often right as they say."""

from typing import Self

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from sklearn.metrics import ConfusionMatrixDisplay

from glassnet._counted import counted
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.insight.class_predictions import (
    Confusion,
    Reliability,
    class_predictions,
    given_classes,
    given_probabilities,
)
from glassnet.insight.figures.colours import GREY, INK, VERMILLION
from glassnet.insight.figures.display import Display

MOST_NUMBERED = 12  # classes, whose counts are written into their squares


class ConfusionDisplay(Display):
    """Counts of rows by their class and by the most probable one, as scikit-learn draws them.

    Parameters
    ----------
    record : Confusion
        What is drawn.

    Attributes
    ----------
    image_ : AxesImage
        The fractions of each class, which the colours show.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from glassnet import ConfusionDisplay, NetworkClassifier
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = NetworkClassifier((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> display = ConfusionDisplay.from_estimator(model, X, y)
    >>> print(display)
    ConfusionDisplay: 14... of 150 rows (out of fold) are given their class; most often ...
    >>> display.frame().shape
    (9, 3)
    >>> print(ConfusionDisplay.from_predictions(["cat", "cat", "dog"], ["cat", "dog", "dog"]))
    ConfusionDisplay: 2 of 3 rows (as given) are given their class; most often cat is taken for dog, 1 time.
    """

    def __init__(self, record: Confusion) -> None:
        self.record = record

    @classmethod
    def from_estimator(
        cls,
        model: NetworkClassifier,
        X: ArrayLike,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw which classes a model takes for which.

        Parameters
        ----------
        model : NetworkClassifier
            A fitted model of one class a row.
        X : data frame or array (rows, columns), or images
            Rows: those of the fit, which are predicted out of fold, or others.
        y : array (rows,)
            Their classes.
        sample_weight : array (rows,) or None
            The weights of the fit, if it had some.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        ConfusionDisplay
            The figure, drawn.
        """
        return cls(class_predictions(model, X, y, sample_weight=sample_weight).confusion()).plot(ax)

    @classmethod
    def from_predictions(cls, y: ArrayLike, prediction: ArrayLike, *, ax: Axes | None = None) -> Self:
        """Draw which classes are taken for which by any model.

        Parameters
        ----------
        y, prediction : array (rows,)
            Actual and predicted classes.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        ConfusionDisplay
            The figure, drawn.
        """
        return cls(given_classes(y, prediction).confusion()).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return the counts, a row for every two classes."""
        names, counts = self.record.classes, self.record.counts
        pairs = [(a, p, int(counts[i, j])) for i, a in enumerate(names) for j, p in enumerate(names)]
        return pl.DataFrame(pairs, schema=["actual", "predicted", "rows"], orient="row")

    def describe(self) -> str:
        """Return how many rows are right, and which two classes are confused most."""
        counts, names = self.record.counts, self.record.classes
        wrong = counts - np.diag(np.diag(counts))
        rows = counted(int(counts.sum()), "row")
        text = f"{np.trace(counts):,} of {rows} ({self.record.title}) are given their class"
        if not wrong.any():
            return f"{text}."
        actual, predicted = np.unravel_index(wrong.argmax(), wrong.shape)
        times = counted(int(wrong.max()), "time")
        return f"{text}; most often {names[actual]} is taken for {names[predicted]}, {times}."

    @property
    def figure_size(self) -> tuple[float, float]:
        """Width and height of a figure of its own, in inches, by the number of classes."""
        side = min(9.0, 3.2 + 0.45 * len(self.record.classes))
        return side + 0.4, side

    def _draw(self, ax: Axes) -> None:
        record, many = self.record, len(self.record.classes) > MOST_NUMBERED
        drawn = ConfusionMatrixDisplay(record.counts, display_labels=[shortened(name) for name in record.classes])
        drawn.plot(ax=ax, cmap="Blues", colorbar=False, include_values=not many, values_format="d")
        ax.tick_params("x", rotation=90 if len(record.classes) > 3 else 0)
        self.image_ = drawn.im_
        ax.set(xlabel="most probable class", ylabel="actual class")
        ax.set_title(f"{counted(int(record.counts.sum()), 'row')}, {record.title}", color=INK, fontsize=10)


class ReliabilityDisplay(Display):
    """How often something is so against its probability, with 95% limits.

    Parameters
    ----------
    record : Reliability
        What is drawn.

    Attributes
    ----------
    parts_ : ErrorbarContainer
        The parts.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from glassnet import NetworkClassifier, ReliabilityDisplay
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = NetworkClassifier((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> display = ReliabilityDisplay.from_estimator(model, X, y)
    >>> print(display)
    ReliabilityDisplay: How often the most probable class is right against its probability (out of fold): they differ
    by ...% in the mean, ...
    >>> display.frame().columns
    ['probability', 'frequency', 'at_least', 'at_most', 'rows']
    >>> print(ReliabilityDisplay.from_predictions([True, False, False, False, False] * 20, [0.2] * 50 + [0.7] * 50))
    ReliabilityDisplay: How often class True is right against its probability (as given): they differ by 25.0% in the
    mean, beyond 95% limits in 1 of 2 parts.
    """

    size = (4.8, 4.6)

    def __init__(self, record: Reliability) -> None:
        self.record = record

    @classmethod
    def from_estimator(
        cls,
        model: NetworkClassifier,
        X: ArrayLike,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw how often a model is right against the probabilities that it predicts.

        Parameters
        ----------
        model : NetworkClassifier
            A fitted model of one class a row.
        X : data frame or array (rows, columns), or images
            Rows: those of the fit, which are predicted out of fold, or others.
        y : array (rows,)
            Their classes.
        sample_weight : array (rows,) or None
            The weights of the fit, if it had some.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        ReliabilityDisplay
            The figure, drawn.
        """
        return cls(class_predictions(model, X, y, sample_weight=sample_weight).reliability()).plot(ax)

    @classmethod
    def from_predictions(
        cls, y: ArrayLike, probability: ArrayLike, *, classes: ArrayLike | None = None, ax: Axes | None = None
    ) -> Self:
        """Draw how often any model is right against its probabilities.

        Parameters
        ----------
        y : array (rows,)
            Actual classes.
        probability : array (rows,) or (rows, classes)
            Of the second of two classes, or of all; rows that lack one are left out.
        classes : array (classes,) or None
            The classes in the order of the columns; None takes the sorted ones of y.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        ReliabilityDisplay
            The figure, drawn.
        """
        return cls(given_probabilities(y, probability, classes).reliability()).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return a row a part."""
        return pl.DataFrame([vars(part) for part in self.record.parts])

    def describe(self) -> str:
        """Return by how much frequencies differ from probabilities."""
        outside = sum(not part.at_least <= part.probability <= part.at_most for part in self.record.parts)
        return (
            f"How often {self.record.of} is right against its probability ({self.record.title}): they differ by "
            f"{self.record.error:.1%} in the mean, beyond 95% limits in {outside} of "
            f"{counted(len(self.record.parts), 'part')}."
        )

    def _draw(self, ax: Axes) -> None:
        parts = self.record.parts
        probability, frequency = (np.array([getattr(p, name) for p in parts]) for name in ("probability", "frequency"))
        limits = np.array([[p.frequency - p.at_least, p.at_most - p.frequency] for p in parts]).T
        ax.plot([0, 1], [0, 1], color=GREY, linewidth=1)
        self.parts_ = ax.errorbar(
            probability, frequency, yerr=np.maximum(limits, 0), fmt="o", color=VERMILLION, ecolor=INK, elinewidth=1,
            capsize=3,
        )  # fmt: skip
        ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel=f"probability of {shortened(self.record.of)}")
        ax.set_ylabel("frequency, with 95% limits")
        ax.set_title(f"{counted(sum(p.rows for p in parts), 'row')}, {self.record.title}", color=INK, fontsize=10)


def shortened(name: str, most: int = 24) -> str:
    """Return a name, cut where it is long."""
    return name if len(name) <= most else f"{name[: most - 1]}…"
