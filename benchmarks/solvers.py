"""Solvers: NIST's nonlinear regression problems and the Higham network, SciPy beside us in one run.

    python benchmarks/solvers.py [FOLDER with the .dat files]

The models of NIST StRD (Statistical Reference Datasets, nonlinear regression) are no networks, so their Jacobians
come from autodiff here. Digits are -log10 of the relative error of the worst parameter, at most 11, against certified
values.
"""

import os
import re
import sys
from functools import partial
from pathlib import Path
from time import perf_counter

import jax
import jax.numpy as jnp
import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.optimize import least_squares as peer

from glassnet.network.dense import Dense
from glassnet.network.initializers import Normal
from glassnet.network.network import Network
from glassnet.training.least_squares import Problem, several_steps, start
from glassnet.training.objective import jacobian, padded_batch, residuals
from glassnet.training.ravel import flatten

DATA = Path(os.environ.get("GLASSNET_DATA", Path(__file__).parents[2] / "shared" / "data")) / "nist_strd"
TRIALS = 5000
TOLERANCE = 1e-15


def exp(*a):
    return jnp.exp(*a)


def gauss(b, x):
    return b[0] * exp(-b[1] * x) + b[2] * exp(-(((x - b[3]) / b[4]) ** 2)) + b[5] * exp(-(((x - b[6]) / b[7]) ** 2))


def lanczos(b, x):
    return b[0] * exp(-b[1] * x) + b[2] * exp(-b[3] * x) + b[4] * exp(-b[5] * x)


def cubic_ratio(b, x):
    return (b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3) / (1 + b[4] * x + b[5] * x**2 + b[6] * x**3)


def enso(b, x):
    turn = 2 * jnp.pi * x
    seasons = b[0] + b[1] * jnp.cos(turn / 12) + b[2] * jnp.sin(turn / 12)
    slow = b[4] * jnp.cos(turn / b[3]) + b[5] * jnp.sin(turn / b[3])
    return seasons + slow + b[7] * jnp.cos(turn / b[6]) + b[8] * jnp.sin(turn / b[6])


MODELS = {
    "Misra1a": lambda b, x: b[0] * (1 - exp(-b[1] * x)),
    "Chwirut2": lambda b, x: exp(-b[0] * x) / (b[1] + b[2] * x),
    "Chwirut1": lambda b, x: exp(-b[0] * x) / (b[1] + b[2] * x),
    "Lanczos3": lanczos,
    "Gauss1": gauss,
    "Gauss2": gauss,
    "DanWood": lambda b, x: b[0] * x ** b[1],
    "Misra1b": lambda b, x: b[0] * (1 - (1 + b[1] * x / 2) ** -2),
    "Kirby2": lambda b, x: (b[0] + b[1] * x + b[2] * x**2) / (1 + b[3] * x + b[4] * x**2),
    "Hahn1": cubic_ratio,
    "Nelson": lambda b, x: b[0] - b[1] * x[:, 0] * exp(-b[2] * x[:, 1]),
    "MGH17": lambda b, x: b[0] + b[1] * exp(-x * b[3]) + b[2] * exp(-x * b[4]),
    "Lanczos1": lanczos,
    "Lanczos2": lanczos,
    "Gauss3": gauss,
    "Misra1c": lambda b, x: b[0] * (1 - (1 + 2 * b[1] * x) ** -0.5),
    "Misra1d": lambda b, x: b[0] * b[1] * x / (1 + b[1] * x),
    "Roszman1": lambda b, x: b[0] - b[1] * x - jnp.arctan(b[2] / (x - b[3])) / jnp.pi,
    "ENSO": enso,
    "MGH09": lambda b, x: b[0] * (x**2 + x * b[1]) / (x**2 + x * b[2] + b[3]),
    "Thurber": cubic_ratio,
    "BoxBOD": lambda b, x: b[0] * (1 - exp(-b[1] * x)),
    "Rat42": lambda b, x: b[0] / (1 + exp(b[1] - b[2] * x)),
    "MGH10": lambda b, x: b[0] * exp(b[1] / (x + b[2])),
    "Eckerle4": lambda b, x: b[0] / b[1] * exp(-0.5 * ((x - b[2]) / b[1]) ** 2),
    "Rat43": lambda b, x: b[0] / (1 + exp(b[1] - b[2] * x)) ** (1 / b[3]),
    "Bennett5": lambda b, x: b[0] * (b[1] + x) ** (-1 / b[2]),
}


