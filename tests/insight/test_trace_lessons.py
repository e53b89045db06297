"""Lessons on steps of training, kernels and pooling: the numbers that the lecture and the published example print."""

from itertools import pairwise

import numpy as np
import pytest

from glassnet import DivergenceError
from glassnet.insight.lessons.convolution import AS_IT_IS, POSITIONS, TURNED, convolution
from glassnet.insight.lessons.deltas import NETWORK, START, deltas, steps_of_deltas
from glassnet.insight.lessons.descent_on_surface import STEP_SIZES as DESCENTS
from glassnet.insight.lessons.descent_on_surface import descent
from glassnet.insight.lessons.members import POINTS, SIZES, fitted_members, members
from glassnet.insight.lessons.one_neuron import HITS, NEVER_SETTLES, STEP_SIZES, one_neuron, steps_of_one_neuron
from glassnet.insight.lessons.pooling import pooling
from glassnet.insight.lessons.published_example import published_example, steps_of_published_example
from glassnet.insight.lessons.two_neurons import steps_of_two_neurons, two_neurons


def outputs(trace):
    return np.array([*(step.output_before[0, 0] for step in trace.steps), trace.steps[-1].output_after[0, 0]])


@pytest.mark.parametrize("step_size", STEP_SIZES)
def test_the_output_of_one_neuron_is_a_geometric_sequence(step_size):
    trace = steps_of_one_neuron(step_size)
    expected = 0.5 + 1.7 * (1 - 6.5 * step_size) ** np.arange(len(trace.steps) + 1)
    np.testing.assert_allclose(outputs(trace), expected, rtol=1e-9, atol=1e-12)
    for step in trace.steps:
        after = step.layers[0].after
        assert after["W"][0, 0] - 1.5 * after["b"][0] == pytest.approx(-0.7)


def test_marked_step_sizes_do_what_is_said():
    assert outputs(steps_of_one_neuron(0.2))[1] == pytest.approx(-0.01)
    assert outputs(steps_of_one_neuron(HITS))[1] == pytest.approx(0.5)
    np.testing.assert_allclose(outputs(steps_of_one_neuron(NEVER_SETTLES, 5)), [2.2, -1.2] * 3)
    assert outputs(steps_of_one_neuron(0.32, 60))[-1] == pytest.approx(172.637, abs=5e-4)
    with pytest.raises(DivergenceError, match=r"in step 334; try step_size=0\.06"):
        steps_of_one_neuron(0.6, 400)


def test_the_printed_table_of_one_neuron():
    printed = ".29 .66 2.2 .11 .54 1.09 .05 .5 .71 .03 .48 .57 .02 .48 .53 .02 .48 .51 .02 .48 .5"
    rows = [
        (step.layers[0].after["W"][0, 0], step.layers[0].after["b"][0], step.output_before[0, 0])
        for step in steps_of_one_neuron(0.1, 7).steps
    ]
    assert [float(f"{number:.2f}") for row in rows for number in row] == list(map(float, printed.split()))


def test_the_printed_table_of_two_neurons():
    printed = (
        ".55 .26 .64 .35 .58 .25 .63 .41 .60 .24 .63 .45 .61 .24 .63 .47 .61 .24 .63 .48 .61 .24 .63 .49 "
        ".62 .24 .63 .49 .62 .24 .63 .50"
    )
    trace = steps_of_two_neurons()
    first = trace.steps[0].layers
    gradients = [first[1].gradient["W"][0, 0], first[1].gradient["b"][0], first[0].gradient["W"][0, 0]]
    np.testing.assert_allclose([*gradients, first[0].gradient["b"][0]], [9.944, 4.52, 5.424, 3.616])
    rows = [
        (
            step.layers[1].after["b"][0], step.layers[0].after["W"][0, 0], step.layers[0].after["b"][0],
            step.output_after[0, 0],
        )
        for step in trace.steps
    ]  # fmt: skip
    assert [float(f"{number:.2f}") for row in rows for number in row] == list(map(float, printed.split()))


def test_the_published_example():
    step = steps_of_published_example(1).steps[0]
    assert pytest.approx(0.298371109, abs=5e-10) == step.E
    np.testing.assert_allclose(step.output_before[0], [0.751365070, 0.772928465], atol=5e-10)
    expected = [[0.358916480, 0.511301270], [0.408666186, 0.561370121]]
    np.testing.assert_allclose(step.layers[1].after["W"], expected, atol=5e-10)
    expected = [[0.149780716, 0.249751144], [0.199561432, 0.299502287]]
    np.testing.assert_allclose(step.layers[0].after["W"], expected, atol=5e-10)
    assert step.output_after[0, 0] < step.output_before[0, 0]
    assert step.output_after[0, 1] > step.output_before[0, 1]


def cost(parameters):
    x = np.array([0.1, 0.1])
    for layer in parameters:
        x = 1 / (1 + np.exp(-(x @ np.array(layer["W"]) + np.array(layer["b"]))))
    return 0.5 * np.sum((x - [1, 0]) ** 2)


