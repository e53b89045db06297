"""Numbers that may stand for a missing cell: -999 among temperatures. They are remarked on, and stay what they are."""

import numpy as np

from glassnet._lazy import pl
from glassnet.data.report import Note

KNOWN = frozenset({-1.0, -9.0, -99.0, -999.0, -9999.0, -99999.0, -200.0, -32768.0, -2147483648.0,
                   9.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0, 9999999.0, 1e20, 1e30, -1e30})  # fmt: skip
LEAST = 2  # cells that are equal
FAR = 1.0  # distance from all others, over their range
NEAR = 0.1  # the same, for a number that people use so


def sentinel_note(column: "pl.Series") -> Note | None:
    """Return a note on the smallest or largest number of a column, where it comes often and is far from all others."""
    cells = column.drop_nulls().cast(pl.Float64).to_numpy()
    values, counts = np.unique(cells[np.isfinite(cells)], return_counts=True)
    if len(values) < 4:
        return None
    for place, inner in ((0, slice(1, None)), (len(values) - 1, slice(None, -1))):
        rest, value, count = values[inner], float(values[place]), int(counts[place])
        width = rest[-1] - rest[0]
        distance = np.abs(rest - value).min()
        if value == 1 and rest[0] >= 0 and rest[-1] < 1:
            continue  # probabilities
        known = value in KNOWN
        often = count >= LEAST and count > np.median(counts[inner])
        alone_below = value < 0 <= rest[0]
        nines = set(f"{abs(value):.15g}".replace(".", "")) == {"9"}  # -99.9
        if not (known or nines) and value != round(value):
            continue  # nobody chooses 79.99 to stand for a gap
        if often and width > 0 and (distance > FAR * width or (known and (distance > NEAR * width or alone_below))):
            fraction = count / len(cells)
            return Note(
                "sentinel",
                f"column {column.name!r}: {fraction:.{0 if 0.005 <= fraction < 0.995 else 2}%} of its cells are "
                f"{value:.15g}, apart from all others ({rest[0]:.15g} to {rest[-1]:.15g}); if it stands for a "
                f"missing cell, type --na {value:.15g}",
                column.name,
            )
    return None
