"""What no file is written of, the errors that say so, and the command."""

import builtins
import sys
from dataclasses import replace

import numpy as np
import onnxruntime
import polars as pl
import pytest
from click.testing import CliRunner

from glassnet import Coordinatewise, Dense, NetworkClassifier, NetworkRegressor, Perceptron, export, export_onnx, save
from glassnet.cli.command_line import cli
from glassnet.exchange.onnx import export as module
from glassnet.exchange.onnx import parity

PLAIN = {"n_members": 1, "max_iter": 1, "random_state": 0, "preset": "plain"}


@pytest.fixture(scope="module")
def model():
    X = np.random.default_rng(0).normal(size=(60, 2))
    return NetworkRegressor((2,), **PLAIN | {"n_members": 2}).fit(X, X.sum(axis=1))


def refused(kind, match, model, path, **options):
    """Assert that nothing is written, and that the error says what to type."""
    with pytest.raises(kind, match=match):
        export_onnx(model, path, **options)
    assert not path.exists()


def test_paths(model, tmp_path):
    refused(ValueError, r"'m.doc' has no ending of an ONNX file; type 'm.onnx'", model, tmp_path / "m.doc")
    refused(ValueError, r"there is no folder .*; make it first", model, tmp_path / "none" / "m.onnx")
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(ValueError, match="cannot be written: there is a folder of that name"):
        export_onnx(model, tmp_path / "folder.onnx")


def test_other_objects(tmp_path):
    path = tmp_path / "m.onnx"
    refused(TypeError, "takes a fitted NetworkRegressor or NetworkClassifier, .* Perceptron", Perceptron(), path)
    refused(ValueError, "not fitted", NetworkRegressor(), path)


class Cube(Coordinatewise):
    def value(self, z):
        return z**3

    def derivative(self, z, x):
        return 3 * z**2


def test_activations_of_your_own(tmp_path):
    X = np.random.default_rng(0).normal(size=(60, 2))
    model = NetworkRegressor(layers=[Dense(2, Cube())], **PLAIN).fit(X, X.sum(axis=1))
    refused(TypeError, r"Cube.* is an activation of your own", model, tmp_path / "m.onnx")


def test_columns_by_their_words(tmp_path):
    X = pl.DataFrame({"t": [f"good {['red', 'blue'][i % 2]} thing {i}" for i in range(300)], "x": np.arange(300.0)})
    model = NetworkRegressor((2,), **PLAIN).fit(X, np.sin(np.arange(300)))
    match = r"column 't' is text by its words, which ONNX has no operators for\nfit again without such columns"
    refused(ValueError, match, model, tmp_path / "m.onnx")


def test_coverages(model, tmp_path):
    path, X = tmp_path / "m.onnx", np.random.default_rng(0).normal(size=(60, 2))
    refused(ValueError, r"coverage=90 must be a number above 0 and below 1", model, path, coverage=90)
    classes = NetworkClassifier((2,), **PLAIN).fit(X, X.sum(axis=1) > 0)
    refused(ValueError, r"sets of classes are not written; leave it out", classes, path, coverage=0.9)
    alone = NetworkRegressor((2,), **PLAIN).fit(X, X.sum(axis=1))
    refused(ValueError, r"this model has no folds.* or call calibrate", alone, path, coverage=0.9)


def test_a_file_that_differs_is_not_written(model, tmp_path, monkeypatch):
    def off(content, feeds):
        return {name: values + 1e-4 for name, values in run(content, feeds).items()}

    run = parity.run_runtime
    monkeypatch.setattr(parity, "run_runtime", off)
    match = (
        r"differs from the model by [0-9.e-]+ of .* in float64 by [0-9.e-]+, on 200 made-up rows, computed by "
        "onnxruntime, more than 1e-05"
    )
    refused(ValueError, match, model, tmp_path / "m.onnx")


def test_predictions_that_lose_digits_are_told_from_files_that_do(tmp_path):
    X = np.random.default_rng(0).normal(size=(60, 2))
    model = NetworkRegressor((8,), "tanh", **PLAIN).fit(X, X.sum(axis=1))
    member = model.ensemble_.members[0]
    parameters = [{name: array.copy() for name, array in layer.items()} for layer in member.parameters]
    parameters[-1]["W"][:] = 1e5 * np.array([[1], [-1]] * 4)  # which cancel
    parameters[0]["W"][:, 1::2] = parameters[0]["W"][:, ::2]
    parameters[0]["b"][1::2] = parameters[0]["b"][::2] + 1e-4
    model.ensemble_ = replace(model.ensemble_, members=(replace(member, parameters=parameters),))
    written = export_onnx(model, tmp_path / "m.onnx")
    assert written.largest_difference > 1e-5
    assert max(written.float64_differences.values()) < 1e-9
    first, *others = str(written).splitlines()
    assert "its predictions lose digits in float32, and this file does not" in others[-1]
    numbers = written.largest_difference, max(written.float64_differences.values())
    expected = "; differs from predict by {:.2g}, more than 1e-05, and from the model in float64 by {:.2g}"
    assert first.endswith(expected.format(*numbers))


def test_without_onnx_or_its_runtime(model, tmp_path, monkeypatch):
    hidden = {"onnx"}

    def find(name, *arguments, **options):
        if name.split(".")[0] in hidden:
            raise ModuleNotFoundError(name)
        return real(name, *arguments, **options)

    real = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", find)
    refused(ModuleNotFoundError, r"onnx, which is not installed; type pip install 'glassnet\[onnx\]'", model,
            tmp_path / "m.onnx")  # fmt: skip
    hidden.clear()
    hidden.add("onnxruntime")
    written = export_onnx(model, tmp_path / "m.onnx")
    assert written.differences.keys() == {"onnx.reference"}
    assert "onnxruntime is not installed, so it was not compared" in str(written)


def test_the_package_is_imported_without_onnx():
    assert {"onnx", "onnxruntime"}.isdisjoint(vars(module))
    assert "onnx" in sys.modules


def test_the_command(model, tmp_path):
    saved, path = save(model, tmp_path / "m.glass"), tmp_path / "m.onnx"

    def run(*arguments, code=0):
        result = CliRunner().invoke(cli, ["export", str(saved), "-o", *map(str, arguments)])
        assert result.exit_code == code, result.output
        return " ".join(result.output.split())

    said = run(path)
    assert "largest difference from the model on 200 rows" in said
    assert "differs from predict" not in said
    assert [value.name for value in onnxruntime.InferenceSession(path).get_outputs()][:1] == ["prediction"]
    assert "exists already; type --force" in run(path, code=2)
    assert "upper (float64, rows)" in run(path, "--force", "--interval")
    assert "upper (float64, rows)" in run(path, "--interval", "0.8", "--force")
    refusal = "--interval is for .onnx files, and 'm.py' is none; leave it out"
    assert refusal in run(tmp_path / "m.py", "--interval", code=2)


def test_export_writes_the_same_file(model, tmp_path):
    assert export(model, tmp_path / "a.onnx") == (tmp_path / "a.onnx",)
    export_onnx(model, tmp_path / "b.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()
