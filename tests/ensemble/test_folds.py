"""Test folds and splits: every row in one fold, and none in two parts of a split."""

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold, KFold, ShuffleSplit, StratifiedKFold, TimeSeriesSplit

from glassnet.ensemble.folds import fold_rows, folds_of, splits_of


@pytest.mark.parametrize("rows", [21, 64, 103])
@pytest.mark.parametrize("members", [2, 5, 8])
def test_folds(rows, members):
    folds = fold_rows(rows, members, "auto", None, None, 3)
    test_rows = [fold.test for fold in folds]
    assert sorted(np.concatenate(test_rows)) == list(range(rows))
    assert max(map(len, test_rows)) - min(map(len, test_rows)) <= 1
    for own, split in zip(test_rows, splits_of(rows, folds, 0.2, 3), strict=True):
        assert split.train.size + split.validation.size == rows - -(-rows // members)
        assert not set(split.train) & set(own)
        assert not set(split.validation) & set(own)
        assert not set(split.train) & set(split.validation)


def test_of_many_members_several_share_a_fold():
    assert [folds_of(members) for members in (1, 7, 16, 17, 20, 22, 24, 32, 34, 64)] == [
        1, 7, 16, 17, 10, 11, 12, 16, 34, 16
    ]  # fmt: skip
    folds = fold_rows(100, 32, "auto", None, None, 3)
    held_out = np.bincount(np.concatenate([fold.test for fold in folds]), minlength=100)
    assert set(held_out) == {2}
    assert len({tuple(fold.test) for fold in folds}) == 16
    splits = splits_of(100, folds, 0.2, 3)
    for one, other in zip(splits[:16], splits[16:], strict=True):  # of one fold, and still not the same
        assert set(one.test) == set(other.test)
        assert set(one.validation) != set(other.validation)


def test_folds_and_groups_that_cannot_be_used_are_said():
    groups = np.arange(30) % 5
    with pytest.warns(UserWarning, match=r"cv has no effect, since a single network \(n_members=1\) has no folds"):
        assert [fold.test.size for fold in fold_rows(30, 1, 3, None, None, 0)] == [0]
    with pytest.raises(ValueError, match="cv=8 folds need at least 16 rows, but there are 15"):
        fold_rows(15, 8, 8, None, None, 0)
    for members, cv, why in ((1, "auto", "n_members=1"), (4, None, "cv=None"), (16, "auto", "there are 30 rows")):
        with pytest.raises(ValueError, match=f"groups are kept together by folds, and there are none, since {why}"):
            fold_rows(30, members, cv, groups, None, 0)


def test_classes_are_dealt_out_evenly():
    labels = np.repeat([0, 1], [90, 10])
    folds = fold_rows(100, 5, 5, None, labels, 0)
    assert [int(np.sum(labels[fold.test])) for fold in folds] == [2] * 5


@pytest.mark.parametrize("given", [{}, {"groups": np.arange(60) % 9}, {"labels": np.arange(60) % 2}])
def test_a_numpy_integer_is_that_integer(given):
    given = {"groups": None, "labels": None, **given}
    of_python = fold_rows(60, 4, 4, seed=1, **given)
    for number in (np.int64(4), np.int8(4), np.uint16(4)):
        for fold, same in zip(fold_rows(60, 4, number, seed=1, **given), of_python, strict=True):
            np.testing.assert_array_equal(fold.test, same.test)
            np.testing.assert_array_equal(fold.visible, same.visible)
            if given["groups"] is not None:
                assert not set(given["groups"][fold.test]) & set(given["groups"][fold.visible])


def test_a_splitter_must_keep_groups_together():
    groups = np.array(list("abcdef") * 10)
    with (
        pytest.warns(UserWarning, match="groups parameter is ignored by KFold"),  # which scikit-learn says, and goes on
        pytest.raises(
            ValueError, match=r"cv=KFold\(n_splits=4.*\) parts the group 'a': .* use GroupKFold or an integer"
        ),
    ):
        fold_rows(60, 4, KFold(4), groups, None, 0)
    for fold in fold_rows(60, 3, GroupKFold(3), groups, None, 0):
        assert not set(groups[fold.test]) & set(groups[fold.visible])
    with pytest.raises(
        ValueError, match=r"groups has 3 different group\(s\), too few for 4 folds; give n_members=3 and cv"
    ):
        fold_rows(60, 4, "auto", np.arange(60) % 3, None, 0)


def test_a_splitter_says_what_members_learn_from():
    folds = fold_rows(60, 4, TimeSeriesSplit(4, gap=2), None, None, 0)
    assert [(len(fold.visible), fold.test[0]) for fold in folds] == [(10, 12), (22, 24), (34, 36), (46, 48)]
    splits = splits_of(60, folds, 0.2, 0)
    assert [len(split.train) for split in splits] == [10, 22, 34, 46]  # 10 rows are too few to hold some out
    assert [max(split.train) for split in splits] == [9, 21, 33, 45]
    splits = splits_of(120, fold_rows(120, 2, TimeSeriesSplit(2), None, None, 0), 0.2, 0)
    assert [(len(split.train), len(split.validation)) for split in splits] == [(32, 8), (64, 16)]


def test_folds_that_cannot_be_used_are_refused():
    with pytest.raises(
        ValueError, match=r"cv must hold no row out more than once, but row \d+ is held out \d times; use"
    ):
        fold_rows(40, 8, ShuffleSplit(8, test_size=0.5, random_state=0), None, None, 0)
    with pytest.raises(ValueError, match="cv must hold no row out more than once, but it has no folds"):
        fold_rows(40, 4, [], None, None, 0)
    with pytest.raises(ValueError, match=r"fold 0 of cv needs rows to learn from, at least 2, .* but row 3 is in both"):
        fold_rows(40, 2, [(np.arange(30), np.arange(3, 40))], None, None, 0)
    with pytest.raises(ValueError, match=r"fold 0 of cv needs .* but they are 1 and 39 rows"):
        fold_rows(40, 2, [(np.arange(1), np.arange(1, 40))], None, None, 0)
    with pytest.raises(ValueError, match="n_members=3 must be a multiple of the 2 folds of cv"):
        fold_rows(40, 3, StratifiedKFold(2), None, np.arange(40) % 2, 0)
