"""Losses: the value of every target entry and its derivative side by side, with the factor said.

A loss is a function of the network's output x (batch, out) and the targets y (batch, targets). Its `link` turns the
output into the prediction. `cost` averages over samples; see there for missing targets.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import jax.numpy as jnp

from glassnet._types import Outputs, Targets
from glassnet.network.activation import Activation, Exponential, Identity, Increasing, Softmax, as_activation

Domain = Literal["any number", "at least 0", "above 0"]


@runtime_checkable
class Loss(Protocol):
    """What a sample costs, as a function of output and target."""

    @property
    def link(self) -> Activation:
        """The map from the network's output to the prediction."""
        ...

    @property
    def domain(self) -> Domain:
        """What targets must be."""
        ...

    def outputs(self, targets: int) -> int:
        """Return how many outputs a network needs for so many targets."""
        ...

    def value(self, x: Outputs, y: Targets) -> Targets:
        """Return what every entry of y costs."""
        ...

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        """Return the derivative of the sum of a sample's values with respect to its outputs."""
        ...


@dataclass(frozen=True)
class OneOutput:
    """A loss that needs one output a target."""

    def outputs(self, targets: int) -> int:
        return targets


@dataclass(frozen=True)
class OutputForTarget(OneOutput):
    """A loss of any number whose outputs are the predictions, one a target."""

    @property
    def link(self) -> Activation:
        return Identity()

    @property
    def domain(self) -> Domain:
        return "any number"


@dataclass(frozen=True)
class SquaredError(OutputForTarget):
    """loss = (x - y)^2, derivative 2 (x - y): factor 1."""

    def value(self, x: Outputs, y: Targets) -> Targets:
        return jnp.square(x - y)

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return 2 * (x - y)


@dataclass(frozen=True)
class HalfSquaredError(OutputForTarget):
    """loss = 1/2 (x - y)^2, derivative x - y: factor 1/2, as in scikit-learn's networks."""

    def value(self, x: Outputs, y: Targets) -> Targets:
        return 0.5 * jnp.square(x - y)

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return x - y


@dataclass(frozen=True)
class AbsoluteError(OutputForTarget):
    """loss = |x - y|, derivative sign(x - y), 0 where they meet: factor 1; it is least at the median."""

    def value(self, x: Outputs, y: Targets) -> Targets:
        return jnp.abs(x - y)

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return jnp.sign(x - y)


@dataclass(frozen=True)
class Huber(OutputForTarget):
    """loss = h(x - y), h(r) = r^2/2 if |r| <= c else c (|r| - c/2); derivative clip(r, -c, c).

    The factor is that of the half squared error near zero; c is the `threshold`, in the units of the scaled target
    (Huber 1964).
    """

    threshold: float = 1.0

    def __post_init__(self) -> None:
        if not self.threshold > 0:
            raise ValueError(f"Huber(threshold={self.threshold}) needs a threshold above 0")

    def value(self, x: Outputs, y: Targets) -> Targets:
        r, c = jnp.abs(x - y), self.threshold
        return jnp.where(r <= c, 0.5 * jnp.square(r), c * (r - 0.5 * c))

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return jnp.clip(x - y, -self.threshold, self.threshold)


@dataclass(frozen=True, init=False)
class Quantile:
    """loss = the sum over levels t of max(t r, (t - 1) r), r = y - q_t: least at the quantiles (Koenker, Bassett 1978).

    A target has an output a level; the link adds softplus steps to the lowest, so that quantiles never cross. With
    s_t = 0 for y = q_t, 1 - t below it and -t above, the derivative is J' s, J the link's Jacobian.
    """

    levels: tuple[float, ...]

    def __init__(self, levels: Any = (0.05, 0.5, 0.95)) -> None:
        given = (levels,) if isinstance(levels, int | float) else tuple(levels)
        if not given or not all(0 < low < high < 1 for low, high in zip(given, (*given[1:], 1 - 1e-12), strict=True)):
            raise ValueError(f"Quantile({levels}) needs levels between 0 and 1 that go up, such as (0.05, 0.5, 0.95)")
        object.__setattr__(self, "levels", tuple(float(level) for level in given))

    @property
    def link(self) -> Activation:
        return Increasing(len(self.levels))

    @property
    def domain(self) -> Domain:
        return "any number"

    def outputs(self, targets: int) -> int:
        return targets * len(self.levels)

    def value(self, x: Outputs, y: Targets) -> Targets:
        r, t = y[:, :, None] - self._quantiles(x, y), jnp.asarray(self.levels, x.dtype)
        return jnp.sum(jnp.maximum(t * r, (t - 1) * r), axis=2)

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        q, t = self._quantiles(x, y), jnp.asarray(self.levels, x.dtype)
        r = y[:, :, None] - q
        s = jnp.where(r > 0, -t, jnp.where(r < 0, 1 - t, 0))
        return self.link.backward(x, q.reshape(x.shape), s.reshape(x.shape))

    def _quantiles(self, x: Outputs, y: Targets) -> Any:
        return self.link.value(x).reshape(*y.shape, len(self.levels))


