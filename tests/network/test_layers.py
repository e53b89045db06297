"""The layers around dense ones: numbers by hand, shapes, data-dependent starts, mistakes. Derivatives: `oracle`."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from glassnet import NetworkRegressor
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.dense import Dense
from glassnet.network.embedding import Embedding
from glassnet.network.fast_trigonometry import cosine, sine
from glassnet.network.flatten import Flatten
from glassnet.network.hash_rng import Noise
from glassnet.network.linear_path import LinearPath
from glassnet.network.network import Network
from glassnet.network.parametric import ParametricActivation
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip

RANDOM = np.random.default_rng(0)


def test_smooth_clip_by_hand():
    """4 / sqrt(1 + (4 / 3)^2) = 2.4, slope (3 / 5)^3; the second input stays."""
    layer, x = SmoothClip(1, 3.0), jnp.asarray([[4.0, 4.0], [0.0, 1e30]])
    kept = layer.forward({}, x)
    np.testing.assert_allclose(kept.x, [[2.4, 4.0], [0.0, 1e30]], rtol=1e-6)
    back = layer.backward({}, kept, jnp.asarray([[1.0, 1.0], [1.0, 1.0]]))
    np.testing.assert_allclose(back.g, [[0.216, 1.0], [1.0, 1.0]], rtol=1e-6)
    np.testing.assert_allclose(SmoothClip().forward({}, jnp.asarray([[1e30, -1e38]])).x, [[3.0, -3.0]], rtol=1e-6)


def test_scaling_by_hand():
    layer, x, g = InputScaling(), jnp.asarray([[1.0, 2.0], [3.0, 4.0]]), jnp.asarray([[1.0, 1.0], [10.0, 10.0]])
    parameters = {"s": jnp.asarray([2.0, -1.0])}
    kept = layer.forward(parameters, x)
    assert kept.x.tolist() == [[2.0, -2.0], [6.0, -4.0]]
    back = layer.backward(parameters, kept, g)
    assert back.gradient["s"].tolist() == [31.0, 42.0]
    assert back.g.tolist() == [[2.0, -1.0], [20.0, -10.0]]


def test_bounded_scaling_by_hand():
    """s x = (2, 6) is cut to (2, 5): g passes where nothing is cut; in training nothing is."""
    layer, x, g = BoundedScaling(), jnp.asarray([[1.0, 3.0]]), jnp.asarray([[10.0, 7.0]])
    parameters = {"s": jnp.asarray([2.0, 2.0]), "low": jnp.asarray([-5.0, -5.0]), "high": jnp.asarray([5.0, 5.0])}
    kept = layer.forward(parameters, x)
    assert kept.x.tolist() == [[2.0, 5.0]]
    back = layer.backward(parameters, kept, g)
    assert back.g.tolist() == [[20.0, 0.0]]
    assert {name: array.tolist() for name, array in back.gradient.items()} == {
        "s": [10.0, 0.0], "low": [0.0, 0.0], "high": [0.0, 7.0],
    }  # fmt: skip
    assert layer.forward(parameters, x, Noise(jnp.uint32(0))).x.tolist() == [[2.0, 6.0]]


def test_linear_path_by_hand():
    """5 + (2 * 3 + 100 + 1), and for a level that is none 5 + (2 * 3 + 1)."""
    layer, x = LinearPath(1, (2,)), jnp.asarray([[5.0, 3.0, 1.0], [5.0, 3.0, -1.0]])
    parameters = {"V": jnp.asarray([[2.0]]), "a": jnp.asarray([1.0]), "E0": jnp.asarray([[10.0], [100.0]])}
    kept = layer.forward(parameters, x)
    assert kept.z.tolist() == [[107.0], [7.0]]
    assert kept.x.tolist() == [[112.0], [12.0]]
    back = layer.backward(parameters, kept, jnp.asarray([[1.0], [10.0]]))
    assert back.g.tolist() == [[1.0, 2.0, 0.0], [10.0, 20.0, 0.0]]
    assert {name: array.tolist() for name, array in back.gradient.items()} == {
        "V": [[33.0]], "a": [11.0], "E0": [[0.0], [1.0]],
    }  # fmt: skip


def test_what_a_linear_path_joins_must_be_there():
    with pytest.raises(ValueError, match=r"LinearPath\(outputs=1.*joins vectors"):
        Network((4, 4, 1), [Flatten(), Dense(1), LinearPath(1)])
    with pytest.raises(ValueError, match=r"adds 5 number\(s\) of the layer before .* but 3 numbers come in together"):
        Network(2, [Dense(1), LinearPath(5)])


def test_solvers_leave_alone_what_is_not_trained():
    X = np.random.default_rng(0).normal(size=(60, 2))
    layers = [Dense(4, "tanh"), Dense(1), BoundedScaling(), LinearPath(1)]
    for solver in ("adam", "sgd", "lbfgs", "lm"):
        model = NetworkRegressor(layers=layers, solver=solver, max_iter=12, n_members=1, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(X, X[:, 0] + X[:, 1])
        for layer, specs in zip(model.members_[0].parameters, model.network_.parameters, strict=True):
            for name, spec in specs.items():
                start = spec.draw(np.random.default_rng(0), np.float32, None)
                assert spec.trained or np.array_equal(layer[name], start)
        assert np.any(model.members_[0].parameters[0]["b"] != 0)


def test_parametric_by_hand():
    """relu(-2) = 0: with a = 0.25 the output is -2 + 0.25 * 2 = -1.5 and its slope 0.75; a's derivative is 2 g."""
    layer, parameters = ParametricActivation("relu"), {"a": jnp.asarray([0.25])}
    kept = layer.forward(parameters, jnp.asarray([[-2.0], [3.0]]))
    assert kept.x.tolist() == [[-1.5], [3.0]]
    back = layer.backward(parameters, kept, jnp.asarray([[10.0], [1.0]]))
    assert back.g.tolist() == [[7.5], [1.0]]
    assert back.gradient["a"].tolist() == [20.0]


