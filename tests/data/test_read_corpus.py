"""Small files as people have them are read as a careful person reads them, cell for cell, or refused with a remedy."""

import re
from datetime import datetime

import polars as pl
import pytest
from corpus import AMBIGUOUS, CASES, Ambiguous, Case

import glassnet

READ = {name: case for name, case in CASES.items() if case.error is None}
REFUSED = {name: case for name, case in CASES.items() if case.error is not None}


def kind_of(cells: list) -> str:
    present = {type(cell) for cell in cells if cell is not None}
    for kind, types in {"bool": {bool}, "number": {int, float}, "moment": {datetime}, "text": {str}}.items():
        if present and present <= types:
            return kind
    return "nothing" if not present else f"mixed: {present}"


def kind_of_column(column: pl.Series) -> str:
    dtype = column.dtype
    if column.null_count() == len(column):
        return "nothing"
    if dtype == pl.Boolean:
        return "bool"
    if dtype.is_numeric():
        return "number"
    return "moment" if isinstance(dtype, pl.Datetime | pl.Date) else "text" if dtype == pl.String else str(dtype)


def cells_of(column: pl.Series) -> list:
    """Return the cells; moments without a zone, those of a zone as UTC; NaN as None would be, since both are gaps."""
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone:
        column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    if isinstance(column.dtype, pl.Date):
        column = column.cast(pl.Datetime)
    return column.to_list()


def same(cell, expected) -> bool:
    """Whether two cells are equal; numbers may differ by their last bits, integers may not."""
    if cell is None or expected is None or isinstance(expected, int | str | datetime):
        return cell == expected
    return cell == pytest.approx(expected, rel=1e-14, abs=0)


def differences(frame: pl.DataFrame, table: dict[str, list]) -> list[str]:
    """Return how the frame differs from the table, a line for each."""
    if frame.columns != list(table):
        return [f"columns {frame.columns}, not {list(table)}"]
    if frame.height != len(next(iter(table.values()))):
        return [f"{frame.height} rows, not {len(next(iter(table.values())))}: {frame.rows()}"]
    found = []
    for name, cells in table.items():
        column = frame[name]
        if kind_of_column(column) != kind_of(cells):
            found.append(f"{name}: {kind_of_column(column)} ({column.to_list()}), not {kind_of(cells)}")
            continue
        pairs = enumerate(zip(cells_of(column), cells, strict=True))
        found += [f"{name}, row {row}: {cell!r}, not {cell_}" for row, (cell, cell_) in pairs if not same(cell, cell_)]
    return found


def written(tmp_path, case: Case):
    path = tmp_path / case.file
    path.write_bytes(case.bytes)
    return path


def says(report, pattern: str) -> bool:
    return any(note.code == pattern for note in report.notes) or bool(re.search(pattern, str(report), re.IGNORECASE))


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read_cell_for_cell(tmp_path, name):
    case = READ[name]
    frame, report = glassnet.read_table(written(tmp_path, case), **case.options)
    assert differences(frame, case.table) == []
    assert [pattern for pattern in case.notes if not says(report, pattern)] == [], str(report)


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_with_place_and_remedy(tmp_path, name):
    case = REFUSED[name]
    with pytest.raises(glassnet.TableError) as refusal:
        glassnet.read_table(written(tmp_path, case), **case.options)
    message = str(refusal.value)
    assert [pattern for pattern in case.error if not re.search(pattern, message)] == [], message


def shown(value) -> str:
    """Return a value as a note shows it: dates in ISO's form, numbers without zeros at the end."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return f"{value:.15g}"


def tells(text: str, value) -> bool:
    return re.search(rf"(?<![\d.,]){re.escape(shown(value))}(?!\d|[.,]\d)", text) is not None


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_an_ambiguity_is_said_and_settled_by_the_flag(tmp_path, name):
    case: Ambiguous = AMBIGUOUS[name]
    path = tmp_path / case.file
    path.write_text(case.content, encoding="utf-8", newline="")
    frame, report = glassnet.read_table(path)
    wrong = [differences(frame, table) for _, table in case.readings]
    assert [] in wrong if case.default is None else wrong[case.default] == []
    notes = [note for note in report.notes if note.code == "ambiguous"]
    assert {note.column for note in notes} == {case.column}
    text = notes[0].text
    assert case.flag in text
    pairs = zip(*(table[case.column] for _, table in case.readings), strict=True)
    assert any(first != second and tells(text, first) and tells(text, second) for first, second in pairs), text
    for options, table in case.readings:
        frame, report = glassnet.read_table(path, **options)
        assert differences(frame, table) == []
        assert "ambiguous" not in {note.code for note in report.notes}


def test_few_files_that_are_clear_are_called_ambiguous(tmp_path):
    called = []
    for name, case in READ.items():
        _, report = glassnet.read_table(written(tmp_path, case), **case.options)
        if "ambiguous" in {note.code for note in report.notes}:
            called.append(name)
    assert len(called) <= 0.02 * len(READ), called


def test_cases_of_the_corpus_are_whole():
    """Every expected column has as many cells as the others, of one kind; names are distinct; there are enough."""
    for name, case in READ.items():
        assert len({len(cells) for cells in case.table.values()}) == 1, name
        assert [column for column, cells in case.table.items() if kind_of(cells).startswith("mixed")] == [], name
    assert len(READ) + len(AMBIGUOUS) >= 170