@dataclass(frozen=True)
class Poisson(OneOutput):
    """loss = exp x - y x, derivative exp x - y, for counts y >= 0 with mean exp x: the log link.

    Half the Poisson deviance, up to terms of y alone (McCullagh and Nelder 1989).
    """

    @property
    def link(self) -> Activation:
        return Exponential()

    @property
    def domain(self) -> Domain:
        return "at least 0"

    def value(self, x: Outputs, y: Targets) -> Targets:
        return self.link.value(x) - y * x

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return self.link.value(x) - y


@dataclass(frozen=True)
class Gamma(OneOutput):
    """loss = x + y exp(-x), derivative 1 - y exp(-x), for y > 0 with mean exp x and a deviation in proportion to it.

    Half the gamma deviance, up to terms of y alone (McCullagh and Nelder 1989).
    """

    @property
    def link(self) -> Activation:
        return Exponential()

    @property
    def domain(self) -> Domain:
        return "above 0"

    def value(self, x: Outputs, y: Targets) -> Targets:
        return x + y * self.link.value(-x)

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return 1 - y * self.link.value(-x)


@dataclass(frozen=True)
class CrossEntropy(OneOutput):
    """loss = -y_j log softmax(x)_j of logits x, over classes j; derivative softmax(x) - y: factor 1.

    The rows of y sum to one. The derivative is where softmax and cross-entropy collapse: with p = softmax(x) the chain
    rule gives J' (-y / p) = p - y. So the last layer has the identity, and the link is the softmax.
    """

    @property
    def link(self) -> Activation:
        return Softmax()

    @property
    def domain(self) -> Domain:
        return "any number"

    def value(self, x: Outputs, y: Targets) -> Targets:
        shifted = x - jnp.max(x, axis=1, keepdims=True)
        return y * (jnp.log(jnp.sum(jnp.exp(shifted), axis=1, keepdims=True)) - shifted)

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return self.link.value(x) - y


Rule = Callable[[Any, Any], Any]


@dataclass(frozen=True, init=False)
class CustomLoss(OneOutput):
    """A loss of your own: `value(x, y)` and `derivative(x, y)` of outputs and scaled targets, both (batch, targets).

    `value_of` and `derivative_of` are functions of JAX arrays; `link` is a name or an activation, `domain` what targets
    must be. A fit checks the derivative against differences of the value.
    """

    value_of: Rule
    derivative_of: Rule
    link: Activation
    domain: Domain

    def __init__(
        self, value: Rule, derivative: Rule, link: Activation | str = "identity", domain: Domain = "any number"
    ) -> None:
        object.__setattr__(self, "value_of", value)
        object.__setattr__(self, "derivative_of", derivative)
        object.__setattr__(self, "link", as_activation(link))
        object.__setattr__(self, "domain", domain)

    def value(self, x: Outputs, y: Targets) -> Any:
        return self.value_of(x, y)

    def derivative(self, x: Outputs, y: Targets) -> Any:
        return self.derivative_of(x, y)


LOSSES: dict[str, Loss] = {
    "squared_error": SquaredError(),
    "half_squared_error": HalfSquaredError(),
    "absolute_error": AbsoluteError(),
    "huber": Huber(),
    "quantile": Quantile(),
    "poisson": Poisson(),
    "gamma": Gamma(),
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
