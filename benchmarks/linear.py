"""Where the truth is a straight line: fits beside ridge regression, on sums without noise and lines with it.

    python benchmarks/linear.py [--draws 10] [--rows 50,200,1000] [--parts exact,noisy] [--no-networks]

Exact: sums and differences of skewed columns, 600 rows, R2 out of fold. Noisy: normal columns with a random line, RMSE
on 2,000 new rows over that of ridge regression whose penalty is chosen by scikit-learn's leave-one-out.
"""

from itertools import product

import click
import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import RidgeCV
from sklearn.metrics import root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from glassnet import NetworkRegressor, Recipe

NEW_ROWS = 2_000
ROWS = 600  # of sums without noise
MODELS = {"default": "balanced", "networks alone": Recipe(linear_path=False)}


def sum_of_six(random):
    X = random.lognormal(size=(ROWS, 6))
    return X, X.sum(axis=1)


def revenue_less_cost(random):
    X = random.lognormal(3, 1, (ROWS, 2))
    return X, X[:, 0] - X[:, 1]


def end_less_start(random):
    start = random.uniform(0, 1e6, ROWS)
    X = np.column_stack([start, start + random.gamma(2, 50, ROWS)])
    return X, X[:, 1] - X[:, 0]


def identity_of_four(random):
    """Population next year: births come in, deaths go out, and there is migration."""
    people = random.lognormal(10, 1.5, ROWS)
    rates = np.column_stack([np.ones(ROWS), *(random.normal(m, 0.002, ROWS) for m in (0.012, 0.009, 0.0))])
    X = people[:, None] * rates
    return X, X @ [1, 1, -1, 1]


EXACT = {
    "sum of six lognormal columns": sum_of_six,
    "revenue - cost": revenue_less_cost,
    "end - start": end_less_start,
    "identity of four columns": identity_of_four,
}


def exact(console, draws, models):
    table = Table(title=f"R2 out of fold without noise, {ROWS} rows, {draws} draws: median (least)")
    for head in ("target", *models):
        table.add_column(head, justify="left" if head == "target" else "right")
    for name, made in EXACT.items():
        cells = []
        for preset in models.values():
            scores = []
            for draw in range(draws):
                X, y = made(np.random.default_rng(draw))
                scores.append(NetworkRegressor(preset=preset, random_state=draw).fit(X, y).oof_score_)
            cells.append(f"{np.median(scores):.7f} ({min(scores):.7f})")
        table.add_row(name, *cells)
        console.print(f"{name}: {', '.join(cells)}", highlight=False)
    console.print(table)


def noisy(console, draws, sizes, models):
    table = Table(title=f"RMSE over ridge regression's where the truth is a line, mean of {draws} draws")
    for head in ("rows", "columns", "R2", *models):
        table.add_column(head, justify="right")
    total = {name: [] for name in models}
    for rows, columns, r2 in product(sizes, (5, 20), (0.2, 0.5, 0.9)):
        ratios = {name: [] for name in models}
        for draw in range(draws):
            random = np.random.default_rng(draw)
            X = random.normal(size=(rows + NEW_ROWS, columns))
            line = X @ random.normal(size=columns)
            y = np.sqrt(r2) * line / line.std() + np.sqrt(1 - r2) * random.normal(size=len(line))
            ridge = make_pipeline(StandardScaler(), RidgeCV(np.geomspace(1e-6, 1e4, 51))).fit(X[:rows], y[:rows])
            least = root_mean_squared_error(y[rows:], ridge.predict(X[rows:]))
            for name, preset in models.items():
                model = NetworkRegressor(preset=preset, random_state=draw).fit(X[:rows], y[:rows])
                ratios[name].append(root_mean_squared_error(y[rows:], model.predict(X[rows:])) / least)
        for name in models:
            total[name].append(np.mean(ratios[name]))
        cells = [f"{total[name][-1]:.3f}" for name in models]
        console.print(f"{rows} rows, {columns} columns, R2 {r2}: {', '.join(cells)}", highlight=False)
        table.add_row(str(rows), str(columns), str(r2), *cells)
    table.add_row("all", "", "", *(f"{np.mean(total[name]):.3f}" for name in models))
    console.print(table)


@click.command(help=__doc__, context_settings={"max_content_width": 120})
@click.option("--draws", default=10, show_default=True, help="Tables of each kind.")
@click.option(
    "--rows", default="50,200,1000", show_default=True, help="Training rows of lines with noise, with commas."
)
@click.option("--parts", default="exact,noisy", show_default=True, help="With a comma.")
@click.option("--networks/--no-networks", default=True, help="Whether to fit networks without lines too.")
def main(draws, rows, parts, networks):
    console = Console(width=120)
    models = MODELS if networks else {"default": MODELS["default"]}
    if "exact" in parts.split(","):
        exact(console, draws, models)
    if "noisy" in parts.split(","):
        noisy(console, draws, [int(size) for size in rows.split(",")], models)


if __name__ == "__main__":
    main()
