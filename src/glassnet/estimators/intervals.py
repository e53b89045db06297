"""Intervals of a regressor: CV+ from the fit itself, split conformal prediction from rows given later."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from glassnet.conformal.calibration import SPLIT, Calibration
from glassnet.conformal.coverage import as_coverage
from glassnet.conformal.error_scale import ErrorScale
from glassnet.conformal.prediction import interval, scores
from glassnet.conformal.record import Interval
from glassnet.data.dataset import Dataset, encode
from glassnet.ensemble.batched_prediction import in_blocks
from glassnet.ensemble.ensemble import Ensemble
from glassnet.ensemble.folds import CV
from glassnet.ensemble.output_range import check_range
from glassnet.ensemble.recipe import OutputRange
from glassnet.ensemble.targets import check_domain
from glassnet.estimators.adaptive_width import WIDTHS, error_scales, fit_error_scales, out_of_fold_scales
from glassnet.estimators.calibration import (
    NO_WEIGHTS,
    Calibrated,
    assumption,
    cross_calibration,
    fold_numbers,
    fold_predictions,
    reason_of_no_floor,
    weights_differ,
)
from glassnet.estimators.fit_data import FitResult
from glassnet.estimators.parameters import given_range
from glassnet.estimators.validation import check_inputs, check_target_columns
from glassnet.network.loss import LEAST_DEVIATION, Loss, as_loss

ABOUT_ALL_ROWS = "the promise is about all rows together, not every kind of row"
ABOUT_EVERY_TARGET = f"{ABOUT_ALL_ROWS}, and about every target on its own"


class Intervals(Calibrated, BaseEstimator):
    """What a regressor can promise: a mixin over `predict_interval` and `calibrate`."""

    loss: str | Loss
    cv: CV
    warm_start: bool
    n_outputs_: int
    error_scales_: list[tuple[ErrorScale, ...]]
    _vector_target: bool
    used_rows_: np.ndarray

    def predict_interval(self, X: ArrayLike, coverage: float = 0.9, *, width: str = "constant") -> Interval:
        """Return ends that hold the target of a row with probability `coverage`, in the units of the target.

        After `fit` with folds they are those of CV+: the upper end is the k-th smallest of mu_k(i)(x) + R_i over the
        rows i, where mu_k(i) is the member that never saw row i and R_i = |y_i - mu_k(i)(x_i)|. After `calibrate` they
        are those of split conformal prediction. With `width="adaptive"` R_i is divided by sigma(x_i) and multiplied
        with sigma(x), how far a member errs at such a row (`ErrorScale`); with the `Gaussian` loss sigma is
        the standard deviation that it predicts. With a `Quantile` loss the
        quantiles nearest to (1 -+ coverage) / 2 are moved by a constant. Ends stay within an `output_range` of numbers.
        The record says what is proved.

        Parameters
        ----------
        X : data frame or array (rows, columns)
            Rows to predict.
        coverage : float
            The probability, above 0 and below 1.
        width : "constant" or "adaptive"
            Whether intervals are as wide for every row.

        Returns
        -------
        Interval
            The ends, (rows,) or (rows, targets), and what is proved of them.

        Raises
        ------
        ValueError
            Where there are neither folds nor rows given to `calibrate`, or the width cannot be adaptive.
        """
        check_is_fitted(self)
        exact_coverage, calibration = as_coverage(coverage), self._calibration()
        self._check_width(calibration, width)
        loss = as_loss(self.loss)
        if calibration.residual.shape[1] != self.n_outputs_ * max(1, len(loss.levels)):
            raise ValueError(f"loss={self.loss!r} is not what the model was fitted with; set it back, or fit again")
        samples = check_inputs(self, X, reset=False)
        outputs = fold_predictions(self.ensemble_, calibration, self.ensemble_.predict_members(samples))
        predictions = loss.predictions(outputs)
        sigma = np.ones(predictions.shape)
        if width == "adaptive":
            folds = [0] * len(self.ensemble_.members) if calibration.method == SPLIT else fold_numbers(self.ensemble_)
            sigma = self._sigma(self.ensemble_.encode(samples), outputs, folds)
        ends = [
            self._of_target(calibration, predictions, sigma, place, exact_coverage, width)
            for place in range(self.n_outputs_)
        ]
        return self._record(ends, calibration, exact_coverage, width)

    def calibrate(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Take rows that the model has never seen, nor was chosen by, for its intervals; return the model.

        Its predictions stay the same. The intervals then hold with probability of at least `coverage`; n rows are
        enough for coverages up to n / (n + 1).

        Parameters
        ----------
        X : data frame or array (rows, columns)
            Rows that the model has not seen.
        y : array (rows,) or (rows, targets)
            Their targets.
        sample_weight : None
            Refused: the promise is about rows that count the same.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For rows of the fit, if they are more than a few, and for targets that do not fit the model.
        """
        check_is_fitted(self)
        if sample_weight is not None:
            raise ValueError(NO_WEIGHTS)
        samples = check_inputs(self, X, reset=False)
        targets = check_target_columns(y, samples.rows, self.n_outputs_)
        check_range(self._given_range, targets)
        check_domain(as_loss(self.loss), targets)
        dataset = encode(self.ensemble_.schema, samples, targets, np.ones(samples.rows))
        dataset.check()
        self._check_new(dataset, "For intervals", "predict_interval")
        self.calibration_ = self._split_calibration(dataset)
        return self

    def _split_calibration(self, dataset: Dataset) -> Calibration:
        outputs, loss = np.mean(self.ensemble_.predict_encoded(dataset.x), axis=0), as_loss(self.loss)
        scale = np.zeros((dataset.rows, 0))
        if loss.predicts_deviation or getattr(self, "error_scales_", []):
            scale = self._sigma(dataset.x, outputs[None], [0] * len(self.ensemble_.members))[0]
        residual, fold = _residual(dataset.y, loss.predictions(outputs)), np.zeros(dataset.rows, int)
        return Calibration(SPLIT, residual, scale, fold, random_folds=True)

    def _sigma(self, x: np.ndarray, outputs: np.ndarray, folds: Sequence[int]) -> np.ndarray:
        """Return how far the model of every fold is expected to err, (folds, rows, targets): learned, or predicted."""
        if as_loss(self.loss).predicts_deviation:
            return self._deviation(outputs)
        return error_scales(self.ensemble_, self.error_scales_, x, outputs, folds)

    def _deviation(self, outputs: np.ndarray) -> np.ndarray:
        """Return the standard deviations that are predicted, at least the smallest one that the loss tells from 0."""
        sizes = np.mean([member.preprocessing.target_size for member in self.ensemble_.members], axis=0)
        return np.maximum(outputs[..., 1::2] - outputs[..., ::2], LEAST_DEVIATION * sizes)

    def _remember_residuals(self, result: FitResult, grouped: bool, validated: bool) -> None:
        """Keep what intervals need of a fit: the out-of-fold residuals, O(rows)."""
        dataset = result.all_rows.take(self.used_rows_)
        self._remember_residuals_of(dataset, result.before_final, grouped, validated)

    def _remember_residuals_of(self, dataset: Dataset, before_final: Ensemble, grouped: bool, validated: bool) -> None:
        """Keep what intervals need, of the rows that members' folds are numbered in."""
        self.error_scales_ = [] if validated else fit_error_scales(before_final, dataset)
        if not hasattr(self, "oof_prediction_"):
            return
        predictions = self.oof_prediction_[self.used_rows_].reshape(dataset.rows, -1)
        scale = np.zeros((dataset.rows, 0))
        if as_loss(self.loss).predicts_deviation:
            scale = self.ensemble_.predict_out_of_fold(dataset, np.arange(dataset.rows), self._deviation)
            scale = np.where(np.isnan(scale), 1.0, scale)
        elif self.error_scales_:
            scale = out_of_fold_scales(self.ensemble_, self.error_scales_, dataset.x, predictions)
        reason = reason_of_no_floor(
            self.ensemble_, self.cv, grouped=grouped, validated=validated, warm_start=self.warm_start
        )
        calibration = cross_calibration(self.ensemble_, _residual(dataset.y, predictions), scale, reason)
        self.calibration_ = weights_differ(dataset.weights) or calibration

    def _of_target(
        self,
        calibration: Calibration,
        predictions: np.ndarray,
        sigma: np.ndarray,
        place: int,
        coverage: Fraction,
        width: str,
    ) -> tuple[np.ndarray, np.ndarray]:
        low, high = self._columns(place, coverage)
        fold_scores: list[np.ndarray] = []
        for rows in calibration.rows_by_fold(low):
            scale = calibration.error_scale[rows, place] if width == "adaptive" else 1.0
            fold_scores.append(scores(-calibration.residual[rows, low], calibration.residual[rows, high], scale))

        def of_rows(rows: np.ndarray) -> np.ndarray:
            part = predictions[:, rows]
            return np.stack(
                interval(part[..., low], part[..., high], sigma[:, rows, place], fold_scores, coverage), axis=-1
            )

        lower, upper = in_blocks(predictions.shape[1], of_rows).T  # sums of every row with every fold need room
        return lower, upper

    def _record(
        self, ends: list[tuple[np.ndarray, np.ndarray]], calibration: Calibration, coverage: Fraction, width: str
    ) -> Interval:
        low, high = self._stated_range()
        lower, upper = (np.clip(np.column_stack([end[which] for end in ends]), low, high) for which in (0, 1))
        columns = [self._columns(place, coverage)[0] for place in range(self.n_outputs_)]
        how = "conformalised quantiles" if self._levels else f"{width} width"
        return Interval(
            lower=lower[:, 0] if self._vector_target else lower,
            upper=upper[:, 0] if self._vector_target else upper,
            coverage=float(coverage),
            method=f"{calibration.method}, {how}",
            rows=calibration.fewest(columns),
            floor=calibration.floor(coverage, columns),
            assumption=assumption(calibration, self._promise(len(columns))),
        )

    def _columns(self, place: int, coverage: Fraction) -> tuple[int, int]:
        return end_columns(self._levels, place, coverage)

    @property
    def _given_range(self) -> OutputRange | None:
        return given_range(self)

    @property
    def _levels(self) -> tuple[float, ...]:
        return as_loss(self.loss).levels

    def _check_width(self, calibration: Calibration, width: str) -> None:
        if width not in WIDTHS:
            raise ValueError(f"width={width!r} is not known; choose one of {', '.join(WIDTHS)}")
        levels = self._levels
        if len(levels) == 1:
            raise ValueError(
                f"an interval needs two quantiles to start from, but the loss has {levels}; use Quantile((0.05, 0.95))"
            )
        if width == "constant":
            return
        if levels:
            raise ValueError(
                "width='adaptive' is for losses that predict one number; quantiles are adaptive: leave width out"
            )
        if not calibration.error_scale.shape[1]:
            raise ValueError(
                "width='adaptive' is learned on validation rows of a table, and here are none; fit with "
                "early_stopping=True, without X_val, on at least 20 rows a member, or leave width out"
            )

    def _stated_range(self) -> tuple[float, float]:
        return stated_range(self._given_range, as_loss(self.loss))

    def _promise(self, targets: int) -> str:
        promise = ABOUT_ALL_ROWS if targets == 1 else ABOUT_EVERY_TARGET
        low, high = self._stated_range()
        if np.isinf(low) and np.isinf(high):
            return promise
        return f"targets lie between {low:g} and {high:g}; {promise}"


def end_columns(levels: Sequence[float], place: int, coverage: Fraction) -> tuple[int, int]:
    """Return the outputs that the ends of a target start from: its own, or the quantiles nearest to the ends."""
    if not levels:
        return place, place
    tail = float(1 - coverage) / 2
    low, high = (int(np.argmin(np.abs(np.array(levels) - wanted))) for wanted in (tail, 1 - tail))
    if low == high:  # a narrow interval between wide levels
        low, high = 0, len(levels) - 1
    return place * len(levels) + low, place * len(levels) + high


def stated_range(given: OutputRange | None, loss: Loss) -> tuple[float, float]:
    """Return the range that the user stated for the targets; the range of those seen proves nothing."""
    low, high = given if isinstance(given, tuple | list) else (None, None)
    if loss.domain != "any number":
        low = 0.0 if low is None else low
    return -np.inf if low is None else float(low), np.inf if high is None else float(high)


def _residual(y: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Return y - prediction, (rows, outputs); of several quantiles each."""
    return np.repeat(y, predictions.shape[1] // y.shape[1], axis=1) - predictions
