"""`glassnet certify`, `trace`, `attack` and `predict` of an ONNX file, as a person uses them."""

import json

import numpy as np
import onnx
import polars as pl
import pytest
from click.testing import CliRunner
from onnx import helper, numpy_helper

from glassnet import read_onnx
from glassnet.cli.command_line import cli

W = np.float32([[1.0, -2.0], [0.5, 1.0], [0.0, 3.0]])
V = np.float32([[1.0], [2.0]])


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def expected(x):
    return np.maximum(x @ W, 0) @ V


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    folder = tmp_path_factory.mktemp("onnx")
    nodes = [helper.make_node("MatMul", ["x", "W"], ["z"]), helper.make_node("Relu", ["z"], ["h"]),
             helper.make_node("MatMul", ["h", "V"], ["y"])]  # fmt: skip
    ends = [[helper.make_tensor_value_info(name, 1, ["n", size])] for name, size in (("x", 3), ("y", 1))]
    constants = [numpy_helper.from_array(W, "W"), numpy_helper.from_array(V, "V")]
    graph = helper.make_graph(nodes, "network", *ends, constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)]), folder / "model.onnx")
    x = np.random.default_rng(0).normal(size=(12, 3))
    table = pl.DataFrame(x, schema=["x1", "x2", "x3"])
    table.with_columns(y=pl.Series(expected(x)[:, 0] + 1)).write_csv(folder / "table.csv")
    return folder / "model.onnx", folder / "table.csv"


def test_certify(given):
    x = pl.read_csv(given[1]).select("x1", "x2", "x3").to_numpy()
    found = json.loads(run("certify", *given, "--epsilon", 0.1, "--rows", "2:5", "--json").output)
    assert found["columns"] == ["x1", "x2", "x3"]
    for place, row in enumerate(found["rows"], start=2):
        assert row["row"] == place
        corners = x[place] + 0.1 * np.array(np.meshgrid(*[[-1, 1]] * 3)).reshape(3, -1).T
        assert row["lower"][0] <= expected(corners).min()
        assert row["upper"][0] >= expected(corners).max()
        assert row["prediction"] == pytest.approx(expected(x[place : place + 1])[0], rel=1e-6)


def test_trace(given, tmp_path):
    found = json.loads(run("trace", *given, "--row", 3, "--json").output)
    x = np.array([found["cells"][name] for name in ("x1", "x2", "x3")])
    assert found["inputs"] == found["cells"]
    assert found["prediction"]["y"] == pytest.approx(expected(x[None])[0, 0], rel=1e-6)
    assert found["target"]["y"] == pytest.approx(found["prediction"]["y"] + 1, rel=1e-6)
    text = run("trace", *given, "--row", 3, "--weights", "--html", tmp_path / "page.html").output
    assert "Dense, relu" in text
    assert (tmp_path / "page.html").stat().st_size > 10_000


@pytest.mark.parametrize("method", ["fgsm", "pgd", "square"])
def test_attack(given, tmp_path, method):
    out = tmp_path / "moved.csv"
    found = json.loads(run("attack", *given, "--epsilon", 0.1, "--method", method, "-o", out, "--json").output)
    moved = pl.read_csv(out)
    errors = expected(moved.select("x1", "x2", "x3").to_numpy())[:, 0] - moved["y"].to_numpy()
    assert found["error_before"] == pytest.approx(1, rel=1e-5)
    assert found["error_after"] == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-5)
    assert found["error_after"] > 1.05


def test_predict_and_evaluate(given):
    table = pl.read_csv(given[1])
    predicted = [float(line) for line in run("predict", *given).output.splitlines() if line[-1].isdigit()]
    np.testing.assert_allclose(predicted, read_onnx(given[0]).regressor().predict(table.drop("y")), rtol=1e-12)
    assert "mean of training" not in run("evaluate", *given).output  # which nobody knows


def test_errors_are_one_line(given, tmp_path):
    (tmp_path / "broken.onnx").write_bytes(given[0].read_bytes()[:40])
    error = run("certify", tmp_path / "broken.onnx", given[1], code=1).stderr
    assert error.startswith("Error: ")
    assert "broken.onnx" in error
    assert error.count("\n") == 1
    pl.read_csv(given[1]).rename({"x2": "size"}).write_csv(tmp_path / "other.csv")
    assert "- x2" in run("certify", given[0], tmp_path / "other.csv", code=1).stderr
    assert "there is no ONNX file" in run("trace", tmp_path / "none.onnx", given[1], "--row", 0, code=1).stderr
