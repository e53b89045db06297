"""The record of a network's diagram: columns of units, the weights between them, and where they stand.

Positions lie in [0, 1], x from the inputs to the outputs and y upwards.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import prod

import numpy as np

from glassnet._counted import counted
from glassnet._notebook import Fragment, NotebookRecord
from glassnet.insight.diagram_layout import Extent
from glassnet.insight.text import TextTable, rounded
from glassnet.network.layer import Shape
from glassnet.storage.json_value import JSON


@dataclass(frozen=True)
class Unit:
    """A unit that is shown.

    Attributes
    ----------
    index : int
        Its place in its layer, counted from 0.
    label : str
        The name of an input or output, else its number, counted from 1.
    x, y : float
        Where it stands.
    value : float or None
        Of a row: the scaled input, the prediction in its units, or what leaves the layers of its column; the mean over
        the members.
    source : int or None
        The unit of the layer before that it is made of, where that is one alone.
    """

    index: int
    label: str
    x: float
    y: float
    value: float | None
    source: int | None


@dataclass(frozen=True)
class Edge:
    """A weight between two units that are shown.

    Attributes
    ----------
    source, target : int
        The places of the units in their layers, counted from 0.
    weight : float
        The weight, or its mean over the members.
    deviation : float or None
        The standard deviation over the members; None for one member.
    lane : float or None
        The height at which it passes below the layers between; None where it is straight.
    """

    source: int
    target: int
    weight: float
    deviation: float | None
    lane: float | None

    @property
    def sign(self) -> int:
        """1, 0 or -1."""
        return int(np.sign(self.weight))


@dataclass(frozen=True)
class DiagramLayer:
    """Layers of the network that are drawn as one column: a layer, and those that act on its units one by one.

    Attributes
    ----------
    numbers : tuple of int
        The numbers of the layers, counted from 1; of the inputs those of the layers that follow unit by unit.
    kind : str
        What the first is, such as "Dense"; "inputs" where the column is x^0.
    name : str
        The same with its activation.
    activation : str
        The activation of the column; empty where it has none.
    then : tuple of str
        The names of the other layers.
    shape : tuple of int
        (units,), or of images (height, width, channels).
    labels : tuple of str
        The names of all units; of images none.
    units : tuple of Unit
        Those that are shown.
    x : float
        Where the column stands.
    more_y : float or None
        Where to say how many units are left out.
    block : tuple of float or None
        Left, right, bottom and top of the block that stands for images.
    """

    numbers: tuple[int, ...]
    kind: str
    name: str
    activation: str
    then: tuple[str, ...]
    shape: Shape
    labels: tuple[str, ...]
    units: tuple[Unit, ...]
    x: float
    more_y: float | None
    block: Extent | None

    @property
    def size(self) -> int:
        """The number of units."""
        return prod(self.shape)

    @property
    def left_out(self) -> int:
        """How many units are not shown; none of a block."""
        return 0 if self.block else self.size - len(self.units)

    def label(self, index: int) -> str:
        """Return the name of a unit, of images its number, counted from 1."""
        return self.labels[index] if self.labels else str(index + 1)


@dataclass(frozen=True, eq=False)
class Matrix:
    """All weights between two layers, to be drawn as a picture.

    Attributes
    ----------
    values : array (sources, targets)
        The numbers.
    extent : tuple of float
        Left, right, bottom and top of the picture.
    """

    values: np.ndarray
    extent: Extent

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        return {"values": self.values.tolist(), "extent": self.extent}


@dataclass(frozen=True, eq=False)
class Connection:
    """The weights between two layers of the diagram: edges, or all of the matrix as a picture.

    Attributes
    ----------
    source, target : int
        The places of the layers in the diagram.
    layer : int
        The number of the layer that the weights belong to, counted from 1.
    name : str
        "W", or "V" of a linear path.
    shape : tuple of int
        (sources, targets) of all of the matrix.
    largest : float
        The largest |weight| of all of it.
    edges : tuple of Edge
        Between the units that are shown; empty where the matrix is a picture.
    matrix : Matrix or None
        All weights, where they are a picture; means over the members.
    deviation : Matrix or None
        Of a picture, the standard deviations over the members; None for one member.
    """

    source: int
    target: int
    layer: int
    name: str
    shape: tuple[int, int]
    largest: float
    edges: tuple[Edge, ...] = ()
    matrix: Matrix | None = None
    deviation: Matrix | None = None

    @property
    def beside(self) -> bool:
        """Whether it is a linear path, beside the layers between."""
        return self.name == "V"

    def weights(self) -> Iterator[tuple[int, int, float, float | None]]:
        """Yield source, target, weight and standard deviation of every edge, or of every entry of the picture."""
        for edge in self.edges:
            yield edge.source, edge.target, edge.weight, edge.deviation
        if self.matrix is not None:
            for (source, target), weight in np.ndenumerate(self.matrix.values):
                deviation = None if self.deviation is None else float(self.deviation.values[source, target])
                yield source, target, float(weight), deviation

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        plain = ("source", "target", "layer", "name", "shape", "largest")
        return {
            **{name: getattr(self, name) for name in plain},
            "edges": [{**asdict(edge), "sign": edge.sign} for edge in self.edges],
            "matrix": self.matrix and self.matrix.to_dict(),
            "deviation": self.deviation and self.deviation.to_dict(),
        }


@dataclass(frozen=True, eq=False)
class Diagram(NotebookRecord):
    """A network as columns of units and what connects them.

    Attributes
    ----------
    layers : tuple of DiagramLayer
        The columns, from the inputs to the outputs.
    connections : tuple of Connection
        The weights between them.
    members : int
        How many members the weights are the mean of.
    member, row : int or None
        Which member it is, and which row passes through; counted from 0.

    Examples
    --------
    >>> from glassnet import Dense, Network, diagram
    >>> network = Network(2, [Dense(1)])
    >>> drawn = diagram(network, [{"W": [[1.0], [-2.0]], "b": [0.5]}], X=[[3.0, 1.0]], row=0)
    >>> drawn.row, [unit.value for unit in drawn.layers[0].units]
    (0, [3.0, 1.0])
    >>> print(drawn.table())
    layer   units  shown  left out  then  weights to it  largest |w|
    inputs  2          2         0                    0
    Dense   1          1         0                    2            2
    """

    layers: tuple[DiagramLayer, ...]
    connections: tuple[Connection, ...]
    members: int
    member: int | None
    row: int | None

    def table(self) -> TextTable:
        """Return a line a layer, with what leads to it."""
        head = ("layer", "units", "shown", "left out", "then", "weights to it", "largest |w|")
        rows = []
        for place, layer in enumerate(self.layers):
            into = [connection for connection in self.connections if connection.target == place]
            shown = None if layer.block else len(layer.units)
            weights = sum(prod(each.shape) for each in into)
            largest = max((each.largest for each in into), default=None)
            units = " x ".join(map(str, layer.shape))
            rows.append((layer.name, units, shown, layer.left_out, ", ".join(layer.then), weights, largest))
        return TextTable(head, tuple(rows))

    def describe(self) -> str:
        """Return the layers, how many weights there are, the largest of them, and what is left out."""
        sizes = ", ".join(" x ".join(map(str, layer.shape)) for layer in self.layers)
        said = [f"Layers of {sizes} units"]
        if self.connections:
            first = max(self.connections, key=lambda connection: connection.largest)
            count = sum(prod(each.shape) for each in self.connections)
            largest = f"the largest |w| {rounded(first.largest)} in layer {first.layer}"
            said.append(f"{counted(count, 'weight')} between them, {largest}")
        left_out = sum(layer.left_out for layer in self.layers)
        if left_out:
            said.append(f"{counted(left_out, 'unit is', 'units are')} left out")
        if self.members > 1:
            said.append(
                f"means over {self.members} members, whose hidden units do not correspond: member= shows one network"
            )
        elif self.member is not None:
            said.append(f"member {self.member}")
        if self.row is not None:
            said.append(f"row {self.row} passes through")
        return "; ".join(said) + "."

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        layers = [{**asdict(each), "size": each.size, "left_out": each.left_out} for each in self.layers]
        connections = [each.to_dict() for each in self.connections]
        named = {"members": self.members, "member": self.member, "row": self.row}
        return {"layers": layers, "connections": connections, **named}

    def __str__(self) -> str:
        return f"{self.table()}\n{self.describe()}"

    def _fill(self, fragment: Fragment) -> None:
        fragment.table(self.table())
        fragment.text(self.describe())
