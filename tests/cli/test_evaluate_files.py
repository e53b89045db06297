"""Tables in files on the command line, measured in slices and reported on by a sample."""

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

import glassnet
from glassnet.cli import sources
from glassnet.cli.app import cli
from glassnet.cli.command_line import COMMANDS
from glassnet.data import file_sample
from glassnet.data.keyed_sample import drawn_rows
from glassnet.insight import file_evaluation

ROWS = 400


def run(*args, code=0):
    assert COMMANDS
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with models, the rows of their fits, and other rows at once and in parts."""
    place, random = tmp_path_factory.mktemp("files"), np.random.default_rng(0)
    x, years = random.normal(size=(ROWS + 100, 2)), random.uniform(0.5, 2, ROWS + 100)
    y = x[:, 0] + 0.1 * random.normal(size=ROWS + 100)
    every = pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": y, "years": years})
    every = every.with_columns(
        label=pl.when(pl.col("y") > 0).then(pl.lit("up")).otherwise(pl.lit("down")),
        claims=pl.Series(random.poisson(years * np.exp(0.5 * x[:, 0]))),
    )
    frame, other = every[:ROWS], every[ROWS:]
    (place / "parts").mkdir()
    frame.write_parquet(place / "all.pq")
    for number, (first, last) in enumerate([(0, 150), (150, 150), (150, ROWS)]):
        frame[first:last].write_parquet(place / "parts" / f"{number}.parquet")
    other.select("a", "b", "y").write_parquet(place / "fitted.pq")
    options = {"preset": "fast", "n_members": 2, "cv": 2, "max_iter": 3, "random_state": 0}
    X = other.select("a", "b")
    glassnet.save(glassnet.NetworkRegressor((4,), **options).fit(X, other["y"]), place / "numbers.glass")
    glassnet.save(glassnet.NetworkClassifier((4,), **options).fit(X, other["label"]), place / "classes.glass")
    exposed = glassnet.NetworkRegressor((4,), loss="poisson", **options)
    exposed.fit(X, other["claims"] / other["years"], exposure=other["years"])
    glassnet.save(exposed, place / "claims.glass")
    return place


@pytest.fixture(autouse=True)
def slices_of_few_rows(monkeypatch):
    monkeypatch.setattr(file_evaluation.evaluate_slices, "__defaults__", (None, 128))


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("numbers", ("--interval", "0.9", "--quantiles", "0.1,0.5")),
        ("classes", ("--interval", "0.9")),
        ("claims", ("--exposure", "years")),
    ],
)
def test_evaluate_prints_the_errors_of_the_table_at_once(folder, model, options):
    at_once = run("evaluate", folder / f"{model}.glass", folder / "all.pq", *options)
    for data in ("parts", "parts/*.parquet"):
        found = run("evaluate", folder / f"{model}.glass", folder / data, *options)
        assert found.stdout == at_once.stdout
        assert "note: measured in slices, because the files of '" in found.stderr
    in_json = [
        json.loads(run("evaluate", folder / f"{model}.glass", folder / data, *options, "--json").stdout)
        for data in ("parts", "all.pq")
    ]
    if model == "classes":
        assert in_json[0]["errors"]["error_rate"] == pytest.approx(in_json[1]["errors"]["error_rate"], rel=1e-12)
        assert list(in_json[0]) == list(in_json[1])
    else:
        for name, errors in in_json[1].items():
            numbers = {key: value for key, value in errors.items() if isinstance(value, float)}
            assert {key: in_json[0][name][key] for key in numbers} == pytest.approx(numbers, rel=1e-12, abs=1e-12)
            assert in_json[0][name].get("median_rows", ROWS) == ROWS


def test_a_large_file_is_measured_in_slices(folder, monkeypatch):
    monkeypatch.setattr(sources, "_free_bytes", lambda: 40_000)
    found = run("evaluate", folder / "numbers.glass", folder / "all.pq")
    assert "note: measured in slices, because '" in found.stderr
    assert "of memory, and 3.73e-05 GiB are free" in found.stderr


def test_the_figure_is_of_a_sample_and_says_so(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(file_sample.sample_of_files, "__defaults__", (60, 0, None))
    found = run("evaluate", folder / "numbers.glass", folder / "parts", "--figure", tmp_path / "f.svg")
    assert "f.svg, of a sample of 60 of 400 rows, drawn at random by the row's number" in found.stderr
    assert (tmp_path / "f.svg").stat().st_size
    refused = run("evaluate", folder / "classes.glass", folder / "parts", "--figure", tmp_path / "g.svg", code=2)
    assert "--figure is for numbers, and this model predicts classes; leave it out" in refused.stderr


def test_wrong_use_of_files_is_refused(folder):
    refused = run("evaluate", folder / "claims.glass", folder / "parts", code=1)
    assert "the model was fitted with exposures and predicts per unit" in refused.stderr
    for number in range(2):
        (folder / f"{number}.csv").write_text("a;b\n1,5;2\n1;3\n")
    refused = run("evaluate", folder / "numbers.glass", folder / "*.csv", code=2)
    assert "there is no column 'y' to take as target" in refused.stderr


def test_a_report_is_of_a_sample_and_says_so_first(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(file_sample.sample_of_files, "__defaults__", (60, 0, None))
    path = tmp_path / "report.json"
    said = run("report", folder / "numbers.glass", folder / "parts" / "*.parquet", "-o", path, "--seed", 5)
    assert "note: a sample of 60 of 400 rows, drawn at random by the row's number" in said.stderr
    found = json.loads(path.read_text())
    numbers = drawn_rows(ROWS, 60, 5).tolist()
    assert found["basis"].endswith("; of a sample of 60 of 400 rows, drawn at random by the row's number, each with "
                                   "the same chance (seed 5)")  # fmt: skip
    assert (found["rows"], found["sample"]) == (60, {"rows": 60, "of_rows": 400, "seed": 5})
    assert found["row_numbers"] == numbers
    assert found["row"]["row"] in numbers
    text = tmp_path / "report.md"
    run("report", folder / "numbers.glass", folder / "fitted.pq", folder / "parts", "-o", text)
    head = text.read_text().split("\n## ")[0]
    assert "All of this is of a sample: 60 of 400 rows, drawn at random by the row's number" in head


def test_a_report_of_few_rows_in_files_is_that_of_the_table(folder, tmp_path):
    reports = []
    for data in ("all.pq", "parts"):
        run("report", folder / "numbers.glass", folder / data, "-o", tmp_path / "r.json")
        reports.append(json.loads((tmp_path / "r.json").read_text()))
    assert reports[0]["sample"] is None
    assert reports[1]["sample"] == {"rows": 400, "of_rows": 400, "seed": 0}
    same = [{key: value for key, value in found.items() if key not in ("sample", "basis")} for found in reports]
    assert same[0] == same[1]


def test_a_sample_of_other_rows_is_refused(folder):
    files = glassnet.open_files(folder / "parts", folder / "work")
    frame, drawn = glassnet.sample_of_files(files, 50)
    model = glassnet.load(folder / "numbers.glass")
    with pytest.raises(ValueError, match=r"drawn is a sample of 50 of 400 rows.*, but there are 49 rows to be judged"):
        glassnet.report(model, frame[:49].select("a", "b"), frame[:49]["y"], drawn=drawn)
