"""Slopes against finite differences of the prediction, changes of flags and levels against predictions by hand."""

import json
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from glassnet import NetworkClassifier, NetworkRegressor, Recipe
from glassnet.estimators.validation import check_inputs
from glassnet.insight.figures.slopes import MOST_COLUMNS, SlopesDisplay
from glassnet.insight.slopes import Slopes, slopes

ROWS = 90
SMALL = {"n_members": 2, "max_iter": 5, "hidden_layer_sizes": (6,), "random_state": 0}
DAY = 86_400.0


def table():
    random = np.random.default_rng(0)
    begin = [
        datetime(2020, 1, 1) + timedelta(days=int(day), hours=int(hour), minutes=30)
        for day, hour in zip(random.integers(0, 700, ROWS), random.integers(2, 22, ROWS), strict=True)
    ]
    end = [day + timedelta(days=int(later)) for day, later in zip(begin, random.integers(1, 90, ROWS), strict=True)]
    X = pl.DataFrame(
        {
            "width": np.where(random.random(ROWS) < 0.1, np.nan, random.normal(size=ROWS) * 40),
            "rooms": random.integers(1, 9, ROWS),
            "side": random.choice([1.0, 2.0], ROWS),
            "kind": random.choice(["a", "b", "c"], ROWS, p=[0.3, 0.5, 0.2]),
            "begin": begin,
            "end": end,
        }
    ).with_columns(
        pl.col("width").fill_nan(None),
        pl.when(pl.int_range(ROWS) % 30 == 3).then(None).otherwise(pl.col("end")).alias("end"),
        pl.when(pl.int_range(ROWS) % 30 == 7).then(None).otherwise(pl.col("side")).alias("side"),
    )
    late = np.array([day.hour for day in begin]) / 24
    width, rooms = X["width"].fill_null(0).to_numpy(), X["rooms"].to_numpy()
    return X, 100 * np.sin(width / 30) + 5 * rooms**2 + 60 * (X["kind"] == "a").to_numpy() + 200 * late


@pytest.fixture(scope="module")
def model():
    return NetworkRegressor(cv=None, **SMALL).fit(*table())


@pytest.fixture(scope="module")
def found(model):
    return slopes(model, table()[0])


def by_members(model, X):
    """Return what members predict, (members, rows), in float64: differences of float32 would be lost in rounding."""
    ensemble = model.ensemble_.in_float64()
    return ensemble.predict_encoded(model.schema_.encode(model.schema_.match(check_inputs(model, X, reset=False))))[
        ..., 0
    ]


def moved(X, name, step):
    return X.with_columns((pl.col(name) + step).alias(name))


def differences(model, X, name, step, units):
    up, down = by_members(model, moved(X, name, step)), by_members(model, moved(X, name, -step))
    return (up - down) / (2 * units)


def assert_slopes(model, found, name, expected):
    """Assert that slopes of a column are these of members, (members, rows), and NaN where the column has gaps."""
    X, place = table()[0], found.columns.index(name)
    gaps = X[name].is_null().to_numpy()
    assert gaps.any() == (name in ("width", "end"))
    np.testing.assert_array_equal(np.isnan(found.slopes[:, place]), gaps)
    size = np.abs(expected[:, ~gaps]).max()
    assert np.std(expected[:, ~gaps]) > 1e-3 * size  # no straight line
    np.testing.assert_allclose(found.slopes[~gaps, place], expected[:, ~gaps].mean(axis=0), atol=1e-5 * size)
    np.testing.assert_allclose(found.deviation[~gaps, place], expected[:, ~gaps].std(axis=0), atol=1e-5 * size)


@pytest.mark.parametrize("name", ["width", "rooms"])
def test_slopes_are_central_differences(model, found, name):
    assert_slopes(model, found, name, differences(model, table()[0], name, 1e-3, 1e-3))