def test_periodic_by_hand():
    """f = 1/4, p = 0, x = 1: cos(pi/2) = 0, so [1, 2 * 0 + 5, and the other input]; slope g_0 + 2 g_1 (-2 pi / 4)."""
    layer = Periodic(1, 1, 1)
    parameters = {
        "f": jnp.asarray([[0.25]]), "p": jnp.asarray([[0.0]]), "V": jnp.asarray([[[2.0]]]), "d": jnp.asarray([[5.0]]),
    }  # fmt: skip
    kept = layer.forward(parameters, jnp.asarray([[1.0, 7.0]]))
    np.testing.assert_allclose(kept.x, [[1.0, 7.0, 5.0]], atol=2e-6)
    back = layer.backward(parameters, kept, jnp.asarray([[1.0, 0.0, 1.0]]))
    np.testing.assert_allclose(back.g, [[1 - np.pi, 0.0]], rtol=1e-6)
    np.testing.assert_allclose(back.gradient["f"], [[-4 * np.pi]], rtol=1e-6)


def test_piecewise_by_hand():
    """Edges 0, 1, 3 and V = 10, 100: x = 2 fills the first bin and half of the second, 10 + 50."""
    layer = PiecewiseLinear(1, 1, 2)
    parameters = {
        "e": jnp.asarray([[0.0, 1.0, 3.0]]), "V": jnp.asarray([[[10.0], [100.0]]]), "d": jnp.asarray([[0.0]]),
    }  # fmt: skip
    kept = layer.forward(parameters, jnp.asarray([[2.0], [-5.0], [9.0]]))
    assert kept.x.tolist() == [[2.0, 60.0], [-5.0, 0.0], [9.0, 110.0]]
    back = layer.backward(parameters, kept, jnp.asarray([[0.0, 1.0], [0.0, 1.0], [1.0, 1.0]]))
    assert back.g.tolist() == [[50.0], [0.0], [1.0]]
    assert back.gradient["e"].tolist() == [[0.0, -25.0, -25.0]]


def test_piecewise_between_equal_edges():
    """Edges 0, 0, 1 and V = 1, 2: the first ramp is 1e-6 wide and hangs on e_0 alone. t = (.5, 5e-7) at x = 5e-7."""
    layer = PiecewiseLinear(1, 1, 2)
    parameters = {
        "e": jnp.asarray([[0.0, 0.0, 1.0]]), "V": jnp.asarray([[[1.0], [2.0]]]), "d": jnp.asarray([[0.0]]),
    }  # fmt: skip
    kept = layer.forward(parameters, jnp.asarray([[5e-7]]))
    back = layer.backward(parameters, kept, jnp.asarray([[0.0, 1.0]]))
    np.testing.assert_allclose(back.gradient["e"], [[-1e6, -2.0, -1e-6]], rtol=1e-5)


def test_piecewise_edges_of_a_column_of_zeros_are_those_of_its_other_values():
    sample = np.zeros((1000, 1))
    sample[:9, 0] = np.arange(2, 11)  # ten different values
    drawn = Network(1, [PiecewiseLinear(1, 3, 3)]).initialize(0, sample=sample)[0]
    np.testing.assert_allclose(drawn["e"], [[0, 4, 7, 10]], rtol=1e-6)


