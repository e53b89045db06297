"""A recorded sweep: what is seen for every combination of the values of some controls, computed beforehand."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from glassnet.insight.sweep_cells import plain
from glassnet.insight.sweep_grid import Grid
from glassnet.insight.sweep_plot import Plot
from glassnet.insight.text import TextTable
from glassnet.storage.json_value import JSON

FORMAT = 1
Value = float | str


@dataclass(frozen=True)
class Control:
    """Something to choose, from values that were computed.

    Attributes
    ----------
    name : str
        Such as "threshold".
    values : tuple of float and str
        What can be chosen, at least two.
    labels : tuple of str
        The values as they are shown.
    kind : "slider" or "choice"
        A slider, with a list beside it, or a list alone.
    start : int
        The place of the value that is shown first.
    """

    name: str
    values: tuple[Value, ...]
    labels: tuple[str, ...]
    kind: Literal["slider", "choice"] = "slider"
    start: int = 0

    def __post_init__(self) -> None:
        if len(self.values) < 2:
            raise ValueError(f"the control {self.name!r} has {len(self.values)} value(s); give at least two to choose")
        if len(self.labels) != len(self.values) or len(set(self.labels)) < len(self.labels):
            raise ValueError(
                f"the control {self.name!r} has {len(self.values)} values and the labels {self.labels}; give each "
                "value one label of its own"
            )
        if self.kind not in ("slider", "choice"):
            raise ValueError(f"the control {self.name!r} is a {self.kind!r}; choose 'slider' or 'choice'")
        if self.start not in range(len(self.values)):
            raise ValueError(
                f"the control {self.name!r} starts at place {self.start}, but has places 0 to {len(self.values) - 1}"
            )

    def to_dict(self) -> dict[str, JSON]:
        """Return the control, for JSON."""
        lists: dict[str, JSON] = {"values": list(self.values), "labels": list(self.labels)}
        return {"name": self.name, **lists, "kind": self.kind, "start": self.start}


def slider(name: str, values: Sequence[float], start: float | None = None) -> Control:
    """Return a slider over numbers, which starts at one of them."""
    if start is not None and start not in values:
        raise ValueError(f"the slider {name!r} starts at {start}, which is none of its values; give one of them")
    place = 0 if start is None else list(values).index(start)
    return Control(name, tuple(map(float, values)), tuple(f"{value:.6g}" for value in values), "slider", place)


def choice(name: str, values: Sequence[str]) -> Control:
    """Return a choice of texts."""
    return Control(name, tuple(values), tuple(values), "choice")


@dataclass(frozen=True)
class Frame:
    """What is seen for one combination of values.

    Attributes
    ----------
    sentence : str
        What is to be seen, which is also announced.
    table : TextTable
        Its numbers.
    plot : Plot or None
        Its picture.
    grids : tuple of Grid
        Small matrices, which stand side by side above the table.
    """

    sentence: str
    table: TextTable
    plot: Plot | None = None
    grids: tuple[Grid, ...] = ()

    def to_dict(self) -> dict[str, JSON]:
        """Return the frame, for JSON."""
        rows: JSON = [[plain(cell) for cell in row] for row in self.table.rows]
        table: JSON = {"title": self.table.title, "head": list(self.table.header), "rows": rows}
        plot = None if self.plot is None else self.plot.to_dict()
        grids: JSON = [grid.to_dict() for grid in self.grids]
        return {"sentence": self.sentence, "table": table, "plot": plot, "grids": grids}


@dataclass(frozen=True)
class Sweep:
    """Frames for all combinations of the values of some controls.

    Attributes
    ----------
    title : str
        What is varied.
    controls : tuple of Control
        What can be chosen, at least one.
    frames : tuple of Frame
        One a combination, in row-major order: the last control changes first.
    """

    title: str
    controls: tuple[Control, ...]
    frames: tuple[Frame, ...]

    def __post_init__(self) -> None:
        names = [control.name for control in self.controls]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"the sweep {self.title!r} has the controls {names}; give one or more, of different names")
        needed = math.prod(len(control.values) for control in self.controls)
        if len(self.frames) != needed:
            raise ValueError(
                f"the sweep {self.title!r} has {len(self.frames)} frames, but its controls have {needed} combinations "
                "of values; give one frame for each, in row-major order"
            )
        for frame in self.frames:
            if any(len(row) != len(frame.table.header) for row in frame.table.rows):
                raise ValueError(f"a table of the sweep {self.title!r} has rows that are not as long as its header")

    def frame(self, *places: int) -> Frame:
        """Return the frame at the places of the controls' values."""
        return self.frames[int(np.ravel_multi_index(places, self.shape))]

    def at(self, *values: Value) -> Frame:
        """Return the frame of values, one a control."""
        pairs = zip(self.controls, values, strict=True)
        return self.frame(*(control.values.index(value) for control, value in pairs))

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values every control has."""
        return tuple(len(control.values) for control in self.controls)

    def to_dict(self) -> dict[str, JSON]:
        """Return everything as `<glass-sweep>` shows it, plain JSON."""
        controls: JSON = [control.to_dict() for control in self.controls]
        frames: JSON = [frame.to_dict() for frame in self.frames]
        return {"format": FORMAT, "title": self.title, "controls": controls, "frames": frames}


def sweep(title: str, controls: Sequence[Control], frame: Callable[..., Frame]) -> Sweep:
    """Return a sweep whose frames are those of a function of the controls' values.

    Parameters
    ----------
    title : str
        What is varied.
    controls : sequence of Control
        What can be chosen.
    frame : callable
        From one value a control, in their order, to a frame.

    Returns
    -------
    Sweep
        The frames in row-major order.
    """
    values = product(*(control.values for control in controls))
    return Sweep(title, tuple(controls), tuple(frame(*combination) for combination in values))
