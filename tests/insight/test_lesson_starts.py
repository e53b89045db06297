"""Starts of a reader's own: they are read strictly, and lead to the steps that NumPy takes by hand."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from glassnet.insight.lessons.start_file import MOST_BYTES, read_start
from glassnet.insight.lessons.starts import STEPPED, LayerStart, Start
from glassnet.insight.lessons.stepped import own_steps, trace_of

OWN = STEPPED["published-example"].start
FORM = json.loads(OWN.to_json())
THREE = [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6], [0.7, 0.8, 0.9]]


@pytest.mark.parametrize("name", STEPPED)
def test_what_is_written_is_read_again(name):
    start = STEPPED[name].start
    assert read_start(start.to_json().encode(), start) == start
    assert read_start(b"\xef\xbb\xbf" + start.to_json().encode(), start) == start


def changed(**changes):
    return json.dumps({**FORM, **changes}).encode()


def layers(**changes):
    return [{**FORM["layers"][0], **changes}, FORM["layers"][1]]


def test_integers_and_other_widths_are_read():
    wider = [{"W": THREE, "b": [0, 0, 0]}, {"W": [[1], [2], [3]], "b": [0]}]
    given = changed(inputs=[1, 2, 3], targets=[1], step_size=1, layers=wider)
    expected = Start(
        (1, 2, 3), (1,), 1, 5, (LayerStart(tuple(map(tuple, THREE)), (0, 0, 0)), LayerStart(((1,), (2,), (3,)), (0,)))
    )
    assert read_start(given, OWN) == expected


BAD = {
    "": r"it is not JSON \(line 1, column 1: Expecting value\); write it as --write-start does",
    '{"inputs": [0.05,]}': r"it is not JSON \(line 1, column 18",
    "[" * 50_000: r"it is not JSON \(its lists lie too deep in each other\)",
    "1" * (MOST_BYTES + 1): "it has more than 100,000 bytes, and a start has fewer; give another file",
    "[1]": r"the start is \[1\]; write an object with inputs, targets, step_size, steps, layers",
    '{"inputs": [1], "inputs": [2]}': '"inputs" stands twice in one object; leave one of them out',
    '{"inputs": [1]}': 'the start has no "targets"; write inputs, targets, step_size, steps, layers',
    changed(seed=1): 'the start has "seed", which means nothing here; it has inputs, targets',
    changed(inputs=[]): r"inputs is \[\]; write a list of numbers, as in \[0.1, 0.2\]",
    changed(inputs=[[1, 2]]): r"number 1 of inputs is \[1, 2\]; write a number, as in 0.1, without quotes",
    changed(inputs=[0.1] * 9): "inputs has 9 numbers; a page shows at most 8: write fewer",
    changed(targets=[1, "0"]): 'number 2 of targets is "0"; write a number, as in 0.1, without quotes',
    changed(targets=[1, True]): "number 2 of targets is true; write a number",
    changed(targets=[1, None]): "number 2 of targets is null; write a number",
    changed(targets=[1]): "targets has 1 number, but there are 2 units of layer 2; write one for each",
    changed(step_size=0): "step_size is 0; write a number above 0, as in 0.5",
    changed(step_size=[0.1]): r"step_size is \[0.1\]; write a number",
    changed(steps=2.5): "steps is 2.5; write an integer from 1 to 20, as in 5",
    changed(steps=True): "steps is true; write an integer from 1 to 20",
    changed(steps=21): "steps is 21; write an integer",
    changed(
        layers=layers()[:1]
    ): "there is 1 layer, but this lesson has 2 layers; the file is for another lesson: one-neuron$",
    changed(layers=layers() * 3): "there are 6 layers, but this lesson has 2 layers; write 2 layers$",
    changed(layers=[*layers(), layers()[0]]): "there are 3 layers, but .*: deltas$",
    changed(layers=[{"W": [[1]], "b": [1]}, {"W": [[1]] * 2, "b": [1]}], inputs=[1]): "2 rows, but there is 1 unit of",
    changed(layers={}): "layers is {}; write a list of 2 layers",
    changed(layers=[1, 2]): "layer 1 is 1; write an object with W, b",
    changed(layers=[{"W": [[1]]}, 2]): 'layer 1 has no "b"; write W, b',
    changed(layers=layers(W=1)): r"W of layer 1 is 1; write a list of rows, as in",
    changed(layers=layers(W=[0.1, 0.2])): r"row 1 of W of layer 1 is 0.1; write a list of numbers",
    changed(layers=layers(W=[[0.1, 0.2]])): "W of layer 1 has 1 row, but there are 2 inputs; write one row for each",
    changed(
        layers=layers(W=[[1, 2], [3]])
    ): "row 2 of W of layer 1 has 1 number, but b of layer 1 has 2; write one number",
    changed(layers=layers(W=[[1, 2, 3]] * 2, b=[1, 2, 3])): "W of layer 2 has 2 rows, but there are 3 units of layer 1",
    changed(inputs=[float("nan"), 1]): "number 1 of inputs is NaN, which is not finite; write a number such as 0.1",
    changed(inputs=[1, 10**400]): "number 2 of inputs is Infinity, which is not finite",
    changed()
    .decode()
    .replace("0.15", "0,15"): r"row 1 .* has 3 numbers, .*\. If 0,15 is one number, write 0\.15, with",
    changed().decode().replace("0.5,", "-0,5,", 1): r"not JSON \(.*\. If -0,5 is one number, write -0\.5, with a point",
    b"\xff\xfe{": r"it is not JSON \(it is no text in UTF-8\)",
}


@pytest.mark.parametrize("given", BAD)
def test_what_is_no_start_is_refused_with_what_to_write(given):
    with pytest.raises(ValueError, match=BAD[given]):
        read_start(given if isinstance(given, bytes) else given.encode(), OWN)


@pytest.mark.parametrize(
    "start",
    [
        replace(OWN, step_size=1e300, targets=(1e300, 1e300)),
        replace(OWN, targets=(1e200, 0.0)),  # its square is no finite cost
    ],
)
def test_a_run_that_leaves_the_finite_numbers_is_refused(start):
    with pytest.raises(ValueError, match=r"leaves the finite numbers within its 5 steps; .* the lesson's own 0\.5"):
        own_steps("published-example", start)


SLOPES = {"identity": lambda x: 1 + 0 * x, "logistic": lambda x: x * (1 - x)}
VALUES = {"identity": lambda z: z, "logistic": lambda z: 1 / (1 + np.exp(-z))}
FACTORS = {"squared_error": 2, "half_squared_error": 1}


def by_hand(activation, loss, start):
    """Return the outputs before every step and the parameters at the end, in plain NumPy."""
    W, b = [np.array(layer.W) for layer in start.layers], [np.array(layer.b) for layer in start.layers]
    outputs = []
    for _ in range(start.steps):
        x = [np.array(start.inputs)]
        for weights, bias in zip(W, b, strict=True):
            x.append(VALUES[activation](x[-1] @ weights + bias))
        outputs.append(x[-1])
        arriving = FACTORS[loss] * (x[-1] - start.targets)
        for layer in reversed(range(len(W))):
            delta = arriving * SLOPES[activation](x[layer + 1])
            arriving = W[layer] @ delta
            W[layer] = W[layer] - start.step_size * np.outer(x[layer], delta)
            b[layer] = b[layer] - start.step_size * delta
    return outputs, W, b


@pytest.mark.parametrize("name", STEPPED)
def test_steps_are_those_of_numpy(name):
    random, own = np.random.default_rng(0), STEPPED[name].start
    widths = [3, 4, 2, 3][: len(own.layers) + 1]
    drawn = [
        LayerStart(tuple(map(tuple, random.normal(size=ends).tolist())), tuple(random.normal(size=ends[1]).tolist()))
        for ends in pairwise(widths)
    ]
    start = replace(own, inputs=(0.5, -1.0, 0.25), targets=(0.1,) * widths[-1], step_size=0.03, layers=tuple(drawn))
    for each in (own, start):
        trace = trace_of(name, each)
        outputs, W, b = by_hand(STEPPED[name].activation, STEPPED[name].loss, each)
        np.testing.assert_allclose([step.output_before[0] for step in trace.steps], outputs, rtol=1e-10)
        for layer, weights, bias in zip(trace.steps[-1].layers, W, b, strict=True):
            np.testing.assert_allclose(layer.after["W"], weights, rtol=1e-9, atol=1e-13)
            np.testing.assert_allclose(layer.after["b"], bias, rtol=1e-9, atol=1e-13)


def test_own_steps_are_shown_with_their_equations_and_tables():
    start = replace(OWN, inputs=(0.7, -0.3))
    shown = own_steps("published-example", start)
    outputs, *_ = by_hand("logistic", "half_squared_error", start)
    (run,) = shown.record["runs"]
    np.testing.assert_allclose([step["output_before"][0] for step in run["steps"]], outputs, rtol=1e-10)
    assert shown.record["equations"]
    assert shown.record["title"] == shown.tables[0].title
    assert shown.record["title"].startswith(
        "Your numbers: inputs 0.7 and -0.3, targets 0.01 and 0.99, tau = 0.5, E is half the sum of"
    )
    np.testing.assert_allclose([row[1:3] for row in shown.tables[0].rows], outputs, rtol=1e-10)


@pytest.mark.parametrize(
    ("name", "targets", "said"),
    [
        ("published-example", (5.0, -3.0), "so it never reaches the targets 5 and -3."),
        ("published-example", (1.0, 1.5), "so it never reaches the target 1.5."),
        ("published-example", (0.0, 1.0), "which come below."),
        ("two-neurons", (5.0,), "which come below."),
    ],
)
def test_targets_that_logistic_outputs_never_reach_are_named(name, targets, said):
    title = own_steps(name, replace(STEPPED[name].start, targets=targets)).record["title"]
    assert title.endswith(said)


def test_own_numbers_name_the_cost_of_one_output():
    start = replace(OWN, targets=(0.5,), layers=(OWN.layers[0], LayerStart(((0.4,), (0.5,)), (0.6,))))
    assert (
        "target 0.5, tau = 0.5, E is half of (output - target)^2. "
        in own_steps("published-example", start).record["title"]
    )
