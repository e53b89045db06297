"""Losses: the value of every target entry and its derivative side by side, and the factor that they use.

A loss is a function of the network's output x (batch, out) and the targets y (batch, targets). Its `link` turns the
output into the prediction. `cost` averages over samples; see there for missing targets. Everything that the rest of the
package has to know of a loss is on the loss, so one of your own needs nothing but a class.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, final

import numpy as np
from jaxtyping import Float

from glassnet._lazy import Array, jnp
from glassnet._types import Outputs, Targets
from glassnet.network import names
from glassnet.network.activation import Activation, Exponential, Identity, Increasing, Logistic, Softmax, Softplus
from glassnet.network.names import named
from glassnet.network.score import d2_pinball, d2_tweedie, r2

KEPT_SMOOTHING = 0.2  # of the smoothing of indicators, which predictions keep so that no probability is 0

Domain = Literal["any number", "at least 0", "above 0"]


class Loss(ABC):
    """What a sample costs, as a function of output and target; a loss of your own derives from this class.

    It states value and derivative, and overrides what differs from here: without more it is a loss of any number, with
    one output a target that is the prediction, scored by R2. Make it a frozen dataclass, so that equal losses are equal
    and a network is compiled once.

    Attributes
    ----------
    link : Activation, default=Identity()
        The map from the network's output to the prediction.
    domain : "any number", "at least 0" or "above 0", default="any number"
        What targets must be. Those of any number are scaled to mean 0 and standard deviation 1, others to mean 1.
    levels : tuple of floats, default=()
        The levels of the quantiles that are predicted of every target; empty where one number is.
    predicts_deviation : bool, default=False
        Whether every target has two outputs: its mean, and its mean plus its standard deviation.
    least_squares_factor : float or None, default=None
        c where the loss is c/2 (x - y)^2 and the link the identity, which Levenberg-Marquardt can minimise; else None.
    variance_power : float or None, default=None
        p where the variance is in proportion to mean^p and the link the exponential, so that rows may have exposures;
        else None.
    classifies : bool, default=False
        Whether targets are indicators of classes.
    check_derivative : bool, default=True
        Whether a fit compares the derivative with differences of the value first.
    dynamic_fields : tuple of str, default=()
        The fields that hold numbers: another number is no other program (see `network/compiled_programs.py`).

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import jax.numpy as jnp
    >>> from glassnet import Loss
    >>> @dataclass(frozen=True)
    ... class LogCosh(Loss):
    ...     def value(self, x, y):
    ...         return jnp.logaddexp(x - y, y - x) - jnp.log(2)
    ...
    ...     def derivative(self, x, y):
    ...         return jnp.tanh(x - y)
    >>> x, y = jnp.array([[3.0]]), jnp.array([[1.0]])
    >>> round(float(LogCosh().value(x, y)[0, 0]), 3), round(float(LogCosh().derivative(x, y)[0, 0]), 3)
    (1.325, 0.964)
    """

    link: Activation = Identity()
    domain: Domain = "any number"
    levels: tuple[float, ...] = ()
    predicts_deviation: bool = False
    least_squares_factor: float | None = None
    variance_power: float | None = None
    classifies: bool = False
    check_derivative: bool = True
    dynamic_fields: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def value(self, x: Outputs, y: Targets) -> Targets:
        """Return what every entry of y costs."""

    @abstractmethod
    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        """Return the derivative of the sum of a sample's values with respect to its outputs."""

    @final
    def outputs(self, targets: int) -> int:
        """Return how many outputs a network needs for so many targets: one each, one a level, or mean and deviation."""
        return targets * (2 if self.predicts_deviation else max(1, len(self.levels)))

    @final
    def predictions(self, outputs: np.ndarray) -> np.ndarray:
        """Return those of the outputs (..., outputs) that predict a target: all, or the means."""
        return outputs[..., ::2] if self.predicts_deviation else outputs

    def score(
        self, y: np.ndarray, prediction: np.ndarray, sample_weight: np.ndarray | None = None, level: float | None = None
    ) -> float:
        """Return how good predictions of one target are, higher is better: R2 unless overridden.

        Parameters
        ----------
        y, prediction : ndarray (rows,)
            Targets and predictions in the units of the target, none missing.
        sample_weight : ndarray (rows,) or None, default=None
            None for equal weights.
        level : float or None, default=None
            The level of the quantile predicted, None for a loss without levels.
        """
        return r2(y, prediction, sample_weight)


