"""Test error and seconds of default fits, beside peers, on a folder of tables with fixed splits, in one run.

    python benchmarks/accuracy.py FOLDER [--tables yacht,concrete] [--splits 3] [--peers catboost,mlp] [--out runs.csv]

A table is `NAME.parquet`, its last column `target`; `NAME.splits.npz` holds `test_mask`, one packed row a split. Every
model gets the same rows and its own defaults. Peers need numbers: missing cells as NaN, categories as codes or strings
where the peer has a type for them, dates as seconds and calendar parts. Results are appended to the CSV as they come; a
fit that fails counts as lost. `--resume` takes what the CSV has from an earlier run with the same versions.
"""

import csv
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import click
import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table
from scipy.stats import gmean
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.metrics import mean_absolute_error, root_mean_squared_error
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from glassnet import NetworkRegressor

REFERENCE = "catboost"
LOST = 2.0  # the ratio that a failed fit counts with
FIELDS = ("versions", "table", "split", "model", "rows", "rmse", "mae", "fit_seconds", "predict_seconds", "failure")


class Mixed:
    """A peer's table: dates as numbers, text as strings, the places of the text columns."""

    def __init__(self, frame):
        parts = []
        for name, kind in frame.schema.items():
            column = pl.col(name)
            if kind.is_temporal():
                parts.append(column.dt.epoch("s").alias(name))
                parts += [
                    getattr(column.dt, part)().alias(f"{name} {part}")
                    for part in ("month", "day", "weekday", "hour", "minute")
                ]
            else:
                parts.append(column.cast(pl.Float64) if kind.is_numeric() else column.cast(pl.String))
        self.frame = frame.select(parts)
        self.text = [place for place, kind in enumerate(self.frame.dtypes) if kind == pl.String]
        self.numbers = [place for place in range(self.frame.width) if place not in self.text]
        self.cells = np.empty(self.frame.shape, dtype=object)
        for place, column in enumerate(self.frame.iter_columns()):
            gap = np.nan if place in self.numbers else None
            self.cells[:, place] = [gap if cell is None else cell for cell in column.to_list()]


class Coded:
    """A tree model of numbers, its categories as codes learned from the training rows."""

    def __init__(self, model, text, **told):
        self.told = told
        self.encode = make_column_transformer(
            (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan), text), remainder="passthrough"
        )
        self.model = model

    def fit(self, X, y):
        self.model.fit(self.encode.fit_transform(X).astype(float), y, **self.told)
        return self

    def predict(self, X):
        return self.model.predict(self.encode.transform(X).astype(float))


class CatBoost:
    def __init__(self, text, seed):
        from catboost import CatBoostRegressor

        self.text = text
        self.model = CatBoostRegressor(cat_features=text, random_seed=seed, verbose=False, allow_writing_files=False)

    def fit(self, X, y):
        self.model.fit(self._strings(X), y)
        return self

    def predict(self, X):
        return self.model.predict(self._strings(X))

    def _strings(self, X):
        X = X.copy()
        for place in self.text:
            X[:, place] = ["missing" if cell is None else cell for cell in X[:, place]]
        return X


def lightgbm(text, seed):
    from lightgbm import LGBMRegressor

    return Coded(LGBMRegressor(random_state=seed, verbose=-1), text, categorical_feature=list(range(len(text))))


def hist_gradient_boosting(text, seed):
    return Coded(HistGradientBoostingRegressor(categorical_features=list(range(len(text))), random_state=seed), text)


def mlp(text, numbers, seed):
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), numbers),
        (make_pipeline(SimpleImputer(missing_values=None, strategy="most_frequent"),
                       OneHotEncoder(handle_unknown="ignore", sparse_output=False)), text),
    )  # fmt: skip
    network = TransformedTargetRegressor(MLPRegressor(random_state=seed), transformer=StandardScaler())
    return make_pipeline(columns, network)


