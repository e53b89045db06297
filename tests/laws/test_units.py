"""Units do not matter: any factor on inputs and target, and any offset of the target, give the same model."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

from glassnet import NetworkRegressor

X, Y = load_diabetes(return_X_y=True, scaled=False)
X_TRAIN, X_TEST, Y_TRAIN, Y_TEST = train_test_split(X, Y, random_state=0)
MODEL = {"n_members": 4, "max_iter": 40, "random_state": 0}


@pytest.fixture(scope="module")
def prediction():
    return NetworkRegressor(**MODEL).fit(X_TRAIN, Y_TRAIN).predict(X_TEST)


@pytest.mark.parametrize("of_inputs", [1e-30, 1e30])
@pytest.mark.parametrize("of_target", [1e-30, 1e30])
def test_factors(prediction, of_inputs, of_target):
    model = NetworkRegressor(**MODEL).fit(of_inputs * X_TRAIN, of_target * Y_TRAIN)
    found = model.predict(of_inputs * X_TEST) / of_target
    assert np.max(np.abs(found - prediction)) <= 1e-4 * np.std(Y_TRAIN)


def test_a_large_offset(prediction):
    found = NetworkRegressor(**MODEL).fit(X_TRAIN, Y_TRAIN + 1e9).predict(X_TEST) - 1e9
    before, after = (np.sqrt(np.mean(np.square(p - Y_TEST))) for p in (prediction, found))
    assert after == pytest.approx(before, rel=0.02)
