"""Activations: sigma and its derivative side by side.

A forward pass keeps z and x = sigma(z), so a derivative may use whichever of the two is cheaper. All rules are finite
for |z| up to 1e4 and beyond, in float32 and float64.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Protocol, final, runtime_checkable

import jax.numpy as jnp
from jax.scipy.special import erfc

from glassnet._types import Entries

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
LARGEST_EXPONENT = 80.0


@runtime_checkable
class Activation(Protocol):
    """A map sigma from pre-activations z to outputs x, with its transposed Jacobian."""

    def value(self, z: Entries) -> Entries:
        """Return x = sigma(z)."""
        ...

    def backward(self, z: Entries, x: Entries, g: Entries) -> Entries:
        """Return J(z)' g: dE/dz from g = dE/dx."""
        ...


@dataclass(frozen=True)
class Coordinatewise(ABC):
    """An activation of each entry alone: its Jacobian is the diagonal of sigma'(z)."""

    @abstractmethod
    def value(self, z: Entries) -> Entries:
        """Return x = sigma(z)."""

    @abstractmethod
    def derivative(self, z: Entries, x: Entries) -> Entries:
        """Return sigma'(z), where x = sigma(z)."""

    @final
    def backward(self, z: Entries, x: Entries, g: Entries) -> Entries:
        """Return J(z)' g = g (*) sigma'(z), the Hadamard product."""
        return g * self.derivative(z, x)


@dataclass(frozen=True)
class Identity(Coordinatewise):
    """sigma(z) = z, sigma'(z) = 1."""

    def value(self, z: Entries) -> Entries:
        return z

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return jnp.ones_like(z)


@dataclass(frozen=True)
class Heaviside(Coordinatewise):
    """sigma(z) = 1 if z > 0 else 0 (strict); sigma'(z) = 0 wherever it exists."""

    def value(self, z: Entries) -> Entries:
        return (z > 0).astype(z.dtype)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return jnp.zeros_like(z)


@dataclass(frozen=True)
class ReLU(Coordinatewise):
    """sigma(z) = max(0, z), sigma'(z) = 1 if z > 0 else 0."""

    def value(self, z: Entries) -> Entries:
        return jnp.maximum(z, 0)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return (z > 0).astype(z.dtype)


@dataclass(frozen=True)
class LeakyReLU(Coordinatewise):
    """sigma(z) = max(slope z, z), sigma'(z) = 1 if z > 0 else slope, for 0 <= slope < 1."""

    slope: float = 0.01

    def __post_init__(self) -> None:
        if not 0 <= self.slope < 1:
            raise ValueError(f"LeakyReLU(slope={self.slope}) needs a slope of at least 0 and below 1")

    def value(self, z: Entries) -> Entries:
        return jnp.maximum(self.slope * z, z)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return jnp.where(z > 0, jnp.ones_like(z), self.slope)


@dataclass(frozen=True)
class Logistic(Coordinatewise):
    """sigma(z) = 1 / (1 + exp(-z)), sigma'(z) = x (1 - x): the smooth Heaviside function."""

    def value(self, z: Entries) -> Entries:
        u = jnp.exp(-jnp.abs(z))  # the exponent is never positive, so nothing overflows
        return jnp.where(z > 0, 1 / (1 + u), u / (1 + u))

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return x * (1 - x)


@dataclass(frozen=True)
class Tanh(Coordinatewise):
    """sigma(z) = tanh(z), sigma'(z) = 1 - x^2."""

    def value(self, z: Entries) -> Entries:
        return jnp.tanh(z)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return (1 - x) * (1 + x)


@dataclass(frozen=True)
class HardTanh(Coordinatewise):
    """sigma(z) = min(max(z, -1), 1), sigma'(z) = 1 if -1 < z < 1 else 0 (Collobert 2004)."""

    def value(self, z: Entries) -> Entries:
        return jnp.clip(z, -1, 1)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return (jnp.abs(z) < 1).astype(z.dtype)


@dataclass(frozen=True)
class Softplus(Coordinatewise):
    """sigma(z) = log(1 + exp z), sigma'(z) = logistic(z)."""

    def value(self, z: Entries) -> Entries:
        return jnp.maximum(z, 0) + jnp.log1p(jnp.exp(-jnp.abs(z)))

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return Logistic().value(z)


@dataclass(frozen=True)
class ELU(Coordinatewise):
    """sigma(z) = z if z > 0 else alpha (exp z - 1), sigma'(z) = 1 if z > 0 else x + alpha (Clevert et al. 2016)."""

    alpha: float = 1.0

    def value(self, z: Entries) -> Entries:
        return jnp.where(z > 0, z, self.alpha * jnp.expm1(jnp.minimum(z, 0)))

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return jnp.where(z > 0, jnp.ones_like(z), self.alpha * jnp.exp(jnp.minimum(z, 0)))


@dataclass(frozen=True)
class SELU(Coordinatewise):
    """sigma(z) = s ELU(z; a) with s = 1.0507..., a = 1.6732... (Klambauer et al. 2017)."""

    def value(self, z: Entries) -> Entries:
        return SELU_SCALE * ELU(SELU_ALPHA).value(z)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return SELU_SCALE * ELU(SELU_ALPHA).derivative(z, x)


