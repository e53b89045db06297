"""Folds of tables that are read in slices: a row's fold follows from its number alone, or from its group.

Neighbouring rows, as many as there are folds, form a block, and every block's folds are a permutation drawn by the
seed. So folds are equally large up to one row, and the same however the rows are cut into files or slices.
"""

from hashlib import blake2b

import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def block_folds(first: int, rows: int, folds: int, seed: int) -> np.ndarray:
    """Return the folds of rows `first` to `first` + `rows` of a table, (rows,) of int.

    Parameters
    ----------
    first : int
        The number of the first row in the table.
    rows : int
        How many rows follow.
    folds : int
        How many folds there are.
    seed : int
        Of the permutations.

    Returns
    -------
    array (rows,) of int
        From 0 to folds - 1.
    """
    low, high = first // folds, -(-(first + rows) // folds)
    numbers = np.arange(low * folds, high * folds, dtype=np.uint64)
    draws = _bits(numbers + _bits(np.array([seed], np.uint64))).reshape(-1, folds)
    order = draws.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    return order.ravel()[first - low * folds :][:rows]


def group_folds(groups: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Return the folds of rows by a hash of their groups: a group has one fold, and folds differ in size.

    Parameters
    ----------
    groups : array (rows,)
        The group of every row, text or numbers.
    folds : int
        How many folds there are.
    seed : int
        Of the hash.

    Returns
    -------
    array (rows,) of int
        From 0 to folds - 1.
    """
    different, place = np.unique(groups.astype(str), return_inverse=True)
    key = seed.to_bytes(8, "little")
    digests = [blake2b(group.encode(), digest_size=8, key=key).digest() for group in different.tolist()]
    return np.array([int.from_bytes(digest, "little") % folds for digest in digests], dtype=int)[place]


def _bits(numbers: np.ndarray) -> np.ndarray:
    """Return 64 bits for each number that look random: the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    z = (numbers + np.uint64(1)) * GOLDEN
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
