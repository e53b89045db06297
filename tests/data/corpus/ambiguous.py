"""Files that two conventions read in full: read with a note that names the column, both readings and the flag."""

from datetime import datetime

from corpus.case import Ambiguous

ITEMS = ["ash", "box", "elm", "fir", "oak"]
POINT, COMMA = {"decimal": "."}, {"decimal": ","}
DAY, MONTH = {"dayfirst": True}, {"dayfirst": False}


def numbers(name, cells, *, separator, default=None, points, commas):
    """Return a case whose column `load` is read as `points` or `commas`, by the decimal mark."""
    quoted = [f'"{cell}"' if separator in cell else cell for cell in cells]
    rows = "".join(f"{item}{separator}{cell}\n" for item, cell in zip(ITEMS, quoted, strict=True))
    readings = [(POINT, {"item": ITEMS, "load": points}), (COMMA, {"item": ITEMS, "load": commas})]
    return Ambiguous(name, f"item{separator}load\n" + rows, "load", "--decimal", readings, default)


def moments(name, cells, *, order="dmy", clock=None):
    """Return a case whose column `seen` is read with the day first or the month first."""
    rows = "".join(f"{item},{cell}\n" for item, cell in zip(ITEMS, cells, strict=True))
    parts = [[int(part) for part in cell.split(" ")[0].replace("-", "/").split("/")] for cell in cells]
    hours = clock or [(0, 0)] * len(cells)
    years = [year if year > 99 else 2000 + year for _, _, year in parts]
    first = [datetime(year, b, a, *at) for (a, b, _), year, at in zip(parts, years, hours, strict=True)]
    second = [datetime(year, a, b, *at) for (a, b, _), year, at in zip(parts, years, hours, strict=True)]
    readings = [(DAY, {"item": ITEMS, "seen": first}), (MONTH, {"item": ITEMS, "seen": second})]
    return Ambiguous(name, "item,seen\n" + rows, "seen", "--dayfirst", readings)


CASES = [
    numbers("three decimals or thousands between semicolons", ["1.250", "2.375", "14.125", "8.500", "3.875"],
            separator=";", default=1, points=[1.25, 2.375, 14.125, 8.5, 3.875], commas=[1250, 2375, 14125, 8500, 3875]),
    numbers("thousands points beside a smaller number", ["2.068", "990", "12.400", "75", "1.120"],
            separator=";", default=1, points=[2.068, 990, 12.4, 75, 1.12], commas=[2068, 990, 12400, 75, 1120]),
    numbers("three decimals behind commas, semicolons", ["1,250", "2,375", "14,125", "8,500", "3,875"],
            separator=";", default=1, points=[1250, 2375, 14125, 8500, 3875], commas=[1.25, 2.375, 14.125, 8.5, 3.875]),
    numbers("groups in quotes", ["1,250", "2,375", "14,125", "8,500", "3,875"],
            separator=",", default=0, points=[1250, 2375, 14125, 8500, 3875], commas=[1.25, 2.375, 14.125, 8.5, 3.875]),
    numbers("groups in quotes beside a smaller number", ["1,250", "375", "14,125", "8,500", "90"],
            separator=",", default=0, points=[1250, 375, 14125, 8500, 90], commas=[1.25, 375, 14.125, 8.5, 90]),
    numbers("points and three digits between commas", ["1.250", "2.375", "14.125", "8.500", "3.875"],
            separator=",", points=[1.25, 2.375, 14.125, 8.5, 3.875], commas=[1250, 2375, 14125, 8500, 3875]),
    numbers("points and three digits between tabs", ["1.250", "2.375", "14.125", "8.500", "3.875"],
            separator="\t", points=[1.25, 2.375, 14.125, 8.5, 3.875], commas=[1250, 2375, 14125, 8500, 3875]),
    numbers("commas and three digits between tabs", ["1,250", "2,375", "14,125", "8,500", "3,875"],
            separator="\t", points=[1250, 2375, 14125, 8500, 3875], commas=[1.25, 2.375, 14.125, 8.5, 3.875]),
    numbers("points and three digits between bars", ["1.250", "2.375", "14.125", "8.500", "3.875"],
            separator="|", points=[1.25, 2.375, 14.125, 8.5, 3.875], commas=[1250, 2375, 14125, 8500, 3875]),
    moments("slashes", ["03/04/2021", "05/02/2021", "11/12/2021", "01/08/2021", "07/06/2021"]),
    moments("slashes without zeros", ["3/4/2021", "5/2/2021", "11/12/2021", "1/8/2021", "7/6/2021"]),
    moments("slashes and two digits of the year", ["3/4/21", "5/2/21", "11/12/20", "1/8/19", "7/6/21"]),
    moments("dashes", ["03-04-2021", "05-02-2021", "11-12-2021", "01-08-2021", "07-06-2021"]),
    moments("slashes with times", ["03/04/2021 10:30", "05/02/2021 08:15", "11/12/2021 23:45", "01/08/2021 00:00",
                                   "07/06/2021 12:00"], clock=[(10, 30), (8, 15), (23, 45), (0, 0), (12, 0)]),
    Ambiguous("one of two columns of numbers, integers say nothing", """\
item;count;load
ash;12;1.250
box;7;2.375
elm;30;14.125
fir;4;8.500
oak;19;3.875
""", "load", "--decimal", [
        (POINT, {"item": ITEMS, "count": [12, 7, 30, 4, 19], "load": [1.25, 2.375, 14.125, 8.5, 3.875]}),
        (COMMA, {"item": ITEMS, "count": [12, 7, 30, 4, 19], "load": [1250, 2375, 14125, 8500, 3875]}),
    ], 1),
]  # fmt: skip
