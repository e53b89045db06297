"""What a file of `export_onnx` states beside its graph is read back as it was, and refused where it was changed."""

import json
import warnings
from dataclasses import dataclass
from itertools import product

import numpy as np
import onnx
import polars as pl
import pytest
from click.testing import CliRunner

from glassnet import (
    Huber,
    Loss,
    NetworkClassifier,
    NetworkRegressor,
    OnnxFileError,
    Recipe,
    Tweedie,
    attack,
    export_onnx,
    read_onnx,
    save,
)
from glassnet.cli.command_line import cli
from glassnet.network.loss import as_loss

PLAIN = {"hidden_layer_sizes": (3,), "preset": "plain", "max_iter": 2, "n_members": 1, "random_state": 0}
ROWS = 40

pytestmark = pytest.mark.filterwarnings("ignore:max_iter")


def read_back(model, path):
    return read_onnx(export_onnx(model, path).path).regressor()


def random():
    return np.random.default_rng(0)


def said(predict, X):
    """Return the predictions, or what the error says."""
    try:
        return predict(X).tolist()
    except ValueError as error:
        return str(error)


def test_pixels_are_of_8_bits_or_up_to_one_as_in_training(tmp_path):
    eight_bits = random().integers(0, 256, (ROWS, 4, 4, 1), dtype=np.uint8)
    up_to_one = (eight_bits / 255).astype(np.float32)
    y = up_to_one.mean(axis=(1, 2, 3))
    for trained, match in ((eight_bits, "multiply by 255"), (up_to_one, "divide by 255")):
        model = NetworkRegressor(**PLAIN).fit(trained, y)
        back = read_back(model, tmp_path / "m.onnx")
        assert back.schema_ == model.schema_
        outcomes = [said(model.predict, X) for X in (eight_bits, up_to_one, eight_bits.astype(np.float32))]
        assert [said(back.predict, X) for X in (eight_bits, up_to_one, eight_bits.astype(np.float32))] == outcomes
        assert any(match in outcome for outcome in outcomes if isinstance(outcome, str))
        X = trained.astype(np.float32)
        expected, found = (attack(each, X, y, 0.1).error_after for each in (model, back))
        np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("loss", ["poisson", Tweedie(1.3), "gamma", Huber(0.3), "absolute_error"])
def test_losses_and_exposures_are_those_of_the_fit(loss, tmp_path):
    X = pl.DataFrame({"a": random().normal(size=ROWS)})
    years = random().uniform(1, 9, ROWS)
    exposure = years if as_loss(loss).variance_power else None
    y = 1 + years * np.exp(X["a"].to_numpy())
    model = NetworkRegressor(**PLAIN | {"loss": loss}).fit(X, y, exposure=exposure)
    back = read_back(model, tmp_path / "m.onnx")
    assert back.exposed_ is model.exposed_ is (exposure is not None)
    assert as_loss(back.loss) == as_loss(model.loss)
    assert back.score(X, y) == pytest.approx(model.score(X, y))  # by the deviance of the loss
    expected, found = (attack(each, X, y, 0.1).error_after for each in (model, back))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_the_command_guards_exposures(tmp_path):
    X = pl.DataFrame({"a": random().normal(size=ROWS)})
    table = X.with_columns(y=pl.Series(random().poisson(3, ROWS)), years=pl.Series(random().uniform(1, 9, ROWS)))
    model = NetworkRegressor(**PLAIN, loss="poisson").fit(X, table["y"], exposure=table["years"])
    export_onnx(model, tmp_path / "m.onnx")
    save(model, tmp_path / "m.glass")
    table.write_csv(tmp_path / "t.csv")

    def run(name, *options):
        command = ["evaluate", str(tmp_path / name), str(tmp_path / "t.csv"), "--json", *options]
        return CliRunner().invoke(cli, command)

    refused, expected = (run(name).output for name in ("m.onnx", "m.glass"))
    assert "the model was fitted with exposures and predicts per unit" in " ".join(refused.split())
    assert refused == expected
    found, expected = (json.loads(run(name, "--exposure", "years").stdout) for name in ("m.onnx", "m.glass"))
    assert found["y"] == pytest.approx(expected["y"])


@dataclass(frozen=True)
class Counts(Loss):
    variance_power = 0.0  # so that rows may have exposures

    def value(self, x, y):
        return (x - y) ** 4

    def derivative(self, x, y):
        return 4 * (x - y) ** 3


@pytest.mark.parametrize("exposure", [None, np.full(ROWS, 2.0)], ids=["none", "exposures"])
def test_a_loss_of_your_own_is_refused(exposure, tmp_path):
    X = random().normal(size=(ROWS, 2))
    export_onnx(NetworkRegressor(**PLAIN, loss=Counts()).fit(X, X[:, 0], exposure=exposure), tmp_path / "m.onnx")
    with pytest.raises(OnnxFileError, match="a loss of your own, which no file holds"):
        read_onnx(tmp_path / "m.onnx")


