"""What notebooks show: escaped, short, with no script but the viewer's, each number beside its digits."""

import base64
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from textwrap import dedent

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn import config_context
from sklearn.pipeline import make_pipeline

from glassnet import (
    Attack,
    Certificate,
    Column,
    Convolution,
    Dense,
    Ensemble,
    Flatten,
    ImportanceDisplay,
    MaxPool,
    Network,
    NetworkClassifier,
    NetworkRegressor,
    PredictionDisplay,
    TableSchema,
    TextTable,
    TrainingDisplay,
    compare,
    coverage_curve,
    extrapolation,
    importance,
    predictions,
    trace,
)
from glassnet._notebook import Fragment
from glassnet._viewer import viewer_module
from glassnet.insight.summary import summarise

HOSTILE = "</script><img src=x onerror=alert(1)>"
LEVELS = ["<b>red</b>", "green & blue", '"grey"']
ROWS = 90
MOST_BYTES = 60_000
MOST_BYTES_WITH_VIEWER = 300_000
ALLOWED = {"div", "style", "p", "figure", "figcaption", "img", "details", "summary"}
ALLOWED |= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
TINY = {"hidden_layer_sizes": (4,), "preset": "plain", "n_members": 3, "max_iter": 15, "random_state": 0}
DROPPED = {"style", "script"}  # by JupyterLab, with what is in them, where a notebook is not trusted


class Parsed(HTMLParser):
    """The elements of HTML, its text, and the rows of its tables: pairs of text and data-value."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.pieces, self.rows = [], [], [], []
        self._open, self._cell = [], None
        self.feed(html)
        self.close()
        assert not self._open

    @property
    def text(self):
        return " ".join(" ".join(self.pieces).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag not in {"img", "input", "br"}:
            self._open.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self._cell = ["", dict(attrs).get("data-value")]
            self.rows[-1].append(self._cell)

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag

    def handle_data(self, data):
        hidden = any(tag in DROPPED or "hidden" in attributes for tag, attributes in self._open)
        if not hidden:
            self.pieces.append(data)
        if self._open and self._open[-1][0] in {"td", "th"} and self._cell is not None:
            self._cell[0] += data


def column(html, place, first=1):
    """Return the numbers of a column of the tables in HTML, in full."""
    return [float(row[place][1]) for row in Parsed(html).rows[first:]]


def own(html):
    """Return what stands below scikit-learn's diagram."""
    return html[html.rindex('<div class="glassnet">') :]


def without_viewer(html):
    """Return HTML without its viewer: the record, which is plain data, and the script that is the same everywhere."""
    if not html.startswith("<glass-view>"):
        return html
    assert len(html.encode()) <= MOST_BYTES_WITH_VIEWER
    found = re.fullmatch(
        r'<glass-view><script type="application/json">([^<]*)</script>(.*)</glass-view>(.*)', html, re.DOTALL
    )
    assert found is not None
    record, rest, module = found.groups()
    assert json.loads(record)["format"] == 1
    assert module == viewer_module()
    return rest


def check_safe(html):
    """Assert that HTML is short, and holds nothing but text, tables, pictures in it and a viewer."""
    html = without_viewer(html)
    parsed = Parsed(html)
    assert len(html.encode()) <= MOST_BYTES
    assert set(parsed.tags) <= ALLOWED
    assert {name for _, name, _ in parsed.attributes} <= {"class", "scope", "data-value", "src", "alt"}
    assert all(value.startswith("data:image/png;base64,") for _, name, value in parsed.attributes if name == "src")
    return parsed


def frame(rows=ROWS, seed=0):
    random = np.random.default_rng(seed)
    x, z = random.normal(size=(2, rows))
    colour = random.choice(LEVELS, rows)
    y = pd.Series(2 * x - z**2 + (colour == LEVELS[0]) + 0.1 * random.normal(size=rows), name=HOSTILE)
    return pd.DataFrame({HOSTILE: x, "z": z, "<i>colour</i>": colour, "same": "a"}), y


@pytest.fixture(scope="module")
def model():
    with pytest.warns(UserWarning, match="left out"):
        return NetworkRegressor(**TINY).fit(*frame())


