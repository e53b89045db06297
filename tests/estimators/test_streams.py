"""Rows that come batch by batch: limits widen, constant columns get a scale, what cannot be learned is said once."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.neural_network import MLPRegressor

from glassnet import NetworkClassifier, NetworkRegressor, Note, Recipe, load, save
from glassnet.data.columns import from_frame
from glassnet.data.dataset import encode

PLAIN = NetworkRegressor(preset="plain", learning_rate_init=0.01, random_state=0)
SMALL = NetworkRegressor((8,), "tanh", n_members=2, random_state=0, learning_rate_init=0.01)
BATCHES = np.array_split(np.arange(800), 8)


def stream():
    """Return x in ascending order, y = 3 x + sin 5 x, and a column that is constant in the first batch."""
    random = np.random.default_rng(0)
    x = np.sort(random.uniform(0, 40, 800))
    late = np.where(np.arange(800) < 100, 2.0, random.uniform(0, 10, 800))
    return x[:, None], 3 * x + np.sin(5 * x), late


def passes(model, X, y, number=30):
    for _ in range(number):
        for rows in BATCHES:
            model.partial_fit(X[rows], y[rows])
    return model


def test_a_sorted_stream_is_learned_as_scikit_learn_learns_it():
    X, y, _ = stream()
    theirs = passes(MLPRegressor(learning_rate_init=0.01, random_state=0), X, y).score(X, y)
    ours = passes(clone(PLAIN), X, y).score(X, y)
    assert theirs == pytest.approx(0.9995, abs=1e-4)
    assert ours >= 0.999


def test_a_column_that_is_constant_in_the_first_batch_is_learned_also_by_a_model_from_a_file(tmp_path):
    x, y, late = stream()
    X, y = np.column_stack([x, late]), y + 4 * late
    model = clone(PLAIN).partial_fit(X[:100], y[:100])
    assert model.members_[0].preprocessing.inputs.scale[1] == 0
    stored = load(save(model, tmp_path / "stream.glass"))
    assert np.corrcoef(x[:, 0], y)[0, 1] ** 2 < 0.95  # what a model of x alone can reach
    assert passes(stored, X, y).score(X, y) >= 0.999


@pytest.mark.parametrize("stored", [False, True])
def test_limits_widen_with_the_targets(stored, tmp_path):
    X, y, _ = stream()
    model = clone(SMALL).set_params(preset="balanced").partial_fit(X[:100], y[:100])
    assert model.predict(X).max() <= y[:100].max()
    model = load(save(model, tmp_path / "m.glass")) if stored else model
    model.partial_fit(X[700:], y[700:]).partial_fit(X[300:400], y[300:400])
    low, high = np.array([member.preprocessing.limits for member in model.members_]).T[0]
    np.testing.assert_array_equal(low, y[:100].min())
    np.testing.assert_array_equal(high, y[700:].max())
    given = clone(SMALL).set_params(output_range=(0, 200)).partial_fit(X[:100], y[:100] + 1)
    before = given.members_[0].preprocessing
    assert given.partial_fit(X[100:200], y[100:200]).members_[0].preprocessing is before


def test_going_on_with_warm_start_widens_too(small):
    X, y = small
    constant = np.column_stack([X, np.full(120, 5.0)])
    preset = Recipe(linear_path=False)  # the ends of a network beside a line are tested with the line
    model = clone(SMALL).set_params(preset=preset, warm_start=True, max_iter=5).fit(constant, y)
    varying = np.column_stack([X, np.where(np.arange(120) % 2, 5.0, 9.0)])
    model.fit(varying, 3 * y)
    for member in model.members_:
        seen = 3 * y[member.split.train]
        np.testing.assert_array_equal(member.preprocessing.limits, [[seen.min()], [seen.max()]])
        scaler, far = member.preprocessing.inputs, np.mean(varying[member.split.train, -1] == 9.0)
        assert (scaler.center[-1], scaler.scale[-1]) == (5.0, pytest.approx(4 * np.sqrt(far)))


def test_what_the_first_rows_all_had_is_predicted_as_before():
    X, y, _ = stream()
    first = np.column_stack([X[:100], np.full(100, 7.0)])
    model = clone(PLAIN).set_params(learning_rate_init=1e-12).partial_fit(first, y[:100])
    before = model.predict(first)
    model.partial_fit(np.column_stack([X[100:200], np.arange(100.0)]), y[100:200])
    np.testing.assert_allclose(model.predict(first), before, rtol=1e-6)
    assert model.members_[0].preprocessing.inputs.scale[1] == pytest.approx(
        np.sqrt(np.mean((np.arange(100) - 7.0) ** 2))
    )


def test_a_target_that_is_constant_in_the_first_batch_is_learned():
    X, y, _ = stream()
    model = clone(PLAIN).partial_fit(X[:100], np.full(100, 3.0))
    np.testing.assert_array_equal(model.predict(X), 3.0)
    assert passes(model, X, y, 5).score(X, y) > 0.9


def test_levels_and_gaps_that_come_late_are_said_once():
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"kind": ["a", "b"] * 30, "size": random.normal(size=60), "same": ["x"] * 60})
    y = frame["size"].to_numpy()
    late = frame.assign(kind=["a", "c"] * 30, size=np.where(np.arange(60) == 4, np.nan, y))
    model = clone(PLAIN).partial_fit(frame, y)
    with pytest.warns(UserWarning, match="column") as caught:
        model.partial_fit(late, y)
    said = [str(warning.message) for warning in caught]
    assert len(said) == 2
    assert said[0].startswith("column 'kind' has 'c' and 0 other level(s) that were not in the first rows: they count")
    assert said[1].startswith("column 'size' was never missing in training, but is in 1 row(s); the median")
    assert all(warning.filename == __file__ for warning in caught)
    model.partial_fit(late, y)  # warnings are errors
    inputs = encode(model.schema_, from_frame(late), y[:, None], np.ones(60), warn=False).x
    np.testing.assert_array_equal(inputs[:, 1:3], np.tile([[1.0, 0.0], [0.0, 0.0]], (30, 1)))


def test_a_column_that_a_fit_left_out_is_said_when_it_varies(small):
    X, y = small
    frame = pd.DataFrame({"a": X[:, 0], "b": 1.0})
    with pytest.warns(Note, match="1 of 2 columns are left out: 'b'"):
        model = clone(SMALL).set_params(max_iter=2).fit(frame, y)
    varying = frame.assign(b=X[:, 1])
    with pytest.warns(UserWarning, match="column 'b' was the same in every row of the first fit.*partial_fit or warm"):
        model.partial_fit(varying, y)
    model.partial_fit(varying, y)


def test_classes_go_on_too():
    random = np.random.default_rng(0)
    late = random.normal(size=400)
    X, y = np.column_stack([random.normal(size=400), late]), np.where(late > 0, "up", "down")
    first = np.column_stack([X[:100, 0], np.zeros(100)])
    model = NetworkClassifier(preset="plain", learning_rate_init=0.01, random_state=0)
    model.partial_fit(first, y[:100])
    for _ in range(60):
        model.partial_fit(X[100:], y[100:])
    assert model.score(X[100:], y[100:]) > 0.97


def test_a_channel_that_is_constant_in_the_first_images_gets_a_scale():
    random = np.random.default_rng(0)
    images = random.uniform(size=(40, 6, 6, 2)).astype(np.float32)
    black = images.copy()
    black[..., 1] = 0
    model = NetworkRegressor(preset="plain", random_state=0).partial_fit(black, np.arange(40.0))
    assert model.members_[0].preprocessing.inputs.scale[1] == 0
    model.partial_fit(images, np.arange(40.0))
    scaler = model.members_[0].preprocessing.inputs
    assert scaler.center[1] == 0
    assert scaler.scale[1] == pytest.approx(np.sqrt(np.mean(np.square(images[..., 1], dtype=np.float64))), rel=1e-6)
