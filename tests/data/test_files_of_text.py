"""Text that is read in slices: the cells that `read_table` gives of the same file at once, or a refusal.

The files are those of the corpus, once as they are, cut into slices of a few rows, and once with their inner lines
repeated a thousand times, so that the rows that decide where the table is are a small part of it; and generated ones.
"""

import gzip
import json
import re
from collections import Counter

import numpy as np
import polars as pl
import pytest
import zstandard
from corpus import CASES, Case
from generate_tables import generated
from test_files import joined, refused, same

import glassnet
from glassnet import TableError
from glassnet.data import files
from glassnet.data.files import open_files

READ = {name: case for name, case in CASES.items() if case.error is None and "sheet" not in case.options}
READ_AT_ONCE = r"workbook|\.zip|JSON array"  # what no slices are read of, by design
LEAST_ROWS = 3000


def outcome(path, folder, options, rows: int) -> tuple[str, str]:
    """Return whether slices and `read_table` give the same, and a message."""
    try:
        at_once, refusal = glassnet.read_table(path, **options), None
    except TableError as error:
        at_once, refusal = None, error
    try:
        found = open_files(path, folder, block=64, **options)
        cells = joined(found, rows)
    except TableError as error:
        kind = "refused by both" if at_once is None else "read at once" if re.search(READ_AT_ONCE, str(error)) else ""
        return kind or "refused", str(error)
    if at_once is None:
        return "read though refused", str(refusal)
    agree = same(cells, at_once.frame) and found.report.format == at_once.report.format
    codes = [sorted(note.code for note in report.notes) for report in (found.report, at_once.report)]
    if agree and codes[0] != codes[1]:
        return "other notes", f"{codes}"
    return ("same", "") if agree else ("other cells", f"{cells}\n{at_once.frame}")


