"""Which classes are taken for which, and whether probabilities are as often right as they say."""

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from sklearn.metrics import ConfusionMatrixDisplay

from glassnet.insight.class_predictions import Confusion, Reliability
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
    >>> from glassnet import ConfusionDisplay, NetworkClassifier, report
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = NetworkClassifier((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> display = ConfusionDisplay(report(model, X, y).records.confusion)
    >>> print(display)
    ConfusionDisplay: 14... of 150 rows (out of fold) are given their class; most often ...
    >>> display.frame().shape
    (9, 3)
    """

    def __init__(self, record: Confusion) -> None:
        self.record = record

    def frame(self) -> pl.DataFrame:
        """Return the counts, a row for every two classes."""
        names, counts = self.record.classes, self.record.counts
        pairs = [(a, p, int(counts[i, j])) for i, a in enumerate(names) for j, p in enumerate(names)]
        return pl.DataFrame(pairs, schema=["actual", "predicted", "rows"], orient="row")

    def describe(self) -> str:
        """Return how many rows are right, and which two classes are confused most."""
        counts, names = self.record.counts, self.record.classes
        wrong = counts - np.diag(np.diag(counts))
        text = f"{np.trace(counts):,} of {counts.sum():,} rows ({self.record.title}) are given their class"
        if not wrong.any():
            return f"{text}."
        actual, predicted = np.unravel_index(wrong.argmax(), wrong.shape)
        return f"{text}; most often {names[actual]} is taken for {names[predicted]}, {wrong.max():,} times."

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
        ax.set_title(f"{record.counts.sum():,} rows, {record.title}", color=INK, fontsize=10)


class ReliabilityDisplay(Display):
    """How often something is so against its probability, with 95 % limits.

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
    >>> from glassnet import NetworkClassifier, ReliabilityDisplay, report
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = NetworkClassifier((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> display = ReliabilityDisplay(report(model, X, y).records.reliability)
    >>> print(display)
    ReliabilityDisplay: How often the most probable class is right against its probability (out of fold): they differ
    by ...% in the mean, ...
    >>> display.frame().columns
    ['probability', 'frequency', 'at_least', 'at_most', 'rows']
    """

    size = (4.8, 4.6)

    def __init__(self, record: Reliability) -> None:
        self.record = record

    def frame(self) -> pl.DataFrame:
        """Return a row a part."""
        return pl.DataFrame([vars(part) for part in self.record.parts])

    def describe(self) -> str:
        """Return by how much frequencies differ from probabilities."""
        outside = sum(not part.at_least <= part.probability <= part.at_most for part in self.record.parts)
        return (
            f"How often {self.record.of} is right against its probability ({self.record.title}): they differ by "
            f"{self.record.error:.1%} in the mean, beyond 95 % limits in {outside} of {len(self.record.parts)} parts."
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
        ax.set_ylabel("frequency, with 95 % limits")
        ax.set_title(f"{sum(p.rows for p in parts):,} rows, {self.record.title}", color=INK, fontsize=10)


def shortened(name: str, most: int = 24) -> str:
    """Return a name, cut where it is long."""
    return name if len(name) <= most else f"{name[: most - 1]}…"
