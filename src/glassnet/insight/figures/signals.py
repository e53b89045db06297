"""The sizes of signals and deltas layer by layer: where do they vanish?"""

from collections.abc import Sequence
from typing import Self

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer

from glassnet._counted import counted
from glassnet.insight.figures.colours import BLUE, INK, VERMILLION
from glassnet.insight.figures.display import Display
from glassnet.insight.signal_ranges import SignalRange, SignalRanges, signal_ranges
from glassnet.insight.trace_record import Trace

ASIDE = 0.15  # how far |x| is above the line of its layer, and |delta| below


class SignalDisplay(Display):
    """A row a layer: from the least to the largest |x| and |delta| that is not 0, with a mark at the median.

    |x| is blue with circles, |delta| vermillion, dashed and with squares; how many are exactly 0 stands at the right.

    Parameters
    ----------
    record : SignalRanges
        What is drawn.

    Attributes
    ----------
    signals_, deltas_ : ErrorbarContainer
        Medians and ranges of |x| and of |delta|.

    Examples
    --------
    >>> from glassnet import Dense, Network, SignalDisplay, trace
    >>> network = Network(2, [Dense(2, "relu"), Dense(1)])
    >>> parameters = [{"W": [[1, -1], [0, 1]], "b": [0, 0]}, {"W": [[2], [1]], "b": [0]}]
    >>> steps = trace(network, parameters, [[3.0, 1.0]], [[5.0]])
    >>> print(SignalDisplay.from_trace(steps))
    SignalDisplay: Step 1, 1 row: the median of |x| is least in the inputs, 2, and largest in layer 2, 6; the median
    of |delta| is least in layer 2, 1, and largest in layer 1, 2; exactly 0 are 1 of 2 x in layer 1, 1 of 2 delta in
    layer 1.
    """

    def __init__(self, record: SignalRanges) -> None:
        self.record = record

    @classmethod
    def from_trace(cls, trace: Trace, *, step: int = 1, ax: Axes | None = None) -> Self:
        """Draw the sizes in one step of a trace.

        Parameters
        ----------
        trace : Trace
            At least one step.
        step : int
            The step, counted from 1.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        SignalDisplay
            The figure, drawn.
        """
        return cls(signal_ranges(trace, step)).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return a row a layer and quantity."""
        table = self.record.table()
        return pl.DataFrame(list(table.rows), schema=list(table.header), orient="row", infer_schema_length=None)

    def describe(self) -> str:
        """Return what the record says."""
        return self.record.describe()

    @property
    def figure_size(self) -> tuple[float, float]:
        """Width and height of a figure of its own, in inches, by the number of layers."""
        return 6.6, 1.6 + 0.5 * len(self.record.signals)

    def _draw(self, ax: Axes) -> None:
        record = self.record
        ax.set_xscale("log")
        self.signals_ = _draw_ranges(ax, record.signals, -ASIDE, BLUE, "o", "|x|")
        self.deltas_ = _draw_ranges(ax, record.deltas, ASIDE, VERMILLION, "s", "|delta|")
        for line in self.deltas_[2]:
            line.set_linestyle("--")
        for each, aside in [*((s, -ASIDE) for s in record.signals), *((d, ASIDE) for d in record.deltas)]:
            if each.zeros:
                said = f"{each.zeros:,} of {each.count:,} {each.quantity} are 0"
                ax.text(
                    1.02, each.layer + aside, said, transform=ax.get_yaxis_transform(), va="center", color=INK,
                    fontsize=8,
                )  # fmt: skip
        names = [f"{each.name}  {each.layer}" for each in record.signals]
        ax.set_yticks(range(len(names)), names)
        ax.set(ylim=(len(names) - 0.5, -0.5), xlabel="size of what is not 0; mark: median")
        ax.set_title(f"Step {record.step}, {counted(record.rows, 'row')}", color=INK, fontsize=10)
        below = (0.5, -0.6 / self.figure_size[1])
        ax.legend(frameon=False, fontsize=9, ncols=2, loc="upper center", bbox_to_anchor=below)


def _draw_ranges(
    ax: Axes, ranges: Sequence[SignalRange], aside: float, color: str, marker: str, label: str
) -> ErrorbarContainer:
    known = [each for each in ranges if each.median is not None]
    least, median, largest = (
        np.array([getattr(each, name) for each in known], float) for name in ("least", "median", "largest")
    )
    return ax.errorbar(
        median, [each.layer + aside for each in known], xerr=(median - least, largest - median), fmt=marker,
        color=color, markersize=5, capsize=3, label=label,
    )  # fmt: skip
