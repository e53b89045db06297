"""One number of a network's parameters by its name, such as "W^1_2,1": parameter, layer and index."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from glassnet._types import Parameter, Scalar
from glassnet.insight.traced_step import Arrays
from glassnet.network.layer import Parameters
from glassnet.network.network import Network

NAME = re.compile(r"([^\W\d]\w*)\^(\d+)_(\d+(?:,\d+)*)")


@dataclass(frozen=True)
class ParameterAxis:
    """One number of the parameters.

    Attributes
    ----------
    name : str
        As in "W^1_2,1": the parameter, its layer and its index, counted from 1.
    layer : int
        The layer, counted from 0.
    parameter : str
        The name of the parameter in it.
    index : tuple of int
        The index, counted from 0.
    """

    name: str
    layer: int
    parameter: str
    index: tuple[int, ...]

    def of(self, parameters: Sequence[Arrays]) -> float:
        """Return the number."""
        return float(parameters[self.layer][self.parameter][self.index])

    def put(self, parameters: Parameters, value: Scalar) -> Parameters:
        """Return the parameters with another number in its place."""
        layers = [dict(layer) for layer in parameters]
        old: Parameter = layers[self.layer][self.parameter]
        layers[self.layer][self.parameter] = old.at[self.index].set(value)
        return layers


def axis_of(network: Network, name: str) -> ParameterAxis:
    """Return the number that a name such as "W^1_1,1" stands for; `ValueError` with names that there are."""
    found, shapes = NAME.fullmatch(name.replace(" ", "")), network.parameter_shapes
    if found is None:
        raise ValueError(f"axes has {name!r}, which names no number; expected such as {examples(network)}")
    parameter, layer, index = found[1], int(found[2]) - 1, tuple(int(part) - 1 for part in found[3].split(","))
    shape = shapes[layer].get(parameter) if 0 <= layer < len(shapes) else None
    if shape is None:
        raise ValueError(
            f"axes has {name!r}, but the network has no such parameter; choose such as {examples(network)}"
        )
    if len(index) != len(shape) or not all(0 <= at < size for at, size in zip(index, shape, strict=True)):
        sizes = ",".join(f"1..{size}" for size in shape)
        raise ValueError(f"axes has {name!r}, but the index of {parameter} in layer {layer + 1} is {sizes}")
    place = ",".join(str(at + 1) for at in index)
    return ParameterAxis(f"{parameter}^{layer + 1}_{place}", layer, parameter, index)


def examples(network: Network) -> str:
    """Return the first number of every parameter by name, of a few."""
    names = [
        f"{name}^{number}_{','.join('1' for _ in shape)}"
        for number, layer in enumerate(network.parameter_shapes, start=1)
        for name, shape in layer.items()
        if shape and prod(shape)
    ]
    return ", ".join(repr(name) for name in names[:4])
