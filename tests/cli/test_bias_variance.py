"""`glassnet bias-variance`: the lecture's example, and networks on a table."""

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from glassnet.cli.command_line import cli

TINY = ("--preset", "plain", "--max-iter", 2, "--draws", 4)


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, ["bias-variance", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def table(tmp_path):
    random = np.random.default_rng(0)
    frame = pl.DataFrame({"a": random.normal(size=36), "b": random.normal(size=36)})
    frame.with_columns(y=pl.col("a") - pl.col("b")).write_csv(tmp_path / "table.csv")
    return tmp_path / "table.csv"


def test_the_lectures_example(tmp_path):
    found = run("--figure", tmp_path / "f.svg")
    assert "simulated: 20 samples of 100 rows" in found.stdout
    exact = found.stdout.split("exact: samples of 100 rows, mean over 100 points\n")[1].splitlines()
    assert exact[1].split() == ["0", "0.100897", "0.0907974", "0.0001", "0.01"]
    assert exact[3].split() == ["2", "0.0103", "0", "0.0003", "0.01"]
    assert "where degree is 2" in found.stdout
    assert ">expected squared error<" in (tmp_path / "f.svg").read_text()


def test_its_options_and_json():
    found = json.loads(
        run("--rows", 12, "--noise", 0.2, "--degrees", "0-2,9", "--draws", 3, "--seed", 5, "--json").stdout
    )
    assert found["exact"]["values"] == found["simulated"]["values"] == [0, 1, 2, 9]
    np.testing.assert_allclose(found["exact"]["parts"]["variance"]["value"], 0.04 * np.array([1, 2, 3, 10]) / 12)
    assert found["simulated"]["draws"] == 3


@pytest.mark.parametrize(
    ("vary", "values", "shown"),
    [
        ("width", "2,3", ["2", "3"]),
        ("depth", "1,2", ["32", "32-32"]),
        ("alpha", "0,10", [0.0, 10.0]),
        ("members", "1,2", [1, 2]),
    ],
)
def test_networks_on_a_table(table, vary, values, shown):
    found = json.loads(run(table, "y", "--vary", vary, "--values", values, *TINY, "--json").stdout)["resampled"]
    assert found["values"] == shown
    assert set(found["parts"]) - {"member_variance"} == {"error", "bias_squared_and_noise", "variance"}
    assert ("member_variance" in found["parts"]) == (vary == "members")
    assert found["rows"] == 12


def test_a_table_of_numbers_is_shown(table):
    text = run(table, "y", "--values", "2", "--columns", "a", *TINY).stdout
    assert "bias^2 + noise" in text
    assert "real rows cannot tell bias^2 and noise apart" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--vary", "width"), "--vary is for networks on a TABLE with its TARGET"),
        (("--members", 2), "options of networks and of reading are for a TABLE"),
        (("--separator", ";"), "options of networks and of reading are for a TABLE"),
        (("--degrees", "a"), "--degrees 'a' must be integers from 0 on, as in 0,1,5 or 0-9"),
        (("--degrees", "3-1"), "goes from a larger to a smaller degree"),
        (("--degrees", "0-2,1"), "--degrees '0-2,1' has 1 more than once; type every value once"),
        (("--rows", 5, "--degrees", "5"), "--degrees '5': 5 rows determine degrees up to 4; type more --rows"),
        (("--degrees", "0-10000000000"), "100 rows determine degrees up to 99"),
        (("--rows", 10**9), "1000000000 is not in the range 2<=x<=1000000"),
        (("t.csv", "y", "--values", "4,8,4"), "--values '4,8,4' has 4 more than once; type every value once"),
        (("t.csv", "y", "--vary", "alpha", "--values", "1,1.0"), "--values '1,1.0' has 1 more than once"),
        (("t.csv", "y", "--vary", "members", "--values", "0"), "with commas between, as in 1,2,4,8"),
        (("table.csv",), "type the column to predict after 'table.csv', as in table.csv price"),
        (("t.csv", "y", "--rows", 5), "--rows is for the lecture's example, without TABLE"),
        (("t.csv", "y", "--hidden", 5), "--hidden is what --vary width varies"),
        (("t.csv", "y", "--vary", "members", "--members", 5), "--members is what --vary members varies"),
        (("t.csv", "y", "--vary", "alpha", "--values", "-1"), "--values '-1' must be numbers of at least 0"),
        (("t.csv", "y", "--values", "wide"), "--values 'wide' must be integers above 0"),
    ],
)
def test_wrong_use(options, message):
    assert message in run(*options, code=2).stderr


def test_failures(table):
    assert "there is no column 'z' to take as target" in run(table, "z", code=2).stderr
    assert "--draws 5 is odd" in run(table, "y", "--draws", 5, code=1).stderr
    assert "--draws 1000000000 for 1 value(s)" in run("--draws", 10**9, "--degrees", 1, code=1).stderr
    assert "--noise 1e+200 must be a standard deviation" in run("--noise", 1e200, code=1).stderr
    words = pl.read_csv(table).with_columns(y=pl.lit("x1"))
    words.write_csv(table)
    refused = run(table, "y", code=1).stderr
    assert "bias and variance are of numbers, so name a TARGET of numbers, --numeric 'y' takes all" in refused
    assert "--classify" not in refused


def test_few_rows_have_few_degrees():
    assert json.loads(run("--rows", 5, "--draws", 3, "--json").stdout)["exact"]["values"] == [0, 1, 2, 3, 4]
