"""The classifier: softmax and cross-entropy of classes, or logistic function and binary cross-entropy of labels."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils import Tags
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from glassnet.data.dataset import Dataset
from glassnet.data.scaler import identity_scaler
from glassnet.data.schema import Samples, Schema
from glassnet.ensemble.batched_prediction import mean_of_members
from glassnet.ensemble.folds import CV
from glassnet.ensemble.output_range import limits
from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.ensemble.recipe import Activations, Recipe
from glassnet.ensemble.targets import target_names
from glassnet.estimators.constraints import RULES
from glassnet.estimators.estimator import NetworkEstimator, as_path, takes_batches
from glassnet.estimators.fit_data import FitData
from glassnet.estimators.label_matrix import as_labels, check_label_matrix, is_label_matrix
from glassnet.estimators.prediction_sets import PredictionSets, softmax
from glassnet.estimators.presets import CLASSIFICATION
from glassnet.estimators.provenance import provenance_kept
from glassnet.estimators.transaction import restored_on_failure
from glassnet.estimators.validation import (
    check_groups,
    check_inputs,
    check_labels,
    check_pair,
    check_parameters,
    check_weights,
    class_indicators,
)
from glassnet.network.activation import Activation, Identity
from glassnet.network.devices import predicting_on
from glassnet.network.layer import Layer
from glassnet.network.loss import BinaryCrossEntropy, ClassLoss, CrossEntropy
from glassnet.training.history import Callback
from glassnet.training.solver import Solver

ClassWeight = dict[int | str | bool | float, float] | str


class NetworkClassifier(ClassifierMixin, PredictionSets, NetworkEstimator):
    """Neural networks that give every class a probability: softmax of the outputs, trained by cross-entropy.

    Folds hold every class alike. A y of several columns of 0 and 1 (scikit-learn's multilabel-indicator) says which
    labels a row has: each has an output of its own, the logistic function of which is its probability, trained by
    binary cross-entropy; folds are then drawn uniformly, and there are no prediction sets. Attributes that are not
    listed are those of `NetworkRegressor`.

    Parameters
    ----------
    hidden_layer_sizes : int, sequence of ints or None, default=None
        Neurons of each hidden layer; `()` is logistic regression. None: the preset's.
    activation : str, Activation, one for each hidden layer, or None, default=None
        "relu", "tanh", "logistic", "mish", ... None: the preset's.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class, multiplied with the sample weights; "balanced" is n / (classes * rows of the class). Not
        for several labels a row. None: all weights are 1.
    layers : list of layers or None, default=None
        The hidden layers themselves; the last layer is added. None: those that `hidden_layer_sizes` and the preset say.
    solver : str or Solver, default="adam"
        A name or an object, as for `NetworkRegressor`.
    alpha : float or None, default=None
        Strength of L2 regularisation. None: the preset's.
    dropout : float or None, default=None
        Probability that a hidden unit is left out of a step. None: the preset's.
    batch_size : int or "auto", default="auto"
        Rows a step.
    learning_rate_init : float or None, default=None
        The step size before its schedule. None: the preset's.
    max_iter : int or None, default=None
        Epochs at most. None: the preset's.
    max_time : float or None, default=None
        Seconds at most. None: no limit.
    early_stopping : bool or None, default=None
        Hold out `validation_fraction` of a member's rows, watch the loss on them, and keep the best epoch, or the
        last that is nearly as good (`Recipe.validation_slack`). None: the preset's.
    validation_fraction : float, default=0.1
        The fraction of validation rows.
    n_iter_no_change : int or None, default=None
        Stop when more than so many epochs in a row improved the loss that is watched by less than `tol`. None: the
        preset's.
    tol : float, default=0.0001
        The least improvement that counts.
    monitor : callable (y, prediction) -> number, or None, default=None
        Gets indicators (rows, classes) and logits (rows, classes); lower is better. None: the loss.
    n_members : int or None, default=None
        Networks trained at once. None: the preset's.
    cv : "auto", int, splitter or None, default="auto"
        Test folds of the members, as for `NetworkRegressor`.
    preset : "balanced", "fast", "best", "plain" or Recipe, default="balanced"
        What is not given, by the recipe for tables or that for images (`docs/reference/recipe.md`); "plain" is
        scikit-learn's network.
    random_state : int, RandomState or None, default=None
        Seed of first parameters, folds, validation rows, orders and masks. None: another seed for every fit, which
        `seed_` keeps.
    warm_start : bool, default=False
        Go on from the last fit, with its scaling; on the same rows with its folds, on others without.
    verbose : bool, default=False
        Show a progress bar, or lines where there is no terminal.
    callback : callable (Progress) -> bool or None, default=None
        Called a few times a second; returning True stops training.
    device : "auto", "cpu" or "gpu", default="auto"
        Where it trains, as for `NetworkRegressor`.
    precision : "float32", "tf32" or "bfloat16", default="float32"
        Of matrix products while training on a graphics card, as for `NetworkRegressor`.

    Attributes
    ----------
    classes_ : array (classes,)
        The labels, in the order of the columns of `predict_proba`; 0, 1, 2, ... for several labels a row, whose names
        are `target_names_`.
    multilabel_ : bool
        Whether a row may have several labels.
    oof_prediction_, oof_score_ : array (rows, classes), float
        Probabilities by members that never saw the row, and their accuracy, for several labels a row the fraction of
        rows all of whose labels are right; absent without folds.
    label_smoothing_ : float
        The smoothing of the indicators of classes that was trained with; 0 without one.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from glassnet import NetworkClassifier
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = NetworkClassifier((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> model.predict(X.head(3))
    array([0, 0, 0])
    >>> model.predict_proba(X.head(3)).shape, model.oof_score_ > 0.8  # the accuracy of members that never saw the row
    ((3, 3), True)
    """

    presets = CLASSIFICATION
    output_range = None  # classes have none
    _multilabel: bool = False

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] | None = None,
        activation: Activations | None = None,
        *,
        class_weight: ClassWeight | None = None,
        layers: Sequence[Layer] | None = None,
        solver: str | Solver = "adam",
        alpha: float | None = None,
        dropout: float | None = None,
        batch_size: int | str = "auto",
        learning_rate_init: float | None = None,
        max_iter: int | None = None,
        max_time: float | None = None,
        early_stopping: bool | None = None,
        validation_fraction: float = 0.1,
        n_iter_no_change: int | None = None,
        tol: float = 1e-4,
        monitor: Callable[[np.ndarray, np.ndarray], float] | None = None,
        n_members: int | None = None,
        cv: CV = "auto",
        preset: str | Recipe = "balanced",
        random_state: int | np.random.RandomState | None = None,
        warm_start: bool = False,
        verbose: bool = False,
        callback: Callback | None = None,
        device: str = "auto",
        precision: str = "float32",
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.class_weight = class_weight
        self.layers = layers
        self.solver = solver
        self.alpha = alpha
        self.dropout = dropout
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.max_time = max_time
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.monitor = monitor
        self.n_members = n_members
        self.cv = cv
        self.preset = preset
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose
        self.callback = callback
        self.device = device
        self.precision = precision

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        groups: ArrayLike | None = None,
        X_val: ArrayLike | None = None,
        y_val: ArrayLike | None = None,
        checkpoint: str | Path | None = None,
    ) -> Self:
        """Train on X and the labels y.

        Parameters
        ----------
        X : data frame, array or sparse matrix
            Rows; or images (rows, height, width, channels), or (rows, height, width) of grey ones. A sparse matrix is
            made dense to train on, where that fits into memory; predictions make blocks of rows dense.
        y : array (rows,), or array, frame or sparse matrix (rows, labels)
            Classes: numbers, text or booleans, of two or more classes; or 1 where a row has a label, else 0.
        sample_weight : array (rows,) or None
            A row of weight 2 is that row twice, a row of weight 0 is left out.
        groups : array (rows,) or None
            Rows of a group are kept in one fold.
        X_val : as X, or None
            Validation rows of all members, in place of a fraction of their own.
        y_val : as y, or None
            Their labels.
        checkpoint : path or None
            A folder: a fit that was killed goes on from it, with the result of an unbroken one.

        Returns
        -------
        self
        """
        check_parameters(self, RULES)
        goes_on = self.warm_start and hasattr(self, "ensemble_")
        options = {"sample_weight": sample_weight, "groups": groups, "X_val": X_val, "y_val": y_val}
        with restored_on_failure(self) as interrupt, provenance_kept(self, **options, checkpoint=checkpoint):
            samples, targets, weights = self._checked(X, y, sample_weight, None, reset=not goes_on)
            validation = None
            check_pair(X_val, y_val)
            if X_val is not None and y_val is not None:
                validation_samples = check_inputs(self, X_val, reset=False)
                validation = (
                    validation_samples,
                    self._indicators(y_val, validation_samples.rows),
                )
            data = FitData(
                samples, targets, weights, check_groups(groups, samples.rows), validation, as_path(checkpoint)
            )
            all_rows = self._fit(data, interrupt).all_rows
            self._set_oof(all_rows)
            self._remember_scores(all_rows, sample_weight, groups is not None, validation is not None)
        return self

    @available_if(takes_batches)
    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Train one epoch on these rows.

        Parameters
        ----------
        X : data frame or array
            Rows or images, with the columns of the first call.
        y : array (rows,) or (rows, labels)
            Classes, or 1 where a row has a label, else 0.
        classes : array (classes,) or None
            All classes, in the first call; None: those of y. Of several labels a row the columns of y say it.
        sample_weight : array (rows,) or None
            The weight of every row.

        Returns
        -------
        self
        """
        check_parameters(self, RULES)
        if self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' counts the rows of every class, and a batch is not all rows; give "
                "class_weight as a dict, as compute_class_weight of scikit-learn makes it"
            )
        options = {"classes": classes, "sample_weight": sample_weight}
        with restored_on_failure(self) as interrupt, provenance_kept(self, **options):
            data = FitData(*self._checked(X, y, sample_weight, classes, reset=not hasattr(self, "ensemble_")))
            self._fit_part(data, interrupt)
            self._set_oof(None)
        return self

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Return the members' mean probability of every class.

        Parameters
        ----------
        X : data frame or array
            Rows or images, with the columns of training.

        Returns
        -------
        array (rows, classes)
            In the order of `classes_`; each row adds up to 1, unless it may have several labels.
        """
        check_is_fitted(self)
        samples = check_inputs(self, X, reset=False)
        with predicting_on(self._device):
            return self.ensemble_.predict_members(samples, lambda logits: mean_of_members(self._probabilities(logits)))

    def predict_log_proba(self, X: ArrayLike) -> np.ndarray:
        """Return the logarithm of `predict_proba`.

        Parameters
        ----------
        X : data frame or array
            Rows or images, with the columns of training.

        Returns
        -------
        array (rows, classes)
            In the order of `classes_`; minus infinity where a probability is 0.
        """
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Return the most probable class of every row, or the labels of a probability above 1/2.

        Parameters
        ----------
        X : data frame or array
            Rows or images, with the columns of training.

        Returns
        -------
        array (rows,) or (rows, labels)
            Classes of `classes_`; or 1 where a row has a label, else 0.
        """
        check_is_fitted(self)
        probabilities = self.predict_proba(X)
        return as_labels(probabilities) if self._multilabel else self.classes_[np.argmax(probabilities, axis=1)]

    @property
    def multilabel_(self) -> bool:
        """Whether a row may have several labels."""
        check_is_fitted(self)
        return self._multilabel

    def _checked(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None,
        classes: ArrayLike | None,
        *,
        reset: bool,
    ) -> tuple[Samples, np.ndarray, np.ndarray]:
        if isinstance(self.preset, Recipe) and self.preset.output_range is not None:
            raise ValueError(
                f"output_range={self.preset.output_range!r} is a range of numbers, and classes have none; leave it out "
                "of the recipe"
            )
        samples = check_inputs(self, X, reset=reset)
        weights = check_weights(sample_weight, samples.rows)
        if reset:
            self._multilabel = is_label_matrix(y)
        if self._multilabel:
            return samples, self._label_matrix(y, samples.rows, classes, reset=reset), weights
        labels = check_labels(y, samples.rows)
        if reset:
            self._learn_classes(labels[weights > 0] if classes is None else np.asarray(classes))
            self.target_names_ = [str(getattr(y, "name", None) or "y0")]
        targets = np.zeros((samples.rows, len(self.classes_)))
        targets[weights > 0] = class_indicators(labels[weights > 0], self.classes_)
        if self.class_weight is not None:
            weights = weights.copy()
            weights[weights > 0] *= compute_sample_weight(self.class_weight, labels[weights > 0])
        return samples, targets, weights

    def _label_matrix(self, y: ArrayLike, rows: int, classes: ArrayLike | None, *, reset: bool) -> np.ndarray:
        if self.class_weight is not None:
            raise ValueError(
                f"class_weight={self.class_weight!r} is for one class a row, but y has several labels a row; leave it "
                "out, or give sample_weight"
            )
        targets = check_label_matrix(y, rows, None if reset else len(self.classes_))
        if reset:
            self.classes_ = np.arange(targets.shape[1])
            self.target_names_ = target_names(y, targets.shape[1])
        if classes is not None and not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"classes={classes!r} names classes, but y has several labels a row, a column for each; leave "
                "classes out"
            )
        return targets

    def _indicators(self, y: ArrayLike, rows: int) -> np.ndarray:
        """Return targets of other rows than those of the fit, (rows, classes)."""
        if self._multilabel:
            return check_label_matrix(y, rows, len(self.classes_))
        return class_indicators(check_labels(y, rows), self.classes_)

    def _probabilities(self, logits: np.ndarray) -> np.ndarray:
        learned = expit(logits) if self._multilabel else softmax(logits)
        return replace(self._loss(), smoothing=self.label_smoothing_).unsmoothed(learned)

    def _learn_classes(self, labels: np.ndarray) -> None:
        self.classes_ = np.unique(labels)
        if len(self.classes_) < 2:
            raise ValueError(f"y holds one class only, {self.classes_.tolist()[0]!r}; a classifier needs at least two")

    def _set_oof(self, all_rows: Dataset | None) -> None:
        for name in ("oof_prediction_", "oof_score_", "calibration_"):
            vars(self).pop(name, None)
        if all_rows is None or not self.ensemble_.cross_fitted:
            return
        probabilities = self.ensemble_.predict_out_of_fold(all_rows, self.used_rows_, self._probabilities)
        held_out = self.used_rows_[self.ensemble_.held_out]
        actual, predicted = all_rows.y[held_out], probabilities[held_out]
        if self._multilabel:
            self.oof_score_ = float(accuracy_score(actual.astype(int), as_labels(predicted)))
        else:
            self.oof_score_ = float(accuracy_score(np.argmax(actual, axis=1), np.argmax(predicted, axis=1)))
        self.oof_prediction_ = probabilities

    def _labels(self, y: np.ndarray) -> np.ndarray | None:
        return None if self._multilabel else np.argmax(y, axis=1)

    def _loss(self) -> ClassLoss:
        return BinaryCrossEntropy() if self._multilabel else CrossEntropy()

    def _suited(self, recipe: Recipe, schema: Schema, rows: int) -> Recipe:
        """Return the recipe without smoothing where there is an adversary, whom it would turn round."""
        return recipe if recipe.adversarial is None else replace(recipe, label_smoothing=None)

    def _training_loss(self, recipe: Recipe) -> ClassLoss:
        return replace(self._loss(), smoothing=recipe.label_smoothing or 0.0)

    def _link(self) -> Activation:
        return Identity()  # logits; their probabilities are taken in float64

    @property
    def out_activation_(self) -> str:
        """The function that makes probabilities of the outputs; the smoothing is then taken out of them."""
        return "logistic" if self._multilabel else "softmax"

    def _output_activation(self, recipe: Recipe) -> str:
        return "identity"

    def _preprocessing(self, recipe: Recipe) -> Callable[[Dataset, np.ndarray], Preprocessing]:
        def learn(dataset: Dataset, rows: np.ndarray) -> Preprocessing:
            classes = dataset.y.shape[1]
            inputs = dataset.schema.fit_scaler(dataset.x, dataset.weights, rows, recipe.scaler or "standard")
            return Preprocessing(inputs, identity_scaler(classes), limits((None, None), dataset.y[rows]))

        return learn

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.sparse = True
        tags.classifier_tags.multi_label = True
        return tags
