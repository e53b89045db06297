import numpy as np
import pandas as pd
import polars as pl
import pytest

from glassnet.data.cell_format import CellFormat
from glassnet.data.columns import from_array, from_frame
from glassnet.data.encode import check_outliers
from glassnet.data.read_columns import Reading, numbers_in_text
from glassnet.data.scaler import fit_standard_scaler
from glassnet.data.table_schema import read_schema

TABLE = from_frame(
    pl.DataFrame(
        {
            "age": [30, None, 50, 40],
            "city": ["Ulm", "Bonn", None, "Ulm"],
            "price": ["10", "NA", "12.5", "1"],
            "old": [True, False, True, True],
            "gone": [None, None, None, None],
            "same": [7, 7, 7, 7],
        }
    )
)


def numbers(table, schema):
    return schema.encode(schema.match(table))


def test_what_each_column_becomes():
    schema = read_schema(TABLE)
    assert [(c.name, c.kind, c.missing) for c in schema.columns] == [
        ("age", "number", True),
        ("city", "category", True),
        ("price", "number", True),
        ("old", "flag", False),
        ("gone", "left out", True),
        ("same", "left out", False),
    ]
    assert schema.inputs == (
        "age", "price", "age is missing", "city=Bonn", "city=Ulm", "city is missing", "price is missing", "old",
    )  # fmt: skip
    expected = [
        [30, 10, 0, 0, 1, 0, 0, 1],
        [np.nan, np.nan, 1, 1, 0, 0, 1, 0],
        [50, 12.5, 0, 0, 0, 1, 0, 1],
        [40, 1, 0, 0, 1, 0, 0, 1],
    ]
    np.testing.assert_array_equal(numbers(TABLE, schema), expected)
    assert str(schema).splitlines()[1] == "city   category of 2 levels, an input each, and whether it is missing"
    assert str(schema).splitlines()[5] == "same   left out: the same in every row"


@pytest.mark.filterwarnings("ignore:column 'age' was never missing in training")
def test_new_levels_become_zeros_and_types_are_brought_in_line():
    schema = read_schema(from_frame(pl.DataFrame({"code": ["1", "x", "x"], "age": [1.0, 2.0, 3.0]})))
    matched = schema.match(from_frame(pl.DataFrame({"age": ["2", None], "code": [1, 7]})))
    assert matched.columns[0].tolist() == ["1", "7"]
    np.testing.assert_array_equal(schema.encode(matched), [[2, 1, 0], [np.nan, 0, 0]])


def test_many_levels_become_codes():
    levels = [f"zone {place:02d}" for place in range(20)]
    schema = read_schema(from_frame(pl.DataFrame({"zone": levels, "x": range(20)})))
    assert schema.columns[0].coded
    assert schema.inputs == ("x", "zone")
    later = from_frame(pl.DataFrame({"zone": ["zone 19", None, "nowhere"], "x": [1, 2, 3]}))
    np.testing.assert_array_equal(numbers(later, schema), [[1, 19], [2, -1], [3, -1]])
    plain = read_schema(from_frame(pl.DataFrame({"zone": levels})), Reading(flags=False, most_inputs=256))
    assert len(plain.inputs) == 20


def test_dates_become_seconds_and_points_on_circles():
    start = np.datetime64("2024-01-01T06:00", "us")  # a Monday
    hours = start + np.arange(0, 24 * 40, 6).astype("timedelta64[h]")
    frame = pl.DataFrame({"at": hours, "until": hours + np.timedelta64(90, "s"), "x": range(len(hours))})
    schema = read_schema(from_frame(frame))
    assert schema.columns[0].periods == ("time of day", "day of week", "day of month")
    assert schema.inputs[:3] == ("at", "at: time of day, sine", "at: time of day, cosine")
    assert schema.inputs[-1] == "from at to until"
    inputs = dict(zip(schema.inputs, numbers(from_frame(frame), schema).T, strict=True))
    assert inputs["at"][0] == 1704088800.0
    np.testing.assert_array_equal(inputs["from at to until"], 90.0)
    np.testing.assert_allclose(inputs["at: time of day, sine"][:4], [1, 0, -1, 0], atol=1e-12)  # 6, 12, 18, 24 h
    np.testing.assert_allclose(inputs["at: day of week, cosine"][:2], 1)
    angle = 2 * np.pi * 2 / 7  # Wednesday
    np.testing.assert_allclose(inputs["at: day of week, sine"][7], np.sin(angle))
    np.testing.assert_allclose(inputs["at: day of month, cosine"][3], np.cos(2 * np.pi / 31))  # January 2nd


