"""Single cells that do not fit a column of numbers or dates: gaps, and listed with their lines."""

from datetime import datetime

from corpus.case import Case

NUMBERS = ["1.5", "12.25", "3.0", "7.75", "20.5", "4.25", "9.0", "11.5", "2.75", "6.0", "8.25", "10.5"]
DAYS = ["2022-01-03", "2022-01-15", "2022-02-01", "2022-02-14", "2022-03-05", "2022-03-30", "2022-04-11", "2022-05-02",
        "2022-05-23", "2022-06-17", "2022-07-04", "2022-08-29"]  # fmt: skip


def odd(name: str, place: int, cell: str, kind: str = "number", *, mark: str = ".", notes=None) -> Case:
    """Return a case whose row `place` (from 0) has an odd cell; its line in the file is `place` + 2."""
    shown = [number.replace(".", mark) for number in NUMBERS] if kind == "number" else list(DAYS)
    read = [float(number) for number in NUMBERS] if kind == "number" else [datetime.fromisoformat(day) for day in DAYS]
    shown[place], read[place] = cell, None
    separator = ";" if mark == "," else ","
    letters = list("abcdefghijkl")
    rows = "".join(f"{letter}{separator}{cell}\n" for letter, cell in zip(letters, shown, strict=True))
    expected = {"item": letters, "value": read}
    told = ["value", rf"\b{place + 2}\b"] if notes is None else notes
    return Case(name, f"item{separator}value\n" + rows, expected, notes=told)


CASES = [
    odd("TBD", 3, "TBD", notes=["value", "TBD", r"\b5\b"]),
    odd("a word in the last row", 11, "broken", notes=["value", "broken", r"\b13\b"]),
    odd("a word in the first row", 0, "see below", notes=["value", "see below", r"\b2\b"]),
    odd("a sentence", 5, "not measured because of rain"),
    odd("a word between decimal commas", 4, "defekt", mark=","),
    odd("two points", 6, "9..0"),
    odd("a letter in a number", 2, "3.O"),
    odd("a date among numbers", 8, "2021-05-03"),
    odd("a day that is not in the calendar", 5, "2022-02-30", "day"),
    odd("a month that is not in the calendar", 7, "2022-13-01", "day"),
    odd("a word among dates", 2, "soon", "day"),
    odd("a zero date", 9, "0000-00-00", "day", notes=[]),
    odd("the 29th of February in a common year", 1, "2022-02-29", "day"),
    Case("two odd cells in twenty-four", """\
n,reading,state
1,20.5,ok
2,21.25,ok
3,error,bad
4,20.75,ok
5,22.0,ok
6,21.5,ok
7,19.75,ok
8,20.0,ok
9,20.25,ok
10,21.0,ok
11,22.25,ok
12,21.75,ok
13,reset,bad
14,20.5,ok
15,20.75,ok
16,19.5,ok
17,20.0,ok
18,21.25,ok
19,21.5,ok
20,22.5,ok
21,20.25,ok
22,19.25,ok
23,20.0,ok
24,21.0,ok
""", {
        "n": list(range(1, 25)),
        "reading": [20.5, 21.25, None, 20.75, 22.0, 21.5, 19.75, 20.0, 20.25, 21.0, 22.25, 21.75, None, 20.5, 20.75,
                    19.5, 20.0, 21.25, 21.5, 22.5, 20.25, 19.25, 20.0, 21.0],
        "state": ["ok", "ok", "bad", *["ok"] * 9, "bad", *["ok"] * 11],
    }, notes=["reading", "error", "reset", r"\b4\b", r"\b14\b"]),
    Case("odd cells in two columns, below a title", """\
Prices of flats

flat,size,price
f01,61.5,310000
f02,142.0,645000
f03,88.5,on request
f04,28.0,179000
f05,74.5,355000
f06,approx,268000
f07,95.25,420000
f08,110.0,499000
f09,38.75,205000
f10,66.0,315000
f11,81.5,372000
""", {
        "flat": [f"f{number:02d}" for number in range(1, 12)],
        "size": [61.5, 142.0, 88.5, 28.0, 74.5, None, 95.25, 110.0, 38.75, 66.0, 81.5],
        "price": [310000, 645000, None, 179000, 355000, 268000, 420000, 499000, 205000, 315000, 372000],
    }, notes=["size", "price", "on request", r"\b6\b", r"\b9\b"]),
    Case("too many words for a column of numbers", """\
lamp,watts
a,60
b,low
c,40
d,high
e,75
f,low
g,none of these
h,100
""", {
        "lamp": list("abcdefgh"),
        "watts": ["60", "low", "40", "high", "75", "low", "none of these", "100"],
    }),
    Case("numbers, as said, whatever else is there", """\
lamp,watts
a,60
b,low
c,40
d,high
e,75
f,25
g,15
h,100
""", {
        "lamp": list("abcdefgh"),
        "watts": [60, None, 40, None, 75, 25, 15, 100],
    }, {"numeric": ["watts"]}, notes=["watts", "low", "high", r"\b3\b", r"\b5\b"]),
    Case("odd cells after lines inside quotes", """\
name,remark,stars
a,"one
two",4.5
b,fine,3.25
c,"three
four
five",2.0
d,fine,many
e,fine,4.75
f,fine,1.5
g,fine,3.0
h,fine,2.25
i,fine,4.0
j,fine,3.5
k,fine,2.75
""", {
        "name": list("abcdefghijk"),
        "remark": ["one\ntwo", "fine", "three\nfour\nfive", *["fine"] * 8],
        "stars": [4.5, 3.25, 2.0, None, 4.75, 1.5, 3.0, 2.25, 4.0, 3.5, 2.75],
    }, notes=["stars", "many", r"\b8\b"]),
]  # fmt: skip
