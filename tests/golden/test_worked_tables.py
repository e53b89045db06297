"""The numbers of the lecture, worked by hand."""

import json

import numpy as np
import pytest

from glassnet import Dense, Network, trace
from glassnet.insight.examples import festival, one_neuron, two_neurons

ONE = [  # k, w_k, b_k, output before update k
    (1, 0.290000, 0.660000, 2.200000),
    (2, 0.111500, 0.541000, 1.095000),
    (3, 0.049025, 0.499350, 0.708250),
    (4, 0.027159, 0.484773, 0.572888),
    (5, 0.019506, 0.479670, 0.525511),
    (6, 0.016827, 0.477885, 0.508929),
    (7, 0.015889, 0.477260, 0.503125),
]
ONE_PRINTED = """0.29 0.66 2.20
0.11 0.54 1.09
0.05 0.50 0.71
0.03 0.48 0.57
0.02 0.48 0.53
0.02 0.48 0.51
0.02 0.48 0.50"""

TWO = [  # k, w^L, b^L, w^{L-1}, b^{L-1}, output after update k
    (1, -0.194400, 0.548000, 0.257600, 0.638400, 0.348779),
    (2, -0.163406, 0.578244, 0.248781, 0.632521, 0.413908),
    (3, -0.146089, 0.595463, 0.244560, 0.629707, 0.449877),
    (4, -0.136100, 0.605487, 0.242364, 0.628242, 0.470505),
    (5, -0.130249, 0.611386, 0.241159, 0.627440, 0.482546),
    (6, -0.126796, 0.614877, 0.240477, 0.626985, 0.489640),
    (7, -0.124750, 0.616949, 0.240083, 0.626722, 0.493840),
    (8, -0.123534, 0.618181, 0.239853, 0.626569, 0.496333),
]
TWO_PRINTED = """0.55 0.26 0.64 0.35
0.58 0.25 0.63 0.41
0.60 0.24 0.63 0.45
0.61 0.24 0.63 0.47
0.61 0.24 0.63 0.48
0.61 0.24 0.63 0.49
0.62 0.24 0.63 0.49
0.62 0.24 0.63 0.50"""

one_linear_neuron = Network(1, [Dense(1)])
START = [{"W": [[0.8]], "b": [1.0]}]


def one(step_size=0.1, steps=7):
    return trace(one_linear_neuron, START, 1.5, 0.5, loss="squared_error", step_size=step_size, steps=steps)


def test_one_neuron():
    record = one()
    first = record.steps[0].layers[0]
    assert first.gradient["W"].item() == pytest.approx(5.1, abs=1e-6)
    assert first.gradient["b"].item() == pytest.approx(3.4, abs=1e-6)
    rows = [
        (s.number, s.layers[0].after["W"].item(), s.layers[0].after["b"].item(), s.output_before.item())
        for s in record.steps
    ]
    np.testing.assert_allclose(rows, ONE, atol=1e-6)


def test_one_neuron_prints_the_21_cells():
    lines = str(one_neuron(decimals=2).table).splitlines()[1:]
    assert [line.split()[1:] for line in lines] == [line.split() for line in ONE_PRINTED.splitlines()]


def test_one_neuron_invariants():
    record = one(steps=60)
    w = np.array([s.layers[0].after["W"].item() for s in record.steps])
    b = np.array([s.layers[0].after["b"].item() for s in record.steps])
    x = np.array([s.output_before.item() for s in record.steps])
    k = np.arange(1, 61)
    np.testing.assert_allclose(x, 0.5 + 1.7 * 0.35 ** (k - 1), atol=1e-12)
    np.testing.assert_allclose(w - 1.5 * b, -0.7, atol=1e-12)
    assert (w[-1], b[-1]) == (pytest.approx(1 / 65, abs=1e-12), pytest.approx(31 / 65, abs=1e-12))


def test_one_neuron_step_sizes():
    assert one(step_size=1 / 6.5, steps=1).steps[0].output_after.item() == pytest.approx(0.5, abs=1e-12)
    assert one(step_size=0.99 / 3.25, steps=400).steps[-1].E < 1e-6
    assert one(step_size=1.01 / 3.25, steps=300).steps[-1].E > 1e3


def test_two_neurons():
    record = two_neurons_trace()
    first = record.steps[0]
    assert (first.layers[0].x.item(), first.output_before.item()) == (pytest.approx(2.2), pytest.approx(2.76))
    gradients = [first.layers[place].gradient[name].item() for place in (1, 0) for name in ("W", "b")]
    np.testing.assert_allclose(gradients, [9.944, 4.52, 5.424, 3.616], atol=1e-6)
    rows = [
        (
            s.number,
            *(s.layers[place].after[name].item() for place in (1, 0) for name in ("W", "b")),
            s.output_after.item(),
        )
        for s in record.steps
    ]
    np.testing.assert_allclose(rows, TWO, atol=1e-6)


def test_two_neurons_prints_the_32_cells_and_the_missing_column():
    lines = str(two_neurons(decimals=2).table).splitlines()[1:]
    assert [line.split()[2:] for line in lines] == [line.split() for line in TWO_PRINTED.splitlines()]
    assert [line.split()[1] for line in lines] == [f"{row[1]:.2f}" for row in TWO]


def two_neurons_trace():
    network = Network(1, [Dense(1), Dense(1)])
    return trace(network, [*START, *START], 1.5, 0.5, loss="squared_error", step_size=0.1, steps=8)


def test_one_neuron_with_an_activation():
    """dE/dw = 2 x sigma'(z) (x^L - y), dE/db = 2 sigma'(z) (x^L - y)."""
    for name, slope in [
        ("logistic", lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
        ("tanh", lambda z: np.cosh(z) ** -2),
    ]:
        step = trace(Network(1, [Dense(1, name)]), START, 1.5, 0.5, loss="squared_error").steps[0]
        z, x = 2.2, step.output_before.item()
        assert step.layers[0].gradient["W"].item() == pytest.approx(2 * 1.5 * slope(z) * (x - 0.5), abs=1e-12)
        assert step.layers[0].gradient["b"].item() == pytest.approx(2 * slope(z) * (x - 0.5), abs=1e-12)


def test_festival_decides_all_eight():
    rows = json.loads(festival().json)["rows"]
    assert len(rows) == 8
    assert all(row["go"] == row["weather"] == row["learned go"] for row in rows)
    z = {(row["weather"], row["partner"], row["near"]): row["z"] for row in rows}
    assert z[0, 1, 1] == -1
    assert z[1, 0, 0] == 1


def test_json_holds_the_numbers():
    steps = json.loads(one_neuron().json)["steps"]
    found = [(s["layers"][0]["W after"][0][0], s["layers"][0]["b after"][0], s["output before"][0][0]) for s in steps]
    np.testing.assert_allclose(found, [row[1:] for row in ONE], atol=1e-6)
    steps = json.loads(two_neurons().json)["steps"]
    found = [
        (*(s["layers"][place][f"{n} after"] for place in (1, 0) for n in ("W", "b")), s["output after"]) for s in steps
    ]
    np.testing.assert_allclose([[np.ravel(v).item() for v in row] for row in found], [r[1:] for r in TWO], atol=1e-6)
