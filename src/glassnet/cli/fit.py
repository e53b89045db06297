"""`glassnet fit`: from data to a model file."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet._counted import counted
from glassnet.cli.app import DATA, FIGURE, FILE, FOLDER, as_json, command, seeded
from glassnet.cli.arguments import Roles, TrainingData, chooses_columns, read_training, refuse_text
from glassnet.cli.exposure import weights_of_fit
from glassnet.cli.fit_files import fit_files, is_in_files
from glassnet.cli.holdout import by_time, hold_out, measure
from glassnet.cli.missing_targets import drops_missing
from glassnet.cli.parameters import estimator_as_typed, fraction, has_parameters, typed_parameters, with_identifiers
from glassnet.cli.reading import reads_tables
from glassnet.cli.report import REPORT, write_report
from glassnet.cli.terminal import show, show_json

if TYPE_CHECKING:
    from glassnet.cli.arguments import Model, Targets
    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.estimators.search import SizeSearch

FEW = 20  # integers that may well stand for classes


@command
@click.argument("data", type=DATA, nargs=-1, required=True)
@click.option("--target", "targets", multiple=True, help="Column to predict; repeat it for several.")
@click.option("--classify", is_flag=True, help="Predict classes, not numbers; folders for classes say so themselves.")
@click.option("-o", "--output", type=FILE, help="Model file (default: the data's name with .glass, in this folder).")
@click.option("--weight", help="Column of sample weights.")
@click.option(
    "--exposure",
    metavar="COLUMN",
    help="Column of how long or how much of a row was observed, for losses "
    "with a log link; predictions are per unit of it.",
)
@click.option("--groups", metavar="COLUMN", help="Column of groups, whose rows stay together in one fold.")
@click.option(
    "--time", metavar="COLUMN", help="Column that sorts the rows: every fold is predicted from rows before it."
)
@click.option("--test-fraction", type=fraction, help="Fraction of rows to hold out and to judge the model by.")
@drops_missing
@chooses_columns
@has_parameters
@click.option("--size", metavar="HEIGHT,WIDTH", help="Resize the images of a folder.")
@click.option("--search", type=click.FloatRange(0, min_open=True), metavar="MINUTES",
              help="Find the number of layers and neurons within so many minutes.")  # fmt: skip
@click.option("--checkpoint", type=FOLDER, help="Folder to keep the state in: a killed fit goes on from it.")
@click.option("--figure", type=FIGURE, help="Figure of predictions out of fold, residuals and losses; of numbers.")
@click.option("--report", type=REPORT, help="Report on the model: a file that ends in .html, .md or .json.")
@reads_tables
@seeded
@as_json
def fit(
    data: tuple[Path, ...], targets: tuple[str, ...], classify: bool, output: Path | None, weight: str | None,
    exposure: str | None, groups: str | None, time: str | None, test_fraction: float | None,
    drop_missing_target: bool, only: tuple[str, ...], exclude: tuple[str, ...], categorical: tuple[str, ...],
    size: str | None, search: float | None, checkpoint: Path | None, figure: Path | None, report: Path | None,
    seed: int, in_json: bool,
) -> None:  # fmt: skip
    """Train networks on DATA and write them to a model file. Ctrl-C stops and keeps the best so far.

    DATA is a table, - for one on the standard input; or images: a folder with a folder for every class, or with
    labels.csv (columns file and one more); or an .npz file with arrays X (rows, height, width, channels) and y. Several
    files, a pattern such as "big/*.parquet" or a folder of Parquet files are one table; where its rows need more memory
    than --max-memory, they are trained on in windows.
    """
    _refuse_together(search, checkpoint, groups, time, exposure)
    first = data[0]
    path = output or Path("model.glass" if str(first) == "-" else f"{first.name.split('.')[0] or first.stem}.glass")
    if not path.parent.is_dir():
        raise click.UsageError(f"there is no folder {str(path.parent)!r} to write {path.name!r} to")
    roles = Roles(targets, weight, groups, time, only, exclude, categorical, drop_missing_target, exposure)
    all_rows_only = {
        "--classify": classify, "--time": time, "--test-fraction": test_fraction, "--search": search,
        "--figure": figure, "--report": report, "--size": size, "--categorical": categorical,
        "--drop-missing-target": drop_missing_target,
    }  # fmt: skip
    in_files = is_in_files(data)
    table = fit_files(data, path, roles, all_rows_only, checkpoint, seed, in_json) if in_files else None
    if in_files and table is None:
        return
    training, test = hold_out(read_training(first, roles, size, table), test_fraction, time is not None, seed)
    classify = classify or _are_classes(training.y)
    if not classify:
        refuse_text(training, "--classify predicts classes")
    for option, value in (("--exposure", exposure), ("--search", search), ("--figure", figure)):
        if classify and value is not None:
            raise click.UsageError(f"{option} is for numbers, not for classes")
    from glassnet.estimators.progress import ProgressBar
    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.exchange.model_file import save

    model = estimator_as_typed(classify, seed)
    if only:
        with_identifiers(model)
    if time is not None:
        by_time(model)
    with ProgressBar() as bar:
        model.set_params(callback=bar)
        if search is None or not isinstance(model, NetworkRegressor):
            tried = None
            model.fit(training.X, training.y, **training.fit_parameters, checkpoint=checkpoint)
        else:
            tried = _search(model, 60 * search, training, path)
            model = tried.best_estimator_
    if training.report is not None:
        model.table_format_ = training.report.format
    path = save(model, path)
    _draw(model, training, figure)
    _report(model, training, test, report, seed)
    _tell(model, training, test, tried, roles, path, in_json)


def _tell(
    model: "Model",
    training: TrainingData,
    test: TrainingData | None,
    tried: "SizeSearch | None",
    roles: Roles,
    path: Path,
    in_json: bool,
) -> None:
    """Print the summary of a fit, with how its columns were read, what was tried, and the errors on rows held out."""
    from glassnet.insight.column_table import with_uses
    from glassnet.insight.search_report import as_table
    from glassnet.insight.summary import summarise

    summary = summarise(model, training.X, training.per_exposure)
    uses = None if training.report is None else with_uses(
        training.report, {column.name: column for column in model.schema_.columns}, roles.targets, roles.named
    )  # fmt: skip
    held_out = None if test is None else measure(model, test.X, test.per_exposure)
    if in_json:
        candidates = {} if tried is None else {"candidates": [asdict(candidate) for candidate in tried.candidates_]}
        of_columns = {} if uses is None else {"columns_read": [asdict(column) for column in uses.columns]}
        of_test = {} if held_out is None else {"test": asdict(held_out)}
        show_json({**asdict(summary), **of_columns, **candidates, **of_test, "model": str(path)})
    else:
        show(
            *([] if uses is None else [uses.table()]),
            *([] if tried is None else [as_table(tried.candidates_)]),
            summary.table(),
            *([] if held_out is None else [f"on {counted(held_out.rows, 'held-out row')}:", held_out.table()]),
            f"model: {path}",
        )


def _draw(model: "Model", training: TrainingData, path: Path | None) -> None:
    """Write the figure of a fit, if one is asked for."""
    if path is None:
        return
    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.insight.figures.display import save_figure
    from glassnet.insight.figures.overview import fit_figure

    if isinstance(model, NetworkRegressor):
        save_figure(fit_figure(model, training.X, training.per_exposure), path)
        click.echo(f"wrote: {path}", err=True)


def _report(model: "Model", training: TrainingData, test: TrainingData | None, path: Path | None, seed: int) -> None:
    """Write the report of a fit, if one is asked for, by the rows that were held out if there are some."""
    if path is not None:
        parts = [part for part in (training, test) if part is not None]
        tables = [(p.X, p.per_exposure, weights_of_fit(model, p.weights, p.exposure)) for p in parts]
        write_report(model, tables, path, {"seed": seed})
        click.echo(f"wrote: {path}", err=True)


def _refuse_together(
    search: float | None, checkpoint: Path | None, groups: str | None, time: str | None, exposure: str | None
) -> None:
    """Raise for options of which one says what the other says too."""
    typed = typed_parameters()
    if search is not None and ("hidden_layer_sizes" in typed or checkpoint is not None):
        raise click.UsageError("--search finds the sizes by many fits; leave out --hidden and --checkpoint")
    if search is not None and exposure is not None:
        raise click.UsageError("--search judges sizes by targets as they are; leave out --exposure")
    if time is not None and (groups is not None or search is not None or "cv" in typed):
        raise click.UsageError("--time says what the folds are; leave out --groups, --cv and --search")


def _are_classes(wanted: "Targets") -> bool:
    """Return whether targets are classes by their type; a few integers, which may be, bring a note."""
    import numpy as np

    kind = wanted.dtype.kind if isinstance(wanted, np.ndarray) else ""  # of what images show; a table names a column
    if kind in ("i", "u") and len(np.unique(wanted)) <= FEW:
        click.echo("note: the targets are a few integers; add --classify if they stand for classes", err=True)
    return kind in ("U", "S", "O", "b")


def _search(model: "NetworkRegressor", seconds: float, training: TrainingData, path: Path) -> "SizeSearch":
    """Return the search, and leave its figure beside the model file."""
    from glassnet.estimators.search import SizeSearch
    from glassnet.insight.figures.size_search import SizeDisplay

    search = SizeSearch(model, max_time=seconds).fit(training.X, training.y, **training.fit_parameters)
    figure = path.with_name(f"{path.stem}-sizes.png")
    SizeDisplay(search.candidates_).save(figure)
    click.echo(f"wrote: {figure}", err=True)
    if search.untried_:
        sizes = ", ".join("-".join(map(str, size)) for size in search.untried_)
        click.echo(f"warning: there was no time for {sizes}; give --search more minutes", err=True)
    return search
