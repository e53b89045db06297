"""The specification of a parameter of a layer: its shape, how it is drawn, and how a solver treats it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike

from glassnet._lazy import Array, jax
from glassnet._types import Parameter
from glassnet.network.initializers import Constant, Initializer

Shape = tuple[int, ...]  # of one sample, without the batch axis, or of a parameter
LayerParameters = dict[str, Parameter]
Parameters = list[LayerParameters]  # one dict a layer
Arrays = list[dict[str, np.ndarray]]  # the same of NumPy

HostParameters = Sequence[Mapping[str, Array | np.ndarray]]  # of JAX or NumPy

FromSample = Callable[[np.ndarray, np.ndarray], np.ndarray]  # from the drawn numbers and rows that enter the layer


@dataclass(frozen=True)
class ParameterSpec:
    """The specification of one parameter of a layer.

    Parameters
    ----------
    shape : tuple of int
        The shape of the array.
    initializer : Initializer
        The rule that draws its first numbers; numbers given as they are must have the shape.
    fan_in : int
        The number of connections into one unit, by which some initializers scale.
    fan_out : int
        The number of connections out of one unit.
    learning_rate_multiplier : float
        How far it moves beside the step size, where a solver uses multipliers.
    decay : bool
        Whether decoupled weight decay acts on it: not on what is added, such as biases, nor on phases and edges.
    l2 : bool
        Whether the L2 penalty `alpha` acts on it.
    trained : bool
        Whether solvers move it; the others keep the numbers that they start from.
    from_sample : callable or None
        Data-dependent initialization: a function of the drawn numbers and of rows (rows, *in) that enter the layer, to
        the first numbers. None where these do not depend on data.

    Examples
    --------
    >>> from glassnet import Dense
    >>> specs = Dense(3).parameters((4,))
    >>> specs["W"].shape, specs["W"].initializer, specs["W"].fan_in
    ((4, 3), Glorot(gain=6.0), 4)
    >>> specs["b"].shape, specs["b"].initializer, specs["b"].decay
    ((3,), Zero(), False)
    """

    shape: Shape
    initializer: Initializer
    fan_in: int = 1
    fan_out: int = 1
    learning_rate_multiplier: float = 1.0
    decay: bool = True
    l2: bool = False
    trained: bool = True
    from_sample: FromSample | None = None

    def __post_init__(self) -> None:
        if isinstance(self.initializer, Constant):
            self.initializer.check(self.shape)

    def draw(self, random: Generator, dtype: DTypeLike, sample: np.ndarray | None) -> np.ndarray:
        """Return the first numbers, drawn in float64; `sample` are rows that enter the layer, if known."""
        drawn = self.initializer.draw(random, self.shape, self.fan_in, self.fan_out)
        if self.from_sample is not None and sample is not None:
            drawn = self.from_sample(drawn, sample)
        return drawn.astype(dtype)


def as_arrays(parameters: HostParameters, dtype: DTypeLike | None = None) -> Parameters:
    """Return parameters of JAX or NumPy as arrays of JAX."""
    kind = None if dtype is None else np.dtype(dtype)
    return [
        {name: jax.device_put(array if kind is None else array.astype(kind)) for name, array in layer.items()}
        for layer in parameters
    ]
