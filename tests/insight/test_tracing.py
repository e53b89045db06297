"""`trace` of fitted models: one row, with a target and without, by layers that have names."""

import json

import numpy as np
import polars as pl
import pytest
from scipy.special import softmax

from glassnet import Dense, Network, NetworkClassifier, NetworkRegressor, RowForward, RowTrace, trace

RANDOM = np.random.default_rng(0)
FRAME = pl.DataFrame(
    {"size": RANDOM.normal(size=60), "age": RANDOM.normal(size=60), "kind": [f"k{row % 18}" for row in range(60)]}
)
Y = FRAME["size"].to_numpy() * 2 + RANDOM.normal(size=60)


@pytest.fixture(scope="module")
def model():
    """The layers of the recipe: embedding, clip, sines, scale, dense and parametric ones."""
    return NetworkRegressor((4,), max_iter=5, n_members=2, random_state=0).fit(FRAME, Y)


def member(model, X, number):
    return model.predict_members(X)[number]


def test_without_a_target_it_is_the_forward_pass(model):
    found = trace(model, FRAME, row=7, member=1)
    assert isinstance(found, RowForward)
    assert found.prediction["y0"] == pytest.approx(member(model, FRAME, 1)[7], rel=1e-5)
    assert found.cells["kind"] == "k7"
    first, last = found.forward.layers[0], found.forward.layers[-1]
    assert (first.name, last.name) == ("Embedding", "LinearPath")
    dense, scaling = found.forward.layers[-3:-1]
    into = found.forward.layers[-4].x
    np.testing.assert_allclose(dense.x, into @ dense.parameters["W"] + dense.parameters["b"])
    np.testing.assert_allclose(
        scaling.x,
        np.clip(scaling.parameters["s"] * dense.x, scaling.parameters["low"], scaling.parameters["high"]),
    )
    text = str(found)
    assert "the forward pass alone, since the row has no target" in text
    assert "delta" not in text
    assert "dE" not in text
    assert json.loads(found.to_json())["forward"]["layers"][-1]["name"] == "LinearPath"


@pytest.mark.parametrize("call", [lambda m: trace(m, FRAME, Y, row=7), lambda m: trace(m, FRAME, y=Y, row=7)])
def test_with_a_target_it_is_a_step(model, call):
    found = call(model)
    assert isinstance(found, RowTrace)
    assert found.target == {"y0": pytest.approx(Y[7])}
    same = trace(model, FRAME, row=7)
    assert found.prediction == same.prediction
    np.testing.assert_array_equal(found.trace.steps[0].layers[2].x, same.forward.layers[2].x)
    assert abs(found.prediction_after["y0"] - Y[7]) < abs(found.prediction["y0"] - Y[7])


def test_cells_become_inputs_and_outputs_predictions_by_equations_with_numbers(model):
    found = trace(model, FRAME, Y, row=7, member=1)
    by_name = {equation.name: equation for equation in found.units.inputs}
    assert list(by_name) == list(found.inputs)
    size = by_name["size"]
    assert (size.column, size.cell, size.encoded) == ("size", FRAME["size"][7], pytest.approx(FRAME["size"][7]))
    assert size.scaled == pytest.approx((FRAME["size"][7] - size.center) / size.scale)
    for name, equation in by_name.items():
        assert equation.scaled == found.inputs[name]
    (end,) = found.units.outputs
    scaled = found.trace.steps[0].output_before[0, 0]
    assert end.prediction == pytest.approx(np.clip(end.center + end.scale * scaled, end.low, end.high))
    assert end.prediction == found.prediction["y0"]


def test_the_mean_of_all_members_is_the_prediction(model):
    found = trace(model, FRAME, row=7)
    assert found.units.members.predictions.shape == (2, 1)
    assert found.units.members.mean[0] == pytest.approx(model.predict(FRAME)[7], rel=1e-6)
    assert json.loads(found.to_json())["units"]["members"]["mean"][0] == found.units.members.mean[0]
    assert "mean" in str(found.units.members.table())


def test_the_mean_of_all_members_is_the_probability_of_classes():
    classes = np.where(Y > 0, "high", "low")
    fitted = NetworkClassifier((3,), n_members=2, max_iter=5, random_state=0).fit(FRAME, classes)
    found = trace(fitted, FRAME, classes, row=3)
    np.testing.assert_allclose(found.units.members.mean, fitted.predict_proba(FRAME)[3], rtol=1e-6)
    learned = softmax(found.trace.steps[0].layers[-1].x[0])
    np.testing.assert_allclose([end.output for end in found.units.outputs], learned, rtol=1e-6)
    s = fitted.label_smoothing_
    assert s > 0
    without = np.maximum(learned - 0.8 * s / 2, 0.2 * s / 2)
    ends = [end.probability for end in found.units.outputs]
    np.testing.assert_allclose(ends, without / without.sum(), rtol=1e-6)
    np.testing.assert_allclose(ends, list(found.prediction.values()), rtol=1e-6)
    assert "label smoothing" in str(found)


