"""Which members use piecewise-linear functions beside cosines, and that what is off stays off."""

from copy import deepcopy

import numpy as np
import pytest

from glassnet import Network, NetworkRegressor, PiecewiseLinear, Recipe
from glassnet.ensemble.smooth_start import has_both_embeddings, has_piecewise, without_piecewise
from glassnet.insight.summary import summarise
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.periodic import Periodic
from glassnet.network.scaling import InputScaling

PIECEWISE, READER = 1, 4  # places of the layers of the recipe for numbers
RECIPE = Recipe(embedding="both", linear_path=False)


def table(seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (1500, 3))


def fitted(y_of, **parameters):
    X = table()
    given = {"preset": RECIPE, "n_members": 4, "max_iter": 128, "random_state": 0, "solver": "adam", **parameters}
    return NetworkRegressor(**given).fit(X, y_of(X))


def smooth(X):
    return np.sin(2 * X[:, 0]) + X[:, 1] ** 2 + np.cos(X[:, 2]) * X[:, 0]


def steps(X):
    return np.floor(8 * X[:, 0]) % 2 + np.floor(5 * X[:, 1])


def with_piecewise(model):
    return [has_piecewise(model.network_, member.parameters) for member in model.members_]


@pytest.fixture(scope="module")
def of_smooth():
    return fitted(smooth)


def test_a_smooth_function_is_learned_by_cosines_alone_and_steps_by_both(of_smooth):
    assert sum(with_piecewise(of_smooth)) <= 1
    assert sum(with_piecewise(fitted(steps))) >= 3


def test_what_is_off_stays_off_in_training(of_smooth):
    assert isinstance(of_smooth.network_.layers[PIECEWISE], PiecewiseLinear)
    assert isinstance(of_smooth.network_.layers[READER], Dense)
    for member in of_smooth.members_:
        if has_piecewise(of_smooth.network_, member.parameters):
            continue
        assert not np.any(member.parameters[PIECEWISE]["d"])
        W = member.parameters[READER]["W"]  # of x, then of three combinations a number, then of cosines
        assert not np.any(W[3:12])
        assert np.all(np.any(np.delete(W, slice(3, 12), axis=0), axis=1))


def test_without_validation_rows_nothing_is_left_out():
    assert with_piecewise(fitted(smooth, early_stopping=False, max_iter=2)) == [True] * 4


def test_a_network_that_goes_on_keeps_its_start(of_smooth):
    X = table(seed=1)
    assert with_piecewise(deepcopy(of_smooth).partial_fit(X, steps(X))) == with_piecewise(of_smooth)


def test_a_fit_that_is_stopped_in_the_first_try_keeps_it():
    stopped = fitted(steps, callback=lambda _: True)
    assert with_piecewise(stopped) == [False] * 4  # cosines alone are tried first
    assert stopped.n_iter_ < 128 / 8


def test_the_summary_says_how_many_members_have_which(of_smooth):
    X, both = table(), sum(with_piecewise(of_smooth))
    assert f"cosines alone in {4 - both} members" in str(summarise(of_smooth, X, smooth(X)))


@pytest.mark.parametrize(
    "layers",
    [
        [Periodic(), Dense(1)],
        [PiecewiseLinear(), Dense(1)],
        [PiecewiseLinear(), Periodic(), Dropout(0.5), Dense(1)],  # not read by the dense layer alone
    ],
)
def test_other_networks_have_one_start(layers):
    assert not has_both_embeddings(Network(3, layers))


def test_by_hand():
    network = Network(3, [PiecewiseLinear(2, 1, 4), Periodic(2, 1), InputScaling(), Dense(5), Dense(1)])
    assert has_both_embeddings(network)
    drawn = network.initialize_on_host(0, np.float32, np.random.default_rng(0).normal(size=(20, 3)))
    off = without_piecewise(network, drawn)
    changed = [
        (place, name)
        for place, arrays in enumerate(drawn)
        for name in arrays
        if not np.array_equal(arrays[name], off[place][name])
    ]
    assert changed == [(0, "V"), (3, "W")]
    np.testing.assert_array_equal(off[3]["W"][3:5], np.zeros((2, 5)))
    np.testing.assert_array_equal(np.delete(off[3]["W"], [3, 4], 0), np.delete(drawn[3]["W"], [3, 4], 0))
