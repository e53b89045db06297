"""Sparse inputs: the numbers of their dense forms, to the bit."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from glassnet import NetworkClassifier, NetworkRegressor
from glassnet.data import dense_size
from glassnet.data.sparse import SparseColumns
from glassnet.ensemble import batched_prediction
from glassnet.insight.adversary import attack
from glassnet.network.inference import ROWS_A_CALL

QUICK = {"hidden_layer_sizes": (6,), "preset": "fast", "max_iter": 3, "n_members": 2, "random_state": 0}


@pytest.fixture(scope="module")
def table():
    random = np.random.default_rng(0)
    dense = np.where(random.random((80, 12)) < 0.2, random.normal(size=(80, 12)), 0.0)
    return dense, dense @ random.normal(size=12)


@pytest.mark.parametrize("form", [sparse.csr_array, sparse.csc_matrix])
def test_a_regressor(table, form):
    dense, y = table
    X = form(dense)
    models = [NetworkRegressor(**QUICK).fit(some, y) for some in (X, dense)]
    expected = models[1].predict(dense)
    for model in models:
        for some in (X, dense):
            np.testing.assert_array_equal(model.predict(some), expected)
    assert models[0].schema_ == models[1].schema_
    for width in ("constant", "adaptive"):
        first, second = (model.predict_interval(X, 0.8, width=width) for model in models)
        np.testing.assert_array_equal(first.lower, second.lower)
        np.testing.assert_array_equal(first.upper, models[1].predict_interval(dense, 0.8, width=width).upper)
    first, second = (clone(models[0]).partial_fit(some, y).partial_fit(some[:40], y[:40]) for some in (X, dense))
    np.testing.assert_array_equal(first.predict(X), second.predict(dense))
    moved = [attack(models[0], some, y, 0.1) for some in (X, dense)]
    np.testing.assert_array_equal(moved[0].X.toarray(), moved[1].X)


def test_a_classifier(table):
    dense, y = table
    X = sparse.csc_array(dense)
    models = [NetworkClassifier(**QUICK).fit(some, y > 0) for some in (X, dense)]
    np.testing.assert_array_equal(models[0].predict_proba(X), models[1].predict_proba(dense))
    np.testing.assert_array_equal(models[0].predict_set(X, 0.7).holds, models[1].predict_set(dense, 0.7).holds)
    models = [NetworkClassifier(**QUICK).partial_fit(some, y > 0) for some in (X, dense)]
    np.testing.assert_array_equal(models[0].predict_proba(X), models[1].predict_proba(dense))


@pytest.mark.parametrize("model", [NetworkRegressor(**QUICK), NetworkClassifier(**QUICK)])
def test_a_pipeline_of_one_hot_codes(model):
    random = np.random.default_rng(1)
    words = random.choice(["red", "green", "blue"], size=(60, 2))
    y = (words == "red").sum(axis=1)
    sparse_codes, dense_codes = (
        make_pipeline(OneHotEncoder(sparse_output=is_sparse), clone(model)).fit(words, y) for is_sparse in (True, False)
    )
    np.testing.assert_array_equal(sparse_codes.predict(words), dense_codes.predict(words))


def test_a_sparse_frame(table):
    dense, y = table
    frame = pd.DataFrame(dense, columns=[f"c{place}" for place in range(12)])
    model = NetworkRegressor(**QUICK).fit(frame.astype(pd.SparseDtype(float, 0.0)), y)
    assert model.feature_names_in_.tolist() == list(frame.columns)
    reverse = frame.iloc[:, ::-1].astype(pd.SparseDtype(float, 0.0))
    np.testing.assert_array_equal(model.predict(reverse), model.predict(frame))


def test_prediction_makes_blocks_dense_alone(table, monkeypatch):
    dense, y = table
    model = NetworkRegressor(**QUICK).fit(dense, y)
    many = sparse.vstack([sparse.csr_array(dense)] * 10).tocsr()
    expected = model.predict(many.toarray())
    heights = []
    plain = SparseColumns.__getitem__
    monkeypatch.setattr(
        SparseColumns, "__getitem__", lambda self, index: heights.append(self.rows) or plain(self, index)
    )
    monkeypatch.setattr(batched_prediction, "NUMBERS_A_BLOCK", 1)  # a chunk at a time
    np.testing.assert_array_equal(model.predict(many), expected)
    assert set(heights) == {ROWS_A_CALL, 800 % ROWS_A_CALL}


def test_a_fit_that_does_not_fit_into_memory_is_refused_first(table, monkeypatch):
    dense, y = table
    monkeypatch.setattr(dense_size, "available_bytes", lambda: 10_000)
    with pytest.raises(ValueError, match=r"X is sparse, but .*: 80 rows x 12 inputs need about 5.72e-05 GiB of memory"):
        NetworkRegressor(**QUICK).fit(sparse.csr_array(dense), y)
    NetworkRegressor(**QUICK).fit(dense, y)  # is there already
