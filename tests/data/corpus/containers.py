"""Compressed files, Parquet, JSON and workbooks, noticed by content."""

import gzip
from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl
import pyarrow as pa

from corpus.case import Case
from corpus.workbooks import ErrorCell, Formula, workbook

TEXT = """\
shop,sold,share
north,120,0.25
south,85,0.5
east,230,0.125
west,64,0.75
hill,12,0.875
"""
TABLE = {
    "shop": ["north", "south", "east", "west", "hill"],
    "sold": [120, 85, 230, 64, 12],
    "share": [0.25, 0.5, 0.125, 0.75, 0.875],
}
GERMAN = TEXT.replace(",", ";").replace(".", ",")


def zipped(parts: dict[str, str | bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return buffer.getvalue()


def zstandard(content: bytes) -> bytes:
    return pa.Codec("zstd").compress(content, asbytes=True)


def parquet(columns: dict[str, list]) -> bytes:
    buffer = BytesIO()
    pl.DataFrame(columns).write_parquet(buffer)
    return buffer.getvalue()


JSON_LINES = """\
{"shop": "north", "sold": 120, "share": 0.25}
{"shop": "south", "sold": 85, "share": 0.5}
{"shop": "east", "sold": 230, "share": 0.125}
{"shop": "west", "sold": 64, "share": 0.75}
{"shop": "hill", "sold": 12, "share": 0.875}
"""
JSON = "[" + ",\n ".join(JSON_LINES.splitlines()) + "]\n"
SHEET = [["shop", "sold", "share"], *(list(row) for row in zip(*TABLE.values(), strict=True))]
LOANS = [
    ["loan", "from", "signed", "amount", "open", "rate"],
    ["L1", date(2021, 1, 5), datetime(2021, 1, 4, 10, 30), 12000, True, 4.5],
    ["L2", date(2021, 2, 9), datetime(2021, 2, 8, 16, 15), 8500.5, False, 3.25],
    ["L3", date(2021, 3, 31), datetime(2021, 3, 30, 9, 0), 23000, True, None],
    ["L4", date(2021, 11, 12), datetime(2021, 11, 11, 12, 45), 6400, True, 5.0],
    ["L5", date(2021, 12, 24), datetime(2021, 12, 23, 8, 0), 1200.25, False, 2.75],
]
LOAN_TABLE = {
    "loan": ["L1", "L2", "L3", "L4", "L5"],
    "from": [datetime(2021, 1, 5), datetime(2021, 2, 9), datetime(2021, 3, 31), datetime(2021, 11, 12),
             datetime(2021, 12, 24)],
    "signed": [datetime(2021, 1, 4, 10, 30), datetime(2021, 2, 8, 16, 15), datetime(2021, 3, 30, 9),
               datetime(2021, 11, 11, 12, 45), datetime(2021, 12, 23, 8)],
    "amount": [12000, 8500.5, 23000, 6400, 1200.25],
    "open": [True, False, True, True, False],
    "rate": [4.5, 3.25, None, 5.0, 2.75],
}  # fmt: skip

CASES = [
    Case("gzip", gzip.compress(TEXT.encode()), TABLE, file="table.csv.gz"),
    Case("gzip that is called .csv", gzip.compress(TEXT.encode()), TABLE, file="table.csv"),
    Case("gzip in two parts", gzip.compress(TEXT[:40].encode()) + gzip.compress(TEXT[40:].encode()), TABLE,
         file="table.csv.gz"),
    Case("zip", zipped({"table.csv": TEXT}), TABLE, file="table.zip"),
    Case("zip with a folder and the remains of a Mac", zipped({
        "data/": "", "data/table.csv": TEXT, "__MACOSX/data/._table.csv": b"\x00\x05\x16\x07", ".DS_Store": b"\x00\x00",
    }), TABLE, file="table.zip"),
    Case("zip that is called .csv", zipped({"table.csv": GERMAN}), TABLE, file="table.csv"),
    Case("zstd", zstandard(TEXT.encode()), TABLE, file="table.csv.zst"),
    Case("zstd that is called .csv", zstandard(GERMAN.encode()), TABLE, file="table.csv"),
    Case("gzip of cp1252", gzip.compress("Größe;Preis\n1,5;2\n2,25;3\n4,0;7\n".encode("cp1252")),
         {"Größe": [1.5, 2.25, 4.0], "Preis": [2, 3, 7]}, file="t.csv.gz"),
    Case("gzip of JSON lines", gzip.compress(JSON_LINES.encode()), TABLE, file="table.jsonl.gz"),
    Case("a table without an ending", TEXT, TABLE, file="table"),
    Case("Parquet", parquet(TABLE), TABLE, file="table.parquet"),
    Case("Parquet that is called .csv", parquet(TABLE), TABLE, file="table.csv"),
    Case("Parquet with pandas's index", parquet({**TABLE, "__index_level_0__": [3, 1, 4, 0, 2]}),
         {**TABLE, "__index_level_0__": [3, 1, 4, 0, 2]}, file="table.parquet"),
    Case("Parquet with dates, booleans and gaps", parquet({
        "day": [date(2021, 1, 5), date(2021, 1, 6), None], "at": [datetime(2021, 1, 5, 10, 30), None,
        datetime(2021, 1, 6, 8)], "ok": [True, None, False], "x": [1.5, None, float("nan")]}), {
        "day": [datetime(2021, 1, 5), datetime(2021, 1, 6), None],
        "at": [datetime(2021, 1, 5, 10, 30), None, datetime(2021, 1, 6, 8)],
        "ok": [True, None, False],
        "x": [1.5, None, None],
    }, file="table.parquet"),
    Case("JSON lines", JSON_LINES, TABLE, file="table.jsonl"),
    Case("JSON lines that are called .csv", JSON_LINES, TABLE, file="table.csv"),
    Case("JSON lines that are called .json", JSON_LINES, TABLE, file="table.json"),
    Case("JSON lines with blank lines", JSON_LINES.replace("\n", "\n\n"), TABLE, file="table.jsonl"),
    Case("a JSON array", JSON, TABLE, file="table.json"),
    Case("a JSON array with a mark of UTF-8", "\ufeff" + JSON, TABLE, file="table.json"),
    Case("NaN in JSON lines", """\
{"a": 1.5, "b": "x"}
{"a": NaN, "b": "y"}
{"a": 2.25, "b": null}
{"a": null, "b": "x"}
{"a": 4, "b": "z"}
""", {"a": [1.5, None, 2.25, None, 4], "b": ["x", "y", None, "x", "z"]}, file="table.jsonl"),
    Case("NaN in a JSON array", '[{"a": 1.5, "b": 3}, {"a": NaN, "b": 5}, {"a": 0.25, "b": 8}]', {
        "a": [1.5, None, 0.25],
        "b": [3, 5, 8],
    }, file="table.json"),
    Case("keys that are missing in some lines of JSON", """\
{"a": 1.5, "b": "x"}
{"b": "y", "c": 3}
{"a": 2.25, "c": 5}
{"c": 8, "b": "z", "a": 4}
""", {"a": [1.5, None, 2.25, 4], "b": ["x", "y", None, "z"], "c": [None, 3, 5, 8]}, file="table.jsonl"),
    Case("objects in objects", """\
[{"name": "a", "size": {"w": 1.5, "h": 2}, "at": "2021-01-05"},
 {"name": "b", "size": {"w": 2.25, "h": 3}, "at": "2021-01-06"},
 {"name": "c", "size": {"w": 0.5, "h": null}, "at": "2021-01-07"},
 {"name": "d", "size": null, "at": null}]
""", {
        "name": ["a", "b", "c", "d"],
        "size.w": [1.5, 2.25, 0.5, None],
        "size.h": [2, 3, None, None],
        "at": [datetime(2021, 1, 5), datetime(2021, 1, 6), datetime(2021, 1, 7), None],
    }, file="table.json"),
    Case("objects in objects in objects", """\
{"id": "p1", "place": {"city": "Bonn", "geo": {"lat": 50.73, "lon": 7.1}}}
{"id": "p2", "place": {"city": "Köln", "geo": {"lat": 50.94, "lon": 6.96}}}
{"id": "p3", "place": {"city": "Neuss", "geo": {"lat": 51.2, "lon": 6.69}}}
""", {
        "id": ["p1", "p2", "p3"],
        "place.city": ["Bonn", "Köln", "Neuss"],
        "place.geo.lat": [50.73, 50.94, 51.2],
        "place.geo.lon": [7.1, 6.96, 6.69],
    }, file="table.ndjson"),
    Case("text in JSON that is numbers, codes and booleans", """\
{"code": "007", "price": "12.50", "ok": true, "km": "12 km"}
{"code": "0042", "price": "8.25", "ok": false, "km": "7.5 km"}
{"code": "1234", "price": "n/a", "ok": true, "km": "101 km"}
{"code": "0001", "price": "4.75", "ok": null, "km": "64 km"}
""", {
        "code": ["007", "0042", "1234", "0001"],
        "price": [12.5, 8.25, None, 4.75],
        "ok": [True, False, True, None],
        "km": [12, 7.5, 101, 64],
    }, file="table.jsonl"),
    Case("a workbook", workbook({"Sheet1": SHEET}), TABLE, file="table.xlsx"),
    Case("a workbook that is called .csv", workbook({"Sheet1": SHEET}), TABLE, file="table.csv"),
    Case("dates, moments and booleans in a workbook", workbook({"Loans": LOANS}), LOAN_TABLE, file="loans.xlsx"),
    Case("a sheet by name", workbook({"Readme": [["Made by hand"], ["see Data"]], "Data": SHEET, "Old": LOANS}), TABLE,
         {"sheet": "Data"}, file="table.xlsx"),
    Case("the first of two sheets with tables, which is said", workbook({"2019": SHEET, "2020": LOANS}), TABLE,
         notes=["2020", "sheet"], file="table.xlsx"),
    Case("an empty sheet beside the table", workbook({"Data": SHEET, "Sheet2": [], "Sheet3": []}), TABLE,
         file="table.xlsx"),
    Case("a title, a total and a remark in a workbook", workbook({"Data": [
        ["Shops of the region"], [], *SHEET, ["Total", 511, 2.5], [], ["Source: own count"]]}), TABLE,
        notes=["total"], file="table.xlsx"),
    Case("a table that begins at C4", workbook({"Data": [[], [], [], *([None, None, *row] for row in SHEET)]}), TABLE,
         file="table.xlsx"),
    Case("errors, formulas and gaps in a workbook", workbook({"Data": [
        ["name", "a", "b"], ["w", 1.5, Formula("B2*3")], ["x", ErrorCell("#N/A"), Formula("B3*3")],
        ["y", 2.25, ErrorCell("#DIV/0!")], ["z", None, 3], ["v", 8.0, 7]]}), {
        "name": ["w", "x", "y", "z", "v"],
        "a": [1.5, None, 2.25, None, 8.0],
        "b": [4.5, 4.5, None, 3, 7],
    }, file="table.xlsx"),
    Case("numbers as text in a workbook", workbook({"Data": [
        ["zip", "price", "weight"], ["01067", "12,50 €", "1.200,5"], ["04109", "8,25 €", "980"],
        ["10115", "1.310,00 €", "64,25"], ["50667", "4,75 €", "2.040"]]}), {
        "zip": ["01067", "04109", "10115", "50667"],
        "price": [12.5, 8.25, 1310.0, 4.75],
        "weight": [1200.5, 980, 64.25, 2040],
    }, file="table.xlsx"),
    Case("times of day in a workbook", workbook({"Data": [
        ["run", "start"], ["a", time(8, 30)], ["b", time(12, 15, 30)], ["c", time(23, 59, 59)], ["d", time(0, 0, 5)]]}),
        {"run": ["a", "b", "c", "d"], "start": [30600, 44130, 86399, 5]}, file="table.xlsx"),
]  # fmt: skip
