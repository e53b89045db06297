"""Training that goes on: warm_start, partial_fit and checkpoints."""

import numpy as np
import pytest
from sklearn.base import clone

from glassnet import Adam, NetworkRegressor, StopReason
from glassnet.storage.container import write_container
from glassnet.training.checkpoint import NAMES, CheckpointError
from glassnet.training.note import Note

FAST = NetworkRegressor((8,), "tanh", max_iter=30, random_state=0, learning_rate_init=0.01, n_members=2)


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


@pytest.mark.filterwarnings("error::sklearn.exceptions.ConvergenceWarning")
def test_one_epoch_of_partial_fit_is_no_fit_that_has_not_converged(small):
    model = clone(FAST).set_params(preset="plain")
    assert model.partial_fit(*small).partial_fit(*small).stop_reason_ is StopReason.MAX_ITER


@pytest.mark.parametrize("given", [{"early_stopping": True}, {"monitor": lambda truth, prediction: 0.0}])
def test_partial_fit_has_no_validation_rows(small, given):
    with pytest.raises(ValueError, match=f"{next(iter(given))} needs validation rows, and partial_fit has none"):
        clone(FAST).set_params(**given).partial_fit(*small)


def test_a_checkpoint_of_another_step_size_is_refused(small, tmp_path):
    clone(FAST).fit(*small, checkpoint=tmp_path)
    with pytest.raises(CheckpointError, match="holds a checkpoint of another fit"):
        clone(FAST).set_params(learning_rate_init=0.5).fit(*small, checkpoint=tmp_path)


def test_checkpoint_gives_the_same_bits(small, tmp_path):
    X, y = small
    model = clone(FAST).set_params(max_iter=200, n_iter_no_change=200, dropout=0.2, solver=Adam(schedule="cosine"))
    whole = clone(model).fit(X, y)
    stop = clone(model).set_params(callback=lambda progress: progress.epoch >= 60)
    assert stop.fit(X, y, checkpoint=tmp_path).n_iter_ < 200
    with pytest.warns(Note, match=rf"going on from epoch {stop.n_iter_} of 200 .*by the checkpoint in '.*'") as said:
        resumed = clone(model).fit(X, y, checkpoint=tmp_path)
    assert [one.filename for one in said] == [__file__]
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
    with pytest.warns(Note, match="going on from epoch"):
        again = clone(model).fit(X, y, checkpoint=tmp_path)
    np.testing.assert_array_equal(again.predict(X), whole.predict(X))
    write_container(tmp_path / NAMES[0], {"count": 10**9, "fingerprint": "x", "leaves": 0}, {})
    with pytest.raises(CheckpointError):
        clone(model).fit(X, y, checkpoint=tmp_path)
