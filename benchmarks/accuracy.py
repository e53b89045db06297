"""Test error and seconds of default fits, beside peers, on a folder of tables with fixed splits.

    python benchmarks/accuracy.py FOLDER [--task classify] [--tables yacht,concrete] [--splits 3] [--peers catboost,mlp]

A table is `NAME.parquet`, its last column `target`; `NAME.splits.npz` holds `test_mask`, one packed row a split. Every
model gets the same rows and its own defaults (`peers.py`). What a fit gave is appended to the CSV of --out as it comes,
with commit or version, table, split and seed, and its probabilities to the folder beside it. What that CSV has of the
same version is not run again, so a run that was stopped goes on, and peers are run once; a fit that fails counts as
lost. Intervals are of the mean over tables, and on a table of the mean over splits, whose training rows overlap: their
variance is corrected for that (Nadeau and Bengio 2003).
"""

import csv
import subprocess
from importlib.metadata import PackageNotFoundError, version
from itertools import product
from pathlib import Path
from time import perf_counter

import click
import numpy as np
from peers import PACKAGE, PEERS, Mixed, probabilities
from rich.console import Console
from rich.table import Table
from scipy.stats import gmean
from scipy.stats import t as student
from sklearn.metrics import log_loss, mean_absolute_error, roc_auc_score, root_mean_squared_error
from split_tables import read_splits

from glassnet import NetworkClassifier, NetworkRegressor

LOST = 2.0  # the ratio that a failed fit counts with
LEVEL = 0.95
BINS = 15  # of equal counts, for the error of calibration
OURS = {"glassnet": "balanced", "glassnet fast": "fast", "glassnet best": "best"}
METRICS = {"regress": ("rmse", "mae"), "classify": ("log_loss", "auc", "error")}
KEY = ("version", "task", "table", "split", "seed", "model")
FIELDS = (*KEY, "rows", "test_rows", *METRICS["regress"], *METRICS["classify"], "fit_seconds", "predict_seconds",
          "failure")  # fmt: skip


def version_of(model):
    """Return what the results of a model depend on: the commit for ours, else the package and its version."""
    if model in OURS:
        commands = ["git", "describe", "--always", "--dirty", "--exclude=*"]
        return subprocess.run(commands, capture_output=True, text=True, check=True).stdout.strip()
    try:
        return f"{PACKAGE[model]} {version(PACKAGE[model])}"
    except PackageNotFoundError:
        return "not installed"


class Store:
    """Results on disk: rows of a CSV, and predictions of test rows as files of the folder beside it."""

    def __init__(self, path, again):
        self.path, self.folder = path, path.parent / "predictions"
        self.folder.mkdir(parents=True, exist_ok=True)
        rows = list(csv.DictReader(path.open())) if path.exists() and not again else []
        self.rows = {tuple(row[field] for field in KEY): row for row in rows}

    def __enter__(self):
        self.file = self.path.open("a", newline="")
        self.writer = csv.DictWriter(self.file, FIELDS)
        if self.file.tell() == 0:
            self.writer.writeheader()
        return self

    def __exit__(self, *raised):
        self.file.close()

    def found(self, key):
        """Return the row of an earlier run and its predictions, or None; commits with changes are run again."""
        row = self.rows.get(key)
        if row is None or key[0].endswith("-dirty"):
            return None
        return row, None if row["failure"] else np.load(self._predictions(key))

    def keep(self, key, result, predicted):
        """Write what a fit gave, and return its row and predictions."""
        row = dict(zip(KEY, key, strict=True)) | result
        if predicted is not None:
            np.save(self._predictions(key), predicted)
        self.writer.writerow(row)
        self.file.flush()
        return row, predicted

    def _predictions(self, key):
        return self.folder / f"{'-'.join(key).replace(' ', '_')}.npy"


class Problem:
    """A table with its splits: a frame for ours, cells for peers, targets as numbers or as places among the classes."""

    def __init__(self, folder, name, task):
        self.name = name
        self.frame, y, self.tests = read_splits(folder, name)
        self.labels, self.y = np.unique(y, return_inverse=True) if task == "classify" else (np.empty(0), y)
        self.mixed = Mixed(self.frame)


