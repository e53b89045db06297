"""Ranks, ends and floors: against brute force, MAPIE, and the probability that is promised."""

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from mapie.regression import CrossConformalRegressor
from scipy.stats import betabinom, binomtest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

from glassnet.conformal.coverage import as_coverage, rank
from glassnet.conformal.prediction import belongs, cross_floor, interval, scores, split_floor


def brute_force(lower, upper, width, found, level):
    """The definition: every sum made and sorted."""
    n = sum(map(len, found))
    low, high = floor((1 - level) * (n + 1)), n + 1 - floor((1 - level) * (n + 1))
    if low == 0:
        return np.full(lower.shape[1], -np.inf), np.full(lower.shape[1], np.inf)
    down = np.concatenate([lower[f][:, None] - width[f][:, None] * own for f, own in enumerate(found)], axis=1)
    up = np.concatenate([upper[f][:, None] + width[f][:, None] * own for f, own in enumerate(found)], axis=1)
    ends = np.sort(down, axis=1)[:, low - 1], np.sort(up, axis=1)[:, high - 1]
    return np.minimum(*ends), np.maximum(*ends)


DRAWS = {
    "continuous": lambda random, n: random.exponential(size=n),
    "signed": lambda random, n: random.normal(size=n),
    "ties": lambda random, n: random.integers(0, 3, size=n).astype(float),
    "constant": lambda random, n: np.full(n, 0.1),
    "zero": lambda random, n: np.zeros(n),
    "of all sizes": lambda random, n: 10.0 ** random.integers(-300, 300, size=n),
}


@pytest.mark.parametrize("kind", DRAWS)
@pytest.mark.parametrize("center", [0.0, 1e9, -1e-9])
def test_ends_are_those_of_brute_force_to_the_bit(kind, center):
    random = np.random.default_rng(0)
    for _ in range(60):
        folds, rows = random.integers(1, 7), random.integers(1, 6)
        found = [DRAWS[kind](random, random.integers(0, 9)) for _ in range(folds)]
        found[0] = DRAWS[kind](random, 3)
        lower = center + np.round(random.normal(size=(folds, rows)), random.integers(0, 17))
        upper = lower + random.choice([0.0, 1.0]) * random.exponential(size=lower.shape)
        width = np.exp(random.choice([0, 3]) * random.normal(size=lower.shape))
        level = Fraction(int(random.integers(1, 40)), 40)
        expected = brute_force(lower, upper, width, found, level)
        np.testing.assert_array_equal(interval(lower, upper, width, found, level), expected)


@pytest.mark.parametrize("coverage", [0.8, 0.85, 0.9, 0.95])
@pytest.mark.parametrize("rows", [60, 103])
def test_cv_plus_is_mapies_to_the_bit(coverage, rows):
    X, y = load_diabetes(return_X_y=True)
    X, y, X_new = X[:rows], y[:rows], X[rows : rows + 40]
    folds = KFold(10, shuffle=True, random_state=1)
    theirs = CrossConformalRegressor(Ridge(), confidence_level=coverage, method="plus", cv=folds)
    _, expected = theirs.fit_conformalize(X, y).predict_interval(X_new)
    found, center = [], []
    for train, test in folds.split(X):
        model = Ridge().fit(X[train], y[train])
        r = y[test] - model.predict(X[test])
        found.append(scores(-r, r))
        center.append(model.predict(X_new))
    center = np.stack(center)
    ends = interval(center, center, np.ones_like(center), found, as_coverage(coverage))
    np.testing.assert_array_equal(np.stack(ends, axis=1), expected[:, :, 0])


@pytest.mark.parametrize(
    ("n", "coverage", "k"),
    [
        (1, 0.5, 1), (1, 0.6, 2), (5, 0.8, 5), (5, 0.9, 6), (9, 0.9, 9), (9, 0.91, 10), (19, 0.95, 19), (19, 0.9, 18),
        (20, 0.95, 20), (20, 0.96, 21), (99, 0.7, 70), (99, 1 - 0.3, 70), (9, 1 - 0.7, 3), (999, 0.999, 999),
    ],
)  # fmt: skip
def test_legal_ranks(n, coverage, k):
    """0.95 of 19 + 1 is 19 exactly, which floating point misses by a rank in one direction or the other."""
    assert rank(as_coverage(coverage), n) == k
    center = np.zeros((1, 1))
    low, high = interval(center, center, np.ones((1, 1)), [np.arange(1.0, n + 1)], as_coverage(coverage))
    end = k if k <= n else np.inf
    assert (low[0], high[0]) == (-end, end)


@pytest.mark.parametrize("given", [0, 1, -0.1, 90, True, "0.9", None, np.nan, 1e-12, 1 - 1e-12])
def test_a_level_is_between_0_and_1(given):
    with pytest.raises(
        ValueError, match=r"coverage=.* must be a number above 0 and below 1; for 90% type coverage=0.9"
    ):
        as_coverage(given)


@pytest.mark.parametrize("given", [0.9, np.float32(0.9), np.float64(0.9), Fraction(9, 10)])
def test_a_level_is_the_fraction_that_was_meant(given):
    assert as_coverage(given) == Fraction(9, 10)


CELLS = [(n, level) for n in (9, 19, 50, 200) for level in (Fraction(1, 2), Fraction(4, 5), Fraction(9, 10))]
DRAWN, NEW = 1_000, 50


