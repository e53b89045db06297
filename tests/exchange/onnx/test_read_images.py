"""Networks of images and signals: channels come first in the file and last in the network, and rows stay in order."""

import numpy as np
import pytest
from onnx_networks import agree, node, normal, written

from glassnet import OnnxFileError, read_onnx


def statistics(channels):
    """Return scale, shift, mean and variance of a batch normalisation."""
    return {"s": normal(5, channels), "h": normal(6, channels), "m": normal(7, channels), "v": normal(8, channels) ** 2}


def test_convolutions_pools_and_a_dense_layer(tmp_path):
    nodes = [
        node("Conv", "x K k", "a", pads=[1, 0, 1, 2], strides=[1, 2]), node("BatchNormalization", "a s h m v", "b"),
        node("Relu", "b", "c"), node("MaxPool", "c", "d", kernel_shape=[2, 2], strides=[2, 1]),
        node("Conv", "d L", "e"), node("Add", "e channels", "f"), node("Sigmoid", "f", "g"),
        node("AveragePool", "g", "h1", kernel_shape=[2, 1]), node("Flatten", "h1", "i"), node("Gemm", "i W b0", "j"),
        node("Softmax", "j", "y", axis=-1),
    ]  # fmt: skip
    constants = statistics(4) | {"K": normal(0, 4, 3, 3, 2), "k": normal(1, 4), "L": normal(2, 5, 4, 1, 1)}
    constants |= {"channels": normal(3, 1, 5, 1, 1), "W": normal(4, 5 * 3 * 4, 3), "b0": normal(9, 3)}
    path = written(tmp_path / "m.onnx", nodes, constants, ["n", 3, 8, 9])
    read = read_onnx(path)
    assert read.network.inputs == (8, 9, 3)
    assert read.channels_first
    agree(read, path, normal(10, 6, 3, 8, 9))


@pytest.mark.parametrize("flat", [{"to": np.int64([-1, 24])}, {"to": np.int64([0, -1])}, {"to": np.int64([5, -1])}])
def test_rows_keep_the_order_of_the_file(flat, tmp_path):
    """Whatever stands between the reshape and the matrix, and where there is none."""
    between = [node("Reshape", "x to", "a"), node("BatchNormalization", "a s h m v", "b"), node("Tanh", "b", "c"),
               node("Mul", "c factor", "d"), node("Sub", "d minus", "e")]  # fmt: skip
    constants = flat | statistics(24) | {"factor": normal(1, 24), "minus": normal(2, 1, 24)}
    for name, last in (("end", node("Softsign", "x", "unused")), ("dense", node("MatMul", "e W", "y"))):
        more = {"W": normal(3, 24, 2)} if name == "dense" else {}
        out = "y" if name == "dense" else "e"
        path = written(tmp_path / f"{name}.onnx", [*between, last], constants | more, [5, 2, 3, 4], out=out)
        agree(read_onnx(path), path, normal(4, 5, 2, 3, 4))


def test_channels_last_in_the_file(tmp_path):
    nodes = [
        node("Sub", "x pixel", "p0"),
        node("Div", "p0 pixel", "p"), node("Transpose", "p", "a", perm=[0, 3, 1, 2]), node("Conv", "a K", "b"),
        node("Transpose", "b", "c", perm=[0, 2, 3, 1]), node("Mul", "c last", "d"), node("Relu", "d", "e"),
        node("Reshape", "e to", "f"), node("MatMul", "f W", "y"),
    ]  # fmt: skip
    constants = {"pixel": normal(0, 2), "K": normal(1, 3, 2, 2, 2), "last": normal(2, 1, 1, 3)}
    constants |= {"to": np.int64([-1, 36]), "W": normal(3, 36, 1)}
    path = written(tmp_path / "m.onnx", nodes, constants, ["n", 4, 5, 2])
    read = read_onnx(path)
    assert not read.channels_first
    agree(read, path, normal(4, 7, 4, 5, 2))


