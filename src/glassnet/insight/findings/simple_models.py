"""Checks beside simple models on the same rows: a constant, a straight line, gradient boosting.

Out of fold a row is predicted by the few members that never saw it, and a new row by the mean of all, which errs less.
By how much less is told by how far members disagree (Krogh and Vedelsby 1995), here on rows that most of them learned
from, so that the gain is rather underestimated.
"""

import numpy as np

from glassnet.data.take_rows import take_rows
from glassnet.ensemble.linear_start import is_line_alone
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.validation import check_inputs
from glassnet.insight.comparison import Comparison
from glassnet.insight.evidence import Evidence
from glassnet.insight.findings.finding import NotApplicable, Seen
from glassnet.insight.paired_errors import Compared
from glassnet.insight.row_errors import row_errors
from glassnet.insight.targets import probabilities
from glassnet.insight.text import rounded

CONSTANTS = ("mean", "class frequencies", "label frequencies", "quantiles of the target")
LINES = ("straight line", "logistic regression")
BOOSTING = ("gradient boosting",)
WORTH_SAYING = 0.02  # of the network's error, by which another model that is better matters
MOST_ROWS = 10_000  # by which the members are compared with their mean
LIMIT = "the 95% interval of the difference on the same rows (paired bootstrap over rows)"
MATTERS = f"{LIMIT} lies below zero, and the difference is at least {WORTH_SAYING:.0%}, also of the mean of all members"


def no_better_than_a_constant(evidence: Evidence) -> Seen | None:
    """See whether always giving the same answer errs no more, beyond chance."""
    comparison = compared(evidence)
    constant = one_of(comparison, CONSTANTS)
    if constant.difference_lower > 0 or constant.difference_lower + gain_by_all(evidence) > 0:
        return None
    verdict = "that is worse beyond chance" if constant.difference_upper < 0 else "the difference may be chance"
    return Seen(
        "look",
        f"{_both(evidence, comparison, constant, f'always answering the {constant.name}')}: {verdict} "
        f"({_interval(constant)}). It is not shown that the model has learned anything of the target.",
        _numbers(comparison, constant),
        f"{LIMIT} does not lie above zero",
        "do not predict with it; add columns that have to do with the target, or more rows",
    )


def no_better_than_a_line(evidence: Evidence) -> Seen | None:
    """See whether a straight line, which is simpler, is as good or better."""
    comparison = compared(evidence)
    line = one_of(comparison, LINES)
    if line.difference_lower > 0:
        return None
    better = _better(line, evidence)
    seen = f"{_both(evidence, comparison, line, f'a {line.name}')}: "
    if better:
        seen += f"the line is better by {rounded(-line.difference)} ({_interval(line)})."
    else:
        verdict = "is small" if line.difference_upper < 0 else "may be chance"
        verdict += "" if gain_by_all(evidence) == 0 else " or that of a member alone"
        seen += f"the difference {verdict} ({_interval(line)}), and the line is simpler."
    model, alone = evidence.model, lines_alone(evidence)
    if alone:
        seen += f" {alone} of {len(model.members_)} members are a straight line themselves."
    return Seen(
        "look" if better and not comparison.caution else "note",
        seen + _caution(comparison),
        _numbers(comparison, line),
        f"attention where {MATTERS}; a note where the interval does not lie above zero",
        f"{type(model).__name__}(hidden_layer_sizes=()) is a line, whose weights can be read: glassnet fit --hidden ''",
    )


def boosting_is_better(evidence: Evidence) -> Seen | None:
    """See whether gradient boosting, with the options that it has by default, errs less."""
    comparison = compared(evidence)
    trees = one_of(comparison, BOOSTING)
    if not _better(trees, evidence):
        return None
    model = evidence.model
    kind = "Classifier" if isinstance(model, NetworkClassifier) else "Regressor"
    more = (
        ""
        if model.preset == "best"
        else f'{type(model).__name__}(preset="best") takes longer and mostly errs less; or '
    )
    return Seen(
        "note" if comparison.caution else "look",
        f"{_both(evidence, comparison, trees, 'gradient boosting')}: boosting is better by "
        f"{rounded(-trees.difference)} ({_interval(trees)}). Steps and many levels suit its "
        f"trees.{_caution(comparison)}",
        _numbers(comparison, trees),
        f"attention where {MATTERS}",
        f"{more}use sklearn.ensemble.HistGradientBoosting{kind}()",
    )


