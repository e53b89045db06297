import json

import jax
import numpy as np
import optax
import pytest

from glassnet import (
    SGD,
    Adam,
    AdamW,
    Dense,
    Network,
    NetworkRegressor,
    ParametricActivation,
    Periodic,
    SmoothClip,
    trace,
)
from glassnet.insight.sample_trace import trace_row
from glassnet.network.linear_path import LinearPath
from glassnet.training.divergence import DivergenceError

NETWORK = Network(2, [Dense(3, "logistic"), Dense(2)])
START = NETWORK.initialize(0)
X, Y = np.array([[0.1, 0.2], [0.3, -0.4]]), np.array([[1.0, 0.0], [0.5, 0.5]])


def test_everything_is_kept_in_float64():
    record = trace(NETWORK, START, X, Y, steps=3)
    assert [step.number for step in record.steps] == [1, 2, 3]
    for step in record.steps:
        hidden, last = step.layers
        assert (hidden.z.shape, hidden.delta.shape, last.x.shape) == ((2, 3), (2, 3), (2, 2))
        assert step.input_gradient.shape == (2, 2)
        np.testing.assert_allclose(hidden.x, 1 / (1 + np.exp(-hidden.z)), rtol=1e-14)
        np.testing.assert_allclose(last.delta, (last.x - Y) / 2, rtol=1e-12)
        np.testing.assert_allclose(
            hidden.delta, last.delta @ last.before["W"].T * hidden.x * (1 - hidden.x), rtol=1e-12
        )
        np.testing.assert_allclose(hidden.gradient["W"], X.T @ hidden.delta, rtol=1e-12)
        np.testing.assert_allclose(step.input_gradient, hidden.delta @ hidden.before["W"].T, rtol=1e-12)
        np.testing.assert_allclose(last.after["b"], last.before["b"] - 0.1 * last.gradient["b"], rtol=1e-12)
        assert all(array.dtype == np.float64 for layer in step.layers for array in layer.arrays().values())
    np.testing.assert_array_equal(record.steps[1].output_before, record.steps[0].output_after)
    assert record.steps[0].E_after == record.steps[1].E


def test_delta_is_the_derivative_of_the_activation_times_what_comes_from_above():
    layers = [SmoothClip(2), Periodic(2), Dense(4, "silu"), ParametricActivation("mish"), Dense(3, "softmax"), Dense(2)]
    network = Network(2, layers)
    parameters = network.initialize(0)
    step = trace(network, parameters, X[:, :2], Y, steps=1).steps[0]
    known = [layer.derivative is not None for layer in step.layers]
    assert known == [False, False, True, False, False, True]  # z of a ParametricActivation is not what sigma is given
    for layer in step.layers:
        if layer.derivative is not None:
            np.testing.assert_allclose(layer.derivative * layer.g, layer.delta, rtol=1e-12, atol=1e-15)


def test_the_derivative_is_that_of_the_activation_at_z():
    """sigma'(z) against central differences of silu, written out by NumPy."""
    network = Network(2, [Dense(4, "silu"), Dense(2)])
    hidden = trace(network, network.initialize(0), X, Y).steps[0].layers[0]
    above, below = ((hidden.z + h) / (1 + np.exp(-hidden.z - h)) for h in (1e-6, -1e-6))
    np.testing.assert_allclose(hidden.derivative, (above - below) / 2e-6, rtol=1e-8)


def test_what_comes_from_above_is_the_slope_of_the_cost():
    """dE/dx of a layer against central differences of E when the layer's output is moved."""
    hidden = trace(NETWORK, START, X, Y).steps[0].layers[0]
    top = Network(hidden.x.shape[1], NETWORK.layers[1:])
    slope = np.zeros_like(hidden.x)
    for place in np.ndindex(*hidden.x.shape):
        ends = []
        for sign in (1, -1):
            moved = hidden.x.copy()
            moved[place] += sign * 1e-5
            ends.append(trace(top, START[1:], moved, Y).steps[0].E)
        slope[place] = (ends[0] - ends[1]) / 2e-5
    np.testing.assert_allclose(hidden.g, slope, rtol=1e-7, atol=1e-10)


def test_a_line_beside_the_network_takes_its_part_of_the_gradient():
    network = Network(2, [Dense(3, "tanh"), Dense(2), LinearPath(2)])
    step = trace(network, network.initialize(0), X[:, :2], Y).steps[0]
    assert [layer.g.shape for layer in step.layers] == [layer.x.shape for layer in step.layers]
    np.testing.assert_allclose(step.layers[1].g, step.layers[2].g)


@pytest.mark.parametrize(
    ("solver", "message"),
    [
        (AdamW(), r"weight_decay=0.01 of solver=AdamW\(.* no effect in a trace, .* give weight_decay=0.0"),
        ("adamw", "weight_decay=0.01 of solver='adamw'"),
        (Adam(schedule="cosine"), "schedule='cosine' .* give schedule='constant'"),
        (SGD(clip_norm=1.0), "clip_norm=1.0 .* give clip_norm=None"),
    ],
)
def test_options_of_a_fit_that_a_trace_does_not_use_are_refused(solver, message):
    with pytest.raises(ValueError, match=message):
        trace(NETWORK, START, X, Y, solver=solver)


def test_adamw_without_decay_is_adam():
    one, other = (trace(NETWORK, START, X, Y, solver=solver) for solver in (AdamW(weight_decay=0.0), "adam"))
    np.testing.assert_array_equal(one.steps[0].layers[0].after["W"], other.steps[0].layers[0].after["W"])


