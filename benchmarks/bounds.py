"""How tight certified bounds are, and how long they take, all in one run.

    python benchmarks/bounds.py

Widths are of the range of the output over a box: reached by the attack, certified by lines carried back, certified by
interval arithmetic. The truth lies between the first two.
"""

from time import perf_counter

import click
import jax
import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.datasets import load_diabetes, make_friedman1

from glassnet import Dense, Network, NetworkRegressor, certify
from glassnet.attacks.extremes import furthest
from glassnet.network.activation import ACTIVATIONS, Identity
from glassnet.network.network import output
from glassnet.network.units import Units
from glassnet.verification.bounds import bounds

NETWORKS = 20
RADII = 0.05, 0.3


def widths_of(activation, radius):
    """Return the median widths (attack, linear, interval) over networks 4-16-16-1 of He's start and 8 boxes each."""
    network = Network(4, [Dense(16, activation, "he", "normal"), Dense(16, activation, "he", "normal"), Dense(1)])
    whole = Units(*(np.full((1, 1), value) for value in (0.0, 1.0, -np.inf, np.inf)))
    run, found = jax.jit(lambda p, x: output(network, p, x)), []
    for seed in range(NETWORKS):
        parameters = network.initialize(seed)
        middle = np.random.default_rng(seed).normal(size=(8, 4))
        low, high = middle - radius, middle + radius
        stack = jax.tree.map(lambda a: np.asarray(a)[None], parameters)
        t = furthest(network, Identity(), stack, whole, low[None], high[None])
        least, most = (np.asarray(run(parameters, (middle + radius * side).astype(np.float32))) for side in t)
        linear = np.subtract(*bounds(network, parameters, low, high)[::-1])
        interval = np.subtract(*bounds(network, parameters, low, high, "interval")[::-1])
        found.append(np.stack([width.ravel() for width in (most - least, linear, interval)]))
    return np.median(np.concatenate(found, axis=1), axis=1)


def activations(console):
    table = Table(title=f"networks 4-16-16-1, {NETWORKS} of each, 8 boxes each; median widths")
    for head in ("activation", "radius", "attack", "linear", "interval", "linear / attack", "interval / linear"):
        table.add_column(head, justify="left" if head == "activation" else "right")
    for name in ACTIVATIONS:
        for radius in RADII:
            attack, linear, interval = widths_of(name, radius)
            ratios = f"{linear / attack:.2f}" if attack > 1e-6 else "", f"{interval / linear:.1f}"
            table.add_row(name, f"{radius}", *(f"{width:.3g}" for width in (attack, linear, interval)), *ratios)
    console.print(table)


def first(console):
    """Time the first certificate of a row, with compilation, in a process that has fitted and predicted."""
    X, y = load_diabetes(return_X_y=True)
    model = NetworkRegressor(random_state=0).fit(X, y)
    model.predict(X[:1])
    table = Table(title="diabetes, default model: seconds of a certificate of one row")
    for head in ("which", "seconds"):
        table.add_column(head, justify="right")
    for which in ("first", "second"):
        started = perf_counter()
        certify(model, X[:1], 0.1)
        table.add_row(which, f"{perf_counter() - started:.2f}")
    console.print(table)


def ensembles(console):
    table = Table(title="default ensembles; widths over the target's standard deviation, medians of 16 rows")
    heads = "table", "members", "epsilon", "splits", "attack", "linear", "interval", "linear / attack", "seconds a row"
    for head in heads:
        table.add_column(head, justify="left" if head == "table" else "right")
    wide = make_friedman1(600, 60, noise=1.0, random_state=0)
    tables = {"diabetes": load_diabetes(return_X_y=True), "friedman1, 60 columns": wide}
    for name, (X, y) in tables.items():
        for members in (8, 16):
            model = NetworkRegressor(n_members=members, random_state=0).fit(X, y)
            certify(model, X[:8], 0.1)  # compiles
            for epsilon in (0.01, 0.03, 0.1, 0.3):
                rows = X[:16]
                started = perf_counter()
                found = certify(model, rows, epsilon)
                seconds = (perf_counter() - started) / len(rows)
                loose = certify(model, rows, epsilon, method="interval")
                _add(table, (name, members, epsilon, 0), found, loose, np.std(y), seconds)
        if name == "diabetes":
            certify(model, X[:8], 0.1, splits=5)
            started = perf_counter()
            found = certify(model, X[:16], 0.1, splits=5)
            seconds = (perf_counter() - started) / 16
            _add(
                table,
                (name, members, 0.1, 5),
                found,
                certify(model, X[:16], 0.1, method="interval"),
                np.std(y),
                seconds,
            )
    console.print(table)


def _add(table, start, found, loose, spread, seconds):
    pairs = (found.attacked_lower, found.attacked_upper), (found.lower, found.upper), (loose.lower, loose.upper)
    attack, linear, interval = (np.median(high - low) / spread for low, high in pairs)
    cells = [f"{value:.3f}" for value in (attack, linear, interval)]
    table.add_row(*map(str, start), *cells, f"{linear / attack:.2f}", f"{seconds:.3f}")


@click.command(help=__doc__, context_settings={"max_content_width": 120})
@click.option("--only", type=click.Choice(["first", "activations", "ensembles"]), help="One of the tables.")
def main(only):
    console = Console(width=150)
    for part in (first, activations, ensembles):
        if only in (None, part.__name__):
            part(console)


if __name__ == "__main__":
    main()
