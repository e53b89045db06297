import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from glassnet.table.scale import learn_scale


def test_it_is_standardisation():
    random = np.random.default_rng(0)
    raw, weights = random.lognormal(size=(50, 3)), random.uniform(size=50)
    scale, peer = learn_scale(raw, weights), StandardScaler().fit(raw, sample_weight=weights)
    np.testing.assert_allclose(scale.down(raw), peer.transform(raw), rtol=1e-12)
    np.testing.assert_allclose(scale.up(scale.down(raw)), raw, rtol=1e-12)


@pytest.mark.parametrize("factor", [1e-300, 1e-30, 1e30, 1e300])
def test_any_unit(factor):
    raw = np.random.default_rng(0).normal(size=(50, 2))
    ones = np.ones(50)
    np.testing.assert_allclose(
        learn_scale(raw * factor, ones).down(raw * factor), learn_scale(raw, ones).down(raw), rtol=1e-12
    )


def test_gaps_are_filled_with_the_median_of_rows_counted_by_weight():
    raw, weights = np.array([[0.0], [0.0], [0.0], [10.0], [np.nan]]), np.array([1, 1, 1, 9, 1])
    counted = np.repeat(raw, weights, axis=0)
    scale, repeated = learn_scale(raw, weights.astype(float)), learn_scale(counted, np.ones(len(counted)))
    assert scale.fill.tolist() == repeated.fill.tolist() == [10.0]
    np.testing.assert_allclose(scale.down(raw), repeated.down(raw), rtol=1e-12)
    assert scale.down(raw)[4] == scale.down(raw)[3]


def test_constant_columns_become_zero():
    raw = np.column_stack([np.full(30, 0.1), np.zeros(30), np.full(30, 1e20), np.arange(30)])
    scale = learn_scale(raw, np.ones(30))
    assert scale.spread[:3].tolist() == [0, 0, 0]
    assert not scale.down(raw + 5)[:, :3].any()
    assert scale.up(np.ones((1, 4)))[0, :3] == pytest.approx([0.1, 0, 1e20])
