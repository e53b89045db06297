"""Recipes: everything that a preset settles, as functions of rows and solver, and of what the user gave instead.

`plain` is scikit-learn's network. `fast`, `balanced` and `best` are one recipe for Adam in three sizes, found by
measurement (docs/recipe.md): numbers clipped smoothly and embedded in waves, a learned scale of every input, neurons
that learn how strongly they bend, steps that shrink in the second half, the best epoch by held-out rows. Another solver
than Adam gets dense layers alone. Images have a recipe of their own, with convolutions before the dense layers.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glassnet.data.images import ImageSchema
from glassnet.network.activation import Logistic, as_activation
from glassnet.network.initializers import Glorot, Initializer, LeCun, Normal, Zero
from glassnet.training.optimizers import Adam


@dataclass(frozen=True)
class Recipe:
    """What a fit is made of; names are those of the estimators' parameters, and `tabular` says whether it is ours."""

    tabular: bool
    hidden_layer_sizes: Any
    activation: Any
    n_members: int
    early_stopping: bool
    embedding: str = "none"
    solver: Any = "adam"
    learning_rate_init: float = 0.001
    learning_rate: str = "constant"
    alpha: float = 0.0001
    weight_decay: tuple[float, ...] = (0.0,)
    dropout: float = 0.0
    warmup: float = 0.0
    fade: float = 1.0  # when decay and dropout start to fall to 0, as a share of training
    batch_size: int = 200
    max_iter: int = 200
    n_iter_no_change: int = 10
    output_range: Any = (None, None)
    layers: Any = None  # the hidden layers, in place of the recipe's
    convolutions: bool = False
    shift: int = 0  # pixels by which pictures are moved in training


PLAIN = Recipe(False, (100,), "relu", 1, early_stopping=False)
DENSE = Recipe(False, (64, 64), "relu", 8, early_stopping=True)
SMALL = (16,)  # for Levenberg-Marquardt, whose steps grow with the cube of the unknowns
TABULAR = Recipe(
    True,
    (128, 128, 128),
    "mish",
    8,
    early_stopping=True,
    embedding="periodic",
    solver=Adam(0.9, 0.95),
    learning_rate_init=0.01,
    learning_rate="flat_cosine",
    warmup=0.02,
    alpha=0.0,
    weight_decay=(0.05,),
    fade=0.5,
    output_range="seen",
)
PICTURES = Recipe(
    False,
    (128,),
    "relu",
    1,
    early_stopping=True,
    learning_rate_init=0.002,
    learning_rate="flat_cosine",
    warmup=0.02,
    dropout=0.25,
    output_range="seen",
    convolutions=True,
)
EMBEDDINGS = ("periodic", "piecewise", "both", "none")
PRESETS = ("fast", "balanced", "best", "plain")


@dataclass(frozen=True)
class Size:
    """The recipe for tables of at most so many rows; `best` has twice the members."""

    rows: float
    width: int
    epochs: int
    members: int
    weight_decay: tuple[float, ...]
    best_epochs: int
    best_wider: int


SIZES = (
    Size(2_000, 64, 256, members=16, weight_decay=(0.05, 1.0), best_epochs=256, best_wider=2),
    Size(15_000, 64, 192, members=8, weight_decay=(0.05,), best_epochs=192, best_wider=2),
    Size(np.inf, 128, 64, members=8, weight_decay=(0.05,), best_epochs=96, best_wider=1),
)
ADAMW_DECAY = 0.01


@dataclass(frozen=True)
class PictureSize:
    """The recipe for at most so many pictures."""

    rows: float
    epochs: int
    members: int


PICTURE_SIZES = (
    PictureSize(5_000, 60, members=4),
    PictureSize(20_000, 15, members=1),
    PictureSize(np.inf, 5, members=1),
)
MOST_PICTURES_A_STEP = 128
NOT_GIVEN = ("tabular", "fade", "convolutions", "shift")


def settled(estimator: Any, rows: int, training_rows: int | None = None) -> Recipe:
    """Return the recipe of an estimator for so many rows: what it was given, else its preset's.

    No batch is larger than the members' `training_rows`, if these are fewer.
    """
    recipe = _of_preset(estimator, rows)
    recipe = replace(recipe, **_given(estimator, recipe))
    if (recipe.tabular or recipe.convolutions) and estimator.n_iter_no_change is None:
        recipe = replace(recipe, n_iter_no_change=recipe.max_iter)  # the best steps are the last and smallest ones
    return replace(recipe, batch_size=min(recipe.batch_size, training_rows or rows))


