"""Lesson 5, the inverse problem: a neuron learns its weights and threshold from decisions, mistake by mistake."""

from itertools import product

import numpy as np

from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.perceptron_path import PerceptronPath, perceptron_path
from glassnet.insight.sweep_plot import Plot, Series, axis
from glassnet.insight.sweep_record import Control, Frame, Sweep, choice, sweep
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
AT_THE_END = "at the end"
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
            "No straight line has (0, 1) and (1, 0) on one side and (0, 0) and (1, 1) on the other. So some rows are "
            "always wrong, also after 1,000 passes and 3,997 mistakes. With the rows as listed OR is right after 4 "
            "mistakes, AND after 10, and the festival with its eight rows after 2: where a line (with three inputs, a "
            "plane) separates the rows, the rule finds one.",
        ),
        notation=(
            "x are the inputs of a row, y is the right decision, 0 or 1, and w'x = w_1 x_1 + w_2 x_2 (+ w_3 x_3). The "
            "neuron decides f(x) = 1 if w'x > threshold, and f(x) = 0 otherwise, so also where both are equal. After a "
            "mistake w becomes w + (y - f(x)) x, and the threshold becomes threshold - (y - f(x)). So if a 1 was "
            "decided as 0, x is added to w and the threshold falls by 1; if a 0 was decided as 1, x is subtracted and "
            "the threshold rises by 1. At the start w and the threshold are 0: w'x is 0, not above 0, and every row "
            "is decided as 0. A pass goes once through all rows."
        ),
        body=tuple(_steps(name, *rows) for name, rows in DECISIONS.items()),
    )


def _steps(name: str, rows: tuple[tuple[int, ...], ...], right: tuple[int, ...]) -> Sweep:
    places = [*range(len(rows))]
    orders = {
        "as listed": places,
        "reversed": places[::-1],
        "rows with y = 1 first": sorted(places, key=lambda place: -right[place]),
    }
    paths = {order: perceptron_path(np.array(rows)[seen], np.array(right)[seen]) for order, seen in orders.items()}
    most = max(path.n_mistakes for path in paths.values())
    labels = [*map(str, range(min(most, MOST_STEPS) + 1)), *([AT_THE_END] if most > MOST_STEPS else [])]
    mistakes = Control("mistakes so far", tuple(map(float, range(len(labels)))), tuple(labels))

    def frame(order: str, number: float) -> Frame:
        path = paths[order]
        return _frame(name, path, path.n_mistakes if number > MOST_STEPS else int(number))

    return sweep(name, [choice("order of the rows", [*orders]), mistakes], frame)


def _frame(name: str, path: PerceptronPath, number: int) -> Frame:
    """Return the neuron after so many mistakes; of many, those beyond the first are the end."""
    w, threshold, wrong_row, said = np.zeros(path.x.shape[1]), 0.0, None, "The start"
    if 0 < number <= len(path.mistakes):
        mistake = path.mistakes[number - 1]
        w, threshold, wrong_row = mistake.weights, mistake.threshold, mistake.row
        row = ", ".join(f"{value:g}" for value in mistake.x)
        said = f"Mistake {number}, in pass {mistake.in_pass}: ({row}) was decided as {mistake.decided}"
    elif number:
        w, threshold = path.weights, path.threshold
        said = f"After {path.passes:,} passes and {path.n_mistakes:,} mistakes"
    z = path.x @ w - threshold
    decided = (z > 0).astype(int)
    wrong = int(np.sum(decided != path.y))
    weights = ", ".join(f"{weight:g}" for weight in w + 0.0)
    state = "all rows are right" if not wrong else f"{wrong} of {len(z)} rows are wrong"
    sentence = f"{said}; now w = ({weights}), threshold {threshold + 0.0:g}, and {state}."
    head = (*(f"x_{place + 1}" for place in range(len(w))), "y", "w'x - threshold", "f(x)")
    lines = zip(path.x.astype(int).tolist(), path.y.tolist(), (z + 0.0).tolist(), decided.tolist(), strict=True)
    table = TextTable(head, tuple((*x, *numbers) for x, *numbers in lines), None, f"{name}: what it decides now")
    plot = _plot(path, w, threshold, wrong_row, sentence) if len(w) == 2 else None
    return Frame(sentence, table, plot)


def _plot(path: PerceptronPath, w: np.ndarray, threshold: float, wrong: int | None, sentence: str) -> Plot:
    series = [
        _points(path.x[path.y == 1], "y = 1", 0),
        _points(path.x[path.y == 0], "y = 0", 2),
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
