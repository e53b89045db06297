"""Schedules of the step size, each beside its formula."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.training.schedule import SCHEDULES, step_size_factor


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules(name):
    t = jnp.linspace(0, 1, 101)[:-1]
    factors = np.asarray(jax.vmap(lambda t: step_size_factor(name, t, 1000 * t, 0.0, 0.5))(t))
    expected = {
        "cosine": 0.5 * (1 + np.cos(np.pi * t)),
        "flat_cosine": np.where(t < 0.5, 1, 0.5 * (1 + np.cos(np.pi * (2 * t - 1)))),
        "log_cosine": 0.5 * (1 - np.cos(2 * np.pi * np.log2(1 + 15 * t))),
        "invscaling": (1000 * t + 1) ** -0.5,
    }.get(name, np.ones(100))
    np.testing.assert_allclose(factors, expected, atol=1e-5)
    warm = step_size_factor(name, jnp.asarray(0.05), jnp.asarray(50.0), 0.1, 0.5)
    assert float(warm) == pytest.approx(
        0.5 * float(step_size_factor(name, jnp.asarray(0.05), jnp.asarray(50.0), 0.0, 0.5))
    )
