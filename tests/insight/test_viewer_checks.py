"""Gradient checks in the viewer's record: central differences, worked out again in NumPy, and no more than has room."""

import json

import numpy as np
import pytest

from glassnet import Dense, Network, trace
from glassnet.insight.viewer_checks import MOST_CHECKED
from glassnet.insight.viewer_record import Varied, viewer_record

NETWORK = Network(2, [Dense(2, "logistic"), Dense(2, "logistic")])
MAZUR = [
    {"W": [[0.15, 0.25], [0.20, 0.30]], "b": [0.35, 0.35]},
    {"W": [[0.40, 0.50], [0.45, 2.50]], "b": [0.60, 0.60]},
]
X, Y, WEIGHTS = np.array([[0.05, 0.10], [0.7, -0.2]]), np.array([[0.01, 0.99], [0.5, 0.3]]), np.array([1.0, 3.0])


def cost_by_hand(parameters):
    """Return the weighted mean of half the squared errors."""
    x = X
    for layer in parameters:
        x = 1 / (1 + np.exp(-(x @ np.array(layer["W"]) + np.array(layer["b"]))))
    return float(np.mean(WEIGHTS * np.sum(0.5 * (x - Y) ** 2, axis=1)))


def moved(parameters, layer, name, index, by):
    changed = [{key: np.array(array, dtype=float) for key, array in each.items()} for each in parameters]
    changed[layer][name][index] += by
    return changed


def traced(step_size=0.5, **options):
    return trace(NETWORK, MAZUR, X, Y, step_size=step_size, sample_weight=WEIGHTS, **options)


def test_every_gradient_of_every_step_and_run_has_a_central_difference():
    taus = (0.5, 2.0)
    runs = [traced(step_size, steps=3) for step_size in taus]
    record = viewer_record(runs, "two", varied=Varied("step size", taus, {}))
    for run, shown in zip(runs, record["runs"], strict=True):
        assert len(shown["checks"]) == 3
        for step, checks in zip(run.steps, shown["checks"], strict=True):
            before = [layer.before for layer in step.layers]
            for number, layer in enumerate(step.layers):
                assert checks[number].keys() == layer.gradient.keys()
                for name, gradient in layer.gradient.items():
                    for index in np.ndindex(gradient.shape):
                        h, below, above, quotient, difference = np.array(checks[number][name])[index]
                        assert h == (3e-5 if abs(before[number][name][index]) > 2 else 1e-5)
                        ends = [cost_by_hand(moved(before, number, name, index, by)) for by in (-h, h)]
                        assert (below, above) == pytest.approx(ends, rel=1e-13)
                        assert quotient == pytest.approx((ends[1] - ends[0]) / (2 * h), abs=1e-8)
                        assert quotient - difference == pytest.approx(gradient[index], abs=1e-10)


def test_of_long_traces_the_first_steps_are_checked():
    record = traced(steps=60).to_viewer()
    checks, steps = record["runs"][0]["checks"], record["runs"][0]["steps"]
    assert 5 < len(checks) < len(steps)
    assert len(json.dumps(checks, separators=(",", ":"))) < MOST_CHECKED
    alone = traced(steps=1).to_viewer()["runs"][0]["checks"]
    assert alone == checks[:1]


def test_of_a_fitted_model_the_parameters_that_are_trained_and_shown_are_checked(fitted_row):
    (checks,) = fitted_row.to_viewer()["runs"][0]["checks"]
    layers = fitted_row.to_viewer()["runs"][0]["steps"][0]["layers"]
    for layer, found in zip(layers, checks, strict=True):
        for name, numbers in found.items():
            *_, quotient, difference = np.moveaxis(np.array(numbers), -1, 0)
            np.testing.assert_allclose(quotient, layer["gradients"][name], atol=1e-8)
            np.testing.assert_allclose(quotient - difference, layer["gradients"][name], atol=1e-10)
    kinds = {kind.kind: found for kind, found in zip(fitted_row.trace.layers, checks, strict=True)}
    assert kinds["Dense"].keys() == {"W", "b"}
    assert kinds["InputScaling"].keys() == {"s"}
    assert not kinds["BoundedScaling"]  # whose limits come from the targets


def test_pages_with_much_else_have_none(fitted_row):
    assert fitted_row.to_viewer(brief=True)["runs"][0]["checks"] == []


def test_large_traces_have_none():
    network = Network(2, [Dense(300, "tanh"), Dense(300, "tanh"), Dense(1)])
    record = trace(network, network.initialize(seed=0), np.ones((900, 2)), np.ones((900, 1))).to_viewer()
    assert record["runs"][0]["checks"] == []


def test_the_cost_has_its_equation_where_that_gives_it():
    unweighted = trace(NETWORK, MAZUR, X, Y).to_viewer()["equations"]
    assert unweighted["E after|0|"] == "E|0|"
    assert {"s": ["x", 2, [1, 0]]} in parts(unweighted["E|0|"])
    assert "E|0|" not in traced().to_viewer()["equations"]  # an equation has no weights of rows
    classes = trace(Network(2, [Dense(2)]), [{"W": np.eye(2), "b": [0.0, 0.0]}], X, np.eye(2), loss="cross_entropy")
    assert "E|0|" in classes.to_viewer()["equations"]
    assert "E after|0|" not in classes.to_viewer()["equations"]  # what is predicted are not the outputs


def parts(node):
    return [node, *(part for child in node for part in parts(child))] if isinstance(node, list) else [node]
