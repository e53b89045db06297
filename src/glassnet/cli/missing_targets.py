"""Rows without a target on the command line: an error that names the first, or left out with a note."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import polars as pl

drops_missing = click.option("--drop-missing-target", is_flag=True, help="Leave out rows without a target.")


def with_targets(
    frame: "pl.DataFrame", targets: "Sequence[pl.Series]", drop: bool, row_name: Callable[[int], str]
) -> "pl.DataFrame":
    """Return the rows that have a target, of several at least one; others are an error unless they are dropped."""
    import polars as pl

    known = pl.select(pl.any_horizontal(column.is_not_null() for column in targets)).to_series()
    missing = (~known).arg_true()
    if not len(missing):
        return frame
    if not drop:
        names = ", ".join(repr(column.name) for column in targets)
        raise click.ClickException(
            f"the target {names} is missing in {len(missing)} row(s), the first of them {row_name(missing[0])}; "
            "--drop-missing-target leaves them out"
        )
    click.echo(f"note: {len(missing)} row(s) without a target were left out", err=True)
    return frame.filter(known)
