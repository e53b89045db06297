"""What becomes of the values of a column, of whatever type and container they come in."""

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from glassnet.data.columns import from_frame
from glassnet.data.samples import Features, as_samples
from glassnet.data.table_schema import read_schema
from glassnet.data.values import as_text, is_missing, without_mask

NEW = Features("NetworkRegressor")
UTC_2024 = 1704067200.0  # date -u -d 2024-01-01 +%s


def objects(cells):
    return pd.DataFrame({"a": pd.Series(cells, dtype=object)})


NULLABLE = {
    "Int64": (pd.array([1, None, 3], "Int64"), [1, np.nan, 3]),
    "boolean": (pd.array([True, None, False], "boolean"), [1, np.nan, 0]),
    "Float64": (pd.array([1.5, None, np.nan], "Float64"), [1.5, np.nan, np.nan]),
    "string": (pd.array(["x", None, "y"], "string"), ["x", None, "y"]),
    "int64[pyarrow]": (pd.array([1, None, 3], "int64[pyarrow]"), [1, np.nan, 3]),
    "bool[pyarrow]": (pd.array([True, None, False], "bool[pyarrow]"), [1, np.nan, 0]),
    "double[pyarrow]": (pd.array([1.5, None, 2.0], "double[pyarrow]"), [1.5, np.nan, 2]),
    "string[pyarrow]": (pd.array(["x", None, "y"], "string[pyarrow]"), ["x", None, "y"]),
    "NA among numbers": (pd.Series([1, pd.NA, 2.5], dtype=object), [1, np.nan, 2.5]),
    "NA among booleans": (pd.Series([True, pd.NA, False], dtype=object), [1, np.nan, 0]),
    "NA among text": (pd.Series(["x", pd.NA, 1], dtype=object), ["x", None, "1"]),
    "NaT among moments": (pd.Series([dt.date(2024, 1, 1), pd.NaT], dtype=object), [UTC_2024, np.nan]),
}


def same_cells(found, expected):
    if found.dtype == object:
        assert found.tolist() == expected
    else:
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", NULLABLE)
def test_missing_values_of_pandas(name):
    series, expected = NULLABLE[name]
    table = from_frame(pd.DataFrame({"a": series}))
    same_cells(table.columns[0], expected)
    assert table.booleans == ({"a"} if name in ("boolean", "bool[pyarrow]", "NA among booleans") else set())
    cells = np.array(list(series), dtype=object)[:, None]  # the same cells, as an array of objects
    same_cells(as_samples(cells, NEW).columns[0], expected)


VALUES = {
    "fractions": ([Fraction(1, 2), None, Fraction(-3, 4)], [0.5, np.nan, -0.75]),
    "decimals": ([Decimal("1.50"), Decimal("NaN"), Decimal("-2")], [1.5, np.nan, -2]),
    "decimals and floats": ([Decimal("1.5"), 2.5, 3], [1.5, 2.5, 3]),
    "numbers of NumPy": ([np.float32(1.5), np.int8(2), np.float64("nan")], [1.5, 2, np.nan]),
    "moments": ([dt.datetime(2024, 1, 1, 6), dt.date(2024, 1, 2), None], [UTC_2024 + 21600, UTC_2024 + 86400, np.nan]),
    "moments with a zone": (
        [dt.datetime(2024, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1)))] * 2, [UTC_2024, UTC_2024],
    ),
    "moments of NumPy": ([np.datetime64("2024-01-01T00:00:30"), np.datetime64("NaT")], [UTC_2024 + 30, np.nan]),
    "durations": ([dt.timedelta(hours=1), None, dt.timedelta(milliseconds=5)], [3600, np.nan, 0.005]),
    "durations of NumPy": ([np.timedelta64(90, "m"), np.timedelta64("NaT")], [5400, np.nan]),
    "times of day": ([dt.time(1, 2, 3), None], [3723, np.nan]),
    "periods": ([pd.Period("2024-01"), pd.Period("2024Q2"), None], [UTC_2024, UTC_2024 + 91 * 86400, np.nan]),
    "intervals": ([pd.Interval(0, 3), pd.Interval(-1.5, -0.5)], [1.5, -1]),
    "intervals of time": ([pd.Interval(pd.Timestamp("2023-12-31"), pd.Timestamp("2024-01-02"))], [UTC_2024]),
    "text of NumPy": ([np.str_(" x "), "y"], ["x", "y"]),
    "decimals among text": ([Decimal("1.50"), "x", Decimal("2.00"), Fraction(1, 4)], ["1.5", "x", "2", "0.25"]),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_python_objects(name):
    cells, expected = VALUES[name]
    for table in (from_frame(objects(cells)), as_samples(objects(cells).to_numpy(), NEW)):
        same_cells(table.columns[0], expected)
        assert bool(table.dates) == (name in ("periods", "intervals of time") or "moments" in name)
        assert bool(table.zoned) == (name == "moments with a zone")


