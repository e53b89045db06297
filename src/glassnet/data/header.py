"""Which row of a file has the names of the columns: by what the cells of all rows are."""

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from glassnet.data.report import Note, TableError, some
from glassnet.data.row_kinds import HEAD, MOSTLY, RowKinds, filled, is_comment, is_rule, is_title, joined

_UNITS = """
    m cm mm km mi ft in ha ar acre acres g kg mg t tons dt lb lbs oz l ml hl s sec min h hr d day days yr year
    years °c °f c f k degc hpa pa kpa mbar bar psi v kv a ma w kw mw kwh mwh hz khz mhz n j kj % percent pct ppm
    ppb count number n/a - eur usd gbp chf € $ £ date time datetime string text str int integer float double bool
    boolean char varchar numeric decimal object category factor id name unit units continuous discrete nominal
    ordinal categorical bigint yyyy-mm-dd dd.mm.yyyy
    dd/mm/yyyy mm/dd/yyyy hh:mm hh:mm:ss m/s km/h mph m2 m3 m² m³ kg/m3 kg/m³ mg/l ug/m3 µg/m³ mg/m3 g/l w/m2 w/m²
"""
UNITS = frozenset(_UNITS.split())
RESPONSES = frozenset({"response", "open-ended response"})  # below the names in exports of SurveyMonkey
LEAST_NAMES = 3  # that stand above numbers, for a first row with numbers to be names
LEAST_BELOW = 5  # rows below, for names to be looked for among them
BRACKETED = re.compile(r"[(\[<{].{0,24}[)\]>}]$")


def find_header(
    rows: Sequence[Sequence[str]], lines: Sequence[int], kinds: RowKinds, notes: list[Note]
) -> tuple[int | None, int]:
    """Return the row of names, or None, and the first row of the body."""
    full, first = _full_rows(rows, kinds)
    if not full and first and is_comment(rows[first - 1], 0) and len(rows[first - 1]) == kinds.width > 1:
        return first - 1, first  # names behind a "#"
    if not full and first < len(rows) and _is_header_of_numbers(rows, first, kinds):
        notes.append(
            Note(
                "header",
                f"the names of line {lines[first]} are numbers ({some(rows[first])}); if they are a row of the "
                "table, type --header none",
            )
        )
        return first, first + 1
    if not full:
        sparse = [row for row in range(first) if len(rows[row]) == kinds.width and not is_title(rows[row], kinds.width)]
        if sparse:
            return sparse[-1], first
        notes.append(
            Note(
                "header",
                "it has no line of names, so the columns are column_1, column_2, ...; --header says which line has "
                "them",
            )
        )
        return None, first
    names = _names_among(rows, lines, full, kinds, notes)
    if not kinds.numeric and _are_values(rows, names):
        what = "the cells of its first row come again below, so the columns are column_1, column_2, ..."
        notes.append(Note("header", f"{what}; --header {lines[names]} takes them for names"))
        return None, names
    numbers = [rows[names][column] for column in kinds.numeric if kinds.of(names, column) == "number"]
    if numbers and not _count_up(numbers):
        what = f"line {lines[names]} has the names, though {some(numbers)} are numbers; if it is a row of the table"
        notes.append(Note("header", f"{what}, type --header none"))
    below = [row for row in range(names + 1, first) if row not in full and not completes(rows, names)]
    if below:
        shown = some(f"{joined(rows[row])} (line {lines[row]})" for row in below)
        notes.append(Note("rows", f"{len(below)} row(s) below the names were left out: {shown}"))
    return names, first


def _full_rows(rows: Sequence[Sequence[str]], kinds: RowKinds) -> tuple[list[int], int]:
    """Return the rows before the body that are text where the table has numbers, and the first row of the body.

    Where no column holds numbers, the first row with as many cells as the table has the names.
    """
    usual = median([filled(row) for row in rows[:HEAD]])
    least = max(1.0, MOSTLY * min(kinds.width, usual))
    full: list[int] = []
    for row in range(min(len(rows), HEAD)):
        cells = rows[row]
        if is_comment(cells, kinds.width) or is_rule(cells) or len(cells) < kinds.width - 1:
            continue
        if filled(cells) < least and not completes(rows, row) and not (full and _has_numbers_alone(row, kinds)):
            continue
        if full and full[-1] == row - 1 and completes(rows, row - 1):
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


def _are_values(rows: Sequence[Sequence[str]], names: int) -> bool:
    """Return whether every cell of a row comes again in its column, in rows that are not the same."""
    others = [row for row in rows[names + 1 :] if row != rows[names]]
    return len(others) > LEAST_BELOW and all(
        any(place < len(row) and row[place] == cell for row in others) for place, cell in enumerate(rows[names])
    )


def _has_numbers_alone(row: int, kinds: RowKinds) -> bool:
    """Return whether a row has numbers where the table has some, and no text there: the first of a series with gaps."""
    found = {kinds.of(row, column) for column in kinds.numeric}
    return "number" in found and "text" not in found