@pytest.fixture(scope="module")
def classifier():
    X, y = frame()
    return NetworkClassifier(**TINY).fit(X[[HOSTILE, "z"]], np.where(y > 0, HOSTILE, LEVELS[0]))


def zeros(inputs, targets, train, new):
    """Predict 0, as a simple model."""
    return np.zeros((len(new), 1))


def certificate(rows=20):
    """Return a certificate of made numbers; computing one takes long."""
    random = np.random.default_rng(0)
    ends, slopes = random.normal(size=(5, rows, 1)), random.normal(size=(2, rows, 1, 2))
    boxes, answers = np.zeros((2, rows, 2)), np.full((rows, 1, 2), "undecided", object)
    answers[::4, 0, 1] = "held fixed"
    inputs = np.zeros((2, rows, 1, 2))
    return Certificate(("y",), (HOSTILE, "z"), *ends, *boxes, *inputs, "linear", *slopes, ends[0], answers)


def of_images():
    """Return a trace of an image of 28 x 28 through layers as those of a default model, with fewer channels."""
    layers = [Convolution(8, 3, "relu", padding="same"), MaxPool(2), Convolution(8, 3, "relu", padding="same")]
    network = Network((28, 28, 1), [*layers, MaxPool(2), Flatten(), Dense(10)])
    x = np.random.default_rng(0).normal(size=(1, 28, 28, 1))
    return trace(network, network.initialize(0), x, np.ones((1, 10)))


@pytest.fixture(scope="module")
def records(model, classifier):
    (X, y), (X_new, y_new) = frame(), frame(60, seed=1)
    network = Network(2, [Dense(3, "logistic"), Dense(2)])
    return {
        "interval": model.predict_interval(X_new),
        "set": classifier.predict_set(X_new[[HOSTILE, "z"]], coverage=0.6),
        "certificate": certificate(),
        "comparison": compare(model, X, y, peers={HOSTILE: zeros}),
        "importance": importance(model, X_new, y_new, repeats=1),
        "coverage": coverage_curve(model, X_new, y_new),
        "extrapolation": extrapolation(model, X_new.assign(**{HOSTILE: 50.0})),
        "summary": summarise(model, X, y),
        "attack": Attack(X_new, y_new, y_new, y_new, 0.1, "pgd", "inf", 20, 0.01, 1, 0, 0.5, 0.75, classes=False),
        "row": trace(model, X, y, row=3),
        "forward": trace(model, X_new, row=3),
        "image": of_images(),
        "steps": trace(network, network.initialize(0), np.ones((1, 2)), np.ones((1, 2)), steps=3),
        "table": TextTable((HOSTILE, "n"), ((HOSTILE, 1.5), ("b", None)), title=HOSTILE),
    }


@pytest.fixture(scope="module")
def displays(model, records):
    return {
        "prediction": PredictionDisplay(predictions(model, *frame(60, seed=1))),
        "importance": ImportanceDisplay(records["importance"]),
        "training": TrainingDisplay([member.history for member in model.members_]),
    }


NAMES = [
    *("interval", "set", "certificate", "comparison", "importance", "coverage", "extrapolation", "summary", "attack"),
    *("row", "forward", "image", "steps", "table"),
]
UNNAMED = {"interval", "coverage", "attack", "image", "steps"}  # which no name is in


@pytest.mark.parametrize("name", NAMES)
def test_a_record_is_html_and_text(records, name):
    record = records[name]
    bundle = record._repr_mimebundle_(include=None, exclude=None)
    assert bundle == {"text/plain": str(record), "text/html": record._repr_html_()}
    parsed = check_safe(bundle["text/html"])
    assert "table" in parsed.tags
    assert "img" not in parsed.tags
    assert (HOSTILE in parsed.text) == (name not in UNNAMED)


@pytest.mark.parametrize("name", ["row", "forward", "image", "steps"])
def test_what_passes_through_a_network_has_a_viewer(records, name):
    assert records[name]._repr_html_().startswith("<glass-view>")


