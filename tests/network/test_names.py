"""Names of other libraries stand for the same function, which torch or scikit-learn computes too."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import mean_absolute_error, mean_squared_error

from glassnet import Dense, Network, NetworkRegressor
from glassnet.network import names
from glassnet.network.activation import ACTIVATIONS, as_activation
from glassnet.network.cost import cost
from glassnet.network.loss import LOSSES, as_loss

Z = np.linspace(-3, 3, 13)
VALUES = {
    "sigmoid": expit(Z),
    "Sigmoid": expit(Z),
    "linear": Z,
    "swish": Z * expit(Z),
    "exp": np.exp(Z),
    "hardtanh": np.clip(Z, -1, 1),
    "Hard-Tanh": np.clip(Z, -1, 1),
    "LeakyReLU": np.where(Z > 0, Z, 0.01 * Z),
    "ReLU": np.maximum(Z, 0),
}


@pytest.mark.parametrize("name", VALUES)
def test_an_activation_of_another_library(name):
    np.testing.assert_allclose(as_activation(name).value(jnp.asarray(Z)), VALUES[name], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "peer"),
    [
        ("mse", mean_squared_error),
        ("L2", mean_squared_error),
        ("mae", mean_absolute_error),
        ("l1", mean_absolute_error),
    ],
)
def test_a_loss_of_another_library(name, peer):
    x, y = Z[:, None], np.cos(Z)[:, None]
    assert float(cost(as_loss(name), jnp.asarray(x), jnp.asarray(y))) == pytest.approx(peer(y, x), rel=1e-6)


def test_every_synonym_leads_to_one_of_ours():
    assert set(names.ACTIVATIONS.values()) <= set(ACTIVATIONS)
    assert set(names.LOSSES.values()) <= set(LOSSES)
    assert not set(names.ACTIVATIONS) & set(ACTIVATIONS)
    assert not set(names.LOSSES) & set(LOSSES)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: as_activation("hard_sigmoid"), "did you mean 'logistic', or 'hard_tanh', which is piecewise linear"),
        (lambda: as_activation("step"), "did you mean 'heaviside', which is 0 at 0"),
        (lambda: as_activation("sigmoidd"), "did you mean 'logistic'"),
        (lambda: as_loss("rmse"), "did you mean 'squared_error', which has the same minimum"),
        (lambda: as_loss("log_cosh"), "did you mean 'huber', or a CustomLoss"),
        (lambda: as_loss("smooth_l1"), "did you mean 'huber', the same where its threshold is 1"),
        (lambda: as_loss("qwerty"), r"loss='qwerty' is not known; choose one of [a-z_, ]+$"),
    ],
)
def test_what_may_be_meant(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_estimators_and_networks_take_them(small):
    model, same = (
        NetworkRegressor((4,), a, loss=loss, max_iter=3, n_members=1, random_state=0).fit(*small)
        for a, loss in (("sigmoid", "mse"), ("logistic", "squared_error"))
    )
    np.testing.assert_array_equal(model.predict(small[0]), same.predict(small[0]))
    assert Network(1, [Dense(1, "linear")]) == Network(1, [Dense(1)])
