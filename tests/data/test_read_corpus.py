"""Small files as people have them are read as a careful person reads them, cell for cell, or refused with a remedy."""

import re

import pytest
from corpus import AMBIGUOUS, CASES, Ambiguous, Case
from corpus.comparison import differences, kind_of, tells

import glassnet

READ = {name: case for name, case in CASES.items() if case.error is None}
REFUSED = {name: case for name, case in CASES.items() if case.error is not None}


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


@pytest.mark.slow  # every file again
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
