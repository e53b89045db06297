"""A network: layers one after the other, f = f^L o ... o f^1."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import jax.numpy as jnp
import numpy as np

from glassnet._types import RowsIn, RowsOut
from glassnet.network.convolution import Convolution
from glassnet.network.hash_rng import Noise, derived
from glassnet.network.layer import Forward, Layer, Parameters, Shape


@dataclass(frozen=True, init=False)
class Network:
    """Layers composed, their shapes checked when they are put together.

    `Network(2, [Dense(3, "logistic"), Dense(1)])` maps 2 numbers to 1. `inputs` is the number of inputs, or the shape
    of one sample. A network holds no parameters: `initial` draws them, and `forward` takes them.
    """

    inputs: Shape
    layers: tuple[Layer, ...]

    def __init__(self, inputs: int | Shape, layers: Sequence[Layer]) -> None:
        object.__setattr__(self, "inputs", (inputs,) if isinstance(inputs, int) else tuple(inputs))
        object.__setattr__(self, "layers", tuple(layers))
        if not self.layers:
            raise ValueError("a network needs at least one layer, such as Dense(1)")
        if min(self.inputs, default=0) < 1:
            raise ValueError(f"a network needs at least one input, but inputs={inputs}")
        _ = self.parameter_shapes  # the layers' own checks, and those of given numbers

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of x^0, x^1, ..., x^L, without the batch axis."""
        shapes = [self.inputs]
        for number, layer in enumerate(self.layers, start=1):
            try:
                shapes.append(layer.output_shape(shapes[-1]))
            except ValueError as error:
                raise ValueError(f"layer {number} does not follow: {error}") from None
        return tuple(shapes)

    @property
    def parameter_shapes(self) -> list[dict[str, Shape]]:
        """The shape of every parameter, one dict a layer."""
        shapes: list[dict[str, Shape]] = []
        for number, (layer, inputs) in enumerate(zip(self.layers, self.shapes, strict=False), start=1):
            try:
                shapes.append(layer.parameter_shapes(inputs))
            except ValueError as error:
                raise ValueError(f"layer {number}: {error}") from None
        return shapes

    @property
    def unknowns(self) -> int:
        """The number of parameters: for dense layers the sum of n_{l-1} n_l + n_l."""
        return sum(prod(shape) for layer in self.parameter_shapes for shape in layer.values())

    @property
    def dense_unknowns(self) -> int:
        """The number of parameters with a dense layer in the place of every convolution."""
        each = zip(self.layers, self.shapes, self.parameter_shapes, strict=False)
        return sum(
            layer.dense_unknowns(inputs) if isinstance(layer, Convolution) else sum(map(prod, shapes.values()))
            for layer, inputs, shapes in each
        )

    def initial(self, seed: int, dtype: Any = np.float32, sample: np.ndarray | None = None) -> Parameters:
        """Return the parameters that training starts from: every layer draws with a generator of its own.

        `sample` are some rows (rows, *inputs), from which layers such as `PiecewiseLinear` start.
        """
        x, parameters = sample, Parameters()
        for number, (layer, inputs) in enumerate(zip(self.layers, self.shapes, strict=False)):
            x = x if any(later.looks for later in self.layers[number:]) else None
            parameters.append(layer.initial(np.random.default_rng([seed, number]), inputs, dtype, x))
            x = None if x is None else np.asarray(layer.forward(parameters[-1], jnp.asarray(x.astype(dtype))).x)
        return parameters

    def __str__(self) -> str:
        rows: list[str] = []
        each = zip(self.layers, self.shapes, self.shapes[1:], self.parameter_shapes, strict=False)
        for number, (layer, inputs, shape, shapes) in enumerate(each, start=1):
            unknowns = sum(map(prod, shapes.values()))
            told = f", {unknowns} unknowns" if unknowns else ""
            if isinstance(layer, Convolution):
                told += f" (a dense layer: {layer.dense_unknowns(inputs)})"
            rows.append(f"  {number}  {layer}  {' x '.join(map(str, shape))}{told}")
        return "\n".join([f"network of {self.unknowns} unknowns on {' x '.join(map(str, self.inputs))} inputs", *rows])


def forward(network: Network, parameters: Parameters, x: RowsIn, noise: Noise | None = None) -> list[Forward]:
    """Return what every layer keeps: z^l = (W^l)' x^{l-1} + b^l and x^l = sigma^l(z^l), for l = 1, ..., L.

    With `noise` layers such as dropout act as in training, each on noise of its own.
    """
    kept: list[Forward] = []
    for number, (layer, own) in enumerate(zip(network.layers, parameters, strict=True)):
        own_noise = None if noise is None else Noise(derived(noise.seed, number), noise.share)
        kept.append(layer.forward(own, x, own_noise))
        x = kept[-1].x
    return kept


def output(network: Network, parameters: Parameters, x: RowsIn) -> RowsOut:
    """Return x^L, the network's output."""
    return forward(network, parameters, x)[-1].x
