"""When training stops, which rule is the same for every solver, and the text of the reason."""

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import NetworkRegressor, Recipe
from glassnet.estimators.presets import for_tables, resolve
from glassnet.training.lbfgs import LBFGS
from glassnet.training.levenberg_marquardt import LevenbergMarquardt
from glassnet.training.optimizers import Adam
from glassnet.training.stopping import StopReason, nothing_yet, watch

OUTSIDE = {StopReason.CALLBACK, StopReason.INTERRUPTED, StopReason.MAX_TIME, StopReason.UNKNOWN}


def test_stopping_counts_as_scikit_learn_does():
    flat_parameters = jnp.zeros(2)
    best = nothing_yet(flat_parameters)
    no_improvement = []
    for epoch, loss in enumerate([1.0, 0.95, 0.80, 0.75, 0.85, 0.5], start=1):
        best = watch(
            best, flat_parameters + epoch, jnp.asarray(loss), jnp.asarray(epoch), jnp.asarray(0.1), jnp.asarray(0.0)
        )
        no_improvement.append(int(best.no_improvement))
    assert no_improvement == [0, 1, 0, 1, 2, 0]
    assert (int(best.epoch), float(best.flat_parameters[0])) == (6, 6.0)


@pytest.mark.parametrize(
    ("losses", "slack", "kept"),
    [
        ([3.0, 2.0, 2.1, 2.3, 2.19, 2.21], 0.1, 5), ([3.0, 2.0, 2.1], 0.0, 2), ([3.0, 2.0, 2.0], 0.0, 2),
        ([-1.0, -2.0, -1.9, -1.7], 0.1, 3), ([2.0, 2.1, 1.0, 1.05, 2.0], 0.1, 4),
    ],
)  # fmt: skip
def test_with_slack_the_last_epoch_near_the_least_loss_is_kept(losses, slack, kept):
    """By the least loss so far, which needs no second look at the losses."""
    best = nothing_yet(jnp.zeros(1))
    for epoch, loss in enumerate(losses, start=1):
        at = jnp.full(1, float(epoch)), jnp.asarray(loss), jnp.asarray(epoch)
        best = watch(best, *at, jnp.asarray(0.0), jnp.asarray(slack))
    assert int(best.epoch) == float(best.flat_parameters[0]) == kept
    assert float(best.loss) == pytest.approx(min(losses))


@pytest.mark.filterwarnings("ignore:max_iter=")
@pytest.mark.parametrize("solver", ["adam", "lbfgs", "lm"])
@pytest.mark.parametrize("slack", [0.0, 0.3, 2.0])
def test_slack_means_the_same_for_every_solver(small, solver, slack):
    X, y = small
    noisy = y + np.random.default_rng(0).normal(size=len(y))
    recipe = Recipe(linear_path=False, validation_slack=slack)
    model = NetworkRegressor(
        (8,), "tanh", solver=SOLVERS[solver], max_iter=40, n_iter_no_change=40, early_stopping=True, n_members=2,
        random_state=0, preset=recipe,
    ).fit(X, noisy)  # fmt: skip
    for member in model.members_:
        losses = np.array(member.history.validation_loss)
        least = np.minimum.accumulate(losses)
        near = np.flatnonzero((losses <= least) | (losses - least < slack * least))
        expected = int(near[-1]) + 1 if slack else int(np.argmin(losses)) + 1
        assert member.history.kept_epoch == expected


def test_a_single_network_has_no_slack_unless_it_is_given():
    def slack(**given):
        return resolve(Recipe(), Recipe(**given), 5_000, for_tables).validation_slack

    assert slack(n_members=1) == 0.0
    assert slack(n_members=1, validation_slack=0.2) == 0.2
    assert slack(n_members=2) == slack() == 0.1
    assert resolve(Recipe(), Recipe(), 2_000, for_tables).validation_slack == 0.0


def test_slack_without_validation_rows_is_refused(small):
    model = NetworkRegressor((2,), early_stopping=False, preset=Recipe(validation_slack=0.1))
    with pytest.raises(ValueError, match=r"validation_slack=0\.1 is of the loss on validation rows"):
        model.fit(*small)


@pytest.mark.parametrize("reason", StopReason)
def test_every_reason_is_text_and_is_of_the_member_or_from_outside(reason):
    assert str(reason) == reason.value
    assert len(str(reason)) > 10
    assert reason.from_outside == (reason in OUTSIDE)


SOLVERS = {
    "adam": Adam(),
    "lbfgs": LBFGS(gradient_tolerance=0.0),
    "lm": LevenbergMarquardt(0.0),
}  # the two that converge are told not to


def epochs_by_the_rule(watched, tol, n_iter_no_change, max_iter):
    """Return after how many epochs training stops: it improved by less than tol n_iter_no_change + 1 times in a row."""
    best, in_a_row = np.inf, 0
    for epoch, loss in enumerate(watched, start=1):
        in_a_row = in_a_row + 1 if loss > best - tol else 0
        best = min(best, loss)
        if in_a_row == n_iter_no_change + 1:
            return epoch
    return max_iter


@pytest.mark.filterwarnings("ignore:max_iter=")
@pytest.mark.parametrize("early_stopping", [True, False])
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(("tol", "n_iter_no_change", "max_iter"), [(10.0, 3, 99), (1e-3, 2, 99), (1e-9, 50, 12)])
def test_tol_n_iter_no_change_and_max_iter_mean_the_same_for_every_solver(
    small, solver, early_stopping, tol, n_iter_no_change, max_iter
):
    X, y = small
    model = NetworkRegressor(
        (4,), "tanh", solver=SOLVERS[solver], tol=tol, n_iter_no_change=n_iter_no_change, max_iter=max_iter,
        early_stopping=early_stopping, n_members=2, alpha=1e-3, random_state=0,
        preset=Recipe(linear_path=False),
    ).fit(X, y)  # fmt: skip
    assert model.solver_ == solver
    for member in model.members_:
        history = member.history
        watched = history.validation_loss if early_stopping else history.loss
        assert history.epochs == len(watched) == epochs_by_the_rule(watched, tol, n_iter_no_change, max_iter)
        over = history.epochs == max_iter
        assert history.reason is (StopReason.MAX_ITER if over else StopReason.NO_IMPROVEMENT)
        assert over == (max_iter == 12)
        assert history.kept_epoch == (1 + np.argmin(watched) if early_stopping else history.epochs)
        if tol == 10.0:
            assert history.epochs == 5  # the first epoch improves on nothing at all, the next four do not by 10
    assert model.stop_reason_ is model.members_[0].history.reason