def test_the_recursion_of_deltas():
    step = steps_of_deltas(1).steps[0]
    assert pytest.approx(0.261548817, abs=5e-10) == step.E
    expected = [
        [0.002093329, -0.005429661], [-0.009016168, 0.005111919, 0.034461374], [-0.114342420, 0.137603400]
    ]  # fmt: skip
    for layer, delta in zip(step.layers, expected, strict=True):
        np.testing.assert_allclose(layer.delta[0], delta, atol=5e-10)
    largest = [np.abs(layer.delta).max() for layer in step.layers]
    assert largest == sorted(largest)
    slope = step.layers[0].gradient["W"][0, 1]
    assert slope == pytest.approx(-0.000542966081, abs=5e-13)
    moved = [[{name: np.array(array) for name, array in layer.items()} for layer in START] for _ in range(2)]
    for parameters, h in zip(moved, (1e-5, -1e-5), strict=True):
        parameters[0]["W"][0, 1] += h
    assert slope == pytest.approx((cost(moved[0]) - cost(moved[1])) / 2e-5, abs=1e-11)
    assert NETWORK.n_parameters == 23


@pytest.mark.parametrize("make", [one_neuron, two_neurons, published_example, deltas])
def test_a_lesson_shows_its_runs_and_their_tables(make):
    lesson = make()
    (body,) = lesson.body
    assert lesson.name == make.__name__.replace("_", "-")
    assert len(body.record["runs"]) in (1, len(body.tables))
    assert body.record["equations"]


@pytest.mark.parametrize("step_size", DESCENTS)
def test_descent_walks_across_the_valley(step_size):
    (found,) = descent().body
    rows = np.array(found.at(step_size).table.rows)
    distance = 1.7 * (1 - 6.5 * step_size) ** np.arange(9)  # of 1.5 w + b from 0.5
    np.testing.assert_allclose(1.5 * rows[:, 1] + rows[:, 2] - 0.5, distance, atol=1e-12)
    np.testing.assert_allclose(rows[:, 3], distance**2, atol=1e-12)
    np.testing.assert_allclose(rows[:, 1] - 1.5 * rows[:, 2], -0.7)


def test_descent_passes_the_printed_points_and_nears_the_end():
    (found,) = descent().body
    rows = found.at(0.1).table.rows
    for step, expected in ((0, (0.8, 1, 2.89)), (1, (0.29, 0.66, 0.354025)), (2, (0.1115, 0.541, 0.0433681))):
        assert rows[step][1:] == pytest.approx(expected, rel=1e-6)
    assert found.at(HITS).table.rows[1][1:3] == pytest.approx((1 / 65, 31 / 65))


@pytest.mark.parametrize(
    ("picture", "kernel", "laid", "expected"),
    [
        ("the lecture's", "laplacian", AS_IT_IS, [-52, -71, 97, 47]),
        ("the lecture's", "sobel", AS_IT_IS, [-9, 110, 87, 232]),
        ("the lecture's", "sobel", TURNED, [9, -110, -87, -232]),
        ("flat", "laplacian", AS_IT_IS, [0, 0, 0, 0]),
        ("flat", "blur", AS_IT_IS, [50, 50, 50, 50]),
    ],
)
def test_windows_of_a_kernel_add_up_to_the_lectures_numbers(picture, kernel, laid, expected):
    (found,) = convolution().body
    tables = [found.at(picture, kernel, laid, position).table.rows for position in POSITIONS]
    assert [rows[-1][-1] for rows in tables] == pytest.approx(expected)
    for *entries, total in tables:
        assert sum(x * k for _, x, k, _ in entries) == pytest.approx(total[-1])


def test_pooling_keeps_the_lectures_numbers_and_sends_delta_back():
    (found,) = pooling().body
    kept = {kind: [found.at(kind, position) for position in POSITIONS] for kind in ("largest", "mean")}
    assert "20 and 30 above, 112 and 37 below" in kept["largest"][0].sentence
    assert "13 and 8 above, 79 and 19.5 below" in kept["mean"][0].sentence
    taken = [next(row[0] for row in frame.table.rows if row[2]) for frame in kept["largest"]]
    assert taken == ["row 0, column 1", "row 0, column 2", "row 3, column 0", "row 2, column 2"]
    assert all(row[2] == 0.25 for frame in kept["mean"] for row in frame.table.rows)


def test_the_mean_of_members_is_calmer_than_one():
    model = fitted_members()
    each = np.array([member_prediction(model, place) for place in range(64)])
    np.testing.assert_allclose(each.mean(axis=0), model.predict(POINTS[:, None]), rtol=1e-4, atol=1e-5)
    (found,) = members().body
    rows = found.at(1.0).table.rows
    one = each.var(axis=0, ddof=1).mean()
    assert [row[0] for row in rows] == list(SIZES)
    assert [row[3] for row in rows] == pytest.approx([one / size for size in SIZES], rel=1e-4)
    pairs = (each[0::2] + each[1::2]) / 2
    assert rows[1][2] == pytest.approx(pairs.var(axis=0, ddof=1).mean(), rel=1e-4)
    assert all(later[2] < earlier[2] for earlier, later in pairwise(rows[:4]))


def member_prediction(model, place):
    """Return what a member predicts, in NumPy: tanh of a dense layer, and another, scaled."""
    member = model.members_[place]
    first, last = (layer for layer in member.parameters if layer)
    scaled = member.preprocessing.scale_inputs(POINTS[:, None])
    hidden = np.tanh(scaled @ first["W"] + first["b"])
    return member.preprocessing.unscale(hidden @ last["W"] + last["b"])[:, 0]
