"""What each operator of a file puts on the layers so far."""

from collections.abc import Callable
from dataclasses import replace
from math import prod

import numpy as np

from glassnet.exchange.onnx.read_arithmetic import add, check_inference, multiply, normalise
from glassnet.exchange.onnx.read_file import LONGEST_REASON
from glassnet.exchange.onnx.read_graph import Chain
from glassnet.exchange.onnx.read_operators import (
    OF_ACTIVATIONS,
    NoLayerError,
    Operator,
    activation_of,
    check_flatten,
    dense_of,
    softmax_axes,
)
from glassnet.exchange.onnx.read_stack import Stack
from glassnet.exchange.onnx.read_windows import convolution_of, pool_of
from glassnet.network.dense import Dense

SCALING = ("Add", "Cast", "Div", "Dropout", "Identity", "Mul", "Sub")
FLOATS = {1: np.dtype(np.float32), 11: np.dtype(np.float64)}  # as ONNX numbers them


def stack_of(chain: Chain) -> Stack:
    """Return the layers of a chain; `NoLayerError` names the operator that has none."""
    stack = begun(chain)
    for op in chain.operators:
        stack = _next(stack, op)
    return _in_order(stack)


def _next(stack: Stack, op: Operator) -> Stack:
    if op.operator not in STEPS:
        known = ", ".join(sorted(STEPS.keys() - {"Exp"}))
        raise NoLayerError(f"{op.name} has no layer here; these operators have: {known}")
    step = STEPS[op.operator]
    if op.constants[0] is not None and step not in (add, multiply):
        raise NoLayerError(f"{op.name} takes a constant as its first input; a layer takes there what comes in")
    try:
        with np.errstate(all="ignore"):
            following = step(stack, op)
    except (KeyError, ValueError) as error:
        raise NoLayerError(f"{op.name} asks for {str(error)[:LONGEST_REASON]}") from error
    if not all(np.isfinite(array).all() for arrays in following.parameters[-2:] for array in arrays.values()):
        raise NoLayerError(f"{op.name} has constants that are not finite")
    return following


def begun(chain: Chain) -> Stack:
    """Return no layers yet; where the file moves channels to the front, they come last."""
    given = chain.inputs[0]
    lengths = given.shape
    first = next((op for op in chain.operators if op.operator in ("Transpose", "Conv", "Flatten", "Reshape")), None)
    channels_first = len(lengths) > 1 and (first is None or _perm(first) != _to_first(len(lengths)))
    shape = lengths[1:] + lengths[:1] if channels_first else lengths
    if lengths[-1:] == (prod(lengths),) and _are_scaled_rows(chain):
        shape = lengths[-1:]
    return Stack(shape, shape, given.rows, given.dtype, channels_first)


def _are_scaled_rows(chain: Chain) -> bool:
    """Return whether samples with axes of length 1 before their numbers are scaled and then become rows.

    Constants of a number each then act along the last axis, as they do in the file.
    """
    place = next((at for at, op in enumerate(chain.operators) if op.operator not in SCALING), 0)
    op = chain.operators[place] if place else None
    return op is not None and (
        op.operator == "Reshape" or (op.operator == "Flatten" and op.attributes.get("axis", 1) == 1)
    )


def _in_order(stack: Stack) -> Stack:
    """Return a stack that gives its numbers in the order of the file."""
    if stack.order is None:
        return stack
    units = len(stack.order)
    b = np.zeros(units, stack.dtype)
    return stack.dense(Dense(units), {"W": np.eye(units, dtype=stack.dtype), "b": b})


def _same(stack: Stack, op: Operator) -> Stack:
    return stack


def _dropout(stack: Stack, op: Operator) -> Stack:
    check_inference(op, 2)
    return stack


def _cast(stack: Stack, op: Operator) -> Stack:
    to = FLOATS.get(int(op.attributes["to"]))
    rounded = to != stack.dtype and op.dtype != stack.dtype  # to less digits and back to more, without them
    if to is None or rounded or (stack.layers and to != stack.dtype):
        raise NoLayerError("another precision than float32 or float64, or a change of it between layers")
    return replace(stack, dtype=to)