def test_types_of_pandas_for_periods_and_intervals():
    frame = pd.DataFrame({"when": pd.period_range("2024-01", periods=3, freq="M"), "bin": pd.interval_range(0, 3)})
    table = from_frame(frame)
    days = np.array([0, 31, 60])
    np.testing.assert_array_equal(table.columns[0], UTC_2024 + days * 86400)
    np.testing.assert_array_equal(table.columns[1], [0.5, 1.5, 2.5])
    assert table.dates == {"when"}
    assert table.notes == {"bin": "the middle of each interval"}
    with pytest.warns(UserWarning, match="column 'bin' is taken as the middle of each interval; make it text to keep"):
        schema = read_schema(table)
    assert [column.kind for column in schema.columns] == ["date", "number"]
    cut = from_frame(pd.DataFrame({"bin": pd.cut([1, 2, 3], [0, 1.5, np.inf])}))  # a category by its type
    assert cut.columns[0].tolist() == ["(0.0, 1.5]", "(1.5, inf]", "(1.5, inf]"]
    assert cut.declared == {"bin"}


def test_decimals_of_polars_and_arrow():
    cells = [Decimal("1.25"), None, Decimal("-7")]
    for frame in (pl.DataFrame({"a": cells}), pa.table({"a": pa.array(cells, pa.decimal128(10, 2))})):
        np.testing.assert_array_equal(from_frame(frame).columns[0], [1.25, np.nan, -7])


class Opaque:
    pass


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["x", b"y"], "column 'a' holds a bytes in row 1"),
        ([np.void(b"ab")], "column 'a' holds a void in row 0"),
        ([None, Opaque()], "column 'a' holds a Opaque in row 1"),
        ([1.0, 2j], "column 'a' holds a complex in row 1"),
        ([{1}, 2], "column 'a' holds a set in row 0"),
        ([pd.Interval(-np.inf, 0.0)], r"column 'a' holds the interval '\(-inf, 0.0\]', which has no middle; give it"),
        ([10**400, 1.5], "column 'a' holds a number beyond 1e308; correct that cell"),
        (
            [dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 2, tzinfo=dt.UTC)],
            r"column 'a' holds '2024-01-02 00:00:00\+00:00', which says its time zone, and '2024-01-01 00:00:00', .* "
            "give all of them a time zone or none",
        ),
    ],
)
def test_objects_that_are_refused(cells, message):
    array = np.empty((len(cells), 1), dtype=object)
    array[:, 0] = cells
    for X in (objects(cells), array):
        with pytest.raises((TypeError, ValueError), match=message.replace("'a'", "'(a|x0)'")):
            as_samples(X, NEW)


def test_what_is_missing():
    missing = [None, np.nan, np.float32("nan"), pd.NA, pd.NaT, Decimal("nan"), Decimal("snan"), np.ma.masked]
    assert all(map(is_missing, [*missing, np.datetime64("NaT"), np.timedelta64("NaT")]))
    assert not any(map(is_missing, [0, "", "nan", False, dt.date(2024, 1, 1), Fraction(0), np.str_("x")]))
    assert as_text([pd.NA, " ", "x", 1.0, Decimal("1E+2")]).tolist() == [None, None, "x", "1", "100"]


def test_masks_are_missing_cells():
    mask = [[0, 1], [1, 0]]
    numbers = np.ma.array([[1.0, -999.0], [-999.0, 4.0]], mask=mask)
    integers = np.ma.array([[1, -999], [-999, 4]], mask=mask)
    words = np.ma.array([["1", "x"], ["x", "4"]], mask=mask, dtype=object)
    booleans = np.ma.array([[True, True], [True, True]], mask=mask)
    days = np.ma.array([["2024-01-01", "2024-01-02"]] * 2, mask=mask, dtype="M8[D]")
    for X in (numbers, integers):
        table = as_samples(X, NEW)
        np.testing.assert_array_equal(np.column_stack(table.columns), [[1, np.nan], [np.nan, 4]])
    assert as_samples(words, NEW).columns[0].tolist() == ["1", None]
    assert as_samples(booleans, NEW).booleans == {"x0", "x1"}
    np.testing.assert_array_equal(as_samples(booleans, NEW).columns[0], [1, np.nan])
    np.testing.assert_array_equal(as_samples(days, NEW).columns[0], [UTC_2024, np.nan])
    assert numbers.data[0, 1] == -999  # what was given stays as it is
    np.testing.assert_array_equal(without_mask(np.ma.array([1, 2])), [1, 2])


