"""Files in thousands of conventions are read as they are meant, or refused; where two conventions fit, it is said.

The files are made by `generate_tables.py`, which shares no code with the reader and computes by itself whether another
convention reads every cell of a file too.
"""

from datetime import datetime

import pytest
from check_generated import REFUSALS, WARNINGS, checked_files, rarest_pair
from generate_tables import FACTORS, generated, tables, value_of

SEED = 0


@pytest.mark.parametrize("files", [100, pytest.param(20_000, marks=pytest.mark.slow)])
def test_generated_files_are_read_as_meant_or_refused(tmp_path, files):
    summary = checked_files(tables(SEED, files), tmp_path / "table.csv")
    assert summary.failed == [], str(summary)
    assert summary.refusal_rate < REFUSALS, str(summary)
    assert summary.warning_rate < WARNINGS, str(summary)


@pytest.mark.slow
def test_every_pair_of_values_is_among_the_files_fifty_times():
    count, pair = rarest_pair(tables(SEED, 20_000))
    assert count >= 50, pair


def test_ambiguous_files_are_among_the_files():
    doubts = [doubt for table in tables(SEED, 300) for doubt in table.doubts if not doubt.slight]
    assert {doubt.flag for doubt in doubts} == {"--decimal", "--dayfirst"}
    assert 15 <= len(doubts) <= 100


def test_a_file_depends_on_seed_and_number_alone():
    assert generated(7, 3) == generated(7, 3)
    assert generated(7, 3).content != generated(8, 3).content
    assert FACTORS.keys() == generated(7, 3).factors.keys()


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("1.234", 1.234, 1234.0),
        ("1,234", 1234.0, 1.234),
        ("0.377", 0.377, None),
        ("1.234.567", None, 1234567.0),
        ("12.34", 12.34, None),
        ("-1 234,5", None, -1234.5),
        ("1234.567", 1234.567, None),
        ("980", 980.0, 980.0),
        ("1'234'567", 1234567.0, 1234567.0),
        ("1 234'567", None, None),
    ],
)
def test_the_generator_knows_what_a_cell_is_with_either_decimal_mark(text, point, comma):
    assert (value_of(text, "."), value_of(text, ",")) == (point, comma)


def test_readings_of_a_date_in_doubt_swap_day_and_month():
    doubts = (doubt for table in tables(SEED, 300) for doubt in table.doubts if doubt.flag == "--dayfirst")
    one, other = next(pair for doubt in doubts for pairs in doubt.readings.values() for pair in pairs)
    assert other == datetime(one.year, one.day, one.month, one.hour, one.minute, one.second)
