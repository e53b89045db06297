"""Speed beside scikit-learn and torch, same data and sizes, in one run; ratios above 1 are in glassnet's favour.

    python benchmarks/speed.py [--large]

Steps are steps of Adam, float32, on `preset="plain"` networks: microseconds of a step are those of whole epochs without
compilation, shuffling and batching included. scikit-learn and torch do the same; torch has its fused Adam.
Imports, first fits and single rows are those of `starts.py`. `speed_of_commits.py` has the same steps of two commits.
"""

import subprocess
import sys
import warnings
from functools import partial
from itertools import pairwise
from platform import platform, python_version
from statistics import median, quantiles
from time import perf_counter

import jax
import jax.numpy as jnp
import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.datasets import load_diabetes
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler
from starts import starts

from glassnet import NetworkRegressor
from glassnet.data.scaler import identity_scaler
from glassnet.data.shared import member_scaling, shared_table
from glassnet.network.dense import Dense
from glassnet.network.initializers import Normal
from glassnet.network.loss import HalfSquaredError
from glassnet.network.network import Network, output
from glassnet.training.configuration import DynamicConfig, StaticConfig
from glassnet.training.epoch_trainer import EpochTrainer, Run
from glassnet.training.loop import train
from glassnet.training.member_data import member_data
from glassnet.training.member_state import start
from glassnet.training.optimizers import Adam, GradientDescent
from glassnet.training.ravel import flatten
from glassnet.training.run_control import RunControl
from glassnet.training.trainer import MOST_EPOCHS_AT_ONCE, Curves

try:
    import torch
except ImportError:
    torch = None

SMALL = [((1, 32, 32, 1), 32, 200), ((8, 100, 1), 200, 50), ((8, 256, 256, 1), 256, 20)]
LARGE = [((64, 512, 512, 512, 1), 256, 10), ((256, 2048, 2048, 1), 1024, 2)]
FITS = 10


def table_of(sizes, rows):
    random = np.random.default_rng(0)
    X = random.normal(size=(rows, sizes[0])).astype(np.float32)
    return X, np.sin(X[:, 0]) + 0.1 * random.normal(size=rows).astype(np.float32)


def run_of(static, dynamic, X, y, step_size, seeds):
    """Return a run of members, one a seed, that learn from all rows as they are."""
    shared, exponents = shared_table(np.column_stack([X, y, np.ones(len(y))]).astype(np.float64))
    scaling = member_scaling([identity_scaler(len(exponents) - 1)], None, 1.0, exponents)
    member = member_data(np.arange(len(y)), np.arange(0), (len(y), 0), scaling, 1.0, np.zeros(X.shape[1]))
    states = [start(static, flatten(static.network.initialize(seed)), step_size, jnp.uint32(seed)) for seed in seeds]
    stacked = jax.tree.map(lambda *arrays: np.stack(list(map(np.asarray, arrays))), *states)
    return Run(static, dynamic, shared, [member] * len(seeds), stacked)


def ours(sizes, batch, steps, members):
    """Return a function that trains so many epochs."""
    X, y = table_of(sizes, batch * steps)
    network = Network(sizes[0], [*(Dense(size, "relu") for size in sizes[1:-1]), Dense(sizes[-1])])
    static = StaticConfig(network, HalfSquaredError(), Adam(), batch)
    dynamic = DynamicConfig(alpha=1e-4, tolerance=0.0, patience=10**9, epochs=10**6)
    trainer = EpochTrainer(run_of(static, dynamic, X, y, 1e-3, range(members)))

    def epochs(count):
        ends = trainer.epoch + count
        while trainer.running(ends).any():
            trainer.advance(MOST_EPOCHS_AT_ONCE, ends)
        trainer.curves = Curves.of(members)

    return epochs


def scikit_learns(sizes, batch, steps):
    X, y = table_of(sizes, batch * steps)
    model = MLPRegressor(
        hidden_layer_sizes=sizes[1:-1], batch_size=batch, max_iter=1, n_iter_no_change=10**6, tol=0.0, warm_start=True
    )

    def epochs(count):
        model.set_params(max_iter=count).fit(X, y)

    return epochs


def torchs(sizes, batch, steps):
    X, y = (torch.from_numpy(a) for a in table_of(sizes, batch * steps))
    layers = []
    for inputs, outputs in pairwise(sizes):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    network = torch.nn.Sequential(*layers[:-1])
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)

    def epochs(count):
        for _ in range(count):
            order = torch.randperm(len(X))
            for rows in order.split(batch):
                optimiser.zero_grad(set_to_none=True)
                loss = 0.5 * torch.mean(torch.square(network(X[rows])[:, 0] - y[rows]))
                loss.backward()
                optimiser.step()

    return epochs


