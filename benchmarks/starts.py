"""What a process waits for beside scikit-learn's: the import, the first fit, and the prediction of a single row.

    python benchmarks/starts.py

Imports and first fits are those of fresh processes that take turns, the first of each left out. Programs that were
compiled before are not loaded from disk, but in the line that says so. Rows are predicted by fitted models that have
predicted before.
"""

import os
import subprocess
import sys
import warnings
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from sklearn.neural_network import MLPRegressor

from glassnet import NetworkRegressor

PROCESSES = 10
ROUNDS, CALLS = 10, 50
OURS, PEERS = "from glassnet import NetworkRegressor", "from sklearn.neural_network import MLPRegressor"
KEPT = "import glassnet; glassnet.keep_compiled_programs(); "
DATA = "import numpy as np; X = np.random.default_rng(0).normal(size=(500, 10)); y = X[:, 0] + np.sin(2 * X[:, 1]); "
FIT = "(max_iter=3, random_state=0).fit(X, y)"


def starts(console):
    with TemporaryDirectory() as cache:
        of_processes = processes(cache)
    imports = {name: of_processes.pop(name) for name in (PEERS, OURS)}
    show(console, "seconds of an import, and of the process around it", imports)
    show(console, "seconds of a process that fits 500 rows of 10 columns for 3 epochs", of_processes)
    found = rows()
    for kind in ("array", "frame"):
        alone = {name: values for name, values in found.items() if name.endswith(kind)}
        show(console, f"microseconds of one row of 10 columns, {kind}", alone)


def processes(cache):
    """Return the seconds of fresh processes."""
    plain = "NetworkRegressor(preset='plain', max_iter=3, random_state=0).fit(X, y)"
    runs = {
        PEERS: PEERS,
        OURS: OURS,
        "scikit-learn, first fit": f"{DATA}{PEERS}; MLPRegressor{FIT}",
        "plain, first fit": f"{DATA}{OURS}; {plain}",
        "default, first fit": f"{DATA}{OURS}; NetworkRegressor{FIT}",
        "default, first fit, programs kept on disk": f"{KEPT}{DATA}{OURS}; NetworkRegressor{FIT}",
    }
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment.pop("JAX_COMPILATION_CACHE_DIR", None)
    environment["XDG_CACHE_HOME"] = cache
    found = {name: [] for name in runs}
    for _ in range(1 + PROCESSES):
        for name, code in runs.items():
            began = perf_counter()
            subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, env=environment)
            found[name].append(perf_counter() - began)
    return {name: seconds[1:] for name, seconds in found.items()}


def rows():
    """Return the microseconds of `predict` of one row, as an array and as a frame."""
    X = np.random.default_rng(0).normal(size=(3000, 10))
    y = X[:, 0] + np.sin(2 * X[:, 1])
    frame = pd.DataFrame(X, columns=[f"column {number}" for number in range(10)])
    models = {
        "scikit-learn": lambda: MLPRegressor(hidden_layer_sizes=(100,), max_iter=3),
        "plain": lambda: NetworkRegressor(preset="plain", max_iter=3, random_state=0),
        "default, 8 members": lambda: NetworkRegressor(max_iter=3, random_state=0),
    }
    runs = {}
    for name, new in models.items():
        for what, table in (("array", X), ("frame", frame)):
            runs[f"{name}, {what}"] = new().fit(table, y).predict, table[:1]
    found = {name: [] for name in runs}
    for predict, row in runs.values():
        predict(row)
    for _ in range(ROUNDS):
        for name, (predict, row) in runs.items():
            began = perf_counter()
            for _ in range(CALLS):
                predict(row)
            found[name].append((perf_counter() - began) / CALLS * 1e6)
    return found


def show(console, title, found):
    """Print medians, quartiles, and how many times the first one's median they are."""
    first = median(next(iter(found.values())))
    table = Table(title=title)
    for head in ("what", "median", "lower quartile", "upper quartile", "times the first"):
        table.add_column(head, justify="left" if head == "what" else "right")
    for name, values in found.items():
        numbers = [median(values), *np.percentile(values, (25, 75))]
        table.add_row(name, *(f"{number:.4g}" for number in numbers), f"{median(values) / first:.2f}")
    console.print(table)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    starts(Console(width=150))
