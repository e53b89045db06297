"""The errors of a regressor's predictions in sums over slices, target by target, beside those of the training mean."""

import numpy as np
from numpy.typing import ArrayLike

from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.validation import check_target_columns
from glassnet.insight.error_sums import MOST_IN_MEDIAN, ErrorSums
from glassnet.insight.evaluation import Evaluation, mean_of_training, predicted_numbers
from glassnet.network.loss import as_loss


class RegressionSums:
    """Sums that give the `Evaluation` of a regressor.

    Parameters
    ----------
    model : NetworkRegressor
        A fitted model.
    most_in_median : int
        Of how many rows a median error is, where more have a target.
    """

    def __init__(self, model: NetworkRegressor, most_in_median: int = MOST_IN_MEDIAN) -> None:
        self._model = model
        levels: list[float | None] = list(as_loss(model.loss).levels) or [None]
        self._of_outputs = {
            name if level is None else f"{name} at {level:g}": ErrorSums(level, most_in_median)
            for name in model.target_names_
            for level in levels
        }
        means = [place for place, mean in enumerate(model.target_mean_) if not np.isnan(mean)]
        self._of_means = {place: ErrorSums(most_in_median=most_in_median) for place in means}

    def add(self, first: int, X: ArrayLike, y: ArrayLike) -> None:
        """Add a slice, whose first row has this number in the table."""
        prediction, deviation = predicted_numbers(self._model, X)
        targets = check_target_columns(y, len(prediction), self._model.n_outputs_)
        levels = prediction.shape[1] // targets.shape[1]
        for place, sums in enumerate(self._of_outputs.values()):
            target = place // levels
            deviations = None if deviation is None else deviation[:, target]
            sums.add(first, targets[:, target], prediction[:, place], deviations)
        for target, sums in self._of_means.items():
            sums.add(first, targets[:, target], np.full(len(targets), self._model.target_mean_[target]))

    def evaluation(self) -> Evaluation:
        """Return the errors of all rows that were added; `ValueError` when every target is missing."""
        return Evaluation({name: sums.errors() for name, sums in self._named().items()})

    def rows_of_medians(self) -> dict[str, int]:
        """Return how many rows every median error is of."""
        return {name: sums.rows_of_median for name, sums in self._named().items()}

    def _named(self) -> dict[str, ErrorSums]:
        names = self._model.target_names_
        return self._of_outputs | {mean_of_training(names[place]): sums for place, sums in self._of_means.items()}
