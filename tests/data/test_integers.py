"""Integers beyond 2^53: different ones stay different, or it is said."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from glassnet.data.columns import from_array, from_frame, with_numbers
from glassnet.data.integers import less_origin, plus_origin
from glassnet.data.table_schema import read_schema

EPOCH = 1_704_067_200_000_000_000  # nanoseconds; float64 has a step of 256 there
IDS = [EPOCH + 3, EPOCH, EPOCH + 1, EPOCH + 2**50 + 1]
LESS = [3.0, 0.0, 1.0, 2.0**50 + 1]
FORMS = {
    "pandas": pd.DataFrame({"stamp": IDS}),
    "polars": pl.DataFrame({"stamp": IDS}),
    "unsigned": pd.DataFrame({"stamp": np.array(IDS, dtype=np.uint64)}),
    "nullable": pd.DataFrame({"stamp": pd.array(IDS, "Int64")}),
    "arrow": pd.DataFrame({"stamp": pd.array(IDS, "int64[pyarrow]")}),
    "objects": pd.DataFrame({"stamp": pd.Series(IDS, dtype=object)}),
    "decimals": pl.DataFrame({"stamp": pl.Series(IDS).cast(pl.Decimal(30, 0))}),
    "128 bits": pl.DataFrame({"stamp": pl.Series(IDS, dtype=pl.Int128)}),
}


def inputs(schema, frame):
    return schema.encode(schema.match(from_frame(frame)))[:, 0]


@pytest.mark.parametrize("form", FORMS)
def test_a_column_less_its_origin(form):
    table = from_frame(FORMS[form])
    np.testing.assert_array_equal(table.columns[0], LESS)
    assert table.origins == {"stamp": EPOCH}
    schema = read_schema(table)
    assert (schema.columns[0].kind, schema.columns[0].origin) == ("number", EPOCH)
    for other in FORMS.values():  # whatever form the same integers come in
        np.testing.assert_array_equal(inputs(schema, other), LESS)
    np.testing.assert_array_equal(inputs(schema, pd.DataFrame({"stamp": [EPOCH - 7, EPOCH + 5]})), [-7, 5])
    np.testing.assert_array_equal(inputs(schema, pd.DataFrame({"stamp": [str(EPOCH + 5), f" {EPOCH - 7}"]})), [5, -7])
    np.testing.assert_array_equal(inputs(schema, pd.DataFrame({"stamp": [8, 9]})), np.array([8.0, 9.0]) - EPOCH)


def test_integers_past_64_bits():
    numbers, origin = less_origin("stamp", [2**70 + 5, 2**70, 2**70 + 1])
    assert (numbers.tolist(), origin) == ([5.0, 0.0, 1.0], 2**70)
    numbers, origin = less_origin("stamp", [2**63, -1])  # which NumPy takes for floats
    assert (numbers.tolist(), origin) == ([2.0**63, 0.0], -1)


@pytest.mark.parametrize("integers", [[], [1, -5], [2**53, -(2**53)], np.array([7], dtype=np.uint64)])
def test_integers_that_float64_holds_stay_as_they_are(integers):
    numbers, origin = less_origin("stamp", integers)
    assert origin == 0
    np.testing.assert_array_equal(numbers, np.array(integers, dtype=np.float64))


def test_integers_too_far_apart_are_said():
    hashes = [0, 2**62, 2**62 + 1]
    with pytest.warns(UserWarning, match=r"column 'hash' holds integers that lie more than 2\^53 apart, and different"):
        table = from_frame(pd.DataFrame({"hash": hashes}))
    assert table.columns[0].tolist() == [0, 2.0**62, 2.0**62]
    with pytest.raises(ValueError, match="column 'a' holds an integer of 401 digits, and numbers end near 1e308"):
        less_origin("a", [10**400, 1])


def test_an_integer_column_of_two_values_is_a_flag_and_no_constant():
    table = from_frame(pd.DataFrame({"stamp": [2**53, 2**53 + 1, 2**53], "x": [1.0, 2.0, 3.0]}))
    schema = read_schema(table)
    assert [(column.kind, column.reason) for column in schema.columns] == [("flag", ""), ("number", "")]
    np.testing.assert_array_equal(schema.encode(schema.match(table)), [[1, 0], [2, 1], [3, 0]])
    same = read_schema(from_frame(pd.DataFrame({"stamp": [2**53 + 1] * 3, "x": [1.0, 2.0, 3.0]})))
    assert str(same.columns[0]) == "left out: the same in every row"


def test_arrays_of_integers():
    matrix = np.array([[1, EPOCH + 1], [2, EPOCH], [3, EPOCH + 5]])
    table = from_array(matrix)
    np.testing.assert_array_equal(np.column_stack(table.columns), [[1, 1], [2, 0], [3, 5]])
    assert table.origins == {"x1": EPOCH}


def test_floats_where_integers_were():
    schema = read_schema(from_frame(FORMS["pandas"]))
    with pytest.warns(
        UserWarning, match=r"column 'stamp' held integers beyond 2\^53 in training, but now holds floats"
    ):
        found = inputs(schema, pd.DataFrame({"stamp": [float(EPOCH + 512)]}))
    np.testing.assert_array_equal(found, [512])


def test_missing_integers_stay_missing():
    frame = pd.DataFrame({"stamp": pd.array([EPOCH + 1, None, EPOCH], "Int64")})
    schema = read_schema(from_frame(frame))
    np.testing.assert_array_equal(inputs(schema, frame), [1, np.nan, 0])


def test_categories_of_integers_are_written_out():
    schema = read_schema(from_frame(pd.DataFrame({"stamp": pd.Categorical([EPOCH, EPOCH + 1, EPOCH])})))
    assert schema.columns[0].levels == (str(EPOCH), str(EPOCH + 1))
    matched = schema.match(from_frame(pd.DataFrame({"stamp": [EPOCH + 1, EPOCH]})))
    assert matched.columns[0].tolist() == [str(EPOCH + 1), str(EPOCH)]


def test_cells_are_shown_as_they_were_given_and_do_not_move():
    frame = pd.DataFrame({"stamp": IDS, "x": [1.0, 2.0, 3.0, 4.0]})
    schema = read_schema(from_frame(frame))
    assert schema.cells(from_frame(frame).take(np.array([0]))) == {"stamp": EPOCH + 3, "x": 1.0}
    assert schema.movable().columns == ("x",)
    x = schema.encode(schema.match(from_frame(frame)))
    moved = schema.restore(frame, x + 1)
    assert moved["stamp"].tolist() == IDS
    assert moved["x"].tolist() == [2, 3, 4, 5]
    assert plus_origin(3.0, EPOCH) == EPOCH + 3


def test_numbers_put_back_into_other_containers():
    rows = np.array([(1, 2.5, "x")], dtype=[("n", int), ("v", float), ("w", "U5")])
    assert with_numbers(rows, ("n", "v", "w"), {"n": np.array([1.5])}).tolist() == [(1.5, 2.5, "x")]
    masked = np.ma.array([[1.0, -999.0]], mask=[[0, 1]])
    np.testing.assert_array_equal(with_numbers(masked, ("a", "b"), {"a": np.array([3.0])}), [[3, np.nan]])
