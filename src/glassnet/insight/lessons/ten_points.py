"""Higham's ten points: a million steps of gradient descent on single points beside Levenberg-Marquardt, recorded.

Source: Higham and Higham, "Deep Learning: An Introduction for Applied Mathematicians", SIAM Review 61(4), 2019, section
5: the points, the network 2-2-3-2, the start 0.5 N(0, 1), the step size and the number of steps. Its random numbers are
not known; start and order are those of a seed here.
"""

from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Int

from glassnet._lazy import Array, jax, jnp
from glassnet._types import FlatParameters, Integer
from glassnet.network.backward import backward, cost_and_gradient
from glassnet.network.compiled_programs import check_process, compiled
from glassnet.network.cost import cost_derivative
from glassnet.network.dense import Dense
from glassnet.network.devices import float64
from glassnet.network.initializers import Normal
from glassnet.network.loss import HalfSquaredError
from glassnet.network.network import Network, forward
from glassnet.training.least_squares import Problem, several_steps, start
from glassnet.training.objective import jacobian, padded_batch, residuals
from glassnet.training.optimizers import GradientDescent
from glassnet.training.ravel import flatten, unflatten

X = np.array([[0.1, 0.3, 0.1, 0.6, 0.4, 0.6, 0.5, 0.9, 0.4, 0.7], [0.1, 0.4, 0.5, 0.9, 0.2, 0.3, 0.6, 0.2, 0.4, 0.6]]).T
Y = np.repeat([[1.0, 0.0], [0.0, 1.0]], 5, axis=0)
NETWORK = Network(2, [Dense(size, "logistic", Normal(0.5), Normal(0.5)) for size in (2, 3, 2)])
Rows = Float[Array, "rows columns"]
LOSS, DESCENT = HalfSquaredError(), GradientDescent()
STEP_SIZE = 0.05
STEPS = 1_000_000
SEED = 2  # of the start and of the order of the points
SMALL_COST = 1e-8  # where Levenberg-Marquardt ends
MOST_TRIALS = 60


EARLY = [digit * 10**power for power in range(3) for digit in range(1, 10)] + [1_000, 2_000, 3_000, 4_000]
RECORDED = np.array([0, *EARLY, *range(5_000, STEPS + 1, 5_000)])


@dataclass(frozen=True, eq=False)
class SolverRecord:
    """What a solver reached at recorded steps.

    Attributes
    ----------
    steps : array of int (recorded,)
        After how many steps, from 0 on.
    costs : array (recorded,)
        E = 1/2 sum_i |f(x_i) - y_i|^2 over the ten points.
    right : array of int (recorded,)
        How many points have their larger output where their target is 1.
    derivatives : array (recorded, layers)
        The mean of sigma'(z^l) over points and units.
    deltas : array (recorded, layers)
        The mean of |delta^l| over points and units.
    """

    steps: np.ndarray
    costs: np.ndarray
    right: np.ndarray
    derivatives: np.ndarray
    deltas: np.ndarray

    def up_to(self, step: int) -> "SolverRecord":
        """Return the part up to a step."""
        arrays = (self.steps, self.costs, self.right, self.derivatives, self.deltas)
        return SolverRecord(*(array[self.steps <= step] for array in arrays))


def points_in_order() -> np.ndarray:
    """Return which point is drawn in every step of gradient descent, (steps,)."""
    return np.random.default_rng(SEED).integers(len(X), size=STEPS)


@cache
def record_descent() -> SolverRecord:
    """Return gradient descent: every step moves the parameters by -tau dE_i of one point i, drawn from all."""
    check_process()
    with float64():
        flat_parameters = flatten(NETWORK.initialize(SEED, jnp.float64))
        order, found = jnp.asarray(points_in_order()), [flat_parameters]
        for first, last in pairwise(RECORDED):
            flat_parameters = _descend(flat_parameters, order, jnp.asarray(X), jnp.asarray(Y), first, last)
            found.append(flat_parameters)
        return _record(RECORDED, found)


@cache
def record_least_squares() -> SolverRecord:
    """Return Levenberg-Marquardt from the same start, a step a trial, until the cost is at most 1e-8."""
    check_process()
    with float64():
        problem = Problem(partial(residuals, NETWORK), partial(jacobian, NETWORK))
        rows, penalties = padded_batch(X, Y, np.ones(len(X))), jnp.zeros(NETWORK.n_parameters)
        search = start(problem, flatten(NETWORK.initialize(SEED, jnp.float64)), rows, penalties)
        found = [search.flat_parameters]
        while len(found) <= MOST_TRIALS and len(X) * float(search.cost) > SMALL_COST:
            search = several_steps(problem, search, 1, 0.0, rows, penalties)
            found.append(search.flat_parameters)
        return _record(np.arange(len(found)), found)


@compiled()
def _descend(
    flat_parameters: FlatParameters, order: Int[Array, " steps"], x: Rows, y: Rows, first: Integer, last: Integer
) -> FlatParameters:
    def step(number: Integer, flat_parameters: FlatParameters) -> FlatParameters:
        row = jnp.array([order[number]])
        _, gradient = cost_and_gradient(NETWORK, LOSS, unflatten(NETWORK, flat_parameters), x[row], y[row], jnp.ones(1))
        return DESCENT.update(flat_parameters, (), flatten(gradient), STEP_SIZE)[0]

    return jax.lax.fori_loop(first, last, step, flat_parameters)


def _record(steps: np.ndarray, found: list[FlatParameters]) -> SolverRecord:
    return SolverRecord(steps, *map(np.asarray, _seen(jnp.stack(found), jnp.asarray(X), jnp.asarray(Y))))


@compiled()
def _seen(found: Float[Array, "recorded parameters"], x: Rows, y: Rows) -> tuple[Array, ...]:
    """Return costs, numbers of right points, and the means of sigma'(z) and |delta| of every layer."""

    def of(flat_parameters: FlatParameters) -> tuple[Array, ...]:
        parameters = unflatten(NETWORK, flat_parameters)
        signals = forward(NETWORK, parameters, x)
        out = signals[-1].x
        back = backward(NETWORK, parameters, signals, len(x) * cost_derivative(LOSS, out, y, None))
        derivatives = [jnp.mean(layer.x * (1 - layer.x)) for layer in signals]
        deltas = [jnp.mean(jnp.abs(layer.delta)) for layer in back]
        right = jnp.sum(jnp.argmax(out, axis=1) == jnp.argmax(y, axis=1))
        return jnp.sum(jnp.square(out - y)) / 2, right, jnp.stack(derivatives), jnp.stack(deltas)

    return jax.vmap(of)(found)
