"""A network: layers one after the other, f = f^L o ... o f^1."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import DTypeLike

from glassnet._counted import counted
from glassnet._lazy import jnp
from glassnet._types import RowsIn, RowsOut
from glassnet.network.compiled_programs import QUICK, compiled
from glassnet.network.hash_rng import Noise, derived
from glassnet.network.layer import (
    Forward,
    Layer,
    LayerParameters,
    OneByOne,
    Parameters,
    ParameterSpec,
    SeesInputs,
    Shape,
    TakesCodes,
)
from glassnet.network.parameters import Arrays, as_arrays


@dataclass(frozen=True, init=False)
class Network:
    """Layers composed, their shapes checked when they are put together.

    `Network(2, [Dense(3, "logistic"), Dense(1)])` maps 2 numbers to 1. A network holds no parameters:
    `initialize` draws them, and `forward` takes them.

    Parameters
    ----------
    inputs : int or tuple of int
        The number of inputs, or the shape of one sample.
    layers : sequence of Layer
        The layers, first to last, at least one.

    Raises
    ------
    ValueError
        Where there is no layer or input, or a layer does not follow the one before.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Dense, Network
    >>> network = Network(2, [Dense(3, "logistic"), Dense(1)])
    >>> network.shapes, network.n_parameters
    (((2,), (3,), (1,)), 13)
    >>> parameters = network.initialize(seed=0)
    >>> x = jnp.array([[1.0, 2.0]])
    >>> for layer, arrays in zip(network.layers, parameters):
    ...     x = layer.forward(arrays, x).x
    >>> x.shape
    (1, 1)
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
        _ = self.parameters  # the layers' own checks, and those of given numbers

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:  # programs are found by it, at every call
        return hash((self.inputs, self.layers))

    def __getstate__(self) -> dict[str, object]:
        return {"inputs": self.inputs, "layers": self.layers}  # another process hashes text in another way

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of x^0, x^1, ..., x^L, without the batch axis."""
        shapes = [self.inputs]
        for number, layer in enumerate(self.layers, start=1):
            try:
                shapes.append(layer.output_shape(self._entering(layer, shapes[-1])))
            except ValueError as error:
                raise ValueError(f"layer {number} does not follow: {error}") from None
        return tuple(shapes)

    @cached_property
    def entering_shapes(self) -> tuple[Shape, ...]:
        """The shape of what enters each layer: x^{l-1}, with x^0 behind it where the layer sees the inputs."""
        return tuple(map(self._entering, self.layers, self.shapes))

    def _entering(self, layer: Layer, before: Shape) -> Shape:
        if not isinstance(layer, SeesInputs):
            return before
        if len(before) != 1 or len(self.inputs) != 1:
            raise ValueError(f"{layer} joins vectors, but x^{{l-1}} has shape {before} and x^0 {self.inputs}")
        return (before[0] + self.inputs[0],)

    @cached_property
    def parameters(self) -> list[dict[str, ParameterSpec]]:
        """The specification of every parameter, one dict a layer."""
        specs: list[dict[str, ParameterSpec]] = []
        for number, (layer, inputs) in enumerate(zip(self.layers, self.entering_shapes, strict=True), start=1):
            try:
                specs.append(layer.parameters(inputs))
            except ValueError as error:
                raise ValueError(f"layer {number}: {error}") from None
        return specs

    @cached_property
    def parameter_shapes(self) -> list[dict[str, Shape]]:
        """The shape of every parameter, one dict a layer."""
        return [{name: spec.shape for name, spec in specs.items()} for specs in self.parameters]

    @property
    def n_parameters(self) -> int:
        """The number of parameters: for dense layers the sum of n_{l-1} n_l + n_l."""
        return sum(prod(shape) for layer in self.parameter_shapes for shape in layer.values())

    @property
    def n_codes(self) -> int:
        """How many of the last inputs are codes: integers, between which there is nothing."""
        return sum(layer.n_codes for layer in self.layers if isinstance(layer, TakesCodes))

    @property
    def data_dependent(self) -> bool:
        """Whether the parameters that training starts from depend on rows that come in."""
        return any(map(_data_dependent, self.parameters))

    @property
    def members_at_once(self) -> bool:
        """Whether several networks of this shape are faster all at once than one after the other."""
        return all(layer.members_at_once for layer in self.layers if isinstance(layer, OneByOne))

    def initialize(self, seed: int, dtype: DTypeLike = np.float32, sample: np.ndarray | None = None) -> Parameters:
        """Return the parameters that training starts from.

        Parameters
        ----------
        seed : int
            Every layer draws with a generator of its own, seeded by this and by its place.
        dtype : dtype
            The precision of the parameters; they are drawn in float64.
        sample : array (rows, *inputs) or None
            Rows that come in, from which layers such as `PiecewiseLinear` start; needed where `data_dependent`.
        """
        return as_arrays(self.initialize_on_host(seed, dtype, sample))

    def initialize_on_host(self, seed: int, dtype: DTypeLike, sample: np.ndarray | None) -> Arrays:
        """Return what `initialize` does, as arrays of NumPy: right for many members, whose parameters are stacked."""
        x, parameters, specs = sample, Arrays(), self.parameters
        for number, layer in enumerate(self.layers):
            x = x if any(map(_data_dependent, specs[number:])) else None
            if isinstance(layer, SeesInputs) and x is not None and sample is not None:
                x = np.concatenate([x, sample], axis=1)
            random = np.random.default_rng([seed, number])
            parameters.append({name: spec.draw(random, dtype, x) for name, spec in specs[number].items()})
            if x is not None:
                x = _passed_on(layer, parameters[-1], x.astype(dtype))
        return parameters

    def __str__(self) -> str:
        rows: list[str] = []
        each = zip(self.layers, self.shapes[1:], self.parameter_shapes, strict=False)
        for number, (layer, shape, shapes) in enumerate(each, start=1):
            count = sum(map(prod, shapes.values()))
            size = f", {counted(count, 'parameter')}" if count else ""
            rows.append(f"  {number}  {layer}  {' x '.join(map(str, shape))}{size}")
        size = f"{counted(self.n_parameters, 'parameter')} on {counted(self.inputs, 'input')}"
        return "\n".join([f"network of {size}", *rows])


def _passed_on(layer: Layer, parameters: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return what a layer makes of rows, padded to a power of two of them: members share a program."""
    rows = 1 << (len(x) - 1).bit_length()
    padded = np.pad(x, [(0, rows - len(x))] + [(0, 0)] * (x.ndim - 1))
    return np.asarray(_output_of_layer(layer, parameters, padded))[: len(x)]


