"""Test folds and splits: every row in one fold, and none in two parts of a split."""

import numpy as np
import pytest

from glassnet.ensemble.folds import fold_rows, splits_of


@pytest.mark.parametrize("rows", [21, 64, 103])
@pytest.mark.parametrize("members", [2, 5, 8])
def test_folds(rows, members):
    test_rows = fold_rows(rows, members, "auto", None, None, 3)
    assert sorted(np.concatenate(test_rows)) == list(range(rows))
    assert max(map(len, test_rows)) - min(map(len, test_rows)) <= 1
    for own, split in zip(test_rows, splits_of(rows, test_rows, 0.2, 3), strict=True):
        assert split.train.size + split.validation.size == rows - -(-rows // members)
        assert not set(split.train) & set(own)
        assert not set(split.validation) & set(own)
        assert not set(split.train) & set(split.validation)


def test_classes_are_dealt_out_evenly():
    labels = np.repeat([0, 1], [90, 10])
    test_rows = fold_rows(100, 5, 5, None, labels, 0)
    assert [int(np.sum(labels[own])) for own in test_rows] == [2] * 5
