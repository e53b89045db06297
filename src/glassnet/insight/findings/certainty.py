"""Checks of residuals and intervals: where a model errs, and whether what it promises holds."""

import numpy as np
from scipy.stats import betabinom, kruskal, spearmanr

from glassnet.conformal.calibration import Calibration
from glassnet.conformal.evaluation import CONFIDENCE, Coverage, clopper_pearson
from glassnet.conformal.record import Interval, PredictionSet
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.insight.equal_parts import equal_parts
from glassnet.insight.evidence import COVERAGE, Evidence
from glassnet.insight.findings.finding import NotApplicable, Seen
from glassnet.insight.predictions import Predictions
from glassnet.insight.set_evaluation import SetCoverage
from glassnet.insight.slices import LEAST_ROWS, SURE
from glassnet.insight.targets import has_intervals, loss_of
from glassnet.insight.text import rounded

SELDOM = 0.001  # of a p-value: by chance once in a thousand models
SOMETIMES = 0.01
UNSURE = 1 - CONFIDENCE  # 5%
LEAST_OF_A_FOLD = 5
GROWING = 0.2  # rank correlation of the size of residuals with the prediction
MUCH_GROWING = 0.3
LOW_FLOOR = 0.7  # of intervals that are asked to hold 90%: at most three times as many misses
BIASED = 0.1  # fraction of the error
ADAPTIVE = 'model.predict_interval(X, width="adaptive"), or glassnet predict --interval 0.9 --width adaptive,'


def folds_disagree(evidence: Evidence) -> Seen | None:
    """See whether some folds err more than the rows in them explain."""
    folds = evidence.judged.basis.different_folds
    known = [rows[~np.isnan(evidence.row_errors[rows])] for rows in folds]
    large = [rows for rows in known if len(rows) >= LEAST_OF_A_FOLD]
    if len(large) < 2:
        raise NotApplicable(f"errors are not of several folds of at least {LEAST_OF_A_FOLD} rows")
    errors = [evidence.row_errors[rows] for rows in large]
    if np.ptp(np.concatenate(errors)) == 0:
        return None
    p = float(kruskal(*errors).pvalue)
    if p > SOMETIMES:
        return None
    totals = [float(np.sqrt(one.mean()) if evidence.is_root else one.mean()) for one in errors]
    worst = large[int(np.argmax(totals))]
    member = next(n for n, fold in enumerate(evidence.judged.basis.folds) if np.isin(worst, fold).all())
    return Seen(
        "look" if p <= SELDOM else "note",
        f"The errors of {len(large)} folds run from {rounded(min(totals))} to {rounded(max(totals))} "
        f"({evidence.error_name}); rows that were dealt out at random would differ so much once in "
        f"{1 / max(p, 1e-9):,.0f} fits. Some rows are of another kind than the rest, or some members learned badly.",
        {"least": min(totals), "largest": max(totals), "p": p},
        f"p of at most {SOMETIMES:g} (Kruskal and Wallis 1952, of the rows' errors by fold); attention from {SELDOM:g}",
        f"look at the rows of the worst: model.fold_rows_[{member}]; groups or times that differ belong into a column",
    )