def _dense(stack: Stack, op: Operator) -> Stack:
    if op.attributes.get("transA", 0):
        raise NoLayerError("samples as columns")
    return stack.dense(*dense_of(op))


def _activation(stack: Stack, op: Operator) -> Stack:
    if op.operator == "Softmax":
        axes = softmax_axes(op, 1 + len(stack.shape))
        if axes != ((1,) if stack.channels_first or len(stack.shape) == 1 else (len(stack.shape),)):
            raise NoLayerError("a softmax along something other than units or channels")
    sigma, factor = activation_of(op)
    activated = stack.activated(sigma)
    return activated if factor == 1 else activated.scaled(np.full(stack.shape[-1], factor))


def _convolution(stack: Stack, op: Operator) -> Stack:
    _check_image(stack)
    return stack.with_layer(*convolution_of(op, stack.shape[:-1]))


def _pool(stack: Stack, op: Operator) -> Stack:
    _check_image(stack)
    return stack.with_layer(pool_of(op, stack.shape[:-1]), {})


def _check_image(stack: Stack) -> None:
    if len(stack.shape) == 1 or not stack.channels_first:
        raise NoLayerError(f"channels before lengths, but numbers of shape {stack.in_file} come in")


def _normalise(stack: Stack, op: Operator) -> Stack:
    if len(stack.shape) > 1:
        _check_image(stack)
    return normalise(stack, op)


def _flatten(stack: Stack, op: Operator) -> Stack:
    check_flatten(op, 1 + len(stack.shape))
    return stack.flattened()


def _reshape(stack: Stack, op: Operator) -> Stack:
    """Only to rows: what is computed on the way is a batch of samples."""
    wanted = op.integers("shape", ()) or tuple(int(n) for n in op.constant(1, "lengths").ravel())
    flat = stack.flattened()
    units = flat.shape[0]
    known = {(-1, units), (0, units), (0, -1), (stack.rows, units), (stack.rows, -1)}
    if wanted not in known and (len(stack.shape) > 1 or wanted not in {(0, 0), (-1, 0)}):
        raise NoLayerError(
            f"the shape {wanted}; a sample can only become a row of {units} numbers: export torch.flatten(x, 1), or "
            "Flatten of Keras"
        )
    return flat


def _transpose(stack: Stack, op: Operator) -> Stack:
    axes = len(stack.shape)
    here = _to_last(axes) if stack.channels_first else _to_first(axes)
    if axes == 1 or _perm(op) != here:
        raise NoLayerError(f"axes in the order {_perm(op)}; only channels can move, from last to first or back")
    return replace(stack, channels_first=not stack.channels_first)


def _perm(op: Operator) -> tuple[int, ...]:
    return op.integers("perm", ())


def _to_first(axes: int) -> tuple[int, ...]:
    """Return the order of axes that moves channels before the lengths of a sample of so many axes."""
    return (0, axes, *range(1, axes))


def _to_last(axes: int) -> tuple[int, ...]:
    return (0, *range(2, axes + 1), 1)


STEPS: dict[str, Callable[[Stack, Operator], Stack]] = {
    **dict.fromkeys(OF_ACTIVATIONS, _activation),
    **dict.fromkeys(("Gemm", "MatMul"), _dense),
    **dict.fromkeys(("MaxPool", "AveragePool", "GlobalMaxPool", "GlobalAveragePool"), _pool),
    **dict.fromkeys(("Add", "Sub"), add),
    **dict.fromkeys(("Mul", "Div"), multiply),
    "BatchNormalization": _normalise,
    "Cast": _cast,
    "Conv": _convolution,
    "Dropout": _dropout,
    "Exp": _activation,  # which says why it is refused
    "Flatten": _flatten,
    "Identity": _same,
    "Reshape": _reshape,
    "Transpose": _transpose,
}
