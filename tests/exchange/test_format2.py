"""Parameters of format 2: those of a solver move into its object, and what that solver could not use is left out."""

import pytest

from glassnet.exchange.format2 import modernised

SGD = {"record": "SGD", "fields": {"momentum": 0.5}}


def parameters_of(**given):
    former = {"preset": "balanced", "warmup": None, "power_t": 0.5, "shuffle": True, **given}
    description = {"parameters": {"dict": former}, "fitted": {"dict": {}}}
    return modernised(description)["parameters"]["dict"]


@pytest.mark.parametrize(
    ("solver", "expected"),
    [
        ("adam", {"record": "Adam", "fields": {"schedule": "cosine", "weight_decay": 0.1}}),
        ("gd", {"record": "GradientDescent", "fields": {"schedule": "cosine", "weight_decay": 0.1}}),
        (
            {"record": "Momentum", "fields": {"decay": 0.5}},
            {"record": "SGD", "fields": {"momentum": 0.5, "schedule": "cosine", "weight_decay": 0.1}},
        ),
        ("lbfgs", "lbfgs"),
    ],
)
def test_options_of_solvers(solver, expected):
    found = parameters_of(solver=solver, learning_rate="cosine", weight_decay=0.1)
    assert found == {"preset": "balanced", "solver": expected}


def test_defaults_stay_as_they_are():
    former = {"record": "Momentum", "fields": {"decay": 0.5}}
    assert parameters_of(solver=former) == {"preset": "balanced", "solver": SGD}
    assert parameters_of(solver="adam") == {"preset": "balanced", "solver": "adam"}


def test_options_of_recipes():
    found = parameters_of(embedding="both", adversarial=0.2, solver="adam")
    recipe = {"record": "Recipe", "fields": {"base": "balanced", "embedding": "both", "adversarial": 0.2}}
    assert found == {"preset": recipe, "solver": "adam"}
