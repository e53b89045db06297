"""The classifier: the same networks with softmax and cross-entropy."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils import Tags
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from glassnet.data.images import Samples
from glassnet.data.scaler import Scale, unscaled
from glassnet.estimators.batched_prediction import mean_of_members
from glassnet.estimators.constraints import RULES
from glassnet.estimators.estimator import NetworkEstimator, takes_batches
from glassnet.estimators.output_range import limits
from glassnet.estimators.prediction_sets import LabelSets
from glassnet.estimators.transaction import whole_or_as_before
from glassnet.estimators.validation import check_inputs, check_labels, check_pair, check_parameters, check_weights
from glassnet.network.activation import Activation, Identity
from glassnet.network.layer import Layer
from glassnet.network.loss import CrossEntropy, Loss
from glassnet.training.history import Callback
from glassnet.training.optimizers import Solver


class NetworkClassifier(ClassifierMixin, LabelSets, NetworkEstimator):
    """Neural networks that give every class a probability: softmax of the outputs, trained by cross-entropy.

    Parameters, members, folds and attributes are those of `NetworkRegressor`, but for these. Folds share out
    every class evenly.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        Weight of each class, multiplied with the sample weights; "balanced" is n / (classes * rows of the class).
    monitor : callable (truth, prediction) -> number, or None
        Gets indicators (rows, classes) and logits (rows, classes); lower is better.

    Attributes
    ----------
    classes_ : the labels, in the order of the columns of `predict_proba`
    oof_prediction_, oof_score_ : probabilities by members blind to the row, and their accuracy; absent without folds
    """

    tabular = False  # the recipe for tables was measured on regression

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] | None = None,
        activation: str | Activation | Sequence[str | Activation] | None = None,
        *,
        layers: Sequence[Layer] | None = None,
        adversarial: float | None = None,
        class_weight: dict[Any, float] | str | None = None,
        solver: str | Solver = "adam",
        alpha: float | None = None,
        weight_decay: float | Sequence[float] | None = None,
        dropout: float | None = None,
        clip_norm: float | None = None,
        batch_size: int | str = "auto",
        learning_rate_init: float | None = None,
        learning_rate: str | None = None,
        warmup: float | None = None,
        power_t: float = 0.5,
        max_iter: int | None = None,
        max_time: float | None = None,
        shuffle: bool | str = True,
        early_stopping: bool | None = None,
        validation_fraction: float = 0.1,
        n_iter_no_change: int | None = None,
        tol: float = 1e-4,
        monitor: Callable[[np.ndarray, np.ndarray], float] | None = None,
        n_members: int | None = None,
        cv: Any = "auto",
        preset: str = "balanced",
        random_state: int | np.random.RandomState | None = None,
        warm_start: bool = False,
        verbose: bool = False,
        callback: Callback | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.layers = layers
        self.adversarial = adversarial
        self.class_weight = class_weight
        self.solver = solver
        self.alpha = alpha
        self.weight_decay = weight_decay
        self.dropout = dropout
        self.clip_norm = clip_norm
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.learning_rate = learning_rate
        self.warmup = warmup
        self.power_t = power_t
        self.max_iter = max_iter
        self.max_time = max_time
        self.shuffle = shuffle
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

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        groups: Any = None,
        X_val: Any = None,
        y_val: Any = None,
        checkpoint: Any = None,
    ) -> "NetworkClassifier":
        """Train on X (rows, columns) and labels y (rows,): numbers, text or booleans, of two or more classes.

        The other arguments are those of `NetworkRegressor.fit`.
        """
        check_parameters(self, RULES)
        goes_on = self.warm_start and hasattr(self, "members_")
        with whole_or_as_before(self) as interrupt:
            table, targets, weights = self._checked(X, y, sample_weight, None, reset=not goes_on)
            validation = None
            check_pair(X_val, y_val)
            if X_val is not None:
                held = check_inputs(self, X_val, reset=False)
                validation = held, self._indicators(check_labels(y_val, held.rows))
            self._fit_table(table, targets, weights, groups, validation, checkpoint, interrupt)
            self._set_oof(table, targets)
            self._remember_scores(targets, sample_weight, groups, X_val is not None)
        return self

    @available_if(takes_batches)
    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> "NetworkClassifier":
        """Train one epoch on these rows; the first call needs all `classes` unless y holds them."""
        check_parameters(self, RULES)
        if self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' counts the rows of every class, and a batch is not all rows; give "
                "class_weight as a dict, as compute_class_weight of scikit-learn makes it"
            )
        with whole_or_as_before(self) as interrupt:
            self._fit_part(*self._checked(X, y, sample_weight, classes, reset=not hasattr(self, "members_")), interrupt)
            self._set_oof(None, None)
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the members' mean probability of every class, (rows, classes), in the order of `classes_`."""
        check_is_fitted(self)
        table = check_inputs(self, X, reset=False)
        return self._outputs(table, lambda logits: mean_of_members(_probabilities(logits)))

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class of every row."""
        check_is_fitted(self)
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]

    def _member_probabilities(self, table: Samples) -> np.ndarray:
        return _probabilities(self._outputs(table))

    def _checked(
        self, X: Any, y: Any, sample_weight: Any, classes: Any, *, reset: bool
    ) -> tuple[Samples, np.ndarray, np.ndarray]:
        table = check_inputs(self, X, reset=reset)
        labels = check_labels(y, table.rows)
        weights = check_weights(sample_weight, table.rows)
        if reset:
            self._learn_classes(labels[weights > 0] if classes is None else np.asarray(classes))
            self.target_names_ = [str(getattr(y, "name", None) or "y0")]
        targets = np.zeros((table.rows, len(self.classes_)))
        targets[weights > 0] = self._indicators(labels[weights > 0])
        if self.class_weight is not None:
            weights = weights.copy()
            weights[weights > 0] *= compute_sample_weight(self.class_weight, labels[weights > 0])
        return table, targets, weights

    def _learn_classes(self, labels: np.ndarray) -> None:
        self.classes_ = np.unique(labels)
        if len(self.classes_) < 2:
            raise ValueError(f"y holds one class only, {self.classes_.tolist()[0]!r}; a classifier needs at least two")

    def _indicators(self, labels: np.ndarray) -> np.ndarray:
        unknown = np.setdiff1d(labels, self.classes_)
        if unknown.size:
            raise ValueError(f"y holds the class {unknown.tolist()[0]!r}, which is none of {self.classes_.tolist()}")
        return np.eye(len(self.classes_))[np.searchsorted(self.classes_, labels)]

    def _set_oof(self, table: Samples | None, targets: np.ndarray | None) -> None:
        for name in ("oof_prediction_", "oof_score_", "calibration_"):
            vars(self).pop(name, None)
        found = None if table is None else self._blind_outputs(table, _probabilities)
        if found is None or targets is None:
            return
        truth, said = np.argmax(targets[self._used], axis=1), np.argmax(found[self._used], axis=1)
        self.oof_score_ = float(accuracy_score(truth, said))
        self.oof_prediction_ = found

    def _labels(self, y: np.ndarray) -> np.ndarray | None:
        return np.argmax(y, axis=1)

    def _loss(self) -> Loss:
        return CrossEntropy()

    @property
    def _link(self) -> Activation:
        return Identity()  # logits; their softmax is taken in float64

    def _output_activation(self) -> str:
        return "identity"

    def _target_scale(self, y: np.ndarray, weights: np.ndarray) -> Scale:
        return unscaled(y.shape[1])

    def _limits(self, y: np.ndarray) -> np.ndarray:
        return limits((None, None), y)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _probabilities(logits: np.ndarray) -> np.ndarray:
    u = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return u / u.sum(axis=-1, keepdims=True)
