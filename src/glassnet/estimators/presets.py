"""Presets: what is not given, as functions of the number of rows, found by measurement (docs/reference/recipe.md).

`plain` is scikit-learn's network. For tables and Adam, `fast`, `balanced` and `best` are one recipe in three sizes:
numbers clipped smoothly and embedded as cosines and as piecewise-linear functions, a learned scale of every input,
activations with learned parameters, steps that shrink in the second half, the best epoch by validation rows or a later
one that is nearly as good. Another solver than Adam gets dense layers alone. Images have a recipe of their own, with
convolutions before the dense layers.
"""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from glassnet.ensemble.recipe import LEARNING_RATE, Recipe
from glassnet.training.auto_solver import as_solver
from glassnet.training.levenberg_marquardt import LevenbergMarquardt
from glassnet.training.optimizers import Adam
from glassnet.training.solver import Solver, StepOptions, with_defaults

EMBEDDINGS = ("periodic", "piecewise", "both", "none")
PRESETS = ("fast", "balanced", "best", "plain")

PLAIN = Recipe(
    "plain",
    embedding="none",
    scaler="standard",
    clip_inputs=False,
    input_scaling=False,
    parametric_activation=False,
    linear_path=False,
    initializers="scikit-learn",
    learning_rate_multipliers=False,
    fade=1.0,
    validation_slack=0.0,
    final_epochs=0.0,
    binary_flags=False,
    most_one_hot=256,
    drop_identifiers=True,
    convolutions=False,
    shift=0,
    hidden_layer_sizes=(100,),
    activation="relu",
    alpha=0.0001,
    dropout=0.0,
    batch_size=200,
    learning_rate_init=LEARNING_RATE,
    max_iter=200,
    early_stopping=False,
    n_iter_no_change=10,
    n_members=1,
    output_range=(None, None),
)
DENSE = replace(
    PLAIN,
    base="balanced",
    initializers="glorot",
    hidden_layer_sizes=(64, 64),
    n_members=8,
    early_stopping=True,
)
SMALL = (16,)  # for Levenberg-Marquardt, whose steps grow with the cube of the parameters
TABULAR_ADAM = Adam(0.9, 0.95, schedule="flat_cosine", warmup=0.02)
TABULAR = replace(
    DENSE,
    embedding="both",
    scaler="robust",
    clip_inputs=True,
    input_scaling=True,
    parametric_activation=True,
    linear_path=True,
    initializers="lecun",
    learning_rate_multipliers=True,
    fade=0.5,
    binary_flags=True,
    most_one_hot=16,
    activation="mish",
    alpha=0.0,
    learning_rate_init=0.01,
    output_range="seen",
)
DROPOUT = 0.15  # of classifiers of few rows
MOST_SMOOTHING = 0.1  # of the indicators of classes
ROWS_OF_SMOOTHING = 15  # it is this over the number of rows, at most the above
IMAGES = replace(
    DENSE,
    convolutions=True,
    hidden_layer_sizes=(128,),
    n_members=1,
    solver=Adam(schedule="flat_cosine", warmup=0.02),
    dropout=0.25,
    learning_rate_init=0.002,
    output_range="seen",
)


@dataclass(frozen=True)
class Size:
    """The recipe for tables of at most so many rows; `best` has twice the members."""

    rows: float
    width: int
    epochs: int
    members: int
    weight_decay: tuple[float, ...]
    validation_slack: float
    final_epochs: float
    best_epochs: int
    best_wider: int


SIZES = (
    Size(2_000, 64, 256, members=32, weight_decay=(0.05, 1.0), validation_slack=0.0, final_epochs=0.5,
         best_epochs=256, best_wider=2),
    Size(15_000, 64, 128, members=8, weight_decay=(0.05, 0.2), validation_slack=0.1, final_epochs=0.25,
         best_epochs=128, best_wider=2),
    Size(np.inf, 128, 64, members=8, weight_decay=(0.05,), validation_slack=0.1, final_epochs=0.0,
         best_epochs=96, best_wider=1),
)  # fmt: skip

ROWS_OF_ALL_EPOCHS = 2**16  # with more rows, epochs become fewer, so that the number of steps stays
LEAST_EPOCHS = 4


