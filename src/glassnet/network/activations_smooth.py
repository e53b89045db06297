"""Smooth activations: sigmoids, soft ReLUs and the exponential, each with a bound of its second derivative.

A forward pass caches z and x = sigma(z), so a derivative may use whichever of the two is cheaper. All rules are finite
for |z| up to 1e4 and beyond, in float32 and float64.
"""

from dataclasses import dataclass
from typing import ClassVar

from glassnet._lazy import jnp, special
from glassnet._types import Entries
from glassnet.network.coordinatewise import Coordinatewise

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
LARGEST_EXPONENT = 80.0


@dataclass(frozen=True)
class Logistic(Coordinatewise):
    """sigma(z) = 1 / (1 + exp(-z)), sigma'(z) = x (1 - x): the smooth Heaviside function.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import Logistic
    >>> z = jnp.array([-2.0, 0.0, 2.0])
    >>> x = Logistic().value(z)
    >>> np.asarray(x).round(3)
    array([0.119, 0.5  , 0.881], dtype=float32)
    >>> np.asarray(Logistic().derivative(z, x)).round(3)
    array([0.105, 0.25 , 0.105], dtype=float32)
    """

    monotone: ClassVar[bool] = True

    def value(self, z: Entries) -> Entries:
        u = jnp.exp(-jnp.abs(z))  # the exponent is never positive, so nothing overflows
        return jnp.where(z > 0, 1 / (1 + u), u / (1 + u))

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return x * (1 - x)

    def curvature(self, low: Entries, high: Entries) -> float:
        return 0.09623  # 1 / (6 sqrt 3)


@dataclass(frozen=True)
class Tanh(Coordinatewise):
    """sigma(z) = tanh(z), sigma'(z) = 1 - x^2.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import Tanh
    >>> z = jnp.array([-1.0, 0.0, 1.0])
    >>> x = Tanh().value(z)
    >>> np.asarray(x).round(3)
    array([-0.762,  0.   ,  0.762], dtype=float32)
    >>> np.asarray(Tanh().derivative(z, x)).round(3)
    array([0.42, 1.  , 0.42], dtype=float32)
    """

    monotone: ClassVar[bool] = True

    def value(self, z: Entries) -> Entries:
        return jnp.tanh(z)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return (1 - x) * (1 + x)

    def curvature(self, low: Entries, high: Entries) -> float:
        return 0.76981  # 4 / (3 sqrt 3)


@dataclass(frozen=True)
class Softplus(Coordinatewise):
    """sigma(z) = log(1 + exp z), sigma'(z) = logistic(z).

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import Softplus
    >>> np.asarray(Softplus().value(jnp.array([-2.0, 0.0, 2.0]))).round(3)
    array([0.127, 0.693, 2.127], dtype=float32)
    """

    monotone: ClassVar[bool] = True

    def value(self, z: Entries) -> Entries:
        return jnp.maximum(z, 0) + jnp.log1p(jnp.exp(-jnp.abs(z)))

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return Logistic().value(z)

    def curvature(self, low: Entries, high: Entries) -> float:
        return 0.25


@dataclass(frozen=True)
class ELU(Coordinatewise):
    """sigma(z) = z if z > 0 else alpha (exp z - 1), sigma'(z) = 1 if z > 0 else x + alpha (Clevert et al. 2016).

    Parameters
    ----------
    alpha : float, default=1.0
        The negative of the limit at minus infinity.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import ELU
    >>> np.asarray(ELU(0.5).value(jnp.array([-20.0, -1.0, 2.0]))).round(3)
    array([-0.5  , -0.316,  2.   ], dtype=float32)
    """

    alpha: float = 1.0

    kinks: ClassVar[tuple[float, ...]] = (0.0,)

    def __post_init__(self) -> None:
        object.__setattr__(self, "monotone", self.alpha >= 0)

    def value(self, z: Entries) -> Entries:
        return jnp.where(z > 0, z, self.alpha * jnp.expm1(jnp.minimum(z, 0)))

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return jnp.where(z > 0, jnp.ones_like(z), self.alpha * jnp.exp(jnp.minimum(z, 0)))

    def curvature(self, low: Entries, high: Entries) -> float:
        return abs(self.alpha)


