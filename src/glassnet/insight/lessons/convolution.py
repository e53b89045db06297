"""Lesson 10: what a kernel makes of a picture, window by window.

Source: lecture notes "Regression with Neural Networks", the picture of 4 x 4 and its kernels.
"""

from functools import cache

import numpy as np

from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_grid import Grid
from glassnet.insight.sweep_record import Frame, choice, slider, sweep
from glassnet.insight.text import TextTable
from glassnet.insight.windows import window_steps
from glassnet.insight.windows_record import WindowStep, WindowSteps
from glassnet.network.convolution import Convolution
from glassnet.network.image_filters import KERNELS

PICTURES = {
    "flat": [[50] * 4] * 4,
    "the lecture's": [[12, 20, 30, 0], [8, 12, 2, 0], [34, 70, 37, 4], [112, 100, 25, 12]],
}
NAMES = ("laplacian", "sobel", "blur")
AS_IT_IS, TURNED = "as it is", "turned by 180 degrees"
PADDINGS = {"none (valid)": "valid", "zeros around (same)": "same"}
INSIDE, ZEROS = PADDINGS
PLACES = range(4)  # rows and columns of a picture


def convolution() -> Lesson:
    """Return the lesson: z[p, q] = sum over i, j of x[p + i, q + j] k[i, j]."""
    controls = [
        choice("picture", tuple(PICTURES)), choice("kernel", NAMES), choice("kernel is laid", (AS_IT_IS, TURNED)),
        choice("padding", tuple(PADDINGS)), slider("row of the middle", PLACES, 1),
        slider("column of the middle", PLACES, 1),
    ]  # fmt: skip
    return Lesson(
        name="convolution",
        title="A kernel over a picture",
        question=QUESTIONS["convolution"],
        options=("a flat picture of 50", "0 everywhere", "its edges"),
        answer=Answer(
            1,
            "The Laplacian takes four times the pixel in the middle and subtracts its four neighbours: 4·50 - 4·50 = "
            "0. Where nothing changes, it gives 0. With zeros around, the border of the picture is a change: 100 in "
            "the corners and 50 along the sides. The blur has entries that sum to 1, so inside a flat picture it "
            "gives 50 again. Turning the kernel by 180 degrees, as textbooks define a convolution, changes only the "
            "Sobel kernel: every output has the other sign.",
        ),
        notation=(
            "x is the picture and the kernel is a matrix of 3 x 3. The kernel is laid on a window of the picture, "
            "which is outlined. The sum of the nine products is an entry of the output, outlined too. Rows and "
            "columns count from 0, and (0) is a zero that was put around the picture."
        ),
        body=(sweep("One window of 3 x 3", controls, _frame),),
    )


@cache
def _windows(picture: str, kernel: str, laid: str, padding: str) -> WindowSteps:
    layer = Convolution(1, (3, 3), padding="same" if padding == ZEROS else "valid", flip=laid == TURNED)
    return window_steps(layer, {"W": KERNELS[kernel][:, :, None, None], "b": [0.0]}, PICTURES[picture])


def _frame(picture: str, kernel: str, laid: str, padding: str, row: float, column: float) -> Frame:
    found, top, left = _windows(picture, kernel, laid, padding), int(row) - 1, int(column) - 1
    window = next((each for each in found.windows if (each.top, each.left) == (top, left)), None)
    on_it = np.asarray(found.kernel)[..., 0, 0]
    title = f"{kernel} kernel, middle on row {row:g}, column {column:g} of the picture"
    head = ("row, column", "x", "kernel", "product")
    grids = _grids(found, window, on_it, "kernel, turned" if laid == TURNED else "kernel")
    if window is None:
        sentence = f"No window has its middle on row {row:g}, column {column:g}: it would reach beyond the picture."
        return Frame(sentence, TextTable(head, (("no window", None, None, None),), None, title), None, grids)
    sentence = f"The sum of the nine products is {window.z[0] + 0.0:g}."
    return Frame(sentence, TextTable(head, _products(window, on_it), None, title), None, grids)


def _grids(found: WindowSteps, window: WindowStep | None, kernel: np.ndarray, laid: str) -> tuple[Grid, ...]:
    """Return the picture with its padding, the kernel and the output, with the window and what it gives marked."""
    around = 1 if len(found.z) == len(found.x) else 0
    padded = np.pad(found.x[..., 0], around)
    cells = tuple(
        tuple(float(padded[i, j]) if {i - around, j - around} <= {*PLACES} else "(0)" for j in range(padded.shape[1]))
        for i in range(len(padded))
    )
    marked, result = (), ()
    if window is not None:
        marked = tuple((window.top + around + i, window.left + around + j) for i, j in np.ndindex(*kernel.shape))
        result = ((window.row, window.column),)
    return (
        Grid("picture", cells, marked),
        Grid(laid, tuple(map(tuple, kernel.tolist()))),
        Grid("output", tuple(map(tuple, (found.z[..., 0] + 0.0).tolist())), result),
    )


def _products(window: WindowStep, kernel: np.ndarray) -> tuple[tuple[str | float | None, ...], ...]:
    """Return a line an entry of the window, and the sum."""
    products = np.asarray(window.products)[..., 0, 0] + 0.0
    rows = [
        (f"{window.top + i}, {window.left + j}", float(window.entries[i, j, 0]), float(kernel[i, j]),
         float(products[i, j]))
        for i, j in np.ndindex(*kernel.shape)
    ]  # fmt: skip
    return (*rows, ("sum", None, None, float(window.z[0]) + 0.0))
