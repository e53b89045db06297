"""Tables in Parquet files: slices put together are the table that `read_table` reads at once, whatever the layout."""

import re
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

import glassnet
from glassnet import TableError
from glassnet.data import counted_cells, files
from glassnet.data.files import TableFiles, open_files


def table(rows: int, seed: int = 0) -> pl.DataFrame:
    """Return a table with a column of every kind, text that is read as numbers and dates among them."""
    random = np.random.default_rng(seed)
    number = random.normal(size=rows)
    return pl.DataFrame(
        {
            "number": pl.Series(number).set(pl.Series(random.random(rows) < 0.1), None),
            "nan": np.where(random.random(rows) < 0.1, np.nan, number),
            "integer": random.integers(-5, 5, rows),
            "boolean": random.random(rows) < 0.5,
            "date": pl.Series(random.integers(0, 20_000, rows), dtype=pl.Int32).cast(pl.Date),
            "category": pl.Series(random.choice(["a", "b"], rows), dtype=pl.Categorical),
            "text": random.choice(["red", "green", None], rows).tolist(),
            "plain": [f"{value:.3f}" for value in number],
            "scientific": [f"{value:.5e}" for value in number],
            "comma": [f"{value:.2f}".replace(".", ",") for value in number],
            "unit": [f"{abs(value):.1f} kg" for value in number],
            "day first": [f"{1 + row % 28}.{1 + row % 12}.2021" for row in range(rows)],
            "nothing": pl.Series([None] * rows, dtype=pl.String),
        }
    )


def write(frame: pl.DataFrame, folder, cuts, row_group_size: int = 100) -> None:
    folder.mkdir(exist_ok=True)
    ends = [0, *sorted(cuts), frame.height]
    for number, (first, last) in enumerate(pairwise(ends)):
        frame[first:last].write_parquet(folder / f"part-{number:03d}.parquet", row_group_size=row_group_size)


def joined(found: TableFiles, rows: int = 64, start: int = 0) -> pl.DataFrame:
    slices = list(found.slices(rows, start))
    assert [first for first, _ in slices] == list(range(start, found.rows, rows))
    assert {frame.height for _, frame in slices[:-1]} <= {rows}
    return pl.concat([frame for _, frame in slices])


