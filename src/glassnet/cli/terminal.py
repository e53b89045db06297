"""Rendering: for a person on a terminal, for a pipe, for a machine."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.measure import Measurement

from glassnet.cli.remedies import with_phrases
from glassnet.storage.json_value import JSON

if TYPE_CHECKING:
    from glassnet.insight.text import TextTable

WIDEST = 10_000  # letters


def show(*parts: "str | TextTable") -> None:
    """Render for a person on a terminal as far as it is wide, as plain unbroken lines elsewhere.

    What a cell of a table advises is what the command takes.
    """
    console, command = Console(), click.get_current_context().command
    unlimited = console.options.update_width(WIDEST)  # else a table is measured as cut to the terminal
    for number, part in enumerate(parts):
        if number:
            click.echo()
        if not isinstance(part, str):
            rows = tuple(tuple(with_phrases(c, command) if isinstance(c, str) else c for c in row) for row in part.rows)
            part = replace(part, rows=rows)
        table = part.as_rich_table() if console.is_terminal and not isinstance(part, str) else None
        if table is not None and Measurement.get(console, unlimited, table).maximum <= console.width:
            console.print(table)
        else:
            click.echo(str(part))


def show_json(value: JSON) -> None:
    """Print JSON for machines; NaN and infinity are no JSON and raise."""
    click.echo(json.dumps(value, indent=2, allow_nan=False))