@pytest.mark.parametrize(("name", "sign"), [("begin", -1), ("end", 1)])
def test_of_a_date_the_date_and_the_time_to_others_move(model, found, name, sign):
    """All phases, as the time of day, stay, so that the inputs are moved and not the table."""
    schema, seconds = model.schema_, 60.0
    x = schema.encode(schema.match(check_inputs(model, table()[0], reset=False)))
    assert any("time of day" in each for each in schema.inputs)
    step = np.zeros(len(schema.inputs))
    step[schema.inputs.index(name)] = seconds
    step[schema.inputs.index("from begin to end")] = sign * seconds
    up, down = (model.ensemble_.in_float64().predict_encoded(x + side * step)[..., 0] for side in (1, -1))
    assert_slopes(model, found, name, (up - down) / (2 * seconds / DAY))


def test_of_a_flag_it_is_the_larger_value_less_the_smaller(model, found):
    X, place = table()[0], found.columns.index("side")
    high, low = (by_members(model, X.with_columns(pl.lit(value).alias("side"))) for value in (2.0, 1.0))
    known = X["side"].is_not_null().to_numpy()
    np.testing.assert_allclose(found.slopes[known, place], (high - low).mean(axis=0)[known], rtol=1e-9)
    np.testing.assert_allclose(found.deviation[known, place], (high - low).std(axis=0)[known], rtol=1e-9)
    assert np.isnan(found.slopes[~known, place]).all()
    assert found.units[place] == "change of y0 from 1 to 2"
    np.testing.assert_array_equal(found.above[:, place], (X["side"] == 2.0).fill_null(value=False))


def test_a_level_is_replaced_by_the_most_frequent_one(model, found):
    X, place = table()[0], found.columns.index("kind")
    after = by_members(model, X.with_columns(pl.lit("b").alias("kind")))
    change = (after - by_members(model, X)).mean(axis=0)
    others = (X["kind"] != "b").to_numpy()
    np.testing.assert_allclose(found.slopes[others, place], change[others], rtol=1e-9)
    assert np.isnan(found.slopes[~others, place]).all()
    assert found.units[place] == "change of y0 to 'b'"
    assert found.positive[place] == pytest.approx(np.mean(change[others] > 0))
    assert found.mean[place] == pytest.approx(change[others].mean())
    assert found.effect[place] == pytest.approx(np.abs(change[others]).sum() / ROWS)


def test_a_gap_may_be_the_most_frequent_level(model):
    X = table()[0].with_columns(pl.when(pl.int_range(ROWS) < 60).then(None).otherwise(pl.col("kind")).alias("kind"))
    found = slopes(model, X)
    place = found.columns.index("kind")
    assert found.units[place] == "change of y0 to a gap"
    np.testing.assert_array_equal(np.isnan(found.slopes[:, place]), np.arange(ROWS) < 60)


def test_scales_and_halves_are_quartiles_and_medians(found):
    X = table()[0]
    days = X["begin"].dt.epoch("s").to_numpy() / DAY
    for name, cells in (("rooms", X["rooms"].to_numpy()), ("begin", days)):
        place = found.columns.index(name)
        low, middle, high = np.quantile(cells, [0.25, 0.5, 0.75])
        assert found.scale[place] == pytest.approx(high - low)
        np.testing.assert_array_equal(found.above[:, place], cells > middle)
    assert found.units[found.columns.index("begin")] == "y0 per day"
    assert found.units[0] == "y0 per unit of width"


def test_at_the_edges_of_a_piecewise_linear_embedding_both_sides_count():
    """Edges are quantiles of the rows of the fit, so that integers lie on them."""
    X, y = table()
    X = X.select("rooms", "kind")
    piecewise = NetworkRegressor(preset=Recipe("fast", embedding="piecewise", linear_path=False), **SMALL).fit(X, y)
    expected = differences(piecewise, X, "rooms", 1e-3, 1e-3).mean(axis=0)
    np.testing.assert_allclose(slopes(piecewise, X).slopes[:, 0], expected, atol=2e-3 * np.abs(expected).max())
    right = by_members(piecewise, moved(X, "rooms", 1e-3)) - by_members(piecewise, X)
    assert np.abs(right.mean(axis=0) / 1e-3 - expected).max() > 0.05 * np.abs(expected).max()  # kinks there are