@compiled(static=1, options=QUICK)
def _output_of_layer(layer: Layer, parameters: LayerParameters, x: RowsIn) -> RowsOut:
    return layer.forward(parameters, x).x


def forward(network: Network, parameters: Parameters, x: RowsIn, noise: Noise | None = None) -> list[Forward]:
    """Return what every layer caches: z^l = (W^l)' x^{l-1} + b^l and x^l = sigma^l(z^l), for l = 1, ..., L.

    With `noise` layers such as dropout act as in training, each on noise of its own.
    """
    caches: list[Forward] = []
    inputs = x
    for number, (layer, arrays) in enumerate(zip(network.layers, parameters, strict=True)):
        x = jnp.concatenate([x, inputs], axis=1) if isinstance(layer, SeesInputs) else x
        of_layer = None if noise is None else Noise(derived(noise.seed, number), noise.strength, noise.first)
        caches.append(layer.forward(arrays, x, of_layer))
        x = caches[-1].x
    return caches


def output(network: Network, parameters: Parameters, x: RowsIn) -> RowsOut:
    """Return x^L, the network's output."""
    return forward(network, parameters, x)[-1].x


def _data_dependent(specs: dict[str, ParameterSpec]) -> bool:
    return any(spec.from_sample is not None for spec in specs.values())
