"""`glassnet compare`: a model beside simple ones on equal rows."""

from pathlib import Path

import click

from glassnet.cli.app import DATA, FIGURE, FILE, as_json, command, seeded
from glassnet.cli.arguments import load_model, read_samples
from glassnet.cli.missing_targets import drops_missing
from glassnet.cli.reading import reads_tables
from glassnet.cli.terminal import show, show_json
from glassnet.storage.json_value import finite


@command
@click.argument("model", type=FILE)
@click.argument("data", type=DATA)
@click.option("--test", type=FILE, help="Table of other rows to judge by; without it models are judged out of fold.")
@click.option("--figure", type=FIGURE, help="Figure of the differences with their limits.")
@seeded
@drops_missing
@reads_tables
@as_json
def compare(
    model: Path, data: Path, test: Path | None, figure: Path | None, seed: int, drop_missing_target: bool,
    in_json: bool,
) -> None:  # fmt: skip
    """Compare MODEL with a constant, a straight line and gradient boosting on DATA, the table that it was fitted to.

    Each simple model learns what the members of a fold learned from and predicts that fold, so that all are judged on
    the same rows, which none of them has seen. The limits say whether differences are more than chance.
    """
    from glassnet.insight.comparison import compare as comparison
    from glassnet.insight.figures.comparison import ComparisonDisplay

    estimator = load_model(model)
    X, y = read_samples(data, estimator, drop_missing_target)
    X_test, y_test = (None, None) if test is None else read_samples(test, estimator, drop_missing_target)
    found = comparison(
        estimator, X, y, X_test=X_test, y_test=y_test, seed=seed,
        callback=lambda name: click.echo(f"training: {name}", err=True),
    )  # fmt: skip
    if figure is not None:
        ComparisonDisplay(found).save(figure)
        click.echo(f"wrote: {figure}", err=True)
    show_json(finite(found.to_dict())) if in_json else show(found.table(), found.describe())
