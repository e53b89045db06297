"""A learned scale of every input: what does not help can be turned down before the first matrix."""

from dataclasses import dataclass
from typing import ClassVar

from glassnet._lazy import jnp
from glassnet._types import Inputs, Outputs
from glassnet.network.bounding_rules import Curves, Rule
from glassnet.network.hash_rng import Noise
from glassnet.network.initializers import One
from glassnet.network.layer import Backward, Forward, LayerParameters, ParameterSpec, Shape
from glassnet.network.rounding import UNIT

LEARNING_RATE_MULTIPLIER = (
    60.0  # a scale has to travel from 1 to near 0 or to several times 1 while a weight moves by its own size
)


@dataclass(frozen=True)
class InputScaling:
    """x^l = s (*) x^{l-1}, s (inputs,) from 1 on (RealMLP, Holzmueller et al. 2024).

    delta^l = g, dE/ds = the sum over samples of g (*) x^{l-1}, dE/dx^{l-1} = s (*) g.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import InputScaling
    >>> parameters = {"s": jnp.array([2.0, 0.0])}  # the second input is turned down
    >>> InputScaling().forward(parameters, jnp.array([[3.0, 4.0]])).x
    Array([[6., 0.]], dtype=float32)
    """

    in_float64: ClassVar[bool] = True

    def output_shape(self, inputs: Shape) -> Shape:
        return inputs

    def parameters(self, inputs: Shape) -> dict[str, ParameterSpec]:
        return {"s": ParameterSpec(inputs, One(), learning_rate_multiplier=LEARNING_RATE_MULTIPLIER)}

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        z = parameters["s"] * x
        return Forward(x, z, z)

    def backward(self, parameters: LayerParameters, cache: Forward, g: Outputs) -> Backward:
        return Backward(g, {"s": jnp.sum(g * cache.inputs, axis=0)}, parameters["s"] * g)

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        steepness = jnp.abs(parameters["s"])
        return [Curves(lambda x: self.forward(parameters, x).x, None, (), None, lambda _z, x: 2 * UNIT * x, steepness)]
