"""The command line as a person uses it, in this process; whole processes where the process matters."""

import json
import logging
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import jax
import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from scipy.stats import norm

from glassnet import NetworkRegressor, load
from glassnet.cli import doctor
from glassnet.cli.command_line import cli
from glassnet.cli.parameters import ACTIVATIONS, DEVICES, LOSSES, PRECISIONS, PRESETS, SOLVERS, Names
from glassnet.estimators import presets
from glassnet.network import activation, devices, loss
from glassnet.training import auto_solver


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a table and a model of it."""
    folder, random = tmp_path_factory.mktemp("fitted"), np.random.default_rng(0)
    frame = pl.DataFrame({"a": random.normal(size=80), "b": random.normal(size=80), "kind": ["x", "y"] * 40})
    frame = frame.with_columns(y=2 * pl.col("a") - pl.col("b"))
    frame.write_csv(folder / "table.csv")
    small = ("--max-iter", 40, "--hidden", "8", "--seed", 1, "--members", 2)
    run("fit", folder / "table.csv", "--target", "y", "-o", folder / "model.glass", *small)
    return folder


@pytest.fixture
def table(folder, tmp_path):
    return Path(shutil.copy(folder / "table.csv", tmp_path))


@pytest.fixture
def model(folder, tmp_path):
    return Path(shutil.copy(folder / "model.glass", tmp_path))


@pytest.mark.parametrize("name", ["concrete", pytest.param("ames_housing", marks=pytest.mark.slow)])
def test_real_tables_by_parquet_and_csv(open_table, tmp_path, name):
    frame = pl.read_parquet(open_table(name))
    frame.write_csv(tmp_path / "table.csv")
    small = ("--hidden", "32", "--members", 4, "--max-iter", 30)
    summaries = [
        json.loads(run("fit", path, "--target", "target", "-o", tmp_path / "m.glass", *small, "--json").stdout)
        for path in (open_table(name), tmp_path / "table.csv")
    ]
    assert summaries[0]["kind_of_errors"] == "out of fold"
    assert summaries[0]["errors"]["target"]["r2"] > 0.7
    uses = [[column["used_as"] for column in summary.pop("columns_read")] for summary in summaries]
    assert uses[0] == uses[1]
    assert summaries[0] == summaries[1]
    turned = frame.select(reversed(frame.columns)).drop("target")
    turned.write_parquet(tmp_path / "turned.parquet")
    straight = run("predict", tmp_path / "m.glass", tmp_path / "table.csv").output
    assert run("predict", tmp_path / "m.glass", tmp_path / "turned.parquet").output == straight
    assert straight.splitlines()[0] == "predicted_target"
    assert len(straight.splitlines()) == frame.height + 1


def test_fit_predict_evaluate(table, model, tmp_path):
    out = tmp_path / "out.parquet"
    run("predict", model, table, "-o", out, "--append")
    both = pl.read_parquet(out)
    assert both.columns == ["a", "b", "kind", "y", "predicted_y"]
    found = json.loads(run("evaluate", model, table, "--json").output)
    expected = float(np.sqrt(np.mean((both["y"] - both["predicted_y"]).to_numpy() ** 2)))
    assert found["y"]["rmse"] == pytest.approx(expected, rel=1e-9)
    assert found["y"]["rmse"] < found["y, mean of training"]["rmse"]
    assert "median error" in run("evaluate", model, table).output
    assert json.loads(run("predict", model, table, "--json").stdout)[3] == {"predicted_y": both["predicted_y"][3]}


def test_figures_of_a_fit_and_of_an_evaluation(table, tmp_path):
    heard = run("fit", table, "--target", "y", "-o", tmp_path / "m.glass", "--max-iter", 3, "--figure",
                tmp_path / "fit.svg").stderr  # fmt: skip
    assert f"wrote: {tmp_path / 'fit.svg'}" in heard
    text = (tmp_path / "fit.svg").read_text()
    for shown in (">predicted y<", ">actual - predicted<", ">loss that training minimises<", "rows, out of fold<"):
        assert shown in text
    run("evaluate", tmp_path / "m.glass", table, "--figure", tmp_path / "evaluation.svg")
    assert "rows, out of fold<" in (tmp_path / "evaluation.svg").read_text()  # the table of the fit is recognised
    for path, told in ((tmp_path / "f.doc", "has no ending of a picture"), (tmp_path / "no" / "f.png", "no folder")):
        assert told in run("evaluate", tmp_path / "m.glass", table, "--figure", path, code=2).stderr
    refused = run("fit", table, "--target", "kind", "--classify", "--figure", tmp_path / "f.svg", code=2).stderr
    assert "--figure is for numbers, not for classes" in refused


def test_fit_tells_what_it_did(table, tmp_path):
    text = run("fit", table, "--target", "y", "-o", tmp_path / "m.glass", "--max-iter", 3).output
    for word in (
        "80: 67 to learn from, 8 to validate on",
        "3 columns, as 4 inputs",
        "4 - 64 - 64 - 64 - 1, 32 members",
        "10247",
        "out of fold",
        "m.glass",
    ):
        assert word in text


def test_weights_and_several_targets(table, tmp_path):
    refused = run("fit", table, "--target", "y", "--weight", "w", "-o", tmp_path / "m", code=2)
    assert "there is no column 'w' to take as sample weights; the columns are: a, b, kind" in refused.stderr
    weighted = pl.read_csv(table).with_columns(w=pl.lit(2.0))
    weighted.write_csv(tmp_path / "w.csv")
    options = ("--target", "y", "--target", "a", "--weight", "w", "--max-iter", 3, "--hidden", "8", "--members", 2)
    done = run("fit", tmp_path / "w.csv", *options, "-o", tmp_path / "m", "--json")
    assert json.loads(done.output)["target"] == ["y", "a"]
    assert json.loads(done.output)["columns"] == 2


@pytest.mark.parametrize("example", ["one-neuron", "two-neurons", "festival"])
def test_trace_of_examples(example):
    assert len(run("trace", "--example", example, "--decimals", 2).output.splitlines()) >= 9
    assert json.loads(run("trace", "--example", example, "--json").output)


def test_trace_prints_the_notes_cells():
    lines = run("trace", "--example", "one-neuron", "--decimals", 2).output.splitlines()
    assert ["1", "0.29", "0.66", "2.20"] in [line.split() for line in lines]


def test_trace_of_a_row(table, model):
    text = run("trace", model, table, "--row", 3, "--weights").output
    for word in ("row 3", "kind=x", "x^0", "step 1, layer 1, sample 1", "dE/dW", "predicted after the step"):
        assert word in text
    found = [
        json.loads(run("trace", model, table, "--row", 3, "--member", member, "--json").output)["prediction"]["y"]
        for member in (0, 1)
    ]
    predicted = json.loads(run("predict", model, table, "--json").stdout)[3]["predicted_y"]
    assert np.mean(found) == pytest.approx(predicted, rel=1e-5)
    assert "there is no member 2" in run("trace", model, table, "--row", 3, "--member", 2, code=1).stderr


def changed(path, change):
    frame = change(pl.read_csv(path))
    other = path.with_name("changed.csv")
    frame.write_csv(other)
    return other


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop("b"), "1 column(s) of the training table are missing:\n  - b"),
        (lambda f: f.rename({"kind": "kinds"}), "(the table has 'kinds'; rename it?)"),
        (lambda f: f.with_columns(a=pl.lit("tall")), "column 'a' held numbers in training, but line 2 has 'tall'"),
        (lambda f: f.with_columns(a=pl.lit(float("inf"))), "column 'a' is infinite (inf) in row 0"),
    ],
)
def test_predict_refuses(table, model, change, message):
    assert message in run("predict", model, changed(table, change), code=1).stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda f: f.with_columns(y=pl.when(pl.col("a") > 0).then(pl.col("y"))),
            "--drop-missing-target leaves them out",
        ),
        (
            lambda f: f.with_columns(y=pl.lit("much")),
            "the target 'y' is text, such as 'much'; --classify predicts",
        ),
        (lambda f: f.head(1), "a network needs at least 2 rows"),
        (lambda f: f.head(0), "has column names but no rows"),
        (
            lambda f: f.with_columns(a=pl.when(pl.col("a") == pl.col("a").max()).then(1e30).otherwise("a")),
            "1e+30 in row",
        ),
    ],
)
def test_fit_refuses(table, change, message):
    assert message in run("fit", changed(table, change), "--target", "y", code=1).stderr


def test_wrong_use_is_exit_code_2(table, model, tmp_path):
    assert (
        "there is no column 'z' to take as target; the columns are: a, b, kind, y"
        in run("fit", table, "--target", "z", code=2).stderr
    )
    assert "type either --example one-neuron, or MODEL DATA --row 0" in run("trace", model, code=2).stderr
    assert (
        "--hidden 'wide' must be integers above 0"
        in run("fit", table, "--target", "y", "--hidden", "wide", code=2).stderr
    )
    assert "Missing option '--target'" in run("fit", table, code=2).stderr


def test_failure_is_exit_code_1(table, tmp_path):
    (tmp_path / "empty.csv").touch()
    assert "is empty; a table needs" in run("fit", tmp_path / "empty.csv", "--target", "y", code=1).stderr
    assert "there is no file" in run("fit", tmp_path / "no.csv", "--target", "y", code=1).stderr
    assert "there is no model file" in run("predict", tmp_path / "no.glass", table, code=1).stderr
    (tmp_path / "bad.glass").write_bytes(b"x" * 100)
    assert "it is no model of glassnet" in run("predict", tmp_path / "bad.glass", table, code=1).stderr


def test_constant_and_huge_columns_give_a_model(table, tmp_path):
    path = changed(table, lambda f: f.with_columns(same=pl.lit(5), a=pl.col("a") * 1e30))
    run("fit", path, "--target", "y", "-o", tmp_path / "m.glass", "--max-iter", 60, "--hidden", "8", "--members", 2)
    assert json.loads(run("evaluate", tmp_path / "m.glass", path, "--json").output)["y"]["r2"] > 0.9


class WithoutPandas:
    """What finds modules where pandas is not installed: the package does not require it."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "pandas":
            raise ModuleNotFoundError(name)


