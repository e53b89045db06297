"""Targets on the way in and out: scaled for a loss, missing ones kept as gaps, outputs turned into predictions."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from glassnet.data.columns import from_frame, is_frame
from glassnet.data.scaler import Scaler, fit_standard_scaler
from glassnet.ensemble.member import Split
from glassnet.network.loss import Loss


def target_names(y: ArrayLike, targets: int) -> list[str]:
    """Return the names of a frame's columns or of a series, else y0, y1, ..."""
    names = list(from_frame(y).names) if is_frame(y) else [getattr(y, "name", None)]
    names = names if len(names) == targets else [None] * targets
    return [f"y{place}" if name is None else str(name) for place, name in enumerate(names)]


def fit_target_scaler(y: np.ndarray, weights: np.ndarray, loss: Loss) -> Scaler:
    """Return how targets (rows, targets) are scaled: to mean 0 and standard deviation 1, or for a log link to mean 1.

    A missing target stays missing (NaN), and counts for no statistic.
    """
    parts = [_column(column[~np.isnan(column)], weights[~np.isnan(column)], loss) for column in y.T]
    center, scale = np.array(parts).T
    return Scaler(center, scale, np.full(len(parts), np.nan))


def check_domain(loss: Loss, y: np.ndarray) -> None:
    """Raise `ValueError` that names the first target that the loss does not take."""
    wrong = {"any number": np.zeros_like(y, bool), "at least 0": y < 0, "above 0": y <= 0}[loss.domain]
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise ValueError(
            f"{type(loss).__name__} takes targets {loss.domain}, but row {row} has {y[row, column]:g}; use another "
            "loss, such as 'half_squared_error'"
        )


def check_observed(y: np.ndarray, splits: Sequence[Split], names: Sequence[str]) -> None:
    """Raise `ValueError` that names the first target of which a member would learn from no row."""
    for number, place in unobserved(y, splits):
        raise ValueError(
            f"target {names[place]!r} has values in {np.sum(~np.isnan(y[:, place]))} row(s) only, and member {number} "
            "would learn from none of them; give it more, leave the target out, or fit with cv=None and "
            "early_stopping=False"
        )


def unobserved(y: np.ndarray, splits: Sequence[Split]) -> Iterator[tuple[int, int]]:
    """Yield each member and target, by their numbers, of which all training rows of the member lack a value."""
    for number, split in enumerate(splits):
        for place in np.flatnonzero(np.isnan(y[split.train]).all(axis=0)):
            yield number, int(place)


def _column(y: np.ndarray, weights: np.ndarray, loss: Loss) -> tuple[float, float]:
    if loss.domain == "any number":
        scale = fit_standard_scaler(y[:, None], weights)
        return float(scale.center[0]), float(scale.scale[0])
    size = float(np.max(y)) or 1.0
    return 0.0, size * float(np.average(y / size, weights=weights)) or 1.0
