"""Tables on the command line: how they are read, which columns and rows are used, and what is said of it."""

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

import glassnet
from glassnet.cli.app import cli
from glassnet.cli.command_line import COMMANDS

QUICK = ("--preset", "plain", "--hidden", "4", "--max-iter", "3")
ROWS = 60


def run(*args, code=0, stdin=None):
    result = CliRunner().invoke(cli, [str(arg) for arg in args], input=stdin)
    assert result.exit_code == code, result.output
    return result


def germany(number, digits=0):
    """Return a number as it is written in Germany."""
    return f"{number:,.{digits}f}".translate(str.maketrans(",.", ".,"))


@pytest.fixture
def cars(tmp_path):
    """A used car a row, as Excel in German writes it: an index, units, a title, totals, cp1252."""
    random = np.random.default_rng(0)
    lines = ["Gebrauchtwagen;;;;;", ";Marke;Laufleistung;Preis;Zulassung;Händler"]
    for row in range(ROWS):
        distance, price = random.integers(1_000, 200_000), random.integers(2_000, 60_000)
        day = f"{1 + row % 28}.{1 + row % 12}.{2000 + row % 20}"
        lines.append(f"{row};{'VW' if row % 2 else 'BMW'};{germany(distance)} km;{germany(price, 2)} €;{day};{row % 6}")
    lines.append(";Summe;;1.234.567,00 €;;")
    path = tmp_path / "cars.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


def test_columns_shows_what_each_became(cars):
    found = json.loads(run("columns", cars, "--target", "Preis", "--json").stdout)
    uses = {column["name"]: column for column in found["columns"]}
    assert list(uses) == ["column_1", "Marke", "Laufleistung", "Preis", "Zulassung", "Händler"]
    assert uses["column_1"]["used_as"].startswith("left out: a value of its own in every row")
    assert uses["Laufleistung"]["read_as"] == "number in km"
    assert float(uses["Laufleistung"]["became"]) == float(
        uses["Laufleistung"]["example"].removesuffix(" km").replace(".", "")
    )
    assert uses["Preis"]["used_as"] == "target"
    assert uses["Zulassung"]["became"] == "2000-01-01 00:00:00"
    assert found["rows"] == ROWS
    assert {note["code"] for note in found["notes"]} >= {"encoding", "total", "rows", "unit", "convention", "dates"}
    table = run("columns", cars, "--target", "Preis")
    assert "Marke         text" in table.stdout
    assert "note: the text was read as cp1252; --encoding says otherwise" in table.stderr


def test_a_later_row_is_read_as_in_training(cars, tmp_path):
    """1.000 is a thousand where the table of training said so, and 1 without it."""
    model, one, other = tmp_path / "m.glass", tmp_path / "one.csv", tmp_path / "other.parquet"
    run("fit", cars, "--target", "Preis", "-o", model, *QUICK)
    one.write_text("Marke,Laufleistung,Zulassung,Händler\nVW,100.000 km,2.3.2010,3\n", encoding="utf-8")
    pl.DataFrame(
        {"Marke": ["VW"], "Laufleistung": [100_000.0], "Zulassung": ["2010-03-02"], "Händler": [3]}
    ).with_columns(pl.col("Zulassung").str.to_datetime()).write_parquet(other)
    assert run("predict", model, one).stdout == run("predict", model, other).stdout
    assert glassnet.load(model).table_format_.names[1] == "Marke"
    one.write_text("Marke,Laufleistung,Zulassung,Händler\nVW,60.000 mi,2.3.2010,3\n", encoding="utf-8")
    said = run("predict", model, one, code=1).stderr
    assert "column 'Laufleistung' was in km in training, but now has 1 cells in mi; bring them to km" in said


