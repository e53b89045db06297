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
ROWS, NOISES = (12, 25, 50, 100, 200), (0.05, 0.1, 0.2, 0.5)
DRAWN_DEGREES, DRAWN_ROWS, NOISE = (0, 1, 2, 5, 9), (12, 100), 0.1
DRAWS, SHOWN, SEED = 20, 6, 0  # fits, how many of them can be looked at one by one, and the seed of their samples
LOWEST_DRAWN = 1  # the bars of degree 0 would dwarf all others
POINTS = np.linspace(0, 1, 41)
LOWEST, HIGHEST = -0.5, 1.5  # of the axis of curves
AT_ROWS = "mean over the x of the n training points"


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
            "bias^2 is 0 from degree 2 on, and the variance is noise^2 (degree + "
            "1) / n. So every further degree adds noise^2 / n to the error: 0.000833 for n = 12, where degree 9 has "
            "the variance 0.008333, and 0.00005 for n = 200. With more points a high degree costs less, but degree 2 "
            "stays the best: it is the lowest degree without bias. With much more noise, as 0.5 for "
            "12 points, degree 1 is better: its bias^2 is less than what degree 2 adds to the variance.",
        ),
        notation=(
            "A polynomial is fitted to a sample of n points. Another sample gives another polynomial. bias^2 is the "
            "squared distance of their mean from x^2. The variance says how much they differ from each other, and "
            "noise is the standard deviation of the noise. The expected squared error on a new target is bias^2 + "
            f"variance + noise^2. Each of these numbers is a {AT_ROWS}. A standard error says how far an estimate "
            f"from {DRAWS} samples is from the exact number by chance."
        ),
        body=(_parts(), _fits()),
    )


def _parts() -> Sweep:
    """Return the parts of the error of all degrees, for numbers of rows and noise."""
    found = {(n, noise): _exact(n, noise) for n in ROWS for noise in NOISES}
    highs = {noise: max(float(found[n, noise].error.value[LOWEST_DRAWN:].max()) for n in ROWS) for noise in NOISES}
    controls = [slider("points n", ROWS, 12), slider("noise", NOISES, 0.5)]  # not the noise of the question

    def frame(n: float, noise: float) -> Frame:
        return _frame_of_parts(found[int(n), noise], noise, highs[noise])

    return sweep(f"The parts of the error: {AT_ROWS}", controls, frame)


def _exact(n: int, noise: float) -> BiasVariance:
    return exact_bias_variance(np.linspace(0, 1, n), truth=np.square, noise=noise, degrees=DEGREES)


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
    of_noise, bias, variance = (part[LOWEST_DRAWN:] for part in (of_noise, bias, variance))
    degrees, levels = tuple(map(float, DEGREES[LOWEST_DRAWN:])), [np.zeros(len(bias)), of_noise, of_noise + bias]
    bars = [
        Series("bars", name, degrees, tuple((low + part).tolist()), tuple(low.tolist()), style)
        for name, style, low, part in zip(
            ("noise^2", "bias^2", "variance"), (2, 1, 0), levels, (of_noise, bias, variance), strict=True
        )
    ]
    x = Axis(
        "degree (0 is in the table only)",
        LOWEST_DRAWN - 0.5,
        DEGREES[-1] + 0.5,
        degrees,
        tuple(f"{d:g}" for d in degrees),
    )
    about = f"Stacked bars of noise^2, bias^2 and variance for every degree from 1 on. {sentence}"
    return Frame(sentence, table, Plot(about, x, axis("expected squared error", 0.0, high * 1.05), tuple(bars)))


class _Fits(NamedTuple):
    """Fits to samples of n points x, the parts of their error, estimated and exact, and their curves."""

    x: np.ndarray
    samples: np.ndarray
    simulated: BiasVariance
    exact: BiasVariance
    curves: np.ndarray


def _fits() -> Sweep:
    """Return what fits to single samples predict, for some degrees and numbers of points."""
    found = {n: _simulated(n) for n in DRAWN_ROWS}
    controls = [
        slider("degree", DRAWN_DEGREES, 1),
        slider("points n", DRAWN_ROWS),
        slider("sample", range(1, SHOWN + 1)),
    ]

    def frame(degree: float, n: float, draw: float) -> Frame:
        return _frame_of_fits(found[int(n)], int(degree), int(draw))

    return sweep(
        f"{DRAWS} fits, each to a sample of its own, noise {NOISE:g}; {SHOWN} of them can be looked at", controls, frame
    )


def _simulated(n: int) -> _Fits:
    x, vary = np.linspace(0, 1, n), ("degree", DRAWN_DEGREES)
    samples = fresh_samples(np.square(x), NOISE, DRAWS, np.random.default_rng(SEED))
    record, drawn_record = (
        simulated(Polynomial(), x, truth=np.square, noise=NOISE, draws=DRAWS, vary=vary, test=test, random_state=SEED)
        for test in (None, POINTS)
    )
    if drawn_record.curves is None:
        raise TypeError("a simulation of one input has curves")
    return _Fits(x, samples, record, _exact(n, NOISE), drawn_record.curves)


def _frame_of_fits(fits: _Fits, degree: int, draw: int) -> Frame:
    place, simulation = DRAWN_DEGREES.index(degree), fits.simulated
    if simulation.bias_squared is None:
        raise TypeError("the parts of resampled rows are not known apart; give a record of a true function")
    _, bias, variance = _columns(fits.exact)
    rows: list[tuple[str, float, float, float]] = []
    for name, part, known in (("bias^2", simulation.bias_squared, bias), ("variance", simulation.variance, variance)):
        estimate = float(part.value[place]), float(part.standard_error[place])
        rows.append((name, *estimate, float(known[degree])))
    sentence = (
        f"Degree {degree}, {len(fits.x)} points, sample {draw}: bias^2 is {rounded(rows[0][3], 3)} and variance "
        f"{rounded(rows[1][3], 3)}, exactly; from all {DRAWS} fits they are estimated as {rounded(rows[0][1], 3)} "
        f"and {rounded(rows[1][1], 3)} ({AT_ROWS})."
    )
    if rows[0][1] < 0:
        sentence += " The estimate of bias^2 is corrected for chance, so it can be a little below 0."
    head = ("", f"estimate from all {DRAWS} fits", "standard error", "exact")
    table = TextTable(head, tuple(rows), None, f"Each is a {AT_ROWS}")
    return Frame(sentence, table, _curves(fits, fits.curves[place], draw, sentence))


def _curves(fits: _Fits, curves: np.ndarray, draw: int, sentence: str) -> Plot:
    x, between = drawn(POINTS), f"between the lowest and the highest of {DRAWS} fits"
    series = (
        Series("band", between, x, drawn(curves.max(0)), drawn(curves.min(0)), 0),
        Series("line", "mean of the fits", x, drawn(curves.mean(0)), None, 1),
        Series("line", "x^2", x, drawn(POINTS**2), None, 2),
        Series("line", f"fit to sample {draw}", x, drawn(curves[draw - 1]), None, 0),
        Series("points", f"points of sample {draw}", drawn(fits.x), drawn(fits.samples[draw - 1]), None, 3),
    )
    about = f"The curve of one fit with its points, the mean of {DRAWS} fits, and x^2. {sentence}"
    return Plot(about, axis("x", 0.0, 1.0), axis("y", LOWEST, HIGHEST), series)
