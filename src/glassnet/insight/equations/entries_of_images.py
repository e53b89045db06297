"""Entries of convolutions, pooling, and what rearranges pixels."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from glassnet.insight.equations.entries import Index, Letters, activation_back, activation_value
from glassnet.insight.equations.entries_of_layers import not_ours
from glassnet.insight.equations.layers_of_images import windows_of_layer
from glassnet.insight.equations.tree import Fraction, Node, Sum, call, number, times, total
from glassnet.network.augmentation import Crop, Flip, Shift
from glassnet.network.convolution import Convolution
from glassnet.network.flatten import Flatten
from glassnet.network.pooling import AveragePool, MaxPool
from glassnet.network.windows import Windows


def entries_of_window(windows: Windows, window: Index) -> list[tuple[Index, Index]]:
    """Return the places in a window that are no padding, each with the place in the image that it is at."""
    found: list[tuple[Index, Index]] = []
    for offset in windows.offsets():
        around = zip(window, windows.stride, offset, windows.pads, strict=True)
        source = tuple(p * stride + i - before for p, stride, i, (before, _) in around)
        if all(0 <= m < length for m, length in zip(source, windows.inputs, strict=False)):
            found.append((offset, source))
    return found


def windows_at(windows: Windows, pixel: Index) -> Iterator[tuple[Index, Index]]:
    """Yield the windows that a pixel is in, each with the place inside where it is."""
    for window in product(*map(range, windows.outputs)):
        around = zip(pixel, window, windows.stride, windows.pads, strict=True)
        offset = tuple(m - p * stride + before for m, p, stride, (before, _) in around)
        if all(0 <= i < size for i, size in zip(offset, windows.size, strict=True)):
            yield window, offset


@dataclass(frozen=True, eq=False)
class ConvolutionEntries:
    """z_pqc = sum_ija x_{s p + i, s q + j, a} W_ijac + b_c."""

    layer: Convolution
    letters: Letters

    def z(self, at: Index) -> Node:
        *window, c = at
        to, channels = self.letters, range(self.letters.inputs.shape[-1])
        inside = entries_of_window(self._windows, tuple(window))
        terms = [
            times(to.parameter("W", *self._kernel(offset), a, c), to.before(*source, a))
            for offset, source in inside
            for a in channels
        ]
        return total(*terms, to.parameter("b", c))

    def x(self, at: Index) -> Node:
        value = activation_value(self.layer.activation, self.letters, at)
        if value is None:
            raise not_ours(self.layer)
        return value

    def delta(self, at: Index) -> Node:
        value = activation_back(self.layer.activation, self.letters, at)
        if value is None:
            raise not_ours(self.layer)
        return value

    def back(self, at: Index) -> Node:
        *pixel, a = at
        to = self.letters
        terms = [
            times(to.parameter("W", *self._kernel(offset), a, c), to.of("delta", *window, c))
            for window, offset in windows_at(self._windows, tuple(pixel))
            for c in range(self.layer.channels)
        ]
        return total(*terms)

    def gradient(self, name: str, at: Index) -> Node:
        to, every = self.letters, list(product(*map(range, self._windows.outputs)))
        if name == "b":
            return total(*(to.of("delta", *window, *at) for window in every))
        *place, a, c = at
        sources = [(window, dict(entries_of_window(self._windows, window))) for window in every]
        offset = self._kernel(tuple(place))  # turning twice changes nothing
        return total(
            *(
                times(to.before(*found[offset], a), to.of("delta", *window, c))
                for window, found in sources
                if offset in found
            )
        )

    @property
    def _windows(self) -> Windows:
        return windows_of_layer(self.layer, self.letters.inputs.shape)

    def _kernel(self, offset: Index) -> Index:
        """Return the place in W of a place in the window."""
        if not self.layer.flip:
            return offset
        return tuple(size - 1 - i for size, i in zip(self._windows.size, offset, strict=True))


@dataclass(frozen=True, eq=False)
class MaxPoolEntries:
    """x = z = the largest entry of a window; dE/dx goes to the first of the largest."""

    layer: MaxPool
    letters: Letters

    def z(self, at: Index) -> Node:
        *window, c = at
        inside = entries_of_window(self._windows, tuple(window))
        entries = [self.letters.before(*source, c) for _, source in inside]
        return entries[0] if len(entries) == 1 else call("max", *entries)

    def x(self, at: Index) -> Node:
        return self.z(at)

    def delta(self, at: Index) -> Node:
        return self.letters.g(*at)

    def back(self, at: Index) -> Node:
        *pixel, c = at
        windows = (window for window, _ in windows_at(self._windows, tuple(pixel)))
        return total(*(self.letters.g(*window, c) for window in windows if self._first(window, c) == tuple(pixel)))

    def gradient(self, name: str, at: Index) -> Node:
        raise KeyError(name)

    @property
    def _windows(self) -> Windows:
        return windows_of_layer(self.layer, self.letters.inputs.shape)

    def _first(self, window: Index, c: int) -> Index:
        """Return the place of the first of the largest entries of a window."""
        sources = [source for _, source in entries_of_window(self._windows, window)]
        return sources[int(np.argmax([self.letters.inputs[(*source, c)] for source in sources]))]


@dataclass(frozen=True, eq=False)
class AveragePoolEntries:
    """x = z = the mean entry of a window."""

    layer: AveragePool
    letters: Letters

    def z(self, at: Index) -> Node:
        *window, c = at
        inside = entries_of_window(self._windows, tuple(window))
        entries = [self.letters.before(*source, c) for _, source in inside]
        return Fraction(total(*entries), number(self._count(tuple(window))))

    def x(self, at: Index) -> Node:
        return self.z(at)

    def delta(self, at: Index) -> Node:
        return self.letters.g(*at)

    def back(self, at: Index) -> Node:
        *pixel, c = at
        windows = (window for window, _ in windows_at(self._windows, tuple(pixel)))
        return total(*(Fraction(self.letters.g(*window, c), number(self._count(window))) for window in windows))

    def gradient(self, name: str, at: Index) -> Node:
        raise KeyError(name)

    @property
    def _windows(self) -> Windows:
        return windows_of_layer(self.layer, self.letters.inputs.shape)

    def _count(self, window: Index) -> int:
        inside = entries_of_window(self._windows, window)
        return int(np.prod(self._windows.size)) if self.layer.count_padding else len(inside)


@dataclass(frozen=True, eq=False)
class FlattenEntries:
    """x = z = x^{l-1} laid end to end."""

    layer: Flatten
    letters: Letters

    def z(self, at: Index) -> Node:
        return self.letters.before(*map(int, np.unravel_index(at[0], self.letters.inputs.shape)))

    def x(self, at: Index) -> Node:
        return self.z(at)

    def delta(self, at: Index) -> Node:
        return self.letters.g(*at)

    def back(self, at: Index) -> Node:
        return self.letters.g(int(np.ravel_multi_index(at, self.letters.inputs.shape)))

    def gradient(self, name: str, at: Index) -> Node:
        raise KeyError(name)


@dataclass(frozen=True, eq=False)
class RearrangementEntries:
    """x_pqc = x_{p + top, q + left, c}, as in predictions; z is the number of the pixel that it came from."""

    layer: Shift | Flip | Crop
    letters: Letters

    def z(self, at: Index) -> Node:
        row, column = self._source(at)
        return Sum((times(number(row), number(self.letters.inputs.shape[1])), number(column)))

    def x(self, at: Index) -> Node:
        return self.letters.before(*self._source(at), at[2])

    def delta(self, at: Index) -> Node:
        return self.letters.g(*at)

    def back(self, at: Index) -> Node:
        top, left = self._corner
        place = at[0] - top, at[1] - left
        inside = 0 <= place[0] < self.letters.shape[0] and 0 <= place[1] < self.letters.shape[1]
        return self.letters.g(*place, at[2]) if inside else number(0)

    def gradient(self, name: str, at: Index) -> Node:
        raise KeyError(name)

    @property
    def _corner(self) -> tuple[int, int]:
        height, width, _ = self.letters.inputs.shape
        return (height - self.letters.shape[0]) // 2, (width - self.letters.shape[1]) // 2

    def _source(self, at: Index) -> tuple[int, int]:
        top, left = self._corner
        return at[0] + top, at[1] + left
