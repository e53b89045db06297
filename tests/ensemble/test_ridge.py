"""Ridge regression beside scikit-learn's, and its penalty beside generalised cross-validation by hat matrices."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from glassnet.ensemble.ridge import PENALTIES, fit_ridge


def problem(rows, columns, seed=0, noise=0.5):
    random = np.random.default_rng(seed)
    v = random.normal(size=(rows, columns)) * random.uniform(0.5, 2, columns) + 3
    return v, v @ random.normal(size=columns) + noise * random.normal(size=rows) + 7, random.uniform(0.5, 2, rows)


def gcv(v, y, weights, penalty):
    """Return n |(I - H) y|^2 / (n - tr H)^2 with the hat matrix of weighted rows and a free intercept."""
    weights = weights / weights.mean()
    design = np.sqrt(weights)[:, None] * np.column_stack([np.ones(len(y)), v])
    penalties = penalty * np.diag([0.0, *np.ones(v.shape[1])])
    hat = design @ np.linalg.solve(design.T @ design + penalties, design.T)
    left = (np.eye(len(y)) - hat) @ (np.sqrt(weights) * y)
    return len(y) * left @ left / (len(y) - np.trace(hat)) ** 2


@pytest.mark.parametrize(("rows", "columns"), [(60, 5), (60, 40), (30, 50)])
def test_it_is_scikit_learns_with_the_penalty_of_least_gcv(rows, columns):
    v, y, weights = problem(rows, columns)
    found = fit_ridge(v, y, weights)
    scores = [gcv(v, y, weights, rows * penalty) for penalty in PENALTIES[40:]]
    assert found.penalty == pytest.approx(rows * PENALTIES[40:][int(np.argmin(scores))])
    other = Ridge(found.penalty).fit(v, y, weights / weights.mean())
    np.testing.assert_allclose(found.coefficients, other.coef_, rtol=1e-6, atol=1e-9)
    assert found.intercept == pytest.approx(other.intercept_)


def test_without_noise_it_is_exact():
    v, y, weights = problem(60, 5, noise=0.0)
    found = fit_ridge(v, y, weights)
    np.testing.assert_allclose(v @ found.coefficients + found.intercept, y, rtol=1e-7)
    assert found.degrees_of_freedom == pytest.approx(6)


def test_of_a_column_that_is_the_same_everywhere_nothing_is_learned():
    v, y, weights = problem(60, 3)
    found = fit_ridge(np.column_stack([v, np.full(60, 4.0)]), y, weights)
    np.testing.assert_allclose(found.coefficients, [*fit_ridge(v, y, weights).coefficients, 0.0], atol=1e-9)
