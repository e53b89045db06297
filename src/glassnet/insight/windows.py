"""The windows of a convolution or pooling layer over one small image, one by one, forward and backward.

What the layer gives, and what goes back, are its own `forward` and `backward`; the windows say what they are made of.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from glassnet._lazy import jnp
from glassnet._types import RowsIn, RowsOut
from glassnet.insight.layer_tables import activation_name
from glassnet.insight.windows_record import WindowStep, WindowSteps
from glassnet.network.activation import Identity
from glassnet.network.compiled_programs import QUICK, Compiled, check_process
from glassnet.network.convolution import Convolution
from glassnet.network.devices import float64
from glassnet.network.layer import LayerParameters, Shape
from glassnet.network.pooling import AveragePool, MaxPool
from glassnet.network.windows import Windows, windows_of

MOST_PRODUCTS = 20_000  # entries of all windows, of a convolution times its output channels

WindowLayer = Convolution | MaxPool | AveragePool


class _Parts(NamedTuple):
    """What all windows hold and send back: arrays (rows, columns, height, width, channels)."""

    entries: np.ndarray
    inside: np.ndarray
    sent: np.ndarray
    products: np.ndarray | None = None  # with a last axis of output channels
    taken: np.ndarray | None = None
    counts: np.ndarray | None = None  # (rows, columns)


def window_steps(
    layer: Convolution | MaxPool | AveragePool,
    parameters: Mapping[str, ArrayLike],
    x: ArrayLike,
    *,
    delta: ArrayLike | None = None,
) -> WindowSteps:
    """Return every window of a layer over one image: its entries, their sum, largest or mean, and where delta goes.

    Of a convolution z[p, q, c] = sum over i, j, a of x[s p + i, s q + j, a] k[i, j, a, c] + b[c] with the kernel k as
    it is laid on the window, and dE/dx is the sum of k delta over all windows that an entry lies in. Max-pooling sends
    delta to the first of the largest entries, average pooling to all that count, in equal parts.

    Parameters
    ----------
    layer : Convolution, MaxPool or AveragePool
        The layer, of windows with two axes.
    parameters : dict of arrays
        W and b of a convolution; {} of pooling.
    x : array (height, width) or (height, width, channels)
        One image, of finite numbers.
    delta : array (rows, columns) or (rows, columns, outputs) or None, default=None
        dE/dz of every output; ones unless given.

    Returns
    -------
    WindowSteps
        The windows, z, and dE/dx, float64.

    Raises
    ------
    TypeError
        For another layer.
    ValueError
        Where shapes do not fit, numbers are not finite, or there is more than can be shown.

    Examples
    --------
    >>> from glassnet import MaxPool, window_steps
    >>> pooled = window_steps(MaxPool(2), {}, [[12, 20, 30, 0], [8, 12, 2, 0]])
    >>> print(pooled.table())
    MaxPool; rows and columns count from 0
    row  column  window        taken from   z  delta
      0       0  12 20 / 8 12  (0, 1)      20      1
      0       1  30 0 / 2 0    (0, 2)      30      1
    """
    if not isinstance(layer, WindowLayer):
        raise TypeError(
            f"window_steps shows a Convolution, MaxPool or AveragePool, and this is a {type(layer).__name__}"
        )
    image = _image(x)
    shape = layer.output_shape(image.shape)
    windows = _windows(layer, image.shape)
    _check_size(layer, windows, image.shape)
    check_process()
    with float64():
        known = _parameters(layer, parameters, image.shape)
        given = _delta(delta, shape)
        linear = replace(layer, activation=Identity()) if isinstance(layer, Convolution) else layer
        z, back = map(np.asarray, _passes(linear, known, jnp.asarray(image[None]), jnp.asarray(given[None])))
        parts = _parts(layer, known, windows, image, given)
    kernel = _laid(layer, known) if isinstance(layer, Convolution) else None
    bias = np.asarray(known["b"]) if isinstance(layer, Convolution) else None
    flip = isinstance(layer, Convolution) and layer.flip
    steps = tuple(_step(windows, parts, z[0], place) for place in np.ndindex(*windows.outputs))
    return WindowSteps(
        type(layer).__name__, activation_name(layer), image, kernel, flip, bias, steps, z[0], given, back[0]
    )  # fmt: skip


def _both_passes(layer: WindowLayer, parameters: LayerParameters, x: RowsIn, delta: RowsOut) -> tuple[RowsOut, RowsIn]:
    """Return z and dE/dx of a layer, by its own rules."""
    cache = layer.forward(parameters, x)
    return cache.z, layer.backward(parameters, cache, delta).g


_passes = Compiled(_both_passes, static=1, options=QUICK)  # else every slice of a window is a program of its own


def _image(x: ArrayLike) -> np.ndarray:
    image = np.asarray(x, np.float64)
    if image.ndim not in (2, 3) or not image.size:
        raise ValueError(f"x has shape {image.shape}; expected one image (height, width) or (height, width, channels)")
    if not np.isfinite(image).all():
        raise ValueError("x holds NaN or infinity; give finite numbers")
    return image[..., None] if image.ndim == 2 else image


def _windows(layer: WindowLayer, inputs: Shape) -> Windows:
    """Return a layer's windows; pooling without a size has one, and without a stride lays them side by side."""
    size = inputs[:-1] if layer.size is None else layer.size
    stride = size if layer.stride is None else layer.stride
    return windows_of(type(layer).__name__, inputs, size, stride, layer.padding)


