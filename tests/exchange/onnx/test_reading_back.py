"""Files of `export_onnx` are read back as the model that they were written of: equal predictions and certificates."""

import json
from dataclasses import replace

import numpy as np
import onnx
import polars as pl
import pytest
from click.testing import CliRunner
from onnx import numpy_helper

from glassnet import (
    ELU,
    AveragePool,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    InputScaling,
    LeakyReLU,
    MaxPool,
    Network,
    NetworkClassifier,
    NetworkRegressor,
    OnnxFileError,
    ParametricActivation,
    Quantile,
    Recipe,
    attack,
    bounds,
    certify,
    export_onnx,
    load,
    read_onnx,
    save,
)
from glassnet.cli.command_line import cli
from glassnet.exchange.onnx.about import metadata
from glassnet.exchange.onnx.graph import Graph
from glassnet.exchange.onnx.read_exported import read_exported
from glassnet.exchange.onnx.write_network import write_members
from glassnet.exchange.onnx.write_predictions import write_numbers
from glassnet.exchange.onnx.write_proto import model_bytes
from glassnet.network.activation import ACTIVATIONS
from glassnet.network.loss import as_loss

PLAIN = {"preset": "plain", "max_iter": 2, "random_state": 0}
CLOSE = 1e-9  # relative: the bounds of equal parameters, compiled in another order of sums
ROWS = 40

pytestmark = pytest.mark.filterwarnings("ignore:max_iter")


def table(rows=ROWS):
    random = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "size": random.normal(100, 20, size=rows),
            "gaps": [None if i % 7 == 0 else float(i % 13) for i in range(rows)],
            "two": [[3, 5][i % 3 == 0] for i in range(rows)],
            "yes": [bool(i % 2) for i in range(rows)],
            "prediction": random.normal(size=rows),
        }
    )


def targets():
    X = table()
    return pl.DataFrame({"price": 50 + 9 * X["size"].to_numpy(), "rent": X["prediction"].to_numpy() ** 2})


def read_back(model, path):
    return read_onnx(export_onnx(model, path).path)


FLAGS = Recipe("plain", binary_flags=True)
LAYERS = [InputScaling(), Dense(3, LeakyReLU(0.2)), Dropout(0.2), Dense(2), ParametricActivation("mish")]
MODELS = {
    "plain": (NetworkRegressor((4,), **PLAIN), "price"),
    "flags and members": (
        NetworkRegressor((4,), "tanh", output_range=(0, 5000), **PLAIN | {"preset": FLAGS, "n_members": 3}),
        "price",
    ),
    "layers and targets": (NetworkRegressor(layers=LAYERS, **PLAIN), ["price", "rent"]),
    "a log link": (NetworkRegressor((3,), loss="poisson", **PLAIN), "rent"),
    "the default preset": (NetworkRegressor((4,), max_iter=2, n_members=1, random_state=0), "price"),
}


@pytest.mark.parametrize("name", MODELS)
def test_certificates_of_tables_are_equal(name, tmp_path):
    model, target = MODELS[name]
    X, y = table(), targets()
    model.fit(X, y[target] if isinstance(target, str) else y.select(target))
    back = read_back(model, tmp_path / "m.onnx").regressor()
    np.testing.assert_allclose(back.predict(X), model.predict(X), rtol=0, atol=1e-6 * y.to_numpy().std())
    assert back.schema_ == model.schema_
    assert back.target_names_ == model.target_names_
    assert as_loss(back.loss) == as_loss(model.loss)
    expected, found = (certify(each, X[:3], 0.1) for each in (model, back))  # in the scale of each column
    for end in ("lower", "upper", "box_lower", "box_upper"):
        np.testing.assert_allclose(getattr(found, end), getattr(expected, end), rtol=CLOSE)


def test_every_activation_is_read_back(exported):
    """With random parameters, at once: no other activation is taken for one, and no digit is lost."""
    model = load(exported / "m.glass")
    layers = [Dense(3, sigma) for sigma in (*ACTIVATIONS.values(), ELU(0.3), LeakyReLU(0.2))]
    network = Network(model.ensemble_.network.inputs, [*layers, Dense(1)])
    random = np.random.default_rng(0)
    drawn = [{name: random.normal(size=shape) for name, shape in each.items()} for each in network.parameter_shapes]
    member = replace(model.members_[0], parameters=drawn)
    graph = Graph()
    members = write_members(graph, replace(model.ensemble_, network=network, members=(member,)))
    write_numbers(graph, model, members, None, None)
    found = read_exported(onnx.load_model_from_string(model_bytes(graph, "", metadata(model, None)))).ensemble
    assert [layer.activation for layer in found.network.layers] == [layer.activation for layer in network.layers]
    for ours, theirs in zip(found.members[0].parameters, drawn, strict=True):
        assert ours.keys() == theirs.keys()
        for name, array in theirs.items():
            np.testing.assert_array_equal(ours[name], array)


def images():
    return np.random.default_rng(0).normal(size=(20, 6, 7, 2)).astype(np.float32)


def test_bounds_of_images_are_equal(tmp_path):
    X, layers = images(), [Convolution(2, 3, "relu", stride=2, padding="same"), Flatten()]
    model = NetworkRegressor(layers=layers, **PLAIN).fit(X, X[:, 0, 0, 0])
    back = read_back(model, tmp_path / "m.onnx")
    x = model.members_[0].preprocessing.scale_inputs(X[:2])
    expected = bounds(model.ensemble_.network, model.members_[0].parameters, x - 0.1, x + 0.1)
    np.testing.assert_allclose(bounds(back.network, back.parameters, x - 0.1, x + 0.1), expected, rtol=CLOSE)
    np.testing.assert_array_equal(back.regressor().predict(X), model.predict(X))


