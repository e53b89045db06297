import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import log_loss, mean_pinball_loss, mean_tweedie_deviance

from glassnet.network.cost import check_loss, cost, cost_derivative
from glassnet.network.custom_loss import CustomLoss
from glassnet.network.loss import (
    LOSSES,
    BinaryCrossEntropy,
    CrossEntropy,
    Gamma,
    Gaussian,
    Huber,
    Poisson,
    Quantile,
    Tweedie,
    as_loss,
)

X = jnp.asarray([[1.0, 2.0], [0.0, -1.0]])
Y = jnp.asarray([[0.0, 4.0], [0.5, -1.0]])


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("squared_error", [[1, 4], [0.25, 0]]),
        ("half_squared_error", [[0.5, 2], [0.125, 0]]),
        ("absolute_error", [[1, 2], [0.5, 0]]),
        ("huber", [[0.5, 2 - 0.5], [0.125, 0]]),
        ("poisson", [[np.e, np.e**2 - 8], [1, np.exp(-1) - 1]]),
        ("gamma", [[1, 2 + 4 * np.exp(-2)], [0.5, -1 - np.e]]),
        ("tweedie", [[2 * np.e**0.5, 2 * np.e + 8 / np.e], [2 + 1, 2 * np.exp(-0.5) - 2 * np.exp(0.5)]]),
    ],
)
def test_values_by_hand(name, values):
    np.testing.assert_allclose(LOSSES[name].value(X, Y), values, rtol=1e-6)


def test_huber_threshold():
    assert Huber(3.0).value(X, Y).tolist() == [[0.5, 2.0], [0.125, 0.0]]


def test_cross_entropy_is_that_of_scikit_learn():
    random = np.random.default_rng(0)
    logits, labels = random.normal(size=(20, 4)), random.integers(0, 4, size=20)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    found = cost(LOSSES["cross_entropy"], jnp.asarray(logits, jnp.float32), jnp.asarray(np.eye(4)[labels], jnp.float32))
    assert float(found) == pytest.approx(log_loss(labels, p, labels=range(4)), rel=1e-6)


def test_cross_entropy_of_extreme_logits_is_finite():
    x = jnp.asarray([[1e4, -1e4, 0.0]])
    assert LOSSES["cross_entropy"].value(x, jnp.asarray([[0.0, 1.0, 0.0]])).tolist() == [[0.0, 2e4, 0.0]]


def test_cost_is_the_mean_and_weights_enter_once():
    loss = LOSSES["half_squared_error"]
    assert float(cost(loss, X, Y)) == pytest.approx((2.5 + 0.125) / 2)
    weights = jnp.asarray([2.0, 0.0])
    assert float(cost(loss, X, Y, weights)) == pytest.approx(2.5)
    np.testing.assert_allclose(cost_derivative(loss, X, Y, weights), [[1.0, -2.0], [0.0, 0.0]])


def test_quantile_is_the_pinball_loss_of_scikit_learn():
    """With one level the output is the quantile; with several the steps are softplus, so none crosses another."""
    random = np.random.default_rng(0)
    y, x = random.normal(size=(50, 1)), random.normal(size=(50, 1))
    found = np.mean(Quantile(0.3).value(jnp.asarray(x), jnp.asarray(y)))
    assert found == pytest.approx(mean_pinball_loss(y, x, alpha=0.3), rel=1e-6)
    several, logits = Quantile((0.1, 0.5, 0.9)), jnp.asarray(5 * random.normal(size=(50, 3)))
    q = np.asarray(several.link.value(logits))
    assert (np.diff(q, axis=1) >= 0).all()
    expected = sum(mean_pinball_loss(y[:, 0], q[:, place], alpha=level) for place, level in enumerate(several.levels))
    assert float(np.mean(several.value(logits, jnp.asarray(y)))) == pytest.approx(expected, rel=1e-6)
    assert several.outputs(2) == 6


@pytest.mark.parametrize("loss", [Poisson(), Gamma(), Tweedie(), Tweedie(1.1), Tweedie(1.9)], ids=str)
def test_deviances_are_those_of_scikit_learn(loss):
    """Half the deviance, up to terms of y alone: differences between two outputs agree."""
    random = np.random.default_rng(1)
    y, one, other = (random.uniform(0.5, 3, size=(40, 1)) for _ in range(3))
    y[:10] *= loss.domain == "above 0"
    y[:10] += 0.5 * (loss.domain == "above 0")
    power = loss.variance_power

    def ours(mean):
        return float(np.mean(loss.value(jnp.asarray(np.log(mean)), jnp.asarray(y))))

    expected = 0.5 * (mean_tweedie_deviance(y, one, power=power) - mean_tweedie_deviance(y, other, power=power))
    assert ours(one) - ours(other) == pytest.approx(expected, abs=1e-5)


