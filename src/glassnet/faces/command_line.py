"""The command line: `glassnet COMMAND`. It reads, calls, and renders; what it imports is imported when it is needed."""

import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Any

import click

from glassnet import __version__
from glassnet.faces.arguments import as_levels, as_sizes, column_of, load_regressor, read, split_off
from glassnet.faces.terminal import show, show_json

TABLE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
# Written out, because asking the modules that define them would import JAX; a test compares.
ACTIVATIONS = ["identity", "relu", "leaky_relu", "logistic", "tanh", "softplus", "elu", "selu", "gelu", "silu", "mish"]
LOSSES = ["half_squared_error", "squared_error", "absolute_error", "huber", "quantile", "poisson", "gamma"]
PRESETS = ["fast", "balanced", "best", "plain"]
SOLVERS = ["adam", "adamw", "sgd", "gd", "lbfgs", "lm", "auto"]
as_json = click.option("--json", "in_json", is_flag=True, help="Print JSON for machines.")
seeded = click.option(
    "--seed", default=0, show_default=True, type=click.IntRange(0, 2**32 - 1), help="Seed of everything random."
)
decimals_of = click.option(
    "--decimals", type=click.IntRange(0, 17), help="Decimals of every number (default: 6 digits)."
)


def main() -> None:
    """Run the command line: exit code 0, 1 when the work failed, 2 for wrong use."""
    _keep_compiled_programs()
    cli(prog_name="glassnet")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="glassnet")
def cli() -> None:
    """Regression with neural networks that can be seen through.

    Tables are CSV, TSV, Parquet or JSON lines, by the ending of their name.
    """


def command(function: Callable[..., None]) -> click.Command:
    """Register a command whose failures are one line on the error stream and exit code 1."""

    @wraps(function)
    def run(*args: Any, **options: Any) -> None:
        try:
            function(*args, **options)
        except BrokenPipeError:  # the reader has seen enough
            sys.stdout = None
        except (ValueError, TypeError, ArithmeticError, OSError) as error:
            raise click.ClickException(str(error)) from error

    return cli.command()(run)


@command
@click.option(
    "-o", "--output", default="glassnet-demo", show_default=True, type=click.Path(file_okay=False, path_type=Path)
)
@seeded
@as_json
def demo(output: Path, seed: int, in_json: bool) -> None:
    """Train on the diabetes table that scikit-learn ships, and report honestly.

    Leaves the model, the test rows' predictions and a figure in the folder OUTPUT.
    """
    import polars as pl

    from glassnet.estimators.progress import ProgressBar
    from glassnet.exchange.model_file import save
    from glassnet.insight.comparison import compare_on_diabetes
    from glassnet.insight.plots import fit_figure, save_figure
    from glassnet.table.read import write_table

    with ProgressBar() as bar:
        found = compare_on_diabetes(seed, bar)
    output.mkdir(parents=True, exist_ok=True)
    model = save(found.model, output / "diabetes.glass")
    predictions = pl.DataFrame({"actual": found.test_target, "predicted": found.test_prediction})
    write_table(predictions, output / "predictions.csv")
    figure = fit_figure(found.model, found.test_target, found.test_prediction, found.about)
    save_figure(figure, output / "predictions.png")
    files = [str(model), str(output / "predictions.csv"), str(output / "predictions.png")]
    if in_json:
        show_json(
            {
                "about": found.about,
                "test": {name: asdict(e) for name, e in found.errors.items()},
                "summary": asdict(found.summary),
                "files": files,
            }
        )
    else:
        show(found.about, found.summary.table(), found.table(), "left: " + ", ".join(files))


@command
@click.argument("table", type=TABLE)
@click.option("--target", "targets", required=True, multiple=True, help="Column to predict; repeat it for several.")
@click.option("-o", "--output", type=TABLE, help="Model file (default: the table's name with .glass, in this folder).")
@click.option("--weight", help="Column of sample weights.")
@click.option("--hidden", help="Neurons of the hidden layers, as in 64,64 (default: the preset's).")
@click.option("--activation", type=click.Choice(ACTIVATIONS), metavar="NAME",
              help=f"Activation of the hidden layers: {', '.join(ACTIVATIONS)} (default: the preset's).")  # fmt: skip
