"""Lesson 4, the forward problem: a neuron with given weights and a threshold decides about eight cases."""

from itertools import product

import numpy as np

from glassnet.estimators.perceptron import Perceptron
from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_plot import Plot, Series, axis, categories
from glassnet.insight.sweep_record import Control, Frame, Sweep, slider, sweep
from glassnet.insight.text import TextTable

INPUTS = ("x_1 weather", "x_2 partner", "x_3 near")
SWITCHES = {
    "good weather": (1, 0),
    "partner comes": (0, 1),
    "near": (0, 1),
}  # the start first: not the case of the question
CASES = tuple(product((0, 1), repeat=3))
WEIGHTS = (6.0, 2.0, 2.0)  # the lecture's
THRESHOLDS = (1, 2, 3, 4, 5, 6, 7, 8, 9)
HIGHEST = 14.0  # of the axis of w·x


def festival() -> Lesson:
    """Return the lesson on the forward problem: f(x) = H(w·x - threshold) for all eight x.

    Source: lecture notes "Regression with Neural Networks".
    """
    return Lesson(
        name="festival",
        title="A neuron decides",
        question=QUESTIONS["festival"],
        options=("I go", "I stay"),
        answer=Answer(
            1,
            "w·x is 6·0 + 2·1 + 2·1 = 4. That is not more than 5, so f(x) = 0. With these weights only the weather "
            "counts: in all eight cases f(x) equals x_1. With threshold 3 you go in five of the eight cases.",
        ),
        notation=(
            "x_1 is 1 in good weather, x_2 is 1 if your partner comes, x_3 is 1 if the place is near; otherwise they "
            "are 0. w has one weight for each, and w·x = w_1 x_1 + w_2 x_2 + w_3 x_3. The neuron gives f(x) = H(w·x - "
            "threshold), where H is the step function: H(z) = 1 (go) if z > 0, and H(z) = 0 (stay) otherwise, so also "
            "at z = 0."
        ),
        body=(_one_case(), _all_cases()),
    )


def _one_case() -> Sweep:
    """Return a case by its three switches, with the weights of the lecture."""
    switches = [
        Control(name, tuple(map(float, values)), tuple("yes" if value else "no" for value in values), "choice")
        for name, values in SWITCHES.items()
    ]
    controls = [*switches, slider("threshold", THRESHOLDS, 5)]
    return sweep("One case, with the weights 6, 2 and 2", controls, _frame_of_case)


def _frame_of_case(weather: float, partner: float, near: float, threshold: float) -> Frame:
    x = (weather, partner, near)
    neuron = Perceptron.given(np.array(WEIGHTS), threshold)
    go = int(neuron.predict(np.array([x]))[0])
    reached = float(np.dot(WEIGHTS, x))
    said = " + ".join(f"{weight:g}·{value:g}" for weight, value in zip(WEIGHTS, x, strict=True))
    more = "more" if go else "not more"
    sentence = f"w·x = {said} = {reached:g} is {more} than {threshold:g}: f(x) = {go}, you {'go' if go else 'stay'}."
    rows = [(name, each, w, each * w) for name, each, w in zip(INPUTS, x, WEIGHTS, strict=True)]
    below = (("w·x", None, None, reached), ("w·x - threshold", None, None, reached - threshold))
    head = ("", "x", "weight", "product")
    return Frame(sentence, TextTable(head, (*rows, *below, ("f(x)", None, None, go)), None, "This case"))


def _all_cases() -> Sweep:
    """Return all eight cases at once, for other weights too."""
    controls = [
        slider("threshold for all cases", THRESHOLDS, 3),
        slider("weight of weather", (2, 4, 6), 6),
        slider("weight of partner", (0, 2, 4), 2),
        slider("weight of near", (0, 2, 4), 2),
    ]
    return sweep("All eight cases, with weights and threshold to choose", controls, _frame)


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
    sentence = f"{formula}: you go in {count} of 8 cases{same}."
    table = TextTable((*INPUTS, "w·x", "w·x - threshold", "f(x)"), tuple(rows), None, "All eight cases")
    return Frame(sentence, table, _plot(reached, go, threshold, sentence))


def _plot(reached: np.ndarray, go: np.ndarray, threshold: float, sentence: str) -> Plot:
    names = categories("weather, partner, near: 1 yes, 0 no", ["".join(map(str, case)) for case in CASES])
    places = np.arange(len(CASES), dtype=float)
    bars = [
        Series("bars", name, tuple(places[which].tolist()), tuple(reached[which].tolist()), None, style)
        for name, which, style in (("w·x of cases that go", go == 1, 0), ("w·x of cases that stay", go == 0, 2))
        if which.any()
    ]
    line = Series("line", "threshold", (names.low, names.high), (threshold, threshold), None, 1)
    about = f"Bars of w·x for the eight cases, and a line at the threshold. {sentence}"
    return Plot(about, names, axis("w·x", 0.0, HIGHEST), (*bars, line))
