"""Lessons that are recorded sweeps: the numbers that the lecture and by-hand computations give."""

import json
import math
import re
from functools import cache
from itertools import product

import numpy as np
import pytest
from scipy.special import erf, expit, ndtr

from glassnet.insight.lessons.activations import CHOICES, WEIGHTS
from glassnet.insight.lessons.catalogue import LESSONS
from glassnet.insight.lessons.intervals import COVERAGES, NUMBERS, RESIDUALS
from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_record import Sweep

CASES = list(product([0, 1], repeat=3))
SWEEPS = ("festival", "perceptron", "activations", "bias-variance", "adversary", "intervals")


@cache
def lesson(name):
    return LESSONS[name]()


def body(name, place=0):
    return lesson(name).body[place]


def columns(frame):
    """Return the columns of a frame's table by their names."""
    return dict(zip(frame.table.header, zip(*frame.table.rows, strict=True), strict=True))


def test_every_lesson_has_its_question_listed_in_its_place():
    assert list(LESSONS) == list(QUESTIONS)
    assert {name: lesson(name).question for name in LESSONS} == QUESTIONS
    assert [lesson(name).name for name in LESSONS] == list(LESSONS)


@pytest.mark.parametrize("name", SWEEPS)
def test_a_record_is_plain_json_in_row_major_order(name):
    for each in lesson(name).body:
        assert isinstance(each, Sweep)
        record = json.loads(json.dumps(each.to_dict(), allow_nan=False))
        sizes = [len(control["values"]) for control in record["controls"]]
        assert len(record["frames"]) == math.prod(sizes)
        last = tuple(size - 1 for size in sizes)
        assert record["frames"][-1]["sentence"] == each.frame(*last).sentence


def test_festival_decides_all_eight():
    shown = columns(body("festival", 1).at(5, 6, 2, 2))
    decided = dict(zip(CASES, shown["f(x)"], strict=True))
    assert decided[0, 1, 1] == 0
    assert decided[1, 0, 0] == 1
    assert decided == {case: case[0] for case in CASES}
    assert shown["w·x"] == tuple(6 * a + 2 * b + 2 * c for a, b, c in CASES)
    assert shown["w·x - threshold"] == (-5, -3, -3, -1, 1, 3, 3, 5)
    assert "equals x_1" in body("festival", 1).at(5, 6, 2, 2).sentence


def test_festival_with_threshold_3_goes_five_times():
    frame = body("festival", 1).at(3, 6, 2, 2)
    assert sum(columns(frame)["f(x)"]) == 5
    assert "you go in 5 of 8 cases." in frame.sentence


def test_festival_needs_more_than_the_threshold():
    assert columns(body("festival", 1).at(6, 6, 2, 2))["f(x)"] == (0, 0, 0, 0, 0, 1, 1, 1)


@pytest.mark.parametrize("case", CASES)
def test_the_switches_of_the_festival_show_one_case_with_its_products(case):
    shown = body("festival")
    assert shown.controls[3].values == body("festival", 1).controls[0].values
    for threshold in shown.controls[3].values:
        frame = shown.at(*case, threshold)
        reached = 6 * case[0] + 2 * case[1] + 2 * case[2]
        assert columns(frame)["product"] == (
            6 * case[0],
            2 * case[1],
            2 * case[2],
            reached,
            reached - threshold,
            int(reached > threshold),
        )
        assert frame.sentence.endswith(f"you {'go' if reached > threshold else 'stay'}.")


def test_the_festival_answers_the_case_that_is_asked_about():
    assert body("festival").at(0, 1, 1, 5).sentence == (
        "w·x = 6·0 + 2·1 + 2·1 = 4 is not more than 5: f(x) = 0, you stay."
    )


def first(name, place=0):
    """Return the frame of a lesson that is seen before anything is tried."""
    return body(name, place).frame(*(control.start for control in body(name, place).controls))


