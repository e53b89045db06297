"""Solvers as objects: their options are read, set, copied and checked, and a user's own needs two functions."""

from dataclasses import dataclass
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import config
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from glassnet import NetworkRegressor
from glassnet.training.auto_solver import SOLVERS, as_solver
from glassnet.training.lbfgs import LBFGS
from glassnet.training.levenberg_marquardt import LevenbergMarquardt
from glassnet.training.optimizers import SGD, Adam, AdamW, GradientDescent
from glassnet.training.solver import (
    FullBatchSolver,
    GradientSolver,
    StepOptions,
    options_of,
    with_defaults,
    without_options,
)

BY_GRADIENT = [GradientDescent, SGD, Adam, AdamW]
STEP_OPTIONS = {
    "schedule": "cosine", "power_t": 0.3, "warmup": 0.1, "shuffle": "replacement", "weight_decay": 0.2,
    "clip_norm": 2.0,
}  # fmt: skip
OPTIONS = {
    GradientDescent: STEP_OPTIONS,
    SGD: {**STEP_OPTIONS, "momentum": 0.5, "nesterov": False},
    Adam: {**STEP_OPTIONS, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-6},
    AdamW: {**STEP_OPTIONS, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-6},
    LBFGS: {"gradient_tolerance": 1e-6, "history": 5},
    LevenbergMarquardt: {"tolerance": 1e-6, "bayesian": True},
}


@pytest.fixture
def as_users_see_it():
    """Without the checks of annotations that tests alone have: what is refused then is refused by the package."""
    before = config.jaxtyping_disable
    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", before)


@pytest.mark.parametrize("kind", OPTIONS)
def test_options_are_read_set_and_copied(kind):
    given = OPTIONS[kind]
    solver = kind(**given)
    assert solver.get_params() == solver.get_params(deep=False) == given
    assert set(kind().get_params()) == set(given)
    changed = kind()
    assert changed.set_params(**given) is changed
    assert changed == solver != kind()
    assert hash(changed) == hash(solver)
    copy = clone(solver)
    assert copy == solver
    assert copy is not solver
    for name, value in given.items():  # one at a time leaves the others alone
        assert kind().set_params(**{name: value}).get_params() == {**kind().get_params(), name: value}


@pytest.mark.parametrize("kind", OPTIONS)
def test_unknown_options_are_refused_by_name(kind):
    message = rf"{kind.__name__} has no parameter 'momentun'; its parameters are {', '.join(kind().get_params())}"
    with pytest.raises(ValueError, match=message):
        kind().set_params(momentun=0.5)


NO_NUMBER = "must be a number of at least 0"
BAD_STEP_OPTIONS = [
    ("schedule", "linear", "must be one of constant, cosine, flat_cosine, log_cosine, invscaling, adaptive"),
    ("schedule", 3, "must be one of constant"),
    ("power_t", -0.5, NO_NUMBER),
    ("power_t", "half", NO_NUMBER),
    ("warmup", 1.0, "must be a number of at least 0 and below 1"),
    ("warmup", -0.1, "must be a number of at least 0 and below 1"),
    ("shuffle", "often", "must be True, False or 'replacement'"),
    ("shuffle", 2, "must be True, False or 'replacement'"),
    ("weight_decay", -0.1, NO_NUMBER),
    ("weight_decay", [0.1, -0.1], NO_NUMBER),
    ("weight_decay", np.nan, NO_NUMBER),
    ("weight_decay", np.inf, NO_NUMBER),
    ("weight_decay", True, NO_NUMBER),
    ("weight_decay", "strong", NO_NUMBER),
    ("weight_decay", (), "must be a number, or several"),
    ("clip_norm", 0.0, "must be a number above 0"),
    ("clip_norm", -1.0, NO_NUMBER),
]
BAD_OPTIONS_OF_SOLVERS = {
    SGD: [
        ("momentum", -0.1, "must be a number of at least 0 and below 1"),
        ("momentum", 1.0, "must be a number of at least 0 and below 1"),
        ("momentum", None, "must be a number of at least 0 and below 1"),
        ("nesterov", "yes", "must be True or False"),
    ],
    Adam: [
        ("beta_1", 1.0, "must be a number of at least 0 and below 1"),
        ("beta_2", -0.1, "must be a number of at least 0 and below 1"),
        ("epsilon", -1e-8, NO_NUMBER),
        ("epsilon", np.inf, NO_NUMBER),
    ],
    AdamW: [("beta_2", 1.5, "must be a number of at least 0 and below 1")],
    LBFGS: [
        ("gradient_tolerance", -1.0, NO_NUMBER),
        ("gradient_tolerance", np.nan, NO_NUMBER),
        ("gradient_tolerance", "small", NO_NUMBER),
        ("gradient_tolerance", None, NO_NUMBER),
        ("history", 0, "must be an integer of at least 1"),
        ("history", 2.5, "must be an integer of at least 1"),
        ("history", True, "must be an integer of at least 1"),
    ],
    LevenbergMarquardt: [
        ("tolerance", -1.0, NO_NUMBER),
        ("tolerance", np.inf, NO_NUMBER),
        ("tolerance", "small", NO_NUMBER),
    ],
}


