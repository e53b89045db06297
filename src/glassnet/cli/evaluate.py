"""`glassnet evaluate`: how well a model file predicts data that has the targets too."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet.cli.app import DATA, FIGURE, FILE, as_json, command
from glassnet.cli.arguments import load_model, read_samples
from glassnet.cli.exposure import exposed
from glassnet.cli.intervals import COVERAGE, interval_of, quantiles_of, width_of
from glassnet.cli.missing_targets import drops_missing
from glassnet.cli.predict import Wanted, levels_of
from glassnet.cli.reading import reads_tables
from glassnet.cli.sources import why_in_slices
from glassnet.cli.terminal import show, show_json
from glassnet.storage.json_value import finite

if TYPE_CHECKING:
    from glassnet.cli.arguments import Inputs, Targets
    from glassnet.estimators.classifier import NetworkClassifier


@command
@click.argument("model", type=FILE)
@click.argument("data", type=DATA, nargs=-1, required=True)
@interval_of
@width_of
@quantiles_of
@exposed
@click.option(
    "--figure",
    type=FIGURE,
    help="Figure of predictions with 90% intervals (or --interval), residuals and coverage; of numbers.",
)
@drops_missing
@reads_tables
@as_json
def evaluate(
    model: Path, data: tuple[Path, ...], interval: float | None, width: str, quantiles: str | None,
    exposure: str | None, figure: Path | None, drop_missing_target: bool, in_json: bool,
) -> None:  # fmt: skip
    """Measure a model file's errors, and how often its intervals or sets hold, on DATA that has the targets too.

    DATA may be several files, a pattern such as "big/*.parquet" or a folder of Parquet files: one table, which is read
    and measured in slices, as a file is that is large for the memory. Median errors are then of at most 131,072 rows.
    """
    from glassnet.estimators.classifier import NetworkClassifier
    from glassnet.insight.evaluation import evaluate as measure
    from glassnet.insight.interval_evaluation import evaluate_intervals
    from glassnet.insight.quantile_evaluation import evaluate_quantiles

    estimator = load_model(model)
    levels = levels_of(estimator, quantiles, exposure)
    if figure is not None and isinstance(estimator, NetworkClassifier):
        raise click.UsageError("--figure is for numbers, and this model predicts classes; leave it out")
    why = why_in_slices(data)
    if why is not None:
        from glassnet.cli.evaluate_slices import evaluate_in_slices

        if drop_missing_target:
            raise click.UsageError(f"--drop-missing-target needs all rows in memory, and {why}; leave it out")
        click.echo(f"note: measured in slices, because {why}", err=True)
        evaluate_in_slices(estimator, data, Wanted(interval, width, levels, exposure), figure, in_json)
        return
    X, y = read_samples(data[0], estimator, drop_missing_target, exposure)
    if isinstance(estimator, NetworkClassifier):
        _evaluate_classes(estimator, X, y, interval, in_json)
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


def _evaluate_classes(
    estimator: "NetworkClassifier", X: "Inputs", y: "Targets", coverage: float | None, in_json: bool
) -> None:
    from glassnet.insight.evaluation import evaluate_classes
    from glassnet.insight.set_evaluation import evaluate_sets

    classes = evaluate_classes(estimator, X, y)
    sets = None if coverage is None else evaluate_sets(estimator, X, y, coverage)
    if in_json:
        show_json({**asdict(classes), **({} if sets is None else {"sets": sets.to_dict()})})
    else:
        show(classes.table(), *([] if sets is None else [sets.table(), str(sets.sets)]))
