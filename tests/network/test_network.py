import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.neural_network import MLPRegressor

from glassnet.network.dense import Dense
from glassnet.network.inference import stack_members
from glassnet.network.initializers import Constant, Glorot, He, LeCun, Normal, Zero
from glassnet.network.linear_path import LinearPath
from glassnet.network.network import Network, forward, output
from glassnet.network.periodic import Periodic
from glassnet.network.scaling import InputScaling


def test_parameters_of_higham_network():
    network = Network(2, [Dense(2, "logistic"), Dense(3, "logistic"), Dense(2, "logistic")])
    assert network.n_parameters == 23
    assert network.shapes == ((2,), (2,), (3,), (2,))
    assert str(network).startswith("network of 23 parameters on 2 inputs")
    assert str(Network(1, [Dense(1)])).startswith("network of 2 parameters on 1 input\n")


def test_forward_keeps_every_z_and_x_and_equals_scikit_learn():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(30, 4)), random.normal(size=(30, 2))
    peer = MLPRegressor(hidden_layer_sizes=(5, 3), activation="tanh", max_iter=30, solver="lbfgs", tol=10.0).fit(X, y)
    network = Network(4, [Dense(5, "tanh"), Dense(3, "tanh"), Dense(2)])
    parameters = [
        {"W": jnp.asarray(W, jnp.float32), "b": jnp.asarray(b, jnp.float32)}
        for W, b in zip(peer.coefs_, peer.intercepts_, strict=True)
    ]
    kept = forward(network, parameters, jnp.asarray(X, jnp.float32))
    np.testing.assert_allclose(kept[-1].x, peer.predict(X), rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(kept[1].inputs, kept[0].x)
    np.testing.assert_allclose(np.tanh(kept[0].z), kept[0].x, atol=1e-6)


def test_shapes_are_checked_when_it_is_put_together():
    with pytest.raises(ValueError, match=r"layer 1 does not follow: Dense\(2\) takes a vector, .* shape \(4, 4, 1\)"):
        Network((4, 4, 1), [Dense(2)])
    with pytest.raises(ValueError, match=r"layer 2: initial numbers of shape \(2, 2\) were given .* \(3, 2\)"):
        Network(2, [Dense(3), Dense(2, weights=[[1, 2], [3, 4]])])
    with pytest.raises(ValueError, match="needs at least one layer"):
        Network(2, [])
    with pytest.raises(ValueError, match="needs at least one input, but inputs=0"):
        Network(0, [Dense(1)])
    with pytest.raises(ValueError, match=r"Dense\(outputs=0\) needs an integer number of outputs, at least one"):
        Dense(0)
    with pytest.raises(ValueError, match="the initializer 'golrot' is not known; choose one of glorot"):
        Dense(1, weights="golrot")


def test_networks_of_equal_layers_are_equal_and_hashable():
    assert hash(Network(2, [Dense(1, weights=[[1.0], [2.0]])])) == hash(
        Network(2, [Dense(1, weights=np.array([[1], [2]]))])
    )


@pytest.mark.parametrize(
    ("rule", "standard_deviation"),
    [
        (Glorot(), np.sqrt(6 / (400 + 300)) / np.sqrt(3)),
        (Glorot(2.0), np.sqrt(2 / (400 + 300)) / np.sqrt(3)),
        (He(), np.sqrt(2 / 400)),
        (LeCun(), np.sqrt(1 / 400)),
        (Normal(0.5), 0.5),
    ],
)
def test_initial_standard_deviation(rule, standard_deviation):
    W = rule.draw(np.random.default_rng(0), (400, 300), 400, 300)
    # the standard error of a standard deviation from 120,000 numbers is 0.2%, and 5 of them are allowed
    assert float(jnp.std(W)) == pytest.approx(standard_deviation, rel=0.01)
    assert abs(float(jnp.mean(W))) < 5 * standard_deviation / np.sqrt(120_000)


def test_zero_and_given_numbers():
    network = Network(2, [Dense(1, weights=Constant([[1], [2]]), bias=Zero())])
    assert output(network, network.initialize(0), jnp.asarray([[3.0, 4.0]])).tolist() == [[11.0]]


def test_layers_and_seeds_draw_different_numbers():
    network = Network(3, [Dense(3), Dense(3)])
    one, other = network.initialize(0), network.initialize(1)
    assert not np.allclose(one[0]["W"], one[1]["W"])
    assert not np.allclose(one[0]["W"], other[0]["W"])


def test_a_row_gives_the_same_bits_alone_and_among_many():
    network = Network(7, [Dense(33, "tanh"), Dense(2)])
    parameters = network.initialize(0)
    x = np.random.default_rng(0).normal(size=(700, 7))
    members = [jax.tree.map(np.asarray, parameters)] * 2

    ready = stack_members(network, members)

    def outputs(x):
        return ready.outputs(len(x), lambda start, stop: x[start:stop])

    alone = np.concatenate([outputs(x[i : i + 1]) for i in range(0, 700, 53)], axis=1)
    np.testing.assert_array_equal(outputs(x)[:, ::53], alone)
    assert outputs(x[:0]).shape == (2, 0, 2)


def test_predictions_keep_digits_that_float32_loses_in_waves_and_in_sums_that_cancel():
    """What NumPy computes in float64 from the same float32 parameters."""
    network = Network(2, [Periodic(2), InputScaling(), Dense(4, "tanh"), Dense(1), LinearPath(1)])
    parameters = [{name: np.asarray(array) for name, array in layer.items()} for layer in network.initialize(0)]
    parameters[1]["s"] = np.full(8, 20, np.float32)
    parameters[-1]["V"] = np.array([[1e4], [-1e4]], np.float32)
    x = np.random.default_rng(0).normal(size=(300, 1)) + np.array([0, 1e-3 / 3])
    f, p, V, d = (parameters[0][name].astype(float) for name in "fpVd")
    combined = np.einsum("bik,ikm->bim", np.cos(2 * np.pi * (x[:, :, None] * f + p)), V) + d
    h = 20 * np.concatenate([x, combined.reshape(len(x), -1)], axis=1)
    (W, b), (w, c) = ((layer["W"].astype(float), layer["b"]) for layer in parameters[2:4])
    expected = np.tanh(h @ W + b) @ w + c + 1e4 * (x[:, :1] - x[:, 1:])
    found = stack_members(network, [parameters]).outputs(len(x), lambda start, stop: x[start:stop])[0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6)
    in_float32 = forward(network, jax.tree.map(jnp.asarray, parameters), jnp.asarray(x, jnp.float32))[-1].x
    assert np.max(np.abs(in_float32 - expected)) > 1e-4
