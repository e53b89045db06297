"""Lesson 10: what a kernel makes of a picture, window by window.

Source: lecture notes "Regression with Neural Networks", the picture of 4 x 4 and its kernels.
"""

import numpy as np

from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_record import Frame, choice, sweep
from glassnet.insight.text import TextTable
from glassnet.insight.windows import window_steps
from glassnet.insight.windows_record import WindowStep
from glassnet.network.convolution import Convolution
from glassnet.network.image_filters import KERNELS

PICTURES = {
    "flat": [[50] * 4] * 4,
    "the lecture's": [[12, 20, 30, 0], [8, 12, 2, 0], [34, 70, 37, 4], [112, 100, 25, 12]],
}
NAMES = ("laplacian", "sobel", "blur")
POSITIONS = ("top left", "top right", "bottom left", "bottom right")
AS_IT_IS, TURNED = "as it is", "turned by 180 degrees"


def convolution() -> Lesson:
    """Return the lesson: z[p, q] = sum over i, j of x[p + i, q + j] k[i, j]."""
    controls = [
        choice("picture", tuple(PICTURES)), choice("kernel", NAMES), choice("kernel is laid", (AS_IT_IS, TURNED)),
        choice("window", POSITIONS),
    ]  # fmt: skip
    return Lesson(
        name="convolution",
        title="A kernel over a picture",
        question=QUESTIONS["convolution"],
        options=("a flat picture of 50", "0 everywhere", "its edges"),
        answer=Answer(
            1,
            "The Laplacian takes four times the middle less its four neighbours: 4·50 - 4·50 = 0. It answers to what "
            "changes, and a flat picture does not. The blur, whose entries sum to 1, leaves a flat picture as it is. "
            "Turned by 180 degrees, the convolution of the textbooks, only the Sobel kernel gives something else: its "
            "negative.",
        ),
        body=(sweep("One window of 3 x 3", controls, _frame),),
    )


def _frame(picture: str, kernel: str, laid: str, position: str) -> Frame:
    layer = Convolution(1, (3, 3), padding="valid", flip=laid == TURNED)
    parameters = {"W": KERNELS[kernel][:, :, None, None], "b": [0.0]}
    found = window_steps(layer, parameters, PICTURES[picture])
    place = POSITIONS.index(position)
    window, on_it = found.windows[place], np.asarray(found.kernel)[..., 0, 0]
    z = found.z[..., 0]
    sentence = (
        f"The sum of the nine products is {window.z[0]:g}. All four windows give {z[0, 0]:g} and {z[0, 1]:g} above, "
        f"{z[1, 0]:g} and {z[1, 1]:g} below."
    )
    return Frame(sentence, _products(window, on_it, f"{kernel}, {position} window of the picture that is {picture}"))


def _products(window: WindowStep, kernel: np.ndarray, title: str) -> TextTable:
    rows = [
        (f"row {window.top + i}, column {window.left + j}", float(window.entries[i, j, 0]), float(kernel[i, j]),
         float(np.asarray(window.products)[i, j, 0, 0]))
        for i, j in np.ndindex(*kernel.shape)
    ]  # fmt: skip
    return TextTable(("entry", "x", "kernel", "product"), (*rows, ("sum", "", "", float(window.z[0]))), None, title)
