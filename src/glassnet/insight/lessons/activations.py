"""Lesson 8: how much of an error an activation lets through, at the z where its neuron stands."""

from functools import cache

import numpy as np

from glassnet._lazy import jnp
from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_plot import Axis, Plot, Series, axis
from glassnet.insight.sweep_record import Frame, choice, slider, sweep
from glassnet.insight.text import TextTable, rounded
from glassnet.network.activation import ACTIVATIONS
from glassnet.network.compiled_programs import check_process
from glassnet.network.coordinatewise import Coordinatewise
from glassnet.network.devices import float64

X, Y, B = 1.5, 0.5, 1.0  # the input, the target and the bias of the neuron
WEIGHTS = (-4.0, -2.0, -0.8, 0.0, 0.4, 0.8, 2.0, 4.0)
START = 0.8
BESIDE = [kink + side for kink in (-1, 0, 1) for side in (-1e-9, 1e-9)]  # where some curves jump
Z = np.sort([*(np.arange(-30, 36) / 5), *BESIDE])  # of the curves
HIGHEST = 8.0  # of the curves
NAMES = ("logistic", *(name for name, rule in ACTIVATIONS.items() if isinstance(rule, Coordinatewise)))
FORMULAS = {
    "identity": "z",
    "heaviside": "1 for z > 0, otherwise 0",
    "relu": "z for z > 0, otherwise 0",
    "leaky_relu": "z for z > 0, otherwise 0.01 z",
    "logistic": "1 / (1 + exp(-z))",
    "tanh": "(exp(z) - exp(-z)) / (exp(z) + exp(-z))",
    "hard_tanh": "max(-1, min(1, z))",
    "exponential": "exp(z)",
    "softplus": "log(1 + exp(z))",
    "elu": "z for z > 0, otherwise exp(z) - 1",
    "selu": "1.0507 z for z > 0, otherwise 1.7581 (exp(z) - 1)",
    "gelu": "z (1 + erf(z / sqrt(2))) / 2",
    "silu": "z / (1 + exp(-z))",
    "mish": "z tanh(log(1 + exp(z)))",
}
CHOICES = tuple(dict.fromkeys(NAMES))  # the lecture's first


def activations() -> Lesson:
    """Return the lesson on sigma and sigma' of one neuron x = sigma(z), z = w 1.5 + 1, E = (x - 0.5)^2.

    With delta = dE/dz = 2 (x - y) sigma'(z) the gradient is dE/dw = 1.5 delta, so that where sigma is flat nothing is
    learned however wrong the output is.
    """
    controls = [choice("activation", CHOICES), slider("w", WEIGHTS, START)]
    return Lesson(
        name="activations",
        title="Activations and how fast a neuron learns",
        question=QUESTIONS["activations"],
        options=("79 times as large", "1.25 times as large, like the error", "1/8 as large", "1/79 as large"),
        answer=Answer(
            3,
            "At w = 4 we have z = 7. There the curve of sigma is almost flat: its slope is sigma'(7) = 0.000910. The "
            "slope is a factor of delta = 2 (x - y) sigma'(z), so delta is small too, and dE/dw = 1.5 delta is "
            "0.00136 instead of 0.108, which is 1/79 of it. For ReLU the slope is exactly 0 where z < 0: there dE/dw "
            "is 0, and w does not change.",
        ),
        notation=(
            "The neuron has the input 1.5, the weight w and the bias 1, so z = 1.5 w + 1. Its output is x = sigma(z), "
            "where sigma is the activation, such as the logistic function 1 / (1 + exp(-z)); the formula of each "
            "stands above its table. sigma'(z) is its slope. y = 0.5 is the target, E = (x - y)^2 the cost, and delta "
            "= dE/dz."
        ),
        body=(sweep("sigma and sigma' at the z of a neuron", controls, _frame),),
    )


def _frame(name: str, w: float) -> Frame:
    z = X * w + B
    (x, slope), curves = _both(name, np.array([z])), _curves(name)
    value, derivative = float(x[0]), float(slope[0])
    delta = 2 * (value - Y) * derivative
    numbers = {
        "input": X,
        "w": w,
        "z = 1.5 w + 1": z,
        "output x = sigma(z)": value,
        "target y": Y,
        "sigma'(z)": derivative,
        "E = (x - y)^2": (value - Y) ** 2,
        "delta = 2 (x - y) sigma'(z)": delta,
        "dE/dw = 1.5 delta": X * delta,
    }
    rows = tuple((what, number + 0.0) for what, number in numbers.items())  # no minus zero
    x_said, slope_said, gradient = (rounded(number + 0.0, 6) for number in (value, derivative, X * delta))
    highest = _highest(curves)
    above = [text for text, number in (("sigma(z)", value), ("sigma'(z)", derivative)) if number > highest]
    sentence = (
        f"{name}, w = {w:g}: z = {z:g}, sigma(z) = {x_said}, sigma'(z) = {slope_said}, dE/dw = {gradient}"
        f"{'; nothing is learned' if gradient == '0' else ''}."
    )
    if above:
        sentence += f" {' and '.join(above)} of the neuron {'lies' if len(above) == 1 else 'lie'} above the chart."
    table = TextTable(("", "value"), rows, None, f"{name}: sigma(z) = {FORMULAS[name]}")
    return Frame(sentence, table, _plot(name, curves, (z, value, derivative), sentence))


def _highest(curves: tuple[np.ndarray, np.ndarray]) -> float:
    return min(HIGHEST, max(1.2, *(1.02 * float(curve.max()) for curve in curves)))


def _plot(name: str, curves: tuple[np.ndarray, np.ndarray], neuron: tuple[float, float, float], sentence: str) -> Plot:
    high = _highest(curves)
    y = axis("sigma(z) and sigma'(z)", min(0.0, *(float(curve.min()) for curve in curves)) - 0.1, high)
    drawn = [
        _curve(text, curve, y, style)
        for style, (text, curve) in enumerate(zip(("sigma", "sigma'"), curves, strict=True))
    ]
    z, value, derivative = neuron
    marks = [
        Series("points", text, (z,), (at,), None, style)
        for text, at, style in (("sigma(z) of the neuron", value, 0), ("sigma'(z) of the neuron", derivative, 1))
        if at <= high
    ]
    about = f"Curves of sigma and sigma' of {name} for z from -6 to 7, and the neuron on both. {sentence}"
    return Plot(about, axis("z", float(Z[0]), float(Z[-1])), y, (*drawn, *marks))


def _curve(text: str, curve: np.ndarray, y: Axis, style: int) -> Series:
    """Return a curve as far as there is room for it."""
    inside = curve <= y.high
    y_drawn = tuple(float(f"{value:.5g}") for value in curve[inside].tolist())
    return Series("line", text, tuple(Z[inside].tolist()), y_drawn, None, style)


@cache
def _curves(name: str) -> tuple[np.ndarray, np.ndarray]:
    return _both(name, Z)


def _both(name: str, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return sigma and sigma' at some z, in float64."""
    rule = ACTIVATIONS[name]
    if not isinstance(rule, Coordinatewise):
        raise TypeError(f"{name} couples the entries of z; give an activation of each entry alone")
    check_process()
    with float64():
        at = jnp.asarray(z)
        x = rule.value(at)
        return np.asarray(x), np.asarray(rule.derivative(at, x))