@dataclass(frozen=True)
class ImageSize:
    """The recipe for at most so many images."""

    rows: float
    epochs: int
    members: int


IMAGE_SIZES = (
    ImageSize(5_000, 60, members=4),
    ImageSize(20_000, 15, members=1),
    ImageSize(np.inf, 5, members=1),
)
MOST_IMAGES_A_STEP = 128

Preset = Callable[[str, int, Solver | str | None], Recipe]  # name, rows, solver


def resolve(preset: Recipe, given: Recipe, rows: int, presets: Preset) -> Recipe:
    """Return the recipe for so many rows, with every choice but "auto" made: given first, else the preset's.

    Parameters
    ----------
    preset : Recipe
        The estimator's `preset`, a name as `Recipe(name)`.
    given : Recipe
        The estimator's other parameters.
    rows : int
        The rows that count.
    presets : callable
        The recipes of the kind of inputs.
    """
    if preset.base not in PRESETS:
        raise ValueError(f"preset={preset.base!r} is not known; choose one of {', '.join(PRESETS)}")
    choices = given.over(preset)
    if choices.layers is not None:
        _check_layers(choices)
    solver = choices.solver
    defaults = (
        replace(PLAIN, batch_size=min(200, rows)) if preset.base == "plain" else presets(preset.base, rows, solver)
    )
    recipe = choices.over(replace(defaults, base=preset.base))
    if solver != "auto":
        recipe = replace(recipe, solver=_settled(as_solver(solver or "adam"), defaults.solver))
    if recipe.n_members == 1 and choices.validation_slack is None:
        recipe = replace(recipe, validation_slack=0.0)  # nothing averages out in a single network
    if recipe.n_members == 1 and choices.final_epochs is None:
        recipe = replace(recipe, final_epochs=0.0)  # its validation rows alone say how well it predicts
    bayesian = isinstance(recipe.solver, LevenbergMarquardt) and recipe.solver.bayesian
    if bayesian and choices.early_stopping is None:
        recipe = replace(recipe, early_stopping=False)  # all rows say how strong the penalty is
    if (bayesian or defaults.solver is not None) and choices.n_iter_no_change is None:
        recipe = replace(recipe, n_iter_no_change=recipe.max_iter)  # the best steps are the last and smallest ones
    return recipe


def epochs_of(epochs: int, rows: int) -> int:
    """Return the epochs over so many rows, with as many steps as over `ROWS_OF_ALL_EPOCHS` where rows are more."""
    return min(epochs, max(LEAST_EPOCHS, round(epochs * ROWS_OF_ALL_EPOCHS / rows)))


