"""The Higham network: ten points, 23 parameters, by gradient descent on single points and by least squares."""

import numpy as np
import pytest

from glassnet import GradientDescent, NetworkRegressor

X = np.array([[0.1, 0.3, 0.1, 0.6, 0.4, 0.6, 0.5, 0.9, 0.4, 0.7], [0.1, 0.4, 0.5, 0.9, 0.2, 0.3, 0.6, 0.2, 0.4, 0.6]]).T
Y = np.repeat([[1.0, 0.0], [0.0, 1.0]], 5, axis=0)


@pytest.mark.filterwarnings("ignore:max_iter=300 epochs are done")  # seven of eight starts have converged
@pytest.mark.parametrize("solver", ["lm", "lbfgs"])
def test_all_ten_points_come_out_right(solver):
    """The best of eight starts at once decides all points and reaches a cost that descent takes 10^6 steps for."""
    model = NetworkRegressor(
        (2, 3), "logistic", solver=solver, alpha=0.0, n_members=8, cv=None, early_stopping=False, tol=1e-9,
        max_iter=300, random_state=0,
    ).fit(X, Y)  # fmt: skip
    out = model.predict_members(X)
    costs = np.sum(np.square(out - Y), axis=(1, 2))
    best = out[np.argmin(costs)]
    assert np.min(costs) < 1e-3
    np.testing.assert_array_equal(np.argmax(best, axis=1), np.argmax(Y, axis=1))


@pytest.mark.filterwarnings("ignore:max_iter=20000 epochs are done")
def test_single_point_descent_falls():
    model = NetworkRegressor(
        (2, 3), "logistic", solver=GradientDescent(shuffle="replacement"), batch_size=1, learning_rate_init=0.05,
        alpha=0.0, n_members=1, early_stopping=False, tol=0.0, n_iter_no_change=10**6, max_iter=20_000, random_state=0,
    ).fit(X, Y)  # fmt: skip
    assert np.mean(model.loss_curve_[-100:]) < 0.5 * np.mean(model.loss_curve_[:100])
