"""How quantiles and distributions fare, in sums over slices."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from glassnet.conformal.evaluation import clopper_pearson
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_target_columns
from glassnet.insight.quantile_evaluation import LevelErrors, QuantileEvaluation


class QuantileSums:
    """Sums that give the `QuantileEvaluation` of a regressor.

    Parameters
    ----------
    model : NetworkRegressor
        A fitted model.
    levels : sequence of float
        The levels of its quantiles.
    """

    def __init__(self, model: NetworkRegressor, levels: Sequence[float]) -> None:
        self._model, self._levels = model, np.asarray(levels, dtype=np.float64)
        shape = model.n_outputs_, len(levels)
        self._rows, self._hits = (np.zeros(size, dtype=np.int64) for size in (shape[0], shape))
        self._losses, self._scores = np.zeros(shape), np.zeros(shape[0])

    def add(self, X: ArrayLike, y: ArrayLike) -> None:
        """Add a slice with its targets."""
        quantiles = self._model.predict_quantiles(X, self._levels)
        targets = check_target_columns(y, len(quantiles), self._model.n_outputs_)
        quantiles = quantiles.reshape(*targets.shape, len(self._levels))
        scores = self._model.crps(X, targets).reshape(targets.shape)
        for place, target in enumerate(targets.T):
            known = ~np.isnan(target)
            residual = target[known, None] - quantiles[known, place]
            self._rows[place] += known.sum()
            self._hits[place] += (residual <= 0).sum(axis=0)
            self._losses[place] += np.maximum(self._levels * residual, (self._levels - 1) * residual).sum(axis=0)
            self._scores[place] += scores[known, place].sum()

    def evaluation(self) -> QuantileEvaluation:
        """Return how quantiles fare on all rows that were added; `ValueError` when every target is missing."""
        names = self._model.target_names_
        for name, rows in zip(names, self._rows, strict=True):
            if not rows:
                raise ValueError(f"every target {name!r} is missing; an error needs at least one")
        crps = self._scores / self._rows
        return QuantileEvaluation(
            {name: self._of_target(place) for place, name in enumerate(names)},
            dict(zip(names, crps.tolist(), strict=True)),
        )

    def _of_target(self, place: int) -> list[LevelErrors]:
        rows = int(self._rows[place])
        each = zip(self._levels.tolist(), self._hits[place].tolist(), self._losses[place].tolist(), strict=True)
        return [
            LevelErrors(rows, level, hits / rows, *clopper_pearson(hits, rows), loss / rows)
            for level, hits, loss in each
        ]
