"""The rows with the largest errors, as they were given."""

from dataclasses import dataclass

import numpy as np

from glassnet.data.schema import CellValue
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.insight.evidence import Evidence
from glassnet.insight.targets import output_names
from glassnet.insight.text import TextTable
from glassnet.storage.json_value import JSON


@dataclass(frozen=True)
class WorstRow:
    """A row with a large error.

    Attributes
    ----------
    row : int
        Its number in the table that was given, counted from 0.
    actual, predicted : tuple of float or str
        The targets and what is predicted, or the class and the most probable one.
    intervals : dict of (float, float)
        Between which numbers each target should lie, of those that have intervals on these rows.
    probability : float or None
        Of the actual class.
    error : float
        How much it adds to the error: the distance to the only target; of several the root of the mean squared
        distance in standard deviations; of quantiles the pinball loss; of classes minus the logarithm of the
        probability.
    cells : dict
        The row by column, as it was given; empty for images.
    """

    row: int
    actual: tuple[float | str, ...]
    predicted: tuple[float | str, ...]
    intervals: dict[str, tuple[float, float]]
    probability: float | None
    error: float
    cells: dict[str, CellValue]


@dataclass(frozen=True)
class WorstRows:
    """The rows with the largest errors, the worst first.

    Attributes
    ----------
    targets, outputs : tuple of str
        The names of what is actual and of what is predicted.
    rows : tuple of WorstRow
        The rows.
    fraction : float
        What fraction of the sum of all rows' errors they make, of squared errors where the error is a root.
    columns : tuple of str
        The columns, the most important first; empty for images.
    """

    targets: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[WorstRow, ...]
    fraction: float
    columns: tuple[str, ...] = ()

    def table(self, most_columns: int = 8) -> TextTable:
        """Return a line a row.

        Parameters
        ----------
        most_columns : int
            How many columns of the rows are shown.
        """
        columns = self.columns[:most_columns] if self.rows else ()
        known = bool(self.rows) and self.rows[0].probability is not None
        head = ("row", *(f"actual {name}" for name in self.targets), *(f"predicted {name}" for name in self.outputs))
        ends = dict.fromkeys(name for row in self.rows for name in row.intervals)
        head += tuple(f"{name} {end}" for name in ends for end in ("at least", "at most"))
        head += (("probability of the actual class",) if known else ()) + ("error",)
        rows = [
            (
                row.row,
                *row.actual,
                *row.predicted,
                *(end for name in ends for end in row.intervals.get(name, (None, None))),
                *((row.probability,) if known else ()),
                row.error,
                *(row.cells[name] for name in columns),
            )
            for row in self.rows
        ]
        every = len(self.rows[0].cells) if self.rows else 0
        title = f"with the {len(columns)} most important of {every} columns" if every > len(columns) else ""
        return TextTable((*head, *columns), tuple(rows), None, title)

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        rows: list[JSON] = [
            {
                "row": row.row,
                "actual": list(row.actual),
                "predicted": list(row.predicted),
                "intervals": {name: list(ends) for name, ends in row.intervals.items()},
                "probability": row.probability,
                "error": row.error,
                "cells": dict(row.cells),
            }
            for row in self.rows
        ]
        return {"targets": list(self.targets), "outputs": list(self.outputs), "rows": rows, "fraction": self.fraction}

    def __str__(self) -> str:
        return str(self.table())


def worst_rows(evidence: Evidence, count: int = 10) -> WorstRows:
    """Return the rows with the largest errors.

    Parameters
    ----------
    evidence : Evidence
        A model with the rows that it is judged by.
    count : int
        How many.

    Returns
    -------
    WorstRows
        The worst first.
    """
    model, errors = evidence.model, evidence.row_errors
    order = np.argsort(-np.where(np.isnan(errors), -np.inf, errors), kind="stable")
    worst = [int(row) for row in order[:count] if not np.isnan(errors[row])]
    classes, numbers = output_names(model), evidence.judged.numbers
    single = isinstance(model, NetworkClassifier) and not model.multilabel_
    found = []
    for row in worst:
        of_row, wanted = evidence.outputs[row], evidence.targets[row]
        actual, predicted, probability = tuple(wanted.tolist()), tuple(of_row.tolist()), None
        if single:
            actual, predicted = (classes[int(wanted.argmax())],), (classes[int(of_row.argmax())],)
            probability = float(of_row[wanted.argmax()])
        error = float(np.sqrt(errors[row]) if evidence.is_root else errors[row])
        ends, cells = _intervals(evidence, row), evidence.row_cells(row)
        found.append(WorstRow(int(numbers[row]), actual, predicted, ends, probability, error, cells))
    names = tuple(model.target_names_) if single or evidence.outputs.shape[1] != len(classes) else tuple(classes)
    return WorstRows(
        targets=tuple(model.target_names_),
        outputs=names,
        rows=tuple(found),
        fraction=float(errors[worst].sum() / np.nansum(errors)) if worst and np.nansum(errors) > 0 else 0.0,
        columns=_by_importance(evidence),
    )


def _intervals(evidence: Evidence, row: int) -> dict[str, tuple[float, float]]:
    """Return the intervals of a judged row by target; rows that are judged out of fold have none."""
    found: dict[str, tuple[float, float]] = {}
    for record in () if evidence.judged.basis.folds else evidence.predictions:
        if record.lower is not None and record.upper is not None:
            for place in np.flatnonzero(record.rows == row):
                found[record.target] = float(record.lower[place]), float(record.upper[place])
    return found


def _by_importance(evidence: Evidence) -> tuple[str, ...]:
    """Return the columns of a table, the most important first and those that are left out last."""
    if not evidence.is_table:
        return ()
    groups = () if evidence.importance is None else evidence.importance.columns
    names = [name for group in groups for name in group]
    return (*names, *(column.name for column in evidence.model.schema_.columns if column.name not in names))
