"""The viewer's record of a forward pass alone: its numbers, and nothing of a gradient."""

import json

import numpy as np
import pytest
from recorded_equations import check_equations

from glassnet import Convolution, Dense, Flatten, Network, NetworkRegressor, trace
from glassnet.insight.trace import forward_pass
from glassnet.insight.viewer_room import viewed_forward
from glassnet.network.activations_piecewise_linear import Identity

W, V = np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([[0.5], [-0.5]])


def test_it_has_z_and_x_of_every_layer_with_their_equations():
    network = Network(2, [Dense(2, "tanh"), Dense(1)])
    found = forward_pass(network, [{"W": W, "b": [0.1, -0.1]}, {"W": V, "b": [0.2]}], [[1.0, 2.0]], Identity())
    record = viewed_forward(found, "forward")
    assert record["phases"] == 1
    (step,) = record["runs"][0]["steps"]
    hidden = np.tanh(np.array([1.0, 2.0]) @ W + [0.1, -0.1])
    output = hidden @ V + 0.2
    np.testing.assert_allclose(step["layers"][0]["signals"]["x"], [hidden], rtol=1e-12)
    np.testing.assert_allclose(step["output_before"], [output], rtol=1e-12)
    assert check_equations(record) == len(record["equations"]) == 2 * (2 + 1)
    for layer in step["layers"]:
        assert layer["signals"].keys() == {"z", "x"}
        assert layer["gradients"] == layer["after"] == {}
    assert (step["E"], step["output_after"]) == (None, [])
    assert not [name for name in ("delta", "dE", "sigma'") if name in json.dumps(record)]


def test_of_many_units_those_with_the_largest_x_are_shown():
    network = Network(3, [Dense(20, "tanh"), Dense(1)])
    found = forward_pass(network, network.initialize(seed=0), [[1.0, -2.0, 0.5]], Identity())
    record = viewed_forward(found, "wide")
    expected = sorted(np.argsort(-np.abs(found.layers[0].x[0]))[:8].tolist())
    assert record["columns"][1]["shown"] == expected


def test_images_have_grids_and_pictures():
    for side, grids in ((4, True), (13, False)):
        network = Network((side, side, 1), [Convolution(2, 3, "tanh"), Flatten(), Dense(1)])
        x = np.random.default_rng(0).normal(size=(1, side, side, 1))
        found = forward_pass(network, network.initialize(seed=0), x, Identity())
        record = viewed_forward(found, "image")
        assert bool(record["pictures"]) != grids
        (layer, *_) = record["runs"][0]["steps"][0]["layers"]
        assert layer["signals"].keys() == ({"z", "x"} if grids else set())
        assert layer["pictures"].keys() == (set() if grids else {"x"})
        assert "delta" not in json.dumps(record)


def test_what_is_not_finite_has_none():
    network = Network(1, [Dense(1)])
    found = forward_pass(network, [{"W": [[1e300]], "b": [0.0]}], [[1e300]], Identity())
    assert viewed_forward(found, "overflows") is None


@pytest.fixture(scope="module")
def row():
    x = np.random.default_rng(0).normal(size=(60, 3))
    model = NetworkRegressor((4,), preset="plain", n_members=1, max_iter=15, random_state=0).fit(x, x[:, 0] ** 2)
    return trace(model, x, row=3)


def test_a_row_of_a_fitted_model_has_its_names(row):
    record = row.to_viewer()
    assert record["columns"][0]["labels"] == list(row.inputs)
    assert record["outputs"] == list(row.prediction)
    assert "since the row has no target" in record["title"]
    assert row.to_viewer(brief=True)["equations"] == {}