@final
@dataclass(frozen=True)
class SquaredError(Loss):
    """loss = (x - y)^2, derivative 2 (x - y): factor 1.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import SquaredError
    >>> x, y = jnp.array([[3.0]]), jnp.array([[1.0]])
    >>> float(SquaredError().value(x, y)[0, 0]), float(SquaredError().derivative(x, y)[0, 0])
    (4.0, 4.0)
    """

    least_squares_factor = 2.0
    check_derivative = False

    def value(self, x: Outputs, y: Targets) -> Targets:
        return jnp.square(x - y)

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return 2 * (x - y)


@final
@dataclass(frozen=True)
class HalfSquaredError(Loss):
    """loss = 1/2 (x - y)^2, derivative x - y: factor 1/2, as in scikit-learn's networks.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import HalfSquaredError
    >>> x, y = jnp.array([[3.0]]), jnp.array([[1.0]])
    >>> float(HalfSquaredError().value(x, y)[0, 0]), float(HalfSquaredError().derivative(x, y)[0, 0])
    (2.0, 2.0)
    """

    least_squares_factor = 1.0
    check_derivative = False

    def value(self, x: Outputs, y: Targets) -> Targets:
        return 0.5 * jnp.square(x - y)

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return x - y


@final
@dataclass(frozen=True)
class AbsoluteError(Loss):
    """loss = |x - y|, derivative sign(x - y), 0 where they meet: factor 1; it is least at the median.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import AbsoluteError
    >>> x, y = jnp.array([[3.0]]), jnp.array([[1.0]])
    >>> float(AbsoluteError().value(x, y)[0, 0]), float(AbsoluteError().derivative(x, y)[0, 0])
    (2.0, 1.0)
    """

    check_derivative = False

    def value(self, x: Outputs, y: Targets) -> Targets:
        return jnp.abs(x - y)

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return jnp.sign(x - y)


@final
@dataclass(frozen=True)
class Huber(Loss):
    """loss = h(x - y), h(r) = r^2/2 if |r| <= c else c (|r| - c/2); derivative clip(r, -c, c).

    The factor is that of the half squared error near zero; c is the `threshold`, in the units of the scaled target
    (Huber 1964).

    Parameters
    ----------
    threshold : float, default=1.0
        c, above 0.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Huber
    >>> x, y = jnp.array([[0.5], [4.0]]), jnp.array([[0.0], [0.0]])
    >>> Huber(1.0).value(x, y).ravel()  # a square near zero, a straight line beyond the threshold
    Array([0.125, 3.5  ], dtype=float32)
    >>> Huber(1.0).derivative(x, y).ravel()
    Array([0.5, 1. ], dtype=float32)
    """

    dynamic_fields = ("threshold",)
    check_derivative = False
    threshold: float = 1.0

    def __post_init__(self) -> None:
        if not self.threshold > 0:
            raise ValueError(f"Huber(threshold={self.threshold}) needs a threshold above 0")

    def value(self, x: Outputs, y: Targets) -> Targets:
        r, c = jnp.abs(x - y), self.threshold
        return jnp.where(r <= c, 0.5 * jnp.square(r), c * (r - 0.5 * c))

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return jnp.clip(x - y, -self.threshold, self.threshold)


