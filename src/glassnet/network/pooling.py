"""Pooling: of every window and channel one number, the largest or the mean."""

from dataclasses import dataclass
from functools import partial, reduce
from math import prod

import numpy as np
from jaxtyping import Float

from glassnet._lazy import Array, jax, jnp
from glassnet._types import RowsIn, RowsOut
from glassnet.network.bounding_rules import Custom, Linear, Rule
from glassnet.network.hash_rng import Noise
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape
from glassnet.network.relaxation import (
    Coefficients,
    LinearBound,
    Relaxation,
    SlopeInterval,
    constant_forward,
    inner,
    interval_product,
)
from glassnet.network.stateless import Stateless
from glassnet.network.windows import Padding, PerAxis, Windows, check_window, frozen, windows_of


@dataclass(frozen=True)
class Pool(Stateless):
    """Windows over an image or a signal, each of which holds at least one entry that is no padding.

    Parameters
    ----------
    size : int, tuple of int or None, default=2
        The lengths of a window in pixels; None for one window, the whole image.
    stride : int, tuple of int or None, default=None
        The distance of windows in pixels; None: side by side.
    padding : "valid", "same", int or tuple, default="valid"
        As for `Convolution`, below the size.
    """

    size: PerAxis | None = 2
    stride: PerAxis | None = None
    padding: Padding = "valid"

    def __post_init__(self) -> None:
        for name in ("size", "stride", "padding"):
            object.__setattr__(self, name, frozen(getattr(self, name)))
        size, stride = (1 if length is None else length for length in (self.size, self.stride))
        check_window(self._name, size, stride, self.padding)

    def output_shape(self, inputs: Shape) -> Shape:
        """Return (*windows along every axis, channels)."""
        return (*self._windows(inputs).outputs, inputs[-1])

    def _windows(self, inputs: Shape) -> Windows:
        size = inputs[:-1] if self.size is None else self.size
        stride = size if self.stride is None else self.stride
        windows = windows_of(self._name, inputs, size, stride, self.padding)
        if any(max(pad) >= length for pad, length in zip(windows.pads, windows.size, strict=True)):
            raise ValueError(f"{self._name}: padding={self.padding!r} must be below the size, {windows.size}")
        return windows

    @property
    def _name(self) -> str:
        return f"{type(self).__name__}({self.size})"


@dataclass(frozen=True)
class MaxPool(Pool):
    """x^l = the largest x^{l-1} of each window; delta goes to the first position of that maximum. z^l = x^l.

    Parameters
    ----------
    size : int, tuple of int or None, default=2
        The lengths of a window in pixels; None for one window, the whole image.
    stride : int, tuple of int or None, default=None
        The distance of windows in pixels; None: side by side.
    padding : "valid", "same", int or tuple, default="valid"
        As for `Convolution`, below the size.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import MaxPool
    >>> image = jnp.arange(16.0).reshape(1, 4, 4, 1)
    >>> np.asarray(MaxPool(2).forward({}, image).x)[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]], dtype=float32)
    """

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Noise | None = None) -> Forward:
        largest = reduce(jnp.maximum, self._windows(x.shape[1:]).slices(x, -jnp.inf))
        return Forward(x, largest, largest)

    def backward(self, parameters: LayerParameters, cache: Forward, g: RowsOut) -> Backward:
        windows = self._windows(cache.inputs.shape[1:])
        open_, slices = jnp.ones(cache.x.shape, bool), list[RowsOut]()
        for one_slice in windows.slices(cache.inputs, -jnp.inf):
            here = open_ & (one_slice == cache.x)
            slices.append(jnp.where(here, g, 0))
            open_ &= ~here
        return Backward(g, {}, windows.back(slices))

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        """Return the rule over a box: the entry that is largest in the middle stands for its window.

        With k that entry and s = max(0, max_{j != k} high_j - low_k), x_k <= max_j x_j <= min(x_k + s, max_j high_j).
        """
        return [Custom(partial(_relaxed, self, self._windows(inputs)))]


