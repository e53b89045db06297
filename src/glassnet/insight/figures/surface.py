"""The cost over two parameters as contours, with the path of a trace: how does descent walk?"""

from typing import Self

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator

from glassnet.insight.cost_surface import cost_surface
from glassnet.insight.cost_surface_record import CostSurface
from glassnet.insight.figures.colours import BLUE, GREY, INK, VERMILLION
from glassnet.insight.figures.display import Display
from glassnet.insight.text import rounded
from glassnet.insight.trace_record import Trace
from glassnet.network.network import Network

LEVELS = 9
WIDE = 20  # ratio of the largest to the least E, from which the levels are 1, 2, 5, 10, ...
DEEPEST = 0.01  # of the largest E: the lowest such level
MANY = 60  # steps, from which their points are small
BESIDE = 9.0  # points between a step and its number
APART = 0.045  # of the panel, between steps that have a number


class SurfaceDisplay(Display):
    """Contours of E, each with its value, and the path on it, from step 0, with as many numbers as have room.

    Parameters
    ----------
    record : CostSurface
        What is drawn.

    Attributes
    ----------
    contours_ : QuadContourSet
        The contours.
    path_ : Line2D
        The start and the parameters after every step.
    minimum_ : Line2D
        The point of the grid with the least E.
    numbers_ : list of Annotation
        The numbers of steps.

    Examples
    --------
    >>> from glassnet import Dense, Network, SurfaceDisplay, trace
    >>> neuron, parameters = Network(1, [Dense(1)]), [{"W": [[2.0]], "b": [0.0]}]
    >>> steps = trace(neuron, parameters, [[1.0], [2.0]], [[1.0], [2.0]], step_size=0.2, steps=10)
    >>> print(SurfaceDisplay.from_trace(neuron, steps, ("W^1_1,1", "b^1_1")))
    SurfaceDisplay: E over W^1_1,1 and b^1_1: 10 steps lead from (2, 0) with E = 1.25 to (1.239, -0.3861) with
    E = 0.007514; ...
    """

    size = (6.0, 5.0)

    def __init__(self, record: CostSurface) -> None:
        self.record = record

    @classmethod
    def from_trace(
        cls,
        network: Network,
        trace: Trace,
        axes: tuple[str, str],
        *,
        points: int = 41,
        margin: float = 0.3,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the cost around the path of a trace; see `cost_surface` for the parameters.

        Parameters
        ----------
        network : Network
            The layers of the trace.
        trace : Trace
            A small one, of at least one step.
        axes : tuple of str
            Two parameters, such as ("W^1_1,1", "b^1_1").
        points : int
            Points along each axis.
        margin : float
            How far the grid goes beyond the path, as a fraction of how far the path goes.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        SurfaceDisplay
            The figure, drawn.
        """
        return cls(cost_surface(network, trace, axes, points=points, margin=margin)).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return a row a step, and a row a point of the grid, whose step is null: both parameters and E."""
        record = self.record
        (first, second), (x, y) = record.axes, np.meshgrid(record.x, record.y)
        path = {"part": ["path"] * len(record.path), "step": np.arange(len(record.path))}
        path |= {first: record.path[:, 0], second: record.path[:, 1], "E": record.path_E}
        grid = pl.DataFrame({"part": ["grid"] * x.size, first: x.ravel(), second: y.ravel(), "E": record.E.ravel()})
        return pl.concat([pl.DataFrame(path), grid], how="diagonal")

    def describe(self) -> str:
        """Return what the record says."""
        return self.record.describe()

    def _draw(self, ax: Axes) -> None:
        record = self.record
        self.contours_ = ax.contour(
            record.x, record.y, np.ma.masked_invalid(record.E), levels=self._levels(), colors=GREY, linewidths=0.9
        )
        ax.clabel(self.contours_, fmt=lambda level: rounded(level, 6), fontsize=8, colors=INK)
        (self.path_,) = ax.plot(
            *record.path.T, "o-", color=VERMILLION, markersize=4 if len(record.path) < MANY else 2, linewidth=1.2,
            label="path, with numbers of steps", zorder=3,
        )  # fmt: skip
        x, y, least = record.minimum
        (self.minimum_,) = ax.plot(
            x, y, "D", color=BLUE, markersize=6, fillstyle="none", linestyle="none", clip_on=False,
            label=f"least E on the grid, {rounded(least, 3)}",
        )  # fmt: skip
        self.numbers_ = [
            ax.annotate(
                str(step), record.path[step], self._aside, textcoords="offset points", ha="center", va="center",
                color=INK, fontsize=9,
            )
            for step in self._numbered()
        ]  # fmt: skip
        ax.set(xlabel=record.axes[0], ylabel=record.axes[1])
        others = "; other parameters as they started" if record.others_moved else ""
        ax.set_title(f"E ({record.loss}), step size {record.step_size:g}{others}", color=INK, fontsize=10)
        ax.legend(frameon=False, fontsize=9, loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=2)

    def _levels(self) -> np.ndarray:
        """Return values of E for contours: 1, 2, 5, 10, ... where E differs much, else equally far apart."""
        E = self.record.E[np.isfinite(self.record.E)]
        least, most = float(E.min()), float(E.max())
        if least >= 0 and most > WIDE * least:
            return np.asarray(LogLocator(subs=(1.0, 2.0, 5.0)).tick_values(max(least, DEEPEST * most), most))
        return np.asarray(MaxNLocator(LEVELS).tick_values(least, most if most > least else least + 1.0))

    @property
    def _aside(self) -> tuple[float, float]:
        """Where the number of a step is, in points from it: across the direction from the start to the end."""
        x, y = self._in_panel[-1] - self._in_panel[0]
        length = float(np.hypot(x, y)) or 1.0
        return (BESIDE * float(y) / length, -BESIDE * float(x) / length) if x or y else (0.0, BESIDE)

    @property
    def _in_panel(self) -> np.ndarray:
        """The path in widths and heights of the panel."""
        return self.record.path / np.array([np.ptp(self.record.x), np.ptp(self.record.y)])

    def _numbered(self) -> list[int]:
        """Return the steps that have a number: the first and the last, and those far enough from the one before."""
        places, last = self._in_panel, len(self.record.path) - 1
        chosen = [0]
        for step in range(1, last):
            far = [np.hypot(*(places[step] - places[other])) >= APART for other in (chosen[-1], last)]
            if all(far):
                chosen.append(step)
        return [*chosen, last]
