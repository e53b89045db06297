"""Stochastic training as scikit-learn does it: orders, validation scores, stopping and messages."""

import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import shuffle

from glassnet._lazy import Array, jax, jnp
from glassnet.data.shared import Batch
from glassnet.network.devices import float64
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.sklearn.epoch import batches, train_epoch
from glassnet.sklearn.solvers import Optimizer, Schedule, ScikitLearnAdam, ScikitLearnSGD
from glassnet.sklearn.structure import Arrays, as_arrays, as_parameters
from glassnet.training.ravel import flatten, unflatten

LARGEST_AUTO_BATCH = 200


class Rows(NamedTuple):
    """Dense inputs and targets (rows, outputs), and weights, None for equal ones."""

    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None


@dataclass(frozen=True)
class Problem:
    """What is trained: a network, its loss, and the factor of the loss that scikit-learn reports."""

    network: Network
    loss: Loss
    factor: float


class StochasticTraining(ABC):
    """The part of a perceptron that trains with `solver` "sgd" or "adam"; its attributes are scikit-learn's."""

    solver: str
    alpha: float
    batch_size: int | str
    learning_rate: Schedule
    learning_rate_init: float
    power_t: float
    max_iter: int
    shuffle: bool
    tol: float
    verbose: bool | int
    momentum: float
    nesterovs_momentum: bool
    early_stopping: bool
    validation_fraction: float
    beta_1: float
    beta_2: float
    epsilon: float
    n_iter_no_change: float

    coefs_: Arrays
    intercepts_: Arrays
    loss_: float
    loss_curve_: list[float]
    best_loss_: float | None
    validation_scores_: list[float] | None
    best_validation_score_: float | None
    n_iter_: int
    t_: int
    _random_state: np.random.RandomState
    _optimizer: Optimizer
    _no_improvement_count: int
    _best: tuple[Arrays, Arrays]

    @abstractmethod
    def _validation_score(self, held_out: Rows) -> float:
        """Return the score of validation rows, NaN where predictions are not finite."""

    @abstractmethod
    def _strata(self, y: np.ndarray) -> np.ndarray | None:
        """Return what the validation rows are stratified by."""

    def _start_curves(self) -> None:
        self.loss_curve_, self._no_improvement_count = [], 0
        self._best = [a.copy() for a in self.coefs_], [a.copy() for a in self.intercepts_]
        stops = self.early_stopping
        self.best_loss_ = None if stops else np.inf
        self.validation_scores_, self.best_validation_score_ = ([], -np.inf) if stops else (None, None)

    def _fit_stochastic(self, problem: Problem, rows: Rows, *, incremental: bool) -> None:
        if not incremental or not hasattr(self, "_optimizer"):
            self._optimizer = self._new_optimizer()
        if not hasattr(self, "loss_curve_"):  # fitted by "lbfgs" before
            self._start_curves()
        held_out = None
        if self.early_stopping:
            rows, held_out = self._hold_out(rows)
        size = self._rows_a_step(len(rows.X))
        self.n_iter_ = 0
        with float64():
            try:
                self._run_epochs(problem, rows, held_out, size, 1 if incremental else self.max_iter)
            except KeyboardInterrupt:
                warnings.warn("Training interrupted by user.", stacklevel=4)
        if self.n_iter_ == self.max_iter and not incremental and not self._converged:
            warnings.warn(
                f"Stochastic Optimizer: Maximum iterations ({self.max_iter}) reached and the optimization hasn't "
                "converged yet.",
                ConvergenceWarning,
                stacklevel=4,
            )
        if held_out is not None:
            self.coefs_, self.intercepts_ = self._best

    def _run_epochs(self, problem: Problem, rows: Rows, held_out: Rows | None, size: int, epochs: int) -> None:
        optimizer, dtype = self._optimizer, self.coefs_[0].dtype
        weights = np.ones(len(rows.X)) if rows.weights is None else rows.weights
        data = Batch(*(jnp.asarray(a, dtype) for a in (rows.X, rows.y, weights)))
        flat_parameters = flatten(jax.tree.map(jnp.asarray, as_parameters(self.coefs_, self.intercepts_)))
        state = optimizer.solver.init(flat_parameters) if optimizer.state is None else optimizer.state
        order, self._converged = np.arange(len(rows.X)), False
        try:
            for _ in range(epochs):
                if self.shuffle:
                    order = np.asarray(shuffle(order, random_state=self._random_state))
                flat_parameters, state, loss = train_epoch(
                    problem.network, problem.loss, optimizer.solver, flat_parameters, state, data,
                    *batches(order, size), float(self.alpha), optimizer.learning_rate, problem.factor,
                )  # fmt: skip
                if held_out is not None:
                    self._take(problem.network, flat_parameters, dtype)
                self._converged = self._end_epoch(float(loss), len(order), held_out)
                if self._converged:
                    break
        finally:  # Ctrl-C keeps what was learned
            optimizer.state = jax.tree.map(np.asarray, state)
            self._take(problem.network, flat_parameters, dtype)

    def _take(self, network: Network, flat_parameters: Array, dtype: np.dtype[np.floating]) -> None:
        self.coefs_, self.intercepts_ = as_arrays(unflatten(network, np.asarray(flat_parameters)), dtype)

    def _end_epoch(self, loss: float, rows: int, held_out: Rows | None) -> bool:
        """Record an epoch; return whether training has converged."""
        self.n_iter_ += 1
        self.t_ += rows
        self.loss_ = loss
        self.loss_curve_.append(loss)
        self._say(f"Iteration {self.n_iter_}, loss = {loss:.8f}")
        if held_out is None:
            self._watch_loss(loss)
        else:
            self._watch_score(self._validation_score(held_out))
        self._optimizer.end_epoch(self.t_)
        if self._no_improvement_count <= self.n_iter_no_change:
            return False
        what = "Training loss" if held_out is None else "Validation score"
        why = f"{what} did not improve more than tol={self.tol:f} for {int(self.n_iter_no_change)} consecutive epochs."
        if self._optimizer.lowers_learning_rate():
            self._say(f"{why} Setting learning rate to {self._optimizer.learning_rate:f}")
            self._no_improvement_count = 0
            return False
        self._say(f"{why} {'Learning rate too small. ' if self._optimizer.schedule == 'adaptive' else ''}Stopping.")
        return True

    def _watch_loss(self, loss: float) -> None:
        best = np.inf if self.best_loss_ is None else self.best_loss_
        self._no_improvement_count = self._no_improvement_count + 1 if loss > best - self.tol else 0
        self.best_loss_ = loss if loss < best else best

    def _watch_score(self, score: float) -> None:
        if self.validation_scores_ is None or self.best_validation_score_ is None:  # early_stopping was set since
            self.validation_scores_, self.best_validation_score_ = [], -np.inf
        self.validation_scores_.append(score)
        self._say(f"Validation score: {score:f}")
        best = self.best_validation_score_
        self._no_improvement_count = self._no_improvement_count + 1 if score < best + self.tol else 0
        if score > best:
            self.best_validation_score_ = score
            self._best = [a.copy() for a in self.coefs_], [a.copy() for a in self.intercepts_]

    def _hold_out(self, rows: Rows) -> tuple[Rows, Rows]:
        parts: list[np.ndarray] = train_test_split(  # pyright: ignore[reportAssignmentType]
            *(array for array in rows if array is not None),
            random_state=self._random_state,
            test_size=self.validation_fraction,
            stratify=self._strata(rows.y),
        )
        train, held_out = (
            Rows(part[0], part[1], part[2] if len(part) > 2 else None) for part in (parts[::2], parts[1::2])
        )
        if len(held_out.X) < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' or the size of your dataset."
            )
        return train, held_out

    def _rows_a_step(self, rows: int) -> int:
        if isinstance(self.batch_size, str):
            return min(LARGEST_AUTO_BATCH, rows)
        if self.batch_size > rows:
            warnings.warn(
                "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped", stacklevel=5
            )
        return min(self.batch_size, rows)

    def _new_optimizer(self) -> Optimizer:
        rate = float(self.learning_rate_init)
        if self.solver == "sgd":
            solver = ScikitLearnSGD(float(self.momentum), bool(self.nesterovs_momentum))
            return Optimizer(solver, rate, self.learning_rate, self.power_t, rate)
        solver = ScikitLearnAdam(float(self.beta_1), float(self.beta_2), float(self.epsilon))
        return Optimizer(solver, rate, "constant", self.power_t, rate)

    def _say(self, line: str) -> None:
        if self.verbose:
            print(line)  # noqa: T201, it was asked for
