"""Parameters of estimators, and of the solvers and recipes inside them, as scikit-learn's tools read and set them."""

import inspect
import pickle
import re

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from glassnet import (
    LBFGS,
    SGD,
    Adam,
    AdamW,
    Dense,
    GradientDescent,
    LevenbergMarquardt,
    NetworkClassifier,
    NetworkRegressor,
    Recipe,
)  # fmt: skip

PARAMETERS = {
    "hidden_layer_sizes", "activation", "loss", "layers", "solver", "alpha", "dropout", "batch_size",
    "learning_rate_init", "max_iter", "max_time", "early_stopping", "validation_fraction", "n_iter_no_change", "tol",
    "monitor", "output_range", "n_members", "cv", "preset", "random_state", "warm_start", "verbose", "callback",
    "device", "precision", "max_memory",
}  # fmt: skip
PLAIN = NetworkRegressor(
    (5,), "tanh", preset=Recipe("plain"), solver=Adam(), max_iter=30, learning_rate_init=0.02, random_state=0
)
OBJECTS = [
    Adam(beta_1=0.8, schedule="cosine", weight_decay=(0.1, 0.2), warmup=0.1),
    AdamW(clip_norm=1.0),
    SGD(momentum=0.5, shuffle="replacement"),
    GradientDescent(schedule="invscaling", power_t=0.3),
    LBFGS(gradient_tolerance=1e-6, history=5),
    LevenbergMarquardt(1e-6),
]


def test_the_regressor_has_27_parameters():
    assert len(PARAMETERS) == 27
    assert set(inspect.signature(NetworkRegressor).parameters) == PARAMETERS
    of_classifiers = (PARAMETERS - {"loss", "output_range", "max_memory"}) | {"class_weight"}
    assert set(inspect.signature(NetworkClassifier).parameters) == of_classifiers


def search(grid, small, **changes):
    return GridSearchCV(clone(PLAIN).set_params(**changes), grid, cv=2).fit(*small)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("solver__weight_decay", [0.0, 0.1, 30.0]),
        ("solver__schedule", ["constant", "cosine"]),
        ("preset__embedding", ["none", "periodic", "piecewise"]),
        ("preset__scaler", ["standard", "robust"]),
    ],
)
def test_a_search_sets_what_is_inside_solver_and_preset(small, name, values):
    found = search({name: values}, small)
    outer, inner = name.split("__")
    scores = found.cv_results_["mean_test_score"]
    assert len(set(scores)) == len(values)  # every value has been at work
    assert getattr(getattr(found.best_estimator_, outer), inner) == values[int(np.argmax(scores))]
    assert found.best_estimator_.get_params()[name] == found.best_params_[name]
    assert found.estimator.get_params()[outer] == PLAIN.get_params()[outer]  # the one to start from stays as it was


def test_a_search_over_solver_objects(small):
    solvers = [Adam(weight_decay=0.1), SGD(nesterov=False), LBFGS(history=3), LevenbergMarquardt(), "gd"]
    found = search({"solver": solvers}, small, learning_rate_init=None)
    scores = found.cv_results_["mean_test_score"]
    assert np.isfinite(scores).all()
    assert len(set(scores)) == len(solvers)
    assert found.best_estimator_.solver == solvers[int(np.argmax(scores))]


def test_a_search_over_recipes(small):
    recipes = ["plain", Recipe("plain", embedding="piecewise"), Recipe("plain", parametric_activation=True)]
    found = search({"preset": recipes, "solver__weight_decay": [0.0, 1.0]}, small)
    assert len(set(found.cv_results_["mean_test_score"])) == 6


@pytest.mark.parametrize("solver", OBJECTS)
def test_clones_and_pickles_keep_objects_equal(solver):
    recipe = Recipe("fast", embedding="both", adversarial=0.1, layers=(Dense(3, "tanh"),), output_range=(0, None))
    model = NetworkRegressor(solver=solver, preset=recipe)
    for other in (clone(model), clone(clone(model)), pickle.loads(pickle.dumps(model))):  # noqa: S301 - our own bytes
        assert (other.solver, other.preset) == (solver, recipe)
        assert type(other.solver) is type(solver)
    assert clone(model).solver is not solver  # so that a search sets its own copy
    assert clone(solver) == solver
    assert clone(recipe) == recipe


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("solver", "adam", r"solver='adam' is a name; give solver=Adam\(\) to set its weight_decay"),
        ("solver", "sgd", r"solver='sgd' is a name; give solver=SGD\(\) to set its weight_decay"),
        ("solver", "lbfgs", r"solver='lbfgs' is a name; give solver=LBFGS\(\) to set its weight_decay"),
        ("solver", "auto", r"solver='auto' is a name; give solver=Adam\(\) to set its weight_decay"),
        ("preset", "fast", r"preset='fast' is a name; give preset=Recipe\('fast'\) to set its weight_decay"),
    ],
)
def test_a_name_has_nothing_inside(name, value, words):
    model = NetworkRegressor(**{name: value})
    with pytest.raises(ValueError, match=words):
        model.set_params(**{f"{name}__weight_decay": 1})
    assert getattr(model, name) == value


