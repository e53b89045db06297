"""scikit-learn's `MLPClassifier` on this package's networks."""

from collections.abc import Sequence
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import Tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import type_of_target, unique_labels

from glassnet.sklearn.losses import LossName, OutputActivation
from glassnet.sklearn.perceptron import MultilayerPerceptron, is_stochastic
from glassnet.sklearn.stochastic import Rows
from glassnet.sklearn.tables import Table


class MLPClassifier(ClassifierMixin, MultilayerPerceptron):
    """scikit-learn's multi-layer perceptron for classes: its parameters, attributes, warnings and results.

    It minimises the mean cross-entropy + alpha / (2 w) sum W^2, w the sum of the sample weights: of softmax outputs for
    three classes or more, of a logistic output for two, of one each for several labels a row. With the same
    `random_state` it draws what scikit-learn draws, so that weights agree up to rounding.

    Parameters
    ----------
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
    classes_ : ndarray
        The labels, in the order of the columns of `predict_proba`.
    loss_ : float
        The loss of the last epoch, the penalty among it.
    best_loss_ : float or None
        The least loss; None with early stopping. Not set by "lbfgs", nor are the next three.
    loss_curve_ : list of float
        The loss of every epoch.
    validation_scores_ : list of float or None
        The score of the validation rows after every epoch: accuracy; None without early stopping.
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
    A sparse X is made dense for training.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from glassnet.sklearn import MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = MLPClassifier((10,), solver="lbfgs", alpha=1.0, random_state=0).fit(X, y)
    >>> model.score(X, y) > 0.95
    True
    """

    def __init__(
        self,
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

    classes_: np.ndarray
    _label_binarizer: LabelBinarizer

    @property
    def _loss_name(self) -> LossName:
        return "log_loss"

    def predict(self, X: Table) -> np.ndarray:
        """Return the most probable class of every row.

        Parameters
        ----------
        X : array or sparse matrix (rows, columns)
            Rows with the columns of training.

        Returns
        -------
        array (rows,) or (rows, labels)
            Classes, or indicators of several labels.
        """
        return self._labels(self._outputs(X))

    def predict_proba(self, X: Table) -> np.ndarray:
        """Return the probability of every class.

        Parameters
        ----------
        X : array or sparse matrix (rows, columns)
            Rows with the columns of training.

        Returns
        -------
        array (rows, classes)
            In the order of `classes_`; of several labels each of its own.
        """
        outputs = self._outputs(X)
        return np.hstack([1 - outputs, outputs]) if self.n_outputs_ == 1 else outputs

    def predict_log_proba(self, X: Table) -> np.ndarray:
        """Return the logarithms of `predict_proba`.

        Parameters
        ----------
        X : array or sparse matrix (rows, columns)
            Rows with the columns of training.

        Returns
        -------
        array (rows, classes)
            In the order of `classes_`.
        """
        probabilities = self.predict_proba(X)
        return np.log(probabilities, out=probabilities)

    @available_if(is_stochastic)
    def partial_fit(
        self, X: Table, y: ArrayLike, sample_weight: ArrayLike | None = None, classes: ArrayLike | None = None
    ) -> Self:
        """Train one epoch on these rows, going on from what was learned.

        Parameters
        ----------
        X : array or sparse matrix (rows, columns)
            Rows.
        y : array (rows,) or (rows, labels)
            Classes, or indicators of several labels.
        sample_weight : array (rows,) or None
            The weight of every row.
        classes : array (classes,) or None
            All classes: needed by the first call; later ones may leave them out.

        Returns
        -------
        self
        """
        self._validate_params()
        if self._learns_classes(classes):
            several = type_of_target(y).startswith("multilabel")
            self._label_binarizer = LabelBinarizer().fit(y if several else classes)
        return self._fit(X, y, sample_weight, incremental=True)

    def _learns_classes(self, classes: ArrayLike | None) -> bool:
        known = getattr(self, "classes_", None)
        if classes is None:
            if known is None:
                raise ValueError("classes must be passed on the first call to partial_fit.")
            return False
        given = unique_labels(classes)
        if known is not None and not np.array_equal(known, given):
            raise ValueError(f"`classes={classes!r}` is not the same as on last call to partial_fit, was: {known!r}")
        self.classes_ = given
        return known is None

    def _output_activation(self) -> OutputActivation:
        return "softmax" if self._label_binarizer.y_type_ == "multiclass" else "logistic"

    def _as_targets(self, y: np.ndarray, *, incremental: bool) -> np.ndarray:
        if not hasattr(self, "classes_") or not (self.warm_start or incremental):
            self._label_binarizer = LabelBinarizer().fit(y)
            self.classes_ = self._label_binarizer.classes_
        else:
            self._check_classes(unique_labels(y))
        return self._label_binarizer.transform(y).astype(bool)

    def _check_classes(self, classes: np.ndarray) -> None:
        if self.warm_start:
            if set(classes) != set(self.classes_):
                raise ValueError(
                    "warm_start can only be used where `y` has the same classes as in the previous call to fit. "
                    f"Previously got {self.classes_}, `y` has {classes}"
                )
        elif len(np.setdiff1d(classes, self.classes_, assume_unique=True)):
            raise ValueError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes_}. 'y' has {classes}."
            )

    def _labels(self, outputs: np.ndarray) -> np.ndarray:
        return np.asarray(self._label_binarizer.inverse_transform(outputs.ravel() if self.n_outputs_ == 1 else outputs))

    def _strata(self, y: np.ndarray) -> np.ndarray | None:
        return y if self.n_outputs_ == 1 else None

    def _validation_score(self, held_out: Rows) -> float:
        outputs = self._outputs_of_checked(held_out.X)
        if not np.isfinite(outputs).all():
            return float("nan")
        labels = self._label_binarizer.inverse_transform(held_out.y)
        return float(accuracy_score(labels, self._labels(outputs), sample_weight=held_out.weights))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
