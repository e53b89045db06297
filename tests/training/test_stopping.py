"""When training stops, which rule is the same for every solver, and the text of the reason."""

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import NetworkRegressor, Recipe
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
        best = watch(best, flat_parameters + epoch, jnp.asarray(loss), jnp.asarray(epoch), jnp.asarray(0.1))
        no_improvement.append(int(best.no_improvement))
    assert no_improvement == [0, 1, 0, 1, 2, 0]
    assert (int(best.epoch), float(best.flat_parameters[0])) == (6, 6.0)


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