def test_every_number_stands_beside_its_digits(records):
    interval, curve, certified = (records[name] for name in ("interval", "coverage", "certificate"))
    assert column(interval._repr_html_(), 1) == interval.lower.tolist()
    assert column(interval._repr_html_(), 2) == interval.upper.tolist()
    assert column(records["importance"]._repr_html_(), 1) == records["importance"].increase.tolist()
    assert column(records["comparison"]._repr_html_(), 1) == [each.error for each in records["comparison"].models]
    assert column(curve._repr_html_(), 1) == [each.covered for each in curve.levels]
    rows = Parsed(certified._repr_html_()).rows[1:21]
    assert [[float(cell[1]) for cell in row[1:]] for row in rows] == [
        [float(part[row, 0]) for part in (certified.prediction, certified.lower, certified.upper,
                                          certified.attacked_lower, certified.attacked_upper, certified.lipschitz)]
        for row in range(20)
    ]  # fmt: skip
    row = records["row"]
    (prediction,) = [cells for cells in Parsed(row._repr_html_()).rows if len(cells) == 4 and cells[0][0] == HOSTILE]
    expected = [row.target[HOSTILE], row.prediction[HOSTILE], row.prediction_after[HOSTILE]]
    assert [float(cell[1]) for cell in prediction[1:]] == expected
    labels = [cells[1][0] for cells in Parsed(records["set"]._repr_html_()).rows[1:]]
    assert labels == [", ".join(each) or "none" for each in records["set"].labels]


@pytest.mark.parametrize("cell", [0.1 + 0.2, -0.0, np.float32(0.1), np.float64(1e-300), np.int64(7), 2**60, np.inf])
def test_a_number_cell_holds_the_value_to_the_bit(cell):
    text, value = Parsed(TextTable(("", "x"), ((None, cell),)).to_html()).rows[1][1]
    assert float(value) == float(cell)
    assert np.signbit(float(value)) == np.signbit(cell)
    assert text == TextTable(("x",), ((cell,),)).shown(cell)


def test_cells_that_are_no_numbers_have_no_value():
    rows = Parsed(TextTable(("a", "b", "c"), ((True, None, "1"),)).to_html()).rows
    assert rows[1] == [["True", None], ["", None], ["1", None]]


def test_a_table_for_pages_has_all_rows_unless_fewer_are_asked_for():
    table = TextTable(("n",), tuple((row,) for row in range(500)))
    assert column(table.to_html(), 0) == list(range(500))
    assert column(table.to_html(498), 0) == list(range(498))
    assert Parsed(table.to_html(498)).text.endswith("and 2 more rows")
    assert "more" not in table.to_html(500)


def test_long_tables_are_cut_and_say_so(records):
    interval = records["interval"]
    long = replace(interval, lower=np.arange(412.0), upper=np.arange(412.0) + 1)
    parsed = check_safe(long._repr_html_())
    assert len(parsed.rows) == 1 + 200
    assert parsed.text.endswith("and 212 more rows; lower and upper have all")
    several = replace(interval, lower=np.zeros((3, 2)), upper=np.ones((3, 2)))
    header, *rows = check_safe(several._repr_html_()).rows
    assert [cell[0] for cell in header] == ["row", "lower 1", "upper 1", "lower 2", "upper 2"]
    assert [[float(cell[1]) for cell in row] for row in rows] == [[row, 0, 1, 0, 1] for row in range(3)]
    assert check_safe(replace(interval, lower=np.zeros(0), upper=np.zeros(0))._repr_html_()).rows[1:] == []


def test_what_is_left_out_of_a_certificate_is_counted():
    long = certificate(500)
    parsed = check_safe(long._repr_html_())
    answers = int((long.monotone != "held fixed").sum())
    heads = [place for place, row in enumerate(parsed.rows) if row[0] == ["row", None]]
    shown = [end - start - 1 for start, end in pairwise([*heads, len(parsed.rows)])]
    assert f"and {500 - shown[0]} more rows; to_json() has all" in parsed.text
    assert f"and {answers - shown[1]} more rows; to_json() has all" in parsed.text


