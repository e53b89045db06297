"""Coverage and width of intervals beside MAPIE's, on a folder of tables with fixed splits, in one run.

    python benchmarks/intervals.py FOLDER [--tables yacht,concrete] [--splits 20] [--models NAMES] [--out runs.csv]

Every model gets the same rows and its own defaults. glassnet's intervals are CV+ from its fit, constant and adaptive,
and split conformal ones: another fit to four fifths of the rows, calibrated by the last fifth, drawn at random. MAPIE
fits scikit-learn's MLP and HistGradientBoosting once a fold, ten folds, and makes CV+ intervals of them. Width is the
mean width over the range of the target in the test rows. Peers need numbers: see peers.py for what they get. Results
are appended to the CSV as they come.

Is a coverage below what was asked, or is it chance? Given calibration rows without number, a share c of m test rows has
deviation sqrt(c (1 - c) / m); over splits that share rows with each other no less than sqrt(c (1 - c) / n), n the rows
of the table. The table of results calls low what is more than three of the latter below.
"""

import csv
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import click
import numpy as np
from mapie.regression import CrossConformalRegressor
from peers import Mixed, hist_gradient_boosting, mlp
from rich.console import Console
from rich.table import Table
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.model_selection import KFold
from split_tables import read_splits

from glassnet import NetworkRegressor
from glassnet.conformal.evaluation import measure

TABLES = "bostonHousing,concrete,energy,kin8nm,naval-propulsion-plant,power-plant,wine-quality-red,yacht"
FOLDS = 10
DEVIATIONS = 3
FIELDS = (
    "versions", "table", "split", "model", "rows", "test_rows", "asked", "covered", "width", "pinball", "floor",
    "fit_seconds", "predict_seconds", "failure",
)  # fmt: skip
OURS = {"glassnet": "constant", "glassnet adaptive": "adaptive"}
SPLIT = "glassnet split"
PEERS = {
    "MAPIE, MLP": lambda mixed, seed: mlp(mixed, False, seed),
    "MAPIE, HistGradientBoosting": lambda mixed, seed: hist_gradient_boosting(mixed, False, seed),
}


class Remade(RegressorMixin, BaseEstimator):
    """A peer that scikit-learn can clone: made anew at every fit."""

    def __init__(self, make=None):
        self.make = make

    def __sklearn_clone__(self):
        return Remade(self.make)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "model_")

    def fit(self, X, y):
        self.model_ = self.make().fit(X, y)
        return self

    def predict(self, X):
        return self.model_.predict(X)


def measured(y, lower, upper, asked, seconds):
    """Return what a row of results says of intervals."""
    found = measure(y, lower, upper, asked)
    size = float(np.ptp(y))
    return {
        "test_rows": found.rows,
        "asked": asked,
        "covered": found.covered,
        "width": found.mean_width / size,
        "pinball": found.pinball / size,
        "fit_seconds": seconds[0],
        "predict_seconds": seconds[1],
    }


def of_ours(models, frame, y, train, seed, asked):
    """Yield name and results of our intervals, all from one fit."""
    started = perf_counter()
    model = NetworkRegressor(random_state=seed).fit(frame.filter(train), y[train])
    fitted = perf_counter() - started
    for name in models:
        begun = perf_counter()
        found = model.predict_interval(frame.filter(~train), asked, width=OURS[name])
        seconds = fitted, perf_counter() - begun
        yield name, measured(y[~train], found.lower, found.upper, asked, seconds) | {"floor": found.floor}