@final
@dataclass(frozen=True, init=False)
class Quantile(Loss):
    """loss = the sum over levels t of max(t r, (t - 1) r), r = y - q_t: least at the quantiles (Koenker, Bassett 1978).

    A target has an output a level; the link adds softplus steps to the lowest, so that quantiles never cross. With
    s_t = 0 for y = q_t, 1 - t below it and -t above, the derivative is J' s, J the link's Jacobian.

    Parameters
    ----------
    levels : float or sequence of float, default=(0.05, 0.5, 0.95)
        The levels t, rising, each between 0 and 1.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Quantile
    >>> loss = Quantile(0.75)
    >>> y = jnp.array([[2.0], [-2.0]])
    >>> loss.value(jnp.zeros((2, 1)), y).ravel()  # too low costs three times as much as too high
    Array([1.5, 0.5], dtype=float32)
    >>> Quantile((0.1, 0.5, 0.9)).outputs(targets=1)
    3
    """

    dynamic_fields = ("levels",)
    check_derivative = False
    levels: tuple[float, ...]

    def __init__(self, levels: float | Sequence[float] = (0.05, 0.5, 0.95)) -> None:
        ascending = (levels,) if isinstance(levels, int | float) else tuple(levels)
        if not ascending or not all(
            0 < low < high < 1 for low, high in zip(ascending, (*ascending[1:], 1 - 1e-12), strict=True)
        ):
            raise ValueError(f"Quantile({levels}) needs levels between 0 and 1 that go up, such as (0.05, 0.5, 0.95)")
        object.__setattr__(self, "levels", tuple(float(level) for level in ascending))
        object.__setattr__(self, "link", Increasing(len(self.levels)))

    def value(self, x: Outputs, y: Targets) -> Targets:
        r, t = y[:, :, None] - self._quantiles(x, y), jnp.asarray(self.levels, x.dtype)
        return jnp.sum(jnp.maximum(t * r, (t - 1) * r), axis=2)

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        q, t = self._quantiles(x, y), jnp.asarray(self.levels, x.dtype)
        r = y[:, :, None] - q
        s = jnp.where(r > 0, -t, jnp.where(r < 0, 1 - t, 0))
        return self.link.backward(x, q.reshape(x.shape), s.reshape(x.shape))

    def score(
        self, y: np.ndarray, prediction: np.ndarray, sample_weight: np.ndarray | None = None, level: float | None = None
    ) -> float:
        return d2_pinball(y, prediction, sample_weight, level=self.levels[0] if level is None else level)

    def _quantiles(self, x: Outputs, y: Targets) -> Float[Array, "batch targets levels"]:
        return self.link.value(x).reshape(*y.shape, len(self.levels))


LEAST_DEVIATION = 1e-3  # of the scaled target


@final
@dataclass(frozen=True)
class Gaussian(Loss):
    """loss = log s + (y - m)^2 / (2 s^2): minus the log-likelihood of y ~ N(m, s^2), up to log(2 pi) / 2.

    A target has two outputs, its mean m and m + d, d = softplus of the second, so that both are in the units of the
    target; s^2 = d^2 + 1e-6 keeps the likelihood of exact targets bounded. With r = y - m the derivatives are
    -r / s^2 in m and (1 - r^2 / s^2) d / s^2 in d (Nix and Weigend 1994; of ensembles Lakshminarayanan et al. 2017).

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import Gaussian
    >>> Gaussian().outputs(targets=1)  # the mean, and the mean plus the standard deviation
    2
    >>> x = jnp.array([[2.0, np.log(np.e - 1)]])  # mean 2, standard deviation softplus(log(e - 1)) = 1
    >>> np.asarray(Gaussian().value(x, jnp.array([[3.0]]))).round(3)  # log 1 + (3 - 2)^2 / 2
    array([[0.5]], dtype=float32)
    """

    link = Increasing(2)
    predicts_deviation = True
    check_derivative = False

    def value(self, x: Outputs, y: Targets) -> Targets:
        r, d = self._residual_and_deviation(x, y)
        variance = jnp.square(d) + LEAST_DEVIATION**2
        return 0.5 * (jnp.log(variance) + jnp.square(r) / variance)

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        r, d = self._residual_and_deviation(x, y)
        variance = jnp.square(d) + LEAST_DEVIATION**2
        of_mean, of_deviation = -r / variance, (1 - jnp.square(r) / variance) * d / variance
        # the outputs behind the link are m and u = m + d: d = u - m
        of_outputs = jnp.stack([of_mean - of_deviation, of_deviation], axis=2).reshape(x.shape)
        return self.link.backward(x, self.link.value(x), of_outputs)

    def _residual_and_deviation(self, x: Outputs, y: Targets) -> tuple[Targets, Targets]:
        outputs = self.link.value(x).reshape(*y.shape, 2)
        return y - outputs[:, :, 0], Softplus().value(x.reshape(*y.shape, 2)[:, :, 1])


