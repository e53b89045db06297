"""Lessons on steps of training and members: the numbers that the lecture and the published example print."""

from itertools import pairwise

import numpy as np
import pytest

from glassnet import DivergenceError
from glassnet.insight.lessons.deltas import deltas
from glassnet.insight.lessons.descent_on_surface import CURVATURE, STARTS, descent
from glassnet.insight.lessons.descent_on_surface import STEP_SIZES as DESCENTS
from glassnet.insight.lessons.members import POINTS, SIZES, fitted_members, members
from glassnet.insight.lessons.one_neuron import HITS, NEVER_SETTLES, STEP_SIZES, one_neuron
from glassnet.insight.lessons.published_example import published_example
from glassnet.insight.lessons.starts import STEPPED
from glassnet.insight.lessons.stepped import trace_of
from glassnet.insight.lessons.two_neurons import two_neurons


def neuron(step_size, steps=8):
    return trace_of("one-neuron", step_size=step_size, steps=steps)


def outputs(trace):
    return np.array([*(step.output_before[0, 0] for step in trace.steps), trace.steps[-1].output_after[0, 0]])


@pytest.mark.parametrize("step_size", STEP_SIZES)
def test_the_output_of_one_neuron_is_a_geometric_sequence(step_size):
    trace = neuron(step_size)
    expected = 0.5 + 1.7 * (1 - 6.5 * step_size) ** np.arange(len(trace.steps) + 1)
    np.testing.assert_allclose(outputs(trace), expected, rtol=1e-9, atol=1e-12)
    for step in trace.steps:
        after = step.layers[0].after
        assert after["W"][0, 0] - 1.5 * after["b"][0] == pytest.approx(-0.7)


def test_marked_step_sizes_do_what_is_said():
    assert outputs(neuron(0.2))[1] == pytest.approx(-0.01)
    assert outputs(neuron(HITS))[1] == pytest.approx(0.5)
    np.testing.assert_allclose(outputs(neuron(NEVER_SETTLES, 5)), [2.2, -1.2] * 3)
    assert outputs(neuron(0.32, 60))[-1] == pytest.approx(172.637, abs=5e-4)
    with pytest.raises(DivergenceError, match=r"in step 334; try step_size=0\.06"):
        neuron(0.6, 400)


def test_the_printed_table_of_one_neuron():
    printed = ".29 .66 2.2 .11 .54 1.09 .05 .5 .71 .03 .48 .57 .02 .48 .53 .02 .48 .51 .02 .48 .5"
    rows = [
        (step.layers[0].after["W"][0, 0], step.layers[0].after["b"][0], step.output_before[0, 0])
        for step in neuron(0.1, 7).steps
    ]
    assert [float(f"{number:.2f}") for row in rows for number in row] == list(map(float, printed.split()))


def test_the_printed_table_of_two_neurons():
    printed = (
        ".55 .26 .64 .35 .58 .25 .63 .41 .60 .24 .63 .45 .61 .24 .63 .47 .61 .24 .63 .48 .61 .24 .63 .49 "
        ".62 .24 .63 .49 .62 .24 .63 .50"
    )
    trace = trace_of("two-neurons")
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
    step = trace_of("published-example", steps=1).steps[0]
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
    step = trace_of("deltas", steps=1).steps[0]
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
    assert slope == pytest.approx(fourth_order_difference(START, 1e-3), abs=1e-12)


START = [
    {"W": [[0.1, 0.2], [0.3, 0.4]], "b": [0.1, -0.1]},
    {"W": [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], "b": [0.0, 0.1, -0.1]},
    {"W": [[0.2, -0.1], [0.3, 0.4], [-0.5, 0.6]], "b": [0.1, -0.2]},
]


def fourth_order_difference(start, h):
    """Return dE/dW^1_12 from four costs; its error is of the order h^4."""

    def E(distance):
        parameters = [{name: np.array(array) for name, array in layer.items()} for layer in start]
        parameters[0]["W"][0, 1] += distance
        return cost(parameters)

    return (8 * (E(h) - E(-h)) - (E(2 * h) - E(-2 * h))) / (12 * h)


def test_the_network_of_the_deltas_starts_as_it_is_printed():
    start = STEPPED["deltas"].start
    assert [{"W": [[*row] for row in layer.W], "b": [*layer.b]} for layer in start.layers] == START
    assert (start.inputs, start.targets) == ((0.1, 0.1), (1, 0))


@pytest.mark.parametrize("make", [one_neuron, two_neurons, published_example, deltas])
def test_a_lesson_shows_its_runs_and_their_tables(make):
    lesson = make()
    body = lesson.body[0]
    assert lesson.name == make.__name__.replace("_", "-")
    assert len(body.record["runs"]) == (len(body.tables) if make is one_neuron else 1)
    assert body.record["equations"]


@pytest.fixture(scope="module")
def walks():
    """The sweep of the lesson on descent."""
    (found,) = descent().body
    return found