@pytest.mark.parametrize(
    ("kind", "name", "value", "message"),
    [
        *((kind, *bad) for kind in BY_GRADIENT for bad in BAD_STEP_OPTIONS),
        *((kind, *bad) for kind, several in BAD_OPTIONS_OF_SOLVERS.items() for bad in several),
    ],
)
@pytest.mark.usefixtures("as_users_see_it")
def test_bad_options_are_refused_by_name(kind, name, value, message):
    with pytest.raises(ValueError, match=rf"{kind.__name__}\({name}=.*\): {name} {message}"):
        kind(**{name: value})
    solver = kind()
    with pytest.raises(ValueError, match=message):
        solver.set_params(**{name: value})
    assert solver == kind()  # as it was before


def test_a_search_sets_options_inside_an_estimator(small):
    model = NetworkRegressor((4,), solver=SGD(), n_members=1, max_iter=3, random_state=0)
    grid = {"solver__momentum": [0.0, 0.9], "solver__weight_decay": [0.1]}
    search = GridSearchCV(model, grid, cv=2, error_score="raise").fit(*small)
    assert {parameters["solver__momentum"] for parameters in search.cv_results_["params"]} == {0.0, 0.9}
    assert search.best_estimator_.solver.weight_decay == 0.1
    assert model.solver == SGD()


def test_options_are_those_given_then_those_of_the_preset_then_the_defaults():
    solver = with_defaults(AdamW(warmup=0.2), Adam(warmup=0.1, schedule="cosine", beta_2=0.95))
    assert (solver.warmup, solver.schedule, solver.beta_2, solver.beta_1) == (0.2, "cosine", 0.95, 0.9)
    assert (solver.weight_decay, solver.shuffle) == (0.01, True)
    with pytest.raises(ValueError, match=r"power_t=0.3 is that of schedule='invscaling', but the schedule is 'cosine'"):
        with_defaults(SGD(power_t=0.3), Adam(schedule="cosine"))
    assert options_of(SignDescent()) == with_defaults(StepOptions(), None)


def test_what_may_change_between_fits_is_not_compiled():
    given = OPTIONS[Adam]
    assert without_options(Adam(**given)) == Adam(beta_1=0.8, beta_2=0.95, epsilon=1e-6)


@pytest.mark.parametrize("name", SOLVERS)
def test_a_name_stands_for_a_solver(name):
    solver = as_solver(name)
    assert isinstance(solver, FullBatchSolver) == (name in ("lbfgs", "lm"))
    assert isinstance(solver, GradientSolver) == (name not in ("lbfgs", "lm"))


class SignDescent:
    """theta - tau sign dE/dtheta (Riedmiller and Braun 1993, without the steps' own sizes)."""

    def init(self, flat_parameters):
        return ()

    def update(self, flat_parameters, state, gradient, step_size):
        return flat_parameters - step_size * jnp.sign(gradient), state


class Descent:
    """Gradient descent with a count of its steps, as a user would write it."""

    def init(self, flat_parameters):
        return jnp.zeros((), jnp.int32)

    def update(self, flat_parameters, state, gradient, step_size):
        return flat_parameters - step_size * gradient, state + 1


class Functions(NamedTuple):
    """Two functions."""

    init: object
    update: object


def test_a_users_own_solver_is_two_functions(small):
    assert [name for name in dir(SignDescent()) if not name.startswith("_")] == ["init", "update"]
    X, y = small
    model = NetworkRegressor(
        (16,), solver=SignDescent(), learning_rate_init=0.003, n_members=2, max_iter=200, random_state=0
    ).fit(X, y)
    assert model.solver_ == "SignDescent"
    assert model.score(X, y) > 0.9
    same = clone(model).set_params(solver=Functions(SignDescent().init, SignDescent().update)).fit(X, y)
    np.testing.assert_array_equal(same.predict(X), model.predict(X))


def test_a_users_own_descent_is_ours_to_the_bit(small):
    model = NetworkRegressor(
        (8,), batch_size=20, learning_rate_init=0.05, n_members=2, max_iter=30, preset="fast", random_state=0
    )
    ours = clone(model).set_params(solver=GradientDescent(**options_of(Descent()).get_params())).fit(*small)
    theirs = clone(model).set_params(solver=Descent()).fit(*small)
    np.testing.assert_array_equal(theirs.predict(small[0]), ours.predict(small[0]))
    epochs, rows = theirs.n_iter_, len(theirs.training_rows_)
    np.testing.assert_array_equal(theirs._states.solver_state, np.full(2, epochs * (rows // 20)))


@dataclass
class Unhashable(Descent):
    """A dataclass that is not frozen."""

    beta: float = 0.5


@pytest.mark.parametrize(
    ("solver", "message"),
    [
        (SGD, "must be a name, such as 'adam', or a solver, such as Adam.*: an object with init and update"),
        (3, "an object with init and update"),
        (Functions, "an object with init and update"),
        (Unhashable(), r"cannot be hashed; of a dataclass, write @dataclass\(frozen=True\)"),
    ],
)
@pytest.mark.usefixtures("as_users_see_it")
def test_what_is_no_solver_is_refused(small, solver, message):
    with pytest.raises(TypeError, match=message):
        NetworkRegressor((4,), solver=solver).fit(*small)


def test_an_unknown_name_is_refused(small):
    with pytest.raises(
        ValueError, match="solver='adan' is not known; choose one of adam, adamw, sgd, gd, lbfgs, lm, auto"
    ):
        NetworkRegressor((4,), solver="adan").fit(*small)
