"""Layers of images as ONNX nodes, in float32, as predictions compute them, and as runtimes have convolutions.

An image is (rows, members x channels, height, width): a convolution of all members is one in as many groups.
"""

from collections.abc import Callable, Mapping

import numpy as np

from glassnet.exchange.onnx.graph import Graph
from glassnet.exchange.onnx.write_activations import write_activation
from glassnet.exchange.onnx.write_layers import Arrays, Place
from glassnet.network.activation import Activation, Coordinatewise
from glassnet.network.augmentation import Crop, Flip, Shift
from glassnet.network.convolution import Convolution
from glassnet.network.dropout import Dropout
from glassnet.network.flatten import Flatten
from glassnet.network.layer import Layer, Shape
from glassnet.network.pooling import AveragePool, MaxPool, Pool
from glassnet.network.windows import Windows, windows_of

FLOAT32 = np.dtype(np.float32)
INPUT = "images"


def write_pixels(graph: Graph, arrays: Arrays, shape: Shape) -> str:
    """Return scaled images, (rows, members x channels, height, width), from one input (rows, height, width, channels).

    Parameters
    ----------
    graph : Graph
        What nodes are added to.
    arrays : dict of arrays
        Of the model.
    shape : tuple of int
        Height, width and channels.
    """
    height, width, channels = shape
    given = graph.add_input(INPUT, np.float32, ("rows", *shape))
    first = graph.reshape(graph.add("Transpose", given, perm=[0, 3, 1, 2]), 0, 1, channels, height, width)
    center, scale = (arrays[f"input_{name}"][..., None, None] for name in ("center", "scale"))
    above = graph.add("Sub", graph.cast(first, np.float64), graph.constant(center))
    scaled = graph.add("Div", above, graph.constant(np.where(scale != 0, scale, np.inf)))
    return graph.reshape(graph.cast(scaled, FLOAT32), 0, len(center) * channels, height, width)


def write_image_layer(place: Place, layer: Layer, x: str) -> str:
    """Return x^l of images x^{l-1}; `TypeError` for a layer of a user's own."""
    write = IMAGE_LAYERS.get(type(layer))
    if write is None:
        raise TypeError(
            f"{layer!r} is a layer of your own or none of images, which ONNX has no operators for; fit with layers "
            "such as Convolution, MaxPool and Flatten, or predict with the model file itself: glassnet predict"
        )
    return write(place, layer, x)


def _members(place: Place) -> int:
    return len(place.arrays["input_center"])


def _convolution(place: Place, layer: Convolution, x: str) -> str:
    windows = windows_of(type(layer).__name__, place.inputs, layer.size, layer.stride, layer.padding)
    W = place.array("W")  # (members, height, width, channels in, channels)
    W = W[:, ::-1, ::-1] if layer.flip else W
    kernels = W.transpose(0, 4, 3, 1, 2).reshape(-1, W.shape[3], *windows.size)
    biases = place.constant(place.array("b").reshape(-1))
    z = place.graph.add(
        "Conv", x, place.constant(kernels), biases, group=_members(place), kernel_shape=windows.size,
        strides=windows.stride, pads=_pads(windows),
    )  # fmt: skip
    return _activated(place, layer.activation, z)


def _max_pool(place: Place, layer: MaxPool, x: str) -> str:
    windows = _pool_windows(place, layer)
    return place.graph.add("MaxPool", x, kernel_shape=windows.size, strides=windows.stride, pads=_pads(windows))


def _average_pool(place: Place, layer: AveragePool, x: str) -> str:
    windows, counted = _pool_windows(place, layer), int(layer.count_padding)
    return place.graph.add(
        "AveragePool", x, kernel_shape=windows.size, strides=windows.stride, pads=_pads(windows),
        count_include_pad=counted,
    )  # fmt: skip


def _pool_windows(place: Place, layer: Pool) -> Windows:
    size = place.inputs[:-1] if layer.size is None else layer.size
    return windows_of(
        type(layer).__name__, place.inputs, size, size if layer.stride is None else layer.stride, layer.padding
    )


def _pads(windows: Windows) -> list[int]:
    """Return the padding before every axis, then behind."""
    before, behind = zip(*windows.pads, strict=True)
    return [*before, *behind]


def _activated(place: Place, activation: Activation, z: str) -> str:
    if not isinstance(activation, Coordinatewise):
        raise TypeError(f"{activation!r} couples channels, which is not written between layers of images; put it "
                        "behind Flatten()")  # fmt: skip
    return write_activation(place.graph, activation, z, FLOAT32)


def _crop(place: Place, layer: Crop, x: str) -> str:
    for axis, side in ((2, layer.height), (3, layer.width)):
        start = (place.inputs[axis - 2] - side) // 2
        x = place.graph.part(x, axis, start, start + side)
    return x


def _flatten(place: Place, layer: Flatten, x: str) -> str:
    """Return vectors, (members, rows, units)."""
    height, width, channels = place.inputs
    apart = place.graph.reshape(x, 0, _members(place), channels, height, width)
    return place.graph.reshape(place.graph.add("Transpose", apart, perm=[1, 0, 3, 4, 2]), 0, 0, -1)


def _unchanged(place: Place, layer: Layer, x: str) -> str:
    return x  # nothing is random in predictions


IMAGE_LAYERS: Mapping[type[Layer], Callable[..., str]] = {
    Convolution: _convolution,
    MaxPool: _max_pool,
    AveragePool: _average_pool,
    Crop: _crop,
    Shift: _unchanged,
    Flip: _unchanged,
    Dropout: _unchanged,
    Flatten: _flatten,
}