def lengthened(content: bytes) -> bytes | None:
    """Return a file with its inner lines repeated; None where it is no text or too short."""
    if b"\x00" in content:
        return None
    end = b"\r\n" if b"\r\n" in content else b"\n"
    lines = content.split(end)
    if len(lines) < 6:
        return None
    half = max(2, len(lines) // 2)
    inner = lines[half:-3] or lines[half - 1 : half]
    return end.join([*lines[:half], *inner * (LEAST_ROWS // len(inner) + 1), *lines[-3:]])


def of_corpus(cases: dict[str, Case], tmp_path, long: bool, rows: int) -> dict[str, tuple[str, str]]:
    found = {}
    for name, case in cases.items():
        content = lengthened(case.bytes) if long else case.bytes
        if content is not None and (not long or case.file.endswith((".csv", ".tsv", ".txt"))):
            path = tmp_path / case.file
            path.write_bytes(content)
            found[name] = outcome(path, tmp_path / "work", case.options, rows)
    return found


def check(found: dict[str, tuple[str, str]], most_refused: float) -> None:
    counts = Counter(kind for kind, _ in found.values())
    wrong = {name: what for name, what in found.items() if what[0] not in ("same", "read at once", "refused by both",
                                                                           "refused")}  # fmt: skip
    assert wrong == {}
    assert counts["refused"] <= most_refused * counts["same"], {n: w for n, w in found.items() if w[0] == "refused"}


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.slow)])
def test_files_of_the_corpus_in_slices_of_a_few_rows(tmp_path, monkeypatch, step):
    monkeypatch.setattr(files, "SLICE", 7)
    found = of_corpus(dict(list(READ.items())[::step]), tmp_path, long=False, rows=5)
    check(found, 0.01)
    assert sum(kind == "same" for kind, _ in found.values()) >= 0.9 * len(found)


@pytest.mark.parametrize("step", [12, pytest.param(1, marks=pytest.mark.slow)])
def test_long_files_of_the_corpus(tmp_path, monkeypatch, step):
    monkeypatch.setattr(files, "SLICE", 500)
    found = of_corpus(dict(list(READ.items())[::step]), tmp_path, long=True, rows=777)
    check(found, 0.02)
    assert len(found) >= 300 / step


@pytest.mark.parametrize("numbers", [range(40), pytest.param(range(40, 1000), marks=pytest.mark.slow)])
def test_generated_files(tmp_path, monkeypatch, numbers):
    monkeypatch.setattr(files, "SLICE", 5)
    found = {}
    for number in numbers:
        for long in (False, True):
            content = generated(3, number).content
            content = content if isinstance(content, bytes) else content.encode()
            content = lengthened(content) if long and number % 8 == 0 else None if long else content
            if content is not None:
                monkeypatch.setattr(files, "SLICE", 500 if long else 5)
                path = tmp_path / "table.csv"
                path.write_bytes(content)
                found[f"{number} {long}"] = outcome(path, tmp_path / "work", {}, 700 if long else 3)
    check(found, 0.05)


def written(tmp_path, text: str, name: str = "table.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def lines_of(rows: int) -> list[str]:
    random = np.random.default_rng(0)
    return [f'{row},{x:.4f},"a, {row % 7}",{y:.3e}' for row, (x, y) in enumerate(random.normal(size=(rows, 2)))]


def check_same(path, folder, **options) -> None:
    assert outcome(path, folder, options, 999) == ("same", "")


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_packed_files_of_any_line_ends(tmp_path, packing, end):
    content = end.join(["row,x,text,y", *lines_of(3000), ""]).encode()
    path = tmp_path / f"table.csv{packing}"
    pack = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}[packing]
    path.write_bytes(pack(content))
    check_same(path, tmp_path / "work")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_that_are_found_out(tmp_path, encoding):
    path = tmp_path / "table.csv"
    path.write_bytes("\n".join(["row,größe,text,y", *lines_of(2500), "1,2,Überfluss,3"]).encode(encoding))
    check_same(path, tmp_path / "work")
    if encoding != "utf-8-sig":
        check_same(path, tmp_path / "work", encoding=encoding)


def test_bytes_of_no_encoding_are_refused(tmp_path):
    path = tmp_path / "table.csv"
    damaged = "ä" * 5000
    path.write_bytes("\n".join(["a,b", *["1,2"] * 2000, f"3,{damaged}"]).encode() + b"\xc3\n4,5\n")
    assert "give its encoding with --encoding" in refused(path, tmp_path / "work")
    assert re.search(r"line 2002 has the byte 0xc3, which is no utf-8; give the file's encoding with --encoding",
                     refused(path, tmp_path / "work", encoding="utf-8"))  # fmt: skip
    assert "there is no encoding 'utf-99'" in refused(path, tmp_path / "work", encoding="utf-99")
    path.write_bytes(b"a,b\n1,2\n" * 1000 + b"\x00\x00,1\n2,3\n")
    assert "it has zero bytes" in refused(path, tmp_path / "work")


def test_what_stands_among_and_behind_the_rows(tmp_path):
    rows = lines_of(4000)
    rows[1500:1500] = ["row,x,text,y", "", "----,----,----,----", "# a comment"]
    rows += ["", "Total,12.5,,3", "Source: somewhere"]
    path = written(tmp_path, "\n".join(["A title", "", "row,x,text,y", *rows]))
    check_same(path, tmp_path / "work")
    codes = {note.code for note in open_files(path, tmp_path / "work").report.notes}
    assert codes >= {"header", "comments", "rows", "total"}


def test_cells_over_several_lines(tmp_path):
    rows = lines_of(3000)
    rows[100] = '100,1.5,"a\nb, ""quoted""\nc",2.5'
    rows[2000] = '2000,1.5,"a\r\nb",2.5'
    check_same(written(tmp_path, "\n".join(["row,x,text,y", *rows])), tmp_path / "work")


@pytest.mark.parametrize("options", [{"header": "none"}, {"header": 2}, {"skip_rows": 3}, {"text": ("row",)},
                                     {"separator": ","}, {"na": ("0",)}])  # fmt: skip
def test_options_of_text(tmp_path, options):
    path = written(tmp_path, "\n".join(["row,x,text,y", *lines_of(3000)]))
    if "text" not in options or "row" in open_files(path, tmp_path / "work").names:
        check_same(path, tmp_path / "work", **options)


def test_quotes_inside_words_are_letters(tmp_path):
    rows = [line.replace('"', "").replace(", ", " ") for line in lines_of(3000)]
    rows[2000] = '1,2,three "3" of,3'
    check_same(written(tmp_path, "\n".join(["row,x,text,y", *rows])), tmp_path / "work")


def test_a_row_that_may_hold_totals_is_refused(tmp_path):
    values = list(range(1, 3001))
    rows = [f"name {value},{value},{2 * value}" for value in values]
    path = written(tmp_path, "\n".join(["name,a,b", *rows, f"everything,{sum(values)},{2 * sum(values)}"]))
    message = refused(path, tmp_path / "work")
    assert re.search(r"the numbers of line 3002 seem to be sums of those above; .* delete that line, or write 'total'",
                     message)  # fmt: skip
    assert [note.code for note in glassnet.read_table(path).report.notes if note.code == "total"] == ["total"]


def test_a_first_row_that_comes_again_late_is_refused(tmp_path):
    rows = [f"red {row},green {row}" for row in range(3000)]
    rows[2000], rows[2100] = "colour,late", "soon,other"
    path = written(tmp_path, "\n".join(["colour,other", *rows]))
    assert re.search(r"every cell of line 1 comes again below; type --header 1", refused(path, tmp_path / "work"))
    check_same(path, tmp_path / "work", header=1)


@pytest.mark.parametrize(
    ("late", "message"),
    [
        ('1,2,"open,3', r"quotes that are not in pairs"),
        ('1,2,"three" of,3', r"quotes that are not in pairs"),
        ("1,2,a,3,5", r"line 2002 has 5 cells, but there are 4 names"),
    ],
)
def test_rows_that_would_be_read_otherwise_are_refused(tmp_path, late, message):
    rows = [line.replace('"', "").replace(", ", " ") for line in lines_of(4000)]
    rows[2000] = late
    assert re.search(message, refused(written(tmp_path, "\n".join(["row,x,text,y", *rows])), tmp_path / "work"))


def test_many_rows_of_other_lengths_are_refused(tmp_path):
    rows = [*["1,2,3"] * 2000, *["1,2"] * 11_000, *["1,2,3"] * 12_000]
    message = refused(written(tmp_path, "\n".join(["a,b,c", *rows])), tmp_path / "work")
    assert re.search(r"more than 10,000 rows are unlike most others, which have 3 cells, such as line", message)
    rows = [*["1,2,3"] * 1500, *["1,2"] * 9000]
    message = refused(written(tmp_path, "\n".join(["a,b,c", *rows])), tmp_path / "work")
    assert re.search(r"most of its rows have 2 cells, but most of the first 1000 have 3", message)


def test_several_files_of_text_are_one_table(tmp_path):
    for number in range(3):
        written(tmp_path, "\n".join(["a;b", *(f"{row};{row + number},5" for row in range(50))]), f"{number}.csv")
    found = open_files(str(tmp_path / "*.csv"), tmp_path / "work")
    at_once = pl.concat([glassnet.read_table(tmp_path / f"{number}.csv").frame for number in range(3)])
    assert same(joined(found), at_once)
    assert any(str(note).startswith(f"{tmp_path}/1.csv: ';' stands between") for note in found.report.notes)


def test_files_whose_numbers_may_be_written_differently_are_refused(tmp_path):
    """As one column, 10,055 of the first and 10.055 of the second would be ten and ten thousand."""
    commas = written(tmp_path, "\n".join(["a;b", *(f"{row};1{row % 10},055" for row in range(50))]), "commas.csv")
    points = written(tmp_path, "\n".join(["a,b", *(f"{row},1{row % 10}.055" for row in range(50))]), "points.csv")
    for paths in ([commas, points], [points, commas]):
        with pytest.raises(TableError) as told:
            open_files(paths, tmp_path / "work")
        assert f"{str(commas)!r} separates cells by semicolons, as files with decimal commas do, and" in str(told.value)
        assert "type --decimal . or --decimal , (decimal='.')" in str(told.value)
    whole = written(tmp_path, "\n".join(["a;b", *(f"{row};1{row % 10}.055" for row in range(50))]), "semicolons.csv")
    found = joined(open_files([whole, points], tmp_path / "work", decimal="."))
    assert found["b"].to_list() == [10 + row % 10 + 0.055 for row in [*range(50), *range(50)]]


def test_json_lines(tmp_path):
    records = [
        {"n": row, "x": row / 3 if row % 5 else None, "t": "a" if row % 2 else "", "o": {"k": row}, "b": row % 2 == 0}
        for row in range(300)
    ]
    records[250] |= {"late": "1.5", "n2": 2.0}
    records[251] |= {"late": 7, "n2": 3}
    path = written(tmp_path, "\n".join(map(json.dumps, records)), "t.jsonl")
    found = open_files(path, tmp_path / "work", block=100)
    assert same(joined(found, 17), glassnet.read_table(path).frame)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1}, {"a": 2}]', "is a JSON array, which is read at once; give the frame of glassnet.read_table"),
        ('{"a": 1}', "has one line, which may hold a table as JSON"),
        ('{"a":\n1}', "line 1, column 6: .* If one object stands on several lines, it is read at once"),
        ('{"a": 1}\n{"a": \n', "could not be read as JSON lines: line 2, column 6"),
        ('{"a": 1}\n[2]', "row 1 is a JSON list, not an object"),
        ("{}\n{}", "has rows without cells"),
    ],
)
def test_json_that_is_no_lines_is_refused(tmp_path, text, message):
    assert re.search(message, refused(written(tmp_path, text, "t.jsonl"), tmp_path / "work"))


def test_what_is_read_at_once_is_refused(tmp_path):
    table = tmp_path / "t.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(table)
    packed = tmp_path / "t.parquet.gz"
    packed.write_bytes(gzip.compress(table.read_bytes()))
    assert "is parquet that is packed as .gz; unpack it" in refused(packed, tmp_path / "work")
    packed.write_bytes(gzip.compress(gzip.compress(b"a,b\n1,2\n")))
    assert "is packed twice; unpack it once" in refused(packed, tmp_path / "work")
    packed.write_bytes(gzip.compress(b"a,b\n1,2\n" * 10_000)[:-20])
    assert "could not be unpacked as .gz" in refused(packed, tmp_path / "work")
    assert "is empty" in refused(written(tmp_path, ""), tmp_path / "work")
