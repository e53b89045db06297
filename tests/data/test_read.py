from datetime import datetime

import polars as pl
import pytest

from glassnet.data.columns import from_frame
from glassnet.data.read import TableError, read_table, take_column, write_table

FRAME = pl.DataFrame({"a": [1, 2], "b": ["x", None], "c": [0.5, -1e-300]})


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".parquet", ".jsonl", ".ndjson", ".CSV"])
def test_every_format_comes_back(tmp_path, ending):
    path = tmp_path / f"table{ending}"
    write_table(FRAME, path)
    read = read_table(path)
    assert read.frame.equals(FRAME)
    assert read.report.notes == ()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"", "is empty; a table needs a line of column names"),
        ("t.csv", b"a,b\n", "has column names but no rows"),
        ("t.parquet", b"PAR1 not parquet", "could not be read as Parquet"),
        ("t.jsonl", b"{", "could not be read as JSON: line 1, column 2"),
        ("t.csv", b"%PDF-1.7 ...", "is no table, but a PDF; give CSV, Parquet, JSON or Excel"),
        ("t.csv", b"a,b\n1,2\n3,4,5\n", "line 3 has 3 cells, but there are 2 names; the first without a name is '5'"),
        ("t.csv.gz", b"\x1f\x8b broken", "could not be unpacked as .gz"),
    ],
)
def test_unreadable_files(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError, match=message):
        read_table(tmp_path / name)


def test_text_stays_text_where_that_is_asked_for(tmp_path):
    (tmp_path / "t.csv").write_text("code,flag,size\n007,true,1\n010,false,2\n")
    frame = read_table(tmp_path / "t.csv", text=["code", "flag"]).frame
    assert frame.to_dict(as_series=False) == {"code": ["007", "010"], "flag": ["true", "false"], "size": [1, 2]}
    assert read_table(tmp_path / "t.csv", numeric=["code"]).frame["code"].to_list() == [7, 10]


def test_a_later_table_is_read_like_the_first(tmp_path):
    """What one row alone cannot settle, the table of training has."""
    first, later = tmp_path / "first.csv", tmp_path / "later.csv"
    first.write_text("size;day;mass\n1.234,5;31.12.2024;12 kg\n2.000;01.02.2024;9,5 kg\n")
    later.write_text("size,day,mass\n1.234,01/02/2024,8 kg\n")
    like = read_table(first).report.format
    read = read_table(later, like=like)
    assert read.frame.row(0) == (1234.0, datetime(2024, 2, 1), 8.0)
    assert read_table(later).frame.row(0) == (1.234, datetime(2024, 1, 2), 8.0)
    later.write_text("size,day,mass\n1,01.02.2024,8 lb\n")
    with pytest.raises(
        TableError, match="column 'mass' was in kg in training, but now has 1 cells in lb; bring them to kg"
    ):
        read_table(later, like=like)
    later.write_text("size,day,mass\n1,2024-02-01 12:00+02:00,8\n")
    with pytest.raises(TableError, match="dates of column 'day' had no time zone in training, but now have one"):
        read_table(later, like=like)
    later.write_text("size,day,mass\nsmall,01.02.2024,8\n")
    with pytest.raises(
        TableError, match="column 'size' held numbers in training, but line 2 has 'small'; correct that"
    ):
        read_table(later, like=like)


def test_dates_are_the_same_from_every_format(tmp_path):
    frame = pl.DataFrame({"day": [datetime(2024, 1, 31), datetime(2024, 2, 1, 12)]})
    texts = []
    for ending in (".csv", ".parquet"):
        write_table(frame, tmp_path / f"t{ending}")
        texts.append(from_frame(read_table(tmp_path / f"t{ending}").frame).columns[0].tolist())
    assert texts[0] == texts[1] == [1706659200.0, 1706788800.0]  # seconds since 1970


def test_marks_of_missing_cells_hold_for_numbers_by_their_type_too(tmp_path):
    frame = pl.DataFrame({"a": [1.5, -999.0, None], "b": [1, -999, 3], "c": ["-999.0", "2", "x"]})
    frame.write_parquet(tmp_path / "t.parquet")
    read = read_table(tmp_path / "t.parquet", na=["-999"], numeric=["c"])
    assert read.frame.rows() == [(1.5, 1, None), (None, None, 2), (None, 3, None)]
    assert [column.kind for column in read.report.columns] == ["number", "number", "number"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"decimal": ":"}, "decimal is ':'; give '.' or ','"),
        ({"thousands": "ab"}, "thousands is 'ab'; give the one mark"),
        ({"decimal": ",", "thousands": ","}, "decimal and thousands are both ','; they must differ"),
        ({"text": ["a"], "numeric": ["a"]}, "column 'a' cannot be both text and numeric"),
        ({"header": "first"}, "header is 'first'; give the line of the names, counted from 1, or 'none'"),
        ({"header": 9}, r"has no row in line 9 to take names from \(--header\)"),
        ({"skip_rows": 9}, "has 4 lines, and --skip-rows leaves out 9"),
        ({"sheet": "one"}, "is text, for which sheet has no meaning; leave it out"),
        ({"encoding": "latin-0"}, "there is no encoding 'latin-0'"),
        ({"text": ["A"]}, r"there is no column 'A' to read as text or numbers \(did you mean 'a'\?\)"),
    ],
)
def test_options_that_cannot_be_meant(tmp_path, options, message):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(ValueError, match=message):
        read_table(tmp_path / "t.csv", **options)


def test_absent_file_and_column(tmp_path):
    with pytest.raises(TableError, match="there is no file"):
        read_table(tmp_path / "no.csv")
    with pytest.raises(TableError, match="there is no column 'z' to take as target; the columns are: a, b, c"):
        take_column(FRAME, "z", "target")
    with pytest.raises(TableError, match=r"no column 'Price' to take as target \(did you mean 'price'\?\)"):
        take_column(FRAME.rename({"a": "price"}), "Price", "target")
