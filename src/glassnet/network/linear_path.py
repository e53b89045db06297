"""A linear path from the inputs to the output, beside the hidden layers: they need not learn what is linear."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from glassnet._lazy import jnp
from glassnet._types import Inputs, Outputs
from glassnet.network.bounding_rules import Curves, Linear, Rule
from glassnet.network.dense import Dense
from glassnet.network.embedding import level_indicators
from glassnet.network.hash_rng import Noise
from glassnet.network.initializers import Zero
from glassnet.network.layer import Backward, Forward, LayerParameters, ParameterSpec, Shape


@dataclass(frozen=True)
class LinearPath:
    """x^l = x^{l-1} + z^l with z^l = V'v + sum_k E_k[c_k] + a, linear in the network's inputs x^0 = (v, c).

    v are numbers, scaled but not clipped, and c the codes of levels, the last inputs: row c of E_k (levels, outputs) is
    the effect of a level, and a number that is no level (-1: unknown) has none. V is (numbers, outputs), a (outputs,).
    All start at 0 and no solver moves them: a fit starts them at the ridge solution (`ensemble/ridge.py`). delta^l = g,
    dV = v'g, dE_k[c] = the sum of g over the samples of level c, da = the sum of g; dE/dx^{l-1} = g and dE/dv = V g.

    Parameters
    ----------
    outputs : int
        The number of outputs, as many as the layer before has.
    levels : tuple of int, default=()
        The number of levels of every coded column.
    """

    outputs: int
    levels: tuple[int, ...] = ()

    sees_inputs: ClassVar[bool] = True
    in_float64: ClassVar[bool] = True

    def output_shape(self, inputs: Shape) -> Shape:
        """Return (outputs,); x^{l-1} must have as many entries, and x^0 the coded columns."""
        if inputs[0] < self.outputs + len(self.levels):
            raise ValueError(
                f"{self} adds {self.outputs} number(s) of the layer before to a line in the network's inputs, "
                f"{len(self.levels)} of them codes, but {inputs[0]} numbers come in together"
            )
        return (self.outputs,)

    def parameters(self, inputs: Shape) -> dict[str, ParameterSpec]:
        """Return the specifications of V, a and, for every coded column, the effects of its levels."""
        numbers = inputs[0] - self.outputs - len(self.levels)
        shapes = {"V": (numbers, self.outputs), "a": (self.outputs,)}
        shapes |= {f"E{place}": (levels, self.outputs) for place, levels in enumerate(self.levels)}
        return {name: ParameterSpec(shape, Zero(), decay=False, trained=False) for name, shape in shapes.items()}

    def forward(self, parameters: LayerParameters, x: Inputs, noise: Noise | None = None) -> Forward:
        first = x.shape[1] - len(self.levels)
        z = x[:, self.outputs : first] @ parameters["V"] + parameters["a"]
        for place, which in enumerate(level_indicators(x[:, first:], self.levels)):
            z = z + which @ parameters[f"E{place}"]
        return Forward(x, z, x[:, : self.outputs] + z)

    def backward(self, parameters: LayerParameters, cache: Forward, g: Outputs) -> Backward:
        x = cache.inputs
        first = x.shape[1] - len(self.levels)
        gradient = {"V": x[:, self.outputs : first].T @ g, "a": jnp.sum(g, axis=0)}
        for place, which in enumerate(level_indicators(x[:, first:], self.levels)):
            gradient[f"E{place}"] = which.T @ g
        of_numbers = jnp.concatenate([g, g @ parameters["V"].T], axis=1)
        return Backward(g, gradient, jnp.pad(of_numbers, ((0, 0), (0, len(self.levels)))))

    def bounds(self, parameters: LayerParameters, inputs: Shape) -> list[Rule]:
        """Return the rules of codes, which are fixed, as the effects of their levels, and of a sum of products."""
        numbers = inputs[0] - len(self.levels)

        def effects(x: Inputs) -> Outputs:
            codes = jnp.round(x[:, numbers:])  # integers, which carried ends miss by their rounding errors
            hot = level_indicators(codes, self.levels)
            each = [which @ parameters[f"E{place}"] for place, which in enumerate(hot)]
            return jnp.concatenate([x[:, :numbers], *each], axis=1)

        unit = jnp.eye(self.outputs, dtype=parameters["V"].dtype)
        W = jnp.concatenate([unit, parameters["V"], *[unit] * len(self.levels)])
        sources = np.concatenate([np.arange(numbers), np.full(len(self.levels) * self.outputs, -1)])
        return [
            Curves(effects, sources, (), None, lambda _z, x: jnp.zeros_like(x), 1.0),
            Linear(Dense(self.outputs), {"W": W, "b": parameters["a"]}, len(W) + 1),
        ]