@pytest.mark.parametrize(
    "pixels", [np.ma.array(np.zeros((2, 3, 3)), mask=np.eye(3, dtype=bool)[None].repeat(2, 0)),
               np.ma.masked_equal(np.arange(18, dtype=np.uint8).reshape(2, 3, 3), 12)]
)  # fmt: skip
def test_masked_pixels_are_refused(pixels):
    row = 0 if pixels.dtype == float else 1
    with pytest.raises(ValueError, match=f"image {row} holds a pixel that is NaN"):
        as_samples(pixels, NEW)


def test_structured_arrays_are_tables():
    rows = np.array([(1, 2.5, "x"), (3, np.nan, "y")], dtype=[("n", int), ("v", float), ("w", "U5")])
    for given in (rows, rows.view(np.recarray)):
        table = as_samples(given, NEW)
        assert table.feature_names == ("n", "v", "w")
        np.testing.assert_array_equal(np.column_stack(table.columns[:2]), [[1, 2.5], [3, np.nan]])
        assert table.columns[2].tolist() == ["x", "y"]
    masked = np.ma.array(rows, mask=[(1, 0, 0), (0, 0, 1)])
    np.testing.assert_array_equal(as_samples(masked, NEW).columns[0], [np.nan, 3])
    assert as_samples(masked, NEW).columns[2].tolist() == ["x", None]
    nested = np.zeros(2, dtype=[("n", float, 3)])
    with pytest.raises(TypeError, match=r"column 'n' holds float64 of shape \(3,\)"):
        as_samples(nested, NEW)


def test_names_of_several_levels_are_joined():
    names = pd.MultiIndex.from_tuples([("size", "width"), ("size", "height"), ("shade", "")])
    assert from_frame(pd.DataFrame([[1, 2, 3]], columns=names)).names == ("size width", "size height", "shade")
    assert from_frame(pd.DataFrame([[1, 2]], columns=["a", 7])).names == ("a", "7")


@pytest.mark.parametrize(
    ("names", "twice"),
    [
        (["b", "a", "a"], "a"),
        ([1, "b", "1"], "1"),
        (pd.MultiIndex.from_tuples([("b", "c"), ("b c", ""), ("b", "d")]), "b c"),
    ],
)
def test_names_that_appear_twice(names, twice):
    with pytest.raises(ValueError, match=f"column '{twice}' appears more than once; give every column a name of"):
        from_frame(pd.DataFrame([[1, 2, 3]], columns=names))


def test_an_index_is_no_column():
    frame = pd.DataFrame({"a": [1, 2]}, index=pd.Index([7, 8], name="row"))
    assert from_frame(frame).names == ("a",)


def test_lists_hold_what_their_cells_are():
    table = as_samples([[1, "x", None], [2.5, "y", 2**53 + 1]], NEW)
    np.testing.assert_array_equal(table.columns[0], [1, 2.5])
    assert table.columns[1].tolist() == ["x", "y"]
    assert table.origins == {"x2": 2**53 + 1}


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ({"a": [1, 2]}, r"X is a dict, which has no rows of cells; give a frame, as in pandas.DataFrame\(X\)"),
        ([{"a": 1}, {"a": 2}], r"X is a list of dicts, which has no rows of cells; give a frame"),
        (
            pd.Series([1, 2]),
            r"2D array, got a series, which is one column; give a frame, as in X.to_frame\(\)",
        ),
        (pl.Series([1, 2]), r"got a series, which is one column"),
        (np.array([[b"x"]]), re.escape("X is an array of bytes, |S1; give numbers, or text, as in X.astype(str)")),
        (np.zeros((2, 2), dtype=[("a", int)]), r"structured array of shape \(2, 2\); give one structured row a sample"),
    ],
)
def test_containers_that_are_refused(X, message):
    with pytest.raises((TypeError, ValueError), match=message):
        as_samples(X, NEW)


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_the_matrices_of_numpy_are_refused():
    with pytest.raises(TypeError, match=r"X is an np.matrix, whose rows stay matrices; give np.asarray\(X\)"):
        as_samples(np.matrix([[1.0]]), NEW)
