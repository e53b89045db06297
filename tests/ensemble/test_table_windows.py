"""Windows of a table on disk: which rows each member trains on; and folds of rows that come in slices."""

from itertools import pairwise

import numpy as np
import pytest

from glassnet.data.encoded_tally import EncodedTally
from glassnet.ensemble.block_folds import block_folds, group_folds
from glassnet.ensemble.member import Split
from glassnet.ensemble.table_windows import TableWindows
from glassnet.ensemble.window_setups import facts_of_members, most_in_batch, sample_splits
from glassnet.storage.spool_writer import SpoolWriter

ROWS, FOLDS = 10_000, 4


@pytest.fixture(scope="module")
def table():
    random = np.random.default_rng(0)
    weights = np.where(random.random(ROWS) < 0.05, 0.0, random.uniform(0.5, 2, ROWS))
    values = random.normal(size=(ROWS, 3)) * [1.0, 1e-3, 1e9]
    return np.column_stack([np.arange(ROWS), values, weights, block_folds(0, ROWS, FOLDS, 7)])


@pytest.fixture
def windows(table, tmp_path):
    with SpoolWriter(tmp_path / "rows.spool", table.shape[1], "made", ROWS) as writer:
        writer.append(table)
        spool = writer.finish()
    tally = EncodedTally(3, 1, FOLDS)
    tally.add(table[:, :3], table[:, 3:4], table[:, 4], table[:, 5].astype(int))
    validation = [np.arange(member, ROWS, 50) for member in range(FOLDS)]
    return TableWindows(spool, tally.exponents, range(FOLDS), validation, 2_048, 3)


def rows_of(windows, epoch, member):
    """Return the numbers of the rows that a member trains on in each window: the first column holds them."""
    found = []
    for number in range(windows.windows):
        shared, rows, n_rows = windows.window(epoch, number)
        own = rows[member, : n_rows[member]]
        exact = np.asarray(shared.high, float)[own, 0] + np.asarray(shared.low, float)[own, 0]
        found.append(np.rint(np.ldexp(exact, windows.exponents[0])).astype(int))
    return found


@pytest.mark.parametrize("member", range(FOLDS))
def test_an_epoch_has_every_row_of_a_member_once(windows, table, member):
    seen = np.concatenate(rows_of(windows, 0, member))
    other = (table[:, 5] == member) | (table[:, 4] == 0) | np.isin(np.arange(ROWS), windows.validation[member])
    np.testing.assert_array_equal(np.sort(seen), np.flatnonzero(~other))


def test_a_window_has_rows_of_the_table_to_the_bit_of_float32_pairs(windows, table):
    shared, rows, n_rows = windows.window(1, 2)
    own = rows[0, : n_rows[0]]
    numbers = rows_of(windows, 1, 0)[2]
    pairs = np.asarray(shared.high, float)[own] + np.asarray(shared.low, float)[own]
    np.testing.assert_allclose(np.ldexp(pairs, windows.exponents), table[numbers, :-1], rtol=2.0**-46, atol=0)


def test_windows_are_drawn_anew_in_every_epoch_and_by_the_seed_alone(windows):
    first, again, other = (rows_of(windows, epoch, 0) for epoch in (0, 0, 1))
    np.testing.assert_array_equal(np.concatenate(first), np.concatenate(again))
    assert set(first[0]) != set(other[0])


def test_a_window_has_rows_from_all_over_the_table(windows):
    for rows in rows_of(windows, 0, 1):
        quarters = np.bincount(rows * 4 // ROWS, minlength=4) / len(rows)
        # 256 blocks are drawn of 1,250: a quarter's part has a standard deviation of 0.025, without replacement less
        assert np.all(np.abs(quarters - 0.25) < 5 * 0.025)


def test_folds_are_the_same_however_rows_are_cut():
    random, of_all = np.random.default_rng(1), {}
    for _ in range(100):
        folds, rows, seed = int(random.integers(2, 17)), int(random.integers(1, 500)), int(random.integers(2**31))
        of_all = block_folds(0, rows, folds, seed)
        cuts = np.sort(np.concatenate([[0, rows], random.integers(0, rows + 1, 5)]))
        parts = [block_folds(a, b - a, folds, seed) for a, b in pairwise(cuts)]
        np.testing.assert_array_equal(np.concatenate(parts), of_all)
        counts = np.bincount(of_all, minlength=folds)
        assert counts.max() - counts.min() <= 1
        whole_blocks = of_all[: rows // folds * folds].reshape(-1, folds)
        np.testing.assert_array_equal(np.sort(whole_blocks, axis=1), np.tile(np.arange(folds), (len(whole_blocks), 1)))


def test_folds_are_drawn_evenly():
    """Each of 6 permutations of 3 folds, 60,000 draws: a binomial standard deviation of 91."""
    blocks = block_folds(0, 180_000, 3, 5).reshape(-1, 3)
    _, counts = np.unique(blocks @ [9, 3, 1], return_counts=True)
    assert len(counts) == 6
    assert np.all(np.abs(counts - 10_000) < 5 * 91)


def test_a_group_has_one_fold():
    groups = np.random.default_rng(2).integers(0, 300, 5_000)
    folds = group_folds(groups, 8, 1)
    assert all(len(np.unique(folds[groups == group])) == 1 for group in np.unique(groups))
    np.testing.assert_array_equal(folds[:10], group_folds(groups[:10], 8, 1))
    assert len(np.unique(folds)) == 8


def test_members_validate_on_rows_of_the_sample_outside_their_fold():
    folds = block_folds(0, 2_000, 4, 3)
    for member, split in enumerate(sample_splits(folds, [0, 1, 2, 3], 100_000, 0.1, 9)):
        assert not np.intersect1d(split.train, split.validation).size
        np.testing.assert_array_equal(split.test, np.flatnonzero(folds == member))
        np.testing.assert_array_equal(
            np.sort(np.concatenate([split.train, split.validation])), np.flatnonzero(folds != member)
        )
        assert len(split.validation) == 750  # half of those that it may see


@pytest.mark.parametrize("few", [1, 7, 100])
def test_every_epoch_has_a_batch_of_the_member_with_fewest_rows(table, tmp_path, few):
    """A fold has nearly all rows, and all but one of the others, or even all, are in the sample of 2,000."""
    rows = np.random.default_rng(few).choice(np.flatnonzero(table[:, 4] > 0), few, replace=False)
    folds = np.isin(np.arange(ROWS), rows).astype(int)
    with SpoolWriter(tmp_path / "rows.spool", table.shape[1], "made", ROWS) as writer:
        writer.append(np.column_stack([table[:, :5], folds]))
        spool = writer.finish()
    tally = EncodedTally(3, 1, 2)
    tally.add(table[:, :3], table[:, 3:4], table[:, 4], folds)
    sample = np.union1d(rows[: few - 1] if few > 1 else rows, np.arange(2_000))
    splits = [
        Split(np.flatnonzero(folds[sample] != fold), np.empty(0, int), np.flatnonzero(folds[sample] == fold))
        for fold in range(2)
    ]
    windows = TableWindows(spool, tally.exponents, range(2), [np.empty(0, int)] * 2, 2_048, 3)
    batch = most_in_batch(splits, facts_of_members(tally, range(2)), windows.windows)
    assert batch == max(few // (2 * windows.windows), 1)
    for epoch in range(10):
        assert max(len(own) for own in rows_of(windows, epoch, 0)) >= batch
