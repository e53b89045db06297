"""Higham's ten points: the recorded descent beside NumPy by hand, and what the article and its repetitions say."""

import numpy as np
import pytest

from glassnet.insight.lessons.catalogue import LESSONS
from glassnet.insight.lessons.plateau import CURVES, plateau
from glassnet.insight.lessons.ten_points import (
    NETWORK,
    SEED,
    STEPS,
    X,
    Y,
    points_in_order,
    record_descent,
    record_least_squares,
)


@pytest.fixture(scope="module")
def descent():
    return record_descent()


@pytest.fixture(scope="module")
def least_squares():
    return record_least_squares()


@pytest.fixture(scope="module")
def shown(descent, least_squares):
    return plateau(descent, least_squares)


def signals(parameters, x):
    """Return what all layers give."""
    found = []
    for W, b in parameters:
        x = 1 / (1 + np.exp(-(x @ W + b)))
        found.append(x)
    return found


def descended(steps):
    """Return W and b of every layer after so many steps on one point each, in plain NumPy."""
    import jax

    with jax.enable_x64(True):
        first = [{name: np.asarray(a) for name, a in layer.items()} for layer in NETWORK.initialize(SEED, np.float64)]
    parameters = [(layer["W"].copy(), layer["b"].copy()) for layer in first]
    for point in points_in_order()[:steps].tolist():
        x = [X[point], *signals(parameters, X[point])]
        delta = (x[-1] - Y[point]) * x[-1] * (1 - x[-1])
        for layer in (2, 1, 0):
            W, b = parameters[layer]
            before = (W @ delta) * x[layer] * (1 - x[layer])
            W -= 0.05 * np.outer(x[layer], delta)
            b -= 0.05 * delta
            delta = before
    return parameters


def check(record, steps):
    parameters = descended(steps)
    place = [*record.steps].index(steps)
    *hidden, out = signals(parameters, X)
    assert record.costs[place] == pytest.approx(np.sum((Y - out) ** 2) / 2, rel=1e-6)
    assert record.right[place] == np.sum(out.argmax(axis=1) == Y.argmax(axis=1))
    slopes = [x * (1 - x) for x in (*hidden, out)]
    np.testing.assert_allclose(record.derivatives[place], [slope.mean() for slope in slopes], rtol=1e-6)
    deltas = [(out - Y) * slopes[2]]
    for layer in (1, 0):
        deltas.insert(0, deltas[0] @ parameters[layer + 1][0].T * slopes[layer])
    np.testing.assert_allclose(record.deltas[place], [np.abs(delta).mean() for delta in deltas], rtol=1e-6)


@pytest.mark.parametrize("steps", [0, 1, 100, 10_000])
def test_descent_is_that_of_numpy(descent, steps):
    check(descent, steps)


@pytest.mark.slow
def test_a_million_steps_are_those_of_numpy(descent):
    check(descent, STEPS)


def test_the_problem_is_that_of_the_article():
    assert (X.shape, Y.tolist()) == ((10, 2), [[1, 0]] * 5 + [[0, 1]] * 5)
    assert X[:, 0].tolist() == [0.1, 0.3, 0.1, 0.6, 0.4, 0.6, 0.5, 0.9, 0.4, 0.7]
    assert X[:, 1].tolist() == [0.1, 0.4, 0.5, 0.9, 0.2, 0.3, 0.6, 0.2, 0.4, 0.6]
    assert NETWORK.n_parameters == 23
    drawn = points_in_order()
    assert len(drawn) == 10**6
    assert np.abs(np.bincount(drawn) - 10**5).max() < 5 * 300  # five standard deviations of a binomial number


def test_descent_ends_where_others_have_ended_and_stands_still_before(descent):
    """Twenty starts of another implementation ended between 0.00065 and 0.0021, all points right."""
    assert 0.00065 <= 2 * descent.costs[-1] <= 0.0021
    assert descent.right[-1] == 10
    at = dict(zip(descent.steps.tolist(), descent.costs, strict=True))  # halves of sums of squares
    assert all(4.9 / 2 < at[step] < 5.2 / 2 for step in range(5_000, 25_001, 5_000))
    assert all(1.6 / 2 < at[step] < 2 / 2 for step in range(80_000, 140_001, 5_000))
    assert at[200_000] < 0.05 / 2


def test_levenberg_marquardt_needs_some_dozen_steps(least_squares, descent):
    """Nonlinear least squares reaches 1e-8 in 14 to 56 trials from other starts."""
    assert least_squares.costs[0] == pytest.approx(descent.costs[0], rel=1e-12)
    assert 14 <= least_squares.steps[-1] <= 56
    assert least_squares.costs[-1] <= 1e-8 < least_squares.costs[-2]
    assert np.all(np.diff(least_squares.costs) <= 0)
    assert least_squares.right[-1] == 10


def test_curves_and_tables_are_the_records(shown, descent, least_squares):
    both, first, second = (shown.at(curve) for curve in CURVES)
    slow, fast = both.plot.series
    np.testing.assert_allclose(10.0 ** np.array(slow.x), descent.steps[1:])
    np.testing.assert_allclose(10.0 ** np.array(slow.y), descent.costs[1:], rtol=2e-4)
    np.testing.assert_allclose(10.0 ** np.array(fast.y), least_squares.costs[1:], rtol=2e-4)
    assert first.plot.series[0].x == tuple(step for step in descent.steps if step <= 250_000)
    costs = dict(zip(descent.steps.tolist(), descent.costs, strict=True))
    for frame in (both, first):
        for step, cost, *_ in frame.table.rows:
            assert cost == pytest.approx(costs[int(step.replace(",", ""))], rel=1e-3)
    taken = {int(row[0]): row[1] for row in second.table.rows}
    for step, cost in enumerate(least_squares.costs):
        assert (step in taken) == (step == 0 or cost < least_squares.costs[step - 1])
        assert taken.get(step, cost) == pytest.approx(cost, rel=1e-3)
    assert f"is below 1e-8 after {least_squares.steps[-1]} steps" in both.sentence


def test_the_first_layer_has_the_smallest_deltas_at_the_start_and_the_largest_at_step_50000(descent, shown):
    """The record is NumPy's, as `test_descent_is_that_of_numpy` shows."""
    start, later = (descent.deltas[[*descent.steps].index(step)] for step in (0, 50_000))
    assert (np.argmin(start), np.argmax(later)) == (0, 0)
    for deltas in (start, later):
        assert f"{deltas[0]:.2g}, {deltas[1]:.2g} and {deltas[2]:.2g}" in LESSONS["deltas"]().answer.why
    assert np.argmin(descent.deltas[[*descent.steps].index(105_000)]) > 0  # on the second plateau
    assert "At step 105,000 the means" in shown.at(CURVES[1]).sentence
    assert not any("delta" in name for name in shown.frames[0].table.header)  # which is seen first
