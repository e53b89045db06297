import numpy as np
import pytest
from scipy.stats import binom, binomtest
from sklearn.metrics import mean_pinball_loss

from glassnet.conformal.calibration import SPLIT, Calibration
from glassnet.conformal.evaluation import clopper_pearson, measure


@pytest.mark.parametrize(("hits", "rows"), [(0, 7), (7, 7), (1, 1), (90, 100), (450, 500)])
def test_limits_are_clopper_and_pearsons(hits, rows):
    expected = binomtest(hits, rows).proportion_ci(0.95, "exact")
    assert clopper_pearson(hits, rows) == pytest.approx((expected.low, expected.high), abs=1e-9)
    low, high = clopper_pearson(hits, rows)
    if hits:
        assert binom.sf(hits - 1, rows, low) == pytest.approx(0.025)
    if hits < rows:
        assert binom.cdf(hits, rows, high) == pytest.approx(0.025)


def test_measures():
    random = np.random.default_rng(0)
    y, lower = random.normal(size=50), random.normal(-1, 0.5, size=50)
    upper = lower + random.exponential(size=50)
    gaps = np.append(y, np.nan)
    found = measure(gaps, np.append(lower, 0), np.append(upper, 0), 0.8)
    assert found.rows == 50
    assert found.covered == np.mean((lower <= y) & (y <= upper))
    assert found.mean_width == pytest.approx(np.mean(upper - lower))
    expected = mean_pinball_loss(y, lower, alpha=0.1), mean_pinball_loss(y, upper, alpha=0.9)
    assert found.pinball == pytest.approx(np.mean(expected))


def test_nothing_to_measure():
    with pytest.raises(ValueError, match="every target is missing; a coverage needs at least one"):
        measure(np.array([np.nan]), np.zeros(1), np.ones(1), 0.9)


def test_a_calibration_whose_parts_do_not_fit():
    with pytest.raises(ValueError, match="a calibration needs one residual, one error scale and one fold a row"):
        Calibration(SPLIT, np.zeros((3, 1)), np.zeros((3, 0)), np.array([0, 1, 10**9]), random_folds=True)
