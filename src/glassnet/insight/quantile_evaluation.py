"""How well a model's quantiles and distributions describe a table that it was not fitted to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import mean_pinball_loss

from glassnet.conformal.evaluation import clopper_pearson
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_target_columns
from glassnet.insight.text import Cell, TextTable
from glassnet.storage.json_value import JSON


@dataclass(frozen=True)
class LevelErrors:
    """How a quantile of one level fares over `rows` rows whose target is known."""

    rows: int
    level: float
    below: float  # the fraction of targets that are at most the quantile, which should be the level
    at_least: float  # 95% limits of Clopper and Pearson for that fraction in the long run
    at_most: float
    pinball: float  # mean of max(t r, (t - 1) r), r = y - q, in the units of the target


@dataclass(frozen=True)
class QuantileEvaluation:
    """The quantiles of every target and level, and the CRPS of every target.

    Attributes
    ----------
    levels : dict of str to list of LevelErrors
        By target.
    crps : dict of str to float
        The mean continuous ranked probability score of every target, in its units: an absolute error of distributions.
    """

    levels: dict[str, list[LevelErrors]]
    crps: dict[str, float]

    def table(self) -> TextTable:
        """Return one line a target and level, and the CRPS on a line of its own."""
        head = ("", "rows", "level", "fraction below", "at least", "at most", "pinball loss")
        rows: list[tuple[Cell, ...]] = []
        for name, levels in self.levels.items():
            rows += [(name, e.rows, e.level, e.below, e.at_least, e.at_most, e.pinball) for e in levels]
            rows.append((f"{name}, CRPS", levels[0].rows, None, None, None, None, self.crps[name]))
        return TextTable(head, tuple(rows))

    def to_dict(self) -> dict[str, JSON]:
        """Return one entry a target."""
        return {
            f"{name}, quantiles": {"crps": self.crps[name], "levels": [asdict(level) for level in levels]}
            for name, levels in self.levels.items()
        }


def evaluate_quantiles(
    model: NetworkRegressor, X: ArrayLike, y: ArrayLike, levels: Sequence[float]
) -> QuantileEvaluation:
    """Return how quantiles and distributions fare on X and y, rows that the model was not fitted to."""
    quantiles = model.predict_quantiles(X, levels)
    targets = check_target_columns(y, len(quantiles), model.n_outputs_)
    quantiles = quantiles.reshape(*targets.shape, len(levels))
    scores = model.crps(X, targets).reshape(targets.shape)
    by_level: dict[str, list[LevelErrors]] = {}
    crps: dict[str, float] = {}
    for place, name in enumerate(model.target_names_):
        known = ~np.isnan(targets[:, place])
        if not known.any():
            raise ValueError(f"every target {name!r} is missing; an error needs at least one")
        of_target = quantiles[known, place].T
        by_level[name] = [
            _of_level(targets[known, place], of_level, float(level))
            for of_level, level in zip(of_target, levels, strict=True)
        ]
        crps[name] = float(np.mean(scores[known, place]))
    return QuantileEvaluation(by_level, crps)


def _of_level(y: np.ndarray, quantile: np.ndarray, level: float) -> LevelErrors:
    hits, rows = int(np.sum(y <= quantile)), len(y)
    finite = bool(np.isfinite(quantile).all())
    pinball = float(mean_pinball_loss(y, quantile, alpha=level)) if finite else float("inf")
    return LevelErrors(rows, level, hits / rows, *clopper_pearson(hits, rows), pinball)
