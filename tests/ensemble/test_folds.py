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


def test_folds_and_groups_that_cannot_be_used_are_said():
    groups = np.arange(30) % 5
    with pytest.warns(UserWarning, match=r"cv has no effect, since a single network \(n_members=1\) has no folds"):
        assert [rows.size for rows in fold_rows(30, 1, 3, None, None, 0)] == [0]
    with pytest.raises(ValueError, match="cv=8 folds need at least 16 rows, but there are 15"):
        fold_rows(15, 8, 8, None, None, 0)
    for members, cv, why in ((1, "auto", "n_members=1"), (4, None, "cv=None"), (16, "auto", "there are 30 rows")):
        with pytest.raises(ValueError, match=f"groups are kept together by folds, and there are none, since {why}"):
            fold_rows(30, members, cv, groups, None, 0)


def test_classes_are_dealt_out_evenly():
    labels = np.repeat([0, 1], [90, 10])
    test_rows = fold_rows(100, 5, 5, None, labels, 0)
    assert [int(np.sum(labels[own])) for own in test_rows] == [2] * 5
