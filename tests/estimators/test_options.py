"""Every solver and every option: an option is used, or refused by its name."""

from dataclasses import dataclass, fields

import jax
import numpy as np
import pytest
from sklearn.base import clone

from glassnet import (
    LBFGS,
    SGD,
    Adam,
    AdamW,
    Dense,
    Dropout,
    GradientDescent,
    LevenbergMarquardt,
    NetworkRegressor,
    Recipe,
)
from glassnet.training.solver import BATCH_OPTIONS, StepOptions


@dataclass(frozen=True)
class Signs:
    """A user's own solver: steps along the sign of the gradient."""

    shrink: float = 1.0

    def init(self, flat_parameters):
        return ()

    def update(self, flat_parameters, state, gradient, step_size):
        return self.shrink * flat_parameters - step_size * jax.numpy.sign(gradient), state


NAMED = {
    "adam": Adam,
    "adamw": AdamW,
    "sgd": SGD,
    "gd": GradientDescent,
    "lbfgs": LBFGS,
    "lm": LevenbergMarquardt,
}
SOLVERS = {**NAMED, "a user's own": Signs}
AUTO = {"auto": lambda: "auto"}
FULL_BATCH = ("lbfgs", "lm")
# An option, what is given besides it to both fits, and the value of one of them.
OF_ESTIMATORS = {
    "batch_size": ({}, 7),
    "learning_rate_init": ({}, 0.03),
    "dropout": ({}, 0.4),
    "alpha": ({}, 3.0),
    "max_iter": ({}, 2),
    "tol": ({"n_iter_no_change": 1}, 1e6),
    "n_iter_no_change": ({"tol": 1e6}, 1),
    "early_stopping": ({}, True),
    "monitor": ({"early_stopping": True}, lambda truth, prediction: -float(np.mean(np.abs(truth - prediction)))),
}
OF_SOLVERS = {
    "schedule": ({}, "cosine"),
    "power_t": ({"schedule": "invscaling"}, 0.1),
    "warmup": ({}, 0.5),
    "shuffle": ({}, False),
    "weight_decay": ({}, 0.7),
    "clip_norm": ({}, 1e-3),
}
OF_RECIPES = {
    "adversarial": ({}, 0.3),
    "adversarial_steps": ({"adversarial": 0.3}, 3),
    "fade": ({"dropout": 0.4}, 0.2),
    "final_epochs": ({"early_stopping": True}, 0.5),
    "learning_rate_multipliers": ({}, True),
}
ELSEWHERE = ("checkpoint", "layers", "shift")  # in `fit`; random ones; of images
RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.random((30, 6, 6, 1), np.float32), RANDOM.normal(size=30)
BASE = NetworkRegressor((5,), "tanh", preset="plain", max_iter=6, tol=0.0, n_iter_no_change=3, random_state=0)


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(0)
    X = random.normal(size=(60, 3))
    return X, np.sin(2 * X[:, 0]) + X[:, 1] + 0.1 * random.normal(size=60)


def parameters(model, rows, **told):
    model.fit(*rows, **told)
    return np.concatenate([array.ravel() for layer in model.parameters_ for array in layer.values()])


@pytest.fixture(scope="module")
def without(rows):
    """A function that returns the parameters of a fit that is not given the option in question."""
    known = {}

    def find(model):
        if repr(model) not in known:
            known[repr(model)] = parameters(model, rows)
        return known[repr(model)]

    return find


def outcome(solver, option, rows, without, folder):
    """Return what becomes of an option that is given."""
    try:
        return "used" if changes_something(solver, option, rows, without, folder) else "without effect"
    except (ValueError, TypeError) as error:
        return "refused" if option in str(error) else f"refused without its name: {error}"


def changes_something(solver, option, rows, without, folder):
    make = {**SOLVERS, **AUTO}[solver]
    model = clone(BASE).set_params(solver=make())
    if solver not in (*FULL_BATCH, "gd", "auto"):
        model.set_params(batch_size=20)  # of fewer rows than there are, so that their order matters
    if option == "checkpoint":
        parameters(model, rows, checkpoint=folder)
        return any(folder.iterdir())
    if option == "layers":
        model.set_params(hidden_layer_sizes=None, activation=None)
        changed = clone(model).set_params(layers=[Dense(5, "tanh"), Dropout(0.4)])
        model.set_params(layers=[Dense(5, "tanh")])
    elif option == "shift":
        rows = IMAGES
        changed = clone(model).set_params(preset=Recipe("plain", shift=1))
    elif option in OF_RECIPES:
        besides, value = OF_RECIPES[option]
        besides = {} if solver in FULL_BATCH else besides
        changed = clone(model).set_params(preset=Recipe("plain", **besides, **{option: value}))
        model.set_params(preset=Recipe("plain", **besides))
    elif option in OF_ESTIMATORS:
        besides, value = OF_ESTIMATORS[option]
        model.set_params(**besides)
        changed = clone(model).set_params(**{option: value})
    else:
        besides, value = OF_SOLVERS[option]
        changed = clone(model).set_params(solver=make(**{option: value}, **besides))
        model.set_params(solver=make(**besides))
    other = parameters(changed, rows)  # first, as it may be refused
    before = parameters(model, rows) if rows is IMAGES else without(model)
    return not np.array_equal(before, other)


