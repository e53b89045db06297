import numpy as np
import pytest

from glassnet.conformal.error_scale import features, fit_error_scale


def test_it_finds_where_errors_are_large():
    random = np.random.default_rng(0)
    x, new = random.normal(size=(400, 3)), random.normal(size=(400, 3))
    error = np.abs(np.exp(x[:, 0]) * random.normal(size=400))
    spread = fit_error_scale(features(x, np.zeros(400)), error)
    found = spread.log(features(new, np.zeros(400)))
    assert np.corrcoef(found, new[:, 0])[0, 1] > 0.9
    assert np.ptp(found) <= spread.high - spread.low


def test_where_there_is_nothing_to_find_it_is_constant():
    random = np.random.default_rng(0)
    found = features(random.normal(size=(400, 3)), np.zeros(400))
    assert np.ptp(fit_error_scale(found, np.abs(random.normal(size=400))).log(found)) < 0.3


@pytest.mark.parametrize("error", [np.zeros(30), np.ones(5), np.zeros(0)])
def test_errors_that_teach_nothing(error):
    found = features(np.random.default_rng(0).normal(size=(len(error), 2)), error)
    assert not fit_error_scale(found, error).log(found).any()


def test_features_are_bounded():
    found = features(np.array([[1e200, -1e200]]), np.array([0.0]))
    np.testing.assert_allclose(found, [[3, -3, 0, 3, 3, 0]])
