"""Checks of the rows: related ones, repeated ones, those of the fit, and new ones that are unlike them."""

from shlex import quote

import numpy as np
from scipy.stats import betabinom, fisher_exact

from glassnet.conformal.calibration import CROSS, Calibration
from glassnet.ensemble.folds import is_splitter
from glassnet.estimators.validation import check_inputs
from glassnet.insight.column_statistics import as_cell
from glassnet.insight.evidence import Evidence
from glassnet.insight.extrapolation import Extrapolation
from glassnet.insight.findings.finding import NotApplicable, Seen, names
from glassnet.insight.table_statistics import TableStatistics
from glassnet.insight.targets import Estimator
from glassnet.insight.text import rounded

REPEATED = 0.01  # fraction of rows that repeat an earlier one, from which folds flatter
MANY = 0.05  # fraction of rows that is worth attention
SURE = 0.01  # of all columns together


def folds_flatter(evidence: Evidence) -> Seen | None:
    """See whether rows that belong together may lie in different folds, so that the error is too good."""
    basis, fitted, model = evidence.judged.basis, evidence.fitted, evidence.model
    if not basis.folds or fitted is None:
        raise NotApplicable("errors are not of folds")
    if why := _not_at_random(model):
        raise NotApplicable(f"the folds were not drawn at random: {why}")
    if evidence.statistics is None:
        raise NotApplicable(evidence.absent["statistics"])
    ids = model.schema_.repeated_ids(check_inputs(model, fitted.X, reset=False))
    dates = [column.name for column in model.schema_.columns if column.kind == "date"]
    repeated = evidence.statistics.duplicated_rows / evidence.statistics.rows
    seen, remedies = [], []
    if ids:
        seen.append(f"{names(ids)} has the same id in several rows")
        remedies.append(f"model.fit(X, y, groups=X[{ids[0]!r}]), or glassnet fit --groups {quote(ids[0])}")
    if dates:
        seen.append(f"{names(dates)} holds dates, and rows near in time are often alike")
        remedies.append(f"glassnet fit --time {quote(dates[0])} predicts every fold from rows before it")
    if repeated >= REPEATED:
        seen.append(f"{repeated:.1%} of the rows repeat an earlier one")
        remedies.append("leave out rows that are recorded twice")
    if not seen:
        return None
    return Seen(
        "look",
        f"{'; '.join(seen)}. Folds were drawn at random, so a member may have learned from rows that belong to those "
        f"it is judged by: the error of {rounded(evidence.error)} ({evidence.error_name}) may be better than that of "
        "new persons, things or times.",
        {"ids": float(len(ids)), "dates": float(len(dates)), "repeated": repeated},
        f"a date, a column of ids that have two rows on average, or {REPEATED:.0%} repeated rows, and folds at random",
        "; ".join(remedies),
    )


def overlaps_the_fit(evidence: Evidence) -> Seen | None:
    """See whether rows to judge by were among those of the fit."""
    count = evidence.judged.of_the_fit
    if evidence.judged.basis.kind == "fit":
        raise NotApplicable("no rows are given besides those of the fit")
    if evidence.model.seen_rows_ is None:
        raise NotApplicable("the model comes from a file that does not hold which rows it was fitted to")
    if not count:
        return None
    rows = count + evidence.rows
    return Seen(
        "look",
        f"{count} of {rows:,} rows are rows that the model was fitted to, on which it errs too little. They are left "
        f"out here: all errors are of the other {evidence.rows:,}.",
        {"rows of the fit": float(count), "rows": float(rows)},
        "more rows with the inputs and target of a fitted one than chance explains (three deviations)",
        "split the table once, before fitting: train_test_split of sklearn.model_selection, or --test-fraction 0.2",
    )


def rows_repeat(evidence: Evidence) -> Seen | None:
    """See whether rows are recorded twice, and how far equal rows differ in their target."""
    statistics = _of_fit(evidence)
    repeated, conflicting = statistics.duplicated_rows, statistics.conflicting_rows
    if not repeated and not conflicting:
        return None
    seen = [f"{repeated} of {statistics.rows:,} rows repeat an earlier one, target included"] if repeated else []
    numbers = {"repeated": float(repeated), "conflicting": float(conflicting)}
    if conflicting:
        seen.append(f"{conflicting} rows have the inputs of another row and another target, which no model can tell")
        noise = _noise(evidence)
        if noise is not None:
            seen[-1] += f" apart: on such rows it errs by at least about {rounded(noise)} (RMSE)"
            numbers["noise"] = noise
        else:
            seen[-1] += " apart"
    return Seen(
        "note",
        f"{'; '.join(seen)}.",
        numbers,
        "any; the least error is the standard deviation of targets about the mean of rows with equal inputs",
        "leave out what was recorded twice; a column that tells equal rows apart would lower the error",
    )


