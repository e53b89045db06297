"""The record of a layer's windows over one image: what each holds, what it gives, and where delta goes back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, cast

import numpy as np

from glassnet._counted import counted
from glassnet._notebook import Fragment, NotebookRecord
from glassnet.insight.text import TextTable
from glassnet.storage.json_value import JSON, finite


@dataclass(frozen=True, eq=False)
class WindowStep:
    """One window: its entries, what the layer makes of them, and what of delta it sends back.

    Attributes
    ----------
    row, column : int
        The position of the output, counted from 0.
    top, left : int
        The position in the image of the first entry; negative in the padding.
    entries : array (height, width, channels)
        What the window holds; zeros in the padding, or NaN where the padding is a gap that does not count.
    inside : array of bool (height, width, channels)
        Whether an entry is of the image, and not of its padding.
    products : array (height, width, channels, outputs) or None
        Of a convolution: entries times the kernel as it is laid on them.
    taken : array of bool (height, width, channels) or None
        Of max-pooling: the entry that is taken, the first of the largest.
    count : int or None
        Of average pooling: how many entries the mean is of.
    z : array (outputs,)
        What the layer gives: the sum of the products and the bias, the largest entry, or the mean.
    sent : array (height, width, channels)
        What of delta goes back to each entry; 0 in the padding, whose part is lost.

    Examples
    --------
    >>> from glassnet import Convolution, window_steps
    >>> parameters = {"W": [[[[1.0]], [[-1.0]]]], "b": [0.0]}
    >>> window = window_steps(Convolution(1, (1, 2)), parameters, [[1.0, 4.0, 9.0]]).windows[0]
    >>> window.entries[..., 0], window.products[..., 0, 0], window.z
    (array([[1., 4.]]), array([[ 1., -4.]]), array([-3.]))
    """

    row: int
    column: int
    top: int
    left: int
    entries: np.ndarray
    inside: np.ndarray
    products: np.ndarray | None
    taken: np.ndarray | None
    count: int | None
    z: np.ndarray
    sent: np.ndarray

    @property
    def taken_from(self) -> list[tuple[int, int]]:
        """Of max-pooling, the position in the image that each channel's number is taken from; else empty."""
        if self.taken is None:
            return []
        places = [np.argwhere(self.taken[..., channel])[0] for channel in range(self.taken.shape[-1])]
        return [(self.top + int(i), self.left + int(j)) for i, j in places]

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON; a gap is null."""
        arrays = ("entries", "inside", "products", "z", "sent")
        lists = {name: None if (a := getattr(self, name)) is None else a.tolist() for name in arrays}
        plain = {name: getattr(self, name) for name in ("row", "column", "top", "left", "count", "taken_from")}
        return cast(dict[str, JSON], finite({**plain, **lists}))


@dataclass(frozen=True, eq=False)
class WindowSteps(NotebookRecord):
    """All windows of a layer over one image, in the order of the outputs; positions count from 0.

    Attributes
    ----------
    kind : str
        "Convolution", "MaxPool" or "AveragePool".
    activation : str or None
        Of a convolution the name of sigma, which follows: x = sigma(z).
    x : array (height, width, channels)
        The image.
    kernel : array (height, width, channels, outputs) or None
        Of a convolution: the kernels as they are laid on a window, turned by 180 degrees where `flip` is set.
    flip : bool
        Whether they are turned.
    bias : array (outputs,) or None
        Of a convolution: b.
    windows : tuple of WindowStep
        One for every position of the output, row by row.
    z : array (rows, columns, outputs)
        What the layer gives.
    delta : array (rows, columns, outputs)
        dE/dz, as it was given.
    back : array (height, width, channels)
        dE/dx, what the windows send back to every entry of the image, in sum.

    Examples
    --------
    >>> from glassnet import AveragePool, window_steps
    >>> pooled = window_steps(AveragePool(2), {}, [[1.0, 3.0, 5.0, 7.0], [1.0, 3.0, 5.0, 7.0]])
    >>> pooled.kind, len(pooled.windows)
    ('AveragePool', 2)
    >>> pooled.z[..., 0], pooled.back[0, :, 0]
    (array([[2., 6.]]), array([0.25, 0.25, 0.25, 0.25]))
    """

    _rest: ClassVar[str] = "str() or to_json() has all"

    kind: str
    activation: str | None
    x: np.ndarray
    kernel: np.ndarray | None
    flip: bool
    bias: np.ndarray | None
    windows: tuple[WindowStep, ...]
    z: np.ndarray
    delta: np.ndarray
    back: np.ndarray

    def table(self) -> TextTable:
        """Return a line a window and output channel: the entries, what is made of them, and delta.

        A slash ends a row of the window and a bar a channel; (0) is padding and . a gap.
        """
        several = self.z.shape[-1] > 1
        head = ("row", "column", *(["channel"] if several else []), "window", *self._parts, "z", "delta")
        rows = [
            (
                *(each.row, each.column, *([channel + 1] if several else [])),
                *self._cells(each, channel),
                *(float(each.z[channel]), float(self.delta[each.row, each.column, channel])),
            )
            for each in self.windows
            for channel in range(self.z.shape[-1])
        ]
        return TextTable(head, tuple(rows), None, f"{self.kind}{self._said}; rows and columns count from 0")

    def tables(self) -> list[TextTable]:
        """Return the windows, then as grids the kernel as it is laid, z, and dE/dx."""
        laid = "kernel, turned by 180 degrees" if self.flip else "kernel"
        kernel = [] if self.kernel is None else list(_grids(laid, self.kernel))
        return [self.table(), *kernel, *_grids("z", self.z), *_grids("dE/dx", self.back)]

    def describe(self) -> str:
        """Return how many windows there are, what they are, and where delta goes back."""
        rows, columns, outputs = self.z.shape
        height, width, channels = self.x.shape
        first = self.windows[0].entries.shape
        said = (
            f"{rows} x {columns} windows of {first[0]} x {first[1]} over an image of {height} x {width}"
            f"{f' with {channels} channels' if channels > 1 else ''}: {self.kind}{self._said}"
        )
        reached = int(np.count_nonzero(self.back))
        to = f"delta goes back to {reached} of {counted(self.back.size, 'entry', 'entries')}"
        return f"{said}, {counted(outputs, 'output channel')}; {to}."

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON; a gap is null."""
        arrays = ("x", "kernel", "bias", "z", "delta", "back")
        lists = {name: None if (a := getattr(self, name)) is None else a.tolist() for name in arrays}
        plain = {name: getattr(self, name) for name in ("kind", "activation", "flip")}
        return {**plain, **lists, "windows": [each.to_dict() for each in self.windows]}

    def to_json(self) -> str:
        """Return everything as JSON."""
        return json.dumps(self.to_dict(), indent=2)

    def __str__(self) -> str:
        return "\n\n".join([*map(str, self.tables()), self.describe()])

    def _fill(self, fragment: Fragment) -> None:
        fragment.text(self.describe())
        fragment.tables(self.tables())

    @property
    def _parts(self) -> tuple[str, ...]:
        """The names of what stands between a window and z."""
        return {"Convolution": ("products", "sum", "bias"), "MaxPool": ("taken from",)}.get(self.kind, ("mean of",))

    @property
    def _said(self) -> str:
        """What is made of a window, behind the kind."""
        channels = self.x.shape[-1]
        if self.kernel is None:
            return ", channel by channel" if channels > 1 else ""
        summed = f", products summed over {channels} channels" if channels > 1 else ""
        turned = ", kernel turned by 180 degrees" if self.flip else ""
        sigma = "" if self.activation in (None, "identity") else f", then x = {self.activation}(z)"
        return f"{turned}{summed}{sigma}"

    def _cells(self, step: WindowStep, channel: int) -> tuple[str | int | float, ...]:
        """Return a window and what is made of it for an output channel, as the table shows it."""
        if self.bias is not None and step.products is not None:
            products = step.products[..., channel]
            made = _shown(products, np.ones_like(step.inside))
            return _shown(step.entries, step.inside), made, float(products.sum()), float(self.bias[channel])
        window = _shown(step.entries[..., channel : channel + 1], step.inside[..., channel : channel + 1])
        if step.taken is not None:
            row, column = step.taken_from[channel]
            return window, f"({row}, {column})"
        return window, step.count or 0


def _shown(entries: np.ndarray, inside: np.ndarray) -> str:
    """Return entries (height, width, channels) as text."""

    def cell(place: tuple[int, ...]) -> str:
        value = float(entries[place])
        return "." if np.isnan(value) else f"{value:.6g}" if inside[place] else f"({value:.6g})"

    height, width, channels = entries.shape
    return " | ".join(
        " / ".join(" ".join(cell((i, j, c)) for j in range(width)) for i in range(height)) for c in range(channels)
    )


def _grids(title: str, array: np.ndarray) -> Iterator[TextTable]:
    """Yield a table a channel of an array (height, width, *channels), or a kernel from each to each."""
    for place in np.ndindex(*array.shape[2:]):
        names = [f"channel {number + 1}" for number, count in zip(place, array.shape[2:], strict=True) if count > 1]
        rows = tuple((i, *row) for i, row in enumerate((array[(..., *place)] + 0.0).tolist()))
        head = ("", *map(str, range(array.shape[1])))
        yield TextTable(head, rows, None, f"{title}, {' to '.join(names)}" if names else title)