def test_json_says_what_the_layers_are():
    head = json.loads(trace(NETWORK, START, X, Y).to_json())
    assert head["format"] == 1
    assert head["layers"][0]["kind"] == "Dense"
    assert head["layers"][0]["outputs"] == head["layers"][1]["inputs"]


@pytest.mark.parametrize(("name", "peer"), [("adam", optax.adam(0.1)), ("sgd", optax.sgd(0.1, 0.9, nesterov=True))])
def test_solvers_are_those_of_optax(name, peer):
    record = trace(NETWORK, START, X, Y, solver=name, steps=4)
    with jax.enable_x64(True):
        parameters = jax.tree.map(lambda a: np.asarray(a, np.float64), START)
        state = peer.init(parameters)
        for step in record.steps:
            gradient = [layer.gradient for layer in step.layers]
            update, state = peer.update(gradient, state, parameters)
            parameters = optax.apply_updates(parameters, update)
            for layer, expected in zip(step.layers, parameters, strict=True):
                np.testing.assert_allclose(layer.after["W"], expected["W"], rtol=1e-10)


def test_softmax_output_is_shown_as_probabilities():
    step = trace(NETWORK, START, X, [[1, 0], [0, 1]], loss="cross_entropy").steps[0]
    np.testing.assert_allclose(step.output_before.sum(axis=1), 1)
    np.testing.assert_allclose(step.layers[-1].delta, (step.output_before - [[1, 0], [0, 1]]) / 2, rtol=1e-12)


def test_frame_and_json_hold_the_same_numbers():
    record = trace(NETWORK, START, X, Y, steps=2)
    frame, steps = record.to_frame(), json.loads(record.to_json())["steps"]
    assert frame.columns == ["step", "layer", "quantity", "index", "value"]
    assert frame["quantity"].unique().sort().to_list() == sorted(
        ["E", "E after", "output before", "output after", "dE/dx^0", "z", "x", "sigma'(z)", "dE/dx", "delta"]
        + [f"{name}{when}" for name in "Wb" for when in (" before", " after")]
        + ["dE/dW", "dE/db"]
    )
    row = frame.filter(step=2, layer=1, quantity="dE/dW", index="2,3").row(0, named=True)
    assert row["value"] == steps[1]["layers"][0]["dE/dW"][1][2]


def test_tables():
    record = trace(NETWORK, START, X, Y, steps=2)
    assert str(record.table(["E", "z^1"], decimals=3)).splitlines()[0].split() == [
        "k", "E", *(f"z^1[{i},{j}]" for i in (1, 2) for j in (1, 2, 3))
    ]  # fmt: skip
    assert "step 2, layer 1, sample 2" in str(record)
    assert "\nunit " in str(record)
    with pytest.raises(ValueError, match=r"no column 'q'; choose from E, E after, output before, .*delta\^1"):
        record.table(["q"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([{"W": START[0]["W"] * np.nan, "b": START[0]["b"]}, START[1]], X, Y), "the parameters hold NaN or infinity"),
        ((START, X, Y[:1]), r"x has 2 row\(s\) and y has 1"),
        ((START, X[:, :1], Y), r"x has shape \(2, 1\); expected \(rows, 2\)"),
        ((START, X * np.nan, Y), "x holds NaN or infinity"),
        ((START[:1], X, Y), "the parameters have shapes"),
    ],
)
def test_mistaken_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        trace(NETWORK, *arguments)


def test_mistaken_settings():
    with pytest.raises(ValueError, match="step_size=nan must be a number above 0"):
        trace(NETWORK, START, X, Y, step_size=np.nan)
    with pytest.raises(ValueError, match="sample_weight"):
        trace(NETWORK, START, X, Y, sample_weight=[1.0])
    with pytest.raises(ValueError, match=r"CrossEntropy applies softmax itself, but .* ends in Softmax"):
        trace(Network(2, [Dense(2, "softmax")]), [{"W": np.eye(2), "b": np.zeros(2)}], X, Y, loss="cross_entropy")
    with pytest.raises(DivergenceError, match=r"left the finite numbers in step \d+; try step_size=1e\+59"):
        trace(NETWORK, START, X, Y, step_size=1e60, steps=99)


def test_a_row_of_a_model_agrees_with_predict(small):
    inputs, y = small
    model = NetworkRegressor((5,), "tanh", max_iter=20, random_state=0, n_members=1).fit(inputs, y)
    found = trace_row(model, inputs, y, 7)
    assert found.prediction["y0"] == pytest.approx(model.predict(inputs)[7], rel=1e-5)
    assert found.target["y0"] == pytest.approx(y[7])
    assert abs(found.prediction_after["y0"] - y[7]) < abs(found.prediction["y0"] - y[7])
    assert json.loads(found.to_json())["trace"]["steps"][0]["layers"][1]["layer"] == 2
    with pytest.raises(ValueError, match="there is no row 120: there are rows 0 to 119"):
        trace_row(model, inputs, y, 120)


def test_a_row_of_quantiles_agrees_with_predict():
    random = np.random.default_rng(0)
    X = random.normal(size=(60, 2))
    y = X[:, 0] + random.normal(size=60)
    model = NetworkRegressor(loss="quantile", n_members=1, max_iter=10, random_state=0).fit(X, y)
    found = trace_row(model, X, y, 5)
    assert list(found.prediction) == model.output_names_
    np.testing.assert_allclose(list(found.prediction.values()), model.predict(X)[5], rtol=1e-5)
    assert set(found.target.values()) == {y[5]}