@pytest.mark.parametrize("text", [["2024-03-01", "2024-03-02 12:30", None], ["2024-03-01T00:00:00+02:00"] * 3])
def test_iso_dates_as_text(text):
    table = from_frame(pl.DataFrame({"at": text, "x": [1.0, 2.0, 3.0]}))
    schema = read_schema(table)
    moment = pd.Timestamp(text[0])
    expected = (moment.tz_localize("UTC") if moment.tzinfo is None else moment).timestamp()
    if schema.columns[0].kind == "date":
        assert numbers(table, schema)[0, 0] == expected
    else:
        assert schema.columns[0].reason == "the same in every row"


def test_a_day_above_twelve_settles_the_order():
    table = from_frame(pl.DataFrame({"at": ["12/31/2024", "1/2/2024"], "x": [1.0, 2.0]}))
    schema = read_schema(table)
    assert schema.columns[0].kind == "date"
    assert schema.columns[0].cells == CellFormat("date", day_first=False)
    january = pd.Timestamp("2024-01-02").timestamp()
    assert numbers(table, schema)[1, 0] == january
    later = from_frame(pl.DataFrame({"at": ["2/1/2024", "1/2/2024"], "x": [1.0, 2.0]}))
    assert schema.match(later).columns[0].tolist() == [pd.Timestamp("2024-02-01").timestamp(), january]


def test_an_order_that_nothing_settles_is_warned_of():
    message = "column 'at': '1/2/2024' was read as 2024-01-02, but could be 2024-02-01; no cell .* --dayfirst reads"
    with pytest.warns(UserWarning, match=message):
        read_schema(from_frame(pl.DataFrame({"at": ["1/2/2024", "3/4/2024"], "x": [1.0, 2.0]})))


def test_a_date_stays_a_date():
    dates = pl.DataFrame({"at": pl.Series(["2024-03-01", "2024-03-05"]).str.to_date(), "x": [1, 2]})
    schema = read_schema(from_frame(dates))
    as_text = from_frame(dates.with_columns(pl.col("at").cast(pl.String)))
    np.testing.assert_array_equal(numbers(as_text, schema), numbers(from_frame(dates), schema))
    with pytest.raises(ValueError, match="column 'at' held dates in training, but now holds numbers"):
        schema.match(from_frame(pl.DataFrame({"at": [1, 2], "x": [1, 2]})))
    with pytest.raises(ValueError, match="column 'at' held dates in training, but row 1 has 'soon'"):
        schema.match(from_frame(pl.DataFrame({"at": ["2024-03-01", "soon"], "x": [1, 2]})))
    with pytest.raises(ValueError, match="column 'x' held numbers in training, but now holds dates"):
        schema.match(from_frame(dates.with_columns(x=pl.col("at"))))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["$1,234.50", "-$2", "3"], [1234.5, -2, 3]),
        (["12 %", "5%", "-", "7"], [12, 5, np.nan, 7]),
        (["1,000", "2,000,000", "3"], [1000, 2000000, 3]),
        (["1,5", "2,25", "3"], [1.5, 2.25, 3]),
        ([" 7 ", "1e3", "+2"], [7, 1000, 2]),
    ],
)
def test_numbers_stored_as_text(cells, expected):
    table = from_frame(pl.DataFrame({"a": cells}))
    np.testing.assert_array_equal(numbers(table, read_schema(table))[:, 0], expected)


