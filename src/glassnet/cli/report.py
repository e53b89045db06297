"""`glassnet report`: what there is to know of a model, in one file."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet.cli.app import DATA, FILE, WrittenPath, command, seeded
from glassnet.cli.arguments import (
    column_of,
    is_images,
    load_model,
    read_samples,
    read_with_targets,
    samples_of,
    without_column,
)
from glassnet.cli.exposure import check_exposed, exposed, exposures_in, weights_of_fit
from glassnet.cli.file_samples import sampled_table
from glassnet.cli.missing_targets import drops_missing
from glassnet.cli.reading import reads_tables
from glassnet.cli.sources import why_in_slices
from glassnet.cli.terminal import show

if TYPE_CHECKING:
    import numpy as np

    from glassnet.cli.arguments import Inputs, Model, Targets
    from glassnet.data.file_sample import RowSample

FORMATS = (".html", ".md", ".json")
REPORT = WrittenPath("a report", FORMATS)


@command
@click.argument("model", type=FILE)
@click.argument("data", type=DATA)
@click.argument("other", type=DATA, required=False)
@click.option(
    "-o", "--output", type=REPORT, default="report.html", show_default=True, help="File: .html, .md or .json."
)
@click.option("--beside", type=FILE, help="Another model file, to be compared on the same rows.")
@click.option("--bounds", type=click.FloatRange(0, min_open=True), metavar="FRACTION",
              help="A certificate of one row while its numbers move by this fraction of their size.")  # fmt: skip
@click.option("--attack", type=click.FloatRange(0, min_open=True), metavar="EPSILON",
              help="The error while an adversary moves rows by so much.")  # fmt: skip
@click.option("--weight", help="Column of the sample weights of the fit.")
@exposed
@seeded
@drops_missing
@reads_tables
def report(
    model: Path, data: Path, other: Path | None, output: Path, beside: Path | None, bounds: float | None,
    attack: float | None, weight: str | None, exposure: str | None, seed: int, drop_missing_target: bool,
) -> None:  # fmt: skip
    """Write a report on MODEL from DATA, and from OTHER rows if there are some: one file that opens anywhere.

    DATA is the table of the fit, which is judged out of fold, or another one; with both the errors are of the one that
    the model was not fitted to. Which is which is found by the rows.

    Each may be a pattern such as "big/*.parquet", a folder of Parquet files, or a file that is large for the memory:
    the report is then on at most 131,072 of its rows, drawn at random, and says so.
    """
    from glassnet.insight.judged_rows import is_of_the_fit

    estimator = load_model(model)
    read_tables = [
        _read(path, estimator, weight, exposure, seed, drop_missing_target)
        for path in (data, other) if path is not None
    ]  # fmt: skip
    tables, drawn = [table for table, _ in read_tables], [sample for _, sample in read_tables]
    if len(tables) == 2 and not is_of_the_fit(estimator, *tables[0]) and is_of_the_fit(estimator, *tables[1]):
        tables.reverse()
        drawn.reverse()
    other_model = None if beside is None else load_model(beside)
    options = {"beside": other_model, "bounds": bounds, "epsilon": attack, "seed": seed, "drawn": drawn[-1]}
    write_report(estimator, tables, output, options)
    show(f"report: {output}")


def write_report(
    model: "Model",
    tables: "Sequence[tuple[Inputs, Targets, np.ndarray | None]]",
    path: Path,
    options: "dict[str, Model | RowSample | float | None]",
) -> None:
    """Write a report from one or two tables, each of inputs, targets and weights, and say its first sentences."""
    from glassnet.pages.report import report as make

    (X, y, weights), *others = tables
    X_test, y_test = others[0][:2] if others else (None, None)
    found = make(model, X, y, X_test=X_test, y_test=y_test, sample_weight=weights, callback=_tell(), **options)  # pyright: ignore[reportArgumentType]
    found.save(path)
    click.echo(str(found.summary), err=True)


def _tell() -> Callable[[str], None]:
    """Return what says on the error stream what is computed."""
    return lambda what: click.echo(f"report: {what}", err=True)


def _read(
    path: Path, model: "Model", weight: str | None, exposure: str | None, seed: int, drop_missing_target: bool
) -> "tuple[tuple[Inputs, Targets, np.ndarray | None], RowSample | None]":
    """Return inputs, targets and weights of a table or of images, and which rows they are of a larger table."""
    why = why_in_slices([path]) if model.schema_.kind == "table" else None
    if why is None and is_images(path):
        if weight is not None:
            raise click.UsageError("--weight is a column of a table; images have none")
        X, y = read_samples(path, model, drop_missing_target, exposure)
        return (X, y, None), None
    check_exposed(model, exposure)
    if why is None:
        frame, drawn = read_with_targets(path, model, drop_missing_target), None
    elif drop_missing_target:
        raise click.UsageError(f"--drop-missing-target needs all rows in memory, and {why}; leave it out")
    else:
        frame, drawn = sampled_table(path, model, seed, why)
    X, y = samples_of(frame, model, exposure)
    exposures = None if exposure is None else exposures_in(column_of(frame, exposure, "exposure"))
    weights = None
    if weight is not None:
        weights, X = column_of(X, weight, "sample weights").to_numpy(), without_column(X, weight, model)
    return (X, y, weights_of_fit(model, weights, exposures)), drawn
