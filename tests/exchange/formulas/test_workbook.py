"""A written workbook computes what the model computes in float64: evaluated by `formulas`, read by openpyxl."""

import re
import sys
import warnings

import formulas
import jax
import jax.numpy as jnp
import numpy as np
import openpyxl
import polars as pl
import pytest
import xlsxwriter

import glassnet
from glassnet import Column, CustomLoss, Dense, NetworkRegressor
from glassnet.exchange.formulas.python_calls import ACTIVATION_CALLS, LAYER_CALLS
from glassnet.exchange.formulas.workbook_activations import ACTIVATION_FORMULAS, activation_formulas
from glassnet.exchange.formulas.workbook_inputs import refused_columns
from glassnet.exchange.formulas.workbook_layers import LAYER_SHEETS, write_layer
from glassnet.exchange.formulas.workbook_sheet import Sheet
from glassnet.network.activation import ACTIVATIONS, ELU, Increasing, LeakyReLU
from glassnet.network.dropout import Dropout
from glassnet.network.flatten import Flatten

HOSTILE = ["=cmd()", "+1", "-1", "@SUM(A1)", 'it\'s "q"\n', "b" * 300]


def computed(path, cells=None, sheet="Prediction"):
    """Evaluate a workbook with other cells in line 2 of its first sheet, and return a sheet by cell."""
    if cells is not None:
        book = openpyxl.load_workbook(path)
        for place, value in enumerate(cells, start=1):
            cell = book["Inputs"].cell(2, place)
            cell.value = value
            cell.data_type = "s" if isinstance(value, str) else cell.data_type  # =1 too
        path = path.with_name("changed.xlsx")
        book.save(path)
    solution = formulas.ExcelModel().loads(str(path)).finish().calculate()
    prefix = f"'[{path.name}]{sheet.upper()}'!"
    return {
        name.removeprefix(prefix): found.value[0, 0]
        for name, found in solution.items()
        if isinstance(name, str) and name.startswith(prefix) and ":" not in name
    }


def in_float64(model, X):
    """Return what members predict of the first row, (members, outputs), by the float64 trace of each."""
    traces = [glassnet.trace(model, X, row=0, member=place) for place in range(len(model.members_))]
    return np.array([list(trace.prediction.values()) for trace in traces])


@pytest.fixture(scope="module")
def fitted():
    """A table with hostile names, and a model of the default recipe."""
    random, n = np.random.default_rng(0), 200
    table = pl.DataFrame(
        {
            HOSTILE[0]: random.normal(size=n),
            HOSTILE[1]: [None if i % 7 == 0 else float(i % 13) for i in range(n)],
            HOSTILE[2]: [["=1", "@y", None, HOSTILE[4]][i % 4] for i in range(n)],
            HOSTILE[3]: [f"level {i % 19}" for i in range(n)],
            HOSTILE[4]: [None if i % 11 == 0 else bool(i % 2) for i in range(n)],
            HOSTILE[5]: [[-3, 5][i % 3 == 0] for i in range(n)],
        }
    )
    y = pl.Series("=price", 50 + 9 * table[HOSTILE[0]].to_numpy() + random.normal(size=n))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = NetworkRegressor((3,), n_members=2, max_iter=2, random_state=0, output_range="seen").fit(table, y)
    return model, table, np.std(y.to_numpy())


@pytest.fixture(scope="module")
def path(fitted, tmp_path_factory):
    return glassnet.export(fitted[0], tmp_path_factory.mktemp("workbook") / "model.xlsx")[0]


ROWS = {
    "all": [0.7, 3.0, "@y", "level 3", True, 5],
    "gaps": [None, None, None, None, None, None],
    "unknown": [1e6, 0.0, "=1", "Level 3", False, -3],
}


@pytest.mark.parametrize("name", ROWS)
def test_it_computes_what_the_model_computes_in_float64(fitted, path, name):
    model, table, size = fitted
    cells = dict(zip(table.columns, ([cell] for cell in ROWS[name]), strict=True))
    row = pl.DataFrame(cells, schema=table.schema)
    with warnings.catch_warnings():  # of gaps and unknown levels
        warnings.simplefilter("ignore")
        expected = in_float64(model, row).mean(axis=0)
    assert computed(path, ROWS[name])["B2"] == pytest.approx(expected[0], abs=1e-9 * size)


def test_the_first_sheet_has_the_columns_with_an_example_row(fitted, path):
    model, table, _ = fitted
    book = openpyxl.load_workbook(path)
    names, example = ([cell.value for cell in line] for line in (book["Inputs"][1], book["Inputs"][2]))
    assert names == table.columns
    fill = model.members_[0].preprocessing.inputs.fill
    assert example == [*fill[:2].tolist(), "=1", "level 0", 0, -3]
    told = [cell.value for cell in book["Inputs"][4]]
    assert told[:3] == ["number", "number", f"one of: =1, @y, {HOSTILE[4].strip()}"]


@pytest.mark.parametrize("name", ["classes", "labels", "quantiles", "distribution", "above_zero"])
def test_every_kind_of_output(cases, tmp_path, name):
    model, X = cases[name]
    row = X[:1]
    cells = row.row(0) if isinstance(X, pl.DataFrame) else row[0].tolist()
    found = computed(glassnet.export(model, tmp_path / "m.xlsx")[0], cells)
    members = in_float64(model, row)
    outputs = np.array([found[f"{letter}2"] for letter in "BCDEFG"[: members.shape[1]]], dtype=float)
    if name == "distribution":  # the second output of a member is its mean plus its deviation
        mean, deviation = members[:, 0].mean(), members[:, 1] - members[:, 0]
        expected = [mean, np.sqrt(np.mean(deviation**2 + (members[:, 0] - mean) ** 2))]
    else:
        expected = members.mean(axis=0)
    np.testing.assert_allclose(outputs, expected, rtol=0, atol=1e-9)
    if name == "classes":
        assert found["B3"] == model.predict(row)[0]
    if name == "labels":
        assert [found["B3"], found["C3"]] == model.predict(row)[0].tolist()


