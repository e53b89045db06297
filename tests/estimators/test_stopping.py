"""How a fit ends: by max_iter, by time, by the keyboard, by divergence, by an error."""

import os
import signal
import threading
import warnings
from time import perf_counter

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from glassnet import NetworkRegressor
from glassnet.training.lbfgs import LBFGS
from glassnet.training.stopping import StopReason

FAST = NetworkRegressor((8,), "tanh", max_iter=30, random_state=0, learning_rate_init=0.01, n_members=2)
ALONE = NetworkRegressor(
    (), early_stopping=False, n_members=1, random_state=0, tol=0.0, n_iter_no_change=500, max_iter=500
)


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
    model = clone(FAST).set_params(max_iter=10**7, n_iter_no_change=10**7)
    with pytest.warns(
        UserWarning, match=r"Ctrl-C cut the fit short after \d+ of 10000000 epochs; the best .* is kept"
    ) as said:
        model.fit(*small)
    timer.join()
    assert [one.filename for one in said] == [__file__]
    assert model.stop_reason_ is StopReason.INTERRUPTED
    assert np.isfinite(model.predict(small[0])).all()
    assert signal.getsignal(signal.SIGINT) is before
