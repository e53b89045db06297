"""The numbers of one layer and one sample as text: a line a unit or channel, then what belongs to no single unit."""

from collections.abc import Iterator, Mapping

import numpy as np

from glassnet.insight.formatting import array_tables, channel_table, matrices
from glassnet.insight.text import TextTable
from glassnet.network.activation import ACTIVATIONS
from glassnet.network.layer import Layer


def layer_name(layer: Layer) -> str:
    """Return a layer's name in a few words, such as "Dense, tanh"."""
    kind, activation = type(layer).__name__, activation_name(layer)
    return kind if activation in (None, "identity") else f"{kind}, {activation}"


def activation_name(layer: Layer) -> str | None:
    """Return the name of a layer's activation, or None where it has none."""
    activation = getattr(layer, "activation", None)
    if activation is None:
        return None
    names = (name for name, known in ACTIVATIONS.items() if known == activation)
    return next(names, type(activation).__name__)


def layer_tables(
    title: str,
    signals: Mapping[str, np.ndarray],
    parameters: Mapping[str, np.ndarray],
    row: int,
    decimals: int | None,
) -> Iterator[TextTable]:
    """Yield one line a unit, of a layer of images one a channel, and what a sample has besides.

    Parameters
    ----------
    title : str
        Above the tables.
    signals : dict of arrays (rows, *shape)
        z, x and perhaps delta.
    parameters : dict of arrays
        Those with an entry a unit, such as b and a scale, become columns.
    row : int
        The sample.
    decimals : int or None
        Decimals of every number; None: six digits.
    """
    of_row = {name: array[row] for name, array in signals.items()}
    size, images = of_row["x"].size, of_row["x"].ndim == 3
    if images:
        shape = of_row["x"].shape
        yield channel_table({name: array for name, array in of_row.items() if array.shape == shape}, decimals, title)
        return
    columns = {name: array for name, array in of_row.items() if array.size == size}
    columns |= {name: array for name, array in parameters.items() if is_of_units(array, size)}
    rows = zip(range(1, size + 1), *(array.ravel() for array in columns.values()), strict=True)
    yield TextTable(("unit", *columns), tuple(rows), decimals, title)
    for name, array in of_row.items():
        if array.size != size:  # as the turns of a periodic embedding: several a number
            yield from array_tables(f"{title}: {name}", array, decimals)


def parameter_tables(
    title: str, parameters: Mapping[str, np.ndarray], units: int, decimals: int | None, *, weights: bool
) -> Iterator[TextTable]:
    """Yield what has no entry a unit: embeddings always, matrices and kernels where `weights` are asked for.

    Of embeddings, the gradient and what they are after the step come with the weights too.
    """
    for name, array in parameters.items():
        if name.removeprefix("dE/d").startswith("W"):
            if weights:
                yield from matrices(f"{title}: {name}", array, decimals)
        elif not is_of_units(array, units) and (weights or not (name.startswith("dE/d") or name.endswith(" after"))):
            yield from array_tables(f"{title}: {name}", array, decimals)


def is_of_units(array: np.ndarray, units: int) -> bool:
    """Return whether a parameter has an entry a unit."""
    return array.ndim == 1 and array.size == units
