import numpy as np
import pandas as pd
import polars as pl
import pytest

from glassnet.table.columns import from_array, from_frame
from glassnet.table.encode import check_spread, encode
from glassnet.table.match import match
from glassnet.table.schema import read_schema

TABLE = from_frame(
    pl.DataFrame(
        {
            "age": [30, None, 50],
            "city": ["Ulm", "Bonn", None],
            "price": ["10", "NA", "12.5"],
            "old": [True, False, True],
            "gone": [None, None, None],
        }
    )
)


def numbers(table, schema):
    return encode(schema, match(schema, table))


def test_what_each_column_becomes():
    schema = read_schema(TABLE)
    assert [(c.name, c.kind, c.missing) for c in schema.columns] == [
        ("age", "number", True),
        ("city", "category", True),
        ("price", "number", True),
        ("old", "number", False),
        ("gone", "category", True),
    ]
    assert schema.inputs == (
        "age", "age is missing", "city=Bonn", "city=Ulm", "city is missing", "price", "price is missing", "old",
        "gone is missing",
    )  # fmt: skip
    expected = [
        [30, 0, 0, 1, 0, 10, 0, 1, 1],
        [np.nan, 1, 1, 0, 0, np.nan, 1, 0, 1],
        [50, 0, 0, 0, 1, 12.5, 0, 1, 1],
    ]
    np.testing.assert_array_equal(numbers(TABLE, schema), expected)


def test_new_levels_become_zeros_and_types_are_brought_in_line():
    schema = read_schema(from_frame(pl.DataFrame({"code": ["1", "x"], "age": [1.0, 2.0]})))
    found = match(schema, from_frame(pl.DataFrame({"age": ["2", None], "code": [1, 7]})))
    assert found.columns[0].tolist() == ["1", "7"]
    np.testing.assert_array_equal(encode(schema, found), [[1, 0, 2], [0, 0, np.nan]])


def test_text_where_numbers_were():
    schema = read_schema(from_array(np.eye(2), ["age", "height"]))
    bad = from_frame(pl.DataFrame({"age": ["3", "old"], "height": [1, 2]}))
    with pytest.raises(ValueError, match="column 'age' held numbers in training, but row 1 has 'old'"):
        match(schema, bad)


def test_a_renamed_column_is_suggested():
    schema = read_schema(from_array(np.eye(2), ["age", "height"]))
    with pytest.raises(ValueError, match=r"- height   \(the table has 'Height'; rename it\?\)\ncolumns .*: Height, x"):
        match(schema, from_frame(pl.DataFrame({"age": [1], "Height": [2], "x": [3]})))


def test_text_with_very_many_levels_is_left_out():
    schema = read_schema(from_frame(pl.DataFrame({"id": [f"n{i}" for i in range(300)], "x": range(300)})))
    assert schema.columns[0].kind == "left out"
    assert schema.columns[0].reason == "text with 300 levels, more than 256"
    assert schema.inputs == ("x",)


def test_declared_categories_and_objects_of_booleans():
    frame = pd.DataFrame({"zone": pd.Categorical([1, 2, 1]), "old": np.array([True, None, False], dtype=object)})
    schema = read_schema(from_frame(frame))
    assert schema.inputs == ("zone=1", "zone=2", "old", "old is missing")
    plain = from_frame(pd.DataFrame({"zone": [1, 2, 1], "old": [True, False, False]}))
    np.testing.assert_array_equal(numbers(plain, schema), [[1, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]])


@pytest.mark.parametrize("dtype", ["string", "object"])
def test_missing_text_of_pandas(dtype):
    schema = read_schema(from_frame(pd.DataFrame({"a": pd.Series(["x", pd.NA, "y"], dtype=dtype)})))
    assert schema.inputs == ("a=x", "a=y", "a is missing")


def test_codes_with_underscores_are_text():
    assert read_schema(from_frame(pl.DataFrame({"a": ["10_20", "20_30"]}))).inputs == ("a=10_20", "a=20_30")


def test_levels_that_do_not_match_at_all_are_said():
    schema = read_schema(from_frame(pl.DataFrame({"code": ["01", "02", "x"]})))
    with pytest.warns(
        UserWarning, match="no cell of column 'code' is a level that training saw: it has '1', where .* '01'"
    ):
        match(schema, from_frame(pl.DataFrame({"code": [1, 2]})))


@pytest.mark.parametrize("column", [[*range(9), 1e30], [0] * 20 + [1, 1, 1, -1e30]])
def test_a_cell_far_out_is_named(column):
    column = np.array(column, dtype=float)
    with pytest.raises(
        ValueError, match=rf"column 'a' has -?1e\+30 in row {50 + len(column) - 1}, .*correct that cell"
    ):
        check_spread("column 'a'", column, np.arange(50, 50 + len(column)))


def test_heavy_tails_are_not_far_out():
    check_spread("column 'a'", np.random.default_rng(0).standard_cauchy(100_000))
    check_spread("column 'a'", np.array([0.0, 0.0, 0.0, 1e30]))