def test_what_is_seen_first_is_not_what_is_asked_about():
    assert first("festival").sentence == "w·x = 6·1 + 2·0 + 2·0 = 6 is more than 5: f(x) = 1, you go."
    assert first("festival", 1).sentence.endswith("- 3): you go in 5 of 8 cases.")
    assert first("bias-variance").sentence.startswith("12 points, noise 0.5: degree 1 has the least error")
    for place in (0, 1):
        assert len({cell for row in first("convolution", place).grids[0].cells for cell in row}) > 2  # it is not flat
    assert first("pooling").sentence.startswith("The mean of this window")
    assert first("intervals").sentence.startswith("k = ceil(0.5·(19 + 1)) = 10: the 10th smallest of 19")
    assert [row[0] for row in first("members").table.rows] == [1]
    assert "0.4769" not in first("descent").sentence


def neuron(name, w):
    """Return the numbers of a neuron by the first words of their rows, and sigma(z) by its own."""
    rows = body("activations").at(name, w).table.rows
    return {text.removeprefix("output x = ").split(" = ")[0]: number for text, number in rows}


def test_the_logistic_neuron_has_the_printed_numbers():
    shown = neuron("logistic", 0.8)
    assert shown["z"] == pytest.approx(2.2)
    assert shown["sigma(z)"] == pytest.approx(0.900249511, abs=5e-10)
    assert shown["delta"] == pytest.approx(0.071885076, abs=5e-10)
    assert shown["dE/dw"] == pytest.approx(0.107827613, abs=5e-10)
    assert neuron("logistic", 4)["z"] == 7
    assert neuron("logistic", 4)["sigma'(z)"] == pytest.approx(0.000910221, abs=5e-10)


def test_the_gradient_at_w_4_is_79_times_smaller():
    def gradient(w):
        x = expit(1.5 * w + 1)
        return 1.5 * 2 * (x - 0.5) * x * (1 - x)

    options = lesson("activations").options
    assert options[lesson("activations").answer.option] == f"1/{gradient(0.8) / gradient(4):.0f} as large"
    assert options[1].startswith(f"{(expit(7) - 0.5) / (expit(2.2) - 0.5):.2f} times")
    assert f"{gradient(4):.5f} instead of {gradient(0.8):.3f}" in lesson("activations").answer.why
    assert f"{expit(2.2):.3f}" in QUESTIONS["activations"]
    assert f"{expit(7):.3f}" in QUESTIONS["activations"]


def test_relu_learns_nothing_below_0():
    for w in (-4, -2, -0.8):
        shown = neuron("relu", w)
        assert shown["z"] < 0
        assert (shown["sigma(z)"], shown["sigma'(z)"], shown["delta"], shown["dE/dw"]) == (0, 0, 0, 0)
    assert body("activations").at("relu", -2).sentence.endswith("dE/dw = 0; nothing is learned.")


# In NumPy and SciPy, apart from the rules of the package.
FORMULAS = {
    "identity": lambda z: z,
    "heaviside": lambda z: np.heaviside(z, 0),
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "logistic": expit,
    "tanh": np.tanh,
    "hard_tanh": lambda z: np.clip(z, -1, 1),
    "exponential": np.exp,
    "softplus": lambda z: np.logaddexp(0, z),
    "elu": lambda z: elu(z, 1, 1),
    "selu": lambda z: elu(z, 1.0507009873554805, 1.6732632423543772),
    "gelu": lambda z: z * ndtr(z),
    "silu": lambda z: z * expit(z),
    "mish": lambda z: z * np.tanh(np.logaddexp(0, z)),
}


def elu(z, scale, alpha):
    return scale * np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def test_every_activation_can_be_chosen():
    assert {*CHOICES} == {*FORMULAS}


