"""Figures of predictions, training and coverage: what is drawn are the record's numbers, of rows that are named."""

import warnings

import matplotlib.pyplot as plt
import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure
from PIL import Image
from sklearn.metrics import root_mean_squared_error

from glassnet import (
    CoverageDisplay,
    NetworkClassifier,
    NetworkRegressor,
    Note,
    PredictionDisplay,
    Quantile,
    ResidualDisplay,
    TrainingDisplay,
    coverage_curve,
    predictions,
)
from glassnet.insight.figures.colours import BLUE, GREY, INK, VERMILLION
from glassnet.insight.figures.overview import evaluation_figure, fit_figure

ROWS = 160
SMALL = {"n_members": 8, "max_iter": 4, "hidden_layer_sizes": (8,), "random_state": 0}


def table(rows=ROWS, seed=0):
    random = np.random.default_rng(seed)
    X = pl.DataFrame(random.normal(size=(rows, 2)), schema=["width", "depth"])
    return X, X["width"].to_numpy() - X["depth"].to_numpy() ** 2 + 0.3 * random.normal(size=rows)


@pytest.fixture(scope="module")
def model():
    return NetworkRegressor(**SMALL).fit(*table())


def test_rows_of_the_fit_are_predicted_out_of_fold(model):
    X, y = table()
    found = predictions(model, X, y)
    np.testing.assert_array_equal(found.predicted, model.oof_prediction_)
    assert found.title == "out of fold"
    assert not found.new
    assert found.lower is None
    assert found.rows.tolist() == list(range(ROWS))
    assert f"root mean squared error {root_mean_squared_error(y, model.oof_prediction_):.4g}" in repr(
        PredictionDisplay(found)
    )


def test_other_rows_have_intervals(model):
    X, y = table(seed=1)
    found = predictions(model, X, y, coverage=0.8)
    interval = model.predict_interval(X, 0.8)
    assert found.title == "new to the model"
    assert found.new
    assert (found.coverage, found.floor, found.missing) == (0.8, interval.floor, 0)
    np.testing.assert_array_equal(found.predicted, model.predict(X))
    np.testing.assert_array_equal(found.lower, interval.lower)
    np.testing.assert_array_equal(found.inside, (interval.lower <= y) & (y <= interval.upper))


def test_rows_of_the_fit_among_others_are_said(model):
    (X, y), (new, y_new) = table(), table(40, seed=1)
    found = predictions(model, pl.concat([X[:60], new]), np.concatenate([y[:60], y_new]))
    assert found.title == "60 of them of the fit"
    assert found.basis == (
        "by all members, although 60 of 100 rows are among those that the model was fitted to, so this flatters"
    )


def test_a_target_of_several_is_chosen_by_its_name():
    X, y = table()
    both = pl.DataFrame({"height": y, "weight": np.where(np.arange(ROWS) == 3, np.nan, -2 * y)})
    rows = [row for row in range(ROWS) if row != 3]
    several = NetworkRegressor(**SMALL).fit(X, both)
    found = predictions(several, X, both, target="weight")
    np.testing.assert_array_equal(found.rows, rows)
    np.testing.assert_array_equal(found.actual, -2 * y[rows])
    np.testing.assert_array_equal(found.predicted, several.oof_prediction_[rows, 1])
    assert found.missing == 1
    with pytest.raises(
        ValueError, match=r"several targets and none was chosen; give target=, one of 'height', 'weight'"
    ):
        predictions(several, X, both)
    with pytest.raises(ValueError, match="no target 'age'"):
        predictions(several, X, both, target="age")
    assert len(fit_figure(several, X, both).axes) == 2 * 3


def test_of_quantiles_the_ends_are_the_outer_ones():
    X, y = table()
    quantiles = NetworkRegressor(loss="quantile", **SMALL).fit(X, y)
    found = predictions(quantiles, X, y)
    np.testing.assert_array_equal(np.stack([found.lower, found.predicted, found.upper]).T, quantiles.oof_prediction_)
    assert found.coverage == pytest.approx(0.9)


def test_a_level_that_is_no_median_is_named():
    X, y = table()
    tail = NetworkRegressor(loss=Quantile((0.1, 0.9)), **SMALL).fit(X, y)
    found = predictions(tail, X, y)
    assert found.target == "y0 at 0.1"
    np.testing.assert_array_equal(found.predicted, tail.oof_prediction_[:, 0])
    one = NetworkRegressor(loss=Quantile((0.9,)), **SMALL).fit(X, y)
    assert predictions(one, X, y).lower is None
    new, y_new = table(seed=1)
    interval = tail.predict_interval(new, 0.7)
    np.testing.assert_array_equal(predictions(tail, new, y_new, coverage=0.7).lower, interval.lower)


