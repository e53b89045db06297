"""What used to end in a message of another library, late or never: said at once, by name, with what to type."""

import datetime

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GroupKFold, StratifiedKFold

from glassnet import (
    Dense,
    NetworkClassifier,
    NetworkRegressor,
    Recipe,
    certify,
)

PLAIN = NetworkRegressor(preset="plain", solver="lbfgs", max_iter=5, random_state=0)


@pytest.mark.parametrize(
    ("cv", "message"),
    [
        (StratifiedKFold(3), "could not split the rows; it may need classes, unlike KFold: "),
        (GroupKFold(3), r"could not split the rows; it may need groups, which fit\(..., groups=...\) takes: "),
    ],
)
def test_a_splitter_that_lacks_something_says_what(small, cv, message):
    with pytest.raises(ValueError, match=message):
        clone(PLAIN).set_params(cv=cv, n_members=3).fit(*small)


@pytest.mark.parametrize("cv", [0, 1, -1, np.int64(1), True, 4.0, "anything", "Auto", object(), np.array(4)])
def test_cv_that_is_none(small, cv):
    with pytest.raises(
        ValueError, match=r"cv must be 'auto', an integer of at least 2, a splitter such as KFold\(4\), or"
    ):
        clone(PLAIN).set_params(cv=cv, n_members=4).fit(*small)


def test_numpy_integers_are_integers(small):
    X, y = small
    given = {"hidden_layer_sizes": 6, "n_members": 2, "cv": 2, "batch_size": 16, "max_iter": 3, "n_iter_no_change": 3}
    base = NetworkRegressor(random_state=0)
    ours = clone(base).set_params(**given).fit(X, y)
    theirs = clone(base).set_params(**{name: np.int64(number) for name, number in given.items()}).fit(X, y)
    np.testing.assert_array_equal(ours.oof_prediction_, theirs.oof_prediction_)
    assert repr(ours.recipe_) == repr(theirs.recipe_)
    recipe = Recipe("fast", hidden_layer_sizes=np.int64(6), n_members=np.int64(2), max_iter=np.int64(1))
    assert type(NetworkRegressor(preset=recipe, random_state=0).fit(X, y).recipe_.n_members) is int
    certificates = [certify(ours, X[:2], 0.1, splits=splits) for splits in (1, np.int64(1))]
    np.testing.assert_array_equal(certificates[0].lower, certificates[1].lower)
    with pytest.raises(ValueError, match=r"splits=np.int64\(13\) must be an integer from 0 to 12"):
        certify(ours, X[:2], 0.1, splits=np.int64(13))


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        (None, r"None \(NoneType\)"),
        ("0.5", r"'0.5' \(str\)"),
        ([1, 2], r"\[1, 2\] \(list\)"),
        (1 + 2j, r"\(1\+2j\) \(complex\)"),
        (np.nan, "nan"),
    ],
)
def test_a_monitor_that_returns_no_number(small, returned, told):
    model = clone(PLAIN).set_params(monitor=lambda truth, prediction: returned, early_stopping=True)
    with pytest.raises(ValueError, match=f"monitor returned {told}; it must return a finite number, lower for better"):
        model.fit(*small)


@pytest.mark.parametrize("returned", ["stop", 1, np.ones(2), pd.NA])
def test_a_callback_that_returns_no_answer(small, returned):
    with pytest.raises(TypeError, match=r"callback returned .* \(.*\); it must return True to stop training, or False"):
        clone(PLAIN).set_params(callback=lambda progress: returned).fit(*small)


@pytest.mark.parametrize("returned", [None, False, np.False_, True, np.True_])
def test_a_callback_that_answers(small, returned):
    model = clone(PLAIN).set_params(solver="adam", callback=lambda progress: returned).fit(*small)
    assert model.n_iter_ == (1 if returned else 5)


@pytest.mark.parametrize(("name", "value"), [("monitor", "mse"), ("monitor", 3), ("callback", "stop"), ("callback", 3)])
def test_what_is_no_function(small, name, value):
    with pytest.raises(ValueError, match=rf"{name}={value!r}\): {name} must be a function of"):
        clone(PLAIN).set_params(**{name: value}).fit(*small)


@pytest.mark.parametrize(
    "cell", ["TBD", "3:05:12", datetime.time(3, 5), datetime.timedelta(hours=3), pd.Timestamp("2020-01-01")]
)
@pytest.mark.parametrize("targets", [1, 2])
def test_a_target_that_is_no_number_is_named(small, cell, targets):
    X, y = small
    cells = y.astype(object)
    cells[7] = cell
    given = cells if targets == 1 else np.column_stack([y.astype(object), cells])
    with pytest.raises(ValueError, match=r"the target must be numbers, but holds text: row 7 has '.*' \(1 such row"):
        clone(PLAIN).fit(X, given)


def test_targets_as_objects_and_text_are_the_numbers(small):
    X, y = small
    expected = clone(PLAIN).fit(X, y).predict(X)
    for given in (y.astype(object), [repr(float(number)) for number in y], pd.Series(y, dtype="Float64")):
        np.testing.assert_array_equal(clone(PLAIN).fit(X, given).predict(X), expected)
    with pytest.raises(ValueError, match="inhomogeneous"):
        clone(PLAIN).fit(X, [[1.0, 2.0], [3.0]] * 60)


@pytest.mark.parametrize("missing", [pd.NA, None, np.nan, pd.NaT])
def test_missing_cells_are_named(small, missing):
    X, y = small
    labels, target, groups = np.array(["a", "b"] * 60, object), y.astype(object), np.array(["a", "b"] * 60, object)
    labels[3] = target[3] = groups[3] = missing
    with pytest.raises(ValueError, match="the label is missing in row 3"):
        NetworkClassifier(preset="plain").fit(X, labels)
    with pytest.raises(ValueError, match="the target is nan in row 3"):
        clone(PLAIN).fit(X, target)
    with pytest.raises(
        ValueError, match=r"groups is missing \(.*\) in row 3 \(1 such row\(s\)\); give every row a group"
    ):
        clone(PLAIN).set_params(n_members=2).fit(X, y, groups=groups)


