"""The training problem of one member as one function of the parameters, in float64, for full-batch solvers."""

from dataclasses import dataclass

import numpy as np

from glassnet._lazy import jax, jnp
from glassnet._types import FlatParameters, Jacobian, Residuals, Scalar
from glassnet.data.shared import Batch
from glassnet.network.backward import cost_and_gradient, output_jacobian
from glassnet.network.compiled_programs import compiled
from glassnet.network.cost import cost
from glassnet.network.loss import Loss
from glassnet.network.network import Network, output
from glassnet.training.batches import padded_size
from glassnet.training.ravel import flatten, l2_mask, trained_alone, unflatten


@dataclass(frozen=True)
class Objective:
    """E + penalty/2 sum W^2 over rows that are scaled and padded.

    Parameters
    ----------
    network : Network
        The layers.
    loss : Loss
        E is its weighted mean over the rows.
    rows : Batch
        The training rows, in float64.
    penalty : scalar
        The strength of the L2 penalty.
    """

    network: Network
    loss: Loss
    rows: Batch
    penalty: Scalar

    @property
    def penalties(self) -> np.ndarray:
        """The strength of the penalty of every parameter, (parameters,): 0 but for weights W."""
        return float(self.penalty) * l2_mask(self.network)

    def value_and_gradient(self, flat_parameters: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the objective and its gradient."""
        value, gradient = _value_and_gradient(self.network, self.loss, flat_parameters, self.rows, self.penalties)
        return float(value), np.asarray(gradient)


def padded_batch(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> Batch:
    """Return rows padded to one of few sizes; weights make the mean over all that over the real rows."""
    size = padded_size(len(x))
    padding = size - len(x)
    scaled_weights = weights / np.mean(weights) * (size / len(x))
    padded = [np.pad(a, [(0, padding)] + [(0, 0)] * (a.ndim - 1)) for a in (x, y, scaled_weights)]
    return Batch(*jax.device_put([a.astype(np.float64) for a in padded]))


@compiled(static=2)
def plain_cost(network: Network, loss: Loss, flat_parameters: FlatParameters, rows: Batch) -> Scalar:
    """Return E, without the penalty."""
    return cost(loss, output(network, unflatten(network, flat_parameters), rows.x), rows.y, rows.weights)


@compiled(static=2)
def _value_and_gradient(
    network: Network, loss: Loss, flat_parameters: FlatParameters, rows: Batch, penalties: FlatParameters
) -> tuple[Scalar, FlatParameters]:
    value, gradient = cost_and_gradient(network, loss, unflatten(network, flat_parameters), *rows)
    l2 = penalties * flat_parameters
    return value + 0.5 * jnp.dot(l2, flat_parameters), trained_alone(network, flatten(gradient) + l2)


def residuals(network: Network, flat_parameters: FlatParameters, rows: Batch, penalties: FlatParameters) -> Residuals:
    """Return r with 1/2 r'r = E + 1/2 sum penalty theta^2, E half the squared error: weighted errors, then theta."""
    root_weights = jnp.sqrt(rows.weights / len(rows.weights))
    errors = output(network, unflatten(network, flat_parameters), rows.x) - rows.y
    errors = root_weights[:, None] * jnp.where(jnp.isnan(rows.y), 0, errors)
    return jnp.concatenate([errors.ravel(), jnp.sqrt(penalties) * flat_parameters])


def jacobian(network: Network, flat_parameters: FlatParameters, rows: Batch, penalties: FlatParameters) -> Jacobian:
    """Return dr/dtheta, its upper part by the delta recursion once an output."""
    root_weights = jnp.sqrt(rows.weights / len(rows.weights))
    parts = output_jacobian(network, unflatten(network, flat_parameters), rows.x)
    count = len(root_weights) * rows.y.shape[1]
    of_outputs = jnp.concatenate([layer[name].reshape(count, -1) for layer in parts for name in sorted(layer)], axis=1)
    known = jnp.where(jnp.isnan(rows.y), 0, root_weights[:, None])
    scaled = known.reshape(count, 1) * trained_alone(network, of_outputs)
    return jnp.concatenate([scaled, jnp.diag(jnp.sqrt(penalties))])
