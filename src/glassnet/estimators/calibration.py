"""From a fit to what its intervals are made from: out-of-fold residuals, and why they may prove nothing."""

import warnings
from dataclasses import replace

import numpy as np

from glassnet.conformal.calibration import CROSS, SPLIT, Calibration
from glassnet.data.dataset import Dataset
from glassnet.data.seen_rows import SeenRows
from glassnet.ensemble.ensemble import Ensemble
from glassnet.ensemble.folds import CV, is_splitter

ASSUMED = {
    CROSS: "new rows are drawn as the fitted ones were, and nothing about the model was chosen by its folds",
    SPLIT: "new rows are drawn as those given to calibrate were, which the model was neither fitted to nor chosen by",
}
REMEDY = "call calibrate(X, y) with at least 20 rows, of every class if there are any, that it never saw"
SAME_ROWS = (
    "{} the model was fitted to, on which it errs too little; calibrate(X, y) needs rows that it never saw. {} without "
    "such rows leave calibrate out: {} uses the folds"
)
NO_WEIGHTS = "calibrate takes no sample_weight: its promise is about rows that count the same; leave it out"


class Calibrated:
    """An estimator with intervals or prediction sets: what they are made from."""

    ensemble_: Ensemble
    calibration_: Calibration | str
    oof_prediction_: np.ndarray
    _digest: str
    _seen: SeenRows | None

    def _check_new(self, dataset: Dataset, what_for: str, method: str) -> None:
        """Raise `ValueError` for rows that the model was fitted to; warn of a few, and where chance may explain them.

        A few are at most one in twenty, or as many as chance makes likely.
        """
        if self._digest == dataset.digest:
            raise ValueError(SAME_ROWS.format("these are the rows that", what_for, method))
        if self._seen is None:  # of a file by an earlier version
            return
        rows, unlikely, many = self._seen.known(dataset)
        which = f"{rows} of these {dataset.rows} rows are among those that"
        if unlikely and many:
            raise ValueError(SAME_ROWS.format(which, what_for, method))
        if unlikely or many:
            warnings.warn(
                f"{which} the model was fitted to, or equal them by chance; leave them out if they are the same: for "
                "them the promise is broken",
                UserWarning,
                stacklevel=3,
            )

    def _calibration(self) -> Calibration:
        """Return the calibration; `ValueError` says why there is none, and what to type."""
        calibration = getattr(self, "calibration_", None)
        if isinstance(calibration, Calibration):
            return calibration
        if isinstance(calibration, str):
            raise ValueError(f"{calibration}; {REMEDY}")
        if hasattr(self, "oof_prediction_"):
            raise ValueError(
                f"this model comes from a file without the residuals that intervals need; fit again, or {REMEDY}"
            )
        raise ValueError(
            "this model has no folds, so no row that a member never saw: it has one member, cv=None, fewer than two "
            f"rows a member, or was trained by partial_fit; fit with folds, or {REMEDY}"
        )


def cross_calibration(
    ensemble: Ensemble, residual: np.ndarray, error_scale: np.ndarray, no_floor_reason: str, *, by_label: bool = False
) -> Calibration:
    """Return the calibration of a fit, from out-of-fold residuals and error scales, both (rows, columns).

    `by_label` says that folds hold every class alike; `no_floor_reason` says why no floor is known.
    """
    fold = np.zeros(len(residual), int)
    for number, member in zip(fold_numbers(ensemble), ensemble.members, strict=True):
        fold[member.split.test] = number
    return Calibration(CROSS, residual, error_scale, fold, not by_label, no_floor_reason)


def fold_numbers(ensemble: Ensemble) -> list[int]:
    """Return the number of every member's fold; members of one fold never saw the same rows."""
    folds: dict[int, int] = {}
    return [folds.setdefault(int(member.split.test[0]), len(folds)) for member in ensemble.members]


def without_floor(calibration: Calibration | str, why: str) -> Calibration | str:
    """Return a calibration for which no floor is known, and why."""
    return replace(calibration, no_floor_reason=why) if isinstance(calibration, Calibration) else calibration


def fold_predictions(ensemble: Ensemble, calibration: Calibration, predictions: np.ndarray) -> np.ndarray:
    """Return what the model of every fold predicts, the mean of its members: (members, ...) to (folds, ...)."""
    if calibration.method == SPLIT:
        return np.mean(predictions, axis=0, keepdims=True)
    numbers = np.array(fold_numbers(ensemble))
    return np.stack([np.mean(predictions[numbers == fold], axis=0) for fold in range(numbers.max() + 1)])


def assumption(calibration: Calibration, about: str) -> str:
    """Return in one sentence what must hold, and what the promise is about."""
    reason = f"; no floor, because {calibration.no_floor_reason}" if calibration.no_floor_reason else ""
    return f"{ASSUMED[calibration.method]}; {about}{reason}"


def weights_differ(weights: np.ndarray) -> str:
    """Return why weights stand against intervals, or nothing where all rows that count, count the same."""
    used = weights[weights > 0]
    if np.all(used == used[0]):
        return ""
    return (
        "this model was fitted with sample weights that differ, as those of exposures do, and folds say nothing of a "
        "weighted population"
    )


def reason_of_no_floor(ensemble: Ensemble, cv: CV, *, grouped: bool, validated: bool, warm_start: bool) -> str:
    """Return why the folds of a fit prove no floor, or nothing.

    `validated` says that members stopped by rows given to `fit`.
    """
    if grouped:
        return "rows of a group are not exchangeable"
    if not ensemble.covers_all:
        return "the folds hold only some rows out, as those that look back in time do"
    if is_splitter(cv):
        return "the folds came from a splitter that may have looked at the target"
    if validated:
        return "members stopped by X_val and y_val, which may hold rows of their folds"
    if warm_start:
        return "warm_start may have gone on after a look at the folds"
    if any(member.history.reason.from_outside for member in ensemble.members):
        return "training was stopped from outside, after a look at all members"
    return ""
