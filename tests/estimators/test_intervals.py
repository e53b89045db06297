"""Intervals of fitted regressors: what they use, what they promise, and what they refuse."""

import warnings

import numpy as np
import pytest
from mapie.regression import CrossConformalRegressor
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.model_selection import GroupKFold, KFold, PredefinedSplit

import glassnet
from glassnet import CustomLoss, NetworkRegressor, Quantile, Recipe, SizeSearch
from glassnet.insight.interval_evaluation import evaluate_intervals

MODEL = NetworkRegressor((8,), solver="lbfgs", max_iter=12, n_members=4, random_state=0)
IN_BATCHES = clone(MODEL).set_params(solver="adam", learning_rate_init=0.01)


@pytest.fixture(scope="module")
def table():
    """A table whose noise grows with the first column: X (400, 3), y (400,)."""
    random = np.random.default_rng(1)
    X = random.uniform(-1, 1, size=(400, 3))
    return X, X[:, 1] + np.exp(2 * X[:, 0]) * random.normal(size=400)


@pytest.fixture(scope="module")
def fitted(table):
    X, y = table
    return clone(MODEL).fit(X[:200], y[:200])


def covered(found, y):
    return np.mean((found.lower <= y) & (y <= found.upper))


class Foreseen(RegressorMixin, BaseEstimator):
    """For MAPIE: the member that is blind to the rows it was not fitted to."""

    def __init__(self, model=None, X=None):
        self.model, self.X = model, X

    def __sklearn_clone__(self):
        return Foreseen(self.model, self.X)

    def fit(self, X, y):
        seen = {row.tobytes() for row in X}
        blind = [number for number, row in enumerate(self.X) if row.tobytes() not in seen]
        folds = [sorted(member.split.test) for member in self.model.members_]
        self.places_ = [place for place, fold in enumerate(folds) if fold == blind] or [0]
        return self

    def predict(self, X):
        return np.mean(self.model.predict_members(X)[self.places_], axis=0)


@pytest.mark.parametrize("cv", ["auto", 2])
@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_they_are_mapies(table, cv, coverage):
    """CV+ with the same folds and members, up to the rounding between one member computed alone and among others."""
    X, y = table
    model = clone(MODEL).set_params(cv=cv).fit(X[:103], y[:103])
    fold = np.zeros(103, int)
    for place, member in enumerate(model.members_):
        fold[member.split.test] = place
    theirs = CrossConformalRegressor(
        Foreseen(model, X[:103]), confidence_level=coverage, method="plus", cv=PredefinedSplit(fold)
    )
    _, expected = theirs.fit_conformalize(X[:103], y[:103]).predict_interval(X[200:])
    found = model.predict_interval(X[200:], coverage)
    np.testing.assert_allclose(found.lower, expected[:, 0, 0], atol=1e-5)
    np.testing.assert_allclose(found.upper, expected[:, 1, 0], atol=1e-5)


def test_the_record_says_what_is_promised(table, fitted):
    found = fitted.predict_interval(table[0][200:], 0.9)
    assert found.lower.shape == found.upper.shape == (200,)
    assert (found.width >= 0).all()
    assert (found.coverage, found.method, found.rows) == (0.9, "CV+, constant width", 200)
    assert found.floor == pytest.approx(0.8 - min(2 * 0.75 / 51, (1 - 4 / 200) / 5))
    assert str(found) == (
        "200 intervals: coverage 0.9 by CV+, constant width, from 200 rows; at least 0.771 is proved. Assumed: new "
        "rows are drawn as the fitted ones were, and nothing about the model was chosen by its folds; the promise is "
        "about all rows together, not every kind of row"
    )


@pytest.mark.parametrize("width", ["constant", "adaptive"])
def test_fold_poison(table, width):
    """Whatever a fold holds, the member that is blind to it, and what its width is made of, keep every bit."""
    X, y = table[0][:200], table[1][:200]
    for poison in (1e6, -1e-6):
        model = clone(IN_BATCHES).fit(X, y)
        for place in (0, 3):
            blind = model.members_[place].split.test
            X2, y2 = X.copy(), y.copy()
            X2[blind], y2[blind] = poison * (X[blind, ::-1] + 1), poison * (y[blind] - 5)
            other = clone(IN_BATCHES).fit(X2, y2)
            new = table[0][200:]
            np.testing.assert_array_equal(other.predict_members(new)[place], model.predict_members(new)[place])
            for own, same in zip(other.error_scales_[place], model.error_scales_[place], strict=True):
                for name, value in vars(same).items():
                    np.testing.assert_array_equal(getattr(own, name), value)
            assert not np.array_equal(other.error_scales_[1][0].weights, model.error_scales_[1][0].weights)


