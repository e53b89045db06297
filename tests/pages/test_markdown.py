"""Text within Markdown is text, by a parser of CommonMark, and a page has the lines that it should have."""

import re
from html import unescape

import pytest
from markdown_it import MarkdownIt

from glassnet.insight.text import TextTable
from glassnet.pages.content import Page, Part
from glassnet.pages.markdown_page import as_markdown, escaped

HOSTILE = [
    "a\rb",
    "a\r\n\r\n# b",
    "a\n\nb",
    "a\u2028b\x0bc\x85d",
    "a \t  b",
    "a\n    b",
    "<b>*x*</b> [y](z) `c` & &amp; $x$",
]
ADDRESSES = [
    "www.example.org",
    "see WWW.example.org/a",
    "http://example.org",
    "HTTPS://example.org",
    "ftp://example.org",
]


@pytest.mark.parametrize("text", HOSTILE + ADDRESSES)
def test_text_is_one_paragraph_that_says_the_same(text):
    html = MarkdownIt("commonmark").render(escaped(text))
    inner = re.fullmatch(r"<p>([^<\r\n]*)</p>\n", html)
    assert inner is not None, html
    assert unescape(inner[1]) == " ".join(text.split())


@pytest.mark.parametrize("text", ADDRESSES)
def test_addresses_are_no_links(text):
    assert not re.search(r"www\.|[a-z]://", escaped(text), re.IGNORECASE)


def test_a_table_has_a_line_a_row():
    table = TextTable(("a\rb", "c"), (("x\r\ny|z", 1.0),))
    assert as_markdown(Page("t\rt", (Part("p", "p", (table,)),))).splitlines() == [
        "# t t", "", "| a b | c |", "| --- | --- |", "| x y\\|z | 1 |"
    ]  # fmt: skip
