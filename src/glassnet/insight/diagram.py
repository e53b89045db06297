"""The diagram of a network: which units stand where, and which weights lead from one to another.

One layout serves figures and pages.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassnet.insight.diagram_layout import Layout, layout_of
from glassnet.insight.diagram_record import Connection, Diagram, DiagramLayer, Edge, Matrix, Unit
from glassnet.insight.drawn_networks import DrawnNetworks, check_numbers, drawn_model, drawn_network
from glassnet.insight.layer_tables import layer_name
from glassnet.insight.targets import Estimator
from glassnet.insight.unit_groups import Group, Weights, groups_of, strengths, weights_of
from glassnet.network.network import Network

MOST_UNITS = 12
MOST_EDGES = 400


def diagram(
    model: Estimator | Network,
    parameters: Sequence[Mapping[str, ArrayLike]] | None = None,
    *,
    X: ArrayLike | None = None,
    row: int | None = None,
    member: int | None = None,
    most_units: int = MOST_UNITS,
    most_edges: int = MOST_EDGES,
) -> Diagram:
    """Return what stands where in the diagram of a fitted model, or of `diagram(network, parameters)`.

    Layers that act unit by unit belong to the column before them. Of a column with more than `most_units` units those
    are shown that matter most: by the sum of |w| over their outgoing weights, for a row times |value|; of outputs by
    the sum over incoming weights, for a row by |prediction|; the mean over the members. Hidden units of different
    members do not correspond, so that means of weights between them say little; a member alone says more. Biases, what
    is within an embedding or a convolution, and the effects of levels in a linear path are not drawn.

    Parameters
    ----------
    model : NetworkRegressor, NetworkClassifier or Network
        A fitted model, or the layers of a network.
    parameters : sequence of dicts of arrays or None
        Of a network: W, b, ... of every layer by name.
    X : data frame or array (rows, columns), images or None
        Rows, one of which passes through; of a network its inputs x^0.
    row : int or None
        Which one, counted from 0; goes with X.
    member : int or None
        Of a fitted model: the member, counted from 0; None for the mean and standard deviation over all.
    most_units : int
        How many units of a column are shown at most.
    most_edges : int
        Up to how many weights in all of the network they are edges; of more, matrices are pictures.

    Returns
    -------
    Diagram
        Units, edges and matrices with their positions.

    Raises
    ------
    TypeError
        For parameters of a fitted model, and for a member of a network.
    ValueError
        Where there is no such member or row, X and row are not given together, or parameters do not fit.

    Examples
    --------
    >>> from glassnet import Dense, Network, diagram
    >>> network = Network(2, [Dense(3, "tanh"), Dense(1)])
    >>> drawn = diagram(network, network.initialize(seed=0))
    >>> [len(layer.units) for layer in drawn.layers]
    [2, 3, 1]
    >>> print(drawn.describe())
    Layers of 2, 3, 1 units; 9 weights between them, the largest |w| 1... in layer 1.
    """
    check_numbers(X, row, most_units, most_edges)
    if isinstance(model, Network):
        drawn = drawn_network(model, parameters, X, row, member)
    else:
        drawn = drawn_model(model, parameters, X, row, member)
    groups = groups_of(drawn)
    weights = list(weights_of(drawn, groups))
    strength = strengths(drawn, groups, weights)
    shown = [_shown(group, each, most_units) for group, each in zip(groups, strength, strict=True)]
    layout = layout_of(groups, shown, lane=any(each.beside for each in weights))
    pictures = sum(each.members[0].size for each in weights) > most_edges
    layers = tuple(_layer(drawn, groups, shown, layout, place) for place in range(len(groups)))
    connections = tuple(
        _picture(each, layout) if pictures or layers[each.source].block else _lines(each, shown, layout)
        for each in weights
    )
    return Diagram(layers, connections, len(drawn.parameters), member, row)


def _shown(group: Group, strength: np.ndarray, most: int) -> np.ndarray:
    """Return the places of the units that are shown, in their order; some of many embedded ones by what they are of."""
    if not group.labels:
        return np.empty(0, int)
    strongest = np.sort(np.argsort(-strength, kind="stable")[:most])
    if group.sources and len(strongest) < len(strength):
        return strongest[np.argsort(np.array(group.sources)[strongest], kind="stable")]
    return strongest


def _layer(
    drawn: DrawnNetworks, groups: Sequence[Group], shown: Sequence[np.ndarray], layout: Layout, place: int
) -> DiagramLayer:
    group, layers = groups[place], drawn.network.layers
    names = [layer_name(layers[number - 1]) for number in group.layers]
    kind = "inputs" if place == 0 else type(layers[group.layers[0] - 1]).__name__
    values = _values(drawn, groups, place)
    units = tuple(
        Unit(
            index=int(index),
            label=group.labels[index],
            x=layout.x[place],
            y=float(y),
            value=None if values is None else float(values[index]),
            source=group.sources[index] if group.sources else None,
        )
        for index, y in zip(shown[place], layout.y[place], strict=True)
    )
    return DiagramLayer(
        numbers=group.layers,
        kind=kind,
        name="inputs" if place == 0 else names[0],
        activation=next((name.split(", ")[1] for name in names if ", " in name), ""),
        then=tuple(names if place == 0 else names[1:]),
        shape=group.shape,
        labels=group.labels,
        units=units,
        x=layout.x[place],
        more_y=layout.more_y[place],
        block=layout.blocks[place],
    )


def _values(drawn: DrawnNetworks, groups: Sequence[Group], place: int) -> np.ndarray | None:
    """Return the values of a column for the row: inputs as they enter, outputs as they are predicted."""
    if place == len(groups) - 1:
        return drawn.predictions
    signal = drawn.signal(groups[place].layers[-1] if place else 0)
    return None if signal is None else signal.mean(axis=0)


def _lines(weights: Weights, shown: Sequence[np.ndarray], layout: Layout) -> Connection:
    mean, deviation = _over_members(weights)
    count, lanes = weights.members.shape[1], layout.lanes(len(shown[weights.source]))
    edges = tuple(
        Edge(
            source=int(source),
            target=int(target),
            weight=float(mean[source, target]),
            deviation=None if deviation is None else float(deviation[source, target]),
            lane=lane if weights.beside else None,
        )
        for source, lane in zip(shown[weights.source], lanes, strict=True)
        if source < count  # a linear path has no weight of a code
        for target in shown[weights.target]
    )
    return Connection(**_described(weights, mean), edges=edges)


def _picture(weights: Weights, layout: Layout) -> Connection:
    mean, deviation = _over_members(weights)
    extents = layout.pictures(weights.source, weights.target, 1 if deviation is None else 2, weights.beside)
    matrix = Matrix(mean, extents[0])
    deviations = None if deviation is None else Matrix(deviation, extents[1])
    return Connection(**_described(weights, mean), matrix=matrix, deviation=deviations)


def _described(weights: Weights, mean: np.ndarray) -> dict[str, Any]:
    named = {name: getattr(weights, name) for name in ("source", "target", "layer", "name")}
    return {**named, "shape": mean.shape, "largest": float(np.max(np.abs(mean), initial=0.0))}


def _over_members(weights: Weights) -> tuple[np.ndarray, np.ndarray | None]:
    each = weights.members
    return each.mean(axis=0), each.std(axis=0) if len(each) > 1 else None