def measured(model, problem, split, seed):
    """Return errors on the test rows, seconds or the failure, and what was predicted."""
    test, classes = problem.tests[split], len(problem.labels)
    sizes = {"rows": int((~test).sum()), "test_rows": int(test.sum())}
    try:
        if model in OURS:
            estimator = NetworkClassifier if classes else NetworkRegressor
            fitted = estimator(preset=OURS[model], random_state=seed)
            X, X_test = problem.frame.filter(~test), problem.frame.filter(test)
        else:
            fitted = PEERS[model](problem.mixed, classes, seed)
            X, X_test = problem.mixed.cells[~test], problem.mixed.cells[test]
        times = [perf_counter()]
        fitted.fit(X, problem.y[~test])
        times.append(perf_counter())
        predicted = probabilities(fitted, X_test, classes) if classes else fitted.predict(X_test)
        times.append(perf_counter())
        errors = of_classes(problem.y[test], predicted) if classes else of_numbers(problem.y[test], predicted)
        seconds = dict(zip(("fit_seconds", "predict_seconds"), np.diff(times), strict=True))
        return sizes | errors | seconds, predicted
    except Exception as error:  # a peer may raise anything; it is written down and counts as lost
        return sizes | {"failure": f"{type(error).__name__}: {error}".replace("\n", " ")[:300]}, None


def of_numbers(y, predicted):
    return {"rmse": root_mean_squared_error(y, predicted), "mae": mean_absolute_error(y, predicted)}


def of_classes(y, predicted):
    present = np.unique(y)
    shares = (
        predicted[:, 1] if predicted.shape[1] == 2 else predicted[:, present] / predicted[:, present].sum(1)[:, None]
    )
    return {
        "log_loss": log_loss(y, predicted, labels=np.arange(predicted.shape[1])),
        "auc": roc_auc_score(y, shares, multi_class="ovr"),
        "error": np.mean(np.argmax(predicted, axis=1) != y),
    }


def calibration_error(confidence, correct):
    """Return the mean distance of confidence and frequency of being right over bins of equally many rows."""
    order = np.argsort(confidence, kind="stable")
    bins = [part for part in np.array_split(order, BINS) if part.size]
    distances = [abs(np.mean(confidence[part]) - np.mean(correct[part])) for part in bins]
    return np.average(distances, weights=[part.size for part in bins])


def interval(logarithms, variance_factor):
    """Return the ends of the t-interval of a mean of log ratios as ratios, or NaN of a single one."""
    count = len(logarithms)
    if count < 2:
        return np.nan, np.nan
    half = student.ppf((1 + LEVEL) / 2, count - 1) * np.sqrt(variance_factor * np.var(logarithms, ddof=1))
    return np.exp(np.mean(logarithms) - half), np.exp(np.mean(logarithms) + half)


class Results:
    """Rows of results of one task, by table, model and split."""

    def __init__(self, rows, metric):
        self.metric = metric
        self.rows = {(row["table"], row["model"], int(row["split"])): row for row in rows}
        self.tables = list(dict.fromkeys(table for table, _, _ in self.rows))

    def of(self, table, model, field):
        """Return a field on every split, NaN where a fit failed."""
        rows = [row for (name, by, _), row in self.rows.items() if (name, by) == (table, model)]
        return np.array([float(row.get(field) or np.nan) for row in rows])

    def ratio(self, table, model, reference):
        """Return the mean error over the reference's, and its interval over splits."""
        own, other = (self.of(table, name, self.metric) for name in (model, reference))
        sizes = [(int(row["rows"]), int(row["test_rows"])) for (name, *_), row in self.rows.items() if name == table]
        factor = 1 / len(own) + sizes[0][1] / sizes[0][0]
        return np.mean(own) / np.mean(other), *interval(np.log(own / other), factor)


def errors_in_units(results, models, metric):
    """Return the table of errors, mean and standard deviation over splits."""
    shown = Table(title=f"test {metric}, mean and standard deviation over splits")
    for title in ("table", *models):
        shown.add_column(title, justify="left" if title == "table" else "right")
    for table in results.tables:
        found = [results.of(table, model, metric) for model in models]
        shown.add_row(table, *(f"{np.mean(own):.4g} ± {np.std(own, ddof=min(1, len(own) - 1)):.2g}" for own in found))
    if metric in ("log_loss", "rmse"):
        return shown
    means = [np.mean([np.mean(results.of(table, model, metric)) for table in results.tables]) for model in models]
    shown.add_row("mean", *(f"{mean:.4f}" for mean in means))
    return shown


