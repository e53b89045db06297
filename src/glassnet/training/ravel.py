"""The parameters of a network as one vector, which is what a solver moves: few large array operations, not many small.

The order is that of the layers, and within a layer the alphabet's: JAX sorts the names of a dict when it maps over it.
"""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import TypeVar

import numpy as np

from glassnet._lazy import Array, jnp
from glassnet._types import FlatParameters
from glassnet.network.layer import Parameters, ParameterSpec
from glassnet.network.network import Network

AnyArray = TypeVar("AnyArray", Array, np.ndarray)


def flatten(parameters: Parameters) -> FlatParameters:
    """Return all parameters laid end to end."""
    return jnp.concatenate(raveled(parameters))


def raveled(parameters: Sequence[Mapping[str, AnyArray]]) -> list[AnyArray]:
    """Return every array of the parameters, raveled, in the order of the vector."""
    return [layer[name].ravel() for layer in parameters for name in sorted(layer)]


def unflatten(network: Network, flat_parameters: AnyArray) -> list[dict[str, AnyArray]]:
    """Return the vector, of JAX or NumPy, cut into the parameters of this network."""
    parameters: list[dict[str, AnyArray]] = []
    at = 0
    for shapes in network.parameter_shapes:
        layer: dict[str, AnyArray] = {}
        for name, shape in sorted(shapes.items()):
            layer[name] = flat_parameters[at : at + prod(shape)].reshape(shape)
            at += prod(shape)
        parameters.append(layer)
    return parameters


def learning_rate_multipliers(network: Network) -> np.ndarray:
    """Return how far every parameter moves beside the step size."""
    return _of_every_parameter(network, lambda spec: spec.learning_rate_multiplier)


def l2_mask(network: Network) -> np.ndarray:
    """Return 1 where the L2 penalty acts, and 0 elsewhere."""
    return _of_every_parameter(network, lambda spec: float(spec.l2))


def decay_mask(network: Network) -> np.ndarray:
    """Return 1 where decoupled weight decay acts, and 0 elsewhere."""
    return _of_every_parameter(network, lambda spec: float(spec.decay))


def trained_mask(network: Network) -> np.ndarray:
    """Return 1 for what solvers move, and 0 elsewhere."""
    return _of_every_parameter(network, lambda spec: float(spec.trained))


def trained_gradient(network: Network, gradient: Parameters) -> Parameters:
    """Return the gradient with 0 for what no solver moves: a compiler then leaves out what it would take."""
    return [
        {name: entries if specs[name].trained else jnp.zeros_like(entries) for name, entries in layer.items()}
        for specs, layer in zip(network.parameters, gradient, strict=True)
    ]


def trained_alone(network: Network, gradient: AnyArray) -> AnyArray:
    """Return the gradient (..., parameters) with 0 for what no solver moves."""
    mask = trained_mask(network)
    return gradient if mask.all() else gradient * mask.astype(gradient.dtype)


def _of_every_parameter(network: Network, number: Callable[[ParameterSpec], float]) -> np.ndarray:
    specs = [specs[name] for specs in network.parameters for name in sorted(specs)]
    return np.concatenate([np.full(prod(spec.shape), number(spec)) for spec in specs])
