"""Random numbers by hashing."""

import jax.numpy as jnp
import numpy as np

from glassnet.network.hash_rng import bits


def test_bits_are_even():
    """Each of 32 bits over 10^6 draws is 1 half of the time, within five deviations of 0.0005."""
    draws = np.asarray(bits(jnp.uint32(5), (1000, 1000)))
    for place in range(32):
        assert abs(np.mean(draws >> place & 1) - 0.5) < 5 * 0.0005