def test_commas_are_read_as_in_training():
    decimal = read_schema(from_frame(pl.DataFrame({"a": ["3,5", "1,234", "7,25"]})))
    other = from_frame(pl.DataFrame({"a": ["1,234"]}))
    assert decimal.match(other).columns[0].tolist() == [1.234]
    thousands = read_schema(from_frame(pl.DataFrame({"a": ["3,500", "1,234,000", "7"]})))
    assert thousands.match(other).columns[0].tolist() == [1234]
    with pytest.raises(ValueError, match="column 'a' held numbers in training, but row 0 has '3,5'"):
        thousands.match(from_frame(pl.DataFrame({"a": ["3,5"]})))
    neither = read_schema(from_frame(pl.DataFrame({"a": ["3", "1234", "7"]})))
    for cells, expected in ((["3,5", "1,234"], [3.5, 1.234]), (["3", "1,234"], [3, 1234])):
        assert neither.match(from_frame(pl.DataFrame({"a": cells}))).columns[0].tolist() == expected


def test_a_mark_that_nothing_settles_is_warned_of():
    message = (
        "column 'a': '1,234' was read as 1234, but could be 1.234; no cell of the table settles it. --decimal '.' "
    )
    with pytest.warns(UserWarning, match=message):
        read_schema(from_frame(pl.DataFrame({"a": ["1,234", "5,678", "12"]})))


def test_two_signs_are_no_number():
    with pytest.raises(ValueError, match=r"row 0 has '--5' \(2 such row"):
        numbers_in_text(np.array(["--5", "+-5"], dtype=object))


def test_what_was_decided_about_a_target_is_warned_of():
    with pytest.warns(UserWarning, match="column 'the target' was read as numbers, in seconds: '0:00:01' is 1"):
        assert numbers_in_text(np.array(["3:05:12", None, "0:00:01"], dtype=object)).tolist()[::2] == [11112, 1]


def test_a_column_of_marks_for_missing_is_left_out():
    schema = read_schema(from_frame(pl.DataFrame({"a": ["NA", "NA", "-"], "x": [1.0, 2.0, 3.0]})))
    assert str(schema.columns[0]) == "left out: missing in every row"
    assert schema.inputs == ("x",)


def test_gaps_where_training_had_none_warn():
    schema = read_schema(from_frame(pl.DataFrame({"a": [1.0, 2.0, 4.0]})))
    with pytest.warns(UserWarning, match=r"column 'a' was never missing in training, but is in 2 row\(s\); the median"):
        schema.match(from_frame(pl.DataFrame({"a": [None, 1.0, None]})))


def test_levels_are_written_alike_from_every_type():
    schema = read_schema(from_frame(pd.DataFrame({"a": pd.Categorical([1.0, 2.5, 1.0]), "x": [1, 2, 3]})))
    assert schema.columns[0].levels == ("1", "2.5")
    for cells in ([1.0, 2.5], ["1", " 2.5 "], [np.float32(1), 2.5]):
        matched = schema.match(from_frame(pd.DataFrame({"a": cells, "x": [1, 2]})))
        assert matched.columns[0].tolist() == ["1", "2.5"]


def test_text_where_numbers_were():
    schema = read_schema(from_array(np.eye(3), ["age", "height", "x"]))
    bad = from_frame(pl.DataFrame({"age": ["3", "old"], "height": [1, 2], "x": [1, 2]}))
    with pytest.raises(ValueError, match="column 'age' held numbers in training, but row 1 has 'old'"):
        schema.match(bad)


def test_a_column_that_is_left_out_need_not_come():
    schema = read_schema(TABLE)
    rest = from_frame(pl.DataFrame({"age": [30], "city": ["Ulm"], "price": ["10"], "old": [True]}))
    np.testing.assert_array_equal(schema.encode(schema.match(rest)), [[30, 10, 0, 0, 1, 0, 0, 1]])


def test_a_renamed_column_is_suggested():
    schema = read_schema(from_array(np.eye(2), ["age", "height"]))
    with pytest.raises(ValueError, match=r"- height   \(the table has 'Height'; rename it\?\)\ncolumns .*: Height, x"):
        schema.match(from_frame(pl.DataFrame({"age": [1], "Height": [2], "x": [3]})))