@pytest.mark.filterwarnings("ignore:.*left out")
def test_names_are_those_of_the_fit(tmp_path):
    X = pl.DataFrame({"prediction_column": random().normal(size=ROWS), "same": [1.0] * ROWS})
    y = pl.DataFrame({"a, b": random().normal(size=ROWS), "c": random().normal(size=ROWS)})
    model = NetworkRegressor(**PLAIN).fit(X, y)
    back = read_back(model, tmp_path / "m.onnx")
    assert back.schema_ == model.schema_
    assert back.target_names_ == ["a, b", "c"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a column that was left out is one of the table
        np.testing.assert_allclose(back.predict(X), model.predict(X), atol=1e-6)


def test_names_of_classes_are_those_of_the_fit(tmp_path):
    X = random().normal(size=(ROWS, 2))
    y = np.array(["a, b", "c"])[(X[:, 0] > 0).astype(int)]
    export_onnx(NetworkClassifier(**PLAIN).fit(X, y), tmp_path / "m.onnx")
    assert read_onnx(tmp_path / "m.onnx").outputs == ("a, b", "c")


def test_a_coverage_keeps_its_digits(tmp_path):
    X = random().normal(size=(ROWS, 2))
    model = NetworkRegressor(**PLAIN | {"n_members": 3}).fit(X, X[:, 0])
    proto = onnx.load(export_onnx(model, tmp_path / "m.onnx", coverage=0.1234567891).path)
    assert json.loads(proto.metadata_props[0].value)["coverage"] == 0.1234567891
    assert "coverage 0.1234567891." in proto.doc_string


def test_values_of_flags_are_those_of_the_fit(tmp_path):
    tenths = [place / 10 for place in range(-20, 21)]
    low, high = next((a, b) for a, b in product(tenths, tenths) if a < b and a + (b - a) != b)
    X = pl.DataFrame({"n": random().normal(size=ROWS), "flag": random().choice([low, high], ROWS)})
    model = NetworkRegressor(**PLAIN | {"preset": Recipe("plain", binary_flags=True)}).fit(X, X["n"])
    back = read_back(model, tmp_path / "m.onnx")
    assert model.schema_.columns[1].values == (low, high)
    assert back.schema_ == model.schema_
    np.testing.assert_allclose(back.predict(X), model.predict(X), atol=1e-6)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    X = pl.DataFrame({"n": random().normal(size=ROWS), "flag": random().choice([3.0, 5.0], ROWS)})
    model = NetworkRegressor(**PLAIN | {"preset": Recipe("plain", binary_flags=True)}).fit(X, X["n"])
    return onnx.load(export_onnx(model, tmp_path_factory.mktemp("stated") / "m.onnx").path)


def column(**fields):
    """Return a change of the last column."""
    return lambda stated: stated["schema"]["fields"]["columns"]["tuple"][1]["fields"].update(fields)


IMAGES = {"record": "ImageSchema", "fields": {"shape": {"tuple": [4, 4, 1]}, "eight_bits": True}}
CHANGES = {
    "a name": (column(name="other"), "does not take the columns that its metadata state"),
    "a value": (column(values={"tuple": [3.0, 5.5]}), "does not take the columns that its metadata state"),
    "a value of text": (column(values={"tuple": [3.0, "5"]}), "Column has a 'values'"),
    "a kind": (column(kind="number"), "cannot be read as a network"),
    "an unknown kind": (column(kind="numbers"), "Column has a 'kind'"),
    "images": (lambda stated: stated.update(schema=IMAGES), "its inputs are n .* state images of 4 x 4"),
    "no schema": (lambda stated: stated.pop("schema"), "'schema'"),
    "another entry": (lambda stated: stated.update(other=1), "'other'"),
    "a loss of another link": (lambda stated: stated.update(loss={"record": "Poisson", "fields": {}}), "exponential"),
    "a loss by name": (lambda stated: stated.update(loss="poisson"), "FileRecord has a 'loss'"),
    "another record": (lambda stated: stated.update(loss=IMAGES), "FileRecord has a 'loss'"),
    "exposures": (lambda stated: stated.update(exposed=True), "exposures need a loss of counts or amounts"),
    "a number for a boolean": (lambda stated: stated.update(exposed=1), "FileRecord has a 'exposed'"),
    "targets": (lambda stated: stated.update(targets=["y", "z"]), r"name 2 output\(s\), and its graph has 1"),
    "a target of numbers": (lambda stated: stated.update(targets=[1]), "FileRecord has a 'targets'"),
    "a coverage": (lambda stated: stated.update(coverage=2), "a coverage is between 0 and 1, not 2"),
    "no number": (lambda stated: stated.update(coverage=float("nan")), "a coverage is between 0 and 1"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_changed_is_refused(name, exported, tmp_path):
    change, match = CHANGES[name]
    stated = json.loads(exported.metadata_props[0].value)
    change(stated)
    refused(exported, {"glassnet": json.dumps(stated)}, match, tmp_path / "m.onnx")


def test_what_is_no_json_is_refused(exported, tmp_path):
    for text in ("", "{", "[]", "1", '{"schema": 1}', "[" * 100_000):
        refused(exported, {"glassnet": text}, "'glassnet' of its metadata is not as export_onnx", tmp_path / "m.onnx")
    refused(exported, {"targets": "y"}, "no entry 'glassnet', so an earlier version wrote it", tmp_path / "m.onnx")


def refused(proto, metadata, match, path):
    changed = onnx.ModelProto()
    changed.CopyFrom(proto)
    onnx.helper.set_model_props(changed, metadata)
    onnx.save(changed, path)
    with pytest.raises(OnnxFileError, match=match):
        read_onnx(path)
