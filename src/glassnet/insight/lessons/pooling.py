"""Lesson 11: pooling, and where delta goes back.

Source: lecture notes "Regression with Neural Networks", the picture of 4 x 4.
"""

from glassnet.insight.lessons.convolution import PICTURES, POSITIONS
from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_record import Frame, choice, sweep
from glassnet.insight.text import TextTable
from glassnet.insight.windows import window_steps
from glassnet.network.pooling import AveragePool, MaxPool

KINDS = {"largest": MaxPool(2), "mean": AveragePool(2)}


def pooling() -> Lesson:
    """Return the lesson: the largest or the mean of windows of 2 x 2, and delta = 1 on its way back."""
    controls = [choice("what is kept of a window", tuple(KINDS)), choice("window", POSITIONS)]
    return Lesson(
        name="pooling",
        title="Pooling, and the way back",
        question=QUESTIONS["pooling"],
        options=("to all four alike", "to the largest of the four alone", "to each in proportion to its size"),
        answer=Answer(
            1,
            "A small change of an entry that is not the largest changes nothing behind it, so that nothing comes back "
            "to it: delta goes to (row 0, column 1), (0, 2), (3, 0) and (2, 2). A mean depends on all four alike, and "
            "each gets a quarter.",
        ),
        body=(sweep("One window of 2 x 2", controls, _frame),),
    )


def _frame(kind: str, position: str) -> Frame:
    found = window_steps(KINDS[kind], {}, PICTURES["the lecture's"])
    window = found.windows[POSITIONS.index(position)]
    rows = [
        (f"row {window.top + i}, column {window.left + j}", float(window.entries[i, j, 0]), float(window.sent[i, j, 0]))
        for i in range(2)
        for j in range(2)
    ]
    z = found.z[..., 0]
    sentence = (
        f"The {kind} of this window is {window.z[0]:g}. All four windows give {z[0, 0]:g} and {z[0, 1]:g} above, "
        f"{z[1, 0]:g} and {z[1, 1]:g} below."
    )
    table = TextTable(("entry", "x", "delta that goes back"), tuple(rows), None, f"{kind}, {position} window")
    return Frame(sentence, table)
