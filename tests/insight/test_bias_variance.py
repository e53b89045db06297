"""Bias, variance and noise: exact by the lecture's figures and by NumPy, by draws within their own standard errors."""

import json
import re
import warnings

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.tree import DecisionTreeRegressor

from glassnet import (
    BiasVarianceDisplay,
    NetworkRegressor,
    Polynomial,
    bias_variance,
    exact_bias_variance,
)
from glassnet.insight.figures.colours import BLUE, GREY, INK, VERMILLION

X, NOISE = np.linspace(0, 1, 100), 0.1
TINY = NetworkRegressor((4,), preset="plain", n_members=2, max_iter=3, cv=None)


@pytest.fixture(scope="module")
def lecture():
    return bias_variance(Polynomial(), X, truth=np.square, noise=NOISE, draws=60, vary=("degree", range(10)))


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(0)
    x = random.uniform(size=120)
    return x, x**2 + NOISE * random.normal(size=120)


@pytest.mark.parametrize(("n", "biases"), [(100, (0.090797, 0.005781)), (12, (0.106081, 0.007597))])
def test_exact_figures_of_the_lecture(n, biases):
    found = exact_bias_variance(np.linspace(0, 1, n), truth=np.square, noise=NOISE)
    np.testing.assert_allclose(found.bias_squared.value, [*biases, *[0] * 8], atol=1e-6)
    np.testing.assert_allclose(found.variance.value, NOISE**2 * np.arange(1, 11) / n, atol=1e-12)
    assert found.variance.value[9] == pytest.approx({100: 0.001, 12: 0.008333}[n], abs=1e-6)
    assert found.values[found.best] == 2
    assert (found.bias_squared.value[2:] == 0).all()
    assert not found.error.standard_error.any()
    np.testing.assert_allclose(found.error.value, found.bias_squared.value + found.variance.value + 0.01)


def test_exact_at_other_points_is_the_hat_matrix_of_powers():
    """By the normal equations in powers, which are sound for a small degree."""
    at, points = np.linspace(0, 2, 15), np.array([-0.5, 0.3, 2.5])
    found = exact_bias_variance(at, truth=np.exp, noise=0.3, degrees=[3], test=points)
    powers, there = np.vander(at, 4), np.vander(points, 4)
    hat = there @ np.linalg.inv(powers.T @ powers) @ powers.T
    assert found.variance.value[0] == pytest.approx(0.09 * np.mean(np.diag(hat @ hat.T)))
    assert found.bias_squared.value[0] == pytest.approx(np.mean((hat @ np.exp(at) - np.exp(points)) ** 2))
    np.testing.assert_allclose(found.mean_curve[0], hat @ np.exp(at))


def test_draws_agree_with_what_is_exact(lecture):
    for name, exact in (
        ("variance", NOISE**2 * np.arange(1, 11) / 100),
        ("bias_squared", [0.090797, 0.005781, *[0] * 8]),
    ):
        estimate = lecture.parts[name]
        assert (np.abs(estimate.value - exact) < 4 * estimate.standard_error + 1e-6).all(), name
    parts = lecture.bias_squared.value + lecture.variance.value + lecture.noise.value
    np.testing.assert_allclose(lecture.error.value, parts, rtol=1e-12)
    assert lecture.values[lecture.best] == 2


def test_parts_and_standard_errors_are_those_of_numpy(lecture):
    """The formulas of the docstring, with the jackknife done by leaving draws out one by one."""
    curves, true = lecture.curves[1], X**2
    draws = len(curves)

    def parts(p):
        variance = p.var(axis=0, ddof=1)
        bias = (p.mean(axis=0) - true) ** 2 - variance / len(p)
        return np.array([np.mean(bias), np.mean(variance), np.mean((p - true) ** 2)])

    without = np.array([parts(np.delete(curves, draw, axis=0)) for draw in range(draws)])
    errors = np.sqrt((draws - 1) / draws * np.sum((without - without.mean(axis=0)) ** 2, axis=0))
    found = [lecture.bias_squared, lecture.variance, lecture.error]
    np.testing.assert_allclose([e.value[1] for e in found], parts(curves) + np.array([0, 0, NOISE**2]), rtol=1e-9)
    np.testing.assert_allclose([e.standard_error[1] for e in found], errors, rtol=1e-9)
    np.testing.assert_allclose(lecture.mean_curve[1], curves.mean(axis=0))
    np.testing.assert_array_equal(lecture.noise.standard_error, 0)


