"""scikit-learn's stochastic solvers: steps over one vector, and the learning rate between epochs."""

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from glassnet._lazy import jnp
from glassnet._types import FlatParameters, Integer
from glassnet.training.optimizers import SGD
from glassnet.training.schedule import ADAPTIVE_CUT
from glassnet.training.solver import GradientSolver, SolverState, StepSize

SMALLEST_LEARNING_RATE = 1e-6  # of "adaptive"

Schedule = Literal["constant", "invscaling", "adaptive"]


@dataclass(frozen=True)
class ScikitLearnSGD:
    """v_k = momentum v_{k-1} + tau_k dE/dtheta, theta_k = theta_{k-1} - v_k: the step size is inside the velocity.

    With `nesterov`, theta_k = theta_{k-1} - (momentum v_k + tau_k dE/dtheta).
    """

    momentum: float
    nesterov: bool

    def init(self, flat_parameters: FlatParameters) -> SolverState:
        """Return zero velocity."""
        return self._rule.init(flat_parameters)

    def update(
        self, flat_parameters: FlatParameters, state: SolverState, gradient: FlatParameters, step_size: StepSize
    ) -> tuple[FlatParameters, SolverState]:
        """Return the parameters after one step, and the velocity."""
        return self._rule.update(flat_parameters, state, step_size * gradient, 1.0)

    @property
    def _rule(self) -> SGD:
        return SGD(momentum=self.momentum, nesterov=self.nesterov)


@dataclass(frozen=True)
class ScikitLearnAdam:
    """theta_t = theta_{t-1} - tau_t m / (sqrt v + epsilon), tau_t = tau sqrt(1 - beta_2^t) / (1 - beta_1^t).

    The short form of Kingma and Ba (2015), section 2: epsilon is added to the uncorrected sqrt v.
    """

    beta_1: float
    beta_2: float
    epsilon: float

    def init(self, flat_parameters: FlatParameters) -> SolverState:
        """Return t = 0 and m = v = 0."""
        return jnp.zeros((), jnp.int32), jnp.zeros_like(flat_parameters), jnp.zeros_like(flat_parameters)

    def update(
        self, flat_parameters: FlatParameters, state: SolverState, gradient: FlatParameters, step_size: StepSize
    ) -> tuple[FlatParameters, SolverState]:
        """Return the parameters after one step, and t, m and v."""
        t, m, v = cast(tuple[Integer, FlatParameters, FlatParameters], state)
        t = t + 1
        m = self.beta_1 * m + (1 - self.beta_1) * gradient
        v = self.beta_2 * v + (1 - self.beta_2) * jnp.square(gradient)
        power = t.astype(flat_parameters.dtype)
        tau = step_size * jnp.sqrt(1 - self.beta_2**power) / (1 - self.beta_1**power)
        return flat_parameters - tau * m / (jnp.sqrt(v) + self.epsilon), (t, m, v)


@dataclass
class Optimizer:
    """A solver, its state, which `partial_fit` carries on, and the learning rate of the next epoch."""

    solver: GradientSolver
    learning_rate_init: float
    schedule: Schedule
    power_t: float
    learning_rate: float
    state: SolverState | None = None  # NumPy arrays between fits, so that models can be pickled

    def end_epoch(self, samples: int) -> None:
        """Set the learning rate of "invscaling" after so many samples seen: init / (samples + 1)^power_t."""
        if self.schedule == "invscaling":
            self.learning_rate = self.learning_rate_init / (samples + 1) ** self.power_t

    def lowers_learning_rate(self) -> bool:
        """Divide the learning rate of "adaptive" by five; return False where training should stop instead."""
        if self.schedule != "adaptive" or self.learning_rate <= SMALLEST_LEARNING_RATE:
            return False
        self.learning_rate /= ADAPTIVE_CUT
        return True


def is_finite(parameters: list[np.ndarray]) -> bool:
    """Return whether all numbers of all arrays are finite."""
    return all(bool(np.isfinite(array).all()) for array in parameters)
