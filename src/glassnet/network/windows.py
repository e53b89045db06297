"""Windows that slide over an image: the input of convolution and pooling.

An image is (batch, height, width, channels), a signal (batch, length, channels). Each position inside the window is
one strided slice of the padded image, so that a window of 3 x 3 gives nine slices of one shape; the adjoint puts
slices back where they came from and adds up where they overlap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, prod
from typing import Any

import numpy as np

from glassnet._lazy import jnp, lax
from glassnet._types import RowsIn, RowsOut
from glassnet.network.layer import Shape

MOST_PLACES = 10_000  # each becomes a slice of its own in the compiled program
MOST_PIXELS = 2**24

Pads = tuple[tuple[int, int], ...]  # before and after, an axis
PerAxis = int | Sequence[int]  # one number, or one an axis
Padding = int | str | Sequence[int | Sequence[int]]  # a name, or zeros around: one, one an axis, or pairs


@dataclass(frozen=True)
class Windows:
    """Windows of `size`, `stride` apart, over a sample of shape `inputs` (*lengths, channels) with `pads` around it."""

    inputs: Shape
    size: tuple[int, ...]
    stride: tuple[int, ...]
    pads: Pads

    @property
    def outputs(self) -> tuple[int, ...]:
        """The number of windows along every axis: (length + pads - size) // stride + 1."""
        axes = zip(self.inputs[:-1], self.size, self.stride, self.pads, strict=True)
        return tuple((length + sum(pad) - size) // stride + 1 for length, size, stride, pad in axes)

    def offsets(self) -> Iterator[tuple[int, ...]]:
        """Yield the positions inside the window, row by row."""
        return product(*map(range, self.size))

    def padded(self, x: RowsIn, fill: float = 0.0) -> RowsOut:
        """Return x with `fill` around it."""
        if not any(map(any, self.pads)):
            return x
        return jnp.pad(x, ((0, 0), *self.pads, (0, 0)), constant_values=fill)

    def slices(self, x: RowsIn, fill: float = 0.0) -> list[RowsOut]:
        """Return one array (batch, *outputs, channels) a position inside the window."""
        around = self.padded(x, fill)
        return [lax.slice(around, *self._slice(around, offset)) for offset in self.offsets()]

    def back(self, slices: list[RowsOut]) -> RowsIn:
        """Return the sum of slices (batch, *outputs, channels), each put back where it came from: the adjoint."""
        parts: list[RowsIn] = []
        for offset, part in zip(self.offsets(), slices, strict=True):
            around = zip(offset, self.pads, self.inputs, self.stride, self.outputs, strict=False)
            room = [
                (start - before, length + before - start - (count - 1) * stride - 1, stride - 1)
                for start, (before, _), length, stride, count in around
            ]  # negative room cuts off what came from the padding
            parts.append(lax.pad(part, jnp.zeros((), part.dtype), [(0, 0, 0), *room, (0, 0, 0)]))
        return sum(parts, jnp.zeros((), parts[0].dtype))

    def _slice(self, around: RowsOut, offset: tuple[int, ...]) -> tuple[list[int], list[int], list[int]]:
        ends = [o + (n - 1) * s + 1 for o, n, s in zip(offset, self.outputs, self.stride, strict=True)]
        return [0, *offset, 0], [around.shape[0], *ends, around.shape[-1]], [1, *self.stride, 1]


def windows_of(what: str, inputs: Shape, size: PerAxis, stride: PerAxis, padding: Padding) -> Windows:
    """Return the windows on a sample of shape `inputs`; `ValueError` names the layer, `what`, where they do not fit."""
    axes = len(inputs) - 1
    if axes not in (1, 2):
        raise ValueError(
            f"{what} takes (height, width, channels) or (length, channels), but what comes in has shape {inputs}"
        )
    sizes, strides = (_on_axes(what, name, values, axes) for name, values in (("size", size), ("stride", stride)))
    pads = _pads(what, inputs, sizes, strides, padding)
    places, around = prod(sizes), prod(length + sum(pad) for length, pad in zip(inputs, pads, strict=False))
    if places > MOST_PLACES or around > MOST_PIXELS:
        raise ValueError(
            f"{what}: a window of {places} places over {around} pixels with the padding is more than {MOST_PLACES} "
            f"places or {MOST_PIXELS} pixels; pool in two steps, or take a smaller size and padding"
        )
    windows = Windows(inputs, sizes, strides, pads)
    if min(windows.outputs) < 1:
        raise ValueError(f"{what}: a window of {sizes} is larger than what comes in, {inputs[:-1]}; use padding='same'")
    return windows


def check_window(what: str, size: object, stride: object, padding: object) -> None:
    """Raise `ValueError` unless sizes and strides are integers from 1 on and the padding is known."""
    for name, values in (("size", size), ("stride", stride)):
        numbers = values if isinstance(values, tuple) else (values,)
        if not all(isinstance(n, int) and n >= 1 for n in numbers) or not 1 <= len(numbers) <= 2:
            raise ValueError(f"{what}: {name}={values!r} must be an integer of at least 1, or one an axis")
    if padding in ("valid", "same"):
        return
    numbers = [n for pair in _as_pairs(padding, 1) for n in pair] if not isinstance(padding, str) else [None]
    if not all(isinstance(n, int) and n >= 0 for n in numbers):
        raise ValueError(
            f"{what}: padding={padding!r} must be 'valid', 'same', an integer of at least 0, or one or a pair "
            "(before, after) an axis, as in ((1, 2), (1, 2))"
        )


def frozen(values: Any) -> Any:
    """Return lists as tuples and NumPy integers as integers, so that a layer can be compared and hashed."""
    if isinstance(values, list | tuple):
        return tuple(map(frozen, values))
    return int(values) if isinstance(values, np.integer) else values


def _on_axes(what: str, name: str, values: PerAxis, axes: int) -> tuple[int, ...]:
    numbers = (values,) * axes if isinstance(values, int) else tuple(values)
    if len(numbers) != axes:
        raise ValueError(f"{what}: {name}={values} has {len(numbers)} number(s), but what comes in has {axes} axes")
    return numbers


def _pads(what: str, inputs: Shape, sizes: tuple[int, ...], strides: tuple[int, ...], padding: Padding) -> Pads:
    if padding == "valid":
        return ((0, 0),) * len(sizes)
    if padding == "same":  # as many windows as length / stride, rounded up; the odd one goes to the end
        totals = [
            max((ceil(length / stride) - 1) * stride + size - length, 0)
            for length, size, stride in zip(inputs, sizes, strides, strict=False)
        ]
        return tuple((total // 2, total - total // 2) for total in totals)
    pads = _as_pairs(padding, len(sizes))
    if len(pads) != len(sizes):
        raise ValueError(f"{what}: padding={padding} is for {len(pads)} axes, but what comes in has {len(sizes)}")
    return pads


def _as_pairs(padding: object, axes: int) -> Pads:
    values = padding if isinstance(padding, tuple) else (padding,) * axes
    pairs: list[Any] = [pad if isinstance(pad, tuple) and len(pad) == 2 else (pad, pad) for pad in values]
    return tuple(pairs)
