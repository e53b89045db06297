"""Every backward rule against two independent witnesses: finite differences and autodiff, in float64."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree

from glassnet.network.activation import ACTIVATIONS, ELU, LeakyRectifier
from glassnet.network.backward import cost_and_gradient, input_gradient
from glassnet.network.cost import cost, cost_derivative
from glassnet.network.dense import Dense
from glassnet.network.loss import LOSSES, Huber
from glassnet.network.network import Network, output

RELATIVE = 1e-7
STEP = 1e-5  # fourth-order differences: truncation of order STEP^4, rounding of order 1e-16 / STEP

CASES = {**ACTIVATIONS, "leaky_relu(0.3)": LeakyRectifier(0.3), "elu(0.5)": ELU(0.5)}
COSTS = {**LOSSES, "huber(0.3)": Huber(0.3)}


@pytest.fixture(autouse=True)
def double():
    with jax.enable_x64(True):
        yield


def differences(function, point):
    """Return the gradient of a scalar function by fourth-order central differences, all entries at once."""
    point = jnp.asarray(point)
    moves = STEP * jnp.eye(point.size).reshape(point.size, *point.shape)
    at = jax.jit(jax.vmap(lambda move: jnp.stack([function(point + shift * move) for shift in (-2, -1, 1, 2)])))(moves)
    return ((8 * (at[:, 2] - at[:, 1]) - (at[:, 3] - at[:, 0])) / (12 * STEP)).reshape(point.shape)


def relative(found, expected):
    """Return the relative distance of two arrays; where both vanish, 0."""
    found, expected = np.ravel(found), np.ravel(expected)
    return float(np.linalg.norm(found - expected) / max(np.linalg.norm(expected), np.finfo(np.float64).eps))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", range(3))
def test_activation(name, seed):
    random = np.random.default_rng(seed)
    shape = tuple(random.integers(1, 7, size=2))
    z, g = jnp.asarray(3 * random.normal(size=shape)), jnp.asarray(random.normal(size=shape))
    sigma = CASES[name]
    found = sigma.backward(z, sigma.value(z), g)

    def value(z):
        return jnp.vdot(g, sigma.value(z))

    assert relative(found, jax.grad(value)(z)) <= RELATIVE
    assert relative(found, differences(value, z)) <= RELATIVE


@pytest.mark.parametrize("name", COSTS)
@pytest.mark.parametrize("seed", range(3))
def test_loss(name, seed):
    random = np.random.default_rng(seed)
    rows, out = random.integers(1, 7, size=2)
    x, y = jnp.asarray(2 * random.normal(size=(rows, out))), random.normal(size=(rows, out))
    if name == "cross_entropy":
        y = random.dirichlet(np.ones(out), size=rows)
    y, weights = jnp.asarray(y), jnp.asarray(random.uniform(size=rows))
    loss = COSTS[name]

    def value(x):
        return cost(loss, x, y, weights)

    found = cost_derivative(loss, x, y, weights)
    assert relative(found, jax.grad(value)(x)) <= RELATIVE
    assert relative(found, differences(value, x)) <= RELATIVE


PAIRS = [(hidden, "half_squared_error") for hidden in CASES if hidden != "heaviside"] + [
    ("tanh", name) for name in COSTS
]


@pytest.mark.parametrize(("hidden", "name"), PAIRS)
def test_network(hidden, name):
    random = np.random.default_rng(len(hidden) + 7 * len(name))
    inputs, width, out, rows = random.integers(2, 6, size=4)
    sizes, layers = (int(inputs), int(width), 3, int(out)), []
    for n in sizes[1:-1]:  # drawn biases, or a dead rectifier would sit exactly on its kink
        layers.append(Dense(n, CASES[hidden], bias="normal"))
    network = Network(sizes[0], [*layers, Dense(sizes[-1], weights="he")])
    parameters = network.initial(1, jnp.float64)
    x = jnp.asarray(random.normal(size=(rows, inputs)))
    y = jnp.asarray(
        random.dirichlet(np.ones(out), size=rows) if name == "cross_entropy" else random.normal(size=(rows, out))
    )
    weights = jnp.asarray(random.uniform(0.5, 2, size=rows))
    loss = COSTS[name]
    point, unravel = ravel_pytree((parameters, x))

    def value(point):
        parameters, x = unravel(point)
        return cost(loss, output(network, parameters, x), y, weights)

    E, gradient = cost_and_gradient(network, loss, parameters, x, y, weights)
    np.testing.assert_allclose(E, value(point), rtol=1e-14)
    found = gradient, input_gradient(network, loss, parameters, x, y, weights)
    for witness in (unravel(jax.grad(value)(point)), unravel(differences(value, point))):
        for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(witness), strict=True):
            assert relative(one, other) <= RELATIVE


def test_softmax_and_cross_entropy_collapse():
    """With p = softmax(z) and E = -sum y log p, the long way J'(-y/p) equals p - y."""
    random = np.random.default_rng(3)
    z, y = jnp.asarray(random.normal(size=(4, 5))), jnp.asarray(random.dirichlet(np.ones(5), size=4))
    softmax = ACTIVATIONS["softmax"]
    p = softmax.value(z)
    np.testing.assert_allclose(LOSSES["cross_entropy"].derivative(z, y), softmax.backward(z, p, -y / p), rtol=1e-12)