def _of_preset(estimator: Any, rows: int) -> Recipe:
    """Return the recipe of a preset, before anything that was given."""
    preset, solver = estimator.preset, estimator.solver
    if preset not in PRESETS:
        raise ValueError(f"preset={preset!r} is not known; choose one of {', '.join(PRESETS)}")
    by_adam = solver is None or isinstance(solver, Adam) or (isinstance(solver, str) and solver in ("adam", "adamw"))
    if preset == "plain":
        recipe = replace(PLAIN, batch_size=min(200, rows))
    elif isinstance(getattr(estimator, "schema_", None), ImageSchema):
        recipe = _of_pictures(preset, rows, by_adam)
    elif by_adam and estimator.tabular:
        recipe = _tabular(preset, rows)
    else:
        recipe = replace(DENSE, batch_size=rows_a_step(rows))
        recipe = replace(recipe, hidden_layer_sizes=SMALL) if solver == "lm" else recipe
    return replace(recipe, weight_decay=(ADAMW_DECAY,)) if solver == "adamw" and not recipe.tabular else recipe


def _given(estimator: Any, recipe: Recipe) -> dict[str, Any]:
    """Return what the user gave instead, as a recipe has it."""
    given = {name: getattr(estimator, name, None) for name in vars(recipe) if name not in NOT_GIVEN}
    given = {name: value for name, value in given.items() if value is not None}
    if estimator.batch_size == "auto":
        del given["batch_size"]
    if "weight_decay" in given:
        given["weight_decay"] = tuple(np.atleast_1d(given["weight_decay"]).tolist())
    if recipe.tabular and given.get("solver") in ("adam", "adamw"):
        del given["solver"]
    if "layers" not in given:
        return given
    twice = {"hidden_layer_sizes", "activation"} & set(given)
    if twice:
        raise ValueError(f"layers and {min(twice)} both say what the hidden layers are; give one of them")
    return {**given, "layers": tuple(given["layers"])}


def online(recipe: Recipe) -> Recipe:
    """Return the recipe for rows that come bit by bit: nobody knows when training ends, so nothing rises or falls."""
    if not recipe.tabular:
        return recipe
    return replace(recipe, learning_rate="constant", learning_rate_init=recipe.learning_rate_init / 10, fade=1.0)


def _tabular(preset: str, rows: int) -> Recipe:
    """Return our recipe in one of its sizes."""
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
        weight_decay=size.weight_decay,
        max_iter=epochs,
    )


def _of_pictures(preset: str, rows: int, by_adam: bool) -> Recipe:
    """Return the recipe for so many pictures; `best` has three members, twice the epochs, pictures moved a little."""
    size = next(size for size in PICTURE_SIZES if rows <= size.rows)
    recipe = replace(
        PICTURES, batch_size=min(MOST_PICTURES_A_STEP, rows_a_step(rows)), max_iter=size.epochs, n_members=size.members
    )
    if preset == "fast":
        recipe = replace(recipe, max_iter=-(-size.epochs // 2), n_members=1)
    elif preset == "best":
        recipe = replace(recipe, max_iter=2 * size.epochs, n_members=max(3, size.members), shift=2)
    return recipe if by_adam else replace(recipe, dropout=0.0, warmup=0.0, learning_rate="constant")


def rows_a_step(rows: int) -> int:
    """Return the batch size, a power of two: few shapes for small tables."""
    wanted = 32 if rows <= 500 else 64 if rows <= 1_500 else 128 if rows <= 8_000 else 256 if rows <= 30_000 else 512
    return min(wanted, 1 << (rows.bit_length() - 1))


def starts(recipe: Recipe, preset: str, activation: Any) -> tuple[Initializer, Initializer]:
    """Return how W and b of a hidden layer are drawn: for "plain" as in scikit-learn, biases too."""
    if recipe.tabular:
        return LeCun(), Normal()
    if preset != "plain":
        return Glorot(), Zero()
    rule = Glorot(2.0) if isinstance(as_activation(activation), Logistic) else Glorot()
    return rule, rule


def sizes_of(recipe: Recipe) -> list[tuple[int, Any]]:
    """Return the size and activation of every hidden layer; `ValueError` when they do not match."""
    sizes = [int(size) for size in np.atleast_1d(recipe.hidden_layer_sizes)]
    given = recipe.activation
    names = given if isinstance(given, list | tuple) else [given] * len(sizes)
    if len(names) != len(sizes):
        raise ValueError(f"activation={given!r} names {len(names)} layer(s), but there are {len(sizes)}")
    return list(zip(sizes, names, strict=True))
