"""Least squares with a polynomial of one input: the lecture's example of a model that is too simple or too free."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.polynomial import Legendre
from numpy.polynomial import Polynomial as PowerSeries
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from glassnet.data.values import without_mask
from glassnet.estimators.validation import check_parameters, integer

_validate: Callable[..., Any] = validate_data  # whose published types know text alone
RULES = {"degree": integer(0)}


class Polynomial(RegressorMixin, BaseEstimator):
    """The polynomial of one input that fits best: f(x) = c_0 + c_1 x + ... + c_d x^d, min over c of |f(x) - y|^2.

    The same f is found in Legendre polynomials of the input scaled to [-1, 1], whose columns are nearly orthogonal;
    those of 1, x, ..., x^d are so alike that a degree of 20 would be lost to rounding.

    Parameters
    ----------
    degree : int
        The highest power d; it must be less than the number of rows.

    Attributes
    ----------
    polynomial_ : numpy.polynomial.Legendre
        f, a function of numbers and arrays.
    coef_ : array (degree + 1,)
        c_0, ..., c_d; of high degrees these are large numbers that nearly cancel.
    n_features_in_ : int
        1.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import Polynomial
    >>> x = np.linspace(-2, 2, 9)
    >>> model = Polynomial(degree=2).fit(x, 1 + 3 * x**2)
    >>> model.coef_.round(6) + 0.0
    array([1., 0., 3.])
    >>> model.predict([10.0]).round(6)
    array([301.])
    """

    def __init__(self, degree: int = 1) -> None:
        self.degree = degree

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn the coefficients.

        Parameters
        ----------
        X : array (rows,) or (rows, 1)
            The input.
        y : array (rows,)
            The targets.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For a negative degree, for more than one column, for numbers that are not finite, and for as few rows, or
            different inputs, as the degree.
        """
        check_parameters(self, RULES)
        inputs, targets = _validate(self, _as_column(X), without_mask(y), dtype=np.float64, y_numeric=True)
        x = _one_column(inputs)
        self._check_rows(x)
        self.polynomial_ = Legendre.fit(x, np.asarray(targets, np.float64), self.degree)
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Return f(x).

        Parameters
        ----------
        X : array (rows,) or (rows, 1)
            The input.

        Returns
        -------
        array (rows,)
            The predictions.

        Raises
        ------
        ValueError
            For inputs so far outside those of the fit that f is not finite.
        """
        check_is_fitted(self)
        x = _one_column(_validate(self, _as_column(X), reset=False, dtype=np.float64))
        with np.errstate(over="ignore", invalid="ignore"):
            predicted = np.asarray(self.polynomial_(x), np.float64)
        if not np.isfinite(predicted).all():
            far = x[~np.isfinite(predicted)][0]
            raise ValueError(f"the polynomial is not finite at {far:g}, far from the inputs of the fit; leave it out")
        return predicted

    @property
    def coef_(self) -> np.ndarray:
        """The coefficients of 1, x, ..., x^degree, (degree + 1,)."""
        coefficients = np.zeros(len(self.polynomial_.coef))
        powers = self.polynomial_.convert(kind=PowerSeries).coef
        coefficients[: len(powers)] = powers  # without zeros at the end
        return coefficients

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags

    def _check_rows(self, x: np.ndarray) -> None:
        """Raise `ValueError` where more than one polynomial fits best."""
        different = len(np.unique(x))
        if self.degree < different:
            return
        what = f"{len(x)} row(s)" if different == len(x) else f"{different} different input(s) in {len(x)} rows"
        raise ValueError(
            f"degree={self.degree} is not less than the number of rows: it has {self.degree + 1} coefficients, and X "
            f"has {what}; give degree={different - 1} at most, or more rows"
        )


def _as_column(X: ArrayLike) -> ArrayLike:
    """Return one input a row as a column."""
    unmasked = without_mask(X)
    return np.reshape(np.asarray(unmasked), (-1, 1)) if np.ndim(unmasked) == 1 else unmasked


def _one_column(inputs: np.ndarray) -> np.ndarray:
    if inputs.shape[1] != 1:
        raise ValueError(f"a polynomial has one input, but X has {inputs.shape[1]} columns; give one of them")
    return inputs[:, 0]
