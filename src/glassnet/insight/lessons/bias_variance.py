"""Lesson 9: a model that is too simple or too free, in exact parts of its error and in curves of many fits."""

from functools import partial

import numpy as np

from glassnet.estimators.polynomial import Polynomial
from glassnet.insight.bias_variance import bias_variance as simulated
from glassnet.insight.bias_variance_record import BiasVariance
from glassnet.insight.exact_bias_variance import exact_bias_variance
from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_plot import Axis, Plot, Series, axis
from glassnet.insight.sweep_record import Control, Frame, Sweep, Value, slider, sweep
from glassnet.insight.text import TextTable, rounded

DEGREES = tuple(range(10))
ROWS, NOISES = (12, 25, 50, 100, 200), (0.05, 0.1, 0.2, 0.3)
DRAWN_DEGREES, DRAWN_ROWS, NOISE = (0, 1, 2, 5, 9), (12, 100), 0.1
DRAWS, CURVES = 20, 6  # fits, and how many of them are drawn
POINTS = np.linspace(0, 1, 41)
LOWEST, HIGHEST = -0.5, 1.5  # of the axis of curves


def bias_variance() -> Lesson:
    """Return the lesson on polynomials of y = x^2 + N(0, noise^2): error = bias^2 + variance + noise^2.

    Of n rows the variance of a polynomial of degree d is noise^2 (d + 1) / n, the mean over the rows.
    """
    return Lesson(
        name="bias-variance",
        title="Too simple or too free",
        question=QUESTIONS["bias-variance"],
        options=(
            "1 for 12 points, 2 for 200",
            "2 for both",
            "2 for 12 points, 9 for 200",
            "9 for both",
        ),
        answer=Answer(
            1,
            "From degree 2 on bias^2 is 0, and every further degree costs noise^2 / n of variance: 0.000833 at n = 12, "
            "so that degree 9 has 0.008333, and 0.00005 at n = 200. More rows make a free model less costly, but none "
            "makes it better than the simplest one without bias.",
        ),
        body=(_parts(), _fits()),
    )


def _parts() -> Sweep:
    """Return the parts of the error of all degrees, for numbers of rows and noise."""
    found = {(n, noise): _exact(n, noise) for n in ROWS for noise in NOISES}
    highs = {noise: max(float(found[n, noise].error.value.max()) for n in ROWS) for noise in NOISES}
    controls = [slider("rows", ROWS, 12), slider("noise", NOISES, 0.1)]

    def frame(n: float, noise: float) -> Frame:
        return _frame_of_parts(found[int(n), noise], noise, highs[noise])

    return sweep("The parts of the error of polynomials", controls, frame)


def _exact(n: int, noise: float, test: np.ndarray | None = None) -> BiasVariance:
    return exact_bias_variance(np.linspace(0, 1, n), truth=np.square, noise=noise, degrees=DEGREES, test=test)


def _columns(record: BiasVariance) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return noise, bias^2 and variance, which are all known where the true function is."""
    if record.noise is None or record.bias_squared is None:
        raise TypeError("the parts of resampled rows are not known apart; give a record of a true function")
    return record.noise.value, record.bias_squared.value, record.variance.value


def _frame_of_parts(record: BiasVariance, noise: float, high: float) -> Frame:
    of_noise, bias, variance = _columns(record)
    best = record.best
    sentence = (
        f"{record.rows} rows, noise {noise:g}: the least error, {rounded(float(record.error.value[best]))}, has degree "
        f"{best}, of which bias^2 is {rounded(float(bias[best]))} and variance {rounded(float(variance[best]))}."
    )
    numbers = zip(DEGREES, *(part.tolist() for part in (bias, variance, of_noise, record.error.value)), strict=True)
    table = TextTable(("degree", "bias^2", "variance", "noise^2", "error"), tuple(numbers), None, "Exact parts")
    degrees, levels = tuple(map(float, DEGREES)), [np.zeros(len(DEGREES)), of_noise, of_noise + bias]
    bars = [
        Series("bars", name, degrees, tuple((low + part).tolist()), tuple(low.tolist()), style)
        for name, style, low, part in zip(
            ("noise^2", "bias^2", "variance"), (2, 1, 0), levels, (of_noise, bias, variance), strict=True
        )
    ]
    x = Axis("degree", -0.5, len(DEGREES) - 0.5, degrees, tuple(map(str, DEGREES)))
    about = f"Stacked bars of noise^2, bias^2 and variance for every degree. {sentence}"
    return Frame(sentence, table, Plot(about, x, axis("expected squared error", 0.0, high * 1.05), tuple(bars)))


def _fits() -> Sweep:
    """Return what single fits predict, for some degrees and numbers of rows."""
    found = {n: (_simulated(n), _exact(n, NOISE, POINTS)) for n in DRAWN_ROWS}
    controls = (slider("degree", DRAWN_DEGREES, 1), Control("rows of a sample", DRAWN_ROWS, ("12", "100"), "choice"))
    return sweep(
        f"{DRAWS} fits, each to a sample of its own, noise {NOISE:g}", controls, partial(_frame_of_fits, found)
    )


def _simulated(n: int) -> BiasVariance:
    x, degrees = np.linspace(0, 1, n), ("degree", DRAWN_DEGREES)
    return simulated(Polynomial(), x, truth=np.square, noise=NOISE, draws=DRAWS, vary=degrees, test=POINTS)


def _frame_of_fits(found: dict[int, tuple[BiasVariance, BiasVariance]], degree: Value, n: Value) -> Frame:
    simulation, exact = found[int(n)]
    place = DRAWN_DEGREES.index(int(degree))
    if simulation.curves is None or simulation.bias_squared is None:
        raise TypeError("a simulation of one input has curves")
    _, bias, variance = _columns(exact)
    rows: list[tuple[str, float, float, float]] = []
    for name, part, known in (("bias^2", simulation.bias_squared, bias), ("variance", simulation.variance, variance)):
        estimate = float(part.value[place]), float(part.standard_error[place])
        rows.append((name, *estimate, float(known[int(degree)])))
    sentence = (
        f"Degree {degree:g}, {n} rows: of {DRAWS} fits bias^2 is {rounded(rows[0][1], 3)} and variance "
        f"{rounded(rows[1][1], 3)}; exactly they are {rounded(rows[0][3], 3)} and {rounded(rows[1][3], 3)}."
    )
    if rows[0][1] < 0:
        sentence += " An unbiased estimate of bias^2 can fall below 0."
    table = TextTable(("", "of the fits", "standard error", "exact"), tuple(rows), None, "Mean over x from 0 to 1")
    return Frame(sentence, table, _curves(simulation.curves[place], sentence))


def _curves(fits: np.ndarray, sentence: str) -> Plot:
    x = tuple(POINTS.tolist())
    band = Series("band", f"between the lowest and the highest of {DRAWS} fits", x, _y(fits.max(0)), _y(fits.min(0)), 0)
    names = (f"{CURVES} of the fits", *[""] * (CURVES - 1))
    single = [Series("line", name, x, _y(fit), None, 3) for name, fit in zip(names, fits, strict=False)]
    mean = Series("line", "their mean", x, _y(fits.mean(0)), None, 1)
    true = Series("line", "x^2", x, _y(POINTS**2), None, 2)
    about = f"Curves of single fits with their mean, and x^2. {sentence}"
    return Plot(about, axis("x", 0.0, 1.0), axis("y", LOWEST, HIGHEST), (band, *single, mean, true))


def _y(values: np.ndarray) -> tuple[float, ...]:
    """Return a curve with the digits that are drawn."""
    return tuple(float(f"{value:.5g}") for value in values.tolist())
