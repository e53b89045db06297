"""Ranges, fractions, feet and inches: numbers where nearly all cells of a column have that form, else text."""

from corpus.case import Case

NAMES = ["ash", "box", "elm", "fir", "oak", "yew"]


def column(name: str, cells: str, values: list, *, notes=(), header: str = "size", quoted: bool = False) -> Case:
    """Return a case with one column in question; the cells stand between bars."""
    parts = [f'"{cell}"' if quoted or "," in cell else cell for cell in cells.split("|")]
    rows = (f"{name},{cell}\n" for name, cell in zip(NAMES, parts, strict=True))
    return Case(name, f"name,{header}\n" + "".join(rows), {"name": NAMES, header: values}, notes=notes)


def text(name: str, cells: str, header: str = "code") -> Case:
    return column(name, cells, cells.split("|"), header=header)


CASES = [
    column("ranges", "2100 - 2850|1200 - 1500|900 - 1100|3000 - 4000|650 - 800|1000 - 1250",
           [2475, 1350, 1000, 3500, 725, 1125], notes=["range|middle"]),
    column("ranges without spaces", "25-34|35-44|18-24|45-54|25-34|55-64", [29.5, 39.5, 21, 49.5, 29.5, 59.5],
           header="age", notes=["range|middle"]),
    column("ranges with a long dash", "10–19|20–49|50–99|100–249|10–19|20–49", [14.5, 34.5, 74.5, 174.5, 14.5, 34.5],
           header="staff"),
    column("ranges with to", "10 to 20|5 to 10|20 to 40|10 to 20|40 to 80|0 to 5", [15, 7.5, 30, 15, 60, 2.5]),
    column("ranges of money", "$1,000 - $2,000|$500 - $1,000|$2,000 - $5,000|$100 - $500|$500 - $1,000|$5,000 - $9,000",
           [1500, 750, 3500, 300, 750, 7000], header="income"),
    column("ranges of decimals", "1.5-2.5|0.5-0.75|2.5-4.0|1.5-2.5|4.0-8.0|0.5-0.75",
           [2, 0.625, 3.25, 2, 6, 0.625]),
    column("ranges beside some numbers", "2100 - 2850|1200|900 - 1100|3000 - 4000|650 - 800|1000 - 1250",
           [2475, 1200, 1000, 3500, 725, 1125], notes=["range|middle"]),
    column("fractions", "1/2|3/4|1/4|5/8|3/8|7/8", [0.5, 0.75, 0.25, 0.625, 0.375, 0.875], notes=["fraction"]),
    column("fractions behind integers", "1 1/2|2 3/4|3/4|5 1/8|1 3/8|2", [1.5, 2.75, 0.75, 5.125, 1.375, 2]),
    column("feet and inches", "5'11\"|6'2\"|5'7\"|6'0\"|5'10\"|6'4\"", [71, 74, 67, 72, 70, 76],
           notes=["inch|feet|foot"]),
    column("feet and inches without the last mark", "5'11|6'2|5'7|6'0|5'10|6'4", [71, 74, 67, 72, 70, 76]),
    Case("feet and inches in quotes", '''\
player,height,weight
Abel,"6'2""",201
Bell,"5'11""",185
Cole,"6'7""",240
Dean,"6'0""",190
Ford,"5'9""",172
''', {
        "player": ["Abel", "Bell", "Cole", "Dean", "Ford"],
        "height": [74, 71, 79, 72, 69],
        "weight": [201, 185, 240, 190, 172],
    }),
    Case("feet and inches, stray quotes, a column behind", '''\
player,height,weight
Abel,6'2",201
Bell,5'11",185
Cole,6'7",240
Dean,6'0",190
Ford,5'9",172
''', {
        "player": ["Abel", "Bell", "Cole", "Dean", "Ford"],
        "height": [74, 71, 79, 72, 69],
        "weight": [201, 185, 240, 190, 172],
    }),
    column("feet and inches in words", "5 ft 11 in|6 ft 2 in|5 ft 7 in|6 ft 0 in|5 ft 10 in|6 ft 4 in",
           [71, 74, 67, 72, 70, 76]),
    text("seasons are no ranges", "2018-19|2019-20|2017-18|2020-21|2018-19|2019-20", "season"),
    text("results of games are no ranges", "2-1|0-0|1-3|4-2|1-1|3-0", "result"),
    text("a few ranges among words", "10-20|many|few|20-30|some|none yet", "stock"),
    text("blood pressure is no fraction", "120/80|135/85|118/76|142/91|125/82|110/70", "pressure"),
    text("screens", "1920x1080|1366x768|2560x1440|1920x1080|1280x800|3840x2160", "screen"),
    text("models that end in numbers", "Model 3|Model S|Model X|Model 3|Model Y|Roadster", "model"),
    text("models that begin with numbers", "3 Series|A4|5 Series|C Class|320d|Golf 7", "model"),
    text("addresses", "12 Main St|7 Oak Ave|103 Elm Rd|9 Mill Ln|44 Park Dr|2 Hill Ct", "address"),
    text("sizes of clothes", "S|M|XL|L|M|XXL"),
    text("grades with signs", "A+|B-|C|A-|B+|A", "grade"),
]  # fmt: skip