FIRST = "w = 0.8, b = 1"


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("step_size", DESCENTS)
def test_descent_walks_across_the_valley(walks, step_size, start):
    w, b = STARTS[start]
    rows = np.array(walks.at(step_size, start).table.rows)
    distance = (1.5 * w + b - 0.5) * (1 - 6.5 * step_size) ** np.arange(9)
    np.testing.assert_allclose(1.5 * rows[:, 1] + rows[:, 2] - 0.5, distance, atol=1e-12)
    np.testing.assert_allclose(rows[:, 3], distance**2, atol=1e-12)
    np.testing.assert_allclose(rows[:, 1] - 1.5 * rows[:, 2], w - 1.5 * b, atol=1e-12)


def test_descent_passes_the_printed_points_and_nears_the_end(walks):
    rows = walks.at(0.1, FIRST).table.rows
    for step, expected in ((0, (0.8, 1, 2.89)), (1, (0.29, 0.66, 0.354025)), (2, (0.1115, 0.541, 0.0433681))):
        assert rows[step][1:] == pytest.approx(expected, rel=1e-6)
    assert walks.at(HITS, FIRST).table.rows[1][1:3] == pytest.approx((1 / 65, 31 / 65))
    assert walks.at(0.1, "w = 0.29, b = 0.66").table.rows[0][3] == pytest.approx(0.354025)


def test_the_curvature_is_a_difference_of_costs():
    along, h = np.array([1.5, 1]) / np.hypot(1.5, 1), 0.01
    E = [(np.dot([1.5, 1], [0.8, 1] + side * h * along) - 0.5) ** 2 for side in (-1, 0, 1)]
    assert pytest.approx((E[0] - 2 * E[1] + E[2]) / h**2) == CURVATURE == 6.5


@pytest.mark.parametrize("start", STARTS)
def test_descent_ends_in_the_nearest_point_of_the_valley(walks, start):
    """The nearest point is the start plus the least change that solves 1.5 w + b = 0.5."""
    change, *_ = np.linalg.lstsq(np.array([[1.5, 1]]), [0.5 - np.dot([1.5, 1], STARTS[start])])
    end = np.add(STARTS[start], change)
    said = f"at ({end[0]:.4f}, {end[1]:.4f}), its nearest point to the start."
    for step_size in DESCENTS:
        sentence = walks.at(step_size, start).sentence
        assert sentence.endswith(said) == (step_size < NEVER_SETTLES)
    assert "With more steps it ends on" in walks.at(0.1, start).sentence
    assert "The first step ends on" in walks.at(HITS, start).sentence
    assert walks.at(HITS, start).table.rows[1][1:3] == pytest.approx(end)
    if start == FIRST:
        np.testing.assert_allclose(end, [1 / 65, 31 / 65])


def test_descent_never_ends_with_large_steps(walks):
    assert "It jumps between two points, with the same E in both" in walks.at(NEVER_SETTLES, FIRST).sentence
    wide = walks.at(0.32, FIRST)
    assert "makes the distance 1.08 times as large, since tau is above 4/13" in wide.sentence
    costs = np.array([row[3] for row in wide.table.rows])
    np.testing.assert_allclose(np.sqrt(costs[1:] / costs[:-1]), 1.08)


def test_the_mean_of_members_is_calmer_than_one():
    model = fitted_members()
    each = np.array([member_prediction(model, place) for place in range(256)])
    np.testing.assert_allclose(each.mean(axis=0), model.predict(POINTS[:, None]), rtol=1e-4, atol=1e-5)
    (found,) = members().body
    rows = found.at(16.0).table.rows
    assert found.at(2.0).table.rows == rows[:2]
    one = each.var(axis=0, ddof=1).mean()
    assert [row[0] for row in rows] == list(SIZES)
    assert [row[3] for row in rows] == pytest.approx([one / size for size in SIZES], rel=1e-4)
    pairs = (each[0::2] + each[1::2]) / 2
    assert rows[1][2] == pytest.approx(pairs.var(axis=0, ddof=1).mean(), rel=1e-4)
    assert all(later[2] < earlier[2] for earlier, later in pairwise(rows[:4]))
    fours = each.reshape(64, 4, -1).mean(axis=1)
    assert f"{fours.var(axis=0, ddof=1).mean() / one:.2f} of the variance of one network" in members().answer.why
    for size, _, variance, expected in rows:  # with 16 groups or more, by which chance changes a variance by a third
        assert variance == pytest.approx(expected, rel=0.35), size
    slopes = np.diff(each, axis=1)
    assert np.all((slopes.max(axis=1) > 0) & (slopes.min(axis=1) < 0))  # none is a straight line


def member_prediction(model, place):
    """Return what a member predicts, in NumPy: tanh of a dense layer, and another, scaled."""
    member = model.members_[place]
    first, last = (layer for layer in member.parameters if layer)
    scaled = member.preprocessing.scale_inputs(POINTS[:, None])
    hidden = np.tanh(scaled @ first["W"] + first["b"])
    return member.preprocessing.unscale(hidden @ last["W"] + last["b"])[:, 0]
