"""Small fits, one for every way of fitting, whose numbers `digests.py` compares between two versions of glassnet.

Parameters are written as `NetworkRegressor` first took them; `estimator` puts those that a later version keeps
elsewhere into its solver or its recipe, so that the same cases run on both.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from inspect import signature
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes, load_digits
from sklearn.model_selection import KFold

ESTIMATORS = {"regressor": "NetworkRegressor", "classifier": "NetworkClassifier"}
SOLVERS = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "gd": "GradientDescent"}
OF_SOLVER = {
    "learning_rate": "schedule",
    "warmup": "warmup",
    "power_t": "power_t",
    "weight_decay": "weight_decay",
    "clip_norm": "clip_norm",
    "shuffle": "shuffle",
}
OF_RECIPE = ("embedding", "adversarial")
LATER_NAMES = {"Momentum": "SGD", "OwnLoss": "CustomLoss"}
HOMES = {"AdamW": "glassnet.training.optimizers", "Recipe": "glassnet.ensemble.recipe"}  # where they are not exported
SMALL = {"hidden_layer_sizes": (8,), "n_members": 2}


class Data(NamedTuple):
    """Rows to learn from, with further arguments of `fit`, and rows to predict."""

    X: Any
    y: Any
    new: Any
    more: dict[str, Any] = {}  # noqa: RUF012, nobody writes to it


class Fitted(NamedTuple):
    """A fitted model, and rows that it never saw."""

    model: Any
    new: Any


# How an estimator is made, by an old version or by a later one.


def named(name: str) -> Any:
    """Return what glassnet has under a name, or under the one that it has later."""
    import glassnet

    for known in (LATER_NAMES.get(name, name), name):
        if hasattr(glassnet, known):
            return getattr(glassnet, known)
    return getattr(import_module(HOMES[name]), name) if name in HOMES else getattr(glassnet, name)


def estimator(kind: str, **given: Any) -> Any:
    """Return an estimator; what its constructor does not take goes into the solver and the recipe."""
    made = named(ESTIMATORS[kind])
    moved = {name: given.pop(name) for name in given.keys() - signature(made).parameters.keys()}
    lost = moved.keys() - OF_SOLVER.keys() - set(OF_RECIPE)
    if lost:
        raise TypeError(f"{made.__name__} takes no {', '.join(sorted(lost))}, and neither does a solver or a recipe")
    of_solver = {OF_SOLVER[name]: value for name, value in moved.items() if name in OF_SOLVER}
    of_recipe = {name: value for name, value in moved.items() if name in OF_RECIPE}
    if of_solver:
        given["solver"] = solver(given.get("solver", "adam"), of_solver)
    if of_recipe:
        given["preset"] = named("Recipe")(given.get("preset", "balanced"), **of_recipe)
    return made(**given)


def solver(given: Any, fields: dict[str, Any]) -> Any:
    """Return a solver, given by its name or as an object, with these fields."""
    if not isinstance(given, str):
        return replace(given, **fields)
    if given not in SOLVERS:
        raise TypeError(f"solver={given!r} does not take {', '.join(fields)}")
    return named(SOLVERS[given])(**fields)


# Data, made anew from fixed seeds.


@cache
def waves() -> Data:
    """240 rows of four columns and one noisy target."""
    random = np.random.default_rng(0)
    X = random.normal(size=(280, 4))
    y = 3 + np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * random.normal(size=280)
    return Data(X[:240], y[:240], X[240:])


@cache
def diabetes() -> Data:
    """The first 400 patients of scikit-learn's table, as a data frame."""
    X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
    return Data(X[:400], y[:400], X[400:])


def other_waves() -> Data:
    """Other rows than those of `waves`, of another scale, and fewer."""
    data = waves()
    return data._replace(X=2 * data.X[:150] + 1, y=data.y[:150] - 1)


def counts() -> Data:
    """Targets 0, 1, 2, ..."""
    data = waves()
    return data._replace(y=np.random.default_rng(1).poisson(np.exp(0.5 * data.X[:, 0])).astype(float))