def of_split(frame, y, train, seed, asked):
    """Return the results of split conformal intervals."""
    rows = np.random.default_rng(seed).permutation(np.flatnonzero(train))
    calibration, fit = np.split(rows, [len(rows) // 5])
    started = perf_counter()
    model = NetworkRegressor(random_state=seed).fit(frame[fit], y[fit]).calibrate(frame[calibration], y[calibration])
    fitted = perf_counter()
    found = model.predict_interval(frame.filter(~train), asked)
    seconds = fitted - started, perf_counter() - fitted
    return measured(y[~train], found.lower, found.upper, asked, seconds)


def of_mapie(name, mixed, y, train, seed, asked):
    """Return the results of MAPIE's CV+ with a peer."""
    folds = KFold(FOLDS, shuffle=True, random_state=seed)
    peer = Remade(lambda: PEERS[name](mixed, seed))
    model = CrossConformalRegressor(peer, confidence_level=asked, method="plus", cv=folds)
    started = perf_counter()
    model.fit_conformalize(mixed.cells[train], y[train])
    fitted = perf_counter()
    _, ends = model.predict_interval(mixed.cells[~train])
    seconds = fitted - started, perf_counter() - fitted
    return measured(y[~train], ends[:, 0, 0], ends[:, 1, 0], asked, seconds)


def results_of(models, frame, mixed, y, train, seed, asked):
    """Yield name and results of every model; a peer may raise anything, and it is written down."""
    yield from of_ours([name for name in models if name in OURS], frame, y, train, seed, asked)
    if SPLIT in models:
        yield SPLIT, of_split(frame, y, train, seed, asked)
    for name in models:
        if name in PEERS:
            try:
                yield name, of_mapie(name, mixed, y, train, seed, asked)
            except Exception as error:
                yield name, {"failure": f"{type(error).__name__}: {error}".replace("\n", " ")[:300]}


def summary(results, models, asked):
    """Return coverage and width of every table, means over splits, in the form of Markdown."""
    shown = Table(title=f"coverage (of {asked:g} asked) and width over the range of the target; low: not by chance")
    for title in ("table", "rows", "splits", "floor", *models):
        shown.add_column(title)
    for table in dict.fromkeys(row["table"] for row in results):
        own = [row for row in results if row["table"] == table]
        rows = own[0]["rows"] + max(int(row.get("test_rows") or 0) for row in own)
        least = asked - DEVIATIONS * np.sqrt(asked * (1 - asked) / rows)
        cells = []
        for model in models:
            found = [row for row in own if row["model"] == model and not row.get("failure")]
            if not found:
                cells.append("failed")
                continue
            covered, width = (np.mean([row[name] for row in found]) for name in ("covered", "width"))
            cells.append(f"{covered:.3f}{' low' if covered < least else ''} / {width:.4f}")
        floors = [row["floor"] for row in own if row.get("floor") is not None]
        splits = len({row["split"] for row in own})
        floor = f"{min(floors):.3f}" if floors else ""
        shown.add_row(table, str(own[0]["rows"]), str(splits), floor, *cells)
    return shown


@click.command(help=__doc__, context_settings={"max_content_width": 120})
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--tables", default=TABLES, show_default=True, help="Names of tables, with commas.")
@click.option("--splits", default=20, show_default=True, help="Splits of each table, from the first.")
@click.option("--coverage", default=0.9, show_default=True, type=click.FloatRange(0, 1, min_open=True, max_open=True))
@click.option("--models", default=";".join([*OURS, SPLIT, *PEERS]), show_default=True, help="Models, with semicolons.")
@click.option("--out", default="intervals.csv", show_default=True, type=click.Path(path_type=Path))
def main(folder, tables, splits, coverage, models, out):
    console = Console(width=160)
    models = models.split(";")
    known = [*OURS, SPLIT, *PEERS]
    if unknown := set(models) - {*known}:
        raise click.UsageError(f"--models has {sorted(unknown)}; choose from {'; '.join(known)}")
    versions = " ".join(f"{name} {version(name)}" for name in ("glassnet", "mapie", "scikit-learn"))
    results = []
    with out.open("a", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        if file.tell() == 0:
            writer.writeheader()
        for table in tables.split(","):
            frame, y, tests = read_splits(folder, table)
            mixed = Mixed(frame)
            for split, test in enumerate(tests[:splits]):
                key = {"versions": versions, "table": table, "split": split, "rows": int((~test).sum())}
                for model, found in results_of(models, frame, mixed, y, ~test, split, coverage):
                    row = {**key, "model": model, **found}
                    writer.writerow(row)
                    file.flush()
                    results.append(row)
                    told = row.get("failure") or (
                        f"covered {row['covered']:.3f}, width {row['width']:.4f}, fit {row['fit_seconds']:.1f} s"
                    )
                    console.print(f"{table}, split {split}, {model}: {told}", highlight=False)
    console.print(summary(results, models, coverage))


if __name__ == "__main__":
    main()