class RealMLP:
    def __init__(self, text, seed):
        from pytabkit import RealMLP_TD_Regressor

        self.text, self.model = text, RealMLP_TD_Regressor(random_state=seed, device="cpu")
        self.fill = make_column_transformer(
            (SimpleImputer(missing_values=None, strategy="constant", fill_value="missing"), text),
            remainder=SimpleImputer(strategy="median", add_indicator=True),
        )

    def fit(self, X, y):
        self.model.fit(self.fill.fit_transform(X), y, cat_indicator=[True] * len(self.text))
        return self

    def predict(self, X):
        return self.model.predict(self.fill.transform(X))


PEERS = {
    "mlp": lambda mixed, seed: mlp(mixed.text, mixed.numbers, seed),
    "hist_gradient_boosting": lambda mixed, seed: hist_gradient_boosting(mixed.text, seed),
    "lightgbm": lambda mixed, seed: lightgbm(mixed.text, seed),
    "catboost": lambda mixed, seed: CatBoost(mixed.text, seed),
    "realmlp": lambda mixed, seed: RealMLP(mixed.text, seed),
}
OURS = {
    "glassnet": "balanced",
    "glassnet fast": "fast",
    "glassnet best": "best",
}
PACKAGE = {
    "mlp": "scikit-learn",
    "hist_gradient_boosting": "scikit-learn",
    "lightgbm": "lightgbm",
    "catboost": "catboost",
    "realmlp": "pytabkit",
    **dict.fromkeys(OURS, "glassnet"),
}


def measured(name, frame, mixed, y, train, seed):
    """Return one row of results: the errors on the rows outside `train`, or the failure."""
    ours = name in OURS
    try:
        model = NetworkRegressor(preset=OURS[name], random_state=seed) if ours else PEERS[name](mixed, seed)
        rows = (lambda mask: frame.filter(mask)) if ours else (lambda mask: mixed.cells[mask])
        X, X_test = rows(train), rows(~train)
        started = perf_counter()
        model.fit(X, y[train])
        fitted = perf_counter()
        prediction = model.predict(X_test)
        ended = perf_counter()
        rmse = root_mean_squared_error(y[~train], prediction)
        mae = mean_absolute_error(y[~train], prediction)
        return {"rmse": rmse, "mae": mae, "fit_seconds": fitted - started, "predict_seconds": ended - fitted}
    except Exception as error:  # a peer may raise anything; it is written down and counts as lost
        return {"rmse": np.nan, "failure": f"{type(error).__name__}: {error}".replace("\n", " ")[:300]}


def versions_of(name):
    try:
        return f"{PACKAGE[name]} {version(PACKAGE[name])}"
    except PackageNotFoundError:
        return "not installed"


def errors_in_units(results, models):
    """Return the table of test RMSE in the units of the target, mean and standard deviation over splits."""
    shown = Table(title="test RMSE, mean and standard deviation over splits")
    shown.add_column("table")
    shown.add_column("splits", justify="right")
    for model in models:
        shown.add_column(model, justify="right")
    for table in dict.fromkeys(row["table"] for row in results):
        found = [[float(r["rmse"]) for r in results if (r["table"], r["model"]) == (table, model)] for model in models]
        cells = [f"{np.mean(own):.4g} ± {np.std(own, ddof=min(1, len(own) - 1)):.2g}" for own in found]
        shown.add_row(table, str(max(map(len, found))), *cells)
    return shown


