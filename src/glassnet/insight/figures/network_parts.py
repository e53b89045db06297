"""The parts of a network's figure: units, lines, pictures of matrices, blocks of images."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from glassnet.insight.diagram_record import Connection, DiagramLayer, Edge, Matrix, Unit
from glassnet.insight.figures.colours import BLUE, GREY, INK, VERMILLION
from glassnet.insight.text import rounded

Side = Literal["left", "right", "inside"]

LONGEST = 18  # letters of a label
WIDEST = 4.0  # points, of the largest weight
THINNEST = 0.15  # points, of any weight but 0
DASH = (5.0, 2.5)  # points
FAINT = 0.3  # of the ink, for means that are smaller than their standard deviation
GREYS = LinearSegmentedColormap.from_list("greys", ["#ffffff", "#5b6675"])
SHEET, SHEETS = 0.64, 4  # of a block: the width of a sheet, and how many stand for channels at most
PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
MOST_MARKED = 1_000  # cells of a picture, up to which those that are negative have a dash
POINTS = 72  # an inch
ROOM = 6  # letters in a unit
DARK = 0.6  # fill on which text is white


def shortened(label: str) -> str:
    """Return a label of at most `LONGEST` letters; its end, which tells levels apart, is kept."""
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 7]}…{label[-6:]}"


def draw_units(ax: Axes, layer: DiagramLayer, side: Side, diameter: float, width: float) -> PathCollection:
    """Draw the units of a column with labels and values, and how many are left out.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    layer : DiagramLayer
        The column.
    side : "left", "right" or "inside"
        Where labels stand: of inputs and outputs on that side; of others in the units, or left of them with values.
    diameter, width : float
        That of a unit, and of all columns together, in inches.
    """
    values = np.array([np.nan if unit.value is None else unit.value for unit in layer.units])
    known = bool(len(values)) and not np.isnan(values).any()
    largest = float(np.max(np.abs(values))) if known else 0.0
    fill = np.abs(values) / largest if largest else np.zeros(len(values))
    x, y = [unit.x for unit in layer.units], [unit.y for unit in layer.units]
    circles = ax.scatter(x, y, s=(POINTS * diameter) ** 2, c=GREYS(fill), edgecolors=INK, linewidths=0.8, zorder=5)
    plain = side == "inside" and all(unit.label == str(unit.index + 1) for unit in layer.units)
    for unit, grey in zip(layer.units, fill, strict=True):
        color = "white" if grey > DARK else INK
        inside = _inside(unit, plain=plain, last=side == "right")
        ax.text(unit.x, unit.y, inside, ha="center", va="center", color=color, fontsize=6.5, zorder=6)
        if not plain or inside != unit.label:
            _label(ax, unit, side, 0.62 * diameter / width)
    if layer.more_y is not None:
        ax.text(layer.x, layer.more_y, f"+{layer.left_out:,} more", ha="center", va="center", color=INK, fontsize=8)
    return circles


def beside(unit: Unit, side: Side) -> str:
    """Return what stands beside a unit: its label, and of an output the prediction."""
    label = shortened(unit.label)
    if side != "right" or unit.value is None:
        return label
    return f"{label}: {rounded(unit.value)}"


def _inside(unit: Unit, *, plain: bool, last: bool) -> str:
    """Return what stands in a unit: its value, if there is room, or else its number."""
    if unit.value is None or last:
        return unit.label if plain else ""
    large = 100 <= abs(unit.value) < 1e5
    texts = f"{unit.value:.0f}" if large else f"{unit.value:.2g}", f"{unit.value:.1g}"
    return next((text for text in texts if len(text) <= ROOM), "")


def _label(ax: Axes, unit: Unit, side: Side, distance: float) -> None:
    x, align = (unit.x + distance, "left") if side == "right" else (unit.x - distance, "right")
    size, box = (6.5, PAPER) if side == "inside" else (8.5, None)
    ax.text(x, unit.y, beside(unit, side), ha=align, va="center", color=INK, fontsize=size, bbox=box, zorder=4)


def draw_edges(ax: Axes, connection: Connection, source: DiagramLayer, target: DiagramLayer) -> LineCollection:
    """Draw a line an edge: the sign as colour and dash, |w| as width, what members disagree on faint."""
    places = [{unit.index: unit for unit in layer.units} for layer in (source, target)]
    widths = np.array([WIDEST * abs(edge.weight) / (connection.largest or 1.0) for edge in connection.edges])
    widths = np.where(widths > 0, np.maximum(widths, THINNEST), 0.0)
    lines = LineCollection(
        [_path(edge, places[0][edge.source], places[1][edge.target]) for edge in connection.edges],
        linewidths=widths,
        colors=[BLUE if edge.weight >= 0 else VERMILLION for edge in connection.edges],
        linestyles=[_dash(edge, width) for edge, width in zip(connection.edges, widths, strict=True)],
        alpha=[_ink(edge) for edge in connection.edges],
        zorder=2,
    )
    ax.add_collection(lines, autolim=False)
    return lines


def _path(edge: Edge, source: Unit, target: Unit) -> np.ndarray:
    """Return the points of an edge, (points, 2); one of a linear path dips below the columns between."""
    ends = np.array([[source.x, source.y], [target.x, target.y]])
    if edge.lane is None:
        return ends
    turn = 0.22 * (target.x - source.x)
    step = (1 - np.cos(np.linspace(0, np.pi, 16)))[:, None] / 2
    along = np.linspace(0, 1, 16)[:, None]
    down = np.hstack([source.x + turn * along, source.y + (edge.lane - source.y) * step])
    up = np.hstack([target.x - turn * (1 - along), edge.lane + (target.y - edge.lane) * step])
    return np.vstack([down, up])


def _dash(edge: Edge, width: float) -> str | tuple[float, tuple[float, ...]]:
    """Return the style of a line: dashes of a length that does not depend on its width."""
    if edge.weight >= 0:
        return "solid"
    return 0.0, tuple(length / max(width, 0.5) for length in DASH)


def _ink(edge: Edge) -> float:
    return FAINT if edge.deviation is not None and abs(edge.weight) < edge.deviation else 0.9


def draw_picture(ax: Axes, matrix: Matrix, cmap: Colormap, *, signed: bool) -> AxesImage:
    """Draw a matrix, its first row at the top; signed, colours are symmetric about 0 and negative cells have a dash."""
    largest = float(np.max(np.abs(matrix.values), initial=0.0)) or 1.0
    low = -largest if signed else 0.0
    picture = ax.imshow(matrix.values, cmap=cmap, vmin=low, vmax=largest, extent=matrix.extent, aspect="auto", zorder=2)
    left, right, bottom, top = matrix.extent
    ax.add_patch(Rectangle((left, bottom), right - left, top - bottom, fill=False, edgecolor=GREY, lw=0.8, zorder=3))
    if signed and matrix.values.size <= MOST_MARKED:
        rows, columns = np.nonzero(matrix.values < 0)
        count, across = matrix.values.shape
        x = left + (right - left) * (columns + 0.5) / across
        y = top - (top - bottom) * (rows + 0.5) / count
        ax.plot(x, y, "_", color=INK, markersize=3, markeredgewidth=0.6, zorder=3)
    return picture


def draw_passage(ax: Axes, source: DiagramLayer, target: DiagramLayer) -> None:
    """Draw what leads from one column to the next without a matrix: a line a unit that is embedded, or one arrow."""
    before = {unit.index: unit for unit in source.units}
    for unit in target.units:
        if unit.source in before:
            start = before[unit.source]
            ax.plot([start.x, unit.x], [start.y, unit.y], ":", color=GREY, linewidth=0.9, zorder=1)
    if not any(unit.source is not None for unit in target.units):
        start = source.block[1] if source.block else source.x
        end = target.block[0] if target.block else target.x
        middle = sum(target.block[2:]) / 2 if target.block else 0.5
        ax.annotate("", (end, middle), (start, middle), arrowprops={"arrowstyle": "->", "color": GREY})


def draw_block(ax: Axes, layer: DiagramLayer) -> None:
    """Draw the block of a layer of images, with its shape."""
    if layer.block is None:
        return
    left, right, bottom, top = layer.block
    width, sheets = SHEET * (right - left), min(layer.shape[-1], SHEETS)
    shift = (right - left - width) / (SHEETS - 1)
    for sheet in range(sheets):  # the last in front
        back = shift * ((sheets - 1) / 2 - sheet)
        corner = (left + right - width) / 2 + back, bottom + back
        ax.add_patch(Rectangle(corner, width, top - bottom, facecolor="white", edgecolor=INK, lw=0.9, zorder=5))
