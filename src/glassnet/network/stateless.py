"""What layers without parameters share."""

from typing import Any, ClassVar

import numpy as np
from numpy.random import Generator

from glassnet.network.layer import LayerParameters, Shape


class Stateless:
    """A layer without parameters: nothing to draw, nothing to move."""

    looks: ClassVar[bool] = False

    def parameter_shapes(self, inputs: Shape) -> dict[str, Shape]:
        return {}

    def paces(self, inputs: Shape) -> dict[str, float]:
        return {}

    def initial(self, random: Generator, inputs: Shape, dtype: Any, sample: np.ndarray | None) -> LayerParameters:
        return {}
