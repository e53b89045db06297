"""Groups of layers that a diagram draws as one column of units, the weights between them, and which units matter.

A layer opens a group where it has a matrix or kernels of weights, or changes the shape of what passes. Layers that act
unit by unit, such as a scaling, a clip or an activation, belong to the group before them, and so does a linear path.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

import numpy as np

from glassnet.insight.drawn_networks import DrawnNetworks
from glassnet.network.bounding_rules import repeated_sources
from glassnet.network.embedding import Embedding
from glassnet.network.flatten import Flatten
from glassnet.network.layer import Layer, SeesInputs, Shape
from glassnet.network.linear_path import LinearPath
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear


class Group(NamedTuple):
    """Layers that are drawn as one column.

    Parameters
    ----------
    layers : tuple of int
        Their numbers, counted from 1; of the inputs those of the layers that follow them unit by unit.
    shape : tuple of int
        What leaves the first of them: of images (height, width, channels).
    labels : tuple of str
        The name of every unit; of images none.
    sources : tuple of int
        For every unit the unit of the group before that it is made of, where a layer embeds units one by one.
    """

    layers: tuple[int, ...]
    shape: Shape
    labels: tuple[str, ...]
    sources: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Weights:
    """The matrix W between two groups, or V of a linear path.

    Parameters
    ----------
    source : int
        The place of the group that they lead from.
    target : int
        The place of the group that they lead to.
    layer : int
        The number of the layer, counted from 1.
    name : str
        W or V.
    members : array (members, sources, targets)
        The weights of every member.
    entering : array (members, sources) or None
        What is multiplied with them, for a row.
    """

    source: int
    target: int
    layer: int
    name: str
    members: np.ndarray
    entering: np.ndarray | None

    @property
    def beside(self) -> bool:
        """Whether they lead past the layers between."""
        return self.name == "V"

    def outgoing(self) -> np.ndarray:
        """Return for every source the sum of |w|, times |value| for a row: (members, sources)."""
        sums = np.abs(self.members).sum(axis=2)
        return sums if self.entering is None else sums * np.abs(self.entering)


def groups_of(drawn: DrawnNetworks) -> list[Group]:
    """Return the groups of a network, first that of its inputs."""
    network, names = drawn.network, drawn.inputs
    groups = [Group((), network.inputs, tuple(names) or _numbers(network.inputs))]
    each = zip(network.layers, network.shapes[1:], network.parameter_shapes, strict=True)
    for number, (layer, shape, parameters) in enumerate(each, start=1):
        last = groups[-1]
        if _opens(layer, shape, network.shapes[number - 1], parameters, len(groups)):
            sources, labels = _embedded(layer, last)
            groups.append(Group((number,), shape, labels or _numbers(shape), sources))
        else:
            groups[-1] = last._replace(layers=(*last.layers, number))
    if len(groups[-1].labels) == len(drawn.outputs):
        groups[-1] = groups[-1]._replace(labels=tuple(drawn.outputs))
    return groups


def weights_of(drawn: DrawnNetworks, groups: Sequence[Group]) -> Iterator[Weights]:
    """Yield the matrices between groups, in the order of their layers."""
    for place, group in enumerate(groups):
        for number in group.layers:
            layer, shapes = drawn.network.layers[number - 1], drawn.network.parameter_shapes[number - 1]
            if isinstance(layer, LinearPath):
                source, before, name = 0, 0, "V"
            elif place and shapes.get("W") == (prod(groups[place - 1].shape), *group.shape):
                source, before, name = place - 1, number - 1, "W"
            else:
                continue
            members = np.stack([np.asarray(arrays[number - 1][name], float) for arrays in drawn.parameters])
            entering = drawn.signal(before)
            entering = None if entering is None else entering[:, : members.shape[1]]
            yield Weights(source, place, number, name, members, entering)


def strengths(drawn: DrawnNetworks, groups: Sequence[Group], weights: Sequence[Weights]) -> list[np.ndarray]:
    """Return how much every unit of every group matters, the mean over the members: (units,) a group.

    It is the sum of |w| over the outgoing weights, times |value| for a row; that of a unit which is embedded is the sum
    over what it becomes. Of outputs it is the sum over the incoming weights, or the size of the prediction.
    """
    found = [np.zeros(prod(group.shape)) for group in groups]
    if drawn.predictions is not None:
        found[-1] = np.abs(drawn.predictions)
    else:
        for each in weights:
            if each.target == len(groups) - 1:
                found[-1] = found[-1] + np.abs(each.members).sum(axis=1).mean(axis=0)
    for place in reversed(range(len(groups) - 1)):
        for each in weights:
            if each.source == place:
                found[place][: each.members.shape[1]] += each.outgoing().mean(axis=0)
        if groups[place + 1].sources:
            np.add.at(found[place], list(groups[place + 1].sources), found[place + 1])
    return found


def _opens(layer: Layer, shape: Shape, before: Shape, parameters: dict[str, Shape], groups: int) -> bool:
    """Return whether a layer has a column of its own."""
    if isinstance(layer, Flatten):
        return False
    with_weights = len(parameters.get("W", ())) > 1
    return with_weights or shape != before or (isinstance(layer, SeesInputs) and groups == 1)


def _embedded(layer: Layer, before: Group) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return what the units of an embedding are made of, and their labels; nothing of other layers."""
    units = prod(before.shape)
    if isinstance(layer, Periodic | PiecewiseLinear):
        first, sources = units, repeated_sources(units, layer.numbers or units, layer.size)
    elif isinstance(layer, Embedding):
        first = units - layer.n_codes
        sources = np.concatenate([np.arange(first), np.repeat(np.arange(first, units), layer.size)])
    else:
        return (), ()
    labels = [
        before.labels[source] + ("" if place < first else f" ({(place - first) % layer.size + 1})")
        for place, source in enumerate(sources)
    ]
    return tuple(sources.tolist()), tuple(labels)


def _numbers(shape: Shape) -> tuple[str, ...]:
    return tuple(map(str, range(1, shape[0] + 1))) if len(shape) == 1 else ()
