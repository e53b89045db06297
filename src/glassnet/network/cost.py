"""The empirical risk: a loss averaged over samples, and where its derivative enters backpropagation."""

import numpy as np

from glassnet._lazy import jnp
from glassnet._types import Outputs, PerSample, Scalar, Targets
from glassnet.network.activation import Identity
from glassnet.network.devices import float64
from glassnet.network.loss import Loss
from glassnet.network.network import Network

STEP, ROWS = 1e-6, 64  # of the differences that check a derivative


def cost(loss: Loss, x: Outputs, y: Targets, weights: PerSample | None = None) -> Scalar:
    """Return the empirical risk E = (1/s) sum_i w_i sum_j loss(x_i, y_ij) over s samples; w_i = 1 unless given.

    A missing y_ij (NaN) costs nothing, and its derivative is 0.
    """
    values = cost_of_each(loss, x, y)
    return jnp.mean(values if weights is None else weights * values)


def cost_of_each(loss: Loss, x: Outputs, y: Targets) -> PerSample:
    """Return sum_j loss(x_i, y_ij) of every sample i; a missing y_ij costs nothing."""
    return jnp.sum(jnp.where(jnp.isnan(y), 0, loss.value(x, _known(y))), axis=1)


def cost_derivative(loss: Loss, x: Outputs, y: Targets, weights: PerSample | None = None) -> Outputs:
    """Return dE/dx^L, whose row i is (w_i / s) d loss(x_i, y_i) / dx: here, once, the samples' weights come in."""
    row_weight = 1 / x.shape[0] if weights is None else weights[:, None] / x.shape[0]
    missing = jnp.repeat(jnp.isnan(y), x.shape[1] // y.shape[1], axis=1)
    return jnp.where(missing, 0, loss.derivative(x, _known(y))) * row_weight


def check_link(network: Network, loss: Loss) -> None:
    """Raise `ValueError` when the last layer would apply what the loss's link applies again."""
    last = getattr(network.layers[-1], "activation", Identity())
    if not isinstance(loss.link, Identity) and not isinstance(last, Identity):
        raise ValueError(
            f"{type(loss).__name__} applies {type(loss.link).__name__.lower()} itself, but the last layer ends in "
            f"{type(last).__name__}; give that layer the identity"
        )


def check_loss(loss: Loss, targets: int = 1) -> None:
    """Raise `ValueError` unless a loss's derivative fits differences of its value, at points drawn in float64.

    So does a `least_squares_factor` c that does not give the value c/2 (x - y)^2. Losses of the package are
    covered by its tests and are not checked.
    """
    if not loss.check_derivative:
        return
    random = np.random.default_rng(0)
    with float64():
        x = jnp.asarray(random.normal(size=(ROWS, loss.outputs(targets))))
        y = jnp.asarray(random.uniform(0.1, 2.0, (ROWS, targets)))
        _check_derivative(loss, x, y)
        _check_squares(loss, x, y)


def _check_derivative(loss: Loss, x: Outputs, y: Targets) -> None:
    derivative = loss.derivative(x, y)
    if loss.value(x, y).shape != y.shape or derivative.shape != x.shape:
        raise ValueError(
            f"{type(loss).__name__}: value returned shape {loss.value(x, y).shape} and derivative {derivative.shape} "
            f"for outputs {x.shape} and targets {y.shape}; they must be those of the targets and of the outputs"
        )
    steps = STEP * jnp.eye(x.shape[1], dtype=x.dtype)
    sides = [[jnp.sum(loss.value(x + sign * step, y), axis=1) for sign in (1, -1)] for step in steps]
    expected = jnp.stack([above - below for above, below in sides], axis=1) / (2 * STEP)
    worst = float(jnp.max(jnp.abs(derivative - expected) / (1 + jnp.abs(expected))))
    if not worst < 1e-3:
        raise ValueError(
            f"{type(loss).__name__}: the derivative is not that of the value: it differs from differences by "
            f"{worst:.2g}; for value (x - y)^2 it is 2 (x - y)"
        )


def _check_squares(loss: Loss, x: Outputs, y: Targets) -> None:
    c = loss.least_squares_factor
    if c is None:
        return
    plain = isinstance(loss.link, Identity) and not loss.levels
    if not plain or not np.allclose(loss.value(x, y), 0.5 * c * jnp.square(x - y), rtol=1e-6):
        raise ValueError(
            f"{type(loss).__name__}: least_squares_factor={c:g} means the value {c:g}/2 (x - y)^2 and the identity as "
            "link, which it has not; set it to None"
        )


def _known(y: Targets) -> Targets:
    return jnp.where(jnp.isnan(y), 1.0, y)  # any number that every loss takes
