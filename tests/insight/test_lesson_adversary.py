"""The lesson on the smallest change that flips a decision: no change of SciPy or of many at random is worse."""

from functools import cache
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from glassnet.insight.lessons.adversary import CLIPPED, EPSILONS, FREE, NORMS, adversary


@cache
def shown():
    (found,) = adversary().body
    return found


def columns(frame):
    """Return the columns of a frame's table by their names."""
    return dict(zip(frame.table.header, zip(*frame.table.rows, strict=True), strict=True))


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("epsilon", EPSILONS)
def test_the_worst_margin_is_that_of_the_best_of_many_changes(norm, epsilon):
    w, b, x = np.array([2, -1, 0.5]), 0.1, np.array([1, 0.5, -1])
    corners = np.array(list(product([-1, 1], repeat=3)))
    axes = np.vstack([np.eye(3), -np.eye(3)])
    directions = np.random.default_rng(0).normal(size=(20_000, 3))
    ball = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    tried = {"largest change of an input": corners, "Euclidean length": ball, "sum of the changes": axes}[norm]
    lowest = np.min((x + epsilon * tried) @ w + b)
    found = columns(shown().at(norm, FREE, epsilon))
    assert found["after"][3] == pytest.approx(lowest, abs=1e-3 if norm == "Euclidean length" else 1e-12)
    assert found["after"][3] <= lowest + 1e-12
    assert np.dot(found["after"][:3], w) + b == pytest.approx(found["after"][3])


@pytest.mark.parametrize(("norm", "order"), [("largest change of an input", np.inf), ("Euclidean length", 2),
                                             ("sum of the changes", 1)])  # fmt: skip
@pytest.mark.parametrize("epsilon", EPSILONS)
def test_clipped_inputs_change_as_the_best_of_a_solver(norm, order, epsilon):
    """SciPy minimises w'd for |d_i| within the room of [-1, 1] and the norm of d at most epsilon."""
    w, x = np.array([2, -1, 0.5]), np.array([1, 0.5, -1])
    found = columns(shown().at(norm, CLIPPED, epsilon))
    change = np.array(found["worst change"][:3])
    assert np.all(np.abs(found["after"][:3]) <= 1)
    assert np.linalg.norm(change, order) <= epsilon + 1e-12
    low, high = -1 - x, 1 - x
    if order == 2:
        limit = {"type": "ineq", "fun": lambda d: epsilon**2 - d @ d}
        best = minimize(lambda d: w @ d, np.zeros(3), bounds=list(zip(low, high, strict=True)), constraints=limit)
        assert w @ change == pytest.approx(best.fun, abs=2e-3)
        return
    total = None if order == np.inf else np.ones((1, 6))
    room = np.full(6, epsilon if order == np.inf else np.inf)
    bounds = list(zip(np.zeros(6), np.minimum(np.r_[high, -low], room), strict=True))  # up and down
    best = linprog(np.r_[w, -w], total, None if total is None else [epsilon], bounds=bounds)
    assert w @ change == pytest.approx(best.fun, abs=1e-9)


def test_the_printed_margins():
    def at(changed, epsilon):
        return shown().at("largest change of an input", changed, epsilon)

    found = columns(at(FREE, 0.25))
    assert found["before"][3] == pytest.approx(1.1)
    assert found["after"][3] == pytest.approx(0.225)
    assert at(FREE, 0.25).sentence.endswith(f"; the margin is 0 at epsilon = {1.1 / 3.5:.6f}.")
    assert at(CLIPPED, 0.25).sentence.endswith(f"; the margin is 0 at epsilon = {1.1 / 3:.6f}.")
    assert "no such change flips" in at(FREE, 0.31).sentence
    assert "can be flipped" in at(FREE, 0.32).sentence
    assert "no such change flips" in at(CLIPPED, 0.35).sentence
    assert "can be flipped" in at(CLIPPED, 0.4).sentence
    assert f"{1.1 / 3:.6f}" in adversary().answer.why


def test_the_first_frame_is_not_the_answer():
    controls = shown().controls
    start = shown().frame(*(control.start for control in controls))
    assert f"{1.1 / 3.5:.6f}" not in start.sentence
    assert start == shown().at("Euclidean length", FREE, 0.25)


@pytest.mark.parametrize("epsilon", EPSILONS[1:])
def test_where_the_sum_of_changes_is_measured_one_input_changes_and_clipping_changes_nothing(epsilon):
    free, clipped = (shown().at("sum of the changes", changed, epsilon) for changed in (FREE, CLIPPED))
    assert free.table.rows == clipped.table.rows
    assert columns(free)["worst change"][:3] == (-epsilon, 0, 0)
    assert "Only x_1 changes" in free.sentence