def compared(evidence: Evidence) -> Comparison:
    """Return the comparison with simple models, or raise `NotApplicable`.

    Parameters
    ----------
    evidence : Evidence
        The records.
    """
    if evidence.comparison is None:
        raise NotApplicable(evidence.absent["comparison"])
    return evidence.comparison


def one_of(comparison: Comparison, names: tuple[str, ...]) -> Compared:
    """Return the simple model that has one of these names, or raise `NotApplicable`.

    Parameters
    ----------
    comparison : Comparison
        The network beside simple models.
    names : tuple of str
        What it may be called.
    """
    for model in comparison.models:
        if model.name in names:
            return model
    raise NotApplicable(f"there is no {names[0]} for what this model predicts")


def lines_alone(evidence: Evidence) -> int:
    """Return how many members are a straight line to which the network adds nothing.

    Parameters
    ----------
    evidence : Evidence
        The records.
    """
    ensemble = evidence.model.ensemble_
    return sum(is_line_alone(ensemble.network, member.parameters) for member in ensemble.members)


def gain_by_all(evidence: Evidence) -> float:
    """Return about how much less than out of fold the mean of all members errs.

    Let g be the mean of what each member errs by less what their mean errs by, on the same rows. The mean of K members
    errs by g (1/m - 1/K) / (1 - 1/K) less than that of m, exactly so for squared errors of members alike.

    Parameters
    ----------
    evidence : Evidence
        The records.

    Returns
    -------
    float
        The gain in the units of the error; 0 where all members judge.
    """
    model, folds = evidence.model, evidence.judged.basis.folds
    members, different = len(folds), len({tuple(fold.tolist()) for fold in folds})
    if different < 2:
        return 0.0
    known = np.flatnonzero(~np.isnan(evidence.row_errors))
    some = known[:: -(-known.size // MOST_ROWS)]
    x = model.ensemble_.encode(check_inputs(model, take_rows(evidence.judged.X, some), reset=False))
    outputs, judge = probabilities(model)(model.ensemble_.predict_encoded(x)), row_errors(model, evidence.targets[some])
    apart, together = np.mean([judge.of(one) for one in outputs], axis=0), judge.of(outputs.mean(axis=0))
    gain = float(np.nanmean(apart - together)) * (different - 1) / (members - 1)
    out_of_fold = float(np.nanmean(evidence.row_errors))
    return evidence.error - judge.total(np.array([max(out_of_fold - gain, 0.0)]))


def _better(other: Compared, evidence: Evidence) -> bool:
    """Return whether another model errs less than out of fold, and than the mean of all members, beyond chance."""
    if other.difference_upper >= 0:
        return False
    gain = gain_by_all(evidence)
    return other.difference_upper + gain < 0 and other.difference + gain <= -WORTH_SAYING * evidence.error


def _both(evidence: Evidence, comparison: Comparison, other: Compared, what: str) -> str:
    ours, gain = comparison.network.error, gain_by_all(evidence)
    of_all = f", about {rounded(ours - gain)} by the mean of all members that new rows get," if gain else ""
    return (
        f"On {comparison.rows:,} rows ({evidence.judged.basis.title}) the network errs by {rounded(ours)} "
        f"({comparison.error_name}){of_all} and {what} by {rounded(other.error)}"
    )


def _interval(other: Compared) -> str:
    return (
        f"its error less the network's is {rounded(other.difference)}, 95% sure between "
        f"{rounded(other.difference_lower)} and {rounded(other.difference_upper)}"
    )


def _caution(comparison: Comparison) -> str:
    return f" But {comparison.caution}." if comparison.caution else ""


def _numbers(comparison: Comparison, other: Compared) -> dict[str, float]:
    return {
        "network": comparison.network.error,
        other.name: other.error,
        "difference": other.difference,
        "difference at least": other.difference_lower,
        "difference at most": other.difference_upper,
    }
