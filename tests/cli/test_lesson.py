"""`glassnet lesson`: a list of questions, and a page that is written and opened."""

import webbrowser

import pytest
from click.testing import CliRunner

from glassnet.cli.command_line import cli
from glassnet.insight.lessons.questions import QUESTIONS


@pytest.fixture
def opened(monkeypatch, tmp_path):
    """The addresses that were opened, from a folder of its own."""
    found = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(webbrowser, "open", lambda address: found.append(address) or True)
    return found


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, ["lesson", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result


@pytest.mark.parametrize("typed", [(), ("--list",)])
def test_without_a_name_all_are_listed_with_their_questions(opened, typed):
    said = run(*typed).stdout
    assert [line for line in said.splitlines() if not line.startswith(" ")] == list(QUESTIONS)
    assert " ".join(QUESTIONS["intervals"].split()) in " ".join(said.split())
    assert opened == []


def test_a_lesson_is_written_and_opened(opened, tmp_path):
    assert run("intervals").stdout == "lesson: lesson-intervals.html\n"
    assert opened == [(tmp_path / "lesson-intervals.html").as_uri()]
    assert "<glass-sweep>" in (tmp_path / "lesson-intervals.html").read_text(encoding="utf-8")


def test_it_is_not_opened_where_that_is_not_wanted(opened, tmp_path):
    path = tmp_path / "page.html"
    assert run("adversary", "-o", path, "--no-open").stdout == f"lesson: {path}\n"
    assert opened == []
    assert path.is_file()


def test_it_says_where_there_is_no_browser(opened, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda address: False)
    said = run("intervals").stderr
    assert said == "note: no browser could be started; open 'lesson-intervals.html' in one\n"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("festival", "--list"), "--list shows all lessons; leave NAME, -o and --no-open out"),
        (("--no-open",), "--no-open is for one lesson; type its NAME"),
        (("-o", "a.html"), "-o is for one lesson; type its NAME"),
        (("fest",), "'fest' is not one of 'one-neuron'"),
        (("festival", "-o", "a.txt"), "'a.txt' has no ending of a page"),
    ],
)
def test_what_has_no_effect_is_refused(opened, typed, said):
    assert said in run(*typed, code=2).stderr
