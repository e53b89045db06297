"""Layers and activations as calls of the functions in `numpy_layers.py` and `numpy_activations.py`, as Python code."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from glassnet.network.activation import (
    ELU,
    GELU,
    SELU,
    Activation,
    Exponential,
    HardTanh,
    Heaviside,
    Identity,
    Increasing,
    LeakyReLU,
    Logistic,
    Mish,
    ReLU,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.embedding import Embedding
from glassnet.network.flatten import Flatten
from glassnet.network.layer import Layer, Shape, leading
from glassnet.network.linear_path import LinearPath
from glassnet.network.network import Network
from glassnet.network.parametric import ParametricActivation
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip

Part = TypeVar("Part")
Call = Callable[[Part, str], str]  # of a part of a network, and the code of what goes into it

ACTIVATION_CALLS: dict[type, Callable[..., str]] = {
    Identity: lambda _, z: z,
    Heaviside: lambda _, z: f"heaviside({z})",
    ReLU: lambda _, z: f"relu({z})",
    LeakyReLU: lambda activation, z: f"leaky_relu({z}, {activation.slope!r})",
    HardTanh: lambda _, z: f"hard_tanh({z})",
    Logistic: lambda _, z: f"logistic({z})",
    Tanh: lambda _, z: f"tanh({z})",
    Softplus: lambda _, z: f"softplus({z})",
    ELU: lambda activation, z: f"elu({z}, {activation.alpha!r})",
    SELU: lambda _, z: f"selu({z})",
    GELU: lambda _, z: f"gelu({z})",
    SiLU: lambda _, z: f"silu({z})",
    Mish: lambda _, z: f"mish({z})",
    Exponential: lambda _, z: f"exponential({z})",
    Softmax: lambda _, z: f"softmax({z})",
    Increasing: lambda activation, z: f"increasing({z}, {activation.size!r})",
}


def array_name(number: int, name: str) -> str:
    """Return the name of a parameter of a layer, counted from 1, among the arrays of a written module."""
    return f"layer{number}_{name}"


def activation_call(activation: Activation, z: str) -> str:
    """Return the code of an activation of z; `TypeError` for one of a user's own."""
    call = ACTIVATION_CALLS.get(type(activation))
    if call is None:
        raise TypeError(_own(activation, "activation", "'tanh' or 'mish'"))
    return call(activation, z)


def network_code(network: Network, link: Activation) -> str:
    """Return the function `network(x, p)` of a written module, a line a layer.

    Raises
    ------
    TypeError
        For a layer or an activation of a user's own, and for layers of images.
    """
    lines: list[str] = []
    for number, (layer, inputs) in enumerate(zip(network.layers, network.shapes, strict=False), start=1):
        call = LAYER_CALLS.get(type(layer))
        if call is None:
            raise TypeError(_own(layer, "layer", "Dense or ParametricActivation"))
        lines += [f"    {line}" for line in call(layer, number, inputs)]
    last = activation_call(link, "x")
    seen = ["    inputs = x"] if any(isinstance(layer, LinearPath) for layer in network.layers) else []
    doc = '    """Return the output of one member, scaled, from its scaled inputs x (rows, inputs) and parameters p."""'
    return "\n".join(["def network(x: np.ndarray, p: Arrays) -> np.ndarray:", doc, *seen, *lines, f"    return {last}"])


def _parameters(number: int, *names: str) -> str:
    return ", ".join(f'p["{array_name(number, name)}"]' for name in names)


def _dense(layer: Dense, number: int, inputs: Shape) -> list[str]:
    call = f"x = dense(x, {_parameters(number, 'W', 'b')})"
    curved = activation_call(layer.activation, "x")
    return [call] if curved == "x" else [call, f"x = {curved}"]


def _embedding(layer: Embedding, number: int, inputs: Shape) -> list[str]:
    return [f"x = embedding(x, [{_parameters(number, *_effects(len(layer.levels)))}])"]


def _smooth_clip(layer: SmoothClip, number: int, inputs: Shape) -> list[str]:
    return [f"x = smooth_clip(x, {leading(layer, inputs)}, {layer.limit!r})"]


def _parametric(layer: ParametricActivation, number: int, inputs: Shape) -> list[str]:
    curved = activation_call(layer.activation, "x")
    return [f"x = parametric_activation(x, {_parameters(number, 'a')}, {curved})"]


def _linear_path(layer: LinearPath, number: int, inputs: Shape) -> list[str]:
    effects = _parameters(number, *_effects(len(layer.levels)))
    return [f"x = linear_path(x, inputs, {_parameters(number, 'V', 'a')}, [{effects}])"]


def _effects(columns: int) -> list[str]:
    return [f"E{place}" for place in range(columns)]


LAYER_CALLS: Mapping[type[Layer], Callable[..., list[str]]] = {
    Dense: _dense,
    Embedding: _embedding,
    SmoothClip: _smooth_clip,
    Periodic: lambda _, number, inputs: [f"x = periodic(x, {_parameters(number, 'f', 'p', 'V', 'd')})"],
    PiecewiseLinear: lambda _, number, inputs: [f"x = piecewise_linear(x, {_parameters(number, 'e', 'V', 'd')})"],
    InputScaling: lambda _, number, inputs: [f"x = input_scaling(x, {_parameters(number, 's')})"],
    ParametricActivation: _parametric,
    BoundedScaling: lambda _, number, inputs: [f"x = bounded_scaling(x, {_parameters(number, 's', 'low', 'high')})"],
    LinearPath: _linear_path,
    Dropout: lambda *_: [],  # nothing is left out in predictions
    Flatten: lambda *_: [],  # a row of a table is a vector already
}


def _own(part: object, what: str, known: str) -> str:
    return (
        f"{part!r} has no formula that could be written, since it is {what} of your own or of images; fit with "
        f"{known}, or predict with the model file itself: glassnet predict"
    )