def test_every_activation_is_the_package_own(tmp_path):
    shown = [*ACTIVATIONS.values(), ELU(0.5), LeakyReLU(0.2), Increasing(3)]
    z = np.array([[-30.0, -1.5, 0.4], [0.0, 2.5, 700.0], [-1e-9, 1.0, -800.0]])
    book = xlsxwriter.Workbook(tmp_path / "m.xlsx")
    sheet = Sheet("Prediction", book.add_worksheet("Prediction"))
    for row, line in enumerate(z):
        cells = [sheet.number(row, column, value) for column, value in enumerate(line)]
        for place, activation in enumerate(shown):
            for column, formula in enumerate(activation_formulas(activation, cells)):
                sheet.formula(4 + 3 * place + row, column, formula)
    book.close()
    found = computed(tmp_path / "m.xlsx")
    for place, activation in enumerate(shown):
        with jax.enable_x64(True):
            expected = np.asarray(activation.value(jnp.asarray(z)))
        got = [[found[f"{letter}{5 + 3 * place + row}"] for letter in "ABC"] for row in range(3)]
        np.testing.assert_allclose(
            np.array(got, dtype=float), expected, rtol=1e-12, atol=1e-12, err_msg=repr(activation)
        )


def test_the_kinds_are_those_of_the_module():
    assert set(ACTIVATION_FORMULAS) == set(ACTIVATION_CALLS)
    assert set(LAYER_SHEETS) == set(LAYER_CALLS) - {Dropout, Flatten}


def test_sheets_are_named_by_member_and_layer_and_numbers_have_all_digits(fitted, path):
    model, _, _ = fitted
    book = openpyxl.load_workbook(path)
    layers = [f"L{place}" for place in range(1, 11)]
    assert book.sheetnames[:2] == ["Inputs", "Encoded"]
    assert book.sheetnames[2:-1] == [f"M{member} {name}" for member in (0, 1) for name in ("inputs", *layers)]
    assert book.sheetnames[-1] == "Prediction"
    assert [type(layer).__name__ for layer in model.network_.layers][5] == "Dense"
    W = model.members_[1].parameters[5]["W"]
    rows = book["M1 L6"].iter_rows(min_row=4, max_row=3 + len(W), min_col=3, max_col=5, values_only=True)
    np.testing.assert_array_equal(np.array(list(rows)), W)
    fill = model.members_[1].preprocessing.inputs.center
    assert [cell.value for cell in book["M1 inputs"]["D"][1:]] == fill.tolist()


def test_names_and_levels_stay_text(path):
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    computing = {cell.value.split("(")[0] for cell in cells if cell.data_type == "f"}
    assert not [start for start in computing if "cmd" in start or "@" in start]
    assert {cell.data_type for cell in book["Inputs"][1]} == {"s"}
    assert {"=1", "@y"} <= {cell.value for cell in book["Encoded"]["C"] if cell.data_type == "s"}
    assert not [cell for cell in cells if cell.hyperlink]


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (
            Column("a", "date"),
            "column 'a' holds dates, whose parts and time zones a workbook counts in its own way",
        ),
        (Column("a", "category", tokens=("red",)), "column 'a' holds text that is known by its parts"),
        (
            Column("a", "number", origin=2**60),
            r"column 'a' holds integers beyond 2\^53, of which a workbook has 15 digits",
        ),
        (Column("a", "category", levels=("b" * 40_000,)), "column 'a' has a level of more than 32,767 characters"),
    ],
)
def test_columns_that_a_workbook_cannot_take_are_refused_by_name(column, told):
    plain = [Column("b", "number"), Column("c", "category", levels=("x", "y")), Column("d", "flag")]
    assert refused_columns(plain) == []
    (said,) = refused_columns([*plain, column])
    assert re.match(told, said)


def test_large_models_and_layers_of_your_own_are_refused(cases, tmp_path):
    class Twice(Dense):
        pass

    with pytest.raises(
        ValueError, match=r"room for 5,000 parameters, and its 2 member\(s\) have 15,090 together\n"
    ) as told:
        glassnet.export(cases["regression"][0], tmp_path / "m.xlsx")
    for column in ("begin", "end", "text", "large"):
        assert f"  - column {column!r} holds " in str(told.value)
    assert "NetworkRegressor((8,), preset='plain'), or type\n" in str(told.value)
    assert str(told.value).endswith("    glassnet fit TABLE --target Y --preset plain --hidden 8")
    assert not (tmp_path / "m.xlsx").exists()
    book = xlsxwriter.Workbook(tmp_path / "own.xlsx")
    with pytest.raises(
        TypeError, match=r"Twice.* has no formula that could be written, since it is a layer of your own"
    ):
        write_layer(Sheet("M0 L1", book.add_worksheet("M0 L1")), Twice(2), {}, [], [])
    with pytest.raises(TypeError, match="has no formula that could be written, since it is an activation of your own"):
        activation_formulas(CustomLoss(np.add, np.add), ["$A$1"])
    book.close()


def test_without_xlsxwriter_it_says_what_to_install(cases, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(ModuleNotFoundError, match=r"not installed; type pip install 'glassnet\[excel\]'"):
        glassnet.export(cases["labels"][0], tmp_path / "m.xlsx")


def test_equal_models_give_equal_files(cases, tmp_path):
    first, second = (glassnet.export(cases["labels"][0], tmp_path / name)[0] for name in ("a.xlsx", "b.xlsx"))
    assert first.read_bytes() == second.read_bytes()
