"""The perceptron: one layer of Heaviside neurons, its forward and its inverse problem."""

import warnings
from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import Tags, check_random_state, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from glassnet._lazy import jnp
from glassnet.data.values import without_mask
from glassnet.estimators.validation import check_parameters, integer
from glassnet.network.compiled_programs import check_process
from glassnet.network.dense import Dense
from glassnet.network.devices import float64
from glassnet.network.network import Network, forward
from glassnet.training.perceptron_rule import beginner, one_pass

_validate: Callable[..., Any] = validate_data  # whose published types know text alone
RULES = {"max_iter": integer(1)}


class Perceptron(ClassifierMixin, BaseEstimator):
    """Neurons that decide: f(x) = H(x W + b), H(t) = 1 if t > 0 else 0, with threshold -b.

    The forward problem: `Perceptron.given(weights, threshold)` decides with the weights it is given. The inverse
    problem: `fit` learns them from decisions by Rosenblatt's rule. Two classes need one output; a multilabel y
    (rows, labels) has one a label; more than two classes have one a class, and the largest x W + b decides.
    McCulloch and Pitts 1943, Rosenblatt 1958.

    Parameters
    ----------
    max_iter : int
        Passes over the samples at most.
    shuffle : bool
        Whether each pass visits the samples in an order of its own.
    random_state : int, RandomState or None
        Seed of these orders.

    Attributes
    ----------
    coefs_ : list of one array (inputs, outputs)
        The weights W.
    intercepts_ : list of one array (outputs,)
        The biases b.
    threshold_ : array (outputs,)
        -b.
    mistakes_ : array (outputs,)
        Mistakes of each output during training.
    errors_ : array (outputs,)
        Samples that each output still decides wrongly; all 0 when the weights separate them.
    n_iter_ : int
        Passes over the samples.
    classes_ : array (classes,)
        The labels, in ascending order.
    n_features_in_ : int
        The number of inputs.
    network_ : Network
        The layer, as the other estimators hold it.
    parameters_ : list of one dict
        W and b by name.

    Examples
    --------
    >>> from glassnet import Perceptron
    >>> corners = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> Perceptron.given(weights=[1, 1], threshold=1.5).predict(corners)  # the forward problem: AND
    array([0, 0, 0, 1])
    >>> model = Perceptron(random_state=0).fit(corners, [0, 1, 1, 1])  # the inverse problem: OR
    >>> model.predict(corners), model.errors_
    (array([0, 1, 1, 1]), array([0]))
    """

    def __init__(
        self,
        *,
        max_iter: int = 1000,
        shuffle: bool = True,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state

    @classmethod
    def given(cls, weights: ArrayLike, threshold: ArrayLike) -> Self:
        """Return a perceptron that decides with these weights.

        Parameters
        ----------
        weights : array (inputs,) or (inputs, outputs)
            W.
        threshold : float or array (outputs,)
            What x W has to exceed.

        Raises
        ------
        ValueError
            When the shapes do not fit.
        """
        W = np.atleast_1d(np.asarray(weights, dtype=np.float64))
        W = W[:, None] if W.ndim == 1 else W
        b = -np.atleast_1d(np.asarray(threshold, dtype=np.float64))
        if W.ndim != 2 or b.shape != (W.shape[1],):
            raise ValueError(f"weights of shape {W.shape} need {W.shape[-1]} threshold(s), but {b.size} were given")
        self = cls()
        self._multilabel = W.shape[1] > 1
        self.classes_ = np.arange(W.shape[1]) if self._multilabel else np.array([0, 1])
        vars(self)["n_features_in_"] = W.shape[0]  # where scikit-learn's own validation keeps it
        self._remember(W, b)
        return self

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn W and b; a `ConvergenceWarning` says when not all samples are decided right.

        Parameters
        ----------
        X : array (rows, inputs)
            The samples.
        y : array (rows,) or (rows, labels)
            Classes, or 0 and 1 for every label.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            When y holds one class only.
        """
        check_parameters(self, RULES)
        samples, labels = _validate(self, without_mask(X), without_mask(y), dtype=np.float64, multi_output=True)
        check_classification_targets(labels)
        self._multilabel = type_of_target(labels) == "multilabel-indicator"
        if not self._multilabel:
            labels = column_or_1d(labels, warn=True)
        decisions = self._decisions(labels)
        random = check_random_state(self.random_state)
        learned = [self._learn(samples, decision, random) for decision in decisions.T]
        self._remember(np.stack([w for w, *_ in learned], axis=1), np.array([b for _, b, *_ in learned]))
        self.mistakes_ = np.array([mistakes for *_, mistakes, _, _ in learned])
        self.errors_ = np.array([errors for *_, errors, _ in learned])
        self.n_iter_ = max(passes for *_, passes in learned)
        if self.errors_.any():
            warnings.warn(
                f"the samples were not separated in max_iter={self.max_iter} passes: the best weights seen decide "
                f"{int(self.errors_.sum())} of {decisions.size} (rows times outputs) wrongly. No line may separate "
                "them; a network with a hidden layer could.",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    def decision_function(self, X: ArrayLike) -> np.ndarray:
        """Return z = x W + b.

        Parameters
        ----------
        X : data frame or array (rows, columns)
            Rows with the columns of training.

        Returns
        -------
        array (rows,) or (rows, outputs)
            (rows,) for two classes.
        """
        z = self._forward(X)[0]
        return z[:, 0] if z.shape[1] == 1 else z

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Return the class of every row.

        Parameters
        ----------
        X : data frame or array (rows, columns)
            Rows with the columns of training.

        Returns
        -------
        array (rows,) or (rows, labels)
            Classes, or for several labels the decisions.
        """
        z, x = self._forward(X)
        if self._multilabel:
            return x.astype(int)
        return self.classes_[x[:, 0].astype(int) if x.shape[1] == 1 else np.argmax(z, axis=1)]

    @property
    def coefs_(self) -> list[np.ndarray]:
        """[W], (inputs, outputs)."""
        return [self.parameters_[0]["W"]]

    @property
    def intercepts_(self) -> list[np.ndarray]:
        """[b], (outputs,)."""
        return [self.parameters_[0]["b"]]

    @property
    def threshold_(self) -> np.ndarray:
        """What x W has to exceed: -b, (outputs,)."""
        return 0.0 - self.intercepts_[0]  # a bias of 0 gives 0, not -0

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _decisions(self, y: np.ndarray) -> np.ndarray:
        """Return zeros and ones (rows, outputs)."""
        if self._multilabel:
            self.classes_ = np.arange(y.shape[1])
            return y.astype(np.float64)
        self.classes_, place = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y holds one class only, {self.classes_.tolist()[0]!r}; a decision needs two")
        if len(self.classes_) == 2:
            return place.astype(np.float64)[:, None]
        return np.eye(len(self.classes_))[place]

    def _learn(
        self, X: np.ndarray, decision: np.ndarray, random: np.random.RandomState
    ) -> tuple[np.ndarray, float, int, int, int]:
        check_process()
        passes = 0
        with float64():
            x, y = jnp.asarray(X), jnp.asarray(decision)
            learner = beginner(x, y)
            while passes < self.max_iter and int(learner.best_errors) > 0:
                order = random.permutation(len(X)) if self.shuffle else np.arange(len(X))
                learner = one_pass(learner, x, y, jnp.asarray(order))
                passes += 1
            w, b = np.asarray(learner.best_w), float(learner.best_b)
            return w, b, int(learner.mistakes), int(learner.best_errors), passes

    def _remember(self, W: np.ndarray, b: np.ndarray) -> None:
        self.network_ = Network(W.shape[0], [Dense(W.shape[1], "heaviside")])
        self.parameters_ = [{"W": W, "b": b}]

    def _forward(self, X: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        check_is_fitted(self)
        samples = _validate(self, without_mask(X), reset=False, dtype=np.float64)
        check_process()
        with float64():
            parameters = [{name: jnp.asarray(array) for name, array in self.parameters_[0].items()}]
            signals = forward(self.network_, parameters, jnp.asarray(samples))[-1]
            return np.asarray(signals.z), np.asarray(signals.x)
