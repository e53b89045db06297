"""Bayesian regularisation beside the evidence maximised by SciPy, and on the example of its authors."""

import numpy as np
import pytest
from scipy.optimize import minimize

from glassnet import LevenbergMarquardt, NetworkRegressor, load, save
from glassnet.insight.summary import summarise


def bayesian(neurons=(), tolerance=1e-4, **parameters):
    solver = LevenbergMarquardt(tolerance, bayesian=True)
    return NetworkRegressor(neurons, activation="tanh", solver=solver, n_members=1, random_state=0, **parameters)


@pytest.mark.parametrize("weighted", [False, True])
def test_of_a_linear_model_it_is_the_greatest_evidence(weighted):
    """y ~ N(0, 1/(2 beta) diag(1/w) + Z Z' / (2 alpha)), over alpha and beta, of the scaled rows with a column of 1."""
    random = np.random.default_rng(0)
    X = random.normal(size=(60, 8))
    y = X @ [2, -1, 0.5, 0, 0, 0, 0, 0] + random.normal(size=60)
    w = random.uniform(0.5, 2, 60) if weighted else np.ones(60)
    model = bayesian(tolerance=1e-10, max_iter=200).fit(X, y, sample_weight=w)
    (member,) = model.members_
    Z = np.column_stack([np.ones(60), member.preprocessing.scale_inputs(X)])
    t = member.preprocessing.scale_targets(y[:, None])[:, 0]
    w = w / w.mean()

    def minus_log_evidence(logarithms):
        alpha, beta = np.exp(logarithms)
        covariance = np.diag(1 / (2 * beta * w)) + Z @ Z.T / (2 * alpha)
        return np.linalg.slogdet(covariance)[1] / 2 + t @ np.linalg.solve(covariance, t) / 2

    best = minimize(minus_log_evidence, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    alpha, beta = np.exp(best.x)
    A = Z.T @ (w[:, None] * Z) + alpha / beta * np.eye(9)
    assert model.parameters_[0]["W"].shape == (8, 1)
    found = np.concatenate([model.parameters_[0]["b"], model.parameters_[0]["W"].ravel()])
    np.testing.assert_allclose(found, np.linalg.solve(A, Z.T @ (w * t)), rtol=1e-4, atol=1e-5)
    effective = 9 - alpha / beta * np.trace(np.linalg.inv(A))
    assert member.history.effective_parameters[-1] == pytest.approx(effective, rel=1e-4)


def test_the_effective_number_does_not_grow_with_the_network():
    """A noisy sine of 41 points: as in Foresee and Hagan (1997), more neurons add no effective parameters."""
    x = np.linspace(-1, 1, 41)
    wave = np.sin(2 * np.pi * x)
    y = wave + 0.1 * np.random.default_rng(0).normal(size=41)
    numbers = []
    for neurons in (8, 30):
        model = bayesian((neurons,), max_iter=200).fit(x[:, None], y)
        numbers.append(model.members_[0].history.effective_parameters[-1])
        assert np.sqrt(np.mean((model.predict(x[:, None]) - wave) ** 2)) < 0.06  # of noise .1
    assert numbers[0] < 25
    assert numbers[1] == pytest.approx(numbers[0], rel=0.1)


def test_it_needs_no_validation_rows_and_is_said(tmp_path):
    random = np.random.default_rng(1)
    X = random.normal(size=(60, 2))
    y = X[:, 0] + random.normal(size=60)
    model = bayesian((4,), max_iter=30).set_params(n_members=3).fit(X, y)
    assert model.validation_rows_.size == 0
    assert all(len(m.history.effective_parameters) == m.history.epochs for m in model.members_)
    mean = np.mean([m.history.effective_parameters[m.history.kept_epoch - 1] for m in model.members_])
    assert f"{mean:.1f} of them effective" in str(summarise(model, X, y).table())
    again = load(save(model, tmp_path / "m.glass"))
    assert again.members_[0].history == model.members_[0].history
    with pytest.raises(ValueError, match=r"alpha=0.1 is the strength of the penalty, which LevenbergMarquardt"):
        bayesian((4,), alpha=0.1).fit(X, y)
    plain = NetworkRegressor((4,), solver="lm", n_members=1, max_iter=3).fit(X, y)
    assert "effective" not in str(summarise(plain, X, y).table())
