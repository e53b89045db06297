"""The training loop: epochs compiled together, a look from outside between them.

An epoch visits the member's own rows in a keyed order, batch by batch; the tail that does not fill a batch is left out,
another one each time. `advance` runs several epochs in one compiled call, so that the host is asked only about five
times a second, whatever the size of the network.
"""

from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from glassnet._types import Inputs, Key, Order, Outputs, PerSample, Scalar, Theta
from glassnet.network.backward import cost_and_gradient
from glassnet.network.layer import Parameters
from glassnet.network.loss import Loss, cost
from glassnet.network.network import Network, output
from glassnet.training.descent import Solver
from glassnet.training.divergence import DivergenceError, explain
from glassnet.training.flat import flatten, shrinking, unflatten
from glassnet.training.history import Callback, History, Progress
from glassnet.training.stopping import Best, nothing_yet, watch

SECONDS_BETWEEN_LOOKS = 0.2
MOST_EPOCHS_A_CALL = 128


class Data(NamedTuple):
    """Scaled inputs and targets, one row a sample, and the samples' weights (of mean one)."""

    x: Inputs
    y: Outputs
    weights: PerSample


@dataclass(frozen=True)
class Plan:
    """What is compiled: another plan is another program."""

    network: Network
    loss: Loss
    solver: Solver
    batch_size: int
    shuffle: bool = True


class Settings(NamedTuple):
    """Numbers that may change without compiling again."""

    step_size: float | Scalar
    alpha: float | Scalar = 0.0  # L2: alpha / (2 batch rows) times the sum of squared weights
    tolerance: float | Scalar = 1e-4
    patience: int | Int[Array, ""] = 10


class State(NamedTuple):
    """Everything that an epoch changes."""

    theta: Theta
    memory: Any
    key: Key
    epoch: Int[Array, ""]
    best: Best


def train(
    plan: Plan,
    settings: Settings,
    parameters: Parameters,
    key: Key,
    data: Data,
    rows: np.ndarray,
    validation_rows: np.ndarray,
    max_epochs: int,
    callback: Callback | None = None,
) -> tuple[Parameters, History]:
    """Return the trained parameters and what happened.

    With validation rows their loss is watched and the parameters of its best epoch are kept; without, the training loss
    is watched and the last parameters are kept. `DivergenceError` when a loss is no longer finite.
    """
    theta = flatten(parameters)
    state = State(theta, plan.solver.start(theta), key, jnp.asarray(0), nothing_yet(theta))
    loss: list[float] = []
    validation_loss: list[float] = []
    epochs, reason = 1, "max_iter epochs are done"
    while len(loss) < max_epochs:
        started = perf_counter()
        asked = min(epochs, max_epochs - len(loss))
        state, losses = advance(plan, settings, state, data, rows, validation_rows, asked)
        done = int(state.epoch) - len(loss)
        loss += np.asarray(losses[0][:done]).tolist()
        validation_loss += np.asarray(losses[1][:done]).tolist() if validation_rows.size else []
        if not np.isfinite(loss[-1]):
            raise DivergenceError(explain(unflatten(plan.network, state.theta), len(loss), float(settings.step_size)))
        if callback is not None and callback(
            Progress(len(loss), max_epochs, loss[-1], validation_loss[-1] if validation_loss else None)
        ):
            reason = "the callback asked to stop"
            break
        if int(state.best.stale) > int(settings.patience):
            reason = f"no improvement in {int(settings.patience)} epochs"
            break
        seconds = (perf_counter() - started) / done
        epochs = int(np.clip(SECONDS_BETWEEN_LOOKS / seconds, 1, min(MOST_EPOCHS_A_CALL, 8 * epochs)))
    kept = state.best.theta if validation_rows.size else state.theta
    kept_epoch = int(state.best.epoch) if validation_rows.size else len(loss)
    return unflatten(plan.network, kept), History(tuple(loss), tuple(validation_loss), kept_epoch, reason)


@partial(jax.jit, static_argnames="plan", donate_argnames="state")
def advance(
    plan: Plan, settings: Settings, state: State, data: Data, rows: Order, validation_rows: Order, epochs: Any
) -> tuple[State, Any]:
    """Return the state after up to `epochs` more epochs, fewer when stopping says so, and the losses of each."""
    until = state.epoch + epochs
    curve = jnp.zeros(MOST_EPOCHS_A_CALL, state.theta.dtype)

    def going(carry: Any) -> Any:
        state, loss, _ = carry
        last = loss[jnp.maximum(state.epoch - until + epochs - 1, 0)]
        return (state.epoch < until) & (state.best.stale <= settings.patience) & jnp.isfinite(last)

    def one_epoch(carry: Any) -> Any:
        state, loss, validation_loss = carry
        place = state.epoch - until + epochs
        theta, memory, mean_loss = _epoch(plan, settings, state, data, rows)
        watched = validation_cost(plan, theta, data, validation_rows) if validation_rows.size else mean_loss
        best = watch(state.best, theta, watched, state.epoch + 1, jnp.asarray(settings.tolerance, theta.dtype))
        state = State(theta, memory, state.key, state.epoch + 1, best)
        return state, loss.at[place].set(mean_loss), validation_loss.at[place].set(watched)

    state, *curves = jax.lax.while_loop(going, one_epoch, (state, curve, curve))
    return state, curves


def validation_cost(plan: Plan, theta: Theta, data: Data, rows: Order) -> Scalar:
    """Return the cost on these rows, without the regularisation."""
    x = output(plan.network, unflatten(plan.network, theta), data.x[rows])
    return cost(plan.loss, x, data.y[rows], data.weights[rows])


def _epoch(plan: Plan, settings: Settings, state: State, data: Data, rows: Order) -> tuple[Theta, Any, Scalar]:
    key = jax.random.fold_in(state.key, state.epoch)
    order = rows[jax.random.permutation(key, rows.size)] if plan.shuffle else rows
    steps, size = rows.size // plan.batch_size, plan.batch_size

    def step(number: Any, carry: Any) -> Any:
        theta, memory, total = carry
        batch = jax.lax.dynamic_slice(order, (number * size,), (size,))
        value, gradient = _penalised(plan, settings, theta, data, batch)
        theta, memory = plan.solver.step(theta, memory, gradient, settings.step_size)
        return theta, memory, total + value

    start = state.theta, state.memory, jnp.zeros((), state.theta.dtype)
    theta, memory, total = jax.lax.fori_loop(0, steps, step, start)
    return theta, memory, total / steps


def _penalised(plan: Plan, settings: Settings, theta: Theta, data: Data, batch: Order) -> tuple[Scalar, Theta]:
    """Return E + alpha/(2s) sum W^2 over a batch of s rows, and its gradient."""
    parameters = unflatten(plan.network, theta)
    value, gradient = cost_and_gradient(
        plan.network, plan.loss, parameters, data.x[batch], data.y[batch], data.weights[batch]
    )
    pull = settings.alpha / plan.batch_size * jnp.asarray(shrinking(plan.network), theta.dtype) * theta
    return value + 0.5 * jnp.dot(pull, theta), flatten(gradient) + pull