def summary(results, models):
    """Return the table of RMSE ratios to the reference, mean over splits, and of fit seconds."""
    rmse, seconds = {}, {}
    for row in results:
        rmse.setdefault((row["table"], row["model"]), []).append(float(row["rmse"]))
        seconds.setdefault((row["table"], row["model"]), []).append(float(row.get("fit_seconds") or np.nan))
    tables = list(dict.fromkeys(row["table"] for row in results))
    reference = np.array([np.mean(rmse[table, REFERENCE]) for table in tables])
    shown = Table(title=f"test RMSE over {REFERENCE}'s (below 1 is better), and seconds of a fit")
    shown.add_column("table")
    for model in models:
        shown.add_column(model, justify="right")
    ratios = np.array([[np.mean(rmse.get((table, model), [np.nan])) for model in models] for table in tables])
    ratios = np.nan_to_num(ratios / reference[:, None], nan=LOST)
    for table, row in zip(tables, ratios, strict=True):
        times = [np.median(seconds.get((table, model), [np.nan])) for model in models]
        shown.add_row(table, *(f"{ratio:.3f} {time:7.1f} s" for ratio, time in zip(row, times, strict=True)))
    shown.add_section()
    shown.add_row("geometric mean", *(f"{value:.3f}          " for value in gmean(ratios, axis=0)))
    if len(tables) > 1:
        without_best = [gmean(np.sort(column)[1:]) for column in ratios.T]
        without_worst = [gmean(np.sort(column)[:-1]) for column in ratios.T]
        shown.add_row("without its best table", *(f"{value:.3f}          " for value in without_best))
        shown.add_row("without its worst table", *(f"{value:.3f}          " for value in without_worst))
    for title, wins in (
        (f"better than {REFERENCE}", ratios < 1),
        ("above 1.25", ratios > 1.25),
        ("above 1.6", ratios > 1.6),
    ):
        shown.add_row(title, *(f"{count} of {len(tables)}          " for count in wins.sum(axis=0)))
    return shown


@click.command(help=__doc__, context_settings={"max_content_width": 120})
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--tables", default="", help="Names of tables, with commas; all of the folder unless given.")
@click.option("--splits", default=3, show_default=True, help="Splits of each table, from the first.")
@click.option("--peers", default=",".join([*PEERS, *OURS]), show_default=True, help="Models, with commas.")
@click.option("--out", default="accuracy.csv", show_default=True, type=click.Path(path_type=Path))
@click.option("--resume", is_flag=True, help="Take results that the CSV has, where the versions are the same.")
def main(folder, tables, splits, peers, out, resume):
    console = Console(width=160)
    models = [name for name in peers.split(",") if name != "realmlp" or find_spec("pytabkit")]
    if REFERENCE not in models:
        models.append(REFERENCE)
    unknown = set(models) - {*PEERS, *OURS}
    if unknown:
        raise click.UsageError(f"--peers has {sorted(unknown)}; choose from {', '.join([*PEERS, *OURS])}")
    names = tables.split(",") if tables else sorted(path.stem for path in folder.glob("*.parquet"))
    done = list(csv.DictReader(out.open())) if resume and out.exists() else []
    done = {(row["versions"], row["table"], row["split"], row["model"]): row for row in done}
    results = []
    with out.open("a", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        if file.tell() == 0:
            writer.writeheader()
        for table in names:
            data = pl.read_parquet(folder / f"{table}.parquet")
            frame, y = data.drop("target"), data["target"].to_numpy()
            masks = np.unpackbits(np.load(folder / f"{table}.splits.npz")["test_mask"], axis=1)[:, : len(y)]
            mixed = Mixed(frame)
            for split, test in enumerate(masks[:splits].astype(bool)):
                for model in models:
                    key = versions_of(model), table, str(split), model
                    row = done.get(key) or dict(zip(FIELDS, key, strict=False)) | {"rows": int((~test).sum())} | (
                        measured(model, frame, mixed, y, ~test, split)
                    )
                    if key not in done:
                        writer.writerow(row)
                        file.flush()
                    results.append(row)
                    told = row.get("failure") or f"RMSE {float(row['rmse']):.5g}, fit {float(row['fit_seconds']):.1f} s"
                    console.print(f"{table}, split {split}, {model}: {told}", highlight=False)
    console.print(errors_in_units(results, models))
    console.print(summary(results, models))


if __name__ == "__main__":
    main()
