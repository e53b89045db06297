"""Lesson 11: pooling, and where delta goes back.

Source: lecture notes "Regression with Neural Networks", the picture of 4 x 4.
"""

import numpy as np

from glassnet.insight.lessons.convolution import PICTURES
from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_grid import Grid
from glassnet.insight.sweep_record import Frame, choice, sweep
from glassnet.insight.text import TextTable
from glassnet.insight.windows import window_steps
from glassnet.network.pooling import AveragePool, MaxPool

KINDS = {"mean": AveragePool(2), "largest": MaxPool(2)}  # the first is not that of the question
POSITIONS = ("top left", "top right", "bottom left", "bottom right")


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
            "A small change of an entry that is not the largest does not change the output, so its derivative is 0: "
            "all of delta goes to the largest. Where several are the largest, it goes to the first of them. In the "
            "picture the four windows send it to row 0, column 1; row 0, column 2; row 3, column 0; and row 2, column "
            "2. A mean depends on all four entries alike, and each gets a quarter of delta.",
        ),
        notation=(
            "x is the picture, and delta is dE/dz, where E is the cost and z an output of the layer. Here delta is 1 "
            "for every output. What goes back to an entry of x is dE/dx. The window and its output are outlined. Rows "
            "and columns count from 0."
        ),
        body=(sweep("One window of 2 x 2", controls, _frame),),
    )


def _frame(kind: str, position: str) -> Frame:
    found = window_steps(KINDS[kind], {}, PICTURES["uneven"])
    window = found.windows[POSITIONS.index(position)]
    places = tuple((window.top + i, window.left + j) for i, j in np.ndindex(2, 2))
    rows = [
        (
            f"{row}, {column}",
            float(found.x[row, column, 0]),
            float(window.sent[row - window.top, column - window.left, 0]),
        )
        for row, column in places
    ]
    sentence = f"The {kind} of this window is {window.z[0]:g}; delta = 1 goes back {_way(kind, window.taken_from)}."
    table = TextTable(("row, column", "x", "delta that goes back"), tuple(rows), None, f"{kind}, {position} window")
    grids = (
        Grid("picture", _cells(found.x), places),
        Grid("output", _cells(found.z), ((window.row, window.column),)),
        Grid("delta back, all windows", _cells(found.back), places),
    )
    return Frame(sentence, table, None, grids)


def _way(kind: str, taken_from: list[tuple[int, int]]) -> str:
    return "to row {}, column {}".format(*taken_from[0]) if kind == "largest" else "to all four, 0.25 to each"


def _cells(array: np.ndarray) -> tuple[tuple[float, ...], ...]:
    """Return the one channel of an array (rows, columns, 1)."""
    return tuple(map(tuple, array[..., 0].tolist()))
