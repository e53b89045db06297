"""Pooling: of every window and channel one number, the largest or the mean."""

from dataclasses import dataclass
from functools import reduce
from math import prod
from typing import Any

import jax.numpy as jnp
import numpy as np

from glassnet._types import RowsIn, RowsOut
from glassnet.network.hash_rng import Noise
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape
from glassnet.network.stateless import Stateless
from glassnet.network.windows import Windows, check_window, frozen, windows


@dataclass(frozen=True)
class Pool(Stateless):
    """Windows of `size`, `stride` apart (None: side by side); `size` None is one window, the whole picture.

    `padding` is that of `Convolution`, but below the size, so that every window sees something.
    """

    size: Any = 2
    stride: Any = None
    padding: Any = "valid"

    def __post_init__(self) -> None:
        for name in ("size", "stride", "padding"):
            object.__setattr__(self, name, frozen(getattr(self, name)))
        size, stride = (1 if given is None else given for given in (self.size, self.stride))
        check_window(self._name, size, stride, self.padding)

    def output_shape(self, inputs: Shape) -> Shape:
        """Return (*windows along every axis, channels)."""
        return (*self._windows(inputs).outputs, inputs[-1])

    def _windows(self, inputs: Shape) -> Windows:
        size = inputs[:-1] if self.size is None else self.size
        stride = size if self.stride is None else self.stride
        seen = windows(self._name, inputs, size, stride, self.padding)
        if any(max(pad) >= length for pad, length in zip(seen.pads, seen.size, strict=True)):
            raise ValueError(f"{self._name}: padding={self.padding!r} must be below the size, {seen.size}")
        return seen

    @property
    def _name(self) -> str:
        return f"{type(self).__name__}({self.size})"


@dataclass(frozen=True)
class MaxPool(Pool):
    """x^l = the largest x^{l-1} of each window; delta goes to the first position of that maximum. z^l = x^l."""

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Noise | None = None) -> Forward:
        largest = reduce(jnp.maximum, self._windows(x.shape[1:]).views(x, -jnp.inf))
        return Forward(x, largest, largest)

    def backward(self, parameters: LayerParameters, kept: Forward, g: RowsOut) -> Backward:
        seen = self._windows(kept.inputs.shape[1:])
        open_, views = jnp.ones(kept.x.shape, bool), list[RowsOut]()
        for view in seen.views(kept.inputs, -jnp.inf):
            here = open_ & (view == kept.x)
            views.append(jnp.where(here, g, 0))
            open_ &= ~here
        return Backward(g, {}, seen.back(views))


@dataclass(frozen=True)
class AveragePool(Pool):
    """x^l = the mean x^{l-1} of each window, over what is no padding unless `count_padding`; delta is shared out alike.

    `AveragePool(None)` is global average pooling (Lin et al. 2014). z^l = x^l.
    """

    count_padding: bool = False

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Noise | None = None) -> Forward:
        seen = self._windows(x.shape[1:])
        mean = sum(seen.views(x), jnp.zeros((), x.dtype)) / self._counts(seen, x.dtype)
        return Forward(x, mean, mean)

    def backward(self, parameters: LayerParameters, kept: Forward, g: RowsOut) -> Backward:
        seen = self._windows(kept.inputs.shape[1:])
        return Backward(g, {}, seen.back([g / self._counts(seen, g.dtype)] * prod(seen.size)))

    def _counts(self, seen: Windows, dtype: Any) -> Any:
        """Return how many entries each window counts, (*outputs, 1)."""
        if self.count_padding:
            return jnp.asarray(prod(seen.size), dtype)
        real = np.pad(np.ones(seen.inputs[:-1]), seen.pads)
        looks = np.lib.stride_tricks.sliding_window_view(real, seen.size)[
            tuple(slice(None, None, s) for s in seen.stride)
        ]
        return jnp.asarray(looks.sum(axis=tuple(range(-len(seen.size), 0)))[..., None], dtype)
