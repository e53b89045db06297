"""From a fit to what its intervals stand on: the residuals of blind members, and why they may prove nothing."""

from dataclasses import replace
from typing import Any

import numpy as np

from glassnet.conformal.calibration import CROSS, SPLIT, Calibration

STOPPED = ("the callback asked to stop", "interrupted", "max_time is over")
ASSUMED = {
    CROSS: "new rows are drawn as the fitted ones were, and nothing about the model was chosen by its folds",
    SPLIT: "new rows are drawn as those given to calibrate were, which the model was neither fitted to nor chosen by",
}
REMEDY = "call calibrate(X, y) with at least 20 rows, of every class if there are any, that it never saw"


def calibration_of_folds(
    model: Any, residual: np.ndarray, spread: np.ndarray, groups: Any, outside: bool, *, by_label: bool = False
) -> Calibration:
    """Return the calibration of a fit, from what blind members say of the rows used, both (rows, columns).

    `outside` says that members stopped by rows given to `fit`, `by_label` that folds share out the classes evenly.
    """
    fold = np.zeros(len(residual), int)
    for number, member in zip(fold_of_members(model), model.members_, strict=True):
        fold[member.share.blind] = number
    return Calibration(CROSS, residual, spread, fold, not by_label, _doubt(model, groups, outside))


def fold_of_members(model: Any) -> list[int]:
    """Return the number of every member's fold; members of one fold are blind to the same rows."""
    folds: dict[int, int] = {}
    return [folds.setdefault(int(member.share.blind[0]), len(folds)) for member in model.members_]


def calibration_of(model: Any) -> Calibration:
    """Return what a fitted model's intervals stand on; `ValueError` says why there is nothing, and what to type."""
    found = getattr(model, "calibration_", None)
    if isinstance(found, Calibration):
        return found
    if isinstance(found, str):
        raise ValueError(f"{found}; {REMEDY}")
    if hasattr(model, "oof_prediction_"):
        raise ValueError(
            f"this model comes from a file without the residuals that intervals need; fit again, or {REMEDY}"
        )
    raise ValueError(
        "this model has no folds, so no row that a member is blind to: it has one member, cv=None, fewer than two rows "
        f"a member, or was trained by partial_fit; fit with folds, or {REMEDY}"
    )


def doubt(model: Any, why: str) -> None:
    """Note why no floor is known of a fitted model's intervals."""
    found = getattr(model, "calibration_", None)
    if isinstance(found, Calibration):
        model.calibration_ = replace(found, doubt=why)


def by_fold(model: Any, calibration: Calibration, said: np.ndarray) -> np.ndarray:
    """Return what the model of every fold says, the mean of its members: (members, ...) to (folds, ...)."""
    if calibration.method == SPLIT:
        return np.mean(said, axis=0, keepdims=True)
    numbers = np.array(fold_of_members(model))
    return np.stack([np.mean(said[numbers == fold], axis=0) for fold in range(numbers.max() + 1)])


def assumption(calibration: Calibration, of_what: str) -> str:
    """Return in one sentence what must hold, and what the promise is about."""
    return f"{ASSUMED[calibration.method]}; {of_what}" + (
        f"; no floor, because {calibration.doubt}" if calibration.doubt else ""
    )


def why_not_weighted(weights: np.ndarray) -> str:
    """Return why weights stand against intervals, or nothing where all rows that count, count the same."""
    used = weights[weights > 0]
    if np.all(used == used[0]):
        return ""
    return "this model was fitted with sample weights that differ, and folds say nothing of a weighted population"


def _doubt(model: Any, groups: Any, outside: bool) -> str:
    if groups is not None:
        return "rows of a group are not exchangeable"
    if not isinstance(model.cv, str | int):
        return "the folds came from a splitter that may have looked at the target"
    if outside:
        return "members stopped by X_val and y_val, which may hold rows of their folds"
    if model.warm_start:
        return "warm_start may have gone on after a look at the folds"
    if any(member.history.reason in STOPPED for member in model.members_):
        return "training was stopped from outside, after a look at all members"
    return ""
