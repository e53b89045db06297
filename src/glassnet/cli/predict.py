"""`glassnet predict` and `glassnet evaluate`: what a model file predicts of data, and how well."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from glassnet.cli.app import DATA, FIGURE, FILE, as_json, command
from glassnet.cli.arguments import (
    as_levels,
    column_of,
    load_model,
    read_inputs,
    read_samples,
    without_column,
    without_targets,
)
from glassnet.cli.exposure import check_exposed, exposed, exposures_in, is_exposed
from glassnet.cli.intervals import (
    COVERAGE,
    interval_of,
    quantiles_of,
    width_of,
    with_ends,
    with_quantiles,
    with_sets,
)
from glassnet.cli.reading import reads_tables
from glassnet.cli.terminal import show, show_json
from glassnet.storage.json_value import finite

if TYPE_CHECKING:
    import polars as pl

    from glassnet.cli.arguments import Inputs, Model
    from glassnet.conformal.record import Interval, PredictionSet
    from glassnet.estimators.classifier import NetworkClassifier
    from glassnet.estimators.regressor import NetworkRegressor


class Asked(NamedTuple):
    """What is asked for: a coverage, the width of intervals, levels of quantiles, and a column of exposures."""

    interval: float | None
    width: str
    levels: tuple[float, ...]
    exposure: str | None = None


@command
@click.argument("model", type=FILE)
@click.argument("data", type=DATA)
@click.option("-o", "--output", type=FILE, help="Table to write (default: CSV on the standard output).")
@click.option("--append", is_flag=True, help="Write the columns of DATA too.")
@interval_of
@width_of
@quantiles_of
@exposed
@reads_tables
@as_json
def predict(
    model: Path, data: Path, output: Path | None, append: bool, interval: float | None, width: str,
    quantiles: str | None, exposure: str | None, in_json: bool,
) -> None:  # fmt: skip
    """Predict every row or image of DATA with a model file; columns are matched by name."""
    import polars as pl

    from glassnet.data.read import write_table

    if output is not None and output.exists() and data.exists() and output.samefile(data):
        raise click.UsageError(f"{str(output)!r} is the table to predict, which would be lost; name another file")
    estimator = load_model(model)
    samples = read_inputs(data, estimator)
    asked = Asked(interval, width, _levels(estimator, quantiles, exposure), exposure)
    X, exposures = _inputs(samples.X, estimator, asked)
    _tell_extrapolation(estimator, X)
    result, ends = _predicted(estimator, X, asked)
    if exposures is not None:
        result = result.select(pl.all() * exposures)
    if ends is not None:
        click.echo(str(ends), err=True)
    if samples.names:
        result = result.insert_column(0, pl.Series("file", samples.names))
    if append:
        result = _beside(samples.X, result, data)
    if output is not None:
        write_table(result, output)
    if in_json:
        rows = {"rows": result.height, "file": str(output)} if output is not None else finite([*result.to_dicts()])
        show_json(rows if ends is None else {"interval": ends.promise, "predictions": rows})
    elif output is None:
        click.echo(result.write_csv(), nl=False)


@command
@click.argument("model", type=FILE)
@click.argument("data", type=DATA)
@interval_of
@width_of
@quantiles_of
@exposed
@click.option(
    "--figure",
    type=FIGURE,
    help="Figure of predictions with 90 % intervals (or --interval), residuals and coverage; of numbers.",
)
@reads_tables
@as_json
def evaluate(
    model: Path, data: Path, interval: float | None, width: str, quantiles: str | None, exposure: str | None,
    figure: Path | None, in_json: bool,
) -> None:  # fmt: skip
    """Measure a model file's errors, and how often its intervals or sets hold, on DATA that has the targets too."""
    from glassnet.estimators.classifier import NetworkClassifier
    from glassnet.insight.evaluation import evaluate as measure
    from glassnet.insight.evaluation import evaluate_classes
    from glassnet.insight.interval_evaluation import evaluate_intervals
    from glassnet.insight.quantile_evaluation import evaluate_quantiles
    from glassnet.insight.set_evaluation import evaluate_sets

    estimator = load_model(model)
    levels = _levels(estimator, quantiles, exposure)
    X, y = read_samples(data, estimator, exposure)
    if isinstance(estimator, NetworkClassifier):
        if figure is not None:
            raise click.UsageError("--figure is for numbers, and this model predicts classes; leave it out")
        classes = evaluate_classes(estimator, X, y)
        sets = None if interval is None else evaluate_sets(estimator, X, y, interval)
        if in_json:
            show_json({**asdict(classes), **({} if sets is None else {"sets": sets.to_dict()})})
        else:
            show(classes.table(), *([] if sets is None else [sets.table(), str(sets.sets)]))
        return
    evaluation = measure(estimator, X, y)
    intervals = None if interval is None else evaluate_intervals(estimator, X, y, interval, width=width)
    of_quantiles = evaluate_quantiles(estimator, X, y, levels) if levels else None
    if figure is not None:
        from glassnet.insight.figures.display import save_figure
        from glassnet.insight.figures.overview import evaluation_figure

        save_figure(evaluation_figure(estimator, X, y, interval or COVERAGE, width), figure)
        click.echo(f"wrote: {figure}", err=True)
    if in_json:
        coverages = {} if intervals is None else intervals.to_dict()
        coverages |= {} if of_quantiles is None else of_quantiles.to_dict()
        show_json(
            {
                **{name: asdict(e) for name, e in evaluation.errors.items()},
                **{name: finite(value) for name, value in coverages.items()},
            }
        )
    else:
        show(
            evaluation.table(),
            *([] if intervals is None else [intervals.table(), str(intervals.interval)]),
            *([] if of_quantiles is None else [of_quantiles.table()]),
        )


