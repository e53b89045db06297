"""The numbers of a table, against pandas, NumPy and counts by hand."""

import json

import numpy as np
import pandas as pd
import pytest

from glassnet import NetworkClassifier, NetworkRegressor, Recipe
from glassnet.insight.table_statistics import table_statistics

ROWS = 90
PLAIN = Recipe("plain", binary_flags=True)
FAST = {"hidden_layer_sizes": (2,), "preset": PLAIN, "n_members": 1, "max_iter": 1, "random_state": 0}


def made():
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "size": random.lognormal(size=ROWS),
            "floors": random.choice([1.0, 3.0], ROWS),
            "town": random.choice([f"town {letter}" for letter in "abcdefghij"], ROWS),
            "day": pd.Timestamp("2024-03-01") + pd.to_timedelta(random.integers(0, 500, ROWS), "D"),
            "same": 7.5,
        }
    )
    frame.loc[:8, "size"] = np.nan
    frame.loc[:2, "town"] = None
    frame.loc[80:] = frame.loc[70:79].to_numpy()  # ten rows again, half of them with another target
    y = pd.Series(random.integers(0, 50, ROWS), name="price").astype(float)
    y[80:85], y[85:] = y[70:75], y[75:80] + 1
    return frame.astype({"size": float, "floors": float, "day": "datetime64[ns]", "same": float}), y


@pytest.fixture(scope="module")
def table():
    return made()


@pytest.fixture(scope="module")
def model(table):
    with pytest.warns(UserWarning, match="left out"):
        return NetworkRegressor(**FAST).fit(*table)


@pytest.fixture(scope="module")
def found(model, table):
    return table_statistics(model, *table)


def as_pandas(numbers):
    """Return what pandas calls describe, without the count."""
    return [
        numbers.mean, numbers.minimum, numbers.lower_quartile, numbers.median, numbers.upper_quartile, numbers.maximum
    ]  # fmt: skip


def test_columns_are_those_of_pandas(found, table):
    frame, _ = table
    columns = {column.name: column for column in found.columns}
    assert list(columns) == list(frame.columns)
    assert [column.kind for column in found.columns] == ["number", "flag", "category", "date", "left out"]
    assert [column.missing for column in found.columns] == frame.isna().sum().tolist()
    assert [column.distinct for column in found.columns] == frame.nunique().tolist()
    assert columns["size"].missing_fraction == frame["size"].isna().mean()
    expected = frame["size"].describe()
    np.testing.assert_allclose(as_pandas(columns["size"].numbers), expected.drop(["count", "std"]))
    np.testing.assert_allclose(columns["size"].numbers.standard_deviation, frame["size"].std(ddof=0))
    dates = (frame["day"] - pd.Timestamp("1970-01-01")) / pd.Timedelta("1s")
    np.testing.assert_allclose(as_pandas(columns["day"].numbers), dates.describe().drop(["count", "std"]))
    assert columns["same"].numbers is None
    assert columns["same"].used_as == "left out: the same in every row"


def test_levels_are_counted(found, table):
    frame, _ = table
    columns = {column.name: column for column in found.columns}
    counts = frame["town"].value_counts()
    assert dict(columns["town"].levels) == {name: counts[name] for name, _ in columns["town"].levels}
    assert [count for _, count in columns["town"].levels] == counts.tolist()[:8]
    assert columns["town"].other_levels == len(counts) - 8
    assert dict(columns["floors"].levels) == {"1": (frame["floors"] == 1).sum(), "3": (frame["floors"] == 3).sum()}


def test_a_target_has_a_histogram(found, table):
    (target,) = found.targets
    counts, edges = np.histogram(table[1], "auto")
    assert target.counts == tuple(counts)
    np.testing.assert_allclose(target.bin_edges, edges)
    assert target.integers
    assert target.values.name == "price"
    np.testing.assert_allclose(as_pandas(target.values.numbers), table[1].describe().drop(["count", "std"]))


def test_repeated_rows_are_counted(found, table):
    frame, y = table
    assert found.duplicated_rows == frame.assign(y=y).duplicated().sum() == 5
    assert found.conflicting_rows == 10


def test_rows_without_targets_repeat_by_their_inputs(model, table):
    alone = table_statistics(model, table[0])
    assert (alone.targets, alone.duplicated_rows, alone.conflicting_rows) == ((), 10, 0)


