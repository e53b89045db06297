"""Files made at random in many conventions, each with its table and with what another convention would read.

Shares no code with the reader. A file is *ambiguous* where the other decimal mark, or the other order of day and
month, reads every cell of the file too and at least one differently. It is in *slight doubt* where that holds but for
evidence that a careful person may leave out: the totals row, groups in some cells of a column and not in others, and
dates with points, where the day comes first everywhere.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

NO_BREAK = "\u00a0"
OTHER = {".": ",", ",": "."}

FACTORS: dict[str, tuple[str, ...]] = {
    "separator": (",", ";", "\t", "|"),
    "decimal": (".", ","),
    "thousands": ("", "mark", " ", NO_BREAK, "'"),  # `mark`: the one of . and , that is not the decimal mark
    "quoting": ("minimal", "text", "all"),
    "encoding": ("utf-8", "utf-8-sig", "utf-16", "cp1252"),
    "date": ("iso", "minutes", "zone", "year slash", "points", "day slash", "month slash", "day dash", "letters",
             "oracle", "afternoon", "month", "quarter"),
    "missing": ("", "NA", "n/a", "-", "NULL", "#N/A", "NaN"),
    "footer": ("none", "blank", "total", "source", "total and source"),
    "head": ("names", "index", "title", "comments", "no names"),
    "unit": ("", "kg", "€", "%"),
    "line end": ("\n", "\r\n"),
}  # fmt: skip

WORDS = [
    "ash", "box", "elm", "fir", "oak", "yew", "lime", "plum", "pear", "beech", "maple", "willow", "cedar", "rowan",
    "hazel", "Bäume", "Straße", "façade", "Öl", "crème", "señor", "Århus", "north", "south", "east", "west", "upper",
    "lower", "old", "new", "red", "blue", "green", "grey",
]  # fmt: skip
NAMES = [
    "length", "width", "height", "weight", "price", "rent", "depth", "level", "speed", "power", "yield", "load", "rain",
    "people", "rooms", "Größe", "Fläche", "coût", "salaire", "altura", "size", "rate",
]  # fmt: skip


@dataclass
class Column:
    """A column as it is written, and its cells as they are meant; number cells also without units."""

    name: str
    kind: str
    cells: list[Any]
    shown: list[str]
    bare: list[str] = field(default_factory=list)
    total: str = ""


@dataclass(frozen=True)
class Doubt:
    """What else the file can be read as: the flag that settles it, the right option, readings of the columns."""

    flag: str
    options: dict[str, Any]
    slight: bool
    readings: dict[str, list[tuple[Any, Any]]]


@dataclass(frozen=True)
class GeneratedTable:
    number: int
    factors: dict[str, str]
    content: bytes
    table: dict[str, list[Any]]
    doubts: tuple[Doubt, ...]


# Numbers


def grouped(digits: str, mark: str) -> str:
    return re.sub(r"(?<=\d)(?=(?:\d{3})+$)", mark, digits) if mark else digits


def written(value: int, decimals: int, decimal: str, mark: str, *, trimmed: bool = False) -> tuple[float | int, str]:
    """Return value / 10^decimals and how it is written."""
    digits = str(abs(value)).rjust(decimals + 1, "0")
    integer, fraction = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    fraction = fraction.rstrip("0") if trimmed else fraction
    shown = ("-" if value < 0 else "") + grouped(integer, mark) + (decimal + fraction if fraction else "")
    number = float(f"{'-' if value < 0 else ''}{integer}.{fraction or 0}")
    return (int(number) if decimals == 0 else number), shown


def number_column(random: Random, name: str, rows: int, factors: dict[str, str], narrow: bool) -> Column:
    """Return a column of one style; a narrow one has nothing that settles the convention by itself."""
    mark = OTHER[factors["decimal"]] if factors["thousands"] == "mark" else factors["thousands"]
    styles: dict[str, tuple[int, int, int, bool]] = {
        "small": (1, 999, 0, False),
        "large": (100, 5_000_000, 0, False),
        "one": (-500, 99_999, 1, False),
        "two": (-5_000, 999_999, 2, False),
        "cents": (100, 99_999_999, 2, False),
        "four": (-99_999, 999_999, 4, False),
        "trimmed": (1, 99_999, 2, True),
        "share": (0, 999, 3, False),
        "three": (1_000, 999_999, 3, False),
        "thousands": (100, 999_999, 0, False),
        "year": (1950, 2023, 0, False),
    }
    usual = ("small", "large", "one", "two", "cents", "four", "trimmed", "share", "three", "year")
    hidden = ("small", "three", "year") if not mark else ("small", "three", "thousands", "thousands", "year")
    least, most, decimals, trimmed = styles[style := random.choice(hidden if narrow else usual)]
    cells, shown, total = [], [], 0
    for _ in range(rows):
        value = random.randint(least, most)
        total += value
        cell, text = written(value, decimals, factors["decimal"], "" if style == "year" else mark, trimmed=trimmed)
        cells.append(cell)
        shown.append(text)
    _, sum_shown = written(total, decimals, factors["decimal"], mark, trimmed=trimmed)
    return Column(name, "number", cells, shown, list(shown), "" if style == "year" else sum_shown)


def with_unit(column: Column, unit: str) -> None:
    if unit:
        dress: Callable[[str], str] = (lambda text: f"{unit}{text}") if unit == "€" else (lambda text: f"{text} {unit}")
        column.shown = [dress(text) for text in column.shown]
        column.total = dress(column.total) if column.total else ""


def value_of(text: str, decimal: str) -> float | None:
    """Return the number that a cell is with this decimal mark, None where it is none."""
    mark = re.escape(OTHER[decimal])
    pattern = rf"-?(\d+|[1-9]\d{{0,2}}(?:([{mark} {NO_BREAK}'])\d{{3}}(?:\2\d{{3}})*))(?:{re.escape(decimal)}(\d+))?"
    if not (found := re.fullmatch(pattern, text)):
        return None
    integer = re.sub(r"\D", "", found[1])
    return float(f"{'-' if text[0] == '-' else ''}{integer}.{found[3] or 0}")


def groups_differ(cells: Iterable[str], decimal: str) -> bool:
    """Whether some cells have groups with this decimal mark while others of four and more digits have none."""
    integers = [cell.split(decimal)[0].lstrip("-") for cell in cells]
    return any(not part.isdigit() for part in integers) and any(part.isdigit() and len(part) > 3 for part in integers)


def doubt_of_numbers(columns: list[Column], decimal: str, totals: bool) -> Doubt | None:
    numbers = [column for column in columns if column.kind == "number"]
    readings: dict[str, list[tuple[Any, Any]]] = {}
    slight = False
    for column in numbers:
        others = [value_of(text, OTHER[decimal]) for text in column.bare if text]
        if None in others:
            return None
        values = [value_of(text, decimal) for text in column.bare if text]
        if pairs := [(one, other) for one, other in zip(values, others, strict=True) if one != other]:
            readings[column.name] = pairs
        slight |= groups_differ([text for text in column.bare if text], OTHER[decimal])
        total = re.sub(r"^€| (?:kg|%)$", "", column.total)
        slight |= totals and bool(total) and value_of(total, OTHER[decimal]) is None
    return Doubt("--decimal", {"decimal": decimal}, slight, readings) if readings else None


# Dates

SWAPPED = {"points": "slight", "day slash": "ambiguous", "month slash": "ambiguous", "day dash": "ambiguous",
           "afternoon": "ambiguous"}  # fmt: skip
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def shown_date(moment: datetime, form: str, padded: bool) -> str:
    year, month, day = moment.year, moment.month, moment.day
    two = "02d" if padded else "d"
    clock = f"{moment.hour % 12 or 12}:{moment.minute:02d} {'AM' if moment.hour < 12 else 'PM'}"
    local = moment + timedelta(hours=2)
    forms = {
        "iso": f"{year}-{month:02d}-{day:02d}",
        "minutes": f"{year}-{month:02d}-{day:02d} {moment.hour:02d}:{moment.minute:02d}",
        "zone": local.isoformat(sep="T" if padded else " ") + "+02:00",
        "year slash": f"{year}/{month:{two}}/{day:{two}}",
        "points": f"{day:{two}}.{month:{two}}.{year}",
        "day slash": f"{day:{two}}/{month:{two}}/{year}",
        "month slash": f"{month:{two}}/{day:{two}}/{year}",
        "day dash": f"{day:02d}-{month:02d}-{year}",
        "letters": f"{MONTHS[month - 1]} {day:{two}}, {year}",
        "oracle": f"{day:02d}-{MONTHS[month - 1].upper()}-{year % 100:02d}",
        "afternoon": f"{month:{two}}/{day:{two}}/{year} {clock}",
        "month": f"{year}-{month:02d}",
        "quarter": f"{year}Q{(month + 2) // 3}",
    }
    return forms[form]


def meant_date(moment: datetime, form: str) -> datetime:
    """Return what is left of the moment in this form."""
    if form == "zone":
        return moment
    if form in ("minutes", "afternoon"):
        return moment.replace(second=0)
    day = datetime(moment.year, moment.month, moment.day)
    if form == "month":
        return day.replace(day=1)
    return day.replace(month=(day.month + 2) // 3 * 3 - 2, day=1) if form == "quarter" else day


def date_column(random: Random, name: str, rows: int, form: str, narrow: bool) -> Column:
    padded = random.random() < 0.6
    moments = [
        datetime(
            random.randint(1995, 2023), random.randint(1, 12), random.randint(1, 12 if narrow else 28),
            random.randint(0, 23), random.randint(0, 59), random.randint(0, 59),
        )
        for _ in range(rows)
    ]  # fmt: skip
    return Column(
        name,
        "date",
        [meant_date(moment, form) for moment in moments],
        [shown_date(moment, form, padded) for moment in moments],
    )


def doubt_of_dates(columns: list[Column], form: str) -> Doubt | None:
    if form not in SWAPPED:
        return None
    readings: dict[str, list[tuple[Any, Any]]] = {}
    for column in columns:
        if column.kind != "date":
            continue
        present = [cell for cell in column.cells if cell is not None]
        if any(cell.day > 12 for cell in present):
            return None
        pairs = [(cell, cell.replace(month=cell.day, day=cell.month)) for cell in present if cell.day != cell.month]
        if pairs:
            readings[column.name] = pairs
    first = form not in ("month slash", "afternoon")
    return Doubt("--dayfirst", {"dayfirst": first}, SWAPPED[form] == "slight", readings) if readings else None


# Text


def text_column(random: Random, name: str, rows: int, separator: str) -> Column:
    cells = []
    for _ in range(rows):
        words = random.sample(WORDS, random.randint(1, 3))
        between = random.choices((" ", separator.strip() + " ", ' "', "\n"), (90, 5, 3, 2))[0]
        text = between.join(words) + ('"' if between == ' "' and len(words) == 2 else "")
        cells.append(text.strip())
    return Column(name, "text", cells, list(cells))


def other_column(random: Random, name: str, rows: int) -> Column:
    """Return a column of booleans, codes with leading zeros or few words."""
    match random.choice(("bool", "code", "level")):
        case "bool":
            cells = [random.random() < 0.5 for _ in range(rows)]
            capitals = random.random() < 0.3
            return Column(name, "bool", cells, [str(cell).upper() if capitals else str(cell) for cell in cells])
        case "code":
            cells = [f"{random.randint(0, 99_999):05d}" for _ in range(rows)]
            cells[0] = f"0{random.randint(0, 9_999):04d}"  # no gap gets into the first row
            return Column(name, "text", cells, list(cells))
        case _:
            levels = random.sample(WORDS, 4)
            cells = [random.choice(levels) for _ in range(rows)]
            return Column(name, "text", cells, list(cells))


# The file


def with_gaps(random: Random, column: Column, mark: str) -> None:
    """Lose some cells, none of the first row; text loses them to empty cells alone."""
    if column.kind == "bool" or random.random() < 0.5:
        return
    for place in range(1, len(column.cells)):
        if random.random() < 0.08:
            column.cells[place] = None
            column.shown[place] = "" if column.kind == "text" else mark
            if column.bare:
                column.bare[place] = ""


def quoted(text: str, quoting: str, is_text: bool, separator: str) -> str:
    needed = separator in text or '"' in text or "\n" in text
    wanted = quoting == "all" or (quoting == "text" and is_text and text != "")
    return '"' + text.replace('"', '""') + '"' if needed or wanted else text


def file_of(random: Random, columns: list[Column], factors: dict[str, str]) -> str:
    separator, quoting, head = factors["separator"], factors["quoting"], factors["head"]
    index = head == "index"

    def line(cells: list[str], kinds: list[str]) -> str:
        return separator.join(
            quoted(cell, quoting, kind in ("text", "date"), separator) for cell, kind in zip(cells, kinds, strict=True)
        )

    kinds = (["number"] if index else []) + [column.kind for column in columns]
    lines = []
    if head == "title":
        lines += [f"Survey of {random.choice(WORDS)} and {random.choice(WORDS)}", ""][: random.randint(1, 2)]
    if head == "comments":
        lines += ["# written by a logger", "# version 4"][: random.randint(1, 2)]
    if head != "no names":
        lines.append(line(([""] if index else []) + [column.name for column in columns], ["text"] * len(kinds)))
    for row in range(len(columns[0].cells)):
        lines.append(line(([str(row)] if index else []) + [column.shown[row] for column in columns], kinds))
    if "total" in factors["footer"]:
        labels = ["Total" if place == 0 else column.total for place, column in enumerate(columns)]
        lines.append(line(([""] if index else []) + labels, kinds))
    if "source" in factors["footer"]:
        lines += ["", random.choice(("Source: Office of Statistics", "Source: own count 2021"))]
    if factors["footer"] == "blank":
        lines += ["", ""]
    return factors["line end"].join([*lines, ""])


def generated(seed: int, number: int) -> GeneratedTable:
    """Return the file with this number; it depends on seed and number alone."""
    random = Random(f"{seed}-{number}")
    factors = {name: random.choice(values) for name, values in FACTORS.items()}
    rows = random.randint(8, 40)
    narrow_numbers, narrow_dates = random.random() < 0.15, random.random() < 0.15
    names = random.sample(NAMES, 3)
    columns = [
        number_column(random, name, rows, factors, narrow_numbers) for name in names[: random.randint(1, len(names))]
    ]
    dates = [
        date_column(random, name, rows, factors["date"], narrow_dates)
        for name in ("day", "sent")[: 1 if random.random() < 0.8 else 2]
    ]
    others = [other_column(random, name, rows) for name in ("note", "flag")[: random.randint(0, 2)]]
    with_unit(columns[0], factors["unit"])
    rest = columns + dates + others
    random.shuffle(rest)
    columns = [text_column(random, "item", rows, factors["separator"]), *rest]
    for column in columns[1:]:
        with_gaps(random, column, factors["missing"])
    index = factors["head"] == "index"
    if factors["head"] == "no names":
        for place, column in enumerate(columns, start=1):
            column.name = f"column_{place}"
    table = {"column_1": list(range(rows))} if index else {}
    table |= {column.name: column.cells for column in columns}
    doubts = (
        doubt_of_numbers(columns, factors["decimal"], "total" in factors["footer"]),
        doubt_of_dates(columns, factors["date"]),
    )
    content = file_of(random, columns, factors).encode(factors["encoding"])
    return GeneratedTable(number, factors, content, table, tuple(doubt for doubt in doubts if doubt))


def tables(seed: int, count: int) -> Iterator[GeneratedTable]:
    for number in range(count):
        yield generated(seed, number)
