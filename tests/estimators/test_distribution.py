"""Quantiles and distribution functions of fitted regressors: what they are made of, what holds, what is refused."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom
from sklearn.base import clone
from sklearn.model_selection import TimeSeriesSplit

import glassnet
from glassnet import NetworkRegressor
from glassnet.data.dataset import encode
from glassnet.estimators.distribution import _errors_of_all
from glassnet.estimators.validation import check_inputs
from glassnet.insight.quantile_evaluation import evaluate_quantiles
from glassnet.network.loss import HalfSquaredError

MODEL = NetworkRegressor((8,), learning_rate_init=0.01, max_iter=12, n_members=4, early_stopping=True, random_state=0)
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def rows(count, seed):
    """Rows whose noise grows with the first column."""
    random = np.random.default_rng(seed)
    X = random.uniform(-1, 1, size=(count, 3))
    return X, X[:, 1] + np.exp(2 * X[:, 0]) * random.normal(size=count)


@pytest.fixture(scope="module")
def fitted():
    return clone(MODEL).fit(*rows(200, 1))


def test_errors_are_of_members_that_did_not_train_on_the_row(fitted):
    X, y = rows(200, 1)
    predictions = fitted.predict_members(X)
    trained = np.array([np.isin(np.arange(200), member.split.train) for member in fitted.members_])
    assert ((~trained).sum(axis=0) > 1).any()
    each = (y - np.where(trained, np.nan, predictions)) / fitted.calibration_.error_scale[:, 0]
    members = (~trained).sum(axis=0)
    mean = np.nanmean(each, axis=0)
    own = np.mean(np.nanvar(each[:, members > 1], axis=0, ddof=1))
    shared = np.mean(mean**2 - own / members)
    expected = mean * np.sqrt((shared + own / 4) / (shared + own / members))
    np.testing.assert_allclose(fitted.error_distributions_[0].errors, np.sort(expected), rtol=1e-3, atol=1e-5)


def test_errors_become_those_of_the_mean_of_all_members():
    """Members that share one error and have one each, as large: of new rows the mean errs by 1 + 1/8 in the square."""
    X, y = rows(1200, 9)
    model = clone(MODEL).set_params(n_members=8, max_iter=2).fit(X, y)
    random = np.random.default_rng(0)
    shared, own = random.normal(size=(1200, 1)), random.normal(size=(8, 1200, 1))
    dataset = encode(model.schema_, check_inputs(model, X, reset=False), y[:, None], np.ones(1200))
    known = {id(member): member_errors for member, member_errors in zip(model.members_, own, strict=True)}

    class Foreseen(type(model.ensemble_)):
        def predict_encoded(self, x):
            at = [numbers[row.tobytes()] for row in x]
            return (dataset.y[at] - shared[at] - known[id(self.members[0])][at])[None]

    numbers = {row.tobytes(): number for number, row in enumerate(dataset.x)}
    ensemble = Foreseen(model.schema_, model.network_, model.ensemble_.link, tuple(model.members_))
    errors = _errors_of_all(ensemble, ensemble, HalfSquaredError(), dataset, np.zeros((1200, 0)))
    assert np.mean(errors**2) == pytest.approx(1 + 1 / 8, rel=0.1)


def test_quantiles_are_in_order_and_the_distribution_function_is_their_inverse(fitted):
    X, _ = rows(50, 2)
    found = fitted.predict_quantiles(X, LEVELS)
    assert found.shape == (50, 5)
    assert (np.diff(found, axis=1) >= 0).all()
    p = fitted.predict_cdf(X, found)
    assert (p >= LEVELS).all()
    assert (p <= np.array(LEVELS) + 1 / 201).all()
    np.testing.assert_array_equal(fitted.predict_quantiles(X, 0.25), found[:, 1])
    np.testing.assert_array_equal(fitted.predict_cdf(X, 0.3), fitted.predict_cdf(X, [0.1, 0.3])[:, 1])
    wide = X[:, 0] > 0
    width = found[:, 4] - found[:, 0]
    assert width[wide].mean() > width[~wide].mean()  # where there is more noise


def test_after_calibrate_the_probability_is_proved():
    """200 calibrations of one model by 50 other rows each, one new row each: hits are Binomial(200, k / 51)."""
    model = clone(MODEL).fit(*rows(200, 1))
    hits = np.zeros(3)
    for seed in range(200):
        X, y = rows(51, 100 + seed)
        model.calibrate(X[:50], y[:50])
        hits += y[50] <= model.predict_quantiles(X[50:], (0.1, 0.5, 0.9))[0]
    for hit, k in zip(hits, (6, 26, 46), strict=True):
        assert binom.ppf(0.005, 200, k / 51) <= hit <= binom.ppf(0.995, 200, k / 51)


def test_by_the_definition_after_calibrate():
    model = clone(MODEL).fit(*rows(200, 1))
    X, y = rows(60, 5)
    model.calibrate(X, y)
    errors = np.sort((y - model.predict(X)) / model.calibration_.error_scale[:, 0])
    new, _ = rows(10, 6)
    k = int(np.ceil(0.9 * 61))
    scale = (model.predict_quantiles(new, 0.9) - model.predict(new)) / errors[k - 1]
    np.testing.assert_allclose(model.predict_quantiles(new, 0.3), model.predict(new) + scale * errors[18], rtol=1e-9)


def test_few_rows_and_stated_ends():
    X, y = rows(40, 3)
    model = clone(MODEL).set_params(output_range=(-100, None), n_members=2).fit(X, np.abs(y))
    assert np.isinf(model.predict_quantiles(X, 0.99)).all()
    assert (model.predict_quantiles(X, 0.01) >= -100).all()
    positive = clone(MODEL).set_params(output_range=(0, 50), n_members=2).fit(X, np.abs(y))
    assert (positive.predict_quantiles(X, (0.01, 0.05)) >= 0).all()
    assert (positive.predict_quantiles(X, 0.99) == 50).all()
    np.testing.assert_array_equal(positive.predict_cdf(X, (-1e-9, 50))[0], [0, 1])


def test_several_targets_gaps_and_files(tmp_path):
    X, y = rows(200, 1)
    Y = np.column_stack([y, -2 * y])
    Y[:30, 1] = np.nan
    model = clone(MODEL).fit(X, Y)
    assert [len(distribution.errors) for distribution in model.error_distributions_] == [200, 170]
    found = model.predict_quantiles(X, LEVELS)
    assert found.shape == (200, 2, 5)
    assert model.predict_quantiles(X, 0.5).shape == (200, 2)
    again = glassnet.load(glassnet.save(model, tmp_path / "m.glass"))
    np.testing.assert_array_equal(again.predict_quantiles(X, LEVELS), found)
    assert model.crps(X, Y).shape == (200, 2)
    assert np.isnan(model.crps(X, Y)[:30, 1]).all()


def test_their_evaluation(fitted):
    X, y = rows(300, 7)
    found = evaluate_quantiles(fitted, X, y, LEVELS)
    quantiles = fitted.predict_quantiles(X, LEVELS)
    for place, level in enumerate(found.levels["y0"]):
        r = y - quantiles[:, place]
        assert level.below == np.mean(r <= 0)
        assert level.pinball == pytest.approx(np.mean(np.maximum(level.level * r, (level.level - 1) * r)))
        assert level.at_least < level.below < level.at_most
    # twice the mean pinball loss over many levels is the score
    many = np.linspace(0.005, 0.995, 100)
    every = evaluate_quantiles(fitted, X, y, many).levels["y0"]
    assert found.crps["y0"] == pytest.approx(2 * np.mean([level.pinball for level in every]), rel=0.02)
    assert str(found.table()).count("\n") >= 6


def test_what_is_refused(fitted):
    X, y = rows(60, 1)
    for wrong in (0, 1.0, -0.1, "0.5"):
        with pytest.raises(ValueError, match=r"level=.* must be a number above 0 and below 1"):
            fitted.predict_quantiles(X, wrong)
    with pytest.raises(ValueError, match=r"values has shape \(1,\) and 1 missing"):
        fitted.predict_cdf(X, [np.nan])
    with pytest.raises(ValueError, match=r"values has 2 rows for the 60 of X"):
        fitted.predict_cdf(X, [[0.0], [1.0]])
    quantiles = clone(MODEL).set_params(loss="quantile").fit(X, y)
    with pytest.raises(ValueError, match=r"predicts quantiles itself: call predict"):
        quantiles.predict_quantiles(X)
    with pytest.raises(ValueError, match=r"has no folds"):
        clone(MODEL).set_params(n_members=1).fit(X, y).predict_quantiles(X)
    with pytest.raises(ValueError, match=r"sample weights that differ"):
        clone(MODEL).fit(X, y, sample_weight=np.arange(1, 61)).predict_quantiles(X)
    old = clone(MODEL).fit(X, y)
    del old.error_distributions_
    with pytest.raises(ValueError, match=r"comes from a file without the errors that quantiles need"):
        old.predict_quantiles(X)
    partial = clone(MODEL).set_params(early_stopping=None, n_members=1).partial_fit(X, y)
    with pytest.raises(ValueError, match=r"has no folds"):
        partial.predict_quantiles(X)


def test_rows_in_no_fold_count_for_nothing():
    X, y = rows(120, 1)
    model = clone(MODEL).set_params(cv=TimeSeriesSplit(4)).fit(X, y)
    held_out = np.isfinite(model.oof_prediction_).sum()
    assert 0 < held_out < 120
    assert len(model.error_distributions_[0].errors) == held_out


def test_frames_and_other_losses():
    X, y = rows(120, 1)
    frame = pl.DataFrame(X, schema=["a", "b", "c"])
    for loss in ("huber", "gamma"):
        model = clone(MODEL).set_params(loss=loss).fit(frame, np.abs(y) + 0.1)
        found = model.predict_quantiles(frame, LEVELS)
        assert (np.diff(found, axis=1) >= 0).all()
        assert loss != "gamma" or (found >= 0).all()
