"""Numbers with their nouns in the singular or plural."""

from collections.abc import Sequence
from math import prod


def counted(number: int | Sequence[int], noun: str, several: str | None = None) -> str:
    """Return a number with its noun in the singular or plural: "1 row", "1,234 rows", "5 x 2 intervals".

    Parameters
    ----------
    number : int or sequence of int
        How many; several numbers are the shape of an array.
    noun : str
        The singular.
    several : str or None
        The plural; None adds an s.
    """
    shape = number if isinstance(number, Sequence) else (number,)
    return f"{' x '.join(f'{size:,}' for size in shape)} {noun if prod(shape) == 1 else several or f'{noun}s'}"
