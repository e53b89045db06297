"""`glassnet calibrate`: intervals and sets from rows that a model has never seen."""

from pathlib import Path

import click

from glassnet._counted import counted
from glassnet.cli.app import DATA, FILE, as_json, command
from glassnet.cli.arguments import load_model, read_samples
from glassnet.cli.missing_targets import drops_missing
from glassnet.cli.reading import reads_tables
from glassnet.cli.terminal import show, show_json


@command
@click.argument("model", type=FILE)
@click.argument("data", type=DATA)
@click.option("-o", "--output", required=True, type=FILE, help="Model file to write.")
@drops_missing
@reads_tables
@as_json
def calibrate(model: Path, data: Path, output: Path, drop_missing_target: bool, in_json: bool) -> None:
    """Make the intervals or sets of MODEL from DATA, rows with the target that MODEL has never seen.

    Its predictions stay the same; the intervals then hold with at least the coverage that is asked for, and are
    usually narrower.
    """
    from glassnet.exchange.model_file import ENDING, save

    if model.exists() and ((output.exists() and output.samefile(model)) or output.with_suffix(ENDING) == model):
        raise click.UsageError(f"{str(output)!r} is the model to calibrate, which would be lost; name another file")
    estimator = load_model(model)
    X, y = read_samples(data, estimator, drop_missing_target)
    estimator.calibrate(X, y)
    path = save(estimator, output)
    if in_json:
        show_json({"rows": len(X), "method": "split conformal", "model": str(path)})
    else:
        show(f"calibrated by {counted(len(X), 'row')} (split conformal); predictions are as before", f"model: {path}")
