"""Adversarial examples: exact where theory is exact, within their ball, and never better than the truth."""

import jax.numpy as jnp
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.datasets import load_diabetes, load_digits
from sklearn.exceptions import DataConversionWarning

from glassnet import NetworkClassifier, NetworkRegressor, attack
from glassnet.attacks.gradient import Ball, MemberInputs, Walk, fast_gradient, projected_gradient
from glassnet.insight.figures.images import attack_figure, maps_figure
from glassnet.insight.sample_trace import trace_row
from glassnet.network.dense import Dense
from glassnet.network.loss import HalfSquaredError
from glassnet.network.network import Network

EPSILON = 0.25


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    X, y = (15 * data.images).astype(np.uint8)[:400], data.target[:400]
    return NetworkClassifier(n_members=2, max_iter=10, random_state=0).fit(X, y), X, y


@pytest.fixture(scope="module")
def diabetes():
    X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
    return NetworkRegressor(preset="fast", n_members=2, max_iter=20, random_state=0).fit(X, y), X, y


@pytest.mark.parametrize("method", ["fgsm", "pgd"])
def test_a_logistic_neuron_is_attacked_exactly(method):
    """The worst margin y (w'x + b) in a ball of epsilon in the largest change is margin - epsilon ||w||_1."""
    random = np.random.default_rng(0)
    w, b, x = random.normal(size=(6, 1)), 0.3, random.normal(size=(40, 6))
    y = random.integers(0, 2, size=(40, 1)).astype(float)
    network = Network(6, [Dense(1, "logistic")])
    parameters = [{"W": jnp.asarray(w[None], jnp.float32), "b": jnp.full((1, 1), b, jnp.float32)}]
    members = MemberInputs(
        parameters, x[None].astype(np.float32), np.ones((1, 6), np.float32), y[None].astype(np.float32)
    )
    ball = Ball(EPSILON, np.full((40, 6), -1e30), np.full((40, 6), 1e30))
    if method == "fgsm":
        d = fast_gradient(network, HalfSquaredError(), members, ball, "inf")
    else:
        d = projected_gradient(network, HalfSquaredError(), members, ball, "inf", Walk(20, EPSILON / 8, 1, 0))
    sign = 2 * y - 1
    margin, worst = sign * (x @ w + b), sign * ((x + d) @ w + b)
    np.testing.assert_allclose(worst, margin - EPSILON * np.abs(w).sum(), atol=1e-6)


def test_in_the_euclidean_norm_too():
    """margin - epsilon ||w||_2."""
    random = np.random.default_rng(1)
    w, x = random.normal(size=(6, 1)), random.normal(size=(10, 6))
    network = Network(6, [Dense(1)])
    parameters = [{"W": jnp.asarray(w[None], jnp.float32), "b": jnp.zeros((1, 1), jnp.float32)}]
    y = x @ w - 1  # the output is above the target: it is pushed up
    members = MemberInputs(
        parameters, x[None].astype(np.float32), np.ones((1, 6), np.float32), y[None].astype(np.float32)
    )
    ball = Ball(EPSILON, np.full((10, 6), -1e30), np.full((10, 6), 1e30))
    most = EPSILON * np.linalg.norm(w)
    one = fast_gradient(network, HalfSquaredError(), members, ball, "2")
    np.testing.assert_allclose(one @ w, np.full((10, 1), most), rtol=1e-5)
    many = projected_gradient(network, HalfSquaredError(), members, ball, "2", Walk(20, EPSILON / 8, 1, 0)) @ w
    assert many.max() <= most * (1 + 1e-5)
    assert many.min() > 0.9 * most  # twenty steps turn a random direction to the steepest but for some degrees


@pytest.mark.parametrize(
    ("method", "norm"), [("fgsm", "inf"), ("fgsm", "2"), ("pgd", "inf"), ("pgd", "2"), ("square", "inf")]
)
def test_moves_stay_in_the_ball_and_pixels_between_black_and_white(digits, method, norm):
    model, X, y = digits
    steps = 50 if method == "square" else None
    found = attack(model, X[:50], y[:50], 0.3, method=method, norm=norm, steps=steps)
    moves = (found.X[..., 0] - X[:50]) / 255
    size = np.abs(moves).max(axis=(1, 2)) if norm == "inf" else np.sqrt(np.square(moves).sum(axis=(1, 2)))
    assert size.max() <= 0.3 + 1e-5
    assert found.X.min() >= 0
    assert found.X.max() <= 255
    assert found.error_after > found.error_before
    assert found.robust_accuracy == 1 - np.mean(model.predict(found.X) != y[:50])


def test_many_steps_are_at_least_as_bad_as_one(digits):
    model, X, y = digits
    one, many = (attack(model, X, y, 0.1, method=method).error_after for method in ("fgsm", "pgd"))
    assert many >= one - 0.02


def test_what_an_attack_did_is_in_its_record(digits):
    """The record's options make the same rows again; the step size that is not given crosses the ball."""
    model, X, y = digits
    found = attack(model, X[:30], y[:30], 0.1, method="pgd", starts=2)
    assert (found.steps, found.step_size, found.starts, found.seed) == (20, pytest.approx(2.5 * 0.1 / 20), 2, 0)
    options = {name: getattr(found, name) for name in ("method", "norm", "steps", "step_size", "starts", "seed")}
    np.testing.assert_array_equal(attack(model, X[:30], y[:30], 0.1, **options).X, found.X)
    for other in ({"step_size": 0.001}, {"starts": 1}, {"seed": 1}):
        assert not np.array_equal(attack(model, X[:30], y[:30], 0.1, **{**options, **other}).X, found.X)
    assert "pgd, 20 steps of 0.0125, 2 starts, epsilon 0.1" in str(found)


