"""Confusion and reliability against counts by hand, whatever the order of the rows."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from glassnet import ConfusionDisplay, NetworkClassifier, NetworkRegressor, ReliabilityDisplay
from glassnet.estimators.validation import class_indicators
from glassnet.insight.class_predictions import confusion, reliability
from glassnet.insight.equal_parts import equal_parts

CLASSES = ("no", "yes")


def of_two(probability, yes):
    """Return the reliability of probabilities of the second of two classes."""
    targets, outputs = (np.column_stack([1 - column, column]) for column in (yes.astype(float), probability))
    return reliability(targets, outputs, CLASSES, "made")


def test_equal_probabilities_are_one_part_however_the_table_is_sorted():
    found = of_two(np.full(200, 0.5), np.arange(200) < 100)
    assert found.error == 0
    assert [(part.probability, part.frequency, part.rows) for part in found.parts] == [(0.5, 0.5, 200)]


def test_the_order_of_rows_counts_for_nothing():
    random = np.random.default_rng(0)
    probability = random.choice([0.1, 0.3, 0.31, 0.9], 500, p=[0.3, 0.3, 0.35, 0.05])
    yes = random.random(500) < 0.5
    by_hand = sum(abs(yes[probability == p].mean() - p) * (probability == p).sum() for p in np.unique(probability))
    for order in (np.arange(500), np.argsort(yes), np.argsort(~yes), random.permutation(500)):
        found = of_two(probability[order], yes[order])
        assert found.error == pytest.approx(by_hand / 500)
        np.testing.assert_allclose([part.probability for part in found.parts], [0.1, 0.3, 0.31, 0.9])


def test_different_probabilities_are_in_equal_parts():
    random = np.random.default_rng(1)
    probability = random.random(333)
    yes = random.random(333) < probability**2
    found = of_two(probability, yes)
    parts = np.array_split(np.argsort(probability), 10)
    assert [part.rows for part in found.parts] == list(map(len, parts))
    np.testing.assert_allclose([part.frequency for part in found.parts], [yes[part].mean() for part in parts])
    assert all(part.at_least <= part.frequency <= part.at_most for part in found.parts)


def test_of_several_classes_the_most_probable_is_judged():
    outputs = np.tile([[0.6, 0.3, 0.1], [0.1, 0.3, 0.6]], (50, 1))
    labels = np.arange(100) % 3
    targets = np.eye(3)[labels]
    found = reliability(targets, outputs, ("a", "b", "c"), "made")
    assert found.error == pytest.approx(abs(0.6 - (targets * outputs.round()).sum() / 100))
    counts = confusion(targets, outputs, ("a", "b", "c"), "made").counts
    np.testing.assert_array_equal(counts, confusion_matrix(labels, outputs.argmax(axis=1)))


def test_parts_keep_equal_values_together_and_have_enough_rows():
    random = np.random.default_rng(2)
    for different in (1, 2, 3, 7, 40, 10_000):
        values = random.integers(0, different, 257).astype(float)
        parts = equal_parts(values, 10, 20)
        assert sorted(np.concatenate(parts).tolist()) == list(range(257))
        assert len(parts) <= min(10, different)
        assert all(len(part) >= 20 for part in parts)
        for one, other in pairwise(parts):
            assert values[one].max() < values[other].min()


def kinds(rows, seed=0):
    """Return a table and the classes of its rows, of three."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(rows, 2))
    return X, np.array(["a", "b", "c"])[np.digitize(X[:, 0] + random.normal(size=rows), [-0.5, 0.5])]


@pytest.fixture(scope="module")
def classifier():
    return NetworkClassifier((4,), n_members=4, max_iter=3, random_state=0).fit(*kinds(120))


def test_rows_of_the_fit_are_drawn_out_of_fold(classifier):
    X, y = kinds(120)
    display = ConfusionDisplay.from_estimator(classifier, X, y)
    predicted = classifier.classes_[classifier.oof_prediction_.argmax(axis=1)]
    np.testing.assert_array_equal(display.record.counts, confusion_matrix(y, predicted))
    assert display.ax_.get_title() == "120 rows, out of fold"
    reliable = ReliabilityDisplay.from_estimator(classifier, X, y).record
    given = ReliabilityDisplay.from_predictions(y, classifier.oof_prediction_).record
    assert (reliable.parts, reliable.title, given.title) == (given.parts, "out of fold", "as given")


def test_other_rows_are_drawn_by_all_members(classifier):
    X, y = kinds(50, seed=1)
    display = ConfusionDisplay.from_estimator(classifier, X, y)
    np.testing.assert_array_equal(display.record.counts, confusion_matrix(y, classifier.predict(X)))
    assert display.record.title == "new to the model"
    given = ConfusionDisplay.from_predictions(y, classifier.predict(X))
    assert given.frame().equals(display.frame())


def test_probabilities_of_two_classes_are_of_the_second_and_gaps_are_left_out():
    probability = np.repeat([0.2, 0.7, np.nan], 40)
    yes = np.arange(120) % 5 == 0
    found = ReliabilityDisplay.from_predictions(np.where(yes, "yes", "no"), probability).record
    assert found.of == "class yes"
    assert [(part.probability, part.frequency, part.rows) for part in found.parts] == [
        (pytest.approx(0.2), pytest.approx(0.2), 40),
        (pytest.approx(0.7), pytest.approx(0.2), 40),
    ]
    of_no = ReliabilityDisplay.from_predictions(np.where(yes, "yes", "no"), probability, classes=["yes", "no"]).record
    assert of_no.of == "class no"


@pytest.mark.parametrize(
    ("y", "probability", "message"),
    [
        ([0, 1], [0.2, 1.3], "probability holds numbers below 0 or above 1"),
        ([0, 1, 2], [0.2, 0.3, 0.1], r"probability has shape \(3,\) for 3 row\(s\) of the classes \[0, 1, 2\]"),
        ([0, 0], [0.2, 0.3], r"of the classes \[0\]; give one of each class, in the order of classes="),
        ([0, 1], [np.nan, np.nan], "no row has a prediction"),
    ],
)
def test_probabilities_that_are_none_are_refused(y, probability, message):
    with pytest.raises(ValueError, match=message):
        ReliabilityDisplay.from_predictions(y, probability)


def test_models_without_one_class_a_row_are_refused():
    X, _ = kinds(40)
    with pytest.raises(TypeError, match="classes are predicted by a NetworkClassifier, and this is NetworkRegressor"):
        ConfusionDisplay.from_estimator(NetworkRegressor(), X, X[:, 0])
    labels = NetworkClassifier((4,), n_members=1, max_iter=1, random_state=0).fit(X, (X > 0).astype(int))
    with pytest.raises(ValueError, match="rows have several labels here, and the figure is of one class a row"):
        ReliabilityDisplay.from_estimator(labels, X, (X > 0).astype(int))


@pytest.mark.parametrize("kind", [object, str])
def test_a_class_that_is_not_known_is_named(kind):
    with pytest.raises(ValueError, match=r"y holds the class 'c', which is none of \['a', 'b'\]"):
        class_indicators(np.array(["a", "c"], kind), np.array(["a", "b"]))
