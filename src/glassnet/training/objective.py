"""The whole training problem as one function, for solvers that look at all rows at once, in float64."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from glassnet._types import Inputs, Jacobian, Outputs, PerSample, Residuals, Scalar, Theta
from glassnet.network.backward import cost_and_gradient, output_jacobian
from glassnet.network.cost import cost
from glassnet.network.loss import Loss
from glassnet.network.network import Network, output
from glassnet.training.batches import padded_size
from glassnet.training.ravel import flatten, l2_mask, unflatten


class Rows(NamedTuple):
    """Scaled inputs and targets, padded; weights that make the mean over all that over the real rows."""

    x: Inputs
    y: Outputs
    weights: PerSample


def padded_rows(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> Rows:
    """Return rows padded to one of few sizes; padding weighs nothing."""
    size = padded_size(len(x))
    room = size - len(x)
    share = weights / np.mean(weights) * (size / len(x))
    padded = [np.pad(a, [(0, room)] + [(0, 0)] * (a.ndim - 1)) for a in (x, y, share)]
    return Rows(*(jnp.asarray(a, jnp.float64) for a in padded))


def objective(network: Network, loss: Loss, theta: Theta, rows: Rows, penalty: Scalar) -> tuple[Scalar, Theta]:
    """Return E + penalty/2 sum W^2 and its gradient."""
    value, gradient = cost_and_gradient(network, loss, unflatten(network, theta), *rows)
    pull = penalty * jnp.asarray(l2_mask(network), theta.dtype) * theta
    return value + 0.5 * jnp.dot(pull, theta), flatten(gradient) + pull


def plain_cost(network: Network, loss: Loss, theta: Theta, rows: Rows) -> Scalar:
    """Return E, without the penalty."""
    return cost(loss, output(network, unflatten(network, theta), rows.x), rows.y, rows.weights)


def residuals(network: Network, theta: Theta, rows: Rows, penalty: Scalar) -> Residuals:
    """Return r with 1/2 r'r = E + penalty/2 sum W^2 for the half squared error: weighted errors, then the weights W."""
    share = jnp.sqrt(rows.weights / len(rows.weights))
    errors = output(network, unflatten(network, theta), rows.x) - rows.y
    errors = share[:, None] * jnp.where(jnp.isnan(rows.y), 0, errors)
    return jnp.concatenate([errors.ravel(), jnp.sqrt(penalty) * jnp.asarray(l2_mask(network), theta.dtype) * theta])


def jacobian(network: Network, theta: Theta, rows: Rows, penalty: Scalar) -> Jacobian:
    """Return dr/dtheta, its upper part by the delta recursion once an output."""
    share = jnp.sqrt(rows.weights / len(rows.weights))
    parts = output_jacobian(network, unflatten(network, theta), rows.x)
    count = len(share) * rows.y.shape[1]
    of_outputs = jnp.concatenate([layer[name].reshape(count, -1) for layer in parts for name in sorted(layer)], axis=1)
    known = jnp.where(jnp.isnan(rows.y), 0, share[:, None])
    scaled = known.reshape(count, 1) * of_outputs
    return jnp.concatenate([scaled, jnp.sqrt(penalty) * jnp.diag(jnp.asarray(l2_mask(network), theta.dtype))])


gradient_of = jax.jit(objective, static_argnums=(0, 1))
cost_of = jax.jit(plain_cost, static_argnums=(0, 1))
