"""One epoch of scikit-learn's, compiled: a step for every batch of a given order, the short last batch too."""

import numpy as np
from jaxtyping import Int

from glassnet._lazy import Array, jax, jnp
from glassnet._types import FlatParameters, Scalar
from glassnet.data.shared import Batch
from glassnet.network.backward import cost_and_gradient
from glassnet.network.compiled_programs import compiled
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.training.ravel import flatten, l2_mask, unflatten
from glassnet.training.solver import GradientSolver, SolverState, StepSize


def batches(order: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of every batch (batches, size), the last one filled up with row 0, and how many of them count."""
    steps = -(-len(order) // size)
    rows = np.pad(order, (0, steps * size - len(order))).reshape(steps, size).astype(np.int32)
    counts = np.full(steps, size, np.int32)
    counts[-1] -= steps * size - len(order)
    return rows, counts


@compiled(static=3)
def train_epoch(
    network: Network,
    loss: Loss,
    solver: GradientSolver,
    flat_parameters: FlatParameters,
    state: SolverState,
    data: Batch,
    rows: Int[Array, "batches size"],
    counts: Int[Array, " batches"],
    alpha: StepSize,
    learning_rate: StepSize,
    factor: StepSize,
) -> tuple[FlatParameters, SolverState, Scalar]:
    """Return the parameters and the solver's state after a step for each batch, and the mean loss over the rows.

    A batch's objective is (1/w) sum_i w_i loss_i + alpha / (2 w) sum W^2, w the sum of its weights; its loss is
    reported with `factor` before the first sum.
    """
    l2 = jnp.asarray(l2_mask(network), flat_parameters.dtype)
    size = rows.shape[1]

    def step(
        carry: tuple[FlatParameters, SolverState, Scalar], batch: tuple[Int[Array, " size"], Scalar]
    ) -> tuple[tuple[FlatParameters, SolverState, Scalar], None]:
        flat_parameters, state, total = carry
        places, count = batch
        weights = data.weights[places] * (jnp.arange(size) < count)
        total_weight = jnp.sum(weights)
        total_weight = jnp.where(total_weight > 0, total_weight, 1)  # a batch of weight zero moves by the penalty alone
        value, gradient = cost_and_gradient(
            network,
            loss,
            unflatten(network, flat_parameters),
            data.x[places],
            data.y[places],
            weights * (size / total_weight),
        )
        penalty_gradient = alpha / total_weight * l2 * flat_parameters
        reported = factor * value + 0.5 * jnp.dot(penalty_gradient, flat_parameters)
        flat_parameters, state = solver.update(
            flat_parameters, state, flatten(gradient) + penalty_gradient, learning_rate
        )
        return (flat_parameters, state, total + count * reported), None

    start = flat_parameters, state, jnp.zeros((), flat_parameters.dtype)
    (flat_parameters, state, total), _ = jax.lax.scan(step, start, (rows, counts))
    return flat_parameters, state, total / jnp.sum(counts)