def test_signals(tmp_path):
    nodes = [
        node("Conv", "x K", "a", auto_pad="SAME_LOWER", strides=[2]), node("LeakyRelu", "a", "b"),
        node("MaxPool", "b", "c", kernel_shape=[3], pads=[1, 1], strides=[2], ceil_mode=1),
        node("GlobalAveragePool", "c", "d"), node("Flatten", "d", "e"), node("Gemm", "e W", "y", transB=1),
    ]  # fmt: skip
    constants = {"K": normal(0, 4, 2, 4), "W": normal(1, 3, 4)}
    path = written(tmp_path / "m.onnx", nodes, constants, ["n", 2, 11])
    agree(read_onnx(path), path, normal(2, 8, 2, 11))


@pytest.mark.parametrize("counted", [0, 1])
@pytest.mark.parametrize("pads", [[0, 0], [1, 0], [0, 1], [1, 1]])
@pytest.mark.parametrize("length", [4, 5, 6, 7])
def test_the_last_window_of_an_average(counted, pads, length, tmp_path):
    """It may end beyond the padding, whose cells are counted then, and those behind it are not."""
    pool = node("AveragePool", "x", "y", kernel_shape=[3], strides=[2], pads=pads, ceil_mode=1,
                count_include_pad=counted)  # fmt: skip
    path = written(tmp_path / "m.onnx", [pool], {}, ["n", 2, length])
    if counted and (length + sum(pads) - 3) % 2:
        with pytest.raises(OnnxFileError, match="AveragePool 'y_node' asks for means of windows that end beyond"):
            read_onnx(path)
    else:
        agree(read_onnx(path), path, normal(0, 3, 2, length))


def test_an_image_may_come_out(tmp_path):
    nodes = [node("MaxPool", "x", "a", kernel_shape=[2, 2]), node("BatchNormalization", "a s h m v", "b"),
             node("Selu", "b", "y")]  # fmt: skip
    path = written(tmp_path / "m.onnx", nodes, statistics(3), ["n", 3, 4, 5])
    agree(read_onnx(path), path, normal(0, 4, 3, 4, 5))


def test_numbers_with_axes_of_length_one_are_a_row(tmp_path):
    nodes = [node("Flatten", "x", "a"), node("Gemm", "a W", "y")]
    path = written(tmp_path / "m.onnx", nodes, {"W": normal(0, 5, 2)}, [1, 1, 1, 5])
    read = read_onnx(path)
    assert read.network.inputs == (5,)
    agree(read, path, normal(1, 1, 1, 1, 5))


def test_scaled_numbers_with_axes_of_length_one_are_a_row(tmp_path):
    """As in the networks of ACAS Xu, with a mean of its own for every input."""
    nodes = [node("Sub", "x mean", "a"), node("Div", "a scale", "b"), node("Flatten", "b", "c"),
             node("MatMul", "c W", "y")]  # fmt: skip
    constants = {"mean": normal(0, 1, 1, 1, 5), "scale": np.float32([2.0, 0.1, 7.0, 1.0, 3.0]), "W": normal(1, 5, 2)}
    path = written(tmp_path / "m.onnx", nodes, constants, [None, 1, 1, 5])
    read = read_onnx(path)
    assert read.network.inputs == (5,)
    agree(read, path, normal(2, 7, 1, 1, 5))


@pytest.mark.parametrize("shape", [(5,), (1, 5)])
def test_a_constant_along_a_last_axis_of_length_one_is_refused(shape, tmp_path):
    """It would make 5 x 5 numbers of 5 x 1."""
    nodes = [node("Sub", "x mean", "a"), node("Flatten", "a", "y")]
    path = written(tmp_path / "m.onnx", nodes, {"mean": normal(0, *shape)}, [None, 5, 1])
    with pytest.raises(OnnxFileError, match="Sub 'a_node' asks for a constant of shape"):
        read_onnx(path)