def test_without_folds_it_says_that_it_flatters():
    X, y = table()
    alone = NetworkRegressor(n_members=1, max_iter=2, hidden_layer_sizes=(4,), random_state=0).fit(X, y)
    assert "so this flatters" in predictions(alone, X, y).basis


def test_classifiers_are_refused():
    X, y = table(40)
    labels = NetworkClassifier(n_members=1, max_iter=1, hidden_layer_sizes=(2,), random_state=0).fit(X, y > 0)
    with pytest.raises(TypeError, match=r"for classes draw ConfusionDisplay\.from_estimator and"):
        predictions(labels, X, y > 0)


def test_points_and_missed_intervals_are_the_numbers_of_the_record(model):
    X, y = table(seed=1)
    display = PredictionDisplay.from_estimator(model, X, y, coverage=0.5)
    record = display.record
    np.testing.assert_array_equal(display.points_.get_offsets().data, np.stack([record.actual, record.predicted]).T)
    out = ~record.inside
    assert 10 < out.sum() < 120
    line, _, (bars,) = display.missed_
    np.testing.assert_array_equal(line.get_xydata(), np.stack([record.actual[out], record.predicted[out]]).T)
    ends = np.array([segment[:, 1] for segment in bars.get_segments()])
    np.testing.assert_allclose(ends, np.stack([record.lower[out], record.upper[out]]).T)
    assert (
        f"{np.mean(record.inside):.1%} of the intervals hold the actual value where 50% were asked"
        in display.describe()
    )
    assert display.frame().columns == ["row", "actual", "predicted", "lower", "upper", "inside"]
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("actual y0", "predicted y0")


def test_many_rows_are_hexagons_that_hold_all_of_them():
    random = np.random.default_rng(0)
    y = random.normal(size=3_000)
    display = PredictionDisplay.from_predictions(y, y + 1, y - 1, y + np.where(y > 2, -0.5, 0.5), name="price")
    assert np.sum(display.points_.get_array()) == 3_000
    line, _, bars = display.missed_
    np.testing.assert_array_equal(line.get_xdata(), y[y > 2])
    assert bars == ()
    assert display.ax_.get_xlabel() == "actual price"


def test_it_draws_on_axes_that_are_given_and_again(model):
    X, y = table(seed=1)
    axes = Figure().subplots()
    display = PredictionDisplay.from_estimator(model, X, y, ax=axes)
    assert display.ax_ is axes
    assert display.figure_ is axes.figure
    first = display.points_
    assert display.plot().ax_ is not axes
    np.testing.assert_array_equal(first.get_offsets(), display.points_.get_offsets())


