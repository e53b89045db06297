"""What the viewer is given: the numbers of the trace, of the units that matter, and no text that ends its script."""

import json

import numpy as np
import pytest
from recorded_equations import check_equations

from glassnet import Dense, Network, trace
from glassnet._viewer import viewer_element
from glassnet.insight.viewer_columns import MOST_UNITS
from glassnet.insight.viewer_record import Varied, viewer_record
from glassnet.network.linear_path import LinearPath

START = [
    {"W": [[0.1, 0.2], [0.3, 0.4]], "b": [0.1, -0.1]},
    {"W": [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], "b": [0, 0.1, -0.1]},
]
SMALL = Network(2, [Dense(2, "logistic"), Dense(3)])


def small_trace(step_size=0.5, **options):
    return trace(SMALL, START, [[0.1, 0.1], [0.5, -0.2]], [[1, 0, 0], [0, 1, 0]], step_size=step_size, **options)


def test_a_small_network_has_every_number():
    found = small_trace(steps=2)
    record = json.loads(json.dumps(viewer_record(found, "small")))
    assert record["x"] == found.x.tolist()
    assert [column["labels"] for column in record["columns"]] == [
        ["x_1", "x_2"],
        ["1", "2"],
        ["output 1", "output 2", "output 3"],
    ]
    for step, shown in zip(found.steps, record["runs"][0]["steps"], strict=True):
        assert (shown["E"], shown["E_after"]) == (step.E, step.E_after)
        assert shown["output_after"] == step.output_after.tolist()
        for layer, numbers in zip(step.layers, shown["layers"], strict=True):
            assert numbers["signals"] == {name: array.tolist() for name, array in layer.signals().items()}
            for kind, arrays in (("parameters", layer.before), ("gradients", layer.gradient), ("after", layer.after)):
                assert numbers[kind] == {name: array.tolist() for name, array in arrays.items()}


def test_every_weight_between_units_that_are_shown_is_an_edge():
    found = small_trace()
    record = viewer_record(found, "small")
    for edge in record["edges"]:
        layer = found.steps[0].layers[edge["layer"] - 1]
        assert edge["index"] == [edge["from"][1], edge["to"][1]]
        assert layer.before[edge["parameter"]].shape == tuple(
            len(record["columns"][edge[end][0]]["labels"]) for end in ("from", "to")
        )
    assert len(record["edges"]) == 2 * 2 + 2 * 3


def test_of_many_units_those_are_shown_that_change_the_cost_most():
    network = Network(3, [Dense(20, "tanh"), Dense(1)])
    found = trace(network, network.initialize(seed=0), np.random.default_rng(0).normal(size=(4, 3)), np.ones((4, 1)))
    record = viewer_record(found, "wide")
    hidden = found.steps[0].layers[0]
    effect = np.abs(hidden.x * (found.steps[0].layers[1].delta @ found.steps[0].layers[1].before["W"].T)).sum(axis=0)
    expected = sorted(np.argsort(-effect)[:MOST_UNITS].tolist())
    assert [int(label) - 1 for label in record["columns"][1]["labels"]] == expected
    shown = record["runs"][0]["steps"][0]["layers"]
    assert shown[0]["parameters"]["W"] == hidden.before["W"][:, expected].tolist()
    assert shown[1]["gradients"]["W"] == found.steps[0].layers[1].gradient["W"][expected].tolist()


def test_a_row_of_a_fitted_model_has_its_names_and_a_line_from_the_inputs(fitted_row):
    record = fitted_row.to_viewer()
    assert record["columns"][0]["labels"] == list(fitted_row.inputs)
    assert record["columns"][-1]["labels"] == list(fitted_row.target)
    path = next(number for number, layer in enumerate(fitted_row.trace.layers, start=1) if layer.kind == "LinearPath")
    weights = fitted_row.trace.steps[0].layers[path - 1].before["V"]
    assert record["layers"][path - 1]["sources"] == {"V": 0}
    assert record["runs"][0]["steps"][0]["layers"][path - 1]["parameters"]["V"] == weights.tolist()
    assert {edge["from"][0] for edge in record["edges"] if edge["layer"] == path} == {0}