def read(path):
    """Return both starts, the certified parameters, x and y."""
    text = path.read_text()
    rows = re.findall(r"^\s*b\d+\s*=\s*(\S+)\s+(\S+)\s+(\S+)\s+(\S+)", text, re.MULTILINE)
    numbers = np.array(rows, dtype=float)
    first = int(re.search(r"Data\s*\(lines\s*(\d+)", text)[1])
    data = np.array([line.split() for line in text.splitlines()[first - 1 :] if line.strip()], dtype=float)
    y, x = data[:, 0], data[:, 1:]
    if path.stem == "Nelson":
        y = np.log(y)
    return numbers[:, 0], numbers[:, 1], numbers[:, 2], x[:, 0] if x.shape[1] == 1 else x, y


def digits(found, certified):
    if not np.isfinite(found).all():
        return 0.0
    error = np.max(np.abs(found - certified) / np.abs(certified))
    return float(np.clip(-np.log10(max(error, 1e-11)), 0, 11))


def nist(console, folder):
    table = Table(title=f"NIST StRD, digits from start 1 and start 2, at most {TRIALS} trials")
    for head in ("problem", "start 1", "trials", "scipy", "start 2", "trials", "scipy"):
        table.add_column(head, justify="right")
    found = {}
    for name, model in MODELS.items():
        first, second, certified, x, y = read(folder / f"{name}.dat")
        x, y = jnp.asarray(x), jnp.asarray(y)

        def errors(b, model=model, x=x, y=y):
            return model(b, x) - y

        problem = Problem(errors, jax.jacfwd(errors), column_scaling=True)
        row = []
        for b in (first, second):
            ours = several_steps(problem, start(problem, jnp.asarray(b)), TRIALS, TOLERANCE)
            theirs = peer(
                jax.jit(errors), b, jax.jit(problem.jacobian), method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15
            )
            row += [digits(np.asarray(ours.flat_parameters), certified), int(ours.trials), digits(theirs.x, certified)]
        found[name] = row
        table.add_row(name, *(f"{v:.1f}" if isinstance(v, float) else str(v) for v in row))
    console.print(table)
    for place, what in (
        (0, "glassnet, start 1"),
        (2, "scipy, start 1"),
        (3, "glassnet, start 2"),
        (5, "scipy, start 2"),
    ):
        short = [name for name, row in found.items() if row[place] < 6]
        console.print(f"{what}: at least 6 digits in {len(found) - len(short)} of {len(found)}; not in {short}")


def higham(console):
    x = np.array(
        [[0.1, 0.3, 0.1, 0.6, 0.4, 0.6, 0.5, 0.9, 0.4, 0.7], [0.1, 0.4, 0.5, 0.9, 0.2, 0.3, 0.6, 0.2, 0.4, 0.6]]
    ).T
    y = np.repeat([[1.0, 0.0], [0.0, 1.0]], 5, axis=0)
    network = Network(2, [Dense(size, "logistic", Normal(0.5), Normal(0.5)) for size in (2, 3, 2)])
    problem = Problem(partial(residuals, network), partial(jacobian, network))
    rows, none = padded_batch(x, y, np.ones(10)), jnp.zeros(network.n_parameters)
    table = Table(title="Higham's network by lm: cost sum |y - f(x)|^2 <= 1e-8 within 60 trials")
    for head in ("start", "trials", "cost", "milliseconds"):
        table.add_column(head, justify="right")
    reached = 0
    for seed in range(10):
        flat_parameters = flatten(network.initialize(seed, jnp.float64))
        search = start(problem, flat_parameters, rows, none)
        began, trials = perf_counter(), 0
        while trials < 60 and 20 * float(search.cost) > 1e-8:
            search = several_steps(problem, search, 1, 0.0, rows, none)
            trials += 1
        reached += 20 * float(search.cost) <= 1e-8
        table.add_row(str(seed), str(trials), f"{20 * float(search.cost):.2e}", f"{1e3 * (perf_counter() - began):.0f}")
    console.print(table)
    console.print(f"lm: {reached} of 10 starts")


def main():
    console = Console(width=120)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    with jax.enable_x64(True):
        higham(console)
        if folder.is_dir():
            nist(console, folder)
        else:
            console.print(f"no NIST files in {folder}; give a folder with Misra1a.dat and the others")


if __name__ == "__main__":
    main()
