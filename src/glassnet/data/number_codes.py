"""Numbers that act as categories: codes, whose size means nothing. They are remarked on, and stay numbers."""

import re

import numpy as np

from glassnet._lazy import pl
from glassnet.data.report import Note

# What people call columns of codes, as the last word of a name: "MS SubClass", "zip_code", "PULocationID".
_NAMES = """
    class classes subclass code codes zip zipcode postcode postal plz fips naics sic type kind category group cluster
    segment zone region district sector ward county state country store shop branch dept department team brand
    model color colour status station route channel id ids
"""
_WORDS = frozenset(_NAMES.split())
_COUNTS = frozenset({"per", "in", "of", "by", "n", "num", "number", "count", "total"})  # of codes, which are no codes
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
MOST_PARTS = 4  # of a name: what ends in "... in the same country" is a question
LEAST, MOST = 3, 256  # different numbers
LEAST_ROWS = 5.0  # of each number, on average


def codes_note(column: "pl.Series") -> Note | None:
    """Return a note on a column of integers that come again, where its name says that they are codes."""
    parts = _PARTS.findall(column.name)
    if not 0 < len(parts) <= MOST_PARTS or parts[-1].lower() not in _WORDS:
        return None
    if _COUNTS & {part.lower() for part in parts[:-1]}:
        return None
    cells = column.drop_nulls().cast(pl.Float64).to_numpy()
    values = np.unique(cells)
    if not LEAST <= len(values) <= MOST or len(cells) < LEAST_ROWS * len(values):
        return None
    if values[0] < 0 or not np.array_equal(values, np.round(values)):
        return None
    return Note(
        "categories",
        f"column {column.name!r} has {len(values)} different integers and is used as a number; if they are codes, "
        f"whose size means nothing, type --text {column.name!r}, which makes them categories",
        column.name,
    )
