"""What estimators make of inputs that are not plain numbers, or other at prediction than in training."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import clone

from glassnet import NetworkClassifier, NetworkRegressor, Perceptron
from glassnet.network.custom_loss import CustomLoss
from glassnet.sklearn import MLPRegressor
from glassnet.training.note import Note

PLAIN = NetworkRegressor((8,), preset="plain", solver="lbfgs", n_members=1, max_iter=100, random_state=0)


@pytest.fixture
def years():
    random = np.random.default_rng(0)
    X = np.column_stack([random.uniform(2000, 2010, 80), random.normal(size=80)])
    return X, np.sin(X[:, 0]) + X[:, 1]


def test_a_gap_stays_near_what_was_seen(years):
    """Years lie around 2005 with a deviation of 3: counted as 0, a missing one would be 700 deviations out."""
    X, y = years
    model = clone(PLAIN).fit(X, y)
    with pytest.warns(UserWarning, match=r"column 'x0' was never missing in training, but is in 1 row\(s\)"):
        found = model.predict([[np.nan, 0.0]])
    middle = np.quantile(X[:, 0], 0.5, method="inverted_cdf")
    np.testing.assert_allclose(found, model.predict([[middle, 0.0]]), rtol=1e-6)


def test_one_gap_is_no_outlier_for_the_member_blind_to_it(years):
    X, y = years
    X[3, 0] = np.nan
    model = clone(PLAIN).set_params(n_members=2, cv=2).fit(X, y)
    assert np.abs(model.oof_prediction_ - y).max() < 5 * np.std(y)


@pytest.mark.filterwarnings("ignore:X has feature names")
def test_moments_in_arrays_are_dates_whatever_their_unit():
    days = np.datetime64("2024-01-01") + np.arange(60)
    y = np.arange(60) % 7.0
    model = clone(PLAIN).fit(days[:, None], y)
    assert model.schema_.columns[0].kind == "date"
    expected = model.predict(days[:5, None])
    for unit in ("s", "ms", "ns"):
        np.testing.assert_array_equal(model.predict(days[:5, None].astype(f"datetime64[{unit}]")), expected)
    spans = (days - days[0])[:, None]
    lasting = clone(PLAIN).fit(spans, y)
    np.testing.assert_array_equal(
        lasting.predict(spans.astype("timedelta64[s]")), lasting.predict(pd.DataFrame({"x0": spans[:, 0]}))
    )


@pytest.mark.filterwarnings("ignore:X has feature names")
def test_a_frame_of_dates_for_a_model_of_an_array():
    days = [datetime(2024, 1, 1) + timedelta(days=day) for day in range(60)]
    y = np.arange(60) % 7.0
    frame = pd.DataFrame({"when": days})
    model = clone(PLAIN).fit(np.array([[day.isoformat()] for day in days], dtype=object), y)
    np.testing.assert_array_equal(model.predict(frame), model.predict(frame.to_numpy()))
    of_numbers = clone(PLAIN).fit(np.arange(60.0)[:, None], y)
    with pytest.raises(ValueError, match="column 'x0' held numbers in training, but now holds dates"):
        of_numbers.predict(frame)


def test_a_monitor_judges_members_while_they_train(years):
    X, y = years
    model = NetworkRegressor(
        (8,), n_members=4, max_iter=200, n_iter_no_change=3, random_state=0, learning_rate_init=0.02,
        monitor=lambda truth, prediction: float(np.mean(np.abs(truth - prediction))),
    ).fit(X, y)  # fmt: skip
    histories = [member.history for member in model.members_]
    assert len({history.epochs for history in histories}) > 1
    assert [len(history.validation_loss) for history in histories] == [history.epochs for history in histories]


def test_a_loss_of_ones_own_goes_on_from_a_checkpoint(years, tmp_path):
    """A function lies elsewhere in memory when the program starts again."""

    def loss():
        return CustomLoss(lambda x, y: 0.5 * (x - y) ** 2, lambda x, y: x - y)

    model = NetworkRegressor((4,), n_members=1, max_iter=20, random_state=0)
    first = clone(model).set_params(loss=loss()).fit(*years, checkpoint=tmp_path)
    with pytest.warns(Note, match="going on from epoch 20 of 20"):
        second = clone(model).set_params(loss=loss()).fit(*years, checkpoint=tmp_path)
    np.testing.assert_array_equal(first.predict(years[0]), second.predict(years[0]))


QUICK = {"hidden_layer_sizes": (4,), "preset": "plain", "max_iter": 3, "random_state": 0}
Y = np.arange(12.0) % 5


@pytest.fixture(scope="module")
def quick():
    return NetworkRegressor(**QUICK).fit(Y[:, None] ** 2, Y)


def masked(values, row, to=None):
    array = np.ma.array(values, copy=True)
    array[row] = np.ma.masked if to is None else to
    return array


MISSING_IN_ROW_3 = {
    "masked": lambda values: masked(values, 3),
    "NaN": lambda values: np.where(np.arange(12) == 3, np.nan, values),
    "nullable": lambda values: pd.array(np.where(np.arange(12) == 3, np.nan, values), "Float64"),
    "NA of pandas": lambda values: pd.Series([pd.NA if row == 3 else v for row, v in enumerate(values)], dtype=object),
    "None": lambda values: [None if row == 3 else v for row, v in enumerate(values)],
    "polars": lambda values: pl.Series([None if row == 3 else v for row, v in enumerate(values)]),
}


@pytest.mark.parametrize("form", MISSING_IN_ROW_3)
def test_missing_targets_weights_and_labels_are_refused_with_their_row(form):
    gone = MISSING_IN_ROW_3[form]
    regressor, classifier = NetworkRegressor(**QUICK), NetworkClassifier(**QUICK)
    X = Y[:, None] ** 2
    with pytest.raises(ValueError, match=r"Input y contains NaN or infinity: the target is nan in row 3 \(1 such row"):
        regressor.fit(X, gone(Y))
    with pytest.raises(ValueError, match=r"sample_weight contains NaN: it is missing in row 3 \(1 such row\(s\)\)"):
        regressor.fit(X, Y, sample_weight=gone(np.ones(12)))
    with pytest.raises(ValueError, match=r"the label is missing in row 3 \(1 such row\(s\)\); leave these rows out"):
        classifier.fit(X, gone(Y % 2))
    with pytest.raises(ValueError, match=r"groups is missing \(.*\) in row 3 \(1 such row\(s\)\); give every row a"):
        NetworkRegressor((4,), n_members=2, max_iter=1).fit(X, Y, groups=gone(Y))


def test_a_missing_label_of_text():
    for labels in (pd.array(["a", "b", None] * 4, "string"), np.array(["a", "b", pd.NA] * 4, dtype=object)):
        with pytest.raises(ValueError, match=r"the label is missing in row 2 \(4 such row\(s\)\)"):
            NetworkClassifier(**QUICK).fit(Y[:, None], labels)


TARGETS = {
    "Int64": pd.array(Y.astype(int), "Int64"),
    "Float64": pd.Series(Y, dtype="Float64"),
    "double[pyarrow]": pd.Series(Y, dtype="double[pyarrow]"),
    "objects": Y.astype(object),
    "fractions": [Fraction(int(y)) for y in Y],
    "decimals": pd.Series([Decimal(int(y)) for y in Y]),
    "text": Y.astype(str),
    "without a mask": np.ma.array(Y),
    "polars": pl.Series(Y),
}


@pytest.mark.parametrize("form", TARGETS)
def test_targets_weights_and_labels_in_any_form(form, quick):
    X, y = Y[:, None] ** 2, TARGETS[form]
    np.testing.assert_array_equal(NetworkRegressor(**QUICK).fit(X, y).predict(X), quick.predict(X))
    assert quick.score(X, y) == quick.score(X, Y)
    if form != "text":
        weighted = NetworkRegressor(**QUICK).fit(X, Y, sample_weight=Y)
        np.testing.assert_array_equal(
            NetworkRegressor(**QUICK).fit(X, Y, sample_weight=y).predict(X), weighted.predict(X)
        )
        assert NetworkClassifier(**QUICK).fit(X, y).classes_.tolist() == [0, 1, 2, 3, 4]


def test_several_targets_in_a_nullable_frame():
    frame = pd.DataFrame({"a": pd.array([1, None, *range(10)], "Int64"), "b": Y})
    expected = np.column_stack([[1, np.nan, *range(10)], Y])
    models = [NetworkRegressor(**QUICK).fit(Y[:, None], y) for y in (frame, expected)]
    np.testing.assert_array_equal(*(model.predict(Y[:, None]) for model in models))
    levels = frame.set_axis(pd.MultiIndex.from_tuples([("size", "a"), ("size", "b")]), axis=1)
    assert NetworkRegressor(**QUICK).fit(Y[:, None], levels).target_names_ == ["size a", "size b"]


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (
            ["1", "2", "TBD", *["3"] * 9],
            r"the target must be numbers, but holds text: row 2 has 'TBD' \(1 such row\(s\)\); correct these rows or "
            "leave them out, turn them into numbers first, or use a classifier",
        ),
        (["pear", "1", "2"] * 4, r"row 0 has 'pear' \(12 such row"),
        (["1", "2", "NA"] * 4, "the target is nan in row 2"),
        ([timedelta(seconds=1)] * 12, "the target must be numbers, but holds dates or durations; turn them into"),
        (pd.period_range("2024", periods=12, freq="D"), "the target must be numbers, but holds dates or durations"),
        ([[1]] * 11 + [[1, 2]], "inhomogeneous|column 'y' holds a list"),
        (sparse.csr_array(Y[:, None]), r"y is sparse; give it dense, as y.toarray\(\)"),
    ],
)
def test_targets_that_are_no_numbers(y, message):
    with pytest.raises((ValueError, TypeError), match=message):
        NetworkRegressor(**QUICK).fit(Y[:, None], y)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, "a"] * 6, "the labels are of several types: row 0 has 1 and row 1 has 'a'; make them text, as in"),
        ([True, 2] * 6, "the labels are of several types: row 0 has True and row 1 has 2"),
        (pd.period_range("2024", periods=12), r"labels of type Period are no classes; make them text, as in \[str\("),
    ],
)
def test_labels_that_are_no_classes(labels, message):
    with pytest.raises(TypeError, match=message):
        NetworkClassifier(**QUICK).fit(Y[:, None], pd.Series(labels, dtype=object))


def test_labels_of_objects_are_what_they_hold():
    for labels, kind in (([True, False] * 6, "b"), ([1, 2] * 6, "i"), (["a", "b"] * 6, "O")):
        model = NetworkClassifier(**QUICK).fit(Y[:, None], np.array(labels, dtype=object))
        assert model.classes_.dtype.kind == kind
        assert model.classes_.tolist() == sorted(set(labels))


@pytest.mark.parametrize("weights", [["a"] * 12, [timedelta(1)] * 12, np.full(12, "1")])
def test_weights_that_are_no_numbers(weights):
    with pytest.raises(ValueError, match=r"sample_weight must be numbers, but row 0 has .*; give a number a row"):
        NetworkRegressor(**QUICK).fit(Y[:, None], Y, sample_weight=weights)


def test_groups_of_any_type_keep_rows_together():
    groups = np.array([1, "a", 1.5, "b"] * 3, dtype=object)
    model = NetworkRegressor((4,), n_members=2, max_iter=1, random_state=0).fit(Y[:, None], Y, groups=groups)
    first, second = ({groups[row] for row in rows} for rows in model.fold_rows_)
    assert first | second == set(groups)
    assert not first & second


def test_a_mask_in_X_is_a_gap_as_NaN_is(quick):
    random = np.random.default_rng(0)
    X = random.normal(size=(40, 2))
    mask = random.random(X.shape) < 0.2
    y = np.where(mask, 0, X).sum(axis=1)
    hidden = np.ma.array(np.where(mask, -999.0, X), mask=mask)
    with_gaps = np.where(mask, np.nan, X)
    model = NetworkRegressor(**QUICK).fit(hidden, y)
    np.testing.assert_array_equal(model.predict(hidden), NetworkRegressor(**QUICK).fit(with_gaps, y).predict(with_gaps))
    with pytest.raises(ValueError, match="Input X contains NaN"):
        Perceptron().fit(hidden, y > 0)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        MLPRegressor(hidden_layer_sizes=(4,), max_iter=2).fit(hidden, y)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        MLPRegressor(hidden_layer_sizes=(4,), max_iter=2).fit(X, y).predict(hidden)
    with pytest.raises(ValueError, match="Input y contains NaN"):
        MLPRegressor(hidden_layer_sizes=(4,), max_iter=2).fit(X, np.ma.array(y, mask=mask[:, 0]))


def test_columns_that_training_did_not_have_are_said():
    frame = pd.DataFrame({"a": Y, "b": Y**2})
    model = NetworkRegressor(**QUICK).fit(frame, Y)
    expected = model.predict(frame)
    np.testing.assert_array_equal(model.predict(frame[["b", "a"]]), expected)
    with pytest.warns(UserWarning, match="column.* that the training table did not have are ignored: 'c', 'd'$"):
        found = model.predict(frame.assign(c=1, d=2))
    np.testing.assert_array_equal(found, expected)
    with pytest.warns(UserWarning, match=r"'e0', .*, 'e9' and 5 more$"):
        model.predict(frame.assign(**{f"e{place}": 0 for place in range(15)}))


def test_booleans_are_predicted_alike_in_every_form():
    old = Y > 2
    model = NetworkRegressor(**QUICK).fit(pd.DataFrame({"old": old, "x": Y}), Y)
    for form in (old.astype(str), np.char.upper(old.astype(str)), old.astype(int), pd.Categorical(old)):
        frame = pd.DataFrame({"old": form, "x": Y})
        np.testing.assert_array_equal(model.predict(frame), model.predict(pd.DataFrame({"old": old, "x": Y})))


def test_nanoseconds_are_learned_from():
    """All of them are the same float64."""
    stamps = 1_704_067_200_000_000_000 + np.arange(100)
    model = clone(PLAIN).fit(stamps[:, None], np.sin(np.arange(100) / 15))
    assert model.score(stamps[:, None], np.sin(np.arange(100) / 15)) > 0.99
