"""Where training starts: how a layer's parameters are drawn.

`fan_in` and `fan_out` are the numbers of connections into and out of one unit. Numbers are drawn by NumPy, in float64:
it is done once, and compiling a generator would take longer than the fit of a small table.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]
Nested = float | Vector | Matrix | tuple[Matrix, ...] | tuple[tuple[Matrix, ...], ...]  # up to four axes, as parameters


@runtime_checkable
class Initializer(Protocol):
    """A rule that draws an array of a shape.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import Dense, Initializer, Network
    >>> class Eye:
    ...     def draw(self, random, shape, fan_in, fan_out):
    ...         return np.eye(*shape)
    >>> isinstance(Eye(), Initializer)
    True
    >>> Network(2, [Dense(2, weights=Eye())]).initialize(0)[0]["W"]
    Array([[1., 0.],
           [0., 1.]], dtype=float32)
    """

    def draw(self, random: Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
        """Return an array of that shape.

        Parameters
        ----------
        random : numpy.random.Generator
            The source of random numbers.
        shape : tuple of int
            The shape of the array.
        fan_in, fan_out : int
            The numbers of connections into and out of one unit.

        Returns
        -------
        ndarray
            Float64, of that shape.
        """
        ...


@dataclass(frozen=True)
class Glorot:
    """U(-r, r), r = sqrt(gain / (fan_in + fan_out)), gain 6 (Glorot and Bengio 2010; 2 for the logistic function).

    Parameters
    ----------
    gain : float, default=6.0
        The numerator of r^2.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import Glorot
    >>> W = Glorot().draw(np.random.default_rng(0), (100, 50), fan_in=100, fan_out=50)
    >>> W.shape, bool(abs(W).max() <= (6 / 150) ** 0.5)  # r = sqrt(6 / (100 + 50))
    ((100, 50), True)
    """

    dynamic_fields: ClassVar[tuple[str, ...]] = ("gain",)

    gain: float = 6.0

    def draw(self, random: Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
        r = (self.gain / (fan_in + fan_out)) ** 0.5
        return random.uniform(-r, r, shape)


@dataclass(frozen=True)
class He:
    """N(0, 2 / fan_in), which keeps the variance through ReLUs (He et al. 2015).

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import He
    >>> W = He().draw(np.random.default_rng(0), (200, 100), fan_in=200, fan_out=100)
    >>> W.shape, round(float(W.std()), 2)  # sqrt(2 / 200) = 0.1
    ((200, 100), 0.1)
    """

    def draw(self, random: Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
        return (2 / fan_in) ** 0.5 * random.standard_normal(shape)


@dataclass(frozen=True)
class LeCun:
    """N(0, 1 / fan_in), which keeps the variance through linear maps (LeCun et al. 1998).

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import LeCun
    >>> W = LeCun().draw(np.random.default_rng(0), (100, 100), fan_in=100, fan_out=100)
    >>> W.shape, round(float(W.std()), 2)  # sqrt(1 / 100) = 0.1
    ((100, 100), 0.1)
    """

    def draw(self, random: Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
        return (1 / fan_in) ** 0.5 * random.standard_normal(shape)


@dataclass(frozen=True)
class Normal:
    """N(0, standard_deviation^2), whatever the size of the layer.

    Parameters
    ----------
    standard_deviation : float, default=1.0
        The standard deviation of every number.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import Dense, Network, Normal
    >>> network = Network(100, [Dense(100, weights=Normal(0.5))])
    >>> W = network.initialize(0)[0]["W"]
    >>> W.shape, round(float(W.std()), 1)
    ((100, 100), 0.5)
    """

    dynamic_fields: ClassVar[tuple[str, ...]] = ("standard_deviation",)

    standard_deviation: float = 1.0

    def draw(self, random: Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
        return self.standard_deviation * random.standard_normal(shape)


@dataclass(frozen=True)
class UnitLength:
    """N(0, 1 / size): a vector of `size` such numbers has a squared length of 1 on average.

    Parameters
    ----------
    size : int
        The length of the vectors.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import UnitLength
    >>> E = UnitLength(8).draw(np.random.default_rng(0), (10_000, 8), 1, 1)
    >>> round(float((E**2).sum(axis=1).mean()), 1)  # the mean squared length of 10,000 vectors
    1.0
    """

    size: int

    def draw(self, random: Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
        return random.standard_normal(shape) / self.size**0.5


@dataclass(frozen=True)
class Uniform:
    """U(-bound, bound), whatever the size of the layer.

    Parameters
    ----------
    bound : float
        The largest number.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import Uniform
    >>> b = Uniform(0.5).draw(np.random.default_rng(0), (1000,), 1, 1)
    >>> b.shape, bool(abs(b).max() <= 0.5)
    ((1000,), True)
    """

    dynamic_fields: ClassVar[tuple[str, ...]] = ("bound",)

    bound: float = 1.0

    def draw(self, random: Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
        return random.uniform(-self.bound, self.bound, shape)


@dataclass(frozen=True)
class One:
    """All one: right for scales.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import One
    >>> One().draw(np.random.default_rng(0), (3,), 1, 1)
    array([1., 1., 1.])
    """

    def draw(self, random: Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
        return np.ones(shape)


@dataclass(frozen=True)
class Zero:
    """All zero: right for biases; as weights it makes every unit of a layer learn the same.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import Zero
    >>> Zero().draw(np.random.default_rng(0), (3,), 1, 1)
    array([0., 0., 0.])
    """

    def draw(self, random: Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
        return np.zeros(shape)


@dataclass(frozen=True, init=False)
class Constant:
    """These numbers, kept as nested tuples so that a network can be compared.

    Parameters
    ----------
    numbers : array_like
        A nested sequence or an array, of the shape of the parameter.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import Constant
    >>> rule = Constant([[1.0, 2.0], [3.0, 4.0]])
    >>> rule.draw(np.random.default_rng(0), (2, 2), 2, 2)
    array([[1., 2.],
           [3., 4.]])
    >>> rule == Constant(np.array([[1.0, 2.0], [3.0, 4.0]]))
    True
    """

    numbers: Nested

    def __init__(self, numbers: ArrayLike | Nested) -> None:
        object.__setattr__(self, "numbers", _as_tuples(np.asarray(numbers, dtype=np.float64).tolist()))

    def draw(self, random: Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
        self.check(shape)
        return np.asarray(self.numbers)

    def check(self, shape: tuple[int, ...]) -> None:
        """Raise `ValueError` unless the numbers have that shape."""
        shape_given = np.shape(self.numbers)
        if shape_given != shape:
            raise ValueError(f"initial numbers of shape {shape_given} were given where shape {shape} is needed")


def _as_tuples(numbers: Any) -> Any:
    return tuple(map(_as_tuples, numbers)) if isinstance(numbers, list) else numbers


INITIALIZERS: dict[str, Initializer] = {
    "glorot": Glorot(),
    "he": He(),
    "lecun": LeCun(),
    "normal": Normal(),
    "zero": Zero(),
}


def as_initializer(initializer: Initializer | ArrayLike | str) -> Initializer:
    """Return the rule of that name, the rule given, or the numbers given as a rule."""
    if isinstance(initializer, str):
        if initializer not in INITIALIZERS:
            raise ValueError(
                f"the initializer {initializer!r} is not known; choose one of {', '.join(INITIALIZERS)}, or give "
                "the numbers"
            )
        return INITIALIZERS[initializer]
    return initializer if isinstance(initializer, Initializer) else Constant(initializer)