def positive() -> Data:
    """Targets above 0."""
    data = waves()
    return data._replace(y=np.exp(0.5 * data.y))


def shares() -> Data:
    """Targets between 0 and 1."""
    data = waves()
    return data._replace(y=1 / (1 + np.exp(-data.y)))


def several() -> Data:
    """Three targets."""
    X, y, *_ = data = waves()
    return data._replace(y=np.column_stack([y, 10 * X[:, 3] - y, X[:, 0] ** 2]))


def several_with_gaps() -> Data:
    """Three targets, a fifth of them missing, never a whole row."""
    data = several()
    y = data.y.copy()
    y[:, 1:][np.random.default_rng(2).uniform(size=(len(y), 2)) < 0.3] = np.nan
    return data._replace(y=y)


def gaps() -> Data:
    """Cells of an array missing."""
    data = waves()
    return data._replace(X=np.where(np.random.default_rng(3).uniform(size=data.X.shape) < 0.1, np.nan, data.X))


def labels(classes: int) -> Data:
    """Labels in text of so many classes, not equally frequent."""
    data = waves()
    edges = np.quantile(data.y, np.linspace(0, 1, classes + 1)[1:-1] ** 1.5)
    return data._replace(y=np.array(["low", "middle", "top"])[np.digitize(data.y, edges)])


def weighted(data: Data, share_of_zeros: float) -> Data:
    """Rows that differ in weight, some of weight 0."""
    random = np.random.default_rng(4)
    weights = random.uniform(0.5, 2, size=len(data.y))
    weights[random.uniform(size=len(weights)) < share_of_zeros] = 0
    return data._replace(more={"sample_weight": weights})


def grouped(data: Data) -> Data:
    """Rows in groups of six."""
    return data._replace(more={"groups": np.arange(len(data.y)) // 6})


def judged(data: Data) -> Data:
    """The last fifth of the rows to stop by."""
    cut = len(data.y) * 4 // 5
    return Data(data.X[:cut], data.y[:cut], data.new, {"X_val": data.X[cut:], "y_val": data.y[cut:]})


@cache
def mixed() -> Data:
    """A data frame of numbers, text, dates, booleans, numbers in text and a constant, with missing cells."""
    random = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "size": random.lognormal(size=260),
            "kind": random.choice(["flat", "house", "barn", None], size=260),
            "town": random.choice([f"town {number}" for number in range(30)], size=260),
            "sold": pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 900, size=260), unit="D"),
            "garden": random.uniform(size=260) < 0.4,
            "price": [f"${number:,.2f}" for number in random.uniform(500, 5000, size=260)],
            "constant": 1.0,
        }
    )
    y = np.log(frame["size"]) + frame["garden"] + (frame["kind"] == "house") + 0.1 * random.normal(size=260)
    frame.loc[random.uniform(size=260) < 0.15, "size"] = np.nan
    frame.loc[random.uniform(size=260) < 0.1, "sold"] = pd.NaT
    return Data(frame[:220], y[:220].rename("value"), frame[220:])


def images(kind: type, rows: int = 200) -> Data:
    """Digits of 8 x 8 pixels as bytes or as floats, and what they show."""
    found = load_digits()
    pixels = (15 * found.images).astype(np.uint8) if kind is np.uint8 else (found.images / 16).astype(kind)
    return Data(pixels[:rows], found.target[:rows], pixels[-60:])


# Ways to fit.


def fit(data: Data, kind: str = "regressor", **parameters: Any) -> Fitted:
    """Return one fit of ten epochs, unless told otherwise."""
    model = estimator(kind, **{"random_state": 7, "max_iter": 10} | parameters)
    return Fitted(model.fit(data.X, data.y, **data.more), data.new)


def small(data: Data, kind: str = "regressor", **parameters: Any) -> Fitted:
    """Return one fit of two members of eight neurons, unless told otherwise."""
    return fit(data, kind, **SMALL | parameters)


