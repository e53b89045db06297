"""The record of a cost over two parameters, with the path of a trace on it."""

import json
from dataclasses import dataclass
from typing import ClassVar, cast

import numpy as np

from glassnet._counted import counted
from glassnet._notebook import Fragment, NotebookRecord
from glassnet.insight.text import TextTable, rounded
from glassnet.storage.json_value import JSON, finite


@dataclass(frozen=True, eq=False)
class CostSurface(NotebookRecord):
    """E over a grid of two parameters, all others as they were at the start, and the path of a trace on it.

    Attributes
    ----------
    axes : tuple of str
        The two parameters, such as ("W^1_1,1", "b^1_1").
    x, y : array (points,)
        The values of the first and of the second.
    E : array (points, points)
        The cost; a row for every y, a column for every x.
    path : array (steps + 1, 2)
        Both parameters at the start and after every step.
    path_E : array (steps + 1,)
        The cost in the trace at the start and after every step.
    gradient : array (2,)
        dE/dx and dE/dy at the start.
    curvature : float or None
        The second derivative of E at the start along that gradient; None where it is 0.
    others_moved : float
        By how much at most another parameter moved; 0: the path lies on the surface.
    loss : str
        The loss of the trace.
    step_size : float
        tau of the trace.

    Examples
    --------
    >>> from glassnet import Dense, Network, cost_surface, trace
    >>> neuron, parameters = Network(1, [Dense(1)]), [{"W": [[2.0]], "b": [0.0]}]
    >>> steps = trace(neuron, parameters, [[1.0], [2.0]], [[1.0], [2.0]], step_size=0.2, steps=10)
    >>> surface = cost_surface(neuron, steps, ("W^1_1,1", "b^1_1"))
    >>> surface.axes, surface.others_moved
    (('W^1_1,1', 'b^1_1'), 0.0)
    >>> print(surface.describe())
    E over W^1_1,1 and b^1_1: 10 steps lead from (2, 0) with E = 1.25 to (1.239, -0.3861) with E = 0.007514; ...
    """

    _rest: ClassVar[str] = "to_json() has all"

    axes: tuple[str, str]
    x: np.ndarray
    y: np.ndarray
    E: np.ndarray
    path: np.ndarray
    path_E: np.ndarray
    gradient: np.ndarray
    curvature: float | None
    others_moved: float
    loss: str
    step_size: float

    @property
    def minimum(self) -> tuple[float, float, float]:
        """The point of the grid with the least cost: x, y and E."""
        row, column = np.unravel_index(int(np.nanargmin(self.E)), self.E.shape)
        return float(self.x[column]), float(self.y[row]), float(self.E[row, column])

    def table(self) -> TextTable:
        """Return a line a step: both parameters and the cost after it; 0 is the start."""
        rows = [(k, *point, E) for k, (point, E) in enumerate(zip(self.path.tolist(), self.path_E, strict=True))]
        title = f"the path, {self.loss}, step size {self.step_size:g}; k = 0 is the start"
        return TextTable(("k", *self.axes, "E"), tuple(rows), None, title)

    def describe(self) -> str:
        """Return where the path starts and ends, the least cost on the grid, and the curvature at the start."""
        x, y, least = self.minimum
        first, second = self.axes
        steps = len(self.path) - 1
        said = [
            f"E over {first} and {second}: {counted(steps, 'step leads', 'steps lead')} from {self._point(0)} to "
            f"{self._point(-1)}",
            f"the least E on the grid of {len(self.x)} x {len(self.y)} is {rounded(least)} at ({rounded(x)}, "
            f"{rounded(y)})",
        ]
        if self.curvature is not None:
            said.append(f"along the gradient of the start the curvature is {rounded(self.curvature)}")
        if self.others_moved:
            said.append(
                f"other parameters, which the surface keeps at their start, moved by up to {rounded(self.others_moved)}"
            )
        return "; ".join(said) + "."

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        arrays = ("x", "y", "E", "path", "path_E", "gradient")
        plain = ("curvature", "others_moved", "loss", "step_size", "minimum")
        lists = {name: getattr(self, name).tolist() for name in arrays}
        named = {"axes": list(self.axes), **lists, **{name: getattr(self, name) for name in plain}}
        return cast(dict[str, JSON], finite(named))

    def to_json(self) -> str:
        """Return everything as JSON."""
        return json.dumps(self.to_dict(), indent=2)

    def __str__(self) -> str:
        return f"{self.table()}\n{self.describe()}"

    def _fill(self, fragment: Fragment) -> None:
        fragment.text(self.describe())
        fragment.table(self.table())

    def _point(self, place: int) -> str:
        x, y = self.path[place].tolist()
        return f"({rounded(x)}, {rounded(y)}) with E = {rounded(float(self.path_E[place]))}"
