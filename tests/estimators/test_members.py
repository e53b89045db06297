"""What a member may know, and what the ensemble makes of it."""

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupKFold, KFold, TimeSeriesSplit

from glassnet import NetworkClassifier, NetworkRegressor

MODEL = NetworkRegressor((8,), solver="lbfgs", max_iter=12, n_members=4, random_state=0)
IN_BATCHES = clone(MODEL).set_params(solver="adam", learning_rate_init=0.01)
STEP_SIZES = {"adam": 0.01, "sgd": 0.01, "gd": 0.01}  # the others find their own


def parameters(member):
    return [layer[name] for layer in member.parameters for name in sorted(layer)]


def assert_same_bits(one, other):
    for a, b in zip(parameters(one), parameters(other), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("solver", "poison"),
    [
        pytest.param(solver, poison, marks=[] if solver == "adam" or poison == 1e6 else pytest.mark.slow)
        for solver in ("adam", "sgd", "gd", "lbfgs", "lm")
        for poison in (1.0, 1e6, -1e-6)
    ],
)
def test_fold_poison(small, solver, poison):
    """Whatever happens to the values of a fold, the member that holds it out does not change by one bit."""
    X, y = small
    model = clone(MODEL).set_params(solver=solver, learning_rate_init=STEP_SIZES.get(solver)).fit(X, y)
    for place in (0, 3):
        test_rows = model.members_[place].split.test
        X2, y2 = X.copy(), y.copy()
        X2[test_rows] = poison * (X2[test_rows, ::-1] + 1)
        y2[test_rows] = poison * (y2[test_rows] - 5)
        other = clone(model).fit(X2, y2)
        np.testing.assert_array_equal(other.members_[place].split.train, model.members_[place].split.train)
        assert_same_bits(other.members_[place], model.members_[place])
        assert other.members_[place].history == model.members_[place].history
        different = parameters(other.members_[1]), parameters(model.members_[1])
        assert not all(map(np.array_equal, *different))


def test_fold_poison_of_a_table_with_gaps_and_text():
    random = np.random.default_rng(0)
    size = np.where(random.uniform(size=90) < 0.2, np.nan, random.normal(size=90))
    kind = random.choice(["a", "b", "c"], size=90)
    y = np.nan_to_num(size) + (kind == "a")
    model = clone(MODEL).fit(pl.DataFrame({"size": size, "kind": kind}), y)
    test_rows = model.members_[2].split.test
    other_size, other_kind = size.copy(), kind.copy()
    other_size[test_rows] *= 7
    other_kind[test_rows] = kind[test_rows[::-1]]
    other = clone(MODEL).fit(pl.DataFrame({"size": other_size, "kind": other_kind}), y)
    assert_same_bits(other.members_[2], model.members_[2])


def test_too_few_rows_for_folds(small):
    X, y = small
    model = clone(MODEL).fit(X[:7], y[:7])
    assert len(model.members_) == 4
    assert not hasattr(model, "oof_prediction_")


def median(rows):
    return np.quantile(rows, 0.5, axis=0, method="inverted_cdf")


def test_out_of_fold_agrees_with_a_cross_validation_by_hand(small):
    """Each member, refitted alone on what it may see, with its own scaling and start, says the same of its fold."""
    X, y = small
    model = clone(IN_BATCHES).set_params(early_stopping=False).fit(X, y)
    found = np.full(120, np.nan)
    for place, member in enumerate(model.members_):
        test_rows = member.split.test
        found[test_rows] = model.predict_members(X[test_rows])[place]
        np.testing.assert_allclose(member.preprocessing.inputs.center, median(X[member.split.train]), rtol=1e-9)
        np.testing.assert_allclose(member.preprocessing.targets.scale, y[member.split.train].std(), rtol=1e-9)
    np.testing.assert_allclose(model.oof_prediction_, found, rtol=1e-5)
    assert model.oof_score_ == pytest.approx(r2_score(y, found), abs=1e-6)