@pytest.mark.parametrize("name", FORMULAS)
def test_the_gradient_is_the_difference_quotient_of_the_cost(name):
    def cost(w):
        return (FORMULAS[name](1.5 * w + 1) - 0.5) ** 2

    h = 1e-6
    for w in WEIGHTS:
        shown = neuron(name, w)
        assert shown["sigma(z)"] == pytest.approx(float(FORMULAS[name](1.5 * w + 1)), rel=1e-12)
        assert shown["E"] == pytest.approx(float(cost(w)), rel=1e-12)
        if (name, w) != ("hard_tanh", 0):  # which has a kink at z = 1
            assert shown["dE/dw"] == pytest.approx((cost(w + h) - cost(w - h)) / (2 * h), rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("name", FORMULAS)
def test_the_written_formula_is_that_of_the_activation(name):
    title = body("activations").at(name, 0.8).table.title
    written = title.removeprefix(f"{name}: sigma(z) = ")
    above, _, below = written.partition(" for z > 0, otherwise ")
    known = {"exp": math.exp, "log": math.log, "tanh": math.tanh, "sqrt": math.sqrt, "erf": erf, "max": max, "min": min}
    for z in (-3.0, -0.5, 0.5, 3.0):
        python = re.sub(r"(?<=[\dz)]) (?=[a-z(])", "*", below if below and z <= 0 else above)
        assert eval(python, {**known, "z": z}) == pytest.approx(float(FORMULAS[name](z)), rel=1e-4)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_neuron_above_the_chart_is_said_to_be_there(name):
    for w in WEIGHTS:
        frame = body("activations").at(name, w)
        seen = {each.name for each in frame.plot.series if each.kind == "points"}
        for each, key in (("sigma(z)", "sigma(z)"), ("sigma'(z)", "sigma'(z)")):
            assert (f"{each} of the neuron" in seen) == (neuron(name, w)[key] <= frame.plot.y.high)
        assert ("above the chart" in frame.sentence) == (len(seen) < 2)


@pytest.mark.parametrize("name", FORMULAS)
def test_the_curve_of_an_activation_goes_through_its_points(name):
    curve = body("activations").at(name, 0.8).plot.series[0]
    np.testing.assert_allclose(curve.y, FORMULAS[name](np.array(curve.x)), rtol=1e-4, atol=1e-9)


def parts(n, noise=0.1):
    return columns(body("bias-variance").at(n, noise))


@pytest.mark.parametrize(("n", "bias"), [(100, (0.090797, 0.005781, 0)), (12, (0.106081, 0.007597, 0))])
def test_bias_and_variance_are_the_printed_ones(n, bias):
    shown = parts(n)
    assert shown["bias^2"][:3] == pytest.approx(bias, abs=5e-7)
    assert shown["bias^2"][2:] == (0,) * 8
    np.testing.assert_allclose(shown["variance"], 0.01 * np.arange(1, 11) / n)
    assert int(np.argmin(shown["error"])) == 2


def test_the_variance_of_degree_9_is_large_for_12_rows():
    assert parts(12)["variance"][9] == pytest.approx(0.008333, abs=5e-7)
    assert int(np.argmin(parts(200)["error"])) == 2
    assert "degree 2 has the least error" in body("bias-variance").at(200, 0.1).sentence


def test_more_noise_makes_a_simpler_model_the_best():
    """With noise 0.5 and 12 rows degree 1 wins: its bias^2, by NumPy's own fit, is less than 0.25 / 12."""
    x = np.linspace(0, 1, 12)
    bias = np.mean((np.polynomial.Polynomial.fit(x, x**2, 1)(x) - x**2) ** 2)
    assert parts(12, 0.5)["bias^2"][1] == pytest.approx(bias)
    assert bias < 0.25 / 12
    assert int(np.argmin(parts(12, 0.5)["error"])) == 1


FITS = list(product((0, 1, 2, 5, 9), (12, 100)))


@pytest.mark.parametrize(("degree", "n"), FITS)
def test_fits_lie_within_their_error_of_the_exact_numbers(degree, n):
    shown = columns(body("bias-variance", 1).at(degree, n, 1))
    estimates = zip(shown["estimate from all 20 fits"], shown["standard error"], shown["exact"], strict=True)
    for estimate, error, exact in estimates:
        assert abs(estimate - exact) <= 4 * error


@pytest.mark.parametrize(("degree", "n"), FITS)
def test_the_exact_numbers_of_fits_are_means_over_their_points(degree, n):
    """By NumPy's hat matrix: predictions are H y, with the mean H x^2 and the covariance 0.01 H H'."""
    x = np.linspace(0, 1, n)
    powers = np.vander(2 * x - 1, degree + 1)
    hat = powers @ np.linalg.pinv(powers)
    shown = columns(body("bias-variance", 1).at(degree, n, 1))
    assert shown["exact"][0] == pytest.approx(np.mean((hat @ x**2 - x**2) ** 2), abs=1e-12)
    assert shown["exact"][1] == pytest.approx(0.01 * np.mean(np.sum(hat**2, axis=1)))
    assert shown["exact"] == pytest.approx((parts(n)["bias^2"][degree], parts(n)["variance"][degree]))


@pytest.mark.parametrize(("degree", "n"), FITS)
@pytest.mark.parametrize("draw", [1, 6])
def test_a_draw_shows_its_points_and_the_polynomial_fitted_to_them(degree, n, draw):
    series = {each.name: each for each in body("bias-variance", 1).at(degree, n, draw).plot.series}
    points, curve = series[f"points of sample {draw}"], series[f"fit to sample {draw}"]
    assert len(points.x) == n
    fitted = np.polynomial.Polynomial.fit(points.x, points.y, degree)
    np.testing.assert_allclose(curve.y, fitted(np.array(curve.x)), atol=2e-3)


def test_both_parts_of_bias_and_variance_say_what_their_means_are_over():
    said = "mean over the x of the n training points"
    for place in (0, 1):
        for frame in body("bias-variance", place).frames:
            assert said in frame.sentence
            assert said in frame.table.title
    assert said in lesson("bias-variance").notation


@pytest.mark.parametrize(("n", "coverage", "k"), [(9, 0.9, 9), (19, 0.95, 19), (8, 0.9, 9), (4, 0.8, 4), (39, 0.9, 36)])
def test_the_residual_that_is_taken(n, coverage, k):
    shown = columns(body("intervals").at(n, coverage))
    assert [rank for rank, mark in zip(shown["rank"], shown[""], strict=True) if mark] == [k]
    expected = "there is none" if k > n else sorted(RESIDUALS[:n])[k - 1]
    assert shown["residual"][k - 1] == expected


def test_8_residuals_make_an_infinite_interval():
    assert (
        body("intervals")
        .at(8, 0.9)
        .sentence.endswith("but there are only 8 residuals: no residual is large enough, and the interval is infinite.")
    )
    assert body("intervals").at(19, 0.95).sentence.startswith("k = ceil(0.95·(19 + 1)) = 19: the 19th smallest")


def test_intervals_contain_the_next_row_as_often_as_is_said():
    """Of n + 1 exchangeable rows each is the last equally often: in k / (n + 1) of the cases it has no larger rank."""
    for n, coverage in product(NUMBERS, COVERAGES):
        k = next(rank for rank, _, mark in body("intervals").at(n, coverage).table.rows if mark)
        assert k / (n + 1) >= coverage - 1e-12 > (k - 1) / (n + 1) - 2e-12


def test_a_lesson_needs_options_and_something_to_show():
    sweep = body("intervals")
    with pytest.raises(
        ValueError, match="the lesson 'a' has 1 options, of which the one at place 0 is right; give two"
    ):
        Lesson("a", "A", "?", ("one",), Answer(0, "."), (sweep,))
    with pytest.raises(ValueError, match="at place 2 is right"):
        Lesson("a", "A", "?", ("one", "two"), Answer(2, "."), (sweep,))
    with pytest.raises(ValueError, match=r"has 5 options.*; give two to four"):
        Lesson("a", "A", "?", tuple("vwxyz"), Answer(1, "."), (sweep,))
    with pytest.raises(ValueError, match="shows nothing; give at least one sweep or trace"):
        Lesson("a", "A", "?", ("one", "two"), Answer(1, "."), ())
