"""Errors on a table in files on the command line: measured in slices, the figure drawn from a sample."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet.cli.arguments import samples_of
from glassnet.cli.exposure import check_exposed
from glassnet.cli.file_samples import drawn_from
from glassnet.cli.intervals import COVERAGE
from glassnet.cli.reading import open_as_typed
from glassnet.cli.slice_bar import SliceBar
from glassnet.cli.terminal import show, show_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glassnet.cli.arguments import Model
    from glassnet.cli.predict import Wanted
    from glassnet.data.files import TableFiles


def evaluate_in_slices(
    estimator: "Model", paths: "Sequence[Path]", wanted: "Wanted", figure: Path | None, in_json: bool
) -> None:
    """Measure a model's errors on a table in files, and print them."""
    from glassnet.estimators.prediction_table import Asked
    from glassnet.insight.file_evaluation import evaluate_slices

    if estimator.schema_.kind != "table":
        raise click.UsageError("the model was fitted to images, which are not read in slices; give one folder or file")
    check_exposed(estimator, wanted.exposure)
    with tempfile.TemporaryDirectory(prefix=".glassnet-") as folder:
        files = open_as_typed(paths, Path(folder), getattr(estimator, "table_format_", None))
        asked = Asked(wanted.interval, wanted.width, wanted.levels)
        with SliceBar(title="measuring") as bar:
            found = evaluate_slices(
                estimator, files, lambda frame: samples_of(frame, estimator, wanted.exposure), asked, bar
            )
        if figure is not None:
            _draw(estimator, files, wanted, figure)
    if in_json:
        show_json(found.to_dict())
    else:
        show(*found.parts())


def _draw(estimator: "Model", files: "TableFiles", wanted: "Wanted", figure: Path) -> None:
    """Draw the figure of an evaluation from some of the rows, and say how many."""
    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.insight.figures.display import save_figure
    from glassnet.insight.figures.overview import evaluation_figure

    if not isinstance(estimator, NetworkRegressor):
        raise click.UsageError("--figure is for numbers, and this model predicts classes; leave it out")
    frame, drawn = drawn_from(files, 0)
    X, y = samples_of(frame, estimator, wanted.exposure)
    save_figure(evaluation_figure(estimator, X, y, wanted.interval or COVERAGE, wanted.width), figure)
    click.echo(f"wrote: {figure}, of {drawn}", err=True)
