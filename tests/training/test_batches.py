"""Which rows a batch has: every order is a permutation, drawn evenly, and padding is small."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.data.scaler import identity_scaler
from glassnet.data.shared import member_scaling
from glassnet.training.batches import padded_size, shuffled, with_replacement
from glassnet.training.member_data import member_data


def member_of(rows):
    scaling = member_scaling([identity_scaler(2)], None, 1.0, np.zeros(3, int))
    return jax.device_put(member_data(np.asarray(rows), np.arange(0), (len(rows), 0), scaling, 1.0, np.zeros(1)))


@pytest.mark.parametrize("size", [1, 2, 7, 331, 4096])
def test_orders_are_permutations_of_the_members_rows(size):
    rows = np.random.default_rng(size).choice(10_000, size=size, replace=False)
    member = member_of(rows)
    for seed in range(3):
        order = np.asarray(shuffled(member, jnp.uint32(seed)))
        np.testing.assert_array_equal(np.sort(order[:size]), np.sort(rows))


@pytest.mark.parametrize("size", [331, 4096])
def test_orders_of_several_seeds_are_unrelated(size):
    """The rank correlation of two random orders has mean 0 and variance 1 / (n - 1) (Kendall 1948).

    Of the 28 pairs of 7 seeds and the rows' own order, each is below five standard deviations, which chance exceeds
    once in 60,000.
    """
    member = member_of(np.arange(size))
    orders = [np.arange(size), *(np.asarray(shuffled(member, jnp.uint32(seed)))[:size] for seed in range(7))]
    places = np.argsort(orders, axis=1)  # of every row in every order
    correlations = np.corrcoef(places)[np.triu_indices(len(orders), 1)]
    assert np.max(np.abs(correlations)) < 5 / np.sqrt(size - 1)


def test_batches_of_a_long_table_come_from_all_of_it():
    """Row numbers of 64 batches of 512 spread as evenly drawn ones do, n / sqrt 12, each within a tenth."""
    rows = 2**20 + 2**19
    member = member_of(np.arange(rows))
    order = np.asarray(shuffled(member, jnp.uint32(0)))[:rows]
    assert np.array_equal(np.bincount(order, minlength=rows), np.ones(rows))
    spreads = np.std(order[: 64 * 512].reshape(64, 512), axis=1) / (rows / np.sqrt(12))
    assert (np.abs(spreads - 1) < 0.1).all()


def test_every_row_is_as_often_in_front():
    """Over 4,000 seeds each of 20 rows comes first about 200 times: chi-squared with 19 degrees, 1 in 10^6 above 60."""
    member = member_of(np.arange(20))
    first = np.asarray(jax.vmap(lambda seed: shuffled(member, seed)[0])(jnp.arange(4000, dtype=jnp.uint32)))
    counts = np.bincount(first, minlength=20)
    assert np.sum((counts - 200.0) ** 2 / 200) < 60


def test_drawing_takes_every_row_as_often():
    """20 rows over 4,000 orders of 32: chi-squared with 19 degrees of freedom, 1 in 10^6 above 60."""
    member = member_of(np.arange(20))
    draws = np.asarray(jax.vmap(lambda seed: with_replacement(member, seed))(jnp.arange(4000, dtype=jnp.uint32)))
    counts = np.bincount(draws.ravel(), minlength=20)
    assert np.sum((counts - draws.size / 20) ** 2 / (draws.size / 20)) < 60


def test_sizes_are_padded_by_at_most_a_quarter():
    sizes = np.array([padded_size(size) for size in range(1, 5000)])
    assert np.all(sizes >= np.arange(1, 5000))
    assert np.all(sizes <= 1.25 * np.arange(1, 5000))
    assert len(set(sizes)) < 50
