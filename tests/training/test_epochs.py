"""The compiled epochs against the same steps written as a plain loop, and the laws that members live by."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from sklearn.linear_model import Ridge

from glassnet.data.scaler import identity_scaler
from glassnet.data.shared import Batch, member_scaling, shared_table
from glassnet.network.backward import cost_and_gradient
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.hash_rng import Noise
from glassnet.network.loss import HalfSquaredError
from glassnet.network.network import Network, output
from glassnet.training.adversarial_batch import attacked
from glassnet.training.configuration import DynamicConfig, StaticConfig
from glassnet.training.epochs import advance
from glassnet.training.member_data import member_data
from glassnet.training.member_state import start
from glassnet.training.optimizers import SGD, Adam, GradientDescent
from glassnet.training.ravel import decay_mask, flatten, l2_mask, unflatten

NETWORK = Network(3, [Dense(5, "tanh"), Dense(1)])
LOSS = HalfSquaredError()
EXPONENTS = np.zeros(5, int)
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(50, 3))
Y = X @ [[1.0], [2.0], [-1.0]] + RANDOM.normal(size=(50, 1))
W = RANDOM.uniform(0.5, 2, size=50)
ALL = range(50), []


def run(static, epochs, *, members, dynamic=None, step_size=0.05, weights=None):
    """Return states and curves; a member is (training rows, validation rows, mean weight of the training rows)."""
    shared, exponents = shared_table(np.column_stack([X, Y, np.ones(50) if weights is None else weights]))
    flat_parameters = jnp.stack([flatten(static.network.initialize(seed)) for seed in range(len(members))])
    seeds = jnp.arange(len(members), dtype=jnp.uint32)
    states = jax.vmap(lambda flat_parameters, seed: start(static, flat_parameters, step_size, seed))(
        flat_parameters, seeds
    )
    dynamic = dynamic or DynamicConfig(tolerance=0.0, patience=10**6, epochs=epochs)
    each = [unscaled(*member, exponents=exponents) for member in members]
    data = jax.tree.map(lambda *arrays: jnp.stack(arrays), *each)
    return advance(static, dynamic, shared, data, states, np.int32(epochs), np.full(len(members), 1000, np.int32))


def unscaled(train, validation=(), mean_weight=1.0, *, exponents=EXPONENTS, perturbation=(0.0, 0.0, 0.0)):
    """Return a member that takes all columns as they are."""
    scaling = member_scaling([identity_scaler(4)], None, mean_weight, exponents)
    rows = np.asarray(train), np.asarray(validation, int)
    return member_data(*rows, (len(train), len(validation)), scaling, mean_weight, np.array(perturbation))


def by_hand(orders, rule, static, *, alpha=0.0, decay=0.0, weights=None, penalty_rows=None):
    """Return theta after steps on these batches, by optax on dicts and no flat vector, padding or compiled loop."""
    flat_parameters = flatten(static.network.initialize(0))
    state = rule.init(flat_parameters)
    weights_alone = jnp.asarray(l2_mask(static.network), jnp.float32)
    fading_away = jnp.asarray(decay_mask(static.network), jnp.float32)
    weights = np.ones(50) if weights is None else weights
    for rows in orders:
        x, y, w = (jnp.asarray(a[rows], jnp.float32) for a in (X, Y, weights))
        _, gradient = cost_and_gradient(static.network, LOSS, unflatten(static.network, flat_parameters), x, y, w)
        pull = alpha / (penalty_rows or len(rows)) * weights_alone * flat_parameters
        update, state = rule.update(flatten(gradient) + pull, state, flat_parameters)
        flat_parameters = (1 - 0.05 * decay * fading_away) * flat_parameters + update
    return np.asarray(flat_parameters)


@pytest.mark.parametrize(
    ("solver", "rule"),
    [
        (GradientDescent(), optax.sgd(0.05)),
        (SGD(momentum=0.8, nesterov=False), optax.sgd(0.05, 0.8)),
        (SGD(), optax.sgd(0.05, 0.9, nesterov=True)),
        (Adam(beta_1=0.9, beta_2=0.95), optax.adam(0.05, 0.9, 0.95)),
    ],
)
def test_epochs_in_order_are_the_plain_loop(solver, rule):
    """Without shuffling, an epoch goes on where the last one ended: of 50 rows by 20, 0-39, then 40-29."""
    static = StaticConfig(NETWORK, LOSS, solver, 20, order="in order", decays=True)
    turning = [(np.arange(20) + 20 * batch - 10 * epoch) % 50 for epoch in range(3) for batch in range(2)]
    states, _ = run(static, 3, members=[ALL], dynamic=DynamicConfig(alpha=0.3, decay=0.1, patience=99, epochs=3))
    np.testing.assert_allclose(
        states.flat_parameters[0], by_hand(turning, rule, static, alpha=0.3, decay=0.1), rtol=2e-4, atol=2e-5
    )


def test_all_rows_a_step_with_weights():
    static = StaticConfig(NETWORK, LOSS, GradientDescent(), None)
    member = (range(50), [], W.mean())
    dynamic = DynamicConfig(alpha=2.0, patience=99, epochs=4)
    states, curves = run(static, 4, members=[member], weights=W, dynamic=dynamic)
    expected = by_hand(
        [np.arange(50)] * 4, optax.sgd(0.05), static, alpha=2.0, weights=W / W.mean(), penalty_rows=W.sum()
    )
    np.testing.assert_allclose(states.flat_parameters[0], expected, rtol=1e-4, atol=1e-5)
    assert np.all(np.diff(np.asarray(curves[0][0, :4])) < 0)


def test_l2_reaches_ridge_regression_with_weights_as_repetitions():
    """min 1/(2 sum w) sum w (y - xW - b)^2 + alpha/(2 sum w) W^2 is ridge regression with alpha and weights w."""
    static = StaticConfig(Network(3, [Dense(1)]), LOSS, GradientDescent(), None)
    dynamic = DynamicConfig(alpha=20.0, tolerance=0.0, patience=10**6, epochs=128)
    states, _ = run(static, 128, members=[(range(50), [], W.mean())], dynamic=dynamic, step_size=0.5, weights=W)
    ridge = Ridge(alpha=20.0).fit(X, Y.ravel(), sample_weight=W)
    np.testing.assert_allclose(states.flat_parameters[0], [*ridge.coef_, ridge.intercept_], rtol=1e-4)


def test_validation_loss_is_the_weighted_mean():
    static = StaticConfig(NETWORK, LOSS, Adam(), 8, validates=True)
    validation = np.arange(37, 50)
    states, curves = run(static, 5, members=[(range(37), validation, W[:37].mean())], weights=W)
    x = output(NETWORK, unflatten(NETWORK, states.flat_parameters[0]), jnp.asarray(X[validation], jnp.float32))
    expected = np.average(0.5 * np.square(np.asarray(x) - Y[validation]).ravel(), weights=W[validation])
    np.testing.assert_allclose(curves[1][0, 4], expected, rtol=1e-5)
    assert float(states.best.loss[0]) == float(np.min(np.asarray(curves[1][0, :5])))


def test_members_are_what_they_are_alone():
    static = StaticConfig(Network(3, [Dense(5, "tanh"), Dropout(0.2), Dense(1)]), LOSS, Adam(), 8, validates=True)
    members = [(np.setdiff1d(np.arange(40), range(k, 40, 4)), range(40, 50)) for k in range(2)]
    together, _ = run(static, 6, members=members)
    alone, _ = run(static, 6, members=members[:1])
    np.testing.assert_allclose(together.flat_parameters[0], alone.flat_parameters[0], rtol=1e-5, atol=1e-6)
    assert not np.allclose(together.flat_parameters[0], together.flat_parameters[1])


def test_patience_ends_a_member_early():
    static = StaticConfig(NETWORK, LOSS, Adam(), 8)
    states, _ = run(static, 50, members=[ALL], dynamic=DynamicConfig(tolerance=10.0, patience=4, epochs=50))
    assert int(states.epoch[0]) == 6  # the first epoch improves on infinity, the next five do not by 10


def test_a_failed_epoch_leaves_the_finite_state_before_it():
    static = StaticConfig(Network(3, [Dense(5, "relu"), Dense(1)]), LOSS, GradientDescent(), 8)
    states, _ = run(static, 50, members=[ALL], step_size=1e6)
    assert bool(states.failed[0])
    assert np.isfinite(np.asarray(states.flat_parameters)).all()
    assert int(states.epoch[0]) < 50


def test_gradients_are_clipped_to_a_length():
    static = StaticConfig(NETWORK, LOSS, GradientDescent(), None, clips=True)
    before = flatten(NETWORK.initialize(0))
    states, _ = run(static, 1, members=[ALL], dynamic=DynamicConfig(clip=1e-3, patience=9, epochs=1), step_size=1.0)
    assert float(jnp.linalg.norm(states.flat_parameters[0] - before)) == pytest.approx(1e-3, rel=1e-3)


def test_an_adversary_stays_within_epsilon_and_moves_uphill():
    """A linear network's slope has one sign as long as its error has: one step moves at least a quarter of epsilon from
    any start, four steps all of it, and none beyond the ends.
    """
    network = Network(3, [Dense(1)])
    static = StaticConfig(network, LOSS, GradientDescent(), 10, adversarial=True)
    member = unscaled(*ALL, perturbation=[1.0, 2.0, 0.0])
    batch = Batch(jnp.asarray(X, jnp.float32), jnp.asarray(Y, jnp.float32), jnp.ones(50))
    parameters = network.initialize(0)
    doubled = attacked(static, DynamicConfig(epsilon=0.1), parameters, member, batch, Noise(jnp.uint32(3)))
    np.testing.assert_array_equal(doubled.x[:50], batch.x)
    moved = np.asarray(doubled.x[50:] - batch.x)
    error = np.asarray(output(network, parameters, batch.x) - batch.y)
    W = np.asarray(parameters[0]["W"])
    uphill = np.sign(error * W.T)
    assert (moved[:, 2] == 0).all()
    clear = np.abs(error[:, 0]) > np.abs(W[:2, 0]) @ [0.1, 0.2]
    assert clear.sum() > 30
    along = (moved * uphill)[clear, :2] / [0.1, 0.2]
    assert (along > 0.25 - 1e-5).all()
    assert (along < 1 + 1e-5).all()
    assert along.std() > 0.1  # and from starts that differ
    further = attacked(
        static, DynamicConfig(epsilon=0.1, adversarial_steps=4), parameters, member, batch, Noise(jnp.uint32(3))
    )
    several = np.asarray(further.x[50:] - batch.x)
    np.testing.assert_allclose((several * uphill)[clear, :2], np.tile([0.1, 0.2], (clear.sum(), 1)), rtol=1e-4)
    ends = np.array([[-0.5, -1.0, -9.0], [0.5, 1.0, 9.0]], np.float32)
    kept = attacked(
        static,
        DynamicConfig(epsilon=0.1, adversarial_steps=4),
        parameters,
        member._replace(ends=ends),
        batch,
        Noise(jnp.uint32(3)),
    )
    inside = np.asarray(kept.x[50:])[:, :2]
    assert (np.abs(inside) <= ends[1, :2]).all()
    free = np.all(np.abs(batch.x[:, :2]) < [0.4, 0.8], axis=1)
    np.testing.assert_array_equal(kept.x[50:][free], further.x[50:][free])
