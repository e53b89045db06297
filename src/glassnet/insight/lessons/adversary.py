"""Lesson 12: how small a change of its inputs flips a decision, exactly, for a neuron."""

import numpy as np

from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_plot import Plot, Series, axis, drawn
from glassnet.insight.sweep_record import Frame, choice, slider, sweep
from glassnet.insight.text import TextTable, rounded

W = np.array([2.0, -1.0, 0.5])
B = 0.1
X = np.array([1.0, 0.5, -1.0])
MARGIN = float(W @ X + B)
EPSILONS = (0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.31, 0.32, 0.35, 0.4, 0.45, 0.5, 0.56, 0.6)
NORMS = {  # of the change: its order, and that of its dual norm of w; the first is not that of the question
    "Euclidean length": (2, 2),
    "largest change of an input": (np.inf, 1),
    "sum of the changes": (1, np.inf),
}
FREE, CLIPPED = "no limit", "clipped to -1 to 1"
LOWEST, HIGHEST = -1.2, 1.2  # of the axis of margins


def adversary() -> Lesson:
    """Return the lesson on the worst change of a neuron's inputs.

    Of all changes d with ||d|| <= epsilon the worst leaves w·(x + d) + b = margin - epsilon ||w||_*, with the dual norm
    ||.||_*, which of the largest change of an input is the sum |w_1| + |w_2| + |w_3|. Where inputs must stay within
    [-1, 1], those that cannot move against their weight are left out of w.

    References
    ----------
    Goodfellow, Shlens and Szegedy 2015, Explaining and harnessing adversarial examples.
    """
    controls = [
        choice("size of a change", tuple(NORMS)),
        choice("changed inputs", (FREE, CLIPPED)),
        slider("epsilon", EPSILONS, 0.25),
    ]
    return Lesson(
        name="adversary",
        title="The smallest change that flips a decision",
        question=QUESTIONS["adversary"],
        options=("about 0.11", "about 0.31", "about 0.55", "about 1.1"),
        answer=Answer(
            1,
            "The worst change moves each input against the sign of its weight, so the margin falls by epsilon (|2| + "
            "|-1| + |0.5|) = 3.5 epsilon. At epsilon = 0.25 it is still 0.225; it is 0 at 1.1 / 3.5 = 0.314286. The "
            "changes of all inputs add up, so with more inputs of such weights a smaller epsilon is enough. If inputs "
            "must stay between -1 and 1, x_3 = -1 cannot fall further, and the decision flips later, at 1.1 / 3 = "
            "0.366667.",
        ),
        notation=(
            "x has three inputs, w their weights, and w·x = w_1 x_1 + w_2 x_2 + w_3 x_3. The neuron decides 1 where "
            "the margin w·x + b is above 0, and 0 otherwise. The changes of the inputs are d_1, d_2 and d_3, and "
            "epsilon is the largest size that they may have. This size is measured as the largest of |d_1|, |d_2| and "
            "|d_3|, as their sum, or as the Euclidean length, the root of d_1^2 + d_2^2 + d_3^2. The worst change is "
            "the one that lowers the margin most."
        ),
        body=(sweep("The worst change of size epsilon", controls, _frame),),
    )


def worst_change(order: float, epsilon: float, room: np.ndarray) -> np.ndarray:
    """Return the change of that size that lowers w·x the most, with at most `room` against the sign of each weight.

    Of the epsilons here only the largest change of an input comes to the end of the room of an input that has some.
    """
    size = np.abs(W) * (room > 0)
    if order == np.inf:
        moved = np.minimum(room, epsilon)
    elif order == 2:
        moved = epsilon * size / np.linalg.norm(size)
    else:
        moved = epsilon * (np.arange(len(W)) == np.argmax(size))
    return -np.sign(W) * moved + 0.0


def room_of(changed: str) -> np.ndarray:
    """Return how far each input can move against the sign of its weight."""
    return 1 + np.sign(W) * X if changed == CLIPPED else np.full(len(W), np.inf)


def _frame(norm: str, changed: str, epsilon: float) -> Frame:
    order, dual = NORMS[norm]
    room = room_of(changed)
    change = worst_change(order, epsilon, room)
    fall = float(-W @ change) + 0.0
    worst = MARGIN - fall
    flips = MARGIN / float(np.linalg.norm(W[room > 0], dual))
    decided = "the decision can be flipped" if worst < 0 else "no such change flips the decision"
    sentence = (
        f"epsilon = {epsilon:g}: the worst change lowers the margin from {rounded(MARGIN, 6)} by {rounded(fall, 6)} to "
        f"{rounded(worst, 6)}, so {decided}; the margin is 0 at epsilon = {rounded(flips, 6)}."
    )
    if order == 1:
        sentence += " Only x_1 changes, as it has the largest weight; it stays above -1, so clipping changes nothing."
    rows = [(f"x_{place + 1}", *row) for place, row in enumerate(np.stack([W, X, change, X + change], axis=1).tolist())]
    sums = (f"margin w·x + b, b = {B:g}", None, MARGIN, -fall + 0.0, worst)
    head = ("", "w", "before", "worst change", "after")
    table = TextTable(head, (*rows, sums), None, f"{norm}, {changed}")
    return Frame(sentence, table, _plot(order, room, (flips, epsilon, worst), sentence))


def _plot(order: float, room: np.ndarray, points: tuple[float, float, float], sentence: str) -> Plot:
    flips, epsilon, worst = points
    margins = drawn(float(MARGIN + W @ worst_change(order, each, room)) for each in EPSILONS)
    series = (
        Series("line", "worst margin", drawn(EPSILONS), margins, None, 0),
        Series("points", f"0 at epsilon = {rounded(flips, 6)}", (flips,), (0.0,), None, 3),
        Series("points", "at this epsilon", (float(epsilon),), (worst,), None, 2),
    )
    about = f"A falling line: the worst margin over epsilon. {sentence}"
    return Plot(about, axis("epsilon", 0.0, EPSILONS[-1]), axis("margin", LOWEST, HIGHEST), series)
