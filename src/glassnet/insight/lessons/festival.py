"""Lesson 4, the forward problem: a neuron with given weights and a threshold decides about eight cases."""

from itertools import product

import numpy as np

from glassnet.estimators.perceptron import Perceptron
from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_plot import Plot, Series, axis, categories
from glassnet.insight.sweep_record import Frame, slider, sweep
from glassnet.insight.text import TextTable

INPUTS = ("weather", "partner", "near")
CASES = tuple(product((0, 1), repeat=3))
HIGHEST = 14.0  # of the axis of w'x


def festival() -> Lesson:
    """Return the lesson on the forward problem: f(x) = H(w'x - threshold) for all eight x.

    Source: lecture notes "Regression with Neural Networks".
    """
    controls = [
        slider("threshold", (1, 2, 3, 4, 5, 6, 7, 9), 5),
        slider("weight of weather", (2, 4, 6), 6),
        slider("weight of partner", (0, 2, 4), 2),
        slider("weight of near", (0, 2, 4), 2),
    ]
    return Lesson(
        name="festival",
        title="A neuron decides",
        question=QUESTIONS["festival"],
        options=("I go", "I stay"),
        answer=Answer(
            1,
            "w'x is 6·0 + 2·1 + 2·1 = 4, which does not exceed 5. With these weights the decision is the weather's "
            "alone: in all eight cases f(x) equals x_1. With threshold 3 five of the eight cases go.",
        ),
        body=(sweep("Weights and threshold of a neuron", controls, _frame),),
    )


def _frame(threshold: float, weather: float, partner: float, near: float) -> Frame:
    x = np.array(CASES, dtype=float)
    weights = np.array([weather, partner, near])
    neuron = Perceptron.given(weights, threshold)
    z, go = neuron.decision_function(x), neuron.predict(x)
    reached = x @ weights
    rows = [(*case, *numbers) for case, *numbers in zip(CASES, reached.tolist(), z.tolist(), go.tolist(), strict=True)]
    count = int(go.sum())
    same = "; f(x) equals x_1, the weather" if (go == x[:, 0]).all() else ""
    formula = f"f(x) = H({weather:g} x_1 + {partner:g} x_2 + {near:g} x_3 - {threshold:g})"
    sentence = f"{formula}: {count} of 8 cases go{same}."
    table = TextTable((*INPUTS, "w'x", "w'x - threshold", "go"), tuple(rows), None, "All eight cases")
    return Frame(sentence, table, _plot(reached, go, threshold, sentence))


def _plot(reached: np.ndarray, go: np.ndarray, threshold: float, sentence: str) -> Plot:
    names = categories("weather, partner, near", ["".join(map(str, case)) for case in CASES])
    places = np.arange(len(CASES), dtype=float)
    bars = [
        Series("bars", name, tuple(places[which].tolist()), tuple(reached[which].tolist()), None, style)
        for name, which, style in (("w'x of cases that go", go == 1, 0), ("w'x of cases that stay", go == 0, 2))
        if which.any()
    ]
    line = Series("line", "threshold", (names.low, names.high), (threshold, threshold), None, 1)
    about = f"Bars of w'x for the eight cases, and a line at the threshold. {sentence}"
    return Plot(about, names, axis("w'x", 0.0, HIGHEST), (*bars, line))
