"""An activation whose strength every neuron learns."""

from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from numpy.random import Generator

from glassnet._types import Inputs, Outputs
from glassnet.network.activation import Activation, as_activation
from glassnet.network.hash_rng import Noise
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape


@dataclass(frozen=True, init=False)
class ParametricActivation:
    """x^l = x + a (*) (sigma(x) - x) with x = x^{l-1}: a (inputs,) from 1 on, 0 is a linear neuron (RealMLP).

    da = the sum over samples of g (*) (sigma(x) - x), delta^l = dE/dx = (1 - a) (*) g + J(x)' (a (*) g), J the
    activation's Jacobian; z^l is sigma(x).
    """

    activation: Activation

    looks: ClassVar[bool] = False

    def __init__(self, activation: Activation | str = "mish") -> None:
        object.__setattr__(self, "activation", as_activation(activation))

    def output_shape(self, inputs: Shape) -> Shape:
        return inputs

    def parameter_shapes(self, inputs: Shape) -> dict[str, Shape]:
        return {"a": inputs}

    def paces(self, inputs: Shape) -> dict[str, float]:
        return {"a": 1.0}

    def initial(self, random: Generator, inputs: Shape, dtype: Any, sample: np.ndarray | None) -> LayerParameters:
        return {"a": jnp.ones(inputs, dtype)}

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        curved = self.activation.value(x)
        return Forward(x, curved, x + parameters["a"] * (curved - x))

    def backward(self, parameters: LayerParameters, kept: Forward, g: Outputs) -> Backward:
        a, x, curved = parameters["a"], kept.inputs, kept.z
        delta = (1 - a) * g + self.activation.backward(x, curved, a * g)
        return Backward(delta, {"a": jnp.sum(g * (curved - x), axis=0)}, delta)
