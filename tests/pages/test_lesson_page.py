"""The page of a lesson: the question first, the answer last and folded, and every start as text beside the script."""

import json
import re
from base64 import b64encode
from hashlib import sha256

import pytest

from glassnet.insight.examples import EXAMPLES
from glassnet.insight.lessons.intervals import intervals
from glassnet.insight.lessons.lesson import Answer, Lesson, TraceSteps
from glassnet.pages.lesson_page import lesson_page


@pytest.fixture(scope="module")
def page():
    return lesson_page(intervals())


def test_question_and_options_come_first_and_the_answer_last(page):
    lesson = intervals()
    text = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    places = [text.index(part) for part in (f"<h1>{lesson.title}", "<legend>", 'type="radio"', "<glass-sweep>")]
    places += [text.rindex("<details>"), text.index(lesson.answer.why)]
    assert places == sorted(places)
    assert text.count('type="radio"') == len(lesson.options) == 3


def test_its_own_script_runs_alone(page):
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, flags=re.DOTALL)
    assert [attributes.strip() for attributes, _ in scripts] == ['type="application/json"', 'type="module"']
    digest = b64encode(sha256(scripts[1][1].encode()).digest()).decode()
    assert f"script-src &#x27;sha256-{digest}&#x27;;" in page
    assert json.loads(scripts[0][1]) == json.loads(json.dumps(intervals().body[0].to_dict()))
    assert "style=" not in page


def test_without_scripts_every_value_of_every_control_has_a_table(page):
    text = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    lesson, sizes = intervals(), intervals().body[0].shape
    assert text.count("<table>") == 1 + sum(size - 1 for size in sizes)
    start = lesson.body[0].at(19, 0.5)
    assert start.sentence in text
    assert lesson.body[0].at(19, 0.9).sentence in text
    values = set(map(float, re.findall(r'data-value="([^"]+)"', text)))
    assert {size for _, size, _ in start.table.rows} <= values


def test_a_lesson_of_a_trace_has_a_viewer_with_its_tables():
    shown = EXAMPLES["one-neuron"]()
    steps = TraceSteps(shown.viewer, (shown.table,))
    page = lesson_page(Lesson("one", "One", "Where?", ("here", "<there>"), Answer(0, "So."), (steps,)))
    assert "<glass-view>" in page
    assert "<glass-sweep>" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert "&lt;there&gt;" in page
    assert page.count("<table>") == 1