def _check_size(layer: WindowLayer, windows: Windows, inputs: Shape) -> None:
    outputs = layer.channels if isinstance(layer, Convolution) else 1
    numbers = prod(windows.outputs) * prod(windows.size) * inputs[-1] * outputs
    if numbers > MOST_PRODUCTS:
        raise ValueError(
            f"the windows of an image {' x '.join(map(str, inputs))} hold {numbers:,} numbers; at most "
            f"{MOST_PRODUCTS:,} are shown one by one: give a piece of it, such as x[:8, :8], or fewer channels"
        )


def _parameters(layer: WindowLayer, parameters: Mapping[str, ArrayLike], inputs: Shape) -> LayerParameters:
    given = {name: np.asarray(array, np.float64) for name, array in parameters.items()}
    expected = {name: spec.shape for name, spec in layer.parameters(inputs).items()}
    shapes = {name: array.shape for name, array in given.items()}
    if shapes != expected:
        raise ValueError(f"the parameters have shapes {shapes}, but the layer needs {expected}")
    if not all(np.isfinite(array).all() for array in given.values()):
        raise ValueError("the parameters hold NaN or infinity; give finite numbers")
    return {name: jnp.asarray(given[name]) for name in expected}


def _delta(delta: ArrayLike | None, shape: Shape) -> np.ndarray:
    given = np.ones(shape) if delta is None else np.asarray(delta, np.float64)
    given = given[..., None] if given.ndim == 2 and shape[-1] == 1 else given
    if given.shape != shape or not np.isfinite(given).all():
        raise ValueError(
            f"delta has shape {given.shape}; expected finite numbers {shape}, one for every output of the layer"
        )
    return given


def _laid(layer: Convolution, parameters: LayerParameters) -> np.ndarray:
    W = np.asarray(parameters["W"])
    return np.flip(W, (0, 1)) if layer.flip else W


def _parts(
    layer: WindowLayer, parameters: LayerParameters, windows: Windows, image: np.ndarray, delta: np.ndarray
) -> _Parts:
    """Return what the windows hold, what is made of it, and what they send back."""
    inside = _cut(windows, np.ones_like(image), 0.0) > 0
    arriving = delta[:, :, None, None]  # (rows, columns, 1, 1, outputs)
    if isinstance(layer, Convolution):
        entries, kernel = _cut(windows, image, 0.0), _laid(layer, parameters)
        sent = (kernel * arriving[..., None, :]).sum(axis=-1)
        return _Parts(entries, inside, np.where(inside, sent, 0.0), entries[..., None] * kernel + 0.0)  # + 0: no -0
    gaps = isinstance(layer, MaxPool) or not layer.count_padding
    entries = _cut(windows, image, np.nan if gaps else 0.0)
    if isinstance(layer, MaxPool):
        taken = _first_largest(entries)
        return _Parts(entries, inside, np.where(taken, arriving, 0.0), taken=taken)
    counts = np.sum(~np.isnan(entries[..., 0]), axis=(2, 3))
    sent = np.where(inside, arriving / counts[:, :, None, None, None], 0.0)
    return _Parts(entries, inside, sent, counts=counts)


def _cut(windows: Windows, image: np.ndarray, fill: float) -> np.ndarray:
    """Return what the windows hold, (rows, columns, height, width, channels), with `fill` in the padding."""
    padded = np.pad(image, (*windows.pads, (0, 0)), constant_values=fill)
    all_windows = np.lib.stride_tricks.sliding_window_view(padded, windows.size, axis=(0, 1))
    down, across = windows.stride
    return np.moveaxis(all_windows[::down, ::across], 2, -1)


def _first_largest(entries: np.ndarray) -> np.ndarray:
    """Return where the first of the largest entries of every window and channel is; gaps are never."""
    rows, columns, height, width, channels = entries.shape
    flat = np.where(np.isnan(entries), -np.inf, entries).reshape(rows, columns, height * width, channels)
    places = np.arange(height * width)[:, None]
    return (places == np.argmax(flat, axis=2)[:, :, None]).reshape(entries.shape)


def _step(windows: Windows, parts: _Parts, z: np.ndarray, place: tuple[int, ...]) -> WindowStep:
    row, column = place
    top, left = (at * s - pad[0] for at, s, pad in zip(place, windows.stride, windows.pads, strict=True))
    return WindowStep(
        row, column, top, left, parts.entries[place], parts.inside[place],
        None if parts.products is None else parts.products[place],
        None if parts.taken is None else parts.taken[place],
        None if parts.counts is None else int(parts.counts[place]),
        z[place], parts.sent[place],
    )  # fmt: skip
