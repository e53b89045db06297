"""What is not read is refused by name, and a file that is damaged does no harm."""

import sys

import numpy as np
import onnx
import pytest
from onnx import helper
from onnx_networks import model, node, normal, written

from glassnet import OnnxFileError, read_onnx
from glassnet.exchange.onnx import read_constants, read_file, read_operators, read_stack

W = {"W": normal(0, 3, 2)}


def refused(path, match):
    with pytest.raises(OnnxFileError, match=match):
        read_onnx(path)


LAST = node("Gemm", "a W", "y")
CASES = {
    r"LSTM 'a_node' has no layer here; these operators have: Add, ": ([node("LSTM", "x W W", "a"), LAST], {}),
    r"LogSoftmax 'y_node' has no layer here": ([node("LogSoftmax", "x", "y")], {}),
    r"If 'y_node' has no layer here": (
        [node("If", "x", "y", then_branch=helper.make_graph([], "t", [], []),
              else_branch=helper.make_graph([], "e", [], []))], {},
    ),
    r"'x' goes to Relu 'a_node' and Add 'y_node'; a network here has layers one after the other": (
        [node("Relu", "x", "a"), node("Add", "a x", "y")], {},
    ),
    r"'x' goes to Relu .* and Tanh": ([node("Relu", "x", "a"), node("Tanh", "x", "b"), node("Mul", "a b", "y")], {}),
    r"MatMul 'y_node' takes a constant as its first input; a layer takes there what comes in": (
        [node("MatMul", "W x", "y")], {"W": normal(0, 2, 4)},
    ),
    r"Gemm 'y_node' takes a constant as its first input": (
        [node("Gemm", "A V x", "y")], {"A": normal(0, 4, 2), "V": normal(1, 2, 3)},
    ),
    r"Dropout 'y_node' takes a constant as its first input": ([node("Dropout", "A x", "y")], {"A": normal(0, 4, 2)}),
    r"Gemm 'y_node' takes 'x' in several places; a layer takes it in one": (
        [node("Gemm", "x V x", "y")], {"V": normal(0, 3, 3)},
    ),
    r"Exp 'y_node' asks for exp z also above z = 80, where ours stays at exp 80; export the network without it": (
        [node("Exp", "x", "y")], {},
    ),
    r"Gemm 'y_node' asks for samples as columns": ([node("Gemm", "x W", "y", transA=1)], {}),
    r"Gemm 'y_node' asks for biases of its own for every row": (
        [node("Gemm", "x W b", "y")], {"b": normal(0, 4, 2)},
    ),
    r"Gemm 'y_node' asks for weights of shape \(2, 2\) after \(3,\)": (
        [node("Gemm", "x V", "y")], {"V": normal(0, 2, 2)},
    ),
    r"Gelu 'y_node' asks for the approximation by tanh": ([node("Gelu", "x", "y", approximate="tanh")], {}),
    r"Dropout 'a_node' asks for training; export it for inference": (
        [node("Dropout", "x half on", "a"), LAST], {"half": np.float32(0.5), "on": np.asarray(True)},
    ),
    r"Cast 'a_node' asks for another precision than float32 or float64": (
        [node("Cast", "x", "a", to=7), node("Cast", "a", "y", to=1)], {},
    ),
    r"Cast 'y_node' asks for .* a change of it between layers": (
        [node("Gemm", "x W", "a"), node("Cast", "a", "y", to=11)], {},
    ),
    r"Div 'y_node' asks for a constant divided by what comes in": (
        [node("Div", "c x", "y")], {"c": np.float32(2)},
    ),
    r"Mul 'y_node' takes 'x' in several places": ([node("Mul", "x x", "y")], {}),
    r"Mul 'y_node' asks for a constant of shape \(4, 3\) at numbers of shape \(3,\)": (
        [node("Mul", "x c", "y")], {"c": normal(0, 4, 3)},
    ),
    r"Div 'y_node' has constants that are not finite": ([node("Div", "x c", "y")], {"c": np.float32(0)}),
    r"Reshape 'y_node' asks for the shape \(-1, 6\); a sample can only become a row of 3": (
        [node("Reshape", "x to", "y")], {"to": np.int64([-1, 6])},
    ),
    r"Softmax 'y_node' asks for a softmax along something other than units": ([node("Softmax", "x", "y", axis=0)], {}),
    r"Conv 'y_node' asks for channels before lengths, but numbers of shape \(3,\)": (
        [node("Conv", "x K", "y")], {"K": normal(0, 1, 3, 1, 1)},
    ),
    r"its output does not depend on 'x'": ([node("Add", "c d", "y")], {"c": np.float32(1), "d": np.float32(2)}),
}  # fmt: skip


@pytest.mark.parametrize("match", CASES)
def test_what_has_no_layer_is_named(match, tmp_path):
    nodes, constants = CASES[match]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", 1, [4, 3])],
        [helper.make_tensor_value_info("y", 1, [None, None])],
        [onnx.numpy_helper.from_array(array, name) for name, array in (W | constants).items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), tmp_path / "m.onnx")
    refused(tmp_path / "m.onnx", match)