def test_demo_without_pandas(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    monkeypatch.setattr(sys, "meta_path", [WithoutPandas, *sys.meta_path])
    smaller = replace(presets.SIZES[0], epochs=40, members=4)
    monkeypatch.setattr(presets, "SIZES", (smaller, *presets.SIZES[1:]))
    found = json.loads(run("demo", "-o", tmp_path, "--json").output)
    assert found["test"]["target"]["rmse"] < 0.9 * found["test"]["target, mean of training"]["rmse"]
    errors = {model["name"]: model["error"] for model in found["comparison"]["models"]}
    assert set(errors) == {"network", "straight line", "gradient boosting", "mean"}
    assert errors["network"] == pytest.approx(found["test"]["target"]["rmse"])
    assert {path.name for path in tmp_path.iterdir()} == {"diabetes.glass", "predictions.csv", "predictions.png"}
    assert pl.read_csv(tmp_path / "predictions.csv").height == found["test"]["target"]["rows"] == 111


def test_the_names_it_offers_are_those_there_are():
    assert set(ACTIVATIONS) == set(activation.ACTIVATIONS) - {"heaviside", "softmax", "exponential"}
    assert set(SOLVERS) == {*auto_solver.SOLVERS, "auto"}
    assert list(devices.DEVICES) == DEVICES
    assert list(devices.PRECISIONS) == PRECISIONS


def test_killed_fits_go_on(table, tmp_path):
    arguments = ["fit", table, "--target", "y", "--max-iter", 5, "--members", 2, "--json", "-o", tmp_path / "m.glass"]
    once = run(*arguments, "--checkpoint", tmp_path / "state").stdout
    assert run(*arguments, "--checkpoint", tmp_path / "state").stdout == once
    assert (
        "holds a checkpoint of another fit"
        in run(*arguments, "--seed", 3, "--checkpoint", tmp_path / "state", code=1).stderr
    )


def test_wrong_names_of_files_and_columns(table, model, tmp_path):
    run("fit", table, "--target", "y", "-o", tmp_path / "m.v2", "--max-iter", 1, "--members", 1)
    assert (tmp_path / "m.v2.glass").is_file()
    assert "there is no folder" in run("fit", table, "--target", "y", "-o", tmp_path / "no" / "m", code=2).stderr
    assert "--target names a column twice" in run("fit", table, "--target", "y", "--target", "y", code=2).stderr
    assert "there is no file 't.xlsx'" in run("predict", model, "t.xlsx", code=1).stderr
    run("predict", model, table, "--append", "-o", tmp_path / "out.csv")
    assert (
        "has a column 'predicted_y' already" in run("predict", model, tmp_path / "out.csv", "--append", code=2).stderr
    )
    assert json.loads(run("predict", model, table, "-o", tmp_path / "out.csv", "--json").stdout)["rows"] == 80


def test_a_warning_is_one_line(table, model, tmp_path):
    pl.read_csv(table).with_columns(a=None).write_csv(tmp_path / "gaps.csv")
    told = run("predict", model, tmp_path / "gaps.csv").stderr
    assert told.count("\n") == 1
    assert told.startswith("warning: column 'a' was never missing in training, but is in 80 row(s)")


def test_the_table_is_not_replaced_by_its_predictions(table, model):
    before = table.read_bytes()
    told = run("predict", model, table, "-o", table, code=2).output
    assert "is the table to predict, which would be lost; name another file" in told
    assert table.read_bytes() == before


def test_one_row_is_valid_json(table, model, tmp_path):
    one = changed(table, lambda f: f.head(1))
    assert json.loads(run("evaluate", model, one, "--json").output)["y"]["r2"] is None


def test_doctor():
    assert "jax" in run("doctor").output
    found = json.loads(run("doctor", "--json").output)
    assert found["device"].startswith("cpu")
    assert found["processes"] == "1, of which this is number 0"
    assert int(found["processor cores"]) >= 1
    assert re.fullmatch(r"\d+\.\d GiB|not known", found["free memory"])


def test_doctor_says_what_a_graphics_card_has_and_why_one_is_of_no_use(monkeypatch):
    card = SimpleNamespace(device_kind="Card", memory_stats=lambda: {"bytes_limit": 3 * 2**30, "bytes_in_use": 2**29})
    monkeypatch.setattr(devices, "graphics_cards", lambda: (card,))
    monkeypatch.setattr(devices, "why_unusable", lambda device: "no memory is left")
    found = json.loads(run("doctor", "--json").output)
    assert found["graphics card 0"] == "Card, 3.0 GiB for this process, 0.5 in use, no memory is left"
    card.memory_stats = lambda: None
    assert json.loads(run("doctor", "--json").output)["graphics card 0"] == "Card, memory not known, no memory is left"


def test_doctor_says_why_a_plugin_is_of_no_use(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "version", lambda name: "0.10.2")
    monkeypatch.setenv("JAX_PLATFORMS", "cpu")
    told = "JAX_PLATFORMS=cpu leaves it out; unset it"
    assert json.loads(run("doctor", "--json").output)["jax-cuda13-plugin"] == f"0.10.2, of no use: {told}"
    monkeypatch.delenv("JAX_PLATFORMS")
    monkeypatch.setattr(doctor, "DRIVERS", (tmp_path / "none",))
    assert "no driver of NVIDIA is loaded (there is neither" in doctor._why_unused([])
    monkeypatch.setattr(doctor, "DRIVERS", (tmp_path,))
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    assert doctor._why_unused([]) == "JAX does not say why; start Python with JAX_DEBUG_LOG_MODULES=jax"
    assert doctor._why_unused(["cuDNN not found"]) == "cuDNN not found"
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt")
    assert "LD_LIBRARY_PATH is set" in doctor._why_unused([])


def test_doctor_says_that_there_is_no_device(monkeypatch):
    def fails():
        raise AssertionError

    monkeypatch.setattr(jax, "devices", fails)
    monkeypatch.setenv("JAX_PLATFORMS", "cuda")
    told = "none: JAX_PLATFORMS=cuda names none that works here; unset it, or add cpu to it"
    assert json.loads(run("doctor", "--json").output)["device"] == told
    monkeypatch.delenv("JAX_PLATFORMS")
    assert doctor._no_device("no backend") == "none that JAX can use: no backend"


def test_doctor_hears_what_jax_says_of_plugins():
    with doctor._logged() as heard:
        logging.getLogger("jax._src.xla_bridge").warning("no %s", "plugin")
    assert heard == ["no plugin"]


def test_device_and_precision_can_be_typed(table, tmp_path):
    fit = ["fit", table, "--target", "y", "--max-iter", 1, "--members", 2, "-o", tmp_path / "m.glass"]
    run(*fit, "--device", "cpu", "--precision", "float32")
    assert load(tmp_path / "m.glass").device == "cpu"
    assert "--device gpu needs a graphics card" in run(*fit, "--device", "gpu", code=1).output
    assert "--precision tf32 has an effect on graphics cards alone" in run(*fit, "--precision", "tf32", code=1).output


def process(*arguments, folder):
    return subprocess.run([sys.executable, "-m", "glassnet", *arguments], capture_output=True, text=True, cwd=folder)


def test_a_pipe_gets_plain_unbroken_lines(tmp_path):
    found = process("trace", "--example", "two-neurons", folder=tmp_path)
    assert (found.returncode, found.stderr) == (0, "")
    assert len(found.stdout.splitlines()) == 11
    assert "\x1b" not in found.stdout


def test_help_does_not_wait_for_jax(tmp_path):
    code = (
        "import sys\n"
        "from glassnet.cli.command_line import cli\n"
        "cli(['--help'], standalone_mode=False)\n"
        "print('jax' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert found.stdout.splitlines()[-1] == "False"


def test_shell_completion():
    from click.shell_completion import BashComplete

    assert "_GLASSNET_COMPLETE=bash_complete" in BashComplete(cli, {}, "glassnet", "_GLASSNET_COMPLETE").source()


@pytest.mark.parametrize(
    ("option", "choices", "typed", "ours"),
    [("--loss", LOSSES, "MSE", "squared_error"), ("--activation", ACTIVATIONS, "sigmoid", "logistic"),
     ("--loss", LOSSES, "huber", "huber"), ("--activation", ACTIVATIONS, "Leaky-ReLU", "leaky_relu")],
)  # fmt: skip
def test_names_of_other_libraries_are_taken(option, choices, typed, ours):
    assert Names(choices, option).convert(typed, None, None) == ours


def test_losses_and_presets_it_offers_are_those_there_are():
    assert set(LOSSES) == {name for name, known in loss.LOSSES.items() if not known.classifies}
    assert tuple(PRESETS) == presets.PRESETS


def test_quantiles(table, tmp_path):
    model = tmp_path / "q.glass"
    text = run("fit", table, "--target", "y", "-o", model, "--quantiles", "0.1,0.9", "--max-iter", 5).output
    assert "pinball loss of y at 0.1" in text
    shown = run("predict", model, table).output.splitlines()
    assert shown[0] == "predicted_y at 0.1,predicted_y at 0.9"
    low, high = np.array([line.split(",") for line in shown[1:]], dtype=float).T
    assert (low <= high).all()
    assert "fraction below" in run("evaluate", model, table).output
    refused = run("fit", table, "--target", "y", "--quantiles", "low", code=2)
    assert "--quantiles 'low' must be numbers" in refused.stderr


def test_search(table, tmp_path):
    text = run("fit", table, "--target", "y", "-o", tmp_path / "s.glass", "--search", 0.01, "--max-iter", 3).output
    assert "sizes tried" in text
    assert {path.name for path in tmp_path.glob("s*")} == {"s.glass", "s-sizes.png"}
    refused = run("fit", table, "--target", "y", "--search", 1, "--hidden", "4", code=2)
    assert "leave out --hidden and --checkpoint" in refused.stderr


@pytest.mark.parametrize("width", ["constant", "adaptive"])
def test_intervals(table, model, tmp_path, width):
    out = tmp_path / "out.csv"
    told = run("predict", model, table, "--interval", 0.8, "--width", width, "--append", "-o", out).stderr
    assert f"coverage 0.8 by CV+, {width} width, from 80 rows; at least 0.5" in told
    found = pl.read_csv(out)
    assert found.columns[-3:] == ["predicted_y", "y_lower", "y_upper"]
    covered = found.select((pl.col("y_lower") <= pl.col("y")) & (pl.col("y") <= pl.col("y_upper"))).to_series()
    shown = json.loads(run("evaluate", model, table, "--interval", 0.8, "--width", width, "--json").stdout)[
        "y, interval"
    ]
    assert shown["covered"] == covered.mean()
    assert shown["at_least"] < shown["covered"] <= shown["at_most"]
    assert shown["mean_width"] == pytest.approx((found["y_upper"] - found["y_lower"]).mean())
    assert shown["promise"]["method"] == f"CV+, {width} width"
    text = run("evaluate", model, table, "--interval", 0.8, "--width", width).output
    assert "coverage asked" in text
    assert "is proved. Assumed: new rows are drawn as the fitted ones were" in text


def test_several_labels_a_row(tmp_path):
    random = np.random.default_rng(0)
    frame = pl.DataFrame({"a": random.normal(size=60), "b": random.normal(size=60)})
    frame = frame.with_columns(high=(pl.col("a") > 0).cast(pl.Int8), low=(pl.col("b") < 0).cast(pl.Int8))
    frame.write_csv(tmp_path / "t.csv")
    model, targets = tmp_path / "m.glass", ("--target", "high", "--target", "low")
    run("fit", tmp_path / "t.csv", *targets, "--classify", "-o", model, "--max-iter", 30, "--members", 2)
    found = pl.read_csv(run("predict", model, tmp_path / "t.csv").stdout.encode())
    assert found.columns == ["predicted_high", "predicted_low", "probability_high", "probability_low"]
    assert (found["predicted_low"] == (found["probability_low"] > 0.5).cast(pl.Int64)).all()
    shown = json.loads(run("evaluate", model, tmp_path / "t.csv", "--json").stdout)["errors"]
    wrong = (found["predicted_high"] != frame["high"]) | (found["predicted_low"] != frame["low"])
    assert shown["error_rate"] == pytest.approx(wrong.mean())
    refused = run("predict", model, tmp_path / "t.csv", "--interval", 0.9, code=1).stderr
    assert "a prediction set holds the one class of a row" in refused


def test_trace_of_a_row_without_a_target(table, model, tmp_path):
    new = tmp_path / "new.csv"
    pl.read_csv(table).drop("y").write_csv(new)
    found = run("trace", model, new, "--row", 2, "--json")
    assert "note: " in found.stderr
    assert "does not have the target 'y', so this is the forward pass alone" in found.stderr
    known = json.loads(run("trace", model, table, "--row", 2, "--json").stdout)
    assert json.loads(found.stdout)["prediction"] == known["prediction"]
    text = run("trace", model, new, "--row", 2, "--weights").stdout
    assert "layer 1, sample 1: SmoothClip" in text
    assert "Dense: W" in text
    refused = run("trace", model, new, "--row", 2, "--figure", tmp_path / "f.png", code=2).stderr
    assert "--figure draws deltas too, which need a target in DATA; leave it out" in refused
    refused = run("trace", "--example", "one-neuron", "--figure", tmp_path / "f.png", code=2).stderr
    assert "--figure draws an image's way through a model; an --example has none: leave it out" in refused


def test_trace_writes_a_page_to_step_through(table, model, tmp_path):
    page = tmp_path / "page.html"
    for arguments in (("--example", "two-neurons"), (model, table, "--row", 3)):
        assert f"wrote: {page}" in run("trace", *arguments, "--html", page).stderr
        assert "<glass-view>" in page.read_text(encoding="utf-8")
    pl.read_csv(table).drop("y").write_csv(tmp_path / "new.csv")
    run("trace", model, tmp_path / "new.csv", "--row", 2, "--html", page)
    assert "the forward pass alone, since the row has no target" in page.read_text(encoding="utf-8")
    assert (
        "--html steps through networks whose numbers are finite"
        in run("trace", "--example", "festival", "--html", page, code=2).stderr
    )
    assert (
        "'page.txt' has no ending of a page; choose from .html"
        in run("trace", "--example", "one-neuron", "--html", tmp_path / "page.txt", code=2).stderr
    )


def test_predict_says_which_rows_lie_outside(table, model):
    frame = pl.read_csv(table)
    assert run("predict", model, table).stderr == ""
    frame.with_columns(a=pl.when(pl.int_range(pl.len()) < 3).then(99.0).otherwise("a")).write_csv(table)
    found = run("predict", model, table)
    assert found.stderr == (
        "note: 3 of 80 rows lie outside what training saw, so their predictions extrapolate: in column 'a' (3); "
        "3 of 80 predictions lie outside the targets that were learned from\n"
    )
    assert len(found.stdout.splitlines()) == 81


def test_going_on_from_a_checkpoint_is_said(table, tmp_path):
    again = ("fit", table, "--target", "y", "-o", tmp_path / "m.glass", "--max-iter", 5, "--members", 1,
             "--hidden", "4", "--checkpoint", tmp_path / "state")  # fmt: skip
    assert "note" not in run(*again).stderr
    assert "note: going on from epoch 5 of 5 with weight_decay=0.05, by the checkpoint in" in run(*again).stderr


def test_intervals_as_json(table, model):
    found = json.loads(run("predict", model, table, "--interval", 0.9, "--json").stdout)
    assert found["interval"]["floor"] == pytest.approx(0.8 - min(2 * 0.5 / 41, (1 - 2 / 80) / 3))
    assert set(found["predictions"][0]) == {"predicted_y", "y_lower", "y_upper"}
    endless = json.loads(run("predict", model, table, "--interval", 0.999, "--json").stdout)
    assert endless["predictions"][0]["y_lower"] is None
    assert (
        json.loads(run("evaluate", model, table, "--interval", 0.999, "--json").stdout)["y, interval"]["covered"] == 1
    )


def test_intervals_that_cannot_be(table, model, tmp_path):
    assert "90.0 is not in the range 0<x<1" in run("predict", model, table, "--interval", 90, code=2).stderr
    run("fit", table, "--target", "y", "-o", tmp_path / "one.glass", "--max-iter", 1, "--members", 1)
    refused = run("predict", tmp_path / "one.glass", table, "--interval", 0.9, code=1).stderr
    assert "this model has no folds" in refused
    run("predict", model, table, "--interval", 0.9, "-o", tmp_path / "out.csv")
    again = run("predict", model, tmp_path / "out.csv", "--interval", 0.9, "--append", code=1).stderr
    assert "are missing" in again


def test_sets_of_classes(table, tmp_path):
    model = tmp_path / "c.glass"
    run("fit", table, "--target", "kind", "--classify", "-o", model, "--max-iter", 5, "--members", 2)
    found = run("predict", model, table, "--interval", 0.8, "--json")
    shown = json.loads(found.stdout)
    assert {row["set"] for row in shown["predictions"]} <= {"x", "y", "x|y", "none"}
    assert (shown["interval"]["method"], shown["interval"]["rows"]) == ("cross-conformal", 40)
    assert "by cross-conformal, from 40 rows" in found.stderr


def test_a_deviation_of_every_row(table, tmp_path):
    run("fit", table, "--target", "y", "-o", tmp_path / "m.glass", "--loss", "gaussian", "--max-iter", 5, "--hidden", 4,
        "--members", 2)  # fmt: skip
    model, frame = load(tmp_path / "m.glass"), pl.read_csv(table)
    written = pl.read_csv(run("predict", tmp_path / "m.glass", table).stdout.encode())
    assert written.columns == ["predicted_y", "standard_deviation_y"]
    for column, expected in zip(written, model.predict(frame.drop("y"), return_std=True), strict=True):
        np.testing.assert_allclose(column, expected, rtol=1e-12)
    found = json.loads(run("evaluate", tmp_path / "m.glass", table, "--json").stdout)
    expected = norm.logpdf(frame["y"], *written).mean()
    assert found["y"]["log_likelihood"] == pytest.approx(expected)
    assert "log-likelihood" in run("evaluate", tmp_path / "m.glass", table).output


def test_exposure(tmp_path):
    """Rates are learned, predictions are of the rows' own exposures, and errors of rates."""
    random = np.random.default_rng(0)
    frame = pl.DataFrame({"age": random.normal(size=200), "years": random.uniform(0.2, 1, 200)})
    frame = frame.with_columns(claims=pl.Series(random.poisson(frame["years"] * np.exp(frame["age"]))))
    frame.write_csv(tmp_path / "claims.csv")
    file = tmp_path / "claims.glass"
    fit = ("fit", tmp_path / "claims.csv", "--target", "claims", "--exposure", "years", "-o", file)
    small = ("--hidden", 4, "--max-iter", 5, "--members", 2)
    run(*fit, "--loss", "poisson", *small)
    model, rates = load(file), frame["claims"] / frame["years"]
    same = NetworkRegressor((4,), loss="poisson", max_iter=5, n_members=2, random_state=model.random_state or 0)
    same.fit(frame.select("age"), frame["claims"], exposure=frame["years"])
    np.testing.assert_allclose(model.predict(frame.select("age")), same.predict(frame.select("age")), rtol=1e-12)
    run("predict", file, tmp_path / "claims.csv", "--exposure", "years", "-o", tmp_path / "out.csv")
    written = pl.read_csv(tmp_path / "out.csv")["predicted_claims"]
    np.testing.assert_allclose(written, frame["years"] * model.predict(frame.select("age")), rtol=1e-12)
    found = json.loads(run("evaluate", file, tmp_path / "claims.csv", "--exposure", "years", "--json").stdout)
    assert model.exposed_
    assert "predictions are per unit of exposure" in run("predict", file, tmp_path / "claims.csv").stderr
    for command in (("evaluate",), ("explain",), ("trace", "--row", 0), ("calibrate", "-o", tmp_path / "new.glass")):
        refused = run(command[0], file, tmp_path / "claims.csv", *command[1:], code=1).stderr
        assert "the model was fitted with exposures and predicts per unit" in refused
    run("fit", tmp_path / "claims.csv", "--target", "claims", "-o", tmp_path / "other.glass", *small)
    assert not load(tmp_path / "other.glass").exposed_
    other = run("predict", tmp_path / "other.glass", tmp_path / "claims.csv", "--exposure", "years", code=2).stderr
    assert "--exposure is for a model that was fitted with it" in other
    mae = np.mean(np.abs(rates.to_numpy() - model.predict(frame.select("age"))))
    assert found["claims"]["mae"] == pytest.approx(mae)
    for arguments, words in [
        (fit, "exposure needs a loss whose mean is in proportion to it"),
        ((*fit, "--loss", "poisson", "--search", 1), "leave out --exposure"),
        ((*fit, "--classify"), "--exposure is for numbers, not for classes"),
        (("predict", file, tmp_path / "claims.csv", "--exposure", "years", "--interval", 0.9), "for predictions alone"),
        (("predict", file, tmp_path / "claims.csv", "--exposure", "month"), "no column 'month'"),
    ]:
        code = 1 if "proportion" in words else 2
        assert words in " ".join(run(*arguments, code=code).stderr.split())