@click.option("--loss", default="half_squared_error", show_default=True, type=click.Choice(LOSSES),
              help="What is made small.")  # fmt: skip
@click.option("--quantiles", help="Quantiles to predict instead of a mean, as in 0.05,0.5,0.95.")
@click.option("--solver", default="adam", show_default=True, type=click.Choice(SOLVERS), help="How it learns.")
@click.option("--members", type=click.IntRange(1), help="Networks trained at once (default: the preset's).")
@click.option("--preset", default="balanced", show_default=True, type=click.Choice(PRESETS),
              help="Defaults, by patience; plain is scikit-learn's single network.")  # fmt: skip
@click.option("--search", type=click.FloatRange(0, min_open=True), metavar="MINUTES",
              help="Find the number of layers and neurons within so many minutes.")  # fmt: skip
@click.option("--max-iter", type=click.IntRange(1), help="Epochs at most (default: the preset's).")
@click.option("--max-time", type=click.FloatRange(0, min_open=True), help="Seconds at most.")
@click.option("--checkpoint", type=FOLDER, help="Folder to keep the state in: a killed fit goes on from it.")
@seeded
@as_json
def fit(
    table: Path, targets: tuple[str, ...], output: Path | None, weight: str | None, hidden: str | None, seed: int,
    quantiles: str | None, search: float | None, checkpoint: Path | None, in_json: bool, **parameters: Any,
) -> None:  # fmt: skip
    """Train networks on TABLE and write them to a model file. Ctrl-C stops and keeps the best so far."""
    parameters["hidden_layer_sizes"] = None if hidden is None else as_sizes(hidden)
    if search is not None and (hidden is not None or checkpoint is not None):
        raise click.UsageError("--search finds the sizes by many fits; leave out --hidden and --checkpoint")
    parameters["n_members"] = parameters.pop("members")
    path = output or Path(f"{table.stem}.glass")
    if not path.parent.is_dir():
        raise click.UsageError(f"there is no folder {str(path.parent)!r} to write {path.name!r} to")
    frame, wanted = split_off(read(table), targets)
    weights = None
    if weight is not None:
        weights = column_of(frame, weight, "sample weights").to_numpy()
        frame = frame.drop(weight)
    from glassnet.estimators.progress import ProgressBar
    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.exchange.model_file import save
    from glassnet.insight.sizes import as_table
    from glassnet.insight.summary import summarise
    from glassnet.network.loss import Quantile

    if quantiles is not None:
        parameters["loss"] = Quantile(as_levels(quantiles))
    with ProgressBar() as bar:
        model = NetworkRegressor(random_state=seed, callback=bar, **parameters)
        if search is None:
            tried = None
            model.fit(frame, wanted, sample_weight=weights, checkpoint=checkpoint)
        else:
            tried = _search(model, 60 * search, frame, wanted, weights, path)
            model = tried.best_estimator_
    path = save(model, path)
    summary = summarise(model, frame, wanted)
    if in_json:
        candidates = {} if tried is None else {"candidates": [asdict(candidate) for candidate in tried.candidates_]}
        show_json({**asdict(summary), **candidates, "model": str(path)})
    else:
        show(*([] if tried is None else [as_table(tried.candidates_)]), summary.table(), f"model: {path}")


