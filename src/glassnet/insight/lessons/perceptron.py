"""Lesson 5, the inverse problem: a neuron learns its weights and threshold from decisions, mistake by mistake."""

from functools import partial
from itertools import product

import numpy as np

from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.perceptron_path import PerceptronPath, perceptron_path
from glassnet.insight.sweep_plot import Plot, Series, axis
from glassnet.insight.sweep_record import Control, Frame, Sweep
from glassnet.insight.text import TextTable

PAIRS = tuple(product((0, 1), repeat=2))
TRIPLES = tuple(product((0, 1), repeat=3))
DECISIONS = {  # what is right for every row
    "XOR, exactly one of two": (PAIRS, (0, 1, 1, 0)),
    "AND, both": (PAIRS, (0, 0, 0, 1)),
    "OR, at least one": (PAIRS, (0, 1, 1, 1)),
    "The festival, good weather": (TRIPLES, (0, 0, 0, 0, 1, 1, 1, 1)),
}
MOST_STEPS = 12  # that are shown one by one
LOW, HIGH = -0.5, 1.5  # of both axes


def perceptron() -> Lesson:
    """Return the lesson on Rosenblatt's rule: a mistake changes w by (y - f(x)) x and the threshold by -(y - f(x)).

    References
    ----------
    Rosenblatt 1958, The perceptron; Minsky and Papert 1969, Perceptrons, for XOR.
    """
    return Lesson(
        name="perceptron",
        title="A neuron learns from its mistakes",
        question=QUESTIONS["perceptron"],
        options=("after about 4", "after about 10", "after about 1,000", "never"),
        answer=Answer(
            3,
            "No line separates (0, 1) and (1, 0) from (0, 0) and (1, 1): after 1,000 passes and 3,997 mistakes rows "
            "are still wrong. OR is known after 4 mistakes, AND after 10, and the festival with its eight rows after "
            "2: where a line exists, the rule finds one.",
        ),
        body=tuple(_steps(name, *rows) for name, rows in DECISIONS.items()),
    )


def _steps(name: str, rows: tuple[tuple[int, ...], ...], right: tuple[int, ...]) -> Sweep:
    path = perceptron_path(np.array(rows), right)
    shown = list(range(min(path.n_mistakes, MOST_STEPS) + 1))
    numbers = shown if shown[-1] == path.n_mistakes else [*shown, path.n_mistakes]
    labels = tuple(f"{number:,}" for number in numbers)
    control = Control("mistakes so far", tuple(map(float, numbers)), labels)
    frame = partial(_frame, name, path)
    return Sweep(name, (control,), tuple(map(frame, numbers)))


def _frame(name: str, path: PerceptronPath, number: int) -> Frame:
    """Return the neuron after so many mistakes; of many, those beyond the first are the end."""
    w, threshold, wrong_row, said = np.zeros(path.x.shape[1]), 0.0, None, "The start"
    if 0 < number <= len(path.mistakes):
        mistake = path.mistakes[number - 1]
        w, threshold, wrong_row = mistake.weights, mistake.threshold, mistake.row
        row = ", ".join(f"{value:g}" for value in mistake.x)
        said = f"Mistake {number}, in pass {mistake.in_pass}: ({row}) was decided as {mistake.decided}"
    elif number:
        w, threshold, said = path.weights, path.threshold, f"After {path.passes:,} passes and {number:,} mistakes"
    z = path.x @ w - threshold
    decided = (z > 0).astype(int)
    wrong = int(np.sum(decided != path.y))
    weights = ", ".join(f"{weight:g}" for weight in w + 0.0)
    state = "all rows are right" if not wrong else f"{wrong} of {len(z)} rows are wrong"
    sentence = f"{said}; now w = ({weights}), threshold {threshold + 0.0:g}, and {state}."
    head = (*(f"x_{place + 1}" for place in range(len(w))), "right", "w'x - threshold", "decided")
    lines = zip(path.x.astype(int).tolist(), path.y.tolist(), (z + 0.0).tolist(), decided.tolist(), strict=True)
    table = TextTable(head, tuple((*x, *numbers) for x, *numbers in lines), None, f"{name}: what it decides now")
    plot = _plot(path, w, threshold, wrong_row, sentence) if len(w) == 2 else None
    return Frame(sentence, table, plot)


def _plot(path: PerceptronPath, w: np.ndarray, threshold: float, wrong: int | None, sentence: str) -> Plot:
    series = [
        _points(path.x[path.y == 1], "right is 1", 0),
        _points(path.x[path.y == 0], "right is 0", 2),
    ]
    if wrong is not None:
        series.append(_points(path.x[[wrong]], "the row of this mistake", 3))
    ends = _line(w, threshold)
    if ends:
        x, y = zip(*ends, strict=True)
        series.append(Series("line", "w'x = threshold", x, y, None, 1))
    about = f"The rows as points, and the line on which w'x is the threshold. {sentence}"
    return Plot(about, axis("x_1", LOW, HIGH), axis("x_2", LOW, HIGH), tuple(series))


def _points(x: np.ndarray, name: str, style: int) -> Series:
    return Series("points", name, tuple(x[:, 0].tolist()), tuple(x[:, 1].tolist()), None, style)


def _line(w: np.ndarray, threshold: float) -> list[tuple[float, float]]:
    """Return where the line w'x = threshold enters and leaves the axes; nothing where it does not cross them."""
    found = set[tuple[float, float]]()
    for edge in (LOW, HIGH):
        if w[1]:
            found.add((edge, float((threshold - w[0] * edge) / w[1])))
        if w[0]:
            found.add((float((threshold - w[1] * edge) / w[0]), edge))
    inside = sorted(point for point in found if all(LOW <= value <= HIGH for value in point))
    return [inside[0], inside[-1]] if len(inside) > 1 else []