def test_adaptive_widths_follow_the_noise(table):
    X, y = table
    model = clone(MODEL).set_params(max_iter=40).fit(X[:300], y[:300])
    found = model.predict_interval(X[300:], 0.8, width="adaptive")
    calm, loud = X[300:, 0] < -0.5, X[300:, 0] > 0.5
    assert found.width[loud].mean() > 1.5 * found.width[calm].mean()
    assert found.method == "CV+, adaptive width"
    assert found.floor == model.predict_interval(X[300:], 0.8).floor
    constant = model.predict_interval(X[300:], 0.8)
    assert constant.width[loud].mean() < 1.1 * constant.width[calm].mean()


@pytest.mark.parametrize("width", ["constant", "adaptive"])
def test_split_conformal_by_the_definition(table, width):
    X, y = table
    model = clone(MODEL).fit(X[:200], y[:200])
    before = model.predict(X[300:])
    assert model.calibrate(X[200:219], y[200:219]) is model
    found = model.predict_interval(X[300:], 0.95, width=width)  # k = 19 of 19 rows: legal
    assert (found.method, found.rows, found.floor) == (f"split conformal, {width} width", 19, 0.95)
    np.testing.assert_array_equal(model.predict(X[300:]), before)
    np.testing.assert_allclose((found.lower + found.upper) / 2, before, atol=1e-9)
    if width == "constant":
        worst = np.max(np.abs(y[200:219] - model.predict(X[200:219])))
        np.testing.assert_allclose(found.width, 2 * worst, rtol=1e-6)
    assert np.isinf(model.predict_interval(X[300:], 0.96).width).all()
    model.fit(X[:200], y[:200])
    assert model.predict_interval(X).method == "CV+, constant width"


def test_split_conformal_covers(table):
    """200 calibrations of one model by 50 other rows each, one new row each: hits are Binomial(200, 46/51)."""
    X, y = table
    model = clone(MODEL).fit(X[:200], y[:200])
    random, hits = np.random.default_rng(0), 0
    for _ in range(200):
        X2 = random.uniform(-1, 1, size=(51, 3))
        y2 = X2[:, 1] + np.exp(2 * X2[:, 0]) * random.normal(size=51)
        model.calibrate(X2[:50], y2[:50])
        hits += covered(model.predict_interval(X2[50:], width="adaptive"), y2[50:])
    assert abs(hits - 200 * 46 / 51) < 2.6 * np.sqrt(200 * 46 / 51 * 5 / 51)


def test_quantiles_are_moved(table):
    X, y = table
    model = clone(MODEL).set_params(loss=Quantile((0.05, 0.25, 0.75, 0.95)), max_iter=40).fit(X[:300], y[:300])
    wide, narrow = model.predict_interval(X[300:], 0.9), model.predict_interval(X[300:], 0.5)
    assert wide.method == "CV+, conformalised quantiles"
    assert np.all(wide.width > narrow.width)
    assert np.ptp(wide.width) > 0.1  # they adapt
    model.calibrate(X[300:350], y[300:350])
    said, found = model.predict(X[350:]), model.predict_interval(X[350:], 0.5)
    moved = found.upper - said[:, 2]
    np.testing.assert_allclose(said[:, 1] - found.lower, moved, atol=1e-6)  # nearest to 0.25 and 0.75, by one constant
    np.testing.assert_allclose(moved, moved[0], atol=1e-6)
    outer = model.predict_interval(X[350:], 0.01)  # both ends are nearest to one level
    assert np.all(outer.width >= 0)


def test_several_targets_and_gaps(table):
    X, y = table
    both = np.column_stack([y, 3 - X[:, 1]])
    both[:37, 1] = np.nan
    model = clone(MODEL).fit(X[:200], both[:200])
    found = model.predict_interval(X[200:], 0.9, width="adaptive")
    assert found.lower.shape == (200, 2)
    assert found.rows == 163
    assert "every target on its own" in found.assumption
    sizes = [np.sum(member.split.test >= 37) for member in model.members_]
    assert len(set(sizes)) > 1  # unequal folds: the first term of the theorem alone
    assert found.floor == pytest.approx(0.8 - 2 * 3 / (163 + 4))
    alone = clone(MODEL).fit(X[:200], y[:200]).predict_interval(X[200:], 0.9)
    assert alone.floor > found.floor
    one = evaluate_intervals(model, X[200:], both[200:], 0.9).coverages
    assert list(one) == ["y0", "y1"]


