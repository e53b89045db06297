"""The compiled epochs against the same steps written as a plain loop, and the laws that members live by."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from sklearn.linear_model import Ridge

from glassnet.network.backward import cost_and_gradient
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.hash_rng import Noise, bits
from glassnet.network.loss import HalfSquaredError
from glassnet.network.network import Network, forward, output
from glassnet.training.batches import Batch, drawn, padded_size, share, shuffled
from glassnet.training.epochs import Plan, Settings, advance, attacked, start
from glassnet.training.loop import Looks, begin, train
from glassnet.training.member_data import Eyes, views
from glassnet.training.optimizers import SGD, Adam, GradientDescent
from glassnet.training.ravel import flatten, l2_mask, unflatten
from glassnet.training.schedule import SCHEDULES, share_of_step
from glassnet.training.stopping import nothing_yet, watch

NETWORK = Network(3, [Dense(5, "tanh"), Dense(1)])
LOSS = HalfSquaredError()
EXPONENTS = np.zeros(5, int)
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(50, 3))
Y = X @ [[1.0], [2.0], [-1.0]] + RANDOM.normal(size=(50, 1))
W = RANDOM.uniform(0.5, 2, size=50)


def eyes(train, held, mean=1.0):
    columns = X.shape[1] + 2
    spread = np.ones(columns)
    spread[-1] = mean
    return Eyes(np.asarray(train), np.asarray(held, int), np.zeros(columns), spread, np.zeros(columns))


def run(plan, epochs, *, members, settings=None, step_size=0.05, weights=None):
    shared, exponents = share(np.column_stack([X, Y, np.ones(50) if weights is None else weights]))
    thetas = jnp.stack([flatten(plan.network.initialize(seed)) for seed in range(len(members))])
    seeds = jnp.arange(len(members), dtype=jnp.uint32)
    states = jax.vmap(lambda theta, seed: start(plan, theta, step_size, seed))(thetas, seeds)
    settings = settings or Settings(tolerance=0.0, patience=10**6, epochs=epochs)
    return advance(
        plan,
        settings,
        shared,
        views(members, exponents),
        states,
        np.int32(epochs),
        np.full(len(members), 1000, np.int32),
    )


def by_hand(orders, rule, plan, *, alpha=0.0, decay=0.0, weights=None, penalty_rows=None):
    """Return theta after steps on these batches, by optax on dicts and no flat vector, padding or compiled loop."""
    theta = flatten(plan.network.initialize(0))
    state = rule.init(theta)
    mask = jnp.asarray(l2_mask(plan.network), jnp.float32)
    weights = np.ones(50) if weights is None else weights
    for rows in orders:
        x, y, w = (jnp.asarray(a[rows], jnp.float32) for a in (X, Y, weights))
        _, gradient = cost_and_gradient(plan.network, LOSS, unflatten(plan.network, theta), x, y, w)
        pull = alpha / (penalty_rows or len(rows)) * mask * theta
        update, state = rule.update(flatten(gradient) + pull, state, theta)
        theta = (1 - 0.05 * decay * mask) * theta + update
    return np.asarray(theta)


@pytest.mark.parametrize(
    ("solver", "rule"),
    [
        (GradientDescent(), optax.sgd(0.05)),
        (SGD(0.8, False), optax.sgd(0.05, 0.8)),
        (SGD(), optax.sgd(0.05, 0.9, nesterov=True)),
        (Adam(0.9, 0.95), optax.adam(0.05, 0.9, 0.95)),
    ],
)
def test_epochs_in_order_are_the_plain_loop(solver, rule):
    """Without shuffling, an epoch goes on where the last one ended: of 50 rows by 20, 0-39, then 40-29."""
    plan = Plan(NETWORK, LOSS, solver, 20, order="in turn", decays=True)
    turning = [(np.arange(20) + 20 * batch - 10 * epoch) % 50 for epoch in range(3) for batch in range(2)]
    states, _ = run(
        plan, 3, members=[eyes(range(50), [])], settings=Settings(alpha=0.3, decay=0.1, patience=99, epochs=3)
    )
    np.testing.assert_allclose(
        states.theta[0], by_hand(turning, rule, plan, alpha=0.3, decay=0.1), rtol=2e-4, atol=2e-5
    )


def test_the_whole_table_a_step_with_weights():
    plan = Plan(NETWORK, LOSS, GradientDescent(), None)
    member = eyes(range(50), [], W.mean())
    settings = Settings(alpha=2.0, patience=99, epochs=4)
    states, curves = run(plan, 4, members=[member], weights=W, settings=settings)
    expected = by_hand(
        [np.arange(50)] * 4, optax.sgd(0.05), plan, alpha=2.0, weights=W / W.mean(), penalty_rows=W.sum()
    )
    np.testing.assert_allclose(states.theta[0], expected, rtol=1e-4, atol=1e-5)
    assert np.all(np.diff(np.asarray(curves[0][0, :4])) < 0)


def test_l2_reaches_ridge_regression_with_weights_as_repetitions():
    """min 1/(2 sum w) sum w (y - xW - b)^2 + alpha/(2 sum w) W^2 is ridge regression with alpha and weights w."""
    plan = Plan(Network(3, [Dense(1)]), LOSS, GradientDescent(), None)
    settings = Settings(alpha=20.0, tolerance=0.0, patience=10**6, epochs=128)
    states, _ = run(plan, 128, members=[eyes(range(50), [], W.mean())], settings=settings, step_size=0.5, weights=W)
    ridge = Ridge(alpha=20.0).fit(X, Y.ravel(), sample_weight=W)
    np.testing.assert_allclose(states.theta[0], [*ridge.coef_, ridge.intercept_], rtol=1e-4)


def test_held_out_loss_is_the_weighted_mean():
    plan = Plan(NETWORK, LOSS, Adam(), 8, holds_out=True)
    held = np.arange(37, 50)
    states, curves = run(plan, 5, members=[eyes(range(37), held, W[:37].mean())], weights=W)
    x = output(NETWORK, unflatten(NETWORK, states.theta[0]), jnp.asarray(X[held], jnp.float32))
    expected = np.average(0.5 * np.square(np.asarray(x) - Y[held]).ravel(), weights=W[held])
    np.testing.assert_allclose(curves[1][0, 4], expected, rtol=1e-5)
    assert float(states.best.loss[0]) == float(np.min(np.asarray(curves[1][0, :5])))


def test_members_are_what_they_are_alone():
    plan = Plan(Network(3, [Dense(5, "tanh"), Dropout(0.2), Dense(1)]), LOSS, Adam(), 8, holds_out=True)
    members = [eyes(np.setdiff1d(np.arange(40), range(k, 40, 4)), range(40, 50)) for k in range(2)]
    together, _ = run(plan, 6, members=members)
    alone, _ = run(plan, 6, members=members[:1])
    np.testing.assert_allclose(together.theta[0], alone.theta[0], rtol=1e-5, atol=1e-6)
    assert not np.allclose(together.theta[0], together.theta[1])


def test_where_the_looks_fall_changes_nothing():
    plan = Plan(NETWORK, LOSS, Adam(), 8, holds_out=True)
    shared, exponents = share(np.column_stack([X, Y, W]))
    seen = views([eyes(range(37), range(37, 50))], exponents)
    ends = []
    for pieces in ([12], [1] * 12, [5, 7]):
        theta = flatten(NETWORK.initialize(0))[None]
        states = jax.vmap(lambda theta: start(plan, theta, 0.05, jnp.uint32(3)))(theta)
        for epochs in pieces:
            states, _ = advance(
                plan,
                Settings(patience=99, epochs=12),
                shared,
                seen,
                states,
                np.int32(epochs),
                np.full(1, 1000, np.int32),
            )
        ends.append(jax.tree.map(np.asarray, states))
    for other in ends[1:]:
        jax.tree.map(np.testing.assert_array_equal, ends[0], other)


def test_no_member_goes_beyond_the_last_epoch():
    plan = Plan(NETWORK, LOSS, Adam(), 8, holds_out=True)
    shared, exponents = share(np.column_stack([X, Y, W]))
    seen = [views([eyes(range(k, 30 + k), range(35, 50)) for k in range(4)], exponents)]
    thetas = jnp.stack([flatten(NETWORK.initialize(k)) for k in range(4)])
    states = jax.vmap(lambda theta, seed: start(plan, theta, 0.3, seed))(thetas, jnp.arange(4, dtype=jnp.uint32))
    settings = Settings(tolerance=0.0, patience=3, epochs=25)
    _, histories = train(plan, settings, shared, seen, begin([states]), 25, Looks())
    lengths = [history.epochs for history in histories]
    assert max(lengths) <= 25
    assert min(lengths) < max(lengths)


def test_stopping_counts_as_scikit_learn_does():
    theta = jnp.zeros(2)
    best = nothing_yet(theta)
    stale = []
    for epoch, loss in enumerate([1.0, 0.95, 0.80, 0.75, 0.85, 0.5], start=1):
        best = watch(best, theta + epoch, jnp.asarray(loss), jnp.asarray(epoch), jnp.asarray(0.1))
        stale.append(int(best.stale))
    assert stale == [0, 1, 0, 1, 2, 0]
    assert (int(best.epoch), float(best.theta[0])) == (6, 6.0)


def test_patience_ends_a_member_early():
    plan = Plan(NETWORK, LOSS, Adam(), 8)
    states, _ = run(plan, 50, members=[eyes(range(50), [])], settings=Settings(tolerance=10.0, patience=4, epochs=50))
    assert int(states.epoch[0]) == 6  # the first epoch improves on infinity, the next five do not by 10


def test_a_failed_epoch_leaves_the_finite_state_before_it():
    plan = Plan(Network(3, [Dense(5, "relu"), Dense(1)]), LOSS, GradientDescent(), 8)
    states, _ = run(plan, 50, members=[eyes(range(50), [])], step_size=1e6)
    assert bool(states.failed[0])
    assert np.isfinite(np.asarray(states.theta)).all()
    assert int(states.epoch[0]) < 50


def test_gradients_are_clipped_to_a_length():
    plan = Plan(NETWORK, LOSS, GradientDescent(), None, clips=True)
    before = flatten(NETWORK.initialize(0))
    states, _ = run(
        plan, 1, members=[eyes(range(50), [])], settings=Settings(clip=1e-3, patience=9, epochs=1), step_size=1.0
    )
    assert float(jnp.linalg.norm(states.theta[0] - before)) == pytest.approx(1e-3, rel=1e-3)


@pytest.mark.parametrize("size", [1, 2, 7, 331, 4096])
def test_orders_are_permutations_of_the_members_rows(size):
    rows = np.random.default_rng(size).choice(10_000, size=size, replace=False)
    (view,) = [jax.tree.map(lambda a: a[0], views([eyes(rows, [])], EXPONENTS))]
    orders = [np.asarray(shuffled(view, jnp.uint32(seed)))[:size] for seed in range(3)]
    for order in orders:
        assert sorted(order) == sorted(rows)
    if size > 100:
        assert not np.array_equal(orders[0], orders[1])
        # the rank correlation of two random orders has deviation 1/sqrt(n - 1); five of them
        places = [np.argsort(np.argsort(order)) for order in orders[:2]]
        assert abs(np.corrcoef(np.argsort(orders[0]), np.argsort(orders[1]))[0, 1]) < 5 / np.sqrt(size - 1), places


def test_batches_of_a_long_table_come_from_all_of_it():
    """Row numbers of 64 batches of 512 spread as evenly drawn ones do, n / sqrt 12, each within a tenth."""
    rows = 2**20 + 2**19
    (view,) = [jax.tree.map(lambda a: a[0], views([eyes(np.arange(rows), [])], EXPONENTS))]
    order = np.asarray(shuffled(view, jnp.uint32(0)))[:rows]
    assert np.array_equal(np.bincount(order, minlength=rows), np.ones(rows))
    spreads = np.std(order[: 64 * 512].reshape(64, 512), axis=1) / (rows / np.sqrt(12))
    assert (np.abs(spreads - 1) < 0.1).all()


def test_an_adversary_stays_within_reach_and_moves_uphill():
    """A linear network's slope has one sign as long as its error has: a quarter of epsilon is moved, from any start."""
    network = Network(3, [Dense(1)])
    plan = Plan(network, LOSS, GradientDescent(), 10, adversarial=True)
    view = jax.tree.map(lambda a: a[0], views([replace(eyes(range(50), []), reach=np.array([1.0, 2, 0]))], EXPONENTS))
    batch = Batch(jnp.asarray(X, jnp.float32), jnp.asarray(Y, jnp.float32), jnp.ones(50))
    parameters = network.initialize(0)
    found = attacked(plan, Settings(epsilon=0.1), parameters, view, batch, Noise(jnp.uint32(3)))
    np.testing.assert_array_equal(found.x[:50], batch.x)
    moved = np.asarray(found.x[50:] - batch.x)
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