def _tell_extrapolation(estimator: "Model", X: "Inputs") -> None:
    """Say which rows of a table lie outside what training saw."""
    from glassnet.insight.extrapolation import extrapolation

    if estimator.schema_.kind == "table" and estimator.input_quantiles_ is not None:
        found = extrapolation(estimator, X)
        if len(found.rows) or found.predicted_outside.any():
            click.echo(f"note: {found}", err=True)


def _inputs(X: "Inputs", estimator: "Model", asked: Asked) -> "tuple[Inputs, pl.Series | None]":
    """Return what a model predicts from, without targets and exposures, and the exposures that were asked for."""
    import polars as pl

    if asked.exposure is not None:
        check_exposed(estimator, asked.exposure)
    elif is_exposed(estimator):
        click.echo("note: predictions are per unit of exposure; --exposure COLUMN multiplies them", err=True)
    if not isinstance(X, pl.DataFrame):
        return X, None
    inputs = without_targets(X, estimator)
    if asked.exposure is None:
        return inputs, None
    if asked.interval is not None or asked.levels:
        raise click.UsageError("--exposure is for predictions alone; leave out --interval and --quantiles")
    exposures = exposures_in(column_of(X, asked.exposure, "exposure"))
    return without_column(inputs, asked.exposure, estimator), pl.Series(exposures)


def _beside(X: "Inputs", result: "pl.DataFrame", data: Path) -> "pl.DataFrame":
    """Return predictions behind the columns of the table; it is wrong use where a name is there already."""
    import polars as pl

    if not isinstance(X, pl.DataFrame):
        raise click.UsageError("--append writes the columns of a table; images have none")
    there = [name for name in result.columns if name in X.columns]
    if there:
        raise click.UsageError(f"{str(data)!r} has a column {there[0]!r} already; leave out --append or rename it")
    return pl.concat([X, result], how="horizontal")


def _levels(estimator: "Model", quantiles: str | None, exposure: str | None) -> tuple[float, ...]:
    """Return the levels that were typed; it is wrong use to type them, or exposures, for classes."""
    from glassnet.estimators.classifier import NetworkClassifier

    if isinstance(estimator, NetworkClassifier):
        for option, value in (("--quantiles", quantiles), ("--exposure", exposure)):
            if value is not None:
                raise click.UsageError(f"{option} is for numbers, not for classes")
    return () if quantiles is None else as_levels(quantiles)


def _predicted(estimator: "Model", X: "Inputs", asked: Asked) -> "tuple[pl.DataFrame, Interval | PredictionSet | None]":
    from glassnet.estimators.classifier import NetworkClassifier

    if isinstance(estimator, NetworkClassifier):
        return _classes(estimator, X, asked.interval)
    return _numbers(estimator, X, asked)


def _numbers(estimator: "NetworkRegressor", X: "Inputs", asked: Asked) -> "tuple[pl.DataFrame, Interval | None]":
    """Return one column an output, with quantiles and the ends of intervals if asked for; and the intervals."""
    import numpy as np
    import polars as pl

    from glassnet.network.loss import as_loss

    if as_loss(estimator.loss).predicts_deviation:
        both = [part.reshape(len(X), -1) for part in estimator.predict(X, return_std=True)]
        prediction, outputs = np.concatenate(both, axis=1), estimator.target_names_
        names = [f"{what}_{name}" for what in ("predicted", "standard_deviation") for name in outputs]
    else:
        prediction = estimator.predict(X).reshape(len(X), -1)
        names = [f"predicted_{name}" for name in estimator.output_names_]
    result = pl.DataFrame(dict(zip(names, prediction.T, strict=True)))
    if asked.levels:
        of_levels = [f"{name} at {level:g}" for name in estimator.target_names_ for level in asked.levels]
        result = with_quantiles(result, estimator.predict_quantiles(X, asked.levels), of_levels)
    if asked.interval is None:
        return result, None
    ends = estimator.predict_interval(X, asked.interval, width=asked.width)
    return with_ends(result, ends, estimator.target_names_), ends


def _classes(
    estimator: "NetworkClassifier", X: "Inputs", interval: float | None
) -> "tuple[pl.DataFrame, PredictionSet | None]":
    """Return the class, or every label, and the probability of each, with sets if asked for; and the sets."""
    import polars as pl

    probabilities = estimator.predict_proba(X)
    if estimator.multilabel_:
        from glassnet.estimators.label_matrix import as_labels

        labels, names = as_labels(probabilities), estimator.target_names_
        columns = {f"predicted_{name}": has for name, has in zip(names, labels.T, strict=True)}
        columns |= {f"probability_{name}": p for name, p in zip(names, probabilities.T, strict=True)}
        if interval is not None:
            estimator.predict_set(X, interval)  # which says why there are none
        return pl.DataFrame(columns), None
    classes = estimator.classes_
    name = estimator.target_names_[0]
    columns = {f"predicted_{name}": classes[probabilities.argmax(axis=1)]}
    result = pl.DataFrame({**columns, **{f"probability_{c}": p for c, p in zip(classes, probabilities.T, strict=True)}})
    if interval is None:
        return result, None
    sets = estimator.predict_set(X, interval)
    return with_sets(result, sets), sets
