"""A written Python module predicts what the model does, where neither glassnet nor JAX can be imported."""

import csv
import importlib.util
import io
import pickle
import re
import subprocess
import sys
import warnings
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

import glassnet
from glassnet import Dense, NetworkClassifier, NetworkRegressor, Perceptron
from glassnet.cli.command_line import cli
from glassnet.data.columns import from_frame
from glassnet.exchange.formulas.numpy_files import lines_of
from glassnet.exchange.formulas.python_module import python_module

CASES = ["regression", "classes", "labels", "quantiles", "distribution", "counts", "above_zero"]
ALONE = Path(__file__).with_name("numpy_alone_in_process.py")
SITE = str(Path(np.__file__).parents[1])


def predict_alone(folder, function="predict"):
    """Run a function of the modules in a folder in a process that can import nothing but NumPy."""
    command = [sys.executable, "-I", "-S", ALONE, SITE, folder, function]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def cells_of(X):
    return X.to_dict(as_series=False) if isinstance(X, pl.DataFrame) else X


def import_module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def written(cases, tmp_path_factory):
    """The folder with the modules of all cases, and their predictions."""
    folder = tmp_path_factory.mktemp("written")
    for name, (model, X) in cases.items():
        glassnet.export(model, folder / f"{name}.py")
        (folder / f"{name}.pickle").write_bytes(pickle.dumps(cells_of(X)))
    for function in ("predict", "predict_proba"):
        predict_alone(folder, function)
    return folder


@pytest.fixture(scope="module")
def module(written):
    """The module of the table with every kind of column."""
    return import_module(written / "regression.py")


@pytest.mark.parametrize("name", CASES)
def test_it_predicts_what_the_model_predicts(cases, written, name):
    model, X = cases[name]
    expected, found = model.predict(X), np.load(written / f"{name}.predict.npy", allow_pickle=name == "classes")
    assert found.shape == expected.shape
    if expected.dtype.kind == "f":
        np.testing.assert_allclose(found, expected, atol=1e-6 * np.std(expected), rtol=0)
    else:
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", ["classes", "labels"])
def test_it_predicts_the_models_probabilities(cases, written, name):
    model, X = cases[name]
    np.testing.assert_allclose(
        np.load(written / f"{name}.predict_proba.npy"), model.predict_proba(X), atol=1e-6, rtol=0
    )


def test_a_deviation_is_that_of_the_model(cases, written):
    model, X = cases["distribution"]
    found = import_module(written / "distribution.py").predict_with_deviation(X)
    np.testing.assert_allclose(found, model.predict(X, return_std=True), atol=1e-6, rtol=0)


def test_every_layer_of_the_recipe_is_there(cases, module):
    model, _ = cases["regression"]
    kinds = [type(layer).__name__ for layer in model.network_.layers]
    assert kinds[:5] == ["Embedding", "SmoothClip", "PiecewiseLinear", "Periodic", "InputScaling"]
    assert kinds[-2:] == ["BoundedScaling", "LinearPath"]
    assert {column.kind.name for column in module.COLUMNS} == {"number", "flag", "category", "date", "text"}
    assert "row_id" not in {column.name for column in module.COLUMNS}


def test_in_float64_it_is_the_model_in_float64(cases, module):
    model, X = cases["regression"]
    ensemble = model.ensemble_.in_float64()
    expected = ensemble.predict_encoded(model.ensemble_.encode(from_frame(X))).mean(axis=0)[:, 0]
    np.testing.assert_allclose(module.predict(cells_of(X)), expected, rtol=1e-12)


def test_rows_may_be_dicts_columns_or_frames(cases, module):
    X = cases["regression"][1][:5]
    expected = module.predict(X.to_dicts())
    for rows in (X.to_dict(as_series=False), X, X.to_pandas().astype({"large": object}), X.with_columns(more=1)):
        np.testing.assert_array_equal(module.predict(rows), expected)


def test_few_numbers_stand_in_the_module_itself(written):
    assert sorted(path.stem for path in written.glob("*.npz")) == ["classes", "regression"]
    assert "np.load" not in (written / "above_zero.py").read_text()


