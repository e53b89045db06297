import numpy as np
import pytest

from glassnet.conformal.kth_smallest import kth_smallest, sorted_scores


@pytest.mark.parametrize("k", [1, 2, 500, 999, 1000])
def test_sums_that_rounding_makes_equal(k):
    """Scores that differ by less than the centre can hold: many places share one sum, and the search must not stall."""
    random = np.random.default_rng(0)
    found = [np.sort(random.uniform(0, 1e-6, size=250)) for _ in range(4)]
    center, width = 1e9 + random.integers(0, 3, size=(4, 5)).astype(float), np.full((4, 5), 2.0)
    every = np.sort(np.concatenate([c[:, None] + 2.0 * own for c, own in zip(center, found, strict=True)], axis=1))
    np.testing.assert_array_equal(kth_smallest(center, width, sorted_scores(found), k), every[:, k - 1])


def test_widths_far_apart():
    found = [np.array([1.0, 2.0]), np.array([1.0, 3.0])]
    center, width = np.zeros((2, 1)), np.array([[1e-300], [1e300]])
    held = sorted_scores(found)
    assert [kth_smallest(center, width, held, k)[0] for k in (1, 2, 3, 4)] == [1e-300, 2e-300, 1e300, 3e300]


def test_memory_is_that_of_the_scores():
    assert sorted_scores([np.zeros(10_000), np.ones(10_000)]).value.shape == (2, 3)