@dataclass(frozen=True)
class Deviance(Loss):
    """Half the deviance of a Tweedie distribution with mean exp x, up to terms of y alone: the log link.

    The variance is in proportion to mean^p (McCullagh and Nelder 1989; Jorgensen 1987).
    """

    link = Exponential()
    check_derivative = False

    def score(
        self, y: np.ndarray, prediction: np.ndarray, sample_weight: np.ndarray | None = None, level: float | None = None
    ) -> float:
        return d2_tweedie(y, prediction, sample_weight, power=self.variance_power or 0.0)


@final
@dataclass(frozen=True)
class Poisson(Deviance):
    """loss = exp x - y x, derivative exp x - y, for counts y >= 0 with mean exp x and variance in proportion: p = 1.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Poisson
    >>> x, y = jnp.array([[0.0]]), jnp.array([[3.0]])  # the mean is exp 0 = 1, the count 3
    >>> float(Poisson().value(x, y)[0, 0]), float(Poisson().derivative(x, y)[0, 0])
    (1.0, -2.0)
    """

    domain = "at least 0"
    variance_power = 1.0

    def value(self, x: Outputs, y: Targets) -> Targets:
        return self.link.value(x) - y * x

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return self.link.value(x) - y


@final
@dataclass(frozen=True)
class Gamma(Deviance):
    """loss = x + y exp(-x), derivative 1 - y exp(-x), for y > 0 of mean exp x, deviation in proportion to it: p = 2.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Gamma
    >>> x, y = jnp.array([[0.0]]), jnp.array([[3.0]])  # the mean is exp 0 = 1
    >>> float(Gamma().value(x, y)[0, 0]), float(Gamma().derivative(x, y)[0, 0])
    (3.0, -2.0)
    """

    domain = "above 0"
    variance_power = 2.0

    def value(self, x: Outputs, y: Targets) -> Targets:
        return x + y * self.link.value(-x)

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return 1 - y * self.link.value(-x)


