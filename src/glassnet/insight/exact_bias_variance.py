"""Bias and variance of polynomials without any draw: their predictions are linear in the targets."""

from collections.abc import Iterable

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import ArrayLike

from glassnet.estimators.validation import is_integer
from glassnet.insight.bias_variance_record import BiasVariance
from glassnet.insight.decomposition import Estimate
from glassnet.insight.true_function import TrueFunction, check_noise, true_targets
from glassnet.insight.varied_fits import repeated

MOST_NUMBERS = 10**8  # of a matrix of polynomials: 800 MB
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
        For more than one input, for a degree that is not less than the number of different inputs or is there twice,
        and for more than 1e8 powers of inputs or points.

    References
    ----------
    Hastie, Tibshirani and Friedman 2009, The elements of statistical learning, section 7.3.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import exact_bias_variance
    >>> parts = exact_bias_variance(np.linspace(-1, 1, 10), truth=np.square, noise=1.0, degrees=range(4))
    >>> np.abs(parts.bias_squared.value).round(4)
    array([0.1288, 0.1288, 0.    , 0.    ])
    >>> parts.variance.value.round(4)
    array([0.1, 0.2, 0.3, 0.4])
    """
    check_noise(noise)
    train = true_targets(truth, X, "X")
    points = train if test is None else true_targets(truth, test, "test")
    if train.column is None or points.column is None:
        raise ValueError("a polynomial has one input, of numbers; give X of shape (rows,) or (rows, 1)")
    powers = _checked(degrees, train.column)
    most = max(len(train.column), len(points.column))
    if most * (max(powers) + 1) > MOST_NUMBERS:
        raise ValueError(
            f"{most:,} inputs up to the degree {max(powers)} are {most * (max(powers) + 1):.3g} powers, and there is "
            f"room for {MOST_NUMBERS:g}; give fewer inputs or smaller degrees"
        )
    hats = [_hat(train.column, points.column, degree) for degree in powers]
    mean_curve = np.stack([left @ (right.T @ train.values) for left, right in hats])
    residuals = mean_curve - points.values
    residuals[np.abs(residuals) <= ROUNDING * np.max(np.abs(points.values))] = 0.0
    bias = np.mean(residuals**2, axis=1)
    variance = np.array([noise**2 * np.sum(left**2) / len(left) for left, _ in hats])
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


def _hat(x: np.ndarray, points: np.ndarray, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """Return P(test) R^-1 (points, degree + 1) and Q (rows, degree + 1) of P(X) = Q R, in Legendre polynomials.

    H = P(test) P(X)^+ = (P(test) R^-1) Q', which is Q Q' at the inputs themselves. Since Q' Q = 1, the squares of H
    have the same sum as those of its first factor.
    """
    low, high = float(x.min()), float(x.max())
    center, half = (low + high) / 2, (high - low) / 2 or 1.0
    basis, basis_of_points = (legvander((of - center) / half, degree) for of in (x, points))
    Q, R = np.linalg.qr(basis)
    return Q if points is x else np.linalg.solve(R.T, basis_of_points.T).T, Q


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
    found = [int(degree) for degree in powers]
    again = repeated(found)
    if again is not None:
        raise ValueError(f"degrees has {again} more than once; give every degree once")
    return found


def _known(values: np.ndarray) -> Estimate:
    return Estimate(values, np.zeros(len(values)))