def test_arrays_of_another_export_are_refused(cases, tmp_path):
    model, _ = cases["regression"]
    path, arrays = glassnet.export(model, tmp_path / "m.py")
    arrays.write_bytes(arrays.read_bytes() + b" ")
    with pytest.raises(ValueError, match=r"'m\.npz' is not the file that was written with .*m\.py'; export both again"):
        import_module(path)
    arrays.unlink()
    with pytest.raises(FileNotFoundError, match=r"'m\.npz', which holds the model's numbers, is not beside"):
        import_module(path)


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        ({"few": "x", "size": "much"}, ValueError, "column 'size' held numbers in training, but row 0 has 'much'"),
        ({"size": float("inf")}, ValueError, r"column 'size' is infinite \(inf\) in row 0; give a finite number"),
        ({"size": [1]}, TypeError, "column 'size' holds a list in row 0; give a number, or None"),
        ({"size": date(2020, 1, 1)}, ValueError, "column 'size' held numbers in training, but now holds dates"),
        ({"two": True}, ValueError, "column 'two' held 3 and 5 in training, but now holds booleans"),
        ({"begin": 3.0}, ValueError, "column 'begin' held dates in training, but now holds numbers"),
        ({"begin": "soon"}, ValueError, "column 'begin' held dates in training, but row 0 has 'soon'; give a date"),
        (
            {"begin": datetime(2020, 1, 1, tzinfo=UTC)},
            ValueError,
            "the dates of column 'begin' had no time zone in training, but now have one; write them as they were",
        ),
    ],
)
def test_cells_that_cannot_be_read_are_refused_in_words(cases, module, change, error, told):
    row = cases["regression"][1].to_dicts()[0] | change
    with pytest.raises(error, match=told):
        module.predict([row])


def test_a_missing_column_is_named_with_the_most_similar_name(cases, module):
    X = cases["regression"][1]
    with pytest.raises(
        ValueError, match=r"1 column\(s\) of the training table are missing:\n  - size   \(the table"
    ) as own:
        module.predict(X.rename({"size": "Sizes"}))
    with pytest.raises(ValueError, match="are missing") as ours:
        cases["regression"][0].predict(X.rename({"size": "Sizes"}))
    assert str(own.value) == str(ours.value)
    for nothing in (X[:0], []):
        with pytest.raises(ValueError, match="there is no row to predict"):
            module.predict(nothing)
    with pytest.raises(ValueError, match="the columns have different lengths: 1, 2"):
        module.predict({"size": [1, 2], "few": ["x"]})


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (None, "rows is a NoneType; give a list of dicts, one a row; a dict of columns; a frame; or an array"),
        (3.0, "rows is a float; give a list of dicts"),
        ([{"size": 1.0}, [1.0]], "row 1 is a list and not a dict; give a list of dicts"),
        ("rows", "row 0 is a str and not a dict; give a list of dicts"),
    ],
)
def test_what_are_no_rows_is_refused(module, rows, told):
    with pytest.raises(TypeError, match=told):
        module.predict(rows)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "size,few\n1,\N{LATIN SMALL LETTER E WITH ACUTE}\n".encode("cp1252"),
            "is not text in UTF-8; save it as UTF-8",
        ),
        (None, "there is no file "),
        (b'size,few\n1,"' + b"x" * 200_000 + b'"\n', "cannot be read: field larger than field limit"),
    ],
)
def test_files_that_cannot_be_read_are_one_line(module, tmp_path, request, content, told):
    before = csv.field_size_limit(131_072)  # that of a new process; reading a table raises it
    request.addfinalizer(lambda: csv.field_size_limit(before))
    if content is not None:
        (tmp_path / "table.csv").write_bytes(content)
    with pytest.raises(SystemExit, match=rf"^error: .*{told}") as left:
        module.print_predictions([str(tmp_path / "table.csv")], "", module.COLUMNS, module.predictions_by_name)
    assert str(tmp_path / "table.csv") in str(left.value)


def test_a_folder_is_no_table(module, tmp_path):
    with pytest.raises(SystemExit, match=r"^error: .* cannot be read: Is a directory$"):
        module.print_predictions([str(tmp_path)], "", module.COLUMNS, module.predictions_by_name)


def test_gaps_and_unknown_levels_are_as_in_the_model(cases, module):
    model, X = cases["regression"]
    nulls = X[:40].with_columns(
        size=None, few=pl.lit("new"), many=pl.lit(None, pl.String), begin=pl.lit(None, pl.Datetime), text=pl.lit("RED!")
    )
    with warnings.catch_warnings(record=True) as own:
        warnings.simplefilter("always")
        found = module.predict(nulls)
    with warnings.catch_warnings(record=True) as ours:
        warnings.simplefilter("always")
        expected = model.predict(nulls)
    told = sorted(str(warning.message) for warning in own)
    assert told == sorted(str(warning.message) for warning in ours)
    assert "40 of 40 cells of column 'few' are no level that training saw" in told[0]
    assert "column 'begin' was never missing in training, but is in 40 row(s)" in told[1]
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.std(model.predict(X)), rtol=0)


