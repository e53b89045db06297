"""Bias and variance of polynomials without any draw: their predictions are linear in the targets."""

from collections.abc import Iterable

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import ArrayLike

from glassnet.estimators.validation import is_integer, is_real
from glassnet.insight.bias_variance_record import BiasVariance
from glassnet.insight.decomposition import Estimate
from glassnet.insight.true_function import TrueFunction, true_targets

ROUNDING = 1e-12  # of the true function's size, below which a residual is 0 but for rounding


def exact_bias_variance(
    X: ArrayLike,
    *,
    truth: TrueFunction,
    noise: float,
    degrees: Iterable[int] = range(10),
    test: ArrayLike | None = None,
) -> BiasVariance:
    """Return the exact bias^2, variance and noise of `Polynomial` for every degree, by the hat matrix.

    A least-squares fit predicts H y at the points, with H = P(test) P(X)^+ of the polynomials P up to degree d. Of
    y = f(X) + N(0, noise^2), at the n inputs themselves,

        bias^2 = mean (f - H f)^2,   variance = noise^2 trace(H' H) / n = noise^2 (d + 1) / n.

    Parameters
    ----------
    X : array (rows,) or (rows, 1)
        The inputs of every sample, more different ones than the largest degree.
    truth : callable
        The true function, from X as it is given to an array (rows,).
    noise : float
        The standard deviation of the noise about it.
    degrees : iterable of int
        The degrees.
    test : as X, or None
        The points to judge by; X itself unless given.

    Returns
    -------
    BiasVariance
        The error and its parts; the standard errors are 0, and there are no curves but the mean.

    Raises
    ------
    ValueError
        For more than one input, and for a degree that is not less than the number of different inputs.

    References
    ----------
    Hastie, Tibshirani and Friedman 2009, The elements of statistical learning, section 7.3.
    """
    if not (is_real(noise) and 0 <= noise < np.inf):
        raise ValueError(f"noise={noise!r} must be a standard deviation, a number of at least 0")
    train = true_targets(truth, X, "X")
    points = train if test is None else true_targets(truth, test, "test")
    if train.column is None or points.column is None:
        raise ValueError("a polynomial has one input, of numbers; give X of shape (rows,) or (rows, 1)")
    powers = _checked(degrees, train.column)
    hats = [_hat(train.column, points.column, degree) for degree in powers]
    mean_curve = np.stack([hat @ train.values for hat in hats])
    residuals = mean_curve - points.values
    residuals[np.abs(residuals) <= ROUNDING * np.max(np.abs(points.values))] = 0.0
    bias = np.mean(residuals**2, axis=1)
    variance = np.array([noise**2 * np.sum(hat**2) / len(hat) for hat in hats])
    return BiasVariance(
        source="exact",
        assumption=(
            f"Polynomials by least squares to y = f(X) + N(0, {noise:g}^2) at fixed X; their predictions are linear in "
            "y, so that the hat matrix gives all parts exactly."
        ),
        parameter="degree",
        values=tuple(powers),
        error=_known(bias + variance + noise**2),
        variance=_known(variance),
        bias_squared=_known(bias),
        noise=_known(np.full(len(powers), noise**2)),
        bias_squared_and_noise=None,
        member_variance=None,
        draws=0,
        rows=len(train.values),
        test_rows=len(points.values),
        points=points.column,
        mean_curve=mean_curve,
        true_function=points.values,
    )


def _hat(x: np.ndarray, points: np.ndarray, degree: int) -> np.ndarray:
    """Return the matrix (points, rows) from targets to predictions, in Legendre polynomials of the scaled input."""
    low, high = float(x.min()), float(x.max())
    center, half = (low + high) / 2, (high - low) / 2 or 1.0
    basis, basis_of_points = (legvander((of - center) / half, degree) for of in (x, points))
    return basis_of_points @ np.linalg.pinv(basis)


def _checked(degrees: Iterable[int], x: np.ndarray) -> list[int]:
    powers, different = list(degrees), len(np.unique(x))
    if not powers:
        raise ValueError("degrees is empty; give at least one, as in degrees=range(10)")
    for degree in powers:
        if not is_integer(degree) or not 0 <= degree < different:
            raise ValueError(
                f"the degree {degree!r} must be an integer from 0 to {different - 1}, less than the number of "
                f"different inputs"
            )
    return [int(degree) for degree in powers]


def _known(values: np.ndarray) -> Estimate:
    return Estimate(values, np.zeros(len(values)))