def refused_by(solver):
    """Return what the table says must be refused."""
    if solver in FULL_BATCH:
        return {*BATCH_OPTIONS, *OF_SOLVERS}
    if solver == "gd":
        return {"shuffle"}  # of all rows at once
    return set(OF_SOLVERS) if solver == "a user's own" else set()


@pytest.mark.parametrize("option", [*OF_ESTIMATORS, *OF_RECIPES, *ELSEWHERE, *OF_SOLVERS])
@pytest.mark.parametrize("solver", SOLVERS)
def test_an_option_is_used_or_refused_by_name(rows, without, tmp_path, solver, option):
    expected = "refused" if option in refused_by(solver) else "used"
    assert outcome(solver, option, rows, without, tmp_path / "checkpoint") == expected


def test_the_table_has_every_option():
    assert {field.name for field in fields(StepOptions)} == set(OF_SOLVERS)
    assert {*OF_ESTIMATORS, *OF_RECIPES, *ELSEWHERE} >= BATCH_OPTIONS


@pytest.mark.parametrize("option", [*OF_ESTIMATORS, *OF_RECIPES, *ELSEWHERE])
def test_auto_takes_a_solver_that_uses_the_option(rows, without, tmp_path, option):
    assert outcome("auto", option, rows, without, tmp_path / "checkpoint") == "used"


def test_a_name_is_its_object(rows):
    for name, make in NAMED.items():
        by_name, by_object = (
            parameters(clone(BASE).set_params(solver=solver, max_iter=2), rows) for solver in (name, make())
        )
        np.testing.assert_array_equal(by_name, by_object)


@pytest.mark.parametrize("given", [{"batch_size": 7}, {"preset": Recipe("plain", batch_size=7)}])
def test_gradient_descent_in_batches_has_an_order(rows, given):
    model = clone(BASE).set_params(solver=GradientDescent(), max_iter=2, **given)
    found = [
        parameters(clone(model).set_params(solver=GradientDescent(shuffle=shuffle)), rows)
        for shuffle in (None, True, False, "replacement")
    ]
    np.testing.assert_array_equal(found[0], found[1])
    assert not np.array_equal(found[1], found[2])
    assert not np.array_equal(found[1], found[3])


def test_gradient_descent_over_all_rows_has_none(rows):
    model = clone(BASE).set_params(solver=GradientDescent(shuffle=False))
    with pytest.raises(ValueError, match=r"shuffle=False orders batches, .* all rows at once; give a batch_size"):
        model.fit(*rows)
    with pytest.raises(ValueError, match="shuffle=False orders batches"):
        model.partial_fit(*rows)


def test_several_decays_are_chosen_from_by_validation_rows(rows):
    model = clone(BASE).set_params(solver=Adam(weight_decay=(0.0, 5.0)))
    with pytest.raises(
        ValueError, match=r"weight_decay=\(0.0, 5.0\) is chosen from by validation rows: early_stopping="
    ):
        model.fit(*rows)
    found = clone(model).set_params(early_stopping=True).fit(*rows)
    alone = [
        clone(found).set_params(solver=Adam(weight_decay=decay)).fit(*rows).members_[0].history for decay in (0.0, 5.0)
    ]
    best = min(alone, key=lambda history: min(history.validation_loss))
    assert found.members_[0].history == best


@pytest.mark.parametrize("given", [{"dropout": 0.1}, {"preset": Recipe("plain", dropout=0.1)}])
def test_layers_say_themselves_where_units_are_left_out(rows, given):
    model = NetworkRegressor(layers=[Dense(5, "tanh")], max_iter=2).set_params(**given)
    with pytest.raises(ValueError, match="layers and dropout both say what the hidden layers are"):
        model.fit(*rows)


def test_heaviside_lets_no_gradient_pass(small):
    model = NetworkRegressor((4,), "heaviside", n_members=1, max_iter=3, random_state=0, preset="plain", alpha=0.0)
    with pytest.warns(UserWarning, match=r"the derivative of 'heaviside' is 0, .* use 'logistic'") as said:
        model.fit(*small)
    assert [one.filename for one in said if "heaviside" in str(one.message)] == [__file__]
    start = model.network_.initialize(model.members_[0].seed)
    np.testing.assert_array_equal(model.members_[0].parameters[0]["W"], start[0]["W"])
