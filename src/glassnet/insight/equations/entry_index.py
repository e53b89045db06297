"""What a user names by numbers, layers and entries, checked: integers of Python or NumPy, counted from 1."""

import operator
from typing import SupportsIndex

import numpy as np

EntryIndex = SupportsIndex | tuple[SupportsIndex, ...]


def checked_integer(given: object, name: str, example: str) -> int:
    """Return an integer; `TypeError` says what to type instead."""
    found = _as_integer(given)
    if found is None:
        raise TypeError(f"{name}={given!r} must be an integer, as in {example}")
    return found


def checked_index(given: EntryIndex | None, shape: tuple[int, ...], name: str, of: str) -> tuple[int, ...]:
    """Return the place of an entry, counted from 0; None is that of a single number.

    Parameters
    ----------
    given : int, tuple of int or None
        The place, counted from 1.
    shape : tuple of int
        That of the array.
    name : str
        What the user calls the place, such as "index".
    of : str
        What the array is called.

    Raises
    ------
    TypeError
        For what are no integers.
    ValueError
        Where there is no such entry.
    """
    plain = given.tolist() if isinstance(given, np.ndarray) else given
    numbers = () if plain is None else plain if isinstance(plain, tuple | list) else (plain,)
    found = [number for number in map(_as_integer, numbers) if number is not None]
    if len(shape) == 1:
        size, wanted = f"{shape[0]} entries", f"a number from 1 to {shape[0]}"
    else:
        size, wanted = " x ".join(map(str, shape)), f"{len(shape)} numbers, counted from 1 and up to {shape}"
    if len(found) < len(numbers):
        raise TypeError(f"{name}={given!r} is made of what is no integer; give {wanted}")
    if len(found) != len(shape) or not all(1 <= i <= length for i, length in zip(found, shape, strict=True)):
        raise ValueError(f"{name}={given!r} is no entry of {of}, which has {size}; give {wanted}")
    return tuple(i - 1 for i in found)


def _as_integer(given: object) -> int | None:
    """Return an integer of any library as one of Python; None for anything else, True among it."""
    if isinstance(given, bool) or not isinstance(given, SupportsIndex):
        return None
    try:
        return operator.index(given)
    except TypeError:  # of an array of several numbers
        return None