@dataclass(frozen=True)
class SELU(Coordinatewise):
    """sigma(z) = s ELU(z; a) with s = 1.0507..., a = 1.6732... (Klambauer et al. 2017).

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import SELU
    >>> np.asarray(SELU().value(jnp.array([-1.0, 0.0, 1.0]))).round(3)
    array([-1.111,  0.   ,  1.051], dtype=float32)
    """

    kinks: ClassVar[tuple[float, ...]] = (0.0,)
    monotone: ClassVar[bool] = True

    def value(self, z: Entries) -> Entries:
        return SELU_SCALE * ELU(SELU_ALPHA).value(z)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return SELU_SCALE * ELU(SELU_ALPHA).derivative(z, x)

    def curvature(self, low: Entries, high: Entries) -> float:
        return SELU_SCALE * SELU_ALPHA


@dataclass(frozen=True)
class GELU(Coordinatewise):
    """sigma(z) = z Phi(z), sigma'(z) = Phi(z) + z phi(z), with the normal distribution, exact (Hendrycks, Gimpel 2016).

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import GELU
    >>> np.asarray(GELU().value(jnp.array([-1.0, 0.0, 1.0]))).round(3)
    array([-0.159,  0.   ,  0.841], dtype=float32)
    """

    def value(self, z: Entries) -> Entries:
        return z * _normal_distribution(z)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        density = jnp.exp(-0.5 * jnp.square(z)) / jnp.sqrt(2 * jnp.pi).astype(z.dtype)
        return _normal_distribution(z) + z * density

    def curvature(self, low: Entries, high: Entries) -> float:
        return 0.79789  # 2 phi(0)


@dataclass(frozen=True)
class SiLU(Coordinatewise):
    """sigma(z) = z s, sigma'(z) = s + x (1 - s), with s = logistic(z).

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import SiLU
    >>> np.asarray(SiLU().value(jnp.array([-1.0, 0.0, 1.0]))).round(3)
    array([-0.269,  0.   ,  0.731], dtype=float32)
    """

    def value(self, z: Entries) -> Entries:
        return z * Logistic().value(z)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        s = Logistic().value(z)
        return s + x * (1 - s)

    def curvature(self, low: Entries, high: Entries) -> float:
        return 0.5


@dataclass(frozen=True)
class Mish(Coordinatewise):
    """sigma(z) = z t, sigma'(z) = t + z (1 - t^2) logistic(z), with t = tanh(softplus z) (Misra 2019).

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import Mish
    >>> np.asarray(Mish().value(jnp.array([-1.0, 0.0, 1.0]))).round(3)
    array([-0.303,  0.   ,  0.865], dtype=float32)
    """

    def value(self, z: Entries) -> Entries:
        return z * _tanh_of_softplus(z)

    def derivative(self, z: Entries, x: Entries) -> Entries:
        t = _tanh_of_softplus(z)
        return t + z * (1 - t) * (1 + t) * Logistic().value(z)

    def curvature(self, low: Entries, high: Entries) -> float:
        return 0.64422


@dataclass(frozen=True)
class Exponential(Coordinatewise):
    """sigma(z) = exp z, sigma'(z) = x: the inverse of the log link; above z = 80 it stays at exp 80.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import Exponential
    >>> np.asarray(Exponential().value(jnp.array([-1.0, 0.0, 1.0]))).round(3)
    array([0.368, 1.   , 2.718], dtype=float32)
    """

    kinks: ClassVar[tuple[float, ...]] = (LARGEST_EXPONENT,)
    monotone: ClassVar[bool] = True

    def value(self, z: Entries) -> Entries:
        return jnp.exp(jnp.minimum(z, LARGEST_EXPONENT))

    def derivative(self, z: Entries, x: Entries) -> Entries:
        return jnp.where(z < LARGEST_EXPONENT, x, 0)

    def curvature(self, low: Entries, high: Entries) -> Entries:
        return jnp.exp(jnp.minimum(high, LARGEST_EXPONENT))


def _normal_distribution(z: Entries) -> Entries:
    return 0.5 * special.erfc(-z / jnp.sqrt(2).astype(z.dtype))  # 1 + erf would cancel far below zero


def _tanh_of_softplus(z: Entries) -> Entries:
    # tanh(log(1 + e)) = (e^2 + 2 e) / (e^2 + 2 e + 2) for e = exp z; for z > 0 both are divided by e^2.
    u = jnp.exp(-jnp.abs(z))
    above, below = 1 + 2 * u, u * (u + 2)
    return jnp.where(z > 0, above / (above + 2 * u * u), below / (below + 2))
