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
    "XOR: y = 1 if exactly one input is 1": (PAIRS, (0, 1, 1, 0)),
    "AND: y = 1 if both inputs are 1": (PAIRS, (0, 0, 0, 1)),
    "OR: y = 1 if at least one input is 1": (PAIRS, (0, 1, 1, 1)),
    "The festival: y = 1 if the weather is good": (TRIPLES, (0, 0, 0, 0, 1, 1, 1, 1)),
}
MOST_STEPS = 12  # that are shown one by one
PASSES = 1_000  # where no pass is without a mistake
AT_THE_END = f"after {PASSES:,} passes"
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
            "plane) separates the rows, the rule finds one. The order of the rows changes which mistakes are made and "
            "how many, but not whether they end.",
        ),
        notation=(
            "x are the inputs of a row, y is the right decision, 0 or 1, and w·x = w_1 x_1 + w_2 x_2 (+ w_3 x_3). The "
            "neuron decides f(x) = 1 if w·x > threshold, and f(x) = 0 otherwise, so also where both are equal. After a "
            "mistake w becomes w + (y - f(x)) x, and the threshold becomes threshold - (y - f(x)). At the start w and "
            "the threshold are 0: w·x is 0, not above 0, and every row is decided as 0. A pass goes once through all "
            "rows."
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
    paths = {
        order: perceptron_path(np.array(rows)[seen], np.array(right)[seen], max_iter=PASSES)
        for order, seen in orders.items()
    }
    most = max(path.n_mistakes for path in paths.values())
    labels = [*map(str, range(min(most, MOST_STEPS) + 1)), *([AT_THE_END] if most > MOST_STEPS else [])]
    mistakes = Control("mistakes so far", tuple(map(float, range(len(labels)))), tuple(labels))

    def frame(order: str, number: float) -> Frame:
        path = paths[order]
        return _frame(path, path.n_mistakes if number > MOST_STEPS else int(number))

    return sweep(name, [choice("order of the rows", [*orders]), mistakes], frame)


def _frame(path: PerceptronPath, number: int) -> Frame:
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
    state = "all rows are right" if not wrong else f"{wrong} of {len(z)} rows {'is' if wrong == 1 else 'are'} wrong"
    sentence = f"{said}; now w = ({weights}), threshold {threshold + 0.0:g}, and {state}."
    if len(w) == 2 and not w.any():
        sentence += " w·x is 0 everywhere, so there is no line to draw."
    head = (*(f"x_{place + 1}" for place in range(len(w))), "y", "w·x - threshold", "f(x)", "decision")
    marks = ("right" if each else "wrong" for each in decided == path.y)
    lines = zip(path.x.astype(int).tolist(), path.y.tolist(), (z + 0.0).tolist(), decided.tolist(), marks, strict=True)
    table = TextTable(head, tuple((*x, *numbers) for x, *numbers in lines), None, "Decisions now")
    plot = _plot(path, w, threshold, wrong_row, sentence) if len(w) == 2 else None
    return Frame(sentence, table, plot)


def _plot(path: PerceptronPath, w: np.ndarray, threshold: float, wrong: int | None, sentence: str) -> Plot:
    series = [
        _points(path.x[path.y == 1], "y = 1", 0),
        _points(path.x[path.y == 0], "y = 0", 3),
    ]
    if wrong is not None:
        series.append(_points(path.x[[wrong]], "the row of this mistake", 2))
    ends = _line(w, threshold)
    if ends:
        x, y = zip(*ends, strict=True)
        series.append(Series("line", "w·x = threshold, where f(x) = 0", x, y, None, 1))
    side = _side(w, threshold)
    if side:
        x, low, high = zip(*side, strict=True)
        series.insert(0, Series("band", "f(x) = 1", x, high, low, 0))
    about = f"The rows as points, the line on which w·x is the threshold, and its side where f(x) = 1. {sentence}"
    return Plot(about, axis("x_1", LOW, HIGH), axis("x_2", LOW, HIGH), tuple(series))


def _points(x: np.ndarray, name: str, style: int) -> Series:
    return Series("points", name, tuple(x[:, 0].tolist()), tuple(x[:, 1].tolist()), None, style)


def _line(w: np.ndarray, threshold: float) -> list[tuple[float, float]]:
    """Return where the line w·x = threshold enters and leaves the axes; nothing where it does not cross them."""
    found = set[tuple[float, float]]()
    for edge in (LOW, HIGH):
        if w[1]:
            found.add((edge, float((threshold - w[0] * edge) / w[1])))
        if w[0]:
            found.add((float((threshold - w[1] * edge) / w[0]), edge))
    inside = sorted(point for point in found if all(LOW <= value <= HIGH for value in point))
    return [inside[0], inside[-1]] if len(inside) > 1 else []


def _side(w: np.ndarray, threshold: float) -> list[tuple[float, float, float]]:
    """Return x_1 with the lowest and the highest x_2 of w·x > threshold, at its corners; nothing where it is empty."""
    if not w[1]:
        edge = threshold / w[0] if w[0] else np.inf
        low, high = (max(LOW, edge), HIGH) if w[0] > 0 else (LOW, min(HIGH, edge))
        return [(x, LOW, HIGH) for x in (low, high)] if w[0] and low < high else []
    corners = [(threshold - w[1] * edge) / w[0] for edge in (LOW, HIGH)] if w[0] else []
    found = list[tuple[float, float, float]]()
    for x in sorted({LOW, HIGH, *(float(corner) for corner in corners if LOW < corner < HIGH)}):
        line = float(np.clip((threshold - w[0] * x) / w[1], LOW, HIGH))
        found.append((x, line, HIGH) if w[1] > 0 else (x, LOW, line))
    return found if any(low < high for _, low, high in found) else []
