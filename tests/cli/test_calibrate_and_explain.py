"""`glassnet calibrate`, `glassnet explain`, and sets of classes in `glassnet evaluate`."""

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from glassnet import load
from glassnet.cli.command_line import cli


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two tables of one kind, and models of a number and of a class."""
    folder, random = tmp_path_factory.mktemp("models"), np.random.default_rng(0)
    frame = pl.DataFrame({"a": random.normal(size=200), "b": random.normal(size=200)})
    frame = frame.with_columns(y=2 * pl.col("a") + pl.Series(random.normal(size=200)))
    frame = frame.with_columns(kind=pl.when(pl.col("y") > 1).then(pl.lit("high")).otherwise(pl.lit("low")))
    frame[:120].write_csv(folder / "fitted.csv")
    frame[120:].write_csv(folder / "fresh.csv")
    frame[:120].drop("kind").write_csv(folder / "numbers.csv")
    frame[:120].drop("y").write_csv(folder / "classes.csv")
    small = ("--max-iter", 20, "--hidden", "8", "--seed", 1, "--members", 2)
    run("fit", folder / "numbers.csv", "--target", "y", "-o", folder / "numbers.glass", *small)
    run("fit", folder / "classes.csv", "--target", "kind", "--classify", "-o", folder / "classes.glass", *small)
    return folder


def test_calibrate(folder, tmp_path):
    new = tmp_path / "new.glass"
    text = run("calibrate", folder / "numbers.glass", folder / "fresh.csv", "-o", new).stdout
    assert text.splitlines()[0] == "calibrated by 80 rows (split conformal); predictions are as before"
    frame = pl.read_csv(folder / "fresh.csv")
    model, before = load(new), load(folder / "numbers.glass")
    X = frame.drop("y", "kind")
    np.testing.assert_array_equal(model.predict(X), before.predict(X))
    residual = np.sort(np.abs(frame["y"].to_numpy() - before.predict(X)))
    assert model.predict_interval(X, 0.9).width[0] == pytest.approx(2 * residual[int(np.ceil(0.9 * 81)) - 1])
    shown = json.loads(run("calibrate", folder / "classes.glass", folder / "fresh.csv", "-o", new, "--json").stdout)
    assert shown == {"rows": 80, "method": "split conformal", "model": str(new)}
    assert "split conformal" in run("predict", new, folder / "fresh.csv", "--interval", 0.8).stderr


def test_calibrate_refuses(folder, tmp_path):
    refused = run("calibrate", folder / "numbers.glass", folder / "numbers.csv", "-o", tmp_path / "n.glass", code=1)
    assert "these are the rows that the model was fitted to" in refused.stderr
    same = run("calibrate", folder / "numbers.glass", folder / "fresh.csv", "-o", folder / "numbers.glass", code=2)
    assert "is the model to calibrate, which would be lost; name another file" in same.stderr
    assert "Missing option '-o'" in run("calibrate", folder / "numbers.glass", folder / "fresh.csv", code=2).stderr


def test_explain(folder, tmp_path):
    figure = tmp_path / "importance.png"
    found = run("explain", folder / "numbers.glass", folder / "numbers.csv", "--figure", figure)
    assert "(out of fold: each row by members that never saw it)" in found.stdout
    assert [line.split()[0] for line in found.stdout.splitlines()[1:]] == ["column", "a", "b"]
    assert figure.read_bytes()[:4] == b"\x89PNG"
    assert f"wrote: {figure}" in found.stderr
    shown = json.loads(run("explain", folder / "numbers.glass", folder / "fresh.csv", "--json").stdout)
    assert shown["basis"].startswith("on rows that the model was not fitted to")
    assert shown["rows"] == 80
    assert [one["columns"] for one in shown["importance"]] == [["a"], ["b"]]
    frame, model = pl.read_csv(folder / "fresh.csv"), load(folder / "numbers.glass")
    errors = frame["y"].to_numpy() - model.predict(frame.drop("y", "kind"))
    assert shown["error"] == pytest.approx(np.sqrt(np.mean(errors**2)))


def test_explain_of_classes(folder):
    shown = json.loads(run("explain", folder / "classes.glass", folder / "classes.csv", "--json").stdout)
    assert shown["error_name"] == "log loss"
    assert shown["basis"].startswith("out of fold")


def test_sets_are_measured_class_by_class(folder):
    found = run("evaluate", folder / "classes.glass", folder / "fresh.csv", "--interval", 0.8, "--json")
    shown = json.loads(found.stdout)["sets"]
    frame = pl.read_csv(folder / "fresh.csv")
    sets = pl.read_csv(
        run("predict", folder / "classes.glass", folder / "fresh.csv", "--interval", 0.8).stdout.encode()
    )
    labels = [[] if text == "none" else text.split("|") for text in sets["set"]]
    hits = np.array([kind in held for kind, held in zip(frame["kind"], labels, strict=True)])
    for name, rows in (("high", frame["kind"] == "high"), ("low", frame["kind"] == "low")):
        mine, which = shown["of_class"][name], rows.to_numpy()
        assert mine["rows"] == which.sum()
        assert mine["covered"] == pytest.approx(hits[which].mean())
        sizes = np.array([len(held) for held in labels])[which]
        assert (mine["mean_size"], mine["empty"]) == (sizes.mean(), np.mean(sizes == 0))
        assert mine["at_least"] <= mine["covered"] <= mine["at_most"]
    assert shown["all"]["covered"] == pytest.approx(hits.mean())
    assert shown["promise"]["method"] == "cross-conformal"
    text = run("evaluate", folder / "classes.glass", folder / "fresh.csv", "--interval", 0.8).stdout
    assert "mean size" in text
    assert "sets of" in text


def test_an_empty_set_is_a_word(folder):
    """At a low coverage some rows are like no class."""
    out = run("predict", folder / "classes.glass", folder / "fresh.csv", "--interval", 0.05).stdout
    sets = pl.read_csv(out.encode())["set"]
    assert set(sets) <= {"none", "high", "low", "high|low"}
    assert "none" in set(sets)


def test_quantiles(folder, tmp_path):
    model, X = load(folder / "numbers.glass"), pl.read_csv(folder / "fresh.csv")
    run("predict", folder / "numbers.glass", folder / "fresh.csv", "--quantiles", "0.1,0.9", "-o", tmp_path / "q.csv")
    written = pl.read_csv(tmp_path / "q.csv")
    assert written.columns == ["predicted_y", "y at 0.1", "y at 0.9"]
    expected = model.predict_quantiles(X.select("a", "b"), (0.1, 0.9))
    np.testing.assert_allclose(written.select("y at 0.1", "y at 0.9").to_numpy(), expected, rtol=1e-12)
    shown = run("evaluate", folder / "numbers.glass", folder / "fresh.csv", "--quantiles", "0.1,0.9").stdout
    assert "fraction below" in shown
    assert "CRPS" in shown
    found = json.loads(
        run("evaluate", folder / "numbers.glass", folder / "fresh.csv", "--quantiles", "0.1,0.9", "--json").stdout
    )
    assert found["y, quantiles"]["crps"] == pytest.approx(np.mean(model.crps(X.select("a", "b"), X["y"])))
    assert [level["level"] for level in found["y, quantiles"]["levels"]] == [0.1, 0.9]
    refused = run("predict", folder / "classes.glass", folder / "fresh.csv", "--quantiles", "0.5", code=2).stderr
    assert "--quantiles is for numbers, not for classes" in refused
    assert (
        "must be numbers with commas between"
        in run("predict", folder / "numbers.glass", folder / "fresh.csv", "--quantiles", "a", code=2).stderr
    )


@pytest.mark.parametrize(
    "command",
    [
        ("evaluate", "numbers.glass", "gaps.csv"),
        ("calibrate", "numbers.glass", "gaps.csv", "-o", "new.glass"),
        ("explain", "numbers.glass", "gaps.csv"),
        ("compare", "numbers.glass", "fitted.csv", "--test", "gaps.csv"),
        ("report", "numbers.glass", "gaps.csv", "-o", "new.json"),
        ("attack", "numbers.glass", "gaps.csv", "--epsilon", 0.1),
    ],
)
def test_rows_without_a_target_are_left_out_where_that_is_asked_for(folder, monkeypatch, command):
    monkeypatch.chdir(folder)
    fresh = pl.read_csv("fresh.csv").with_row_index()
    fresh.with_columns(y=pl.when(~pl.col("index").is_in([4, 6])).then("y")).drop("index").write_csv("gaps.csv")
    refused = run(*command, code=1).stderr
    assert "the target 'y' is missing in 2 row(s), the first of them line 6; --drop-missing-target leaves" in refused
    assert "note: 2 row(s) without a target were left out" in run(*command, "--drop-missing-target").stderr


def test_rows_without_a_target_count_for_nothing(folder, tmp_path):
    fresh, gaps, rest = pl.read_csv(folder / "fresh.csv"), tmp_path / "gaps.csv", tmp_path / "rest.csv"
    fresh.with_columns(y=pl.when(pl.int_range(pl.len()) > 9).then("y")).write_csv(gaps)
    fresh[10:].write_csv(rest)
    measured = run("evaluate", folder / "numbers.glass", gaps, "--drop-missing-target", "--json").stdout
    assert measured == run("evaluate", folder / "numbers.glass", rest, "--json").stdout
    refused = run("evaluate", folder / "numbers.glass", gaps, rest, "--drop-missing-target", code=2).stderr
    assert "--drop-missing-target needs all rows in memory, and 2 files are read as one table; leave it out" in refused
