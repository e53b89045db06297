"""Every backward rule against two independent witnesses: finite differences and autodiff, in float64."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree

from glassnet.network.activation import ACTIVATIONS, ELU, LeakyReLU
from glassnet.network.augmentation import Crop, Flip, Shift
from glassnet.network.backward import cost_and_gradient, input_gradient
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.convolution import Convolution
from glassnet.network.cost import cost, cost_derivative
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.embedding import Embedding
from glassnet.network.flatten import Flatten
from glassnet.network.hash_rng import Noise
from glassnet.network.linear_path import LinearPath
from glassnet.network.loss import LOSSES, Huber, Quantile
from glassnet.network.network import Network, output
from glassnet.network.parametric import ParametricActivation
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear
from glassnet.network.pooling import AveragePool, MaxPool
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip

RELATIVE = 1e-7
STEP = 1e-5  # fourth-order differences: truncation of order STEP^4, rounding of order 1e-16 / STEP

CASES = {**ACTIVATIONS, "leaky_relu(0.3)": LeakyReLU(0.3), "elu(0.5)": ELU(0.5)}
COSTS = {**LOSSES, "huber(0.3)": Huber(0.3), "quantile(0.3)": Quantile(0.3)}
LAYERS = {
    "smooth clip": SmoothClip(2, 1.5),
    "periodic": Periodic(3, 2, 5, 0.7),
    "periodic of all": Periodic(None, 1, 4),
    "piecewise": PiecewiseLinear(2, 3, 5),
    "embedding": Embedding((3, 2), 4),
    "scaling": InputScaling(),
    "parametric": ParametricActivation("mish"),
    "parametric softmax": ParametricActivation("softmax"),
    "dropout": Dropout(0.4),
    "dense": Dense(3, "tanh", bias="normal"),
    "bounded scaling": BoundedScaling(),
    "linear path": LinearPath(2, (3, 2)),
}
# Layers of images, each with the shape of a sample; `test_convolution` draws shapes, strides and paddings besides.
IMAGES = {
    "max pool": (MaxPool(2), (6, 4, 3)),
    "max pool of a signal": (MaxPool(3, 2, "same"), (7, 2)),
    "max pool, overlapping": (MaxPool((3, 2), (2, 1), ((1, 0), (0, 1))), (6, 5, 2)),
    "average pool": (AveragePool(2), (5, 4, 3)),
    "average pool with padding": (AveragePool(3, 2, 1), (6, 5, 2)),
    "average pool that counts padding": (AveragePool(3, 2, "same", count_padding=True), (6, 5, 2)),
    "global average pool": (AveragePool(None), (3, 4, 2)),
    "flatten": (Flatten(), (2, 3, 2)),
    "dropout of channels": (Dropout(0.5, channels=True), (3, 2, 4)),
    "shift": (Shift(2), (5, 4, 2)),
    "flip": (Flip(), (3, 4, 2)),
    "crop": (Crop(3, 2), (5, 4, 2)),
}
CONVOLUTIONS = [  # every size, stride and padding often; all their combinations among the slow ones
    pytest.param(size, stride, padding, inputs, flip, marks=[] if (place + stride) % 3 == number else pytest.mark.slow)
    for place, (size, inputs, flip) in enumerate(
        [
            (3, (7, 2), True),
            (2, (5, 4, 3), False),
            ((3, 2), (6, 5, 2), True),
            (1, (4, 3, 2), False),
            ((5, 4), (5, 4, 1), True),
        ]
    )
    for stride in (1, 2)
    for number, padding in enumerate(("valid", "same", "uneven"))
]


@pytest.fixture(autouse=True)
def double():
    with jax.enable_x64(True):
        yield


def differences(function, point):
    """Return the gradient of a scalar function by fourth-order central differences."""
    moves = STEP * np.eye(point.size)
    at = np.array([[float(function(point + shift * move)) for shift in (-2, -1, 1, 2)] for move in moves])
    return (8 * (at[:, 2] - at[:, 1]) - (at[:, 3] - at[:, 0])) / (12 * STEP)


def agree(rule, value, point):
    """Assert that `rule(*point)` is the gradient of `value(*point)`; everything is compiled as one program."""
    flat, unravel = ravel_pytree(point)

    @jax.jit
    def together(flat):
        return jax.value_and_grad(lambda flat: value(*unravel(flat)))(flat), rule(*unravel(flat))

    (_, automatic), found = together(flat)
    for witness in (automatic, differences(lambda moved: together(moved)[0][0], np.asarray(flat))):
        for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(unravel(witness)), strict=True):
            assert relative(one, other) <= RELATIVE


def relative(found, expected):
    """Return the relative distance of two arrays; where both vanish, 0."""
    found, expected = np.ravel(found), np.ravel(expected)
    return float(np.linalg.norm(found - expected) / max(np.linalg.norm(expected), np.finfo(np.float64).eps))


SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", SEEDS)
def test_activation(name, seed):
    random = np.random.default_rng(seed)
    shape = tuple(random.integers(1, 7, size=2))
    z, g = jax.device_put((3 * random.normal(size=shape), random.normal(size=shape)))
    sigma = CASES[name]
    agree(lambda z: (sigma.backward(z, sigma.value(z), g),), lambda z: jnp.vdot(g, sigma.value(z)), (z,))


@pytest.mark.parametrize("name", COSTS)
@pytest.mark.parametrize("seed", SEEDS)
def test_loss(name, seed):
    random = np.random.default_rng(seed)
    rows, out = random.integers(1, 7, size=2)
    loss = COSTS[name]
    x = 2 * random.normal(size=(rows, loss.outputs(int(out))))
    y = random.uniform(0.1, 3, size=(rows, out)) if loss.domain != "any number" else random.normal(size=(rows, out))
    if name == "cross_entropy":
        y = random.dirichlet(np.ones(out), size=rows)
    y, weights = jax.device_put((y, random.uniform(size=rows)))
    agree(lambda x: (cost_derivative(loss, x, y, weights),), lambda x: cost(loss, x, y, weights), (x,))


OF_EACH_KIND = ("mish", "relu", "softmax")  # smooth, with a kink, of whole rows; each alone is tested above
PAIRS = [("tanh", name) for name in COSTS] + [
    pytest.param(hidden, "half_squared_error", marks=[] if hidden in OF_EACH_KIND else pytest.mark.slow)
    for hidden in CASES
    if hidden != "heaviside"
]


@pytest.mark.parametrize(("hidden", "name"), PAIRS)
def test_network(hidden, name):
    random = np.random.default_rng(len(hidden) + 7 * len(name))
    inputs, width, out, rows = random.integers(2, 6, size=4)
    sizes, layers = (int(inputs), int(width), 3, int(out)), []
    for n in sizes[1:-1]:  # drawn biases, or a dead rectifier would sit exactly on its kink
        layers.append(Dense(n, CASES[hidden], bias="normal"))
    loss = COSTS[name]
    network = Network(sizes[0], [*layers, Dense(loss.outputs(sizes[-1]), weights="he")])
    parameters = network.initialize(1, jnp.float64)
    x = jax.device_put(random.normal(size=(rows, inputs)))
    y = jax.device_put(
        random.dirichlet(np.ones(out), size=rows) if name == "cross_entropy" else random.uniform(1, 3, size=(rows, out))
    )
    weights = jax.device_put(random.uniform(0.5, 2, size=rows))

    def value(parameters, x):
        return cost(loss, output(network, parameters, x), y, weights)

    def rule(parameters, x):
        _, gradient = cost_and_gradient(network, loss, parameters, x, y, weights)
        return gradient, input_gradient(network, loss, parameters, x, y, weights)

    agree(rule, value, (parameters, x))
    E, _ = jax.jit(partial(cost_and_gradient, network, loss))(parameters, x, y, weights)
    np.testing.assert_allclose(E, jax.jit(value)(parameters, x), rtol=1e-14)


@pytest.mark.parametrize("name", LAYERS)
def test_layer(name):
    """dE/dx^{l-1} and every parameter's gradient, for E = <g, x^l> with a fixed g and, for dropout, a fixed mask."""
    random = np.random.default_rng(5)
    x = random.normal(size=(6, 5))
    if name in ("embedding", "linear path"):
        x[:, 3:] = random.integers(-1, 3, size=(6, 2))
    agrees_with_both_witnesses(LAYERS[name], x, random)