def test_nothing_moves_without_epsilon(digits):
    model, X, y = digits
    found = attack(model, X[:20], y[:20], 0.0)
    np.testing.assert_array_equal(found.X[..., 0], X[:20])


def test_of_a_frame_the_numbers_move_and_the_rest_is_held(diabetes):
    model, X, y = diabetes
    X, y = X[::-1], y[::-1]  # an index of its own
    found = attack(model, X, y, 0.2)
    spread = np.mean(model.ensemble_.input_scales, axis=0)
    numbers = list(model.schema_.inputs)
    assert isinstance(found.X, pd.DataFrame)
    assert list(found.X.columns) == list(X.columns)
    assert list(found.X.index) == list(X.index)
    for name in X.columns:
        moved = found.X[name].to_numpy() - X[name].to_numpy()
        reach = 0.0 if name == "sex" else 0.2 * spread[numbers.index(name)]
        assert np.abs(moved).max() <= reach * (1 + 1e-5)
        assert name == "sex" or np.abs(moved).max() >= reach * (1 - 1e-5)
    assert found.error_after > found.error_before


def test_an_array_stays_an_array():
    X, y = load_diabetes(return_X_y=True)
    model = NetworkRegressor(preset="plain", max_iter=5, random_state=0).fit(X, y)
    found = attack(model, X, y, 0.1, method="pgd", steps=3)
    assert found.X.shape == X.shape
    with pytest.raises(AttributeError, match="a regressor has no accuracy"):
        _ = found.robust_accuracy


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"method": "magic"}, "method='magic' must be one of"),
        ({"norm": "1"}, "norm='1'"),
        ({"epsilon": -1.0}, "epsilon=-1.0 must be a number of at least 0"),
        ({"steps": 0}, "steps=0 and starts=1 at least 1"),
        ({"starts": 0, "method": "pgd"}, "starts=0 at least 1"),
        ({"steps": 3}, "steps=3 has no effect with method='fgsm'; leave it out"),
        ({"starts": 2, "method": "square"}, "starts=2 has no effect with method='square'"),
        ({"step_size": 0.0, "method": "pgd"}, "step_size=0.0 must be a number above 0"),
        ({"step_size": np.float32(-1), "method": "pgd"}, "step_size=-1.0 must be a number above 0"),
        ({"norm": "2", "method": "square"}, "method='square' bounds the largest change"),
        ({"clip": (1, 0)}, r"clip=\(1, 0\) must be two numbers, the first below the second"),
        ({"y": np.full(400, 77)}, "y holds the class 77, which is none of"),
    ],
)
def test_refusals(digits, given, words):
    model, X, y = digits
    with pytest.raises(ValueError, match=words):
        attack(model, X, given.pop("y", y), given.pop("epsilon", 0.1), **given)


def test_figures_of_attacks_and_of_feature_maps(digits):
    model, X, y = digits
    figure = attack_figure(attack(model, X[:9], y[:9], 0.2), X[:9])
    assert len(figure.axes) == 24
    record = trace_row(model, X, y, 3)
    assert record.trace.x.shape == (1, 8, 8, 1)
    maps = maps_figure(record.trace)
    assert len(maps.axes) == 8 * 7
    channels = record.trace.steps[0].layers[0].x.shape[-1]
    said = [text.get_text() for axes in maps.axes for text in axes.texts]
    assert (f"layer 1\nx^1\n8 of {channels} channels" in said) == (channels > 8)
    assert (maps.get_suptitle() == "the first 8 channels of each layer") == (channels > 8)
    truth = str(y[3])
    assert record.prediction_after[truth] >= record.prediction[truth]
    np.testing.assert_allclose(sum(record.prediction.values()), 1)
    assert "channel" in str(record.tables()[1])


@pytest.mark.parametrize("kind", ["pandas", "polars", "objects"])
def test_without_epsilon_nothing_changes_whatever_the_table(kind):
    random = np.random.default_rng(0)
    y = random.normal(size=60)
    columns = {"a": y + random.normal(size=60), "b": ["x", None, "z"] * 20, "c": ["1", "2", None] * 20}
    frame = pd.DataFrame(columns) if kind == "pandas" else pl.DataFrame(columns)
    X = pd.DataFrame(columns).to_numpy(dtype=object) if kind == "objects" else frame
    model = NetworkRegressor(n_members=1, max_iter=5, random_state=0).fit(X, y)
    still, moved = attack(model, X, y, 0.0), attack(model, X, y, 0.5)
    np.testing.assert_array_equal(still.before, still.after)
    assert moved.error_after > moved.error_before


def test_missing_targets_and_labels_in_a_column(digits):
    model, X, y = digits
    one = attack(model, X[:30], y[:30], 0.1)
    with pytest.warns(DataConversionWarning, match="A column-vector y was passed"):
        other = attack(model, X[:30], y[:30, None], 0.1)
    assert (one.error_before, one.error_after) == (other.error_before, other.error_after)
    random = np.random.default_rng(0)
    table = random.normal(size=(60, 3))
    targets = table[:, :2] + 0.2 * random.normal(size=(60, 2))
    targets[::2, 1] = np.nan
    regressor = NetworkRegressor(preset="plain", max_iter=20, random_state=0).fit(table, targets)
    found = attack(regressor, table, targets, 0.5, method="pgd")
    assert np.abs(found.X - table).max(axis=1).min() > 0.1


def test_the_unit_is_that_of_training(digits):
    model, X, y = digits
    bytes_, floats = attack(model, X[:20], y[:20], 0.1), attack(model, X[:20].astype(float), y[:20], 0.1)
    np.testing.assert_array_equal(bytes_.X, floats.X)
    with pytest.raises(ValueError, match="lie between 0 and 1, but in training between 0 and 255; multiply by 255"):
        model.predict(X[:20] / 255)
