"""Solvers that look at all rows at once, in float64: L-BFGS and Levenberg-Marquardt, members on both cores."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import jax
import jax.numpy as jnp
import numpy as np

from glassnet._types import Jacobian, Residuals, Scalar, Theta
from glassnet.network.loss import HalfSquaredError, Loss, SquaredError
from glassnet.network.network import Network
from glassnet.training.history import History, Progress
from glassnet.training.least_squares import Problem, finished, several_steps, start
from glassnet.training.loop import THREADS, Arrays, Looks
from glassnet.training.objective import Rows, cost_of, gradient_of, jacobian, padded_rows, residuals
from glassnet.training.quasi_newton import lbfgs
from glassnet.training.ravel import flatten, unflatten

FULL_BATCH = ("lbfgs", "lm")

Part = tuple[np.ndarray, np.ndarray, np.ndarray]  # scaled x, scaled y, weights


@dataclass(frozen=True)
class Task:
    """One member's problem: parameters to start from, rows to learn from, rows to stop by (or none)."""

    place: int
    parameters: Arrays
    train: Part
    held: Part | None


@dataclass(frozen=True)
class Limits:
    """When to stop: steps, tolerance of the solver, and steps without progress on the held-out rows."""

    max_steps: int
    tolerance: float
    patience: int
    alpha: float


class Watcher:
    """Hears of every step of one member: keeps losses and the best parameters, and says when to stop."""

    def __init__(
        self, place: int, network: Network, loss: Loss, held: Rows | None, limits: Limits, looks: Looks
    ) -> None:
        self.losses: list[float] = []
        self.held_losses: list[float] = []
        self.damping: list[float] = []
        self.reason = ""
        self.best, self.best_loss, self.best_step = None, np.inf, 0
        self._place = place
        self._network, self._loss, self._held, self._limits, self._looks = network, loss, held, limits, looks

    def hear(self, theta: np.ndarray, cost: float) -> bool:
        """Return whether to stop after this step."""
        self.losses.append(cost)
        if self._held is not None or self._looks.monitor is not None:
            self._judge(theta)
        progress = Progress(
            len(self.losses), self._limits.max_steps, cost, self.held_losses[-1] if self.held_losses else None
        )
        if len(self.losses) - self.best_step > self._limits.patience and self.best is not None:
            self.reason = f"{self._limits.patience} steps without a better model"
        elif self._looks.callback is not None and self._looks.callback(progress):
            self.reason = "the callback asked to stop"
        elif self._looks.interrupt.asked:
            self.reason = "interrupted"
        elif perf_counter() > self._looks.deadline:
            self.reason = "max_time is over"
        return bool(self.reason)

    def _judge(self, theta: np.ndarray) -> None:
        if self._looks.monitor is not None:
            value = self._looks.monitor(self._place, theta)
        else:
            value = float(cost_of(self._network, self._loss, jnp.asarray(theta), self._held))
        if not np.isfinite(value):
            raise ValueError(f"the held-out rows or the monitor gave {value}; it must be a finite number")
        self.held_losses.append(value)
        if value < self.best_loss:
            self.best, self.best_loss, self.best_step = theta, value, len(self.losses)

    def result(self, theta: np.ndarray, reason: str) -> tuple[Arrays, History]:
        """Return what was kept, as NumPy arrays, and the history."""
        kept, step = (theta, len(self.losses)) if self.best is None else (self.best, self.best_step)
        history = History(
            tuple(self.losses), tuple(self.held_losses), step, self.reason or reason, 0, tuple(self.damping)
        )
        return unflatten(self._network, np.asarray(kept)), history


def train_full_batch(
    network: Network, loss: Loss, solver: str, tasks: Sequence[Task], limits: Limits, looks: Looks
) -> tuple[list[Arrays], list[History]]:
    """Return every member's parameters, float64 NumPy arrays, and history; members run on both cores."""
    one = partial({"lbfgs": _by_lbfgs, "lm": _by_least_squares}[solver], network, loss, limits=limits, looks=looks)

    def run(task: Task) -> tuple[Arrays, History]:
        with jax.enable_x64(True):  # the switch belongs to the thread
            return one(task)

    with ThreadPoolExecutor(THREADS) as pool:
        done = list(pool.map(run, tasks)) if len(tasks) > 1 else [run(tasks[0])]
    return [parameters for parameters, _ in done], [history for _, history in done]


def _by_lbfgs(network: Network, loss: Loss, task: Task, limits: Limits, looks: Looks) -> tuple[Arrays, History]:
    rows, held, theta = _float64(task)
    penalty = jnp.asarray(limits.alpha / np.sum(task.train[2]))
    watcher = Watcher(task.place, network, loss, held, limits, looks)

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = gradient_of(network, loss, jnp.asarray(theta), rows, penalty)
        return float(value), np.asarray(gradient)

    last, reason = lbfgs(objective, theta, limits.max_steps, limits.tolerance, watcher.hear)
    if not watcher.losses:  # it started at a minimum
        watcher.hear(last, objective(last)[0])
    return watcher.result(last, reason)


def _by_least_squares(network: Network, loss: Loss, task: Task, limits: Limits, looks: Looks) -> tuple[Arrays, History]:
    if not isinstance(loss, HalfSquaredError | SquaredError):
        raise ValueError(f"solver='lm' minimises squares, so loss={loss!r} needs another solver, such as 'lbfgs'")
    rows, held, theta = _float64(task)
    factor = 2.0 if isinstance(loss, SquaredError) else 1.0
    penalty = jnp.asarray(limits.alpha / np.sum(task.train[2]) / factor)
    watcher = Watcher(task.place, network, loss, held, limits, looks)
    problem = _problem(network)
    search = start(problem, jnp.asarray(theta), rows, penalty)
    reason = f"max_iter={limits.max_steps} steps are done"
    for _ in range(limits.max_steps):
        search = several_steps(problem, search, 1, limits.tolerance, rows, penalty)
        watcher.damping.append(float(search.damping))
        if watcher.hear(np.asarray(search.theta), factor * float(search.cost)):
            break
        if bool(finished(search, limits.tolerance)):
            reason = f"the steps are within tol={limits.tolerance:g}"
            break
    return watcher.result(np.asarray(search.theta), reason)


def _problem(network: Network) -> Problem:
    return Problem(_Residuals(network), _Jacobian(network))


@dataclass(frozen=True)
class _Residuals:
    """The residuals of a network as a function that can be compared, so that equal problems are compiled once."""

    network: Network

    def __call__(self, theta: Theta, rows: Rows, penalty: Scalar) -> Residuals:
        return residuals(self.network, theta, rows, penalty)


@dataclass(frozen=True)
class _Jacobian:
    network: Network

    def __call__(self, theta: Theta, rows: Rows, penalty: Scalar) -> Jacobian:
        return jacobian(self.network, theta, rows, penalty)


def _float64(task: Task) -> tuple[Rows, Rows | None, np.ndarray]:
    theta = np.asarray(flatten(jax.tree.map(lambda a: jnp.asarray(a, jnp.float64), task.parameters)))
    return padded_rows(*task.train), padded_rows(*task.held) if task.held is not None else None, theta
