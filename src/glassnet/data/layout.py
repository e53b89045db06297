"""Where the table is among the rows of a file: its names, its body, and what stands around them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glassnet.data.footer import find_end
from glassnet.data.header import completed, completes, find_header, given_header, skip_titles
from glassnet.data.report import Note, TableError, some
from glassnet.data.row_kinds import COMMENT, RowKinds, filled, is_rule, joined, usual_width


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
    width = usual_width(rows)
    kinds = RowKinds(rows, width)
    end = find_end(rows, lines, width, kinds, notes)
    if header == "none":
        names_row, first = None, skip_titles(rows[:end], width)
    elif isinstance(header, int):
        names_row, first = given_header(name, lines, header)
    else:
        names_row, first = find_header(rows[:end], lines, kinds, notes)
    cells = [] if names_row is None else list(rows[names_row])
    left_out = [row for row in range(first) if names_row is None or row < names_row]
    if names_row is not None and names_row + 1 < first and completes(rows, names_row):
        cells = completed(cells, rows[names_row + 1])
        notes.append(
            Note("header", f"the names stand in two rows, lines {lines[names_row]} and {lines[names_row + 1]}")
        )
    if left_out and header != "none":
        shown = [joined(rows[row]) for row in left_out]
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
        elif len(cells) != width and COMMENT.match(cells[0]) and filled(cells) < max(2, width) and not is_rule(cells):
            comments.append(lines[row])
        elif is_rule(cells):
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
    """Return the names of longer rows: they end with nothing, or begin with a name of the row, as R writes it."""
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
            f"{name!r}: line {lines[long]} has {len(rows[long])} cells, but there are {count} names; the first "
            f"without a name is {next(cell for cell in rows[long][count:] if cell.strip())!r}. Correct it, quote its "
            "text, or say what stands between the cells with --separator"
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
