"""Offsets of the largest cost: exact for linear networks, near the worst point of a grid for a small nonlinear one."""

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.attacks.gradient import ROWS_A_CHUNK, Ball, MemberInputs, Walk, fast_gradient, projected_gradient
from glassnet.attacks.square import fraction_of, square
from glassnet.network.dense import Dense
from glassnet.network.flatten import Flatten
from glassnet.network.loss import HalfSquaredError
from glassnet.network.network import Network, output

LOSS, EPSILON = HalfSquaredError(), 0.5


def members_of(parameters, origin, targets):
    """Return one member that takes its inputs unscaled."""
    stacked = [{name: np.asarray(array)[None] for name, array in layer.items()} for layer in parameters]
    return MemberInputs(stacked, origin[None], np.ones((1, origin.shape[1]), np.float32), targets[None])


def unbounded(shape):
    return Ball(EPSILON, np.full(shape, -1e30), np.full(shape, 1e30))


@pytest.mark.parametrize("method", ["fgsm", "pgd", "square"])
def test_a_linear_network_is_attacked_exactly(method):
    """Above its target w'd is largest at d = epsilon sign w, below it least at -epsilon sign w; in two chunks."""
    rows = ROWS_A_CHUNK + 3
    random = np.random.default_rng(0)
    network = Network(4, [Dense(1)])
    parameters = network.initialize(1)
    x = random.normal(size=(rows, 4)).astype(np.float32)
    side = random.choice([-1.0, 1.0], size=(rows, 1)).astype(np.float32)
    # Ten away from the target: the cost grows on this side wherever the row moves in the ball.
    members, ball = (
        members_of(parameters, x, np.asarray(output(network, parameters, jnp.asarray(x))) - 10 * side),
        unbounded(x.shape),
    )
    if method == "fgsm":
        d = fast_gradient(network, LOSS, members, ball, "inf")
    elif method == "pgd":
        d = projected_gradient(network, LOSS, members, ball, "inf", Walk(20, EPSILON / 8, 1, 0))
    else:
        d = square(network, LOSS, members, ball, 200, 0)
    np.testing.assert_allclose(d, EPSILON * side * np.sign(np.asarray(parameters[0]["W"])).T, atol=1e-6)


def test_limits_of_the_offsets_are_kept():
    network = Network(3, [Dense(1)])
    x = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    ball = Ball(EPSILON, np.zeros((20, 3)), np.broadcast_to(np.array([0.1, 0.2, 0.0]), (20, 3)))
    members = members_of(network.initialize(0), x, np.zeros((20, 1), np.float32))
    for d in (
        fast_gradient(network, LOSS, members, ball, "inf"),
        projected_gradient(network, LOSS, members, ball, "2", Walk(10, EPSILON / 4, 1, 0)),
        square(network, LOSS, members, ball, 30, 0),
    ):
        assert (d >= 0).all()
        assert (d <= np.float32([0.1, 0.2, 0.0])).all()


@pytest.mark.parametrize("seed", range(3))
def test_no_point_of_a_grid_costs_much_more(seed):
    """In two dimensions: the cost after many steps is at least 90% of the worst of 21 x 21 points, in the median row.

    A single start may end at a local maximum, so no row is judged alone.
    """
    network = Network(2, [Dense(6, "tanh"), Dense(1)])
    parameters = network.initialize(seed)
    x = np.random.default_rng(seed).normal(size=(15, 2)).astype(np.float32)
    y = np.zeros((15, 1), np.float32)
    d = projected_gradient(
        network, LOSS, members_of(parameters, x, y), unbounded(x.shape), "inf", Walk(40, EPSILON / 16, 1, 0)
    )
    assert np.abs(d).max() <= EPSILON * (1 + 1e-6)

    def costs(d):
        return np.asarray(output(network, parameters, jnp.asarray(x + d, jnp.float32)))[:, 0] ** 2 / 2

    axis = np.linspace(-EPSILON, EPSILON, 21)
    worst = np.max([costs(np.array([a, b])) for a in axis for b in axis], axis=0)
    assert np.median(costs(d) / worst) > 0.9


@pytest.mark.parametrize("inputs", [(9, 7, 2), (5,)], ids=str)
def test_of_more_starts_and_queries_the_worst_is_kept(inputs):
    """The mean cost grows with the number of starts and of queries."""
    network = Network(inputs, [*([Flatten()] if len(inputs) > 1 else []), Dense(20, "tanh"), Dense(1)])
    parameters = network.initialize(0)
    x = np.random.default_rng(0).normal(size=(40, *inputs)).astype(np.float32)
    y = np.asarray(output(network, parameters, jnp.asarray(x)))
    stacked = [{name: np.asarray(array)[None] for name, array in layer.items()} for layer in parameters]
    members = MemberInputs(stacked, x[None], np.ones((1, inputs[-1]), np.float32), y[None])

    def costs(d):
        assert np.abs(d).max() <= EPSILON * (1 + 1e-6)
        return (np.asarray(output(network, parameters, jnp.asarray(x + d, jnp.float32))) - y)[:, 0] ** 2

    ball = unbounded(x.shape)
    for attack in (
        lambda number: projected_gradient(network, LOSS, members, ball, "inf", Walk(4, 0.1, number, 0)),
        lambda number: square(network, LOSS, members, ball, 20 * number**2, 0),
    ):
        few, many = costs(attack(1)), costs(attack(5))
        assert many.mean() > 1.02 * few.mean()


def test_a_row_that_no_step_makes_worse_stays():
    network = Network(5, [Dense(20, "tanh"), Dense(1)])
    parameters = network.initialize(0)
    random = np.random.default_rng(0)
    x, y = random.normal(size=(60, 5)).astype(np.float32), random.normal(size=(60, 1)).astype(np.float32)
    members = members_of(parameters, x, y)

    def costs(d):
        return np.asarray(LOSS.value(output(network, parameters, jnp.asarray(x + d, jnp.float32)), jnp.asarray(y)))

    for d in (
        projected_gradient(network, LOSS, members, unbounded(x.shape), "inf", Walk(1, 1e-3, 1, 0)),
        square(network, LOSS, members, unbounded(x.shape), 1, 0),
    ):
        stays = (d == 0).all(axis=1)
        assert 5 < stays.sum() < 55
        assert (costs(d) > costs(0))[~stays].all()


def test_queries_move_free_inputs_alone():
    """Of 40 inputs two may move; every query of the square attack sets one of them or both."""
    network = Network(40, [Dense(1)])
    parameters = network.initialize(0)
    x = np.random.default_rng(0).normal(size=(30, 40)).astype(np.float32)
    y = np.asarray(output(network, parameters, jnp.asarray(x))) - 1
    limits = np.zeros((30, 40))
    limits[:, [3, 17]] = 9.0
    d = square(network, LOSS, members_of(parameters, x, y), Ball(EPSILON, -limits, limits), 60, 0)
    expected = np.where(limits > 0, EPSILON * np.sign(np.asarray(parameters[0]["W"])).T, 0)
    np.testing.assert_allclose(d, expected, atol=1e-6)


def test_squares_shrink():
    fractions = [fraction_of(done) for done in np.linspace(0, 1, 1001)]
    assert fractions[0] == 0.8
    assert fractions[-1] == pytest.approx(0.8 / 2**9)
    assert (np.diff(fractions) <= 0).all()