def test_scikit_learns_least_squares_gives_the_same():
    powers = make_pipeline(PolynomialFeatures(), LinearRegression())
    at = X[::4]
    given = {"truth": np.square, "noise": NOISE, "draws": 5}
    theirs = bias_variance(powers, at, vary=("polynomialfeatures__degree", [0, 3]), **given)
    ours = bias_variance(Polynomial(), at, vary=("degree", [0, 3]), **given)
    np.testing.assert_allclose(theirs.error.value, ours.error.value, rtol=1e-9)
    np.testing.assert_allclose(theirs.variance.value, ours.variance.value, rtol=1e-8)


def test_several_inputs_and_other_test_points():
    """The nearest neighbour repeats its noise: bias 0 and variance noise^2 at its own points."""
    random = np.random.default_rng(0)
    inputs = random.uniform(size=(200, 2))
    given = {"truth": lambda x: x[:, 0] * x[:, 1], "noise": 0.5, "draws": 30}
    found = bias_variance(KNeighborsRegressor(1), inputs, **given)
    assert found.variance.value[0] == pytest.approx(0.25, abs=4 * found.variance.standard_error[0])
    assert found.bias_squared.value[0] == pytest.approx(0, abs=4 * found.bias_squared.standard_error[0])
    assert (found.parameter, found.values, found.curves) == ("estimator", ("KNeighborsRegressor",), None)
    elsewhere = bias_variance(KNeighborsRegressor(1), inputs, **given, test=np.array([[2.0, 2.0]]))
    nearest = inputs[np.argmin(np.sum((inputs - 2) ** 2, axis=1))]
    assert elsewhere.bias_squared.value[0] == pytest.approx(
        (4 - nearest.prod()) ** 2, abs=4 * elsewhere.bias_squared.standard_error[0]
    )


def test_real_rows_have_bias_and_noise_as_one_number(rows):
    found = bias_variance(Polynomial(), *rows, vary=("degree", [0, 1, 2]), draws=12)
    assert found.source == "resampled"
    assert found.bias_squared is None
    assert found.noise is None
    assert "bias^2 + noise" in str(found.table())
    assert "cannot be told apart" in found.assumption
    assert (found.draws, found.rows) == (12, 40)
    np.testing.assert_allclose(found.error.value, found.bias_squared_and_noise.value + found.variance.value)
    exact = exact_bias_variance(np.linspace(0, 1, 40), truth=np.square, noise=NOISE, degrees=[0, 1, 2])
    both = exact.bias_squared.value + NOISE**2
    rest = found.bias_squared_and_noise
    assert (np.abs(rest.value - both) < 3 * rest.standard_error).all()
    assert (np.abs(found.variance.value - exact.variance.value) < 4 * found.variance.standard_error).all()
    assert found.curves.shape == (3, 12, 120)
    np.testing.assert_array_equal(found.points, np.sort(rows[0]))


def test_pairs_are_halves_where_rows_to_test_by_are_given(rows):
    """A tree of one leaf predicts the mean of its half; both halves together have the mean of all."""
    x, y = rows
    new = np.array([0.2, 0.4, 0.9])
    stump = DecisionTreeRegressor(min_samples_leaf=60, random_state=0)
    found = bias_variance(stump, x, y, test=(x[:3], new), draws=6)
    means = found.curves[0][:, 0].reshape(3, 2)
    np.testing.assert_allclose(means.mean(axis=1), y.mean())
    u, v = (new - means[:, [side]] for side in (0, 1))
    assert found.variance.value[0] == pytest.approx(np.mean((means[:, 0] - means[:, 1]) ** 2 / 2))
    assert found.bias_squared_and_noise.value[0] == pytest.approx(np.mean(u * v))
    squares = np.var(np.mean(u * v, axis=0), ddof=1) / 3 + np.var(np.mean(u * v, axis=1), ddof=1) / 3
    assert found.bias_squared_and_noise.standard_error[0] == pytest.approx(np.sqrt(squares))
    assert (found.rows, found.test_rows) == (60, 3)