def test_as_a_program_it_reads_a_table_and_prints_predictions(cases, written, tmp_path):
    model, X = cases["regression"]
    seconds = X.with_columns(pl.col("for").dt.total_seconds())
    seconds.write_csv(tmp_path / "table.csv")
    done = subprocess.run(
        [sys.executable, "-I", written / "regression.py", tmp_path / "table.csv"],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert rows[0] == ["predicted_price"]
    expected = model.predict(X)
    np.testing.assert_allclose(np.array(rows[1:], float)[:, 0], expected, atol=1e-6 * np.std(expected), rtol=0)
    (tmp_path / "other.csv").write_text("size,few\n1,x,3\n")
    done = subprocess.run(
        [sys.executable, "-I", written / "regression.py", tmp_path / "other.csv"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "error: line 2 of 'other.csv' has 3 cells for 2 column(s)\n"


def test_classes_as_a_program(cases, written, tmp_path, capsys):
    model, X = cases["classes"]
    X.write_csv(tmp_path / "table.csv", separator=";")
    module = import_module(written / "classes.py")
    module.print_predictions(
        [str(tmp_path / "table.csv"), "--separator", ";"], "", module.COLUMNS, module.predictions_by_name
    )
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["predicted_y0"] for row in rows] == model.predict(X).tolist()
    found = [[float(row[f"probability_{name}"]) for name in model.classes_] for row in rows]
    np.testing.assert_allclose(found, model.predict_proba(X), atol=1e-6)


@pytest.mark.parametrize(("separator", "said"), [(",", ""), (";", "';'"), ("\t", "'\\t'"), ("|", "'|'")])
def test_the_line_of_names_says_what_separates_cells(tmp_path, capsys, separator, said):
    rows = [["size", '"a\nb"', '"one, two, three; 4; 5"'], ["1", "2", '"x, y"']]
    text = "\n\n".join(map(separator.join, rows))
    (tmp_path / "table.csv").write_text(f"\n{text}\n", encoding="utf-8-sig")
    names, cells = lines_of(tmp_path / "table.csv", None, {"size", "a\nb"})
    assert names == (3, ["size", "a\nb", "one, two, three; 4; 5"])
    assert cells == (5, ["1", "2", "x, y"])
    assert capsys.readouterr().err == (f"note: cells of 'table.csv' are separated by {said}\n" if said else "")


def test_a_program_reads_decimal_commas_of_training_and_refuses_others_by_line(tmp_path, capsys):
    lines = ["size;km;y", *(f"{i},5;{i % 7},25 km;{i % 11}" for i in range(60))]
    (tmp_path / "train.csv").write_text("\n".join(lines))
    fitted = CliRunner().invoke(
        cli,
        ["fit", str(tmp_path / "train.csv"), "--target", "y", "--preset", "plain", "--hidden", "2", "--max-iter", "2",
         "-o", str(tmp_path / "m.glass")],
    )  # fmt: skip
    assert fitted.exit_code == 0, fitted.output
    model = glassnet.load(tmp_path / "m.glass")
    module = import_module(glassnet.export(model, tmp_path / "m.py")[0])
    new = tmp_path / "new.csv"

    def predictions(*rows):
        new.write_text("\n".join(["size;km", *rows]))
        module.print_predictions([str(new)], "", module.COLUMNS, module.predictions_by_name)
        return np.array(capsys.readouterr().out.split()[1:], float)

    expected = model.predict(pl.DataFrame({"size": [3.5, 4.5], "km": [2.25, 0.25]}))
    np.testing.assert_allclose(predictions("3,5;2,25 km", "4,5;0,25 km"), expected, atol=1e-5)
    for row, name, cell in (
        ("4.5;0,25 km", "size", "4.5"),
        ("1.000,5;0,25 km", "size", r"1\.000,5"),
        ("4,5;0,25 miles", "km", "0,25 miles"),
    ):
        with pytest.raises(
            SystemExit, match=rf"^error: line 4 of 'new\.csv': column '{name}' .* row 1 has '{cell}'; give"
        ):
            predictions("3,5;2,25 km", "", row)


def test_the_head_says_what_it_is(cases, written):
    model, _ = cases["regression"]
    head = import_module(written / "regression.py").__doc__
    text = " ".join(head.split())
    assert text.startswith("Predictions of 'price', by formulas in NumPy.")
    assert f"the mean of 2 networks of {model.network_.n_parameters:,} parameters" in text
    assert f"fitted on {model.provenance_.date[:10]}" in text
    assert "'regression.npz', beside it" in text
    assert "per unit of exposure" in import_module(written / "counts.py").__doc__


def test_text_of_training_is_read_as_it_was(tmp_path):
    n = 60
    frame = pl.DataFrame(
        {
            "price": [f"{i % 17 + 1}.{i % 9}00,5 €" for i in range(n)],
            "day": [f"{i % 28 + 1}/{i % 12 + 1}/2021" for i in range(n)],
            "took": [f"{i % 5}:{i % 60:02}:{i % 59:02}" for i in range(n)],
            "good": [["True", "False"][i % 3 == 0] for i in range(n)],
            "rate": [f"{i},{i % 7}" for i in range(n)],
        }
    )
    model = NetworkRegressor((2,), preset="plain", max_iter=2, random_state=0).fit(frame, np.arange(n) % 11)
    path = glassnet.export(model, tmp_path / "m.py")[0]
    module = import_module(path)
    assert [column.kind.name for column in module.COLUMNS] == ["number", "date", "number", "number", "number"]
    np.testing.assert_allclose(module.predict(frame.to_dicts()), model.predict(frame), atol=1e-6 * 3)
    with pytest.raises(ValueError, match=r"column 'price' held numbers in training, but row 0 has '1\.500 kg'"):
        module.predict([frame.to_dicts()[0] | {"price": "1.500 kg"}])


def test_what_has_no_formula_is_refused_by_name(cases, tmp_path):
    class Twice(Dense):
        pass

    X = np.random.default_rng(0).normal(size=(40, 2))
    model = NetworkRegressor(layers=[Twice(2)], preset="plain", max_iter=1).fit(X, X[:, 0])
    with pytest.raises(
        TypeError, match=r"Twice.* has no formula .* fit with Dense or ParametricActivation, or predict"
    ):
        python_module(model, "m")
    images = NetworkClassifier((2,), preset="plain", max_iter=1).fit(np.zeros((4, 2, 2)) + np.eye(2), [0, 1, 0, 1])
    with pytest.raises(TypeError, match=r"fitted to images.*: glassnet predict MODEL.glass IMAGES"):
        glassnet.export(images, tmp_path / "m.py")
    with pytest.raises(TypeError, match=r"export takes a fitted NetworkRegressor .* and this is a Perceptron"):
        glassnet.export(Perceptron(), tmp_path / "m.py")
    model = cases["regression"][0]
    with pytest.raises(ValueError, match=r"'m\.doc' has no ending of a formula; choose from \.py"):
        glassnet.export(model, tmp_path / "m.doc")
    with pytest.raises(ValueError, match=r"there is no folder .* to write 'm.py' to; make it first"):
        glassnet.export(model, tmp_path / "none" / "m.py")
    for name in ("numpy", "csv", "re", "glassnet"):
        with pytest.raises(ValueError, match=rf"'{name}\.py' would be imported .*; write to .*{name}_model\.py' or"):
            glassnet.export(model, tmp_path / f"{name}.py")
    assert not list(tmp_path.iterdir())


def test_code_stays_code_whatever_names_say(cases, tmp_path):
    X = np.random.default_rng(0).normal(size=(40, 2))
    names = ['"""\nraise SystemExit("""', "\\"]
    y = pl.Series('%(prog)s """ \' \\', X[:, 0])
    model = NetworkRegressor((1,), preset="plain", max_iter=1).fit(pl.DataFrame(X, schema=names), y)
    module = import_module(glassnet.export(model, tmp_path / "a b.py")[0])
    assert names == module.NAMES
    assert "\n    python 'a b.py' TABLE.csv\n" in module.__doc__
    assert list(module.predictions_by_name(X)) == ['predicted_%(prog)s """ \' \\']
    with pytest.raises(SystemExit):
        module.print_predictions(["--help"], module.__doc__.split("\n")[0], module.COLUMNS, module.predictions_by_name)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*holds dates:UserWarning")
@pytest.mark.parametrize("name", ["ames_housing", "nyc_taxis"])
def test_real_tables(open_table, tmp_path, name):
    frame = pl.read_parquet(open_table(name))
    X, y = frame.drop("target"), frame["target"]
    model = NetworkRegressor(hidden_layer_sizes=(32,), n_members=2, max_iter=5, random_state=0).fit(X, y)
    glassnet.export(model, tmp_path / "m.py")
    (tmp_path / "m.pickle").write_bytes(pickle.dumps(X.to_dict(as_series=False)))
    predict_alone(tmp_path)
    found, expected = np.load(tmp_path / "m.predict.npy"), model.predict(X)
    in_float64 = model.ensemble_.in_float64().predict_encoded(model.ensemble_.encode(from_frame(X))).mean(axis=0)[:, 0]
    size = np.std(y.to_numpy())
    assert np.max(np.abs(found - in_float64)) <= 1e-12 * size
    assert np.max(np.abs(found - expected)) <= 1e-6 * size
    assert re.search(r"x = periodic\(", (tmp_path / "m.py").read_text())
