"""The lines that reproduce a fit are run, and the new model predicts the same bits."""

from copy import copy

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.model_selection import KFold

import glassnet
from glassnet import (
    ELU,
    SGD,
    Adam,
    Constant,
    CustomLoss,
    Dense,
    Huber,
    NetworkClassifier,
    NetworkRegressor,
    Normal,
    Quantile,
    Recipe,
)
from glassnet.insight.script import as_code, script

ROWS = 60
FAST = {"hidden_layer_sizes": (4,), "preset": "plain", "n_members": 2, "max_iter": 5}


@pytest.fixture(scope="module")
def frame():
    random = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "size": random.normal(size=ROWS),
            "zip": pl.Series(random.choice(["53111", "52062"], ROWS), dtype=pl.Categorical),
            "town": random.choice(["Bonn", "Aachen", "Köln"], ROWS),
            "price": random.normal(size=ROWS),
            "sold": random.choice(["yes, soon", "no"], ROWS),
            "grade": pl.Series(random.choice(["1", "2", "3"], ROWS)),
        }
    )


INPUTS = ["town", "size", "zip"]


@pytest.fixture(scope="module")
def default(frame):
    return NetworkRegressor(**FAST).fit(frame[INPUTS], frame["price"])


def run(model, frame, folder, **options):
    """Return the model that the lines fit and the one that they save."""
    table = folder / "homes.csv"
    frame.write_csv(table)
    text = script(model, table=str(table), **options)
    found = {}
    exec(text, found)
    return found["model"], glassnet.load(folder / "homes.glass"), text


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_drawn_seed_is_drawn_again(default, frame, folder):
    again, saved, text = run(default, frame, folder)
    np.testing.assert_array_equal(again.predict(frame[INPUTS]), default.predict(frame[INPUTS]))
    np.testing.assert_array_equal(saved.predict(frame[INPUTS]), default.predict(frame[INPUTS]))
    assert again.seed_ == default.seed_
    assert str(default.seed_) in text
    assert 'text=["zip"]' in text  # a category by its type, which reading would take as numbers
    assert "tol" not in text  # as it is by default


def test_records_are_written_with_what_differs(frame, folder):
    model = NetworkRegressor(
        layers=[Dense(3, ELU(0.5), weights=Normal(0.2)), Dense(2, "tanh")],
        loss=Huber(2.0),
        solver=Adam(beta_1=0.8, weight_decay=0.01),
        preset=Recipe("plain", scaler="robust"),
        early_stopping=True,
        max_iter=5,
        n_members=2,
        random_state=7,
    ).fit(frame[INPUTS], frame["price"])
    again, _, text = run(model, frame, folder)
    np.testing.assert_array_equal(again.predict(frame[INPUTS]), model.predict(frame[INPUTS]))
    assert "solver=Adam(beta_1=0.8, weight_decay=0.01)," in text
    first = "Dense(3, activation=ELU(alpha=0.5), weights=Normal(standard_deviation=0.2))"
    assert f"layers=[{first}, Dense(2, activation=Tanh())]," in text
    assert 'preset=Recipe(base="plain", scaler="robust"),' in text
    assert "random_state=7," in text
    assert "np." not in text


@pytest.mark.parametrize(("target", "weights"), [("sold", {"no": 2.0, "yes, soon": 1.0}), ("grade", None)])
def test_a_classifier_comes_back(frame, folder, target, weights):
    model = NetworkClassifier(**FAST, class_weight=weights, random_state=1).fit(frame[INPUTS], frame[target])
    again, saved, _ = run(model, frame, folder)
    assert again.classes_.tolist() == model.classes_.tolist()
    np.testing.assert_array_equal(saved.predict_proba(frame[INPUTS]), model.predict_proba(frame[INPUTS]))


def test_a_model_file_and_an_array_are_enough(frame, folder):
    X = frame[["size", "price"]].to_numpy()
    model = NetworkRegressor(**FAST, random_state=11).fit(X, X[:, :1] ** 2)
    loaded = glassnet.load(glassnet.save(model, folder / "m"))
    table = frame.select("size", "price", square=pl.Series(X[:, 0] ** 2))
    with pytest.raises(ValueError, match=r"target names 2 column\(s\), but the model has 1 target"):
        script(loaded, target=["a", "b"])
    again, _, text = run(loaded, table, folder, target="square")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert "random_state=11," in text  # a small seed that draws the one in the file
    assert "# A model file keeps no callback, monitor or splitter" in text


