"""`glassnet report` and `glassnet fit --report`: which table is which is found by the rows."""

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from glassnet.cli.command_line import cli

SMALL = ("--preset", "plain", "--max-iter", 15, "--hidden", "3", "--seed", 1, "--members", 2)


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder, random = tmp_path_factory.mktemp("reports"), np.random.default_rng(0)
    frame = pl.DataFrame({"a": random.normal(size=150), "b": random.normal(size=150)})
    years = random.uniform(0.5, 2, 150)
    frame = frame.with_columns(
        y=2 * pl.col("a") + pl.Series(random.normal(size=150)),
        w=pl.Series(random.uniform(size=150)),
        years=pl.Series(years),
        claims=pl.Series(random.poisson(years * np.exp(0.5 * frame["a"].to_numpy()))),
    )
    frame.select("a", "b", "y")[:100].write_csv(folder / "fitted.csv")
    frame.select("a", "b", "y")[100:].write_csv(folder / "new.csv")
    frame.select("a", "b", "w", "y")[:100].write_csv(folder / "weighted.csv")
    frame.select("a", "b", "years", "claims")[:100].write_csv(folder / "claims.csv")
    run("fit", folder / "fitted.csv", "--target", "y", "-o", folder / "m.glass", *SMALL)
    return folder


def written(folder, *arguments):
    path = folder / "report.json"
    said = run("report", folder / "m.glass", *arguments, "-o", path)
    return json.loads(path.read_text()), said


def test_the_table_of_the_fit_is_judged_out_of_fold_and_another_by_all(folder):
    found, said = written(folder, folder / "fitted.csv")
    assert found["rows"] == 100
    assert found["basis"].startswith("out of fold")
    assert "By members that never saw the row they err by" in said.stderr
    assert said.stdout == f"report: {folder / 'report.json'}\n"
    found, _ = written(folder, folder / "new.csv")
    assert (found["rows"], "comparison" in found) == (50, False)
    assert found["absent"]["comparison"].startswith("simple models learn from the rows of the fit")


def test_of_two_tables_the_order_does_not_matter(folder):
    one, _ = written(folder, folder / "fitted.csv", folder / "new.csv")
    other, _ = written(folder, folder / "new.csv", folder / "fitted.csv")
    assert one["rows"] == other["rows"] == 50
    assert one["error"] == other["error"]
    assert one["comparison"]["rows"] == 50


def test_fit_writes_a_report_of_the_rows_that_were_held_out(folder):
    path = folder / "fit.md"
    run("fit", folder / "fitted.csv", "--target", "y", "-o", folder / "t.glass", "--test-fraction", 0.3, "--report",
        path, *SMALL)  # fmt: skip
    assert "On 30 rows that none of them has seen" in path.read_text()


def test_fits_with_weights_and_with_exposures_are_recognised(folder):
    path = folder / "w.json"
    run("fit", folder / "weighted.csv", "--target", "y", "--weight", "w", "-o", folder / "w.glass", "--report", path,
        *SMALL)  # fmt: skip
    assert json.loads(path.read_text())["basis"].startswith("out of fold")
    run("report", folder / "w.glass", folder / "weighted.csv", "--weight", "w", "-o", path)
    assert json.loads(path.read_text())["basis"].startswith("out of fold")
    options = ("--target", "claims", "--exposure", "years", "--loss", "poisson", "-o", folder / "e.glass")
    run("fit", folder / "claims.csv", *options, "--report", path, *SMALL)
    assert json.loads(path.read_text())["basis"].startswith("out of fold")
    run("report", folder / "e.glass", folder / "claims.csv", "--exposure", "years", "-o", path)
    assert json.loads(path.read_text())["basis"].startswith("out of fold")


def test_wrong_use_is_refused_before_any_work(folder):
    text = run("report", folder / "m.glass", folder / "fitted.csv", "-o", folder / "r.docx", code=2).stderr
    assert "has no ending of a report; choose from .html, .md, .json" in text
    text = run("report", folder / "m.glass", folder / "fitted.csv", "-o", folder / "none" / "r.md", code=2).stderr
    assert "there is no folder" in text
