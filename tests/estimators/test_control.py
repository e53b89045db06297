"""Solvers, regularisation, going on, stopping and what the rest of scikit-learn does with the estimators."""

import os
import pickle
import signal
import threading
import warnings
from time import perf_counter

import numpy as np
import pytest
from joblib import Parallel, delayed
from scipy.stats import binomtest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_iris, load_wine
from sklearn.ensemble import BaggingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_sample_weight

from glassnet import SGD, Adam, NetworkClassifier, NetworkRegressor
from glassnet.storage.container import write_container
from glassnet.training.checkpoint import NAMES, CheckpointError
from glassnet.training.lbfgs import LBFGS
from glassnet.training.levenberg_marquardt import LevenbergMarquardt
from glassnet.training.optimizers import AdamW
from glassnet.training.stopping import StopReason

FAST = NetworkRegressor((8,), "tanh", max_iter=30, random_state=0, learning_rate_init=0.01, n_members=2)
ALONE = NetworkRegressor(
    (), early_stopping=False, n_members=1, random_state=0, tol=0.0, n_iter_no_change=500, max_iter=500
)


@pytest.mark.parametrize("solver", [LBFGS(gradient_tolerance=1e-10), LevenbergMarquardt(tolerance=1e-10)])
def test_full_batch_solvers_reach_ridge_regression_exactly(small, solver):
    X, y = small
    weights = np.random.default_rng(0).uniform(0.5, 2, size=120)
    model = clone(ALONE).set_params(solver=solver, alpha=3.0).fit(X, y, sample_weight=weights)
    own = model.members_[0].preprocessing
    ridge = Ridge(alpha=3.0).fit(own.scale_inputs(X), own.scale_targets(y[:, None]).ravel(), sample_weight=weights)
    np.testing.assert_allclose(model.coefs_[0].ravel(), ridge.coef_, rtol=1e-5)
    np.testing.assert_allclose(model.intercepts_[0], ridge.intercept_, atol=1e-7)
    assert model.coefs_[0].dtype == np.float64


def test_lm_shows_its_damping_and_beats_descent(small):
    X, y = small
    model = (
        clone(FAST)
        .set_params(
            solver=LevenbergMarquardt(1e-9), learning_rate_init=None, early_stopping=False, tol=0.0, max_iter=60
        )
        .fit(X, y)
    )
    history = model.members_[0].history
    assert len(history.damping) == history.epochs
    assert history.loss == tuple(sorted(history.loss, reverse=True))
    slow = clone(FAST).set_params(early_stopping=False, max_iter=60, tol=0).fit(X, y)
    assert model.loss_curve_[-1] < 0.5 * slow.loss_curve_[-1]


@pytest.mark.parametrize(
    ("rows", "hidden", "loss", "expected"),
    [
        (100, (4,), "half_squared_error", "lm"),
        (100, (4,), "huber", "lbfgs"),
        (20_000, (64,), "half_squared_error", "adam"),
    ],
)
def test_auto_says_which_solver_and_why(rows, hidden, loss, expected):
    X = np.random.default_rng(0).normal(size=(rows, 3))
    model = NetworkRegressor(hidden, solver="auto", loss=loss, max_iter=2, n_members=1, random_state=0).fit(X, X[:, 0])
    assert model.solver_ == expected
    assert f"{model.training_rows_.size} rows" in model.solver_reason_


def test_plain_is_scikit_learns_network():
    """Same size, solver and start rule: over seeds the training losses after 20 epochs agree within their spread."""
    random = np.random.default_rng(0)
    X = random.normal(size=(600, 4))
    y = np.sin(2 * X[:, 0]) + X[:, 1]
    X, y = StandardScaler().fit_transform(X), (y - y.mean()) / y.std()
    ours, theirs = [], []
    for seed in range(8):
        ours.append(NetworkRegressor(preset="plain", max_iter=20, random_state=seed).fit(X, y).loss_curve_[-1])
        peer = MLPRegressor(max_iter=20, n_iter_no_change=100, random_state=seed)
        with np.errstate(all="ignore"), pytest.warns(match="Maximum iterations"):
            theirs.append(peer.fit(X, y).loss_curve_[-1])
    deviation = np.sqrt(np.var(ours) / 8 + np.var(theirs) / 8)
    assert abs(np.mean(ours) - np.mean(theirs)) < 4 * deviation + 0.02 * np.mean(theirs)
    model = NetworkRegressor(preset="plain", max_iter=1).fit(X, y)
    assert (len(model.members_), model.coefs_[0].shape, model.validation_rows_.size) == (1, (4, 100), 0)


