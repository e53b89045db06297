"""ONNX's operators as our activations and dense layers: one mapping, for reading files and for ONNX's own cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from glassnet.network.activation import ACTIVATIONS, ELU, Activation, LeakyReLU
from glassnet.network.dense import Dense

Arrays = dict[str, np.ndarray]  # the parameters of one layer

NAMED = {
    "Gelu": "gelu",
    "Mish": "mish",
    "Relu": "relu",
    "Selu": "selu",
    "Sigmoid": "logistic",
    "Softmax": "softmax",
    "Softplus": "softplus",
    "Swish": "silu",
    "Tanh": "tanh",
}
OF_ACTIVATIONS = (*NAMED, "Elu", "LeakyRelu")
MOST_NUMBERS = 2**24  # of one sample between two layers
SELU = {"alpha": 1.6732632, "gamma": 1.0507010}


class NoLayerError(ValueError):
    """What an operator asks for and no layer of ours does."""


@dataclass(frozen=True)
class Operator:
    """One operator of a graph.

    Parameters
    ----------
    operator, name : str
        Which operator, such as "Conv", and what the file calls this one.
    opset : int
        The version of ONNX's operators.
    attributes : dict
        By name; texts are bytes.
    constants : tuple of array or None
        In the places of its inputs; None for what comes in, and for what is left out.
    outputs : int
        The number of its outputs.
    dtype : dtype
        The precision of what comes in.
    """

    operator: str
    name: str
    opset: int
    attributes: Mapping[str, Any]
    constants: tuple[np.ndarray | None, ...]
    outputs: int = 1
    dtype: DTypeLike = np.float32

    def constant(self, place: int, what: str) -> np.ndarray:
        """Return a constant that a layer needs as numbers of its own."""
        found = self.optional(place)
        if found is None:
            raise NoLayerError(f"{what} that are left out; a layer needs them as constants")
        return found

    def optional(self, place: int) -> np.ndarray | None:
        """Return a constant, or None where it is left out."""
        return self.constants[place] if place < len(self.constants) else None

    def integers(self, name: str, default: Sequence[int]) -> tuple[int, ...]:
        """Return an attribute of integers."""
        return tuple(int(number) for number in self.attributes.get(name, default))


def activation_of(op: Operator) -> tuple[Activation, float]:
    """Return sigma and a factor c of c sigma(x), which is 1 but for SELU with constants of its own."""
    a = op.attributes
    match op.operator:
        case "LeakyRelu":
            return LeakyReLU(float(a.get("alpha", 0.01))), 1.0
        case "Elu":
            return ELU(float(a.get("alpha", 1.0))), 1.0
        case "Exp":
            raise NoLayerError(
                "exp z also above z = 80, where ours stays at exp 80; export the network without it, for the logarithm"
            )
        case "Selu" if a:
            return ELU(float(a.get("alpha", SELU["alpha"]))), float(a.get("gamma", SELU["gamma"]))
        case "Gelu" if a.get("approximate", b"none") != b"none":
            raise NoLayerError("the approximation by tanh; ours is exact")
        case "Swish" if a.get("alpha", 1.0) != 1.0:
            raise NoLayerError("a factor within its sigmoid")
        case operator:
            return ACTIVATIONS[NAMED[operator]], 1.0


def dense_of(op: Operator) -> tuple[Dense, Arrays]:
    """Return alpha A B + beta C, or A B, as Dense with W = alpha B and b = beta C; the rows of A are samples."""
    a, W = op.attributes, op.constant(1, "weights")
    W = W.T if a.get("transB", 0) else W
    if W.ndim != 2:
        raise NoLayerError(f"weights of shape {W.shape}")
    C = op.optional(2)
    b = np.zeros(1, W.dtype) if C is None else C
    if b.ndim == 2 and b.shape[0] != 1:
        raise NoLayerError("biases of its own for every row")
    outputs = W.shape[1]
    b = np.broadcast_to(b.reshape(-1), outputs)
    return Dense(outputs), {"W": a.get("alpha", 1.0) * W, "b": a.get("beta", 1.0) * b}


def check_flatten(op: Operator, axes: int) -> None:
    """Raise for a Flatten of `axes` axes that cuts elsewhere than behind the samples."""
    if op.attributes.get("axis", 1) not in (1, 1 - axes):
        raise NoLayerError("another axis than the first after the samples")


def softmax_axes(op: Operator, axes: int) -> tuple[int, ...]:
    """Return the axes that a softmax runs over: one from opset 13 on, before it all from one on."""
    if op.opset >= 13:
        return (int(op.attributes.get("axis", -1)) % axes,)
    return tuple(range(int(op.attributes.get("axis", 1)) % axes, axes))