def microseconds(runs, steps, budget=0.15):
    """Return the microseconds of a step of each: a new fit each time, all of them in turn, without compilation."""
    counts = {}
    for name, start_fit in runs.items():
        epochs = start_fit()
        epochs(1)
        began = perf_counter()
        epochs(1)
        counts[name] = int(np.clip(budget / (perf_counter() - began), 1, 100))
    found = {name: [] for name in runs}
    for _ in range(FITS):
        for name, start_fit in runs.items():
            epochs = start_fit()
            epochs(1)
            began = perf_counter()
            epochs(counts[name])
            found[name].append((perf_counter() - began) / counts[name] / steps * 1e6)
    return found


def peak():
    """Return the machine's float32 matrix product in GFLOP/s, the best of several sizes and libraries."""
    best = 0.0
    for size in (512, 1024, 2048):
        a = np.ones((size, size), np.float32)
        on_device, product = jnp.asarray(a), jax.jit(jnp.matmul)
        products = [lambda: a @ a, lambda: product(on_device, on_device).block_until_ready()]  # noqa: B023
        if torch:
            tensor = torch.from_numpy(a)
            products.append(lambda: tensor @ tensor)  # noqa: B023
        for multiply in products:
            multiply()
            for _ in range(5):
                began = perf_counter()
                multiply()
                best = max(best, 2 * size**3 / (perf_counter() - began) / 1e9)
    return best


def flops_a_step(sizes, batch):
    """Forward once and backward twice over every weight, but no delta into the inputs."""
    products = [a * b for a, b in pairwise(sizes)]
    return 2 * batch * (3 * sum(products) - products[0])


def steps(console, cases):
    best = peak()
    console.print(f"float32 matrix product: {best:.0f} GFLOP/s, the most of XLA, NumPy and torch")
    table = Table(
        title=f"microseconds a step: medians of {FITS} fits, and how many times faster than the peer; "
        "quartiles: the upper one over the lower one"
    )
    heads = ("network", "batch", "glassnet", "quartiles", "scikit-learn", "times", "torch", "times", "quartiles")
    for head in (*heads, "of the peak", "8 members, each", "of one"):
        table.add_column(head, justify="right")
    for sizes, batch, count in cases:
        runs = {"one": partial(ours, sizes, batch, count, 1), "eight": partial(ours, sizes, batch, count, 8)}
        if flops_a_step(sizes, batch) < 1e9:
            runs["scikit-learn"] = partial(scikit_learns, sizes, batch, count)
        if torch:
            runs["torch"] = partial(torchs, sizes, batch, count)
        if sizes[1] > 1000:
            del runs["eight"]
        found = microseconds(runs, count)
        middle = {name: median(values) for name, values in found.items()}
        one = middle["one"]
        row = ["-".join(map(str, sizes)), str(batch), f"{one:.1f}", f"{quartile_ratio(found['one']):.2f}"]
        for peer in ("scikit-learn", "torch"):
            row += [f"{middle[peer]:.1f}", f"{middle[peer] / one:.2f}"] if peer in found else ["-", "-"]
        row.append(f"{quartile_ratio(found['torch']):.2f}" if torch else "-")
        row.append(f"{flops_a_step(sizes, batch) / one / 1e3 / best:.0%}")
        each = middle["eight"] / 8 if "eight" in found else None
        row += [f"{each:.1f}", f"{each / one:.2f}"] if each else ["-", "-"]
        table.add_row(*row)
    console.print(table)


def quartile_ratio(values):
    lower, _, upper = quantiles(values, n=4)
    return upper / lower