def test_piecewise_starts_from_quantiles():
    sample = RANDOM.exponential(size=(1000, 2))
    network = Network(2, [PiecewiseLinear(2, 3, 4)])
    drawn = network.initialize(0, sample=sample)[0]
    np.testing.assert_allclose(drawn["e"], np.quantile(sample, [0, 0.25, 0.5, 0.75, 1], axis=0).T, rtol=1e-6)
    assert network.data_dependent
    assert not Network(2, [Periodic()]).data_dependent
    assert not network.parameters[0]["e"].trained
    np.testing.assert_allclose(network.initialize(0)[0]["e"], [np.linspace(-1, 1, 5)] * 2)


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        ([0.0, 0.0, 1.0], [0.0, 0.25, 0.5, 0.75, 1.0]),
        ([0.0, 1e-16, 1.0, 5.0], [0.0, 0.5, 2.0, 3.5, 5.0]),  # quantiles 0, 1e-16, 0.5, 2, 5
        ([3.0, 3.0], [2.0, 2.5, 3.0, 3.5, 4.0]),
    ],
)
def test_piecewise_edges_of_repeated_values_are_distinct(values, edges):
    sample = np.repeat(values, 40)[:, None]
    drawn = Network(1, [PiecewiseLinear(1, 1, 4)]).initialize(0, sample=sample)[0]["e"]
    np.testing.assert_allclose(drawn, [edges])


def test_piecewise_at_a_repeated_value_does_not_amplify_rounding():
    sample = np.concatenate([np.zeros(500), RANDOM.normal(scale=1e-16, size=250), RANDOM.normal(size=250)])[:, None]
    network = Network(1, [PiecewiseLinear(1)])
    parameters = network.initialize(0, sample=sample)
    x = np.array([[-1e-7], [0.0], [1e-7]], dtype=np.float32)
    outputs = np.asarray(network.layers[0].forward(parameters[0], jnp.asarray(x)).x)
    assert np.ptp(outputs[:, 1:], axis=0).max() < 1e-3


def test_embedding_by_hand():
    layer, parameters = Embedding((2,), 2), {"E0": jnp.asarray([[1.0, 2.0], [3.0, 4.0]])}
    kept = layer.forward(parameters, jnp.asarray([[9.0, 1.0], [8.0, -1.0], [7.0, 1.0]]))
    assert kept.x.tolist() == [[9.0, 3.0, 4.0], [8.0, 0.0, 0.0], [7.0, 3.0, 4.0]]
    back = layer.backward(parameters, kept, jnp.asarray([[5.0, 1.0, 2.0], [6.0, 9.0, 9.0], [7.0, 10.0, 20.0]]))
    assert back.gradient["E0"].tolist() == [[0.0, 0.0], [11.0, 22.0]]
    assert back.g.tolist() == [[5.0, 0.0], [6.0, 0.0], [7.0, 0.0]]


def test_a_level_that_no_row_has_starts_at_zero():
    sample = np.array([[0.5, 0.0], [0.1, 2.0]])
    drawn = np.asarray(Network(2, [Embedding((3,), 4)]).initialize(0, sample=sample)[0]["E0"])
    assert drawn[[0, 2]].all()
    assert not drawn[1].any()


def test_waves_within_float64():
    u = np.concatenate([np.linspace(-3, 3, 10001), [1024.25, -77.5]])
    with jax.enable_x64(True):
        np.testing.assert_allclose(cosine(jnp.asarray(u)), np.cos(2 * np.pi * (u % 1)), atol=4e-15)
        np.testing.assert_allclose(sine(jnp.asarray(u)), np.sin(2 * np.pi * (u % 1)), atol=4e-15)


def test_waves_within_float32():
    u = np.concatenate([np.linspace(-3, 3, 10001), [1e4 + 0.25, -77.5]]).astype(np.float32)
    np.testing.assert_allclose(cosine(jnp.asarray(u)), np.cos(2 * np.pi * u.astype(np.float64)), atol=1e-6)
    np.testing.assert_allclose(sine(jnp.asarray(u)), np.sin(2 * np.pi * u.astype(np.float64)), atol=1e-6)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (Periodic(3), r"Periodic\(3\) acts on the first 3 numbers of a vector, but what comes in has shape \(2,\)"),
        (Embedding((4, 4, 4)), r"Embedding embeds 3 columns, but what comes in has shape \(2,\)"),
    ],
)
def test_too_few_inputs(layer, words):
    with pytest.raises(ValueError, match=words):
        layer.output_shape((2,))


def test_a_limit_above_zero():
    with pytest.raises(ValueError, match=r"SmoothClip\(limit=0.0\) needs a limit above 0"):
        SmoothClip(1, 0.0)