def test_every_row_is_as_often_in_front():
    """Over 4,000 seeds each of 20 rows comes first about 200 times: chi-squared with 19 degrees, 1 in 10^6 above 60."""
    (view,) = [jax.tree.map(lambda a: a[0], views([eyes(np.arange(20), [])], EXPONENTS))]
    first = np.asarray(jax.vmap(lambda seed: shuffled(view, seed)[0])(jnp.arange(4000, dtype=jnp.uint32)))
    counts = np.bincount(first, minlength=20)
    assert np.sum((counts - 200.0) ** 2 / 200) < 60


def test_drawing_takes_every_row_as_often():
    """20 rows over 4,000 orders of 32: chi-squared with 19 degrees of freedom, 1 in 10^6 above 60."""
    (view,) = [jax.tree.map(lambda a: a[0], views([eyes(np.arange(20), [])], EXPONENTS))]
    draws = np.asarray(jax.vmap(lambda seed: drawn(view, seed))(jnp.arange(4000, dtype=jnp.uint32)))
    counts = np.bincount(draws.ravel(), minlength=20)
    assert np.sum((counts - draws.size / 20) ** 2 / (draws.size / 20)) < 60


def test_bits_are_even():
    """Each of 32 bits over 10^6 draws is 1 half of the time, within five deviations of 0.0005."""
    draws = np.asarray(bits(jnp.uint32(5), (1000, 1000)))
    for place in range(32):
        assert abs(np.mean(draws >> place & 1) - 0.5) < 5 * 0.0005


