"""A learned scale of every input: what does not help can be turned down before the first matrix."""

from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from numpy.random import Generator

from glassnet._types import Inputs, Outputs
from glassnet.network.hash_rng import Noise
from glassnet.network.layer import Backward, Forward, LayerParameters, Shape

PACE = 60.0  # a scale has to travel from 1 to near 0 or to several times 1 while a weight moves by its own size


@dataclass(frozen=True)
class InputScaling:
    """x^l = s (*) x^{l-1}, s (inputs,) from 1 on (RealMLP, Holzmueller et al. 2024).

    delta^l = g, dE/ds = the sum over samples of g (*) x^{l-1}, dE/dx^{l-1} = s (*) g.
    """

    looks: ClassVar[bool] = False

    def output_shape(self, inputs: Shape) -> Shape:
        return inputs

    def parameter_shapes(self, inputs: Shape) -> dict[str, Shape]:
        return {"s": inputs}

    def paces(self, inputs: Shape) -> dict[str, float]:
        return {"s": PACE}

    def initial(self, random: Generator, inputs: Shape, dtype: Any, sample: np.ndarray | None) -> LayerParameters:
        return {"s": jnp.ones(inputs, dtype)}

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        z = parameters["s"] * x
        return Forward(x, z, z)

    def backward(self, parameters: LayerParameters, kept: Forward, g: Outputs) -> Backward:
        return Backward(g, {"s": jnp.sum(g * kept.inputs, axis=0)}, parameters["s"] * g)
