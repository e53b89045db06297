"""What the viewer is given of images: grids of the trace's numbers and their equations, and of larger ones pictures."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image
from recorded_equations import check_equations

from glassnet import AveragePool, Convolution, Crop, Dense, Flatten, Flip, MaxPool, Network, Shift, trace
from glassnet.insight.viewer_columns import MOST_CHANNELS
from glassnet.insight.viewer_record import viewer_record
from glassnet.network.image_filters import KERNELS

# Source: lecture notes "Regression with Neural Networks", the picture of 4 x 4.
PICTURE = np.array([[12, 20, 30, 0], [8, 12, 2, 0], [34, 70, 37, 4], [112, 100, 25, 12]], dtype=float)
LAPLACIAN = [[-52, -71], [97, 47]]  # of the lecture's picture, windows inside
FILTERS = ("laplacian", "sobel")
MOST_BYTES_WITH_EQUATIONS = 185_000


def windows_of(image):
    """Return the windows of 3 x 3 of a picture of 4 x 4, by where they begin."""
    return {(p, q): image[p : p + 3, q : q + 3] for p in range(2) for q in range(2)}


@pytest.fixture(scope="module")
def lecture():
    """Two kernels on the lecture's picture, the largest of each, and .01 laplacian - .02 sobel + .5 with target 1."""
    network = Network((4, 4, 1), [Convolution(2, 3), MaxPool(2), Flatten(), Dense(1)])
    kernels = np.stack([np.array(KERNELS[name], dtype=float) for name in FILTERS], axis=-1)[:, :, None]
    start = [{"W": kernels, "b": [0.0, 0.0]}, {}, {}, {"W": [[0.01], [-0.02]], "b": [0.5]}]
    return trace(network, start, PICTURE[None, ..., None], [[1.0]], step_size=1e-6).to_viewer("The lecture's picture")


def grids(numbers):
    """Return numbers (rows, height, width, channels) of the first row, by channel."""
    return np.moveaxis(np.array(numbers[0]), -1, 0)


def test_the_numbers_of_the_lectures_picture_are_grids(lecture):
    (step,) = lecture["runs"][0]["steps"]
    convolved, pooled, flat, dense = step["layers"]
    assert lecture["x"] == PICTURE[None, ..., None].tolist()
    by_hand = [[float(np.sum(window * KERNELS[name])) for window in windows_of(PICTURE).values()] for name in FILTERS]
    assert grids(convolved["signals"]["z"])[0].tolist() == LAPLACIAN
    assert grids(convolved["signals"]["z"]).reshape(2, 4).tolist() == by_hand
    largest = [max(values) for values in by_hand]
    assert grids(pooled["signals"]["x"]).ravel().tolist() == flat["signals"]["x"][0] == largest
    output = 0.01 * largest[0] - 0.02 * largest[1] + 0.5
    assert dense["signals"]["z"][0] == pytest.approx([output])
    assert step["E"] == pytest.approx((output - 1) ** 2 / 2)


def test_gradients_of_kernels_are_those_of_the_window_with_the_largest(lecture):
    """Dense: delta = output - 1; the largest entry has w delta, and dE/dW is w delta times its window."""
    (step,) = lecture["runs"][0]["steps"]
    convolved, *_, dense = step["layers"]
    (delta,) = dense["signals"]["delta"][0]
    for channel, (name, w) in enumerate(zip(FILTERS, (0.01, -0.02), strict=True)):
        values = {place: float(np.sum(window * KERNELS[name])) for place, window in windows_of(PICTURE).items()}
        place = max(values, key=lambda key: values[key])
        expected = np.zeros((2, 2))
        expected[place] = w * delta
        np.testing.assert_allclose(grids(convolved["signals"]["delta"])[channel], expected, rtol=1e-12)
        gradient = w * delta * windows_of(PICTURE)[place]
        shown = [np.array(convolved[kind]["W"])[:, :, 0, channel] for kind in ("gradients", "after")]
        np.testing.assert_allclose(shown[0], gradient, rtol=1e-12)
        np.testing.assert_allclose(shown[1], KERNELS[name] - 1e-6 * gradient, rtol=1e-12)
        checks = np.array(lecture["runs"][0]["checks"][0][0]["W"])[:, :, 0, channel]
        np.testing.assert_allclose(checks[..., 3], gradient, rtol=1e-6)


