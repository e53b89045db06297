"""Quantiles and distributions on a folder of tables with fixed splits: do they hold, and how sharp are they?

    python benchmarks/quantiles.py FOLDER [--tables yacht,concrete] [--splits 20] [--out FILE]

Fits the default to the training rows of every split. For every level, the fraction of test rows at or below the
quantile; how many standard deviations sqrt(t (1 - t) / rows) it lies from the level, rows those tested on, or of the
table where splits share rows, so that they tell no more than that. CRPS, the mean over splits, over that of a simpler
distribution: the prediction and the scaled out-of-fold residuals of single members, which intervals of CV+ are made
from. Results are appended to the CSV as they come; what is there already, of the same version, is not fitted again.
"""

import csv
from importlib.metadata import version
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.table import Table
from split_tables import read_splits

from glassnet import NetworkRegressor
from glassnet.conformal.error_distribution import ErrorDistribution

TABLES = "bostonHousing,concrete,energy,kin8nm,naval-propulsion-plant,power-plant,wine-quality-red,yacht"
LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
FIELDS = ["version", "table", "split", "rows", "test_rows", "crps", "simple_crps", *map(str, LEVELS)]


def measured(frame, y, test, seed):
    """Return one row of results."""
    model = NetworkRegressor(random_state=seed).fit(frame.filter(~test), y[~test])
    X, actual = frame.filter(test), y[test]
    below = np.mean(actual[:, None] <= model.predict_quantiles(X, LEVELS), axis=0)
    crps = np.mean(model.crps(X, actual))
    calibration = model.calibration_
    scale = calibration.error_scale[:, 0] if calibration.error_scale.shape[1] else 1.0
    model.error_distributions_ = [ErrorDistribution(np.sort(calibration.residual[:, 0] / scale))]
    simple = np.mean(model.crps(X, actual))
    fractions = dict(zip(map(str, LEVELS), below.tolist(), strict=True))
    return {"rows": len(y), "test_rows": len(actual), "crps": crps, "simple_crps": simple} | fractions


def summary(results):
    """Return one line a table: fractions at or below each level, and their largest distance in deviations."""
    shown = Table(title="fraction of test rows at or below the quantile; CRPS over that of residuals of single members")
    for head in ("table", "rows", "splits", *map(str, LEVELS), "most deviations", "CRPS"):
        shown.add_column(head, justify="left" if head == "table" else "right")
    for table in dict.fromkeys(row["table"] for row in results):
        own = [row for row in results if row["table"] == table]
        weights = [int(row["test_rows"]) for row in own]
        rows = min(int(own[0]["rows"]), sum(weights))
        below = [np.average([float(row[str(level)]) for row in own], weights=weights) for level in LEVELS]
        off = [abs(b - t) / np.sqrt(t * (1 - t) / rows) for b, t in zip(below, LEVELS, strict=True)]
        ratio = np.mean([float(row["crps"]) for row in own]) / np.mean([float(row["simple_crps"]) for row in own])
        cells = [f"{b:.3f}" for b in below]
        shown.add_row(table, str(rows), str(len(own)), *cells, f"{max(off):.1f}", f"{ratio:.3f}")
    return shown


@click.command(help=__doc__, context_settings={"max_content_width": 120})
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--tables", default=TABLES, show_default=True, help="Names of tables, with commas.")
@click.option("--splits", default=20, show_default=True, help="Splits of each table, from the first.")
@click.option("--out", default="build/quantiles/results.csv", show_default=True, type=click.Path(path_type=Path))
def main(folder, tables, splits, out):
    console = Console(width=160)
    out.parent.mkdir(parents=True, exist_ok=True)
    known = {}
    if out.exists():
        with out.open(newline="") as file:
            known = {(row["version"], row["table"], int(row["split"])): row for row in csv.DictReader(file)}
    results = []
    with out.open("a", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        if file.tell() == 0:
            writer.writeheader()
        for table in tables.split(","):
            frame, y, tests = read_splits(folder, table)
            for split, test in enumerate(tests[:splits]):
                key = version("glassnet"), table, split
                if key not in known:
                    known[key] = dict(zip(FIELDS[:3], key, strict=True)) | measured(frame, y, test, split)
                    writer.writerow(known[key])
                    file.flush()
                    console.print(f"{table}, split {split}: CRPS {known[key]['crps']:.4g}", highlight=False)
                results.append(known[key])
    console.print(summary(results))


if __name__ == "__main__":
    main()