def for_tables(preset: str, rows: int, solver: Solver | str | None) -> Recipe:
    """Return the recipe for regression on tables."""
    if not _is_adam(solver):
        return for_dense(preset, rows, solver)
    size = next(size for size in SIZES if rows <= size.rows)
    epochs, members, wider = {
        "fast": (size.epochs // 2, size.members // 2, 1),
        "balanced": (size.epochs, size.members, 1),
        "best": (size.best_epochs, 2 * size.members, size.best_wider),
    }[preset]
    return replace(
        TABULAR,
        hidden_layer_sizes=(size.width * wider,) * 3,
        n_members=members,
        batch_size=rows_a_step(rows),
        max_iter=epochs_of(epochs, rows),
        validation_slack=size.validation_slack,
        final_epochs=size.final_epochs,
        solver=replace(TABULAR_ADAM, weight_decay=size.weight_decay),
    )


def for_classes_of_tables(preset: str, rows: int, solver: Solver | str | None) -> Recipe:
    """Return the recipe for classification on tables: that for regression, with dropout where there are few rows."""
    recipe = for_tables(preset, rows, solver)
    if not _is_adam(solver):
        return recipe
    suited = without_line(recipe, rows)
    one_decay, epochs = suited.solver != recipe.solver, recipe.max_iter or 1
    return replace(
        suited,
        max_iter=epochs * 3 // 2 if one_decay else epochs,  # for the time of the other decay
        output_range=None,
        linear_path=False,
        final_epochs=0.0,  # which make probabilities too sure
        dropout=DROPOUT if rows <= SIZES[0].rows else None,
        label_smoothing=min(MOST_SMOOTHING, ROWS_OF_SMOOTHING / rows),
    )


def without_line(recipe: Recipe, rows: int) -> Recipe:
    """Return the recipe where no member tries a line, and each would try several decays in full.

    For few rows it has half the members, for more rows one decay.
    """
    solver = recipe.solver
    if not isinstance(solver, StepOptions) or len(solver.decays) == 1:
        return recipe
    if rows <= SIZES[0].rows:
        return replace(recipe, n_members=-(-(recipe.n_members or 1) // 2))
    return replace(recipe, solver=replace(solver, weight_decay=solver.decays[:1]))


def for_dense(preset: str, rows: int, solver: Solver | str | None) -> Recipe:
    """Return dense layers alone, the same for every size."""
    recipe = replace(DENSE, batch_size=rows_a_step(rows))
    is_lm = solver == "lm" or isinstance(solver, LevenbergMarquardt)
    return replace(recipe, hidden_layer_sizes=SMALL) if is_lm else recipe


def for_images(preset: str, rows: int, solver: Solver | str | None) -> Recipe:
    """Return the recipe for so many images; `best` has three members, twice the epochs, images moved a little."""
    recipe = IMAGES if _is_adam(solver) else replace(IMAGES, dropout=0.0, solver=None)
    size = next(size for size in IMAGE_SIZES if rows <= size.rows)
    recipe = replace(
        recipe, batch_size=min(MOST_IMAGES_A_STEP, rows_a_step(rows)), max_iter=size.epochs, n_members=size.members
    )
    if preset == "fast":
        return replace(recipe, max_iter=-(-size.epochs // 2), n_members=1)
    if preset == "best":
        return replace(recipe, max_iter=2 * size.epochs, n_members=max(3, size.members), shift=2)
    return recipe


REGRESSION: Mapping[str, Preset] = {"table": for_tables, "image": for_images}
CLASSIFICATION: Mapping[str, Preset] = {"table": for_classes_of_tables, "image": for_images}


def online(recipe: Recipe, given: Recipe) -> Recipe:
    """Return the recipe for rows that come bit by bit: nobody knows when training ends, so nothing rises or falls."""
    if recipe.fade == 1.0 or not isinstance(recipe.solver, StepOptions):
        return recipe
    chosen = given.solver if isinstance(given.solver, StepOptions) else StepOptions()
    solver = recipe.solver if chosen.schedule is not None else replace(recipe.solver, schedule="constant")
    step_size = recipe.learning_rate_init or LEARNING_RATE
    step_size = step_size if given.learning_rate_init is not None else step_size / 10
    return replace(recipe, solver=solver, learning_rate_init=step_size, fade=1.0, final_epochs=0.0)


def rows_a_step(rows: int) -> int:
    """Return the batch size, a power of two: few shapes for small tables."""
    wanted = 32 if rows <= 500 else 64 if rows <= 1_500 else 128 if rows <= 8_000 else 256 if rows <= 30_000 else 512
    return min(wanted, 1 << (rows.bit_length() - 1))


def _settled(solver: Solver, preset: Solver | str | None) -> Solver:
    """Return a solver of this package, a copy with all options settled; a preset's are those of Adam."""
    if not isinstance(solver, StepOptions):
        return copy(solver)
    options = preset if isinstance(solver, Adam) and isinstance(preset, Adam) else None
    return with_defaults(solver, options)


def _is_adam(solver: Solver | str | None) -> bool:
    return solver is None or isinstance(solver, Adam) or (isinstance(solver, str) and solver in ("adam", "adamw"))


# What `layers` stand in place of.
OF_HIDDEN_LAYERS = (
    "hidden_layer_sizes", "activation", "embedding", "clip_inputs", "input_scaling", "parametric_activation",
    "linear_path", "convolutions", "shift",
)  # fmt: skip


def _check_layers(choices: Recipe) -> None:
    for name in (*OF_HIDDEN_LAYERS, "dropout"):
        if getattr(choices, name) is not None:
            raise ValueError(f"layers and {name} both say what the hidden layers are; give one of them")