def errors_grow(evidence: Evidence) -> Seen | None:
    """See whether large predictions err more than small ones, or less."""
    records, loss = _predicted(evidence), loss_of(evidence.model)
    if loss.levels or loss.predicts_deviation:
        raise NotApplicable("the model predicts how far each row errs itself")
    if loss.variance_power is not None:
        raise NotApplicable(f"the loss {type(loss).__name__} expects that errors grow with the prediction")
    found = [(each, *_growth(each)) for each in records]
    record, size, p = max(found, key=lambda item: abs(item[1]))
    if abs(size) < GROWING or p * len(found) > SELDOM:
        return None
    small, large = _halves(record)
    adaptive = bool(vars(evidence.model).get("error_scales_"))
    remedies = [f"{ADAPTIVE} has wider intervals there"] if adaptive else []
    if size > 0 and (record.actual > 0).all():
        remedies.append(
            'NetworkRegressor(loss="gamma"), or glassnet fit --loss gamma, takes errors in proportion (a log link)'
        )
    if not remedies:
        remedies.append(
            'NetworkRegressor(loss="gaussian"), or glassnet fit --loss gaussian, learns how far each row errs'
        )
    return Seen(
        "look" if abs(size) >= MUCH_GROWING else "note",
        f"Errors of {record.target!r} {'grow' if size > 0 else 'shrink'} with the prediction (rank correlation "
        f"{size:.2f}): {rounded(small)} for the smaller half of predictions and {rounded(large)} for the larger one "
        "(mean distance). Intervals of one width are too wide for some rows and too narrow for others.",
        {"rank correlation": size, "smaller half": small, "larger half": large, "p": p},
        f"a rank correlation of |actual - predicted| with the prediction of {GROWING:g}, with p of at most {SELDOM:g}; "
        f"attention from {MUCH_GROWING:g} on",
        "; ".join(remedies),
    )


def intervals_too_narrow(evidence: Evidence) -> Seen | None:
    """See whether intervals or sets hold new rows less often than they were asked to, beyond chance."""
    found: list[tuple[str, Coverage | SetCoverage]] = []
    if evidence.sets is not None:
        found = [("sets", evidence.sets.all_rows)]
    for curve in evidence.coverage:
        level = min(curve.levels, key=lambda each: abs(each.asked - COVERAGE))
        found.append((f"intervals of {curve.target!r}", level))
    if not found:
        raise NotApplicable(evidence.absent["sets" if isinstance(evidence.model, NetworkClassifier) else "coverage"])
    too_low = [
        (what, one, limit, min(1.0, _by_calibration(evidence, one) * len(found)))
        for what, one in found
        if (limit := _at_most(one, len(found))) < one.asked
    ]
    if not too_low:
        return None
    what, worst, at_most, p = min(too_low, key=lambda each: (each[-1] > UNSURE, each[1].covered))
    return Seen(
        "look" if p <= UNSURE else "note",
        f"The {what} should hold {worst.asked:.0%} of new rows, and hold {worst.covered:.1%} of {worst.rows:,} (95% "
        f"sure at most {at_most:.1%}): these rows are unlike those of the fit, or were chosen in another way.",
        {"asked": worst.asked, "found": worst.covered, "at most": at_most, "rows": float(worst.rows), "p": p},
        "the upper 95% limit (Clopper and Pearson 1934), for all targets together, is below what was asked; a note "
        "where the draw of the rows that the intervals stand on explains it (beta-binomial, 5%)",
        "model.calibrate(X_new, y_new) with rows like these that the model never saw",
    )


def floor_is_low(evidence: Evidence) -> Seen | None:
    """See whether little or nothing is proved of intervals or sets."""
    model, calibration = evidence.model, vars(evidence.model).get("calibration_")
    ends = "Sets of classes" if isinstance(model, NetworkClassifier) else "Intervals"
    if isinstance(model, NetworkClassifier) and model.multilabel_:
        raise NotApplicable(evidence.absent["sets"])
    if not has_intervals(model):
        why = calibration if isinstance(calibration, str) else "the model has no folds and was not calibrated"
        return _no_floor(f"{ends} are not to be had: {why}.")
    record = _promised(evidence)
    if record is None:
        raise NotApplicable(evidence.absent["sets"])
    if record.floor is None:
        why = calibration.no_floor_reason if isinstance(calibration, Calibration) else ""
        return _no_floor(f"{ends} should hold {record.coverage:.0%} of new rows, but nothing is proved of that: {why}.")
    if record.floor >= LOW_FLOOR:
        return None
    return Seen(
        "note",
        f"{ends} should hold {record.coverage:.0%} of new rows, but no more than {record.floor:.1%} is proved by "
        f"{record.rows:,} rows in folds. Mostly they hold about what was asked.",
        {"floor": record.floor, "asked": record.coverage, "rows": float(record.rows)},
        f"a floor below {LOW_FLOOR:.0%} where {record.coverage:.0%} was asked (Barber et al. 2021 for folds)",
        "model.calibrate(X_new, y_new) with rows that the model never saw proves what is asked",
    )


