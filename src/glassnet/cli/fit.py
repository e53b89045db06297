"""`glassnet demo` and `glassnet fit`: from data to a model file."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet.cli.app import DATA, FILE, FOLDER, as_json, command, seeded
from glassnet.cli.arguments import as_levels, as_sizes, read_training
from glassnet.cli.terminal import show, show_json

if TYPE_CHECKING:
    import numpy as np

    from glassnet.cli.arguments import Inputs, Targets
    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.estimators.search import SizeSearch

# Written out, because asking the modules that define them would import JAX; a test compares.
ACTIVATIONS = [
    "identity", "relu", "leaky_relu", "logistic", "tanh", "hard_tanh", "softplus", "elu", "selu", "gelu", "silu",
    "mish",
]  # fmt: skip
LOSSES = ["half_squared_error", "squared_error", "absolute_error", "huber", "quantile", "poisson", "gamma"]
PRESETS = ["fast", "balanced", "best", "plain"]
FEW = 20  # integers that may well stand for classes
SOLVERS = ["adam", "adamw", "sgd", "gd", "lbfgs", "lm", "auto"]


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

    from glassnet.data.read import write_table
    from glassnet.estimators.progress import ProgressBar
    from glassnet.exchange.model_file import save
    from glassnet.insight.comparison import compare_on_diabetes
    from glassnet.insight.plots import fit_figure, save_figure

    with ProgressBar() as bar:
        comparison = compare_on_diabetes(seed, bar)
    output.mkdir(parents=True, exist_ok=True)
    model = save(comparison.model, output / "diabetes.glass")
    predictions = pl.DataFrame({"actual": comparison.test_target, "predicted": comparison.test_prediction})
    write_table(predictions, output / "predictions.csv")
    figure = fit_figure(comparison.model, comparison.test_target, comparison.test_prediction, comparison.about)
    save_figure(figure, output / "predictions.png")
    files = [str(model), str(output / "predictions.csv"), str(output / "predictions.png")]
    if in_json:
        show_json(
            {
                "about": comparison.about,
                "test": {name: asdict(e) for name, e in comparison.errors.items()},
                "summary": asdict(comparison.summary),
                "files": files,
            }
        )
    else:
        show(comparison.about, comparison.summary.table(), comparison.table(), "wrote: " + ", ".join(files))


@command
@click.argument("data", type=DATA)
@click.option("--target", "targets", multiple=True, help="Column to predict; repeat it for several.")
@click.option("--classify", is_flag=True, help="Predict classes, not numbers; folders for classes say so themselves.")
@click.option("-o", "--output", type=FILE, help="Model file (default: the data's name with .glass, in this folder).")
@click.option("--weight", help="Column of sample weights.")
@click.option("--hidden", help="Neurons of the hidden layers, as in 64,64 (default: the preset's).")
@click.option("--activation", type=click.Choice(ACTIVATIONS), metavar="NAME",
              help=f"Activation of the hidden layers: {', '.join(ACTIVATIONS)} (default: the preset's).")  # fmt: skip
@click.option("--loss", default="half_squared_error", show_default=True, type=click.Choice(LOSSES),
              help="What is made small.")  # fmt: skip
@click.option("--quantiles", help="Quantiles to predict instead of a mean, as in 0.05,0.5,0.95.")
@click.option("--solver", default="adam", show_default=True, type=click.Choice(SOLVERS), help="How it learns.")
@click.option("--members", type=click.IntRange(1), help="Networks trained at once (default: the preset's).")
@click.option("--size", metavar="HEIGHT,WIDTH", help="Resize the images of a folder.")
@click.option("--adversarial", type=click.FloatRange(0, min_open=True), metavar="EPSILON",
              help="Train against an adversary that moves inputs by EPSILON (see glassnet attack).")  # fmt: skip
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
    data: Path, targets: tuple[str, ...], classify: bool, output: Path | None, weight: str | None, size: str | None,
    hidden: str | None, activation: str | None, loss: str, quantiles: str | None, solver: str, members: int | None,
    adversarial: float | None, preset: str, search: float | None, max_iter: int | None, max_time: float | None,
    checkpoint: Path | None, seed: int, in_json: bool,
) -> None:  # fmt: skip
    """Train networks on DATA and write them to a model file. Ctrl-C stops and keeps the best so far.

    DATA is a table; or images: a folder with a folder for every class, or with labels.csv (columns file and one
    more); or an .npz file with arrays X (rows, height, width, channels) and y.
    """
    sizes = None if hidden is None else as_sizes(hidden)
    if search is not None and (hidden is not None or checkpoint is not None):
        raise click.UsageError("--search finds the sizes by many fits; leave out --hidden and --checkpoint")
    path = output or Path(f"{data.stem}.glass")
    if not path.parent.is_dir():
        raise click.UsageError(f"there is no folder {str(path.parent)!r} to write {path.name!r} to")
    inputs, wanted, weights = read_training(data, targets, weight, size)
    classify = classify or _are_classes(wanted)
    if classify and (quantiles is not None or search is not None or loss != LOSSES[0]):
        raise click.UsageError("--loss, --quantiles and --search are for numbers, not for classes")
    from glassnet.ensemble.recipe import Recipe
    from glassnet.estimators.classifier import NetworkClassifier
    from glassnet.estimators.progress import ProgressBar
    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.exchange.model_file import save
    from glassnet.insight.search_report import as_table
    from glassnet.insight.summary import summarise
    from glassnet.network.loss import Quantile

    regressor = NetworkRegressor(loss=loss if quantiles is None else Quantile(as_levels(quantiles)))
    model = NetworkClassifier() if classify else regressor
    model.set_params(
        hidden_layer_sizes=sizes,
        activation=activation,
        solver=solver,
        n_members=members,
        preset=preset if adversarial is None else Recipe(preset, adversarial=adversarial),
        max_iter=max_iter,
        max_time=max_time,
        random_state=seed,
    )
    with ProgressBar() as bar:
        model.set_params(callback=bar)
        if search is None:
            tried = None
            model.fit(inputs, wanted, sample_weight=weights, checkpoint=checkpoint)
        else:
            tried = _search(regressor, 60 * search, inputs, wanted, weights, path)
            model = tried.best_estimator_
    path = save(model, path)
    summary = summarise(model, inputs, wanted)
    if in_json:
        candidates = {} if tried is None else {"candidates": [asdict(candidate) for candidate in tried.candidates_]}
        show_json({**asdict(summary), **candidates, "model": str(path)})
    else:
        show(*([] if tried is None else [as_table(tried.candidates_)]), summary.table(), f"model: {path}")


def _are_classes(wanted: "Targets") -> bool:
    """Return whether targets are classes by their type; a few integers, which may be, bring a note."""
    import numpy as np

    kind = wanted.dtype.kind if isinstance(wanted, np.ndarray) else ""  # of what images show; a table names a column
    if kind in ("i", "u") and len(np.unique(wanted)) <= FEW:
        click.echo("note: the targets are a few integers; add --classify if they stand for classes", err=True)
    return kind in ("U", "S", "O", "b")


def _search(
    model: "NetworkRegressor", seconds: float, X: "Inputs", y: "Targets", weights: "np.ndarray | None", path: Path
) -> "SizeSearch":
    """Return the search, and leave its figure beside the model file."""
    from glassnet.estimators.search import SizeSearch
    from glassnet.insight.plots import save_figure
    from glassnet.insight.search_report import size_figure

    search = SizeSearch(model, max_time=seconds).fit(X, y, sample_weight=weights)
    figure = path.with_name(f"{path.stem}-sizes.png")
    save_figure(size_figure(search.candidates_), figure)
    click.echo(f"wrote: {figure}", err=True)
    if search.untried_:
        sizes = ", ".join("-".join(map(str, size)) for size in search.untried_)
        click.echo(f"warning: there was no time for {sizes}; give --search more minutes", err=True)
    return search
