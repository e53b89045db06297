"""The layers of a file that `export_onnx` wrote, with the parameters of all members."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from glassnet.exchange.onnx.graph import Node
from glassnet.exchange.onnx.read_exported_activations import activation_after, less_identity
from glassnet.exchange.onnx.read_exported_values import Values, title
from glassnet.exchange.onnx.read_exported_vectors import VECTOR_LAYERS, At, ReadLayer
from glassnet.exchange.onnx.read_operators import NoLayerError
from glassnet.network.activation import Identity
from glassnet.network.convolution import Convolution
from glassnet.network.dense import Dense
from glassnet.network.flatten import Flatten
from glassnet.network.layer import Shape
from glassnet.network.linear_path import LinearPath
from glassnet.network.pooling import AveragePool, MaxPool


def read_layers(values: Values, shape: Shape, x0: str, end: str) -> Iterator[ReadLayer]:
    """Return the layers between two values; `NoLayerError` names the nodes of one that is not read back."""
    x = x0
    while x != end:
        cast = values.follow(x, "Cast")  # from the float32 of images
        if cast and len(values.users(x)) == 1:
            x = cast[0].outputs[0]
            continue
        at = At(values, shape, x0, x)
        found = next((each for read in LAYERS if (each := read(at)) is not None), None)
        if found is None:
            names = " and ".join(map(title, values.users(x)))
            raise NoLayerError(
                f"{names} after {x!r} is no layer that is read back, as docs/guide/onnx-reading.md lists them"
            )
        yield found
        shape = shape if isinstance(found.layer, LinearPath) else found.layer.output_shape(shape)
        x = found.x


def _dense(at: At) -> ReadLayer | None:
    nodes = at.values.follow(at.x, "MatMul", "Add")
    if not nodes:
        return None
    W, b = at.values.constant(nodes[0]), at.values.constant(nodes[1])[:, 0]
    z = nodes[1].outputs[0]
    sigma, x = activation_after(at.values, z, np.float64)
    if less_identity(at.values, x, z) is not None:  # the activation of a layer that follows
        sigma, x = Identity(), z
    return ReadLayer(Dense(W.shape[-1], sigma), {"W": W, "b": b}, x)


def _convolution(at: At) -> ReadLayer | None:
    for node in at.values.follow(at.x, "Conv"):
        (members,) = _integers(node, "group")
        kernels, b = at.values.constant(node), at.values.constant(node, 2).reshape(members, -1)
        W = kernels.reshape(members, -1, *kernels.shape[1:]).transpose(0, 3, 4, 2, 1)
        sigma, x = activation_after(at.values, node.outputs[0], np.float32)
        stride = _integers(node, "strides")
        layer = Convolution(b.shape[1], kernels.shape[2:], sigma, stride=stride, padding=_padding(node))
        return ReadLayer(layer, {"W": W, "b": b}, x)
    return None


def _pool(at: At, operator: str) -> ReadLayer | None:
    for node in at.values.follow(at.x, operator):
        given = _integers(node, "kernel_shape"), _integers(node, "strides"), _padding(node)
        if operator == "MaxPool":
            return ReadLayer(MaxPool(*given), {}, node.outputs[0])
        return ReadLayer(AveragePool(*given, bool(*_integers(node, "count_include_pad"))), {}, node.outputs[0])
    return None


def _flatten(at: At) -> ReadLayer | None:
    nodes = at.values.follow(at.x, "Reshape", "Transpose", "Reshape")
    return ReadLayer(Flatten(), {}, nodes[-1].outputs[0]) if nodes else None


def _integers(node: Node, name: str) -> tuple[int, ...]:
    value = node.attributes.get(name, ())
    return tuple(int(number) for number in ((value,) if isinstance(value, int | float) else value))


def _padding(node: Node) -> tuple[tuple[int, int], ...]:
    pads = _integers(node, "pads")
    half = len(pads) // 2
    return tuple(zip(pads[:half], pads[half:], strict=True))


LAYERS = (
    _dense,
    _convolution,
    partial(_pool, operator="MaxPool"),
    partial(_pool, operator="AveragePool"),
    _flatten,
    *VECTOR_LAYERS,
)