def test_sizes_are_padded_by_at_most_a_quarter():
    sizes = np.array([padded_size(size) for size in range(1, 5000)])
    assert np.all(sizes >= np.arange(1, 5000))
    assert np.all(sizes <= 1.25 * np.arange(1, 5000))
    assert len(set(sizes)) < 50


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules(name):
    t = jnp.linspace(0, 1, 101)[:-1]
    found = np.asarray(jax.vmap(lambda t: share_of_step(name, t, 1000 * t, 0.0, 0.5))(t))
    expected = {
        "cosine": 0.5 * (1 + np.cos(np.pi * t)),
        "flat_cosine": np.where(t < 0.5, 1, 0.5 * (1 + np.cos(np.pi * (2 * t - 1)))),
        "log_cosine": 0.5 * (1 - np.cos(2 * np.pi * np.log2(1 + 15 * t))),
        "invscaling": (1000 * t + 1) ** -0.5,
    }.get(name, np.ones(100))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    warm = share_of_step(name, jnp.asarray(0.05), jnp.asarray(50.0), 0.1, 0.5)
    assert float(warm) == pytest.approx(
        0.5 * float(share_of_step(name, jnp.asarray(0.05), jnp.asarray(50.0), 0.0, 0.5))
    )


def test_dropout_leaves_out_at_its_rate_and_keeps_the_mean():
    layer, x = Dropout(0.25), jnp.ones((1000, 100))
    kept = layer.forward({}, x, Noise(jnp.uint32(1)))
    # 10^5 draws: a share of 0.25 has deviation 0.0014, the mean 0.0018
    assert abs(float(jnp.mean(kept.x == 0)) - 0.25) < 0.007
    assert abs(float(jnp.mean(kept.x)) - 1) < 0.01
    np.testing.assert_array_equal(layer.backward({}, kept, x).g, kept.x)
    np.testing.assert_array_equal(layer.forward({}, x).x, x)
    with pytest.raises(ValueError, match=r"Dropout\(rate=1.0\) needs a rate of at least 0 and below 1"):
        Dropout(1.0)


def test_dropout_layers_have_masks_of_their_own():
    network = Network(4, [Dropout(0.5), Dropout(0.5)])
    kept = forward(network, [{}, {}], jnp.ones((64, 4)), Noise(jnp.uint32(0)))
    assert not np.array_equal(kept[0].z, kept[1].z)
