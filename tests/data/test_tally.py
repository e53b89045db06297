"""The schema from one pass over slices: that of the table in memory, or a refusal that says what to type."""

import warnings
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pytest

from glassnet.data import row_numbers, tally, text_summary
from glassnet.data.columns import from_frame
from glassnet.data.different_integers import DifferentIntegers
from glassnet.data.encode import check_outliers
from glassnet.data.encoded_tally import EncodedTally
from glassnet.data.identifiers import counts_rows
from glassnet.data.read_columns import Reading
from glassnet.data.repeated_ids import repeated_ids
from glassnet.data.row_numbers import RowNumbers
from glassnet.data.sampled_outliers import check_sampled_outliers
from glassnet.data.shared import shared_table
from glassnet.data.table_schema import read_schema
from glassnet.data.tally import Tally

DAY = datetime(2024, 2, 27, 22)


def gaps(random, cells, fraction=0.1):
    return [None if random.random() < fraction else cell for cell in cells]


def levels(random, rows, most):
    return [f"level {number}" for number in random.integers(0, most, rows)]


def moments(random, rows, days):
    return [DAY + timedelta(seconds=int(second)) for second in random.integers(0, 86_400 * days + 1, rows)]


def numbers_in_text(random, rows, mark):
    return [f"{number:.2f}".replace(".", mark) for number in 1000 * random.normal(size=rows)]


def with_odd_cells(random, rows):
    cells = numbers_in_text(random, rows, ".")
    return [random.choice(["n/a", "about 7", "none"]) if random.random() < 0.06 else cell for cell in cells]


def comments(random, rows):
    words = np.array(["red", "blue", "old", "new", "roof", "garden", "quiet"])
    return [f"{' '.join(random.choice(words, 3))} {number}" for number in random.integers(0, 5000, rows)]


