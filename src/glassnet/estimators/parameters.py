"""The parameters of an estimator as a recipe: what was given, what the preset says, and nested ones set."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from glassnet.data.schema import Schema
from glassnet.ensemble.recipe import OutputRange, Recipe
from glassnet.estimators.constraints import RECIPE_RULES
from glassnet.estimators.validation import check_parameters
from glassnet.network.augmentation import Rearrangement
from glassnet.network.dropout import Dropout
from glassnet.training.auto_solver import SOLVERS
from glassnet.training.levenberg_marquardt import LevenbergMarquardt
from glassnet.training.optimizers import GradientDescent
from glassnet.training.solver import BATCH_OPTIONS, StepOptions

NAMES = (
    "hidden_layer_sizes", "activation", "layers", "alpha", "dropout", "learning_rate_init", "max_iter",
    "early_stopping", "n_iter_no_change", "n_members", "output_range",
)  # fmt: skip


class HasParameters(Protocol):
    """An estimator of scikit-learn's kind."""

    def get_params(self, deep: bool = True) -> dict[str, object]:
        """Return the parameters by name."""
        ...


def given_recipe(estimator: HasParameters) -> Recipe:
    """Return what the user gave of a recipe; what is None, "auto" or the default solver was not given."""
    values = estimator.get_params(deep=False)
    given = {name: values[name] for name in NAMES if values.get(name) is not None}
    if "hidden_layer_sizes" in given:
        given["hidden_layer_sizes"] = tuple(int(size) for size in np.atleast_1d(given["hidden_layer_sizes"]))  # pyright: ignore[reportArgumentType, reportCallIssue]
    if values["batch_size"] != "auto":
        given["batch_size"] = values["batch_size"]
    if values["solver"] != "adam":
        given["solver"] = values["solver"]
    return _plain(Recipe(**given))  # pyright: ignore[reportArgumentType]


def preset_recipe(preset: str | Recipe) -> Recipe:
    """Return a preset as a recipe; `ValueError` for a part of it that breaks its rule."""
    recipe = preset if isinstance(preset, Recipe) else Recipe(preset)
    check_parameters(recipe, RECIPE_RULES)
    return _plain(recipe)


def _plain(recipe: Recipe) -> Recipe:
    """Return the recipe with numbers of Python in the place of NumPy's."""
    numbers = {name: value.item() for name, value in recipe.given.items() if isinstance(value, np.generic)}
    return replace(recipe, **numbers) if numbers else recipe


def given_options(given: Recipe, preset: Recipe, checkpoint: Path | None) -> dict[str, object]:
    """Return the options that the user gave, in the estimator, the recipe or `fit`, and that not every solver uses."""
    choices = given.over(preset)
    options: dict[str, object] = {name: value for name, value in choices.given.items() if name in BATCH_OPTIONS}
    options["layers"] = [layer for layer in choices.layers or () if isinstance(layer, Rearrangement | Dropout)]
    options = {name: options[name] for name in sorted(options) if options[name] != []}
    return options if checkpoint is None else {**options, "checkpoint": str(checkpoint)}


def check_recipe(given: Recipe, schema: Schema) -> None:
    """Raise `ValueError` for a part of a recipe that was given and has no effect on such inputs."""
    for name in sorted(schema.ignored_parts & set(given.given)):
        raise ValueError(f"{name}={getattr(given, name)!r} has no effect on {schema.kind} inputs; leave it out")


def given_range(estimator: HasParameters) -> OutputRange | None:
    """Return the `output_range` that the user gave, in the estimator or in the recipe."""
    values = estimator.get_params(deep=False)
    given, preset = values["output_range"], values["preset"]
    of_recipe = preset.output_range if isinstance(preset, Recipe) else None
    return of_recipe if given is None else given  # pyright: ignore[reportReturnType]


def check_used(given: Recipe, *, validates: bool, own_validation: bool) -> None:
    """Raise `ValueError` for an option of the solver in `given` that the fit has no use for.

    `own_validation` says that validation rows are the members' own, and not given for all.
    """
    solver = given.solver
    if isinstance(solver, GradientDescent) and solver.shuffle is not None and given.batch_size is None:
        raise ValueError(
            f"shuffle={solver.shuffle!r} orders batches, but GradientDescent takes all rows at once; give a "
            "batch_size, or leave shuffle out"
        )
    if given.adversarial_steps is not None and given.adversarial is None:
        raise ValueError(
            f"adversarial_steps={given.adversarial_steps} are those of an adversary; give adversarial=epsilon too"
        )
    if given.label_smoothing and given.adversarial is not None:
        raise ValueError(
            f"label_smoothing={given.label_smoothing:g} lets an adversary make sure rows surer; leave out one of "
            "label_smoothing and adversarial"
        )
    if isinstance(solver, LevenbergMarquardt) and solver.bayesian and given.alpha is not None:
        raise ValueError(
            f"alpha={given.alpha:g} is the strength of the penalty, which LevenbergMarquardt(bayesian=True) learns; "
            "leave one of them out"
        )
    if given.validation_slack and not validates:
        raise ValueError(
            f"validation_slack={given.validation_slack:g} is of the loss on validation rows: early_stopping=True, or "
            "X_val and y_val; or leave it out"
        )
    if given.final_epochs and not (validates and own_validation):
        raise ValueError(
            f"final_epochs={given.final_epochs:g} learn from the validation rows that members hold out of their own: "
            "early_stopping=True without X_val and y_val; or leave it out"
        )
    if isinstance(solver, StepOptions) and len(solver.decays) > 1 and not validates:
        raise ValueError(
            f"weight_decay={solver.weight_decay!r} is chosen from by validation rows: early_stopping=True, or X_val "
            "and y_val; or give one number"
        )


def set_nested(estimator: HasParameters, parameters: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters; `ValueError` for one inside a solver or preset that is still a name, with what to give."""
    values = {**estimator.get_params(deep=False), **parameters}
    for name in parameters:
        outer, _, inner = name.partition("__")
        if not inner or not isinstance(values.get(outer), str):
            continue
        known = str(values[outer])
        if outer == "solver":
            solver = type(SOLVERS[known]).__name__ if known in SOLVERS else "Adam"
            raise ValueError(f"solver={known!r} is a name; give solver={solver}() to set its {inner}")
        if outer == "preset":
            raise ValueError(f"preset={known!r} is a name; give preset=Recipe({known!r}) to set its {inner}")
    return dict(parameters)
