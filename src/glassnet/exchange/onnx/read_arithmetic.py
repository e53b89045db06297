"""Constants that a file adds to what comes in, or multiplies it by: inputs' scales and batch normalisation."""

import numpy as np

from glassnet.exchange.onnx.read_operators import NoLayerError, Operator
from glassnet.exchange.onnx.read_stack import Stack


def add(stack: Stack, op: Operator) -> Stack:
    """Put x + c, x - c or c - x on a stack."""
    one = np.ones(stack.shape[-1])
    c = stack.per_channel(_operand(op))
    if op.operator == "Add":
        return stack.affine(one, c)
    return stack.affine(one, -c) if op.constants[0] is None else stack.scaled(-one).affine(one, c)


def multiply(stack: Stack, op: Operator) -> Stack:
    """Put c x or x / c on a stack."""
    if op.operator == "Div" and op.constants[0] is not None:
        raise NoLayerError("a constant divided by what comes in")
    s = stack.per_channel(_operand(op))
    return stack.scaled(1 / s if op.operator == "Div" else s)


def _operand(op: Operator) -> np.ndarray:
    if "axis" in op.attributes:
        raise NoLayerError("an axis of its own, as ONNX had before opset 7")
    return next(constant for constant in op.constants if constant is not None)


def normalise(stack: Stack, op: Operator) -> Stack:
    """Put (x - mean) / sqrt(variance + epsilon) scale + shift of every channel into the linear layer before it."""
    check_inference(op, None)
    if op.attributes.get("spatial", 1) != 1:
        raise NoLayerError("numbers of its own for every pixel")
    given = (op.constant(place, "statistics").astype(np.float64) for place in range(1, 5))
    scale, shift, mean, variance = given if stack.order is None else (array[stack.order] for array in given)
    s = scale / np.sqrt(variance + op.attributes.get("epsilon", 1e-5))
    return stack.affine(s, shift - mean * s)


def check_inference(op: Operator, place: int | None) -> None:
    """Raise for an operator that acts as in training: by an attribute, or a constant input in a place."""
    mode = None if place is None else op.optional(place)
    training = op.attributes.get("training_mode", 0) or (mode is not None and bool(mode.any()))
    if training or (op.opset < 7 and not op.attributes.get("is_test", 0)):
        raise NoLayerError("training; export it for inference")