@command
@click.argument("model", type=TABLE)
@click.argument("table", type=TABLE)
@click.option("-o", "--output", type=TABLE, help="Table to write (default: CSV on the standard output).")
@click.option("--append", is_flag=True, help="Write the columns of TABLE too.")
@as_json
def predict(model: Path, table: Path, output: Path | None, append: bool, in_json: bool) -> None:
    """Predict every row of TABLE with a model file; columns are matched by name."""
    import polars as pl

    from glassnet.table.read import write_table

    estimator = load_regressor(model)
    frame = read(table, estimator)
    prediction = estimator.predict(frame).reshape(frame.height, -1)
    names = [f"predicted_{name}" for name in estimator.output_names_]
    result = pl.DataFrame(dict(zip(names, prediction.T, strict=True)))
    if append:
        there = [name for name in names if name in frame.columns]
        if there:
            raise click.UsageError(f"{str(table)!r} has a column {there[0]!r} already; leave out --append or rename it")
        result = pl.concat([frame, result], how="horizontal")
    if output is not None:
        write_table(result, output)
    if in_json:
        show_json({"rows": result.height, "file": str(output)} if output is not None else result.to_dicts())
    elif output is None:
        click.echo(result.write_csv(), nl=False)


@command
@click.argument("model", type=TABLE)
@click.argument("table", type=TABLE)
@as_json
def evaluate(model: Path, table: Path, in_json: bool) -> None:
    """Measure a model file's errors on a TABLE that has the target too."""
    from glassnet.insight.evaluation import evaluate as measure

    estimator = load_regressor(model)
    frame, wanted = split_off(read(table, estimator), estimator.target_names_)
    found = measure(estimator, frame, wanted)
    if in_json:
        show_json({name: asdict(e) for name, e in found.errors.items()})
    else:
        show(found.table())


@command
@click.argument("model", type=TABLE, required=False)
@click.argument("table", type=TABLE, required=False)
@click.option("--example", type=click.Choice(["one-neuron", "two-neurons", "festival"]), help="A worked example.")
@click.option("--row", type=click.IntRange(0), help="Row of TABLE, counted from 0.")
@click.option("--member", default=0, show_default=True, type=click.IntRange(0), help="Member, counted from 0.")
@click.option("--weights", is_flag=True, help="Print the matrices W and dE/dW too.")
@decimals_of
@as_json
def trace(
    model: Path | None,
    table: Path | None,
    example: str | None,
    row: int | None,
    member: int,
    weights: bool,
    decimals: int | None,
    in_json: bool,
) -> None:
    """Show every number of forward pass, backward pass and step.

    Either of a worked EXAMPLE, or of one ROW of TABLE through a model file.
    """
    if example is not None and model is None and row is None:
        from glassnet.insight.examples import EXAMPLES

        shown = EXAMPLES[example](decimals)
        click.echo(shown.json) if in_json else show(shown.about, shown.table)
        return
    if model is None or table is None or row is None or example is not None:
        raise click.UsageError("type either --example one-neuron, or MODEL TABLE --row 0")
    from glassnet.insight.row import trace_row

    estimator = load_regressor(model)
    frame, wanted = split_off(read(table, estimator), estimator.target_names_)
    found = trace_row(estimator, frame, wanted, row, member=member)
    click.echo(found.to_json()) if in_json else show(*found.tables(decimals, weights=weights))


@command
@as_json
def doctor(in_json: bool) -> None:
    """Report versions, device and cache, as they matter to a question or a bug."""
    from glassnet.faces.doctor import device, versions

    if in_json:
        show_json({**versions(), **dict(device())})
        return
    for found in (versions().items(), device()):
        for name, value in found:
            click.echo(f"{name:<18} {value}")


def _keep_compiled_programs() -> None:
    """Let JAX keep what it compiles in the user's cache folder, unless a folder is set or JAX is told not to."""
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "glassnet"
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(folder))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")


def _search(model: Any, seconds: float, frame: Any, wanted: Any, weights: Any, path: Path) -> Any:
    """Return the search, and leave its figure beside the model file."""
    from glassnet.estimators.search import SizeSearch
    from glassnet.insight.plots import save_figure
    from glassnet.insight.sizes import size_figure

    found = SizeSearch(model, max_time=seconds).fit(frame, wanted, sample_weight=weights)
    save_figure(size_figure(found.candidates_), path.with_name(f"{path.stem}-sizes.png"))
    return found
