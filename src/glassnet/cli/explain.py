"""`glassnet explain`: which columns a model uses."""

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
@click.option("--repeats", default=5, show_default=True, type=click.IntRange(1), help="How often a column is shuffled.")
@click.option("--figure", type=FIGURE, help="Figure of the columns with their limits.")
@seeded
@drops_missing
@reads_tables
@as_json
def explain(
    model: Path, data: Path, repeats: int, figure: Path | None, seed: int, drop_missing_target: bool, in_json: bool
) -> None:  # fmt: skip
    """Say how much the error of MODEL grows when the cells of a column of DATA are shuffled.

    DATA is the table that MODEL was fitted to, whose rows are judged by members that never saw them, or another one
    with the target. It is what the model uses, not what causes the target.
    """
    from glassnet.insight.importance import importance

    estimator = load_model(model)
    X, y = read_samples(data, estimator, drop_missing_target)
    found = importance(estimator, X, y, repeats=repeats, seed=seed)
    if figure is not None:
        from glassnet.insight.figures.importance import ImportanceDisplay

        ImportanceDisplay(found).save(figure)
        click.echo(f"wrote: {figure}", err=True)
    show_json(finite(found.to_dict())) if in_json else show(found.table())
