"""Profiles of a column against predictions of tables with that column set, point by point."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from sklearn.inspection import partial_dependence

from glassnet import NetworkClassifier, NetworkRegressor, Quantile
from glassnet.data.column import Column
from glassnet.insight.figures.profile import ProfileDisplay
from glassnet.insight.profile import profile
from glassnet.insight.profile_grid import cells_along

ROWS = 90
SMALL = {"n_members": 2, "max_iter": 5, "hidden_layer_sizes": (6,), "random_state": 0}


def table(rows=ROWS, seed=0):
    random = np.random.default_rng(seed)
    begin = [datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=int(day)) for day in random.integers(0, 300, rows)]
    X = pl.DataFrame(
        {
            "width": random.gamma(1.5, 20, size=rows),
            "rooms": random.integers(1, 9, rows),
            "side": random.choice([1.0, 2.0], rows, p=[0.3, 0.7]),
            "kind": random.choice(["a", "b", "c"], rows, p=[0.3, 0.5, 0.2]),
            "begin": begin,
        }
    ).with_columns(pl.when(pl.int_range(rows) % 10 == 3).then(None).otherwise(pl.col("width")).alias("width"))
    width, rooms = X["width"].fill_null(0).to_numpy(), X["rooms"].to_numpy()
    return X, 100 * np.sin(width / 30) + 5 * rooms**2 + 60 * (X["kind"] == "a").to_numpy()


@pytest.fixture(scope="module")
def model():
    X, y = table()
    return NetworkRegressor(**SMALL).fit(X, y, groups=X["begin"].dt.epoch("d"))


@pytest.fixture(scope="module")
def proved(model):
    return profile(model, table()[0], "width", grid=7, curves=5, certified=True)


def with_cell(X, name, cell):
    if name == "begin":
        cell = datetime.fromtimestamp(cell, UTC)
    return X.with_columns(pl.lit(cell, X.schema[name] if name == "begin" else None).alias(name))


@pytest.mark.parametrize("name", ["width", "rooms", "side", "kind", "begin"])
def test_curves_are_predictions_with_the_column_set(model, name):
    X = table()[0]
    found = profile(model, X, name, grid=6, curves=4)
    assert 2 <= len(found.grid) <= (8 if name == "rooms" else 6)
    expected = np.stack([model.predict(with_cell(X, name, cell)) for cell in found.grid.tolist()], axis=1)
    np.testing.assert_allclose(found.mean, expected.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(found.typical, expected[found.typical_row], rtol=1e-5)
    assert found.curves.shape == (4, len(found.grid))
    for curve in found.curves:
        assert np.isclose(expected, curve, rtol=1e-5).all(axis=1).any()
    before = model.predict(X)
    assert abs(before - np.median(before)).argmin() == found.typical_row
    row = X[[found.typical_row]]
    intervals = [model.predict_interval(with_cell(row, name, cell)) for cell in found.grid.tolist()]
    np.testing.assert_allclose(found.lower, [each.lower[0] for each in intervals], rtol=1e-5)
    np.testing.assert_allclose(found.upper, [each.upper[0] for each in intervals], rtol=1e-5)


def test_the_mean_is_the_partial_dependence_of_scikit_learn():
    random = np.random.default_rng(1)
    X = random.normal(size=(60, 3))
    plain = NetworkRegressor(cv=None, preset="fast", **SMALL).fit(X, X[:, 0] ** 2 + X[:, 1])
    found = profile(plain, X, "x1", grid=9)
    peer = partial_dependence(plain, X, [1], custom_values={1: found.grid}, kind="average", method="brute")
    np.testing.assert_allclose(found.mean, peer["average"][0], rtol=1e-5, atol=1e-6)
    assert found.lower is None
    assert found.coverage is None


def test_what_is_proved_holds_between_the_points(model, proved):
    X, random = table()[0], np.random.default_rng(2)
    row = X[[proved.typical_row]]
    for low, high, least, most in zip(
        proved.grid[:-1], proved.grid[1:], proved.certified_lower, proved.certified_upper, strict=True
    ):
        cells = [low, high, *random.uniform(low, high, 198)]
        predicted = model.predict(pl.concat([row] * 200).with_columns(pl.Series("width", cells)))
        assert least <= predicted.min() <= predicted.max() <= most
        assert most - least < 20 * np.ptp(predicted) + 1  # and is no empty promise
    assert len(proved.certified_lower) == len(proved.grid) - 1


def test_points_are_quantiles_and_equal_distances():
    X = table(400)[0]
    cells = X["width"].drop_nulls().to_numpy()
    found = cells_along(Column("width", "number"), X["width"].fill_null(np.nan).to_numpy(), 10)
    quantiles = np.quantile(cells, np.linspace(0, 1, 5), method="nearest")
    even = np.linspace(cells.min(), cells.max(), 7)[1:-1]
    np.testing.assert_allclose(found.grid, np.sort([*quantiles, *even]))
    assert found.missing == 40
    inside = [(cells >= low) & (cells < high) for low, high in zip(found.grid[:-1], found.grid[1:], strict=True)]
    counts = np.sum(inside, axis=1)
    counts[-1] += 1  # the largest
    np.testing.assert_array_equal(found.counts, counts)
    np.testing.assert_allclose(found.deciles, np.quantile(cells, np.arange(1, 10) / 10))


def test_where_few_rows_lie_is_counted_in_twentieths():
    cells = np.concatenate([np.linspace(0, 1, 500), [10.0]])
    found = cells_along(Column("area", "number"), cells, 21)
    assert found.sparse == ((1.0, 10.0),)
    few = cells_along(Column("rooms", "number"), np.repeat([1.0, 2.0, 5.0], [300, 2, 200]), 21)
    np.testing.assert_array_equal(few.grid, [1, 2, 5])
    assert few.sparse == ((1.5, 3.5),)
    integers = cells_along(Column("rooms", "number"), np.arange(100.0), 8)
    np.testing.assert_array_equal(integers.grid, np.round(integers.grid))


def test_the_most_frequent_levels_come_first():
    kinds = [f"k{place:02d}" for place in range(15) for _ in range(200 if place == 4 else 20 - place)]
    cells = np.array([*kinds, None], object)
    found = cells_along(Column("kind", "category", levels=("k00",)), cells, 41)
    assert found.grid.tolist() == ["k04", *(f"k{place:02d}" for place in range(12) if place != 4)]
    assert found.counts.tolist() == [200, *(20 - place for place in range(12) if place != 4)]
    assert (found.missing, found.others) == (1, 8 + 7 + 6)
    rare = cells_along(Column("kind", "category"), np.array(["a"] * 300 + ["b"] + ["c"] * 2, object), 41)
    assert rare.sparse == ((0.5, 2.5),)
    flag = cells_along(Column("side", "flag", values=(1.0, 2.0)), np.array([2.0, 2.0, 1.0, 7.0]), 41)
    assert flag.grid.tolist() == [2.0, 1.0]
    assert flag.others == 1


def test_of_many_rows_a_thousand_are_drawn(model):
    X = table(1_300, seed=3)[0]
    found, again = (profile(model, X, "rooms", curves=2, seed=5) for _ in range(2))
    assert (found.rows, found.rows_given) == (1_000, 1_300)
    np.testing.assert_array_equal(found.mean, again.mean)
    expected = np.mean([model.predict(with_cell(X, "rooms", int(cell))) for cell in found.grid], axis=1)
    assert np.abs(found.mean - expected).max() < 0.1 * np.std(model.predict(X))
    assert found.counts.sum() == 1_300


def test_of_several_quantiles_one_is_named():
    X, y = table()
    quantiles = NetworkRegressor(loss=Quantile((0.1, 0.9)), preset="fast", **SMALL).fit(X.drop("begin"), y)
    found = profile(quantiles, X.drop("begin"), "side", target="y0 at 0.9", curves=0, coverage=0.8)
    expected = [quantiles.predict(with_cell(X.drop("begin"), "side", cell))[:, 1].mean() for cell in found.grid]
    np.testing.assert_allclose(found.mean, expected, rtol=1e-5)
    assert found.target == "y0 at 0.9"
    assert found.curves.shape == (0, 2)
    assert (found.lower <= found.upper).all()


def test_what_cannot_be_done_is_refused(model):
    X = table()[0]
    with pytest.raises(ValueError, match=r"no column 'widht'; did you mean 'width'\?"):
        profile(model, X, "widht")
    with pytest.raises(ValueError, match="column 'kind' is a category; leave certified out"):
        profile(model, X, "kind", certified=True)
    with pytest.raises(ValueError, match="grid=1 must be an integer of at least 2"):
        profile(model, X, "width", grid=1)
    with pytest.raises(ValueError, match="curves=-1 must be"):
        profile(model, X, "width", curves=-1)
    with pytest.raises(ValueError, match=r"'kind' has 1 value\(s\) in X"):
        profile(model, X.with_columns(pl.lit("a").alias("kind")), "kind")
    with pytest.raises(ValueError, match="no target 'age'"):
        profile(model, X, "width", target="age")
    with pytest.raises(TypeError, match="profiles are of numbers that a NetworkRegressor predicts"):
        profile(NetworkClassifier(), X, "width")


def test_the_record_is_said_and_written(proved):
    labels = proved.labels
    assert f"{proved.mean.min():.4g}, where width is {labels[proved.mean.argmin()]}" in proved.describe()
    assert "90% interval" in proved.describe()
    lines = str(proved).splitlines()
    assert lines[1].split()[0] == "width"
    assert len(lines) == 2 + len(proved.grid) + 1
    written = json.loads(json.dumps(proved.to_dict(), allow_nan=False))
    assert written["mean"] == proved.mean.tolist()
    assert written["column"] == "width"


def test_a_figure_holds_the_numbers_of_the_record(proved):
    display = ProfileDisplay(proved).plot()
    np.testing.assert_array_equal(display.mean_.get_xydata(), np.stack([proved.grid, proved.mean]).T)
    np.testing.assert_array_equal(display.typical_.get_ydata(), proved.typical)
    assert [line.get_ydata().tolist() for line in display.curves_] == proved.curves.tolist()
    np.testing.assert_array_equal(display.deciles_.get_xdata(), proved.deciles)
    corners = display.interval_.get_paths()[0].vertices
    assert (corners[:, 1].min(), corners[:, 1].max()) == (proved.lower.min(), proved.upper.max())
    assert display.proved_.get_hatch() == "////"
    steps = display.proved_.get_paths()[0].vertices
    assert (steps[:, 1].min(), steps[:, 1].max()) == (proved.certified_lower.min(), proved.certified_upper.max())
    assert display.ax_.get_xlabel() == "width; 9 rows lack it"
    assert display.ax_.get_ylabel() == "predicted y0"
    assert display.ax_.get_title() == f"90 rows, 5 of them as thin lines; typical: row {proved.typical_row}"
    frame = display.frame()
    np.testing.assert_array_equal(frame["mean"], proved.mean)
    assert frame.width == 5 + len(proved.curves)


@pytest.mark.parametrize("name", ["mean", "typical", "lower", "curve 1", "at"])
def test_a_column_may_have_the_name_of_a_number(proved, name):
    frame = ProfileDisplay(replace(proved, column=name)).frame()
    np.testing.assert_array_equal(frame["at"], proved.grid)
    np.testing.assert_array_equal(
        frame.drop("at")[:, :4].to_numpy().T, [proved.mean, proved.typical, proved.lower, proved.upper]
    )
    np.testing.assert_array_equal(frame["curve 1"], proved.curves[0])


def test_levels_are_dots_and_dates_are_dates(model):
    X = table()[0]
    record = profile(model, X, "kind", curves=3)
    display = ProfileDisplay(record).plot()
    assert record.grid.tolist() == X["kind"].value_counts(sort=True)["kind"].to_list()
    labels = [label.get_text() for label in display.ax_.get_xticklabels()]
    assert labels == [f"{level}\n{count}" for level, count in zip(record.grid, record.counts, strict=True)]
    assert display.mean_.get_linestyle() == "None"
    np.testing.assert_array_equal(display.mean_.get_xydata(), np.stack([np.arange(3), record.mean]).T)
    dates = ProfileDisplay(profile(model, X, "begin", grid=5)).plot()
    assert dates.frame()["at"].dtype == pl.Datetime("us")
    assert dates.frame()["at"].min() == X["begin"].min().replace(tzinfo=None)
    assert dates.record.labels[0] == X["begin"].min().strftime("%Y-%m-%d %H:%M")
