"""Bounds that samples, attacks and float32 never leave; exact where the network is linear."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.attacks.extremes import furthest
from glassnet.network.activation import ACTIVATIONS, Identity
from glassnet.network.augmentation import Flip, Shift
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.convolution import Convolution
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.embedding import Embedding
from glassnet.network.flatten import Flatten
from glassnet.network.linear_path import LinearPath
from glassnet.network.network import Network, output
from glassnet.network.parametric import ParametricActivation
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear
from glassnet.network.pooling import AveragePool, MaxPool
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip
from glassnet.network.units import Units
from glassnet.verification.bounds import bounds

LAYERS = {
    "dropout, scaling": (4, [Dropout(0.3), InputScaling(), Dense(3)]),
    "smooth clip": (4, [SmoothClip(3, 0.5), Dense(3)]),
    "smooth clip inside": (4, [Dense(5), SmoothClip(3, 0.5), Dense(2)]),
    "waves": (4, [Periodic(3, 2, 5, 1.0), Dense(3)]),
    "waves inside": (4, [Dense(4), Periodic(2, 2, 5, 0.3), InputScaling(), Dense(3)]),
    "waves alone": (3, [Periodic()]),
    "ramps": (4, [PiecewiseLinear(3, 2, 5), Dense(3)]),
    "waves and ramps": (4, [SmoothClip(3), Periodic(3), PiecewiseLinear(3), InputScaling(), Dense(3)]),
    "parametric first": (4, [ParametricActivation("gelu"), Dense(3)]),
    "parametric": (
        4,
        [Dense(6), ParametricActivation("mish"), Dropout(0.1), Dense(6), ParametricActivation("tanh"), Dense(2)],
    ),
    "softmax inside": (4, [Dense(5, "softmax"), Dense(2)]),
    "linear path": (
        4,
        [SmoothClip(3), Periodic(3), InputScaling(), Dense(6), ParametricActivation("mish"), Dense(2), LinearPath(2)],
    ),
    "linear path past softmax and ends": (4, [Dense(5, "softmax"), Dense(2, "relu"), BoundedScaling(), LinearPath(2)]),
    "linear path inside": (
        3,
        [PiecewiseLinear(2, 2, 4), Dense(3, "tanh"), LinearPath(3), Dense(4, "elu"), LinearPath(4)],
    ),
    "signal": ((12, 2), [Convolution(3, 4, "silu", stride=2, padding="same", flip=True), Flatten(), Dense(2)]),
    "max": ((6, 6, 1), [Convolution(2, 3, "relu"), MaxPool(3, 1), Flatten(), Dense(2)]),
    "max with padding": ((5, 5, 2), [MaxPool(3, 2, 1), Convolution(2, 2, "tanh"), AveragePool(None), Flatten()]),
    "rearranged": ((4, 4, 1), [Shift(1), Flip(), AveragePool(2, padding="same"), Flatten(), Dense(2, "elu")]),
}  # fmt: skip
RANDOM_SHAPES = [
    (inputs, hidden, activation)
    for inputs, hidden in (((2,), (8,)), ((5,), (16, 16)), ((3,), (12, 12, 12)), ((10,), (24, 8)))
    for activation in ("relu", "tanh", "mish", "gelu", "logistic")
]


OF_EACH_KIND = (  # one of each kind of layer; the others are among the slow ones
    "dropout, scaling",
    "smooth clip inside",
    "waves",
    "ramps",
    "parametric",
    "softmax inside",
    "linear path",
    "linear path past softmax and ends",
    "max",
    "rearranged",
)


def box(network, rows=3, radius=0.1, seed=0):
    middle = np.random.default_rng(seed).normal(size=(rows, *network.inputs))
    return middle - radius, middle + radius


compiled_output = jax.jit(output, static_argnums=0)


def outputs(network, parameters, x):
    return np.asarray(compiled_output(network, parameters, np.asarray(x, np.float32)))


def sampled(network, parameters, low, high, samples, seed=1):
    """Return float32 outputs (samples, rows, *out) of points in the boxes, some of them corners."""
    t = np.random.default_rng(seed).uniform(-1, 1, (samples, *low.shape))
    t[: samples // 4] = np.sign(t[: samples // 4])
    x = np.clip((low + high) / 2 + t * (high - low) / 2, low, high)
    found = outputs(network, parameters, x.reshape(-1, *low.shape[1:]))
    return found.reshape(samples, len(low), *found.shape[1:]).astype(np.float64)


def assert_inside(found, ends):
    assert (found >= ends[0]).all()
    assert (found <= ends[1]).all()


def wobbled(parameters, seed):
    """Return parameters that are not at their start: scales, strengths and biases away from 1 and 0."""
    random = np.random.default_rng(seed)
    return [{k: v + 0.3 * random.normal(size=v.shape).astype(np.float32) for k, v in p.items()} for p in parameters]


@pytest.mark.parametrize(
    "name", [name if name in OF_EACH_KIND else pytest.param(name, marks=pytest.mark.slow) for name in LAYERS]
)
def test_layers_stay_in_their_bounds(name):
    network = Network(*LAYERS[name])
    sample = np.random.default_rng(3).normal(size=(50, *network.inputs))
    parameters = wobbled(network.initialize(0, sample=sample), 5)
    for radius in (0.02, 0.7):
        low, high = box(network, radius=radius)
        linear = bounds(network, parameters, low, high)
        interval = bounds(network, parameters, low, high, "interval")
        assert_inside(sampled(network, parameters, low, high, 2000), linear)
        assert (linear[0] >= interval[0] - 1e-12).all()
        assert (linear[1] <= interval[1] + 1e-12).all()


def test_rounding_of_a_mean_counts_every_entry():
    """1 and then 59 numbers that float32 rounds away beside it: each counts as a term of the sum."""
    network = Network((1, 60, 1), [AveragePool(None), Flatten()])
    x = np.full((1, 1, 60, 1), 2.0**-24.5, np.float32)
    x[0, 0, 0] = 1
    found = outputs(network, network.initialize(0), x).astype(np.float64)
    assert_inside(found, bounds(network, network.initialize(0), x, x))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_stay_in_their_bounds(name):
    network = Network(4, [Dense(12, name), Dense(2)])
    parameters = network.initialize(0)
    for radius in (0.05, 1.0):
        low, high = box(network, radius=radius)
        found = sampled(network, parameters, low, high, 4000)
        assert_inside(found, bounds(network, parameters, low, high))


def check_random_networks(inputs, hidden, activation, draws, samples):
    network = Network(inputs, [*(Dense(size, activation, "he", "normal") for size in hidden), Dense(1)])
    one = {"center": 0.0, "scale": 1.0, "low": -np.inf, "high": np.inf}
    units = Units(*(np.full((1, 1), value) for value in one.values()))
    for seed in range(draws):
        parameters = network.initialize(seed)
        low, high = box(network, 4, 10 ** np.random.default_rng(seed).uniform(-3, 0.3), seed)
        ends = bounds(network, parameters, low, high)
        assert_inside(sampled(network, parameters, low, high, samples, seed), ends)
        stack = jax.tree.map(lambda a: np.asarray(a)[None], parameters)
        t = furthest(network, Identity(), stack, units, low[None], high[None], seed).astype(np.float64)
        pushed = np.clip((low + high) / 2 + t * (high - low) / 2, low, high)
        reached = outputs(network, parameters, pushed.reshape(-1, *network.inputs)).reshape(2, len(low), 1)
        assert (reached[0] <= reached[1]).all()
        assert_inside(reached, ends)


@pytest.mark.parametrize("shape", RANDOM_SHAPES[::12], ids=str)
def test_some_random_networks(shape):
    check_random_networks(*shape, draws=8, samples=2500)


@pytest.mark.slow
@pytest.mark.parametrize("shape", RANDOM_SHAPES, ids=str)
def test_a_thousand_random_networks(shape):
    """4 rows of 2,500 samples each: 10,000 samples and an attack a network, 20 shapes of 50 weights."""
    check_random_networks(*shape, draws=50, samples=2500)


def test_linear_networks_are_exact():
    """f = a x + c moves by |a| r at most, and does."""
    network = Network(6, [Dense(9), Dense(7), InputScaling(), Dense(2)])
    parameters = network.initialize(4)
    low, high = box(network, radius=np.linspace(0.01, 3, 6))
    A = np.linalg.multi_dot([np.asarray(parameters[i]["W"], np.float64) for i in (0, 1, 3)])
    least, most = bounds(network, parameters, low, high)
    np.testing.assert_allclose(most - least, np.broadcast_to((high - low)[0] @ np.abs(A), (3, 2)), rtol=1e-4)
    np.testing.assert_allclose((most + least) / 2, outputs(network, parameters, (low + high) / 2), atol=1e-4)


def test_waves_of_one_input_are_walked_exactly():
    """One input through waves has a range that a fine grid shows: no line is drawn, so the bounds are that range."""
    network = Network(1, [Periodic(1, 4, 6, 1.0), Dense(1)])
    parameters = network.initialize(2)
    least, most = bounds(network, parameters, [[-1.0]], [[1.0]])
    found = outputs(network, parameters, np.linspace(-1, 1, 20001)[:, None])
    span = np.ptp(found)
    assert most[0, 0] - found.max() < 0.05 * span
    assert found.min() - least[0, 0] < 0.05 * span


def test_ramps_of_one_input_are_walked_exactly():
    """A sum of ramps has kinks where the grid has no points: a tenth of the range may be lost there, not more."""
    network = Network(1, [SmoothClip(1), PiecewiseLinear(1, 4, 12), InputScaling(), Dense(1)])
    sample = np.random.default_rng(3).normal(size=(200, 1))
    for seed in range(4):
        parameters = network.initialize(seed, sample=sample)
        least, most = bounds(network, parameters, [[-1.0]], [[1.0]])
        found = outputs(network, parameters, np.linspace(-1, 1, 20001)[:, None])
        span = np.ptp(found)
        assert 0 <= most[0, 0] - found.max() < 0.1 * span
        assert 0 <= found.min() - least[0, 0] < 0.1 * span


def deep():
    return Network(
        7,
        [Embedding((3,), 4), SmoothClip(6), Periodic(6), InputScaling(),
         Dense(64, bias="normal"), ParametricActivation("mish"), Dense(64, bias="normal"),
         ParametricActivation("mish"), Dense(1)],
    )  # fmt: skip


def with_codes(x, seed):
    return np.column_stack([x[:, :6], np.random.default_rng(seed).integers(-1, 3, len(x))])


def test_a_box_without_width_holds_what_float32_computes():
    network = deep()
    parameters = network.initialize(1)
    x = with_codes(np.random.default_rng(0).normal(size=(200, 7)) * 3, 0)
    least, most = bounds(network, parameters, x, x)
    found = outputs(network, parameters, x)
    assert_inside(found.astype(np.float64), (least, most))
    alone = np.concatenate([outputs(network, parameters, x[row : row + 1]) for row in range(50)])
    assert_inside(alone.astype(np.float64), (least[:50], most[:50]))
    assert (most - least).max() < 2e-3 * np.ptp(found)


def test_codes_are_held_fixed():
    network = deep()
    parameters = network.initialize(1)
    low, high = box(network, 40, 0.2)
    low, high = with_codes(low, 7), with_codes(high, 7)
    assert_inside(sampled(network, parameters, low, high, 500), bounds(network, parameters, low, high))


@pytest.mark.parametrize("method", ["linear", "interval"])
def test_codes_that_are_carried_to_a_line_at_the_end_keep_the_effects_of_their_levels(method):
    network = Network(7, [Embedding((3,), 2), Dense(8, "tanh"), Dense(8, "mish"), Dense(2), LinearPath(2, (3,))])
    random = np.random.default_rng(0)
    parameters = list(network.initialize(1))
    parameters[-1] = {name: random.normal(size=a.shape).astype(a.dtype) * 10 for name, a in parameters[-1].items()}
    x = with_codes(random.normal(size=(60, 7)), 0)
    found = outputs(network, parameters, x)
    assert_inside(found.astype(np.float64), bounds(network, parameters, x, x, method=method))


def test_float64_networks():
    with jax.enable_x64(True):
        network = Network(3, [Dense(8, "tanh"), Dense(1)])
        parameters = network.initialize(0, np.float64)
        x = np.random.default_rng(0).normal(size=(50, 3))
        found = np.asarray(output(network, parameters, jnp.asarray(x)))
        parameters = jax.tree.map(np.asarray, parameters)
    assert_inside(found, bounds(network, parameters, x, x))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ([[0.0]], [[1.0, 1.0]], r"low has shape \(1, 1\); expected \(rows, 2\), the same for both ends of the box"),
        ([[0.0, 0.0]], [[1.0, 1.0]] * 2, r"high has shape \(2, 2\); expected \(rows, 2\), the same for both"),
        ([[0.0, 2.0]], [[1.0, 1.0]], "the box needs finite numbers with low <= high in every entry; swap or correct"),
        ([[0.0, np.nan]], [[1.0, 1.0]], "the box needs finite numbers"),
        (np.empty((0, 2)), np.empty((0, 2)), "the box has no rows; give at least one"),
    ],
)
def test_what_is_no_box(low, high, words):
    network = Network(2, [Dense(1)])
    with pytest.raises(ValueError, match=words):
        bounds(network, network.initialize(0), low, high)


class Doubling:
    def value(self, z):
        return 2 * z

    def backward(self, z, x, g):
        return 2 * g


def test_what_has_no_rule():
    network = Network(2, [Dense(1)])
    with pytest.raises(ValueError, match="method='exact' is not known; choose 'linear' or 'interval'"):
        bounds(network, network.initialize(0), [[0.0, 0.0]], [[1.0, 1.0]], "exact")
    network = Network(2, [Dense(3, Doubling()), Dense(1)])
    with pytest.raises(TypeError, match=r"Doubling object at .* has no bounds; use an activation that has: ELU"):
        bounds(network, network.initialize(0), [[0.0, 0.0]], [[1.0, 1.0]])
    network = Network(2, [Dense(3), ParametricActivation("softmax"), Dense(1)])
    with pytest.raises(
        TypeError, match=r"ParametricActivation\(.*\) has no bounds; use layers that have, such as Dense"
    ):
        bounds(network, network.initialize(0), [[0.0, 0.0]], [[1.0, 1.0]])


def test_parameters_may_be_lists():
    network, numbers = Network(2, [Dense(1)]), {"W": [[1.0], [-2.0]], "b": [0.5]}
    arrays = {name: np.asarray(values) for name, values in numbers.items()}
    box = [[0.0, 0.0]], [[1.0, 1.0]]
    np.testing.assert_array_equal(bounds(network, [numbers], *box), bounds(network, [arrays], *box))
