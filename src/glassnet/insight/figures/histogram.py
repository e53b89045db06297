"""How a target is distributed: the counts of its values in equal bins, or of its classes."""

import numpy as np
import polars as pl
from matplotlib.axes import Axes

from glassnet._counted import counted
from glassnet.insight.figures.classes import shortened
from glassnet.insight.figures.colours import BLUE, INK
from glassnet.insight.figures.display import Display
from glassnet.insight.table_statistics import TargetStatistics
from glassnet.insight.text import rounded


class HistogramDisplay(Display):
    """The histogram of a target, or the counts of its classes.

    Parameters
    ----------
    record : TargetStatistics
        What is drawn.

    Attributes
    ----------
    bars_ : BarContainer
        The counts.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import HistogramDisplay, NetworkRegressor, table_statistics
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> display = HistogramDisplay(table_statistics(model, X, y).targets[0])
    >>> print(display)
    HistogramDisplay: target: half of its values lie between 87 and 211.5, the median is 140.5, the ends are 25 and
    346.
    >>> display.frame().height
    10
    """

    size = (5.2, 3.2)

    def __init__(self, record: TargetStatistics) -> None:
        self.record = record

    def frame(self) -> pl.DataFrame:
        """Return a row a bin or class."""
        record = self.record
        if record.bin_edges:
            return pl.DataFrame({"from": record.bin_edges[:-1], "to": record.bin_edges[1:], "rows": record.counts})
        return pl.DataFrame(list(record.values.levels), schema=["class", "rows"], orient="row")

    def describe(self) -> str:
        """Return the median and the quartiles, or the most frequent class."""
        values = self.record.values
        if values.numbers is not None:
            n = values.numbers
            return (
                f"{values.name}: half of its values lie between {rounded(n.lower_quartile)} and "
                f"{rounded(n.upper_quartile)}, the median is {rounded(n.median)}, the ends are {rounded(n.minimum)} "
                f"and {rounded(n.maximum)}."
            )
        if not values.levels:
            return f"{values.name} has no values."
        name, rows = values.levels[0]
        classes = counted(values.distinct, "class", "classes")
        return f"{values.name}: of {classes} {name} is the most frequent, with {counted(rows, 'row')}."

    def _draw(self, ax: Axes) -> None:
        record = self.record
        if record.bin_edges:
            edges = np.array(record.bin_edges)
            self.bars_ = ax.bar(edges[:-1], record.counts, np.diff(edges), align="edge", color=BLUE, edgecolor="white")
        else:
            places = np.arange(len(record.values.levels))
            self.bars_ = ax.bar(places, [count for _, count in record.values.levels], color=BLUE)
            turned = len(places) > 6
            names = [shortened(name, 16) for name, _ in record.values.levels]
            ax.set_xticks(places, names, rotation=90 if turned else 0)
        ax.set(xlabel=record.values.name, ylabel="rows")
        ax.set_title(record.values.name, color=INK, fontsize=10)
