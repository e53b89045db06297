"""`glassnet equations`: the equations of a model file, on the screen or in a file."""

import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from glassnet import NetworkRegressor, equations, save
from glassnet.cli.command_line import cli


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)), columns=["a", "b & c"])
    fitted = NetworkRegressor((2,), preset="plain", max_iter=2, random_state=0).fit(X, X["a"])
    path = tmp_path_factory.mktemp("equations") / "model.glass"
    save(fitted, path)
    return fitted, path


def test_three_formats(model):
    fitted, path = model
    assert run("equations", path).stdout == equations(fitted).text() + "\n"
    assert r"v\_1, v\_2, ... are a, b \& c" in run("equations", path, "--format", "latex").stdout
    assert ET.fromstring(run("equations", path, "--format", "mathml").stdout).tag == "math"


def test_into_a_file(model, tmp_path):
    fitted, path = model
    written = tmp_path / "equations.tex"
    assert run("equations", path, "--format", "latex", "-o", written).stdout == f"equations: {written}\n"
    assert written.read_text(encoding="utf-8") == equations(fitted).latex()
    assert "there is no folder" in run("equations", path, "-o", tmp_path / "no" / "e.txt", code=2).stderr
    assert "there is no model file" in run("equations", tmp_path / "no.glass", code=1).stderr