@pytest.mark.parametrize(
    ("given", "inside"),
    [((0, None), lambda p: p >= 0), ((None, 1), lambda p: p <= 1), ((0, 1), lambda p: (p >= 0) & (p <= 1))],
)
def test_predictions_stay_in_their_range(given, inside):
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 2))
    y = 1 / (1 + np.exp(-2 * X[:, 0]))
    model = clone(FAST).set_params(output_range=given, max_iter=60).fit(X, y)
    assert inside(model.predict(100 * random.normal(size=(500, 2)))).all()
    assert model.score(X, y) > 0.9


def test_activation_of_each_layer(small):
    model = NetworkRegressor((4, 3), ["tanh", "mish"], preset="plain", max_iter=2, random_state=0).fit(*small)
    assert [type(layer.activation).__name__ for layer in model.network_.layers] == ["Tanh", "Mish", "Identity"]


def test_weight_decay_shrinks(small):
    sizes = [
        np.linalg.norm(clone(FAST).set_params(preset="plain", solver=solver).fit(*small).coefs_[0])
        for solver in (Adam(), AdamW(), Adam(weight_decay=20.0))
    ]
    assert sizes[0] > sizes[1] > sizes[2]


def test_schedules_train(small):
    for name, step in (("cosine", 0.02), ("log_cosine", 0.02), ("invscaling", 0.5), ("adaptive", 0.02)):
        model = clone(FAST).set_params(solver=Adam(schedule=name, warmup=0.1), max_iter=60, learning_rate_init=step)
        assert model.fit(*small).score(*small) > 0.5


def test_adaptive_cuts_the_step_size_and_goes_on(small):
    model = (
        clone(FAST)
        .set_params(solver=SGD(schedule="adaptive"), learning_rate_init=0.1, n_iter_no_change=2, tol=0.01, max_iter=400)
        .fit(*small)
    )
    assert float(np.max(model._states.step_size)) < 1e-5


def test_own_split_and_own_metric(small):
    X, y = small
    seen = []

    def worst(truth, prediction):
        seen.append(truth.copy())
        return float(np.max(np.abs(truth - prediction)))

    model = clone(FAST).set_params(monitor=worst, n_iter_no_change=50).fit(X[:80], y[:80], X_val=X[80:], y_val=y[80:])
    curve = model.members_[1].history.validation_loss
    np.testing.assert_array_equal(seen[0].ravel(), y[80:])
    assert curve[model.members_[1].history.kept_epoch - 1] == min(curve)
    kept = worst(y[80:], model.predict_members(X[80:])[1])
    assert kept == pytest.approx(min(curve), rel=1e-5)
    assert model.members_[0].split.train.size == 40  # the other half is its fold; nothing else is held out


def test_least_squares_refuse_large_networks_and_start_from_a_small_one(small):
    with pytest.raises(ValueError, match=r"all 4681 parameters in every step, .* above 3000; take fewer neurons"):
        clone(FAST).set_params(solver="lm", learning_rate_init=None, hidden_layer_sizes=(64, 64, 4)).fit(*small)
    assert NetworkRegressor(solver="lm", max_iter=1, n_members=1).fit(*small).network_.shapes[1] == (16,)


@pytest.mark.parametrize(("changes", "warns"), [({"preset": "plain"}, True), ({"solver": "lbfgs"}, True), ({}, False)])
def test_a_fit_that_max_iter_ends_warns_where_no_schedule_ends_it(small, changes, warns):
    """A recipe's steps shrink towards max_iter, which is its natural end; nothing else has one."""
    model = clone(ALONE).set_params(max_iter=3, **changes)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model.fit(*small)
    assert model.stop_reason_ is StopReason.MAX_ITER
    found = [str(one.message) for one in said if issubclass(one.category, ConvergenceWarning)]
    assert found == warns * [
        "max_iter=3 epochs are done, and the optimization has not converged yet; give a larger max_iter"
    ]
    assert all(one.filename == __file__ for one in said)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        model.set_params(solver=LBFGS(0.1), preset="balanced", max_iter=500).fit(*small)
    assert model.stop_reason_ is StopReason.CONVERGED


def test_max_time(small):
    began = perf_counter()
    model = clone(FAST).set_params(max_iter=10**7, n_iter_no_change=10**7, max_time=0.5).fit(*small)
    assert model.stop_reason_ is StopReason.MAX_TIME
    assert perf_counter() - began < 60  # and not the hours of 10^7 epochs