def test_members_give_the_variance_of_one_and_of_their_mean():
    """The variance of the mean is at most the mean of the variances, and widths are shown as sizes of layers."""
    at = np.linspace(0, 1, 20)
    found = bias_variance(TINY, at, truth=np.square, noise=NOISE, draws=3, vary=("hidden_layer_sizes", [(3,), (2, 2)]))
    assert found.values == ("3", "2-2")
    assert (found.variance.value <= found.member_variance.value).all()
    np.testing.assert_allclose(found.error.value, found.bias_squared.value + found.variance.value + NOISE**2, rtol=1e-9)
    assert "with a start of its own" in found.assumption
    again = bias_variance(clone(TINY).set_params(random_state=0), at, truth=np.square, noise=0, draws=3)
    assert again.variance.value[0] < 1e-30  # neither the sample nor the start differs
    assert "start" not in again.assumption


def test_frames_and_the_number_of_members():
    random = np.random.default_rng(0)
    frame = pl.DataFrame({"a": random.normal(size=30), "kind": ["x", "y"] * 15})
    y = frame["a"].to_numpy() + (frame["kind"] == "x").to_numpy()
    found = bias_variance(TINY, frame, y, draws=4, vary=("n_members", [1, 2]))
    assert found.values == (1, 2)
    assert found.member_variance.value[0] == pytest.approx(found.variance.value[0])
    assert found.member_variance.value[1] > found.variance.value[1]
    assert found.curves is None


class Careful(Polynomial):
    """A polynomial whose every fit warns."""

    def fit(self, X, y):
        warnings.warn("careful", UserWarning, stacklevel=2)
        return super().fit(X, y)


@pytest.mark.filterwarnings("always")
def test_a_warning_of_many_fits_is_said_once():
    with pytest.warns(UserWarning, match=r"^careful \(6 times in 6 fits\)$") as told:
        bias_variance(Careful(), X, truth=np.square, noise=NOISE, draws=3, vary=("degree", [1, 2]))
    assert len(told) == 1


LECTURE = {"truth": np.square, "noise": NOISE}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "neither y nor truth; give y, real targets, or truth and noise"),
        ({**LECTURE, "y": X}, "both y and truth"),
        ({"truth": np.square}, "truth and noise belong together"),
        ({"y": X, "noise": 1.0}, "truth and noise belong together"),
        ({"truth": np.square, "noise": -1.0}, "noise=-1.0 must be a standard deviation, a number from 0 to"),
        (
            {"truth": np.square, "noise": 1e200},
            r"noise=1e\+200 must be a standard deviation, a number from 0 to 1e\+70",
        ),
        ({**LECTURE, "vary": ("degree", [0, 0, 1])}, "vary has degree=0 more than once; give every value once"),
        ({**LECTURE, "draws": 10**9}, r"draws=1000000000 for 1 value\(s\) and 100 rows .* give at most draws=1000000"),
        ({"y": X, "draws": 10**9}, r"and 100 rows are 1e\+11 predictions to keep, and there is room for 1e\+08"),
        ({**LECTURE, "draws": 2}, "draws=2 must be an integer of at least 3"),
        ({"y": X, "draws": 2}, "draws=2 must be an integer of at least 4"),
        ({"y": X, "draws": 5}, "draws=5 is odd, but real rows are drawn in pairs of samples; give 6"),
        ({**LECTURE, "vary": ("degree", [])}, "has no values to try"),
        ({**LECTURE, "vary": ["degree", [1]]}, "must be a parameter and its values"),
        ({**LECTURE, "vary": ("degrees", [1])}, "Invalid parameter 'degrees' for estimator Polynomial"),
        ({**LECTURE, "test": (X, X)}, "test is a tuple, but with truth it is inputs alone"),
        ({"y": X, "test": X}, r"test of real rows must be inputs and targets, as in test=\(X_test, y_test\)"),
        ({"y": X, "test": (X[:1], X[:1])}, r"test has 1 row\(s\); give at least 2"),
        ({"y": np.stack([X, X], axis=1)}, "y has 2 targets, but bias and variance are of one"),
        ({"truth": lambda x: x[:3], "noise": 1.0}, r"truth\(X\) returns an array of shape \(3,\)"),
        ({"truth": lambda x: x / np.where(x > 0, 1, np.nan), "noise": 1.0}, "numbers that are not finite"),
    ],
)
def test_it_refuses(given, message):
    with pytest.raises(ValueError, match=message):
        bias_variance(Polynomial(), X, **given)


