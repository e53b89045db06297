"""A network with its weights: what is connected how, how strongly, and with which sign?"""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from glassnet.insight.diagram import MOST_EDGES, MOST_UNITS, diagram
from glassnet.insight.diagram_layout import BESIDE, LANE
from glassnet.insight.diagram_record import Connection, Diagram, DiagramLayer
from glassnet.insight.figures.colours import BLUE, INK, SIGNED, VERMILLION
from glassnet.insight.figures.display import Display
from glassnet.insight.figures.network_parts import (
    FAINT,
    GREYS,
    PAPER,
    beside,
    draw_block,
    draw_edges,
    draw_passage,
    draw_picture,
    draw_units,
)
from glassnet.insight.targets import Estimator
from glassnet.network.network import Network

LETTER = 0.08  # inches
COLUMN = 1.75  # inches from one column to the next
SLOT = 0.39  # inches from one unit to the next, of the longest column
CIRCLE = 0.33  # inches, a unit
ABOVE = 0.55  # inches for what is said of weights
LINE, LEGEND = 0.15, 0.55  # inches, of what is said of layers and of the legend below it


class NetworkDisplay(Display):
    """Columns of units with their weights as lines, or of many weights with the matrices as pictures between them.

    Blue solid lines are positive, vermillion dashed ones negative; the width is |w| relative to the largest of its
    matrix, which is printed. Means over members that are smaller than their standard deviation are faint. A picture has
    a row for every unit on the left and a column for every unit on the right; in one of at most 1,000 cells a dash
    marks what is negative. With a row of data, units are the darker the larger |value| is in their column; values stand
    in them, and predictions beside the outputs. A dotted line leads from a unit to what an embedding makes of it.

    Parameters
    ----------
    record : Diagram
        What is drawn.

    Attributes
    ----------
    edges_ : list of LineCollection
        The edges of every connection that has some, in the order of the record.
    matrices_, deviations_ : list of AxesImage
        The pictures of matrices, and of their standard deviations over the members.
    units_ : list of PathCollection
        The units of every layer.

    Examples
    --------
    >>> from glassnet import Dense, Network, NetworkDisplay
    >>> network, parameters = Network(2, [Dense(1)]), [{"W": [[1.0], [-2.0]], "b": [0.5]}]
    >>> display = NetworkDisplay.from_estimator(network, parameters, X=[[3.0, 1.0]], row=0)
    >>> print(display)
    NetworkDisplay: Layers of 2, 1 units; 2 weights between them, the largest |w| 2 in layer 1; row 0 passes through.
    >>> len(display.edges_), len(display.units_)
    (1, 2)
    """

    def __init__(self, record: Diagram) -> None:
        self.record = record

    @classmethod
    def from_estimator(
        cls,
        model: Estimator | Network,
        parameters: Sequence[Mapping[str, ArrayLike]] | None = None,
        *,
        X: ArrayLike | None = None,
        row: int | None = None,
        member: int | None = None,
        most_units: int = MOST_UNITS,
        most_edges: int = MOST_EDGES,
        ax: Axes | None = None,
    ) -> Self:
        """Draw a network; see `diagram` for the parameters.

        Parameters
        ----------
        model : NetworkRegressor, NetworkClassifier or Network
            A fitted model, or the layers of a network.
        parameters : sequence of dicts of arrays or None
            Of a network: W, b, ... of every layer by name.
        X : data frame or array (rows, columns), images or None
            Rows, one of which passes through.
        row : int or None
            Which one, counted from 0.
        member : int or None
            Of a fitted model: the member; None for the mean over all.
        most_units : int
            How many units of a column are shown at most.
        most_edges : int
            Up to how many weights in all of the network they are lines.
        ax : Axes or None
            What to draw on.

        Returns
        -------
        NetworkDisplay
            The figure, drawn.
        """
        record = diagram(
            model, parameters, X=X, row=row, member=member, most_units=most_units, most_edges=most_edges
        )  # fmt: skip
        return cls(record).plot(ax)

    def frame(self) -> pl.DataFrame:
        """Return a row a weight that is drawn, as a line or in a picture: its layer, units, number and deviation."""
        schema = {"layer": pl.Int64, "from": pl.String, "to": pl.String, "weight": pl.Float64, "deviation": pl.Float64}
        rows = [
            (each.layer, self._layer(each.source).label(i), self._layer(each.target).label(j), *numbers)
            for each in self.record.connections
            for i, j, *numbers in each.weights()
        ]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def describe(self) -> str:
        """Return what the record says."""
        return self.record.describe()

    @property
    def figure_size(self) -> tuple[float, float]:
        """Width and height of a figure of its own, in inches, by the numbers of columns and units."""
        left, right = self._margins
        return max(left + right + self._width, 4.5), ABOVE + self._below + self._height

    def _layer(self, place: int) -> DiagramLayer:
        return self.record.layers[place]

    @property
    def _width(self) -> float:
        return COLUMN * max(len(self.record.layers) - 1, 1)

    @property
    def _height(self) -> float:
        """Inches of the columns, and of the linear path below them."""
        most = max(len(layer.units) + (layer.left_out > 0) for layer in self.record.layers)
        columns = max(2.2, SLOT * most)
        return columns / (1 - BESIDE) if self._has_path else columns

    @property
    def _has_path(self) -> bool:
        return any(connection.beside for connection in self.record.connections)

    @property
    def _margins(self) -> tuple[float, float]:
        """Inches for the labels of inputs and outputs."""
        first, last = self._layer(0).units, self._layer(-1).units
        texts = [beside(unit, "left") for unit in first], [beside(unit, "right") for unit in last]
        left, right = (max(0.35 + LETTER * max(map(len, each), default=0), 0.8) for each in texts)
        return left, right

    @property
    def _below(self) -> float:
        """Inches for what is said of layers, and for the legend."""
        return LEGEND + LINE * max(_caption(layer).count("\n") + 1 for layer in self.record.layers)

    def _draw(self, ax: Axes) -> None:
        (left, right), width, height = self._margins, self._width, self._height
        self.edges_, self.matrices_, self.deviations_ = list[LineCollection](), list[AxesImage](), list[AxesImage]()
        for connection in self.record.connections:
            self._draw_connection(ax, connection)
        self._draw_passages(ax)
        self.units_ = [self._draw_units(ax, place) for place in range(len(self.record.layers))]
        for layer in self.record.layers:
            draw_block(ax, layer)
            ax.text(layer.x, -0.08 / height, _caption(layer), ha="center", va="top", color=INK, fontsize=8)
        ax.set(xlim=(-left / width, 1 + right / width), ylim=(-self._below / height, 1 + ABOVE / height))
        ax.set_axis_off()
        ax.legend(handles=self._legend(), frameon=False, fontsize=8, ncols=4, loc="lower center")
        ax.set_title(self._title(), color=INK, fontsize=9)

    def _draw_connection(self, ax: Axes, connection: Connection) -> None:
        """Draw the weights between two columns, and say which they are and how large."""
        source, target = self._layer(connection.source), self._layer(connection.target)
        said = [f"{connection.name} of layer {connection.layer}", f"largest |w| {connection.largest:.3g}"]
        if connection.matrix is None:
            self.edges_.append(draw_edges(ax, connection, source, target))
        else:
            self.matrices_.append(draw_picture(ax, connection.matrix, SIGNED, signed=True))
        if connection.deviation is not None:
            self.deviations_.append(draw_picture(ax, connection.deviation, GREYS, signed=False))
            said.append(f"st. dev. up to {np.max(connection.deviation.values):.3g}")
        x, y, separator = (source.x + target.x) / 2, 1 + 0.06 / self._height, "\n"
        if connection.beside:
            said[0], y, separator = f"linear path {said[0]}", LANE + 0.04 / self._height, ", "
        ax.text(x, y, separator.join(said), ha="center", va="bottom", color=INK, fontsize=7.5, bbox=PAPER, zorder=4)

    def _draw_passages(self, ax: Axes) -> None:
        """Draw what leads from column to column without a matrix of weights."""
        connected = {connection.target for connection in self.record.connections if not connection.beside}
        for place, layer in enumerate(self.record.layers[1:], start=1):
            if place not in connected:
                draw_passage(ax, self._layer(place - 1), layer)

    def _draw_units(self, ax: Axes, place: int) -> PathCollection:
        last = len(self.record.layers) - 1
        side = "left" if place == 0 else "right" if place == last else "inside"
        return draw_units(ax, self._layer(place), side, CIRCLE, self._width)

    def _title(self) -> str:
        record = self.record
        row = "" if record.row is None else f"row {record.row}"
        which = "" if record.member is None else f"member {record.member}"
        which = f"mean of {record.members} members" if record.members > 1 else which
        return ", ".join(part for part in (which, row) if part)

    def _legend(self) -> list[Line2D | Patch]:
        """Return an entry a sign, and one for what the members make of it."""
        several = self.record.members > 1
        if self.edges_:
            entries = [
                Line2D([], [], color=BLUE, linewidth=2, label="positive"),
                Line2D([], [], color=VERMILLION, linewidth=2, linestyle="dashed", label="negative"),
            ]
            faint = Line2D([], [], color=INK, linewidth=2, alpha=FAINT, label="smaller than its standard deviation")
            return [*entries, *([faint] if several else [])]
        if self.matrices_:
            patches = [Patch(facecolor=BLUE, label="positive"), Patch(facecolor=VERMILLION, label="negative")]
            deviation = Patch(facecolor=GREYS(1.0), label="standard deviation over members")
            return [*patches, *([deviation] if several else [])]
        return []


def _caption(layer: DiagramLayer) -> str:
    """Return what stands below a column: its layers, a line each, and its size."""
    size = " x ".join(map(str, layer.shape)) + ("" if layer.block else " unit" if layer.size == 1 else " units")
    then = [name.replace("ParametricActivation, ", "parametric ") for name in layer.then]
    return "\n".join([layer.name, size, *then])
