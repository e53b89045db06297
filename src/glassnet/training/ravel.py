"""The parameters of a network as one vector, which is what a solver moves: few large array operations, not many small.

The order is that of the layers, and within a layer the alphabet's: JAX sorts the names of a dict when it maps over it.
"""

from collections.abc import Callable
from math import prod
from typing import Any

import jax.numpy as jnp
import numpy as np

from glassnet._types import Theta
from glassnet.network.layer import Parameters
from glassnet.network.network import Network


def flatten(parameters: Parameters) -> Theta:
    """Return all parameters laid end to end."""
    return jnp.concatenate(in_order(parameters))


def in_order(parameters: Any) -> list[Any]:
    """Return every array of the parameters, raveled, in the order of the vector."""
    return [layer[name].ravel() for layer in parameters for name in sorted(layer)]


def unflatten(network: Network, theta: Any) -> Any:
    """Return the vector, of JAX or NumPy, cut into the parameters of this network."""
    parameters: list[dict[str, Any]] = []
    at = 0
    for shapes in network.parameter_shapes:
        layer: dict[str, Any] = {}
        for name, shape in sorted(shapes.items()):
            layer[name] = theta[at : at + prod(shape)].reshape(shape)
            at += prod(shape)
        parameters.append(layer)
    return parameters


def learning_rate_multipliers(network: Network) -> np.ndarray:
    """Return the pace of every parameter, by the layers' own rules."""
    paces: list[np.ndarray] = []
    for layer, inputs, shapes in zip(network.layers, network.shapes, network.parameter_shapes, strict=False):
        own = layer.paces(inputs)
        paces += [np.full(prod(shape), own[name]) for name, shape in sorted(shapes.items())]
    return np.concatenate(paces)


OFFSETS = ("b", "d", "p", "e")  # what is added, phases and edges among it, is not made small


def l2_mask(network: Network) -> np.ndarray:
    """Return 1 where L2 regularisation acts, on the weights W, and 0 elsewhere."""
    return _marked(network, lambda name: name == "W")


def decay_mask(network: Network) -> np.ndarray:
    """Return 1 where decoupled decay acts, on all that multiplies, and 0 on offsets."""
    return _marked(network, lambda name: name not in OFFSETS)


def _marked(network: Network, holds: Callable[[str], bool]) -> np.ndarray:
    sizes = [(name, prod(shape)) for shapes in network.parameter_shapes for name, shape in sorted(shapes.items())]
    return np.concatenate([np.full(size, float(holds(name))) for name, size in sizes])
