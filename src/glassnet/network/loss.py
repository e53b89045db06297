"""Losses: the value of a sample and its derivative side by side, with the factor said; and the cost that averages them.

A loss is a function of the network's output x (batch, out) and the target y (batch, out). Its `link` turns the output
into the prediction of the mean; it is the identity unless the loss says otherwise.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

import jax.numpy as jnp

from glassnet._types import Outputs, PerSample, Scalar
from glassnet.network.activation import Activation, Identity, Softmax
from glassnet.network.network import Network


@runtime_checkable
class Loss(Protocol):
    """What a sample costs, as a function of output and target."""

    link: ClassVar[Activation]  # the map from the network's output to the prediction

    def value(self, x: Outputs, y: Outputs) -> PerSample:
        """Return the loss of every sample."""
        ...

    def derivative(self, x: Outputs, y: Outputs) -> Outputs:
        """Return d loss / dx for every sample."""
        ...


@dataclass(frozen=True)
class SquaredError:
    """loss = sum_j (x_j - y_j)^2, derivative 2 (x - y): factor 1."""

    link: ClassVar[Activation] = Identity()

    def value(self, x: Outputs, y: Outputs) -> PerSample:
        return jnp.sum(jnp.square(x - y), axis=1)

    def derivative(self, x: Outputs, y: Outputs) -> Outputs:
        return 2 * (x - y)


@dataclass(frozen=True)
class HalfSquaredError:
    """loss = 1/2 sum_j (x_j - y_j)^2, derivative x - y: factor 1/2, as in scikit-learn's networks."""

    link: ClassVar[Activation] = Identity()

    def value(self, x: Outputs, y: Outputs) -> PerSample:
        return 0.5 * jnp.sum(jnp.square(x - y), axis=1)

    def derivative(self, x: Outputs, y: Outputs) -> Outputs:
        return x - y


@dataclass(frozen=True)
class AbsoluteError:
    """loss = sum_j |x_j - y_j|, derivative sign(x - y), 0 where they meet: factor 1."""

    link: ClassVar[Activation] = Identity()

    def value(self, x: Outputs, y: Outputs) -> PerSample:
        return jnp.sum(jnp.abs(x - y), axis=1)

    def derivative(self, x: Outputs, y: Outputs) -> Outputs:
        return jnp.sign(x - y)


@dataclass(frozen=True)
class Huber:
    """loss = sum_j h(x_j - y_j), h(r) = r^2/2 if |r| <= c else c (|r| - c/2); derivative clip(r, -c, c).

    The factor is that of the half squared error near zero; c is the `threshold`, in the units of the scaled target
    (Huber 1964).
    """

    threshold: float = 1.0

    def __post_init__(self) -> None:
        if not self.threshold > 0:
            raise ValueError(f"Huber(threshold={self.threshold}) needs a threshold above 0")

    link: ClassVar[Activation] = Identity()

    def value(self, x: Outputs, y: Outputs) -> PerSample:
        r, c = jnp.abs(x - y), self.threshold
        return jnp.sum(jnp.where(r <= c, 0.5 * jnp.square(r), c * (r - 0.5 * c)), axis=1)

    def derivative(self, x: Outputs, y: Outputs) -> Outputs:
        return jnp.clip(x - y, -self.threshold, self.threshold)


@dataclass(frozen=True)
class CrossEntropy:
    """loss = -sum_j y_j log softmax(x)_j of logits x, derivative softmax(x) - y: factor 1.

    The rows of y sum to one. The derivative is where softmax and cross-entropy collapse: with p = softmax(x) the chain
    rule gives J' (-y / p) = p - y. So the last layer has the identity, and the link is the softmax.
    """

    link: ClassVar[Activation] = Softmax()

    def value(self, x: Outputs, y: Outputs) -> PerSample:
        shifted = x - jnp.max(x, axis=1, keepdims=True)
        return jnp.log(jnp.sum(jnp.exp(shifted), axis=1)) - jnp.sum(y * shifted, axis=1)

    def derivative(self, x: Outputs, y: Outputs) -> Outputs:
        return self.link.value(x) - y


def cost(loss: Loss, x: Outputs, y: Outputs, weights: PerSample | None = None) -> Scalar:
    """Return the empirical risk E = (1/s) sum_i w_i loss(x_i, y_i) over s samples; w_i = 1 unless given."""
    values = loss.value(x, y)
    return jnp.mean(values if weights is None else weights * values)


def cost_derivative(loss: Loss, x: Outputs, y: Outputs, weights: PerSample | None = None) -> Outputs:
    """Return dE/dx^L, whose row i is (w_i / s) d loss(x_i, y_i) / dx: here, once, the samples' weights come in."""
    share = 1 / x.shape[0] if weights is None else weights[:, None] / x.shape[0]
    return loss.derivative(x, y) * share


def check_link(network: Network, loss: Loss) -> None:
    """Raise `ValueError` when the last layer would apply what the loss's link applies again."""
    last = getattr(network.layers[-1], "activation", Identity())
    if not isinstance(loss.link, Identity) and not isinstance(last, Identity):
        raise ValueError(
            f"{type(loss).__name__} takes logits and applies {type(loss.link).__name__.lower()} itself, but the last "
            f"layer ends in {type(last).__name__}; give that layer the identity"
        )


LOSSES: dict[str, Loss] = {
    "squared_error": SquaredError(),
    "half_squared_error": HalfSquaredError(),
    "absolute_error": AbsoluteError(),
    "huber": Huber(),
    "cross_entropy": CrossEntropy(),
}


def as_loss(given: Any) -> Loss:
    """Return the loss of that name, or the one given; `ValueError` lists the names."""
    if isinstance(given, str):
        if given not in LOSSES:
            raise ValueError(f"loss={given!r} is not known; choose one of {', '.join(LOSSES)}")
        return LOSSES[given]
    if isinstance(given, Loss) and not isinstance(given, type):
        return given
    raise TypeError(f"loss={given!r} must be a name, such as 'half_squared_error', or a loss, such as Huber(2.0)")
