"""What X goes through in a fit, it goes through once: the schema, the encoding and the recipe."""

from collections import Counter

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone

from glassnet import Convolution, Flatten, NetworkClassifier, NetworkRegressor, Quantile
from glassnet.data.images import ImageSchema
from glassnet.data.table_schema import TableSchema
from glassnet.estimators import estimator

REGRESSOR = NetworkRegressor((4,), n_members=3, max_iter=2, random_state=0)
CLASSIFIER = NetworkClassifier((4,), n_members=3, max_iter=2, random_state=0)
IMAGES = NetworkClassifier(layers=[Convolution(2), Flatten()], n_members=3, max_iter=2, random_state=0)


@pytest.fixture
def calls(monkeypatch):
    """How often schemas are read and used, and recipes resolved."""
    counted = Counter()

    def count(owner, name, label):
        original = getattr(owner, name)

        def counting(*arguments, **named):
            counted[label] += 1
            return original(*arguments, **named)

        monkeypatch.setattr(owner, name, counting)

    for schema in (TableSchema, ImageSchema):
        for name in ("match", "encode"):
            count(schema, name, f"{schema.__name__}.{name}")
    for name in ("schema_of", "resolve"):
        count(estimator, name, name)
    return counted


def once(schema):
    return {f"{schema}.match": 1, f"{schema}.encode": 1, "schema_of": 1, "resolve": 1}


def table():
    random = np.random.default_rng(0)
    kind = random.choice(["a", "b", "c"], size=90)
    size = random.normal(size=90)
    return pl.DataFrame({"size": size, "kind": kind}), size + (kind == "a")


@pytest.mark.parametrize("changes", [{}, {"loss": Quantile((0.1, 0.9))}, {"solver": "lbfgs"}, {"solver": "auto"}])
def test_a_regressor_with_folds_and_intervals(calls, changes):
    X, y = table()
    weights = np.where(np.arange(90) < 5, 0.0, 1.0)
    model = clone(REGRESSOR).set_params(**changes).fit(X, y, sample_weight=weights)
    assert calls == once("TableSchema")
    assert np.isfinite(model.oof_score_)
    assert len(model.error_scales_) == (0 if "loss" in changes else 3)
    assert np.isfinite(model.predict_interval(X).width).all()


def test_a_classifier(calls):
    X, y = table()
    model = clone(CLASSIFIER).fit(X, y > 0)
    assert calls == once("TableSchema")
    assert np.isfinite(model.oof_score_)
    assert model.predict_set(X).holds.shape == (90, 2)


def test_images(calls):
    random = np.random.default_rng(0)
    X = random.integers(0, 256, size=(60, 5, 5)).astype(np.uint8)
    model = clone(IMAGES).fit(X, X[:, 0, 0] > 127)
    assert calls == once("ImageSchema")
    assert np.isfinite(model.oof_score_)


def test_rows_to_validate_on_are_encoded_beside_the_others(calls):
    X, y = table()
    clone(REGRESSOR).fit(X[:70], y[:70], X_val=X[70:], y_val=y[70:])
    assert calls == {**once("TableSchema"), "TableSchema.match": 2, "TableSchema.encode": 2}


def test_going_on_keeps_the_schema(calls):
    X, y = table()
    model = clone(REGRESSOR).set_params(warm_start=True).fit(X, y)
    calls.clear()
    model.fit(X, y)
    assert calls == {"TableSchema.match": 2, "TableSchema.encode": 1, "resolve": 1}
    calls.clear()
    model.partial_fit(X, y)
    assert calls == {"TableSchema.match": 2, "TableSchema.encode": 1, "resolve": 1}