def test_a_network_that_is_cut_off_beside_a_linear_path():
    """Two members of the batch are within the ends, two above and two below."""
    random = np.random.default_rng(8)
    network = Network(
        4, [Embedding((3,), 2), Dense(3, "tanh"), Dense(1), BoundedScaling(), LinearPath(1, (3,)), Dense(2, "mish")]
    )
    with jax.enable_x64(True):
        parameters = network.initialize(1, np.float64)
        parameters[4] = {name: jnp.asarray(random.normal(size=a.shape)) for name, a in parameters[4].items()}
        x = np.column_stack([random.normal(size=(6, 3)), random.integers(-1, 3, 6)])
        added = np.sort(np.ravel(output(Network(4, network.layers[:3]), parameters[:3], jnp.asarray(x))))
        ends = {"low": added[1:3].mean(keepdims=True), "high": added[3:5].mean(keepdims=True)}
        parameters[3] = {"s": jnp.ones(1), **jax.device_put(ends)}
        y = jnp.asarray(random.normal(size=(6, 2)))

    def value(parameters, x):
        return cost(LOSSES["half_squared_error"], output(network, parameters, x), y)

    def rule(parameters, x):
        gradient = cost_and_gradient(network, LOSSES["half_squared_error"], parameters, x, y)[1]
        slope = input_gradient(network, LOSSES["half_squared_error"], parameters, x, y)
        return gradient, slope

    agree(rule, value, (parameters, jnp.asarray(x)))


