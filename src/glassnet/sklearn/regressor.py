"""scikit-learn's `MLPRegressor` on this package's networks."""

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.metaestimators import available_if

from glassnet.sklearn.losses import LossName, OutputActivation
from glassnet.sklearn.parameters import CONSTRAINTS, REGRESSION_LOSSES
from glassnet.sklearn.perceptron import MultilayerPerceptron, is_stochastic
from glassnet.sklearn.stochastic import Rows
from glassnet.sklearn.tables import Table


class MLPRegressor(RegressorMixin, MultilayerPerceptron):
    """scikit-learn's multi-layer perceptron for regression: its parameters, attributes, warnings and results.

    It minimises (1/w) sum_i w_i loss_i + alpha / (2 w) sum W^2, w the sum of the sample weights. With the same
    `random_state` it draws what scikit-learn draws, so that weights agree up to rounding.

    Parameters
    ----------
    loss : "squared_error" or "poisson", default="squared_error"
        Half the squared error, or half the Poisson deviance of exp(output).
    hidden_layer_sizes : int or array-like of ints, default=(100,)
        Units of each hidden layer.
    activation : "identity", "logistic", "tanh" or "relu", default="relu"
        The activation of the hidden layers.
    solver : "lbfgs", "sgd" or "adam", default="adam"
        L-BFGS over all rows; gradient descent with momentum, or Adam, over batches.
    alpha : float, default=0.0001
        Strength of L2 regularisation of the weights, divided by the sum of the sample weights of a batch.
    batch_size : int or "auto", default="auto"
        Rows a step of "sgd" and "adam"; "auto" is 200, or all rows if fewer.
    learning_rate : "constant", "invscaling" or "adaptive", default="constant"
        Schedule of "sgd": learning_rate_init; that divided by (t_ + 1)^power_t, after each epoch; or divided by five
        whenever training would have stopped.
    learning_rate_init : float, default=0.001
        Step size of "sgd" and "adam".
    power_t : float, default=0.5
        The power of "invscaling".
    max_iter : int, default=200
        Epochs, or steps of "lbfgs", at most.
    shuffle : bool, default=True
        Whether every epoch has an order of its own.
    random_state : int, RandomState or None, default=None
        Of first weights, validation rows and orders.
    tol : float, default=1e-4
        "sgd" and "adam" stop when loss or score improve by less in more than `n_iter_no_change` epochs in a row;
        "lbfgs" when no entry of the gradient is larger.
    verbose : bool or int, default=False
        Print a line an epoch of "sgd" and "adam".
    warm_start : bool, default=False
        Whether `fit` goes on from the last fit.
    momentum : float, default=0.9
        The fraction of the last step that "sgd" keeps.
    nesterovs_momentum : bool, default=True
        Whether it is Nesterov's.
    early_stopping : bool, default=False
        Whether "sgd" and "adam" hold out rows, stop by their score and keep the parameters of the best.
    validation_fraction : float, default=0.1
        The fraction of validation rows.
    beta_1 : float, default=0.9
        How slowly Adam's mean of gradients forgets.
    beta_2 : float, default=0.999
        How slowly Adam's mean of squared gradients forgets.
    epsilon : float, default=1e-8
        Added to Adam's denominator.
    n_iter_no_change : int or inf, default=10
        See `tol`.
    max_fun : int, default=15000
        Calls of the objective by "lbfgs" at most.

    Attributes
    ----------
    loss_ : float
        The loss of the last epoch, the penalty among it.
    best_loss_ : float or None
        The least loss; None with early stopping. Not set by "lbfgs", nor are the next three.
    loss_curve_ : list of float
        The loss of every epoch.
    validation_scores_ : list of float or None
        The score of the validation rows after every epoch: R2; None without early stopping.
    best_validation_score_ : float or None
        The best of them.
    t_ : int
        Rows seen in training.
    coefs_ : list of ndarray (inputs, outputs)
        The weights of every layer.
    intercepts_ : list of ndarray (outputs,)
        The biases of every layer.
    n_features_in_ : int
        The number of columns.
    feature_names_in_ : ndarray of str
        Their names, where X had names that are all text.
    n_iter_ : int
        Epochs, or steps of "lbfgs", of the last fit.
    n_layers_ : int
        Layers, the inputs among them.
    n_outputs_ : int
        Outputs of the network.
    out_activation_ : str
        What turns the last layer into predictions.

    Notes
    -----
    Two things differ. A sparse X is made dense for training. With several targets scikit-learn hands L-BFGS a value
    that is the mean over targets and a gradient of the sum; here both are of the sum, and `loss_` is reported as there.

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from glassnet.sklearn import MLPRegressor
    >>> X, y = make_regression(n_samples=200, n_features=5, random_state=0)
    >>> model = MLPRegressor(solver="lbfgs", alpha=1.0, max_iter=500, random_state=0).fit(X, y)
    >>> round(model.score(X, y), 3)
    1.0
    """

    _parameter_constraints: ClassVar[dict[str, list[object]]] = {**CONSTRAINTS, "loss": list(REGRESSION_LOSSES)}

    def __init__(
        self,
        loss: Literal["squared_error", "poisson"] = "squared_error",
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: Literal["identity", "logistic", "tanh", "relu"] = "relu",
        *,
        solver: Literal["lbfgs", "sgd", "adam"] = "adam",
        alpha: float = 0.0001,
        batch_size: int | Literal["auto"] = "auto",
        learning_rate: Literal["constant", "invscaling", "adaptive"] = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: int | np.random.RandomState | None = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
    ) -> None:
        self.loss = loss
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun

    loss: Literal["squared_error", "poisson"]

    @property
    def _loss_name(self) -> LossName:
        return self.loss

    def predict(self, X: Table) -> np.ndarray:
        """Return predictions.

        Parameters
        ----------
        X : array or sparse matrix (rows, columns)
            Rows with the columns of training.

        Returns
        -------
        array (rows,) or (rows, outputs)
            In the units of the target and the precision of the training rows.
        """
        return _vector_if_one(self._outputs(X))

    @available_if(is_stochastic)
    def partial_fit(self, X: Table, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Train one epoch on these rows, going on from what was learned.

        Parameters
        ----------
        X : array or sparse matrix (rows, columns)
            Rows.
        y : array (rows,) or (rows, outputs)
            Targets.
        sample_weight : array (rows,) or None
            The weight of every row.

        Returns
        -------
        self
        """
        self._validate_params()
        return self._fit(X, y, sample_weight, incremental=True)

    def _output_activation(self) -> OutputActivation:
        return "exp" if self.loss == "poisson" else "identity"

    def _as_targets(self, y: np.ndarray, *, incremental: bool) -> np.ndarray:
        return y

    def _strata(self, y: np.ndarray) -> np.ndarray | None:
        return None

    def _validation_score(self, held_out: Rows) -> float:
        prediction = _vector_if_one(self._outputs_of_checked(held_out.X))
        if not np.isfinite(prediction).all():
            return float("nan")
        return float(r2_score(held_out.y, prediction, sample_weight=held_out.weights))


def _vector_if_one(outputs: np.ndarray) -> np.ndarray:
    return outputs.ravel() if outputs.shape[1] == 1 else outputs
