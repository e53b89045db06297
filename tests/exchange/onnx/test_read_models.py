"""Networks that were read are traced, attacked and certified, and onnxruntime agrees with what that says of them."""

import numpy as np
import onnxruntime
import polars as pl
import pytest
from onnx_networks import by_onnxruntime, model, node, normal, written

from glassnet import attack, bounds, certify, load, read_onnx, save, trace


def layers(dtype):
    nodes = [node("Sub", "x mean", "a"), node("Gemm", "a W1 b1", "z1"), node("Tanh", "z1", "x1"),
             node("Gemm", "x1 W2 b2", "z2"), node("LeakyRelu", "z2", "x2", alpha=0.1),
             node("Gemm", "x2 W3", "y")]  # fmt: skip
    constants = {"mean": [1.0, -2.0, 0.5], "W1": normal(1, 3, 8), "b1": normal(2, 8), "W2": normal(3, 8, 5)}
    constants |= {"b2": normal(4, 5), "W3": normal(5, 5, 2)}
    return nodes, {name: np.asarray(array, dtype) for name, array in constants.items()}


@pytest.fixture(scope="module", params=["float32", "float64"])
def given(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "m.onnx"
    return written(path, *layers(request.param), ["n", 3], request.param), request.param


def as_table(x):
    return pl.DataFrame(x, schema=["x1", "x2", "x3"])


def test_certificates_hold_what_onnxruntime_computes(given):
    path, dtype = given
    read, x, random = read_onnx(path), normal(7, 3, 3, dtype="float64"), np.random.default_rng(0)
    certificate = certify(read.regressor(), as_table(x), 0.25, slopes=True)
    assert certificate.outputs == ("y1", "y2")
    for _ in range(20):
        points = x + random.choice([-0.25, -0.1, 0.2, 0.25], x.shape)
        outputs = by_onnxruntime(path, points.astype(dtype))
        assert (certificate.lower <= outputs).all()
        assert (outputs <= certificate.upper).all()
    reached = by_onnxruntime(path, certificate.highest_at[:, 0].astype(dtype))[:, 0]
    np.testing.assert_allclose(reached, certificate.attacked_upper[:, 0], rtol=1e-5)


def test_bounds_of_an_image_hold_what_onnxruntime_computes(tmp_path):
    nodes = [node("Conv", "x K k", "a"), node("Relu", "a", "b"),
             node("MaxPool", "b", "c", kernel_shape=[2, 2], strides=[2, 2]),
             node("Flatten", "c", "d"), node("Gemm", "d W", "y")]  # fmt: skip
    constants = {"K": normal(0, 3, 2, 3, 3), "k": normal(1, 3), "W": normal(2, 12, 2)}
    path = written(tmp_path / "m.onnx", nodes, constants, ["n", 2, 6, 6])
    read, image, random = read_onnx(path), normal(3, 1, 2, 6, 6), np.random.default_rng(1)
    low, high = bounds(read.network, read.parameters, read.rows(image - 0.1), read.rows(image + 0.1))
    outputs = by_onnxruntime(path, image + random.uniform(-0.1, 0.1, (200, 2, 6, 6)).astype(np.float32))
    assert (low <= outputs).all()
    assert (outputs <= high).all()


def test_traces_show_every_number_of_the_file(given):
    path, dtype = given
    read, x = read_onnx(path), normal(8, 4, 3, dtype=dtype)
    names = ["z1", "x1", "z2", "x2", "y"]
    everything = model(*layers(dtype), ["n", 3], dtype, out=" ".join(names))
    session = onnxruntime.InferenceSession(everything.SerializeToString(), providers=["CPUExecutionProvider"])
    theirs = dict(zip(names, session.run(None, {"x": x}), strict=True))
    traced = trace(read.network, read.parameters, x, np.zeros((4, 2))).steps[0].layers
    ours = {"z1": traced[1].z, "x1": traced[1].x, "z2": traced[2].z, "x2": traced[2].x, "y": traced[3].x}
    digits = 1e-6 if dtype == "float32" else 1e-14
    for name in names:
        np.testing.assert_allclose(ours[name], theirs[name], digits, digits * np.abs(theirs[name]).max())
    row = trace(read.regressor(), as_table(x), row=2)
    np.testing.assert_allclose(list(row.prediction.values()), theirs["y"][2], digits, digits)


@pytest.mark.parametrize("method", ["fgsm", "pgd", "square"])
def test_attacks_make_the_file_err_more(given, method):
    path, dtype = given
    regressor, x = read_onnx(path).regressor(), normal(9, 12, 3, dtype="float64")
    y = by_onnxruntime(path, x.astype(dtype)) + normal(10, 12, 2)
    attacked = attack(regressor, as_table(x), y, 0.05, method=method)
    moved = attacked.X.to_numpy()
    assert np.abs(moved - x).max() <= 0.05 * (1 + 1e-6)
    outputs = by_onnxruntime(path, moved.astype(dtype))
    assert np.sqrt(np.mean((outputs - y) ** 2)) == pytest.approx(attacked.error_after, rel=1e-5)
    assert attacked.error_after > attacked.error_before


def test_a_regressor_of_a_file_predicts_and_is_saved(given, tmp_path):
    path, dtype = given
    regressor, x = read_onnx(path).regressor(), normal(11, 600, 3, dtype="float64")
    x = x.astype(dtype).astype("float64")
    digits = 1e-6 if dtype == "float32" else 1e-13
    predicted = regressor.predict(as_table(x))
    np.testing.assert_allclose(predicted, by_onnxruntime(path, x.astype(dtype)), digits, digits * 10)
    again = load(save(regressor, tmp_path / "m.glass"))
    np.testing.assert_array_equal(again.predict(as_table(x)), predicted)
    with pytest.raises(ValueError, match=r"1 column\(s\) of the training table are missing:\n  - x3"):
        regressor.predict(as_table(x).drop("x3"))


def test_columns_may_have_names_of_their_own(given):
    path, _ = given
    regressor = read_onnx(path).regressor(columns=["age", "size", "weight"], targets=["price", "rent"])
    frame = pl.DataFrame({"weight": [1.0], "age": [2.0], "size": [3.0]})
    np.testing.assert_array_equal(
        regressor.predict(frame), read_onnx(path).regressor().predict(as_table(np.array([[2.0, 3.0, 1.0]])))
    )
    assert regressor.target_names_ == ["price", "rent"]
    with pytest.raises(ValueError, match=r"columns names 1 column\(s\), and the network takes 3"):
        read_onnx(path).regressor(columns=["age"])


def test_a_regressor_takes_tables_and_images(tmp_path):
    image = written(tmp_path / "i.onnx", [node("Flatten", "x", "a"), node("Gemm", "a W", "y")],
                    {"W": normal(0, 12, 1)}, ["n", 3, 2, 2])  # fmt: skip
    regressor = read_onnx(image).regressor()
    pixels = normal(1, 5, 3, 2, 2)
    expected = by_onnxruntime(image, pixels)[:, 0]
    np.testing.assert_allclose(regressor.predict(np.moveaxis(pixels, 1, -1)), expected, 1e-5, 1e-6)
    with pytest.raises(ValueError, match="columns are of a table, and the network takes images"):
        read_onnx(image).regressor(columns=["a"])
    signal = written(tmp_path / "s.onnx", [node("Flatten", "x", "a"), node("Gemm", "a W", "y")],
                     {"W": normal(0, 6, 1)}, ["n", 3, 2])  # fmt: skip
    with pytest.raises(ValueError, match=r"takes signals of shape \(2, 3\).*use trace\(network"):
        read_onnx(signal).regressor()
    maps = written(tmp_path / "m.onnx", [node("Relu", "x", "y")], {}, ["n", 3, 2, 2])
    with pytest.raises(ValueError, match=r"gives numbers of shape \(2, 2, 3\), and a regressor gives a vector"):
        read_onnx(maps).regressor()
