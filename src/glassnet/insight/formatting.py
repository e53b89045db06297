"""Arrays as lines of text: a number an entry, a line a channel, a matrix a table."""

from collections.abc import Iterator, Mapping

import numpy as np

from glassnet.insight.text import TextTable


def cells_of(name: str, array: np.ndarray) -> list[tuple[str, float]]:
    """Return every entry with a name, as in W[1,2]."""
    if array.size == 1:
        return [(name, float(array.item()))]
    return [(f"{name}[{','.join(str(i + 1) for i in index)}]", float(v)) for index, v in np.ndenumerate(array)]


def channel_table(arrays: Mapping[str, np.ndarray], decimals: int | None, title: str) -> TextTable:
    """Return one line a channel with the least, mean and largest entry of arrays (*lengths, channels) of one length."""
    parts = {
        f"{name} {what}": reduce(array.reshape(-1, array.shape[-1]), axis=0)
        for name, array in arrays.items()
        for what, reduce in (("least", np.min), ("mean", np.mean), ("largest", np.max))
    }
    channels = len(next(iter(parts.values())))
    return TextTable(
        ("channel", *parts), tuple(zip(range(1, channels + 1), *parts.values(), strict=True)), decimals, title
    )


def matrices(title: str, array: np.ndarray, decimals: int | None) -> Iterator[TextTable]:
    """Yield a dense layer's W, or the kernel from every channel to every other."""
    if array.ndim == 2:
        yield _matrix(title, array, decimals)
        return
    for source, target in np.ndindex(*array.shape[-2:]):
        kernel = array[..., source, target].reshape(array.shape[0], -1)
        name = f"{title}, channel {source + 1} to {target + 1}"
        header = tuple(f"column {j}" for j in range(1, kernel.shape[1] + 1))
        yield TextTable(header, tuple(map(tuple, kernel)), decimals, name)


def array_tables(title: str, array: np.ndarray, decimals: int | None) -> Iterator[TextTable]:
    """Yield an array of any number of axes as tables of the last two, a line an entry of the last but one."""
    if array.ndim > 2:
        for number, part in enumerate(array, start=1):
            yield from array_tables(f"{title}[{number}]", part, decimals)
        return
    rows = np.atleast_2d(array)
    header = ("", *map(str, range(1, rows.shape[1] + 1)))
    yield TextTable(header, tuple((number, *row) for number, row in enumerate(rows, start=1)), decimals, title)


def _matrix(title: str, array: np.ndarray, decimals: int | None) -> TextTable:
    header = ("from input", *(f"to unit {j}" for j in range(1, array.shape[1] + 1)))
    return TextTable(header, tuple((i, *row) for i, row in enumerate(array, start=1)), decimals, title)
