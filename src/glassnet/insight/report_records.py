"""The records of a report: all that is computed of a model, so that pages only lay it out."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from glassnet.data.file_sample import RowSample
from glassnet.data.take_rows import take_rows
from glassnet.ensemble.linear_start import is_line_alone
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.provenance import Provenance
from glassnet.insight.adversary import Attack, attack
from glassnet.insight.certificate import Certificate, certify
from glassnet.insight.class_predictions import Confusion, Reliability, confusion, reliability
from glassnet.insight.comparison import Comparison
from glassnet.insight.diagram import Diagram, diagram
from glassnet.insight.evidence import Evidence, gather
from glassnet.insight.findings.checks import findings_of
from glassnet.insight.findings.finding import Findings
from glassnet.insight.paired_errors import NETWORK, paired
from glassnet.insight.profile import Profile, profile
from glassnet.insight.row_errors import row_errors
from glassnet.insight.sample_trace import RowForward, RowTrace, forward_row, trace_row
from glassnet.insight.script import script
from glassnet.insight.slopes import Slopes, slopes
from glassnet.insight.summary import Summary, summarise
from glassnet.insight.targets import Estimator
from glassnet.insight.worst_rows import WorstRows, worst_rows
from glassnet.storage.json_value import JSON

MOST_PROFILES = 4
MOST_ROWS = 1_000  # of slopes
ATTACKED = 500  # rows
OF_ATTACK = ("method", "norm", "epsilon", "steps", "starts", "step_size", "error_before", "error_after")


@dataclass(frozen=True, eq=False)
class ReportRecords:
    """What a report says of a model, and of another beside it.

    Attributes
    ----------
    evidence : Evidence
        The errors, and the records behind findings.
    findings : Findings
        What is worth saying.
    summary : Summary or None
        What the fit was, where its rows are given.
    worst : WorstRows
        The rows with the largest errors.
    profiles : tuple of Profile
        How predictions move with each of the most important columns.
    slopes : tuple of Slopes
        The slopes of predictions, of every target.
    confusion, reliability : Confusion, Reliability or None
        Of a classifier.
    diagram : Diagram
        The network.
    row : RowTrace or RowForward
        The row whose error is the median, seen through.
    certificate : Certificate or None
        Of that row, where bounds are asked for.
    attack : Attack or None
        Of some rows, where one is asked for.
    provenance : Provenance or None
        When and by what the model was fitted.
    script : str
        The lines that fit the model again; empty for images, which the caller has loaded.
    beside : tuple of (Evidence, Comparison) or None
        Another model on the same rows, and its difference.
    drawn : RowSample or None
        Which rows of a larger table these are, where they are a sample.
    """

    evidence: Evidence
    findings: Findings
    summary: Summary | None
    worst: WorstRows
    profiles: tuple[Profile, ...]
    slopes: tuple[Slopes, ...]
    confusion: Confusion | None
    reliability: Reliability | None
    diagram: Diagram
    row: RowTrace | RowForward
    certificate: Certificate | None
    attack: Attack | None
    provenance: Provenance | None
    script: str
    beside: tuple[Evidence, Comparison] | None = None
    drawn: RowSample | None = None

    def to_dict(self) -> dict[str, JSON]:
        """Return the records, for JSON."""
        evidence = self.evidence
        records: dict[str, object] = {
            "findings": self.findings,
            "worst_rows": self.worst,
            "comparison": evidence.comparison,
            "importance": evidence.importance,
            "sets": evidence.sets,
            "statistics": evidence.statistics,
            "new_statistics": evidence.new_statistics,
            "extrapolation": evidence.extrapolation,
            "confusion": self.confusion,
            "reliability": self.reliability,
            "diagram": self.diagram,
        }
        return {
            "basis": evidence.judged.basis.text + ("" if self.drawn is None else f"; of {self.drawn}"),
            "sample": self.drawn and {name: getattr(self.drawn, name) for name in ("rows", "of_rows", "seed")},
            "rows": evidence.known_rows,
            "rows_without_error": evidence.rows - evidence.known_rows,
            "row_numbers": evidence.judged.numbers.tolist(),
            "rows_of_the_fit_left_out": evidence.judged.of_the_fit,
            "error_name": evidence.error_name,
            "error": evidence.error,
            "training_error": evidence.training_error,
            "fold_errors": evidence.fold_errors.tolist(),
            "errors": {name: asdict(errors) for name, errors in evidence.errors.items()},
            "predictions": [record.to_dict() for record in evidence.predictions],
            "histories": [{**asdict(m.history), "reason": str(m.history.reason)} for m in evidence.model.members_],
            "interval": evidence.interval and evidence.interval.promise,
            "half_widths": evidence.half_widths,
            "slices": {
                record.target: result.to_dict()
                for record, result in zip(evidence.predictions, evidence.slices, strict=False)
            },
            "coverage": {curve.target: curve.to_dict() for curve in evidence.coverage},
            **{name: record.to_dict() for name, record in records.items() if record is not None},  # pyright: ignore[reportAttributeAccessIssue]
            "slopes": [record.to_dict() for record in self.slopes],
            "profiles": [record.to_dict() for record in self.profiles],
            "summary": self.summary and asdict(self.summary),
            "row": json.loads(self.row.to_json()),
            "certificate": self.certificate and json.loads(self.certificate.to_json()),
            "attack": self.attack and {name: getattr(self.attack, name) for name in OF_ATTACK},
            "provenance": self.provenance and asdict(self.provenance),
            "script": self.script,
            "beside": self.beside and {"error": self.beside[0].error, "comparison": self.beside[1].to_dict()},
            "absent": dict(evidence.absent),
        }


def report_records(
    model: Estimator,
    X: ArrayLike,
    y: ArrayLike,
    *,
    X_test: ArrayLike | None = None,
    y_test: ArrayLike | None = None,
    beside: Estimator | None = None,
    bounds: float | None = None,
    epsilon: float | None = None,
    sample_weight: ArrayLike | None = None,
    seed: int = 0,
    drawn: RowSample | None = None,
    callback: Callable[[str], None] | None = None,
) -> ReportRecords:
    """Return what a report says of a model; see `glassnet.report` for the parameters.

    Parameters
    ----------
    model, beside : NetworkRegressor or NetworkClassifier
        A fitted model, and another one or None.
    X, X_test : data frame or array (rows, columns), or images
        The rows of the fit or others, and others or None.
    y, y_test : array (rows,) or (rows, targets)
        Their targets, classes or labels.
    bounds : float or None
        How far the numbers of a row move in a certificate, as a fraction of their size.
    epsilon : float or None
        How far an adversary may move the numbers of a row.
    sample_weight : array (rows,) or None
        The weights of the fit, if it had some.
    seed : int
        Seed of what is drawn.
    drawn : RowSample or None
        Which rows of a larger table those are that errors are of, where they are a sample.
    callback : callable (str) or None
        Told what is computed, before it is.

    Returns
    -------
    ReportRecords
        The records.

    Raises
    ------
    ValueError
        For rows that say nothing of the model, and for options that do not apply to it.
    """
    tell = callback or (lambda _: None)
    _check_drawn(drawn, X if X_test is None else X_test)

    def of(each: Estimator) -> Evidence:
        found = gather(
            each, X, y, X_test=X_test, y_test=y_test, sample_weight=sample_weight, seed=seed, callback=callback
        )  # fmt: skip
        return found if drawn is None else _numbered(found, drawn)

    evidence, other = of(model), None
    if beside is not None:
        tell("the other model")
        other = _beside(evidence, of(beside), seed)
    tell("findings")
    found = findings_of(evidence)
    tell("profiles and slopes")
    rows = _some(evidence, MOST_ROWS, seed)
    tell("one row")
    middle = _median_row(evidence)
    named = int(evidence.judged.numbers[middle])
    confused, reliable = _of_classes(evidence)
    member = _first_network(model)
    return ReportRecords(
        evidence=evidence,
        findings=found,
        summary=None if evidence.fitted is None else summarise(model, evidence.fitted.X, evidence.fitted.y),
        worst=worst_rows(evidence),
        profiles=_profiles(evidence, seed),
        slopes=_slopes(evidence, rows),
        confusion=confused,
        reliability=reliable,
        diagram=replace(diagram(model, X=evidence.judged.X, row=middle, member=member), row=named),
        row=replace(_traced(evidence, middle, member), row=named),
        certificate=None if bounds is None else _certificate(evidence, middle, bounds),
        attack=None if epsilon is None else _attack(evidence, epsilon, seed),
        provenance=model.provenance_,
        script=script(model) if evidence.is_table else "",
        beside=other,
        drawn=drawn,
    )


def _check_drawn(drawn: RowSample | None, X: ArrayLike) -> None:
    """Raise where a sample has not as many rows as there are."""
    if drawn is not None and drawn.rows != np.shape(X)[0]:
        raise ValueError(
            f"drawn is {drawn}, but there are {np.shape(X)[0]} rows to be judged; give the frame and the record that "
            "sample_of_files returned together"
        )


def _numbered(evidence: Evidence, drawn: RowSample) -> Evidence:
    """Return evidence whose rows have their numbers in the table that they were drawn from."""
    return replace(evidence, judged=replace(evidence.judged, numbers=drawn.numbers[evidence.judged.numbers]))


def _of_classes(evidence: Evidence) -> tuple[Confusion | None, Reliability | None]:
    """Return which classes are taken for which, and whether probabilities are right; of one class a row alone."""
    model = evidence.model
    if not isinstance(model, NetworkClassifier) or model.multilabel_:
        return None, None
    known = ~np.isnan(evidence.outputs).any(axis=1)
    targets, outputs, classes = evidence.targets[known], evidence.outputs[known], tuple(map(str, model.classes_))
    title = evidence.judged.basis.title
    return confusion(targets, outputs, classes, title), reliability(targets, outputs, classes, title)


def _beside(ours: Evidence, other: Evidence, seed: int) -> tuple[Evidence, Comparison]:
    """Return another model on the same rows, and its difference from ours."""
    if ours.error_name != other.error_name or ours.targets.shape != other.targets.shape:
        raise ValueError(
            f"two models are compared by one error on equal rows, but these have {ours.error_name} of {ours.rows} rows "
            f"and {other.error_name} of {other.rows} rows"
        )
    folds = [bool(each.judged.basis.folds) for each in (ours, other)]
    same_rows = np.array_equal(ours.judged.numbers, other.judged.numbers)
    if ours.judged.basis.kind != other.judged.basis.kind or folds[0] != folds[1] or not same_rows:
        raise ValueError(
            f"of one model the rows are {ours.judged.basis.title} ({ours.rows}), of the other "
            f"{other.judged.basis.title} ({other.rows}); give rows that are new to both, or the table that both were "
            "fitted to with folds"
        )
    judge = row_errors(ours.model, ours.targets)
    parts = np.array_split(np.random.default_rng(seed).permutation(ours.rows), min(10, ours.rows))
    errors = {NETWORK: ours.row_errors, "the other model": other.row_errors}
    return other, Comparison(judge.name, ours.judged.basis.text, *paired(judge, errors, parts, {}, seed))


def _some(evidence: Evidence, most: int, seed: int) -> ArrayLike:
    """Return the judged rows, or some of many, in their order."""
    if evidence.rows <= most:
        return evidence.judged.X
    chosen = np.sort(np.random.default_rng(seed).choice(evidence.rows, most, replace=False))
    return take_rows(evidence.judged.X, chosen)


def _profiles(evidence: Evidence, seed: int) -> tuple[Profile, ...]:
    """Return the profiles of the most important columns that vary here, the first of those that say the same."""
    model, statistics = evidence.model, evidence.new_statistics or evidence.statistics
    if evidence.importance is None or isinstance(model, NetworkClassifier) or statistics is None:
        return ()
    varying = {column.name for column in statistics.columns if column.distinct > 1}
    targets = model.target_names_
    first = [group[0] for group in evidence.importance.columns if group[0] in varying]
    first = first[: max(1, MOST_PROFILES // len(targets))]
    X = evidence.judged.X
    return tuple(profile(model, X, name, target=target, seed=seed) for target in targets for name in first)


def _slopes(evidence: Evidence, rows: ArrayLike) -> tuple[Slopes, ...]:
    if not evidence.is_table or isinstance(evidence.model, NetworkClassifier):
        return ()
    return tuple(slopes(evidence.model, rows, target=target) for target in evidence.model.target_names_)


def _first_network(model: Estimator) -> int:
    """Return the first member that is not a straight line alone, or 0 where all are."""
    networks = [not is_line_alone(model.network_, member.parameters) for member in model.ensemble_.members]
    return int(np.argmax(networks))


def _traced(evidence: Evidence, row: int, member: int) -> RowTrace | RowForward:
    """Return a row seen through: with a step of training, unless one of several targets is missing."""
    if np.isnan(evidence.targets[row]).any():
        return forward_row(evidence.model, evidence.judged.X, row, member)
    return trace_row(evidence.model, evidence.judged.X, evidence.judged.y, row, member=member)


def _median_row(evidence: Evidence) -> int:
    """Return the row whose error is the median."""
    known = np.flatnonzero(~np.isnan(evidence.row_errors))
    return int(known[np.argsort(evidence.row_errors[known], kind="stable")[len(known) // 2]])


def _certificate(evidence: Evidence, row: int, bounds: float) -> Certificate:
    """Return how far the prediction of a row may move with its numbers, each by a fraction of its size."""
    model = evidence.model
    if isinstance(model, NetworkClassifier) or not evidence.is_table:
        raise ValueError("bounds are of a regressor of a table; leave them out")
    one = take_rows(evidence.judged.X, np.array([row]))
    cells = evidence.row_cells(row)
    distances = {
        column.name: bounds * abs(float(cells[column.name] or 0.0))
        for column in model.schema_.columns
        if column.kind == "number"
    }
    return certify(model, one, distances)


def _attack(evidence: Evidence, epsilon: float, seed: int) -> Attack:
    """Return what an adversary does to some of the judged rows."""
    chosen = np.sort(np.random.default_rng(seed).permutation(evidence.rows)[:ATTACKED])
    X, y = (take_rows(of, chosen) for of in (evidence.judged.X, evidence.judged.y))
    return attack(evidence.model, X, y, epsilon, method="pgd")
