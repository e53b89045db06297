"""Squared error in parts: bias^2, variance and noise from the predictions of many fits, each with a standard error."""

from dataclasses import dataclass
from typing import Self

import numpy as np

LEAST_DRAWS = 3  # of which the jackknife can leave one out
LEAST_PAIRS = 2


@dataclass(frozen=True, eq=False)
class Estimate:
    """Numbers with their standard errors, one a value of the parameter that is varied.

    Attributes
    ----------
    value : array (values,)
        The numbers.
    standard_error : array (values,)
        Their standard errors; 0 of what is known exactly.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import exact_bias_variance
    >>> variance = exact_bias_variance(np.linspace(-1, 1, 10), truth=np.sin, noise=1.0, degrees=range(3)).variance
    >>> variance.value.round(9)
    array([0.1, 0.2, 0.3])
    >>> variance.standard_error
    array([0., 0., 0.])
    """

    value: np.ndarray
    standard_error: np.ndarray

    @classmethod
    def of(cls, pairs: list[tuple[float, float]]) -> Self:
        """Return the estimate of numbers and standard errors in pairs."""
        value, standard_error = np.array(pairs, float).T
        return cls(value, standard_error)

    def plus(self, number: float) -> Self:
        """Return the estimate with a known number added."""
        return type(self)(self.value + number, self.standard_error)


Part = tuple[float, float]  # a number and its standard error


def simulated_parts(predictions: np.ndarray, targets: np.ndarray) -> tuple[Part, Part, Part]:
    """Return the squared distance to the true function, bias^2 and variance, from fits to independent samples.

    Of predictions p_rt of R draws at T points, with their mean m_t over the draws and true targets f_t,

        variance = mean_t s_t^2,  s_t^2 = sum_r (p_rt - m_t)^2 / (R - 1),
        bias^2   = mean_t ((m_t - f_t)^2 - s_t^2 / R),
        distance = mean_rt (p_rt - f_t)^2 = bias^2 + variance.

    All are unbiased: s_t^2 / R is what the mean of so few draws adds to its squared distance, without which bias^2
    would seem larger than it is; an estimate may so be below 0. The points are fixed, so that standard errors are over
    the draws, by the jackknife: of the numbers a_r without draw r, sqrt((R - 1) / R sum_r (a_r - mean a)^2), on average
    not too small (Efron and Stein 1981).

    Parameters
    ----------
    predictions : array (draws, points)
        What every fit predicts; at least three draws.
    targets : array (points,)
        The true function.

    Returns
    -------
    three pairs of float
        Distance, bias^2 and variance with their standard errors.
    """
    draws = len(predictions)
    residuals = predictions - targets
    distances = np.mean(residuals**2, axis=1)
    distance, without = float(np.mean(distances)), (np.sum(distances) - distances) / (draws - 1)
    variance, variance_without = _variance(predictions)
    bias = float(np.mean(np.mean(residuals, axis=0) ** 2)) - variance / draws
    return (
        (distance, _jackknife(without)),
        (bias, _jackknife(without - variance_without)),
        (variance, _jackknife(variance_without)),
    )


def simulated_variance(predictions: np.ndarray) -> Part:
    """Return the variance over draws of predictions (draws, points), the mean over the points."""
    variance, without = _variance(predictions)
    return variance, _jackknife(without)


def paired_parts(first: np.ndarray, second: np.ndarray, rows: np.ndarray) -> tuple[Part, Part, Part]:
    """Return squared error, bias^2 + noise as one number, and variance, from pairs of fits that share no row.

    Of residuals u and v of the two fits of a pair in a row that neither of them saw,

        error = mean (u^2 + v^2) / 2,  variance = mean (u - v)^2 / 2,  bias^2 + noise = mean u v = error - variance,

    the means over the rows of all pairs. The fits of a pair are independent, so that all are unbiased. What u and v
    have in common is bias and noise; nothing tells them apart.

    Standard errors count the rows and the pairs, sqrt(s_rows^2 / rows + s_pairs^2 / pairs), with the deviations s of
    the means of every row and of every pair.

    Parameters
    ----------
    first, second : array (pairs, points)
        The residuals.
    rows : array of int (pairs, points)
        Which row each is of.

    Returns
    -------
    three pairs of float
        Error, bias^2 + noise and variance with their standard errors.
    """
    error, variance, rest = (first**2 + second**2) / 2, (first - second) ** 2 / 2, first * second
    return _with_error(error, rows), _with_error(rest, rows), _with_error(variance, rows)


def paired_variance(first: np.ndarray, second: np.ndarray, rows: np.ndarray) -> Part:
    """Return the variance of predictions (pairs, points) of pairs of fits that share no row."""
    return _with_error((first - second) ** 2 / 2, rows)


def _variance(predictions: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the variance over the draws, and what it is without each of them."""
    draws = len(predictions)
    squares = np.mean((predictions - np.mean(predictions, axis=0)) ** 2, axis=1)
    total = float(np.sum(squares))
    # Without a draw the mean moves too: the sum of squares falls by draws / (draws - 1) times that of the draw.
    return total / (draws - 1), (total - squares * draws / (draws - 1)) / (draws - 2)


def _jackknife(without: np.ndarray) -> float:
    """Return the standard error of a number from what it is without each of the draws."""
    return float(np.sqrt((len(without) - 1) * np.var(without)))


def _with_error(values: np.ndarray, rows: np.ndarray) -> Part:
    """Return the mean of values (pairs, points), and its standard error over rows and pairs."""
    count = np.bincount(rows.ravel())
    of_rows = np.bincount(rows.ravel(), values.ravel())[count > 0] / count[count > 0]
    of_pairs = np.mean(values, axis=1)
    squares = [np.var(each, ddof=1) / len(each) for each in (of_rows, of_pairs)]
    return float(np.mean(values)), float(np.sqrt(sum(squares)))
