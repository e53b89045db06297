"""The regressor: scikit-learn's contract over one network."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted

from glassnet.estimators.checking import (
    check_inputs,
    check_parameters,
    check_targets,
    check_weights,
    either,
    not_negative,
    positive,
    share,
    sizes,
    whole,
)
from glassnet.estimators.fitting import Arrays, prepare, run, scaled_data, split
from glassnet.estimators.progress import ProgressBar
from glassnet.network.activation import Activation
from glassnet.network.chunks import output_in_chunks
from glassnet.network.dense import Dense
from glassnet.network.loss import Loss, as_loss
from glassnet.network.network import Network
from glassnet.table.schema import Schema
from glassnet.training.descent import GradientDescent, Solver, as_solver
from glassnet.training.history import Callback
from glassnet.training.loop import Data, Plan, Settings

RULES = {
    "hidden_layer_sizes": sizes(),
    "alpha": not_negative(),
    "batch_size": either(whole(1), "auto"),
    "learning_rate_init": positive(),
    "max_iter": whole(1),
    "validation_fraction": share(),
    "n_iter_no_change": whole(1),
    "tol": not_negative(),
}


class NetworkRegressor(RegressorMixin, BaseEstimator):
    """A neural network for regression that scales its inputs and targets itself and answers in the units it was given.

    min over W, b of (1/s) sum_i w_i loss(f(x_i), y_i) + alpha/(2s) sum W^2, over scaled x and y, batch by batch.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of ints
        Neurons of each hidden layer; `()` is linear regression.
    activation : str or Activation
        Of the hidden layers: "relu", "tanh", "logistic", "mish", ... The output layer is linear.
    solver : str or Solver
        "adam", "sgd" (Nesterov momentum 0.9), "gd" (the whole table a step), or one such as `Adam(0.9, 0.95)`.
    loss : str or Loss
        "half_squared_error" (scikit-learn's), "squared_error", "absolute_error", "huber", or one such as `Huber(2)`.
    alpha : float
        Strength of L2 regularisation of the weights.
    batch_size : int or "auto"
        Rows a step; "auto" is 32 up to 1,000 rows, 128 up to 10,000, then 256.
    learning_rate_init : float
        Step size of the solver.
    max_iter : int
        Epochs at most.
    shuffle : bool
        Whether each epoch visits the rows in an order of its own.
    early_stopping : bool
        Hold out `validation_fraction` of the rows (of at least 20), stop when their loss has not improved by `tol` in
        `n_iter_no_change` epochs, and keep the weights of the best epoch. Without it the training loss is watched and
        the last weights are kept.
    random_state : int, RandomState or None
        Seed of the start, the held-out rows and the order.
    verbose : bool
        Show a progress bar, or lines where there is no terminal.
    callback : callable or None
        Called with a `Progress` a few times a second; returning True stops training.

    Attributes
    ----------
    network_, parameters_ : the network, and one dict with W (inputs, outputs) and b a layer
    coefs_, intercepts_ : the same numbers by scikit-learn's names
    schema_, preparation_ : what each column became; medians and scales
    loss_curve_, validation_loss_curve_, n_iter_, best_iter_, stop_reason_ : the history, in units of the scaled target
    training_rows_, validation_rows_ : row numbers of the table given (rows of weight zero are in neither)
    n_features_in_, feature_names_in_, n_outputs_, seed_, target_names_
    """

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (64, 64),
        activation: str | Activation = "relu",
        *,
        solver: str | Solver = "adam",
        loss: str | Loss = "half_squared_error",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate_init: float = 0.001,
        max_iter: int = 200,
        shuffle: bool = True,
        early_stopping: bool = True,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        tol: float = 1e-4,
        random_state: int | np.random.RandomState | None = None,
        verbose: bool = False,
        callback: Callback | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.loss = loss
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.random_state = random_state
        self.verbose = verbose
        self.callback = callback

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "NetworkRegressor":
        """Train on a data frame or a numeric array X (rows, columns) and targets y (rows,) or (rows, outputs).

        Weights count rows: a row of weight 2 is that row twice, a row of weight 0 is left out. Raises `ValueError` for
        input that cannot be learned from, naming column and row, and `DivergenceError` when the loss overflows.
        """
        check_parameters(self, RULES)
        table = check_inputs(self, X, reset=True)
        targets = check_targets(y, table.rows)
        self._vector_target = targets.ndim == 1
        targets = targets.reshape(table.rows, -1)
        weights = check_weights(sample_weight, table.rows)
        used = np.flatnonzero(weights)
        if used.size < 2:
            raise ValueError(
                f"n_samples={used.size}: a network needs at least 2 rows (of positive weight) to learn from"
            )
        self.seed_ = int(check_random_state(self.random_state).randint(2**31 - 1))
        self._name_targets(y, targets.shape[1])
        fraction = self.validation_fraction if self.early_stopping else 0.0
        train, held = split(used.size, fraction, self.seed_) if fraction else (np.arange(used.size), np.arange(0))
        self.training_rows_, self.validation_rows_ = used[train], used[held]
        table, targets, weights = table.take(used), targets[used], weights[used]
        self.preparation_ = prepare(table, targets, weights, train)
        self._train(scaled_data(self.preparation_, table, targets, weights, train), (train, held))
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return predictions (rows,), or (rows, outputs), in the units of the target, float64.

        The columns of a frame are matched by name. Raises `ValueError` for missing columns and for a row so far outside
        the training table that its prediction is not finite.
        """
        check_is_fitted(self)
        prediction = self._predict_table(check_inputs(self, X, reset=False))
        return prediction.ravel() if self._vector_target else prediction

    @property
    def schema_(self) -> Schema:
        """What each column is."""
        return self.preparation_.schema

    @property
    def coefs_(self) -> list[np.ndarray]:
        """The weights W^l, each (inputs, outputs)."""
        return [layer["W"] for layer in self.parameters_]

    @property
    def intercepts_(self) -> list[np.ndarray]:
        """The biases b^l, each (outputs,)."""
        return [layer["b"] for layer in self.parameters_]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.multi_output = True
        return tags

    def _name_targets(self, y: Any, outputs: int) -> None:
        self.n_outputs_ = outputs
        names = list(getattr(y, "columns", [getattr(y, "name", None)]))
        names = names if len(names) == outputs else [None] * outputs
        self.target_names_ = [f"y{place}" if name is None else str(name) for place, name in enumerate(names)]

    def _train(self, data: Data, rows: tuple[np.ndarray, np.ndarray]) -> None:
        hidden = [Dense(int(size), self.activation) for size in np.atleast_1d(self.hidden_layer_sizes)]
        self.network_ = Network(data.x.shape[1], [*hidden, Dense(self.n_outputs_)])
        solver = as_solver(self.solver)
        plan = Plan(self.network_, as_loss(self.loss), solver, self._rows_a_step(solver, rows[0].size), self.shuffle)
        settings = Settings(self.learning_rate_init, self.alpha, self.tol, self.n_iter_no_change)
        with ExitStack() as stack:
            callbacks = [self.callback] if self.callback is not None else []
            if self.verbose:
                callbacks.append(stack.enter_context(ProgressBar(lines=True)))
            self.parameters_: Arrays
            self.parameters_, history = run(plan, settings, data, rows, self.seed_, self.max_iter, callbacks)
        self.n_iter_ = history.epochs
        self.best_iter_ = history.kept_epoch
        self.loss_curve_ = list(history.loss)
        self.validation_loss_curve_ = list(history.validation_loss)
        self.stop_reason_ = history.reason

    def _rows_a_step(self, solver: Solver, rows: int) -> int:
        if isinstance(solver, GradientDescent):
            return rows
        size = (
            (32 if rows <= 1_000 else 128 if rows <= 10_000 else 256) if self.batch_size == "auto" else self.batch_size
        )
        return min(int(size), rows)

    def _predict_table(self, table: Any) -> np.ndarray:
        x = self.preparation_.scaled_inputs(table)
        with np.errstate(over="ignore"):
            prediction = self.preparation_.targets.up(
                output_in_chunks(self.network_, self.parameters_, x).astype(np.float64)
            )
        bad = ~np.isfinite(prediction).all(axis=1)
        if bad.any():
            row = int(np.argmax(bad))
            column = self.schema_.inputs[int(np.argmax(np.abs(x[row])))]
            raise ValueError(
                f"the prediction for row {row} is not finite: {column!r} lies "
                f"{np.max(np.abs(x[row])):.3g} standard deviations from the training table; correct that cell"
            )
        return prediction