def test_out_of_fold_error_is_honest():
    """On noise the training error flatters and the out-of-fold R2 does not: it is not above 0 by five deviations."""
    random = np.random.default_rng(0)
    X, y = random.normal(size=(200, 10)), random.normal(size=200)
    model = NetworkRegressor(
        (32,), learning_rate_init=0.01, max_iter=60, early_stopping=False, n_members=5, random_state=0
    ).fit(X, y)
    assert model.score(X, y) > 0.5
    assert model.oof_score_ < 5 / np.sqrt(200)


def test_prediction_is_the_mean_of_the_members(small):
    X, y = small
    model = clone(IN_BATCHES).fit(X, y)
    members = model.predict_members(X)
    assert members.shape == (4, 120)
    np.testing.assert_allclose(model.predict(X), members.mean(axis=0), rtol=1e-12)
    assert model.coefs_[0].shape == (4, 21, 8)  # three numbers, each with three mixtures of waves and three of ramps
    assert model.intercepts_[1].shape == (4, 1)


def test_more_members_than_folds_and_splitters(small):
    X, y = small
    model = clone(MODEL).set_params(cv=2).fit(X, y)
    np.testing.assert_array_equal(model.members_[0].split.test, model.members_[2].split.test)
    both = model.predict_members(X)[[0, 2]].mean(axis=0)
    own = model.members_[0].split.test
    np.testing.assert_allclose(model.oof_prediction_[own], both[own], rtol=1e-5)
    splitter = clone(MODEL).set_params(cv=KFold(4)).fit(X, y)
    np.testing.assert_array_equal(splitter.members_[1].split.test, np.arange(30, 60))


@pytest.mark.parametrize("cv", ["auto", GroupKFold(4)])
def test_groups_stay_together(small, cv):
    X, y = small
    groups = np.arange(120) // 10
    model = clone(MODEL).set_params(cv=cv).fit(X, y, groups=groups)
    for member in model.members_:
        seen = np.concatenate([member.split.train, member.split.validation])
        assert not set(groups[seen]) & set(groups[member.split.test])


@pytest.mark.parametrize("base", [MODEL, IN_BATCHES])
def test_members_that_only_look_back(small, base):
    """A member of fold k is what a fit to the rows before it gives: changing later rows changes nothing of it."""
    X, y = small
    model = clone(base).set_params(cv=TimeSeriesSplit(4)).fit(X, y)
    seen = [np.concatenate([member.split.train, member.split.validation]) for member in model.members_]
    firsts = [member.split.test.min() for member in model.members_]
    assert list(zip(map(max, seen), firsts, strict=True)) == [(23, 24), (47, 48), (71, 72), (95, 96)]
    assert np.isnan(model.oof_prediction_[:24]).all()
    np.testing.assert_allclose(model.oof_prediction_[48:72], model.predict_members(X)[1, 48:72], rtol=1e-5)
    assert model.oof_score_ == pytest.approx(r2_score(y[24:], model.oof_prediction_[24:]))
    later = np.where(np.arange(120) < 72, y, -5 * y)
    same = clone(base).set_params(cv=TimeSeriesSplit(4)).fit(X, later)
    np.testing.assert_allclose(same.oof_prediction_[24:72], model.oof_prediction_[24:72], rtol=1e-4)
    intervals = model.predict_interval(X, 0.8)
    assert (intervals.rows, intervals.floor) == (96, None)
    assert "the folds hold only some rows out, as those that look back in time do" in intervals.assumption
    assert np.isfinite(intervals.width).all()


def test_classes_of_members_that_only_look_back():
    random = np.random.default_rng(0)
    X = random.normal(size=(120, 2))
    y = np.where(X[:, 0] > 0, "up", "down")
    model = NetworkClassifier((8,), n_members=3, cv=TimeSeriesSplit(3), solver="lbfgs", max_iter=20, random_state=0)
    model.fit(X, y)
    assert np.isnan(model.oof_prediction_[:30]).all()
    right = model.classes_[np.argmax(model.oof_prediction_[30:], axis=1)] == y[30:]
    assert model.oof_score_ == pytest.approx(np.mean(right))
    sets = model.predict_set(X, 0.8)
    assert sets.rows == min(np.sum(y[30:] == label) for label in model.classes_)
    assert sets.floor is None