def test_an_object_can_be_given_and_set_at_once():
    model = NetworkRegressor().set_params(solver=SGD(), solver__momentum=0.5, preset=Recipe("fast"), preset__shift=1)
    assert model.solver == SGD(momentum=0.5)
    assert model.preset == Recipe("fast", shift=1)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"alpha": -1.0}, "alpha must be a number of at least 0"),
        ({"batch_size": 0}, "batch_size must be an integer of at least 1 or None"),
        ({"hidden_layer_sizes": (8, 0)}, "hidden_layer_sizes must be an integer of at least 1 or a sequence"),
        ({"learning_rate_init": -1.0}, "learning_rate_init must be a number above 0"),
        ({"n_members": 0}, "n_members must be an integer of at least 1"),
        ({"early_stopping": "no"}, "early_stopping must be True or False or None"),
        ({"embedding": "waves"}, "embedding must be one of periodic, piecewise, both, none or None"),
        ({"adversarial": 0.0}, "adversarial must be a number above 0"),
        ({"scaler": "minmax"}, "scaler must be one of robust, standard"),
        ({"initializers": "he"}, "initializers must be one of lecun, glorot, scikit-learn"),
        ({"fade": 1.5}, "fade must be a number above 0 and at most 1"),
        ({"most_one_hot": -1}, "most_one_hot must be an integer of at least 0"),
    ],
)
def test_parts_of_a_recipe_are_checked(small, parts, words):
    ((name, value),) = parts.items()
    with pytest.raises(ValueError, match=re.escape(f"Recipe({name}={value!r}): {words}")):
        NetworkRegressor(preset=Recipe(**parts)).fit(*small)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"solver__momentum": 0.5}, "momentum"),
        ({"solver__schedule": "step"}, r"Adam\(schedule='step'\): schedule must be one of constant, cosine"),
        ({"solver__weight_decay": -1.0}, r"Adam\(weight_decay=-1.0\): weight_decay must be a number of at least 0"),
        ({"solver__warmup": 1.0}, "warmup must be a number of at least 0 and below 1"),
        ({"solver__power_t": -0.5}, "power_t must be a number of at least 0"),
        ({"solver__clip_norm": 0.0}, "clip_norm must be a number above 0"),
        ({"preset__width": 3}, "Recipe has no parameter 'width'"),
        ({"momentum": 0.5}, "Invalid parameter 'momentum'"),
    ],
)
def test_mistakes_are_named_and_change_nothing(parameters, words):
    model = clone(PLAIN)
    with pytest.raises(ValueError, match=words):
        model.set_params(**parameters)
    assert (model.solver, model.preset) == (PLAIN.solver, PLAIN.preset)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("embedding", "none"),
        ("scaler", "robust"),
        ("clip_inputs", True),
        ("input_scaling", False),
        ("binary_flags", True),
        ("most_one_hot", 4),
    ],
)
def test_parts_of_a_recipe_for_tables_are_refused_with_images(part, value):
    images, y = np.random.default_rng(0).random((20, 6, 6)), np.arange(20.0)
    with pytest.raises(ValueError, match=f"{part}={value!r} has no effect on image inputs; leave it out"):
        NetworkRegressor(preset=Recipe("plain", **{part: value}), max_iter=1).fit(images, y)


@pytest.mark.parametrize(("part", "value"), [("convolutions", True), ("shift", 1)])
def test_parts_of_a_recipe_for_images_are_refused_with_tables(small, part, value):
    with pytest.raises(ValueError, match=f"{part}={value!r} has no effect on table inputs; leave it out"):
        NetworkRegressor(preset=Recipe("plain", **{part: value}), max_iter=1).fit(*small)


@pytest.mark.parametrize("part", ["embedding", "clip_inputs", "input_scaling", "parametric_activation"])
def test_layers_stand_in_place_of_parts_of_a_recipe(small, part):
    recipe = Recipe("plain", **{part: "both" if part == "embedding" else True})
    with pytest.raises(ValueError, match=f"layers and {part} both say what the hidden layers are"):
        NetworkRegressor(layers=[Dense(3)], preset=recipe).fit(*small)


def test_classes_have_no_output_range(small):
    with pytest.raises(ValueError, match=r"output_range=\(0, 1\) is a range of numbers, and classes have none"):
        NetworkClassifier(preset=Recipe(output_range=(0, 1))).fit(small[0], small[1] > 0)


def test_a_recipes_solver_counts_for_partial_fit():
    assert hasattr(NetworkRegressor(), "partial_fit")
    assert not hasattr(NetworkRegressor(preset=Recipe(solver="lbfgs")), "partial_fit")
    assert hasattr(NetworkRegressor(solver="sgd", preset=Recipe(solver="lbfgs")), "partial_fit")


def test_parameters_set_after_a_fit_do_not_change_its_recipe(small):
    model = NetworkRegressor((3,), solver=LBFGS(history=4), preset="plain", max_iter=100).fit(*small)
    model.set_params(solver__history=9)
    assert model.recipe_.solver == LBFGS(history=4)
