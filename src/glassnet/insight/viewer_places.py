"""Of which numbers the viewer has equations: their quantities, layers and indices among what is shown."""

from collections.abc import Iterator
from math import prod

import numpy as np

from glassnet.insight.trace_record import Trace
from glassnet.insight.viewer_columns import Column, ShownEntries
from glassnet.insight.viewer_equations import COSTS, Place, ShownUnits

FORWARD = ("z", "x")


def shown_units(columns: list[Column], entries: ShownEntries) -> ShownUnits:
    """Return which units or channels of every layer are shown."""
    of_layers = _of_layers(columns)
    sources = {place: _sources(index) for place, index in entries.items() if index.shape[-1] > 1}
    pictures = frozenset(number for number, column in enumerate(of_layers) if column.as_pictures)
    return ShownUnits([tuple(column.shown.tolist()) for column in of_layers], sources, pictures)


def _of_layers(columns: list[Column]) -> list[Column]:
    """Return the column of x^0 and of every layer."""
    return [columns[0], *(column for column in columns for _ in column.layers)]


def _sources(index: np.ndarray) -> tuple[int, ...]:
    """Return the units or channels that a matrix or kernel leads from, of the indices of its entries."""
    return tuple(index.reshape(-1, *index.shape[-3:])[0, :, 0, -2].tolist())


def terms_of(trace: Trace, columns: list[Column]) -> int:
    """Return about how many terms the equations of images have."""
    return sum(
        prod(column.shape[:-1]) * len(column.shown) * _products(trace, number)
        for column in columns
        if column.of_images and not column.as_pictures
        for number in column.layers
    )


def _products(trace: Trace, number: int) -> int:
    return max([1, *(prod(array.shape[:-1]) for array in trace.steps[0].layers[number - 1].before.values())])


def places_of(
    trace: Trace, columns: list[Column], entries: ShownEntries, *, images: bool, forward: bool
) -> list[Place]:
    """Return the quantities, layers and indices among what is shown.

    Parameters
    ----------
    trace : Trace
        The trace.
    columns : list of Column
        What is shown.
    entries : mapping of (layer, name) to array of int
        The indices of the parameters that are shown.
    images : bool
        Whether layers of images are among them.
    forward : bool
        Whether there is no more than the forward pass.
    """
    of_layers = _of_layers(columns)
    numbers = [number for number in range(1, len(of_layers)) if images or not of_layers[number].of_images]
    places = [
        (quantity, number, at)
        for number in numbers
        for quantity in _signals(trace, of_layers, number, forward=forward)
        for at in np.ndindex(*of_layers[number].shape[:-1], len(of_layers[number].shown))
    ]
    if forward:
        return places
    places += [(quantity, 0, ()) for quantity in COSTS]
    places += [
        (text, number, at)
        for (number, name), index in entries.items()
        if number in numbers
        for text in (*_gradients(of_layers, number, name, index), f"{name} after")
        for at in np.ndindex(index.shape[:-1])
    ]
    return places


def _signals(trace: Trace, of_layers: list[Column], number: int, *, forward: bool) -> Iterator[str]:
    """Yield the signals that are made of numbers that are shown."""
    column, layer = of_layers[number], trace.steps[0].layers[number - 1]
    if column.as_pictures:
        return
    seen = not of_layers[number - 1].as_pictures
    if layer.z.shape == layer.x.shape and seen:
        yield "z"
    if seen or layer.derivative is not None:
        yield "x"
    if not forward and not any(above.as_pictures for above in of_layers[number + 1 : number + 2]):
        yield "dE/dx"
    if not forward:
        yield "delta"


def _gradients(of_layers: list[Column], number: int, name: str, index: np.ndarray) -> list[str]:
    """Return the gradient of a parameter unless it is a sum over pictures."""
    kernel = index.shape[-1] > 2
    seen = not of_layers[number].as_pictures and not (kernel and of_layers[number - 1].as_pictures)
    return [f"dE/d{name}"] if seen else []
