"""What a summary says of straight lines: which members have one, and what the lines explain out of fold."""

import numpy as np
import pytest
from sklearn.metrics import r2_score

from glassnet import NetworkClassifier, NetworkRegressor, Recipe
from glassnet.insight.linear_part import LinearPart, linear_part
from glassnet.insight.summary import summarise

MODEL = NetworkRegressor(n_members=4, max_iter=10, random_state=0)


@pytest.fixture(scope="module")
def exact():
    X = np.random.default_rng(0).lognormal(size=(100, 4))
    return MODEL.fit(X, X.sum(axis=1)), X, X.sum(axis=1)


def test_lines_explain_what_members_that_are_lines_predict(exact):
    model, X, y = exact
    found = linear_part(model, X, y[:, None])
    assert (found.networks, found.beside, found.lines) == (0, 0, 4)
    assert found.r2 == pytest.approx(r2_score(y, model.oof_prediction_), abs=1e-6)
    summary = dict(summarise(model, X, y).table().rows)
    assert summary["linear path"] == str(found)
    assert str(found).startswith("members: 4 with nothing beside it; it explains ")


def test_networks_beside_lines_are_left_out_of_what_lines_explain():
    random = np.random.default_rng(0)
    X = random.uniform(0, 3, (200, 2))
    y = 30 * X[:, 0] - 30 * X[:, 1] + 2 * np.sin(4 * X[:, 1])
    model = NetworkRegressor(n_members=2, max_iter=120, random_state=0).fit(X, y)
    found = linear_part(model, X, y[:, None])
    assert found.beside == 2
    line = np.linalg.lstsq(np.column_stack([X, np.ones(200)]), y, rcond=None)[0]
    assert found.r2 == pytest.approx(r2_score(y, np.column_stack([X, np.ones(200)]) @ line), abs=0.02)
    assert found.r2 < model.oof_score_


def test_where_no_member_has_a_line_nothing_is_said(exact):
    _, X, y = exact
    without = NetworkRegressor(n_members=2, max_iter=2, preset=Recipe(linear_path=False)).fit(X, y)
    assert linear_part(without, X, y[:, None]) is None
    labels = NetworkClassifier(n_members=2, max_iter=2).fit(X, y > np.median(y))
    for model, target in ((without, y), (labels, y > np.median(y))):
        assert "linear path" not in dict(summarise(model, X, target).table().rows)


def test_words():
    assert str(LinearPart(1, 2, 3, 0.5)) == (
        "members: 1 without it, 2 with a network beside it, 3 with nothing beside it; it explains 50.0% of the "
        "variance out of fold"
    )
    assert str(LinearPart(0, 1, 0, None)) == "members: 1 with a network beside it"
