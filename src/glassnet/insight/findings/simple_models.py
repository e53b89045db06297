"""Checks beside simple models on the same rows: a constant, a straight line, gradient boosting."""

from glassnet.ensemble.linear_start import is_line_alone
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.insight.comparison import Comparison
from glassnet.insight.evidence import Evidence
from glassnet.insight.findings.finding import NotApplicable, Seen
from glassnet.insight.paired_errors import Compared

CONSTANTS = ("mean", "class frequencies", "label frequencies", "quantiles of the target")
LINES = ("straight line", "logistic regression")
BOOSTING = ("gradient boosting",)
WORTH_SAYING = 0.02  # of the network's error, by which another model that is better matters
LIMIT = "the 95 % interval of the difference on the same rows (paired bootstrap over rows)"
MATTERS = f"{LIMIT} lies below zero, and the difference is at least {WORTH_SAYING:.0%} of the network's error"


def no_better_than_a_constant(evidence: Evidence) -> Seen | None:
    """See whether always giving the same answer errs no more, beyond chance."""
    comparison = compared(evidence)
    constant = one_of(comparison, CONSTANTS)
    if constant.difference_lower > 0:
        return None
    verdict = "that is worse beyond chance" if constant.difference_upper < 0 else "the difference may be chance"
    return Seen(
        "look",
        f"{_both(evidence, comparison, constant, f'always answering the {constant.name}')}: {verdict} "
        f"({_interval(constant)}). The columns say nothing of the target that this model could find.",
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
    better = _better(line, comparison)
    seen = f"{_both(evidence, comparison, line, f'a {line.name}')}: "
    if better:
        seen += f"the line is better by {-line.difference:.4g} ({_interval(line)})."
    else:
        seen += f"the difference may be chance or does not matter ({_interval(line)}), and the line is simpler."
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
    if not _better(trees, comparison):
        return None
    model = evidence.model
    kind = "Classifier" if isinstance(model, NetworkClassifier) else "Regressor"
    more = "" if model.preset == "best" else f'{type(model).__name__}(preset="best") takes longer and errs less; or '
    return Seen(
        "note" if comparison.caution else "look",
        f"{_both(evidence, comparison, trees, 'gradient boosting')}: boosting is better by {-trees.difference:.4g} "
        f"({_interval(trees)}). Steps and many levels suit its trees.{_caution(comparison)}",
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


def _better(other: Compared, comparison: Comparison) -> bool:
    return other.difference_upper < 0 and -other.difference >= WORTH_SAYING * comparison.network.error


def _both(evidence: Evidence, comparison: Comparison, other: Compared, what: str) -> str:
    return (
        f"On {comparison.rows:,} rows ({evidence.judged.basis.title}) the network errs by "
        f"{comparison.network.error:.4g} ({comparison.error_name}) and {what} by {other.error:.4g}"
    )


def _interval(other: Compared) -> str:
    return (
        f"its error less the network's is {other.difference:.4g}, 95 % sure between {other.difference_lower:.4g} and "
        f"{other.difference_upper:.4g}"
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
