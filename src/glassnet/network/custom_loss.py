"""A loss made of functions, for those who do not want to write a class."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from glassnet._lazy import Array
from glassnet._types import Outputs, Targets
from glassnet.network.activation import Activation, as_activation
from glassnet.network.loss import Domain, Loss

Rule = Callable[[Array, Array], Array]
ScoreFunction = Callable[[np.ndarray, np.ndarray, np.ndarray | None], float]


@dataclass(frozen=True, init=False)
class CustomLoss(Loss):
    """A loss of your own, made of a function for its value and one for its derivative.

    Parameters
    ----------
    value : callable (x, y) -> Array
        What every entry costs, of outputs and scaled targets, all (batch, targets), in JAX.
    derivative : callable (x, y) -> Array
        d value / dx, of the same shape. A fit checks it against differences of the value.
    link : str or Activation, default="identity"
        What turns outputs into predictions.
    domain : "any number", "at least 0" or "above 0", default="any number"
        What targets must be.
    score : callable (y, prediction, sample_weight) -> float or None, default=None
        The score of one target, higher is better, of NumPy arrays (rows,) in its units, sample_weight None for equal
        weights; None is R2.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import CustomLoss
    >>> loss = CustomLoss(lambda x, y: (x - y) ** 4, lambda x, y: 4 * (x - y) ** 3)
    >>> x, y = jnp.array([[3.0]]), jnp.array([[1.0]])
    >>> float(loss.value(x, y)[0, 0]), float(loss.derivative(x, y)[0, 0])
    (16.0, 32.0)
    """

    value_of: Rule
    derivative_of: Rule
    link: Activation
    domain: Domain
    score_of: ScoreFunction | None

    def __init__(
        self,
        value: Rule,
        derivative: Rule,
        link: Activation | str = "identity",
        domain: Domain = "any number",
        score: ScoreFunction | None = None,
    ) -> None:
        object.__setattr__(self, "value_of", value)
        object.__setattr__(self, "derivative_of", derivative)
        object.__setattr__(self, "link", as_activation(link))
        object.__setattr__(self, "domain", domain)
        object.__setattr__(self, "score_of", score)

    # The results are unshaped: a wrong shape is found, and explained, by the check of the derivative.
    def value(self, x: Outputs, y: Targets) -> Array:
        return self.value_of(x, y)

    def derivative(self, x: Outputs, y: Targets) -> Array:
        return self.derivative_of(x, y)

    def score(
        self, y: np.ndarray, prediction: np.ndarray, sample_weight: np.ndarray | None = None, level: float | None = None
    ) -> float:
        if self.score_of is None:
            return super().score(y, prediction, sample_weight, level)
        return float(self.score_of(y, prediction, sample_weight))