def test_the_table_of_the_fit_lies_within_itself(found):
    assert [column.outside for column in found.columns] == [0, 0, 0, 0, None]
    assert found.describe() == (
        "90 rows, 5 columns (1 number, 1 flag, 1 category, 1 date, 1 left out); 12 of 450 cells are missing, most in "
        "'size' (10.0%); 5 rows repeat an earlier one, and 10 rows have the inputs of another row and another target; "
        "no cell lies outside what training saw."
    )


def test_other_rows_lie_outside(model, table):
    frame = table[0].tail(10).reset_index(drop=True)
    frame.loc[0, ["size", "floors", "town"]] = [1e3, 2.0, "elsewhere"]
    frame.loc[1, ["size", "town", "day"]] = [-1.0, "elsewhere", pd.Timestamp("1999-12-31")]
    found = table_statistics(model, frame)
    assert [column.outside for column in found.columns] == [2, 1, 2, 1, None]
    assert found.columns[0].outside_fraction == 0.2
    assert [column.unseen_levels for column in found.columns[1:3]] == [(("2", 1),), (("elsewhere", 2),)]
    assert "6 cells lie outside what training saw, most in 'size' (20.0%)" in found.describe()
    assert "1999-12-31 00:00:00" in str(found.table())


def test_everything_is_json_and_text(found):
    again = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert again["columns"][0]["numbers"]["median"] == found.columns[0].numbers.median
    assert len(again["targets"][0]["counts"]) + 1 == len(again["targets"][0]["bin_edges"])
    lines = str(found.table()).splitlines()
    assert len(lines) == 1 + 5 + 1
    assert "and 2 more" in lines[3]


def test_an_old_file_does_not_know_the_range(model, table):
    before = vars(model)["_input_quantiles"]
    try:
        vars(model)["_input_quantiles"] = None
        assert "what training saw is not known" in table_statistics(model, *table).describe()
    finally:
        vars(model)["_input_quantiles"] = before


@pytest.fixture(scope="module")
def of_three():
    X = np.arange(400.0)[:, None]
    y = np.column_stack([np.sin(X[:, 0]), np.sin(X[:, 0]), X[:, 0]])
    return NetworkRegressor(**FAST).fit(X, y), X, y


def test_a_missing_target_is_not_another_one(of_three):
    gap = np.nan
    X = np.array([0.0, 0, 1, 1, 2, 2, 3, 3, 3, 4, 4])[:, None]
    y = [
        (1, 2, 0), (1, gap, 0),  # may be equal
        (1, 2, 0), (3, gap, 0),  # differ in the first
        (gap, 1, 0), (gap, 2, 0),  # differ in the second
        (1, gap, 0), (gap, 2, 0), (1, 5, 0),  # the last two differ
        (gap, gap, 0), (7, 7, 0),
    ]  # fmt: skip
    found = table_statistics(of_three[0], X, np.array(y))
    assert (found.duplicated_rows, found.conflicting_rows) == (0, 6)


def test_bins_are_few_however_far_out_a_target_is(of_three):
    model, X, y = of_three
    y = y.copy()
    y[0] = [1e9, 1e5, np.nan]
    targets = table_statistics(model, X, y).targets
    assert [len(target.counts) for target in targets] == [30, 30, len(np.histogram(y[1:, 2], "auto")[0])]
    assert [sum(target.counts) for target in targets] == [400, 400, 399]
    assert [target.integers for target in targets] == [False, False, True]
    assert targets[2].values.missing == 1


def test_classes_and_labels_are_counted(table):
    X = np.random.default_rng(1).normal(size=(60, 2))
    y = np.array([1, 2, 2] * 20)
    (classes,) = table_statistics(NetworkClassifier(**FAST).fit(X, y), X, y).targets
    assert (classes.values.levels, classes.counts, classes.integers) == ((("2", 40), ("1", 20)), (), False)
    labels = np.column_stack([y == 1, X[:, 0] > 0]).astype(int)
    found = table_statistics(NetworkClassifier(**FAST).fit(X, labels), X, labels).targets
    assert [dict(label.values.levels).get("1") for label in found] == labels.sum(axis=0).tolist()


def test_images_have_no_columns():
    X = np.random.default_rng(0).random((20, 4, 4))
    model = NetworkRegressor((2,), preset="plain", max_iter=1, random_state=0).fit(X, X[:, 0, 0])
    with pytest.raises(TypeError, match="statistics are of columns, and this model was fitted to images"):
        table_statistics(model, X)
