"""From a recipe to a network, a plan and settings for training."""

from typing import Any

from glassnet.data.images import ImageSchema
from glassnet.data.table_schema import TableSchema
from glassnet.estimators.dataset import AnySchema
from glassnet.estimators.recipe import Recipe, sizes_of, starts
from glassnet.network.activation import Activation
from glassnet.network.augmentation import Shift
from glassnet.network.convolution import Convolution
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.embedding import Embedding
from glassnet.network.flatten import Flatten
from glassnet.network.initializers import LeCun, Zero
from glassnet.network.layer import Layer
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.network.parametric import ParametricActivation
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear
from glassnet.network.pooling import AveragePool, MaxPool
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip
from glassnet.training.auto_solver import Choice
from glassnet.training.epochs import Plan, Settings
from glassnet.training.optimizers import GradientDescent, as_solver

COLUMNS_OF_FULL_DEVIATION = 8
CHANNELS = (32, 64, 128, 128)
SHORT = 7  # pixels a side at which a picture goes to the dense layers as it is


def network_of(recipe: Recipe, preset: str, schema: AnySchema, outputs: int, last: Activation | str) -> Network:
    """Return the network of a recipe: what it does to inputs, hidden layers, and a dense layer last."""
    pictures = isinstance(schema, ImageSchema)
    inputs = schema.shape if pictures else len(schema.inputs)
    weights, bias = (LeCun(), Zero()) if recipe.tabular else starts(recipe, preset, "identity")
    hidden = _hidden(recipe, preset, schema) if recipe.layers is None else [*_codes(schema), *recipe.layers]
    return Network(inputs, [*hidden, Dense(outputs, last, weights, bias)])


def _hidden(recipe: Recipe, preset: str, schema: AnySchema) -> list[Layer]:
    """Return all layers of a recipe but the last."""
    layers = _picture_entrance(recipe, schema) if isinstance(schema, ImageSchema) else _entrance(recipe, schema)
    for size, name in sizes_of(recipe):
        weights, bias = starts(recipe, preset, name)
        if recipe.tabular:
            layers += [Dense(size, "identity", weights, bias), ParametricActivation(name)]
        else:
            layers.append(Dense(size, name, weights, bias))
        layers += [Dropout(recipe.dropout)] if recipe.dropout else []
    return layers


def _picture_entrance(recipe: Recipe, schema: ImageSchema) -> list[Layer]:
    """Return the layers that make a vector of a picture.

    Twice as many channels at every halving of the sides, until these are short; what is then left of a large picture
    is averaged.
    """
    layers: list[Layer] = [Shift(recipe.shift)] if recipe.shift else []
    *sides, _ = schema.shape
    for channels in CHANNELS if recipe.convolutions else ():
        if max(sides) <= SHORT:
            break
        layers.append(Convolution(channels, min(3, *sides), "relu", padding="same"))
        if min(sides) > 1:
            layers.append(MaxPool(2))
            sides = [side // 2 for side in sides]
    return [*layers, *([AveragePool(None)] if recipe.convolutions and max(sides) > SHORT else []), Flatten()]


def _codes(schema: AnySchema) -> list[Layer]:
    """Return the embedding of the columns that come as codes: no other layer could make anything of them."""
    if isinstance(schema, ImageSchema) or not schema.codes:
        return []
    return [Embedding(tuple(len(column.levels) for column in schema.codes))]


def _entrance(recipe: Recipe, schema: TableSchema) -> list[Layer]:
    """Return the layers between the scaled inputs and the first hidden layer."""
    numbers = len(schema.numbers)
    layers = _codes(schema)
    if recipe.tabular and numbers:
        layers.append(SmoothClip(numbers))
    if numbers and recipe.embedding in ("periodic", "both"):
        layers.append(_waves(numbers))
    if numbers and recipe.embedding in ("piecewise", "both"):
        layers.append(PiecewiseLinear(numbers))
    return [*layers, InputScaling()] if recipe.tabular else layers


def _waves(numbers: int) -> Periodic:
    """Return the embedding for so many columns: the more there are, the slower its waves, or all together overfit."""
    return Periodic(numbers, standard_deviation=min(1.0, COLUMNS_OF_FULL_DEVIATION / numbers))


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
        adversarial=estimator.adversarial is not None,
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
        epsilon=estimator.adversarial or 0.0,
    )
