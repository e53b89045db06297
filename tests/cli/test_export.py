"""`glassnet export`: which files it writes, and what it refuses."""

import io
import runpy
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from glassnet import NetworkClassifier, NetworkRegressor, load, read_table, save
from glassnet.cli.command_line import cli
from glassnet.cli.export import KINDS
from glassnet.pages import export


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    X = pl.DataFrame(np.random.default_rng(0).normal(size=(60, 2)), schema=["a", "b"])
    fitted = NetworkRegressor((2,), preset="plain", max_iter=2, random_state=0).fit(X, pl.Series("y", X["a"] - X["b"]))
    return save(fitted, tmp_path_factory.mktemp("export") / "model.glass")


def test_a_module_is_written_and_replaced_only_by_force(model, tmp_path):
    path = tmp_path / "formula.py"
    assert run("export", model, "-o", path).stdout == f"formula: {path}\n"
    rows = [{"a": 1.0, "b": 2.0}, {"a": -1.0, "b": 0.0}]
    found = runpy.run_path(str(path))["predict"](rows)
    np.testing.assert_allclose(found, load(model).predict(pl.DataFrame(rows)), atol=1e-6)
    path.write_text("mine")
    refused = run("export", model, "-o", path, code=2).stderr
    assert "formula.py' exists already; type --force to write over it, or another name" in refused
    assert path.read_text() == "mine"
    run("export", model, "-o", path, "--force")
    assert "def predict(" in path.read_text()


def test_a_workbook_and_latex_are_written(model, tmp_path):
    run("export", model, "-o", tmp_path / "formula.xlsx")
    assert read_table(tmp_path / "formula.xlsx", sheet="Inputs").frame.columns[:2] == ["a", "b"]
    run("export", model, "-o", tmp_path / "formula.tex")
    assert "\\begin{align*}" in (tmp_path / "formula.tex").read_text()


def test_arrays_beside_the_module_are_not_replaced_either(tmp_path):
    X = np.random.default_rng(0).normal(size=(60, 2))
    fitted = NetworkRegressor((200,), preset="plain", max_iter=1, random_state=0).fit(X, X[:, 0] - X[:, 1])
    save(fitted, tmp_path / "m.glass")
    (tmp_path / "m.npz").write_text("mine")
    refused = run("export", tmp_path / "m.glass", "-o", tmp_path / "m.py", code=2).stderr
    assert "m.npz' exists already; type --force" in refused
    assert not (tmp_path / "m.py").exists()
    said = run("export", tmp_path / "m.glass", "-o", tmp_path / "m.py", "--force").stdout
    assert said == f"formula: {tmp_path / 'm.py'}, {tmp_path / 'm.npz'}\n"
    classes = NetworkClassifier((2,), preset="plain", max_iter=1).fit(X, X[:, 0] > 0)
    with pytest.raises(
        TypeError, match=r"a \.tex file is of a NetworkRegressor, .* NetworkClassifier; write a \.py file"
    ):
        export.export(classes, tmp_path / "m.tex")


def test_a_module_reads_a_file_as_that_of_the_fit_was_read(tmp_path):
    lines = [f"{i % 17 + 1}.{i % 9}00,5 €;{i % 28 + 1}/{i % 12 + 1}/2021;{i % 5},{i % 7};{i % 11}" for i in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(["price;day;rate;y", *lines]), encoding="utf-8")
    small = ("--preset", "plain", "--max-iter", 2, "--hidden", "2", "--seed", 1)
    run("fit", tmp_path / "t.csv", "--target", "y", "-o", tmp_path / "m.glass", *small)
    run("export", tmp_path / "m.glass", "-o", tmp_path / "m.py")
    run("predict", tmp_path / "m.glass", tmp_path / "t.csv", "-o", tmp_path / "expected.csv")
    command = [sys.executable, "-I", tmp_path / "m.py", tmp_path / "t.csv", "--separator", ";"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    found, expected = pl.read_csv(io.StringIO(done.stdout)), pl.read_csv(tmp_path / "expected.csv")
    assert found.columns == expected.columns == ["predicted_y"]
    np.testing.assert_allclose(found["predicted_y"], expected["predicted_y"], atol=3e-6)


def test_the_kinds_are_those_of_the_function(model, tmp_path):
    assert list(KINDS) == list(export.KINDS)
    refused = " ".join(run("export", model, "-o", tmp_path / "m.doc", code=2).stderr.split())
    assert "'m.doc' has no ending of a formula; choose from .py, a Python module that needs NumPy alone" in refused
    assert "there is no folder" in run("export", model, "-o", tmp_path / "none" / "m.py", code=2).stderr
    assert "Missing option '-o'" in run("export", model, code=2).stderr
