"""From the outputs of a network to predictions in the units of the target: three rules, as for an activation."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from glassnet._lazy import Array, jnp
from glassnet._types import RowsOut
from glassnet.network.bounding_rules import Curves, Rule
from glassnet.network.rounding import of_sum

PerOutput = Float[Array, "*members outputs"] | np.ndarray


class Units(NamedTuple):
    """y = clip(center + scale x, low, high), each (outputs,); for several members with an axis of members in front."""

    center: PerOutput
    scale: PerOutput
    low: PerOutput
    high: PerOutput

    def value(self, x: RowsOut) -> RowsOut:
        """Return y."""
        return jnp.clip(self.center + self.scale * x, self.low, self.high)

    def backward(self, x: RowsOut, g: RowsOut | PerOutput) -> RowsOut:
        """Return dE/dx from g = dE/dy: scale g where nothing is clipped."""
        y = self.center + self.scale * x
        return jnp.asarray(g * self.scale * ((y > self.low) & (y < self.high)))

    def bounds(self) -> list[Rule]:
        """Return the curves of y, linear between the places where the clip begins and ends."""
        ends = (jnp.stack([self.low, self.high]) - self.center) / jnp.where(self.scale != 0, self.scale, 1)
        return [
            Curves(
                self.value,
                None,
                (jnp.min(ends, axis=0), jnp.max(ends, axis=0)),
                None,
                lambda z, _y: of_sum(2, jnp.abs(self.center) + jnp.abs(self.scale) * z),
            )
        ]
