"""`glassnet columns`: how the columns of a table would be read and used, without a fit."""

from dataclasses import asdict
from pathlib import Path

import click

from glassnet.cli.app import DATA, as_json, command
from glassnet.cli.arguments import Roles, chooses_columns, chosen_columns, column_of
from glassnet.cli.reading import read_as_typed, reads_tables
from glassnet.cli.terminal import show, show_json


@command
@click.argument("data", type=DATA)
@click.option("--target", "targets", multiple=True, help="Column to predict, which is no input; repeat it for several.")
@chooses_columns
@reads_tables
@as_json
def columns(
    data: Path, targets: tuple[str, ...], only: tuple[str, ...], exclude: tuple[str, ...],
    categorical: tuple[str, ...], in_json: bool,
) -> None:  # fmt: skip
    """Show how every column of DATA is read, by an example, and what a fit would make of it."""
    from glassnet.insight.column_table import column_uses

    read = read_as_typed(data, settled=Roles(targets, only=only, exclude=exclude, categorical=categorical).settle)
    for target in targets:
        column_of(read.frame, target, "target")
    frame = chosen_columns(read.frame.drop(targets), only, exclude, categorical)
    uses = column_uses(frame, read.report, targets)
    if in_json:
        show_json({"rows": read.report.rows, "columns": [asdict(column) for column in uses.columns],
                   "notes": [asdict(note) for note in read.report.notes]})  # fmt: skip
    else:
        show(read.report.head, uses.table())
