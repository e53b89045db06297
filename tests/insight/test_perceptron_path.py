"""The path of Rosenblatt's rule against a loop in plain Python, and the lecture's numbers."""

import json
from itertools import product

import numpy as np
import pytest

from glassnet import Perceptron, perceptron_path
from glassnet.insight.perceptron_path import MOST_MISTAKES

CORNERS = list(product((0, 1), repeat=2))
FESTIVAL = list(product((0, 1), repeat=3))
CASES = {
    "festival": (FESTIVAL, [int(6 * a + 2 * b + 2 * c > 5) for a, b, c in FESTIVAL], (1, 0, 0), 0, 2),
    "and": (CORNERS, [0, 0, 0, 1], (2, 1), 2, 10),
    "or": (CORNERS, [0, 1, 1, 1], (1, 1), 0, 4),
}


def plain(X, y, max_iter):
    """Return the mistakes (pass, row, decided, weights, threshold) of the rule, and the passes."""
    w, threshold, mistakes = [0.0] * len(X[0]), 0.0, []
    for number in range(1, max_iter + 1):
        before = len(mistakes)
        for row, (x, right) in enumerate(zip(X, y, strict=True)):
            decided = int(sum(a * b for a, b in zip(w, x, strict=True)) > threshold)
            if decided != right:
                w = [a + (right - decided) * b for a, b in zip(w, x, strict=True)]
                threshold -= right - decided
                mistakes.append((number, row, decided, tuple(w), threshold))
        if len(mistakes) == before:
            return mistakes, number
    return mistakes, max_iter


def shown(path):
    return [(m.in_pass, m.row, m.decided, tuple(m.weights.tolist()), m.threshold) for m in path.mistakes]


@pytest.mark.parametrize("name", CASES)
def test_the_lectures_rows(name):
    X, y, w, threshold, mistakes = CASES[name]
    path = perceptron_path(X, y)
    assert (shown(path), path.passes) == plain(X, y, 1000)
    assert (tuple(path.weights), path.threshold, path.n_mistakes) == (w, threshold, mistakes)
    assert path.separated
    assert [m.number for m in path.mistakes] == list(range(1, mistakes + 1))
    assert [m.x.tolist() for m in path.mistakes] == [list(X[m.row]) for m in path.mistakes]
    assert all(m.right == y[m.row] == 1 - m.decided for m in path.mistakes)
    learned = Perceptron(shuffle=False).fit(X, y)
    assert (learned.coefs_[0].ravel().tolist(), learned.mistakes_.tolist()) == (list(w), [mistakes])


def test_no_line_separates_xor():
    path = perceptron_path(CORNERS, [0, 1, 1, 0])
    mistakes, passes = plain(CORNERS, [0, 1, 1, 0], 1000)
    assert (path.n_mistakes, path.passes) == (len(mistakes), passes) == (3997, 1000)
    assert shown(path) == mistakes[:MOST_MISTAKES]
    assert (tuple(path.weights), path.threshold) == mistakes[-1][3:]
    assert path.left_out == 3997 - MOST_MISTAKES
    assert not path.separated
    assert "3,497 later mistakes are left out" in str(path)
    assert "2 of 4 rows are still decided wrongly after 3,997 mistakes in 1,000 passes" in path.describe()


def test_numbers_that_are_no_corners():
    random = np.random.default_rng(0)
    X = random.normal(size=(40, 3))
    y = (X @ [1.0, -2.0, 0.5] > 0.3).astype(int)
    path = perceptron_path(X, y, max_iter=200)
    mistakes, passes = plain(X.tolist(), y.tolist(), 200)
    assert [m[:3] for m in shown(path)] == [m[:3] for m in mistakes]
    np.testing.assert_allclose([m.weights for m in path.mistakes], [m[3] for m in mistakes], rtol=1e-12)
    assert path.passes == passes
    assert path.errors == 0


def test_the_last_pass_allowed_may_be_the_one_that_ends_right():
    path = perceptron_path(FESTIVAL, CASES["festival"][1], max_iter=2)
    assert (path.passes, path.n_mistakes, path.errors) == (2, 2, 0)
    assert "All 8 rows are decided right after 2 mistakes in 2 passes: w = (1, 0, 0), threshold 0." in str(path)
    at_once = perceptron_path([[1.0]], [0])
    assert (at_once.n_mistakes, at_once.passes) == (0, 1)
    assert "The row is decided right after 0 mistakes in 1 pass: w = (0)" in at_once.describe()


def test_it_is_told_as_a_table_as_json_and_in_a_notebook():
    path = perceptron_path(CORNERS, [0, 0, 0, 1])
    assert path.table().header == (
        "mistake",
        "pass",
        "row",
        "x_1",
        "x_2",
        "decided",
        "right",
        "w_1",
        "w_2",
        "threshold",
    )
    assert path.table().rows[-1] == (10, 5, 1, 0.0, 1.0, 1, 0, 2.0, 1.0, 2.0)
    read = json.loads(path.to_json())
    assert read["mistakes"][-1]["weights"] == [2, 1]
    assert (read["n_mistakes"], read["separated"], read["x"]) == (10, True, [list(x) for x in CORNERS])
    assert "after 10 mistakes in 6 passes" in path._repr_html_()


@pytest.mark.parametrize(
    ("X", "y", "keywords", "message"),
    [
        ([[0], [1]], [0], {}, r"X has shape \(2, 1\) and y \(1,\); expected \(rows, inputs\) and \(rows,\)"),
        ([[0], [1]], [-1, 1], {}, r"y holds \[-1.0, 1.0\]; the rule learns decisions: give 0 or 1"),
        ([[0], [np.inf]], [0, 1], {}, "X holds NaN or infinity"),
        (np.zeros((1001, 1)), np.zeros(1001), {}, r"X has 1,001 rows; a path shows .* with Perceptron\(\)\.fit"),
        ([[0], [1]], [0, 1], {"max_iter": 0}, "max_iter=0 must be at least 1"),
    ],
)
def test_what_is_refused(X, y, keywords, message):
    with pytest.raises(ValueError, match=message):
        perceptron_path(X, y, **keywords)
