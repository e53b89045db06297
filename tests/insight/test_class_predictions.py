"""Confusion and reliability against counts by hand, whatever the order of the rows."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

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


@pytest.mark.parametrize("kind", [object, str])
def test_a_class_that_is_not_known_is_named(kind):
    with pytest.raises(ValueError, match=r"y holds the class 'c', which is none of \['a', 'b'\]"):
        class_indicators(np.array(["a", "c"], kind), np.array(["a", "b"]))
