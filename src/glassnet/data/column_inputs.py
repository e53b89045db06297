"""Which of the network's inputs a column of a table became."""

from collections.abc import Sequence

import numpy as np

from glassnet.data.column import Column, date_pairs


def column_inputs(columns: Sequence[Column]) -> dict[str, np.ndarray]:
    """Return the places of every column's inputs: its numbers, then its flags, then its code; none if it is left out.

    The time between two dates, an input of two columns, is in `pair_inputs`.
    """
    places: dict[str, list[int]] = {column.name: [] for column in columns}
    number, flag = 0, sum(len(column.numbers) for column in columns) + len(date_pairs(columns))
    code = flag + sum(len(column.flags) for column in columns)
    for column in columns:
        places[column.name] += range(number, number + len(column.numbers))
        places[column.name] += range(flag, flag + len(column.flags))
        number, flag = number + len(column.numbers), flag + len(column.flags)
        if column.kind == "category" and column.coded:
            places[column.name].append(code)
            code += 1
    return {name: np.array(some, dtype=int) for name, some in places.items()}


def pair_inputs(columns: Sequence[Column]) -> list[tuple[int, int, int]]:
    """Return the places of the time between two dates, and of the first and the second date."""
    places, first = column_inputs(columns), sum(len(column.numbers) for column in columns)
    pairs = enumerate(date_pairs(columns), start=first)
    return [(place, int(places[begin][0]), int(places[end][0])) for place, (begin, end) in pairs]
