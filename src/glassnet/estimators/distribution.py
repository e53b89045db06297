"""Quantiles and distribution functions of a regressor: its prediction, and errors of rows it did not learn from."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from glassnet.conformal.calibration import Calibration
from glassnet.conformal.coverage import as_coverage
from glassnet.conformal.error_distribution import ErrorDistribution
from glassnet.data.dataset import Dataset
from glassnet.ensemble.batched_prediction import in_blocks
from glassnet.ensemble.ensemble import Ensemble
from glassnet.estimators.fit_data import FitResult
from glassnet.estimators.intervals import Intervals
from glassnet.estimators.validation import check_inputs, check_target_columns
from glassnet.network.loss import Loss, as_loss

OfRows = Callable[[ErrorDistribution, int, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


class Distributions(Intervals, BaseEstimator):
    """What a regressor says of the distribution of a target: a mixin over `predict_quantiles` and `predict_cdf`."""

    error_distributions_: list[ErrorDistribution]

    def predict_quantiles(self, X: ArrayLike, levels: float | ArrayLike = (0.05, 0.25, 0.5, 0.75, 0.95)) -> np.ndarray:
        """Return quantiles q(t | x) of every row: the target is at most q with probability t.

        q(t | x) = mu(x) + sigma(x) e_(k), where mu is the prediction, sigma how far members err at such a row (1 where
        that was not learned) and e_(k) the ceil(t (n + 1))-th smallest of n scaled errors.
        After `calibrate` they are errors on the rows given to it, and the probability
        is proved: t to t + 1 / (n + 1). After `fit` they are errors of those members that did not train on the row,
        shrunk to what the mean of all makes of them: the probability is near t as measured, and not proved. Quantiles
        never cross, and stay within an `output_range` of numbers.

        Parameters
        ----------
        X : data frame or array (rows, columns)
            Rows to predict.
        levels : float or sequence of floats
            The levels t, each above 0 and below 1.

        Returns
        -------
        array (rows,) or (rows, levels); of several targets (rows, targets) or (rows, targets, levels)
            In the units of the target; infinite where the rows are too few for the level.

        Raises
        ------
        ValueError
            Where there are neither folds nor rows given to `calibrate`, and for a loss that predicts quantiles itself.
        """
        exact = [as_coverage(level, "level") for level in np.ravel(np.asarray(levels, dtype=object))]
        low, high = self._stated_range()

        def of_rows(
            distribution: ErrorDistribution, place: int, rows: np.ndarray, mean: np.ndarray, scale: np.ndarray
        ) -> np.ndarray:
            return np.clip(distribution.quantiles(mean, scale, exact), low, high)

        return self._of_targets(X, of_rows, np.ndim(levels) == 0)

    def predict_cdf(self, X: ArrayLike, values: float | ArrayLike) -> np.ndarray:
        """Return F(v | x), the probability that the target of a row is at most v: the inverse of `predict_quantiles`.

        F(v | x) = #{i: mu(x) + sigma(x) e_i <= v} / (n + 1), between 0 and n / (n + 1).

        Parameters
        ----------
        X : data frame or array (rows, columns)
            Rows to predict.
        values : float, array (values,) or array (rows, values)
            v, in the units of the target: the same for every row, or other values for each.

        Returns
        -------
        array (rows,) or (rows, values); of several targets (rows, targets) or (rows, targets, values)
            Probabilities.

        Raises
        ------
        ValueError
            As `predict_quantiles`, and for values that are missing or of another number of rows.
        """
        low, high = self._stated_range()
        given = np.asarray(values, dtype=float)
        if given.ndim > 2 or np.isnan(given).any():
            raise ValueError(
                f"values has shape {given.shape} and {int(np.isnan(given).sum())} missing; give a number, several for "
                "all rows (values,), or several for each (rows, values)"
            )

        def of_rows(
            distribution: ErrorDistribution, place: int, rows: np.ndarray, mean: np.ndarray, scale: np.ndarray
        ) -> np.ndarray:
            v = given[rows] if given.ndim == 2 else np.broadcast_to(given.reshape(1, -1), (len(rows), given.size))
            p = distribution.cdf(mean, scale, v)
            return np.where(v < low, 0.0, np.where(v >= high, 1.0, p))

        if given.ndim == 2 and len(given) != (rows := np.shape(X)[0]):
            raise ValueError(f"values has {len(given)} rows for the {rows} of X; give every row its own, or (values,)")
        return self._of_targets(X, of_rows, given.ndim == 0)

    def crps(self, X: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Return the continuous ranked probability score of every row: the error of its distribution, lower is better.

        It is the integral over v of (P(Y <= v) - 1[y <= v])^2; where the distribution is a single number, the absolute
        error.

        Parameters
        ----------
        X : data frame or array (rows, columns)
            Rows to predict.
        y : array (rows,) or (rows, targets)
            Their targets; of several, some may be missing.

        Returns
        -------
        array (rows,) or (rows, targets)
            In the units of the target; NaN where a target is missing.
        """
        low, high = self._stated_range()
        targets = check_target_columns(y, np.shape(X)[0], self.n_outputs_)

        def of_rows(
            distribution: ErrorDistribution, place: int, rows: np.ndarray, mean: np.ndarray, scale: np.ndarray
        ) -> np.ndarray:
            return distribution.crps(targets[rows, place], mean, scale, low, high)[:, None]

        return self._of_targets(X, of_rows, alone=True)

    def _of_targets(self, X: ArrayLike, of_rows: OfRows, alone: bool) -> np.ndarray:
        """Return what a function makes of every target's distribution, mean and scale, block by block of rows."""
        check_is_fitted(self)
        calibration = self._calibration()
        if self._levels:
            raise ValueError(
                f"loss={self.loss!r} predicts quantiles itself: call predict, or predict_interval for moved ones; fit "
                "with a loss of one number, such as 'half_squared_error', for other levels"
            )
        distributions = getattr(self, "error_distributions_", [])
        if not distributions:
            raise ValueError("this model comes from a file without the errors that quantiles need; fit again, or "
                             "call calibrate(X, y) with rows that it never saw")  # fmt: skip
        samples = check_inputs(self, X, reset=False)
        outputs = self.ensemble_.predict(samples)
        mean = as_loss(self.loss).predictions(outputs)
        scale = np.ones(mean.shape)
        if calibration.error_scale.shape[1]:
            folds = [0] * len(self.ensemble_.members)
            scale = self._sigma(self.ensemble_.encode(samples), outputs[None], folds)[0]
        of_each = [
            in_blocks(
                samples.rows,
                lambda rows, d=distribution, p=place: of_rows(d, p, rows, mean[rows, p], scale[rows, p]),
                len(distribution.errors),
            )
            for place, distribution in enumerate(distributions)
        ]
        stacked = np.stack(of_each, axis=1)  # (rows, targets, levels)
        stacked = stacked[..., 0] if alone else stacked
        return stacked[:, 0] if self._vector_target else stacked

    def _remember_residuals(self, result: FitResult, grouped: bool, validated: bool) -> None:
        super()._remember_residuals(result, grouped, validated)
        calibration = getattr(self, "calibration_", None)
        if isinstance(calibration, Calibration) and not self._levels:
            dataset = result.all_rows.take(self.used_rows_)
            ensembles = self.ensemble_, result.before_final
            error = _errors_of_all(*ensembles, as_loss(self.loss), dataset, calibration.error_scale)
            error[np.isnan(calibration.residual)] = np.nan  # of rows in no fold, as with folds that look back
            self.error_distributions_ = _distributions(error)

    def _split_calibration(self, dataset: Dataset) -> Calibration:
        calibration = super()._split_calibration(dataset)
        if not self._levels:
            self.error_distributions_ = _distributions(_scaled(calibration.residual, calibration.error_scale))
        return calibration


