"""From a recipe to a network."""

import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from glassnet.data.read_columns import Reading
from glassnet.data.schema import Schema
from glassnet.ensemble.linear_start import MOST_COLUMNS
from glassnet.ensemble.recipe import Recipe
from glassnet.network.activation import Activation, Heaviside, Identity, Logistic, as_activation
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.embedding import Embedding
from glassnet.network.initializers import Glorot, Initializer, LeCun, Normal, Zero
from glassnet.network.layer import Layer
from glassnet.network.linear_path import LinearPath
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.network.parametric import ParametricActivation


def network_of(recipe: Recipe, schema: Schema, outputs: int, last: Activation | str) -> Network:
    """Return the network of a recipe: what it does to inputs, hidden layers, and a dense layer last."""
    if recipe.layers is not None:
        hidden = [*schema.embedding_layers(), *recipe.layers]
    else:
        hidden = [*schema.input_layers(recipe), *_hidden(recipe)]
    if any(isinstance(getattr(layer, "activation", None), Heaviside) for layer in hidden):
        warnings.warn(
            "the derivative of 'heaviside' is 0, so no gradient passes it and the layers before it stay as they were "
            "drawn; use 'logistic', its smooth form, or Perceptron, which has a rule of its own",
            UserWarning,
            stacklevel=5,  # the line that called fit
        )
    weights, bias = (LeCun(), Zero()) if recipe.initializers == "lecun" else _initializers(recipe, "identity")
    layers = [*hidden, Dense(outputs, last, weights, bias)]
    if recipe.linear_path and recipe.layers is None:
        levels = tuple(count for layer in hidden if isinstance(layer, Embedding) for count in layer.levels)
        layers += [BoundedScaling(), LinearPath(outputs, levels)]
    return Network(schema.input_shape, layers)


def without_idle_line(recipe: Recipe, schema: Schema, loss: Loss, last: Activation | str) -> Recipe:
    """Return the recipe without a linear path where there is nothing for it to do.

    It is for one output a target that is any number, of a table of not too many columns.
    """
    inputs = schema.input_shape[0] + sum(
        count for layer in schema.embedding_layers() if isinstance(layer, Embedding) for count in layer.levels
    )
    fits = isinstance(loss.link, Identity) and isinstance(as_activation(last), Identity) and not loss.levels
    fits = fits and loss.domain == "any number" and not loss.classifies
    fits = fits and schema.kind == "table" and inputs <= MOST_COLUMNS and recipe.layers is None
    return recipe if fits or not recipe.linear_path else replace(recipe, linear_path=False)


def _hidden(recipe: Recipe) -> list[Layer]:
    layers: list[Layer] = []
    for size, name in _sizes(recipe):
        weights, bias = _initializers(recipe, name)
        if recipe.parametric_activation:
            layers += [Dense(size, "identity", weights, bias), ParametricActivation(name)]
        else:
            layers.append(Dense(size, name, weights, bias))
        layers += [Dropout(recipe.dropout)] if recipe.dropout else []
    return layers


def _initializers(recipe: Recipe, activation: str | Activation) -> tuple[Initializer, Initializer]:
    """Return how W and b of a layer are drawn; scikit-learn draws biases as weights, by the activation."""
    if recipe.initializers == "lecun":
        return LeCun(), Normal()
    if recipe.initializers == "glorot":
        return Glorot(), Zero()
    rule = Glorot(2.0) if isinstance(as_activation(activation), Logistic) else Glorot()
    return rule, rule


def _sizes(recipe: Recipe) -> list[tuple[int, str | Activation]]:
    """Return the size and activation of every hidden layer; `ValueError` when they do not match."""
    sizes = [
        int(size) for size in np.atleast_1d(() if recipe.hidden_layer_sizes is None else recipe.hidden_layer_sizes)
    ]
    given = recipe.activation or "relu"
    several = isinstance(given, Sequence) and not isinstance(given, str)
    names: list[str | Activation] = list(given) if several else [given] * len(sizes)  # pyright: ignore[reportAssignmentType, reportArgumentType]
    if len(names) != len(sizes):
        raise ValueError(f"activation={given!r} names {len(names)} layer(s), but there are {len(sizes)}")
    return list(zip(sizes, names, strict=True))


def reading_of(recipe: Recipe, *, more_rows: bool = False) -> Reading:
    """Return how a recipe has columns read; where `more_rows` will come, those that are constant so far are kept."""
    return Reading(bool(recipe.binary_flags), recipe.most_one_hot or 0, bool(recipe.drop_identifiers), more_rows)
