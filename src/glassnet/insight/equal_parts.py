"""Rows in parts of about equally many, by a number: rows with equal numbers are never parted."""

import numpy as np


def equal_parts(values: np.ndarray, most: int, least: int) -> list[np.ndarray]:
    """Return the rows from small to large values, in parts of about equally many that keep equal values together.

    Of different values the parts are those of `numpy.array_split`; else each end is moved to the nearest change of the
    value, and left out where a part would have too few rows.

    Parameters
    ----------
    values : array (rows,)
        By which rows are put in order.
    most : int
        The largest number of parts.
    least : int
        The fewest rows of a part, where there is more than one.

    Returns
    -------
    list of array of int
        The numbers of the rows of each part.
    """
    order = np.argsort(values, kind="stable")
    rows, changes = len(order), np.flatnonzero(np.diff(values[order])) + 1
    parts = np.array_split(order, max(1, min(most, rows // least)))
    cuts = [0]
    for end in np.cumsum([len(part) for part in parts[:-1]]) if changes.size else []:
        nearest = int(changes[np.argmin(np.abs(changes - end))])
        if nearest - cuts[-1] >= least and rows - nearest >= least:
            cuts.append(nearest)
    return np.split(order, cuts[1:])