def test_what_is_of_no_single_unit_is_named(fitted_row):
    layers = fitted_row.to_viewer()["layers"]
    kinds = {layer.kind: shown["elsewhere"] for layer, shown in zip(fitted_row.trace.layers, layers, strict=True)}
    assert kinds["Periodic"]
    assert not kinds["Dense"]


def test_runs_have_their_values_and_marks():
    taus = [0.1, 0.5]
    runs = [small_trace(step_size=tau) for tau in taus]
    record = viewer_record(runs, "two", varied=Varied("step size", taus, {0.5: "large"}))
    assert [run["value"] for run in record["runs"]] == taus
    assert record["vary"] == {"name": "step size", "start": 0, "marks": [{"value": 0.5, "text": "large"}]}
    assert record["runs"][1]["steps"][0]["E_after"] == runs[1].steps[0].E_after


def test_what_cannot_be_stepped_through_is_refused():
    with pytest.raises(ValueError, match="without a step"):
        viewer_record(small_trace(steps=0), "none")
    other = trace(Network(1, [Dense(1)]), [{"W": [[1.0]], "b": [0.0]}], 1.0, 2.0)
    with pytest.raises(ValueError, match="the same layers"):
        viewer_record([small_trace(), other], "two networks", varied=Varied("network", [0, 1], {}))


def test_long_traces_say_how_many_steps_there_are():
    found = small_trace(steps=300)
    record = found.to_viewer()
    kept = len(record["runs"][0]["steps"])
    assert 0 < kept < 300
    assert f"the first {kept} of 300 steps" in record["title"]
    assert len(json.dumps(record)) < 300_000


def test_no_text_of_a_record_ends_its_script():
    hostile = "</script><!--<img src=x onerror=alert(1)>&amp;"
    html = viewer_element(viewer_record(small_trace(), hostile, inputs=[hostile, "b"]))
    data = html.removeprefix('<glass-view><script type="application/json">').removesuffix("</script></glass-view>")
    assert not set("<>&") & set(data)
    assert json.loads(data)["title"] == json.loads(data)["columns"][0]["labels"][0] == hostile


@pytest.mark.parametrize("row", [0, 1])
def test_every_equation_gives_its_number_in_every_row(row):
    record = viewer_record(small_trace(), "small")
    weights = 2 * 2 + 2 + 2 * 3 + 3
    assert check_equations(record, row) == len(record["equations"]) - 2 == 4 * (2 + 3) + 2 * weights


def test_with_weights_of_rows_no_equation_is_wrong():
    record = viewer_record(small_trace(sample_weight=[1, 5]), "weighted")
    assert not [key for key in record["equations"] if key.startswith("dE/dx|2")]
    assert check_equations(record, 1) == len(record["equations"]) > 40


def test_steps_that_leave_the_finite_numbers_are_not_viewed():
    network, start = Network(1, [Dense(1)]), [{"W": [[1.0]], "b": [0.0]}]
    found = trace(network, start, [[1e3]], [[0.0]], step_size=10.0, steps=22)
    kept = len(found.to_viewer()["runs"][0]["steps"])
    assert 0 < kept < 22
    assert f"the first {kept} of 22 steps" in found.to_viewer()["title"]
    with pytest.raises(ValueError, match="leave the finite ones"):
        viewer_record(found, "all")


def test_a_linear_path_alone_is_two_columns():
    found = trace(Network(2, [LinearPath(2)]), Network(2, [LinearPath(2)]).initialize(0), [[1.0, 2.0]], [[0.0, 1.0]])
    record = found.to_viewer()
    assert [column["size"] for column in record["columns"]] == [2, 2]
    assert {(edge["from"][0], edge["to"][0]) for edge in record["edges"]} == {(0, 1)}


def test_equations_of_a_fitted_model_give_their_numbers(fitted_row):
    assert check_equations(fitted_row.to_viewer()) > 300