def test_gaussian_is_the_likelihood_of_scipy():
    random = np.random.default_rng(2)
    y, x = random.normal(size=(50, 2)), 3 * random.normal(size=(50, 4))
    m, d = x[:, ::2], np.logaddexp(0, x[:, 1::2])
    expected = -norm.logpdf(y, m, np.sqrt(d**2 + 1e-6)) - np.log(2 * np.pi) / 2
    np.testing.assert_allclose(Gaussian().value(jnp.asarray(x), jnp.asarray(y)), expected, rtol=1e-4)
    np.testing.assert_allclose(Gaussian().link.value(jnp.asarray(x))[:, 1::2], m + d, rtol=1e-5)
    assert Gaussian().outputs(2) == 4
    np.testing.assert_array_equal(Gaussian().predictions(x), m)


def test_a_missing_target_costs_and_pulls_nothing():
    gap = jnp.asarray([[0.0, jnp.nan], [0.5, -1.0]])
    for name in ("half_squared_error", "absolute_error", "huber", "gamma"):
        whole, without = cost_derivative(LOSSES[name], X, Y), cost_derivative(LOSSES[name], X, gap)
        np.testing.assert_array_equal(without, whole.at[0, 1].set(0))
        expected = (LOSSES[name].value(X, Y)[0, 0] + LOSSES[name].value(X, Y)[1].sum()) / 2
        assert float(cost(LOSSES[name], X, gap)) == pytest.approx(float(expected))
    for loss in (Quantile((0.2, 0.8)), Gaussian()):
        found = cost_derivative(loss, jnp.ones((2, 4)), gap)
        assert found[0, 2:].tolist() == [0.0, 0.0]
        assert (found[1] != 0).all()


def test_a_loss_of_your_own_is_checked():
    check_loss(CustomLoss(lambda x, y: (x - y) ** 4, lambda x, y: 4 * (x - y) ** 3))
    with pytest.raises(ValueError, match="the derivative is not that of the value: it differs from differences by"):
        check_loss(CustomLoss(lambda x, y: (x - y) ** 2, lambda x, y: x - y))
    with pytest.raises(ValueError, match=r"value returned shape \(64,\) and derivative \(64, 1\) for outputs"):
        check_loss(CustomLoss(lambda x, y: jnp.sum((x - y) ** 2, axis=1), lambda x, y: 2 * (x - y)))


def test_of_one_constant_the_mean_costs_least():
    """The derivative of the sum over rows is 0 at the logarithm of the mean, whatever the power."""
    y = jnp.asarray([[0.0], [0.0], [1.0], [5.0]])
    for loss in (Poisson(), Tweedie(1.2), Tweedie(1.8)):
        x = jnp.full((4, 1), np.log(1.5))
        assert float(jnp.sum(loss.derivative(x, y))) == pytest.approx(0, abs=1e-5)


def test_names_and_mistakes():
    for power in (1.0, 2.0, np.nan):
        with pytest.raises(ValueError, match=r"needs a power between 1 and 2; 1 is Poisson\(\), 2 is Gamma\(\)"):
            Tweedie(power)
    with pytest.raises(ValueError, match=r"Quantile\(\(0.9, 0.1\)\) needs levels between 0 and 1 that go up"):
        Quantile((0.9, 0.1))
    with pytest.raises(
        ValueError,
        match=r"loss='msee' is not known; choose one of squared_error, .* \(did you mean 'squared_error'\?\)",
    ):
        as_loss("msee")
    with pytest.raises(TypeError, match="must be a name, such as 'half_squared_error'"):
        as_loss(3)


def test_smoothed_indicators_cost_what_mixed_labels_cost():
    """(1 - s) of the cost of the class and s/K of that of every class."""
    random = np.random.default_rng(0)
    x, labels = jnp.asarray(random.normal(size=(20, 4))), jnp.eye(4)[random.integers(0, 4, size=20)]
    plain, smoothed = CrossEntropy(), CrossEntropy(0.3)
    of_all = sum(np.asarray(plain.value(x, jnp.tile(jnp.eye(4)[j], (20, 1)))) for j in range(4))
    expected = 0.7 * np.asarray(plain.value(x, labels)) + 0.3 / 4 * of_all
    np.testing.assert_allclose(smoothed.value(x, labels), expected, rtol=1e-5, atol=1e-6)
    differences = [
        (smoothed.value(x.at[:, j].add(1e-2), labels).sum(1) - smoothed.value(x.at[:, j].add(-1e-2), labels).sum(1))
        / 2e-2
        for j in range(4)
    ]
    np.testing.assert_allclose(smoothed.derivative(x, labels), np.stack(differences, axis=1), atol=2e-4)


@pytest.mark.parametrize("loss", [CrossEntropy(0.3), BinaryCrossEntropy(0.3)])
def test_the_smoothing_is_taken_out_but_for_a_fifth(loss):
    p = np.array([[0.9, 0.1], [0.5, 0.5], [1.0, 0.0]])
    learned = 0.7 * p + 0.15
    found = loss.unsmoothed(learned)
    kept = 0.06 / (1 - 0.24)  # of s = .3 a fifth, .06, over what is left when .24 is taken out
    np.testing.assert_allclose(found, (1 - kept) * p + kept / 2, rtol=1e-12)
    assert np.all(loss.unsmoothed(np.array([[1.0, 0.0], [1.0, 0.0]])) > 0)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    with pytest.raises(ValueError, match=r"smoothing=1.0\) needs a number from 0 to below 1"):
        type(loss)(1.0)
