import warnings
from itertools import pairwise

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from glassnet import Adam, NetworkClassifier, NetworkRegressor, SizeSearch
from glassnet.estimators.search import Candidate
from glassnet.insight.figures.size_search import SizeDisplay
from glassnet.insight.search_report import as_table

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(120, 2))
Y = np.sin(3 * X[:, 0]) * X[:, 1]
BASE = NetworkRegressor(n_members=2, max_iter=27, random_state=0, solver=Adam(weight_decay=0.05))
SIZES = [(1,), (2,), (16,), (16, 16)]


@pytest.fixture(scope="module")
def found():
    return SizeSearch(BASE, SIZES, factor=3).fit(X, Y)


def test_halving_keeps_the_best_and_trains_them_for_longer(found):
    """Four sizes for 27 / 3 epochs, the best two of them for 27."""
    rounds = [[c for c in found.candidates_ if c.round == number] for number in (1, 2)]
    assert [len(own) for own in rounds] == [4, 2]
    assert [{c.epochs for c in own} for own in rounds] == [{9}, {27}]
    best = sorted(rounds[0], key=lambda candidate: candidate.error)[:2]
    assert {c.hidden_layer_sizes for c in best} == {c.hidden_layer_sizes for c in rounds[1]}


def test_the_winner_is_what_a_fit_of_its_size_would_be(found):
    size = found.best_params_["hidden_layer_sizes"]
    assert found.best_index_ == np.argmin(found.cv_results_["rank_test_score"])
    alone = clone(BASE).set_params(hidden_layer_sizes=size).fit(X, Y)
    np.testing.assert_array_equal(found.predict(X), alone.predict(X))
    assert found.best_score_ == alone.oof_score_
    assert found.score(X, Y) == alone.score(X, Y)


def test_errors_are_those_of_the_folds(found):
    """The mean square of the folds' errors is the error of all rows, as folds are of one size."""
    model, best = found.best_estimator_, found.candidates_[found.best_index_]
    whole = np.mean(np.square(model.oof_prediction_ - Y)) / np.var(Y)
    assert best.error**2 + best.standard_deviation**2 == pytest.approx(whole, rel=1e-6)


def test_only_the_last_round_warns_that_it_has_not_converged():
    base = NetworkRegressor(preset="plain", n_members=2, max_iter=9, random_state=0)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        search = SizeSearch(base, [(1,), (2,), (3,), (4,)], factor=3).fit(X, Y)
    last = [candidate for candidate in search.candidates_ if candidate.round == 2]
    assert len(search.candidates_) > len(last) == len([each for each in told if each.category is ConvergenceWarning])


def test_time_that_is_over_leaves_one_size_a_round():
    hasty = SizeSearch(BASE, SIZES, max_time=1e-6).fit(X, Y)
    assert sorted([*{c.hidden_layer_sizes for c in hasty.candidates_}, *hasty.untried_]) == sorted(SIZES)
    assert [(c.round, c.hidden_layer_sizes) for c in hasty.candidates_] == [(1, (1,)), (2, (1,))]
    assert np.isfinite(hasty.predict(X)).all()


def test_a_search_is_for_regressors():
    with pytest.raises(TypeError, match="a search fits a NetworkRegressor, and the estimator is a NetworkClassifier"):
        SizeSearch(NetworkClassifier()).fit(X, Y)


def test_it_is_shown(found, tmp_path):
    text = str(as_table(found.candidates_))
    assert "16-16" in text
    assert len(text.splitlines()) >= 6
    display = SizeDisplay.from_estimator(found)
    display.save(tmp_path / "sizes.png")
    assert (tmp_path / "sizes.png").stat().st_size > 10_000
    drawn = [xy for line in display.lines_ for xy in line[0].get_xydata().tolist()]
    assert sorted(drawn) == sorted([each.parameters, each.error] for each in found.candidates_)
    best = found.candidates_[found.best_index_]
    assert display.best_.get_offsets().tolist() == [[best.parameters, best.error]]
    neurons = (
        "1 neuron" if best.hidden_layer_sizes == (1,) else f"{'-'.join(map(str, best.hidden_layer_sizes))} neurons"
    )
    assert f"{neurons}, {best.error:.4g}" in display.describe()
    assert display.frame()["error"].to_list() == [each.error for each in found.candidates_]


@pytest.mark.parametrize("most", [100, 300, 480, 1_500, 6_000, 30_000, 4_000_000])
def test_numbers_of_parameters_have_room_below_the_axis(most):
    """Of few sizes near each other and of many, over less than a decade and over several."""
    numbers = np.geomspace(49, most, 9).astype(int).tolist()
    candidates = [Candidate((16, 16), number, 1, 1, 0.5, 0.1, 1.0) for number in numbers]
    display = SizeDisplay(candidates).plot()
    display.figure_.canvas.draw()
    low, high = display.ax_.get_xlim()
    labels = [label for label in display.ax_.get_xticklabels() if low <= label.get_position()[0] <= high]
    assert len(labels) >= 2
    assert "1,000" in [label.get_text() for label in labels] or most < 1_000
    boxes = [label.get_window_extent() for label in labels]
    assert all(one.x1 < other.x0 for one, other in pairwise(boxes))
    assert display.ax_.get_legend_handles_labels()[1][1] == "2 layers, 1 epoch"


def test_mistakes_are_named():
    with pytest.raises(ValueError, match=r"SizeSearch\(factor=1\): factor must be an integer of at least 2"):
        SizeSearch(BASE, factor=1).fit(X, Y)
    with pytest.raises(ValueError, match=r"sizes must be a sequence of sizes of hidden layers"):
        SizeSearch(BASE, [(0,)]).fit(X, Y)
    with pytest.raises(ValueError, match="a search judges members by their folds; give the estimator several members"):
        SizeSearch(clone(BASE).set_params(n_members=1), SIZES).fit(X, Y)


def test_rows_of_weight_zero_count_in_no_fold():
    weights = np.ones(120)
    weights[:30] = 0.0
    wrong = np.where(weights > 0, Y, 1e3)  # nobody may hear of these targets
    kept = SizeSearch(BASE, [(2,)]).fit(X, wrong, sample_weight=weights)
    rows = np.concatenate(kept.best_estimator_.fold_rows_)
    assert sorted(rows) == list(range(30, 120))
    squares = [
        np.mean(np.square(kept.best_estimator_.oof_prediction_[r] - Y[r])) for r in kept.best_estimator_.fold_rows_
    ]
    best = kept.candidates_[0]
    assert best.error**2 + best.standard_deviation**2 == pytest.approx(np.mean(squares) / np.var(Y[30:]), rel=1e-6)
