"""What each ingredient of the default recipe brings: RMSE of a fit without it over that of the default, one run.

    python benchmarks/ablation.py FOLDER [--tables yacht,concrete] [--splits 3]

Above 1 the ingredient helps. Tables and splits are those of `accuracy.py`; means are geometric, over tables.
"""

from pathlib import Path
from time import perf_counter

import click
import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import gmean
from sklearn.metrics import root_mean_squared_error
from split_tables import read_splits

from glassnet import Adam, NetworkRegressor, Recipe

CHANGES = {
    "the default": {},
    "numbers not embedded": {"preset": Recipe(embedding="none")},
    "periodic embedding alone": {"preset": Recipe(embedding="periodic")},
    "piecewise-linear embedding alone": {"preset": Recipe(embedding="piecewise")},
    "Adam with beta_2 = .999": {"solver": Adam(0.9, 0.999)},
    "constant step size": {"solver": Adam(schedule="constant")},
    "cosine in place of flat, then cosine": {"solver": Adam(schedule="cosine")},
    "four cycles of step sizes": {"solver": Adam(schedule="log_cosine")},
    "relu in place of mish": {"activation": "relu"},
    "no decay": {"solver": Adam(weight_decay=0.0)},
    "one strength of decay": {"solver": Adam(weight_decay=0.05)},
    "dropout of .15": {"dropout": 0.15},
    "no validation rows, last epoch kept": {"early_stopping": False},
    "half of the epochs": {"max_iter": 128},
    "128 neurons a layer, not 64": {"hidden_layer_sizes": (128, 128, 128)},
    "no straight line": {"preset": Recipe(linear_path=False)},
    "one network of all rows": {"n_members": 1},
    "dense layers, scikit-learn's step size": {"solver": "adam", "preset": "plain"},
}


@click.command(help=__doc__, context_settings={"max_content_width": 120})
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--tables", default="bostonHousing,concrete,energy,wine-quality-red,yacht", show_default=True, help="With commas."
)
@click.option("--splits", default=3, show_default=True, help="Splits of each table, from the first.")
@click.option("--changes", default="", help="Those whose name holds this text alone, beside the default.")
def main(folder, tables, splits, changes):
    tried = {what: how for what, how in CHANGES.items() if not how or changes in what}
    console = Console(width=150)
    names, found, seconds = tables.split(","), {}, {}
    for name in names:
        frame, y, tests = read_splits(folder, name)
        for what, parameters in tried.items():
            errors = []
            for split, test in enumerate(tests[:splits]):
                started = perf_counter()
                model = NetworkRegressor(random_state=split, **parameters).fit(frame.filter(~test), y[~test])
                seconds.setdefault(what, []).append(perf_counter() - started)
                errors.append(root_mean_squared_error(y[test], model.predict(frame.filter(test))))
            found[name, what] = np.mean(errors)
            console.print(f"{name}, {what}: RMSE {found[name, what]:.5g}", highlight=False)
    table = Table(title="RMSE over the default's, mean over splits (above 1: worse without the ingredient)")
    for head in ("change", *names, "geometric mean", "median seconds"):
        table.add_column(head, justify="left" if head == "change" else "right")
    for what in tried:
        ratios = [found[name, what] / found[name, "the default"] for name in names]
        cells = [f"{value:.3f}" for value in (*ratios, gmean(ratios))]
        table.add_row(what, *cells, f"{np.median(seconds[what]):.1f}")
    console.print(table)


if __name__ == "__main__":
    main()
