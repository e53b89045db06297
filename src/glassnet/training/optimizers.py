"""Descent: from a gradient to the next parameters.

A solver is a pair of pure functions, `start` and `step`, over one flat vector theta that holds all W and b, and a
memory that the caller carries. All parameters move at once, from gradients taken at the old ones. Gradient descent is
written here as in the notes; momentum and Adam are optax's (gradient in, update out).
"""

from dataclasses import dataclass
from typing import Any, Protocol, cast, runtime_checkable

import jax
import optax

from glassnet._types import Theta

StepSize = float | jax.Array


@runtime_checkable
class Solver(Protocol):
    """How a gradient moves the parameters."""

    def start(self, theta: Theta) -> Any:
        """Return the memory before the first step."""
        ...

    def step(self, theta: Theta, memory: Any, gradient: Theta, step_size: StepSize) -> tuple[Theta, Any]:
        """Return the parameters after one step, and the memory."""
        ...


@dataclass(frozen=True)
class GradientDescent:
    """theta_k = theta_{k-1} - tau dE/dtheta."""

    def start(self, theta: Theta) -> Any:
        return ()

    def step(self, theta: Theta, memory: Any, gradient: Theta, step_size: StepSize) -> tuple[Theta, Any]:
        return theta - step_size * gradient, memory


@dataclass(frozen=True)
class SGD:
    """v_k = decay v_{k-1} + dE/dtheta, theta_k = theta_{k-1} - tau v_k.

    With `nesterov`, theta_k = theta_{k-1} - tau (dE/dtheta + decay v_k) (Sutskever et al. 2013; `optax.trace`).
    """

    decay: float = 0.9
    nesterov: bool = True

    def start(self, theta: Theta) -> Any:
        return self._rule.init(theta)

    def step(self, theta: Theta, memory: Any, gradient: Theta, step_size: StepSize) -> tuple[Theta, Any]:
        update, memory = self._rule.update(gradient, memory, theta)
        return theta - step_size * cast(Theta, update), memory

    @property
    def _rule(self) -> optax.GradientTransformation:
        return optax.trace(self.decay, self.nesterov)


@dataclass(frozen=True)
class Adam:
    """theta_k = theta_{k-1} - tau m / (sqrt v + epsilon).

    m and v are running means of the gradient and of its square, each divided by 1 - beta^k (Kingma and Ba 2015;
    `optax.scale_by_adam`).
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8

    def start(self, theta: Theta) -> Any:
        return self._rule.init(theta)

    def step(self, theta: Theta, memory: Any, gradient: Theta, step_size: StepSize) -> tuple[Theta, Any]:
        update, memory = self._rule.update(gradient, memory, theta)
        return theta - step_size * cast(Theta, update), memory

    @property
    def _rule(self) -> optax.GradientTransformation:
        return optax.scale_by_adam(self.beta_1, self.beta_2, self.epsilon)


SOLVERS: dict[str, Solver] = {"gd": GradientDescent(), "sgd": SGD(), "adam": Adam(), "adamw": Adam()}


def as_solver(given: Any) -> Solver:
    """Return the solver of that name, or the one given; `ValueError` lists the names."""
    if isinstance(given, str):
        if given not in SOLVERS:
            raise ValueError(f"solver={given!r} is not known; choose one of {', '.join(SOLVERS)}")
        return SOLVERS[given]
    if isinstance(given, Solver) and not isinstance(given, type):
        return given
    raise TypeError(f"solver={given!r} must be a name, such as 'adam', or a solver, such as Adam(0.9, 0.95)")
