"""Which of XLA's code generators trains a network, and that both train the same one."""

import jax
import numpy as np
import pytest
from sklearn.base import clone

from glassnet import Dense, Dropout, NetworkRegressor
from glassnet.network.loss import HalfSquaredError
from glassnet.network.network import Network
from glassnet.training import epochs
from glassnet.training.configuration import StaticConfig
from glassnet.training.epochs import OLDER_CODE, advance
from glassnet.training.optimizers import Adam


@pytest.mark.parametrize(
    ("layers", "options"),
    [
        ([Dense(256, "relu"), Dense(256, "relu"), Dense(1)], OLDER_CODE),
        ([Dense(256, "relu"), Dense(256, "tanh"), Dense(1)], None),  # exponentials take it longer
        ([Dense(256, "relu"), Dropout(0.1), Dense(256, "relu"), Dense(1)], None),
        ([Dense(32, "relu"), Dense(1)], None),
    ],
)
def test_large_networks_of_products_and_maxima_are_compiled_by_the_older_generator(layers, options):
    static = StaticConfig(Network(8, layers), HalfSquaredError(), Adam(), 32)
    assert epochs._options(static) == options


def test_both_generators_train_the_same_network(small, monkeypatch):
    model = NetworkRegressor((16,), preset="plain", max_iter=5, n_iter_no_change=5, random_state=0)
    newer = clone(model).fit(*small)
    monkeypatch.setattr(epochs, "LARGE", 0)
    advance.drop()
    try:
        older = clone(model).fit(*small)
    finally:
        advance.drop()
    for one, other in zip(jax.tree.leaves(newer.parameters_), jax.tree.leaves(older.parameters_), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-5)
