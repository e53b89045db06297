"""Marks of missing cells in columns of numbers and dates, and sentinels."""

from datetime import datetime

from corpus.case import Case


def marked(name: str, *marks: str, decimal: str = ".", options=None) -> Case:
    """Return a case whose column of numbers has each mark once, among ten numbers."""
    numbers = [1.5, 12.25, 3.0, 7.75, 20.5, 4.25, 9.0, 11.5, 2.75, 6.0]
    cells, expected = [], []
    for place, number in enumerate(numbers):
        cells.append(str(number).replace(".", decimal))
        expected.append(number)
        if place < len(marks):
            cells.append(marks[place])
            expected.append(None)
    separator = ";" if decimal == "," else ","
    rows = [f"s{place:02d}x{separator}{cell}\n" for place, cell in enumerate(cells)]
    sites = [f"s{place:02d}x" for place in range(len(cells))]
    text = f"site{separator}load\n" + "".join(rows)
    return Case(name, text, {"site": sites, "load": expected}, options or {})


def sentinel(name: str, cell: str, notes=("temp",), options=None, missing: bool = False) -> Case:
    """Return a case whose column of temperatures has a sentinel three times among 14 numbers."""
    temperatures = ["12.5", "13.25", cell, "11.0", "14.75", cell, "12.0", "15.5", "13.0", "10.25", cell, "11.5", "16.0"]
    hours = list(range(len(temperatures)))
    expected = [None if missing and shown == cell else float(shown) for shown in temperatures]
    rows = "".join(f"{hour},{shown}\n" for hour, shown in zip(hours, temperatures, strict=True))
    return Case(name, "hour,temp\n" + rows, {"hour": hours, "temp": expected}, options or {}, notes)


CASES = [
    marked("nothing, NA, N/A, n/a", "", "NA", "N/A", "n/a"),
    marked("NaN in all spellings", "NaN", "nan", "-NaN", "-nan", "NAN"),
    marked("null and None", "null", "NULL", "None", "none", "Null"),
    marked("errors of Excel", "#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"),
    marked("errors of Excel in German", "#NV", "#WERT!", "#BEZUG!", "#ZAHL!", decimal=","),
    marked("pandas", "<NA>", "#N/A N/A", "#NA", "NaT", "1.#QNAN", "-1.#IND", "1.#IND", "-1.#QNAN"),
    marked("abbreviations with points", "n.a.", "N.A.", "n.d.", "n/d"),
    marked("SQL", "\\N", "(null)", "[NULL]", "NULL"),
    marked("points", ".", "..", "..."),
    marked("dashes", "-", "--", "---", "–", "—"),
    marked("statistical offices", ":", ": c", ": u", "*", "..", "x", "/", decimal=","),
    marked("not detected and question marks", "ND", "nd", "?", "??"),
    marked("words", "missing", "unknown", "not available", "(blank)"),
    marked("spaces alone", " ", "  ", '" "', '""'),
    marked("marks between semicolons", "k.A.", "-", "", "NA", decimal=","),
    marked("a mark as said", "88.88", "88.88", options={"na": ["88.88"]}),
    marked("a word as said", "verschollen", "verschollen", "verschollen", options={"na": ["verschollen"]}),
    sentinel("-200 is remarked on", "-200", ["-200", "temp", "--na|na="]),
    sentinel("-999 is remarked on", "-999", ["-999", "temp", "--na|na="]),
    sentinel("-9999.0 is remarked on", "-9999.0", ["-9999", "temp"]),
    sentinel("999 is remarked on", "999", ["999", "temp"]),
    sentinel("-200 is missing, as said", "-200", [], {"na": ["-200"]}, missing=True),
    sentinel("-999 is missing, as said", "-999", [], {"na": ["-999"]}, missing=True),
    Case("codes for no answer are remarked on", """\
person,age,visits
a,34,2
b,51,0
c,27,99
d,45,3
e,62,1
f,38,99
g,29,4
h,55,2
i,41,6
j,33,99
k,48,1
l,59,0
""", {
        "person": list("abcdefghijkl"),
        "age": [34, 51, 27, 45, 62, 38, 29, 55, 41, 33, 48, 59],
        "visits": [2, 0, 99, 3, 1, 99, 4, 2, 6, 99, 1, 0],
    }, notes=["99", "visits"]),
    Case("marks among dates", """\
order,sent,weight
1,2021-01-05,1.5
2,,2.25
3,N/A,0.75
4,2021-01-18,3.0
5,-,1.25
6,2021-02-09,2.0
7,NULL,4.5
8,2021-03-31,0.5
""", {
        "order": [1, 2, 3, 4, 5, 6, 7, 8],
        "sent": [datetime(2021, 1, 5), None, None, datetime(2021, 1, 18), None, datetime(2021, 2, 9), None,
                 datetime(2021, 3, 31)],
        "weight": [1.5, 2.25, 0.75, 3.0, 1.25, 2.0, 4.5, 0.5],
    }),
    Case("marks among dates with slashes", """\
order,sent
1,13/01/2021
2,#N/A
3,n.a.
4,18/01/2021
5,00/00/0000
6,09/02/2021
7,30/03/2021
8,02/04/2021
9,05/04/2021
10,21/04/2021
11,01/05/2021
12,11/05/2021
13,12/05/2021
""", {
        "order": list(range(1, 14)),
        "sent": [datetime(2021, 1, 13), None, None, datetime(2021, 1, 18), None, datetime(2021, 2, 9),
                 datetime(2021, 3, 30), datetime(2021, 4, 2), datetime(2021, 4, 5), datetime(2021, 4, 21),
                 datetime(2021, 5, 1), datetime(2021, 5, 11), datetime(2021, 5, 12)],
    }),
    Case("gaps in text", "name,colour,size\na,red,1.5\nb,,2.25\nc,blue,\nd,\"\",4.0\ne,red,0.5\n", {
        "name": ["a", "b", "c", "d", "e"],
        "colour": ["red", None, "blue", None, "red"],
        "size": [1.5, 2.25, None, 4.0, 0.5],
    }),
    Case("a column of nothing but gaps", "a,b,c\n1.5,,x\n2.5,,y\n3.5,,x\n0.5,,z\n", {
        "a": [1.5, 2.5, 3.5, 0.5],
        "b": [None, None, None, None],
        "c": ["x", "y", "x", "z"],
    }),
    Case("most cells missing", """\
site;pm10;pm25
a;NA;NA
b;NA;12,5
c;17,25;NA
d;NA;NA
e;NA;8,0
f;21,5;NA
g;NA;NA
h;NA;NA
""", {
        "site": list("abcdefgh"),
        "pm10": [None, None, 17.25, None, None, 21.5, None, None],
        "pm25": [None, 12.5, None, None, 8.0, None, None, None],
    }),
    Case("marks in integers", "id,kids\na1,2\nb2,NA\nc3,0\nd4,1\ne5,\nf6,3\n", {
        "id": ["a1", "b2", "c3", "d4", "e5", "f6"],
        "kids": [2, None, 0, 1, None, 3],
    }),
]  # fmt: skip
