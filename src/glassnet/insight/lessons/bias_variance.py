"""Lesson 9: a model that is too simple or too free, in exact parts of its error and in curves of many fits."""

from typing import NamedTuple

import numpy as np

from glassnet.estimators.polynomial import Polynomial
from glassnet.insight.bias_variance import bias_variance as simulated
from glassnet.insight.bias_variance_record import BiasVariance
from glassnet.insight.exact_bias_variance import exact_bias_variance
from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.simulated_samples import fresh_samples
from glassnet.insight.sweep_plot import Axis, Plot, Series, axis, drawn
from glassnet.insight.sweep_record import Frame, Sweep, slider, sweep
from glassnet.insight.text import TextTable, rounded

DEGREES = tuple(range(10))
ROWS, NOISES = (12, 25, 50, 100, 200), (0.05, 0.1, 0.2, 0.3)
DRAWN_DEGREES, DRAWN_ROWS, NOISE = (0, 1, 2, 5, 9), (12, 100), 0.1
DRAWS, SHOWN, SEED = 20, 6, 0  # fits, how many of them can be looked at one by one, and the seed of their samples
POINTS = np.linspace(0, 1, 41)
LOWEST, HIGHEST = -0.5, 1.5  # of the axis of curves
AT_ROWS = "mean over the x of the n training points"
OVER_ALL = f"mean over {len(POINTS)} values of x from 0 to 1"


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
            "In the mean over the training points, bias^2 is 0 from degree 2 on, and the variance is noise^2 (degree + "
            "1) / n. So every further degree adds noise^2 / n to the error: 0.000833 for n = 12, where degree 9 has "
            "the variance 0.008333, and 0.00005 for n = 200. With more points a high degree costs less, but degree 2 "
            "stays the best: it is the lowest degree without bias.",
        ),
        notation=(
            "A polynomial that was fitted to n points predicts p(x). A fit to other points predicts other values. "
            "bias^2 is the square of the mean prediction minus x^2, the variance is that of p(x) between the fits, and "
            "noise is the standard deviation of the noise. The expected squared error on a new target is bias^2 + "
            f"variance + noise^2. Each is a mean over x: in the first part the {AT_ROWS}, in the second the "
            f"{OVER_ALL}. So the exact numbers of the two parts differ."
        ),
        body=(_parts(), _fits()),
    )


def _parts() -> Sweep:
    """Return the parts of the error of all degrees, for numbers of rows and noise."""
    found = {(n, noise): _exact(n, noise) for n in ROWS for noise in NOISES}
    highs = {noise: max(float(found[n, noise].error.value.max()) for n in ROWS) for noise in NOISES}
    controls = [slider("points n", ROWS, 12), slider("noise", NOISES, 0.1)]

    def frame(n: float, noise: float) -> Frame:
        return _frame_of_parts(found[int(n), noise], noise, highs[noise])

    return sweep(f"The parts of the error: {AT_ROWS}", controls, frame)


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
        f"{record.rows} points, noise {noise:g}: degree {best} has the least error, "
        f"{rounded(float(record.error.value[best]))}, of which bias^2 is {rounded(float(bias[best]))} and variance "
        f"{rounded(float(variance[best]))} ({AT_ROWS})."
    )
    numbers = zip(DEGREES, *(part.tolist() for part in (bias, variance, of_noise, record.error.value)), strict=True)
    table = TextTable(
        ("degree", "bias^2", "variance", "noise^2", "error"), tuple(numbers), None, f"Exact parts, {AT_ROWS}"
    )
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


class _Fits(NamedTuple):
    """Fits to samples of n points x, and the exact parts of their error."""

    x: np.ndarray
    samples: np.ndarray
    simulated: BiasVariance
    exact: BiasVariance


def _fits() -> Sweep:
    """Return what fits to single samples predict, for some degrees and numbers of points."""
    found = {n: _simulated(n) for n in DRAWN_ROWS}
    controls = [slider("degree", DRAWN_DEGREES, 1), slider("points n", DRAWN_ROWS), slider("draw", range(1, SHOWN + 1))]

    def frame(degree: float, n: float, draw: float) -> Frame:
        return _frame_of_fits(found[int(n)], int(degree), int(draw))

    return sweep(f"{DRAWS} fits, each to a draw of n points of its own, noise {NOISE:g}", controls, frame)


def _simulated(n: int) -> _Fits:
    x, vary = np.linspace(0, 1, n), ("degree", DRAWN_DEGREES)
    samples = fresh_samples(np.square(x), NOISE, DRAWS, np.random.default_rng(SEED))
    record = simulated(
        Polynomial(), x, truth=np.square, noise=NOISE, draws=DRAWS, vary=vary, test=POINTS, random_state=SEED
    )
    return _Fits(x, samples, record, _exact(n, NOISE, POINTS))


def _frame_of_fits(fits: _Fits, degree: int, draw: int) -> Frame:
    place, simulation = DRAWN_DEGREES.index(degree), fits.simulated
    if simulation.curves is None or simulation.bias_squared is None:
        raise TypeError("a simulation of one input has curves")
    _, bias, variance = _columns(fits.exact)
    rows: list[tuple[str, float, float, float]] = []
    for name, part, known in (("bias^2", simulation.bias_squared, bias), ("variance", simulation.variance, variance)):
        estimate = float(part.value[place]), float(part.standard_error[place])
        rows.append((name, *estimate, float(known[degree])))
    sentence = (
        f"Degree {degree}, {len(fits.x)} points, draw {draw}: bias^2 is {rounded(rows[0][3], 3)} and variance "
        f"{rounded(rows[1][3], 3)}, exactly; from the {DRAWS} fits they are estimated as {rounded(rows[0][1], 3)} and "
        f"{rounded(rows[1][1], 3)} ({OVER_ALL})."
    )
    if rows[0][1] < 0:
        sentence += " An unbiased estimate of bias^2 can be below 0."
    head = ("", f"estimate from {DRAWS} fits", "its standard error", "exact")
    table = TextTable(head, tuple(rows), None, f"Each is a {OVER_ALL}")
    return Frame(sentence, table, _curves(fits, simulation.curves[place], draw, sentence))


def _curves(fits: _Fits, curves: np.ndarray, draw: int, sentence: str) -> Plot:
    x, between = drawn(POINTS), f"between the lowest and the highest of {DRAWS} fits"
    series = (
        Series("band", between, x, drawn(curves.max(0)), drawn(curves.min(0)), 0),
        Series("line", "mean of the fits", x, drawn(curves.mean(0)), None, 1),
        Series("line", "x^2", x, drawn(POINTS**2), None, 2),
        Series("line", f"fit to draw {draw}", x, drawn(curves[draw - 1]), None, 0),
        Series("points", f"points of draw {draw}", drawn(fits.x), drawn(fits.samples[draw - 1]), None, 3),
    )
    about = f"The curve of one fit with its points, the mean of {DRAWS} fits, and x^2. {sentence}"
    return Plot(about, axis("x", 0.0, 1.0), axis("y", LOWEST, HIGHEST), series)
