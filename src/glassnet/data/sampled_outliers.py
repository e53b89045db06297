"""Cells that are far beyond all others, where all rows are too many to sort: what is usual is that of a sample."""

import numpy as np

from glassnet.data.encode import check_outliers


def check_sampled_outliers(
    what: str, cells: np.ndarray, rows: np.ndarray, ends: np.ndarray, rows_of_ends: np.ndarray
) -> None:
    """Raise `ValueError` for a cell that lies 10^12 times as far out as is usual in a sample.

    It is that of `check_outliers`: the furthest cell is that of all rows, the medians are those of the sample.

    Parameters
    ----------
    what : str
        What the cells are, such as "column 'price'".
    cells : array (rows of the sample,)
        Numbers, NaN where missing.
    rows : array (rows of the sample,) of int
        The numbers of these rows in the table.
    ends : array (2,)
        The least and the largest number of all rows.
    rows_of_ends : array (2,) of int
        Rows that hold them; -1 where there is none.
    """
    beside = ~np.isin(rows_of_ends, rows) & (rows_of_ends >= 0)  # a row of the sample is not counted again
    check_outliers(what, np.append(cells, ends[beside]), np.append(rows, rows_of_ends[beside]))
