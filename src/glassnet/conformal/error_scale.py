"""How far a model errs, row by row: the width of adaptive intervals."""

from dataclasses import dataclass

import numpy as np

from glassnet._lazy import linear_model

PENALTIES = np.logspace(-1, 6, 15)  # up to one that leaves nothing but the mean
LEAST_ROWS = 10
FAR = 3.0  # inputs beyond so many standard deviations count for little more
FRACTION_OF_MEAN = 0.1  # added to every error, because log 0 has no end


@dataclass(frozen=True)
class ErrorScale:
    """log sigma = clip(b + w'(f - center) / scale, low, high), f the `features` of a row.

    A straight line for the logarithm of the error, so that sigma > 0; the clip keeps it within the range of the rows it
    was fitted to.

    Parameters
    ----------
    center : array (features,)
        The means of the features.
    scale : array (features,)
        Their standard deviations.
    weights : array (features,)
        w.
    bias : float
        b.
    low : float
        The least log sigma.
    high : float
        The largest.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import ErrorScale
    >>> zero, one = np.zeros(1), np.ones(1)
    >>> scale = ErrorScale(center=zero, scale=one, weights=one, bias=0.5, low=-1.0, high=1.0)
    >>> scale.log(np.array([[0.25], [7.0]]))  # 0.5 + 0.25, and cut off at 1
    array([0.75, 1.  ])
    """

    center: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    bias: float
    low: float
    high: float

    def log(self, features: np.ndarray) -> np.ndarray:
        """Return log sigma, (rows,)."""
        return np.clip(self.bias + (features - self.center) / self.scale @ self.weights, self.low, self.high)


def features(x: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """Return what sigma may depend on: scaled inputs (rows, in), the scaled prediction (rows,), and their sizes."""
    both = np.column_stack([x, prediction])
    near = both / np.hypot(1.0, both / FAR)
    return np.hstack([near, np.abs(near)])


def fit_error_scale(row_features: np.ndarray, error: np.ndarray) -> ErrorScale:
    """Return sigma of rows with features (rows, features) and errors |y - mu| (rows,), mu not trained on these rows.

    Ridge regression of log(|y - mu| + a tenth of its mean), its penalty chosen by leaving out one row at a time. So
    where errors depend on nothing, or the rows are few, sigma is nearly constant.
    """
    center, scale = np.zeros(row_features.shape[1]), np.ones(row_features.shape[1])
    mean = float(np.mean(error)) if len(error) else 0.0
    if len(error) < LEAST_ROWS or mean == 0:
        return ErrorScale(center, scale, center, 0.0, 0.0, 0.0)
    center, standard_deviation = row_features.mean(axis=0), row_features.std(axis=0)
    scale = np.where(standard_deviation > 0, standard_deviation, 1.0)
    line = linear_model.RidgeCV(PENALTIES).fit((row_features - center) / scale, np.log(error / mean + FRACTION_OF_MEAN))
    fitted = line.predict((row_features - center) / scale)
    return ErrorScale(
        center, scale, np.asarray(line.coef_), float(line.intercept_), float(fitted.min()), float(fitted.max())
    )
