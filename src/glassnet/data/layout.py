"""Where the table is among the rows of a file: its names, its body, and what stands around them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np

from glassnet.data.missing import MARKS_OF_MISSING
from glassnet.data.parse_dates import read_date, read_duration
from glassnet.data.parse_numbers import number_values, plain, split_number
from glassnet.data.report import Note, TableError, some

HEAD, TAIL = 100, 40  # rows that are looked at
COMMENT = re.compile(r"\s*(#|//|%|--|;;|\*\*)")
MOSTLY = 0.6
RULE = re.compile(r"[-=_+|:]+")
ROW_COUNT = re.compile(r"\W*\d+ (rows?|records?|datens\w+|zeilen|lignes|filas)\b.*", re.IGNORECASE)
TOTAL = re.compile(
    r"(grand |sub|overall )?(total|totals|summe|gesamt|gesamtsumme|insgesamt|summa|somme|totale|totaal|suma|celkem|razem|итого|合計|"
    r"average|mittelwert|durchschnitt|moyenne|promedio|overall|anzahl)\b.{0,20}$"
    r"|(sums?|mean|media|median|count|std|min|max)\W*$",  # the others are names too
    re.IGNORECASE,
)
FOOTER = re.compile(
    r"\W*(source|note|notes|footnote|data|copyright|©|generated|exported|created|report|quelle|stand|hinweis|anmerkung|"
    r"source:|nota|fuente|fonte|last updated|as of|end of|eof|\d+ rows?|\d+ records?|page)\b",
    re.IGNORECASE,
)
UNITS = frozenset(
    [
        "m",
        "cm",
        "mm",
        "km",
        "mi",
        "ft",
        "in",
        "ha",
        "ar",
        "acre",
        "acres",
        "g",
        "kg",
        "mg",
        "t",
        "tons",
        "dt",
        "lb",
        "lbs",
        "oz",
        "l",
        "ml",
        "hl",
        "s",
        "sec",
        "min",
        "h",
        "hr",
        "d",
        "day",
        "days",
        "yr",
        "year",
        "years",
        "°c",
        "°f",
        "c",
        "f",
        "k",
        "degc",
        "hpa",
        "pa",
        "kpa",
        "mbar",
        "bar",
        "psi",
        "v",
        "kv",
        "a",
        "ma",
        "w",
        "kw",
        "mw",
        "kwh",
        "mwh",
        "hz",
        "khz",
        "mhz",
        "n",
        "j",
        "kj",
        "%",
        "percent",
        "pct",
        "ppm",
        "ppb",
        "count",
        "number",
        "n/a",
        "-",
        "eur",
        "usd",
        "gbp",
        "chf",
        "€",
        "$",
        "£",
        "date",
        "time",
        "datetime",
        "string",
        "text",
        "str",
        "int",
        "integer",
        "float",
        "double",
        "bool",
        "boolean",
        "char",
        "varchar",
        "numeric",
        "decimal",
        "object",
        "category",
        "factor",
        "id",
        "name",
        "unit",
        "units",
        "yyyy-mm-dd",
        "dd.mm.yyyy",
        "dd/mm/yyyy",
        "mm/dd/yyyy",
        "hh:mm",
        "hh:mm:ss",
        "m/s",
        "km/h",
        "mph",
        "m2",
        "m3",
        "m²",
        "m³",
        "kg/m3",
        "kg/m³",
        "mg/l",
        "ug/m3",
        "µg/m³",
        "mg/m3",
        "g/l",
        "w/m2",
        "w/m²",
    ]
)
RESPONSES = frozenset({"response", "open-ended response"})  # below the names in exports of SurveyMonkey
SOURCE = re.compile(r"\W*(source|sources|note|notes|quelle|hinweis|anmerkung|fuente|fonte|nota)s?\s*:", re.IGNORECASE)
BRACKETED = re.compile(r"[(\[<{].{0,24}[)\]>}]$")


@dataclass(frozen=True)
class Layout:
    """A table among rows.

    Parameters
    ----------
    names : tuple of str
        The names of its columns.
    columns : array of int
        The places of its columns in the rows.
    body : array of int
        The places of its rows.
    notes : tuple of Note
        What was left out, and what was decided.
    """

    names: tuple[str, ...]
    columns: np.ndarray
    body: np.ndarray
    notes: tuple[Note, ...]


def find_layout(
    name: str, rows: Sequence[Sequence[str]], lines: Sequence[int], header: int | str | None = None
) -> Layout:
    """Return where the table is; `header` is the line of its names, "none", or None to look for it.

    Raises `TableError` for a row with more cells than there are columns.
    """
    notes: list[Note] = []
    width = _width(rows)
    kinds = _Kinds(rows, width)
    end = _end(rows, lines, width, kinds, notes)
    if header == "none":
        names_row, first = None, _skip_titles(rows[:end], width)
    elif isinstance(header, int):
        names_row, first = _given(name, lines, header)
    else:
        names_row, first = _find_header(rows[:end], lines, kinds, notes)
    cells = [] if names_row is None else list(rows[names_row])
    left_out = [row for row in range(first) if names_row is None or row < names_row]
    if names_row is not None and names_row + 1 < first and _completes(rows, names_row):
        cells = _completed(cells, rows[names_row + 1])
        notes.append(
            Note("header", f"the names stand in two rows, lines {lines[names_row]} and {lines[names_row + 1]}")
        )
    if left_out and header != "none":
        shown = [_joined(rows[row]) for row in left_out]
        notes.append(
            Note(
                "rows",
                f"{len(left_out)} row(s) that are no part of the table were left out at its start: {some(shown)}",
            )
        )
    body = _body(rows, lines, first, end, cells, width, notes)
    if not len(body):
        raise TableError(f"{name!r} has column names but no rows")
    longest = max(len(rows[row]) for row in body)
    if cells and len(cells) < longest:
        cells = _longer(name, rows, lines, body, cells, longest, notes)
    names = _names(name, cells, max(longest, len(cells)), names_row is None, notes)
    used = _used_columns(rows, body, cells, names, notes)
    return Layout(tuple(names[place] for place in used), np.array(used), np.array(body), tuple(notes))


def _width(rows: Sequence[Sequence[str]]) -> int:
    """Return the usual number of cells of a row, without empty ones that all rows end with."""
    lengths = Counter(len(row) for row in rows)
    return max(lengths, key=lambda length: (lengths[length], length))


class _Kinds:
    """What the cells of the first and last rows are: "number" (dates too), "text" or "" where nothing is."""

    def __init__(self, rows: Sequence[Sequence[str]], width: int) -> None:
        self.rows, self.width = rows, width
        self._known: dict[str, str] = {}
        count = len(rows)
        sample = (
            range(min(5, count // 4), min(count, HEAD)) if count > 4 else range(1, count) if count > 1 else range(count)
        )
        self.numeric = [column for column in range(width) if self._is_numeric(column, sample)]

    def of(self, row: int, column: int) -> str:
        cells = self.rows[row]
        return self.of_cell(cells[column]) if column < len(cells) else ""

    def of_cell(self, cell: str) -> str:
        if cell not in self._known:
            self._known[cell] = _kind(cell)
        return self._known[cell]

    def _is_numeric(self, column: int, sample: range) -> bool:
        found = Counter(self.of(row, column) for row in sample)
        return found["number"] > 0 and found["number"] >= MOSTLY * (found["number"] + found["text"])


def _kind(cell: str) -> str:
    bare = plain(cell)
    if bare.lower() in MARKS_OF_MISSING:
        return ""
    parts = split_number(bare)
    if parts is not None and number_values(parts.digits, parts.exponent) and len(parts.suffix) < 12:
        return "number"
    is_moment = read_date(bare, True) or read_date(bare, False) or read_duration(bare) is not None
    return "number" if is_moment else "text"


def _filled(row: Sequence[str]) -> int:
    return sum(map(bool, map(str.strip, row)))


def _joined(row: Sequence[str]) -> str:
    text = " ".join(cell.strip() for cell in row if cell.strip())
    return text if len(text) <= 60 else text[:57] + "..."


def _find_header(
    rows: Sequence[Sequence[str]], lines: Sequence[int], kinds: _Kinds, notes: list[Note]
) -> tuple[int | None, int]:
    """Return the row of names, or None, and the first row of the body."""
    full, first = _full_rows(rows, kinds)
    if not full and first and _is_comment(rows[first - 1], 0) and len(rows[first - 1]) == kinds.width > 1:
        return first - 1, first  # names behind a "#"
    if not full and first < len(rows) and _is_header_of_numbers(rows, first, kinds):
        notes.append(
            Note(
                "header",
                f"the names of line {lines[first]} are numbers ({some(rows[first])}); if they are a row of the table, type "
                "--header none",
            )
        )
        return first, first + 1
    if not full:
        sparse = [
            row for row in range(first) if len(rows[row]) == kinds.width and not _is_title(rows[row], kinds.width)
        ]
        if sparse:
            return sparse[-1], first
        notes.append(
            Note(
                "header",
                "it has no line of names, so the columns are column_1, column_2, ...; --header says which line has them",
            )
        )
        return None, first
    return _names_among(rows, lines, full, kinds, notes), first


def _full_rows(rows: Sequence[Sequence[str]], kinds: _Kinds) -> tuple[list[int], int]:
    """Return the rows before the body that are text where the table has numbers, and the first row of the body.

    Where no column holds numbers, the first row with as many cells as the table has the names.
    """
    usual = median([_filled(row) for row in rows[:HEAD]])
    least = max(1.0, MOSTLY * min(kinds.width, usual))
    full: list[int] = []
    for row in range(min(len(rows), HEAD)):
        cells = rows[row]
        if _is_comment(cells, kinds.width) or _is_rule(cells) or len(cells) < kinds.width - 1:
            continue
        if _filled(cells) < least and not _completes(rows, row):
            continue
        if full and full[-1] == row - 1 and _completes(rows, row - 1):
            full.append(row)
            continue
        found = [kinds.of(row, column) for column in kinds.numeric]
        if "number" in found and not _has_names_of_numbers(cells, found, row, kinds):
            if "text" in found and _names_follow(rows, row, least, kinds):
                continue
            return _without_odd_rows(rows, full, row, kinds)
        if not kinds.numeric and full:
            return full, row
        if kinds.numeric and "text" not in found and full:
            return full, row  # numbers are missing
        full.append(row)
    end = full[-1] + 1 if full and not kinds.numeric else 0
    return (full[:1], full[0] + 1) if full and not kinds.numeric else (full, end)


def _has_names_of_numbers(cells: Sequence[str], found: list[str], row: int, kinds: _Kinds) -> bool:
    """Return whether the first row has names, some of which have digits: plant, 2019, 2020, or ram, 3G, 4G."""
    if row:
        return False
    numbers = [place for place, cell in enumerate(cells) if kinds.of_cell(cell) == "number"]
    if not any(
        _are_alike(cells[place], [below[place] for below in kinds.rows[1:HEAD] if place < len(below)])
        for place in numbers
    ):
        return True
    return "text" in found and _count_up([cells[place] for place in numbers])


def _are_alike(cell: str, below: Sequence[str]) -> bool:
    """Return whether a number has letters as those below it have, or none as they have."""
    lettered = [any(character.isalpha() for character in other) for other in below if other.strip()]
    return not any(character.isalpha() for character in cell) or sum(lettered) > len(lettered) / 2


def _names_follow(rows: Sequence[Sequence[str]], row: int, least: float, kinds: _Kinds) -> bool:
    """Return whether names come before the next row without text where the table has numbers."""
    for later in range(row + 1, min(len(rows), row + HEAD)):
        found = {kinds.of(later, column) for column in kinds.numeric}
        if not {"text", "number"} <= found and _filled(rows[later]) >= least:
            return "text" in found
    return False


def _without_odd_rows(
    rows: Sequence[Sequence[str]], full: list[int], first: int, kinds: _Kinds
) -> tuple[list[int], int]:
    """Return full rows without those that are the first of the body: words where a single column has numbers."""
    while len(full) > 1 and len(kinds.numeric) == 1 and full[-1] == first - 1 and not _are_units(rows[full[-1]]):
        odd, above = rows[full[-1]][kinds.numeric[0]], rows[full[-2]][kinds.numeric[0]]
        if " " not in odd.strip() or " " in above.strip():
            break
        first = full.pop()
    return full, first


def _names_among(
    rows: Sequence[Sequence[str]], lines: Sequence[int], full: list[int], kinds: _Kinds, notes: list[Note]
) -> int:
    """Return which of several full rows has the names: the last one, but for units and descriptions below names."""
    names = full[-1]
    for above in reversed(full[:-1]):
        below = rows[names]
        if above == names - 1 and _completes(rows, above):
            return above
        what = "units or kinds" if _are_units(below) else "descriptions" if _describes(below, rows[above]) else ""
        if not what:
            break
        shown = [f"{n.strip()}: {u.strip()}" for n, u in zip(rows[above], below, strict=False) if u.strip()]
        notes.append(Note("header", f"line {lines[names]} has {what} ({some(shown)}); it was left out"))
        names = above
    return names


def _describes(row: Sequence[str], names: Sequence[str]) -> bool:
    """Return whether a row explains the short names above it."""
    short = [cell.strip() for cell in names if cell.strip()]
    words = [cell.strip() for cell in row if cell.strip()]
    are_names = len(set(short)) == len(short) >= len(words) and all(
        re.fullmatch(r"[\w.\-]{1,30}", cell) for cell in short
    )
    return are_names and sum(map(len, words)) > 2 * sum(map(len, short)) and any(" " in word for word in words)


def _completes(rows: Sequence[Sequence[str]], above: int) -> bool:
    """Return whether the row below names has one for every column without: beside "Response", or answers to tick.

    Such a column has no other cells than its answer.
    """
    if above + 1 >= len(rows):
        return False
    names, below = rows[above], rows[above + 1]
    places = range(min(len(names), len(below)))
    filled = [below[place].strip().lower() for place in places if names[place].strip() and below[place].strip()]
    empty = [place for place in places if not names[place].strip()]
    if not all(below[place].strip() for place in empty):
        return False
    later = [row for row in rows[above + 2 : above + HEAD] if len(row) >= len(places)]
    ticked = [place for place in empty if {row[place] for row in later} <= {"", below[place]}]
    responses = sum(cell in RESPONSES for cell in filled)
    return responses > len(filled) / 2 or (responses > 0 and len(empty) > 1 and len(ticked) > len(empty) / 2)


def _completed(names: Sequence[str], below: Sequence[str]) -> list[str]:
    """Return names, taken from the row below them where they are missing or it has an answer that can be ticked."""
    pairs = zip(names, [*below, *[""] * (len(names) - len(below))], strict=False)
    return [name if name.strip() and (not other.strip() or other.strip().lower() in RESPONSES) else other
            for name, other in pairs]  # fmt: skip


def _is_title(row: Sequence[str], width: int) -> bool:
    """Return whether a row has one cell where the table has several."""
    return width > 2 and _filled(row) == 1 and bool(row[0].strip()) and len(row) <= width


def _count_up(numbers: Sequence[str]) -> bool:
    """Return whether numbers are names: integers from 0 or 1 on, or different years or months."""
    if not numbers or len(numbers) != len(set(numbers)):
        return False
    if not all(number.strip().isdecimal() for number in numbers):
        return all(re.fullmatch(r"(1[89]|20)\d\d([-/.]?[QqMW]?\d{1,2}){0,2}", number.strip()) for number in numbers)
    integers = [int(number) for number in numbers]
    steps = {later - earlier for earlier, later in pairwise(integers)}
    return all(1800 <= number <= 2100 for number in integers) or (integers[0] in (0, 1) and steps <= {1})


def _is_header_of_numbers(rows: Sequence[Sequence[str]], first: int, kinds: _Kinds) -> bool:
    """Return whether the first row has names such as 2019, 2020, 2021, or 0, 1, 2, unlike the cells below it."""
    numbers = [cell.strip() for cell in rows[first] if kinds.of_cell(cell) == "number"]
    if not _count_up(numbers) or (len(numbers) == 1 and (len(rows) < 4 or int(numbers[0]) < 1800)):
        return False
    below = [
        cells[column].strip()
        for cells in rows[first + 1 : first + 20]
        for column in kinds.numeric
        if column < len(cells)
    ]
    if not all(number.isdecimal() for number in numbers):
        return sum(_count_up([cell]) for cell in below) < len(below) / 2
    low, high = min(map(int, numbers)), max(map(int, numbers))
    alike = sum(cell.isdecimal() and low - 5 <= int(cell) <= high + 5 for cell in below)
    return alike < len(below) / 2 if len(numbers) > 1 else alike == 0


def _is_comment(row: Sequence[str], width: int) -> bool:
    return bool(row) and COMMENT.match(row[0]) is not None and (len(row) != width or width == 1 or _filled(row) == 1)


def _is_rule(row: Sequence[str]) -> bool:
    """Return whether a row is a line drawn between others."""
    longest = 0
    for cell in row:
        bare = cell.strip()
        if bare and not RULE.fullmatch(bare):
            return False
        longest = max(longest, len(bare))
    return longest > 2


def _are_units(row: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    known = sum(bool(BRACKETED.match(cell)) or cell.lower() in UNITS for cell in cells)
    return bool(cells) and known >= MOSTLY * len(cells)


def _given(name: str, lines: Sequence[int], header: int) -> tuple[int, int]:
    if header not in lines:
        raise TableError(
            f"{name!r} has no row in line {header} to take names from (--header); its rows begin in line {lines[0]}"
        )
    row = lines.index(header)
    return row, row + 1


def _skip_titles(rows: Sequence[Sequence[str]], width: int) -> int:
    """Return the first row that is not a title or a comment."""
    return next(
        (row for row, cells in enumerate(rows) if not _is_comment(cells, width) and not _is_title(cells, width)), 0
    )


def _end(rows: Sequence[Sequence[str]], lines: Sequence[int], width: int, kinds: _Kinds, notes: list[Note]) -> int:
    """Return the end of the body: before totals, sources and comments."""
    end, usual = len(rows), median([_filled(row) for row in rows[:HEAD]])
    left: list[str] = []
    with_gaps = any(_is_name_alone(row, width) for row in rows[10:-TAIL])
    while end > 2 and len(rows) - end < TAIL:
        row = rows[end - 1]
        if with_gaps and _is_name_alone(row, width) and not FOOTER.match(row[0]):
            break
        if _is_footer(row, width, usual, kinds, rows[max(0, end - TAIL) : end - 1]):
            left.append(f"{_joined(row)!r} (line {lines[end - 1]})")
        elif _is_total(rows, end - 1, kinds):
            notes.append(Note("total", f"line {lines[end - 1]} holds totals ({_joined(row)}) and was left out"))
        else:
            break
        end -= 1
    if left:
        notes.append(Note("rows", f"{len(left)} row(s) behind the table were left out: {', '.join(left[::-1][:3])}"
                          + (f" and {len(left) - 3} more" if len(left) > 3 else "")))  # fmt: skip
    return end


def _is_footer(row: Sequence[str], width: int, usual: float, kinds: _Kinds, before: Sequence[Sequence[str]]) -> bool:
    """Return whether a row is text below the table: a comment, or one cell where the rows of the table have several."""
    if _is_comment(row, width) or _is_rule(row):
        return True
    text = " ".join(cell for cell in row if cell.strip())
    if ROW_COUNT.fullmatch(text.strip()) or (len(row) != width and SOURCE.match(text)):
        return True
    if width == 1:
        numeric = 0 in kinds.numeric
        return numeric and kinds.of_cell(row[0]) == "text" and bool(FOOTER.match(row[0]))
    if _filled(row) != 1:
        short = len(row) < width and _filled(row) < usual / 2
        return short and bool(FOOTER.match(next(cell for cell in row if cell.strip())))
    cell = next(cell for cell in row if cell.strip())
    if kinds.of_cell(cell) == "number":
        return False
    usually_short = sum(len(other) == len(row) for other in before) > len(before) / 2
    return (len(row) < width and not usually_short) or (
        usual >= 2 and row[0] == cell and (usual > 2 or bool(FOOTER.match(cell)))
    )


def _is_name_alone(row: Sequence[str], width: int) -> bool:
    """Return whether a row has a short name and no other cell, though as many places as the table."""
    return len(row) == width > 1 and not any(map(str.strip, row[1:])) and 0 < len(row[0].split()) <= 4


def _is_total(rows: Sequence[Sequence[str]], row: int, kinds: _Kinds) -> bool:
    """Return whether a row holds totals: it says so where no other row does, or its numbers are sums of all others."""
    cells = rows[row]
    places = [place for place, cell in enumerate(cells) if TOTAL.match(cell.strip())]
    said = any(
        not any(TOTAL.match(other[place].strip()) for other in rows[1 : row - 2] if place < len(other))
        for place in places
    )
    numbers = [place for place in kinds.numeric if place < len(cells) and kinds.of_cell(cells[place]) == "number"]
    if said:
        texts = [place for place, cell in enumerate(cells) if place not in places and kinds.of_cell(cell) == "text"]
        usual = sum(kinds.of_cell(cell) == "text" for cell in rows[row - 1])
        return len(texts) <= max(1, usual / 2) and (bool(numbers) or _filled(cells) <= 2)
    empty = [place for place in range(kinds.width) if place >= len(cells) or not cells[place].strip()]
    named = [
        place
        for place in empty
        if all(place < len(other) and other[place].strip() for other in rows[max(0, row - 20) : row])
    ]
    if not named or not numbers or len(named) + len(numbers) < _filled(rows[row - 1]):
        return False
    return all(_sums_up(rows, row, place) for place in numbers)


def _sums_up(rows: Sequence[Sequence[str]], row: int, place: int) -> bool:
    """Return whether a cell is the sum of those above it."""
    for mark in (".", ","):
        total = _number(rows[row][place], mark)
        above = [_number(other[place], mark) for other in rows[:row] if place < len(other)]
        known = [value for value in above if value is not None]
        if total is not None and len(known) > 2 and abs(sum(known) - total) <= 1e-3 * abs(total) and total != 0:
            return True
    return False


def _number(cell: str, mark: str) -> float | None:
    parts = split_number(plain(cell))
    values = {} if parts is None else number_values(parts.digits, parts.exponent)
    return None if parts is None or mark not in values else parts.sign * values[mark]  # pyright: ignore[reportArgumentType]


def _body(
    rows: Sequence[Sequence[str]],
    lines: Sequence[int],
    first: int,
    end: int,
    names: list[str],
    width: int,
    notes: list[Note],
) -> list[int]:
    """Return the rows of the table, without comments and names that are repeated."""
    body: list[int] = []
    repeated: list[int] = []
    comments: list[int] = []
    rules = 0
    for row in range(first, end):
        cells = rows[row]
        if names and list(cells) == names:
            repeated.append(lines[row])
        elif len(cells) != width and COMMENT.match(cells[0]) and _filled(cells) < max(2, width) and not _is_rule(cells):
            comments.append(lines[row])
        elif _is_rule(cells):
            rules += 1
        else:
            body.append(row)
    if repeated:
        notes.append(Note("header", f"the names come again in line(s) {some(repeated)} and were left out there"))
    if comments:
        notes.append(Note("comments", f"comments in line(s) {some(comments)} were left out"))
    if rules:
        notes.append(Note("rows", f"{rules} line(s) of dashes were left out"))
    return body


def _longer(
    name: str,
    rows: Sequence[Sequence[str]],
    lines: Sequence[int],
    body: list[int],
    names: list[str],
    longest: int,
    notes: list[Note],
) -> list[str]:
    """Return the names of rows that are longer: they end with nothing, or begin with a name of the row, as R writes it."""
    count = len(names)
    if (
        longest == count + 1
        and all(len(rows[row]) == longest for row in body)
        and any(rows[row][-1].strip() for row in body)
    ):
        notes.append(
            Note("header", "the line of names has one cell less than the rows, which begin with a name of the row")
        )
        return ["", *names]
    long = next((row for row in body if any(cell.strip() for cell in rows[row][count:])), None)
    if long is not None:
        raise TableError(
            f"{name!r}: line {lines[long]} has {len(rows[long])} cells, but there are {count} names; the first without a name is "
            f"{next(cell for cell in rows[long][count:] if cell.strip())!r}. Correct it, quote its text, or say what stands "
            "between the cells with --separator"
        )
    return names


def _names(name: str, cells: list[str], width: int, none: bool, notes: list[Note]) -> list[str]:
    """Return a name for every column, each of its own."""
    bare = [" ".join(cell.replace("\ufeff", "").split()) for cell in cells] + [""] * (width - len(cells))
    if bare and cells and COMMENT.match(cells[0]) and len(bare[0]) > 1:
        bare[0] = bare[0].lstrip("#/%- ") or bare[0]
    empty = [place for place, text in enumerate(bare) if not text]
    names: list[str] = []
    twice = []
    for place, text in enumerate(bare):
        new = text or f"column_{place + 1}"
        number = 2
        while new in names:
            new, number = f"{text or 'column'}_{number}", number + 1
        if text and new != text:
            twice.append(f"{text!r} is {new!r}")
        names.append(new)
    if twice:
        notes.append(Note("duplicates", f"names that come more than once got a number: {', '.join(twice[:5])}"))
    if empty and not none:
        notes.extend(
            Note("header", f"column {place + 1} has no name; it is {names[place]!r}", names[place])
            for place in empty[:5]
        )
    return names


def _used_columns(
    rows: Sequence[Sequence[str]], body: list[int], cells: list[str], names: list[str], notes: list[Note]
) -> list[int]:
    """Return the columns that have a name or a cell."""
    unnamed = [place for place in range(len(names)) if place >= len(cells) or not cells[place].strip()]
    empty = {place for place in unnamed if not any(place < len(rows[row]) and rows[row][place].strip() for row in body)}
    if empty:
        gone = {names[place] for place in empty}
        notes[:] = [note for note in notes if note.column not in gone]
        notes.append(Note("columns", f"{len(empty)} empty column(s), without a name and without a cell, were left out"))
    return [place for place in range(len(names)) if place not in empty]
