"""`glassnet lesson`: a list of questions, and a page that is written and opened."""

import json
import re
import webbrowser

import numpy as np
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
        (("festival", "--list"), "--list shows all lessons; leave NAME out, or type glassnet lesson festival"),
        (("--list", "-o", "a.html"), "--list shows all lessons; leave -o out"),
        (("--no-open",), "--no-open is for one lesson; type its NAME"),
        (("-o", "a.html"), "-o is for one lesson; type its NAME"),
        (("--start", "a.json"), "--start is for one lesson; type its NAME, as in glassnet lesson published-example"),
        (("--write-start", "a.json"), "--write-start is for one lesson; type its NAME"),
        (("festival", "--start", "a.json"), "the lesson festival has no start; those that step through a network have"),
        (("festival", "--write-start", "a.json"), "have one: one-neuron, two-neurons, published-example, deltas"),
        (("deltas", "--write-start", "a.json", "--no-open"), "--write-start writes no page; leave --no-open out"),
        (("deltas", "--write-start", "a.json", "--start", "b.json"), "leave --start out"),
        (("deltas", "--force"), "--force is for --write-start alone; leave it out"),
        (("--force",), "--force is for one lesson; type its NAME, as in glassnet lesson published-example"),
        (("deltas", "--write-start", "a.txt"), "'a.txt' has no ending of a start; choose from .json"),
        (("fest",), "'fest' is not one of 'one-neuron'"),
        (("festival", "-o", "a.txt"), "'a.txt' has no ending of a page"),
    ],
)
def test_what_has_no_effect_is_refused(opened, typed, said):
    assert said in run(*typed, code=2).stderr


def test_own_numbers_come_from_a_file_that_the_lesson_wrote(opened, tmp_path):
    said = run("published-example", "--write-start", "start.json").stdout
    assert said == "start: start.json\nedit it, then type: glassnet lesson published-example --start start.json\n"
    assert opened == []
    path = tmp_path / "start.json"
    path.write_text(path.read_text(encoding="utf-8").replace("[0.05, 0.1]", "[1.0, -0.5]"), encoding="utf-8")
    run("published-example", "--start", "start.json")
    page = (tmp_path / "lesson-published-example.html").read_text(encoding="utf-8")
    records = [json.loads(text) for text in re.findall(r'<script type="application/json">(.*?)</script>', page)]
    assert len(records) == 2
    own, lessons = (record["runs"][0]["steps"][0]["output_before"][0] for record in records)
    hidden = 1 / (1 + np.exp(-(np.array([1, -0.5]) @ [[0.15, 0.25], [0.2, 0.3]] + 0.35)))
    assert own == pytest.approx(1 / (1 + np.exp(-(hidden @ [[0.4, 0.5], [0.45, 0.55]] + 0.6))))
    assert lessons == pytest.approx([0.751365070, 0.772928465])
    assert "Your numbers: inputs 1 and -0.5, targets 0.01 and 0.99, tau = 0.5, E is half the sum of" in page


def test_a_start_is_written_over_another_file_only_where_that_is_forced(opened, tmp_path):
    (tmp_path / "mine.json").write_text("my own", encoding="utf-8")
    said = run("deltas", "--write-start", "mine.json", code=2).stderr
    assert "'mine.json' exists already; type --force to write over it, or another name" in said
    assert (tmp_path / "mine.json").read_text(encoding="utf-8") == "my own"
    run("deltas", "--write-start", "mine.json", "--force")
    assert json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))["inputs"] == [0.1, 0.1]


def test_a_file_that_is_no_start_is_named_with_what_to_type(opened, tmp_path):
    said = run("deltas", "--start", "none.json", code=1).stderr
    assert "there is no file 'none.json'; type glassnet lesson deltas --write-start none.json for one to edit" in said
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    said = run("deltas", "--start", "bad.json", code=1).stderr
    assert "Error: 'bad.json': it is not JSON (line 1, column 2: " in said
    own = run("one-neuron", "--write-start", "far.json") and (tmp_path / "far.json").read_text(encoding="utf-8")
    (tmp_path / "far.json").write_text(own.replace('"step_size": 0.2', '"step_size": 1e100'), encoding="utf-8")
    assert "'far.json': the run leaves the finite numbers" in run("one-neuron", "--start", "far.json", code=1).stderr
    assert not list(tmp_path.glob("*.html"))
    assert opened == []
