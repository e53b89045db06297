"""What is linear in a fit: the members that have a straight line, and the variance of the target that it explains."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import r2_score

from glassnet.ensemble.ensemble import member_outputs
from glassnet.ensemble.linear_start import has_line, is_line_alone, line_alone
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_inputs


@dataclass(frozen=True)
class LinearPart:
    """The members by what they are, and R2 of their straight lines alone.

    Parameters
    ----------
    networks : int
        Members without a straight line.
    beside : int
        Members with a network beside a straight line.
    lines : int
        Members that are a straight line alone.
    r2 : float or None
        R2 of the straight lines on the members' test folds, the mean over targets; None where members have no folds.
    """

    networks: int
    beside: int
    lines: int
    r2: float | None

    def __str__(self) -> str:
        parts = (
            (self.networks, "without it"),
            (self.beside, "with a network beside it"),
            (self.lines, "with nothing beside it"),
        )
        explains = "" if self.r2 is None else f"; it explains {max(self.r2, 0.0):.1%} of the variance out of fold"
        return "members: " + ", ".join(f"{count} {what}" for count, what in parts if count) + explains


def linear_part(model: NetworkRegressor, X: ArrayLike, targets: np.ndarray) -> LinearPart | None:
    """Return what is linear in a model that was fitted to X and targets (rows, targets); None where nothing is."""
    ensemble = model.ensemble_
    with_line = [member for member in ensemble.members if has_line(ensemble.network, member.parameters)]
    if not with_line:
        return None
    x = ensemble.encode(check_inputs(model, X, reset=False))
    alone = sum(is_line_alone(ensemble.network, member.parameters) for member in with_line)
    predicted, actual = [], []
    for member in with_line:
        rows = model.used_rows_[member.split.test]
        if rows.size:
            line = line_alone(member.parameters)
            predicted.append(
                member_outputs(ensemble.network, ensemble.link, [line], [member.preprocessing], x[rows])[0]
            )
            actual.append(targets[rows])
    r2 = _r2(np.concatenate(actual), np.concatenate(predicted)) if predicted else None
    return LinearPart(len(ensemble.members) - len(with_line), len(with_line) - alone, alone, r2)


def _r2(actual: np.ndarray, predicted: np.ndarray) -> float | None:
    each = [
        r2_score(own[known], line[known])
        for own, line, known in zip(actual.T, predicted.T, ~np.isnan(actual.T), strict=True)
        if known.sum() > 1
    ]
    return float(np.mean(each)) if each else None