@pytest.mark.parametrize(("n", "level"), CELLS)
def test_split_coverage_is_beta_binomial(n, level):
    """Of m new rows, a draw of n calibration rows covers BetaBinomial(m, k, n + 1 - k) (Vovk 2012).

    The total over 1,000 fresh draws is compared with its exact law, two-sided, at .01 / 12.
    """
    random = np.random.default_rng([n, level.numerator])
    k = rank(level, n)
    hits = 0
    for _ in range(DRAWN):
        r, new = random.normal(size=n), random.normal(size=NEW)
        center = np.zeros((1, NEW))
        low, high = interval(center, center, np.ones((1, NEW)), [scores(-r, r)], level)
        hits += np.sum((low <= new) & (new <= high))
    one = betabinom.pmf(np.arange(NEW + 1), NEW, k, n + 1 - k)
    total = np.fft.irfft(np.fft.rfft(one, DRAWN * NEW + 1) ** DRAWN, DRAWN * NEW + 1)  # the sum's law
    assert total.sum() == pytest.approx(1)
    assert 2 * min(total[: hits + 1].sum(), total[hits:].sum()) > 0.01 / len(CELLS)
    assert k / (n + 1) >= split_floor(level)


def nearest(X, y, X_new):
    return y[np.argmin(np.abs(X_new[:, None] - X), axis=1)]


def middle(X, y, X_new):
    return np.full(len(X_new), np.median(y))


def restless(X, y, X_new):
    """As unstable as can be: another row of training, another constant far away."""
    return np.full(len(X_new), 100 * np.sin(1e6 * y.sum()))


def cross_fitted(model, X, y, X_new, folds):
    """Return the ends' ingredients: centres (folds, new) and signed residuals by fold."""
    center, found = [], []
    for test in folds:
        train = np.setdiff1d(np.arange(len(X)), test)
        found.append(y[test] - model(X[train], y[train], X[test]))
        center.append(model(X[train], y[train], X_new))
    return np.stack(center), found


SHORT, LONG = 150, pytest.param(300, marks=pytest.mark.slow)


@pytest.mark.parametrize("draws", [SHORT, LONG])
@pytest.mark.parametrize("model", [nearest, middle, restless])
@pytest.mark.parametrize(("n", "folds"), [(40, 4), (31, 10)])  # equal folds, and folds of 3 and 4 rows
@pytest.mark.parametrize("level", [Fraction(4, 5), Fraction(9, 10)])
def test_cv_plus_is_never_below_its_floor(model, n, folds, level, draws):
    """Draws of one new row each: a coverage below the floor would show at .01 / 12."""
    random = np.random.default_rng(0)
    hits = 0
    for _ in range(draws):
        X, y = random.normal(size=n + 1), random.standard_t(3, size=n + 1)
        parts = np.array_split(random.permutation(n), folds)
        center, found = cross_fitted(model, X[:n], y[:n], X[n:], parts)
        found = [scores(-r, r) for r in found]
        low, high = interval(center, center, np.ones_like(center), found, level)
        hits += int(low[0] <= y[n] <= high[0])
    proved = cross_floor(level, [len(part) for part in parts], random_folds=True)
    assert proved > 0.1
    assert binomtest(hits, draws, proved, alternative="less").pvalue > 0.01 / 12


@pytest.mark.parametrize(("sizes", "floor_"), [([40] * 5, 0.761), ([100] * 10, 0.782), ([1000] * 10, 0.798)])
def test_floors_of_theorem_4(sizes, floor_):
    assert cross_floor(Fraction(9, 10), sizes, random_folds=True) == pytest.approx(floor_, abs=5e-4)


def test_unequal_folds_lose_the_second_term():
    """For many small folds that term is the better one: it is proved for equal ones that were drawn, only."""
    level, equal, unequal = Fraction(9, 10), [10] * 16, [10] * 15 + [11]
    assert cross_floor(level, equal, random_folds=True) == pytest.approx(0.8 - (1 - 16 / 160) / 17)
    assert cross_floor(level, equal, random_folds=False) == pytest.approx(0.8 - 2 * (1 - 1 / 16) / (160 / 16 + 1))
    assert cross_floor(level, unequal, random_folds=True) == pytest.approx(0.8 - 2 * 15 / (161 + 16))


def test_floors_are_shares():
    assert cross_floor(Fraction(1, 2), [2] * 8, random_folds=True) == 0.0  # nothing is proved
    assert cross_floor(Fraction(99, 100), [2] * 8, random_folds=True) == 1.0  # the ends are infinite
    assert cross_floor(Fraction(9, 10), [0, 0], random_folds=False) == 1.0


def test_labels_belong_by_the_definition():
    random = np.random.default_rng(0)
    for _ in range(200):
        found = [np.round(random.uniform(size=random.integers(0, 6)), 1) for _ in range(4)]
        score, level = np.round(random.uniform(size=(4, 7)), 1), Fraction(int(random.integers(1, 20)), 20)
        n = sum(map(len, found))
        as_far = sum((own[:, None] >= said).sum(axis=0) for own, said in zip(found, score, strict=True))
        p_value = np.array([Fraction(int(count) + 1, n + 1) for count in as_far])
        np.testing.assert_array_equal(belongs(score, found, level), p_value > 1 - level)


def test_a_class_without_rows_belongs_to_every_set():
    assert belongs(np.ones((2, 3)), [np.zeros(0)] * 2, Fraction(9, 10)).all()


def test_crossing_ends_are_exchanged():
    """Quantiles far too wide: every score is below 0, and the ends pass each other."""
    lower, upper = np.array([[-1.0]]), np.array([[1.0]])
    low, high = interval(lower, upper, np.ones((1, 1)), [np.full(9, -3.0)], Fraction(9, 10))
    assert (low[0], high[0]) == (-2.0, 2.0)
