"""Samples of rows by their numbers: even, the same whatever the slices, and in order."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import chisquare

from glassnet import TableError, open_files, sample_of_files
from glassnet.data import file_sample, keyed_sample
from glassnet.data.keyed_sample import KeyedSample, drawn_rows, row_keys


def scrambled_by_definition(number: int) -> int:
    """Return SplitMix64's output for a state, in Python's integers."""
    bits = number % 2**64
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) % 2**64
    return bits ^ (bits >> 31)


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_keys_are_those_of_splitmix64(seed):
    start = scrambled_by_definition(seed)
    expected = [scrambled_by_definition(start + (row + 1) * keyed_sample.GOLDEN) for row in range(50)]
    assert row_keys(np.arange(50), seed).tolist() == expected


def test_the_published_first_output_of_splitmix64():
    assert row_keys(np.arange(1), 0).tolist() == [0xE220A8397B1DCDAF]  # of seed 0, whose start is 0


def test_rows_are_those_with_the_smallest_keys(monkeypatch):
    keys = row_keys(np.arange(5000), 3)
    expected = np.sort(np.argsort(keys)[:70])
    for at_once in (1 << 20, 113, 7):
        monkeypatch.setattr(keyed_sample, "AT_ONCE", at_once)
        assert drawn_rows(5000, 70, 3).tolist() == expected.tolist()
    assert drawn_rows(20, 70, 3).tolist() == list(range(20))


def test_every_row_has_the_same_chance():
    rows, most, draws = 50, 10, 2000
    counts = np.bincount(np.concatenate([drawn_rows(rows, most, seed) for seed in range(draws)]), minlength=rows)
    # Without replacement the counts vary less than independent ones, so the test is on the safe side.
    assert chisquare(counts).pvalue > 1e-6


def test_values_keep_their_type():
    sample = KeyedSample(2)
    sample.add(np.array([3, 1, 2], np.uint64), np.array([30, 10, 20]))
    sample.add(np.array([0, 9], np.uint64), np.array([5, 90]))
    assert sorted(sample.values.tolist()) == [5, 10]
    assert sample.values.dtype == np.int64


def test_a_sample_has_its_rows_in_order(tmp_path, monkeypatch):
    frame = pl.DataFrame({"row": np.arange(1000), "text": [f"t{row % 5}" for row in range(1000)]})
    for number, (first, last) in enumerate([(0, 400), (400, 400), (400, 1000)]):
        frame[first:last].write_parquet(tmp_path / f"{number}.parquet")
    files = open_files(tmp_path, tmp_path / "work")
    told = []
    monkeypatch.setattr(file_sample, "SLICE", 300)
    found, drawn = sample_of_files(files, 100, seed=4, progress=told.append)
    assert found["row"].to_list() == drawn.numbers.tolist() == drawn_rows(1000, 100, 4).tolist()
    assert told == [300, 600, 900, 1000]
    assert str(drawn).startswith("a sample of 100 of 1,000 rows, drawn at random by the row's number")
    found, drawn = sample_of_files(files, 1000)
    assert found["row"].to_list() == list(range(1000))
    assert (str(drawn), drawn.has_all) == ("all 1,000 rows", True)
    with pytest.raises(TableError, match=r"a sample of 0 rows is asked for; give at least 1"):
        sample_of_files(files, 0)