def slice_is_biased(evidence: Evidence) -> Seen | None:
    """See whether a kind of rows is predicted too high or too low."""
    if "slices" in evidence.absent:
        raise NotApplicable(evidence.absent["slices"])
    found, records = [], evidence.predictions
    for record, result in zip(records, evidence.slices, strict=True):
        size = BIASED * float(np.sqrt(np.nanmean(np.square(record.residuals(evidence.rows)))))
        found += [(record, result, one) for one in result.biased if abs(one.mean_residual) >= size]
    if not found:
        return None
    record, result, worst = min(found, key=lambda item: item[2].p_value * len(records))
    if worst.p_value * len(records) > SURE:
        return None
    way, others = "low" if worst.mean_residual > 0 else "high", len(found) - 1
    more = f" So are {others} more kinds of rows." if others > 1 else " So is another kind of rows." if others else ""
    return Seen(
        "look",
        f"The {worst.rows} rows with {worst} are predicted too {way}: {record.target!r} by "
        f"{rounded(abs(worst.mean_residual))} in the mean (p {worst.p_value:.2g}, corrected for {len(result.slices)} "
        f"kinds of rows).{more}",
        {"mean residual": worst.mean_residual, "rows": float(worst.rows), "t": worst.t, "p": worst.p_value},
        f"a mean residual of at least {BIASED:.0%} of the error, p of at most {SURE:g} after Holm's correction, in "
        f"slices of at least {LEAST_ROWS} rows",
        f"check the data of these rows; a larger network or more epochs may follow {worst.column!r} better",
    )


def _predicted(evidence: Evidence) -> tuple[Predictions, ...]:
    if not evidence.predictions:
        raise NotApplicable("the model predicts classes, not numbers")
    return evidence.predictions


def _growth(record: Predictions) -> tuple[float, float]:
    """Return the rank correlation of |actual - predicted| with the prediction, and its p-value."""
    distance = np.abs(record.actual - record.predicted)
    if len(distance) < LEAST_ROWS or np.ptp(distance) == 0 or np.ptp(record.predicted) == 0:
        return 0.0, 1.0
    correlation, p = np.asarray(spearmanr(distance, record.predicted), float).tolist()
    return correlation, p


def _halves(record: Predictions) -> tuple[float, float]:
    """Return the mean |actual - predicted| of the smaller and the larger half of the predictions, not all equal."""
    distance = np.abs(record.actual - record.predicted)
    small, large = equal_parts(record.predicted, 2, 1)
    return float(distance[small].mean()), float(distance[large].mean())


def _at_most(found: Coverage | SetCoverage, targets: int) -> float:
    """Return the upper limit of the coverage in the long run, 95% sure of all targets together (Bonferroni)."""
    return clopper_pearson(round(found.covered * found.rows), found.rows, 1 - UNSURE / targets)[1]


def _by_calibration(evidence: Evidence, found: Coverage | SetCoverage) -> float:
    """Return how probable so few hits are, when the rows that intervals stand on are a draw too.

    Of n such rows and m new ones the hits are beta-binomial (m, k, n + 1 - k), k = ceil(coverage (n + 1)).
    """
    record = _promised(evidence)
    if record is None:
        return 0.0
    k = min(int(np.ceil(found.asked * (record.rows + 1))), record.rows)
    return float(betabinom.cdf(round(found.covered * found.rows), found.rows, k, record.rows + 1 - k))


def _promised(evidence: Evidence) -> Interval | PredictionSet | None:
    return evidence.sets.sets if evidence.sets is not None else evidence.interval


def _no_floor(sentence: str) -> Seen:
    return Seen(
        "note",
        sentence,
        {},
        "no floor of the coverage is known",
        "model.calibrate(X_new, y_new) with at least 20 rows that the model never saw",
    )
