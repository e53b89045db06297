"""Quantiles, distribution functions and their score, beside their definitions written out."""

from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from scipy.integrate import quad

from glassnet.conformal.coverage import as_coverage
from glassnet.conformal.error_distribution import ErrorDistribution

LEVELS = [as_coverage(level) for level in (0.01, 0.05, 0.3, 0.5, 0.9, 0.95, 0.99)]


def drawn(n, seed=0, ties=False):
    random = np.random.default_rng(seed)
    errors = random.normal(size=n)
    mean, scale = random.normal(size=8) * 100, random.uniform(1e-3, 10, 8)
    return ErrorDistribution(np.sort(np.round(errors, 1) if ties else errors)), mean, scale


@pytest.mark.parametrize(("n", "ties"), [*product([1, 19, 20, 99, 500], [False, True])])
def test_quantiles_by_the_definition_and_their_inverse(n, ties):
    distribution, mean, scale = drawn(n, ties=ties)
    found = distribution.quantiles(mean, scale, LEVELS)
    for place, level in enumerate(LEVELS):
        k = int(np.ceil(level * (n + 1)))
        expected = np.full(8, np.inf) if k > n else mean + scale * distribution.errors[k - 1]
        np.testing.assert_array_equal(found[:, place], expected)
    reached = distribution.cdf(mean, scale, found)
    for place, level in enumerate(LEVELS):
        finite = np.isfinite(found[:, place])
        assert all(Fraction(round(p * (n + 1)), n + 1) >= level for p in reached[finite, place])
        before = distribution.cdf(mean, scale, np.nextafter(found, -np.inf))[finite, place]
        assert all(Fraction(round(p * (n + 1)), n + 1) < level for p in before)


def test_the_distribution_function_counts_sums():
    distribution, mean, scale = drawn(50, seed=1)
    values = np.random.default_rng(2).normal(size=(8, 30)) * 100
    sums = mean[:, None] + scale[:, None] * distribution.errors
    expected = [[np.sum(row <= value) / 51 for value in of_row] for row, of_row in zip(sums, values, strict=True)]
    np.testing.assert_array_equal(distribution.cdf(mean, scale, values), expected)


def test_the_score_is_the_integral_of_squared_differences():
    """Of the distribution functions of the n sums, each as likely, and of the target."""
    distribution, mean, scale = drawn(6, seed=3)
    y = mean + 0.7 * scale
    found = distribution.crps(y, mean, scale, -np.inf, np.inf)
    for m, s, target, score in zip(mean, scale, y, found, strict=True):
        sums = m + s * distribution.errors
        corners = np.sort([*sums, target])

        def squared(v, sums=sums, target=target):
            return (np.mean(sums <= v) - (target <= v)) ** 2

        pieces = [quad(squared, low, high)[0] for low, high in pairwise(corners)]
        assert score == pytest.approx(sum(pieces), rel=1e-9)


def test_the_score_of_a_number_is_the_absolute_error():
    one = ErrorDistribution(np.array([0.0]))
    assert one.crps(np.array([3.0, 7.0]), np.array([5.0, 5.0]), np.ones(2), -np.inf, 6.0).tolist() == [2.0, 2.0]
    none = ErrorDistribution(np.empty(0))
    assert none.crps(np.array([3.0]), np.array([5.0]), np.ones(1), -np.inf, np.inf).tolist() == [np.inf]
    assert none.quantiles(np.zeros(1), np.ones(1), LEVELS).tolist() == [[np.inf] * len(LEVELS)]
