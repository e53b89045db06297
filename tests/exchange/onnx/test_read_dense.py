"""Dense networks that are read from ONNX files compute what onnxruntime computes, in the precision of the file."""

import numpy as np
import onnx
import pytest
from onnx_networks import agree, by_network, by_onnxruntime, node, normal, written

from glassnet import read_onnx
from glassnet.network.activation import ELU, Mish, SiLU
from glassnet.network.dense import Dense
from glassnet.network.scaling import InputScaling

ACTIVATIONS = [
    ("Relu", {}), ("Sigmoid", {}), ("Tanh", {}), ("LeakyRelu", {"alpha": 0.2}), ("Elu", {"alpha": 0.5}),
    ("Selu", {}), ("Selu", {"alpha": 1.5, "gamma": 0.7}), ("Softplus", {}), ("Mish", {}), ("Softmax", {"axis": 1}),
]  # fmt: skip


def dense(number, come, go, activation, gemm, dtype):
    """Return nodes of one layer, its constants, and the name of what it gives."""
    W, b = normal(number, come, go, dtype=dtype), normal(99 - number, go, dtype=dtype)
    z, before = f"z{number}", f"x{number - 1}" if number > 1 else "x"
    constants = {f"W{number}": W.T if gemm else W, f"b{number}": b}
    if gemm:
        nodes = [node("Gemm", f"{before} W{number} b{number}", z, transB=1, alpha=0.5, beta=2.0)]
    else:
        nodes = [node("MatMul", f"{before} W{number}", f"p{number}"), node("Add", f"p{number} b{number}", z)]
    return [*nodes, node(activation[0], z, f"x{number}", **activation[1])], constants


@pytest.mark.parametrize("seed", range(12))
def test_random_networks(seed, tmp_path):
    random, dtype = np.random.default_rng(seed), "float64" if seed % 4 == 3 else "float32"
    widths = random.integers(1, 7, random.integers(2, 5))
    nodes, constants = [], {}
    for number in range(1, len(widths)):
        place = random.integers(len(ACTIVATIONS)) if dtype == "float32" else random.integers(3)
        more = dense(number, widths[number - 1], widths[number], ACTIVATIONS[place], bool(random.integers(2)), dtype)
        nodes, constants = nodes + more[0], constants | more[1]
    path = written(tmp_path / "m.onnx", nodes, constants, ["rows", int(widths[0])], dtype, out=f"x{len(widths) - 1}")
    read = read_onnx(path)
    assert {array.dtype.name for layer in read.parameters for array in layer.values()} == {dtype}
    agree(read, path, normal(seed + 50, 20, widths[0], dtype=dtype))


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda one: "-".join(map(str, [one[0], *one[1].values()])))
def test_activations(activation, tmp_path):
    nodes, constants = dense(1, 3, 4, activation, True, "float32")
    path = written(tmp_path / "m.onnx", nodes, constants, [None, 3], out="x1", opset=22)
    agree(read_onnx(path), path, normal(0, 30, 3))


def test_scaled_inputs(tmp_path):
    mean, scale = np.float32([1000.0, -3.0, 0.5]), np.float32([2.0, 0.1, 7.0])
    nodes = [node("Sub", "x mean", "a"), node("Div", "a scale", "b"), node("Mul", "two b", "c"),
             node("Sub", "one c", "d"), node("Add", "d d0", "e"), node("Gemm", "e W", "y")]  # fmt: skip
    constants = {"mean": mean, "scale": scale[None], "two": np.float32(2), "one": np.float32([1.0])}
    constants |= {"d0": normal(1, 1, 3), "W": normal(2, 3, 2)}
    path = written(tmp_path / "m.onnx", nodes, constants, ["n", 3])
    read = read_onnx(path)
    layers = [type(layer) for layer in read.network.layers]
    assert layers == [Dense, InputScaling, InputScaling, InputScaling, Dense, Dense]
    agree(read, path, mean + scale * normal(3, 25, 3))
    assert (read.inputs, read.outputs) == (("x1", "x2", "x3"), ("y1", "y2"))


def test_biases_add_up(tmp_path):
    nodes = [node("Gemm", "x W b", "z"), node("Add", "z c", "y")]
    constants = {"W": normal(0, 2, 2), "b": normal(1, 2), "c": normal(2, 2)}
    path = written(tmp_path / "m.onnx", nodes, constants, ["n", 2])
    read = read_onnx(path)
    assert len(read.network.layers) == 1
    np.testing.assert_allclose(read.parameters[0]["b"], constants["b"] + constants["c"], rtol=1e-6)
    agree(read, path, normal(3, 9, 2))


@pytest.mark.parametrize(("through", "sigma"), [(["Sigmoid"], SiLU()), (["Softplus", "Tanh"], Mish())])
def test_a_number_times_a_function_of_itself(through, sigma, tmp_path):
    names = ["z", *(f"g{place}" for place in range(len(through)))]
    nodes = [node("Gemm", "x W", "z")]
    nodes += [node(operator, *names[place : place + 2]) for place, operator in enumerate(through)]
    path = written(tmp_path / "m.onnx", [*nodes, node("Mul", f"z {names[-1]}", "y")], {"W": normal(0, 2, 3)}, ["n", 2])
    read = read_onnx(path)
    assert [layer.activation for layer in read.network.layers] == [sigma]
    agree(read, path, normal(1, 20, 2))


def test_what_changes_nothing_has_no_layer(tmp_path):
    weights = onnx.numpy_helper.from_array(normal(0, 2, 3))
    nodes = [
        node("Constant", "", "V", value=weights), node("Transpose", "V", "W", perm=[1, 0]),
        node("Identity", "x", "a"), node("Dropout", "a rate", "b"), node("Cast", "b", "c", to=1),
        node("MatMul", "c W", "d"), node("Reshape", "d shape", "y"), node("Relu", "x", "unused"),
    ]  # fmt: skip
    constants = {"rate": np.float32(0.5), "shape": np.int64([-1, 2])}
    path = written(tmp_path / "m.onnx", nodes, constants, ["n", 3])
    read = read_onnx(path)
    assert [str(layer).split("(")[0] for layer in read.network.layers] == ["Dense"]
    agree(read, path, normal(1, 5, 3))


def test_inputs_are_brought_to_another_precision(tmp_path):
    nodes = [node("Cast", "x", "a", to=11), node("MatMul", "a W", "y")]
    nodes.append(node("Cast", "y", "out", to=11))
    path = written(tmp_path / "m.onnx", nodes, {"W": normal(0, 2, 1, dtype="float64")}, ["n", 2], "float64", out="out")
    graph = onnx.load(path)
    graph.graph.input[0].type.tensor_type.elem_type = 1
    onnx.save(graph, path)
    read, x = read_onnx(path), normal(1, 5, 2)
    assert read.parameters[0]["W"].dtype == np.float64
    np.testing.assert_allclose(by_network(read, x.astype(np.float64)), by_onnxruntime(path, x), rtol=1e-15)


def test_an_activation_may_stand_alone(tmp_path):
    path = written(tmp_path / "m.onnx", [node("Elu", "x", "a"), node("Elu", "a", "y")], {}, ["n", 3])
    read = read_onnx(path)
    assert [layer.activation for layer in read.network.layers] == [ELU(1.0), ELU(1.0)]
    agree(read, path, normal(0, 7, 3))
