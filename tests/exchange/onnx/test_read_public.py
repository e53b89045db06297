"""ONNX files of other people: those that onnx and onnxruntime bring with them, and a folder of one's own.

PyTorch's files of one to three operators stand in onnx's tests, with what PyTorch gave; `GLASSNET_ONNX` names a folder
of any others.
"""

import os
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import polars as pl
import pytest
from onnx import numpy_helper
from onnx_networks import by_network, by_onnxruntime

from glassnet import OnnxFileError, bounds, certify, read_onnx, trace

DATA = Path(onnx.__file__).parent / "backend" / "test" / "data"
RUNTIME = Path(onnxruntime.__file__).parent / "datasets"
OWN = os.environ.get("GLASSNET_ONNX", "")
# How many of PyTorch's files are read at least; the others are of no layer here, and say which operator it is.
READ = 35


def pytorchs():
    return sorted(DATA.glob("pytorch-*/*/model.onnx"))


def stored(path, what):
    return numpy_helper.to_array(onnx.load_tensor(path.parent / "test_data_set_0" / f"{what}_0.pb"))


def test_pytorchs_files_are_read_or_refused():
    read, reasons = [], []
    for path in pytorchs():
        try:
            found = read_onnx(path)
        except OnnxFileError as error:
            reasons.append(str(error))
            continue
        ours, theirs = by_network(found, stored(path, "input")), stored(path, "output")
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, 1e-5, 1e-7, err_msg=str(path))  # as docs/reference/onnx.md says
        read.append(path.parent.name)
    assert len(read) >= READ
    assert [reason for reason in reasons if "cannot be read as a network: " not in reason] == []


@pytest.mark.parametrize("name", ["test_Linear", "test_Linear_no_bias", "test_Softmax", "test_Softplus"])
def test_files_of_tables_are_certified_and_traced(name):
    path = DATA / "pytorch-converted" / name / "model.onnx"
    read, random = read_onnx(path), np.random.default_rng(0)
    model, x = read.regressor(), stored(path, "input")[:2].astype(np.float64)
    certificate = certify(model, pl.DataFrame(x, schema=list(read.inputs)), 0.1)
    newer = onnx.version_converter.convert_version(onnx.load(path), 13)  # onnxruntime has no Gemm of opset 6
    session = onnxruntime.InferenceSession(newer.SerializeToString(), providers=["CPUExecutionProvider"])
    rows = session.get_inputs()[0].shape[0]
    for _ in range(5):
        points = x + random.uniform(-0.1, 0.1, x.shape)
        filled = np.resize(points, (rows, x.shape[1])).astype(np.float32)  # the file takes so many rows at once
        outputs = session.run(None, {session.get_inputs()[0].name: filled})[0][:2]
        assert (certificate.lower <= outputs).all()
        assert (outputs <= certificate.upper).all()
    traced = trace(model, pl.DataFrame(x, schema=list(read.inputs)), row=1)
    np.testing.assert_allclose(list(traced.prediction.values()), stored(path, "output")[1], 1e-5, 1e-7)


def test_files_of_images_are_certified():
    path = DATA / "pytorch-converted" / "test_Conv2d" / "model.onnx"
    read, random, image = read_onnx(path), np.random.default_rng(1), stored(path, "input")
    x = read.rows(image)
    low, high = bounds(read.network, read.parameters, x - 0.1, x + 0.1)
    for _ in range(5):
        points = image + random.uniform(-0.1, 0.1, image.shape).astype(np.float32)
        outputs = read.rows_of_output(by_onnxruntime(path, points))
        assert (low <= outputs).all()
        assert (outputs <= high).all()


def test_onnxruntimes_files():
    x = np.random.default_rng(2).normal(size=(3, 4, 5)).astype(np.float32)
    sigmoid = RUNTIME / "sigmoid.onnx"
    np.testing.assert_allclose(by_network(read_onnx(sigmoid), x), by_onnxruntime(sigmoid, x), 1e-5, 1e-7)
    with pytest.raises(OnnxFileError, match="Mul 'mul_1' asks for a constant of shape"):
        read_onnx(RUNTIME / "mul_1.onnx")
    with pytest.raises(OnnxFileError, match="its outputs 'label', 'probabilities'"):
        read_onnx(RUNTIME / "logreg_iris.onnx")


@pytest.mark.slow
def test_vgg19():
    """A convolutional network of 144 million parameters (Simonyan, Zisserman 2015), all of one size in this file."""
    path = DATA / "light" / "light_vgg19.onnx"
    read = read_onnx(path)
    assert read.network.n_parameters == 143_667_240
    assert read.network.shapes[-1] == (1000,)
    image = np.random.default_rng(3).random((1, 3, 224, 224), np.float32)
    np.testing.assert_allclose(by_network(read, image), by_onnxruntime(path, image), 1e-5, 1e-7)


def own_files():
    return sorted(Path(OWN).rglob("*.onnx")) if OWN else []


@pytest.mark.skipif(not OWN, reason="GLASSNET_ONNX names no folder of ONNX files")
@pytest.mark.parametrize("path", own_files(), ids=lambda path: path.stem)
def test_files_of_ones_own(path):
    """What is read has the outputs of onnxruntime, a trace with them, and bounds that they stay within in a box."""
    try:
        read = read_onnx(path)
    except OnnxFileError as error:
        pytest.skip(str(error))
    random = np.random.default_rng(4)
    shape = [axis.dim_value or 1 for axis in onnx.load(path).graph.input[0].type.tensor_type.shape.dim]
    kind = read.parameters[-1]["b"].dtype
    middle = random.uniform(size=shape).astype(kind)
    expected = by_onnxruntime(path, middle)
    np.testing.assert_allclose(by_network(read, middle), expected, 1e-4, 1e-6)
    x, outputs = read.rows(middle), read.rows_of_output(expected)
    traced = trace(read.network, read.parameters, x, np.zeros_like(outputs)).steps[0]
    np.testing.assert_allclose(traced.layers[-1].x, outputs, 1e-4, 1e-6)
    low, high = bounds(read.network, read.parameters, x - 0.001, x + 0.001)
    for _ in range(20):
        points = middle + random.uniform(-0.001, 0.001, shape).astype(kind)
        found = read.rows_of_output(by_onnxruntime(path, points))
        assert (low <= found).all()
        assert (found <= high).all()