@pytest.mark.parametrize("name", IMAGES)
def test_layer_of_images(name):
    layer, inputs = IMAGES[name]
    random = np.random.default_rng(6)
    agrees_with_both_witnesses(layer, random.normal(size=(4, *inputs)), random)


@pytest.mark.parametrize(("size", "stride", "padding", "inputs", "flip"), CONVOLUTIONS)
def test_convolution(size, stride, padding, inputs, flip):
    random = np.random.default_rng(7)
    padding = tuple((axis, 2 - axis) for axis in range(len(inputs) - 1)) if padding == "uneven" else padding
    layer = Convolution(3, size, "tanh", stride, padding, flip, bias="normal")
    agrees_with_both_witnesses(layer, random.normal(size=(3, *inputs)), random)


def agrees_with_both_witnesses(layer, x, random):
    inputs = x.shape[1:]
    parameters = {name: spec.draw(random, jnp.float64, None) for name, spec in layer.parameters(inputs).items()}
    parameters = {name: np.asarray(a) + 0.1 * random.normal(size=a.shape) for name, a in parameters.items()}
    parameters, x = jax.device_put((parameters, x))
    noise = Noise(jnp.uint32(1))
    shape = jax.eval_shape(lambda parameters, x: layer.forward(parameters, x, noise).x, parameters, x).shape
    assert shape[1:] == layer.output_shape(inputs)
    g = jax.device_put(random.normal(size=shape))
    assert {name: a.shape for name, a in parameters.items()} == {
        name: spec.shape for name, spec in layer.parameters(inputs).items()
    }

    def rule(parameters, x):
        back = layer.backward(parameters, layer.forward(parameters, x, noise), g)
        return back.gradient, back.g

    agree(rule, lambda parameters, x: jnp.vdot(g, layer.forward(parameters, x, noise).x), (parameters, x))


def test_softmax_and_cross_entropy_collapse():
    """With p = softmax(z) and E = -sum y log p, the long way J'(-y/p) equals p - y."""
    random = np.random.default_rng(3)
    z, y = jnp.asarray(random.normal(size=(4, 5))), jnp.asarray(random.dirichlet(np.ones(5), size=4))
    softmax = ACTIVATIONS["softmax"]
    p = softmax.value(z)
    np.testing.assert_allclose(LOSSES["cross_entropy"].derivative(z, y), softmax.backward(z, p, -y / p), rtol=1e-12)