def gone_on(then: Data, kind: str = "regressor", **parameters: Any) -> Fitted:
    """Return a fit that began with `waves` and went on with other data."""
    first = waves() if kind == "regressor" else labels(3)
    model, _ = small(first, kind, warm_start=True, **parameters)
    return Fitted(model.fit(then.X, then.y), then.new)


def in_parts(data: Data, kind: str = "regressor", before: bool = False, **parameters: Any) -> Fitted:
    """Return a model of several calls of `partial_fit`, after a fit or not."""
    model = estimator(kind, **SMALL | {"random_state": 7, "max_iter": 5} | parameters)
    if before:
        model.fit(data.X, data.y)
    for start in (0, 60, 120, 180, 0):
        rows = slice(start, start + 60 if start else None)
        model.partial_fit(data.X[rows], data.y[rows])
    return Fitted(model, data.new)


def resumed(data: Data, stopped: bool, **parameters: Any) -> Fitted:
    """Return the same fit done twice with one folder of checkpoints, the first one to the end or stopped halfway."""
    with TemporaryDirectory() as folder:
        with_folder = data._replace(more=data.more | {"checkpoint": folder})
        small(with_folder, **parameters, callback=(lambda progress: True) if stopped else None)
        return small(with_folder, **parameters)


def searched(data: Data, sizes: list[tuple[int, ...]], **parameters: Any) -> Fitted:
    """Return the winner of a search for the size of the network."""
    base = estimator("regressor", **{"random_state": 7, "max_iter": 9, "n_members": 4} | parameters)
    return Fitted(named("SizeSearch")(base, sizes, factor=2).fit(data.X, data.y).best_estimator_, data.new)


def layers(*rows: tuple[Any, ...]) -> list[Any]:
    """Return layers, each given as its name and its arguments."""
    return [named(name)(*arguments) for name, *arguments in rows]


def convolutions() -> list[Any]:
    """Return a small network for images."""
    return layers(("Shift", 1), ("Convolution", 4, 3, "relu"), ("MaxPool", 2), ("Flatten",), ("Dense", 16, "relu"))


def worst(truth: np.ndarray, said: np.ndarray) -> float:
    """Return the largest error."""
    return float(np.max(np.abs(truth - said)))


def fourth_power() -> Any:
    """Return a loss that glassnet does not ship."""
    return named("OwnLoss")(lambda x, y: (x - y) ** 4 / 4, lambda x, y: (x - y) ** 3)


# The cases: a name, and what to do. Nothing is computed before the case is run.

Case = Callable[[], Fitted]
ALL_SOLVERS = ("adam", "adamw", "sgd", "gd", "lbfgs", "lm")

