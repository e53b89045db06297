"""Checks of what the columns and targets are worth, and what they are."""

from shlex import quote

import numpy as np

from glassnet.estimators.classifier import NetworkClassifier
from glassnet.insight.evidence import Evidence
from glassnet.insight.findings.finding import MOST_NAMED, NotApplicable, Seen, names
from glassnet.insight.findings.simple_models import CONSTANTS
from glassnet.insight.importance import ALIKE, Importance
from glassnet.insight.targets import loss_of
from glassnet.insight.text import rounded

NEARLY_ALL = 0.9  # of all importance, that one column has
TINY = 0.1  # fraction of a constant's error: R2 of .99 for a root mean squared error
OF_NO_USE = 0.01  # fraction of the error, that shuffling a column adds at most
FEW = 20  # integers that may well stand for classes


def one_column_says_it_all(evidence: Evidence) -> Seen | None:
    """See whether one column has nearly all importance: a leak, where the error is tiny besides."""
    found = _importance(evidence)
    if len(found.columns) < 2:
        raise NotApplicable("there is one column, or one group of columns that say the same")
    gains = np.maximum(found.increase, 0.0)
    if not gains.sum() or gains[0] < NEARLY_ALL * gains.sum() or not found.lower[0] > 0:
        return None
    fraction, constant = float(gains[0] / gains.sum()), _constant_error(evidence)
    tiny = constant is not None and evidence.error <= TINY * constant
    column = names(found.columns[0])
    meaning = (
        f", and the error of {rounded(evidence.error)} ({evidence.error_name}) is only "
        f"{evidence.error / constant:.1%} of a constant's: does it say the target in other words, and is it known "
        "before the target is?"
        if tiny and constant is not None
        else ": the model stands and falls with it."
    )
    return Seen(
        "look" if tiny else "note",
        f"{column} has {fraction:.1%} of the importance of all columns{meaning}",
        {"importance": fraction, "error": evidence.error},
        f"{NEARLY_ALL:.0%} of the sum of all increases of the error when a column is shuffled; attention where the "
        f"error is at most {TINY:.0%} of a constant's",
        f"if it is not known in time, leave it out: {_leave_out(found.columns[0])}",
    )


def columns_of_no_use(evidence: Evidence) -> Seen | None:
    """See which columns may be shuffled without the error growing."""
    found = _importance(evidence)
    most = OF_NO_USE * found.error
    useless = [found.columns[place] for place in np.flatnonzero(found.upper <= most)]
    flat = tuple(name for group in useless for name in group)
    if not flat:
        return None
    one, are = len(flat) == 1, "is" if len(flat) == 1 else "are"
    if len(useless) == len(found.columns):
        end = "No column is of use to this model."
    else:
        end = f"A model that is fitted without {'it' if one else 'any one of them'} is likely to be as good."
    return Seen(
        "note",
        f"{names(flat)} {are} of no use: to shuffle {'its' if one else 'their'} cells adds at most {most:.3g} to the "
        f"error of {rounded(found.error)} ({found.error_name}), 95% sure. {end}",
        {"columns": float(len(flat)), "most": most},
        f"the upper 95% limit of the increase is at most {OF_NO_USE:.0%} of the error (skore's SKD012: a mean below "
        ".001, or zero within a deviation of it)",
        f"{'' if one else 'one after the other, for together they may count: '}{_leave_out(flat)}",
    )


def columns_that_say_the_same(evidence: Evidence) -> Seen | None:
    """See which numbers have nearly the same order of rows."""
    groups = [group for group in _importance(evidence).columns if len(group) > 1]
    if not groups:
        return None
    said = "; ".join(f"{names(group)} put the rows in nearly the same order" for group in groups[:3])
    more = f"; and {len(groups) - 3} more such groups" if len(groups) > 3 else ""
    spare = tuple(name for group in groups for name in group[1:])
    return Seen(
        "note",
        f"{said}{more}, or in the reverse one. What each of them is worth alone cannot be told; importance is of them "
        "together.",
        {"groups": float(len(groups)), "columns": float(sum(map(len, groups)))},
        f"a rank correlation (Spearman) beyond {ALIKE:g} on either side, as in skore's SKD008",
        f"one of each is enough: {_leave_out(spare)}",
    )


def target_is_integers(evidence: Evidence) -> Seen | None:
    """See whether the target is counts or kinds, which a model of any number does not know."""
    model = evidence.model
    if isinstance(model, NetworkClassifier):
        raise NotApplicable("the model predicts classes")
    statistics = evidence.statistics or evidence.new_statistics
    if statistics is None:
        raise NotApplicable(evidence.absent.get("statistics", "there are no statistics of the target"))
    loss = loss_of(model)
    found: list[tuple[str, int, bool, bool]] = []  # name, different values, whether few, whether never below 0
    for target in statistics.targets:
        numbers, distinct = target.values.numbers, target.values.distinct
        if target.integers and numbers is not None and loss.variance_power is None:
            few = distinct <= FEW
            found += [(target.values.name, distinct, few, numbers.minimum >= 0)] if few or numbers.minimum == 0 else []
    if not found:
        return None
    said = [
        f"{name!r} holds integers only, {distinct} different ones{', none below 0' if never_negative else ''}: "
        f"{'counts' if never_negative else 'grades'}{' or classes' if few else ''}?"
        for name, distinct, few, never_negative in found
    ]
    more = f" So do {len(said) - MOST_NAMED} more targets." if len(said) > MOST_NAMED else ""
    never_negative, few = all(each[3] for each in found), any(each[2] for each in found)
    poisson = 'NetworkRegressor(loss="poisson"), or glassnet fit --loss poisson, predicts counts, never below 0'
    counts = [poisson] if never_negative else []
    classes = ["glassnet fit --classify, or NetworkClassifier, predicts how probable each is"] if few else []
    return Seen(
        "note",
        f"{' '.join(said[:MOST_NAMED])}{more} The model predicts any number between.",
        {"distinct" if len(found) == 1 else f"distinct {name!r}": float(distinct) for name, distinct, *_ in found},
        f"integers in every row, at most {FEW} different ones or counts from 0 on",
        "; ".join(counts + classes),
    )


def _importance(evidence: Evidence) -> Importance:
    if evidence.importance is None:
        raise NotApplicable(evidence.absent["importance"])
    return evidence.importance


def _constant_error(evidence: Evidence) -> float | None:
    """Return the error of always giving the same answer, by the comparison or the targets' own deviation."""
    models = () if evidence.comparison is None else evidence.comparison.models
    of_constant = next((model.error for model in models if model.name in CONSTANTS), None)
    if of_constant is None and evidence.is_root and evidence.targets.shape[1] == 1:
        return float(np.nanstd(evidence.targets)) or None
    return of_constant


def _leave_out(columns: tuple[str, ...]) -> str:
    options = " ".join(f"--exclude {quote(name)}" for name in columns)
    return f"X.drop(columns={list(columns)}), or glassnet fit {options}"
