"""Activations as ONNX nodes: what their `value` computes, from operators that runtimes have in float64.

A new activation is one more line here.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike

from glassnet.exchange.onnx.graph import Graph
from glassnet.network.activation import (
    ELU,
    GELU,
    SELU,
    Activation,
    Exponential,
    HardTanh,
    Heaviside,
    Identity,
    Increasing,
    LeakyReLU,
    Logistic,
    Mish,
    ReLU,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from glassnet.network.activations_smooth import LARGEST_EXPONENT, SELU_ALPHA, SELU_SCALE


def write_activation(graph: Graph, activation: Activation, z: str, dtype: DTypeLike = np.float64) -> str:
    """Return sigma(z) of a value of this type.

    Parameters
    ----------
    graph : Graph
        What nodes are added to.
    activation : Activation
        sigma.
    z : str
        The value; entries that are coupled, as by a softmax, are along its last axis.
    dtype : dtype
        The type of z.

    Raises
    ------
    TypeError
        For an activation of a user's own.
    """
    write = ACTIVATIONS.get(type(activation))
    if write is None:
        raise TypeError(
            f"{activation!r} is an activation of your own, which ONNX has no operators for; fit with one such as "
            "'tanh' or 'mish', or predict with the model file itself: glassnet predict"
        )
    return write(Written(graph, dtype), activation, z)


class Written:
    """A graph with what activations are written of: operators on values and numbers of one type."""

    def __init__(self, graph: Graph, dtype: DTypeLike) -> None:
        self.graph = graph
        self.dtype = dtype

    def __call__(self, operator: str, *operands: str | float) -> str:
        """Return the output of an operator on values and numbers."""
        values = [
            operand if isinstance(operand, str) else self.graph.constant(operand, self.dtype) for operand in operands
        ]
        return self.graph.add(operator, *values)


def _heaviside(op: Written, _: Heaviside, z: str) -> str:
    return op.graph.cast(op("Greater", z, 0), op.dtype)


def _softplus(op: Written, z: str) -> str:
    small = op("Exp", op("Neg", op("Abs", z)))  # the exponent is never positive, so nothing overflows
    return op("Add", op("Max", z, 0), op("Log", op("Add", small, 1)))


def _elu(op: Written, alpha: float, z: str) -> str:
    below = op("Mul", op("Sub", op("Exp", op("Min", z, 0)), 1), alpha)
    return op("Where", op("Greater", z, 0), z, below)


def _gelu(op: Written, _: GELU, z: str) -> str:
    error = op.graph.add("Erf", op.graph.cast(op("Mul", z, 1 / math.sqrt(2)), np.float32))  # no float64 in runtimes
    return op("Mul", op("Mul", z, 0.5), op("Add", op.graph.cast(error, op.dtype), 1))


def _increasing(op: Written, activation: Increasing, z: str) -> str:
    if activation.size == 1:
        return z
    groups = op.graph.reshape(z, 0, 0, -1, activation.size)
    first, others = op.graph.part(groups, -1, 0, 1), op.graph.part(groups, -1, 1, activation.size)
    steps = op.graph.concatenate([first, _softplus(op, others)], axis=-1)
    return op.graph.reshape(op.graph.add("CumSum", steps, op.graph.constant(-1, np.int64)), 0, 0, -1)


ACTIVATIONS: dict[type, Callable[..., str]] = {
    Identity: lambda op, _, z: z,
    Heaviside: _heaviside,
    ReLU: lambda op, _, z: op("Max", z, 0),
    LeakyReLU: lambda op, activation, z: op("Max", op("Mul", z, activation.slope), z),
    HardTanh: lambda op, _, z: op("Min", op("Max", z, -1), 1),
    Logistic: lambda op, _, z: op("Sigmoid", z),
    Tanh: lambda op, _, z: op("Tanh", z),
    Softplus: lambda op, _, z: _softplus(op, z),
    ELU: lambda op, activation, z: _elu(op, activation.alpha, z),
    SELU: lambda op, _, z: op("Mul", _elu(op, SELU_ALPHA, z), SELU_SCALE),
    GELU: _gelu,
    SiLU: lambda op, _, z: op("Mul", z, op("Sigmoid", z)),
    Mish: lambda op, _, z: op("Mul", z, op("Tanh", _softplus(op, z))),
    Exponential: lambda op, _, z: op("Exp", op("Min", z, LARGEST_EXPONENT)),
    Softmax: lambda op, _, z: op.graph.add("Softmax", z, axis=-1),
    Increasing: _increasing,
}