IMAGES = {
    "Conv 'y_node' takes 'x' in several places": [node("Conv", "x K x", "y")],
    "AveragePool 'y_node' asks for ceil_mode and VALID": [
        node("AveragePool", "x", "y", kernel_shape=[2, 2], strides=[2, 2], auto_pad="VALID", ceil_mode=1)
    ],
    "dilation": [node("Conv", "x K", "y", dilations=[2, 2])],
    "groups of channels": [node("Conv", "x G", "y", group=2)],
    "axes in the order": [node("Transpose", "x", "y", perm=[0, 1, 3, 2])],
    "a number of its own for every pixel": [node("Add", "x p", "y")],
    "another axis than the first after the samples": [node("Flatten", "x", "y", axis=2)],
    "along something other than units or channels": [node("Softmax", "x", "y", axis=3)],
    "weights of shape": [node("MatMul", "x M", "y")],
}


@pytest.mark.parametrize("match", IMAGES)
def test_what_no_layer_of_images_does_is_named(match, tmp_path):
    constants = {"K": normal(0, 2, 2, 2, 2), "G": normal(0, 2, 1, 2, 2), "p": normal(0, 5, 5), "M": normal(0, 5, 5)}
    refused(written(tmp_path / "m.onnx", IMAGES[match], constants, ["n", 2, 5, 5]), match)


@pytest.mark.parametrize(("before", "after"), [("transpose", "normalise"), ("normalise", "transpose")])
def test_batch_normalisation_of_channels_last(before, after, tmp_path):
    """ONNX has channels in axis 1, and there stands a length, of as many numbers here."""
    perm = [0, 2, 3, 1] if before == "transpose" else [0, 3, 1, 2]
    steps = {"transpose": ("Transpose", "", {"perm": perm}), "normalise": ("BatchNormalization", " s s s s", {})}
    nodes = [
        node(operator, come + more, go, **attributes)
        for (operator, more, attributes), come, go in ((steps[before], "x", "a"), (steps[after], "a", "y"))
    ]
    path = written(tmp_path / "m.onnx", nodes, {"s": np.ones(4, np.float32)}, ["n", 4, 4, 4])
    refused(path, r"BatchNormalization '._node' asks for channels before lengths, but numbers of shape \(4, 4, 4\)")


def test_inputs_and_outputs(tmp_path):
    gemm = [node("Gemm", "x W", "y")]
    two = written(tmp_path / "two.onnx", gemm, W, ["n", 3], inputs=("x", "other"))
    refused(two, "its inputs are 'x', 'other' and its outputs 'y'; a network here has one of each")
    both = written(tmp_path / "both.onnx", [*gemm, node("Relu", "y", "z")], W, ["n", 3], out="y z")
    refused(both, "its outputs 'y', 'z'")
    none = written(tmp_path / "none.onnx", [node("Relu", "W", "y")], W, ["n", 3], inputs=())
    refused(none, "its inputs are none")
    whole = written(tmp_path / "integers.onnx", [node("Identity", "x", "y")], {}, ["n", 3], "int64")
    refused(whole, "its input 'x' is of int64; export it with one of float32 or float64")
    open_ = written(tmp_path / "open.onnx", [node("Relu", "x", "y")], {}, ["n", "m"])
    refused(open_, r"has shape \(\?, \?\); expected \(rows, numbers\)")
    refused(written(tmp_path / "long.onnx", [node("Relu", "x", "y")], {}, [3]), r"has shape \(3\)")
    large = written(tmp_path / "large.onnx", [node("Relu", "x", "y")], {}, [1, 2**20, 2**20])
    refused(large, "expected")


def test_digits_are_not_lost_on_the_way(tmp_path):
    nodes = [node("Cast", "x", "a", to=1), node("Cast", "a", "b", to=11), node("Gemm", "b W", "y")]
    path = written(tmp_path / "m.onnx", nodes, {"W": W["W"].astype(float)}, ["n", 3], "float64")
    refused(path, "Cast 'b_node' asks for .* a change of it between layers")


def test_operators_of_other_domains(tmp_path):
    scaler = helper.make_node("Scaler", ["x"], ["y"], "scaler", domain="ai.onnx.ml", offset=[0.0], scale=[1.0])
    proto = model([node("Relu", "x", "y")], {}, ["n", 3])
    proto.graph.node[0].CopyFrom(scaler)
    proto.opset_import.append(helper.make_opsetid("ai.onnx.ml", 3))
    onnx.save(proto, tmp_path / "m.onnx")
    refused(tmp_path / "m.onnx", "Scaler 'scaler' is of 'ai.onnx.ml', not of ONNX's own operators")


