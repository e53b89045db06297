"""Cells of tables and grids as JSON has them."""

import math

import numpy as np

from glassnet.insight.text import Cell
from glassnet.storage.json_value import JSON


def plain(cell: Cell) -> JSON:
    """Return a cell for JSON, an integer without a point.

    Parameters
    ----------
    cell : str, number or None
        The cell.

    Returns
    -------
    str, number or None
        The same.

    Raises
    ------
    ValueError
        For a number that is not finite.
    """
    if isinstance(cell, bool | np.bool_):
        return str(cell)
    if isinstance(cell, np.number):
        return plain(int(cell) if isinstance(cell, np.integer) else float(cell))
    if isinstance(cell, float):
        if not math.isfinite(cell):
            raise ValueError(f"a table has the number {cell}, which JSON cannot hold; write it as text")
        return int(cell) if cell.is_integer() else cell
    return cell