def test_options_of_fit_and_own_functions_are_named(frame, folder):
    loss = CustomLoss(lambda x, y: (x - y) ** 2, lambda x, y: 2 * (x - y))
    model = NetworkRegressor(**FAST, random_state=0, loss=loss, cv=KFold(2), max_time=100.0)
    model.fit(frame[INPUTS], frame["price"], sample_weight=np.ones(ROWS), X_val=frame[INPUTS], y_val=frame["price"])
    lines = script(model).splitlines()
    comments = [line for line in lines if line.startswith("# ")]
    assert any(line.startswith("# loss=CustomLoss(") for line in comments)
    assert " ".join(comments).replace("# ", "").count("cannot be written as code: add it to the parameters below") == 2
    assert any(line.startswith("# cv=KFold(n_splits=2") for line in comments)
    assert "# fit was given sample_weight, which a model does not keep: add sample_weight=... below" in comments
    assert any("fit was given X_val," in line for line in comments)
    assert any("fit was given y_val," in line for line in comments)
    assert any("by the clock" in line for line in comments)
    assert not any("partial_fit" in line for line in comments)
    assert "    max_time=100.0," in lines
    assert not any("loss=" in line or "cv=" in line for line in lines if line not in comments)


def test_calls_before_the_last_and_old_files_are_named(default):
    model = copy(default)
    vars(model).update(_provenance=None, _digest="")  # as of an old file, and as partial_fit leaves it
    text = script(model)
    assert "# partial_fit or warm_start=True went on from earlier calls" in text
    assert "# The model file does not say what fit was given" in text


def test_pandas_and_several_targets(frame, folder):
    table = pd.DataFrame({"size": frame["size"].to_numpy(), "a b": np.arange(ROWS) / 7, "c'd": np.arange(ROWS) % 5})
    model = NetworkRegressor(**FAST, random_state=0).fit(table[["size"]], table[["a b", "c'd"]])
    again, _, _ = run(model, pl.DataFrame(table.to_dict("list")), folder)
    np.testing.assert_array_equal(again.predict(table[["size"]]), model.predict(table[["size"]]))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        'a\'b "c" \\ \n \x00 é',
        np.float64(0.1),
        float("inf"),
        (1,),
        [(None, 2.5)],
        {"a": 1, np.int64(2): "b"},
        SGD(0.5, nesterov=False, schedule="cosine"),
        Quantile((0.1, 0.9)),
        Dense(1, weights=[[1.0], [2.0]], bias=Constant([3.0])),
        Recipe("fast", solver=Adam(clip_norm=1.0)),
    ],
)
def test_code_is_the_value(value):
    used = set()
    code = as_code(value, used)
    assert eval(code, {name: getattr(glassnet, name) for name in used}) == value


@pytest.mark.parametrize("value", [len, KFold(2), object(), np.zeros(101), lambda: 0, {1, 2}])
def test_what_is_no_code_is_refused(value):
    with pytest.raises(TypeError):
        as_code(value, set())


def test_many_names_are_read_line_by_line(default):
    model = copy(default)
    names = np.array([f"column '{number}' of \"many\"" for number in range(40)], dtype=object)
    vars(model)["feature_names_in_"] = names
    text = script(model)
    assert max(map(len, text.splitlines())) < 120
    selected = text.partition("table.select(")[2].partition(")\ny = ")[0]
    assert eval(selected) == names.tolist()


def test_images_are_refused():
    X = np.random.default_rng(0).random((20, 4, 4))
    model = NetworkRegressor((2,), preset="plain", max_iter=1, random_state=0).fit(X, X[:, 0, 0])
    with pytest.raises(TypeError, match="a script reads a table, and this model was fitted to images"):
        script(model)


def test_what_is_no_network_has_no_script():
    with pytest.raises(TypeError, match="this is a KFold; of a pipeline give its last step"):
        glassnet.script(KFold())
