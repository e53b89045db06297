"""All checks, and what they find of a fitted model."""

from collections.abc import Callable
from typing import NamedTuple

from numpy.typing import ArrayLike

from glassnet.insight.evidence import Evidence, gather
from glassnet.insight.findings.certainty import (
    errors_grow,
    floor_is_low,
    folds_disagree,
    intervals_too_narrow,
    slice_is_biased,
)
from glassnet.insight.findings.columns import (
    columns_of_no_use,
    columns_that_say_the_same,
    one_column_says_it_all,
    target_is_integers,
)
from glassnet.insight.findings.finding import Finding, Findings, NotApplicable, Seen
from glassnet.insight.findings.rows import folds_flatter, new_rows_are_unlike, overlaps_the_fit, rows_repeat
from glassnet.insight.findings.simple_models import (
    boosting_is_better,
    no_better_than_a_constant,
    no_better_than_a_line,
)
from glassnet.insight.findings.training import (
    diverged,
    learned_by_heart,
    more_parameters_than_numbers,
    stopped_while_improving,
    warned,
)
from glassnet.insight.targets import Estimator


class Check(NamedTuple):
    """A check under its code and name."""

    code: str
    name: str
    see: Callable[[Evidence], Seen | None]


CHECKS = (  # the most important first
    Check("G19", "overlaps-the-fit", overlaps_the_fit),
    Check("G10", "one-column-says-it-all", one_column_says_it_all),
    Check("G9", "folds-flatter", folds_flatter),
    Check("G1", "no-better-than-a-constant", no_better_than_a_constant),
    Check("G7", "diverged", diverged),
    Check("G6", "stopped-while-improving", stopped_while_improving),
    Check("G16", "intervals-too-narrow", intervals_too_narrow),
    Check("G15", "new-rows-are-unlike", new_rows_are_unlike),
    Check("G2", "no-better-than-a-line", no_better_than_a_line),
    Check("G3", "boosting-is-better", boosting_is_better),
    Check("G18", "slice-is-biased", slice_is_biased),
    Check("G13", "errors-grow", errors_grow),
    Check("G5", "folds-disagree", folds_disagree),
    Check("G4", "learned-by-heart", learned_by_heart),
    Check("G8", "more-parameters-than-numbers", more_parameters_than_numbers),
    Check("G17", "floor-is-low", floor_is_low),
    Check("G20", "rows-repeat", rows_repeat),
    Check("G14", "target-is-integers", target_is_integers),
    Check("G12", "columns-that-say-the-same", columns_that_say_the_same),
    Check("G11", "columns-of-no-use", columns_of_no_use),
    Check("G21", "warned", warned),
)


def findings(
    model: Estimator,
    X: ArrayLike,
    y: ArrayLike,
    *,
    X_test: ArrayLike | None = None,
    y_test: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    seed: int = 0,
) -> Findings:
    """Return what is worth saying of a fitted model in plain words, each with its numbers, limit and remedy.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A fitted model.
    X : data frame or array (rows, columns), or images
        The rows of the fit, or others.
    y : array (rows,) or (rows, targets)
        Their targets, classes or labels.
    X_test : as X, or None
        Other rows, where X are those of the fit; all errors are then of them.
    y_test : as y, or None
        Their targets, classes or labels.
    sample_weight : array (rows,) or None
        The weights of the fit, if it had some, by which its rows are recognised.
    seed : int
        Seed of what is drawn.

    Returns
    -------
    Findings
        Those that need attention first, and the checks that found nothing or do not apply.

    Raises
    ------
    ValueError
        Where two tables are given and the first is not that of the fit, or no row is left to judge by.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, findings
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> found = findings(model, X, y)
    >>> [finding.name for finding in found.findings if finding.code == "G2"]
    ['no-better-than-a-line']
    >>> "G7 diverged" in found.nothing
    True
    """
    return findings_of(gather(model, X, y, X_test=X_test, y_test=y_test, sample_weight=sample_weight, seed=seed))


def findings_of(evidence: Evidence) -> Findings:
    """Return what is worth saying of a model whose records are there already.

    Parameters
    ----------
    evidence : Evidence
        The records.

    Returns
    -------
    Findings
        Those that need attention first, and the checks that found nothing or do not apply.
    """
    found: list[Finding] = []
    nothing: list[str] = []
    not_made: dict[str, str] = {}
    for check in CHECKS:
        try:
            seen = check.see(evidence)
        except NotApplicable as why:
            not_made[f"{check.code} {check.name}"] = str(why)
            continue
        if seen is None:
            nothing.append(f"{check.code} {check.name}")
        else:
            found.append(Finding(check.code, check.name, *seen))
    worst_first = sorted(found, key=lambda one: one.severity != "look")
    return Findings(tuple(worst_first), tuple(nothing), not_made)
