"""Where training starts: how a layer's weights and biases are drawn.

`fan_in` and `fan_out` are the numbers of connections into and out of one unit.
"""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import jax
import jax.numpy as jnp
import numpy as np

from glassnet._types import Entries, Key


@runtime_checkable
class Initial(Protocol):
    """A rule that draws an array of a shape."""

    def draw(self, key: Key, shape: tuple[int, ...], fan_in: int, fan_out: int, dtype: Any) -> Entries:
        """Return an array of that shape."""
        ...


@dataclass(frozen=True)
class Glorot:
    """U(-r, r), r = sqrt(gain / (fan_in + fan_out)), gain 6 (Glorot and Bengio 2010; 2 for the logistic function)."""

    gain: float = 6.0

    def draw(self, key: Key, shape: tuple[int, ...], fan_in: int, fan_out: int, dtype: Any) -> Entries:
        r = (self.gain / (fan_in + fan_out)) ** 0.5
        return jax.random.uniform(key, shape, dtype, -r, r)


@dataclass(frozen=True)
class He:
    """N(0, 2 / fan_in), which keeps the variance through rectifiers (He et al. 2015)."""

    def draw(self, key: Key, shape: tuple[int, ...], fan_in: int, fan_out: int, dtype: Any) -> Entries:
        return (2 / fan_in) ** 0.5 * jax.random.normal(key, shape, dtype)


@dataclass(frozen=True)
class LeCun:
    """N(0, 1 / fan_in), which keeps the variance through linear maps (LeCun et al. 1998)."""

    def draw(self, key: Key, shape: tuple[int, ...], fan_in: int, fan_out: int, dtype: Any) -> Entries:
        return (1 / fan_in) ** 0.5 * jax.random.normal(key, shape, dtype)


@dataclass(frozen=True)
class Normal:
    """N(0, deviation^2), whatever the size of the layer."""

    deviation: float = 1.0

    def draw(self, key: Key, shape: tuple[int, ...], fan_in: int, fan_out: int, dtype: Any) -> Entries:
        return self.deviation * jax.random.normal(key, shape, dtype)


@dataclass(frozen=True)
class Zero:
    """All zero: right for biases; as weights it makes every unit of a layer learn the same."""

    def draw(self, key: Key, shape: tuple[int, ...], fan_in: int, fan_out: int, dtype: Any) -> Entries:
        return jnp.zeros(shape, dtype)


@dataclass(frozen=True)
class Given:
    """These numbers: a nested sequence or an array, kept as nested tuples so that a network can be compared."""

    numbers: Any

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", _as_tuples(np.asarray(self.numbers, dtype=np.float64).tolist()))

    def draw(self, key: Key, shape: tuple[int, ...], fan_in: int, fan_out: int, dtype: Any) -> Entries:
        self.check(shape)
        return jnp.asarray(np.asarray(self.numbers), dtype)

    def check(self, shape: tuple[int, ...]) -> None:
        """Raise `ValueError` unless the numbers have that shape."""
        given = np.shape(self.numbers)
        if given != shape:
            raise ValueError(f"initial numbers of shape {given} were given where shape {shape} is needed")


def _as_tuples(nested: Any) -> Any:
    return tuple(_as_tuples(part) for part in nested) if isinstance(nested, list) else nested


INITIALS: dict[str, Initial] = {
    "glorot": Glorot(),
    "he": He(),
    "lecun": LeCun(),
    "normal": Normal(),
    "zero": Zero(),
}


def as_initial(given: Any) -> Initial:
    """Return the rule of that name, the rule given, or the numbers given as a rule."""
    if isinstance(given, str):
        if given not in INITIALS:
            raise ValueError(
                f"initial={given!r} is not known; choose one of {', '.join(INITIALS)}, or give the numbers"
            )
        return INITIALS[given]
    return given if isinstance(given, Initial) else Given(given)
