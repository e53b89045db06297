"""The solvers of the estimators: exact minima, which one `auto` takes, schedules and decay."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler

from glassnet import SGD, Adam, NetworkRegressor
from glassnet.training.lbfgs import LBFGS
from glassnet.training.levenberg_marquardt import LevenbergMarquardt
from glassnet.training.optimizers import AdamW

FAST = NetworkRegressor((8,), "tanh", max_iter=30, random_state=0, learning_rate_init=0.01, n_members=2)
ALONE = NetworkRegressor(
    (), early_stopping=False, n_members=1, random_state=0, tol=0.0, n_iter_no_change=500, max_iter=500
)


@pytest.mark.parametrize("solver", [LBFGS(gradient_tolerance=1e-10), LevenbergMarquardt(tolerance=1e-10)])
def test_full_batch_solvers_reach_ridge_regression_exactly(small, solver):
    X, y = small
    weights = np.random.default_rng(0).uniform(0.5, 2, size=120)
    model = clone(ALONE).set_params(solver=solver, alpha=3.0).fit(X, y, sample_weight=weights)
    own = model.members_[0].preprocessing
    ridge = Ridge(alpha=3.0).fit(own.scale_inputs(X), own.scale_targets(y[:, None]).ravel(), sample_weight=weights)
    np.testing.assert_allclose(model.coefs_[0].ravel(), ridge.coef_, rtol=1e-5)
    np.testing.assert_allclose(model.intercepts_[0], ridge.intercept_, atol=1e-7)
    assert model.coefs_[0].dtype == np.float64


def test_lm_shows_its_damping_and_beats_descent(small):
    X, y = small
    model = (
        clone(FAST)
        .set_params(
            solver=LevenbergMarquardt(1e-9), learning_rate_init=None, early_stopping=False, tol=0.0, max_iter=60
        )
        .fit(X, y)
    )
    history = model.members_[0].history
    assert len(history.damping) == history.epochs
    assert history.loss == tuple(sorted(history.loss, reverse=True))
    slow = clone(FAST).set_params(early_stopping=False, max_iter=60, tol=0).fit(X, y)
    assert model.loss_curve_[-1] < 0.5 * slow.loss_curve_[-1]


@pytest.mark.parametrize(
    ("rows", "hidden", "loss", "expected"),
    [
        (100, (4,), "half_squared_error", "lm"),
        (100, (4,), "huber", "lbfgs"),
        (20_000, (64,), "half_squared_error", "adam"),
    ],
)
def test_auto_says_which_solver_and_why(rows, hidden, loss, expected):
    X = np.random.default_rng(0).normal(size=(rows, 3))
    model = NetworkRegressor(hidden, solver="auto", loss=loss, max_iter=2, n_members=1, random_state=0)
    model.fit(X, X[:, 0] + X[:, 1])
    assert model.solver_ == expected
    assert f"{model.training_rows_.size:,} rows" in model.solver_reason_


def test_plain_is_scikit_learns_network():
    """Same size, solver and start rule: over seeds the training losses after 20 epochs agree within their spread."""
    random = np.random.default_rng(0)
    X = random.normal(size=(600, 4))
    y = np.sin(2 * X[:, 0]) + X[:, 1]
    X, y = StandardScaler().fit_transform(X), (y - y.mean()) / y.std()
    ours, theirs = [], []
    for seed in range(8):
        ours.append(NetworkRegressor(preset="plain", max_iter=20, random_state=seed).fit(X, y).loss_curve_[-1])
        peer = MLPRegressor(max_iter=20, n_iter_no_change=100, random_state=seed)
        with np.errstate(all="ignore"), pytest.warns(match="Maximum iterations"):
            theirs.append(peer.fit(X, y).loss_curve_[-1])
    deviation = np.sqrt(np.var(ours) / 8 + np.var(theirs) / 8)
    assert abs(np.mean(ours) - np.mean(theirs)) < 4 * deviation + 0.02 * np.mean(theirs)
    model = NetworkRegressor(preset="plain", max_iter=1).fit(X, y)
    assert (len(model.members_), model.coefs_[0].shape, model.validation_rows_.size) == (1, (4, 100), 0)


def test_weight_decay_shrinks(small):
    sizes = [
        np.linalg.norm(clone(FAST).set_params(preset="plain", solver=solver).fit(*small).coefs_[0])
        for solver in (Adam(), AdamW(), Adam(weight_decay=20.0))
    ]
    assert sizes[0] > sizes[1] > sizes[2]


def test_schedules_train(small):
    for name, step in (("cosine", 0.02), ("log_cosine", 0.02), ("invscaling", 0.5), ("adaptive", 0.02)):
        model = clone(FAST).set_params(solver=Adam(schedule=name, warmup=0.1), max_iter=60, learning_rate_init=step)
        assert model.fit(*small).score(*small) > 0.5


def test_adaptive_cuts_the_step_size_and_goes_on(small):
    model = (
        clone(FAST)
        .set_params(solver=SGD(schedule="adaptive"), learning_rate_init=0.1, n_iter_no_change=2, tol=0.01, max_iter=400)
        .fit(*small)
    )
    assert float(np.max(model._states.step_size)) < 1e-5


def test_least_squares_refuse_large_networks_and_start_from_a_small_one(small):
    with pytest.raises(ValueError, match=r"all 4681 parameters in every step, .* above 3000; take fewer neurons"):
        clone(FAST).set_params(solver="lm", learning_rate_init=None, hidden_layer_sizes=(64, 64, 4)).fit(*small)
    assert NetworkRegressor(solver="lm", max_iter=1, n_members=1).fit(*small).network_.shapes[1] == (16,)
