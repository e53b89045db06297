"""Members trained by steps of a full-batch solver: it stands still and goes on as if it had not."""

import threading
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import least_squares, minimize

from glassnet.network.dense import Dense
from glassnet.network.loss import HalfSquaredError
from glassnet.network.network import Network
from glassnet.training.lbfgs import LBFGS
from glassnet.training.levenberg_marquardt import LevenbergMarquardt
from glassnet.training.loop import train
from glassnet.training.objective import Objective, jacobian, padded_batch, residuals
from glassnet.training.ravel import l2_mask
from glassnet.training.run_control import RunControl
from glassnet.training.step_trainer import Limits, Problem, StepTrainer
from glassnet.training.stopping import StopReason

NETWORK = Network(3, [Dense(5, "tanh"), Dense(1)])
LOSS = HalfSquaredError()
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(50, 3))
Y = np.sin(X @ [[1.0], [2.0], [-1.0]]) + 0.1 * RANDOM.normal(size=(50, 1))
W = RANDOM.uniform(0.5, 2, size=50)
ALPHA = 0.1
ENDLESS = Limits(alpha=ALPHA, tolerance=0.0, patience=10**6)


def first(seed):
    return jax.tree.map(np.asarray, NETWORK.initialize(seed))


def trainer_of(solver, members=1, limits=ENDLESS, validation=None):
    problems = [Problem(first(seed), (X, Y, W), validation) for seed in range(members)]
    return StepTrainer(NETWORK, LOSS, solver, problems, limits)


def advanced(trainer, pieces, last=10**6):
    """Return parameters and histories after pieces of steps."""
    ends = np.full(len(trainer.epoch), last, np.int32)
    for steps in pieces:
        trainer.advance(steps, ends)
    results = [trainer.result(member, StopReason.MAX_ITER) for member in range(len(ends))]
    trainer.close()
    flat_parameters = [np.concatenate([layer[n].ravel() for layer in p for n in sorted(layer)]) for p, _ in results]
    return np.array(flat_parameters), [history for _, history in results]


@pytest.mark.parametrize("solver", [LBFGS(), LBFGS(gradient_tolerance=1e-9, history=3), LevenbergMarquardt(1e-9)])
def test_one_step_at_a_time_is_all_steps_at_once_to_the_bit(solver):
    at_once, curves = advanced(trainer_of(solver, 3), [100])
    for pieces in ([1] * 100, [7, 1, 92]):
        flat_parameters, histories = advanced(trainer_of(solver, 3), pieces)
        np.testing.assert_array_equal(flat_parameters, at_once)
        assert histories == curves
    assert at_once.dtype == np.float64
    assert {history.epochs for history in curves} != {1}


@pytest.mark.parametrize("steps", [1, 10, 60])
def test_lbfgs_is_scipys(steps):
    """Called directly, for so many iterations with the same options, it ends at the same parameters to the bit."""
    solver = LBFGS(gradient_tolerance=1e-9, history=7)
    (flat_parameters,), (history,) = advanced(trainer_of(solver), [1] * steps, last=steps)
    with jax.enable_x64(True):
        objective = Objective(NETWORK, LOSS, padded_batch(X, Y, W), jnp.asarray(ALPHA / W.sum()))
        start = np.concatenate([layer[n].ravel() for layer in first(0) for n in sorted(layer)]).astype(np.float64)
        minimum = minimize(
            objective.value_and_gradient, start, jac=True, method="L-BFGS-B",
            options={"maxiter": steps, "maxcor": 7, "gtol": 1e-9, "ftol": 1e-14, "maxfun": 10**9},
        )  # fmt: skip
    assert history.epochs == minimum.nit == steps
    np.testing.assert_array_equal(flat_parameters, minimum.x)
    assert history.loss[-1] == minimum.fun


def test_where_levenberg_marquardt_converges_scipy_finds_nothing_lower():
    (flat_parameters,), (history,) = advanced(trainer_of(LevenbergMarquardt(1e-12)), [400])
    with jax.enable_x64(True):
        data = padded_batch(X, Y, W), jnp.asarray(ALPHA / W.sum() * l2_mask(NETWORK))
        errors, slopes = partial(residuals, NETWORK), partial(jacobian, NETWORK)
        minimum = least_squares(
            lambda b: np.asarray(errors(jnp.asarray(b), *data)), flat_parameters,
            lambda b: np.asarray(slopes(jnp.asarray(b), *data)), method="lm", xtol=1e-14, ftol=1e-14, gtol=1e-14,
        )  # fmt: skip
    assert history.reason is StopReason.CONVERGED
    assert len(history.damping) == history.epochs < 400
    assert history.loss[-1] == pytest.approx(minimum.cost, rel=1e-9)


def test_steps_are_told_apart_from_convergence_and_from_patience():
    """Each member has a reason of its own: the solver's, or that of the rule, or what ended the others."""
    converged = train(trainer_of(LBFGS(gradient_tolerance=1e-3)), 10_000, RunControl())[1][0]
    assert converged.reason is StopReason.CONVERGED
    assert converged.epochs < 10_000
    ended = train(trainer_of(LBFGS(gradient_tolerance=0.0)), 5, RunControl())[1][0]
    assert (ended.reason, ended.epochs) == (StopReason.MAX_ITER, 5)
    limits = Limits(alpha=ALPHA, tolerance=10.0, patience=3)
    tired = train(trainer_of(LBFGS(gradient_tolerance=0.0), 1, limits), 99, RunControl())[1][0]
    assert (tired.reason, tired.epochs) == (StopReason.NO_IMPROVEMENT, 5)


def test_validation_rows_choose_the_step_whose_parameters_are_kept():
    X_val = RANDOM.normal(size=(30, 3))
    validation = X_val, np.sin(X_val @ [[1.0], [2.0], [-1.0]]), np.ones(30)
    trainer = trainer_of(LBFGS(gradient_tolerance=0.0), 1, Limits(0.0, 0.0, 20), validation)
    (parameters,), (history,) = train(trainer, 500, RunControl())
    assert history.kept_epoch == 1 + np.argmin(history.validation_loss)
    assert history.reason is StopReason.NO_IMPROVEMENT
    W1, b1, W2, b2 = (layer[name] for layer in parameters for name in ("W", "b"))
    errors = np.tanh(X_val @ W1 + b1) @ W2 + b2 - validation[1]
    assert np.mean(0.5 * errors**2) == pytest.approx(min(history.validation_loss), rel=1e-10)


def test_what_goes_wrong_in_the_solvers_thread_is_raised_and_the_thread_ends():
    before = threading.active_count()
    trainer = trainer_of(LBFGS(), 2, ENDLESS, (X, np.full_like(Y, np.inf), W))
    with pytest.raises(ValueError, match="the loss of the validation rows is inf; it must be a finite number"):
        train(trainer, 10, RunControl())
    stopped = RunControl(callback=lambda progress: progress.epoch >= 3)
    train(trainer_of(LBFGS(gradient_tolerance=0.0), 2), 1000, stopped)
    assert stopped.stopped is StopReason.CALLBACK
    assert threading.active_count() == before
