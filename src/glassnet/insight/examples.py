"""The worked examples: the numbers of the lecture, computed by the functions that training uses.

Source: lecture notes "Regression with Neural Networks", after Higham and Higham 2019.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from glassnet.estimators.perceptron import Perceptron
from glassnet.insight.text import TextTable
from glassnet.insight.trace import trace_network
from glassnet.network.dense import Dense
from glassnet.network.network import Network
from glassnet.storage.json_value import JSON


@dataclass(frozen=True)
class Example:
    """A worked example: what it shows, its table, all its numbers as JSON and as tables, and what a viewer shows."""

    about: str
    table: TextTable
    json: str
    viewer: dict[str, JSON] | None = None
    tables: tuple[TextTable, ...] = ()


def one_neuron(decimals: int | None = None, steps: int = 7) -> Example:
    """Return gradient descent on one linear neuron: E = (w x + b - y)^2, x = 1.5, y = 0.5, tau = 0.1."""
    network = Network(1, [Dense(1)])
    record = trace_network(
        network, [{"W": [[0.8]], "b": [1.0]}], 1.5, 0.5, loss="squared_error", step_size=0.1, steps=steps
    )
    about = (
        "one linear neuron, E = (x^1 - y)^2, x^0 = 1.5, y = 0.5, tau = 0.1; W and b after step k, the output before it"
    )
    table = record.table(["W^1", "b^1", "output before"], decimals)
    return Example(about, table, record.to_json(), record.to_viewer("One linear neuron"), record.all_tables(decimals))


def two_neurons(decimals: int | None = None, steps: int = 8) -> Example:
    """Return gradient descent on two linear neurons one after the other, with the same data and step size."""
    network = Network(1, [Dense(1), Dense(1)])
    start = [{"W": [[0.8]], "b": [1.0]}, {"W": [[0.8]], "b": [1.0]}]
    record = trace_network(network, start, 1.5, 0.5, loss="squared_error", step_size=0.1, steps=steps)
    about = "two linear neurons, E = (x^2 - y)^2, x^0 = 1.5, y = 0.5, tau = 0.1; W, b and the output after step k"
    table = record.table(["W^2", "b^2", "W^1", "b^1", "output after"], decimals)
    return Example(about, table, record.to_json(), record.to_viewer("Two linear neurons"), record.all_tables(decimals))


def festival(decimals: int | None = None, steps: int = 1000) -> Example:
    """Return a perceptron that decides whether to go to a festival, and one that learns it from the decisions alone."""
    X = np.array(list(product([0, 1], repeat=3)), dtype=float)
    given = Perceptron.given([6, 2, 2], threshold=5)
    decisions = given.predict(X)
    learned = Perceptron(max_iter=steps, shuffle=False).fit(X, decisions)
    z, learned_z = given.decision_function(X), learned.decision_function(X)
    header = ("weather", "partner", "near", "z", "go", "learned z", "learned go")
    rows = [
        (*map(int, x), float(z[i]), int(decisions[i]), float(learned_z[i]), int(learned.predict(X[i : i + 1])[0]))
        for i, x in enumerate(X)
    ]
    w, threshold = learned.coefs_[0].ravel(), float(learned.threshold_[0]) + 0.0  # no minus zero
    about = (
        "go to the festival? f(x) = H(w'x - threshold), w = (6, 2, 2), threshold = 5; by Rosenblatt's rule: "
        f"w = ({', '.join(f'{number:g}' for number in w)}), threshold = {threshold:g} after "
        f"{int(learned.mistakes_[0])} mistakes"
    )
    numbers = {
        "given": {"weights": [6.0, 2.0, 2.0], "threshold": 5.0},
        "learned": {"weights": w.tolist(), "threshold": threshold, "mistakes": int(learned.mistakes_[0])},
        "rows": [dict(zip(header, row, strict=True)) for row in rows],
    }
    return Example(about, TextTable(header, tuple(rows), decimals), json.dumps(numbers, indent=2))


EXAMPLES: dict[str, Callable[..., Example]] = {
    "one-neuron": one_neuron,
    "two-neurons": two_neurons,
    "festival": festival,
}
