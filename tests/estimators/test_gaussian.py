"""The Gaussian loss: a mean and a standard deviation of every row."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm
from sklearn.base import clone

from glassnet import NetworkRegressor, Recipe, load, save
from glassnet.estimators.validation import check_inputs
from glassnet.insight.certificate import certify
from glassnet.insight.importance import importance
from glassnet.insight.sample_trace import trace_row

MODEL = NetworkRegressor((16,), "tanh", loss="gaussian", solver="adamw", learning_rate_init=0.02, preset="plain",
                         n_members=4, max_iter=120, early_stopping=True, random_state=0)  # fmt: skip


def rows(number, seed):
    """Rows whose noise grows with |x_1|, and the true mean and deviation."""
    random = np.random.default_rng(seed)
    X = random.uniform(-2, 2, (number, 2))
    mean, deviation = 100 + 30 * np.sin(X[:, 0]) + 10 * X[:, 1], 1 + 4 * np.abs(X[:, 0])
    return X, mean + deviation * random.normal(size=number), mean, deviation


@pytest.fixture(scope="module")
def fitted():
    X, y, _, _ = rows(600, 0)
    return clone(MODEL).fit(X, y), X, y


def test_of_groups_it_finds_their_means_and_deviations():
    """Where the network is linear in indicators, the maximum of the likelihood is that of every group alone."""
    random = np.random.default_rng(0)
    group = np.repeat([0, 1, 2], [40, 60, 50])
    y = np.array([5.0, -3.0, 20.0])[group] + np.array([1.0, 4.0, 0.5])[group] * random.normal(size=150)
    X = np.eye(3)[group][:, 1:]
    model = NetworkRegressor((), loss="gaussian", solver="lbfgs", preset="plain", alpha=0, early_stopping=False,
                             n_members=1, max_iter=2000, tol=1e-9, random_state=0).fit(X, y)  # fmt: skip
    mean, deviation = model.predict(np.array([[0.0, 0.0], [1, 0], [0, 1]]), return_std=True)
    np.testing.assert_allclose(mean, [y[group == g].mean() for g in range(3)], rtol=2e-3, atol=0.01)
    np.testing.assert_allclose(deviation, [y[group == g].std() for g in range(3)], rtol=0.01)


def test_the_deviation_is_that_of_the_mixture_of_members(fitted):
    model, X, _ = fitted
    mean, deviation = model.predict(X, return_std=True)
    outputs = model.ensemble_.predict_members(check_inputs(model, X, reset=False))
    m, s = outputs[..., 0], outputs[..., 1] - outputs[..., 0]
    np.testing.assert_array_equal(model.predict_members(X), m)
    np.testing.assert_allclose(mean, m.mean(axis=0))
    np.testing.assert_array_equal(mean, model.predict(X))
    np.testing.assert_allclose(deviation**2, np.mean(s**2 + m**2, axis=0) - mean**2, rtol=1e-6)
    assert model.score(X, mean) == 1


def test_noise_that_differs_is_learned(fitted):
    model, _, _ = fitted
    X, y, mean, deviation = rows(2000, 1)
    predicted, found = model.predict(X, return_std=True)
    assert np.corrcoef(found, deviation)[0, 1] > 0.9
    assert np.mean(found) == pytest.approx(np.mean(deviation), rel=0.2)
    fits, alike = norm.logpdf(y, predicted, found), norm.logpdf(y, mean, np.sqrt(np.mean(deviation**2)))
    assert fits.mean() > alike.mean() + 0.1  # the true mean with one deviation for all rows
    assert np.sqrt(np.mean((predicted - mean) ** 2)) < 3
    quiet = deviation < 5
    covered = {}
    for width in ("constant", "adaptive"):
        ends = model.predict_interval(X, 0.9, width=width)
        held = (ends.lower <= y) & (y <= ends.upper)
        covered[width] = held[quiet].mean() - held[~quiet].mean()
        assert held.mean() > 0.88
    assert covered["constant"] > 0.1  # narrow where it is noisy, wide where it is not
    assert abs(covered["adaptive"]) < 0.5 * covered["constant"]
    below = [np.mean(y <= model.predict_quantiles(X, level)) for level in (0.1, 0.5, 0.9)]
    np.testing.assert_allclose(below, [0.1, 0.5, 0.9], atol=0.04)


def test_after_calibrate_its_deviations_are_scaled(fitted):
    _, X, y = fitted
    fresh, new, _, _ = rows(500, 2)
    calibrated = clone(MODEL).set_params(max_iter=30).fit(X, y)
    ends = calibrated.calibrate(fresh, new).predict_interval(X, 0.8, width="adaptive")
    ratio = (ends.upper - ends.lower) / (calibrated.predict_quantiles(X, 0.9) - calibrated.predict_quantiles(X, 0.1))
    assert ends.floor == pytest.approx(0.8)
    assert np.ptp(ratio) < 0.01  # both in proportion to the mean of the members' deviations


def test_frames_several_targets_gaps_weights_and_parts(tmp_path):
    X, y, _, _ = rows(150, 3)
    frame = pl.DataFrame({"a": X[:, 0], "b": X[:, 1], "kind": np.where(X[:, 0] > 0, "up", "down")})
    targets = np.column_stack([y, 1000 * X[:, 1]])
    targets[::7, 1] = np.nan
    model = clone(MODEL).set_params(n_members=2, max_iter=10)
    model.fit(frame, targets, sample_weight=np.arange(150) % 3)
    mean, deviation = model.predict(frame, return_std=True)
    assert mean.shape == deviation.shape == (150, 2)
    assert (deviation > 0).all()
    assert model.output_names_ == ["y0", "y0 plus its deviation", "y1", "y1 plus its deviation"]
    again = load(save(model, tmp_path / "m.glass"))
    for one, other in zip(again.predict(frame, return_std=True), (mean, deviation), strict=True):
        np.testing.assert_array_equal(one, other)
    online = NetworkRegressor(loss="gaussian", random_state=0)
    for _ in range(3):
        online.partial_fit(X, y)
    assert online.predict(X, return_std=True)[1].shape == (150,)


def test_it_is_traced_certified_and_explained(fitted):
    model, X, y = fitted
    found = certify(model, X[:3], 0.2)
    assert found.outputs == ("y0", "y0 plus its deviation")
    radius = (found.box_upper - found.box_lower) / 2
    for t in np.random.default_rng(0).uniform(-1, 1, (50, 3, 2)):
        moved = model.predict(X[:3] + t * radius)
        assert (found.lower[:, 0] <= moved).all()
        assert (moved <= found.upper[:, 0]).all()
    row = trace_row(model, X, y, 5)
    first = model.predict_members(X[5:6])[0, 0]
    assert row.prediction["y0"] == pytest.approx(first, rel=1e-5)
    assert row.prediction["y0 plus its deviation"] > row.prediction["y0"]
    shown = importance(model, X, y)
    assert shown.error == pytest.approx(np.sqrt(np.mean((y - model.oof_prediction_) ** 2)))


def test_what_is_refused(fitted):
    _, X, y = fitted
    plain = NetworkRegressor((4,), n_members=1, max_iter=2, preset="plain", random_state=0).fit(X, y)
    with pytest.raises(ValueError, match="predicts no standard deviation; fit with loss='gaussian'"):
        plain.predict(X, return_std=True)
    for given in ({"output_range": (0, None)}, {"preset": Recipe("plain", output_range="seen")}):
        with pytest.raises(ValueError, match="a normal distribution has no range: leave output_range out"):
            clone(MODEL).set_params(**given).fit(X, y)
    assert clone(MODEL).set_params(preset="fast", max_iter=1, n_members=1).fit(X, y).recipe_.output_range is None
    with pytest.raises(ValueError, match="lm"):
        clone(MODEL).set_params(solver="lm", learning_rate_init=None).fit(X, y)
