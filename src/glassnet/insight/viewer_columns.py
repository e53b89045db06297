"""Which layers of a trace are drawn as one column, which of their units are shown, and which entries that leaves."""

from dataclasses import dataclass

import numpy as np

from glassnet.insight.trace_record import Trace

MOST_UNITS = 8  # of a column, those whose signals change the cost most
INPUTS = 0  # the column of the inputs
WEIGHTS = {"Dense": "W", "LinearPath": "V"}  # what leads from units to units, by the kind of layer
ShownEntries = dict[tuple[int, str], np.ndarray]  # by layer and parameter the indices that are shown, (..., axes)


@dataclass(frozen=True, eq=False)
class Column:
    """Layers that are drawn as one: the first has weights or another size, the others act unit by unit.

    Parameters
    ----------
    layers : tuple of int
        Their numbers, counted from 1; of the inputs those of the layers that follow them unit by unit.
    shown : array of int
        The places of the units that are shown; none of images.
    size : int
        How many units there are.
    """

    layers: tuple[int, ...]
    shown: np.ndarray
    size: int


def columns_of(trace: Trace) -> list[Column]:
    """Return the columns, first that of the inputs."""
    step = trace.steps[0]
    found = [Column((), _places(trace.x, step.input_gradient), int(trace.x[0].size))]
    for number, layer in enumerate(step.layers, start=1):
        size, before = int(layer.x[0].size), found[-1].size
        if size != before or trace.layers[number - 1].kind == "Dense" or _is_first_path(trace, number, found):
            found.append(Column((number,), _places(layer.x, layer.g), size))
        else:
            found[-1] = Column((*found[-1].layers, number), found[-1].shown, size)
    return found


def _is_first_path(trace: Trace, number: int, found: list[Column]) -> bool:
    """Return whether a linear path leads to outputs that no other layer has opened a column for."""
    return trace.layers[number - 1].kind == "LinearPath" and len(found) == 1


def _places(x: np.ndarray, slope: np.ndarray) -> np.ndarray:
    if x.ndim != 2:
        return np.arange(0)
    if x.shape[1] <= MOST_UNITS:
        return np.arange(x.shape[1])
    effect = np.abs(x * slope).sum(axis=0)
    return np.sort(np.argsort(-effect, kind="stable")[:MOST_UNITS])


def source_of(name: str, trace: Trace, columns: list[Column], place: int, number: int) -> int | None:
    """Return the column that a matrix leads from: the one before, or the inputs; None for what is no such matrix."""
    kind = trace.layers[number - 1].kind
    if WEIGHTS.get(kind) != name or not columns[place].shown.size:
        return None
    before = INPUTS if kind == "LinearPath" else place - 1
    return before if columns[before].shown.size else None


def entries_of(trace: Trace, columns: list[Column]) -> ShownEntries:
    """Return the entries of the units that are shown, of parameters of units and between units."""
    found: ShownEntries = {}
    for place, column in enumerate(columns):
        for number in column.layers:
            for name, array in trace.steps[0].layers[number - 1].before.items():
                source = source_of(name, trace, columns, place, number)
                if source is not None:
                    found[number, name] = np.stack(np.meshgrid(columns[source].shown, column.shown, indexing="ij"), -1)
                elif array.shape == (column.size,):
                    found[number, name] = column.shown[:, None]
    return found