@pytest.mark.parametrize(
    ("y", "least"), [(np.full(200, 7.0), 7.0), (np.arange(200) % 2.0, 0.0), (np.round(np.arange(200) / 100), 0.0)]
)
@pytest.mark.parametrize("width", ["constant", "adaptive"])
def test_constant_and_discrete_targets(table, y, least, width):
    model = clone(MODEL).fit(table[0][:200], y)
    found = model.predict_interval(table[0][:200], 0.9, width=width)
    assert np.isfinite(found.width).all()
    assert covered(found, y) >= 0.9  # rows it was fitted to
    if y.max() == least:
        np.testing.assert_array_equal(found.lower, least)
        np.testing.assert_array_equal(found.upper, least)


@pytest.mark.parametrize(
    ("changes", "low", "high"),
    [
        ({"output_range": (0, None)}, 0.0, np.inf),
        ({"preset": Recipe(output_range=(0, None))}, 0.0, np.inf),
        ({"output_range": (0, 30)}, 0.0, 30.0),
        ({"loss": "poisson", "output_range": (None, None)}, 0.0, np.inf),
        ({"output_range": "seen"}, -np.inf, np.inf),
    ],
)
def test_ends_stay_within_what_was_stated(table, changes, low, high):
    X, y = table
    y = np.clip(np.abs(y), 0.01, 30)
    model = clone(MODEL).set_params(**changes).fit(X[:200], y[:200])
    found = model.predict_interval(X, 0.99)
    assert found.lower.min() >= low
    assert found.upper.max() <= high
    if low == -np.inf:
        assert found.lower.min() < y[:200].min()  # never cut off at what was seen


def test_infinite_ends_are_cut_off_too(table):
    X, y = table
    model = clone(MODEL).set_params(output_range=(-100, 100)).fit(X[:50], y[:50])
    found = model.predict_interval(X, 0.99)
    assert (found.lower == -100).all()
    assert (found.upper == 100).all()
    assert found.floor == 1.0


def fit_with(X, y, changes, **told):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return clone(MODEL).set_params(**changes).fit(X[:200], y[:200], **told)


