"""Tables on a terminal: drawn where they have room, else as unbroken lines of which nothing is cut off."""

import click
import pytest

from glassnet.cli.terminal import show
from glassnet.insight.text import TextTable

TABLE = TextTable(("a long name of a column", "another long name"), ((1.5, "some text"), (2.5, "other text")))


@pytest.mark.parametrize(("width", "drawn"), [(30, False), (80, True)])
def test_a_table_is_drawn_only_where_it_is_not_cut_off(width, drawn, monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes it for a terminal
    monkeypatch.setenv("COLUMNS", str(width))
    with click.Context(click.Command("compare")):
        show(TABLE)
    printed = capsys.readouterr().out
    assert all(text in printed for text in (*TABLE.header, "some text", "other text"))
    assert ("─" in printed) is drawn
