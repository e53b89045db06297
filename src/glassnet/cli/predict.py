"""`glassnet predict`: what a model file predicts of data, read at once or in slices."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from glassnet.cli.app import DATA, FILE, as_json, command
from glassnet.cli.arguments import as_levels, column_of, load_model, read_inputs, without_column
from glassnet.cli.exposure import check_exposed, exposed, exposures_in, is_exposed
from glassnet.cli.intervals import interval_of, quantiles_of, width_of
from glassnet.cli.reading import reads_tables
from glassnet.cli.sources import why_in_slices
from glassnet.cli.terminal import show_json
from glassnet.storage.json_value import finite

if TYPE_CHECKING:
    import polars as pl

    from glassnet.cli.arguments import Inputs, Model


class Wanted(NamedTuple):
    """What is asked for: a coverage, the width of intervals, levels of quantiles, a column of exposures, and more.

    `append` says whether the columns of the table are written too.
    """

    interval: float | None
    width: str
    levels: tuple[float, ...]
    exposure: str | None = None
    append: bool = False


@command
@click.argument("model", type=FILE)
@click.argument("data", type=DATA, nargs=-1, required=True)
@click.option("-o", "--output", type=FILE, help="Table to write (default: CSV on the standard output).")
@click.option("--append", is_flag=True, help="Write the columns of DATA too.")
@interval_of
@width_of
@quantiles_of
@exposed
@reads_tables
@as_json
def predict(
    model: Path, data: tuple[Path, ...], output: Path | None, append: bool, interval: float | None, width: str,
    quantiles: str | None, exposure: str | None, in_json: bool,
) -> None:  # fmt: skip
    """Predict every row or image of DATA with a model file; columns are matched by name.

    DATA may be several files, a pattern such as "big/*.parquet" or a folder of Parquet files: one table, which is read
    and predicted in slices, as a file is that is large for the memory.
    """
    if output is not None and output.exists() and any(path.exists() and output.samefile(path) for path in data):
        raise click.UsageError(f"{str(output)!r} is the table to predict, which would be lost; name another file")
    estimator = load_model(model)
    wanted = Wanted(interval, width, levels_of(estimator, quantiles, exposure), exposure, append)
    tell_exposures(estimator, exposure)
    why = why_in_slices(data)
    if why is not None:
        from glassnet.cli.predict_slices import predict_in_slices

        click.echo(f"note: predicted in slices, because {why}", err=True)
        predict_in_slices(estimator, data, output, wanted, in_json)
        return
    _predict_at_once(estimator, data[0], output, wanted, in_json)


def _predict_at_once(estimator: "Model", data: Path, output: Path | None, wanted: Wanted, in_json: bool) -> None:
    """Predict a table in memory, or images."""
    import polars as pl

    from glassnet.data.read import write_table
    from glassnet.estimators.prediction_table import Asked, prediction_table

    samples = read_inputs(data, estimator)
    X, exposures = inputs_of(samples.X, estimator, wanted)
    _tell_extrapolation(estimator, X)
    result, ends = prediction_table(estimator, X, Asked(wanted.interval, wanted.width, wanted.levels))
    if exposures is not None:
        result = result.select(pl.all() * exposures)
    if ends is not None:
        click.echo(str(ends), err=True)
    if samples.names:
        result = result.insert_column(0, pl.Series("file", samples.names))
    if wanted.append:
        if not isinstance(samples.X, pl.DataFrame):
            raise click.UsageError("--append writes the columns of a table; images have none")
        result = beside_columns(samples.X, result, str(data))
    if output is not None:
        write_table(result, output)
    if in_json:
        rows = {"rows": result.height, "file": str(output)} if output is not None else finite([*result.to_dicts()])
        show_json(rows if ends is None else {"interval": ends.promise, "predictions": rows})
    elif output is None:
        click.echo(result.write_csv(), nl=False)


def beside_columns(frame: "pl.DataFrame", result: "pl.DataFrame", source: str) -> "pl.DataFrame":
    """Return predictions behind the columns of their table; it is wrong use where a name is there already."""
    from glassnet.estimators.prediction_table import beside

    try:
        return beside(frame, result, source)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def levels_of(estimator: "Model", quantiles: str | None, exposure: str | None) -> tuple[float, ...]:
    """Return the levels that were typed; it is wrong use to type them, or exposures, for classes."""
    from glassnet.estimators.classifier import NetworkClassifier

    if isinstance(estimator, NetworkClassifier):
        for option, value in (("--quantiles", quantiles), ("--exposure", exposure)):
            if value is not None:
                raise click.UsageError(f"{option} is for numbers, not for classes")
    return () if quantiles is None else as_levels(quantiles)


def tell_exposures(estimator: "Model", exposure: str | None) -> None:
    """Say that predictions are per unit of exposure; it is wrong use to name exposures that a model does not have."""
    if exposure is not None:
        check_exposed(estimator, exposure)
    elif is_exposed(estimator):
        click.echo("note: predictions are per unit of exposure; --exposure COLUMN multiplies them", err=True)


def inputs_of(X: "Inputs", estimator: "Model", wanted: Wanted) -> "tuple[Inputs, pl.Series | None]":
    """Return what a model predicts from, without targets and exposures, and the exposures that were asked for."""
    import polars as pl

    from glassnet.estimators.prediction_table import without_targets

    if not isinstance(X, pl.DataFrame):
        return X, None
    inputs = without_targets(X, estimator)
    if wanted.exposure is None:
        return inputs, None
    if wanted.interval is not None or wanted.levels:
        raise click.UsageError("--exposure is for predictions alone; leave out --interval and --quantiles")
    exposures = exposures_in(column_of(X, wanted.exposure, "exposure"))
    return without_column(inputs, wanted.exposure, estimator), pl.Series(exposures)


def _tell_extrapolation(estimator: "Model", X: "Inputs") -> None:
    """Say which rows of a table lie outside what training saw."""
    from glassnet.insight.extrapolation import extrapolation

    if estimator.schema_.kind == "table" and estimator.input_quantiles_ is not None:
        found = extrapolation(estimator, X)
        if found.found:
            click.echo(f"note: {found}", err=True)