def test_a_step_size_that_diverges_is_cut(small):
    model = clone(FAST).set_params(activation="relu", solver="sgd", learning_rate_init=3.0, max_iter=40).fit(*small)
    assert all(member.history.retries in (1, 2, 3) for member in model.members_)
    assert np.isfinite(model.predict(small[0])).all()


def test_a_failed_fit_leaves_the_model_as_it_was(small):
    X, y = small
    model = clone(FAST).fit(X, y)
    before = model.predict(X)
    with pytest.raises(ValueError, match="the target is nan"):
        model.fit(1000 * X, np.where(np.arange(120) == 3, np.nan, y))
    with pytest.raises(ArithmeticError, match="diverged"):
        model.set_params(learning_rate_init=1e20, solver="sgd", activation="relu").fit(1000 * X, y)
    np.testing.assert_array_equal(model.predict(X), before)


def test_interrupt_keeps_the_best_so_far(small):
    before = signal.getsignal(signal.SIGINT)
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    model = clone(FAST).set_params(max_iter=10**7, n_iter_no_change=10**7).fit(*small)
    timer.join()
    assert model.stop_reason_ is StopReason.INTERRUPTED
    assert np.isfinite(model.predict(small[0])).all()
    assert signal.getsignal(signal.SIGINT) is before


def test_warm_start_goes_on(small):
    X, y = small
    same = clone(FAST).set_params(tol=0, n_iter_no_change=99, early_stopping=False)
    same.set_params(solver=Adam(schedule="constant", warmup=0.0, weight_decay=0.0))  # nothing depends on the last epoch
    whole = clone(same).set_params(max_iter=20).fit(X, y)
    halves = clone(same).set_params(max_iter=10, warm_start=True).fit(X, y)
    first = halves.loss_curve_
    halves.fit(X, y)
    np.testing.assert_allclose(first + halves.loss_curve_, whole.loss_curve_, rtol=1e-6)
    assert halves.oof_score_ == pytest.approx(whole.oof_score_, rel=1e-5)
    before = halves.members_[0].preprocessing
    halves.fit(3 * X + 1, y)
    assert halves.members_[0].preprocessing is before
    assert not hasattr(halves, "oof_score_")