def test_a_gate_of_another_domain(tmp_path):
    """What another domain calls a Sigmoid is none."""
    proto = model([node("Sigmoid", "x", "s"), node("Mul", "x s", "y")], {}, ["n", 3])
    proto.graph.node[0].domain = "other"
    proto.opset_import.append(helper.make_opsetid("other", 1))
    onnx.save(proto, tmp_path / "m.onnx")
    refused(tmp_path / "m.onnx", "Sigmoid 's_node' is of 'other', not of ONNX's own operators")


def test_numbers_in_other_files(tmp_path):
    proto = model([node("Gemm", "x W", "y")], {"W": normal(0, 3, 900)}, ["n", 3])
    onnx.save(proto, tmp_path / "m.onnx", save_as_external_data=True, location="m.data")
    refused(tmp_path / "m.onnx", r"keeps 'W' in another file, which is not opened; save it as one file")
    (tmp_path / "m.data").unlink()
    refused(tmp_path / "m.onnx", "keeps 'W' in another file")
    value = onnx.TensorProto(name="V", data_type=1, dims=[3, 2], data_location=onnx.TensorProto.EXTERNAL)
    value.external_data.add(key="location", value="/etc/hostname")
    constant = model([node("Relu", "x", "V"), node("Gemm", "x V", "y")], {}, ["n", 3])
    constant.graph.node[0].CopyFrom(node("Constant", "", "V", value=value))
    (tmp_path / "c.onnx").write_bytes(constant.SerializeToString())
    refused(tmp_path / "c.onnx", "keeps 'V' in another file")


def test_few_bytes_cannot_ask_for_many_numbers(tmp_path, monkeypatch):
    shape, zeros = {"shape": np.int64([2**20, 2**20])}, node("ConstantOfShape", "shape", "C")
    proto = model([node("Gemm", "x W", "y")], shape | W, ["n", 3])
    proto.graph.node.append(zeros)
    onnx.save(proto, tmp_path / "m.onnx")
    most = read_constants.MOST_CONSTANTS
    refused(tmp_path / "m.onnx", f"its constants are {2**40} numbers, more than the {most} that are read")
    wide = written(tmp_path / "w.onnx", [node("Relu", "x", "y")], {}, ["n", 5000])
    refused(wide, "5000 units without a layer of weights before it, more than 4096")
    dense = written(tmp_path / "d.onnx", [node("Gemm", "x W", "y")], W, ["n", 3])
    for module, name, match in (
        (read_file, "MOST_BYTES", "bytes, more than the 1 that are read"),
        (read_file, "MOST_NODES", "has 1 nodes, more than the 0"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, int(name == "MOST_BYTES"))
            refused(dense, match)
    assert read_operators.MOST_NUMBERS == 2**24


def test_few_bytes_cannot_ask_for_many_parameters(tmp_path, monkeypatch):
    """An activation alone gets an identity matrix, 3 * 3 + 3 parameters of 3 units."""
    nodes = [node("Relu", "x", "a"), node("Relu", "a", "b"), node("Relu", "b", "y")]
    path = written(tmp_path / "m.onnx", nodes, {}, ["n", 3])
    assert read_stack.MOST_PARAMETERS == 2**28
    monkeypatch.setattr(read_stack, "MOST_PARAMETERS", 36)
    assert read_onnx(path).network.n_parameters == 36
    monkeypatch.setattr(read_stack, "MOST_PARAMETERS", 35)
    refused(path, "Relu 'y_node' asks for 36 parameters in all, more than the 35 that are read")


def test_damaged_files(tmp_path):
    """Every length of a file, and random bytes in it: read or refused, and nothing else."""
    path = written(tmp_path / "m.onnx", [node("Gemm", "x W", "z"), node("Relu", "z", "y")], W, ["n", 3])
    content, random, damaged = path.read_bytes(), np.random.default_rng(0), tmp_path / "damaged.onnx"
    contents = [content[:length] for length in range(0, len(content), 3)]
    contents += [random.bytes(length) for length in (1, 10, 100, 1000)]
    for _ in range(300):
        changed = bytearray(content)
        for place in random.integers(len(content), size=random.integers(1, 6)):
            changed[place] = random.integers(256)
        contents.append(bytes(changed))
    outcomes = set()
    for each in contents:
        damaged.write_bytes(each)
        try:
            outcomes.add(str(read_onnx(damaged).network)[:7])
        except OnnxFileError as error:
            outcomes.add("refused" if str(damaged) in str(error) else str(error))
    assert outcomes == {"network", "refused"}


def test_other_files(tmp_path):
    refused(tmp_path / "none.onnx", "there is no ONNX file")
    refused(tmp_path, "there is no ONNX file")
    (tmp_path / "text.onnx").write_text("a,b\n1,2\n")
    refused(tmp_path / "text.onnx", "is no ONNX file")
    (tmp_path / "empty.onnx").write_bytes(b"")
    refused(tmp_path / "empty.onnx", "is no ONNX file: it has no graph")


def test_without_onnx(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ModuleNotFoundError, match=r"type pip install 'glassnet\[onnx\]'"):
        read_onnx(tmp_path / "m.onnx")
