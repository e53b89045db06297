"""Lesson 12: how small a change of its inputs flips a decision, exactly, for a neuron."""

import numpy as np

from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_plot import Plot, Series, axis
from glassnet.insight.sweep_record import Frame, choice, slider, sweep
from glassnet.insight.text import TextTable, rounded

W = np.array([2.0, -1.0, 0.5])
B = 0.1
X = np.array([1.0, 0.5, -1.0])
MARGIN = float(W @ X + B)
EPSILONS = (0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.31, 0.32, 0.35, 0.4, 0.45, 0.5, 0.56, 0.6)
NORMS = {  # of the change: its order, and that of its dual norm of w
    "largest change of an input": (np.inf, 1),
    "Euclidean length": (2, 2),
    "sum of the changes": (1, np.inf),
}
LOWEST, HIGHEST = -1.2, 1.2  # of the axis of margins


def adversary() -> Lesson:
    """Return the lesson on the worst change of a neuron's inputs.

    Of all changes d with ||d|| <= epsilon the worst leaves w'(x + d) + b = margin - epsilon ||w||_*, with the dual norm
    ||.||_*, which of the largest change of an input is the sum |w_1| + |w_2| + |w_3|.

    References
    ----------
    Goodfellow, Shlens and Szegedy 2015, Explaining and harnessing adversarial examples.
    """
    controls = [choice("size of a change", tuple(NORMS)), slider("epsilon", EPSILONS, 0.25)]
    return Lesson(
        name="adversary",
        title="The smallest change that flips a decision",
        question=QUESTIONS["adversary"],
        options=("about 0.11", "about 0.31", "about 0.55", "about 1.1"),
        answer=Answer(
            1,
            "Each input moves against the sign of its weight, so that the margin falls by epsilon (|2| + |-1| + |0.5|) "
            "= 3.5 epsilon: at epsilon = 0.25 it is still 0.225, and it is 0 at 1.1 / 3.5 = 0.314286. Many small "
            "changes add up: with more inputs an even smaller epsilon does it.",
        ),
        body=(sweep("The worst change of size epsilon", controls, _frame),),
    )


def worst_change(order: float, epsilon: float) -> np.ndarray:
    """Return the change of that size that lowers w'x the most."""
    if order == np.inf:
        return -epsilon * np.sign(W)
    if order == 2:
        return -epsilon * W / np.linalg.norm(W)
    largest = np.arange(len(W)) == np.argmax(np.abs(W))
    return -epsilon * np.sign(W) * largest


def _frame(norm: str, epsilon: float) -> Frame:
    order, dual = NORMS[norm]
    strength = float(np.linalg.norm(W, dual))
    change, worst = worst_change(order, epsilon) + 0.0, MARGIN - epsilon * strength
    flips = MARGIN / strength
    decided = "the decision can be flipped" if worst < 0 else "no such change flips the decision"
    sentence = (
        f"epsilon = {epsilon:g}: the worst margin is {rounded(MARGIN, 6)} - {epsilon:g}·{rounded(strength, 6)} = "
        f"{rounded(worst, 6)}, so that {decided}; it is 0 at epsilon = {rounded(flips, 6)}."
    )
    rows = [(f"x_{place + 1}", *row) for place, row in enumerate(np.stack([W, X, change, X + change], axis=1).tolist())]
    sums = ("margin w'x + b", None, MARGIN, worst - MARGIN + 0.0, worst)
    flip = ("epsilon at which it is 0", None, None, flips, None)
    head = ("", "w", "x", "worst change", "x changed")
    return Frame(sentence, TextTable(head, (*rows, sums, flip), None, norm), _plot(strength, epsilon, worst, sentence))


def _plot(strength: float, epsilon: float, worst: float, sentence: str) -> Plot:
    last = min(EPSILONS[-1], (MARGIN - LOWEST) / strength)
    series = (
        Series("line", "worst margin", (0.0, last), (MARGIN, MARGIN - last * strength), None, 0),
        Series("line", "0, where the decision flips", (0.0, EPSILONS[-1]), (0.0, 0.0), None, 1),
        Series("points", "at this epsilon", (float(epsilon),), (worst,), None, 2),
    )
    about = f"A falling line: the worst margin over epsilon. {sentence}"
    return Plot(about, axis("epsilon", 0.0, EPSILONS[-1]), axis("margin", LOWEST, HIGHEST), series)
