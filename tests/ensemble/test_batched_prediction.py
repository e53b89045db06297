"""Rows in blocks: no bit depends on how many rows come together, and a row is named by its number."""

import pickle

import numpy as np
import polars as pl
import pytest

from glassnet import NetworkClassifier, NetworkRegressor
from glassnet.ensemble import batched_prediction
from glassnet.ensemble.batched_prediction import in_blocks, mean_of_members
from glassnet.network.inference import ROWS_A_CALL

MEMBERS = 16  # NumPy adds eight or more neighbours in another order than rows of them


@pytest.fixture(scope="module")
def data():
    X = np.random.default_rng(0).normal(size=(3 * ROWS_A_CALL + 7, 3))
    return X, X[:, 0] - X[:, 1] ** 2


@pytest.fixture(scope="module")
def regressor(data):
    return NetworkRegressor((8,), n_members=MEMBERS, max_iter=2, random_state=0, output_range=(None, None)).fit(*data)


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(batched_prediction, "ROWS_A_BLOCK", ROWS_A_CALL)


def test_blocks_are_put_together(small_blocks):
    asked = []

    def predict(rows):
        asked.append(len(rows))
        return np.stack([rows, -rows])[..., None]

    found = in_blocks(3 * ROWS_A_CALL + 7, predict)
    np.testing.assert_array_equal(found, predict(np.arange(3 * ROWS_A_CALL + 7)))
    assert asked[:-1] == [ROWS_A_CALL] * 3 + [7]


def test_the_mean_is_that_of_the_members():
    found = np.random.default_rng(0).normal(size=(MEMBERS, 5, 2))
    np.testing.assert_allclose(mean_of_members(found), found.mean(axis=0), rtol=1e-13)


def test_blocks_change_no_bit(data, regressor, monkeypatch):
    whole, members = regressor.predict(data[0]), regressor.predict_members(data[0])
    monkeypatch.setattr(batched_prediction, "ROWS_A_BLOCK", ROWS_A_CALL)
    np.testing.assert_array_equal(regressor.predict(data[0]), whole)
    np.testing.assert_array_equal(regressor.predict_members(data[0]), members)


def test_a_row_alone_gets_the_bits_it_has_among_others(data, regressor):
    X, y = data
    np.testing.assert_array_equal([regressor.predict(X[[row]])[0] for row in range(50)], regressor.predict(X)[:50])
    classifier = NetworkClassifier((4,), n_members=MEMBERS, max_iter=2, random_state=0).fit(X, y > 0)
    alone = [classifier.predict_proba(X[[row]])[0] for row in range(50)]
    np.testing.assert_array_equal(alone, classifier.predict_proba(X)[:50])


def test_a_row_in_a_later_block_is_named_by_its_number(data, regressor, small_blocks):
    X = data[0].copy()
    X[ROWS_A_CALL + 5, 1] = 1e300
    with pytest.raises(ValueError, match=f"row {ROWS_A_CALL + 5} is not finite: 'x1'"):
        regressor.predict(X)
    X[2 * ROWS_A_CALL + 1, 2] = np.inf
    X[ROWS_A_CALL + 5, 1] = 0
    with pytest.raises(ValueError, match=rf"column 'x2' is infinite \(inf\) in row {2 * ROWS_A_CALL + 1}"):
        regressor.predict(X)


def test_a_column_of_text_is_read_in_one_way(small_blocks):
    """Alone, "1,234" is read as a thousand; among decimal commas it is one and a bit, in another block too."""
    rows = 2 * ROWS_A_CALL
    numbers = np.random.default_rng(0).uniform(1, 2, rows).round(3)
    text = [f"{number:.3f}".replace(".", ",") for number in numbers]
    text[-1], numbers[-1] = "1,5", 1.5
    model = NetworkRegressor((4,), n_members=2, max_iter=2, random_state=0)
    model.fit(pl.DataFrame({"x": numbers}), numbers**2)
    np.testing.assert_array_equal(model.predict(pl.DataFrame({"x": text})), model.predict(pl.DataFrame({"x": numbers})))


def test_a_pickle_holds_nothing_that_was_made_for_predictions(data, regressor):
    fresh = pickle.loads(pickle.dumps(regressor))  # noqa: S301, its own
    before = len(pickle.dumps(fresh))
    expected = fresh.predict(data[0])
    assert len(pickle.dumps(fresh)) == before
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fresh)).predict(data[0]), expected)  # noqa: S301
