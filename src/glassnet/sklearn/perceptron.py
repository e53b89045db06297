"""What both perceptrons share: scikit-learn's parameters and attributes over this package's networks."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted

from glassnet.network.compiled_programs import check_process
from glassnet.network.inference import stack_members
from glassnet.sklearn.lbfgs import Limits, minimise
from glassnet.sklearn.losses import OUTPUT_LOSSES, LossName, OutputActivation, value_factor
from glassnet.sklearn.parameters import CONSTRAINTS, hidden_sizes
from glassnet.sklearn.solvers import is_finite
from glassnet.sklearn.stochastic import Problem, Rows, StochasticTraining
from glassnet.sklearn.structure import as_arrays, as_parameters, draw_parameters, network_of
from glassnet.sklearn.tables import SparseTable, Table, check_table, check_training, check_weights, dense

NON_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values and need to be preprocessed."
)


def is_stochastic(estimator: "MultilayerPerceptron") -> bool:
    """Return True, or raise `AttributeError` for a solver without epochs that `partial_fit` could run."""
    if estimator.solver not in ("sgd", "adam"):
        raise AttributeError(
            f"partial_fit is only available for stochastic optimizers. {estimator.solver} is not stochastic."
        )
    return True


class MultilayerPerceptron(StochasticTraining, BaseEstimator):
    """A dense network with scikit-learn's parameters; `coefs_` and `intercepts_` are all that it has learned."""

    _parameter_constraints: ClassVar[dict[str, list[object]]] = CONSTRAINTS

    hidden_layer_sizes: int | Sequence[int]
    activation: Literal["identity", "logistic", "tanh", "relu"]
    random_state: int | np.random.RandomState | None
    warm_start: bool
    max_fun: int

    out_activation_: OutputActivation
    n_layers_: int
    n_outputs_: int

    @property
    @abstractmethod
    def _loss_name(self) -> LossName: ...

    @abstractmethod
    def _output_activation(self) -> OutputActivation:
        """Return the name of the link of the loss."""

    @abstractmethod
    def _as_targets(self, y: np.ndarray, *, incremental: bool) -> np.ndarray:
        """Return checked targets as numbers or indicators, (rows,) or (rows, outputs)."""

    def fit(self, X: Table, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Train on X and y.

        Parameters
        ----------
        X : array-like or sparse matrix (rows, columns)
            Numbers, taken as they are. A sparse matrix is made dense for training.
        y : array-like (rows,) or (rows, outputs)
            Targets; for a classifier labels, or indicators of several labels.
        sample_weight : array-like (rows,) or None, default=None
            What each row counts.

        Returns
        -------
        self
            The trained model.

        Raises
        ------
        ValueError
            For input that is no table of finite numbers, and when training left the finite numbers.
        """
        self._validate_params()
        return self._fit(X, y, sample_weight, incremental=False)

    def _fit(self, X: Table, y: ArrayLike, sample_weight: ArrayLike | None, *, incremental: bool) -> Self:
        check_process()
        hidden = hidden_sizes(self.hidden_layer_sizes)
        first = not hasattr(self, "coefs_") or (not self.warm_start and not incremental)
        rows = self._checked(X, y, sample_weight, first=first, incremental=incremental)
        self._random_state = check_random_state(self.random_state)
        sizes = [rows.X.shape[1], *hidden, rows.y.shape[1]]
        if first:
            self._start(sizes, rows.X.dtype)
        elif self._sizes(sizes[0]) != sizes:
            raise ValueError(
                f"The layers to go on from have {self._sizes(sizes[0])[1:]} units, but {sizes[1:]} are asked for; keep "
                "hidden_layer_sizes and the number of targets, or set warm_start=False"
            )
        self.n_outputs_ = rows.y.shape[1]
        if incremental and self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        problem = self._problem(rows.X.shape[1])
        if self.solver == "lbfgs":
            self._fit_lbfgs(problem, rows)
        else:
            self._fit_stochastic(problem, rows, incremental=incremental)
        if not is_finite([*self.coefs_, *self.intercepts_]):
            raise ValueError(NON_FINITE)
        return self

    def _checked(
        self, X: Table, y: ArrayLike, sample_weight: ArrayLike | None, *, first: bool, incremental: bool
    ) -> Rows:
        """Return dense rows in float32 or float64."""
        numeric = self._loss_name != "log_loss"
        table, targets = check_training(self, X, y, numeric=numeric, reset=first)
        targets = self._as_targets(targets, incremental=incremental)
        weights = None if sample_weight is None else check_weights(sample_weight, table)
        return Rows(table, targets.reshape(len(targets), -1), weights)

    def _start(self, sizes: list[int], dtype: np.dtype[np.floating]) -> None:
        """Draw first parameters, and forget everything of an earlier fit."""
        self.n_iter_, self.t_ = 0, 0
        self.n_layers_ = len(sizes)
        self.out_activation_ = self._output_activation()
        self.coefs_, self.intercepts_ = draw_parameters(self._random_state, sizes, self.activation, dtype)
        if self.solver != "lbfgs":
            self._start_curves()

    def _sizes(self, inputs: int) -> list[int]:
        return [inputs, *(len(intercept) for intercept in self.intercepts_)]

    def _problem(self, inputs: int) -> Problem:
        network, loss = network_of(self._sizes(inputs), self.activation), OUTPUT_LOSSES[self.out_activation_]
        return Problem(network, loss, value_factor(self._loss_name, self.n_outputs_))

    def _fit_lbfgs(self, problem: Problem, rows: Rows) -> None:
        limits = Limits(self.max_iter, self.max_fun, self.tol)
        start = as_parameters(self.coefs_, self.intercepts_)
        parameters, self.loss_, self.n_iter_ = minimise(problem, rows, start, self.alpha, limits)
        self.coefs_, self.intercepts_ = as_arrays(parameters, rows.X.dtype)

    def _outputs(self, X: Table) -> np.ndarray:
        """Return the predictions (rows, outputs) of a table that users give."""
        check_is_fitted(self)
        return self._outputs_of_checked(check_table(self, X))

    def _outputs_of_checked(self, X: np.ndarray | SparseTable) -> np.ndarray:
        count, inputs = X.shape
        problem = self._problem(inputs)

        def rows(start: int, stop: int) -> np.ndarray:
            return dense(X[start:stop])

        parameters = as_parameters(self.coefs_, self.intercepts_)
        return stack_members(problem.network, [parameters], link=problem.loss.link).outputs(count, rows)[0]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