def new_rows_are_unlike(evidence: Evidence) -> Seen | None:
    """See whether new rows lie where training saw nothing, beyond what new rows of the same kind would."""
    where, new = evidence.extrapolation, evidence.new_statistics
    if where is None or new is None:
        raise NotApplicable(evidence.absent.get("extrapolation") or evidence.absent["new_statistics"])
    outside, levels = _outside(evidence, where), _unseen(new)
    gaps = [] if evidence.statistics is None else _gaps(evidence.statistics, new)
    if not outside and not levels and not gaps:
        return None
    odd = np.isin(where.columns, [*outside, *levels])
    rows = float(where.outside[:, odd].any(axis=1).mean())
    seen = [f"{name!r} lies outside {low} in {count} rows" for name, (count, low) in outside.items()]
    seen += [f"{name!r} has levels that training did not see: {text}" for name, text in levels.items()]
    seen += gaps
    more = f"; and {len(seen) - 4} more" if len(seen) > 4 else ""
    return Seen(
        "look" if rows >= MANY or gaps else "note",
        f"The new rows are unlike those of the fit: {'; '.join(seen[:4])}{more}. {rows:.1%} of their predictions "
        "reach beyond what was learned, where nothing says how far they err.",
        {"rows outside": rows, "columns": float(len(outside) + len(levels) + len(gaps))},
        f"more cells outside the range of training, or other fractions of gaps, than chance explains ({SURE:.0%} for "
        "all columns together), and levels that training did not see; attention from "
        f"{MANY:.0%} of the rows on",
        "print(extrapolation(model, X_new).table()) lists them; fit again with rows like these",
    )


def _not_at_random(model: Estimator) -> str:
    """Return why folds were not drawn at random; empty where they were. A file does not hold the splitter."""
    provenance, calibration = model.provenance_, vars(model).get("calibration_")
    splits = [member.split for member in model.members_]
    if all(split.test.min() > split.train.max() for split in splits):
        return "each is of rows after those that its members learned from"
    if is_splitter(model.cv):
        return "a splitter made them"
    if provenance is not None and "groups" in provenance.options:
        return "they keep groups together"
    if all(np.ptp(split.test) == split.test.size - 1 for split in splits):
        return "each is of rows that follow each other"
    of_folds = isinstance(calibration, Calibration) and calibration.method == CROSS
    return calibration.no_floor_reason if of_folds and isinstance(calibration, Calibration) else ""


def _of_fit(evidence: Evidence) -> TableStatistics:
    if evidence.statistics is None:
        raise NotApplicable(evidence.absent["statistics"])
    return evidence.statistics


def _noise(evidence: Evidence) -> float | None:
    """Return the standard deviation of the target about the means of rows with equal inputs; of one number alone."""
    fitted, model = evidence.fitted, evidence.model
    if fitted is None or not evidence.is_root or len(model.target_names_) > 1:
        return None
    x = model.ensemble_.encode(check_inputs(model, fitted.X, reset=False))
    y = np.asarray(fitted.y, float).ravel()
    known = ~np.isnan(y)
    _, group = np.unique(np.where(np.isnan(x), np.inf, x)[known], axis=0, return_inverse=True)
    group, y = group.ravel(), y[known]
    count = np.bincount(group)
    squares = np.square(y - (np.bincount(group, y) / count)[group]).sum()
    freedom = len(y) - len(count)
    return float(np.sqrt(squares / freedom)) if freedom else None


def _outside(evidence: Evidence, where: Extrapolation) -> dict[str, tuple[int, str]]:
    """Return the numbers of which more cells are beyond training's ends than chance explains, most first.

    Of m new rows drawn as n fitted ones were, as many lie beyond either end as a beta-binomial variable (m, 2, n - 1).
    """
    fitted, rows = evidence.model.used_rows_.size, len(where.outside)
    judged = ~np.isnan(where.least)
    found = {}
    for place in np.flatnonzero(judged):
        count = int(where.outside[:, place].sum())
        if count and betabinom.sf(count - 1, rows, 2, max(fitted - 1, 1)) * judged.sum() <= SURE:
            cells = [as_cell(where.kinds[place], float(end)) for end in (where.least[place], where.largest[place])]
            ends = [rounded(cell, 6) if isinstance(cell, float) else str(cell) for cell in cells]
            found[where.columns[place]] = (count, " to ".join(ends))
    return dict(sorted(found.items(), key=lambda item: -item[1][0]))


def _unseen(new: TableStatistics) -> dict[str, str]:
    """Return the levels that training did not see, by column."""
    return {
        column.name: ", ".join(
            f"{level!r} ({count} row{'s' if count > 1 else ''})" for level, count in column.unseen_levels[:3]
        )
        for column in new.columns
        if column.unseen_levels
    }


def _gaps(old: TableStatistics, new: TableStatistics) -> list[str]:
    """Return the columns whose fraction of missing cells has changed by much, beyond chance (Fisher's exact test)."""
    found = []
    for before, after in zip(old.columns, new.columns, strict=True):
        table = [[s.missing, rows - s.missing] for s, rows in ((before, old.rows), (after, new.rows))]
        p = float(np.asarray(fisher_exact(table), float)[1])
        if abs(after.missing_fraction - before.missing_fraction) >= MANY and p * len(old.columns) <= SURE:
            found.append(
                f"{after.name!r} is missing in {after.missing_fraction:.1%} of them, before in "
                f"{before.missing_fraction:.1%}"
            )
    return found
