"""Windows of convolution and pooling: the lecture's numbers, SciPy's correlation, and NumPy by hand."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.signal import convolve2d, correlate2d

from glassnet import AveragePool, Convolution, Dense, MaxPool, window_steps
from glassnet.network.image_filters import KERNELS

IMAGE = np.array([[12, 20, 30, 0], [8, 12, 2, 0], [34, 70, 37, 4], [112, 100, 25, 12]])
LAPLACIAN, SOBEL = KERNELS["laplacian"], KERNELS["sobel"]
SAME = [[20, 26, 98, -30], [-26, -52, -71, -6], [-54, 97, 47, -33], [314, 193, -49, 19]]


def shown(kernel, image=IMAGE, *, bias=0.0, delta=None, **options):
    layer = Convolution(1, kernel.shape, **options)
    return window_steps(layer, {"W": kernel[:, :, None, None], "b": [bias]}, image, delta=delta)


def scattered(record):
    """Return what the windows send back, added up where they lie."""
    total = np.zeros(record.x.shape)
    for step in record.windows:
        for place in zip(*np.nonzero(step.inside), strict=True):
            total[step.top + place[0], step.left + place[1], place[2]] += step.sent[place]
    return total


@pytest.mark.parametrize(
    ("kernel", "options", "z"),
    [
        (LAPLACIAN, {}, [[-52, -71], [97, 47]]),
        (LAPLACIAN, {"padding": "same"}, SAME),
        (SOBEL, {}, [[-9, 110], [87, 232]]),
        (SOBEL, {"flip": True}, [[9, -110], [-87, -232]]),
    ],
)
def test_the_lectures_filters(kernel, options, z):
    record = shown(kernel, **options)
    mode = options.get("padding", "valid")
    found = (convolve2d if record.flip else correlate2d)(IMAGE, kernel, mode)
    np.testing.assert_array_equal(record.z[..., 0], z)
    np.testing.assert_array_equal(record.z[..., 0], found)
    laid = kernel[::-1, ::-1] if record.flip else kernel
    np.testing.assert_array_equal(record.kernel[..., 0, 0], laid)
    padded = np.pad(IMAGE, 1 if mode == "same" else 0)
    for step in record.windows:
        entries = padded[step.row : step.row + 3, step.column : step.column + 3]
        np.testing.assert_array_equal(step.entries[..., 0], entries)
        np.testing.assert_array_equal(step.products[..., 0, 0], entries * laid)
        assert step.products.sum() == step.z == z[step.row][step.column]
    assert (record.windows[0].top, record.windows[0].left) == ((-1, -1) if mode == "same" else (0, 0))
    assert record.windows[0].inside.sum() == (4 if mode == "same" else 9)


def test_a_flat_picture_gives_nothing():
    assert not shown(LAPLACIAN, np.full((5, 6), 7.0)).z.any()


def test_delta_goes_back_by_the_adjoint():
    delta = np.array([[1.0, -2.0], [3.0, 5.0]])
    record = shown(SOBEL, delta=delta, bias=0.5)
    np.testing.assert_array_equal(record.back[..., 0], convolve2d(delta, SOBEL))
    np.testing.assert_array_equal(scattered(record), record.back)
    assert record.windows[3].z == 232.5
    same = shown(SOBEL, padding="same", delta=np.ones((4, 4)))
    np.testing.assert_array_equal(same.back[..., 0], convolve2d(np.ones((4, 4)), SOBEL, "same"))
    np.testing.assert_array_equal(scattered(same), same.back)


@pytest.mark.parametrize(
    "layer",
    [
        Convolution(3, (2, 3), "tanh", stride=(2, 1), padding=((1, 0), (2, 1))),
        Convolution(2, 2, padding=1, flip=True),
        MaxPool(3, stride=2, padding=1),
        AveragePool(3, stride=2, padding=1),
        AveragePool(3, stride=2, padding=1, count_padding=True),
        AveragePool(None),
    ],
)
def test_the_pieces_add_up_to_what_the_layer_gives(layer):
    random = np.random.default_rng(0)
    image = random.integers(-9, 10, (5, 4, 2)).astype(float)
    parameters = {
        name: random.integers(-9, 10, spec.shape).astype(float) for name, spec in layer.parameters((5, 4, 2)).items()
    }
    delta = random.integers(-9, 10, layer.output_shape((5, 4, 2))).astype(float)
    record = window_steps(layer, parameters, image, delta=delta)
    with jax.enable_x64(True):
        cache = layer.forward({name: jnp.asarray(a) for name, a in parameters.items()}, jnp.asarray(image[None]))
        np.testing.assert_array_equal(record.z, np.asarray(cache.z)[0])
    for step in record.windows:
        if step.products is not None:
            made = step.products.sum((0, 1, 2)) + record.bias
        elif step.taken is not None:
            made = np.nanmax(step.entries, axis=(0, 1))
            assert [record.x[*place, c] for c, place in enumerate(step.taken_from)] == made.tolist()
        else:
            made = np.nansum(step.entries, axis=(0, 1)) / step.count
        if step.count is None:
            np.testing.assert_array_equal(made, step.z)
        np.testing.assert_allclose(made, step.z, rtol=1e-15)  # XLA divides by multiplying with 1 / count
        np.testing.assert_array_equal(step.z, record.z[step.row, step.column])
    np.testing.assert_allclose(scattered(record), record.back, atol=1e-12)


def test_the_lectures_pooling():
    record = window_steps(MaxPool(2), {}, IMAGE)
    assert record.z[..., 0].tolist() == [[20, 30], [112, 37]]
    assert [step.taken_from for step in record.windows] == [[(0, 1)], [(0, 2)], [(3, 0)], [(2, 2)]]
    assert np.argwhere(record.back[..., 0]).tolist() == [[0, 1], [0, 2], [2, 2], [3, 0]]
    mean = window_steps(AveragePool(2), {}, IMAGE, delta=[[4, 8], [12, 16]])
    assert mean.z[..., 0].tolist() == [[13, 8], [79, 19.5]]
    assert mean.back[..., 0].tolist() == [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]


def test_of_equal_entries_the_first_is_taken_and_gaps_never():
    record = window_steps(MaxPool(2, stride=1, padding=((1, 0), (0, 0))), {}, np.full((2, 2), -5.0))
    assert [step.taken_from for step in record.windows] == [[(0, 0)], [(0, 0)]]
    assert record.back[..., 0].tolist() == [[2, 0], [0, 0]]
    assert ". . / -5 -5" in str(record)


def test_tables_say_windows_padding_and_channels():
    record = shown(LAPLACIAN, padding="same")
    row, column, window, products, total, bias, z, delta = record.table().rows[0]
    assert (row, column, total, bias, z, delta) == (0, 0, 20, 0, 20, 1)
    assert (window, products) == ("(0) (0) (0) / (0) 12 20 / (0) 8 12", "0 0 0 / 0 48 -20 / 0 -8 0")
    assert [table.title for table in record.tables()][1:] == ["kernel", "z", "dE/dx"]
    two = window_steps(Convolution(2, 1, "relu"), {"W": np.ones((1, 1, 3, 2)), "b": [0, 1]}, np.ones((1, 2, 3)))
    assert "products summed over 3 channels, then x = relu(z)" in str(two)
    assert two.table().rows[1] == (0, 0, 2, "1 | 1 | 1", "1 | 1 | 1", 3.0, 1.0, 4.0, 1.0)
    assert "kernel, channel 3 to channel 2" in str(two)
    assert "kernel turned by 180 degrees" in shown(SOBEL, flip=True).describe()
    read = json.loads(window_steps(MaxPool(2, stride=1, padding=1), {}, [[1.0]]).to_json())
    assert read["windows"][0]["entries"] == [[[None], [None]], [[None], [1.0]]]
    assert read["back"] == [[[4.0]]]
    assert "2 x 2 windows of 3 x 3 over an image of 4 x 4" in shown(LAPLACIAN)._repr_html_()


@pytest.mark.parametrize(
    ("layer", "parameters", "x", "keywords", "message"),
    [
        (MaxPool(2), {}, np.zeros(4), {}, r"x has shape \(4,\); expected one image"),
        (MaxPool(2), {}, [[np.nan, 1], [1, 1]], {}, "x holds NaN"),
        (MaxPool(2), {"W": [1.0]}, IMAGE, {}, r"parameters have shapes .*, but the layer needs \{\}"),
        (MaxPool(2), {}, IMAGE, {"delta": [1.0]}, r"delta has shape \(1,\); expected finite numbers \(2, 2, 1\)"),
        (MaxPool(5), {}, IMAGE, {}, "is larger than what comes in"),
        (Convolution(1, 1), {"W": [[[[np.inf]]]], "b": [0]}, IMAGE, {}, "parameters hold NaN or infinity"),
        (MaxPool(2), {}, np.zeros((200, 200)), {}, r"hold 40,000 numbers; at most 20,000 .* such as x\[:8, :8\]"),
    ],
)
def test_what_is_refused(layer, parameters, x, keywords, message):
    with pytest.raises(ValueError, match=message):
        window_steps(layer, parameters, x, **keywords)


def test_other_layers_are_refused():
    with pytest.raises(
        TypeError, match="window_steps shows a Convolution, MaxPool or AveragePool, and this is a Dense"
    ):
        window_steps(Dense(1), {}, IMAGE)
