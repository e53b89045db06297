import numpy as np
import polars as pl
import pytest

from glassnet.table.columns import from_array, from_frame
from glassnet.table.encode import encode, learn_encoding
from glassnet.table.schema import match, read_schema

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
    table = match(schema, table)
    return encode(schema, learn_encoding(schema, table), table)


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
        [40, 1, 1, 0, 0, 11.25, 1, 0, 1],
        [50, 0, 0, 0, 1, 12.5, 0, 1, 1],
    ]
    np.testing.assert_array_equal(numbers(TABLE, schema), expected)


def test_new_levels_become_zeros_and_types_are_brought_in_line():
    schema = read_schema(from_frame(pl.DataFrame({"code": ["1", "x"], "age": [1.0, 2.0]})))
    found = match(schema, from_frame(pl.DataFrame({"age": ["2", None], "code": [1, 7]})))
    assert found.columns[0].tolist() == ["1", "7"]
    encoding = learn_encoding(schema, from_frame(pl.DataFrame({"code": ["1", "x"], "age": [1.0, 2.0]})))
    np.testing.assert_array_equal(encode(schema, encoding, found), [[1, 0, 2], [0, 0, 1.5]])


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
