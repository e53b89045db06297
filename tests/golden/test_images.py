"""The worked pictures: kernels and pooling on a picture of 4 x 4, to the last digit."""

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.insight.summary import n_dense_parameters
from glassnet.network.convolution import Convolution
from glassnet.network.image_filters import KERNELS, convolve, matrix_of
from glassnet.network.network import Network
from glassnet.network.pooling import AveragePool, MaxPool

PICTURE = np.array([[12.0, 20, 30, 0], [8, 12, 2, 0], [34, 70, 37, 4], [112, 100, 25, 12]])


def test_laplacian():
    assert KERNELS["laplacian"].tolist() == [[0, -1, 0], [-1, 4, -1], [0, -1, 0]]
    assert convolve(PICTURE, "laplacian", padding="valid").tolist() == [[-52, -71], [97, 47]]
    assert convolve(PICTURE, "laplacian").tolist() == [
        [20, 26, 98, -30],
        [-26, -52, -71, -6],
        [-54, 97, 47, -33],
        [314, 193, -49, 19],
    ]
    assert not convolve(np.full((5, 6), 7.0), "laplacian", padding="valid").any()


def test_sobel_and_flip():
    expected = np.array([[-9.0, 110], [87, 232]])
    assert convolve(PICTURE, "sobel", padding="valid").tolist() == expected.tolist()
    assert convolve(PICTURE, "sobel", padding="valid", flip=True).tolist() == (-expected).tolist()


def test_a_colour_picture_channel_by_channel():
    colour = np.stack([PICTURE, 2 * PICTURE, -PICTURE], axis=-1)
    found = convolve(colour, "laplacian", padding="valid")
    np.testing.assert_array_equal(found, np.array([[-52, -71], [97, 47]])[..., None] * [1.0, 2.0, -1.0])


@pytest.mark.parametrize(
    ("layer", "expected"),
    [(MaxPool(2), [[20, 30], [112, 37]]), (AveragePool(2), [[13, 8], [79, 19.5]])],
)
def test_pooling(layer, expected):
    kept = layer.forward({}, jnp.asarray(PICTURE[None, :, :, None]))
    assert kept.x[0, :, :, 0].tolist() == expected


def test_max_pooling_sends_delta_to_the_first_maximum():
    layer, g = MaxPool(2), jnp.asarray([[[[5.0]]]])
    kept = layer.forward({}, jnp.asarray([[[[3.0], [7.0]], [[7.0], [7.0]]]]))
    assert layer.backward({}, kept, g).g[0, :, :, 0].tolist() == [[0, 5], [0, 0]]


@pytest.mark.parametrize("layer", [Convolution(2, 3, padding="same"), Convolution(1, 2, stride=2, flip=True)])
def test_a_convolution_is_a_matrix_and_its_adjoint_the_transpose(layer):
    """vec(z) = vec(x) M, and what the backward rule makes of g is vec(g) M'."""
    random = np.random.default_rng(0)
    inputs = (5, 4, 2)
    parameters = Network(inputs, [layer]).initialize(0)[0]
    M = matrix_of(layer, parameters, inputs)
    x = random.normal(size=(3, *inputs)).astype(np.float32)
    kept = layer.forward(parameters, jnp.asarray(x))
    np.testing.assert_allclose(kept.z.reshape(3, -1), x.reshape(3, -1) @ M, atol=1e-5)
    g = random.normal(size=kept.x.shape).astype(np.float32)
    back = layer.backward(parameters, kept, jnp.asarray(g)).g
    np.testing.assert_allclose(back.reshape(3, -1), g.reshape(3, -1) @ M.T, atol=1e-5)
    assert M.shape == (40, kept.z[0].size)


def test_fewer_parameters_than_a_dense_layer():
    """28 x 28 pixels to 26 x 26 x 32 numbers: 3 * 3 * 32 + 32 = 320 parameters in place of 785 * 21632."""
    network = Network((28, 28, 1), [Convolution(32)])
    assert network.n_parameters == 320
    assert n_dense_parameters(network) == 785 * 21632