@pytest.mark.parametrize(("loss", "link"), [("gaussian", "Increasing"), ("poisson", "Exponential")])
def test_losses_with_a_link_say_which_and_members_are_means(loss, link):
    """A deviation is an output with an equation, but no prediction: a line of a member has the mean alone."""
    X = FRAME.select("size", "age").to_numpy()
    y = RANDOM.poisson(3, size=60).astype(float)
    fitted = NetworkRegressor((3,), preset="plain", n_members=2, max_iter=5, random_state=0, loss=loss).fit(X, y)
    found = trace(fitted, X, row=3)
    assert found.units.link == json.loads(found.to_json())["units"]["link"] == link
    assert found.units.members.names == ("y0",)
    np.testing.assert_allclose(found.units.members.mean, fitted.predict(X)[3], rtol=1e-6)
    assert [end.name for end in found.units.outputs] == list(fitted.output_names_)
    x = found.forward.layers[-1].x[0]
    steps = np.exp(x) if loss == "poisson" else [x[0], x[0] + np.log1p(np.exp(x[1]))]
    np.testing.assert_allclose([end.output for end in found.units.outputs], steps, rtol=1e-6)
    assert f"link {link}" in str(found)


def test_a_row_is_the_first_one_unless_said(model):
    assert trace(model, FRAME).row == 0
    assert trace(model, FRAME, Y).row == 0


def test_every_number_of_embeddings_and_scales_is_in_the_text(model):
    """Also without the matrices: names of layers, the scale of every input, sines with their frequencies."""
    found = trace(model, FRAME, Y, row=3)
    tables = {table.title: table for table in found.tables()}
    names = found.trace.names
    assert names == (
        "Embedding",
        "SmoothClip",
        "PiecewiseLinear",
        "Periodic",
        "InputScaling",
        "Dense",
        "ParametricActivation, mish",
        "Dense",
        "BoundedScaling",
        "LinearPath",
    )
    layers = found.trace.steps[0].layers
    scale = tables["step 1, layer 5, sample 1: InputScaling"]
    place = scale.header.index("s before")
    np.testing.assert_array_equal([row[place] for row in scale.rows], layers[4].before["s"])
    strength = tables["step 1, layer 7, sample 1: ParametricActivation, mish"]
    assert {"z", "x", "delta", "dE/da", "a before", "a after"} <= set(strength.header)
    turns = tables["step 1, layer 4, sample 1: Periodic: z"]
    np.testing.assert_array_equal(np.array([row[1:] for row in turns.rows]), layers[3].z[0])
    for name in "fpd":
        shown = tables[f"step 1, layer 4, Periodic: {name} before"]
        np.testing.assert_array_equal(np.array([row[1:] for row in shown.rows]), layers[3].before[name])
    second = tables["step 1, layer 4, Periodic: V before[2]"]
    np.testing.assert_array_equal(np.array([row[1:] for row in second.rows]), layers[3].before["V"][1])
    level = tables["step 1, layer 1, Embedding: E0 before"]
    assert len(level.rows) == len(layers[0].before["E0"])
    assert not any("W" in title for title in tables)
    with_weights = {table.title for table in found.tables(weights=True)}
    assert {"step 1, layer 6, Dense: W before", "step 1, layer 4, Periodic: dE/df"} <= with_weights


def test_classes_and_labels():
    labels = np.column_stack([Y > 0, FRAME["age"].to_numpy() > 0]).astype(int)
    several = NetworkClassifier((3,), max_iter=3, n_members=1, random_state=0).fit(FRAME, labels)
    one = NetworkClassifier((3,), max_iter=3, n_members=1, random_state=0).fit(FRAME, Y > 0)
    for model, y in ((several, labels), (one, Y > 0)):
        expected = model.predict_proba(FRAME)[5]
        np.testing.assert_allclose(list(trace(model, FRAME, row=5).prediction.values()), expected, rtol=1e-5)
        found = trace(model, FRAME, y, row=5)
        np.testing.assert_allclose(list(found.prediction.values()), expected, rtol=1e-5)
    assert list(trace(several, FRAME, row=5).prediction) == ["y0", "y1"]


def test_arguments_of_the_other_call_are_refused(model):
    network = Network(1, [Dense(1)])
    start = [{"W": [[0.8]], "b": [1.0]}]
    with pytest.raises(TypeError, match="row=0 is of a fitted model, but this is a network with parameters; leave it"):
        trace(network, start, 1.5, 0.5, row=0)
    with pytest.raises(TypeError, match="needs x and y; without y, give a fitted model"):
        trace(network, start, 1.5)
    with pytest.raises(TypeError, match="steps=3 is of a network with parameters; a fitted model has its own"):
        trace(model, FRAME, Y, steps=3)
    with pytest.raises(
        TypeError, match=r"step_size=0\.1 moves parameters along a gradient, which needs a target: give y"
    ):
        trace(model, FRAME, step_size=0.1)
    with pytest.raises(TypeError, match=r"trace takes a Network with parameters, or a fitted .* and this is a dict"):
        trace({}, FRAME)
    with pytest.raises(TypeError, match="has three arguments before row"):
        trace(model, FRAME, Y, Y)
    with pytest.raises(ValueError, match="there is no row 60: there are rows 0 to 59"):
        trace(model, FRAME, row=60)
    with pytest.raises(ValueError, match="there is no member 2: the model has members 0 to 1"):
        trace(model, FRAME, member=2)