def test_columns_are_chosen_by_name(cars, tmp_path):
    def used(*options):
        summary = json.loads(
            run("fit", cars, "--target", "Preis", "-o", tmp_path / "m", *QUICK, *options, "--json").stdout
        )
        return {column["name"]: column["used_as"] for column in summary["columns_read"]}

    assert used("--exclude", "Marke")["Marke"] == "left out: not asked for"
    assert used("--categorical", "Händler")["Händler"].startswith("category of 6 levels")
    only = used("--columns", "column_1", "--columns", "Marke")
    assert only["column_1"] == "number"
    assert only["Laufleistung"] == "left out: not asked for"
    assert used("--groups", "Händler", "--members", "2")["Händler"] == "groups"
    assert used("--text", "Händler")["Händler"].startswith("category of 6 levels")
    for option, message in (
        (("--exclude", "Marken"), "there is no column 'Marken' to take as --exclude (did you mean 'Marke'?)"),
        (("--columns", "Marke", "--exclude", "Marke"), "--columns and --exclude leave no column to learn from"),
        (("--categorical", "Marke", "--exclude", "Marke"), "--categorical names 'Marke', which --columns or --exclude"),
    ):
        assert message in run("fit", cars, "--target", "Preis", *option, code=2).stderr


def test_rows_are_chosen(cars, tmp_path):
    model = tmp_path / "m.glass"
    lines = cars.read_text(encoding="cp1252").split("\n")
    lines[5] = lines[5].replace(lines[5].split(";")[3], "")
    cars.write_text("\n".join(lines), encoding="cp1252")
    said = run("fit", cars, "--target", "Preis", "-o", model, *QUICK, code=1).stderr
    assert "the target 'Preis' is missing in 1 row(s), the first of them line 6; --drop-missing-target" in said
    found = run(
        "fit",
        cars,
        "--target",
        "Preis",
        "-o",
        model,
        *QUICK,
        "--drop-missing-target",
        "--test-fraction",
        0.25,
        "--json",
    )
    assert "note: 1 row(s) without a target were left out" in found.stderr
    summary = json.loads(found.stdout)
    assert summary["rows"] == ROWS - 1 - 15
    assert summary["test"]["errors"]["Preis"]["rows"] == 15
    assert set(summary["baselines"]["Preis"]) == {"mean", "straight line"}


def test_folds_that_look_back_in_time(cars, tmp_path):
    """The first of five blocks has no prediction, and the model file is read without its splitter."""
    model = tmp_path / "m.glass"
    found = run("fit", cars, "--target", "Preis", "--time", "Zulassung", "--members", 4, "-o", model, *QUICK, "--json")
    assert json.loads(found.stdout)["errors"]["Preis"]["rows"] == ROWS * 4 // 5
    stored = glassnet.load(model)
    assert stored.cv == "auto"
    assert np.isnan(stored.oof_prediction_[: ROWS // 5]).all()
    assert np.isfinite(stored.oof_prediction_[ROWS // 5 :]).all()
    assert run("predict", model, cars).stdout.count("\n") == ROWS + 1
    for options, message in (
        (("--groups", "Händler"), "--time says what the folds are; leave out --groups, --cv and --search"),
        (("--cv", "3"), "--time says what the folds are"),
        (("--members", "1"), "--time needs --members of at least 2"),
    ):
        assert message in run("fit", cars, "--target", "Preis", "--time", "Zulassung", *options, code=2).stderr


def test_rows_without_a_place_in_time_are_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("day,x,y\n2024-01-01,1,2\n,2,3\n2024-01-03,3,5\n")
    said = run("fit", path, "--target", "y", "--time", "day", code=1).stderr
    assert "--time 'day' is missing in 1 row(s), which have no place in time" in said


def test_the_standard_input_is_a_table(cars, tmp_path):
    model = tmp_path / "m.glass"
    run("fit", cars, "--target", "Preis", "-o", model, *QUICK)
    assert run("predict", model, "-", stdin=cars.read_bytes()).stdout == run("predict", model, cars).stdout


def test_every_command_that_reads_a_table_has_the_options():
    reading = {"decimal", "thousands", "dayfirst", "na", "skip_rows", "header", "sheet", "encoding", "separator"}
    for name in (
        "fit",
        "columns",
        "predict",
        "evaluate",
        "compare",
        "calibrate",
        "explain",
        "trace",
        "certify",
        "attack",
        "bias-variance",
    ):
        names = {parameter.name for parameter in cli.commands[name].params}
        assert reading <= names, name
    assert len(COMMANDS) == 18


def test_text_as_target_says_what_to_type(cars, tmp_path):
    said = run("fit", cars, "--target", "Marke", code=1).stderr
    assert "the target 'Marke' is text, such as 'BMW'; --classify predicts classes" in said
