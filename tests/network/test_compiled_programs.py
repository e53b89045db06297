"""Compiled programs are dropped before a process runs out of memory mappings."""

import jax
import numpy as np
import pytest
from sklearn.base import clone

from glassnet import NetworkRegressor, certify
from glassnet.network import compiled_programs
from glassnet.network.compiled_programs import release_if_many
from glassnet.training.epochs import advance

MODEL = NetworkRegressor((3,), preset="plain", max_iter=2, random_state=0)


@pytest.fixture
def limit(tmp_path, monkeypatch):
    """A function that sets how many mappings a process may have."""

    def change(mappings):
        path = tmp_path / "max_map_count"
        path.write_text(f"{mappings}\n")
        monkeypatch.setattr(compiled_programs, "LIMIT", path)

    return change


def test_many_fits_of_new_shapes_keep_few_programs(small, limit):
    X, y = small
    jax.clear_caches()
    limit(10**9)
    models = [clone(MODEL).set_params(hidden_layer_sizes=(width,)).fit(X, y) for width in (3, 4, 5)]
    assert advance._cache_size() == 3
    before = models[0].predict(X)
    limit(10)
    models[0].set_params(hidden_layer_sizes=(6,)).fit(X, y)
    assert advance._cache_size() == 1
    certify(models[1], X[:2], 0.1)
    assert advance._cache_size() == 0
    np.testing.assert_array_equal(clone(MODEL).fit(X, y).predict(X), before)


def test_without_a_limit_nothing_is_dropped(small, tmp_path, monkeypatch):
    monkeypatch.setattr(compiled_programs, "MAPPINGS", tmp_path / "none")
    clone(MODEL).fit(*small)
    before = advance._cache_size()
    release_if_many()
    assert advance._cache_size() == before > 0
