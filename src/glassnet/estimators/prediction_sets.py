"""Sets of labels of a classifier: cross-conformal from the fit itself, split conformal from rows given later."""

import math
import warnings
from fractions import Fraction
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from glassnet.conformal.calibration import SPLIT, Calibration
from glassnet.conformal.coverage import as_level, rank
from glassnet.conformal.prediction import belongs
from glassnet.conformal.record import LabelSet
from glassnet.estimators.calibration import assumption, by_fold, calibration_of, calibration_of_folds, why_not_weighted
from glassnet.estimators.dataset import raw_of
from glassnet.estimators.validation import check_inputs, check_labels

OF_EVERY_CLASS = "the promise is about the rows of every class"


class LabelSets:
    """What a classifier can promise: a mixin over `predict_set` and `calibrate`."""

    def predict_set(self, X: Any, coverage: float = 0.9) -> LabelSet:
        """Return the labels that hold the class of a row with probability `coverage`, whichever class it is.

        A label c belongs to the set unless 1 - p_c(x) is beyond what rows of class c had by members blind to them
        (cross-conformal, after `fit` with folds), or rows given to `calibrate` had (split conformal). Classes are
        judged each by its own rows, because folds share out every class evenly: given the classes, the rows are still
        exchangeable. The set can be empty, or hold every label. A class with too few rows for the coverage belongs to
        every set, which a `UserWarning` says.
        """
        check_is_fitted(self)
        return _label_set(self, X, coverage)

    def calibrate(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Take rows that the model has never seen, nor was chosen by, for its sets; return the model.

        The sets hold a class with probability of at least `coverage` then; n rows of a class are enough for coverages
        up to n / (n + 1), and beyond it every set holds the class.
        """
        check_is_fitted(self)
        if sample_weight is not None:
            raise ValueError(
                "calibrate takes no sample_weight: its promise is about rows that count the same; leave it out"
            )
        _calibrate(self, X, y)
        return self

    def _remember_scores(self, y: np.ndarray, weights: Any, groups: Any, outside: bool) -> None:
        """Keep what sets need of a fit to indicators (rows, classes) under the weights that were given, if any."""
        _remember(self, y, weights, groups, outside)


def _remember(model: Any, y: np.ndarray, weights: Any, groups: Any, outside: bool) -> None:
    if not hasattr(model, "oof_prediction_"):
        return
    used = model._used
    nothing = np.zeros((len(used), 0))
    found = calibration_of_folds(
        model, _scores(y[used], model.oof_prediction_[used]), nothing, groups, outside, by_label=True
    )
    why = "" if weights is None else why_not_weighted(np.asarray(weights, float))
    model.calibration_ = why or found


def _calibrate(model: Any, X: Any, y: Any) -> None:
    table = check_inputs(model, X, reset=False)
    indicators = model._indicators(check_labels(y, table.rows))
    if model._digest == raw_of(model.schema_, table, indicators, np.ones(table.rows), np.arange(table.rows)).digest:
        raise ValueError(
            "these are the rows that the model was fitted to, on which it errs too little; calibrate(X, y) needs rows "
            "that it never saw. For sets without such rows leave calibrate out: predict_set uses the folds"
        )
    said = np.mean(model._member_probabilities(table), axis=0)
    fold, nothing = np.zeros(table.rows, int), np.zeros((table.rows, 0))
    model.calibration_ = Calibration(SPLIT, _scores(indicators, said), nothing, fold, drawn=True)


def _label_set(model: Any, X: Any, coverage: Any) -> LabelSet:
    level, calibration = as_level(coverage), calibration_of(model)
    table = check_inputs(model, X, reset=False)
    _warn_of_few(model.classes_, calibration, level)
    score = 1 - by_fold(model, calibration, model._member_probabilities(table))
    places = range(len(model.classes_))
    rows = [calibration.by_fold(place) for place in places]
    found = [[calibration.residual[own, place] for own in rows[place]] for place in places]
    return LabelSet(
        holds=np.column_stack([belongs(score[:, :, place], found[place], level) for place in places]),
        classes=model.classes_,
        coverage=float(level),
        method="cross-conformal" if calibration.method != SPLIT else SPLIT,
        rows=calibration.fewest(places),
        floor=calibration.floor(level, places),
        assumption=assumption(calibration, OF_EVERY_CLASS),
    )


def _warn_of_few(classes: np.ndarray, calibration: Calibration, level: Fraction) -> None:
    counts = [calibration.fewest([place]) for place in range(len(classes))]
    few = [f"{label!r} ({n})" for label, n in zip(classes.tolist(), counts, strict=True) if rank(level, n) > n]
    if few:
        needed = math.ceil(level / (1 - level))
        warnings.warn(
            f"these classes have too few rows for coverage={float(level):g}, which needs {needed} of every class, so "
            f"every set holds them: {', '.join(few)}; give more rows of them, or ask for less",
            UserWarning,
            stacklevel=4,
        )


def _scores(indicators: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return 1 - p of every row's class in the column of that class, NaN in the others."""
    return np.where(indicators > 0, 1 - probabilities, np.nan)