def test_nothing_is_longer_than_it_may_be():
    wide = TextTable(tuple(f"{HOSTILE}{n}" for n in range(3_000)), ((0.1,) * 3_000,) * 3_000, title='"' * 10_000)
    parsed = check_safe(wide._repr_html_())
    assert "and 2,970 more columns" in parsed.text.replace("more rows and", "and")
    letters = TextTable(('"' * 10_000,) * 30, (('"' * 10_000,) * 30,) * 300, title='"' * 10_000)
    assert "more rows" in check_safe(letters._repr_html_()).text
    network = Network(40, [Dense(40, "tanh"), Dense(40)])
    steps = trace(network, network.initialize(0), np.ones((9, 40)), np.ones((9, 40)), steps=3)
    text = check_safe(steps._repr_html_()).text
    assert "and more tables; str() or to_frame() has all" in text
    fragment = Fragment()
    fragment.tables([letters] * 100)
    assert "has no room here" in check_safe(fragment.html()).text


def test_without_trust_numbers_and_sentences_are_left(records, displays):
    for name in ("interval", "comparison", "row"):
        shown = Parsed(records[name]._repr_html_())  # whose text leaves out what JupyterLab drops
        for words in str(records[name]).split()[:40]:
            assert words in shown.text
    assert displays["prediction"].describe() in Parsed(displays["prediction"]._repr_mimebundle_()["text/html"]).text


@pytest.mark.parametrize("name", ["prediction", "importance", "training"])
def test_a_figure_is_a_picture_with_its_sentence_and_its_numbers(displays, name):
    display = displays[name]
    bundle = display._repr_mimebundle_(include=None, exclude=None)
    assert bundle["text/plain"] == repr(display)
    parsed = check_safe(bundle["text/html"])
    found = {attribute: value for tag, attribute, value in parsed.attributes if tag == "img"}
    assert found["alt"] == display.describe()
    assert found["src"] == f"data:image/png;base64,{bundle['image/png']}"
    with Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))) as picture:
        assert picture.format == "PNG"
        assert picture.width > 400
    header, *rows = parsed.rows
    table = display.frame()
    assert [cell[0] for cell in header] == table.columns
    for place, series in enumerate(table):
        if series.dtype.is_float():
            values = [row[place][1] for row in rows]
            assert [value if value is None else float(value) for value in values] == series.head(len(rows)).to_list()


def test_a_figure_that_pyplot_shows_comes_without_a_picture(model):
    figure, ax = plt.subplots()
    display = PredictionDisplay(predictions(model, *frame(60, seed=1))).plot(ax)
    bundle = display._repr_mimebundle_()
    plt.close(figure)
    assert bundle.keys() == {"text/plain", "text/html"}
    assert "img" not in check_safe(bundle["text/html"]).tags


def test_a_fitted_model_says_what_the_fit_was(model):
    html = model._repr_html_()
    assert len(html.encode()) <= MOST_BYTES
    parsed = check_safe(own(html))
    assert f"Fitted to {ROWS} rows of 4 columns" in parsed.text
    assert f"R2 {model.oof_score_:.4g}" in parsed.text
    floor = model.predict_interval(frame()[0], 0.9).floor
    assert f"coverage of 90% at least {floor:.1%} is proved" in parsed.text
    assert f"3 members, each of {model.network_.n_parameters} parameters; adam, 15 epochs" in parsed.text
    assert [cell[0] for cell in parsed.rows[1]] == [HOSTILE, "number", ""]
    assert all(level in parsed.rows[3][2][0] for level in LEVELS)
    assert [cell[0] for cell in parsed.rows[4]] == ["same", "left out", "the same in every row"]
    assert HOSTILE not in html


def test_models_without_folds_and_classifiers_say_so(classifier):
    text = check_safe(own(classifier._repr_html_())).text
    assert f"accuracy {classifier.oof_score_:.4g}" in text
    assert "Prediction sets by cross-conformal prediction" in text
    X, y = frame()
    alone = NetworkRegressor(**{**TINY, "n_members": 1}, cv=None).fit(X[["z"]], y)
    text = check_safe(own(alone._repr_html_())).text
    assert "they have no folds" in text
    assert "No intervals." in text
    assert "1 column" in text