def test_going_on_never_flatters_the_out_of_fold_score():
    """On pure noise whatever was fitted before, out-of-fold R2 is not above 0 by five deviations, or is not there."""
    random = np.random.default_rng(0)
    X, Z, y = random.normal(size=(120, 3)), random.normal(size=(120, 3)), random.normal(size=120)
    base = NetworkRegressor((32,), learning_rate_init=0.02, max_iter=60, tol=0, n_iter_no_change=999, n_members=4,
                            early_stopping=False, warm_start=True, random_state=0)  # fmt: skip

    def score(model):
        return getattr(model, "oof_score_", 0.0)

    assert score(clone(base).fit(Z, y).fit(X, y).fit(X, y)) < 5 / np.sqrt(120)
    parted = clone(base).fit(X, y)
    for _ in range(60):
        parted.partial_fit(X, y)
    assert score(parted.fit(X, y)) < 5 / np.sqrt(120)
    assert score(clone(base).set_params(cv=None).fit(X, y).set_params(cv="auto").fit(X, y)) < 5 / np.sqrt(120)
    assert score(clone(base).fit(X, y).fit(X, y, groups=np.arange(120) // 3)) < 5 / np.sqrt(120)


def test_going_on_with_another_solver(small):
    X, y = small
    model = clone(FAST).set_params(warm_start=True, early_stopping=False, preset="plain").fit(X, y)

    def losses():
        return np.array([member.history.loss[-1] for member in model.members_])

    begun = losses()
    model.set_params(solver="lm", learning_rate_init=None).fit(X, y)
    least = losses()
    assert np.all(least < 0.5 * begun)
    for solver in ("adam", "sgd"):
        model.set_params(solver=solver, learning_rate_init=1e-7, max_iter=1).fit(X, y)
        assert (model.solver_, model.n_iter_) == (solver, 1)
        np.testing.assert_allclose(losses(), least, rtol=1e-3)


def test_every_member_gets_its_epochs_when_it_goes_on(small):
    X, y = small
    model = clone(FAST).set_params(n_members=4, n_iter_no_change=2, tol=0.02, max_iter=100).fit(X, y)
    assert len({member.history.epochs for member in model.members_}) > 1
    assert {member.history.epochs for member in model.partial_fit(X, y).members_} == {1}
    assert {member.history.epochs for member in model.partial_fit(X[:1], y[:1]).members_} == {1}


def test_a_checkpoint_of_another_step_size_is_refused(small, tmp_path):
    clone(FAST).fit(*small, checkpoint=tmp_path)
    with pytest.raises(CheckpointError, match="holds a checkpoint of another fit"):
        clone(FAST).set_params(learning_rate_init=0.5).fit(*small, checkpoint=tmp_path)


def test_what_belongs_together(small):
    X, y = small
    with pytest.raises(ValueError, match="X_val and y_val belong together"):
        clone(FAST).fit(X, y, y_val=y)
    with pytest.raises(ValueError, match="groups has 130 entries for 120 rows"):
        clone(FAST).fit(X, y, groups=np.zeros(130))
    with pytest.raises(ValueError, match=r"dropout=0\.1 acts in batches, which solver='lm' has not"):
        clone(FAST).set_params(solver="lm", learning_rate_init=None, dropout=0.1).fit(X, y)
    with pytest.raises(ValueError, match=r"monitor returned .*nan.* finite number"):
        clone(FAST).set_params(monitor=lambda truth, prediction: np.nan).fit(X, y)


def test_splitters_by_row_number_and_rows_of_weight_zero(small):
    X, y = small
    weights = np.where(np.arange(120) % 3 == 0, 0.0, 1.0)
    splits = list(KFold(2).split(X))
    model = clone(FAST).set_params(cv=splits).fit(X, y, sample_weight=weights)
    own = np.flatnonzero(weights)
    assert own[model.members_[0].split.test].tolist() == [row for row in splits[0][1] if weights[row]]


def test_balanced_classes_do_not_count_rows_of_weight_zero():
    random = np.random.default_rng(0)
    X = random.normal(size=(120, 2))
    y = (X[:, 0] > 0.5).astype(int)
    weights = np.where((y == 0) & (np.arange(120) % 2 == 0), 0.0, 1.0)
    model = NetworkClassifier((4,), max_iter=5, n_members=1, class_weight="balanced", random_state=0)
    weighted = clone(model).fit(X, y, sample_weight=weights).predict_proba(X)
    np.testing.assert_allclose(weighted, clone(model).fit(X[weights > 0], y[weights > 0]).predict_proba(X), rtol=1e-6)


def test_partial_fit_is_one_epoch_a_call(small):
    X, y = small
    model = clone(FAST).set_params(early_stopping=False)
    losses = [model.partial_fit(X, y).loss_curve_[-1] for _ in range(30)]
    assert losses[-1] < 0.5 * losses[0]
    assert model.n_iter_ == 1
    assert [member.history.epochs for member in model.members_] == [1, 1]
    assert not hasattr(model, "oof_score_")
    before = model.members_[0].preprocessing
    assert model.partial_fit(X[:50] + 2, y[:50]).members_[0].preprocessing is before
    with pytest.raises(AttributeError, match="partial_fit"):
        clone(FAST).set_params(solver="lm", learning_rate_init=None).partial_fit(X, y)


def test_checkpoint_gives_the_same_bits(small, tmp_path):
    X, y = small
    model = clone(FAST).set_params(max_iter=200, n_iter_no_change=200, dropout=0.2, solver=Adam(schedule="cosine"))
    whole = clone(model).fit(X, y)
    stop = clone(model).set_params(callback=lambda progress: progress.epoch >= 60)
    assert stop.fit(X, y, checkpoint=tmp_path).n_iter_ < 200
    resumed = clone(model).fit(X, y, checkpoint=tmp_path)
    assert resumed.loss_curve_ == whole.loss_curve_
    np.testing.assert_array_equal(resumed.predict(X), whole.predict(X))
    with pytest.raises(CheckpointError, match="holds a checkpoint of another fit"):
        clone(model).fit(X, y + 1, checkpoint=tmp_path)


def test_a_torn_checkpoint_falls_back_to_the_one_before(small, tmp_path):
    X, y = small
    model = clone(FAST).set_params(max_iter=40, n_iter_no_change=99)
    whole = clone(model).fit(X, y, checkpoint=tmp_path)
    newest = max(
        (tmp_path / name for name in NAMES if (tmp_path / name).exists()), key=lambda path: path.stat().st_mtime
    )
    newest.write_bytes(newest.read_bytes()[:-9])
    np.testing.assert_array_equal(clone(model).fit(X, y, checkpoint=tmp_path).predict(X), whole.predict(X))
    write_container(tmp_path / NAMES[0], {"count": 10**9, "fingerprint": "x", "leaves": 0}, {})
    with pytest.raises(CheckpointError):
        clone(model).fit(X, y, checkpoint=tmp_path)


@pytest.mark.parametrize("load", [load_iris, load_wine])
def test_classifier_against_peers(load):
    """Of the rows that only one of both gets right, the peer does not get significantly more."""
    X, y = load(return_X_y=True)
    peer = make_pipeline(StandardScaler(), MLPClassifier(max_iter=1000, random_state=0))
    model = NetworkClassifier(random_state=0, learning_rate_init=0.01, n_members=5)
    ours, theirs = (cross_val_predict(one, X, y, cv=5) == y for one in (model, peer))
    assert ours.mean() > 0.94
    alone = int(np.sum(ours & ~theirs)), int(np.sum(theirs & ~ours))
    assert sum(alone) == 0 or binomtest(alone[0], sum(alone), alternative="less").pvalue > 0.05


def test_linear_classifier_reaches_logistic_regression():
    random = np.random.default_rng(0)
    X = StandardScaler().fit_transform(random.normal(size=(300, 3)))
    y = (X[:, 0] - X[:, 1] + random.normal(size=300) > 0.5).astype(int)
    weights = compute_sample_weight("balanced", y)
    model = NetworkClassifier(
        (),
        solver=LBFGS(1e-9),
        n_members=1,
        early_stopping=False,
        alpha=0.0,
        tol=0.0,
        n_iter_no_change=500,
        max_iter=500,
    )
    ours = model.set_params(class_weight="balanced").fit(X, y).predict_proba(X)
    peer = LogisticRegression(C=np.inf, tol=1e-9).fit(X, y, sample_weight=weights)
    np.testing.assert_allclose(ours, peer.predict_proba(X), atol=1e-4)


def test_classifier_refuses():
    X = np.zeros((30, 1))
    with pytest.raises(ValueError, match="y holds one class only"):
        NetworkClassifier().fit(X, np.ones(30))
    with pytest.raises(ValueError, match="the label is missing in row 4"):
        NetworkClassifier().fit(X, np.where(np.arange(30) == 4, None, "a"))
    with pytest.raises(ValueError, match=r"class_weight='balanced' counts the rows of every class, .* as a dict"):
        NetworkClassifier(class_weight="balanced").partial_fit(X, np.arange(30) % 2)
    model = NetworkClassifier(max_iter=1, n_members=1).partial_fit(X, np.arange(30) % 2, classes=[0, 1, 2])
    assert model.predict_proba(X).shape == (30, 3)
    with pytest.raises(ValueError, match=r"y holds the class 7, which is none of \[0, 1, 2\]"):
        model.partial_fit(X, np.full(30, 7))


@pytest.mark.filterwarnings("ignore:.*fork.*:RuntimeWarning")
def test_the_rest_of_scikit_learn(small):
    X, y = small
    search = GridSearchCV(clone(FAST), {"alpha": [0.0, 1.0], "hidden_layer_sizes": [(4,), (8,)]}, cv=2).fit(X, y)
    assert search.best_score_ > 0
    assert make_pipeline(StandardScaler(), clone(FAST)).fit(X, y).predict(X).shape == (120,)
    assert BaggingRegressor(clone(FAST), n_estimators=2, random_state=0).fit(X, y).score(X, y) > 0
    logged = TransformedTargetRegressor(clone(FAST), func=np.log, inverse_func=np.exp).fit(X, np.exp(y))
    assert np.all(logged.predict(X) > 0)
    model = clone(FAST).fit(X, y)
    again = pickle.loads(pickle.dumps(model))  # noqa: S301 - our own bytes
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    parallel = Parallel(n_jobs=2, backend="loky")(delayed(clone(FAST).fit)(X, y) for _ in range(2))
    np.testing.assert_array_equal(parallel[1].predict(X), model.predict(X))


def test_a_constant_and_a_tiny_column_train_alike(small):
    X, y = small
    model = clone(FAST).fit(np.column_stack([X, np.full(120, 1e9)]), y)
    offset = clone(FAST).fit(np.column_stack([X, 1e9 + X[:, 0]]), y)
    doubled = clone(FAST).fit(np.column_stack([X, X[:, 0]]), y)
    assert np.isfinite(model.predict(np.column_stack([X, np.zeros(120)]))).all()
    np.testing.assert_allclose(
        offset.predict(np.column_stack([X, 1e9 + X[:, 0]])), doubled.predict(np.column_stack([X, X[:, 0]])), atol=1e-3
    )
