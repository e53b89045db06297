"""Lesson 10: what a kernel makes of a picture, window by window.

Source: lecture notes "Regression with Neural Networks", the picture of 4 x 4 and its kernels.
"""

from functools import cache, partial
from typing import Literal

import numpy as np

from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.lessons.questions import QUESTIONS
from glassnet.insight.sweep_grid import Grid
from glassnet.insight.sweep_record import Frame, Sweep, choice, slider, sweep
from glassnet.insight.text import TextTable
from glassnet.insight.windows import window_steps
from glassnet.insight.windows_record import WindowStep, WindowSteps
from glassnet.network.convolution import Convolution
from glassnet.network.image_filters import KERNELS

PICTURES = {
    "uneven": [[12, 20, 30, 0], [8, 12, 2, 0], [34, 70, 37, 4], [112, 100, 25, 12]],
    "flat, 50 everywhere": [[50] * 4] * 4,
}
Padding = Literal["valid", "same"]
NAMES = ("laplacian", "sobel", "blur")
AS_IT_IS, TURNED = "as it is", "turned by 180 degrees"
INSIDE, AROUND = (1, 2), (0, 1, 2, 3)  # rows and columns of the middle, without padding and with zeros around


def convolution() -> Lesson:
    """Return the lesson: z[p, q] = sum over i, j of x[p + i, q + j] k[i, j]."""
    return Lesson(
        name="convolution",
        title="A kernel over a picture",
        question=QUESTIONS["convolution"],
        options=("a flat picture of 50", "0 everywhere", "0 inside, and larger at the border"),
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
            "which is outlined. The sum of the nine products is an entry of the output, outlined too. The Laplacian "
            "and the Sobel kernel find edges, the Sobel kernel those between left and right; blur takes a weighted "
            "mean. Without padding the kernel stays inside the picture, so the output has fewer rows and columns. "
            "Rows and columns of the picture count from 0. A zero that was put around the picture is written (0), and "
            "stands in row or column -1 or 4."
        ),
        body=(
            _windows_of("One window of 3 x 3, without padding", "valid", INSIDE),
            _windows_of("One window of 3 x 3, with zeros around the picture", "same", AROUND),
        ),
    )


def _windows_of(title: str, padding: Padding, places: tuple[int, ...]) -> Sweep:
    """Return all windows of one padding by the places of their middles."""
    controls = [
        choice("picture", tuple(PICTURES)), choice("kernel", NAMES), choice("kernel is laid", (AS_IT_IS, TURNED)),
        slider("row of the middle", places, 1), slider("column of the middle", places, 1),
    ]  # fmt: skip
    return sweep(title, controls, partial(_frame, padding))


@cache
def _windows(padding: Padding, picture: str, kernel: str, laid: str) -> WindowSteps:
    layer = Convolution(1, (3, 3), padding=padding, flip=laid == TURNED)
    return window_steps(layer, {"W": KERNELS[kernel][:, :, None, None], "b": [0.0]}, PICTURES[picture])


def _frame(padding: Padding, picture: str, kernel: str, laid: str, row: float, column: float) -> Frame:
    found = _windows(padding, picture, kernel, laid)
    window = next(each for each in found.windows if (each.top, each.left) == (row - 1, column - 1))
    on_it = np.asarray(found.kernel)[..., 0, 0]
    title = f"{kernel}, row {row:g}, column {column:g}"
    head = ("row, column", "x", "kernel", "product")
    grids = _grids(found, window, on_it, "kernel, turned" if laid == TURNED else "kernel")
    sentence = f"The sum of the nine products is {window.z[0] + 0.0:g}."
    if laid == TURNED and (on_it == on_it[::-1, ::-1]).all():
        sentence += " Turning does not change this kernel."
    return Frame(sentence, TextTable(head, _products(window, on_it), None, title), None, grids)


def _grids(found: WindowSteps, window: WindowStep, kernel: np.ndarray, laid: str) -> tuple[Grid, ...]:
    """Return the picture with its padding, the kernel and the output, with the window and what it gives marked."""
    around = 1 if len(found.z) == len(found.x) else 0
    padded = np.pad(found.x[..., 0], around)
    cells = tuple(
        tuple(float(padded[i, j]) if {i - around, j - around} <= {*AROUND} else "(0)" for j in range(padded.shape[1]))
        for i in range(len(padded))
    )
    marked = tuple((window.top + around + i, window.left + around + j) for i, j in np.ndindex(*kernel.shape))
    return (
        Grid("picture", cells, marked),
        Grid(laid, tuple(map(tuple, kernel.tolist()))),
        Grid("output", tuple(map(tuple, (found.z[..., 0] + 0.0).tolist())), ((window.row, window.column),)),
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