# What a column may hold: everything that a kind of column is decided by.
COLUMNS = {
    "normal": lambda r, n: r.normal(size=n),
    "normal with gaps": lambda r, n: gaps(r, r.normal(size=n).tolist()),
    "infinite": lambda r, n: np.where(r.random(n) < 0.05, np.inf, r.normal(size=n)),
    "integers": lambda r, n: r.integers(-9, 9, n),
    "flag": lambda r, n: r.choice([-1.5, 4.0], n),
    "flag with gaps": lambda r, n: gaps(r, r.choice([0.0, 1.0], n).tolist()),
    "rare flag": lambda r, n: (np.arange(n) == n - 1).astype(float),
    "late third value": lambda r, n: np.where(np.arange(n) == n - 1, 2.0, np.arange(n) % 2),
    "boolean": lambda r, n: r.random(n) < 0.5,
    "boolean with gaps": lambda r, n: gaps(r, (r.random(n) < 0.5).tolist()),
    "constant": lambda r, n: np.full(n, 7),
    "constant text": lambda r, n: ["same"] * n,
    "nothing": lambda r, n: pl.Series([None] * n, dtype=pl.Float64),
    "no text": lambda r, n: pl.Series([None] * n, dtype=pl.String),
    "id": lambda r, n: r.permutation(n),
    "user_id": lambda r, n: r.permutation(2 * n)[:n] + 10_000_000_000,
    "row id": lambda r, n: np.sort(r.choice(3 * n, n, replace=False)),
    "case_id": lambda r, n: [f"case {number}" for number in r.permutation(n)],
    "group id": lambda r, n: r.integers(0, 5, n),
    "text id": lambda r, n: [str(number) for number in r.permutation(n) + 100],
    "big": lambda r, n: r.integers(0, 100, n) + 2**60,
    "crossing 2^53": lambda r, n: 2**53 - 50 + np.arange(n),
    "negative": lambda r, n: -(2**60) + r.integers(0, 3, n),
    "moment": lambda r, n: pl.Series(moments(r, n, 500), dtype=pl.Datetime("us")),
    "one day": lambda r, n: gaps(r, moments(r, n, 1)),
    "zoned": lambda r, n: [moment.replace(tzinfo=UTC) for moment in moments(r, n, 40)],
    "day": lambda r, n: [date(2024, 1, 1) + timedelta(days=int(d)) for d in r.integers(0, 30, n)],
    "same date": lambda r, n: [date(2024, 1, 1)] * n,
    "duration": lambda r, n: [timedelta(seconds=int(s)) for s in r.integers(0, 1000, n)],
    "few levels": lambda r, n: gaps(r, levels(r, n, 3)),
    "rare levels": lambda r, n: [f"level {int(number)}" for number in r.geometric(0.3, n)],
    "many levels": lambda r, n: levels(r, n, 600),
    "comments": comments,
    "declared": lambda r, n: pl.Series(levels(r, n, 4), dtype=pl.Categorical),
    "declared numbers": lambda r, n: pl.Series([str(v) for v in r.integers(0, 4, n)], dtype=pl.Enum(list("0123"))),
    "zeros and ones": lambda r, n: gaps(r, [str(v) for v in r.integers(0, 2, n)]),
    "yes or no": lambda r, n: r.choice(["true", "False", "TRUE"], n).tolist(),
    "number in text": lambda r, n: gaps(r, numbers_in_text(r, n, ".")),
    "decimal comma": lambda r, n: numbers_in_text(r, n, ","),
    "ambiguous": lambda r, n: [f"{v}.{w:03}" for v, w in r.integers(1, 999, (n, 2))],
    "odd cells": with_odd_cells,
    "money": lambda r, n: [f"${number:.2f}" for number in 100 * r.random(n)],
    "several units": lambda r, n: [f"{v} {r.choice(['kg', 'lb'])}" for v in r.integers(1, 99, n)],
    "codes": lambda r, n: [f"{v:05}" for v in r.integers(0, 300, n)],
    "date in text": lambda r, n: [moment.strftime("%d.%m.%Y") for moment in moments(r, n, 300)],
    "open order": lambda r, n: [f"{a}/{b}/2021" for a, b in r.integers(1, 12, (n, 2))],
    "zone in text": lambda r, n: [moment.isoformat() + "+02:00" for moment in moments(r, n, 30)],
    "compact date": lambda r, n: [moment.strftime("%Y%m%d") for moment in moments(r, n, 900)],
    "clock": lambda r, n: [f"{a}:{b:02}" for a, b in r.integers(1, 59, (n, 2))],
    "numbers then words": lambda r, n: ["12"] * (n // 2) + ["twelve"] * (n - n // 2),
    "marks": lambda r, n: r.choice(["x", "4", "5", "none"], n).tolist(),
}  # fmt: skip


def random_frame(random):
    rows = int(random.choice([1, 2, 5, 40, 300, 700]))
    chosen = random.choice(sorted(COLUMNS), random.integers(1, 9), replace=False)
    return pl.DataFrame({name: pl.Series(name, COLUMNS[name](random, rows)) for name in chosen})


def random_reading(random):
    flags, drop, keep = (random.random(3) < 0.5).tolist()
    return Reading(flags=flags, drop_identifiers=drop, keep_constant=keep, most_inputs=int(random.integers(1, 20)))


def slices(random, frame, most=6):
    cuts = np.sort(random.integers(0, len(frame) + 1, random.integers(0, most)))
    ends = [0, *cuts.tolist(), len(frame)]
    return [frame[start:end] for start, end in pairwise(ends)]


def with_messages(function):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        return function(), [str(warning.message) for warning in caught]


def tally_of(frames, how):
    return Tally.of_slices([from_frame(frame) for frame in frames], how)


@pytest.mark.parametrize("part", range(10))
def test_schema_and_messages_are_those_of_the_table_in_memory(part):
    for seed in range(20 * part, 20 * part + 20):
        random = np.random.default_rng(seed)
        frame, how = random_frame(random), random_reading(random)
        expected = with_messages(lambda: read_schema(from_frame(frame), how))  # noqa: B023
        found = with_messages(lambda: tally_of(slices(random, frame), how).schema())  # noqa: B023
        assert found == expected, (seed, frame.columns)


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_every_kind_alone_and_beside_a_number(name):
    random = np.random.default_rng(5)
    for rows in (3, 600):
        column = pl.Series(name, COLUMNS[name](random, rows))
        for frame in (pl.DataFrame([column]), pl.DataFrame([column, pl.Series("x", random.normal(size=rows))])):
            expected = with_messages(lambda: read_schema(from_frame(frame)))  # noqa: B023
            parts = slices(random, frame)
            assert with_messages(lambda: tally_of(parts, Reading()).schema()) == expected  # noqa: B023


@pytest.mark.parametrize("seed", range(10))
def test_equal_cells_of_slices_are_added_up_whenever_many_wait(seed, monkeypatch):
    monkeypatch.setattr(text_summary, "MOST_WAITING", 20)
    monkeypatch.setattr(text_summary, "MOST_PARTS", 2)
    monkeypatch.setattr(row_numbers, "MOST_WAITING", 8)
    random = np.random.default_rng(seed)
    names = ["comments", "many levels", "odd cells", "id", "user_id", "row id", "crossing 2^53"]
    frame = pl.DataFrame({name: pl.Series(name, COLUMNS[name](random, 500)) for name in names})
    expected = with_messages(lambda: read_schema(from_frame(frame)))
    assert with_messages(lambda: tally_of(slices(random, frame, 40), Reading()).schema()) == expected


@pytest.mark.parametrize("seed", range(10))
def test_tallies_are_merged(seed):
    random = np.random.default_rng(seed)
    frame, how = random_frame(random), random_reading(random)
    parts = [tally_of(slices(random, part), how) for part in slices(random, frame)]
    first, *others = parts
    for other in others:
        first.merge(other)
    assert first.rows == len(frame)
    assert with_messages(first.schema) == with_messages(lambda: read_schema(from_frame(frame), how))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_slices_does_not_matter_but_for_the_rows_that_messages_name(seed):
    random = np.random.default_rng(seed)
    frame, how = random_frame(random), random_reading(random)
    parts = slices(random, frame)
    backwards = Tally(how)
    for part in parts[::-1]:
        backwards.merge(tally_of([part], how))
    assert backwards.schema() == read_schema(from_frame(frame), how)


def test_columns_that_begin_without_a_cell():
    frames = [pl.DataFrame({"a": [None, None], "b": ["", None]}), pl.DataFrame({"a": [1.5, 2.5], "b": ["u", "v"]})]
    both = pl.DataFrame({"a": [None, None, 1.5, 2.5], "b": ["", None, "u", "v"]})
    for how in (Reading(), Reading(keep_constant=True)):
        assert tally_of(frames, how).schema() == read_schema(from_frame(both), how)
        assert tally_of(frames[::-1], how).schema() == read_schema(from_frame(both[::-1]), how)


def test_intervals_are_said_to_be_their_middle():
    frame = pd.DataFrame({"width": pd.cut(pd.Series([1.0, 5.0, 9.0, 2.0]), [0, 3, 6, 10]).astype(object)})
    how = Reading()
    found = with_messages(lambda: tally_of([frame[:2], frame[2:]], how).schema())
    assert found == with_messages(lambda: read_schema(from_frame(frame), how))
    assert "is taken as the middle of each interval" in found[1][0]


REFUSED = {
    "another type": (
        [pd.DataFrame({"a": [1.0, 2.0]}), pd.DataFrame({"a": ["x", "y"]})],
        r"column 'a' cannot be read in slices: it holds numbers in the first 2 rows, but text after them; give it one",
    ),
    "a category": (
        [pd.DataFrame({"a": ["x"]}), pd.DataFrame({"a": pd.Categorical(["x"])})],
        r"column 'a' .* it holds text in the first 1 row, but categories after them",
    ),
    "zones": (
        [pl.DataFrame({"a": [DAY]}), pl.DataFrame({"a": [DAY.replace(tzinfo=UTC)]})],
        r"column 'a' .* some of its dates say their time zone and some do not; give all of them one or none",
    ),
    "fractions": (
        [pl.DataFrame({"a": [2**60, 2**60 + 1]}), pl.DataFrame({"a": [0.5, 1.5]})],
        r"column 'a' .* integers beyond 2\^53 and numbers that are no integers; make it float64, or drop it",
    ),
    "rounded": (
        [pl.DataFrame({"a": [-(2**62)]}), pl.DataFrame({"a": [2**62]})],
        r"column 'a' .* integers lie more than 2\^53 apart, .*; make it text, or drop it",
    ),
    "other columns": (
        [pl.DataFrame({"a": [1], "b": [2]}), pl.DataFrame({"b": [1], "a": [2]})],
        r"rows from 1 on have the columns b, a, but those before have a, b; give every slice the same columns",
    ),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_is_refused(case):
    frames, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        tally_of(frames, Reading()).schema()


def test_text_of_too_many_values_is_refused_when_it_is_met(monkeypatch):
    monkeypatch.setattr(tally, "MOST_TEXTS", 100)
    random = np.random.default_rng(0)
    few = pl.DataFrame({"a": levels(random, 1000, 100)})
    assert tally_of(slices(random, few), Reading()).schema() == read_schema(from_frame(few))
    many = pl.DataFrame({"a": [f"text {number}" for number in range(101)]})
    with pytest.raises(
        ValueError, match=r"column 'a' .* more than 100 different values .* first 101 rows; leave it out"
    ):
        tally_of([many[:60], many[60:]], Reading())
    monkeypatch.setattr(tally, "MOST_BYTES", 2**20)
    with pytest.raises(ValueError, match=r"column 'a' .* or 1 MB of them in the first 2 rows"):
        tally_of([pl.DataFrame({"a": ["x" * 600_000, "y" * 600_000]})], Reading())


def test_ids_from_too_long_a_range_are_refused_only_where_there_are_enough_of_them(monkeypatch):
    monkeypatch.setattr(row_numbers, "LARGEST_RANGE", 64)
    monkeypatch.setattr(row_numbers, "MOST_WAITING", 4)
    rising = pl.DataFrame({"id": np.arange(100), "x": np.arange(100) % 7})
    with pytest.raises(ValueError, match=r"column 'id' .* 100 integers are all different is not known.*; leave it out"):
        tally_of([rising[:50], rising[50:]], Reading()).schema()
    scattered = rising.with_columns(id=pl.col("id") * 10)
    assert tally_of([scattered[:50], scattered[50:]], Reading()).schema() == read_schema(from_frame(scattered))
    short = rising[:60]
    assert tally_of([short[:50], short[50:]], Reading()).schema().columns[0].kind == "left out"


@pytest.mark.parametrize("seed", range(20))
def test_row_numbers_in_parts_are_those_of_the_column(seed, monkeypatch):
    monkeypatch.setattr(row_numbers, "MOST_WAITING", 16)
    random = np.random.default_rng(seed)
    for origin in (0, 2**60, -(2**60)):
        length = int(random.integers(3, 400))
        cells = random.permutation(length)[: max(3, int(length * random.choice([0.3, 0.5, 1.0])))].astype(float)
        if random.random() < 0.3:
            cells[-1] = random.choice([cells[0], np.nan, 0.5, 1e300])
        parts = np.array_split(cells + (0 if origin else random.integers(-500, 500)), random.integers(1, 9))
        first, second = RowNumbers(), RowNumbers()
        for number, part in enumerate(parts):
            (first if number % 2 else second).add(part, origin)
        first.merge(second)
        assert first.counts_rows() == counts_rows(cells)


@pytest.mark.parametrize("seed", range(10))
def test_ids_of_several_rows_are_those_of_the_table_in_memory(seed, monkeypatch):
    random = np.random.default_rng(seed)
    few, most = random.integers(5, 60), random.integers(100, 900)
    frame = pl.DataFrame(
        {
            "user_id": random.integers(0, most, 1000),
            "big_id": random.integers(0, most, 1000) + 2**60,
            "house id": gaps(random, levels(random, 1000, most)),
            "part id": gaps(random, random.integers(0, few, 1000).astype(float).tolist()),
            "wide id": random.integers(0, few, 1000) + 0.5,
            "infinite id": np.where(np.arange(1000) == 3, np.inf, random.integers(0, few, 1000)),
            "own_id": random.permutation(1000),
            "value": random.integers(0, most, 1000),
        }
    )
    assert tally_of(slices(random, frame), Reading()).repeated_ids() == repeated_ids(from_frame(frame))


def test_many_ids_are_counted_within_some_percent():
    random, counted = np.random.default_rng(0), DifferentIntegers()
    for _ in range(10):
        counted.add(random.integers(0, 200_000, 60_000).astype(float))
    true = 200_000 * (1 - (1 - 1 / 200_000) ** 600_000)
    assert abs(counted.estimate() / true - 1) < 4 / np.sqrt(4096)  # four standard errors
    other = DifferentIntegers()
    other.add(np.arange(3000.0), 10**9)
    other.merge(DifferentIntegers())
    assert other.estimate() == 3000


def test_a_cell_far_beyond_all_others_is_named_though_the_sample_lacks_it():
    random = np.random.default_rng(0)
    cells = random.normal(size=20_000)
    cells[::9] = np.nan
    cells[17_000] = -2e15
    with pytest.raises(
        ValueError, match=r"column 'a' has -2e\+15 in row 17000, 3e\+15 times as far out as is usual"
    ) as full:
        check_outliers("column 'a'", cells)
    counted = EncodedTally(1, 0, 1)
    for start in range(0, 20_000, 3000):
        part = cells[start : start + 3000, None]
        counted.add(part, np.empty((len(part), 0)), np.ones(len(part)), np.zeros(len(part), dtype=int))
    facts, places = counted.all(), counted.extreme_rows
    ends = np.array([facts.least[0], facts.largest[0]])
    for rows in (np.arange(0, 20_000, 7), np.arange(0, 20_000, 2)):  # without the cell, and with it
        with pytest.raises(ValueError, match="column 'a'") as found:
            check_sampled_outliers("column 'a'", cells[rows], rows, ends, places[:, 0])
        assert str(found.value) == str(full.value)
    usual = np.where(np.arange(20_000) == 17_000, 3.0, cells)
    check_sampled_outliers("column 'a'", usual[::7], np.arange(0, 20_000, 7), np.array([-4.0, 4.0]), np.array([5, 6]))
    check_sampled_outliers("column 'a'", usual[:0], np.arange(0), np.array([np.inf, -np.inf]), np.array([-1, -1]))


def test_one_number_among_rounding_errors_is_said_once():
    cells = np.random.default_rng(0).normal(size=1000) * 1e-17
    cells[4] = 1.0
    for rows in (np.arange(1000), np.arange(5, 1000)):
        with pytest.warns(
            UserWarning, match="column 'a' has 1 in row 4, .* all other cells now count as the same number"
        ):
            check_sampled_outliers("column 'a'", cells[rows], rows, np.array([cells.min(), 1.0]), np.array([-1, 4]))


def encoded(random, rows=200, inputs=5):
    x = random.normal(size=(rows, inputs)) * 10.0 ** random.integers(-5, 9, inputs)
    x[random.random(x.shape) < 0.2] = np.nan
    x[:, -1] = np.nan
    return x, random.normal(size=(rows, 2)), random.integers(1, 9, rows).astype(float), random.integers(0, 4, rows)


def check_facts(facts, x, y, weights):
    table = np.column_stack([x, y])
    np.testing.assert_array_equal(facts.least, np.nanmin(table, axis=0, initial=np.inf))
    np.testing.assert_array_equal(facts.largest, np.nanmax(table, axis=0, initial=-np.inf))
    np.testing.assert_array_equal(facts.gaps, np.isnan(table).sum(axis=0))
    assert (facts.rows, facts.used, facts.weight) == (len(x), np.sum(weights > 0), weights.sum())


@pytest.mark.parametrize("seed", range(10))
def test_facts_of_the_rows_outside_every_fold(seed):
    random = np.random.default_rng(seed)
    x, y, weights, fold = encoded(random)
    cuts = np.sort(random.integers(0, len(x), 3))
    tallies = []
    for part in np.split(np.arange(len(x)), cuts):
        tallies.append(EncodedTally(5, 2, 4))
        tallies[-1].add(x[part], y[part], weights[part], fold[part])
    first, *others = tallies
    for other in others:
        first.merge(other)
    for number in range(4):
        outside = fold != number
        check_facts(first.without(number), x[outside], y[outside], weights[outside])
    check_facts(first.all(), x, y, weights)
    table = np.column_stack([x, y, weights])
    np.testing.assert_array_equal(first.exponents, shared_table(table)[1])
    ends = [np.nanargmin(table[:, :4], axis=0), np.nanargmax(table[:, :4], axis=0)]
    np.testing.assert_array_equal(first.extreme_rows[:, :4], ends)
    assert (first.extreme_rows[:, 4] == -1).all()


def test_a_member_knows_nothing_of_its_own_fold():
    random = np.random.default_rng(0)
    x, y, weights, fold = encoded(random)
    changed = np.where((fold == 2)[:, None], 1e6 * x, x)
    facts = []
    for cells in (x, changed):
        counted = EncodedTally(5, 2, 4)
        counted.add(cells, y, weights, fold)
        facts.append((counted.without(2), counted.without(1)))
    np.testing.assert_array_equal(facts[0][0].largest, facts[1][0].largest)
    assert (facts[0][1].largest[:4] < facts[1][1].largest[:4]).any()


def test_parts_of_a_table_have_one_scale():
    table = np.array([[1.0, 8.0], [1000.0, 0.1], [3.0, 5.0]])
    counted = EncodedTally(1, 0, 1)
    counted.add(table[:, :1], np.empty((3, 0)), table[:, 1], np.zeros(3, dtype=int))
    shared, exponents = shared_table(table)
    np.testing.assert_array_equal(counted.exponents, exponents)
    for row in range(3):
        part, same = shared_table(table[row : row + 1], counted.exponents)
        np.testing.assert_array_equal(same, exponents)
        np.testing.assert_array_equal(part.high[0], shared.high[row])
        np.testing.assert_array_equal(part.low[0], shared.low[row])


def test_what_a_tally_of_encoded_rows_refuses():
    counted = EncodedTally(2, 1, 3)
    x, y, ones = np.zeros((4, 2)), np.zeros(4), np.ones(4)
    with pytest.raises(
        ValueError, match=r"columns, weights \(4,\) and folds \(3,\) are given; give 3 columns, and a weight"
    ):
        counted.add(x, y, ones, np.zeros(3, dtype=int))
    with pytest.raises(ValueError, match=r"inputs and targets of 4 columns"):
        counted.add(np.zeros((4, 3)), y, ones, np.zeros(4, dtype=int))
    with pytest.raises(ValueError, match="folds from 0 to 3 are given; give numbers from 0 to 2"):
        counted.add(x, y, ones, np.arange(4))
    with pytest.raises(ValueError, match="fold 3 is asked of 3; give one from 0 to 2"):
        counted.without(3)
    with pytest.raises(ValueError, match="2 inputs, 1 targets and 3 folds is given one of 2, 1 and 4"):
        counted.merge(EncodedTally(2, 1, 4))
    counted.add(x[:0], y[:0], ones[:0], np.zeros(0, dtype=int))
    assert counted.all().rows == 0
