"""What an activation is, and those that have a name."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from glassnet._types import Entries
from glassnet.network import names
from glassnet.network.activations_coupled import Increasing, Softmax
from glassnet.network.activations_piecewise_linear import HardTanh, Heaviside, Identity, LeakyReLU, ReLU
from glassnet.network.activations_smooth import ELU, GELU, SELU, Exponential, Logistic, Mish, SiLU, Softplus, Tanh
from glassnet.network.bounding_rules import Rule
from glassnet.network.coordinatewise import Coordinatewise
from glassnet.network.names import named

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "SELU",
    "Activation",
    "BoundedActivation",
    "Coordinatewise",
    "Exponential",
    "HardTanh",
    "Heaviside",
    "Identity",
    "Increasing",
    "LeakyReLU",
    "Logistic",
    "Mish",
    "ReLU",
    "SiLU",
    "Softmax",
    "Softplus",
    "Tanh",
    "activation_rules",
    "as_activation",
]


@runtime_checkable
class Activation(Protocol):
    """A map sigma from pre-activations z to outputs x, with its transposed Jacobian.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Activation, Dense, Network, Tanh
    >>> class Sine:
    ...     def value(self, z):
    ...         return jnp.sin(z)
    ...     def backward(self, z, x, g):
    ...         return g * jnp.cos(z)
    >>> isinstance(Sine(), Activation), isinstance(Tanh(), Activation)
    (True, True)
    >>> Network(2, [Dense(3, Sine()), Dense(1)]).n_parameters
    13
    """

    def value(self, z: Entries) -> Entries:
        """Return x = sigma(z).

        Parameters
        ----------
        z : Array (*shape)
            Pre-activations.

        Returns
        -------
        Array (*shape)
            The outputs.
        """
        ...

    def backward(self, z: Entries, x: Entries, g: Entries) -> Entries:
        """Return J(z)' g: dE/dz from g = dE/dx.

        Parameters
        ----------
        z, x : Array (*shape)
            Pre-activations and outputs of the forward pass.
        g : Array (*shape)
            dE/dx.

        Returns
        -------
        Array (*shape)
            dE/dz.
        """
        ...


@runtime_checkable
class BoundedActivation(Protocol):
    """An activation with a third rule: every `Coordinatewise` one with a curvature, and any other that has `bounds`."""

    def bounds(self) -> Sequence[Rule]:
        """Return the rules for bounds of sigma(z) over a box of z, one after the other."""
        ...


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


def as_activation(activation: Activation | str) -> Activation:
    """Return the activation of that name, ours or another library's, or the one given; `ValueError` lists ours."""
    if isinstance(activation, str):
        return named("activation", activation, ACTIVATIONS, names.ACTIVATIONS)
    if isinstance(activation, Activation) and not isinstance(activation, type):
        return activation
    raise TypeError(f"activation={activation!r} must be a name, such as 'tanh', or an activation, such as Tanh()")


def activation_rules(activation: Activation) -> list[Rule]:
    """Return an activation's rules for bounds, none for the identity; `TypeError` for an activation without rules."""
    if isinstance(activation, Identity):
        return []
    if not isinstance(activation, BoundedActivation):
        bounded = sorted(type(known).__name__ for known in ACTIVATIONS.values() if isinstance(known, Coordinatewise))
        raise TypeError(
            f"{activation!r} has no bounds; use an activation that has: {', '.join(bounded)}, or one of your own with "
            "curvature, kinks and monotone (see Coordinatewise)"
        )
    return list(activation.bounds())
