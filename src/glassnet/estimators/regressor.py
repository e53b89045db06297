"""The regressor: scikit-learn's contract over one network or a cross-fitted ensemble."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, Self, cast, overload

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from glassnet._lazy import pl
from glassnet.data.dataset import Dataset
from glassnet.data.files import TableFiles
from glassnet.data.schema import Samples, Schema
from glassnet.ensemble.batched_prediction import mixture
from glassnet.ensemble.ensemble import Ensemble
from glassnet.ensemble.folds import CV
from glassnet.ensemble.output_range import check_range, limits, output_activation, with_range
from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.ensemble.recipe import Activations, OutputRange, Recipe
from glassnet.ensemble.targets import check_domain, fit_target_scaler, target_names
from glassnet.estimators.build import without_idle_line
from glassnet.estimators.constraints import RULES, RULES_OF_FILES
from glassnet.estimators.distribution import Distributions
from glassnet.estimators.encoded_files import EncodedFiles, Roles, Seen
from glassnet.estimators.encoded_rows import out_of_fold, score_of_files, target_means
from glassnet.estimators.estimator import as_path, takes_batches
from glassnet.estimators.file_fit import FileFits
from glassnet.estimators.file_sources import check_no_validation, is_files, roles_of
from glassnet.estimators.fit_data import FitData
from glassnet.estimators.metrics import score
from glassnet.estimators.parameters import given_recipe, preset_recipe
from glassnet.estimators.presets import REGRESSION, without_line
from glassnet.estimators.provenance import provenance_kept
from glassnet.estimators.transaction import restored_on_failure
from glassnet.estimators.validation import (
    check_exposure,
    check_groups,
    check_inputs,
    check_pair,
    check_parameters,
    check_targets,
    check_weights,
)
from glassnet.network.activation import Activation
from glassnet.network.devices import predicting_on
from glassnet.network.layer import Layer
from glassnet.network.loss import Loss, as_loss
from glassnet.training.history import Callback
from glassnet.training.solver import Solver, StepOptions


class NetworkRegressor(RegressorMixin, Distributions, FileFits):
    """Neural networks for regression that scale inputs and targets themselves and predict in the units of the target.

    Each of `n_members` networks solves min over W, b of (1/s) sum_i w_i loss(f(x_i), y_i) + alpha/(2s) sum W^2 over
    scaled x and y, without the rows of its own test fold. The prediction is the mean of the members; what members
    predict of their test folds gives an honest error (`oof_score_`).

    Parameters left at None are the preset's, which looks at the number of rows; see docs/reference/recipe.md.

    Parameters
    ----------
    hidden_layer_sizes : int, sequence of ints or None, default=None
        Neurons of each hidden layer; `()` is linear regression. None: the preset's.
    activation : str, Activation, one for each hidden layer, or None, default=None
        "relu", "tanh", "logistic", "mish", ... None: the preset's.
    loss : str or Loss, default="half_squared_error"
        "half_squared_error" (scikit-learn's), "squared_error", "absolute_error", "huber", "quantile" (5%, 50% and
        95%, which never cross), "gaussian" (mean and standard deviation of every row), "poisson" (counts), "gamma"
        (positive), "tweedie" (amounts, many of them 0), one such as `Huber(2)`, `Tweedie(1.7)` or
        `Quantile((0.1, 0.9))`, or your own, `CustomLoss(value, derivative)` or a class derived from `Loss`.
    layers : list of layers or None, default=None
        The hidden layers themselves, as in `[Convolution(32), MaxPool(), Flatten(), Dense(64, "relu")]`; the last layer
        is added. None: those that `hidden_layer_sizes` and the preset say.
    solver : str or Solver, default="adam"
        "adam", "adamw" (weight decay), "sgd" (Nesterov momentum 0.9), "gd" (plain gradient descent), "lbfgs", "lm"
        (Levenberg-Marquardt, for small tables), "auto" (by size, see `solver_reason_`), or an object such as
        `Adam(0.9, 0.95, schedule="cosine", weight_decay=0.1)`; schedule, warm-up, shuffling, weight decay and clipping
        are the object's. An option that a solver cannot use is refused. Your own object needs two functions,
        `init(flat_parameters)` and `update(flat_parameters, state, gradient, step_size)`.
    alpha : float or None, default=None
        Strength of L2 regularisation. None: the preset's.
    dropout : float or None, default=None
        Probability that a hidden unit is left out of a step. None: the preset's.
    batch_size : int or "auto", default="auto"
        Rows a step; "auto" is 32 to 512 by the number of rows, and all of them for "gd".
    learning_rate_init : float or None, default=None
        The step size before its schedule. None: the preset's.
    max_iter : int or None, default=None
        Epochs at most. One epoch of "lbfgs" and "lm" is one step over all rows. None: the preset's.
    max_time : float or None, default=None
        Seconds at most. None: no limit.
    early_stopping : bool or None, default=None
        Hold out `validation_fraction` of a member's rows (of at least 20), watch the loss on them, and keep the
        parameters of the best epoch, or of the last that is nearly as good (`Recipe.validation_slack`). Ensembles of
        up to 15,000 rows then learn from these rows too (`Recipe.final_epochs`). Without it the training loss is
        watched and the last parameters are kept. None: the preset's.
    validation_fraction : float, default=0.1
        The fraction of validation rows.
    n_iter_no_change : int or None, default=None
        Stop when more than so many epochs in a row improved the loss that is watched by less than `tol`, whatever the
        solver. None: the preset's.
    tol : float, default=0.0001
        The least improvement that counts, in the units of the loss of scaled targets.
    monitor : callable (y, prediction) -> number, or None, default=None
        What to watch in place of the loss, on validation rows in the units of the target; lower is better. None: the
        loss.
    output_range : (low, high), "seen" or None, default=None
        What predictions must stay within, either end None for open: (0, None) is positive. "seen" cuts off at the least
        and largest target of a member's rows; beside a straight line it cuts off what the network adds, not the line.
        None: the preset's.
    n_members : int or None, default=None
        Networks trained at once. None: the preset's.
    cv : "auto", int, splitter or None, default="auto"
        Test folds of the members: as many as members and at most 16, which more members share; so many (n_members is a
        multiple); a splitter's; or none. With one that looks back, such as `TimeSeriesSplit`, a member learns from
        earlier rows alone, and the first rows have no out-of-fold prediction (NaN).
    preset : "balanced", "fast", "best", "plain" or Recipe, default="balanced"
        A recipe for tables in three sizes, or scikit-learn's network: one member of 100 neurons, standard scaling. With
        another solver than Adam a recipe is two dense layers of 64 (for "lm" one of 16) and early stopping. An object
        such as `Recipe("fast", embedding="piecewise")` sets parts of it.
    max_memory : int, str or None, default=None
        Of a fit to files: the bytes that their rows may take, or text such as "2 GiB"; files that need more are trained
        on in windows of random blocks of rows. None is half of what is free.
    random_state : int, RandomState or None, default=None
        Seed of first parameters, folds, validation rows, orders and masks. None: another seed for every fit, which
        `seed_` keeps.
    warm_start : bool, default=False
        Go on from the last fit, with its scaling; on the same rows with its folds, on others without, as
        `partial_fit` does. Columns that are constant in the first fit are kept.
    verbose : bool, default=False
        Show a progress bar, or lines where there is no terminal.
    callback : callable (Progress) -> bool or None, default=None
        Called a few times a second; returning True stops training. Ctrl-C stops it too. The best model so far is kept.
    device : "auto", "cpu" or "gpu", default="auto"
        Where it trains: "auto" is the graphics card where JAX sees one that works, else the processor; "lbfgs" and "lm"
        stay on the processor. See docs/guide/scale.md.
    precision : "float32", "tf32" or "bfloat16", default="float32"
        Of the factors of matrix products while training on a graphics card; sums, parameters and predictions are
        float32. Faster for wide networks, and refused on processors, where it has no effect.

    Attributes
    ----------
    ensemble_ : Ensemble
        The members, their network and the schema.
    members_ : list of Member
        The networks, each with preprocessing, rows, parameters and history.
    network_ : Network
        The layers, the same for all members.
    schema_ : TableSchema or ImageSchema
        What each column became.
    recipe_ : Recipe
        Every choice that the fit was made of.
    parameters_, coefs_, intercepts_ : lists of arrays
        The parameters, with a member axis when there are several members.
    oof_prediction_, oof_score_ : array, float
        Out-of-fold predictions, and their score; absent without folds. With exposures the score has their weights.
    loss_curve_, validation_loss_curve_ : lists of floats
        The losses of every epoch, means over the members, in units of the scaled target.
    best_loss_ : float
        The least training loss.
    n_iter_, best_iter_ : int
        Epochs trained, and the epoch whose parameters were kept.
    stop_reason_ : StopReason
        Why training of the first member ended.
    solver_, solver_reason_ : str
        The solver used, and why.
    training_rows_, validation_rows_ : arrays
        Rows of the first member (rows of weight zero are in neither).
    used_rows_ : array
        The rows of positive weight, of which all members' rows are numbered.
    exposed_ : bool
        Whether the fit was given exposures, so that predictions are per unit of exposure.
    n_features_in_, n_outputs_, n_layers_, seed_ : int
        Features, targets, layers with the inputs, and the seed that was drawn.
    feature_names_in_, target_names_, target_mean_ : arrays
        Names of features and targets, and the mean of the training targets.
    out_activation_ : str
        The activation of the last layer.
    device_ : str or None
        What the last fit trained on, such as "cpu" or "gpu: NVIDIA H200"; None in a file without it.
    reading_reason_ : str
        Of a fit to files: whether their rows were kept in memory or came in windows, and why.
    provenance_ : Provenance or None
        How the last fit came about: seconds, date, versions, options and warnings; None in a file without it.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> model.predict(X.head(3)).shape
    (3,)
    >>> 0.4 < model.oof_score_ < 0.6  # R2 on rows that the predicting member never saw
    True
    >>> model.predict_interval(X.head(3), coverage=0.9).width.shape
    (3,)
    """

    presets = REGRESSION

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] | None = None,
        activation: Activations | None = None,
        *,
        loss: str | Loss = "half_squared_error",
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
        output_range: OutputRange | None = None,
        n_members: int | None = None,
        cv: CV = "auto",
        preset: str | Recipe = "balanced",
        max_memory: int | str | None = None,
        random_state: int | np.random.RandomState | None = None,
        warm_start: bool = False,
        verbose: bool = False,
        callback: Callback | None = None,
        device: str = "auto",
        precision: str = "float32",
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.loss = loss
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
        self.output_range = output_range
        self.n_members = n_members
        self.cv = cv
        self.preset = preset
        self.max_memory = max_memory
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose
        self.callback = callback
        self.device = device
        self.precision = precision

    def fit(
        self,
        X: "ArrayLike | Path | Sequence[Path] | pl.LazyFrame | TableFiles",
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        exposure: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        X_val: ArrayLike | None = None,
        y_val: ArrayLike | None = None,
        checkpoint: str | Path | None = None,
    ) -> Self:
        """Train on X, a data frame, an array (rows, columns) or images, and targets y (rows,) or (rows, outputs).

        X may also be a file, a pattern such as "big/*.parquet", several files, or a polars LazyFrame; y, weights,
        exposures and groups are then names of columns, and all other columns are inputs. Where the rows need more
        memory than `max_memory`, they are trained on in windows: scales and early stopping come from a sample of
        131,072 rows, `used_rows_` are those, and `oof_prediction_` is of all rows.

        Parameters
        ----------
        X : data frame, array, sparse matrix, path, sequence of paths or LazyFrame
            Images are (rows, height, width, channels), or (rows, height, width) of grey ones. A sparse matrix is made
            dense to train on, where that fits into memory; predictions make blocks of rows dense.
        y : array (rows,) or (rows, targets)
            The targets; of several, some may be missing.
        sample_weight : array (rows,) or None
            A row of weight 2 is that row twice, a row of weight 0 is left out.
        exposure : array (rows,) or None
            How long or how much of every row was observed, such as years insured, above 0; for losses with a log link.
            The mean of y is in proportion to it (an offset of log exposure): y / exposure is learned, with the weight
            exposure^(2 - p), p the variance power of the loss. Predictions, and targets that are given later, as to
            `score`, are per unit of exposure.
        groups : array (rows,) or None
            Rows of a group are kept in one fold.
        X_val : as X, or None
            Validation rows of all members, in place of a fraction of their own.
        y_val : as y, or None
            Their targets.
        checkpoint : path or None
            A folder: a fit that was killed goes on from it, with the result of an unbroken one.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For input that cannot be learned from, naming column and row, and for options that the solver cannot use.
        DivergenceError
            When the loss overflows.
        """
        check_parameters(self, {**RULES, **RULES_OF_FILES})
        if is_files(X):
            roles = roles_of(y, sample_weight, groups, exposure)
            check_no_validation(X_val, y_val)
            return self._fit_files(X, roles, as_path(checkpoint))
        options = {"sample_weight": sample_weight, "exposure": exposure, "groups": groups}
        options |= {"X_val": X_val, "y_val": y_val, "checkpoint": checkpoint}
        with restored_on_failure(self) as interrupt, provenance_kept(self, **options):
            samples, targets, weights = self._checked(
                cast(ArrayLike, X), y, sample_weight, exposure, reset=not self._goes_on()
            )
            validation = None
            check_pair(X_val, y_val)
            if exposure is not None and X_val is not None:
                raise ValueError("the rows of X_val have no exposure to be judged by; leave X_val and y_val out")
            if X_val is not None and y_val is not None:
                validation_samples = check_inputs(self, X_val, reset=False)
                validation = (
                    validation_samples,
                    check_targets(y_val, validation_samples.rows).reshape(validation_samples.rows, -1),
                )
                check_range(self._given_range, validation[1])
            data = FitData(
                samples, targets, weights, check_groups(groups, samples.rows), validation, as_path(checkpoint)
            )
            result = self._fit(data, interrupt)
            self._set_oof(result.all_rows, weighted=exposure is not None)
            self._remember_residuals(result, groups is not None, validation is not None)
        return self

    @available_if(takes_batches)
    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        exposure: ArrayLike | None = None,
    ) -> Self:
        """Train one epoch on these rows: no folds, no validation rows, the scaling of the first call.

        Two things grow: the limits of `output_range="seen"` widen to the new targets, and a column or target that was
        constant so far gets its scale when it first varies. A level that the first call did not see counts as unknown;
        a warning says so once a column.

        Parameters
        ----------
        X : data frame or array
            Rows or images, with the columns of the first call.
        y : array (rows,) or (rows, targets)
            The targets.
        sample_weight : array (rows,) or None
            The weight of every row.
        exposure : array (rows,) or None
            As in `fit`.

        Returns
        -------
        self
        """
        check_parameters(self, {**RULES, **RULES_OF_FILES})
        options = {"sample_weight": sample_weight, "exposure": exposure}
        with restored_on_failure(self) as interrupt, provenance_kept(self, **options):
            data = FitData(*self._checked(X, y, sample_weight, exposure, reset=not hasattr(self, "ensemble_")))
            self._fit_part(data, interrupt)
            self._set_oof(None)
        return self

    @overload
    def predict(self, X: ArrayLike, return_std: Literal[False] = False) -> np.ndarray: ...

    @overload
    def predict(self, X: ArrayLike, return_std: Literal[True]) -> tuple[np.ndarray, np.ndarray]: ...

    def predict(self, X: ArrayLike, return_std: bool = False) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Return the mean of the members' predictions, and with `return_std` the standard deviation of the target.

        Of members with means m_k and deviations s_k the mean is m = mean m_k and the variance that of their mixture,
        mean (s_k^2 + m_k^2) - m^2: the noise of the target, and how far members disagree.

        Parameters
        ----------
        X : data frame or array
            Rows or images; the columns of a frame are matched by name.
        return_std : bool, default=False
            Whether to return the standard deviations too, for `loss="gaussian"`.

        Returns
        -------
        array (rows,) or (rows, outputs), or two of them
            In the units of the target, float64.

        Raises
        ------
        ValueError
            For missing columns, and for a row so far outside the training table that its prediction is not finite; for
            `return_std` with a loss that predicts no deviation.
        """
        check_is_fitted(self)
        samples, loss = check_inputs(self, X, reset=False), self._loss()
        if not return_std:
            with predicting_on(self._device):
                return self._shaped(loss.predictions(self.ensemble_.predict(samples)))
        if not loss.predicts_deviation:
            raise ValueError(
                f"loss={self.loss!r} predicts no standard deviation; fit with loss='gaussian', or call "
                "predict_interval or predict_quantiles, which any loss of one number has"
            )
        with predicting_on(self._device):
            both = self.ensemble_.predict_members(samples, mixture)
        mean, deviation = (self._shaped(part) for part in np.split(both, 2, axis=-1))
        return mean, deviation

    @property
    def exposed_(self) -> bool:
        """Whether the fit was given exposures, so that predictions are per unit of exposure."""
        return vars(self).get("_exposed", False)

    @property
    def target_range_(self) -> np.ndarray | None:
        """The least and the largest target that was learned from, (2, targets); None in an old file."""
        return vars(self).get("_target_range")

    def _remember_ranges(self, dataset: Dataset, continues: bool) -> None:
        super()._remember_ranges(dataset, continues)
        least, largest = np.fmin.reduce(dataset.y, axis=0), np.fmax.reduce(dataset.y, axis=0)
        before = self.target_range_ if continues else None
        if before is not None:
            least, largest = np.fmin(before[0], least), np.fmax(before[1], largest)
        self._target_range = np.stack([least, largest])

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return R2; for quantiles, counts and amounts the fraction of the loss of a constant that is explained.

        Parameters
        ----------
        X : data frame or array
            Rows or images, with the columns of training.
        y : array (rows,) or (rows, targets)
            The targets.
        sample_weight : array (rows,) or None
            The weight of every row.
        """
        prediction = self.predict(X)
        rows = len(prediction)
        targets = check_targets(y, rows).reshape(rows, -1)
        weights = None if sample_weight is None else check_weights(sample_weight, rows)
        return score(self._loss(), targets, prediction.reshape(rows, -1), weights)

    def predict_members(self, X: ArrayLike) -> np.ndarray:
        """Return every member's prediction.

        Parameters
        ----------
        X : data frame or array
            Rows or images, with the columns of training.

        Returns
        -------
        array (members, rows) or (members, rows, outputs)
            In the units of the target, float64.
        """
        check_is_fitted(self)
        samples = check_inputs(self, X, reset=False)
        with predicting_on(self._device):
            members = self.ensemble_.predict_members(samples)
        return self._shaped(self._loss().predictions(members))

    @property
    def output_names_(self) -> list[str]:
        """The names of the network's outputs: the targets', with levels or deviations where the loss has them."""
        loss = self._loss()
        if loss.predicts_deviation:
            return [f"{name}{more}" for name in self.target_names_ for more in ("", " plus its deviation")]
        if not loss.levels:
            return self.target_names_
        return [f"{name} at {level:g}" for name in self.target_names_ for level in loss.levels]

    @property
    def out_activation_(self) -> str:
        """The activation of the last layer."""
        return self._output_activation(self.recipe_)

    def _shaped(self, predictions: np.ndarray) -> np.ndarray:
        """Return predictions (..., outputs) as (...) for one, as (..., targets, levels) for quantiles of several."""
        if predictions.shape[-1] == 1 and self._vector_target:
            return predictions[..., 0]
        each = predictions.shape[-1] // self.n_outputs_
        return (
            predictions if each == 1 or self._vector_target else predictions.reshape(*predictions.shape[:-1], -1, each)
        )

    def _goes_on(self) -> bool:
        return self.warm_start and hasattr(self, "ensemble_")

    def _checked(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, exposure: ArrayLike | None, *, reset: bool
    ) -> tuple[Samples, np.ndarray, np.ndarray]:
        samples = check_inputs(self, X, reset=reset)
        targets = check_targets(y, samples.rows)
        self._vector_target = targets.ndim == 1
        targets = targets.reshape(samples.rows, -1)
        if not reset and targets.shape[1] != self.n_outputs_:
            raise ValueError(f"y has {targets.shape[1]} output(s), but {self.n_outputs_} in the first call")
        check_domain(self._loss(), targets)
        exposures = check_exposure(exposure, samples.rows, self._loss())
        self._exposed = exposures is not None
        weights = check_weights(sample_weight, samples.rows)
        targets, weights = self._per_exposure(targets, weights, exposures)
        check_range(self._given_range, targets)
        self.n_outputs_ = targets.shape[1]
        self.target_names_ = target_names(y, self.n_outputs_)
        missing = np.isnan(targets)
        counted = np.where(missing, 0.0, weights[:, None])
        if not counted.any(axis=0).all():
            raise ValueError(
                f"target {self.target_names_[int(np.argmin(counted.any(axis=0)))]!r} is missing in every row; drop it"
            )
        self.target_mean_ = np.average(np.where(missing, 0.0, targets), axis=0, weights=counted)
        return samples, targets, weights

    def _fit_frame(
        self,
        X: "pl.DataFrame",
        y: "pl.Series | pl.DataFrame",
        given: Mapping[str, "pl.Series"],
        checkpoint: Path | None,
    ) -> None:
        self.fit(X, y, **given, checkpoint=checkpoint)  # pyright: ignore[reportArgumentType]

    def _per_exposure(
        self, targets: np.ndarray, weights: np.ndarray, exposures: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return targets per unit of exposure, and the weights that they have."""
        if exposures is None:
            return targets, weights
        return targets / exposures[:, None], weights * exposures ** (2 - (self._loss().variance_power or 0.0))

    def _targets_of(self, frame: "pl.DataFrame", first: int, roles: Roles) -> tuple[np.ndarray, np.ndarray]:
        """Return checked targets (rows, targets) and weights of a slice that begins with row `first`."""
        try:
            targets = check_targets(frame.select(roles.targets).to_numpy(), frame.height)
            check_domain(self._loss(), targets)
            given = None if roles.weight is None else frame[roles.weight].to_numpy()
            weights = check_weights(given, frame.height, part=True)
            if roles.exposure is not None:
                exposures = check_exposure(frame[roles.exposure].to_numpy(), frame.height, self._loss())
                targets, weights = self._per_exposure(targets, weights, exposures)
            check_range(self._given_range, targets)
        except (TypeError, ValueError) as error:
            raise type(error)(f"in the rows from {first} on, counted from 0 there: {error}") from error
        return targets, weights

    def _remember_targets(self, encoded: EncodedFiles, roles: Roles) -> None:
        """Keep names, number and means of the targets of files."""
        self.n_outputs_, self.target_names_ = len(roles.targets), list(roles.targets)
        self._vector_target, self._exposed = len(roles.targets) == 1, roles.exposure is not None
        self.target_mean_ = target_means(encoded)

    def _remember_folds(
        self, encoded: EncodedFiles, folds: Sequence[int], before_final: Ensemble, grouped: bool, seen: Seen
    ) -> None:
        """Keep what the members say of the rows of files that they never saw."""
        self._forget_folds()
        if self.ensemble_.cross_fitted:
            loss = self._loss()
            predictions = out_of_fold(encoded, self.ensemble_, folds, loss.predictions, seen)
            self.oof_score_ = score_of_files(loss, encoded, predictions, weighted=self._exposed)
            self.oof_prediction_ = self._shaped(predictions)
        self._remember_residuals_of(encoded.sample, before_final, grouped, False)

    def _forget_folds(self) -> None:
        for name in ("oof_prediction_", "oof_score_", "calibration_", "error_scales_", "error_distributions_"):
            vars(self).pop(name, None)

    def _set_oof(self, all_rows: Dataset | None, weighted: bool = False) -> None:
        self._forget_folds()
        if all_rows is None or not self.ensemble_.cross_fitted:
            return
        loss = self._loss()
        predictions = self.ensemble_.predict_out_of_fold(all_rows, self.used_rows_, loss.predictions)
        held_out = self.used_rows_[self.ensemble_.held_out]
        weights = all_rows.weights[held_out] if weighted else None
        self.oof_score_ = score(loss, all_rows.y[held_out], predictions[held_out], weights)
        self.oof_prediction_ = self._shaped(predictions)

    def _loss(self) -> Loss:
        loss = as_loss(self.loss)
        if loss.classifies:
            raise ValueError(f"loss={self.loss!r} is for classes; use NetworkClassifier, or a loss of numbers")
        return loss

    def _link(self) -> Activation:
        return self._loss().link

    def _output_activation(self, recipe: Recipe) -> str:
        return output_activation(recipe.output_range or (None, None))

    def _suited(self, recipe: Recipe, schema: Schema, rows: int) -> Recipe:
        loss = self._loss()
        if loss.predicts_deviation:
            if self._given_range is not None:
                raise ValueError(
                    f"a normal distribution has no range: leave output_range out, or change loss={self.loss!r}"
                )
            recipe = replace(recipe, output_range=None)
        suited = without_idle_line(recipe, schema, loss, self._output_activation(recipe))
        chosen = given_recipe(self).over(preset_recipe(self.preset))
        if recipe.linear_path and not suited.linear_path:
            without = without_line(recipe, rows)
            if chosen.n_members is None:
                recipe = replace(recipe, n_members=without.n_members)
            if not isinstance(chosen.solver, StepOptions) or chosen.solver.weight_decay is None:
                recipe = replace(recipe, solver=without.solver)
        return recipe

    def _preprocessing(self, recipe: Recipe) -> Callable[[Dataset, np.ndarray], Preprocessing]:
        loss, given = self._loss(), recipe.output_range or (None, None)

        def learn(dataset: Dataset, rows: np.ndarray) -> Preprocessing:
            y, weights = dataset.y[rows], dataset.weights[rows]
            inputs = dataset.schema.fit_scaler(dataset.x, dataset.weights, rows, recipe.scaler or "standard")
            return Preprocessing(inputs, with_range(given, fit_target_scaler(y, weights, loss)), limits(given, y))

        return learn

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.sparse = True
        tags.target_tags.multi_output = True
        return tags
