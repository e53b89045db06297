"""Convolution: a dense layer of few parameters, because every window shares the same kernel."""

from dataclasses import dataclass, replace
from math import prod
from typing import ClassVar

from jaxtyping import Float, Int

from glassnet._lazy import Array, jnp, lax
from glassnet._types import Entries, Parameter, RowsIn, RowsOut
from glassnet.network.activation import Activation, Identity, activation_rules, as_activation
from glassnet.network.bounding_rules import Linear, Rule
from glassnet.network.dense import FULL_RATE_INPUTS
from glassnet.network.hash_rng import Noise
from glassnet.network.initializers import ArrayLike, Initializer, as_initializer
from glassnet.network.layer import Backward, Forward, LayerParameters, ParameterSpec, Shape
from glassnet.network.windows import Padding, PerAxis, Windows, check_window, frozen, windows_of

# Bytes of patches that are worked on at once, a few megabytes as caches are. It is a constant and not asked of the
# machine, because it decides in which order the gradient of the kernels is summed up: otherwise the bits of a fit would
# depend on the machine.
WORKING_SET = 4_000_000

Blocks = Float[Array, "blocks samples ..."]


@dataclass(frozen=True, init=False)
class Convolution:
    """z[p, q, c] = sum over i, j, a of x[s p + i, s q + j, a] W[i, j, a, c] + b[c], x^l = sigma(z).

    Images are (batch, height, width, channels), signals (batch, length, channels); W is (height, width, channels in,
    channels out) or (length, channels in, channels out). That is cross-correlation, which every library calls
    convolution, unless `flip` is set.

    Parameters
    ----------
    channels : int
        The number of channels of the output, at least 1.
    size : int or tuple of int, default=3
        The lengths of the kernel in pixels: one, or one an axis.
    activation : str or Activation, default="identity"
        sigma, a name or a rule.
    stride : int or tuple of int, default=1
        s, the distance of windows in pixels: one, or one an axis.
    padding : "valid", "same", int or tuple, default="valid"
        Zeros around the input: none, as many as give as many outputs as inputs where s = 1, or numbers: 1, (1, 2) for
        each axis, or ((before, after), ...).
    flip : bool, default=False
        Whether the kernel is turned by 180 degrees, as in the textbooks.
    weights : str, Initializer or array_like, default="he"
        Where W starts.
    bias : str, Initializer or array_like, default="zero"
        Where b (channels,) starts.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import Convolution, Network
    >>> kernel = np.array([[1.0, 0.0], [0.0, -1.0]]).reshape(2, 2, 1, 1)  # x[p, q] - x[p + 1, q + 1]
    >>> layer = Convolution(1, 2, weights=kernel)
    >>> (parameters,) = Network((3, 3, 1), [layer]).initialize(seed=0)
    >>> image = jnp.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0]).reshape(1, 3, 3, 1)
    >>> np.asarray(layer.forward(parameters, image).z)[0, :, :, 0]
    array([[-4., -4.],
           [-4., -5.]], dtype=float32)
    """

    channels: int
    size: PerAxis
    activation: Activation
    stride: PerAxis
    padding: Padding
    flip: bool
    weights: Initializer
    bias: Initializer

    members_at_once: ClassVar[bool] = False  # many convolutions at once are slower than one after the other

    def __init__(
        self,
        channels: int,
        size: PerAxis = 3,
        activation: Activation | str = "identity",
        stride: PerAxis = 1,
        padding: Padding = "valid",
        flip: bool = False,
        weights: Initializer | ArrayLike | str = "he",
        bias: Initializer | ArrayLike | str = "zero",
    ) -> None:
        if channels != int(channels) or channels < 1:
            raise ValueError(f"Convolution(channels={channels}) needs an integer number of channels, at least one")
        size, stride, padding = map(frozen, (size, stride, padding))
        check_window(f"Convolution({channels})", size, stride, padding)
        values = {"channels": int(channels), "size": size, "activation": as_activation(activation), "stride": stride}
        values |= {"padding": padding, "flip": flip, "weights": as_initializer(weights), "bias": as_initializer(bias)}
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def output_shape(self, inputs: Shape) -> Shape:
        """Return (*windows along every axis, channels)."""
        return (*self._windows(inputs).outputs, self.channels)

    def parameters(self, inputs: Shape) -> dict[str, ParameterSpec]:
        """Return the specifications of the kernels W (*size, channels in, channels) and of b (channels,).

        An output has prod(size) x channels connections; the learning rate of W falls with their root, as in `Dense`.
        """
        size = self._windows(inputs).size
        fans = prod(size) * inputs[-1], prod(size) * self.channels
        multiplier = (FULL_RATE_INPUTS / fans[0]) ** 0.5
        return {
            "W": ParameterSpec((*size, inputs[-1], self.channels), self.weights, *fans, multiplier, l2=True),
            "b": ParameterSpec((self.channels,), self.bias, *fans, decay=False),
        }

    def forward(self, parameters: LayerParameters, x: RowsIn, noise: Noise | None = None) -> Forward:
        """Return z = patches W + b, a matrix product over the windows of some samples at a time, and sigma(z)."""
        windows, kernel = self._windows(x.shape[1:]), self._kernel(parameters)
        blocks = _blocks(windows, x)
        products = lax.map(lambda block: _patches(windows, block) @ kernel, blocks)
        z = products.reshape(x.shape[0], *windows.outputs, self.channels) + parameters["b"]
        return Forward(x, z, self.activation.value(z))

    def backward(self, parameters: LayerParameters, cache: Forward, g: RowsOut) -> Backward:
        """Return delta = g (*) sigma'(z) and what follows from it.

        dE/dW[i, j, a, c] = the sum over samples and windows of x[s p + i, s q + j, a] delta[p, q, c], a correlation of
        input and delta; dE/db = the sum of delta; dE/dx = the adjoint operator applied to delta.
        """
        windows = self._windows(cache.inputs.shape[1:])
        delta = self.activation.backward(cache.z, cache.x, g)
        blocks = _blocks(windows, cache.inputs)
        deltas = delta.reshape(*blocks.shape[:2], *delta.shape[1:])
        places = prod(windows.size) * cache.inputs.shape[-1]

        def add(number: Int[Array, ""] | int, total: Entries) -> Entries:
            return total + _patches(windows, blocks[number]).reshape(-1, places).T @ deltas[number].reshape(
                -1, self.channels
            )

        W = lax.fori_loop(0, blocks.shape[0], add, jnp.zeros((places, self.channels), delta.dtype))
        gradient = {
            "W": self._turned(W.reshape(parameters["W"].shape)),
            "b": jnp.sum(delta, axis=tuple(range(delta.ndim - 1))),
        }
        return Backward(delta, gradient, self._adjoint(windows, parameters, deltas))

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        """Return the rules of the convolution, which is linear, and of sigma.

        What one vector of coefficients needs fills the cache, so that they are propagated one after the other.
        """
        linear, terms = replace(self, activation=Identity()), prod(parameters["W"].shape[:-1]) + 1
        return [Linear(linear, parameters, terms, one_by_one=True), *activation_rules(self.activation)]

    def _adjoint(self, windows: Windows, parameters: LayerParameters, deltas: Blocks) -> RowsIn:
        """Return dE/dx: every window's delta W', put back at the window's place and added up where windows overlap.

        XLA's own convolution does the same in 1.3 ms alone and in 42 ms inside a training loop, where it is not always
        brought into the form that is fast (16 to 32 channels, 14 x 14, batch 128); this takes 1.6 ms in both.
        """
        kernel, places = self._kernel(parameters).T, prod(windows.size)
        back = lax.map(lambda block: windows.back(jnp.split(block @ kernel, places, axis=-1)), deltas)
        return back.reshape(-1, *windows.inputs)

    def _windows(self, inputs: Shape) -> Windows:
        return windows_of(f"Convolution({self.channels})", inputs, self.size, self.stride, self.padding)

    def _kernel(self, parameters: LayerParameters) -> Parameter:
        """Return the kernels as a matrix (places x channels in, channels)."""
        return self._turned(parameters["W"]).reshape(-1, self.channels)

    def _turned(self, W: Entries) -> Entries:
        return jnp.flip(W, axis=tuple(range(W.ndim - 2))) if self.flip else W


def _patches(windows: Windows, x: RowsIn) -> RowsOut:
    """Return the entries of every window, (batch, *outputs, places x channels)."""
    return jnp.concatenate(windows.slices(x), axis=-1)


def _blocks(windows: Windows, x: RowsIn) -> Blocks:
    """Return x cut into blocks (blocks, samples, ...) whose patches stay in the processor's cache.

    Forward pass and kernel gradient of 32 to 64 channels, 26 x 26, batch 128, on two cores: 58 and 63 ms with all
    samples at once, 10 and 13 ms in blocks of eight.
    """
    samples = x.shape[0]
    wanted = WORKING_SET // (prod(windows.outputs) * prod(windows.size) * x.shape[-1] * x.dtype.itemsize)
    size = max((n for n in range(1, min(samples, wanted) + 1) if samples % n == 0), default=1)
    return x.reshape(-1, size, *x.shape[1:])
