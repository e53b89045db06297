"""The dense layer: every output is connected to every input."""

from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from numpy.random import Generator

from glassnet._types import Inputs, Outputs
from glassnet.network.activation import Activation, as_activation
from glassnet.network.hash_rng import Noise
from glassnet.network.initializers import Given, Initial, as_initial
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape

WIDTH_OF_PACE = 100  # inputs at which W moves at the pace of everything else


@dataclass(frozen=True, init=False)
class Dense:
    """x^l = sigma(z^l), z^l = x^{l-1} W + b: W of shape (inputs, outputs), rows are samples.

    `activation`, `weights` and `bias` are names ("tanh"; "glorot", "zero"), rules (`ELU(0.5)`; `Normal(0.1)`) or, for
    weights and bias, the numbers themselves. The number of inputs is that of the layer before.
    """

    outputs: int
    activation: Activation
    weights: Initial
    bias: Initial

    looks: ClassVar[bool] = False

    def __init__(
        self, outputs: int, activation: Activation | str = "identity", weights: Any = "glorot", bias: Any = "zero"
    ) -> None:
        if outputs != int(outputs) or outputs < 1:
            raise ValueError(f"Dense(outputs={outputs}) needs a whole number of outputs, at least one")
        object.__setattr__(self, "outputs", int(outputs))
        object.__setattr__(self, "activation", as_activation(activation))
        object.__setattr__(self, "weights", as_initial(weights))
        object.__setattr__(self, "bias", as_initial(bias))

    def output_shape(self, inputs: Shape) -> Shape:
        """Return (outputs,); the inputs must be a vector."""
        if len(inputs) != 1:
            raise ValueError(
                f"Dense({self.outputs}) takes a vector, but what comes in has shape {inputs}; put Flatten() before it"
            )
        return (self.outputs,)

    def parameter_shapes(self, inputs: Shape) -> dict[str, Shape]:
        """Return the shapes of W (inputs, outputs) and b (outputs,); given numbers must have them."""
        shapes: dict[str, Shape] = {"W": (inputs[0], self.outputs), "b": (self.outputs,)}
        for rule, shape in zip((self.weights, self.bias), shapes.values(), strict=True):
            if isinstance(rule, Given):
                rule.check(shape)
        return shapes

    def paces(self, inputs: Shape) -> dict[str, float]:
        """Return a pace of W that falls with the root of its inputs: z moves alike whatever the width (Jacot 2018)."""
        return {"W": (WIDTH_OF_PACE / inputs[0]) ** 0.5, "b": 1.0}

    def initial(self, random: Generator, inputs: Shape, dtype: Any, sample: np.ndarray | None) -> LayerParameters:
        """Return W and b as their rules draw them."""
        fans = inputs[0], self.outputs
        rules = {"W": self.weights, "b": self.bias}
        shapes = self.parameter_shapes(inputs)
        return {name: jnp.asarray(rule.draw(random, shapes[name], *fans).astype(dtype)) for name, rule in rules.items()}

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        """Return z^l = x^{l-1} W + b and x^l = sigma(z^l)."""
        z = x @ parameters["W"] + parameters["b"]
        return Forward(x, z, self.activation.value(z))

    def backward(self, parameters: LayerParameters, kept: Forward, g: Outputs) -> Backward:
        """Return delta^l and what follows from it, for rows that are samples.

        delta^l = g (*) sigma'(z^l), dE/dW = (x^{l-1})' delta^l, dE/db = the sum of its rows, dE/dx^{l-1} = delta^l W'.
        """
        delta = self.activation.backward(kept.z, kept.x, g)
        gradient = {"W": kept.inputs.T @ delta, "b": jnp.sum(delta, axis=0)}
        return Backward(delta, gradient, delta @ parameters["W"].T)
