"""Dropout: its rate, its mean, and masks of its own in every layer."""

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.network.dropout import Dropout
from glassnet.network.hash_rng import Noise
from glassnet.network.network import Network, forward


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
