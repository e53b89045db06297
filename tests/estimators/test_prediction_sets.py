"""Sets of labels of fitted classifiers."""

from copy import copy
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import beta, binomtest
from sklearn.base import clone
from sklearn.model_selection import KFold

import glassnet
from glassnet import NetworkClassifier

MODEL = NetworkClassifier((8,), solver="lbfgs", max_iter=20, n_members=4, random_state=0)


def drawn(random, rows):
    y = random.choice(["a", "b", "c"], size=rows, p=[0.6, 0.3, 0.1])
    return random.normal(size=(rows, 2)) + np.select([y == "a", y == "b"], [0.0, 1.5], -1.5)[:, None], y


@pytest.fixture(scope="module")
def table():
    return drawn(np.random.default_rng(0), 600)


def p_values(model, X_new, place, scores, folds):
    """The definition, one row and label at a time."""
    said = np.stack([alone(model, fold).predict_proba(X_new) for fold in range(len(folds))])
    return [
        (sum(np.sum(scores[rows] >= 1 - said[fold][new, place]) for fold, rows in enumerate(folds)) + 1)
        / (sum(map(len, folds)) + 1)
        for new in range(len(X_new))
    ]


def alone(model, fold):
    """Return the model of one member only."""
    one = copy(model)
    one.ensemble_ = replace(model.ensemble_, members=model.ensemble_.members[fold : fold + 1])
    return one


def test_cross_conformal_by_the_definition(table):
    X, y = table
    model = clone(MODEL).fit(X[:300], y[:300])
    found = model.predict_set(X[300:340], 0.8)
    for place, label in enumerate(model.classes_):
        scores = 1 - model.oof_prediction_[:, place]
        folds = [member.split.test[y[:300][member.split.test] == label] for member in model.members_]
        expected = np.array(p_values(model, X[300:340], place, scores, folds))
        clear = np.abs(expected - 0.2) > 1e-9
        np.testing.assert_array_equal(found.holds[clear, place], expected[clear] > 0.2)
    assert found.labels[0] == model.classes_[found.holds[0]].tolist()
    assert (found.method, found.coverage) == ("cross-conformal", 0.8)


def test_the_floor_is_that_of_the_rarest_class(table):
    X, y = table
    found = clone(MODEL).fit(X[:300], y[:300]).predict_set(X[300:], 0.9)
    counts = np.unique(y[:300], return_counts=True)[1]
    assert found.rows == counts.min()
    assert found.floor == pytest.approx(0.8 - 2 * 3 / (counts.min() + 4))
    assert str(found).startswith("300 sets of ")
    assert "the promise is about the rows of every class" in str(found)


@pytest.mark.parametrize("calibrated", [False, True])
def test_every_class_is_covered(table, calibrated):
    X, y = table
    model = clone(MODEL).fit(X[:300], y[:300])
    X_new, y_new = drawn(np.random.default_rng(1), 3000)
    if calibrated:
        model.calibrate(X[300:], y[300:])
    found = model.predict_set(X_new, 0.9)
    for place, label in enumerate(model.classes_):
        hits = found.holds[y_new == label, place]
        least = found.floor
        if calibrated:  # given the rows of calibration, the coverage follows a beta law
            n = int(np.sum(y[300:] == label))
            k = -(-9 * (n + 1) // 10)
            least = beta.ppf(0.001, k, n + 1 - k)
        assert binomtest(int(hits.sum()), len(hits), least, alternative="less").pvalue > 0.001


@pytest.mark.filterwarnings("ignore:these classes have too few rows")
def test_split_covers_each_class_as_often_as_it_says(table):
    """150 calibrations by 60 rows: a new row of class c is covered with probability k / (n_c + 1), whatever n_c."""
    model = clone(MODEL).fit(*(part[:300] for part in table))
    random, hits, law, spread = np.random.default_rng(2), 0, 0.0, 0.0
    for _ in range(150):
        X, y = drawn(random, 61)
        found = model.calibrate(X[:60], y[:60]).predict_set(X[60:], 0.8)
        hits += int(y[60] in found.labels[0])
        n = int(np.sum(y[:60] == y[60]))
        expected = min(1.0, -(-8 * (n + 1) // 10) / (n + 1))
        law, spread = law + expected, spread + expected * (1 - expected)
    assert abs(hits - law) < 2.6 * np.sqrt(spread)


def test_a_rare_class_belongs_to_every_set(table):
    X, y = table
    few = np.concatenate([np.flatnonzero(y != "c")[:60], np.flatnonzero(y == "c")[:8]])
    model = clone(MODEL).fit(X[few], y[few])
    with pytest.warns(UserWarning, match=r"coverage=0.9, which needs 9 of every class, .*: 'c' \(8\); give more rows"):
        found = model.predict_set(X, 0.9)
    assert found.holds[:, 2].all()
    assert not model.predict_set(X, 0.8).holds[:, 2].all()  # 8 rows are enough for 8 / 9
    model = clone(MODEL).fit(X[:300], y[:300]).calibrate(X[300:][y[300:] != "c"], y[300:][y[300:] != "c"])
    with pytest.warns(UserWarning, match=r"every set holds them: 'c' \(0\)"):
        found = model.predict_set(X)
    assert found.holds[:, 2].all()
    assert found.rows == 0


def test_what_is_refused(table):
    X, y = table
    model = clone(MODEL).fit(X[:300], y[:300])
    with pytest.raises(ValueError, match="coverage=1 must be a number above 0 and below 1"):
        model.predict_set(X, 1)
    with pytest.raises(ValueError, match=r"these are the rows that the model was fitted to, .* leave calibrate out"):
        model.calibrate(X[:300], y[:300])
    with pytest.raises(ValueError, match="calibrate takes no sample_weight"):
        model.calibrate(X[300:], y[300:], sample_weight=np.ones(300))
    with pytest.raises(ValueError, match="y holds the class 'd', which is none of"):
        model.calibrate(X[300:], np.where(y[300:] == "c", "d", y[300:]))
    weighted = clone(MODEL).fit(X[:300], y[:300], sample_weight=np.arange(300) + 1.0)
    with pytest.raises(ValueError, match=r"sample weights that differ, .*; call calibrate\(X, y\)"):
        weighted.predict_set(X)
    with pytest.raises(ValueError, match="this model has no folds"):
        clone(MODEL).set_params(cv=None).fit(X[:300], y[:300]).predict_set(X)
    with pytest.raises(ValueError, match="this model has no folds"):
        clone(MODEL).set_params(solver="adam").fit(X, y).partial_fit(X, y).predict_set(X)


def test_where_no_floor_is_known(table):
    X, y = table
    found = clone(MODEL).set_params(cv=KFold(4)).fit(X[:300], y[:300]).predict_set(X)
    assert found.floor is None
    assert "the folds came from a splitter" in found.assumption


def test_class_weights_leave_the_promise(table):
    """They follow from the labels, and the promise is made given the labels."""
    X, y = table
    assert clone(MODEL).set_params(class_weight="balanced").fit(X[:300], y[:300]).predict_set(X).floor > 0


@pytest.mark.parametrize("calibrated", [False, True])
def test_sets_survive_a_file(table, tmp_path, calibrated):
    X, y = table
    model = clone(MODEL).fit(X[:300], y[:300])
    if calibrated:
        model.calibrate(X[300:], y[300:])
    again = glassnet.load(glassnet.save(model, tmp_path / "m"))
    np.testing.assert_array_equal(again.predict_set(X).holds, model.predict_set(X).holds)
    assert again.predict_set(X).promise == model.predict_set(X).promise