def test_a_column_in_capitals_is_suggested():
    schema = read_schema(from_array(np.eye(3), ["size", "rooms", "x"]))
    with pytest.raises(ValueError, match=r"- size   \(the table has 'SIZE'; rename it\?\)"):
        schema.match(from_array(np.eye(3), ["SIZE", "rooms", "x"]))


def test_what_is_left_out_and_why():
    names = [f"n{i}" for i in range(300)]
    essays = [f"The {i}th flat has a view of the river and of two of the bridges" for i in range(300)]
    frame = pl.DataFrame({"who": names, "essay": essays, "order_id": range(300), "x": [i % 7 for i in range(300)]})
    reasons = {column.name: column.reason for column in read_schema(from_frame(frame)).columns}
    nothing_in_common = "text of more than 256 values, no value or word of which is frequent enough to learn from"
    assert reasons == {
        "who": nothing_in_common,
        "essay": nothing_in_common,
        "order_id": "a value of its own in every row, by its name an index or id; Recipe(drop_identifiers=False) "
        "keeps it",
        "x": "",
    }
    short = read_schema(from_frame(frame.head(5).select("who", "x"))).columns[0]
    assert short.kind == "category"


def test_where_all_is_constant_nothing_is_left_out():
    schema = read_schema(from_array(np.ones((4, 2))))
    assert schema.inputs == ("x0", "x1")


def test_two_valued_numbers_are_flags():
    schema = read_schema(from_array(np.array([[100.0, 1], [250.0, 2], [100.0, 3]])))
    assert [column.kind for column in schema.columns] == ["flag", "number"]
    np.testing.assert_array_equal(schema.encode(from_array(np.array([[250.0, 5], [400.0, 6]]))), [[5, 1], [6, 2]])


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


def test_blanks_are_missing():
    assert read_schema(from_frame(pl.DataFrame({"a": ["x", " ", "y", ""]}))).inputs == ("a=x", "a=y", "a is missing")


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"a": [[1, 2], [3]]}),
        pl.DataFrame({"a": [{"b": 1}, {"b": 2}]}),
        pd.DataFrame({"a": [[1, 2], [3]]}),
        pd.DataFrame({"a": [b"x", b"y"]}),
    ],
)
def test_cells_that_hold_several_things(frame):
    with pytest.raises(TypeError, match=r"column 'a' holds .*: every argument must be one string, date or real number"):
        from_frame(frame)


def test_codes_with_underscores_are_text():
    assert read_schema(from_frame(pl.DataFrame({"a": ["10_20", "20_30"]}))).inputs == ("a=10_20", "a=20_30")


def test_levels_that_do_not_match_warn():
    schema = read_schema(from_frame(pl.DataFrame({"code": ["01", "02", "x"]})))
    with pytest.warns(
        UserWarning, match="2 of 3 cells of column 'code' are no level that training saw: it has '1', where .* '01'"
    ):
        schema.match(from_frame(pl.DataFrame({"code": ["1", "2", "x"]})))


@pytest.mark.parametrize("column", [[*range(9), 1e30], [0] * 20 + [1, 1, 1, -1e30]])
def test_a_cell_far_out_is_named(column):
    column = np.array(column, dtype=float)
    with pytest.raises(
        ValueError, match=rf"column 'a' has -?1e\+30 in row {50 + len(column) - 1}, .*correct that cell"
    ):
        check_outliers("column 'a'", column, np.arange(50, 50 + len(column)))


def test_heavy_tails_are_not_far_out():
    """The furthest of 10^5 Cauchy draws is some 10^5 times as far out as half of them; 10^12 times is refused."""
    column = np.random.default_rng(0).standard_cauchy(100_000)
    row = np.argmax(np.abs(column))
    usual = np.median(np.abs(column - np.median(column)))
    assert 1e4 < np.abs(column[row]) / usual < 1e7
    check_outliers("column 'a'", column)
    column[row] = 0.99e12 * usual
    check_outliers("column 'a'", column)
    column[row] = 1.01e12 * usual
    with pytest.raises(ValueError, match=rf"in row {row}, 1e\+12 times as far out as is usual"):
        check_outliers("column 'a'", column)


