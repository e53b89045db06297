"""The lecture's polynomial against NumPy's power series, and what it refuses."""

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

from glassnet import Polynomial

X = np.linspace(0, 1, 100)
Y = X**2 + np.random.RandomState(0).normal(0, 0.1, 100)  # of the lecture


@pytest.mark.parametrize("degree", [0, 1, 2, 5])
def test_it_is_least_squares_on_powers(degree):
    powers = np.vander(X, degree + 1, increasing=True)
    coefficients = np.linalg.lstsq(powers, Y, rcond=None)[0]
    model = Polynomial(degree).fit(X, Y)
    np.testing.assert_allclose(model.coef_, coefficients, rtol=1e-7)
    np.testing.assert_allclose(model.predict(X), powers @ coefficients, rtol=1e-9)
    peer = make_pipeline(PolynomialFeatures(degree), LinearRegression()).fit(X[:, None], Y)
    np.testing.assert_allclose(model.predict(X[:, None]), peer.predict(X[:, None]), rtol=1e-8)


@pytest.mark.parametrize(("degree", "distance"), [(1, 0.005891), (2, 0.001662), (5, 0.001770), (15, 0.002014)])
def test_distances_of_the_lecture(degree, distance):
    """The mean squared distance to x^2 of the lecture's data, as its notes print it."""
    assert np.mean((Polynomial(degree).fit(X, Y).predict(X) - X**2) ** 2) == pytest.approx(distance, abs=1e-6)


@pytest.mark.parametrize("shift", [0.0, 1000.0])
def test_high_degrees_are_not_lost_to_rounding(shift):
    """A polynomial of degree 20 that is known goes through its own points, and between them."""
    at, between = np.linspace(-1, 1, 60), np.linspace(-0.99, 0.99, 7)
    roots = np.cos(np.pi * (np.arange(20) + 0.5) / 20)
    model = Polynomial(20).fit(at + shift, 2.0**19 * np.prod(at[:, None] - roots, axis=1))
    np.testing.assert_allclose(model.predict(between + shift), np.cos(20 * np.arccos(between)), atol=1e-8)


def test_it_has_the_form_of_scikit_learn():
    model = Polynomial(3)
    assert model.get_params() == {"degree": 3}
    assert clone(model.fit(X, Y)).degree == 3
    assert model.n_features_in_ == 1
    assert model.score(X, Y) > 0.8
    framed = Polynomial(2).fit(pl.DataFrame({"x": X}), Y)
    assert framed.feature_names_in_.tolist() == ["x"]
    search = GridSearchCV(Polynomial(), {"degree": [0, 2]}).fit(X[:, None], X**2)
    assert search.best_params_ == {"degree": 2}


@pytest.mark.parametrize(
    ("model", "X", "y", "message"),
    [
        (Polynomial(-1), X, Y, r"Polynomial\(degree=-1\): degree must be an integer of at least 0"),
        (Polynomial(1.5), X, Y, "degree must be an integer"),
        (Polynomial(1), np.ones((3, 2)), [1, 2, 3], "a polynomial has one input, but X has 2 columns"),
        (Polynomial(1), [0, np.nan], [1, 2], "Input X contains NaN"),
        (Polynomial(1), [0, 1], [1, np.inf], "Input y contains infinity"),
        (
            Polynomial(3),
            [0, 1, 2],
            [1, 2, 3],
            r"degree=3 is not less than the number of rows.*3 row\(s\); give degree=2",
        ),
        (Polynomial(2), [0, 1, 1, 0], [1, 2, 3, 4], r"2 different input\(s\) in 4 rows; give degree=1 at most"),
    ],
)
def test_it_refuses(model, X, y, message):
    with pytest.raises(ValueError, match=message):
        model.fit(X, y)


def test_predictions_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="the polynomial is not finite at 1e"):
        Polynomial(5).fit(X, Y).predict([1e300])
