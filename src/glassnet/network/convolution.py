"""Convolution: a dense layer whose unknowns are few, because every window is seen with the same kernel."""

from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from numpy.random import Generator

from glassnet._types import Entries, Parameter, RowsIn, RowsOut
from glassnet.network.activation import Activation, as_activation
from glassnet.network.dense import WIDTH_OF_PACE
from glassnet.network.initial import Given, Initial, as_initial
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape
from glassnet.network.noise import Noise
from glassnet.network.windows import Windows, check_window, frozen, windows


@dataclass(frozen=True, init=False)
class Convolution:
    """z[p, q, c] = sum over i, j, a of x[s p + i, s q + j, a] W[i, j, a, c] + b[c], x^l = sigma(z).

    Pictures are (batch, height, width, channels), signals (batch, length, channels); W is (height, width, channels in,
    channels out) or (length, channels in, channels out). That is cross-correlation, which every library calls
    convolution; with `flip` the kernel is turned by 180 degrees, as in the textbooks. `stride` is s; `padding` is
    "valid", "same" (as many outputs as inputs where s = 1), or numbers of zeros around: 1, (1, 2) for each axis, or
    ((before, after), ...). `size` and `stride` are one number, or one an axis.
    """

    channels: int
    size: int | tuple[int, ...]
    activation: Activation
    stride: int | tuple[int, ...]
    padding: Any
    flip: bool
    weights: Initial
    bias: Initial

    looks: ClassVar[bool] = False

    def __init__(
        self,
        channels: int,
        size: Any = 3,
        activation: Activation | str = "identity",
        stride: Any = 1,
        padding: Any = "valid",
        flip: bool = False,
        weights: Any = "he",
        bias: Any = "zero",
    ) -> None:
        if channels != int(channels) or channels < 1:
            raise ValueError(f"Convolution(channels={channels}) needs a whole number of channels, at least one")
        size, stride, padding = (frozen(given) for given in (size, stride, padding))
        check_window(f"Convolution({channels})", size, stride, padding)
        own = {"channels": int(channels), "size": size, "activation": as_activation(activation), "stride": stride}
        own |= {"padding": padding, "flip": flip, "weights": as_initial(weights), "bias": as_initial(bias)}
        for name, value in own.items():
            object.__setattr__(self, name, value)

    def output_shape(self, inputs: Shape) -> Shape:
        """Return (*windows along every axis, channels)."""
        return (*self._windows(inputs).outputs, self.channels)

    def parameter_shapes(self, inputs: Shape) -> dict[str, Shape]:
        """Return the shapes of the kernels W (*size, channels in, channels) and b (channels,)."""
        shapes: dict[str, Shape] = {
            "W": (*self._windows(inputs).size, inputs[-1], self.channels),
            "b": (self.channels,),
        }
        for rule, shape in zip((self.weights, self.bias), shapes.values(), strict=True):
            if isinstance(rule, Given):
                rule.check(shape)
        return shapes

    def dense_unknowns(self, inputs: Shape) -> int:
        """Return the unknowns of the dense layer in whose place it stands: every output connected to every input."""
        return (prod(inputs) + 1) * prod(self.output_shape(inputs))

    def paces(self, inputs: Shape) -> dict[str, float]:
        """Return a pace of W that falls with the root of what enters an output, as in `Dense`."""
        return {"W": (WIDTH_OF_PACE / prod(self.parameter_shapes(inputs)["W"][:-1])) ** 0.5, "b": 1.0}

    def initial(self, random: Generator, inputs: Shape, dtype: Any, sample: np.ndarray | None) -> LayerParameters:
        """Return W and b as their rules draw them; an output has prod(size) x channels connections."""
        shapes = self.parameter_shapes(inputs)
        places = prod(shapes["W"][:-2])
        fans = places * inputs[-1], places * self.channels
        rules = {"W": self.weights, "b": self.bias}
        return {name: jnp.asarray(rule.draw(random, shapes[name], *fans).astype(dtype)) for name, rule in rules.items()}

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Noise | None = None) -> Forward:
        """Return z = patches W + b and sigma(z): one matrix product over all windows of all samples."""
        seen = self._windows(x.shape[1:])
        z = _patches(seen, x) @ self._kernel(parameters) + parameters["b"]
        return Forward(x, z, self.activation.value(z))

    def backward(self, parameters: LayerParameters, kept: Forward, g: RowsOut) -> Backward:
        """Return delta and what follows from it.

        delta = g (*) sigma'(z), dE/dW[i, j, a, c] = the sum over samples and windows of x[s p + i, s q + j, a]
        delta[p, q, c], a correlation of input and delta; dE/db = the sum of delta; dE/dx = the adjoint: delta W' put
        back where each window had looked.
        """
        seen = self._windows(kept.inputs.shape[1:])
        delta = self.activation.backward(kept.z, kept.x, g)
        rows = delta.reshape(-1, self.channels)
        patches = _patches(seen, kept.inputs).reshape(rows.shape[0], -1)
        W = (patches.T @ rows).reshape(parameters["W"].shape)
        views = jnp.split(delta @ self._kernel(parameters).T, prod(seen.size), axis=-1)
        return Backward(delta, {"W": self._turned(W), "b": jnp.sum(rows, axis=0)}, seen.back(views))

    def _windows(self, inputs: Shape) -> Windows:
        return windows(f"Convolution({self.channels})", inputs, self.size, self.stride, self.padding)

    def _kernel(self, parameters: LayerParameters) -> Parameter:
        """Return the kernels as a matrix (places x channels in, channels)."""
        return self._turned(parameters["W"]).reshape(-1, self.channels)

    def _turned(self, W: Entries) -> Entries:
        return jnp.flip(W, axis=tuple(range(W.ndim - 2))) if self.flip else W


def _patches(seen: Windows, x: RowsIn) -> RowsOut:
    """Return what every window sees, (batch, *outputs, places x channels)."""
    return jnp.concatenate(seen.views(x), axis=-1)
