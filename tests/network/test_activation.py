import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
from scipy.stats import norm

from glassnet.network.activation import ACTIVATIONS, Increasing, Tanh, as_activation

FAR = [-1e4, -750.0, -89.0, -20.0, 0.0, 20.0, 89.0, 750.0, 1e4]

# The same functions from another library or written another way.
WITNESSES = {
    "identity": lambda z: z,
    "heaviside": lambda z: np.heaviside(z, 0.0),
    "relu": lambda z: np.clip(z, 0, None),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "logistic": scipy.special.expit,
    "tanh": np.tanh,
    "hard_tanh": lambda z: (np.abs(z + 1) - np.abs(z - 1)) / 2,
    "softmax": lambda z: scipy.special.softmax(z, axis=-1),
    "softplus": lambda z: np.logaddexp(z, 0),
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    "selu": lambda z: 1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * np.expm1(np.minimum(z, 0))),
    "gelu": lambda z: z * norm.cdf(z),
    "silu": lambda z: z * scipy.special.expit(z),
    "mish": lambda z: z * np.tanh(np.logaddexp(z, 0)),
    "exponential": lambda z: np.exp(np.minimum(z, 80)),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_matches_another_library(name):
    z = np.linspace(-12, 12, 60).reshape(6, 10)
    found = np.asarray(ACTIVATIONS[name].value(jnp.asarray(z, jnp.float32)))
    np.testing.assert_allclose(found, WITNESSES[name](z), rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_and_derivative_stay_finite_far_out(name):
    z = jnp.asarray([FAR], jnp.float32)
    sigma = ACTIVATIONS[name]
    x = sigma.value(z)
    g = sigma.backward(z, x, jnp.ones_like(z))
    np.testing.assert_allclose(x, WITNESSES[name](np.asarray(z, np.float64)), rtol=2e-5, atol=1e-6)
    assert np.isfinite(g).all()
    slope = float(g[0, -1])
    flat = ("heaviside", "logistic", "tanh", "hard_tanh", "softmax", "exponential")
    expected = 0.0 if name in flat else 1.0507009873554805 if name == "selu" else 1.0
    assert slope == pytest.approx(expected, abs=1e-6)


def test_increasing_by_hand():
    z = jnp.asarray([[1.0, 0.0, 0.0, -2.0, 0.0, 0.0]])
    step = np.log(2)  # softplus of 0
    expected = [[1, 1 + step, 1 + 2 * step, -2, -2 + step, -2 + 2 * step]]
    np.testing.assert_allclose(Increasing(3).value(z), expected, rtol=1e-6)
    g = jnp.asarray([[1.0, 10.0, 100.0, 0.0, 0.0, 1.0]])
    found = Increasing(3).backward(z, Increasing(3).value(z), g)
    np.testing.assert_allclose(found, [[111, 110 / 2, 100 / 2, 1, 1 / 2, 1 / 2]], rtol=1e-6)


def test_heaviside_is_strict():
    assert ACTIVATIONS["heaviside"].value(jnp.asarray([-1.0, 0.0, 1e-30])).tolist() == [0.0, 0.0, 1.0]


def test_names_and_mistakes():
    assert as_activation("tanh") == Tanh()
    with pytest.raises(ValueError, match=r"activation='rleu' is not known; .* identity, .*did you mean 'relu'"):
        as_activation("rleu")
    with pytest.raises(TypeError, match=r"must be a name, such as 'tanh', or an activation, such as Tanh\(\)"):
        as_activation(Tanh)