def test_it_refuses_what_predicts_no_numbers():
    for wrong in (LogisticRegression(), Polynomial, "polynomial"):
        with pytest.raises(TypeError, match=r"bias and variance are of regressors.*give one such as Polynomial\(2\)"):
            bias_variance(wrong, X, **LECTURE)
    with pytest.raises(TypeError, match="truth must be a function from X to targets"):
        bias_variance(Polynomial(), X, truth=X**2, noise=NOISE)
    with pytest.raises(ValueError, match=r"5 rows make samples of 1 row\(s\)"):
        bias_variance(Polynomial(0), X[:5], X[:5])
    with pytest.raises(ValueError, match="of one number a row, so give one target and no quantiles"):
        bias_variance(NetworkRegressor((), loss="quantile", n_members=1, max_iter=1), X, **LECTURE, draws=3)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"noise": -1.0}, "noise=-1.0 must be"),
        ({"degrees": []}, "degrees is empty"),
        ({"degrees": [2, 3, 2]}, "degrees has 2 more than once; give every degree once"),
        ({"noise": 1e200}, r"noise=1e\+200 must be a standard deviation, a number from 0 to 1e\+70"),
        ({"degrees": [100]}, "the degree 100 must be an integer from 0 to 99"),
        ({"test": np.ones((3, 2)), "truth": lambda x: x.sum(axis=-1) if x.ndim > 1 else x}, "has one input"),
    ],
)
def test_exact_refuses(given, message):
    with pytest.raises(ValueError, match=message):
        exact_bias_variance(X, **{**LECTURE, **given})


def test_the_record_as_text_json_and_html(lecture):
    text = str(lecture)
    assert "simulated: 60 samples of 100 rows, mean over 100 points; ± is the standard error" in text
    assert lecture.table().header == ("degree", "squared error", "±", "bias^2", "±", "variance", "±", "noise")
    found = json.loads(json.dumps(lecture.to_dict()))
    assert found["parts"]["variance"]["value"] == lecture.variance.value.tolist()
    assert found["values"] == list(range(10))
    assert "curves" not in found
    assert "<table" in lecture._repr_html_()
    assert lecture.describe().startswith(f"The expected squared error is least, {lecture.error.value[2]:.4g} ± ")
    assert "where degree is 2: bias^2" in lecture.describe()
    one = exact_bias_variance(X, **LECTURE, degrees=[1])
    assert one.describe().startswith("The expected squared error is 0.01598: bias^2 0.005781, variance 0.0002, noise")


def test_values_that_six_digits_do_not_tell_apart_have_all_of_them():
    found = bias_variance(Ridge(), X, **LECTURE, draws=3, vary=("alpha", [1.0000001, 1.0000002, 2.0]))
    assert found.labels == ["1.0000001", "1.0000002", "2"]
    assert [row[0] for row in found.table().rows] == ["1.0000001", "1.0000002", 2.0]
    control = json.loads(re.search(r'<script type="application/json">(.*?)</script>', found._repr_html_())[1])
    assert control["controls"][0]["labels"] == found.labels


def test_values_that_predict_the_same_are_named(lecture):
    """A ridge without a slope to shrink: the inputs are all the same."""
    found = bias_variance(Ridge(), np.ones((9, 1)), truth=lambda x: x[:, 0], noise=1.0, draws=3, vary=("alpha", [1, 2]))
    assert found.describe().endswith("alpha 1 and 2 have the same error to all digits: their fits predict the same.")
    assert "predict the same" not in lecture.describe()


def test_exact_at_every_degree_that_the_inputs_determine():
    """At the inputs themselves the hat matrix has the trace degree + 1, whatever its powers are conditioned like."""
    found = exact_bias_variance(X, **LECTURE, degrees=range(100))
    np.testing.assert_allclose(found.variance.value, NOISE**2 * np.arange(1, 101) / 100, rtol=1e-12)
    at = np.linspace(0, 1, 10**6 + 2)
    with pytest.raises(ValueError, match=r"1,000,002 inputs up to the degree 99 are 1e\+08 powers, .* smaller degrees"):
        exact_bias_variance(at, **LECTURE, degrees=[1, 99])