@final
@dataclass(frozen=True)
class Tweedie(Deviance):
    """loss = exp((2 - p) x) / (2 - p) - y exp((1 - p) x) / (1 - p), derivative exp((2 - p) x) - y exp((1 - p) x).

    For sums of a random number of positive amounts, such as the claims of a policy in a year: y >= 0, many exactly 0,
    with mean exp x and variance in proportion to mean^p, 1 < p < 2 (Jorgensen 1987).

    Parameters
    ----------
    power : float, default=1.5
        p, between 1 (`Poisson`) and 2 (`Gamma`).

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import Tweedie
    >>> x, y = jnp.array([[0.0], [0.0]]), jnp.array([[0.0], [3.0]])  # the mean is exp 0 = 1
    >>> Tweedie(1.5).value(x, y).ravel()
    Array([2., 8.], dtype=float32)
    >>> Tweedie(1.5).derivative(x, y).ravel()
    Array([ 1., -2.], dtype=float32)
    """

    domain = "at least 0"
    dynamic_fields = ("power",)
    power: float = 1.5

    def __post_init__(self) -> None:
        if not 1 < self.power < 2:
            raise ValueError(f"Tweedie(power={self.power}) needs a power between 1 and 2; 1 is Poisson(), 2 is Gamma()")

    @property
    def variance_power(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.power

    def value(self, x: Outputs, y: Targets) -> Targets:
        p = self.power
        return self.link.value((2 - p) * x) / (2 - p) - y * self.link.value((1 - p) * x) / (1 - p)

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        p = self.power
        return self.link.value((2 - p) * x) - y * self.link.value((1 - p) * x)


@dataclass(frozen=True)
class ClassLoss(Loss):
    """A loss of classes or labels, whose indicators y may be smoothed: y' = (1 - s) y + s/K, K the number of answers.

    The probabilities that are learned are then p' = (1 - s) p + s/K, none of them 0 (Szegedy et al. 2016). What is
    predicted is p, by the same equation with four fifths of s: the fifth that is left keeps every probability above 0.

    Parameters
    ----------
    smoothing : float, default=0
        s, from 0 to below 1.
    """

    classifies = True
    check_derivative = False
    dynamic_fields = ("smoothing",)
    smoothing: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.smoothing < 1:
            raise ValueError(f"{type(self).__name__}(smoothing={self.smoothing}) needs a number from 0 to below 1")

    @final
    def smoothed(self, y: Targets, answers: int) -> Targets:
        """Return the indicators that are learned."""
        return (1 - self.smoothing) * y + self.smoothing / answers

    @abstractmethod
    def unsmoothed(self, probabilities: np.ndarray) -> np.ndarray:
        """Return probabilities (..., outputs) of the answers from those that were learned."""

    @final
    def _without_smoothing(self, p: np.ndarray, answers: int) -> np.ndarray:
        """Return p from p', not yet divided by the sum over the answers."""
        if not self.smoothing:
            return p
        removed = (1 - KEPT_SMOOTHING) * self.smoothing
        return np.maximum(p - removed / answers, KEPT_SMOOTHING * self.smoothing / answers)


@final
@dataclass(frozen=True)
class CrossEntropy(ClassLoss):
    """loss = -y_j log softmax(x)_j of logits x, over classes j; derivative softmax(x) - y: factor 1.

    The rows of y sum to one. The derivative is where softmax and cross-entropy collapse: with p = softmax(x) the chain
    rule gives J' (-y / p) = p - y. So the last layer has the identity, and the link is the softmax.

    Parameters
    ----------
    smoothing : float, default=0
        s, from 0 to below 1; see `ClassLoss`.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import CrossEntropy
    >>> x, y = jnp.array(np.log([[1.0, 1.0, 2.0]])), jnp.array([[0.0, 0.0, 1.0]])  # probabilities 1/4, 1/4, 1/2
    >>> round(float(CrossEntropy().value(x, y)[0, 2]), 3)  # log 2
    0.693
    >>> np.asarray(CrossEntropy().derivative(x, y)).round(3)
    array([[ 0.25,  0.25, -0.5 ]], dtype=float32)
    """

    link = Softmax()

    def value(self, x: Outputs, y: Targets) -> Targets:
        shifted = x - jnp.max(x, axis=1, keepdims=True)
        return self.smoothed(y, y.shape[1]) * (jnp.log(jnp.sum(jnp.exp(shifted), axis=1, keepdims=True)) - shifted)

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return self.link.value(x) - self.smoothed(y, y.shape[1])

    def unsmoothed(self, probabilities: np.ndarray) -> np.ndarray:
        p = self._without_smoothing(probabilities, probabilities.shape[-1])
        return p / p.sum(axis=-1, keepdims=True) if self.smoothing else p


@final
@dataclass(frozen=True)
class BinaryCrossEntropy(ClassLoss):
    """loss = softplus(x) - y x = -y log p - (1 - y) log(1 - p), p = logistic(x); derivative p - y, for y in {0, 1}.

    Every target is a label of its own, which a row has or has not: factor 1.

    Parameters
    ----------
    smoothing : float, default=0
        s, from 0 to below 1; see `ClassLoss`.
    """

    link = Logistic()

    def value(self, x: Outputs, y: Targets) -> Targets:
        return Softplus().value(x) - self.smoothed(y, 2) * x

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return self.link.value(x) - self.smoothed(y, 2)

    def unsmoothed(self, probabilities: np.ndarray) -> np.ndarray:
        has, lacks = (self._without_smoothing(p, 2) for p in (probabilities, 1 - probabilities))
        return has / (has + lacks) if self.smoothing else probabilities


LOSSES: dict[str, Loss] = {
    "squared_error": SquaredError(),
    "half_squared_error": HalfSquaredError(),
    "absolute_error": AbsoluteError(),
    "huber": Huber(),
    "quantile": Quantile(),
    "gaussian": Gaussian(),
    "poisson": Poisson(),
    "gamma": Gamma(),
    "tweedie": Tweedie(),
    "cross_entropy": CrossEntropy(),
    "binary_cross_entropy": BinaryCrossEntropy(),
}


def as_loss(loss: object) -> Loss:
    """Return the loss of that name, ours or another library's, or the one given; `ValueError` lists ours."""
    if isinstance(loss, str):
        return named("loss", loss, LOSSES, names.LOSSES)
    if isinstance(loss, Loss):
        return loss
    raise TypeError(
        f"loss={loss!r} must be a name, such as 'half_squared_error', or a loss, such as Huber(2.0); a class of your "
        "own derives from glassnet.Loss"
    )
