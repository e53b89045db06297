"""Tables in files on the command line: predicted in slices, with what was chosen and why on the error stream."""

import io
import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from rich.console import Console

import glassnet
from glassnet.cli import sources
from glassnet.cli.app import cli
from glassnet.cli.command_line import COMMANDS
from glassnet.cli.slice_bar import SliceBar, described
from glassnet.ensemble.ensemble import Ensemble
from glassnet.estimators import slice_predictions
from glassnet.estimators.prediction_table import Asked, predicted_columns, prediction_table
from glassnet.estimators.slice_predictions import SliceProgress

ROWS = 500


def run(*args, code=0):
    assert COMMANDS
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a model, its table at once and in parts, and a model of classes."""
    place = tmp_path_factory.mktemp("files")
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS, 2))
    frame = pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": x[:, 0] + 0.1 * random.normal(size=ROWS)})
    frame = frame.with_columns(label=pl.when(pl.col("y") > 0).then(pl.lit("up")).otherwise(pl.lit("down")))
    frame.write_csv(place / "all.csv")
    frame.write_parquet(place / "all.pq")
    (place / "parts").mkdir()
    for number, (first, last) in enumerate([(0, 200), (200, 200), (200, ROWS)]):
        frame[first:last].write_parquet(place / "parts" / f"{number}.parquet")
    options = {"preset": "fast", "n_members": 2, "cv": 2, "max_iter": 3, "random_state": 0}
    X = frame[:150].select("a", "b")
    glassnet.save(glassnet.NetworkRegressor((4,), **options).fit(X, frame[:150]["y"]), place / "numbers.glass")
    glassnet.save(glassnet.NetworkClassifier((4,), **options).fit(X, frame[:150]["label"]), place / "classes.glass")
    return place


@pytest.fixture(autouse=True)
def slices_of_few_rows(monkeypatch):
    monkeypatch.setattr(slice_predictions.write_predictions, "__defaults__", (None, 128))


@pytest.mark.parametrize("model", ["numbers", "classes"])
@pytest.mark.parametrize("options", [(), ("--interval", "0.9", "--append")])
@pytest.mark.parametrize("data", [("parts/*.parquet",), ("parts",), ("parts/0.parquet", "parts/2.parquet")])
def test_slices_give_the_file_of_the_table_at_once(folder, tmp_path, model, options, data):
    at_once = run("predict", folder / f"{model}.glass", folder / "all.pq", "-o", tmp_path / "1.csv", *options)
    paths = [folder / name for name in data]
    found = run("predict", folder / f"{model}.glass", *paths, "-o", tmp_path / "2.csv", *options)
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()
    said = [line for line in found.stderr.splitlines() if "predicted in slices, because" not in line]
    assert said == at_once.stderr.splitlines()
    assert len(found.stderr.splitlines()) == len(said) + 1


def test_why_slices_were_chosen_is_said(folder, tmp_path, monkeypatch):
    model, out = folder / "numbers.glass", tmp_path / "out.parquet"
    found = run("predict", model, folder / "parts" / "*.parquet", "-o", out)
    assert "note: predicted in slices, because the files of '" in found.stderr
    found = run("predict", model, folder / "parts" / "0.parquet", folder / "parts" / "2.parquet", "-o", out)
    assert "note: predicted in slices, because 2 files are read as one table" in found.stderr
    assert "in slices" not in run("predict", model, folder / "all.pq", "-o", out).stderr
    monkeypatch.setattr(sources, "_free_bytes", lambda: 40_000)
    for name in ("all.pq", "all.csv"):
        found = run("predict", model, folder / name, "-o", out)
        assert "of memory, and 3.73e-05 GiB are free" in found.stderr
    monkeypatch.setattr(sources, "_free_bytes", lambda: None)
    assert "in slices" not in run("predict", model, folder / "all.pq", "-o", out).stderr


def test_without_a_file_csv_goes_to_the_standard_output(folder):
    at_once = run("predict", folder / "numbers.glass", folder / "all.pq")
    in_slices = run("predict", folder / "numbers.glass", folder / "parts")
    assert in_slices.stdout == at_once.stdout
    assert len(in_slices.stdout.splitlines()) == ROWS + 1


def test_json_says_the_file_and_the_promise(folder, tmp_path):
    out = tmp_path / "out.jsonl"
    found = json.loads(run("predict", folder / "numbers.glass", folder / "parts", "-o", out, "--json").stdout)
    assert found == {"rows": ROWS, "file": str(out)}
    found = run("predict", folder / "numbers.glass", folder / "parts", "-o", out, "--json", "--interval", "0.9")
    assert json.loads(found.stdout)["interval"]["coverage"] == 0.9
    refused = run("predict", folder / "numbers.glass", folder / "parts", "--json", code=2)
    assert "for a table in files name a file with -o" in refused.stderr


def test_options_of_reading_hold_for_files(folder, tmp_path):
    for number in range(2):
        (tmp_path / f"{number}.csv").write_text("a;b\n1,5;2\n-;3\n")
    found = run("predict", folder / "numbers.glass", tmp_path / "*.csv", "--na", "-", "-o", tmp_path / "out.csv")
    assert "the decimal mark is a comma in 'a'" in found.stderr
    assert "column 'a' was never missing in training, but is in 2 row(s)" in found.stderr
    refused = run("predict", folder / "numbers.glass", tmp_path / "*.csv", "--sheet", "one", code=2)
    assert "--sheet is for a workbook, which is not read in slices; leave it out" in refused.stderr


def test_the_output_is_no_input(folder):
    part = folder / "parts" / "0.parquet"
    refused = run("predict", folder / "numbers.glass", folder / "parts" / "*.parquet", "-o", part, code=1)
    assert "is a table to predict, which would be lost; name another file" in refused.stderr
    refused = run("predict", folder / "numbers.glass", part, folder / "all.pq", "-o", part, code=2)
    assert "is the table to predict, which would be lost; name another file" in refused.stderr


def test_a_pattern_without_files_is_refused(folder):
    refused = run("predict", folder / "numbers.glass", folder / "parts" / "*.csv", "*.pq", code=1)
    assert "no file matches" in refused.stderr
    assert "holds '0.parquet'" in refused.stderr


def test_the_bar_says_rows_a_second():
    assert described(SliceProgress(65_536, 1_000_000, 0.5)) == "65,536 of 1,000,000 rows, 131,072 rows/s"
    stream = io.StringIO()
    with SliceBar(Console(file=stream, force_terminal=True, width=120)) as bar:
        bar(SliceProgress(500, 1000, 1.0))
    assert "500 of 1,000 rows, 500 rows/s" in stream.getvalue()
    silent = io.StringIO()
    with SliceBar(Console(file=silent)) as bar:
        bar(SliceProgress(500, 1000, 1.0))
    assert silent.getvalue() == ""


def test_a_slice_is_predicted_once(folder, tmp_path, monkeypatch):
    rows, predict = [], Ensemble.predict

    def counted(self, samples):
        rows.append(samples.rows)
        return predict(self, samples)

    monkeypatch.setattr(Ensemble, "predict", counted)
    run("predict", folder / "numbers.glass", folder / "parts", "-o", tmp_path / "out.csv")
    assert rows == [128, 128, 128, 116]


def test_the_predictions_of_a_gaussian_are_its_means():
    random = np.random.default_rng(0)
    X = random.normal(size=(60, 2))
    model = glassnet.NetworkRegressor((3,), preset="plain", loss="gaussian", max_iter=2, tol=1e9, random_state=0)
    model.fit(X, X @ [[1.0, 2.0], [1.0, -1.0]] + random.normal(size=(60, 2)))
    result = prediction_table(model, X, Asked())[0]
    np.testing.assert_array_equal(predicted_columns(model, result), model.predict(X, return_std=True)[0])


def test_text_that_training_did_not_have_is_counted(tmp_path):
    """In a column of a few levels, of many values, and both in slices too."""
    rows = range(ROWS)
    frame = pl.DataFrame(
        {
            "fuel": ["diesel" if row % 2 else "petrol" for row in rows],
            "title": [f"{'red' if row % 3 else 'blue'} car {row}" for row in rows],
            "y": [float(row % 7) for row in rows],
        }
    )
    model = glassnet.NetworkRegressor((4,), preset="fast", n_members=2, max_iter=3, random_state=0)
    glassnet.save(model.fit(frame.drop("y"), frame["y"]), tmp_path / "m.glass")
    new = frame.drop("y").with_columns(
        fuel=pl.when(pl.int_range(ROWS) < 5).then(pl.lit("electric")).otherwise("fuel"),
        title=pl.when(pl.int_range(ROWS) < 40).then(pl.lit("tram")).otherwise("title"),
    )
    new.write_parquet(tmp_path / "new.pq")
    new[:100].write_parquet(tmp_path / "1.parquet")
    new[100:].write_parquet(tmp_path / "2.parquet")
    for names in (["new.pq"], ["1.parquet", "2.parquet"]):
        found = run("predict", tmp_path / "m.glass", *(tmp_path / name for name in names))
        assert found.stderr.splitlines()[-1] == (
            "note: 5 of 500 rows lie outside what training saw, so their predictions extrapolate: in column 'fuel' (5)"
            "; text without any value or word that was frequent in training: in column 'title' (40)"
        )
    new.with_columns(fuel=frame["fuel"]).write_parquet(tmp_path / "new.pq")
    assert run("predict", tmp_path / "m.glass", tmp_path / "new.pq").stderr == (
        "note: all 500 rows lie within what training saw, but text without any value or word that was frequent in "
        "training: in column 'title' (40)\n"
    )