def ratios(results, models, reference):
    """Return the table of ratios to the reference with intervals, and of seconds."""
    shown = Table(title=f"test {results.metric} over that of {reference} [95% interval], and seconds of a fit")
    for title in ("table", *models):
        shown.add_column(title, justify="left" if title == "table" else "right")
    found = np.array([[results.ratio(table, model, reference) for model in models] for table in results.tables])
    seconds = np.array(
        [[np.median(results.of(table, model, "fit_seconds")) for model in models] for table in results.tables]
    )
    for table, row, times in zip(results.tables, found, seconds, strict=True):
        cells = zip(row, times, strict=True)
        shown.add_row(
            table, *(f"{ratio:.3f} [{low:.2f}, {high:.2f}] {time:7.1f} s" for (ratio, low, high), time in cells)
        )
    means = np.nan_to_num(found[:, :, 0], nan=LOST)
    shown.add_section()
    ends = [interval(np.log(column), 1 / len(column)) for column in means.T]
    pairs = zip(gmean(means, axis=0), ends, strict=True)
    shown.add_row("geometric mean", *(f"{mean:.3f} [{low:.2f}, {high:.2f}]" for mean, (low, high) in pairs))
    if len(means) > 1:
        for title, kept in (("without its best table", slice(1, None)), ("without its worst table", slice(None, -1))):
            shown.add_row(title, *(f"{gmean(np.sort(column)[kept]):.3f}" for column in means.T))
    for title, count in (
        (f"better than {reference}", means < 1),
        ("interval wholly below 1", found[:, :, 2] < 1),
        ("interval wholly above 1", found[:, :, 1] > 1),
        ("above 1.04", means > 1.04),
    ):
        shown.add_row(title, *(f"{number} of {len(means)}" for number in count.sum(axis=0)))
    base = seconds[:, [models.index(reference)]]
    shown.add_row("seconds over its", *(f"{value:.2f}" for value in gmean(seconds / base, axis=0)))
    return shown


def calibration(results, models, predictions, problems):
    """Return the table of calibration errors, of the test rows of all splits together."""
    shown = Table(title=f"calibration error, {BINS} bins of equally many test rows of all splits")
    for title in ("table", *models):
        shown.add_column(title, justify="left" if title == "table" else "right")
    errors = np.full((len(results.tables), len(models)), np.nan)
    for row, table in enumerate(results.tables):
        for column, model in enumerate(models):
            of_splits = [
                (split, found) for (name, by, split), found in predictions.items() if (name, by) == (table, model)
            ]
            if of_splits:
                y = np.concatenate([problems[table].y[problems[table].tests[split]] for split, _ in of_splits])
                found = np.concatenate([found for _, found in of_splits])
                errors[row, column] = calibration_error(found.max(axis=1), found.argmax(axis=1) == y)
        shown.add_row(table, *(f"{error:.4f}" for error in errors[row]))
    shown.add_row("mean", *(f"{error:.4f}" for error in errors.mean(axis=0)))
    return shown


@click.command(help=__doc__, context_settings={"max_content_width": 120})
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--task", default="regress", type=click.Choice(list(METRICS)), show_default=True)
@click.option("--tables", default="", help="Names of tables, with commas; all of the folder unless given.")
@click.option("--splits", default=3, show_default=True, help="Splits of each table, from the first.")
@click.option("--peers", default="mlp,hist_gradient_boosting,lightgbm,catboost,glassnet,glassnet fast,glassnet best",
              show_default=True, help=f"Models, with commas, of {', '.join([*PEERS, *OURS])}.")  # fmt: skip
@click.option("--reference", default="catboost", show_default=True, help="The model that errors are divided by.")
@click.option("--out", default="build/accuracy/results.csv", show_default=True, type=click.Path(path_type=Path))
@click.option("--again", is_flag=True, help="Run what the CSV has too.")
def main(folder, task, tables, splits, peers, reference, out, again):
    console = Console(width=200)
    models = peers.split(",")
    models += [reference] if reference not in models else []
    unknown = set(models) - {*PEERS, *OURS}
    if unknown:
        raise click.UsageError(f"--peers has {sorted(unknown)}; choose from {', '.join([*PEERS, *OURS])}")
    versions = {model: version_of(model) for model in models}
    if missing := [model for model in models if versions[model] == "not installed"]:
        raise click.UsageError(f"not installed: {', '.join(missing)}; `make .venv/peers` installs peers")
    names = tables.split(",") if tables else sorted(path.stem for path in folder.glob("*.parquet"))
    problems = {name: Problem(folder, name, task) for name in names}
    rows, predictions, metric = [], {}, METRICS[task][0]
    with Store(out, again) as store:
        for name, split, model in product(names, range(splits), models):
            key = (versions[model], task, name, str(split), str(split), model)
            row, predicted = store.found(key) or store.keep(key, *measured(model, problems[name], split, split))
            rows.append(row)
            if predicted is not None:
                predictions[name, model, split] = predicted
            told = row.get("failure") or f"{float(row[metric]):.5g}, fit {float(row['fit_seconds']):.1f} s"
            console.print(f"{name}, split {split}, {model}: {told}", highlight=False)
    results = Results(rows, metric)
    for metric in METRICS[task]:
        console.print(errors_in_units(results, models, metric))
    console.print(ratios(results, models, reference))
    if task == "classify":
        console.print(calibration(results, models, predictions, problems))


if __name__ == "__main__":
    main()