def same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Return whether two tables have the same names, types and cells."""
    one, other = (frame.with_columns(pl.col(pl.Categorical).cast(pl.String)) for frame in (one, other))
    return one.schema == other.schema and one.equals(other, null_equal=True)


@pytest.mark.parametrize("seed", range(12))
def test_slices_of_any_layout_are_the_table(tmp_path, monkeypatch, seed):
    random = np.random.default_rng(seed)
    rows = int(random.integers(1, 700))
    frame = table(rows, seed)
    cuts = [*random.integers(0, rows + 1, random.integers(0, 6)).tolist(), 0, rows // 2, rows // 2]  # some are empty
    write(frame, tmp_path / "parts", cuts, int(random.integers(1, 200)))
    frame.write_parquet(tmp_path / "table.parquet")
    at_once = glassnet.read_table(tmp_path / "table.parquet")
    monkeypatch.setattr(files, "SLICE", int(random.integers(1, 300)))
    found = open_files(str(tmp_path / "parts" / "*.parquet"), tmp_path / "work")
    assert same(joined(found, int(random.integers(1, 300))), at_once.frame)
    start = int(random.integers(0, rows))
    assert same(joined(found, 50, start), at_once.frame[start:])
    assert found.rows == rows
    assert found.names == tuple(frame.columns)
    assert sum(count == 0 for count in found.counts) >= 1
    assert found.report.columns == at_once.report.columns
    assert found.report.format == at_once.report.format
    assert {str(note) for note in found.report.notes} == {str(note) for note in at_once.report.notes}


def test_a_folder_and_several_files_are_one_table_in_order(tmp_path):
    frame = table(300)
    write(frame, tmp_path / "parts", [100, 200])
    parts = [tmp_path / "parts" / f"part-{number:03d}.parquet" for number in (2, 0, 1)]
    assert same(joined(open_files(tmp_path / "parts", tmp_path)).select("number"), frame.select("number"))
    turned = joined(open_files(parts, tmp_path)).select("integer")
    assert same(turned, pl.concat([frame[200:], frame[:200]]).select("integer"))


def test_a_lazy_frame_is_written_and_read(tmp_path):
    frame = table(300)
    write(frame, tmp_path / "parts", [100])
    query = pl.scan_parquet(tmp_path / "parts" / "*.parquet").filter(pl.col("integer") > 0)
    found = open_files(query, tmp_path / "work")
    assert same(joined(found).select("integer"), frame.filter(pl.col("integer") > 0).select("integer"))
    assert [path.parent for path in found.paths] == [tmp_path / "work"]


def test_arrow_is_converted(tmp_path):
    frame = table(300)
    frame.write_ipc(tmp_path / "table.arrow")
    found = open_files(tmp_path / "table.arrow", tmp_path / "work")
    assert same(joined(found), glassnet.read_table(tmp_path / "table.arrow").frame)


def test_another_table_is_read_like_the_first(tmp_path):
    frame = table(400)
    frame.write_parquet(tmp_path / "table.parquet")
    first = open_files(tmp_path / "table.parquet", tmp_path)
    later = frame[:50].with_columns(pl.lit("7").alias("comma"), pl.lit("3 kg").alias("unit"))
    later.write_parquet(tmp_path / "later.parquet")
    found = open_files(tmp_path / "later.parquet", tmp_path, like=first.report.format)
    at_once = glassnet.read_table(tmp_path / "later.parquet", like=first.report.format)
    assert same(joined(found, 7), at_once.frame)
    assert found.report.format == at_once.report.format


@pytest.mark.parametrize("options", [{"na": ("-5",)}, {"text": ("integer",)}, {"text": ("unit",)}, {"decimal": ","}])
def test_options_are_those_of_read_table(tmp_path, options):
    frame = table(300)
    frame.write_parquet(tmp_path / "table.parquet")
    found = open_files(tmp_path / "table.parquet", tmp_path, **options)
    assert same(joined(found), glassnet.read_table(tmp_path / "table.parquet", **options).frame)


def columns_of_many_cells(rows: int) -> pl.DataFrame:
    """Return columns of text with more different cells than are kept, and some that are unlike the others."""
    random = np.random.default_rng(0)
    numbers, days = random.normal(size=rows), random.integers(0, 2**31, rows)
    moments = pl.Series(days).cast(pl.Int64).cast(pl.Datetime("ms")).dt.strftime("%Y-%m-%d %H:%M:%S")
    letters = np.array(list("abcdefghij"))
    return pl.DataFrame(
        {
            "scientific": [f"{value:.6e}" for value in numbers],
            "units": [f"{value:.5f} kg" if row % 997 == 0 else f"{value:.5f}" for row, value in enumerate(numbers)],
            "grouped": [f"{1 + row % 900}.{row % 1000:03d}" if row % 991 else "x" for row in range(rows)],
            "moment": moments,
            "mixed": [f"{value:.6f}" if row % 100 else "none at all" for row, value in enumerate(numbers)],
            "names": ["".join(letters[random.integers(0, 10, 25)]) for _ in range(rows)],
        }
    )


def test_columns_of_more_cells_than_are_kept_are_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(counted_cells, "MOST_OF_KIND", 50)
    monkeypatch.setattr(counted_cells.with_slice, "__defaults__", (300,))
    monkeypatch.setattr(counted_cells, "MOST_OTHERS", 60)
    monkeypatch.setattr(counted_cells, "MANY_CELLS", 200)
    columns_of_many_cells(3000).write_parquet(tmp_path / "table.parquet")
    at_once = glassnet.read_table(tmp_path / "table.parquet")
    monkeypatch.setattr(files, "SLICE", 400)
    found = open_files(tmp_path / "table.parquet", tmp_path)
    assert same(joined(found, 300), at_once.frame)
    assert found.report.format == at_once.report.format


def test_a_column_of_many_cells_that_are_not_alike_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(counted_cells, "MOST_OF_KIND", 50)
    monkeypatch.setattr(counted_cells.with_slice, "__defaults__", (300,))
    monkeypatch.setattr(counted_cells, "MOST_OTHERS", 60)
    monkeypatch.setattr(counted_cells, "MANY_CELLS", 200)
    frame = pl.DataFrame({"key": [f"k{row}-{row * 7 % 991}" for row in range(1000)]})
    frame.write_parquet(tmp_path / "table.parquet")
    with pytest.raises(TableError, match=r"column 'key' has more than \d+ different cells .* type --text 'key'"):
        open_files(tmp_path / "table.parquet", tmp_path)
    found = open_files(tmp_path / "table.parquet", tmp_path, text=("key",))
    assert same(joined(found), glassnet.read_table(tmp_path / "table.parquet", text=("key",)).frame)


def refused(sources, folder, **options) -> str:
    with pytest.raises(TableError) as error:
        open_files(sources, folder, **options)
    return str(error.value)


def test_files_that_differ_are_refused_by_the_first_difference(tmp_path):
    frame = pl.DataFrame({"a": [1, 2], "b": [1.0, 2.0]})
    one, other = tmp_path / "one.parquet", tmp_path / "other.parquet"
    frame.write_parquet(one)
    frame.drop("b").write_parquet(other)
    message = refused([one, other], tmp_path)
    assert re.search(r"other.parquet' has no column 'b', which '.*one.parquet' has; .* so add it", message)
    frame.with_columns(c=1).write_parquet(other)
    assert re.search(r"one.parquet' has no column 'c', which '.*other.parquet' has", refused([one, other], tmp_path))
    frame.with_columns(pl.col("a").cast(pl.Float64)).write_parquet(other)
    message = refused([one, other], tmp_path)
    assert re.search(
        r"column 'a' is Float64 in '.*other.parquet', but Int64 in '.*one.parquet'; write it as one", message
    )


def test_columns_in_another_order_are_put_in_that_of_the_first_file(tmp_path):
    frame = pl.DataFrame({"a": [1, 2], "b": [1.5, 2.5]})
    frame.write_parquet(tmp_path / "1.parquet")
    frame.select("b", "a").write_parquet(tmp_path / "2.parquet")
    assert joined(open_files(tmp_path, tmp_path / "work")).equals(pl.concat([frame, frame]))


def test_what_is_not_there_is_said_with_what_is(tmp_path):
    (tmp_path / "cars.csv").write_text("a,b\n1,2\n")
    pattern = str(tmp_path / "*.parquet")
    assert re.search(r"no file matches '.*\*.parquet'; '.*' holds 'cars.csv'", refused(pattern, tmp_path))
    assert re.search(r"there is no folder '.*nowhere' either", refused(str(tmp_path / "nowhere" / "*"), tmp_path))
    assert re.search(r"there is no file '.*a.csv'; '.*' holds 'cars.csv'", refused(tmp_path / "a.csv", tmp_path))
    message = refused(tmp_path, tmp_path)
    assert re.search(r"has no Parquet files; '.*' holds 'cars.csv'. For others give a pattern, such as", message)
    (tmp_path / "empty").mkdir()
    assert "is empty" in refused(tmp_path / "empty", tmp_path)
    assert "empty list; give a path" in refused([], tmp_path)
    assert "standard input cannot be read in slices; write it to a file" in refused("-", tmp_path)
    twice = [tmp_path / "cars.csv", str(tmp_path / "*.csv")]
    assert re.search(r"cars.csv' is named twice, and its rows would count twice", refused(twice, tmp_path))


def test_a_name_with_the_marks_of_patterns_is_a_file(tmp_path):
    path = tmp_path / "cars [1].parquet"
    pl.DataFrame({"a": [1, 2]}).write_parquet(path)
    assert joined(open_files(path, tmp_path)).rows() == [(1,), (2,)]


def test_tables_without_rows_and_cells_of_lists_are_refused(tmp_path):
    pl.DataFrame({"a": []}, schema={"a": pl.Int64}).write_parquet(tmp_path / "none.parquet")
    assert "has column names but no rows" in refused(tmp_path / "none.parquet", tmp_path)
    pl.DataFrame({"a": [[1]]}).write_parquet(tmp_path / "list.parquet")
    assert "a cell holds one text or number" in refused(tmp_path / "list.parquet", tmp_path)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    assert "could not be read as Parquet" in refused(tmp_path / "broken.parquet", tmp_path)


def test_options_without_meaning_and_unknown_names_are_refused(tmp_path):
    pl.DataFrame({"a": [1, 2]}).write_parquet(tmp_path / "t.parquet")
    assert "for which separator has no meaning; leave it out" in refused(tmp_path, tmp_path, separator=";")
    assert "there is no column 'aa' to read as text or numbers (did you mean 'a'?)" in refused(
        tmp_path, tmp_path, text=("aa",)
    )


@pytest.mark.parametrize(("rows", "start"), [(0, 0), (1, -1), (1, 3)])
def test_slices_that_make_no_sense_are_refused(tmp_path, rows, start):
    pl.DataFrame({"a": [1, 2]}).write_parquet(tmp_path / "t.parquet")
    found = open_files(tmp_path, tmp_path)
    assert list(found.slices(1, 2)) == []
    with pytest.raises(TableError, match="give at least 1 row, and a start from 0 to 2"):
        list(found.slices(rows, start))


def test_a_file_that_has_changed_is_refused(tmp_path):
    path = tmp_path / "t.parquet"
    pl.DataFrame({"a": range(10)}).write_parquet(path)
    found = open_files(path, tmp_path)
    pl.DataFrame({"a": range(5)}).write_parquet(path)
    with pytest.raises(TableError, match="has changed since it was opened: 5 rows stand where there were 10"):
        list(found.slices())


def test_nothing_is_left_of_a_conversion_that_fails(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n3,4,5\n")
    assert "line 3 has 3 cells" in refused(path, tmp_path / "work")
    assert list((tmp_path / "work").iterdir()) == []
