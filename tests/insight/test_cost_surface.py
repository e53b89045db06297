"""The cost over two parameters against NumPy by hand, and the lecture's neuron."""

import json

import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure

from glassnet import SGD, Dense, HalfSquaredError, Network, SurfaceDisplay, cost_surface, trace

NEURON = Network(1, [Dense(1)])
AXES = ("W^1_1,1", "b^1_1")
START = [{"W": [[0.8]], "b": [1.0]}]
TWO = Network(2, [Dense(3, "tanh"), Dense(1)])
X, Y = np.array([[0.5, -1.0], [1.0, 2.0], [0.0, 0.3]]), np.array([[1.0], [0.0], [-0.5]])


def lecture(w, b):
    return (1.5 * w + b - 0.5) ** 2


def traced(steps=7, **keywords):
    return trace(NEURON, START, 1.5, 0.5, loss="squared_error", step_size=0.1, steps=steps, **keywords)


@pytest.fixture(scope="module")
def neuron():
    return cost_surface(NEURON, traced(), AXES)


def test_the_lectures_neuron(neuron):
    w, b = np.meshgrid(neuron.x, neuron.y)
    assert neuron.E.shape == (41, 41)
    np.testing.assert_allclose(neuron.E, lecture(w, b), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(neuron.path[:3], [[0.8, 1], [0.29, 0.66], [0.1115, 0.541]], rtol=1e-12)
    np.testing.assert_allclose(neuron.path_E[:3], [2.89, 0.354025, 0.0433680625], rtol=1e-12)
    np.testing.assert_allclose(neuron.path_E, lecture(*neuron.path.T), rtol=1e-9)
    np.testing.assert_allclose(neuron.gradient, [5.1, 3.4], rtol=1e-12)
    assert neuron.curvature == pytest.approx(6.5, rel=1e-9)
    assert neuron.others_moved == 0


def test_the_grid_goes_beyond_the_path_by_the_margin(neuron):
    for along, grid in zip(neuron.path.T, (neuron.x, neuron.y), strict=True):
        low, high = along.min(), along.max()
        assert (grid[0], grid[-1]) == pytest.approx((low - 0.3 * (high - low), high + 0.3 * (high - low)))
    column, row = np.argmin(neuron.E) % 41, np.argmin(neuron.E) // 41
    assert neuron.minimum == (neuron.x[column], neuron.y[row], neuron.E.min())
    assert abs(1.5 * neuron.minimum[0] + neuron.minimum[1] - 0.5) < 0.01  # the valley


def test_the_path_ends_in_the_valley():
    surface = cost_surface(NEURON, traced(steps=40), AXES, points=2, margin=1)
    np.testing.assert_allclose(surface.path[-1], [1 / 65, 31 / 65], atol=1e-12)
    assert surface.E.shape == (2, 2)


def network_by_hand(parameters, x):
    first, second = parameters
    return np.tanh(x @ first["W"] + first["b"]) @ second["W"] + second["b"]


def test_other_parameters_stay_as_they_started():
    start = [{name: np.asarray(a, float) for name, a in layer.items()} for layer in TWO.initialize(1)]
    steps = trace(TWO, start, X, Y, loss="half_squared_error", step_size=0.2, steps=3)
    surface = cost_surface(TWO, steps, ("W^1_2,3", "b^2_1"), points=5)
    for row, b in enumerate(surface.y):
        for column, w in enumerate(surface.x):
            moved = [{name: a.copy() for name, a in layer.items()} for layer in start]
            moved[0]["W"][1, 2], moved[1]["b"][0] = w, b
            E = np.mean(np.sum((network_by_hand(moved, X) - Y) ** 2, axis=1)) / 2
            assert surface.E[row, column] == pytest.approx(E, rel=1e-12)
    assert surface.path_E.tolist() == [*(step.E for step in steps.steps), steps.steps[-1].E_after]
    last = steps.steps[-1].layers
    assert surface.path[-1].tolist() == [last[0].after["W"][1, 2], last[1].after["b"][0]]
    changes = [np.abs(last[0].after["W"] - start[0]["W"]), np.abs(last[1].after["W"] - start[1]["W"])]
    assert surface.others_moved >= max(changes[0][0].max(), changes[1].max())
    assert "other parameters, which the surface keeps at their start, moved by up to" in surface.describe()


def test_curvature_against_differences_of_the_cost():
    start = [{name: np.asarray(a, float) for name, a in layer.items()} for layer in TWO.initialize(1)]
    surface = cost_surface(TWO, trace(TWO, start, X, Y), ("W^1_1,1", "W^1_2,1"), points=2)
    direction = surface.gradient / np.linalg.norm(surface.gradient)

    def E(distance):
        moved = [{name: a.copy() for name, a in layer.items()} for layer in start]
        moved[0]["W"][:, 0] += distance * direction
        return np.mean(np.sum((network_by_hand(moved, X) - Y) ** 2, axis=1)) / 2

    h = 1e-3
    assert surface.curvature == pytest.approx((E(h) - 2 * E(0) + E(-h)) / h**2, rel=1e-4)


def test_a_parameter_that_stays_has_a_grid_too():
    still = trace(NEURON, [{"W": [[0.0]], "b": [0.5]}], 1.5, 0.5, loss="squared_error")
    surface = cost_surface(NEURON, still, AXES, points=3)
    assert (surface.x.tolist(), surface.y.tolist()) == ([-1, 0, 1], [0, 0.5, 1])
    assert surface.curvature is None
    assert "curvature" not in surface.describe()


def test_it_is_told_as_a_table_as_json_and_in_a_notebook(neuron):
    assert neuron.table().header == ("k", *AXES, "E")
    assert neuron.table().rows[0] == (0, 0.8, 1.0, pytest.approx(2.89))
    read = json.loads(neuron.to_json())
    assert (read["axes"], read["E"], read["step_size"]) == (list(AXES), neuron.E.tolist(), 0.1)
    assert "along the gradient of the start the curvature is 6.5." in str(neuron)
    assert "7 steps lead from (0.8, 1) with E = 2.89" in neuron._repr_html_()


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        (("w", "b^1_1"), r"axes has 'w', which names no number; expected such as 'W\^1_1,1', 'b\^1_1'"),
        (("W^2_1,1", "b^1_1"), r"axes has 'W\^2_1,1', but the network has no such parameter"),
        (("V^1_1,1", "b^1_1"), "the network has no such parameter; choose such as"),
        (("W^1_1,2", "b^1_1"), r"the index of W in layer 1 is 1\.\.1,1\.\.1"),
        (("W^1_1", "b^1_1"), "the index of W in layer 1 is"),
        (("b^1_1", "b^1_01"), "name one parameter twice; a surface needs two"),
    ],
)
def test_names_that_are_not_known_are_refused(axes, message):
    with pytest.raises(ValueError, match=message):
        cost_surface(NEURON, traced(1), axes)


