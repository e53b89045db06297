"""What is known of a model before anything is said of it: the records on which findings and reports stand.

Which rows an error is of is decided by the rows and not by the caller: of the rows of the fit each is judged by members
that never saw it, other rows by all members, and rows of the fit among others are left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from glassnet.conformal.record import Interval
from glassnet.data.schema import CellValue
from glassnet.data.take_rows import take_rows
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.metrics import ClassErrors, Errors, class_errors, errors_by_name, label_errors
from glassnet.estimators.validation import check_inputs, check_labels, check_pair
from glassnet.insight.absences import absences
from glassnet.insight.comparison import Comparison, compare
from glassnet.insight.coverage_curve import CoverageCurve, coverage_curve
from glassnet.insight.extrapolation import Extrapolation, extrapolation
from glassnet.insight.importance import Importance, importance
from glassnet.insight.judged_rows import Rows, judged_rows
from glassnet.insight.predictions import Predictions, predictions
from glassnet.insight.row_errors import row_errors
from glassnet.insight.set_evaluation import SetEvaluation, evaluate_sets
from glassnet.insight.slices import Slices, slices
from glassnet.insight.table_statistics import TableStatistics, table_statistics
from glassnet.insight.targets import Estimator, encoded_targets, has_intervals
from glassnet.network.loss import as_loss

COVERAGE = 0.9

Told = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Evidence:
    """The records of a model on some rows.

    Attributes
    ----------
    model : NetworkRegressor or NetworkClassifier
        The model.
    judged : Rows
        The rows that errors are of.
    fitted : Rows or None
        The rows of the fit, where they are given.
    targets : array (rows, targets)
        The targets of the judged rows, or an indicator a class or label.
    outputs : array (rows, outputs)
        What is predicted of them: numbers, or probabilities.
    error_name : str
        What `error` is, and in which units.
    error : float
        The error of the judged rows.
    is_root : bool
        Whether it is the root of the mean of the rows' errors, and not the mean.
    row_errors : array (rows,)
        The error of every row, of which `error` is the mean or its root; NaN of a row without a target.
    errors : dict of Errors or ClassErrors
        More errors, by target and level.
    training_error : float or None
        `error` of the rows of the fit by all members, which learned from them; None unless they are given.
    fold_errors : array (folds,)
        `error` of every fold; empty unless rows are judged out of fold.
    predictions : tuple of Predictions
        Of every target of a regressor, beside the actual values.
    interval : Interval or None
        The intervals of the judged rows.
    comparison : Comparison or None
        Simple models on the same rows.
    importance : Importance or None
        What the columns are worth.
    coverage : tuple of CoverageCurve
        Of every target, how often intervals hold rows that are new.
    sets : SetEvaluation or None
        How often prediction sets hold rows that are new.
    slices : tuple of Slices
        Of every record in `predictions`, kinds of rows that are predicted too high or too low.
    statistics, new_statistics : TableStatistics or None
        Of the rows of the fit, and of other rows.
    extrapolation : Extrapolation or None
        Where other rows lie beside those of the fit.
    absent : dict of str
        Why a record is not there, by its name.
    """

    model: Estimator
    judged: Rows
    fitted: Rows | None
    targets: np.ndarray
    outputs: np.ndarray
    error_name: str
    error: float
    is_root: bool
    row_errors: np.ndarray
    errors: Mapping[str, Errors | ClassErrors]
    training_error: float | None
    fold_errors: np.ndarray
    predictions: tuple[Predictions, ...]
    interval: Interval | None
    comparison: Comparison | None
    importance: Importance | None
    coverage: tuple[CoverageCurve, ...]
    sets: SetEvaluation | None
    slices: tuple[Slices, ...]
    statistics: TableStatistics | None
    new_statistics: TableStatistics | None
    extrapolation: Extrapolation | None
    absent: Mapping[str, str]

    @property
    def rows(self) -> int:
        """The number of judged rows."""
        return len(self.targets)

    @property
    def known_rows(self) -> int:
        """The number of judged rows that have a target and a prediction, of which the errors are."""
        return int(np.sum(~np.isnan(self.row_errors)))

    @property
    def is_table(self) -> bool:
        """Whether the rows are of a table, and not images."""
        return self.model.schema_.kind == "table"

    @property
    def half_widths(self) -> dict[str, float]:
        """Half of the mean width of the intervals of every target, of those that are finite everywhere."""
        if self.interval is None:
            return {}
        widths = self.interval.width.reshape(len(self.interval.width), -1)
        means = zip(self.model.target_names_, widths.mean(axis=0) / 2, strict=True)
        return {name: float(mean) for name, mean in means if np.isfinite(mean)}

    def row_cells(self, row: int) -> dict[str, CellValue]:
        """Return the cells of a judged row by column, as they were given; of an image none.

        Parameters
        ----------
        row : int
            Its number among the judged rows, counted from 0.
        """
        if not self.is_table:
            return {}
        one = take_rows(self.judged.X, np.array([row]))
        return dict(self.model.schema_.cells(check_inputs(self.model, one, reset=False)))


def gather(
    model: Estimator,
    X: ArrayLike,
    y: ArrayLike,
    *,
    X_test: ArrayLike | None = None,
    y_test: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    seed: int = 0,
    callback: Told | None = None,
) -> Evidence:
    """Return what there is to know of a model from rows: those of its fit, others, or both.

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
    callback : callable (str) or None
        Told what is computed, before it is.

    Returns
    -------
    Evidence
        The records.

    Raises
    ------
    ValueError
        Where two tables are given and the first is not that of the fit, or no row is left to judge by.
    """
    check_is_fitted(model)
    check_pair(X_test, y_test)
    tell = callback or (lambda _: None)
    judged, fitted = judged_rows(model, (X, y), None if X_test is None else (X_test, y_test), sample_weight)
    weights = None if judged.basis.kind == "new" else sample_weight
    absent = absences(model, judged, fitted, weighted=sample_weight is not None)
    tell("errors")
    targets, outputs = _targets(model, judged), _outputs(model, judged)
    judge = row_errors(model, targets)
    of_rows = judge.of(outputs)
    compared = _compared(model, judged, fitted, sample_weight, seed, callback) if "comparison" not in absent else None
    tell("importance of columns")
    of_columns = None
    if "importance" not in absent:
        of_columns = importance(model, judged.X, judged.y, sample_weight=weights, seed=seed)
    tell("intervals and statistics")
    of_targets = _predictions(model, judged, weights)
    return Evidence(
        model=model,
        judged=judged,
        fitted=fitted,
        targets=targets,
        outputs=outputs,
        error_name=judge.name,
        error=judge.total(of_rows),
        is_root=judge.root,
        row_errors=of_rows,
        errors=_errors(model, judged, targets, outputs),
        training_error=None if fitted is None else _training_error(model, fitted),
        fold_errors=np.array([judge.total(of_rows[fold]) for fold in judged.basis.different_folds]),
        predictions=of_targets,
        interval=_interval(model, judged),
        comparison=compared,
        importance=of_columns,
        coverage=() if "coverage" in absent else _coverage(model, judged),
        sets=None if "sets" in absent else _sets(model, judged),
        slices=() if "slices" in absent else _slices(model, judged, of_targets),
        statistics=None if "statistics" in absent else _statistics(model, fitted),
        new_statistics=None if "new_statistics" in absent else _statistics(model, judged),
        extrapolation=None if "extrapolation" in absent else extrapolation(model, judged.X),
        absent=absent,
    )


def _compared(
    model: Estimator,
    judged: Rows,
    fitted: Rows | None,
    sample_weight: ArrayLike | None,
    seed: int,
    callback: Told | None,
) -> Comparison | None:
    """Return the model beside simple ones that learn from the rows of the fit, on the judged rows."""
    if fitted is None:
        return None
    new = judged.basis.kind != "fit"
    return compare(
        model, fitted.X, fitted.y, X_test=judged.X if new else None, y_test=judged.y if new else None,
        sample_weight=sample_weight, seed=seed, callback=callback,
    )  # fmt: skip


def _interval(model: Estimator, judged: Rows) -> Interval | None:
    if isinstance(model, NetworkClassifier) or not has_intervals(model):
        return None
    return model.predict_interval(judged.X, COVERAGE)


def _sets(model: Estimator, judged: Rows) -> SetEvaluation | None:
    return evaluate_sets(model, judged.X, judged.y, COVERAGE) if isinstance(model, NetworkClassifier) else None


def _coverage(model: Estimator, judged: Rows) -> tuple[CoverageCurve, ...]:
    if isinstance(model, NetworkClassifier):
        return ()
    names = _names_with_values(model, _targets(model, judged))
    return tuple(coverage_curve(model, judged.X, judged.y, target=name) for name in names)


def _names_with_values(model: Estimator, targets: np.ndarray) -> list[str]:
    """Return the targets that some row has a value of."""
    known = np.flatnonzero((~np.isnan(targets)).any(axis=0))
    return [model.target_names_[place] for place in known]


def _slices(model: Estimator, judged: Rows, of_targets: tuple[Predictions, ...]) -> tuple[Slices, ...]:
    return tuple(slices(model, judged.X, record.residuals(judged.count)) for record in of_targets)


def _statistics(model: Estimator, rows: Rows | None) -> TableStatistics | None:
    return None if rows is None else table_statistics(model, rows.X, rows.y)


def _targets(model: Estimator, rows: Rows) -> np.ndarray:
    return encoded_targets(model, rows.y, check_inputs(model, rows.X, reset=False).rows)


def _outputs(model: Estimator, rows: Rows) -> np.ndarray:
    """Return what is predicted of rows by those who may judge them, (rows, outputs)."""
    if rows.basis.folds:
        predicted = model.oof_prediction_
    else:
        predicted = model.predict_proba(rows.X) if isinstance(model, NetworkClassifier) else model.predict(rows.X)
    return predicted.reshape(len(predicted), -1)


def _training_error(model: Estimator, fitted: Rows) -> float:
    judge = row_errors(model, _targets(model, fitted))
    by_all = replace(fitted, basis=replace(fitted.basis, folds=()))
    return judge.total(judge.of(_outputs(model, by_all))[model.used_rows_])


def _errors(
    model: Estimator, rows: Rows, targets: np.ndarray, outputs: np.ndarray
) -> Mapping[str, Errors | ClassErrors]:
    """Return the errors by name, of the rows that have a prediction."""
    known = ~np.isnan(outputs).any(axis=1)
    if not isinstance(model, NetworkClassifier):
        each = outputs.shape[1] // targets.shape[1]
        names = _names_with_values(model, targets[known])
        places = np.isin(model.target_names_, names)
        of_targets = outputs[known][:, np.repeat(places, each)]
        return errors_by_name(as_loss(model.loss), names, targets[known][:, places], of_targets)
    if model.multilabel_:
        return {", ".join(model.target_names_): label_errors(targets[known], outputs[known], model.target_names_)}
    labels = check_labels(rows.y, len(outputs))[known]
    return {model.target_names_[0]: class_errors(labels, outputs[known], model.classes_)}


def _predictions(model: Estimator, rows: Rows, sample_weight: ArrayLike | None) -> tuple[Predictions, ...]:
    """Return a record a target, of a model of numbers."""
    if isinstance(model, NetworkClassifier):
        return ()
    return tuple(
        predictions(model, rows.X, rows.y, target=name, coverage=COVERAGE, sample_weight=sample_weight)
        for name in _names_with_values(model, _targets(model, rows))
    )