def _relaxed(layer: MaxPool, windows: Windows, low: RowsIn, high: RowsIn) -> Relaxation:
    middle = (low + high) / 2
    cache = layer.forward({}, middle)
    lows, highs, middles = (jnp.stack(windows.slices(x, -jnp.inf)) for x in (low, high, middle))
    first = jnp.arange(len(lows)).reshape(-1, *[1] * low.ndim) == jnp.argmax(middles, axis=0)
    low_of_first = jnp.max(jnp.where(first, lows, -jnp.inf), axis=0)
    slack = jnp.maximum(jnp.max(jnp.where(first, -jnp.inf, highs), axis=0) - low_of_first, 0)
    least, most = jnp.max(lows, axis=0), jnp.max(highs, axis=0)
    follows = cache.x + slack <= most  # which of the two upper bounds is lower in the middle

    def backward_propagate(g: Coefficients) -> LinearBound:
        up, down = jnp.maximum(g, 0), jnp.minimum(g, 0)
        through = up + jnp.where(follows[:, None], down, 0)
        back = jax.vmap(lambda one: layer.backward({}, cache, one).g, 1, 1)(through)
        return back, inner(down, jnp.where(follows, slack, most))

    def slopes(box: SlopeInterval) -> SlopeInterval:
        can_be_largest = highs >= least
        alone = jnp.sum(can_be_largest, axis=0) == 1
        part = interval_product(box, (jnp.where(alone, 1.0, 0.0), jnp.ones_like(least)))
        low_slope, high_slope = (windows.back(list(jnp.where(can_be_largest, end, 0))) for end in part)
        return low_slope, high_slope

    return Relaxation(least, most, backward_propagate, slopes, constant_forward(slopes))


@dataclass(frozen=True)
class AveragePool(Pool):
    """x^l = the mean x^{l-1} of each window, over what is no padding unless `count_padding`; delta is divided alike.

    `AveragePool(None)` is global average pooling (Lin et al. 2014). z^l = x^l.

    Parameters
    ----------
    size : int, tuple of int or None, default=2
        The lengths of a window in pixels; None for one window, the whole image.
    stride : int, tuple of int or None, default=None
        The distance of windows in pixels; None: side by side.
    padding : "valid", "same", int or tuple, default="valid"
        As for `Convolution`, below the size.
    count_padding : bool, default=False
        Whether the zeros of the padding count in the mean.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import AveragePool
    >>> image = jnp.arange(16.0).reshape(1, 4, 4, 1)
    >>> np.asarray(AveragePool(2).forward({}, image).x)[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]], dtype=float32)
    >>> AveragePool(None).output_shape((4, 4, 1))  # one window, the whole image
    (1, 1, 1)
    """

    count_padding: bool = False

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Noise | None = None) -> Forward:
        windows = self._windows(x.shape[1:])
        mean = sum(windows.slices(x), jnp.zeros((), x.dtype)) / self._counts(windows, x.dtype)
        return Forward(x, mean, mean)

    def backward(self, parameters: LayerParameters, cache: Forward, g: RowsOut) -> Backward:
        windows = self._windows(cache.inputs.shape[1:])
        return Backward(g, {}, windows.back([g / self._counts(windows, g.dtype)] * prod(windows.size)))

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        return [Linear(self, {}, prod(self._windows(inputs).size))]

    def _counts(self, windows: Windows, dtype: np.dtype[np.generic]) -> Float[Array, "..."]:
        """Return how many entries each window counts, (*outputs, 1)."""
        if self.count_padding:
            return jnp.asarray(prod(windows.size), dtype)
        real = np.pad(np.ones(windows.inputs[:-1]), windows.pads)
        inside = np.lib.stride_tricks.sliding_window_view(real, windows.size)[
            tuple(slice(None, None, s) for s in windows.stride)
        ]
        return jnp.asarray(inside.sum(axis=tuple(range(-len(windows.size), 0)))[..., None], dtype)