def test_what_is_no_small_trace_of_the_network_is_refused():
    with pytest.raises(ValueError, match="the trace has no steps"):
        cost_surface(NEURON, traced(0), AXES)
    with pytest.raises(ValueError, match=r"1,001 rows; a surface is drawn of small traces, of at most 1,000 param"):
        cost_surface(NEURON, trace(NEURON, START, np.ones((1001, 1)), np.ones((1001, 1))), AXES)
    with pytest.raises(ValueError, match=r"points=1 must be 2 to 201, and margin=0\.3"):
        cost_surface(NEURON, traced(1), AXES, points=1)
    with pytest.raises(ValueError, match="give the network that was traced"):
        cost_surface(TWO, traced(1), AXES)
    with pytest.raises(ValueError, match=r"by this network and 2\.89 in the trace; give the network that was traced"):
        cost_surface(Network(1, [Dense(1, "tanh")]), traced(1), AXES)
    with pytest.raises(ValueError, match="a trace without sample_weight, which surfaces leave out"):
        cost_surface(NEURON, traced(1, sample_weight=[2.0]), AXES)
    with pytest.raises(ValueError, match='trace with the name of a loss, such as loss="squared_error"'):
        cost_surface(NEURON, trace(NEURON, START, 1.5, 0.5, loss=HalfSquaredError(), solver=SGD()), AXES)


def test_the_figure_holds_contours_and_numbered_path(neuron):
    display = SurfaceDisplay(neuron).plot()
    np.testing.assert_array_equal(display.path_.get_xydata(), neuron.path)
    assert display.minimum_.get_xydata().tolist() == [list(neuron.minimum[:2])]
    levels = display.contours_.levels
    for level, lines in zip(levels, display.contours_.get_paths(), strict=True):
        np.testing.assert_allclose(lecture(*lines.vertices.T), level, atol=0.02)  # between points of the grid
    labels = {text.get_text() for text in display.contours_.labelTexts}
    assert {"0.05", "0.1", "0.2", "0.5", "1", "2"} <= labels <= {f"{level:g}" for level in levels}
    assert [text.get_text() for text in display.numbers_] == ["0", "1", "2", "7"]  # 3 to 6 have no room
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == AXES
    assert display.describe() == neuron.describe()
    path = display.frame().filter(pl.col("part") == "path")
    assert path.select(*AXES).rows() == [tuple(point) for point in neuron.path.tolist()]
    assert path["E"].to_list() == neuron.path_E.tolist()
    assert display.frame().filter(pl.col("part") == "grid")["E"].to_list() == neuron.E.ravel().tolist()


def test_the_figure_of_costs_that_differ_little():
    start = TWO.initialize(1)
    steps = trace(TWO, start, X, Y, step_size=0.05, steps=2)
    display = SurfaceDisplay.from_trace(TWO, steps, ("W^1_2,3", "b^2_1"), points=9, margin=0.5)
    assert np.ptp(np.diff(display.contours_.levels)) < 1e-9
    assert "other parameters as they started" in display.ax_.get_title()
    axes = Figure().subplots()
    assert display.plot(axes).ax_ is axes
