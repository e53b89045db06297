"""Where the table of a file ends: before totals, sources and comments."""

import re
from collections.abc import Sequence
from statistics import median

from glassnet.data.parse_numbers import number_values, plain, split_number
from glassnet.data.report import Note
from glassnet.data.row_kinds import HEAD, RowKinds, filled, is_blank, is_comment, is_rule, joined

TAIL = 40  # rows that are looked at
ROW_COUNT = re.compile(r"\W*\d+ (rows?|records?|datens\w+|zeilen|lignes|filas)\b.*", re.IGNORECASE)
LEAST_SUMMED = 5  # rows above a row without a known word, for their sums to be no chance
TOTAL = re.compile(
    r"(grand |sub-?|overall )?(total|totals|summe|gesamt|gesamtsumme|insgesamt|summa|somme|totale|totaal|suma|celkem|"
    r"razem|итого|合計|average|mittelwert|durchschnitt|moyenne|promedio|overall|anzahl)\b.{0,20}$"
    r"|(sums?|mean|media|median|count|std|min|max)\W*$",  # the others are names too
    re.IGNORECASE,
)
FOOTER = re.compile(
    r"\W*(source|note|notes|footnote|data|copyright|©|generated|exported|created|report|quelle|stand|hinweis|anmerkung|"
    r"source:|nota|fuente|fonte|last updated|as of|end of|eof|\d+ rows?|\d+ records?|page)\b",
    re.IGNORECASE,
)
SOURCE = re.compile(r"\W*(source|sources|note|notes|quelle|hinweis|anmerkung|fuente|fonte|nota)s?\s*:", re.IGNORECASE)


def find_end(
    rows: Sequence[Sequence[str]], lines: Sequence[int], width: int, kinds: RowKinds, notes: list[Note]
) -> int:
    """Return the end of the body: before totals, sources and comments."""
    end, usual = len(rows), median([filled(row) for row in rows[:HEAD]])
    left: list[str] = []
    with_gaps = any(is_name_alone(row, width) for row in rows[10:-TAIL])
    total = -1  # the line of the totals that were found last
    while end > 2 and len(rows) - end < TAIL:
        row = rows[end - 1]
        among_others = lines[end - 2] + 1 == lines[end - 1] == total - 1  # between a row and totals, no line blank
        if (with_gaps or among_others) and is_name_alone(row, width) and not FOOTER.match(row[0]):
            break
        if _is_footer(row, width, usual, kinds, rows[max(0, end - TAIL) : end - 1]):
            left.append(f"{joined(row)!r} (line {lines[end - 1]})")
        elif _is_total(rows, end - 1, kinds):
            total = lines[end - 1]
            notes.append(Note("total", f"line {lines[end - 1]} holds totals ({joined(row)}) and was left out"))
        else:
            break
        end -= 1
    if left:
        notes.append(Note("rows", f"{len(left)} row(s) behind the table were left out: {', '.join(left[::-1][:3])}"
                          + (f" and {len(left) - 3} more" if len(left) > 3 else "")))  # fmt: skip
    return end


def _is_footer(row: Sequence[str], width: int, usual: float, kinds: RowKinds, before: Sequence[Sequence[str]]) -> bool:
    """Return whether a row is text below the table: a comment, or one cell where the rows of the table have several."""
    if is_comment(row, width) or is_rule(row):
        return True
    text = " ".join(cell for cell in row if cell.strip())
    if ROW_COUNT.fullmatch(text.strip()) or (len(row) != width and SOURCE.match(text)):
        return True
    if width == 1:
        numeric = 0 in kinds.numeric
        return numeric and kinds.of_cell(row[0]) == "text" and bool(FOOTER.match(row[0]))
    if filled(row) != 1:
        short = len(row) < width and filled(row) < usual / 2
        return short and bool(FOOTER.match(next(cell for cell in row if cell.strip())))
    cell = next(cell for cell in row if cell.strip())
    if kinds.of_cell(cell) == "number":
        return False
    usually_short = sum(len(other) == len(row) for other in before) > len(before) / 2
    return (len(row) < width and not usually_short) or (
        usual >= 2 and row[0] == cell and (usual > 2 or bool(FOOTER.match(cell)))
    )


def is_name_alone(row: Sequence[str], width: int) -> bool:
    """Return whether a row has a short name and no other cell, though as many places as the table."""
    return len(row) == width > 1 and is_blank(row[1:]) and 0 < len(row[0].split()) <= 4


def _is_total(rows: Sequence[Sequence[str]], row: int, kinds: RowKinds) -> bool:
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
        return len(texts) <= max(1, usual / 2) and (bool(numbers) or filled(cells) <= 2)
    empty = [place for place in range(kinds.width) if place >= len(cells) or not cells[place].strip()]
    named = [
        place
        for place in empty
        if all(place < len(other) and other[place].strip() for other in rows[max(0, row - 20) : row])
    ]
    if _is_new_label(rows, row, kinds):
        return len(numbers) >= 2 and row > LEAST_SUMMED and all(sums_up(rows, row, place) for place in numbers)
    if not named or not numbers or len(named) + len(numbers) < filled(rows[row - 1]):
        return False
    return all(sums_up(rows, row, place) for place in numbers)


def _is_new_label(rows: Sequence[Sequence[str]], row: int, kinds: RowKinds) -> bool:
    """Return whether the only cell of a row that is no number stands in no other row."""
    labels = [place for place, cell in enumerate(rows[row]) if cell.strip() and kinds.of_cell(cell) != "number"]
    if len(labels) != 1 or labels[0] in kinds.numeric:
        return False
    return all(place >= len(other) or other[place] != rows[row][place] for place in labels for other in rows[:row])


def sums_up(rows: Sequence[Sequence[str]], row: int, place: int) -> bool:
    """Return whether a cell is the sum of those above it."""
    for mark in (".", ","):
        total = number_in(rows[row][place], mark)
        above = [number_in(other[place], mark) for other in rows[:row] if place < len(other)]
        known = [value for value in above if value is not None]
        if total is not None and len(known) > 2 and abs(sum(known) - total) <= 1e-3 * abs(total) and total != 0:
            return True
    return False


def number_in(cell: str, mark: str) -> float | None:
    """Return the number in a cell with this decimal mark; None where it has none."""
    parts = split_number(plain(cell))
    values = {} if parts is None else number_values(parts.digits, parts.exponent)
    return None if parts is None or mark not in values else parts.sign * values[mark]  # pyright: ignore[reportArgumentType]