def test_the_figure_has_the_numbers_of_the_record(lecture):
    display = BiasVarianceDisplay(lecture, curves_of=1).plot()
    below = np.zeros(10)
    for name, colour in (("noise", GREY), ("bias_squared", VERMILLION), ("variance", BLUE)):
        bars = display.bars_[name].patches
        height = np.maximum(lecture.parts[name].value, 0)
        np.testing.assert_allclose([bar.get_height() for bar in bars], height)
        np.testing.assert_allclose([bar.get_y() for bar in bars], below)
        assert bars[0].get_edgecolor()[:3] == pytest.approx([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        below += height
    assert display.bars_["bias_squared"].patches[0].get_hatch()
    np.testing.assert_array_equal(display.error_[0].get_ydata(), lecture.error.value)
    assert display.error_[0].get_color() == INK
    assert [line.get_ydata().tolist() for line in display.curves_] == lecture.curves[1].tolist()
    np.testing.assert_array_equal(display.mean_.get_ydata(), lecture.mean_curve[1])
    np.testing.assert_array_equal(display.true_function_.get_ydata(), X**2)
    assert display.curves_ax_.get_title() == "60 fits, degree 1"
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("degree", "expected squared error")
    assert display.frame()["bias^2"].to_list() == lecture.bias_squared.value.tolist()
    assert display.describe() == lecture.describe()


def test_bars_that_are_much_too_high_are_cut_and_say_their_height(lecture):
    display = BiasVarianceDisplay(lecture).plot()
    assert display.ax_.get_ylim()[1] < 0.03
    assert [text.get_text() for text in display.ax_.texts] == [f"{lecture.error.value[0]:.4g}"]
    assert display.curves_of == 2


def test_figures_of_real_rows_and_of_several_inputs(rows):
    display = BiasVarianceDisplay.from_estimator(Polynomial(), *rows, draws=4, vary=("degree", [1, 2]))
    assert list(display.bars_) == ["bias_squared_and_noise", "variance"]
    assert display.true_function_ is None
    assert len(display.curves_) == 4
    assert "real rows cannot tell bias^2 and noise apart" in display.describe()
    two = BiasVarianceDisplay.from_estimator(
        KNeighborsRegressor(), np.random.default_rng(0).uniform(size=(20, 2)), truth=lambda x: x[:, 0], noise=NOISE,
        draws=3, vary=("n_neighbors", [1, 5]),
    )  # fmt: skip
    assert two.curves_ax_ is None
    assert two.curves_ == []
    with pytest.raises(ValueError, match="curves_of=2 must be a place among the 2 values"):
        BiasVarianceDisplay(two.record, 2)


def test_a_notebook_has_a_control_over_the_values():
    X = np.linspace(0, 1, 12)
    found = bias_variance(Polynomial(), X, truth=np.square, noise=0.1, draws=4, vary=("degree", [0, 2, 5]))
    html = found._repr_html_()
    record = json.loads(re.search(r'<glass-sweep><script type="application/json">(.*?)</script>', html)[1])
    (control,) = record["controls"]
    assert (control["name"], control["labels"]) == ("degree", ["0", "2", "5"])
    for place, frame in enumerate(record["frames"]):
        parts = {name: value for name, value, _ in frame["table"]["rows"]}
        assert parts["squared error"] == found.error.value[place]
        assert parts["bias^2"] == found.bias_squared.value[place]
        band = frame["plot"]["series"][0]
        np.testing.assert_allclose(band["y"], found.curves[place].max(axis=0), rtol=1e-5, atol=1e-6)
    assert "<glass-sweep>" not in bias_variance(Polynomial(), X, truth=np.square, noise=0.1, draws=4)._repr_html_()


def test_a_control_over_real_rows_has_bars():
    random = np.random.default_rng(0)
    X = random.normal(size=(40, 2))
    found = bias_variance(Ridge(), X, X[:, 0] + random.normal(size=40), draws=4, vary=("alpha", [0.1, 10.0]))
    record = found._sweep()
    for place, frame in enumerate(record["frames"]):
        chosen = frame["plot"]["series"][1]
        assert chosen["x"] == [place]
        assert chosen["y"] == pytest.approx([found.error.value[place]], rel=1e-5)