def _has_names_of_numbers(cells: Sequence[str], found: list[str], row: int, kinds: RowKinds) -> bool:
    """Return whether the first row has names, some of which have digits: plant, 2019, 2020, or ram, 3G, 4G."""
    if row:
        return False
    numbers = [place for place, cell in enumerate(cells) if kinds.of_cell(cell) == "number"]
    if not any(
        _are_alike(cells[place], [below[place] for below in kinds.rows[1:HEAD] if place < len(below)])
        for place in numbers
    ):
        return True
    return "text" in found and (_count_up([cells[place] for place in numbers]) or _are_mostly_names(cells, found))


def _are_mostly_names(cells: Sequence[str], found: list[str]) -> bool:
    """Return whether most columns of numbers have text in this row, and no two cells are equal: codes among names."""
    distinct = [cell.strip() for cell in cells if cell.strip()]
    texts, numbers = found.count("text"), found.count("number")
    return texts >= max(LEAST_NAMES, MOSTLY * (texts + numbers)) and len(set(distinct)) == len(distinct)


def _are_alike(cell: str, below: Sequence[str]) -> bool:
    """Return whether a number has letters as those below it have, or none as they have."""
    lettered = [any(character.isalpha() for character in other) for other in below if other.strip()]
    return not any(character.isalpha() for character in cell) or sum(lettered) > len(lettered) / 2


def _names_follow(rows: Sequence[Sequence[str]], row: int, least: float, kinds: RowKinds) -> bool:
    """Return whether names come before the next row without text where the table has numbers."""
    for later in range(row + 1, min(len(rows), row + HEAD)):
        found = {kinds.of(later, column) for column in kinds.numeric}
        if not {"text", "number"} <= found and filled(rows[later]) >= least:
            return "text" in found
    return False


def _without_odd_rows(
    rows: Sequence[Sequence[str]], full: list[int], first: int, kinds: RowKinds
) -> tuple[list[int], int]:
    """Return full rows without those that are the first of the body: texts where a single column has numbers."""
    while len(full) > 1 and len(kinds.numeric) == 1 and full[-1] == first - 1 and not _are_units(rows[full[-1]]):
        odd, above = rows[full[-1]][kinds.numeric[0]], rows[full[-2]][kinds.numeric[0]]
        if " " not in odd.strip() or " " in above.strip():
            break
        first = full.pop()
    return full, first


def _names_among(
    rows: Sequence[Sequence[str]], lines: Sequence[int], full: list[int], kinds: RowKinds, notes: list[Note]
) -> int:
    """Return which of several full rows has the names: the last one, but for units and descriptions below names."""
    names = full[-1]
    for above in reversed(full[:-1]):
        below = rows[names]
        if above == names - 1 and completes(rows, above):
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
    texts = [cell.strip() for cell in row if cell.strip()]
    are_names = len(set(short)) == len(short) >= len(texts) and all(
        re.fullmatch(r"[\w.\-]{1,30}", cell) for cell in short
    )
    return are_names and sum(map(len, texts)) > 2 * sum(map(len, short)) and any(" " in text for text in texts)


def completes(rows: Sequence[Sequence[str]], above: int) -> bool:
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


def completed(names: Sequence[str], below: Sequence[str]) -> list[str]:
    """Return names, taken from the row below them where they are missing or it has an answer that can be ticked."""
    pairs = zip(names, [*below, *[""] * (len(names) - len(below))], strict=False)
    return [name if name.strip() and (not other.strip() or other.strip().lower() in RESPONSES) else other
            for name, other in pairs]  # fmt: skip


def _count_up(numbers: Sequence[str]) -> bool:
    """Return whether numbers are names: integers from 0 or 1 on, or different years or months."""
    if not numbers or len(numbers) != len(set(numbers)):
        return False
    if not all(number.strip().isdecimal() for number in numbers):
        return all(re.fullmatch(r"(1[89]|20)\d\d([-/.]?[QqMW]?\d{1,2}){0,2}", number.strip()) for number in numbers)
    integers = [int(number) for number in numbers]
    steps = {later - earlier for earlier, later in pairwise(integers)}
    return all(1800 <= number <= 2100 for number in integers) or (integers[0] in (0, 1) and steps <= {1})


def _is_header_of_numbers(rows: Sequence[Sequence[str]], first: int, kinds: RowKinds) -> bool:
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


def _are_units(row: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    known = sum(bool(BRACKETED.match(cell)) or cell.lower() in UNITS for cell in cells)
    return bool(cells) and known >= MOSTLY * len(cells)


def given_header(name: str, lines: Sequence[int], header: int) -> tuple[int, int]:
    """Return the row of a line of names, and the one behind it; `TableError` where there is none."""
    if header not in lines:
        raise TableError(
            f"{name!r} has no row in line {header} to take names from (--header); its rows begin in line {lines[0]}"
        )
    row = lines.index(header)
    return row, row + 1


def skip_titles(rows: Sequence[Sequence[str]], width: int) -> int:
    """Return the first row that is not a title or a comment."""
    return next(
        (row for row, cells in enumerate(rows) if not is_comment(cells, width) and not is_title(cells, width)), 0
    )
