"""Out-of-fold residuals, from which intervals and sets are made."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from glassnet.conformal.prediction import cross_floor, split_floor

CROSS, SPLIT = "CV+", "split conformal"


@dataclass(frozen=True)
class Calibration:
    """Residuals of rows, each by a model not trained on that row: O(rows) numbers.

    A column is an output of the model, or a class; NaN marks rows that do not count for it: the target is missing, or
    the row is of another class.

    Parameters
    ----------
    method : str
        CV+ or split conformal prediction.
    residual : array (rows, columns)
        y - prediction, or 1 - the probability of the class.
    error_scale : array (rows, targets)
        How far that model is expected to err at the row; without columns where that was not learned.
    fold : array (rows,)
        The fold of every row.
    random_folds : bool
        Whether the folds were drawn uniformly.
    no_floor_reason : str
        Why no floor of the coverage is known; empty where one is.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> calibration = model.calibration_
    >>> calibration.method, calibration.residual.shape
    ('CV+', (442, 1))
    >>> calibration.fewest([0]), len(calibration.rows_by_fold(0))  # all rows have a target, in four folds
    (442, 4)
    """

    method: str
    residual: np.ndarray
    error_scale: np.ndarray
    fold: np.ndarray
    random_folds: bool
    no_floor_reason: str = ""

    def __post_init__(self) -> None:
        rows = len(self.fold)
        fits = self.residual.shape[:-1] == self.error_scale.shape[:-1] == self.fold.shape == (rows,)
        if not fits or not np.all((self.fold >= 0) & (self.fold < rows)):
            raise ValueError("a calibration needs one residual, one error scale and one fold a row")

    def rows_by_fold(self, column: int) -> list[np.ndarray]:
        """Return the rows of every fold that count for a column."""
        known = ~np.isnan(self.residual[:, column])
        return [np.flatnonzero(known & (self.fold == fold)) for fold in range(int(self.fold.max(initial=0)) + 1)]

    def floor(self, coverage: Fraction, columns: Iterable[int]) -> float | None:
        """Return the coverage that is proved for each of these columns, or None."""
        if self.no_floor_reason:
            return None
        if self.method == SPLIT:
            return split_floor(coverage)
        sizes = [[len(rows) for rows in self.rows_by_fold(column)] for column in columns]
        return min(cross_floor(coverage, fold_sizes, random_folds=self.random_folds) for fold_sizes in sizes)

    def fewest(self, columns: Iterable[int]) -> int:
        """Return how many rows count for the column that has fewest."""
        return min(sum(map(len, self.rows_by_fold(column))) for column in columns)
