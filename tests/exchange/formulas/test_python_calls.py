"""Every kind of layer, activation and column has a twin in NumPy, and each computes what the package computes."""

import dataclasses
import importlib
import pkgutil
from typing import get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import glassnet.network
from glassnet.data.column import Kind
from glassnet.data.dates import PERIODS
from glassnet.exchange.formulas import numpy_activations, numpy_cells, numpy_columns, numpy_layers, numpy_rows
from glassnet.exchange.formulas.python_calls import (
    ACTIVATION_CALLS,
    LAYER_CALLS,
    activation_call,
    array_name,
    network_code,
)
from glassnet.exchange.formulas.python_columns import FIELDS, KINDS
from glassnet.exchange.formulas.python_source import collect, names_used
from glassnet.network.activation import ACTIVATIONS, ELU, Activation, Identity, Increasing, LeakyReLU
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.embedding import Embedding
from glassnet.network.flatten import Flatten
from glassnet.network.layer import Layer
from glassnet.network.linear_path import LinearPath
from glassnet.network.network import Network, output
from glassnet.network.parametric import ParametricActivation
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip

OF_IMAGES = {"AveragePool", "Convolution", "Crop", "Flip", "MaxPool", "Rearrangement", "Shift"}
SHOWN = [*ACTIVATIONS.values(), ELU(0.5), LeakyReLU(0.2), Increasing(3)]
LAYERS = [
    [Dense(2, "tanh")],
    [Embedding((3, 2), size=2), Dense(2)],
    [SmoothClip(2, limit=1.5)],
    [Periodic(2, size=2, frequencies=3)],
    [PiecewiseLinear(2, size=2, bins=4)],
    [InputScaling()],
    [ParametricActivation("mish")],
    [BoundedScaling()],
    [Embedding((3, 2)), Dense(2), LinearPath(2, (3, 2))],
    [Dropout(0.5), Flatten()],
]


def classes_of_the_network(protocol):
    """Return the dataclasses of glassnet.network that keep a protocol, by name."""
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.iter_modules(glassnet.network.__path__, "glassnet.network.")
    ]
    classes = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)}
    own = [
        kind for kind in classes if dataclasses.is_dataclass(kind) and kind.__module__.startswith("glassnet.network")
    ]
    return {kind.__name__: kind for kind in own if not kind.__name__.startswith("_") and issubclass(kind, protocol)}


def test_no_layer_and_no_activation_is_missing():
    layers = set(classes_of_the_network(Layer)) - {
        "SteepRamps"
    }  # what predictions of old files make of `PiecewiseLinear`
    assert layers - OF_IMAGES == {kind.__name__ for kind in LAYER_CALLS}
    assert {type(layer) for some in LAYERS for layer in some} == set(LAYER_CALLS)
    activations = set(classes_of_the_network(Activation)) - {"Coordinatewise"}
    assert activations == {kind.__name__ for kind in ACTIVATION_CALLS} == {type(one).__name__ for one in SHOWN}


def test_no_kind_of_column_is_missing():
    assert set(get_args(Kind)) == {*KINDS, "left out"}
    assert {getattr(numpy_columns, kind).name for kind in KINDS.values()} == set(KINDS)
    fields = {field.name for field in dataclasses.fields(glassnet.Column)}
    assert fields - {"name", "kind", "reason", "more_levels", "cells"} == set(FIELDS)
    assert set(PERIODS) == {"time of day", "day of week", "day of month", "day of year"}


@pytest.mark.parametrize("activation", SHOWN, ids=repr)
def test_an_activation_is_the_package_own(activation):
    z = np.concatenate([np.linspace(-40, 40, 86), [0.0, 1e-9, -1e-9, 200]]).reshape(-1, 3)
    found = eval(activation_call(activation, "z"), vars(numpy_activations) | {"z": z})
    with jax.enable_x64(True):
        expected = np.asarray(activation.value(jnp.asarray(z)))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("layers", LAYERS, ids=lambda layers: type(layers[-1]).__name__)
def test_a_layer_is_the_package_own(layers):
    random = np.random.default_rng(0)
    x = random.normal(size=(20, 4))
    x[:, 2], x[:, 3] = random.integers(-1, 3, 20), random.integers(-1, 2, 20)
    network = Network(4, layers)
    parameters = [
        {name: random.normal(size=shape) for name, shape in layer.items()} for layer in network.parameter_shapes
    ]
    for layer in parameters:
        if "e" in layer:
            layer["e"] = np.sort(layer["e"], axis=1)
            layer["e"][0, 1] = layer["e"][0, 0]  # a step
        if "low" in layer:
            layer |= {"low": np.full(4, -0.5), "high": np.full(4, 0.5)}
    names = {"np": np, "Arrays": dict, **vars(numpy_layers), **vars(numpy_activations)}
    exec(network_code(network, Identity()), names)
    p = {array_name(n, name): array for n, layer in enumerate(parameters, 1) for name, array in layer.items()}
    with jax.enable_x64(True):
        expected = np.asarray(output(network, jax.tree.map(jnp.asarray, parameters), jnp.asarray(x)))
    np.testing.assert_allclose(names["network"](x, p), expected, rtol=1e-12, atol=1e-12)


def test_functions_bring_what_they_use_and_nothing_else():
    found = collect(names_used("y = selu(z)"), [numpy_activations])
    assert [name for _, name in found.definitions] == ["elu", "selu"]
    assert found.imports == {("numpy", "")}
    assert collect(names_used("print(len(z))"), [numpy_activations]).code == []


def test_of_two_functions_of_one_name_the_second_is_renamed():
    found = collect(["read_written_date", "encoded", "DATE"], [numpy_cells, numpy_columns, numpy_rows])
    names = [name for name in found.names.values() if name.startswith("_of_day")]
    assert names == ["_of_day", "_of_day_dates"]
    assert any("def _of_day_dates(seconds" in code for code in found.code)
    assert any('"time of day": (_of_day_dates, 1.0)' in code for code in found.code)
    exec("\n".join([found.import_lines(), *found.code]), {"__name__": "written"})
