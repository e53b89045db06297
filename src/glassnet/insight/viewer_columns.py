"""Which layers of a trace are one column, what of them is shown, and which entries of parameters that leaves."""

from dataclasses import dataclass
from math import prod

import numpy as np

from glassnet.insight.trace_record import Trace

MOST_UNITS = 8  # of a column, those whose signals change the cost most
MOST_CHANNELS = 4  # of a column of images, likewise
MOST_PLACES = 100  # of an image or kernel whose numbers are shown
INPUTS = 0  # the column of the inputs
WEIGHTS = {"Dense": "W", "LinearPath": "V", "Convolution": "W"}  # what leads from column to column, by kind of layer
MIXES = ("Dense", "Convolution")  # what has a column of its own, since its outputs are made of several inputs
ShownEntries = dict[tuple[int, str], np.ndarray]  # by layer and parameter the indices that are shown, (..., axes)


@dataclass(frozen=True, eq=False)
class Column:
    """Layers that are drawn as one: the first has weights or another shape, the others act unit by unit.

    Parameters
    ----------
    layers : tuple of int
        Their numbers, counted from 1; of the inputs those of the layers that follow them unit by unit.
    shown : array of int
        The places of the units that are shown; of images, of the channels.
    shape : tuple of int
        (units,), or of images (height, width, channels), or (length, channels).
    """

    layers: tuple[int, ...]
    shown: np.ndarray
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many units there are."""
        return prod(self.shape)

    @property
    def of_images(self) -> bool:
        """Whether it has channels."""
        return len(self.shape) > 1

    @property
    def as_pictures(self) -> bool:
        """Whether its images are too large for their numbers to be shown."""
        return prod(self.shape[:-1]) > MOST_PLACES


def columns_of(trace: Trace, channels: int = MOST_CHANNELS) -> list[Column]:
    """Return the columns, first that of the inputs; of images so many channels are shown."""
    step = trace.steps[0]
    found = [Column((), _places(trace.x, step.input_gradient, channels), trace.x.shape[1:])]
    for number, layer in enumerate(step.layers, start=1):
        shape, before, kind = layer.x.shape[1:], found[-1], trace.layers[number - 1].kind
        if shape == before.shape and kind not in MIXES and not _is_first_path(trace, number, found):
            found[-1] = Column((*before.layers, number), before.shown, shape)
            continue
        same = len(shape) > 1 and kind not in MIXES and shape[-1] == before.shape[-1]  # as those of pooling
        found.append(Column((number,), before.shown if same else _places(layer.x, layer.g, channels), shape))
    return found


def _is_first_path(trace: Trace, number: int, found: list[Column]) -> bool:
    """Return whether a linear path leads to outputs that no other layer has opened a column for."""
    return trace.layers[number - 1].kind == "LinearPath" and len(found) == 1


def _places(x: np.ndarray, slope: np.ndarray, channels: int) -> np.ndarray:
    most, places = (MOST_UNITS if x.ndim == 2 else channels), x.shape[-1]
    if places <= most:
        return np.arange(places)
    effect = np.abs(x * slope).reshape(-1, places).sum(axis=0)
    if not effect.any():  # as without a target
        effect = np.abs(x).reshape(-1, places).sum(axis=0)
    return np.sort(np.argsort(-effect, kind="stable")[:most])


def source_of(name: str, trace: Trace, columns: list[Column], place: int, number: int) -> int | None:
    """Return the column that a matrix or kernel leads from: the one before, or the inputs; None for others."""
    kind, shape = trace.layers[number - 1].kind, trace.steps[0].layers[number - 1].before[name].shape
    if WEIGHTS.get(kind) != name or prod(shape[:-2]) > MOST_PLACES:
        return None
    return INPUTS if kind == "LinearPath" else place - 1


def entries_of(trace: Trace, columns: list[Column]) -> ShownEntries:
    """Return the entries of what is shown, of parameters of units or channels and between them."""
    found: ShownEntries = {}
    for place, column in enumerate(columns):
        for number in column.layers:
            for name, array in trace.steps[0].layers[number - 1].before.items():
                source = source_of(name, trace, columns, place, number)
                if source is not None:
                    axes = [*map(np.arange, array.shape[:-2]), columns[source].shown, column.shown]
                    found[number, name] = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
                elif array.shape == column.shape[-1:]:
                    found[number, name] = column.shown[:, None]
    return found
