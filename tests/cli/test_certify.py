"""`glassnet certify` as a person uses it."""

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from glassnet.cli.command_line import cli


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    folder, random = tmp_path_factory.mktemp("certify"), np.random.default_rng(0)
    frame = pl.DataFrame({"a": random.normal(size=60), "b": random.normal(size=60), "kind": ["x", "y"] * 30})
    frame.with_columns(y=2 * pl.col("a") - pl.col("b")).write_csv(folder / "table.csv")
    run("fit", folder / "table.csv", "--target", "y", "-o", folder / "m.glass", "--max-iter", 9, "--hidden", 6,
        "--members", 2)  # fmt: skip
    return folder / "m.glass", folder / "table.csv"


def test_certify(given):
    text = run("certify", *given, "--epsilon", 0.1, "--rows", "3:5", "--monotone").output
    assert [line.split()[0] for line in text.splitlines()[2:4]] == ["3", "4"]
    assert "slope from" in text
    assert "Lipschitz bound" in text
    assert "Slopes are bounded on request" not in text
    assert "glassnet certify --monotone, bounds" in " ".join(run("certify", *given, "--rows", "7").output.split())
    assert "With columns that are no numbers held fixed".lower() in text.lower()
    found = json.loads(run("certify", *given, "--epsilon", "a=0.2", "--rows", "7", "--json").output)
    (row,) = found["rows"]
    assert row["row"] == 7
    assert row["lower"][0] <= row["attacked_lower"][0] <= row["prediction"][0] <= row["attacked_upper"][0]
    assert row["attacked_upper"][0] <= row["upper"][0]
    np.testing.assert_allclose(np.subtract(row["box_upper"], row["box_lower"]), [0.4, 0.0], atol=1e-12)
    expected = json.loads(run("predict", *given, "--json").stdout)[7]["predicted_y"]
    assert row["prediction"][0] == pytest.approx(expected, rel=1e-6)
    assert len(json.loads(run("certify", *given, "--rows", "57:", "--json").output)["rows"]) == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--epsilon", "wide"], "--epsilon 'wide' must be a number, or NAME=NUMBER with commas between"),
        (["--rows", "a:b"], "--rows 'a:b' must be from:to, as in 0:10, or one row, as in 7"),
        (["--rows", "60:70"], "--rows 60:70 has no row: the table has rows 0 to 59"),
    ],
)
def test_wrong_use(given, options, words):
    assert words in " ".join(run("certify", *given, *options, code=2).stderr.split())


def test_failure(given):
    words = "epsilon names 'kind', which is no column of numbers; these can move: a, b"
    assert words in run("certify", *given, "--epsilon", "kind=1", code=1).stderr
