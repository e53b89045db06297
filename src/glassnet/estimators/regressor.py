"""The regressor: scikit-learn's contract over one network or a cross-fitted ensemble."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from glassnet.data.images import Samples
from glassnet.data.scaler import Scale
from glassnet.estimators.batched_prediction import mean_of_members
from glassnet.estimators.constraints import REGRESSOR_RULES
from glassnet.estimators.estimator import NetworkEstimator, takes_batches
from glassnet.estimators.intervals import Intervals
from glassnet.estimators.metrics import score
from glassnet.estimators.output_range import Range, check_range, limits, output_activation, range_scale
from glassnet.estimators.recipe import settled
from glassnet.estimators.targets import check_domain, target_names, target_scale
from glassnet.estimators.transaction import whole_or_as_before
from glassnet.estimators.validation import check_inputs, check_pair, check_parameters, check_targets, check_weights
from glassnet.network.activation import Activation
from glassnet.network.layer import Layer
from glassnet.network.loss import CrossEntropy, Loss, as_loss
from glassnet.training.history import Callback
from glassnet.training.optimizers import Solver


class NetworkRegressor(RegressorMixin, Intervals, NetworkEstimator):
    """Neural networks for regression that scale inputs and targets themselves and answer in the units they were given.

    Each of `n_members` networks solves min over W, b of (1/s) sum_i w_i loss(f(x_i), y_i) + alpha/(2s) sum W^2 over
    scaled x and y, and is blind to its own fold of the rows. The prediction is the mean of the members; what blind
    members say of their folds is an honest error (`oof_score_`).

    Parameters
    ----------
    Those left at None are the preset's, which looks at the number of rows; see docs/recipe.md.

    preset : "balanced", "fast", "best" or "plain"
        A recipe for tables in three sizes, or scikit-learn's network: one member of 100 neurons, standard scaling. With
        another solver than Adam a recipe is two dense layers of 64 (for "lm" one of 16) and early stopping.
    hidden_layer_sizes : int or sequence of ints
        Neurons of each hidden layer; `()` is linear regression.
    activation : str, Activation, or one for each hidden layer
        "relu", "tanh", "logistic", "mish", ...
    layers : list of layers
        The hidden layers themselves, as in `[Convolution(32), MaxPool(), Flatten(), Dense(64, "relu")]`; the last layer
        is added.
    adversarial : float
        Train half of every step on inputs moved by this much along the sign of dE/dx^0, in the units of `attack`.
    embedding : "periodic", "piecewise", "both" or "none"
        What a column of numbers is made into besides itself: mixtures of waves, of ramps over its quantiles, or both.
    output_range : (low, high) or "seen"
        What predictions must stay within, either end None for open: (0, None) is positive. "seen", the recipe's, cuts
        off at the least and largest target of a member's rows.
    solver : str or Solver
        "adam", "adamw" (weight decay), "sgd" (Nesterov momentum 0.9), "gd" (plain gradient descent), "lbfgs", "lm"
        (Levenberg-Marquardt, for small tables), "auto" (by size, see `solver_reason_`), or `Adam(0.9, 0.95)` and such.
    loss : str or Loss
        "half_squared_error" (scikit-learn's), "squared_error", "absolute_error", "huber", "quantile" (5 %, 50 % and
        95 %, which never cross), "poisson" (counts), "gamma" (positive), one such as `Huber(2)` or
        `Quantile((0.1, 0.9))`, or your own, `CustomLoss(value, derivative)`.
    alpha, weight_decay, dropout, clip_norm
        Strength of L2 regularisation; of decoupled decay (several: every member takes the one that its held-out rows
        like best); probability that a hidden unit is left out of a step; longest gradient of a member.
    batch_size : int or "auto"
        Rows a step; "auto" is 32 to 512 by the rows, and all of them for "gd".
    learning_rate_init, learning_rate, warmup, power_t
        Step size (with the recipe, of a parameter whose layer moves at pace 1); its schedule, "constant", "cosine",
        "flat_cosine", "log_cosine", "invscaling" or "adaptive"; the share of all steps over which it rises from 0; the
        power of "invscaling".
    max_iter, max_time : int; seconds or None
        Epochs (or steps of "lbfgs" and "lm") at most, and time at most.
    shuffle : bool or "replacement"
        Whether each epoch visits the rows in an order of its own; "replacement" draws every row from all of them.
    early_stopping : bool
        Hold out `validation_fraction` of a member's rows (of at least 20), stop when their loss has not improved by
        `tol` in `n_iter_no_change` epochs, and keep the weights of the best epoch. Without it the training loss is
        watched and the last weights are kept.
    monitor : callable (truth, prediction) -> number, or None
        What to stop by in place of the loss, in the units of the target; lower is better.
    n_members : int
        Networks trained at once.
    cv : "auto", int, splitter or None
        Folds that members are blind to: as many as members, so many (n_members is a multiple), a splitter's; or none.
    random_state : int, RandomState or None
        Seed of starts, folds, held-out rows, orders and masks.
    warm_start : bool
        Go on from the last fit, with its scaling; on the same rows with its folds, on others without.
    verbose, callback
        Show a progress bar (lines where there is no terminal); call with a `Progress` a few times a second, where
        returning True stops training. Ctrl-C stops it too, and the best model so far is kept.

    Attributes
    ----------
    members_ : the networks, each with parameters, scaling, rows and history
    network_, parameters_, coefs_, intercepts_ : the shape, and the numbers, with a member axis when there are several
    oof_prediction_, oof_score_ : predictions of members blind to the row, and their R2; absent without folds
    schema_ : what each column became
    loss_curve_, validation_loss_curve_, n_iter_, best_iter_, stop_reason_ : the history, in units of the scaled target
    solver_, solver_reason_ : the solver used, and why
    training_rows_, validation_rows_ : rows of the first member (rows of weight zero are in neither)
    n_features_in_, feature_names_in_, n_outputs_, seed_, target_names_, target_mean_
    """

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] | None = None,
        activation: str | Activation | Sequence[str | Activation] | None = None,
        *,
        layers: Sequence[Layer] | None = None,
        adversarial: float | None = None,
        embedding: str | None = None,
        output_range: tuple[float | None, float | None] | str | None = None,
        solver: str | Solver = "adam",
        loss: str | Loss = "half_squared_error",
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
        self.embedding = embedding
        self.output_range = output_range
        self.solver = solver
        self.loss = loss
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
    ) -> "NetworkRegressor":
        """Train on X, a data frame, an array (rows, columns) or pictures, and targets y (rows,) or (rows, outputs).

        Images are (rows, height, width, channels), or (rows, height, width) of grey ones.

        Weights count rows: a row of weight 2 is that row twice, a row of weight 0 is left out. `groups` keeps rows of a
        group in one fold. `X_val` and `y_val` are what to stop by, in place of held-out rows. `checkpoint` is a folder:
        a fit that was killed goes on from it, with the result of an unbroken one. Raises `ValueError` for input that
        cannot be learned from, naming column and row, and `DivergenceError` when the loss overflows.
        """
        check_parameters(self, REGRESSOR_RULES)
        with whole_or_as_before(self) as interrupt:
            self.link_ = self._loss().link
            table, targets, weights = self._checked(X, y, sample_weight, reset=not self._goes_on())
            validation = None
            check_pair(X_val, y_val)
            if X_val is not None:
                held = check_inputs(self, X_val, reset=False)
                validation = held, check_targets(y_val, held.rows).reshape(held.rows, -1)
                check_range(self.output_range, validation[1])
            self._fit_table(table, targets, weights, groups, validation, checkpoint, interrupt)
            self._set_oof(table, targets)
            self._remember_residuals(table, targets, weights, groups, X_val is not None)
        return self

    @available_if(takes_batches)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> "NetworkRegressor":
        """Train one epoch on these rows: no folds, nothing held out, the scaling of the first call."""
        check_parameters(self, REGRESSOR_RULES)
        with whole_or_as_before(self) as interrupt:
            self.link_ = self._loss().link
            self._fit_part(*self._checked(X, y, sample_weight, reset=not hasattr(self, "members_")), interrupt)
            self._set_oof(None, None)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return the mean of the members (rows,), or (rows, outputs), in the units of the target, float64.

        The columns of a frame are matched by name. Raises `ValueError` for missing columns and for a row so far outside
        the training table that its prediction is not finite.
        """
        check_is_fitted(self)
        return self._shaped(self._outputs(check_inputs(self, X, reset=False), mean_of_members))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return R2, or what stands for it where the loss is no error of a mean: see `metrics.score`."""
        table_prediction = self.predict(X)
        rows = len(table_prediction)
        targets = check_targets(y, rows).reshape(rows, -1)
        weights = None if sample_weight is None else check_weights(sample_weight, rows)
        return score(self._loss(), targets, table_prediction.reshape(rows, -1), weights)

    def predict_members(self, X: Any) -> np.ndarray:
        """Return every member's prediction, (members, rows) or (members, rows, outputs): their spread can be seen."""
        check_is_fitted(self)
        return self._shaped(self._outputs(check_inputs(self, X, reset=False)))

    def _shaped(self, found: np.ndarray) -> np.ndarray:
        """Return predictions (..., outputs) as (...) for one, as (..., targets, levels) for quantiles of several."""
        if found.shape[-1] == 1 and self._vector_target:
            return found[..., 0]
        each = found.shape[-1] // self.n_outputs_
        return found if each == 1 or self._vector_target else found.reshape(*found.shape[:-1], -1, each)

    @property
    def output_names_(self) -> list[str]:
        """The names of what is predicted: the targets', with their levels where quantiles are."""
        levels = getattr(self._loss(), "levels", None)
        if levels is None:
            return self.target_names_
        return [f"{name} at {level:g}" for name in self.target_names_ for level in levels]

    def _goes_on(self) -> bool:
        return self.warm_start and hasattr(self, "members_")

    def _checked(self, X: Any, y: Any, sample_weight: Any, *, reset: bool) -> tuple[Samples, np.ndarray, np.ndarray]:
        table = check_inputs(self, X, reset=reset)
        targets = check_targets(y, table.rows)
        self._vector_target = targets.ndim == 1
        targets = targets.reshape(table.rows, -1)
        if not reset and targets.shape[1] != self.n_outputs_:
            raise ValueError(f"y has {targets.shape[1]} output(s), but {self.n_outputs_} in the first call")
        check_range(self.output_range, targets)
        check_domain(self._loss(), targets)
        self.n_outputs_ = targets.shape[1]
        self.target_names_ = target_names(y, self.n_outputs_)
        weights = check_weights(sample_weight, table.rows)
        gaps = np.isnan(targets)
        counted = np.where(gaps, 0.0, weights[:, None])
        if not counted.any(axis=0).all():
            raise ValueError(
                f"target {self.target_names_[int(np.argmin(counted.any(axis=0)))]!r} is missing in every row; drop it"
            )
        self.target_mean_ = np.average(np.where(gaps, 0.0, targets), axis=0, weights=counted)
        return table, targets, weights

    def _set_oof(self, table: Samples | None, targets: np.ndarray | None) -> None:
        for name in ("oof_prediction_", "oof_score_", "calibration_", "spreads_"):
            vars(self).pop(name, None)
        found = None if table is None else self._blind_outputs(table)
        if found is None or targets is None:
            return
        self.oof_score_ = score(self._loss(), targets[self._used], found[self._used])
        self.oof_prediction_ = self._shaped(found)

    def _loss(self) -> Loss:
        loss = as_loss(self.loss)
        if isinstance(loss, CrossEntropy):
            raise ValueError(f"loss={self.loss!r} is for classes; use NetworkClassifier, or a loss of numbers")
        return loss

    @property
    def _link(self) -> Activation:
        return self.link_ if hasattr(self, "link_") else self._loss().link

    def _output_activation(self) -> Activation | str:
        return output_activation(self._range)

    def _target_scale(self, y: np.ndarray, weights: np.ndarray) -> Scale:
        return range_scale(self._range, target_scale(y, weights, self._loss()))

    def _limits(self, y: np.ndarray) -> np.ndarray:
        return limits(self._range, y)

    @property
    def _range(self) -> Range:
        return settled(self, 2).output_range

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.multi_output = True
        return tags
