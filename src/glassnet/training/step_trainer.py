"""Members trained by a full-batch solver, in float64: one epoch is one step of the solver over all rows."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from glassnet._lazy import jax
from glassnet.data.shared import Batch
from glassnet.network.devices import float64
from glassnet.network.loss import Loss
from glassnet.network.machine import available_cores
from glassnet.network.network import Network
from glassnet.training.history import History
from glassnet.training.objective import Objective, padded_batch, plain_cost
from glassnet.training.ravel import raveled, unflatten
from glassnet.training.run_control import Arrays, RunControl
from glassnet.training.solver import FullBatchSolver, Steps
from glassnet.training.stopping import StopReason
from glassnet.training.trainer import Curves

TURNS = 4  # in which members make their steps where they do not divide evenly among the cores

ScaledRows = tuple[np.ndarray, np.ndarray, np.ndarray]  # x, y, weights


@dataclass(frozen=True)
class Problem:
    """One member's problem: parameters to start from, rows to learn from, and validation rows or none."""

    parameters: Arrays
    train: ScaledRows
    validation: ScaledRows | None


@dataclass(frozen=True)
class Limits:
    """L2 strength, when to stop, by epochs in a row without an improvement by the tolerance, and what may be kept."""

    alpha: float
    tolerance: float
    patience: int
    slack: float = 0.0
    monitored: bool = False


class StepTrainer:
    """A `Trainer` over the steps of a full-batch solver, members side by side on the cores."""

    def __init__(
        self, network: Network, loss: Loss, solver: FullBatchSolver, problems: Sequence[Problem], limits: Limits
    ) -> None:
        self._network = network
        self.curves = Curves.of(len(problems))
        self._pool = ThreadPoolExecutor(available_cores())  # its threads start when they are first needed
        with float64():
            self._members = [
                _Member(network, loss, solver, problem, limits, *curves)
                for problem, *curves in zip(problems, self.curves.loss, self.curves.validation, strict=True)
            ]

    @property
    def epoch(self) -> np.ndarray:
        """The members' steps."""
        return np.array([len(member.losses) for member in self._members])

    @property
    def fraction(self) -> float:
        """0: a call trains whole epochs."""
        return 0.0

    def running(self, last: np.ndarray) -> np.ndarray:
        """Return which members have steps left and no reason to stop."""
        return np.array([member.going for member in self._members]) & (self.epoch < last)

    def advance(self, epochs: int, last: np.ndarray) -> None:
        """Make up to so many steps with every member that is running.

        Members make them at once or, where some cores would be left without work at the end, in turns.
        """
        ends, cores = np.minimum(self.epoch + epochs, last), available_cores()
        waiting = deque(np.flatnonzero(self.running(last)).tolist())
        steps_in_turn = epochs if len(waiting) % cores == 0 else -(-epochs // TURNS)

        def work(_: int) -> None:
            while waiting:
                try:
                    place = waiting.popleft()
                except IndexError:  # another thread was faster
                    return
                member = self._members[place]
                member.steps.advance(min(steps_in_turn, int(ends[place]) - len(member.losses)))
                if member.going and len(member.losses) < ends[place]:
                    waiting.append(place)

        list(self._pool.map(work, range(cores)))

    def parameters(self, member: int) -> Arrays:
        """Return a copy of a member's parameters, float64."""
        return unflatten(self._network, self._members[member].flat_parameters.copy())

    def judge(self, control: RunControl, trained: np.ndarray) -> None:
        """Judge the members that made a step."""
        for place in np.flatnonzero(trained):
            member = self._members[place]
            member.watch(control.judge(int(place), unflatten(self._network, member.flat_parameters)))

    def store(self, *, now: bool = False) -> None:
        """Do nothing: there are no checkpoints of full-batch solvers, whose fits start again with the same result."""

    def result(self, member: int, reason: StopReason) -> tuple[Arrays, History]:
        """Return the best parameters, float64, or the last ones where no step was judged."""
        return self._members[member].result(reason)

    def close(self) -> None:
        """Close the solvers of all members, and end the threads."""
        self._pool.shutdown()
        for member in self._members:
            member.steps.close()


class _Member:
    """One member's solver at work, and the record of its steps: an `Observer`."""

    def __init__(
        self, network: Network, loss: Loss, solver: FullBatchSolver, problem: Problem, limits: Limits,
        losses: list[float], validation_losses: list[float],
    ) -> None:  # fmt: skip
        self.losses, self.validation_losses = losses, validation_losses
        self.damping, self.effective_parameters = list[float](), list[float]()
        self.reason: StopReason | None = None
        self._network, self._loss, self._limits = network, loss, limits
        self._validation: Batch | None = None if problem.validation is None else padded_batch(*problem.validation)
        self.flat_parameters = np.concatenate(raveled(problem.parameters), dtype=np.float64)
        self._best, self._best_loss, self._best_step, self._no_improvement = self.flat_parameters, np.inf, 0, 0
        penalty = jax.device_put(np.float64(limits.alpha / np.sum(problem.train[2])))
        objective = Objective(network, loss, padded_batch(*problem.train), penalty)
        self.steps: Steps = solver.start(objective, self.flat_parameters, self)

    @property
    def out_of_patience(self) -> bool:
        """Whether too many steps brought no improvement."""
        return self._no_improvement > self._limits.patience

    @property
    def going(self) -> bool:
        """Whether nothing but the number of steps ends its training."""
        return self.reason is None and not self.out_of_patience

    def observe(
        self,
        flat_parameters: np.ndarray,
        loss: float,
        damping: float | None = None,
        effective_parameters: float | None = None,
    ) -> bool:
        """Record a step; return whether it was the last one."""
        self.flat_parameters = flat_parameters
        self.losses.append(loss)
        if damping is not None:
            self.damping.append(damping)
        if effective_parameters is not None:
            self.effective_parameters.append(effective_parameters)
        if self._limits.monitored:
            return False
        if self._validation is None:
            self.watch(loss)
            return self.out_of_patience
        value = float(plain_cost(self._network, self._loss, flat_parameters, self._validation))
        if not np.isfinite(value):
            raise ValueError(f"the loss of the validation rows is {value}; it must be a finite number")
        self.watch(value)
        return self.out_of_patience

    def watch(self, value: float) -> None:
        """Take the value that is watched after a step: the rule of `stopping.watch`."""
        if self._validation is not None or self._limits.monitored:
            self.validation_losses.append(value)
        improved = value <= self._best_loss - self._limits.tolerance
        self._no_improvement = 0 if improved else self._no_improvement + 1
        if value < self._best_loss or value - self._best_loss < self._limits.slack * abs(self._best_loss):
            self._best, self._best_step = self.flat_parameters, len(self.losses)
        self._best_loss = min(value, self._best_loss)

    def finish(self, flat_parameters: np.ndarray, reason: StopReason) -> None:
        """Take the last parameters, unless the last step was asked for."""
        if not self.out_of_patience:
            self.flat_parameters, self.reason = flat_parameters, reason

    def result(self, reason: StopReason) -> tuple[Arrays, History]:
        """Return the parameters that are kept, and the history."""
        chooses = self._validation is not None or self._limits.monitored
        flat_parameters, step = (self._best, self._best_step) if chooses else (self.flat_parameters, len(self.losses))
        why = StopReason.NO_IMPROVEMENT if self.out_of_patience else self.reason or reason
        curves = tuple(self.losses), tuple(self.validation_losses)
        history = History(*curves, step, why, 0, tuple(self.damping), tuple(self.effective_parameters))
        return unflatten(self._network, flat_parameters), history