@pytest.mark.parametrize(
    ("changes", "told", "why"),
    [
        ({}, {"groups": np.arange(200) // 10}, "rows of a group are not exchangeable"),
        ({"cv": KFold(4)}, {}, "the folds came from a splitter that may have looked at the target"),
        ({"cv": GroupKFold(4)}, {"groups": np.arange(200) // 10}, "rows of a group are not exchangeable"),
        ({"warm_start": True}, {}, "warm_start may have gone on after a look at the folds"),
        ({"callback": lambda progress: True}, {}, "training was stopped from outside, after a look at all members"),
        ({}, {"X_val": np.zeros((20, 3)), "y_val": np.zeros(20)}, "members stopped by X_val and y_val, which may hold"),
    ],
)
def test_where_no_floor_is_known(table, changes, told, why):
    found = fit_with(*table, changes, **told).predict_interval(table[0])
    assert found.floor is None
    assert f"no floor, because {why}" in found.assumption
    assert "a floor is not known" in str(found)


def test_a_search_by_the_folds_leaves_no_floor(table):
    X, y = table
    search = SizeSearch(clone(MODEL).set_params(max_iter=3), sizes=[(4,), (8,)]).fit(X[:100], y[:100])
    found = search.best_estimator_.predict_interval(X)
    assert "no floor, because the same folds chose the size of the network" in found.assumption
    assert search.best_estimator_.calibrate(X[100:], y[100:]).predict_interval(X).floor == 0.9


@pytest.mark.parametrize(
    ("changes", "told", "words"),
    [
        ({"cv": None}, {}, r"this model has no folds, .*; fit with folds, or call calibrate\(X, y\) with at least 20"),
        ({"n_members": 1}, {}, "this model has no folds"),
        ({}, {"sample_weight": np.arange(200) + 1.0}, r"fitted with sample weights that differ, .*; call calibrate"),
    ],
)
def test_where_there_is_nothing_to_stand_on(table, changes, told, words):
    X, y = table
    model = fit_with(X, y, {"max_iter": 1, **changes}, **told)
    with pytest.raises(ValueError, match=words):
        model.predict_interval(X)
    assert model.calibrate(X[200:], y[200:]).predict_interval(X).floor == 0.9


def test_too_few_rows_for_folds(table):
    X, y = table
    model = clone(MODEL).fit(X[:7], y[:7])
    with pytest.raises(ValueError, match="fewer than two rows a member"):
        model.predict_interval(X)
    assert np.isinf(model.calibrate(X[7:15], y[7:15]).predict_interval(X).width).all()
    assert np.isfinite(model.calibrate(X[7:16], y[7:16]).predict_interval(X).width).all()


def test_weights_that_leave_rows_out(table):
    X, y = table
    weights = np.repeat([3.0, 0.0], [160, 40])
    found = fit_with(X, y, {}, sample_weight=weights).predict_interval(X[200:])
    assert found.rows == 160
    expected = clone(MODEL).fit(X[:160], y[:160]).predict_interval(X[200:])
    np.testing.assert_allclose(found.upper, expected.upper, atol=1e-4)


def test_partial_fit_ends_what_was_known(table):
    X, y = table
    model = clone(IN_BATCHES).fit(X[:200], y[:200]).partial_fit(X[200:300], y[200:300])
    with pytest.raises(ValueError, match=r"this model has no folds, .* or was trained by partial_fit"):
        model.predict_interval(X)


def test_what_is_refused(table, fitted):
    X, y = table
    with pytest.raises(ValueError, match="coverage=95 must be a number above 0 and below 1"):
        fitted.predict_interval(X, 95)
    with pytest.raises(ValueError, match="width='wide' is not known; choose one of constant, adaptive"):
        fitted.predict_interval(X, width="wide")
    with pytest.raises(ValueError, match=r"these are the rows that the model was fitted to, .* leave calibrate out"):
        clone(MODEL).fit(X[:200], y[:200]).calibrate(X[:200], y[:200])
    with pytest.raises(ValueError, match=r"calibrate takes no sample_weight: .*; leave it out"):
        fitted.calibrate(X[200:], y[200:], sample_weight=np.ones(200))
    with pytest.raises(ValueError, match=r"y has 2 target\(s\), but the model predicts 1"):
        fitted.calibrate(X[200:], np.column_stack([y, y])[200:])
    blunt = clone(MODEL).set_params(early_stopping=False).fit(X[:200], y[:200])
    with pytest.raises(
        ValueError, match=r"width='adaptive' is learned on validation rows of a table, .*; fit with early"
    ):
        blunt.predict_interval(X, width="adaptive")
    quantiles = clone(MODEL).set_params(loss="quantile").fit(X[:200], y[:200])
    with pytest.raises(ValueError, match=r"width='adaptive' is for losses that predict one number; .* leave width out"):
        quantiles.predict_interval(X, width="adaptive")
    single = clone(MODEL).set_params(loss=Quantile(0.5)).fit(X[:200], y[:200])
    with pytest.raises(ValueError, match=r"two quantiles to start from, but the loss has \(0.5,\); use Quantile\("):
        single.predict_interval(X)


@pytest.mark.parametrize("changes", [{}, {"loss": "quantile"}, {"loss": "gamma"}])
@pytest.mark.parametrize("calibrated", [False, True])
def test_intervals_survive_a_file(table, tmp_path, changes, calibrated):
    X, y = table[0], np.abs(table[1]) + 0.1
    model = clone(MODEL).set_params(**changes).fit(X[:200], y[:200])
    if calibrated:
        model.calibrate(X[200:300], y[200:300])
    again = glassnet.load(glassnet.save(model, tmp_path / "m"))
    for width in ["constant"] if "quantile" in changes.values() else ["constant", "adaptive"]:
        one, other = model.predict_interval(X, 0.8, width=width), again.predict_interval(X, 0.8, width=width)
        np.testing.assert_array_equal(one.lower, other.lower)
        np.testing.assert_array_equal(one.upper, other.upper)
        assert one.promise == other.promise


def test_own_losses(table):
    X, y = table
    loss = CustomLoss(lambda x, y: (x - y) ** 2, lambda x, y: 2 * (x - y))
    assert clone(MODEL).set_params(loss=loss).fit(X[:200], y[:200]).predict_interval(X, width="adaptive").floor > 0.7


@pytest.mark.slow
@pytest.mark.parametrize("members", [2, 8])
def test_coverage_of_a_fit_is_not_below_its_floor(table, members):
    """60 rows, 40 fits of few steps, 50 new rows each: what is five deviations of the mean below counts as low."""
    random, found = np.random.default_rng(0), []
    for seed in range(40):
        X = random.uniform(-1, 1, size=(110, 3))
        y = X[:, 1] + np.exp(2 * X[:, 0]) * random.normal(size=110)
        model = clone(MODEL).set_params(n_members=members, max_iter=3, random_state=seed).fit(X[:60], y[:60])
        found.append(covered(model.predict_interval(X[60:], 0.8), y[60:]))
    assert np.mean(found) + 5 * np.std(found) / np.sqrt(40) >= model.predict_interval(X, 0.8).floor