def test_missing_cells_of_nullable_types_are_named(small):
    X, y = small
    labels = pd.Series(["a", "b", pd.NA] * 40, dtype="string")
    with pytest.raises(ValueError, match=r"the label is missing in row 2 \(40 such row\(s\)\)"):
        NetworkClassifier(preset="plain").fit(X, labels)
    with pytest.raises(ValueError, match=r"groups is missing \(nan\) in row 2 \(40 such row\(s\)\)"):
        clone(PLAIN).set_params(n_members=2).fit(X, y, groups=pd.Series([1, 2, pd.NA] * 40, dtype="Int64"))


def test_labels_and_groups_of_text_and_numbers(small):
    X, y = small
    with pytest.raises(
        TypeError, match="the labels are of several types: row 0 has 1 and row 1 has 'a'; make them text"
    ):
        NetworkClassifier(preset="plain").fit(X, np.array([1, "a"] * 60, object))
    groups = np.array([1, "a", 2, "b"] * 30, object)
    model = clone(PLAIN).set_params(n_members=2).fit(X, y, groups=groups)
    for rows in model.fold_rows_:
        assert not set(groups[rows]) & set(np.delete(groups, rows))
    with pytest.raises(ValueError, match=r"groups has shape \(120, 2\) for 120 rows; give one a row"):
        clone(PLAIN).set_params(n_members=2).fit(X, y, groups=np.zeros((120, 2)))


@pytest.mark.parametrize(("loss", "value"), [("poisson", 3.0), ("gamma", 3.0), ("poisson", 0.0)])
def test_a_constant_target_of_counts_and_amounts(small, loss, value):
    """No constant errs: the score is 1 where predictions are exact, and else 0, as R2 of scikit-learn has it."""
    X, _ = small
    y = np.full(120, value)
    model = clone(PLAIN).set_params(hidden_layer_sizes=(), loss=loss, n_members=2, alpha=0.0, max_iter=300).fit(X, y)
    np.testing.assert_allclose(model.predict(X), value, atol=0.02)
    exact = bool(np.all(model.predict(X) == y))
    assert (model.score(X, y), model.oof_score_) == (float(exact), float(np.all(model.oof_prediction_ == y)))


def test_the_score_of_a_constant_is_that_of_rows_that_count():
    from glassnet.network.score import d2_tweedie

    y, prediction = np.array([2.0, 2, 5]), np.array([2.0, 2, 1])
    assert d2_tweedie(y, prediction, np.array([1.0, 1, 0]), power=1) == 1.0
    assert d2_tweedie(y, prediction + 1, np.array([1.0, 1, 0]), power=2) == 0.0
    assert d2_tweedie(y, prediction, power=1) < 1


def test_a_target_that_a_member_would_never_see_is_refused_before_training(small):
    X, y = small
    few = np.column_stack([y, np.full(120, np.nan)])
    few[5, 1] = 1.0
    model = clone(PLAIN).set_params(n_members=4, callback=lambda progress: pytest.fail("it trains"))
    told = (
        r"target 'y1' has values in 1 row\(s\) only, and member \d would learn from none of them; give it more, leave"
    )
    with pytest.raises(ValueError, match=told):
        model.fit(X, few)
    few[::3, 1] = y[::3]
    fitted = clone(PLAIN).set_params(n_members=4).fit(X, few)
    assert np.isfinite(fitted.oof_prediction_).all()


def test_rounding_errors_beside_numbers_of_size_one_are_no_outliers(small):
    X, y = small
    dust = np.random.default_rng(0).uniform(0, 2.5e-14, 120)
    some = np.where(np.arange(120) % 5 == 0, 1.0, dust)
    model = clone(PLAIN).fit(np.column_stack([X, some]), y)
    exact = clone(PLAIN).fit(np.column_stack([X, np.round(some)]), y)
    np.testing.assert_allclose(
        model.predict(np.column_stack([X, some])), exact.predict(np.column_stack([X, some])), rtol=1e-4
    )
    one = np.where(np.arange(120) == 3, 1.0, dust)
    with pytest.warns(UserWarning, match="'x3' has 1 in row 3, .* times as far out .* now count as the same number"):
        clone(PLAIN).fit(np.column_stack([X, one]), y)
    with pytest.raises(
        ValueError, match=r"'x3' has 1e.06 in row 3, .* times as far out as is usual there; correct that"
    ):
        clone(PLAIN).fit(np.column_stack([X, 1e6 * one]), y)
    with pytest.raises(ValueError, match=r"'x3' has 1e.15 in row 3, 1e.15 times as far out"):
        clone(PLAIN).fit(np.column_stack([X, np.where(np.arange(120) == 3, 1e15, np.arange(120) % 3)]), y)


@pytest.mark.parametrize("given", [{"activation": "heaviside"}, {"layers": [Dense(8, "relu"), Dense(4, "heaviside")]}])
def test_steps_that_gradients_cannot_train_are_said(small, given):
    X, y = small
    model = clone(PLAIN).set_params(**given)
    with pytest.warns(UserWarning, match="the derivative of 'heaviside' is 0, so no gradient passes it.*Perceptron"):
        model.fit(X, y)
    drawn = model.network_.initialize(model.members_[0].seed)
    np.testing.assert_allclose(model.coefs_[0], drawn[0]["W"], rtol=0.02)  # but for the penalty
    clone(PLAIN).set_params(activation="hard_tanh").fit(X, y)
