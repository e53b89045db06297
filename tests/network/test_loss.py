import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.metrics import log_loss

from glassnet.network.cost import cost, cost_derivative
from glassnet.network.loss import LOSSES, Huber, as_loss

X = jnp.asarray([[1.0, 2.0], [0.0, -1.0]])
Y = jnp.asarray([[0.0, 4.0], [0.5, -1.0]])


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("squared_error", [1 + 4, 0.25]),
        ("half_squared_error", [0.5 * 5, 0.125]),
        ("absolute_error", [1 + 2, 0.5]),
        ("huber", [0.5 + (2 - 0.5), 0.125]),
    ],
)
def test_values_by_hand(name, values):
    np.testing.assert_allclose(LOSSES[name].value(X, Y), values, rtol=1e-6)


def test_huber_threshold():
    assert Huber(3.0).value(X, Y).tolist() == [2.5, 0.125]


def test_cross_entropy_is_that_of_scikit_learn():
    random = np.random.default_rng(0)
    logits, labels = random.normal(size=(20, 4)), random.integers(0, 4, size=20)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    found = cost(LOSSES["cross_entropy"], jnp.asarray(logits, jnp.float32), jnp.asarray(np.eye(4)[labels], jnp.float32))
    assert float(found) == pytest.approx(log_loss(labels, p, labels=range(4)), rel=1e-6)


def test_cross_entropy_of_extreme_logits_is_finite():
    x = jnp.asarray([[1e4, -1e4, 0.0]])
    assert LOSSES["cross_entropy"].value(x, jnp.asarray([[0.0, 1.0, 0.0]])).tolist() == [2e4]


def test_cost_is_the_mean_and_weights_enter_once():
    loss = LOSSES["half_squared_error"]
    assert float(cost(loss, X, Y)) == pytest.approx((2.5 + 0.125) / 2)
    weights = jnp.asarray([2.0, 0.0])
    assert float(cost(loss, X, Y, weights)) == pytest.approx(2.5)
    np.testing.assert_allclose(cost_derivative(loss, X, Y, weights), [[1.0, -2.0], [0.0, 0.0]])


def test_names_and_mistakes():
    with pytest.raises(ValueError, match="loss='mse' is not known; choose one of squared_error"):
        as_loss("mse")
    with pytest.raises(TypeError, match="must be a name, such as 'half_squared_error'"):
        as_loss(3)
