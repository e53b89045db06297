"""Fits to tables in files on the command line: in memory or in windows, with what was chosen and why."""

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

import glassnet
from glassnet.cli.app import cli
from glassnet.cli.command_line import COMMANDS

ROWS = 9_000
FEW = ("--max-iter", 1, "--members", 2, "--hidden", "8")


def run(*args, code=0):
    assert COMMANDS
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS, 3))
    columns = {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "weight": random.uniform(1, 2, ROWS)}
    frame = pl.DataFrame({**columns, "y": x[:, 0] + 0.1 * random.normal(size=ROWS)})
    for number, part in enumerate(frame.iter_slices(4_000)):
        part.write_parquet(folder / f"{number}.parquet")
    frame.head(ROWS).write_csv(folder / "all.csv")
    return folder


def test_a_table_in_files_is_trained_on_in_windows(parts, tmp_path):
    path = tmp_path / "m.glass"
    options = ("--target", "y", "--weight", "weight", "--exclude", "c", "--max-memory", "500 kB", "-o", path)
    facts = json.loads(run("fit", parts / "*.parquet", *FEW, *options, "--json").stdout)
    assert facts["rows"] == ROWS
    assert "in windows of 4,096 rows" in facts["reading"]
    model = glassnet.load(path)
    assert list(model.feature_names_in_) == ["a", "b"]
    assert facts["score out of fold, of all rows"] == model.oof_score_
    text = run("fit", parts / "*.parquet", *FEW, *options).output
    assert "note: 9,000 rows need about" in text
    assert "rows: 9,000" in text


def test_files_that_fit_are_one_table(parts, tmp_path):
    files = run("fit", parts, *FEW, "--target", "y", "--json", "-o", tmp_path / "1.glass")
    assert "the table is read into memory" in files.stderr
    run("fit", parts / "all.csv", *FEW, "--target", "y", "-o", tmp_path / "2.glass")
    new = pl.read_csv(parts / "all.csv").drop("y").head(50)
    ours, theirs = (glassnet.load(tmp_path / f"{number}.glass").predict(new) for number in (1, 2))
    np.testing.assert_array_equal(ours, theirs)


def test_a_csv_beyond_the_limit_is_trained_on_in_windows(parts, tmp_path):
    options = ("--target", "y", "--max-memory", "500kB", "-o", tmp_path / "m.glass")
    assert "in windows of" in run("fit", parts / "all.csv", *FEW, *options).output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--classify",), "--classify needs all rows in memory"),
        (("--time", "a"), "--time needs all rows in memory"),
        (("--test-fraction", "0.2"), "--test-fraction needs all rows in memory"),
        (("--exclude", "q"), "--exclude 'q' is no column; the columns are: a, b, c, weight, y"),
        (("--solver", "lbfgs"), "give --solver adam, or a larger --max-memory"),
    ],
)
def test_what_needs_all_rows_is_refused(parts, options, message):
    result = run(
        "fit", parts, *FEW, "--target", "y", "--max-memory", "500kB", *options, code=2 if "-" in message[:3] else 1
    )
    assert message in " ".join(result.output.split())


def test_a_size_that_is_none_is_refused(parts):
    result = run("fit", parts, "--target", "y", "--max-memory", "much", code=1)
    assert "--max-memory much must be a number of bytes, or text such as '2 GiB'" in result.output