def test_classes_of_images_are_read_as_logits(tmp_path):
    X, y = images(), np.array(["cat", "dog"])[np.arange(20) % 2]
    layers = [Convolution(3, 3, "tanh"), MaxPool(2, padding="same"), AveragePool(2, stride=1), Flatten()]
    model = NetworkClassifier(layers=layers, **PLAIN | {"n_members": 2}).fit(X, y)
    back = read_back(model, tmp_path / "m.onnx")
    assert back.outputs == ("cat", "dog")
    logits, expected = (each.predict_encoded(X) for each in (back.exported.ensemble, model.ensemble_))
    np.testing.assert_array_equal(logits, expected)
    with pytest.raises(ValueError, match=r"holds a classifier.*bounds\(network, parameters, low, high\)"):
        back.regressor()


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    X, y = table().drop("prediction"), targets()["price"]
    model = NetworkRegressor((4,), **PLAIN).fit(X, y)
    save(model, folder / "m.glass")
    export_onnx(model, folder / "m.onnx", coverage=None)
    X.with_columns(price=y).write_csv(folder / "t.csv")
    return folder


def test_the_command_says_the_same_of_both_files(exported):
    def run(*arguments):
        result = CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    options = (exported / "t.csv", "--epsilon", "0.1", "--rows", "0:3", "--json")
    expected, found = (run("certify", exported / name, *options) for name in ("m.glass", "m.onnx"))
    assert found["columns"] == expected["columns"]
    for theirs, ours in zip(expected["rows"], found["rows"], strict=True):
        for name in ("prediction", "lower", "upper"):
            assert ours[name] == pytest.approx(theirs[name], rel=CLOSE)


def test_other_names_a_model_file_and_an_attack(exported, tmp_path):
    back = read_onnx(exported / "m.onnx")
    assert (back.inputs, back.outputs) == (("size", "gaps", "two", "yes"), ("price",))
    named = back.regressor(columns=["a", "b", "c", "d"], targets=["cost"])
    X = table().drop("prediction")
    model, renamed = load(exported / "m.glass"), X.rename(dict(zip(X.columns, "abcd", strict=True)))
    np.testing.assert_array_equal(named.predict(renamed), model.predict(X))
    assert named.target_names_ == ["cost"]
    again = load(save(back.regressor(), tmp_path / "again.glass"))
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    y = targets()["price"]
    np.testing.assert_allclose(attack(again, X, y, 0.1).error_after, attack(model, X, y, 0.1).error_after, rtol=CLOSE)


def refused(model, X, y, path, match):
    export_onnx(model.fit(X, y), path)
    with pytest.raises(OnnxFileError, match=f"{match}.*give the model file .* glassnet certify MODEL.glass"):
        read_onnx(path)


def test_what_is_not_read_back_is_named(tmp_path):
    X, y, path = table(), targets()["price"], tmp_path / "m.onnx"
    kinds = X.select("size", kind=pl.Series([["x", "y", "z"][i % 3] for i in range(ROWS)]))
    refused(NetworkRegressor((2,), **PLAIN), kinds, y, path, "its column 'kind' holds text, and only numbers and flags")
    refused(NetworkRegressor((2,), loss="gaussian", **PLAIN), X, y, path, "standard deviations of the Gaussian loss")
    refused(NetworkRegressor((2,), loss=Quantile((0.1, 0.9)), **PLAIN), X, y, path, "it gives quantiles")


def change(path, operator, other=None, scale=1.0):
    """Write the file with another operator in a place, or with a constant that was multiplied."""
    proto = onnx.load(path)
    node = next(node for node in proto.graph.node if node.op_type == operator)
    node.op_type = other or operator
    for tensor in proto.graph.initializer:
        if scale != 1 and tensor.name == node.input[1]:
            tensor.CopyFrom(numpy_helper.from_array(scale * numpy_helper.to_array(tensor), tensor.name))
    return proto


def test_a_changed_file_is_read_as_it_is_or_refused(exported, tmp_path):
    path, X = tmp_path / "m.onnx", table().drop("prediction")
    onnx.save(change(exported / "m.onnx", "Mul", scale=2.0), path)  # the target's scale
    model, changed = load(exported / "m.glass"), read_onnx(path).regressor()
    center = model.members_[0].preprocessing.targets.center
    np.testing.assert_allclose(changed.predict(X) - center, 2 * (model.predict(X) - center), rtol=1e-6)
    for operator, other in (("Sub", "Add"), ("IsNaN", "IsInf"), ("Mul", "Div"), ("ReduceMean", "ReduceSum")):
        onnx.save(change(exported / "m.onnx", operator, other), path)
        with pytest.raises(OnnxFileError, match="cannot be read as a network"):
            read_onnx(path)


def test_a_damaged_file_is_read_or_refused(exported, tmp_path):
    content, random, path = (exported / "m.onnx").read_bytes(), np.random.default_rng(0), tmp_path / "damaged.onnx"
    outcomes = set()
    for _ in range(200):
        changed = bytearray(content)
        for place in random.integers(len(content), size=random.integers(1, 6)):
            changed[place] = random.integers(256)
        path.write_bytes(bytes(changed))
        try:
            outcomes.add(str(read_onnx(path).network)[:7])
        except OnnxFileError:
            outcomes.add("refused")
    assert outcomes == {"network", "refused"}
