"""Integers beyond 2^53, which float64 would round: one integer, the origin, is subtracted from the column first."""

from collections.abc import Sequence

import numpy as np

from glassnet._warn import warn_caller

LARGEST_EXACT = 2**53  # above it, float64 does not hold every integer


def are_exact(least: int, greatest: int) -> bool:
    """Return whether float64 holds every integer between these two."""
    return least >= -LARGEST_EXACT and greatest <= LARGEST_EXACT


def less_origin(name: str, integers: np.ndarray | Sequence[int]) -> tuple[np.ndarray, int]:
    """Return integers as float64 less an origin, and the origin: 0 where all are exact as they are, else the least.

    A `UserWarning` says where integers lie so far apart that different ones become the same number all the same.
    """
    given = np.asarray(integers) if len(integers) else np.empty(0)
    if given.dtype.kind not in "iu":  # too large for 64 bits, or a mixture that NumPy would round
        given = np.array([int(value) for value in integers], dtype=object)
    if not given.size or are_exact(int(given.min()), int(given.max())):
        return given.astype(np.float64), 0
    exact, origin = given.astype(object), int(given.min())
    distance = exact - origin
    try:
        less = distance.astype(np.float64)
    except OverflowError:
        raise ValueError(
            f"column {name!r} holds an integer of {len(str(max(abs(origin), int(given.max()))))} digits, and numbers "
            "end near 1e308; make it text, or drop the column"
        ) from None
    if int(distance.max()) > LARGEST_EXACT and len(np.unique(less)) < len(set(exact.tolist())):
        warn_caller(
            f"column {name!r} holds integers that lie more than 2^53 apart, and different ones became the same number; "
            "if it is an id or a hash, make it text or drop it"
        )
    return less, origin


def plus_origin(number: float, origin: int) -> float:
    """Return what a number was before its origin was subtracted: an integer exactly, where there was an origin."""
    return int(number) + origin if origin and float(number).is_integer() else number + origin
