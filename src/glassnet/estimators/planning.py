"""From a recipe to a network, a plan and settings for training."""

from typing import Any

from glassnet.estimators.recipe import Recipe, sizes_of, starts
from glassnet.network.activation import Activation
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.embedding import Embedding
from glassnet.network.initial import LeCun, Zero
from glassnet.network.layer import Layer
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.network.parametric import Parametric
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear
from glassnet.network.scaling import Scaling
from glassnet.network.smooth_clip import SmoothClip
from glassnet.table.schema import Schema
from glassnet.training.choice import Choice
from glassnet.training.descent import GradientDescent, as_solver
from glassnet.training.epochs import Plan, Settings

COLUMNS_OF_FULL_DEVIATION = 8


def network_of(recipe: Recipe, preset: str, schema: Schema, outputs: int, last: Activation | str) -> Network:
    """Return the network of a recipe for a table: what it does to inputs, hidden layers, and a dense layer last."""
    layers: list[Layer] = _entrance(recipe, schema)
    for size, name in sizes_of(recipe):
        weights, bias = starts(recipe, preset, name)
        if recipe.tabular:
            layers += [Dense(size, "identity", weights, bias), Parametric(name)]
        else:
            layers.append(Dense(size, name, weights, bias))
        layers += [Dropout(recipe.dropout)] if recipe.dropout else []
    weights, bias = (LeCun(), Zero()) if recipe.tabular else starts(recipe, preset, "identity")
    return Network(len(schema.inputs), [*layers, Dense(outputs, last, weights, bias)])


def _entrance(recipe: Recipe, schema: Schema) -> list[Layer]:
    """Return the layers between the scaled inputs and the first hidden layer."""
    numbers = len(schema.numbers)
    layers: list[Layer] = []
    if schema.codes:
        layers.append(Embedding(tuple(len(column.levels) for column in schema.codes)))
    if recipe.tabular and numbers:
        layers.append(SmoothClip(numbers))
    if numbers and recipe.embedding in ("periodic", "both"):
        layers.append(_waves(numbers))
    if numbers and recipe.embedding in ("piecewise", "both"):
        layers.append(PiecewiseLinear(numbers))
    return [*layers, Scaling()] if recipe.tabular else layers


def _waves(numbers: int) -> Periodic:
    """Return the embedding for so many columns: the more there are, the slower its waves, or all together overfit."""
    return Periodic(numbers, deviation=min(1.0, COLUMNS_OF_FULL_DEVIATION / numbers))


def plan_of(estimator: Any, recipe: Recipe, network: Network, loss: Loss, choice: Choice, holds_out: bool) -> Plan:
    """Return what is compiled for the members."""
    solver = as_solver(choice.solver)
    whole_table = isinstance(solver, GradientDescent) and estimator.batch_size == "auto"
    order = "drawn" if estimator.shuffle == "replacement" else "shuffled" if estimator.shuffle else "in turn"
    return Plan(
        network,
        loss,
        solver,
        None if whole_table else recipe.batch_size,
        order=order,
        schedule=recipe.learning_rate,
        clips=estimator.clip_norm is not None,
        decays=max(recipe.weight_decay) > 0,
        paced=recipe.tabular,
        holds_out=holds_out and estimator.monitor is None,
        judged_outside=holds_out and estimator.monitor is not None,
    )


def settings_of(estimator: Any, recipe: Recipe, last_epoch: int) -> Settings:
    """Return the numbers that may change without compiling again; schedules end with `last_epoch`."""
    return Settings(
        alpha=recipe.alpha,
        decay=recipe.weight_decay[0],
        clip=estimator.clip_norm or 0.0,
        warmup=recipe.warmup,
        power=estimator.power_t,
        fade=recipe.fade,
        epochs=last_epoch,
        tolerance=estimator.tol,
        patience=recipe.n_iter_no_change,
    )
