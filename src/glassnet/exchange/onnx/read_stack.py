"""Layers put on one another while a file is read, and how the numbers between them lie in the file."""

from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from glassnet.exchange.onnx.read_operators import MOST_NUMBERS, Arrays, NoLayerError
from glassnet.network.activation import Activation, Identity
from glassnet.network.convolution import Convolution
from glassnet.network.dense import Dense
from glassnet.network.flatten import Flatten
from glassnet.network.layer import Layer, Shape
from glassnet.network.scaling import InputScaling

MOST_PARAMETERS = 2**28  # of all layers; a few bytes of a file can ask for many identity matrices
MOST_ONE_TO_ONE = 4096  # units or channels of an identity matrix


@dataclass(frozen=True)
class Stack:
    """The layers so far.

    Parameters
    ----------
    inputs, shape : tuple of int
        The shapes of a sample that comes in and of what the last layer gives, channels last.
    rows : int or None
        The number of samples that the file takes at once; None: any.
    dtype : dtype
        The precision of the parameters.
    channels_first : bool
        Whether the file has the channels of an image before its lengths.
    layers, parameters : tuple
        The layers, and a dict of arrays each.
    order : array of int or None
        Of a vector: which of the file's entries stands in each of our places; None: the same.
    """

    inputs: Shape
    shape: Shape
    rows: int | None
    dtype: np.dtype[Any]
    channels_first: bool
    layers: tuple[Layer, ...] = ()
    parameters: tuple[Arrays, ...] = ()
    order: np.ndarray | None = None

    @property
    def in_file(self) -> Shape:
        """The shape of a sample as the file has it here."""
        return (self.shape[-1], *self.shape[:-1]) if self.channels_first and len(self.shape) > 1 else self.shape

    def with_layer(self, layer: Layer, parameters: Arrays) -> "Stack":
        """Return the stack with one more layer, its parameters in the stack's precision; order is that of the file."""
        for name, array in parameters.items():
            if array.dtype != self.dtype:
                raise NoLayerError(f"{name} is of {array.dtype}, and what comes in of {self.dtype}")
        arrays = {name: np.asarray(array, self.dtype) for name, array in parameters.items()}
        shapes = {name: spec.shape for name, spec in layer.parameters(self.shape).items()}
        if found := {name: array.shape for name, array in arrays.items() if array.shape != shapes[name]}:
            raise NoLayerError(f"constants of shapes {found} after {self.in_file}")
        parameters_of_all = (*self.parameters, arrays)
        if (count := sum(array.size for each in parameters_of_all for array in each.values())) > MOST_PARAMETERS:
            raise NoLayerError(f"{count} parameters in all, more than the {MOST_PARAMETERS} that are read")
        shape = layer.output_shape(self.shape)
        if prod(shape) > MOST_NUMBERS:
            raise NoLayerError(f"{prod(shape)} numbers of one sample, more than {MOST_NUMBERS}")
        return replace(self, shape=shape, layers=(*self.layers, layer), parameters=parameters_of_all, order=None)

    def dense(self, layer: Dense, parameters: Arrays) -> "Stack":
        """Return the stack with a dense layer, whose weights are in the order of the file."""
        W = parameters["W"]
        if len(self.shape) != 1 or len(W) != self.shape[0]:
            raise NoLayerError(f"weights of shape {W.shape} after {self.in_file}")
        return self.with_layer(layer, parameters | {"W": W if self.order is None else W[self.order]})

    def flattened(self) -> "Stack":
        """Return the stack with images as rows; the order in which the file has their numbers is kept."""
        if len(self.shape) == 1:
            return self
        if not self.layers and prod(self.shape) == max(self.shape):  # numbers with axes of length 1 around them
            return replace(self, inputs=(max(self.shape),), shape=(max(self.shape),))
        order = np.moveaxis(np.arange(prod(self.shape)).reshape(self.in_file), 0, -1).ravel()
        same = not self.channels_first or bool((np.diff(order) == 1).all())
        return replace(self.with_layer(Flatten(), {}), order=None if same else order)

    def per_channel(self, constant: np.ndarray) -> np.ndarray:
        """Return a constant that the file has for a batch, in float64, as a number a unit or channel of ours."""
        samples = constant.shape[: max(constant.ndim - len(self.shape), 0)]
        try:
            array = np.broadcast_to(constant.reshape(constant.shape[len(samples) :]), self.in_file)
        except ValueError:
            raise NoLayerError(f"a constant of shape {constant.shape} at numbers of shape {self.in_file}") from None
        array = array.astype(np.float64)
        if len(self.shape) == 1:
            return array if self.order is None else array[self.order]
        each = (np.moveaxis(array, 0, -1) if self.channels_first else array).reshape(-1, self.shape[-1])
        if (each != each[0]).any():
            raise NoLayerError("a number of its own for every pixel")
        return each[0]

    def linear(self) -> "Stack":
        """Return the stack with a layer at the end that is linear: the last one, or one that changes nothing."""
        last = self.layers[-1] if self.layers else None
        if isinstance(last, Dense | Convolution) and isinstance(last.activation, Identity):
            return self
        return self.one_to_one(np.ones(self.shape[-1]))

    def one_to_one(self, s: np.ndarray) -> "Stack":
        """Return the stack with s x of every unit or channel, in a linear layer of its own."""
        units, axes = self.shape[-1], len(self.shape) - 1
        if units > MOST_ONE_TO_ONE:
            raise NoLayerError(f"{units} units without a layer of weights before it, more than {MOST_ONE_TO_ONE}")
        layer = Convolution(units, (1,) * axes) if axes else Dense(units)
        W = np.diag(s).reshape(*(1,) * axes, units, units)
        arrays = {"W": W.astype(self.dtype), "b": np.zeros(units, self.dtype)}
        return replace(self.with_layer(layer, arrays), order=self.order)

    def activated(self, sigma: Activation) -> "Stack":
        """Return the stack with an activation behind its last linear layer."""
        stack = self.linear()
        last = stack.layers[-1]
        if not isinstance(last, Dense | Convolution):
            raise TypeError(f"{last} has no activation")
        return replace(stack, layers=(*stack.layers[:-1], replace(last, activation=sigma)))

    def affine(self, s: np.ndarray, c: np.ndarray) -> "Stack":
        """Return the stack with s x + c, of every unit or channel, in the last linear layer."""
        stack = self.linear()
        W, b = (stack.parameters[-1][name].astype(np.float64) for name in ("W", "b"))
        arrays = {"W": (W * s).astype(self.dtype), "b": (b * s + c).astype(self.dtype)}
        return replace(stack, parameters=(*stack.parameters[:-1], arrays))

    def scaled(self, s: np.ndarray) -> "Stack":
        """Return the stack with s x of every unit or channel, in a layer of its own: x - c was not rounded for s."""
        if len(self.shape) > 1:
            return self.one_to_one(s)
        return replace(self.with_layer(InputScaling(), {"s": s.astype(self.dtype)}), order=self.order)
