"""The points that move the mean prediction furthest: exact where the network is linear, as far as a grid where not."""

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.attacks.extremes import furthest
from glassnet.network.activation import Identity
from glassnet.network.dense import Dense
from glassnet.network.network import Network, output
from glassnet.network.units import Units


def units(members, outputs=1):
    ones = np.ones((members, outputs))
    return Units(0 * ones, ones, -np.inf * ones, np.inf * ones)


def stacked(members):
    return [
        {name: np.stack([m[place][name] for m in members]) for name in members[0][place]}
        for place in range(len(members[0]))
    ]


def test_extremes_of_a_linear_network_are_corners():
    """Over a box the least w't is at t = -sign w, the largest at t = sign w, for every output."""
    network = Network(5, [Dense(4), Dense(2)])
    parameters = network.initialize(0)
    low = np.random.default_rng(0).normal(size=(1, 7, 5)).astype(np.float32)
    t = furthest(network, Identity(), stacked([parameters]), units(1, 2), low, low + 0.5)
    slope = np.asarray(parameters[0]["W"] @ parameters[1]["W"]).T
    expected = np.concatenate([-np.sign(slope), np.sign(slope)])
    np.testing.assert_array_equal(t, np.broadcast_to(expected[:, None], t.shape))


def test_members_are_moved_together():
    """Of two members that pull apart, only the mean counts: slopes 3 and -1 go up to the right."""
    network = Network(1, [Dense(1)])
    members = [[{"W": np.full((1, 1), w, np.float32), "b": np.zeros(1, np.float32)}] for w in (3.0, -1.0)]
    box = np.zeros((2, 1, 1), np.float32)
    t = furthest(network, Identity(), stacked(members), units(2), box - 1, box + 1)
    np.testing.assert_array_equal(t.ravel(), [-1, 1])


def test_an_input_without_width_does_not_matter():
    network = Network(2, [Dense(1)])
    low = np.zeros((1, 1, 2), np.float32)
    parameters = [{"W": np.array([[1.0], [5.0]], np.float32), "b": np.zeros(1, np.float32)}]
    t = furthest(network, Identity(), stacked([parameters]), units(1), low, low + np.array([1, 0], np.float32))
    np.testing.assert_array_equal(t[:, 0, 0], [-1, 1])


@pytest.mark.parametrize("seed", range(4))
def test_no_point_of_a_grid_is_further(seed):
    """In two dimensions a grid of 201 x 201 points finds the extremes; the attack is as far, up to 1% of the range."""
    network = Network(2, [Dense(6, "tanh"), Dense(1)])
    parameters = [{name: 2 * array for name, array in layer.items()} for layer in network.initialize(seed)]
    low, high = np.full((1, 1, 2), -1.0, np.float32), np.full((1, 1, 2), 1.5, np.float32)
    t = furthest(network, Identity(), stacked([parameters]), units(1), low, high)
    assert np.abs(t).max() <= 1

    def predicted(t):
        return np.asarray(output(network, parameters, jnp.asarray(0.25 + 1.25 * t, jnp.float32)))[:, 0]

    axis = np.linspace(-1, 1, 201)
    grid = predicted(np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2))
    least, most = predicted(t[:, 0])
    assert least <= grid.min() + 0.01 * np.ptp(grid)
    assert most >= grid.max() - 0.01 * np.ptp(grid)