@dataclass(frozen=True)
class GELU(Coordinatewise):
    """sigma(z) = z Phi(z), sigma'(z) = Phi(z) + z phi(z), with the normal distribution, exact (Hendrycks 2016)."""

    def value(self, z: Entries) -> Entries:
        return z * _normal_distribution(z)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        density = jnp.exp(-0.5 * jnp.square(z)) / jnp.sqrt(2 * jnp.pi).astype(z.dtype)
        return _normal_distribution(z) + z * density


@dataclass(frozen=True)
class SiLU(Coordinatewise):
    """sigma(z) = z s, sigma'(z) = s + x (1 - s), with s = logistic(z)."""

    def value(self, z: Entries) -> Entries:
        return z * Logistic().value(z)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        s = Logistic().value(z)
        return s + x * (1 - s)


@dataclass(frozen=True)
class Mish(Coordinatewise):
    """sigma(z) = z t, sigma'(z) = t + z (1 - t^2) logistic(z), with t = tanh(softplus z) (Misra 2019)."""

    def value(self, z: Entries) -> Entries:
        return z * _tanh_of_softplus(z)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        t = _tanh_of_softplus(z)
        return t + z * (1 - t) * (1 + t) * Logistic().value(z)


@dataclass(frozen=True)
class Exponential(Coordinatewise):
    """sigma(z) = exp z, sigma'(z) = x: the inverse of the log link; above z = 80 it stays at exp 80."""

    def value(self, z: Entries) -> Entries:
        return jnp.exp(jnp.minimum(z, LARGEST_EXPONENT))

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return jnp.where(z < LARGEST_EXPONENT, x, 0)


@dataclass(frozen=True)
class Increasing:
    """x_1 = z_1, x_j = x_{j-1} + softplus z_j, for every `size` neighbours of the last axis: x never goes down.

    With G_j = g_j + g_{j+1} + ... of the same group, (J' g)_1 = G_1 and (J' g)_j = logistic(z_j) G_j.
    """

    size: int

    def value(self, z: Entries) -> Entries:
        """Return x."""
        groups = z.reshape(*z.shape[:-1], -1, self.size)
        steps = jnp.concatenate([groups[..., :1], Softplus().value(groups[..., 1:])], axis=-1)
        return jnp.cumsum(steps, axis=-1).reshape(z.shape)

    def backward(self, z: Entries, x: Entries, g: Entries) -> Entries:
        """Return J(z)' g."""
        groups, pulls = (a.reshape(*z.shape[:-1], -1, self.size) for a in (z, g))
        above = jnp.cumsum(pulls[..., ::-1], axis=-1)[..., ::-1]
        slopes = jnp.concatenate([jnp.ones_like(groups[..., :1]), Logistic().value(groups[..., 1:])], axis=-1)
        return (slopes * above).reshape(z.shape)


@dataclass(frozen=True)
class Softmax:
    """x_j = exp z_j / sum_k exp z_k over the last axis; J' g = x (*) (g - <g, x>)."""

    def value(self, z: Entries) -> Entries:
        """Return x = softmax(z); the largest z is taken off first, so that nothing overflows."""
        u = jnp.exp(z - jnp.max(z, axis=-1, keepdims=True))
        return u / jnp.sum(u, axis=-1, keepdims=True)

    def backward(self, z: Entries, x: Entries, g: Entries) -> Entries:
        """Return J(z)' g, where J = diag(x) - x x' is symmetric."""
        return x * (g - jnp.sum(g * x, axis=-1, keepdims=True))


def _normal_distribution(z: Entries) -> Entries:
    return 0.5 * erfc(-z / jnp.sqrt(2).astype(z.dtype))  # 1 + erf would cancel far below zero


def _tanh_of_softplus(z: Entries) -> Entries:
    # tanh(log(1 + e)) = (e^2 + 2 e) / (e^2 + 2 e + 2) for e = exp z; for z > 0 both are divided by e^2.
    u = jnp.exp(-jnp.abs(z))
    above, below = 1 + 2 * u, u * (u + 2)
    return jnp.where(z > 0, above / (above + 2 * u * u), below / (below + 2))


ACTIVATIONS: dict[str, Activation] = {
    "identity": Identity(),
    "heaviside": Heaviside(),
    "relu": ReLU(),
    "leaky_relu": LeakyReLU(),
    "logistic": Logistic(),
    "tanh": Tanh(),
    "hard_tanh": HardTanh(),
    "softmax": Softmax(),
    "exponential": Exponential(),
    "softplus": Softplus(),
    "elu": ELU(),
    "selu": SELU(),
    "gelu": GELU(),
    "silu": SiLU(),
    "mish": Mish(),
}


def as_activation(given: Any) -> Activation:
    """Return the activation of that name, or the one given; `ValueError` lists the names."""
    if isinstance(given, str):
        if given not in ACTIVATIONS:
            raise ValueError(f"activation={given!r} is not known; choose one of {', '.join(ACTIVATIONS)}")
        return ACTIVATIONS[given]
    if isinstance(given, Activation) and not isinstance(given, type):
        return given
    raise TypeError(f"activation={given!r} must be a name, such as 'tanh', or an activation, such as Tanh()")
