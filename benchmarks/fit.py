"""Test error and seconds of a fit, glassnet's single network beside scikit-learn's, same rows, one run.

    python benchmarks/fit.py [TABLE.parquet ...]

The diabetes table that scikit-learn ships is always there; further tables have numeric columns and one named target.
"""

import sys
from pathlib import Path
from platform import platform, processor
from statistics import median
from time import perf_counter

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from glassnet import NetworkRegressor

SEEDS = range(5)


def peers(seed):
    mlp = MLPRegressor(hidden_layer_sizes=(64, 64), early_stopping=True, max_iter=200, random_state=seed)
    scaled = make_pipeline(StandardScaler(), TransformedTargetRegressor(mlp, transformer=StandardScaler()))
    return {
        "glassnet": NetworkRegressor((64, 64), random_state=seed),
        "scikit-learn MLP, scaled": scaled,
        "linear regression": make_pipeline(StandardScaler(), LinearRegression()),
    }


def tables(paths):
    yield "diabetes", *load_diabetes(return_X_y=True)
    for path in map(Path, paths):
        frame = pl.read_parquet(path)
        yield path.stem, frame.drop("target").to_numpy(), frame["target"].to_numpy()


def main():
    console = Console(width=120)
    console.print(
        f"{platform()} {processor()}, seeds {list(SEEDS)}, test share 0.25; the first fit of a shape compiles"
    )
    for name, X, y in tables(sys.argv[1:]):
        found = {}
        for seed in SEEDS:
            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=seed)
            for peer, model in peers(seed).items():
                started = perf_counter()
                model.fit(X_train, y_train)
                seconds = perf_counter() - started
                rmse = root_mean_squared_error(y_test, model.predict(X_test))
                found.setdefault(peer, []).append((rmse, seconds))
        table = Table(title=f"{name}: {len(y)} rows, {X.shape[1]} columns")
        for head in ("model", "mean test RMSE", "deviation over seeds", "median fit seconds", "first fit seconds"):
            table.add_column(head, justify="right")
        for peer, runs in found.items():
            errors, seconds = np.array(runs).T
            row = np.mean(errors), np.std(errors), median(seconds), seconds[0]
            table.add_row(peer, *(f"{value:.4g}" for value in row))
        console.print(table)


if __name__ == "__main__":
    main()
