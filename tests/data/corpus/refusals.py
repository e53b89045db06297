"""Files and options that cannot be read rightly: refused with the place and what to type."""

import gzip

from corpus.case import Case
from corpus.containers import TEXT, parquet, zipped
from corpus.workbooks import workbook

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
LISTS = parquet({"a": [1, 2], "b": [[1, 2], [3]]})

CASES = [
    Case("nothing", "", error=["empty"]),
    Case("a mark of UTF-8 and nothing", "\ufeff", error=["empty"]),
    Case("names without rows", "a,b,c\n", error=["row"]),
    Case("a row with a cell too many", """\
name,street,price
Ada,Oak Ave,12.5
Bob,Main St, Apt 4,8.25
Cem,Elm Rd,9.75
Dee,Fir Ln,4.5
Eli,Ash Ct,6.0
""", error=["line 3", "4", "3", "quot|separator"]),
    Case("bytes that are not in the encoding that was asked for", "Größe;Preis\n1,5;2\n2,25;3\n".encode("cp1252"),
         options={"encoding": "utf-8"}, error=["line 1|byte", "encoding"]),
    Case("an encoding that is none", TEXT, options={"encoding": "utf-99"}, error=["utf-99", "encoding"]),
    Case("a line of names beyond the end", TEXT, options={"header": 40}, error=["40", "header"]),
    Case("more lines left out than there are", TEXT, options={"skip_rows": 40}, error=["40", "skip.rows"]),
    Case("a column of text that is not there", TEXT, options={"text": ["shopp"]}, error=["shopp", "shop"]),
    Case("a column of numbers that is not there", TEXT, options={"numeric": ["solde"]}, error=["solde", "sold"]),
    Case("gzip that is cut off", gzip.compress(TEXT.encode() * 50)[:-20], error=["gz|compressed|cut"],
         file="table.csv.gz"),
    Case("two tables in a zip", zipped({"a.csv": TEXT, "b.csv": TEXT}), error=["a.csv", "b.csv"], file="table.zip"),
    Case("a zip without files", zipped({}), error=["zip|empty|no "], file="table.zip"),
    Case("a line that is no JSON", '{"a": 1}\n{"a": 2}\n{"a": 3,\n{"a": 4}\n', error=["line 3"], file="table.jsonl"),
    Case("a JSON array that is cut off", '[{"a": 1},\n {"a": 2},\n {"a":', error=["JSON|json"], file="table.json"),
    Case("lists in JSON", '{"a": 1, "b": [1, 2]}\n{"a": 2, "b": [3]}\n', error=["b", "list|array"],
         file="table.jsonl"),
    Case("lists in Parquet", LISTS, error=["b", "list|List"], file="table.parquet"),
    Case("Parquet that is cut off", parquet({"a": [1, 2, 3]})[:-30], error=["[Pp]arquet"], file="table.parquet"),
    Case("a sheet that is not there", workbook({"Data": [["a"], [1], [2]], "Notes": [["b"], [3], [4]]}),
         options={"sheet": "Dta"}, error=["Dta", "Data", "Notes", "sheet"], file="table.xlsx"),
    Case("a picture", PICTURE, error=["PNG|picture|image|binary|bytes"]),
    Case("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), error=["xlsx"], file="table.xls"),
    Case("a page of the web", "<!DOCTYPE html>\n<html><head><title>404</title></head>\n<body>Not found</body></html>\n",
         error=["HTML|html|page"]),
]  # fmt: skip
