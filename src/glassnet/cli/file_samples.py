"""A sample of a table in files on the command line, for commands that need rows in memory."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet.cli.reading import open_as_typed
from glassnet.cli.slice_bar import SliceBar

if TYPE_CHECKING:
    import polars as pl

    from glassnet.cli.arguments import Model
    from glassnet.data.file_sample import RowSample
    from glassnet.data.files import TableFiles


def sampled_table(path: Path, model: "Model", seed: int, why: str) -> "tuple[pl.DataFrame, RowSample]":
    """Return rows of a table in files, drawn at random, and which they are; that and why is said."""
    with tempfile.TemporaryDirectory(prefix=".glassnet-") as folder:
        frame, drawn = drawn_from(open_as_typed([path], Path(folder), getattr(model, "table_format_", None)), seed)
    click.echo(f"note: {drawn} of {str(path)!r}, because {why}", err=True)
    return frame, drawn


def drawn_from(files: "TableFiles", seed: int) -> "tuple[pl.DataFrame, RowSample]":
    """Return rows of an open table, drawn at random, and which they are, with a bar."""
    import time

    from glassnet.data.file_sample import sample_of_files
    from glassnet.estimators.slice_predictions import SliceProgress

    begin = time.monotonic()
    with SliceBar(title="drawing rows") as bar:
        return sample_of_files(
            files, seed=seed, progress=lambda rows: bar(SliceProgress(rows, files.rows, time.monotonic() - begin))
        )
