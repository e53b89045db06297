"""Exposure: an offset of the logarithm, as the same fit of rates with weights, beside scikit-learn's linear model."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import TweedieRegressor

from glassnet import Gamma, NetworkRegressor, Poisson, SizeSearch, Tweedie

LINEAR = NetworkRegressor((), solver="lbfgs", n_members=1, early_stopping=False, preset="plain", alpha=0.0, tol=0.0,
                          max_iter=500, random_state=0)  # fmt: skip
MODEL = NetworkRegressor((8,), max_iter=10, n_members=4, random_state=0)


def policies(rows=300):
    """Return inputs, exposures and amounts of which many are 0, their means in proportion to exposure."""
    random = np.random.default_rng(0)
    X, exposure = random.normal(size=(rows, 3)), random.uniform(0.1, 2, rows)
    claims = random.poisson(exposure * np.exp(0.5 * X[:, 0] - 0.3))
    amounts = np.array([random.gamma(2, 1 + 0.2 * abs(x), n).sum() for n, x in zip(claims, X[:, 1], strict=True)])
    return X, exposure, claims.astype(float), amounts


@pytest.mark.parametrize("loss", [Poisson(), Tweedie(1.3), Tweedie(1.7), Gamma()], ids=str)
def test_a_linear_model_is_scikit_learns_of_rates_with_weights(loss):
    """exp(x'b + log e) of y has the likelihood of exp(x'b) of y / e with the weight e^(2 - p)."""
    X, exposure, claims, amounts = policies()
    power = loss.variance_power
    y = claims if power == 1 else amounts + (power == 2)
    fitted = clone(LINEAR).set_params(loss=loss).fit(X, y, exposure=exposure)
    other = TweedieRegressor(power=power, alpha=0.0, link="log", tol=1e-9, max_iter=10_000)
    other.fit(X, y / exposure, sample_weight=exposure ** (2 - power))
    np.testing.assert_allclose(fitted.predict(X), other.predict(X), rtol=2e-3)


def test_it_is_an_offset():
    """The slope of the likelihood of counts with mean e exp(x'b) is 0 at the fit: X'(y - e f(x)) = 0."""
    X, exposure, claims, _ = policies()
    fitted = clone(LINEAR).set_params(loss="poisson").fit(X, claims, exposure=exposure)
    left = claims - exposure * fitted.predict(X)
    assert np.abs(np.column_stack([np.ones(300), X]).T @ left).max() < 0.05 * np.sqrt(300)


def test_it_is_rates_with_weights_for_every_loss():
    X, exposure, claims, _ = policies()
    fitted = clone(MODEL).set_params(loss="poisson").fit(X, claims, exposure=exposure)
    same = clone(MODEL).set_params(loss="poisson").fit(X, claims / exposure, sample_weight=exposure)
    np.testing.assert_array_equal(fitted.predict(X), same.predict(X))
    np.testing.assert_array_equal(fitted.oof_prediction_, same.oof_prediction_)
    assert fitted.target_mean_[0] == pytest.approx(claims.sum() / exposure.sum())
    assert fitted.oof_score_ == pytest.approx(same._loss().score(claims / exposure, same.oof_prediction_, exposure))
    doubled = clone(MODEL).set_params(loss="poisson").fit(X, claims, exposure=np.ones(300))
    np.testing.assert_array_equal(doubled.predict(X), clone(MODEL).set_params(loss="poisson").fit(X, claims).predict(X))
    part = clone(MODEL).set_params(loss="poisson", n_members=1).partial_fit(X, claims, exposure=exposure)
    other = clone(MODEL).set_params(loss="poisson", n_members=1)
    other.partial_fit(X, claims / exposure, sample_weight=exposure)
    np.testing.assert_array_equal(part.predict(X), other.predict(X))


def test_what_is_refused():
    X, exposure, claims, _ = policies(60)
    model = clone(MODEL).set_params(loss="poisson")
    with pytest.raises(ValueError, match=r"exposure needs a loss whose mean is in proportion to it"):
        clone(MODEL).fit(X, claims, exposure=exposure)
    with pytest.raises(ValueError, match=r"exposure is 0 in row 3 \(1 such row"):
        model.fit(X, claims, exposure=np.where(np.arange(60) == 3, 0, exposure))
    with pytest.raises(ValueError, match=r"exposure has shape \(59,\) for 60 rows"):
        model.fit(X, claims, exposure=exposure[1:])
    with pytest.raises(ValueError, match=r"NaN"):
        model.fit(X, claims, exposure=np.where(np.arange(60) == 3, np.nan, exposure))
    with pytest.raises(ValueError, match=r"lies outside output_range=\(0, 5\)"):
        model.set_params(output_range=(0, 5)).fit(X, np.full(60, 4.0), exposure=np.full(60, 0.1))
    model.set_params(output_range=None)
    with pytest.raises(ValueError, match=r"X_val have no exposure to be judged by"):
        model.fit(X, claims, exposure=exposure, X_val=X, y_val=claims)
    with pytest.raises(TypeError, match=r"a search judges sizes by y as it is"):
        SizeSearch(model).fit(X, claims, exposure=exposure)
    with pytest.raises(ValueError, match=r"sample weights that differ, as those of exposures do"):
        model.fit(X, claims, exposure=exposure).predict_interval(X)