def fits(console):
    X, y = load_diabetes(return_X_y=True)
    table = Table(title="diabetes, two hidden layers of 64, 100 epochs: seconds of a whole fit")
    for head in ("what", "seconds"):
        table.add_column(head, justify="right")

    def timed(what, call):
        began = perf_counter()
        result = call()
        table.add_row(what, f"{perf_counter() - began:.3f}")
        return result

    settings = {"hidden_layer_sizes": (64, 64), "max_iter": 100, "n_iter_no_change": 100, "early_stopping": False}
    eight = NetworkRegressor(n_members=8, random_state=0, **settings)
    timed("8 members, first in the process (with compilation)", lambda: eight.fit(X, y))
    timed("8 members, again", lambda: eight.fit(X, y))
    timed("8 members, another table of 460 rows", lambda: eight.fit(*(np.concatenate([a, a[:18]]) for a in (X, y))))
    one = NetworkRegressor(n_members=1, random_state=0, **settings)
    timed("1 network, first (with compilation)", lambda: one.fit(X, y))
    timed("1 network, again", lambda: one.fit(X, y))
    peer = MLPRegressor(hidden_layer_sizes=(64, 64), max_iter=100, n_iter_no_change=100, batch_size=32)
    timed("scikit-learn, 1 network", lambda: peer.fit(StandardScaler().fit_transform(X), (y - y.mean()) / y.std()))
    console.print(table)


SEARCH = """
import sys, warnings
from time import perf_counter
from sklearn.datasets import load_diabetes
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPRegressor
from glassnet import NetworkRegressor

warnings.simplefilter("ignore")
X, y = load_diabetes(return_X_y=True)
settings = {"max_iter": 200, "n_iter_no_change": 200, "random_state": 0}
ours = sys.argv[1] == "glassnet"
model = NetworkRegressor(preset="plain", **settings) if ours else MLPRegressor(**settings)
sizes = [(16,), (32,), (64,), (32, 32)]
began = perf_counter()
GridSearchCV(model, {"hidden_layer_sizes": sizes}, cv=3).fit(X, y)
print(perf_counter() - began)
"""


def searches(console):
    """Time a search over four sizes in processes of its own, the two taking turns."""
    table = Table(title="diabetes, a grid of four sizes, cv=3, 200 epochs, a fresh process: seconds")
    for head in ("what", "median", "least", "most"):
        table.add_column(head, justify="right")
    found = {"glassnet": [], "scikit-learn": []}
    for _ in range(3):
        for name, seconds in found.items():
            done = subprocess.run([sys.executable, "-c", SEARCH, name], capture_output=True, text=True, check=True)
            seconds.append(float(done.stdout))
    for name, seconds in found.items():
        table.add_row(name, *(f"{of(seconds):.2f}" for of in (median, min, max)))
    console.print(table)
    console.print(f"times scikit-learn: {median(found['glassnet']) / median(found['scikit-learn']):.2f}")


def higham(console):
    """Time 10^6 single-point steps of gradient descent on the Higham network, for 5 seeds."""
    x = np.array(
        [[0.1, 0.3, 0.1, 0.6, 0.4, 0.6, 0.5, 0.9, 0.4, 0.7], [0.1, 0.4, 0.5, 0.9, 0.2, 0.3, 0.6, 0.2, 0.4, 0.6]]
    ).T
    y = np.repeat([[1.0, 0.0], [0.0, 1.0]], 5, axis=0)
    network = Network(2, [Dense(size, "logistic", Normal(0.5), Normal(0.5)) for size in (2, 3, 2)])
    static = StaticConfig(network, HalfSquaredError(), GradientDescent(), 1, order="with replacement")
    dynamic = DynamicConfig(tolerance=0.0, patience=10**9)
    table = Table(title="Higham's network: 10^6 steps of gradient descent on one point each, tau = 0.05")
    for head in ("seed", "cost", "right", "seconds"):
        table.add_column(head, justify="right")
    for seed in range(5):
        trainer = EpochTrainer(run_of(static, dynamic, x, y, 0.05, [seed]))
        began = perf_counter()
        (parameters,), _ = train(trainer, 100_000, RunControl())
        seconds = perf_counter() - began
        out = np.asarray(output(network, parameters, jnp.asarray(x, jnp.float32)))
        right = int(np.sum(np.argmax(out, axis=1) == np.argmax(y, axis=1)))
        table.add_row(str(seed), f"{np.sum((out - y) ** 2):.5f}", f"{right} of 10", f"{seconds:.1f}")
    console.print(table)


def main():
    warnings.simplefilter("ignore")
    console = Console(width=150)
    versions = (
        f"python {python_version()}, jax {jax.__version__}, torch {torch.__version__ if torch else 'not installed'}"
    )
    console.print(f"{platform()}, {versions}, steps and starts: medians of runs in turn")
    fits(console)
    starts(console)
    searches(console)
    steps(console, SMALL + (LARGE if "--large" in sys.argv else []))
    higham(console)


if __name__ == "__main__":
    main()
