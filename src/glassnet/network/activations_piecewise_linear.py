"""Activations made of straight pieces: identity, steps and ReLUs."""

from dataclasses import dataclass
from typing import ClassVar

from glassnet._lazy import jnp
from glassnet._types import Entries
from glassnet.network.coordinatewise import Coordinatewise

JUST_ABOVE = 1e-300


@dataclass(frozen=True)
class Identity(Coordinatewise):
    """sigma(z) = z, sigma'(z) = 1.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Identity
    >>> Identity().value(jnp.array([-2.0, 0.0, 3.0]))
    Array([-2.,  0.,  3.], dtype=float32)
    """

    monotone: ClassVar[bool] = True

    def value(self, z: Entries) -> Entries:
        return z

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return jnp.ones_like(z)

    def curvature(self, low: Entries, high: Entries) -> None:
        return None


@dataclass(frozen=True)
class Heaviside(Coordinatewise):
    """sigma(z) = 1 if z > 0 else 0 (strict); sigma'(z) = 0 wherever it exists.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Heaviside
    >>> Heaviside().value(jnp.array([-2.0, 0.0, 3.0]))
    Array([0., 0., 1.], dtype=float32)
    """

    kinks: ClassVar[tuple[float, ...]] = (0.0, JUST_ABOVE)
    monotone: ClassVar[bool] = True

    def value(self, z: Entries) -> Entries:
        return (z > 0).astype(z.dtype)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return jnp.zeros_like(z)

    def curvature(self, low: Entries, high: Entries) -> None:
        return None


@dataclass(frozen=True)
class ReLU(Coordinatewise):
    """sigma(z) = max(0, z), sigma'(z) = 1 if z > 0 else 0.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import ReLU
    >>> z = jnp.array([-2.0, 0.0, 3.0])
    >>> ReLU().value(z)
    Array([0., 0., 3.], dtype=float32)
    >>> ReLU().derivative(z, ReLU().value(z))
    Array([0., 0., 1.], dtype=float32)
    """

    kinks: ClassVar[tuple[float, ...]] = (0.0,)
    monotone: ClassVar[bool] = True

    def value(self, z: Entries) -> Entries:
        return jnp.maximum(z, 0)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return (z > 0).astype(z.dtype)

    def curvature(self, low: Entries, high: Entries) -> None:
        return None


@dataclass(frozen=True)
class LeakyReLU(Coordinatewise):
    """sigma(z) = max(slope z, z), sigma'(z) = 1 if z > 0 else slope, for 0 <= slope < 1.

    Parameters
    ----------
    slope : float, default=0.01
        The slope below 0, at least 0 and below 1.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import LeakyReLU
    >>> z, activation = jnp.array([-2.0, 0.0, 3.0]), LeakyReLU(0.25)
    >>> activation.value(z)
    Array([-0.5,  0. ,  3. ], dtype=float32)
    >>> activation.derivative(z, activation.value(z))
    Array([0.25, 0.25, 1.  ], dtype=float32)
    """

    slope: float = 0.01

    dynamic_fields: ClassVar[tuple[str, ...]] = ("slope",)
    kinks: ClassVar[tuple[float, ...]] = (0.0,)
    monotone: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not 0 <= self.slope < 1:
            raise ValueError(f"LeakyReLU(slope={self.slope}) needs a slope of at least 0 and below 1")

    def value(self, z: Entries) -> Entries:
        return jnp.maximum(self.slope * z, z)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return jnp.where(z > 0, jnp.ones_like(z), self.slope)

    def curvature(self, low: Entries, high: Entries) -> None:
        return None


@dataclass(frozen=True)
class HardTanh(Coordinatewise):
    """sigma(z) = min(max(z, -1), 1), sigma'(z) = 1 if -1 < z < 1 else 0 (Collobert 2004).

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import HardTanh
    >>> z = jnp.array([-2.0, 0.5, 3.0])
    >>> HardTanh().value(z)
    Array([-1. ,  0.5,  1. ], dtype=float32)
    >>> HardTanh().derivative(z, HardTanh().value(z))
    Array([0., 1., 0.], dtype=float32)
    """

    kinks: ClassVar[tuple[float, ...]] = (-1.0, 1.0)
    monotone: ClassVar[bool] = True

    def value(self, z: Entries) -> Entries:
        return jnp.clip(z, -1, 1)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return (jnp.abs(z) < 1).astype(z.dtype)

    def curvature(self, low: Entries, high: Entries) -> None:
        return None