def _distributions(scaled_errors: np.ndarray) -> list[ErrorDistribution]:
    """Return the distributions of scaled errors (rows, targets); a missing one counts for nothing."""
    return [ErrorDistribution(np.sort(column[~np.isnan(column)])) for column in scaled_errors.T]


def _scaled(error: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return errors (rows, targets) over the scales of their rows, or as they are where none were learned."""
    return error / scale if scale.shape[1] else error


def _errors_of_all(
    ensemble: Ensemble, before_final: Ensemble, loss: Loss, dataset: Dataset, scale: np.ndarray
) -> np.ndarray:
    """Return the scaled errors (rows, targets) that the mean of all M members is expected to make on new rows.

    Validation rows are predicted by the members `before_final` epochs, which learned from them.
    A row was in the test or validation rows of h members. The mean of these errs by e; where errors that members share
    have the variance s^2 and their own the variance v, that of h members has s^2 + v / h and that of all s^2 + v / M:

        e sqrt((s^2 + v / M) / (s^2 + v / h)),   v from rows of several members,   s^2 = mean e^2 - v mean 1 / h
    """
    total, squares = np.zeros(dataset.y.shape), np.zeros(dataset.y.shape)
    count = np.zeros((dataset.rows, 1))
    for member, before in zip(ensemble.members, before_final.members, strict=True):
        split = member.split
        parts = split.test, split.validation[split.validation < dataset.rows]
        alone = (replace(ensemble, members=(one,)) for one in (member, before))
        predicted = [one.predict_encoded(dataset.x[part])[0] for one, part in zip(alone, parts, strict=True)]
        rows, outputs = np.concatenate(parts), np.concatenate(predicted)
        error = _scaled(dataset.y[rows] - loss.predictions(outputs), scale[rows])
        total[rows] += error
        squares[rows] += np.square(error)
        count[rows] += 1
    members = np.where(count > 0, count, np.nan)  # a row that every member trained on counts for nothing
    error = total / members
    several = count[:, 0] > 1
    if not several.any():
        return error
    variances = (squares - members * np.square(error))[several] / (members[several] - 1)
    known = np.isfinite(variances)
    own = np.maximum(np.sum(variances, axis=0, where=known) / np.maximum(known.sum(axis=0), 1), 0.0)
    shared = np.maximum(np.nanmean(np.square(error) - own / members, axis=0), 0.0)
    of_these = shared + own / members
    return error * np.sqrt((shared + own / len(ensemble.members)) / np.where(of_these > 0, of_these, 1.0))
