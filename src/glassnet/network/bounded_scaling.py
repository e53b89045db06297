"""A fixed scale and fixed ends: what a network adds to a line, in the size of what the line leaves."""

from dataclasses import dataclass

import numpy as np

from glassnet._lazy import jnp
from glassnet._types import Inputs, Outputs
from glassnet.network.bounding_rules import Curves, Rule
from glassnet.network.hash_rng import Noise
from glassnet.network.initializers import Constant, One
from glassnet.network.layer import Backward, Forward, LayerParameters, ParameterSpec, Shape
from glassnet.network.rounding import UNIT

NO_END = 1e15  # an end that no scaled output reaches; its square is still a float32


@dataclass(frozen=True)
class BoundedScaling:
    """x^l = clip(s (*) x^{l-1}, low, high) in predictions, s (*) x^{l-1} in training; all three are (inputs,).

    They start as 1 and as ends that no number reaches, and no solver moves them. z^l = s (*) x^{l-1}. Where nothing is
    clipped delta^l = g, ds = the sum over samples of g (*) x^{l-1}, dE/dx^{l-1} = s (*) g; elsewhere these are 0, and
    the sum of g belongs to the end that x^l is at.
    """

    def output_shape(self, inputs: Shape) -> Shape:
        return inputs

    def parameters(self, inputs: Shape) -> dict[str, ParameterSpec]:
        rules = {"s": One(), "low": Constant(np.full(inputs, -NO_END)), "high": Constant(np.full(inputs, NO_END))}
        return {name: ParameterSpec(inputs, rule, decay=False, trained=False) for name, rule in rules.items()}

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        z = parameters["s"] * x
        return Forward(x, z, z if noise is not None else jnp.clip(z, parameters["low"], parameters["high"]))

    def backward(self, parameters: LayerParameters, cache: Forward, g: Outputs) -> Backward:
        below, above = cache.x > cache.z, cache.x < cache.z
        delta = jnp.where(below | above, 0, g)
        gradient = {
            "s": jnp.sum(delta * cache.inputs, axis=0),
            "low": jnp.sum(jnp.where(below, g, 0), axis=0),
            "high": jnp.sum(jnp.where(above, g, 0), axis=0),
        }
        return Backward(delta, gradient, parameters["s"] * delta)

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        """Return the curves, linear between the places where the clip begins and ends."""
        s, low, high = (parameters[name] for name in ("s", "low", "high"))
        ends = jnp.stack([low, high]) / jnp.where(s != 0, s, 1)
        return [
            Curves(
                lambda x: self.forward(parameters, x).x,
                None,
                (jnp.min(ends, axis=0), jnp.max(ends, axis=0)),
                None,
                lambda z, _x: 2 * UNIT * jnp.abs(s) * z,
            )
        ]