def test_one_cell_apart_from_equal_ones_is_not_far_out():
    """There is no other distance to compare it with; with one more cell apart there is."""
    check_outliers("column 'a'", np.array([0.0, 0.0, 0.0, 0.0, 1e30]))
    with pytest.raises(ValueError, match=r"column 'a' has 1e\+30 in row 4"):
        check_outliers("column 'a'", np.array([0.0, 0.0, 0.0, 1.0, 1e30, 2.0, 0.0]))


def test_odd_cells_among_numbers_are_gaps_that_are_said():
    cells = [str(number) for number in range(40)]
    cells[7] = "abc"
    message = r"column 'a': 1 of 40 cells are no number and were taken as missing: 'abc' in row 7; --text 'a' keeps"
    table = from_frame(pl.DataFrame({"a": cells}))
    with pytest.warns(UserWarning, match=message):
        schema = read_schema(table)
    assert schema.inputs == ("a", "a is missing")
    with pytest.warns(UserWarning, match=message):
        encoded = numbers(table, schema)
    np.testing.assert_array_equal(encoded[:, 0], [np.nan if row == 7 else row for row in range(40)])


def test_adversaries_of_training_and_of_attack_move_the_same_inputs():
    """Numbers move by their scale; what a date became is held fixed as flags are."""
    table = from_frame(
        pl.DataFrame(
            {
                "size": [1.0, 2.5, 4.0, 3.0],
                "day": ["2024-01-01", "2024-03-05", "2024-07-09", "2024-12-24"],
                "old": [True, False, True, True],
            }
        )
    )
    schema = read_schema(table)
    x = numbers(table, schema)
    scaler = fit_standard_scaler(x, np.ones(4))
    moves = schema.scaled_perturbation(scaler, x)
    assert [name for name, unit in zip(schema.inputs, moves, strict=True) if unit == 1] == ["size"]
    assert len(schema.inputs) > 3
    np.testing.assert_array_equal(moves * scaler.scale, schema.perturbation_unit(scaler.scale, x))


@pytest.mark.parametrize("text", [False, True])
def test_dates_of_another_zone_are_refused(text):
    """They would be shifted by hours in silence, by which a target that follows the day is missed."""
    naive = pd.date_range("2021-01-01", periods=30, freq="5h")
    local = naive.tz_localize("Europe/Berlin")

    def frame(moments, as_text=False):
        return from_frame(pd.DataFrame({"at": moments.astype(str) if as_text else moments, "x": range(30)}))

    for trained, later, was, has in (
        (naive, local, "no time zone", "have one"),
        (local, naive, "a time zone", "have none"),
    ):
        schema = read_schema(frame(trained, text))
        with pytest.raises(ValueError, match=f"the dates of column 'at' had {was} in training, but now {has}"):
            schema.match(frame(later))
        np.testing.assert_array_equal(
            schema.match(frame(trained)).columns[0], schema.match(frame(trained, True)).columns[0]
        )
    gone = pd.DataFrame({"at": pd.Series([pd.NaT] * 2, dtype="datetime64[ns]"), "x": [1, 2]})
    with pytest.warns(UserWarning, match="never missing in training"):
        assert np.isnan(schema.match(from_frame(gone)).columns[0]).all()


def test_booleans_may_come_as_answers():
    schema = read_schema(from_frame(pl.DataFrame({"sold": [True, False, True, False], "x": [1, 2, 3, 4]})))
    for true, false in (("T", "F"), ("yes", "no"), ("True", "FALSE")):
        matched = schema.match(from_frame(pl.DataFrame({"sold": [false, true, true], "x": [1, 2, 3]})))
        assert matched.columns[0].tolist() == [0.0, 1.0, 1.0]