def test_given_predictions_have_to_fit_together():
    with pytest.raises(ValueError, match="lower and upper belong together"):
        PredictionDisplay.from_predictions([1, 2], [1, 2], [0, 1])
    with pytest.raises(ValueError, match="one value a row of each, and at least one row; there are y 2, prediction 3"):
        ResidualDisplay.from_predictions([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="every row lacks a value"):
        ResidualDisplay.from_predictions([np.nan], [1.0])


def test_running_quartiles_are_those_of_rows_predicted_alike():
    random = np.random.default_rng(0)
    prediction = random.uniform(0, 10, 200)
    y = prediction + np.where(prediction > 8, 5.0, 0.0) + 0.1 * random.normal(size=200)
    display = ResidualDisplay.from_predictions(y, prediction, name="price")
    running = display.running_quartiles()
    assert running.height == 20
    first = np.argsort(prediction)[:10]
    assert running.row(0) == pytest.approx(
        (np.median(prediction[first]), *np.quantile((y - prediction)[first], [0.25, 0.5, 0.75]))
    )
    np.testing.assert_array_equal(display.median_.get_xydata(), running.select("predicted", "median").to_numpy())
    np.testing.assert_array_equal(display.points_.get_offsets()[:, 1], y - prediction)
    assert "furthest from zero near a prediction of" in display.describe()
    assert "stripes" not in display.describe()
    assert "integer values, which show as stripes" in ResidualDisplay.from_predictions([1, 2], [0.5, 2.5]).describe()
    assert sum(bar.get_width() for bar in display.histogram_.patches) == 200


def test_training_curves_are_the_histories(model):
    display = TrainingDisplay.from_estimator(model)
    np.testing.assert_array_equal(display.training_.get_ydata(), model.loss_curve_)
    np.testing.assert_array_equal(display.validation_.get_ydata(), model.validation_loss_curve_)
    histories = [member.history for member in model.members_]
    assert [tuple(line.get_ydata()) for line in display.members_] == [
        losses for history in histories for losses in (history.loss, history.validation_loss)
    ]
    assert display.kept_.get_xdata().tolist() == [history.kept_epoch for history in histories]
    frame = display.frame()
    assert frame.filter(pl.col("member") == 2)["training loss"].to_list() == list(histories[1].loss)
    assert frame["kept"].sum() == sum(history.kept_epoch > 0 for history in histories)
    assert display.describe().startswith("Training of 8 members over 4 epochs: the training loss fell from")
    kept = sorted(history.kept_epoch for history in histories)
    assert f"; kept epochs {kept[0]} to {kept[-1]}" in display.describe()


def test_one_epoch_and_one_row_are_said_in_the_singular(model):
    X, y = table()
    single = NetworkRegressor((8,), n_members=1, max_iter=1, random_state=0).fit(X, y)
    said = TrainingDisplay.from_estimator(single).describe()
    assert said.startswith("Training of 1 network over 1 epoch: ")
    assert "; kept epoch 1; ended" in said
    assert str(model.predict_interval(X[:1])).startswith("1 interval: ")
    assert "Residuals (actual - predicted) of 1 row (" in ResidualDisplay.from_predictions([1.0], [0.5]).describe()


def test_coverages_are_those_of_the_intervals(model):
    X, y = table(200, seed=1)
    record = coverage_curve(model, X, y, levels=(0.5, 0.9))
    for place, level in enumerate((0.5, 0.9)):
        interval = model.predict_interval(X, level)
        assert record.levels[place].covered == np.mean((interval.lower <= y) & (y <= interval.upper))
        assert record.floors[place] == interval.floor
    assert [part.rows for _, _, part in record.parts] == [20] * 10
    order = np.argsort(model.predict(X))
    interval = model.predict_interval(X, 0.9)
    inside = ((interval.lower <= y) & (y <= interval.upper))[order]
    assert [part.covered for _, _, part in record.parts] == inside.reshape(10, 20).mean(axis=1).tolist()
    assert [ends[0] for ends in record.parts] == model.predict(X)[order][::20].tolist()
    assert "coverage asked" in str(record.table())
    by_level = CoverageDisplay(record).plot()
    assert by_level.found_[0].get_xydata().tolist() == [[c.asked, c.covered] for c in record.levels]
    assert f"hold in {record.levels[1].covered:.1%} of 200 rows where 90% were asked" in by_level.describe()
    by_part = CoverageDisplay(record, by="prediction").plot()
    assert by_part.found_[0].get_ydata().tolist() == by_part.frame()["found"].to_list()
    assert "The promise is of all rows together" in by_part.describe()


def test_coverage_is_refused_on_rows_of_the_fit(model):
    with pytest.raises(ValueError, match="these are the rows that the model was fitted to"):
        coverage_curve(model, *table())
    with pytest.raises(ValueError, match="levels is empty"):
        coverage_curve(model, *table(seed=1), levels=())
    with pytest.raises(ValueError, match=r"by='rows' must be 'coverage' or 'prediction'"):
        CoverageDisplay(coverage_curve(model, *table(seed=1), levels=(0.9,)), by="rows")


def test_files_hold_the_sentence(model, tmp_path):
    display = TrainingDisplay.from_estimator(model)
    display.save(tmp_path / "training.png")
    with Image.open(tmp_path / "training.png") as picture:
        assert picture.text["Description"] == display.describe()
    display.save(tmp_path / "training.svg")
    text = (tmp_path / "training.svg").read_text()
    assert ">epoch<" in text  # text, and not its outlines
    assert "Training of 8 members" in text


def test_notebooks_show_a_figure_once(model):
    display = TrainingDisplay([member.history for member in model.members_])
    assert display._repr_png_()[:4] == b"\x89PNG"
    figure, axes = plt.subplots()
    assert display.plot(axes)._repr_png_() is None  # pyplot shows it
    plt.close(figure)


def test_an_evaluation_has_a_line_of_panels_a_target(model):
    assert len(evaluation_figure(model, *table(seed=1), 0.9, "constant").axes) == 3
    assert len(evaluation_figure(model, *table(), 0.9, "constant").axes) == 2  # of the rows of the fit no coverage
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Note)
        assert len(fit_figure(model, *table()).axes) == 3


def luminance(color):
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("color", [INK, BLUE, VERMILLION, GREY])
def test_colours_are_legible_on_white(color):
    """The contrast of WCAG 2: at least 3 : 1 of what is drawn."""
    assert 1.05 / (luminance(color) + 0.05) >= 3
