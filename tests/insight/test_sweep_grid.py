"""Grids beside the tables of a sweep: as JSON, as HTML that says what is marked, and what does not fit."""

import json
import re

import numpy as np
import pytest

from glassnet.insight.sweep_grid import Grid
from glassnet.insight.sweep_record import Frame
from glassnet.insight.text import TextTable


def test_a_grid_is_plain_json_in_its_frame():
    grid = Grid("picture", ((1.0, np.float64(0.5)), ("(0)", np.int64(3))), ((0, 1), (1, 0)))
    (record,) = json.loads(json.dumps(Frame("", TextTable(("a",), ((1,),)), None, (grid,)).to_dict()))["grids"]
    assert record == {"title": "picture", "cells": [[1, 0.5], ["(0)", 3]], "marked": [[0, 1], [1, 0]]}


def test_its_html_says_what_is_marked():
    html = Grid("a < b", ((1.0, 0.1234567), ("(0)", None)), ((0, 1),)).to_html()
    assert "<caption>a &lt; b</caption>" in html
    assert re.findall(r"<td[^>]*>.*?</td>", html) == [
        '<td data-value="1">1</td>',
        '<td class="marked" data-value="0.1234567">0.123457<span class="unseen"> marked</span></td>',
        "<td>(0)</td>",
        "<td></td>",
    ]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Grid("g", ((1,), (1, 2))), r"the grid 'g' has rows of lengths \[1, 2\]; give one or more, alike"),
        (lambda: Grid("g", ()), r"has rows of lengths \[\]"),
        (lambda: Grid("g", ((1, 2),), ((0, 0), (0, 2))), r"has 1 rows and 2 columns, but marks \(0, 2\); rows and"),
        (lambda: Grid("g", ((1, 2),), ((-1, 0),)), r"but marks \(-1, 0\)"),
        (lambda: Grid("g", ((np.nan,),)).to_dict(), "has the number nan, which JSON cannot hold"),
    ],
)
def test_a_grid_that_does_not_fit_is_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make()
