"""The page of a viewer: one file, one script, and every number as text beside it."""

import re
from base64 import b64encode
from hashlib import sha256

from glassnet._viewer import viewer_script
from glassnet.insight.examples import EXAMPLES
from glassnet.pages.viewer_page import viewer_page

MOST_BYTES = 60_000


def page_of(example):
    shown = EXAMPLES[example]()
    return viewer_page(shown.about, shown.viewer, [shown.table]), shown


def test_the_script_is_small():
    assert len(viewer_script().encode()) <= MOST_BYTES


def test_a_page_runs_its_own_script_alone():
    page, _ = page_of("one-neuron")
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, flags=re.DOTALL)
    assert [attributes.strip() for attributes, _ in scripts] == ['type="application/json"', 'type="module"']
    digest = b64encode(sha256(scripts[1][1].encode()).digest()).decode()
    assert f"script-src &#x27;sha256-{digest}&#x27;;" in page
    assert "unsafe" not in page


def test_without_scripts_a_page_has_every_number_of_the_table():
    page, shown = page_of("two-neurons")
    text = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    values = set(map(float, re.findall(r'data-value="([^"]+)"', text)))
    assert {value for row in shown.table.rows for value in row} <= values
