"""Paired differences of errors: intervals of models that are equal by construction, and bootstraps by hand."""

import numpy as np
import pytest

from glassnet import NetworkRegressor, compare

TABLES, ROWS = 400, 150


@pytest.fixture(scope="module")
def model():
    random = np.random.default_rng(0)
    X = random.normal(size=(80, 2))
    y = X[:, 0] - X[:, 1] ** 2 + random.normal(size=80)
    return NetworkRegressor((3,), preset="plain", n_members=2, max_iter=20, random_state=0).fit(X, y), X, y


@pytest.mark.slow
def test_the_interval_of_two_equal_models_holds_zero_as_often_as_it_says(model):
    # Errors d/2 - e and -d/2 - e of a target halfway between two predictions, with noise e that is as often above zero
    # as below, are distributed alike: their difference is zero in the long run.
    network, X, y = model
    random, covered = np.random.default_rng(1), 0
    for _ in range(TABLES):
        X_test = random.normal(size=(ROWS, 2))
        other = 0.5 * X_test[:, 0] - 0.3
        y_test = (network.predict(X_test) + other) / 2 + random.normal(size=ROWS)

        def halfway(inputs, targets, train, new, other=other):
            return other[new - len(targets) + ROWS, None]

        found = compare(network, X, y, X_test=X_test, y_test=y_test, peers={"other": halfway})
        covered += found.best_peer.difference_lower <= 0 <= found.best_peer.difference_upper
    assert 0.93 <= covered / TABLES <= 0.97
