import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from glassnet.data.scaler import fit_robust_scaler, fit_standard_scaler, with_passthrough


def test_it_is_standardisation():
    random = np.random.default_rng(0)
    values, weights = random.lognormal(size=(50, 3)), random.uniform(size=50)
    scaler, peer = fit_standard_scaler(values, weights), StandardScaler().fit(values, sample_weight=weights)
    np.testing.assert_allclose(scaler.transform(values), peer.transform(values), rtol=1e-12)
    np.testing.assert_allclose(scaler.inverse_transform(scaler.transform(values)), values, rtol=1e-12)


@pytest.mark.parametrize("factor", [1e-300, 1e-30, 1e30, 1e300])
def test_any_unit(factor):
    values = np.random.default_rng(0).normal(size=(50, 2))
    ones = np.ones(50)
    np.testing.assert_allclose(
        fit_standard_scaler(values * factor, ones).transform(values * factor),
        fit_standard_scaler(values, ones).transform(values),
        rtol=1e-12,
    )


def test_gaps_are_filled_with_the_median_of_rows_counted_by_weight():
    values, weights = np.array([[0.0], [0.0], [0.0], [10.0], [np.nan]]), np.array([1, 1, 1, 9, 1])
    counted = np.repeat(values, weights, axis=0)
    scaler, repeated = (
        fit_standard_scaler(values, weights.astype(float)),
        fit_standard_scaler(counted, np.ones(len(counted))),
    )
    assert scaler.fill.tolist() == repeated.fill.tolist() == [10.0]
    np.testing.assert_allclose(scaler.transform(values), repeated.transform(values), rtol=1e-12)
    assert scaler.transform(values)[4] == scaler.transform(values)[3]


@pytest.mark.parametrize("rule", [fit_standard_scaler, fit_robust_scaler])
def test_a_gap_counts_as_the_median_where_training_had_none(rule):
    random = np.random.default_rng(0)
    complete, ones = random.lognormal(size=(41, 3)), np.ones(41)
    assert rule(complete, ones).fill.tolist() == np.median(complete, axis=0).tolist()
    holed = np.where(random.uniform(size=complete.shape) < 0.3, np.nan, complete)
    lower = [np.quantile(column[~np.isnan(column)], 0.5, method="inverted_cdf") for column in holed.T]
    assert rule(holed, ones).fill.tolist() == lower


def test_constant_columns_become_zero():
    values = np.column_stack([np.full(30, 0.1), np.zeros(30), np.full(30, 1e20), np.arange(30)])
    scaler = fit_standard_scaler(values, np.ones(30))
    assert scaler.scale[:3].tolist() == [0, 0, 0]
    assert not scaler.transform(values + 5)[:, :3].any()
    assert scaler.inverse_transform(np.ones((1, 4)))[0, :3] == pytest.approx([0.1, 0, 1e20])


def test_robust_scale_by_hand():
    """Lower quantiles of 0..4 are 1, 2 and 3; a column that is constant is 0 in every row."""
    values = np.column_stack([np.arange(5.0), np.full(5, 3.0)])
    scaler = fit_robust_scaler(values, np.ones(5))
    assert scaler.center.tolist() == [2.0, 3.0]
    assert scaler.scale.tolist() == [2.0, 0.0]
    np.testing.assert_array_equal(scaler.transform(values)[:, 1], 0)


def test_columns_of_mostly_one_value_are_scaled_by_the_others():
    """Lower medians of the distances 1, 8 and 900, and of a single 8: one cell far out does not shrink all others."""
    mostly = np.column_stack([[5, 5, 5, 5, 5, 5, 5, 5, 5, 6, -3, 905.0], [0] * 11 + [8.0]])
    scaler = fit_robust_scaler(mostly, np.ones(12))
    assert scaler.center.tolist() == [5.0, 0.0]
    assert scaler.scale.tolist() == [8.0, 8.0]
    without_the_last = np.array([1.0] * 11 + [0.0])
    assert fit_robust_scaler(mostly, without_the_last).scale.tolist() == [1.0, 0.0]


def test_scale_of_others_is_finite_up_to_the_largest_float():
    largest = np.finfo(np.float64).max
    column = np.array([[-largest]] * 9 + [[largest]])
    scaler = fit_robust_scaler(column, np.ones(10))
    assert scaler.scale.tolist() == [largest]


def test_robust_scale_counts_rows_by_weight():
    random = np.random.default_rng(0)
    values, weights = random.lognormal(size=(40, 3)), random.integers(1, 5, size=40)
    weighted = fit_robust_scaler(values, weights.astype(float))
    repeated = fit_robust_scaler(np.repeat(values, weights, axis=0), np.ones(weights.sum()))
    np.testing.assert_array_equal(weighted.center, repeated.center)
    np.testing.assert_array_equal(weighted.scale, repeated.scale)


@pytest.mark.parametrize("factor", [1e-300, 1e300])
def test_robust_scale_in_any_unit(factor):
    values = np.random.default_rng(0).standard_cauchy(size=(50, 2))
    ones = np.ones(50)
    scaled = fit_robust_scaler(values * factor, ones).transform(values * factor)
    np.testing.assert_allclose(scaled, fit_robust_scaler(values, ones).transform(values), rtol=1e-12)


def test_flags_and_codes_are_kept_as_they_are():
    """A flag that is the same in all rows is 0; a code is itself even then."""
    values = np.array([[10.0, 1, 0, 5], [20.0, 1, 1, 5]])
    scaler = with_passthrough(fit_standard_scaler(values, np.ones(2)), values, flags=1, codes=3)
    np.testing.assert_allclose(scaler.transform(values), [[-1, 0, 0, 5], [1, 0, 1, 5]])