def test_columns_of_images_have_their_shape_and_no_lines(lecture):
    assert [column["shape"] for column in lecture["columns"]] == [[4, 4, 1], [2, 2, 2], [1, 1, 2], [2], [1]]
    assert {(edge["from"][0], edge["to"][0]) for edge in lecture["edges"]} == {(3, 4)}
    assert [layer["elsewhere"] for layer in lecture["layers"]] == [[], [], [], []]


def test_every_equation_of_the_lectures_picture_gives_its_number(lecture):
    signals, parameters = 2 * 2 * 2 + 2 + 2 + 1, 3 * 3 * 2 + 2 + 2 + 1
    assert len(lecture["equations"]) == 4 * signals + 2 * parameters + 2
    assert check_equations(lecture) == 4 * signals + 2 * parameters


def test_every_equation_of_images_gives_its_number_in_every_row():
    layers = [Convolution(2, 3, "tanh", padding="same", stride=2, flip=True), MaxPool(2, 1), AveragePool(2, 1, "same")]
    network = Network((5, 6, 2), [*layers, Flatten(), Dense(2)])
    x = np.random.default_rng(2).normal(size=(2, 5, 6, 2))
    found = trace(network, network.initialize(seed=0), x, [[1, 0], [0, 1]])
    record = viewer_record(found, "images")
    signals, parameters = 3 * 3 * 2 + 8 + 8 + 8 + 2, 3 * 3 * 2 * 2 + 2 + 8 * 2 + 2
    changing = sum(map(len, entries_with_another_largest(found.steps[0].layers[0].x)))
    assert 0 < changing < 3 * 3 * 2
    count = 4 * signals - changing + 2 * parameters
    assert [check_equations(record, row) for row in (0, 1)] == [count, count]
    assert len(record["equations"]) == count + 2


def entries_with_another_largest(x):
    """Return by channel which entries of x (2, 3, 3, channels) are the largest of other 2 x 2 windows in row 2."""
    found = []
    for channel in range(x.shape[-1]):
        largest = []
        for image in x[..., channel]:
            windows = {(p, q): image[p : p + 2, q : q + 2] for p in range(2) for q in range(2)}
            at = {place: divmod(int(np.argmax(window)), 2) for place, window in windows.items()}
            largest.append({(place, (place[0] + i, place[1] + j)) for place, (i, j) in at.items()})
        found.append({entry for _, entry in largest[0] ^ largest[1]})
    return found


@pytest.mark.parametrize(
    ("shape", "layers"),
    [
        ((6, 2), [Convolution(2, 3, "tanh"), AveragePool(2), Flatten(), Dense(1)]),
        ((5, 4, 1), [Shift(1), Flip(), Crop(2, 3), Flatten(), Dense(1)]),
    ],
)
def test_signals_and_rearranged_images_have_equations_too(shape, layers):
    network = Network(shape, layers)
    x = np.random.default_rng(1).normal(size=(1, *shape))
    found = trace(network, network.initialize(seed=0), x, [[1.0]])
    record = viewer_record(found, "others")
    for shown, layer in zip(record["runs"][0]["steps"][0]["layers"], found.steps[0].layers, strict=True):
        assert shown["signals"]["x"] == layer.x.tolist()
    assert check_equations(record) == len(record["equations"]) - 2 > 40


def test_of_many_channels_those_are_shown_that_change_the_cost_most():
    network = Network((4, 4, 3), [Convolution(9, 3, "tanh", padding="same"), MaxPool(2), Flatten(), Dense(1)])
    found = trace(network, network.initialize(seed=0), np.random.default_rng(0).normal(size=(2, 4, 4, 3)), [[1], [2]])
    record = viewer_record(found, "many")
    first, pooled, *_ = found.steps[0].layers
    effect = np.abs(first.x * first.g).sum(axis=(0, 1, 2))
    expected = sorted(np.argsort(-effect)[:MOST_CHANNELS].tolist())
    assert [column["shown"] for column in record["columns"][:3]] == [[0, 1, 2], expected, expected]
    shown = record["runs"][0]["steps"][0]["layers"]
    assert shown[0]["gradients"]["W"] == first.gradient["W"][..., expected].tolist()
    assert shown[0]["parameters"]["b"] == first.before["b"][expected].tolist()
    assert shown[1]["signals"]["x"] == pooled.x[..., expected].tolist()
    assert check_equations(record, 1) > 300