@pytest.mark.parametrize("name", ["patient_id", "PatientID", "id", "customer uuid"])
def test_repeated_ids_bring_a_warning_unless_there_are_groups(small, name):
    X, y = small
    ids = np.arange(120) // 3 + 1000
    model = clone(MODEL).set_params(max_iter=1)
    for cells in (ids, [f"p{number}" for number in ids]):
        frame = pl.DataFrame({name: cells, "a": X[:, 0]})
        with pytest.warns(
            UserWarning, match=rf"column '{name}' has the same id in several rows: .* groups=...\) the col"
        ):
            clone(model).fit(frame, y)
        clone(model).fit(frame, y, groups=ids)


@pytest.mark.parametrize(
    ("name", "cells"),
    [("patient_id", np.arange(120) // 12), ("weight", np.arange(120) // 3), ("width_id", np.arange(120) // 3 + 0.5)],
)
def test_what_is_no_repeated_id_brings_no_warning(small, name, cells):
    X, y = small
    clone(MODEL).set_params(max_iter=1).fit(pl.DataFrame({name: cells, "a": X[:, 0]}), y)


def test_the_unit_of_the_target_does_not_change_the_score(small):
    X, y = small
    scores = [clone(MODEL).fit(X, factor * y).oof_score_ for factor in (1.0, 2.0**600, 2.0**-600)]
    assert scores[1:] == pytest.approx([scores[0]] * 2, abs=1e-6)


def test_no_folds(small):
    X, y = small
    model = clone(MODEL).set_params(cv=None).fit(X, y)
    assert all(member.split.test.size == 0 for member in model.members_)
    assert not hasattr(model, "oof_score_")
    assert not np.allclose(*(model.predict_members(X)[:2]))


def test_rows_of_weight_zero_are_unseen(small):
    X, y = small
    weights = np.ones(120)
    weights[:5] = 0
    model = clone(MODEL).fit(X, y, sample_weight=weights)
    np.testing.assert_allclose(model.oof_prediction_[:5], model.predict(X[:5]), rtol=1e-6)
    assert np.isfinite(model.oof_prediction_).all()


def test_ensembles_beat_their_members():
    X, y = load_diabetes(return_X_y=True)
    model = NetworkRegressor((16,), random_state=0, max_iter=40, n_members=6).fit(X[:300], y[:300])
    errors = np.square(model.predict_members(X[300:]) - y[300:]).mean(axis=1)
    assert np.mean(np.square(model.predict(X[300:]) - y[300:])) < np.mean(errors)


def test_classifier_members():
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 2))
    y = np.where(X[:, 0] + X[:, 1] > 0, "up", "down")
    model = NetworkClassifier((8,), learning_rate_init=0.02, max_iter=40, n_members=4, random_state=0).fit(X, y)
    assert model.oof_score_ > 0.9
    assert model.score(X, y) > 0.9
    proba = model.predict_proba(X)
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(model.oof_prediction_.sum(axis=1), 1, rtol=1e-6)
    assert model.classes_.tolist() == ["down", "up"]


def test_dates_bring_a_warning_unless_there_are_groups(small):
    X, y = small
    days = np.datetime64("2024-01-01", "us") + np.arange(120).astype("timedelta64[D]")
    frame = pl.DataFrame({"day": days, "a": X[:, 0]})
    model = clone(MODEL).set_params(max_iter=1)
    with pytest.warns(
        UserWarning, match=r"column 'day' holds dates: .* give fit\(..., groups=...\) a day, week or month"
    ):
        clone(model).fit(frame, y)
    several = frame.with_columns(sold=pl.col("day"), seen=pl.col("day"), paid=pl.col("day"))
    with pytest.warns(
        UserWarning, match=r"columns 'day', 'sold', 'seen' and 1 more hold dates: .* sort the rows by one"
    ):
        clone(model).fit(several, y)
    clone(model).fit(frame, y, groups=np.arange(120) // 7)
    clone(model).set_params(n_members=1).fit(frame, y)
