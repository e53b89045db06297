"""Scores: 1 - error / error of the best constant, of predictions in the units of the target, in NumPy.

A score is 1 for perfect predictions and 0 for the best constant, in any unit. The functions are scikit-learn's, which
is loaded at the first call. y and predictions are divided by the largest |y| first: squares of numbers near it neither
overflow nor vanish.
"""

import numpy as np

Values = np.ndarray  # (rows,), float64


def r2(y: Values, prediction: Values, sample_weight: Values | None = None) -> float:
    """Return R2 = 1 - sum_i w_i (y_i - f_i)^2 / sum_i w_i (y_i - mean y)^2."""
    from sklearn.metrics import r2_score

    size = largest(y)
    return float(r2_score(y / size, prediction / size, sample_weight=sample_weight))


def d2_tweedie(y: Values, prediction: Values, sample_weight: Values | None = None, *, power: int | float) -> float:
    """Return D2 of the deviance of a Tweedie distribution of a power from 1 to 2.

    Poisson  d(y, f) = 2 (y log(y / f) - y + f), p = 1
    power p  d(y, f) = 2 (y^(2-p) / ((1-p) (2-p)) - y f^(1-p) / (1-p) + f^(2-p) / (2-p))
    gamma    d(y, f) = 2 (log(f / y) + y / f - 1)

    A prediction of 0 counts as the smallest normal float32 times the largest |y|. Where all y are the same, no constant
    errs: the score is 1 where the predictions do not either, and 0 else, as that of R2.
    """
    from sklearn.metrics import d2_tweedie_score

    size = largest(y)
    counted = y if sample_weight is None else y[sample_weight > 0]
    if np.ptp(counted) == 0:
        exact = prediction == y if sample_weight is None else (prediction == y)[sample_weight > 0]
        return float(np.all(exact))
    positive = np.maximum(prediction / size, np.finfo(np.float32).tiny)
    return float(d2_tweedie_score(y / size, positive, sample_weight=sample_weight, power=power))  # pyright: ignore[reportArgumentType]


def d2_pinball(y: Values, prediction: Values, sample_weight: Values | None = None, *, level: float) -> float:
    """Return D2 of the pinball loss max(t r, (t - 1) r), r = y - f, with t the level of the quantile."""
    from sklearn.metrics import d2_pinball_score

    size = largest(y)
    return float(d2_pinball_score(y / size, prediction / size, sample_weight=sample_weight, alpha=level))


def largest(y: Values) -> float:
    """Return the largest |y|, or 1: squares of numbers near it neither overflow nor vanish."""
    return float(np.max(np.abs(y), initial=0.0)) or 1.0
