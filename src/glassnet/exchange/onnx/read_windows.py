"""ONNX's convolutions and pools as our layers: kernels with channels last, paddings as numbers before and after."""

import numpy as np

from glassnet.exchange.onnx.read_operators import Arrays, NoLayerError, Operator
from glassnet.network.convolution import Convolution
from glassnet.network.layer import Shape
from glassnet.network.pooling import AveragePool, MaxPool
from glassnet.network.windows import Pads, windows_of


def convolution_of(op: Operator, lengths: Shape) -> tuple[Convolution, Arrays]:
    """Return a convolution over an image of these lengths: OIHW becomes HWIO."""
    _check(op, lengths)
    W = np.moveaxis(op.constant(1, "kernels"), (0, 1), (-1, -2))
    size, channels = W.shape[:-2], W.shape[-1]
    given = op.optional(2)
    b = np.zeros(channels, W.dtype) if given is None else given
    layer = Convolution(channels, size, stride=_stride(op, size), padding=_padding(op, lengths, size))
    return layer, {"W": W, "b": b}


def pool_of(op: Operator, lengths: Shape) -> MaxPool | AveragePool:
    """Return the pool over an image of these lengths."""
    _check(op, lengths)
    if op.operator == "GlobalMaxPool":
        return MaxPool(None)
    if op.operator == "GlobalAveragePool":
        return AveragePool(None)
    size = op.integers("kernel_shape", ())
    stride, padding = _stride(op, size), _padding(op, lengths, size)
    if op.operator == "MaxPool":
        return MaxPool(size, stride, padding)
    return AveragePool(size, stride, padding, bool(op.attributes.get("count_include_pad", 0)))


def _check(op: Operator, lengths: Shape) -> None:
    a = op.attributes
    reasons = {
        "three axes": len(lengths) > 2,
        "dilation": any(step != 1 for step in a.get("dilations", [])),
        "groups of channels": a.get("group", 1) != 1,
        "integers": np.dtype(op.dtype).kind != "f",
        "positions of the maxima as a second output": op.outputs > 1,
    }
    if any(reasons.values()):
        raise NoLayerError(", ".join(reason for reason, holds in reasons.items() if holds))


def _stride(op: Operator, size: tuple[int, ...]) -> tuple[int, ...]:
    return op.integers("strides", (1,) * len(size))


def _padding(op: Operator, lengths: Shape, size: tuple[int, ...]) -> str | Pads:
    stride = _stride(op, size)
    match op.attributes.get("auto_pad", b"NOTSET"):
        case b"VALID" if op.attributes.get("ceil_mode", 0):
            raise NoLayerError(
                "ceil_mode and VALID, of which onnxruntime makes more windows than ONNX; export it with pads"
            )
        case b"VALID":
            return "valid"
        case b"SAME_UPPER":
            return "same"
        case b"SAME_LOWER":  # the odd zero goes to the beginning
            return tuple((b, a) for a, b in windows_of(op.name, (*lengths, 1), size, stride, "same").pads)
        case _:
            return _pads(op, lengths, size, stride)


def _pads(op: Operator, lengths: Shape, size: tuple[int, ...], stride: tuple[int, ...]) -> Pads:
    pads = op.integers("pads", (0,) * 2 * len(size))
    pairs = tuple(zip(pads[: len(size)], pads[len(size) :], strict=True))
    if not op.attributes.get("ceil_mode", 0):
        return pairs
    longer = tuple(map(_ceil, pairs, lengths, size, stride))
    if longer != pairs and op.attributes.get("count_include_pad", 0):
        raise NoLayerError(
            "means of windows that end beyond the padding (ceil_mode), with the padding counted (count_include_pad)"
        )
    return longer


def _ceil(pad: tuple[int, int], length: int, size: int, stride: int) -> tuple[int, int]:
    """Return a padding with room for the last window, if that begins before the padding at the end."""
    before, after = pad
    steps, rest = divmod(length + before + after - size, stride)
    begins_inside = (steps + 1) * stride < length + before
    return before, after + (stride - rest if rest and begins_inside else 0)