def test_of_many_columns_the_first_are_listed(model):
    columns = tuple(Column(f"column {n}", "number") for n in range(512))
    wide = clone_of(model, ensemble_=replace(model.ensemble_, schema=TableSchema(columns)))
    html = wide._repr_html_()
    assert len(html.encode()) <= MOST_BYTES
    parsed = check_safe(own(html))
    listed = len(parsed.rows) - 1
    assert 100 < listed <= 200
    assert f"and {512 - listed} more rows; schema_.columns has all" in parsed.text


def clone_of(model, **attributes):
    """Return a copy of a fitted model with other attributes, or without those that are None."""
    copied = type(model)()
    vars(copied).update({name: value for name, value in {**vars(model), **attributes}.items() if value is not None})
    return copied


def test_before_a_fit_there_is_the_diagram_alone():
    html = NetworkRegressor(loss="no such loss")._repr_html_()
    assert "sk-top-container" in html
    assert "glassnet" not in html.replace("glassnet.", "")


def test_a_model_that_is_odd_is_shown_with_what_is_wrong(model):
    half = clone_of(model, solver_=None, oof_score_=None, calibration_=None)
    with pytest.warns(RuntimeWarning, match="the summary of this model cannot be shown.*solver_"):
        html = half._repr_html_()
    assert "sk-top-container" in html
    assert "solver_" in check_safe(own(html)).text
    with pytest.warns(RuntimeWarning, match="no such loss"):
        assert "no such loss" in own(clone_of(model).set_params(loss="no such loss")._repr_html_())


class Raising(NetworkRegressor):
    @property
    def costly_(self):
        raise ValueError("not now")


def test_an_attribute_that_raises_does_not_break_the_diagram(model):
    raising = Raising()
    vars(raising).update(vars(model))
    html = raising._repr_html_()
    assert "Fitted to 90 rows" in own(html)
    assert "oof_score_" in html


def test_a_pipeline_shows_the_attributes_of_its_model(model):
    assert "oof_score_" in make_pipeline(model)._repr_html_()


def test_as_text_there_is_no_html(model):
    with config_context(display="text"):
        assert not hasattr(model, "_repr_html_")
        assert model._repr_mimebundle_() == {"text/plain": repr(model)}


def test_nothing_is_computed_to_be_shown(model, classifier, records, displays, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("something was computed")

    for owner, name in [(NetworkRegressor, "predict"), (NetworkClassifier, "predict_proba"), (Ensemble, "predict"),
                        (Ensemble, "predict_members"), (Ensemble, "predict_encoded"), (TableSchema, "encode"),
                        (TableSchema, "match")]:  # fmt: skip
        monkeypatch.setattr(owner, name, refuse)
    shown = [*records.values(), *displays.values(), model, classifier]
    assert all(each._repr_mimebundle_()["text/html"] for each in shown)


CELLS = [
    """
    import pandas as pd, numpy as np
    from glassnet import *
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(60, 2)), columns=["</script><img src=x onerror=alert(1)>", "b"])
    y = X["b"] + 0.1 * random.normal(size=60)
    model = NetworkRegressor((4,), preset="plain", n_members=2, max_iter=20).fit(X, y)
    """,
    "model",
    "trace(Network(2, [Dense(1)]), [{'W': [[1.0], [2.0]], 'b': [0.0]}], [[1.0, 2.0]], [[3.0]], steps=2)",
    "trace(model, X, y, row=0)",
    "model.predict_interval(X)",
    "certify(model, X[:5], 0.1)",
    "ImportanceDisplay(importance(model, X, y, repeats=1))",
]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of Jupyter's own
def test_a_notebook_holds_html_and_text_of_everything():
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    cells = [nbformat.v4.new_code_cell(dedent(cell)) for cell in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, kernel_name="python3", timeout=300).execute()
    nbformat.validate(notebook)
    for cell in notebook.cells[1:]:
        (output,) = [output for output in cell.outputs if output.output_type == "execute_result"]
        html = without_viewer(output.data["text/html"])
        assert output.data["text/plain"]
        assert len(html.encode()) <= MOST_BYTES
        parsed = check_safe(own(html))
        assert ("img" in parsed.tags) == ("image/png" in output.data) == cell.source.startswith("ImportanceDisplay")
        assert "<img src=x" not in html
    assert notebook.cells[2].outputs[0].data["text/plain"].startswith("k  ")
