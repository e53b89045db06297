"""Intervals of a regressor: CV+ from the fit itself, split conformal prediction from rows given later."""

from fractions import Fraction
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from glassnet.conformal.calibration import SPLIT, Calibration
from glassnet.conformal.coverage import as_level
from glassnet.conformal.prediction import interval, scores
from glassnet.conformal.record import Interval
from glassnet.data.images import Samples
from glassnet.estimators.adaptive_width import WIDTHS, blind_widths, learn_spreads, widths
from glassnet.estimators.batched_prediction import in_blocks
from glassnet.estimators.calibration import (
    assumption,
    by_fold,
    calibration_of,
    calibration_of_folds,
    fold_of_members,
    why_not_weighted,
)
from glassnet.estimators.dataset import raw_of
from glassnet.estimators.output_range import check_range
from glassnet.estimators.targets import check_domain
from glassnet.estimators.validation import check_inputs, check_targets
from glassnet.network.loss import as_loss

OF_ALL_ROWS = "the promise is about all rows together, not every kind of row"
OF_EVERY_TARGET = f"{OF_ALL_ROWS}, and about every target on its own"


class Intervals:
    """What a regressor can promise: a mixin over `predict_interval` and `calibrate`."""

    def predict_interval(self, X: Any, coverage: float = 0.9, *, width: str = "constant") -> Interval:
        """Return ends that hold the target of a row with probability `coverage`, in the units of the target.

        After `fit` with folds they are those of CV+: the upper end is the k-th smallest of mu_k(i)(x) + R_i over the
        rows i, where mu_k(i) is the member blind to row i and R_i = |y_i - mu_k(i)(x_i)|. After `calibrate` they are
        those of split conformal prediction. With `width="adaptive"` R_i is divided by sigma(x_i) and multiplied with
        sigma(x), how far a member errs at such a row (`guarantees.spread`). With a `Quantile` loss the quantiles
        nearest to (1 -+ coverage) / 2 are moved by a constant. Ends stay within an `output_range` of numbers. The
        record says what is proved. Raises `ValueError` where there is nothing to stand on.
        """
        check_is_fitted(self)
        return _interval(self, X, coverage, width)

    def calibrate(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Take rows that the model has never seen, nor was chosen by, for its intervals; return the model.

        Its predictions stay the same. The intervals then hold with probability of at least `coverage`; n rows are
        enough for coverages up to n / (n + 1).
        """
        check_is_fitted(self)
        if sample_weight is not None:
            raise ValueError(
                "calibrate takes no sample_weight: its promise is about rows that count the same; leave it out"
            )
        _calibrate(self, X, y)
        return self

    def _remember_residuals(
        self, table: Samples, y: np.ndarray, weights: np.ndarray, groups: Any, outside: bool
    ) -> None:
        """Keep what intervals need of a fit to targets (rows, targets): the residuals of blind members, O(rows)."""
        _remember(self, table, y, weights, groups, outside)


def _remember(model: Any, table: Samples, y: np.ndarray, weights: np.ndarray, groups: Any, outside: bool) -> None:
    used = model._used
    table, y = table.take(used), y[used]
    model.spreads_ = [] if outside else learn_spreads(model, table, y)
    if not hasattr(model, "oof_prediction_"):
        return
    said = model.oof_prediction_[used].reshape(len(used), -1)
    spread = blind_widths(model, table, said) if model.spreads_ else np.zeros((len(used), 0))
    found = calibration_of_folds(model, _residual(y, said), spread, groups, outside)
    model.calibration_ = why_not_weighted(weights) or found


def _calibrate(model: Any, X: Any, y: Any) -> None:
    table = check_inputs(model, X, reset=False)
    targets = check_targets(y, table.rows).reshape(table.rows, -1)
    if targets.shape[1] != model.n_outputs_:
        raise ValueError(f"y has {targets.shape[1]} target(s), but the model predicts {model.n_outputs_}")
    check_range(model.output_range, targets)
    check_domain(as_loss(model.loss), targets)
    if model._digest == raw_of(model.schema_, table, targets, np.ones(table.rows), np.arange(table.rows)).digest:
        raise ValueError(
            "these are the rows that the model was fitted to, on which it errs too little; calibrate(X, y) needs rows "
            "that it never saw. For intervals without such rows leave calibrate out: predict_interval uses the folds"
        )
    said = np.mean(model._outputs(table), axis=0)
    spreads = getattr(model, "spreads_", [])
    spread = _widths_of_all(model, table, said[None])[0] if spreads else np.zeros((table.rows, 0))
    fold = np.zeros(table.rows, int)
    model.calibration_ = Calibration(SPLIT, _residual(targets, said), spread, fold, drawn=True)


def _interval(model: Any, X: Any, coverage: Any, width: str) -> Interval:
    level, calibration = as_level(coverage), calibration_of(model)
    _check_width(model, calibration, width)
    each = len(_levels(model) or (1,))
    if calibration.residual.shape[1] != model.n_outputs_ * each:
        raise ValueError(f"loss={model.loss!r} is not what the model was fitted with; set it back, or fit again")
    table = check_inputs(model, X, reset=False)
    said = by_fold(model, calibration, model._outputs(table))
    sigma = np.ones(said.shape)
    if width == "adaptive":
        one = calibration.method == SPLIT
        sigma = _widths_of_all(model, table, said) if one else widths(model, table, said, fold_of_members(model))
    ends = [_of_target(model, calibration, said, sigma, place, level, width) for place in range(model.n_outputs_)]
    lower, upper = (np.column_stack([end[which] for end in ends]) for which in (0, 1))
    low, high = _stated_range(model)
    lower, upper = np.clip(lower, low, high), np.clip(upper, low, high)
    columns = [_columns(model, place, level)[0] for place in range(model.n_outputs_)]
    return Interval(
        lower=lower[:, 0] if model._vector_target else lower,
        upper=upper[:, 0] if model._vector_target else upper,
        coverage=float(level),
        method=_method(model, calibration, width),
        rows=calibration.fewest(columns),
        floor=calibration.floor(level, columns),
        assumption=assumption(calibration, _promised(model, len(columns))),
    )


def _of_target(
    model: Any, calibration: Calibration, said: np.ndarray, sigma: np.ndarray, place: int, level: Fraction, width: str
) -> tuple[np.ndarray, np.ndarray]:
    low, high = _columns(model, place, level)
    found: list[np.ndarray] = []
    for rows in calibration.by_fold(low):
        one = calibration.spread[rows, place] if width == "adaptive" else 1.0
        found.append(scores(-calibration.residual[rows, low], calibration.residual[rows, high], one))

    def of_rows(rows: np.ndarray) -> np.ndarray:
        part = said[:, rows]
        return np.stack(interval(part[..., low], part[..., high], sigma[:, rows, place], found, level), axis=-1)

    lower, upper = in_blocks(said.shape[1], of_rows).T  # sums of every row with every fold need room
    return lower, upper


def _columns(model: Any, place: int, level: Fraction) -> tuple[int, int]:
    """Return the outputs that the ends start from: the target's own, or the quantiles nearest to the ends' levels."""
    levels = _levels(model)
    if levels is None:
        return place, place
    tail = float(1 - level) / 2
    low, high = (int(np.argmin(np.abs(np.array(levels) - wanted))) for wanted in (tail, 1 - tail))
    if low == high:  # a narrow interval between wide levels
        low, high = 0, len(levels) - 1
    return place * len(levels) + low, place * len(levels) + high


def _levels(model: Any) -> tuple[float, ...] | None:
    return getattr(as_loss(model.loss), "levels", None)


def _check_width(model: Any, calibration: Calibration, width: str) -> None:
    if width not in WIDTHS:
        raise ValueError(f"width={width!r} is not known; choose one of {', '.join(WIDTHS)}")
    levels = _levels(model)
    if levels is not None and len(levels) < 2:
        raise ValueError(
            f"an interval needs two quantiles to start from, but the loss has {levels}; use Quantile((0.05, 0.95))"
        )
    if width == "constant":
        return
    if levels is not None:
        raise ValueError(
            "width='adaptive' is for losses that predict one number; quantiles are adaptive: leave width out"
        )
    if not calibration.spread.shape[1]:
        raise ValueError(
            "width='adaptive' is learned on rows of a table that members hold out to stop by, and here are none; fit "
            "with early_stopping=True, without X_val, on at least 20 rows a member, or leave width out"
        )


def _method(model: Any, calibration: Calibration, width: str) -> str:
    how = "conformalised quantiles" if _levels(model) is not None else f"{width} width"
    return f"{calibration.method}, {how}"


def _widths_of_all(model: Any, table: Samples, said: np.ndarray) -> np.ndarray:
    return widths(model, table, said, [0] * len(model.members_))


def _stated_range(model: Any) -> tuple[float, float]:
    """Return what the user said that targets lie within: what was seen is no such promise."""
    given = model.output_range
    low, high = given if isinstance(given, tuple | list) else (None, None)
    if as_loss(model.loss).domain != "any number":
        low = 0.0 if low is None else low
    return -np.inf if low is None else float(low), np.inf if high is None else float(high)


def _promised(model: Any, targets: int) -> str:
    words = OF_ALL_ROWS if targets == 1 else OF_EVERY_TARGET
    low, high = _stated_range(model)
    if np.isinf(low) and np.isinf(high):
        return words
    return f"targets lie between {low:g} and {high:g}; {words}"


def _residual(y: np.ndarray, said: np.ndarray) -> np.ndarray:
    """Return y - prediction, (rows, outputs); of several quantiles each."""
    return np.repeat(y, said.shape[1] // y.shape[1], axis=1) - said