LAYERS = [Convolution(6, 3, "relu", padding="same"), MaxPool(2)]


def of_size(height, width, rows=1, layers=LAYERS):
    network = Network((height, width, 1), [*layers, Flatten(), Dense(2)])
    x = np.random.default_rng(0).normal(size=(rows, height, width, 1))
    return trace(network, network.initialize(seed=0), x, [[1, 0]] * rows)


@pytest.mark.parametrize(("height", "width", "every"), [(9, 12, 1), (130, 20, 3)])
def test_larger_images_are_grey_pictures_with_their_range(height, width, every):
    found = of_size(height, width)
    record = found.to_viewer()
    layer, (step,) = found.steps[0].layers[0], record["runs"][0]["steps"]
    shown = record["columns"][1]["shown"]
    drawn = [(record["pictures"]["x"], found.x, [0]), *(
        (step["layers"][0]["pictures"][name], array, shown) for name, array in (("x", layer.x), ("delta", layer.delta))
    )]  # fmt: skip
    for (pictures,), array, channels in drawn:
        for (source, least, largest), channel in zip(pictures, channels, strict=True):
            values = array[0, ..., channel]
            assert (least, largest) == (values.min(), values.max())
            with Image.open(io.BytesIO(base64.b64decode(source.removeprefix("data:image/png;base64,")))) as opened:
                assert opened.mode == "L"
                grey = np.asarray(opened, dtype=float)
            np.testing.assert_allclose(least + (largest - least) * grey / 255, values[::every, ::every],
                                       atol=(largest - least) / 500)  # fmt: skip
    assert [column["every"] for column in record["columns"][:2]] == [every, every]
    assert record["x"] == [[]]
    assert step["layers"][0]["signals"] == {}
    keys = {tuple(key.split("|")[:2]) for key in record["equations"]}
    assert not keys & {(name, "1") for name in ("z", "x", "delta", "dE/dx", "dE/dW", "dE/db")}
    assert {("W after", "1"), ("z", "4")} <= keys


def test_a_picture_of_one_number_is_black():
    network = Network((12, 12, 1), [Flatten(), Dense(1)])
    record = trace(network, network.initialize(seed=0), np.full((1, 12, 12, 1), 3.0), [[1.0]]).to_viewer()
    (((source, least, largest),),) = record["pictures"]["x"]
    with Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) as opened:
        assert opened.getextrema() == (0, 0)
    assert (least, largest) == (3, 3)


@pytest.mark.parametrize(("side", "left_out"), [(10, "equations of images have no room here"), (40, "")])
def test_equations_are_left_out_before_numbers(side, left_out):
    record = of_size(side, side).to_viewer("small")
    assert record["title"] == "; ".join(filter(None, ("small", left_out)))
    assert len(json.dumps(record, separators=(",", ":"))) <= MOST_BYTES_WITH_EQUATIONS
    keys = {key.split("|")[1] for key in record["equations"]}
    assert ("1" in keys) == (not left_out)
    assert "4" in keys


def test_of_many_images_fewer_rows_are_shown():
    deep = [layer for channels in (8, 8, 8) for layer in (Convolution(channels, 3, "relu", padding="same"),)]
    record = of_size(28, 28, rows=20, layers=deep).to_viewer("many")
    assert len(record["samples"]) == len(record["runs"][0]["steps"][0]["layers"][0]["pictures"]["x"]) < 20
    assert f"the first {len(record['samples'])} of 20 rows" in record["title"]
    assert len(json.dumps(record, separators=(",", ":"))) <= MOST_BYTES_WITH_EQUATIONS
