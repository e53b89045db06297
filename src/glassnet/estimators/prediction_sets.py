"""Prediction sets of a classifier: cross-conformal from the fit itself, split conformal from rows given later."""

import math
import warnings
from fractions import Fraction
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from glassnet.conformal.calibration import SPLIT, Calibration
from glassnet.conformal.coverage import as_coverage, rank
from glassnet.conformal.prediction import belongs
from glassnet.conformal.record import PredictionSet
from glassnet.data.dataset import Dataset, encode
from glassnet.ensemble.folds import CV
from glassnet.estimators.calibration import (
    NO_WEIGHTS,
    Calibrated,
    assumption,
    cross_calibration,
    fold_predictions,
    reason_of_no_floor,
    weights_differ,
)
from glassnet.estimators.validation import check_inputs, check_labels, class_indicators

ABOUT_EVERY_CLASS = "the promise is about the rows of every class"


class PredictionSets(Calibrated, BaseEstimator):
    """What a classifier can promise: a mixin over `predict_set` and `calibrate`."""

    cv: CV
    warm_start: bool
    classes_: np.ndarray
    used_rows_: np.ndarray
    _multilabel: bool

    def _probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Return probabilities of the outputs of members, (..., classes)."""
        raise NotImplementedError

    def predict_set(self, X: ArrayLike, coverage: float = 0.9) -> PredictionSet:
        """Return the labels that hold the class of a row with probability `coverage`, whichever class it is.

        A label c belongs to the set unless 1 - p_c(x) is beyond what rows of class c had by members that never saw them
        (cross-conformal, after `fit` with folds), or rows given to `calibrate` had (split conformal). Classes are
        judged each by its own rows, because folds hold every class alike: given the classes, the rows are still
        exchangeable. The set can be empty, or hold every label. A class with too few rows for the coverage belongs to
        every set, which a `UserWarning` says.

        Parameters
        ----------
        X : data frame or array
            Rows to predict.
        coverage : float
            The probability, above 0 and below 1.

        Returns
        -------
        PredictionSet
            The labels of every row, and what is proved of them.

        Raises
        ------
        ValueError
            Where there are neither folds nor rows given to `calibrate`, and for several labels a row.
        """
        check_is_fitted(self)
        self._check_one_class()
        exact_coverage, calibration = as_coverage(coverage), self._calibration()
        samples = check_inputs(self, X, reset=False)
        _warn_of_few(self.classes_, calibration, exact_coverage)
        members = self._probabilities(self.ensemble_.predict_members(samples))
        score = 1 - fold_predictions(self.ensemble_, calibration, members)
        places = range(len(self.classes_))
        rows = [calibration.rows_by_fold(place) for place in places]
        scores_of_class = [
            [calibration.residual[rows_of_class, place] for rows_of_class in rows[place]] for place in places
        ]
        return PredictionSet(
            holds=np.column_stack(
                [belongs(score[:, :, place], scores_of_class[place], exact_coverage) for place in places]
            ),
            classes=self.classes_,
            coverage=float(exact_coverage),
            method="cross-conformal" if calibration.method != SPLIT else SPLIT,
            rows=calibration.fewest(places),
            floor=calibration.floor(exact_coverage, places),
            assumption=assumption(calibration, ABOUT_EVERY_CLASS),
        )

    def calibrate(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Take rows that the model has never seen, nor was chosen by, for its sets; return the model.

        The sets hold a class with probability of at least `coverage` then; n rows of a class are enough for coverages
        up to n / (n + 1), and beyond it every set holds the class.

        Parameters
        ----------
        X : data frame or array
            Rows that the model has not seen.
        y : array (rows,)
            Their classes.
        sample_weight : None
            Refused: the promise is about rows that count the same.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For rows of the fit, if they are more than a few, for a class that the model does not know, and for several
            labels a row.
        """
        check_is_fitted(self)
        self._check_one_class()
        if sample_weight is not None:
            raise ValueError(NO_WEIGHTS)
        samples = check_inputs(self, X, reset=False)
        indicators = class_indicators(check_labels(y, samples.rows), self.classes_)
        dataset = encode(self.ensemble_.schema, samples, indicators, np.ones(samples.rows))
        dataset.check()
        self._check_new(dataset, "For sets", "predict_set")
        probabilities = np.mean(self._probabilities(self.ensemble_.predict_encoded(dataset.x)), axis=0)
        fold, nothing = np.zeros(dataset.rows, int), np.zeros((dataset.rows, 0))
        self.calibration_ = Calibration(SPLIT, _scores(indicators, probabilities), nothing, fold, random_folds=True)
        return self

    def _check_one_class(self) -> None:
        if self._multilabel:
            raise ValueError(
                "a prediction set holds the one class of a row, but this model gives a row several labels; use "
                "predict_proba, or fit a classifier for each label"
            )

    def _remember_scores(
        self, all_rows: Dataset, sample_weight: ArrayLike | None, grouped: bool, validated: bool
    ) -> None:
        """Keep what sets need of a fit under the weights that were given, if any."""
        if not hasattr(self, "oof_prediction_") or self._multilabel:
            return
        used = self.used_rows_
        reason = reason_of_no_floor(
            self.ensemble_, self.cv, grouped=grouped, validated=validated, warm_start=self.warm_start
        )
        residual, nothing = _scores(all_rows.y[used], self.oof_prediction_[used]), np.zeros((len(used), 0))
        calibration = cross_calibration(self.ensemble_, residual, nothing, reason, by_label=True)
        why = "" if sample_weight is None else weights_differ(np.asarray(sample_weight, float))
        self.calibration_ = why or calibration


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities of logits (..., classes), float64."""
    u = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return u / u.sum(axis=-1, keepdims=True)


def _warn_of_few(classes: np.ndarray, calibration: Calibration, coverage: Fraction) -> None:
    counts = [calibration.fewest([place]) for place in range(len(classes))]
    few = [f"{label!r} ({n})" for label, n in zip(classes.tolist(), counts, strict=True) if rank(coverage, n) > n]
    if few:
        needed = math.ceil(coverage / (1 - coverage))
        warnings.warn(
            f"these classes have too few rows for coverage={float(coverage):g}, which needs {needed} of every class, "
            f"so every set holds them: {', '.join(few)}; give more rows of them, or ask for less",
            UserWarning,
            stacklevel=3,
        )


def _scores(indicators: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return 1 - p of every row's class in the column of that class, NaN in the others."""
    return np.where(indicators > 0, 1 - probabilities, np.nan)
