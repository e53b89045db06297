"""Activations that act on each entry alone: their base class, and the rules that follow from its methods."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, final

from glassnet._lazy import jnp
from glassnet._types import Entries
from glassnet.network.bounding_rules import Curves
from glassnet.network.rounding import of_activation

Curvature = Entries | float | None


@dataclass(frozen=True)
class Coordinatewise(ABC):
    """An activation of each entry alone: its Jacobian is the diagonal of sigma'(z).

    A subclass gives `value` and `derivative`. With `curvature`, and `kinks` and `monotone` where they differ from the
    defaults, networks that use it can be certified; without `curvature` they can only be trained.

    Attributes
    ----------
    kinks : tuple of float
        Where sigma' or sigma itself jumps, in rising order.
    monotone : bool
        Whether sigma never falls.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import jax.numpy as jnp
    >>> from glassnet import Coordinatewise
    >>> @dataclass(frozen=True)
    ... class Sine(Coordinatewise):
    ...     def value(self, z):
    ...         return jnp.sin(z)
    ...     def derivative(self, z, x):
    ...         return jnp.cos(z)
    >>> z = jnp.array([0.0, jnp.pi])
    >>> Sine().backward(z, Sine().value(z), jnp.array([2.0, 3.0]))
    Array([ 2., -3.], dtype=float32)
    """

    kinks: ClassVar[tuple[float, ...]] = ()
    monotone: ClassVar[bool] = False

    @abstractmethod
    def value(self, z: Entries) -> Entries:
        """Return x = sigma(z)."""

    @abstractmethod
    def derivative(self, z: Entries, x: Entries) -> Entries:
        """Return sigma'(z), where x = sigma(z)."""

    def curvature(self, low: Entries, high: Entries) -> Curvature:
        """Return a bound of |sigma''| on low < z < high, away from the kinks; None: piecewise linear."""
        raise TypeError(
            f"{self!r} has no bounds; use an activation that has, such as Tanh, or define curvature(low, high) in "
            f"{type(self).__name__}, a bound of |sigma''|, beside kinks and monotone"
        )

    @final
    def backward(self, z: Entries, x: Entries, g: Entries) -> Entries:
        """Return J(z)' g = g (*) sigma'(z), the Hadamard product."""
        return g * self.derivative(z, x)

    @final
    def bounds(self) -> list[Curves]:
        """Return the rule for bounds; `TypeError` for an activation without `curvature`."""
        kinks = tuple(jnp.asarray(at) for at in self.kinks)
        return [Curves(self.value, None, kinks, scaled_curvature(self, 1.0), of_activation, monotone=self.monotone)]


def scaled_curvature(
    activation: Coordinatewise, factor: Entries | float
) -> Callable[[Entries, Entries], Entries] | None:
    """Return the curvature of `factor` times the activation, as `Curves` takes it."""
    at_zero = activation.curvature(jnp.zeros(()), jnp.zeros(()))

    def curvature(low: Entries, high: Entries) -> Entries:
        return factor * jnp.asarray(activation.curvature(low, high)) + jnp.zeros_like(low)

    return None if at_zero is None else curvature