CASES: dict[str, Case] = {
    **{
        f"{name}-{preset}": partial(lambda **both: fit(waves(), **both), solver=name, preset=preset)
        for name in ALL_SOLVERS
        for preset in ("plain", "fast")
    },
    # Presets
    "adam-balanced": lambda: fit(waves(), max_iter=6),
    "adam-best": lambda: fit(waves(), preset="best", max_iter=4, n_members=4),
    "diabetes-balanced": lambda: fit(diabetes(), max_iter=5, n_members=4),
    # Solvers
    "auto-lm": lambda: small(waves(), solver="auto"),
    "auto-lbfgs": lambda: small(waves(), solver="auto", loss="huber"),
    "auto-adam": lambda: fit(waves(), solver="auto", preset="plain", hidden_layer_sizes=(80, 60), max_iter=5),
    "solver-adam": lambda: small(waves(), solver=named("Adam")(beta_1=0.8, beta_2=0.99), preset="plain"),
    "solver-adam-balanced": lambda: small(waves(), solver=named("Adam")(beta_1=0.9, beta_2=0.999)),
    "solver-momentum": lambda: small(waves(), solver=named("Momentum")(0.5), preset="plain"),
    "step-size": lambda: small(waves(), learning_rate_init=0.05, preset="plain"),
    "alpha": lambda: small(waves(), alpha=3.0, preset="plain"),
    "lbfgs-alpha": lambda: small(waves(), solver="lbfgs", alpha=3.0),
    "lm-early-stopping-off": lambda: small(waves(), solver="lm", early_stopping=False, max_iter=20),
    "batch-size": lambda: small(waves(), batch_size=50, preset="plain"),
    "retries": lambda: small(waves(), solver="sgd", activation="tanh", learning_rate_init=3.0, preset="fast"),
    # Schedules, decay, clipping, orders
    **{
        f"schedule-{name}": partial(lambda name: small(waves(), learning_rate=name, preset="plain"), name)
        for name in ("cosine", "log_cosine", "invscaling")
    },
    "schedule-adaptive": lambda: small(
        waves(), solver="sgd", learning_rate="adaptive", learning_rate_init=0.1, n_iter_no_change=2, tol=0.05,
        max_iter=30, preset="plain",
    ),
    "power-t": lambda: small(waves(), learning_rate="invscaling", power_t=0.2, preset="plain"),
    "warmup-balanced": lambda: small(waves(), warmup=0.5),
    "decay-none": lambda: small(waves(), weight_decay=0.0),
    "decay-one": lambda: small(waves(), weight_decay=2.0, preset="plain"),
    "decay-several": lambda: small(waves(), weight_decay=(0.5, 2.0, 8.0)),
    "decay-gd": lambda: small(waves(), solver="gd", weight_decay=3.0, clip_norm=1.0, preset="plain"),
    "decay-adamw": lambda: small(waves(), solver="adamw", weight_decay=3.0, preset="plain"),
    "clip-norm": lambda: small(waves(), clip_norm=0.05, preset="plain"),
    "shuffle-off": lambda: small(waves(), shuffle=False, batch_size=32, preset="plain"),
    "shuffle-replacement": lambda: small(waves(), shuffle="replacement", batch_size=32, preset="plain"),
    "all-of-the-solver": lambda: small(
        waves(), learning_rate="cosine", warmup=0.1, weight_decay=(0.1, 1.0), clip_norm=1.0, shuffle="replacement",
    ),
    # Classes
    "classes-2": lambda: small(labels(2), "classifier"),
    "classes-3": lambda: fit(labels(3), "classifier", max_iter=5),
    "classes-plain": lambda: fit(labels(3), "classifier", preset="plain"),
    "classes-weights": lambda: small(labels(3), "classifier", class_weight={"low": 5.0, "middle": 1.0, "top": 0.5}),
    "classes-balanced-weights": lambda: small(weighted(labels(3), 0.1), "classifier", class_weight="balanced"),
    "classes-lbfgs": lambda: small(labels(3), "classifier", solver="lbfgs"),
    "classes-solver": lambda: small(
        labels(2), "classifier", learning_rate="cosine", weight_decay=0.5, clip_norm=0.5, shuffle=False,
    ),
    # Losses
    "absolute-error": lambda: small(waves(), loss="absolute_error", preset="plain"),
    "huber": lambda: small(waves(), loss="huber", preset="plain"),
    "poisson": lambda: small(counts(), loss="poisson"),
    "poisson-lbfgs": lambda: small(counts(), loss="poisson", solver="lbfgs"),
    "gamma": lambda: small(positive(), loss="gamma", preset="plain"),
    "quantiles": lambda: small(waves(), loss=named("Quantile")((0.1, 0.5, 0.9))),
    "own-loss": lambda: small(waves(), loss=fourth_power(), preset="plain"),
    # Targets and tables
    "targets-several": lambda: small(several()),
    "targets-lm": lambda: small(several(), solver="lm"),
    "targets-with-gaps": lambda: small(several_with_gaps()),
    "cells-missing": lambda: small(gaps(), preset="plain"),
    "mixed-frame": lambda: small(mixed()),
    "mixed-frame-plain": lambda: small(mixed(), preset="plain"),
    "range-positive": lambda: small(shares(), output_range=(0, None), preset="plain"),
    "range-both": lambda: small(shares(), output_range=(0, 1), preset="plain"),
    "range-open": lambda: small(shares(), output_range=(None, None)),
    # Networks
    "embedding-piecewise": lambda: small(waves(), embedding="piecewise"),
    "embedding-both": lambda: small(waves(), embedding="both"),
    "embedding-none": lambda: small(waves(), embedding="none"),
    "linear": lambda: small(waves(), hidden_layer_sizes=(), preset="plain"),
    "activations": lambda: small(waves(), hidden_layer_sizes=(6, 5), activation=["tanh", "mish"], preset="plain"),
    "layers": lambda: fit(
        waves(), n_members=2, layers=layers(("Dense", 9, "tanh"), ("Dropout", 0.1), ("Dense", 5, "relu")),
    ),
    "dropout": lambda: small(waves(), dropout=0.2),
    "adversarial": lambda: small(waves(), adversarial=0.1),
    "size-search": lambda: searched(waves(), [(4,), (8,)]),
    # Images
    "images-bytes-classes": lambda: fit(
        images(np.uint8), "classifier", layers=convolutions(), n_members=2, max_iter=4
    ),
    "images-floats-regression": lambda: fit(images(np.float32), layers=convolutions(), n_members=2, max_iter=4),
    "images-recipe": lambda: fit(images(np.uint8, 100), "classifier", preset="fast", max_iter=2),
    "images-adversarial": lambda: fit(
        images(np.uint8), "classifier", layers=convolutions(), n_members=1, max_iter=4, adversarial=0.1,
    ),
    # Rows, folds, members
    "weights": lambda: small(weighted(waves(), 0.0)),
    "weights-zero": lambda: small(weighted(waves(), 0.3)),
    "groups": lambda: small(grouped(waves()), n_members=4),
    "cv-splitter": lambda: small(waves(), n_members=3, cv=KFold(3), preset="plain"),
    "cv-number": lambda: small(weighted(waves(), 0.2), n_members=4, cv=2, preset="plain"),
    "cv-none": lambda: small(waves(), n_members=4, cv=None),
    "members-1": lambda: small(waves(), n_members=1),
    "members-16": lambda: small(waves(), n_members=16, preset="plain"),
    "few-rows": lambda: small(waves()._replace(X=waves().X[:15], y=waves().y[:15])),
    # Stopping
    "early-stopping-off": lambda: small(waves(), early_stopping=False),
    "early-stopping-plain": lambda: small(
        waves(), early_stopping=True, preset="plain", n_iter_no_change=2, tol=0.05, max_iter=30, n_members=4
    ),
    "monitor": lambda: small(waves(), monitor=worst),
    "validation-rows": lambda: small(judged(waves())),
    "validation-rows-monitor": lambda: small(judged(waves()), monitor=worst, solver="sgd"),
    # Going on
    "warm-start-same-rows": lambda: gone_on(waves()),
    "warm-start-other-rows": lambda: gone_on(other_waves()),
    "warm-start-adaptive": lambda: gone_on(waves(), solver="sgd", learning_rate="adaptive", preset="plain"),
    "warm-start-lm": lambda: gone_on(waves(), solver="lm"),
    "warm-start-classes": lambda: gone_on(labels(3), "classifier"),
    "partial-fit": lambda: in_parts(waves()),
    "partial-fit-plain": lambda: in_parts(waves(), preset="plain", solver="sgd"),
    "partial-fit-after-fit": lambda: in_parts(waves(), before=True),
    "partial-fit-classes": lambda: in_parts(labels(3), "classifier"),
    "checkpoint": lambda: resumed(waves(), stopped=False),
    "checkpoint-stopped": lambda: resumed(waves(), stopped=True, max_iter=30),
    "checkpoint-stopped-decays": lambda: resumed(waves(), stopped=True, weight_decay=(0.1, 5.0), dropout=0.2),
}  # fmt: skip
