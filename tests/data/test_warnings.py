"""Warnings about cells name the line of the caller, by whatever method the cells came."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from glassnet import NetworkClassifier, NetworkRegressor, extrapolation

FRAME = pd.DataFrame({"kind": ["a", "b"] * 30, "size": np.arange(60.0)})
Y = np.random.default_rng(0).normal(size=60)
OTHER = FRAME.assign(kind="z", more=1)
OPTIONS = {"hidden_layer_sizes": (2,), "preset": "fast", "n_members": 2, "max_iter": 1, "random_state": 0}


@pytest.mark.parametrize(
    "call",
    [
        lambda model: model.predict(OTHER),
        lambda model: model.predict_interval(OTHER, 0.5),
        lambda model: model.score(OTHER, Y),
        lambda model: extrapolation(model, OTHER),
    ],
)
def test_predictions(call):
    model = NetworkRegressor(**OPTIONS).fit(FRAME, Y)
    with pytest.warns(UserWarning, match="column") as caught:
        call(model)
    said = [str(warning.message) for warning in caught]
    assert any("60 of 60 cells of column 'kind' are no level that training saw" in text for text in said)
    assert any("the training table did not have are ignored: 'more'" in text for text in said)
    assert {warning.filename for warning in caught} == {__file__}


def test_classes():
    model = NetworkClassifier(**OPTIONS).fit(FRAME, Y > 0)
    with pytest.warns(UserWarning, match="no level that training saw") as caught:
        model.predict(FRAME.assign(kind="z"))
    assert [warning.filename for warning in caught] == [__file__]


def test_fits():
    days = [f"{1 + row % 12}/{1 + row % 7}/2020" for row in range(60)]
    model = clone(NetworkRegressor(**OPTIONS)).set_params(n_members=1)
    with pytest.warns(UserWarning, match="no cell of the table settles it") as caught:
        model.fit(FRAME.assign(day=days), Y)
    assert [warning.filename for warning in caught] == [__file__]


def test_positions():
    model = NetworkRegressor(**OPTIONS).fit(FRAME[["size"]].to_numpy(), Y)
    with pytest.warns(UserWarning, match="was fitted without feature names") as caught:
        model.predict(FRAME[["size"]])
    assert {warning.filename for warning in caught} == {__file__}
