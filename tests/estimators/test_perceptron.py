from itertools import product

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning

from glassnet import Perceptron

CUBE = np.array(list(product([0, 1], repeat=3)), dtype=float)


def test_forward_problem_of_the_festival():
    model = Perceptron.given([6, 2, 2], threshold=5)
    np.testing.assert_array_equal(model.predict(CUBE), CUBE[:, 0])
    assert model.decision_function([[0, 1, 1], [1, 0, 0]]).tolist() == [-1, 1]
    assert model.threshold_.tolist() == [5]


def test_the_threshold_itself_is_not_enough():
    assert Perceptron.given([1], threshold=1).predict([[1.0], [1.0 + 1e-12]]).tolist() == [0, 1]


def test_inverse_problem_of_the_festival():
    decisions = Perceptron.given([6, 2, 2], threshold=5).predict(CUBE)
    learned = Perceptron(random_state=0).fit(CUBE, decisions)
    np.testing.assert_array_equal(learned.predict(CUBE), decisions)
    assert learned.errors_.tolist() == [0]
    assert learned.mistakes_[0] > 0


def test_mistakes_stay_below_novikoff():
    """With a separator (w, b) of unit length and margin gamma in radius R there are at most (R / gamma)^2 mistakes."""
    random = np.random.default_rng(0)
    for seed in range(5):
        X = random.uniform(-1, 1, size=(200, 4))
        w = random.normal(size=5)
        w[-1] *= 0.1
        w /= np.linalg.norm(w)
        ones = np.column_stack([X, np.ones(200)])
        keep = np.abs(ones @ w) > 0.1
        X, ones = X[keep], ones[keep]
        y = (ones @ w > 0).astype(int)
        model = Perceptron(random_state=seed).fit(X, y)
        bound = (np.linalg.norm(ones, axis=1).max() / np.abs(ones @ w).min()) ** 2
        assert model.errors_.tolist() == [0]
        assert model.mistakes_[0] <= bound


def test_rosenblatts_rule_step_by_step():
    """Against the rule written as a plain loop, in the order of the rows."""
    random = np.random.default_rng(1)
    X = random.normal(size=(60, 3))
    y = (X @ [1, -2, 0.5] > 0.3).astype(int)
    w, b, mistakes = np.zeros(3), 0.0, 0
    for _ in range(1000):
        before = mistakes
        for x, target in zip(X, y, strict=True):
            miss = target - int(x @ w + b > 0)
            w, b, mistakes = w + miss * x, b + miss, mistakes + abs(miss)
        if mistakes == before:
            break
    model = Perceptron(shuffle=False).fit(X, y)
    np.testing.assert_allclose(model.coefs_[0].ravel(), w, atol=1e-12)
    assert (model.intercepts_[0][0], model.mistakes_[0]) == (pytest.approx(b), mistakes)


def test_what_no_line_separates_warns_and_keeps_the_best():
    """With one decision in ten turned round Rosenblatt's rule wanders; what is kept beats where it usually is."""
    random = np.random.default_rng(0)
    X = random.normal(size=(400, 3))
    y = (X @ [1, 1, -1] > 0.2).astype(int) ^ (random.uniform(size=400) < 0.1)
    with pytest.warns(ConvergenceWarning, match=r"separated in max_iter=30 passes: .* decide \d+ of 400 .* wrongly"):
        model = Perceptron(max_iter=30, random_state=0).fit(X, y)
    assert model.n_iter_ == 30
    assert np.sum(model.predict(X) != y) == model.errors_[0]
    w, b, errors = np.zeros(3), 0.0, []
    for _ in range(30):
        for x, target in zip(X, y, strict=True):
            miss = target - int(x @ w + b > 0)
            w, b = w + miss * x, b + miss
        errors.append(int(np.sum((X @ w + b > 0) != y)))
    assert model.errors_[0] < np.median(errors)


def test_labels_are_learned_side_by_side():
    y = np.column_stack([CUBE[:, 0], CUBE[:, 1] * CUBE[:, 2], 1 - CUBE[:, 0]]).astype(int)
    model = Perceptron(random_state=0).fit(CUBE, y)
    assert model.coefs_[0].shape == (3, 3)
    np.testing.assert_array_equal(model.predict(CUBE), y)
    for column in range(3):
        alone = Perceptron(random_state=0).fit(CUBE, y[:, column])
        np.testing.assert_array_equal(alone.predict(CUBE), y[:, column])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_several_classes_and_text():
    X, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    model = Perceptron(max_iter=200, random_state=0).fit(X, names)
    assert model.score(X, names) > 0.8
    assert model.decision_function(X).shape == (150, 3)


def test_mistaken_input():
    with pytest.raises(ValueError, match=r"weights of shape \(2, 1\) need 1 threshold\(s\), but 2 were given"):
        Perceptron.given([1, 2], threshold=[1, 2])
    with pytest.raises(ValueError, match="y holds one class only"):
        Perceptron().fit(CUBE, np.ones(8))
    with pytest.raises(ValueError, match="max_iter must be an integer of at least 1"):
        Perceptron(max_iter=0).fit(CUBE, CUBE[:, 0])


def test_a_bias_of_zero_is_a_threshold_without_a_sign():
    assert not np.signbit(Perceptron.given([1.0, 1.0], 0.0).threshold_).any()
