"""Lessons on windows: kernels and pooling give the numbers of the lecture and of SciPy, and mark their window."""

from functools import cache
from itertools import product

import numpy as np
import pytest
from scipy.ndimage import maximum_filter
from scipy.signal import correlate2d

from glassnet.insight.lessons.convolution import AS_IT_IS, NAMES, PICTURES, TURNED, convolution
from glassnet.insight.lessons.pooling import POSITIONS, pooling

X = np.array([[12, 20, 30, 0], [8, 12, 2, 0], [34, 70, 37, 4], [112, 100, 25, 12]])
FLAT = np.full((4, 4), 50)
LAPLACIAN = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]])
SOBEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
BLUR = np.outer([1, 2, 1], [1, 2, 1]) / 16
KERNELS = {"laplacian": LAPLACIAN, "sobel": SOBEL, "blur": BLUR}
LECTURE, EVEN = "uneven", "flat, 50 everywhere"
INSIDE, ZEROS = 0, 1  # which part of the lesson is without padding, and which with zeros around


@cache
def shown(padding):
    return convolution().body[padding]


def cells(grid):
    """Return a grid's numbers; "(0)" of the padding is 0."""
    return np.array([[float(str(cell).strip("()")) for cell in row] for row in grid.cells])


def marked(grid):
    return cells(grid)[tuple(np.array(grid.marked).T)]


@pytest.mark.parametrize(
    ("picture", "kernel", "laid", "padding", "expected"),
    [
        (LECTURE, "laplacian", AS_IT_IS, INSIDE, [[-52, -71], [97, 47]]),
        (LECTURE, "sobel", AS_IT_IS, INSIDE, [[-9, 110], [87, 232]]),
        (LECTURE, "sobel", TURNED, INSIDE, [[9, -110], [-87, -232]]),
        (EVEN, "laplacian", AS_IT_IS, INSIDE, [[0, 0], [0, 0]]),
        (EVEN, "blur", AS_IT_IS, INSIDE, [[50, 50], [50, 50]]),
        (
            EVEN,
            "laplacian",
            AS_IT_IS,
            ZEROS,
            [[100, 50, 50, 100], [50, 0, 0, 50], [50, 0, 0, 50], [100, 50, 50, 100]],
        ),
    ],
)
def test_outputs_are_those_of_the_lecture(picture, kernel, laid, padding, expected):
    _, _, output = shown(padding).at(picture, kernel, laid, 1, 1).grids
    assert cells(output) == pytest.approx(np.array(expected))


def test_pictures_are_those_of_the_lecture():
    assert {name: np.array(x).tolist() for name, x in PICTURES.items()} == {LECTURE: X.tolist(), EVEN: FLAT.tolist()}
    assert list(KERNELS) == list(NAMES)


@pytest.mark.parametrize(("picture", "kernel", "laid"), list(product(PICTURES, NAMES, (AS_IT_IS, TURNED))))
def test_every_window_with_zeros_around_gives_what_scipy_gives(picture, kernel, laid):
    x, k = np.array(PICTURES[picture]), KERNELS[kernel]
    on_it = k[::-1, ::-1] if laid == TURNED else k
    for row, column in product(range(4), repeat=2):
        frame = shown(ZEROS).at(picture, kernel, laid, row, column)
        padded, laid_on, output = frame.grids
        assert cells(padded).tolist() == np.pad(x, 1).tolist()
        assert cells(laid_on) == pytest.approx(on_it)
        assert cells(output) == pytest.approx(correlate2d(x, on_it, mode="same"))
        assert marked(padded).tolist() == np.pad(x, 1)[row : row + 3, column : column + 3].ravel().tolist()
        assert output.marked == ((row, column),)
        *products, (_, _, _, total) = frame.table.rows
        assert sum(entry * factor for _, entry, factor, _ in products) == pytest.approx(total)
        assert marked(output) == pytest.approx([total])
        assert [product for *_, product in products] == pytest.approx((marked(padded) * on_it.ravel()).tolist())


@pytest.mark.parametrize(("kernel", "laid"), list(product(NAMES, (AS_IT_IS, TURNED))))
def test_without_padding_only_the_four_middle_places_have_a_window(kernel, laid):
    assert [control.values for control in shown(INSIDE).controls[3:]] == [(1, 2), (1, 2)]
    for row, column in product((1, 2), repeat=2):
        frame = shown(INSIDE).at(LECTURE, kernel, laid, row, column)
        picture, _, output = frame.grids
        assert marked(picture).tolist() == X[row - 1 : row + 2, column - 1 : column + 2].ravel().tolist()
        assert output.marked == ((row - 1, column - 1),)
        same = shown(ZEROS).at(LECTURE, kernel, laid, row, column)
        assert frame.table.rows[-1] == same.table.rows[-1]


@pytest.mark.parametrize("kernel", NAMES)
def test_it_is_said_where_turning_changes_no_kernel(kernel):
    alike = np.array_equal(KERNELS[kernel], KERNELS[kernel][::-1, ::-1])
    turned, as_it_is = (shown(INSIDE).at(LECTURE, kernel, laid, 1, 1).sentence for laid in (TURNED, AS_IT_IS))
    assert turned.endswith(" Turning does not change this kernel.") == alike
    assert "Turning" not in as_it_is


def test_zeros_around_are_written_apart_from_zeros_of_the_picture():
    padded = shown(ZEROS).at(LECTURE, "blur", AS_IT_IS, 0, 0).grids[0]
    assert padded.cells[0] == ("(0)",) * 6
    assert padded.cells[1] == ("(0)", 12, 20, 30, 0, "(0)")


@pytest.mark.parametrize("position", POSITIONS)
def test_pooling_keeps_the_lectures_numbers_and_sends_delta_back(position):
    (found,) = pooling().body
    largest, mean = found.at("largest", position), found.at("mean", position)
    picture, output, back = largest.grids
    assert cells(picture).tolist() == X.tolist()
    assert cells(output).tolist() == maximum_filter(X, 2, origin=-1)[::2, ::2].tolist() == [[20, 30], [112, 37]]
    assert np.argwhere(cells(back) == 1).tolist() == [[0, 1], [0, 2], [2, 2], [3, 0]]
    assert cells(back).sum() == 4
    assert cells(mean.grids[1]).tolist() == X.reshape(2, 2, 2, 2).mean(axis=(1, 3)).tolist() == [[13, 8], [79, 19.5]]
    assert cells(mean.grids[2]).tolist() == np.full((4, 4), 0.25).tolist()
    row, column = (2 * place for place in divmod(POSITIONS.index(position), 2))
    window = X[row : row + 2, column : column + 2].ravel().tolist()
    for frame in (largest, mean):
        assert marked(frame.grids[0]).tolist() == [x for _, x, _ in frame.table.rows] == window
        assert marked(frame.grids[1]).tolist() == [float(frame.sentence.split(" is ")[1].split(";")[0])]
        assert marked(frame.grids[2]).tolist() == [delta for *_, delta in frame.table.rows]
    taken = [name for name, _, delta in largest.table.rows if delta]
    assert largest.sentence.endswith("to row {}, column {}.".format(*taken[0].split(", ")))
