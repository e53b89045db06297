"""Whether a commit is slower than another: seconds of fits and predictions, in runs of both that take turns.

    python benchmarks/speed_of_commits.py commits OLD [NEW] [--runs 10]

Each run is a process of its own. "first" is a fit with its compilation, "again" the least of three further fits of the
same kind in that process. A case is slower if its least time over all runs is more than 5% above the old commit's,
and above every time that the old commit itself took in the faster half of its runs.
"""

import json
import os
import subprocess
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table

LIMIT = 1.05


def seconds(run: Callable[[], object]) -> float:
    started = perf_counter()
    run()
    return perf_counter() - started


def table_of(rows: int, columns: int = 8) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    X = random.normal(size=(rows, columns))
    return X, X[:, 0] + np.sin(2 * X[:, 1]) + X[:, 2] * X[:, 3] + 0.1 * random.normal(size=rows)


def fits() -> dict[str, Callable[[], Any]]:
    """Return what fits a model, for each case."""
    from digest_cases import estimator, images

    X, y = table_of(1000)
    large = table_of(20_000)
    digits = images(np.uint8, 1000)
    given: dict[str, Any] = {"random_state": 0}
    return {
        "balanced": lambda: estimator("regressor", max_iter=30, **given).fit(X, y),
        "best": lambda: estimator("regressor", preset="best", max_iter=6, **given).fit(X, y),
        "fast, 20,000 rows": lambda: estimator("regressor", preset="fast", max_iter=5, **given).fit(*large),
        "plain adam": lambda: estimator("regressor", preset="plain", max_iter=100, tol=0.0, **given).fit(X, y),
        "lbfgs": lambda: estimator("regressor", solver="lbfgs", max_iter=100, **given).fit(X, y),
        "lm": lambda: estimator(
            "regressor", solver="lm", hidden_layer_sizes=(8,), max_iter=30, **given).fit(X, y),
        "quantiles": lambda: estimator("regressor", loss="quantile", max_iter=15, **given).fit(X, y),
        "classes": lambda: estimator("classifier", max_iter=30, **given).fit(X, y > 0),
        "images": lambda: estimator("classifier", max_iter=3, **given).fit(digits.X, digits.y),
    }  # fmt: skip


def measured() -> dict[str, float]:
    """Return the seconds of every case in this process."""
    started = perf_counter()
    import glassnet

    _ = glassnet.NetworkRegressor
    found = {"from glassnet import NetworkRegressor": perf_counter() - started}
    last: dict[str, Any] = {}
    for name, fit in fits().items():
        found[f"{name}: first"] = seconds(lambda fit=fit, name=name: last.update({name: fit()}))
        found[f"{name}: again"] = min(seconds(fit) for _ in range(3))
    model = last["balanced"]
    one, many, few = (table_of(rows)[0] for rows in (1, 100_000, 200))
    for name, run in (
        ("predict 1 row", lambda: [model.predict(one) for _ in range(20)]),
        ("predict 100,000 rows", lambda: model.predict(many)),
        ("intervals of 200 rows", lambda: model.predict_interval(few, 0.9)),
        ("certificate of 20 rows", lambda: glassnet.certify(model, few[:20], 0.05)),
    ):
        run()
        found[name] = min(seconds(run) for _ in range(3))
    return found | {f"step of {name}": value for name, value in steps().items()}


def steps() -> dict[str, float]:
    """Return the seconds of a step of Adam of the networks of `speed.py`, each of one fit."""
    try:
        from speed import LARGE, SMALL, ours
    except ImportError as error:  # the older commit may have other modules
        click.echo(f"steps are left out: {error}", err=True)
        return {}
    found: dict[str, float] = {}
    for sizes, batch, count in SMALL + LARGE:
        epochs = ours(sizes, batch, count, 1)
        epochs(1)
        found["-".join(map(str, sizes))] = min(seconds(lambda: epochs(1)) for _ in range(5)) / count  # noqa: B023
    return found


@click.group(help=__doc__, context_settings={"max_content_width": 120})
def main() -> None:
    pass


@main.command()
def once() -> None:
    """Print the seconds of one run with the glassnet that Python finds, as JSON."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = measured()
        import glassnet

        click.echo(json.dumps({"home": glassnet.__file__, "seconds": found}))


@main.command()
@click.argument("old")
@click.argument("new", default="HEAD")
@click.option("--runs", default=10, show_default=True, help="Of each commit.")
def commits(old: str, new: str, runs: int) -> None:
    """Compare commits OLD and NEW of this repository. Exit code 1: a case is slower."""
    from digests import worktree

    times: dict[str, dict[str, list[float]]] = defaultdict(lambda: {"old": [], "new": []})
    with (
        TemporaryDirectory() as folder,
        worktree(old, Path(folder) / "old") as a,
        worktree(new, Path(folder) / "new") as b,
    ):
        for number in range(runs):
            order = [("old", a), ("new", b)][:: 1 if number % 2 == 0 else -1]
            for which, tree in order:
                for name, value in run_of(tree).items():
                    times[name][which].append(value)
            click.echo(f"run {number + 1} of {runs}", err=True)
    slower = show(times)
    sys.exit(1 if slower else 0)


def run_of(tree: Path) -> dict[str, float]:
    """Return one run with the glassnet of a working tree."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src")}
    told = [sys.executable, "-W", "ignore", __file__, "once"]
    done = subprocess.run(told, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(done.stderr)
    told_back = json.loads(done.stdout.splitlines()[-1])
    if not Path(told_back["home"]).resolve().is_relative_to(tree.resolve()):
        raise click.ClickException(f"Python found glassnet in {told_back['home']!r}, not in {str(tree)!r}")
    return told_back["seconds"]


def show(times: dict[str, dict[str, list[float]]]) -> list[str]:
    """Print the least times and their ratio, and return the cases that are slower."""
    table = Table(title="least seconds; spread: the median of the old commit's own runs over their least")
    for head in ("case", "old", "new", "new / old", "spread", ""):
        table.add_column(head, justify="left" if head in ("case", "") else "right")
    slower = []
    for name, both in times.items():
        if not both["old"] or not both["new"]:
            click.echo(f"{name}: one of the commits does not have it")
            continue
        least, ratio = min(both["old"]), min(both["new"]) / min(both["old"])
        spread = float(np.median(both["old"])) / least
        if ratio > max(LIMIT, spread):
            slower.append(name)
        word = "slower" if name in slower else ""
        table.add_row(name, f"{least:.4f}", f"{min(both['new']):.4f}", f"{ratio:.3f}", f"{spread:.3f}", word)
    Console(width=110).print(table)
    click.echo(f"{len(slower)} of {len(times)} cases are slower: {', '.join(slower) or 'none'}")
    return slower


if __name__ == "__main__":
    main()