def test_a_line_has_its_slopes_and_none_where_a_limit_cuts():
    random = np.random.default_rng(1)
    X = random.normal(size=(60, 2)) * [1.0, 10.0]
    line = NetworkRegressor(
        (), solver="lbfgs", n_members=2, early_stopping=False, output_range="seen", preset="plain", alpha=0.0,
        max_iter=500, random_state=0,
    ).fit(X, 3 * X[:, 0] - 0.2 * X[:, 1])  # fmt: skip
    new = np.array([[0.1, 2.0], [90.0, 0.0], [-90.0, 0.0]])
    found = slopes(line, new)
    np.testing.assert_allclose(found.slopes[0], [3, -0.2], rtol=1e-2)
    np.testing.assert_array_equal(found.slopes[1:], np.zeros((2, 2)))
    assert found.columns == ("x0", "x1")
    assert found.kinds == ("number", "number")


def test_of_several_quantiles_one_is_named():
    X, y = table()
    both = pl.DataFrame({"height": y, "weight": -2 * y + X["rooms"].to_numpy()})
    X = X.select("width", "rooms")
    quantiles = NetworkRegressor(loss="quantile", preset="fast", **SMALL).fit(X, both)
    X = X.with_columns(pl.col("rooms") + 0.3)  # at whole rooms ramps begin and end, and slopes jump
    ensemble = quantiles.ensemble_.in_float64()

    def predict(X, place):
        return ensemble.predict(check_inputs(quantiles, X, reset=False))[:, place]

    for target, name, place in (("weight", "weight at 0.5", 4), ("height at 0.95", "height at 0.95", 2)):
        found = slopes(quantiles, X, target=target)
        up, down = (predict(moved(X, "rooms", step), place) for step in (1e-4, -1e-4))
        assert found.target == name
        np.testing.assert_allclose(found.slopes[:, 1], (up - down) / 2e-4, atol=1e-5 * np.abs(up - down).max() / 2e-4)
    with pytest.raises(ValueError, match="several targets and none was chosen"):
        slopes(quantiles, X)


def test_classifiers_are_refused():
    with pytest.raises(TypeError, match="slopes are of numbers that a NetworkRegressor predicts"):
        slopes(NetworkClassifier(), [[1.0]])


def test_the_record_is_said_and_written(found):
    first = found.columns[found.order[0]]
    assert (np.diff(found.effect[found.order]) <= 0).all()
    assert first in found.describe()
    assert str(found).splitlines()[2].startswith(first)
    written = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    width = written["columns"][0]
    assert width["column"] == "width"
    gaps = [slope is None for slope in width["slopes"]]
    assert gaps == table()[0]["width"].is_null().to_list()


def test_a_strip_holds_the_rows_of_its_column(found):
    display = SlopesDisplay(found).plot()
    place = found.order[0]
    for lines, above in ((display.above_, True), (display.below_, False)):
        rows = found.above[:, place] == above
        np.testing.assert_array_equal(lines[0].get_xdata(), (found.slopes[:, place] * found.scale[place])[rows])
        heights = np.asarray(lines[0].get_ydata())
        assert ((heights < 0) == above).all()  # the axis points down
        assert (np.abs(heights) < 0.5).all()
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels[0].splitlines()[0] == found.columns[place]
    assert any("from 1 to 2" in label for label in labels)
    texts = [text.get_text() for text in display.ax_.texts]
    assert texts[: len(labels)] == [f"{found.positive[place]:.0%}" for place in found.order]
    assert "y0" in display.ax_.get_xlabel()
    assert "mean of 2 members" in display.ax_.get_title()
    frame = display.frame()
    assert frame.columns == list(found.columns)
    np.testing.assert_array_equal(frame["width"].is_null(), np.isnan(found.slopes[:, 0]))
    assert {line.get_marker() for line in display.below_} == {"v", "D"}


def test_of_many_columns_the_first_twelve_are_drawn():
    columns, random = 15, np.random.default_rng(2)
    found = random.normal(size=(30, columns)) * np.arange(1, columns + 1)
    record = Slopes(
        target="price", columns=tuple(f"c{place}" for place in range(columns)), kinds=("number",) * columns,
        units=("price per unit",) * columns, slopes=found, deviation=np.zeros((30, columns)), scale=np.ones(columns),
        above=found > 0, members=1,
    )  # fmt: skip
    display = SlopesDisplay(record).plot()
    assert len(display.below_) == MOST_COLUMNS
    assert "3 columns of less effect are not shown" in display.ax_.get_title()
    assert display.frame().shape == (30, columns)
