from datetime import date, datetime

import polars as pl
import pytest

from glassnet.data.columns import from_frame
from glassnet.data.read import TableError, read_table, take_column, write_table

FRAME = pl.DataFrame({"a": [1, 2], "b": ["x", None], "c": [0.5, -1e-300]})


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".parquet", ".jsonl", ".ndjson", ".CSV"])
def test_every_format_comes_back(tmp_path, ending):
    path = tmp_path / f"table{ending}"
    write_table(FRAME, path)
    assert read_table(path).equals(FRAME)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"", "is empty; a table needs a line of column names"),
        ("t.csv", b"a,b\n", "has column names but no rows"),
        ("t.parquet", b"not parquet", "could not be read as .parquet"),
        ("t.jsonl", b"{", "could not be read as .jsonl"),
        ("t.xlsx", b"x", "ends in '.xlsx'; the formats are .csv, .tsv, .parquet"),
    ],
)
def test_unreadable_files(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError, match=message):
        read_table(tmp_path / name)


def test_text_stays_text_where_a_model_knows_it_as_text(tmp_path):
    (tmp_path / "t.csv").write_text("code,flag,size\n007,true,1\n010,false,2\n")
    frame = read_table(tmp_path / "t.csv", ["code", "flag"])
    assert frame.to_dict(as_series=False) == {"code": ["007", "010"], "flag": ["true", "false"], "size": [1, 2]}


def test_dates_are_the_same_from_every_format(tmp_path):
    frame = pl.DataFrame({"day": [datetime(2024, 1, 31), datetime(2024, 2, 1, 12)]})
    texts = []
    for ending in (".csv", ".parquet"):
        write_table(frame, tmp_path / f"t{ending}")
        texts.append(from_frame(read_table(tmp_path / f"t{ending}")).columns[0].tolist())
    assert texts[0] == texts[1] == [1706659200.0, 1706788800.0]  # seconds since 1970


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators_are_seen(tmp_path, separator):
    path = tmp_path / "t.csv"
    path.write_text(f'"a,b,c"{separator}d\n"1,5"{separator}x\n')
    assert read_table(path).to_dict(as_series=False) == {"a,b,c": ["1,5"], "d": ["x"]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\nköln,1\n".encode("latin-1"), "byte 5 is no UTF-8; save the file as UTF-8"),
        (b"a,b\n1,2\n3,4,5\n", "line 3 has more cells than the 2 names of the first line"),
    ],
)
def test_what_is_wrong_with_a_text_file(tmp_path, content, message):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(TableError, match=message):
        read_table(tmp_path / "t.csv")


def test_dates_that_can_be_two_days_stay_text(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("us,iso,at,dots\n01/02/2024,2024-02-01,12:30,1.2.2024\n12/02/2024,2024-02-02,13:00,31.12.2024\n")
    frame = read_table(path)
    assert frame["us"].to_list() == ["01/02/2024", "12/02/2024"]
    assert [frame["iso"].dtype, frame["at"].dtype] == [pl.Date, pl.Time]
    assert frame["dots"].to_list() == [date(2024, 2, 1), date(2024, 12, 31)]


def test_a_name_that_stands_twice(tmp_path):
    (tmp_path / "t.csv").write_text("a,b,a\n1,2,3\n")
    with pytest.raises(TableError, match="more than one column 'a'; give every column a name of its own"):
        read_table(tmp_path / "t.csv")


def test_absent_file_and_column(tmp_path):
    with pytest.raises(TableError, match="there is no file"):
        read_table(tmp_path / "no.csv")
    with pytest.raises(TableError, match="there is no column 'z' to take as target; the columns are: a, b, c"):
        take_column(FRAME, "z", "target")
    with pytest.raises(TableError, match=r"no column 'Price' to take as target \(did you mean 'price'\?\)"):
        take_column(FRAME.rename({"a": "price"}), "Price", "target")
