"""Text of many values: the values and the words that come again, by which a network can know it.

Words and values are chosen by how many rows have them, never by the target.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

MOST_TOKENS = 64
LEAST_ROWS = 10  # that have a token, and that do not
LEAST_FRACTION = 0.01  # the same, of all rows
LEAST_CELLS = 2  # that are equal
LEAST_COVERED = 0.5  # fraction of cells that the frequent values are, below which they are left to the words
_TOKEN = re.compile(r"\w+")


def tokens_of(cell: str) -> set[str]:
    """Return the different words of a cell, letters and digits in a row, in lower case."""
    return set(_TOKEN.findall(cell.casefold()))


def frequent_tokens(present: Sequence[str]) -> tuple[str, ...]:
    """Return the words of the most cells, the most frequent first, but for those of one value alone, which says it."""
    rows, values = Counter[str](), Counter[str]()
    for cell, count in Counter(present).items():
        for token in tokens_of(cell):
            rows[token] += count
            values[token] += 1
    least = max(LEAST_ROWS, LEAST_FRACTION * len(present))
    most = len(present) - least
    return _most_frequent(
        {token: n for token, n in rows.items() if least <= n <= most and values[token] > 1}, MOST_TOKENS
    )


def frequent_levels(present: Sequence[str], most: int) -> tuple[str, ...]:
    """Return the values of the most cells, sorted; none where most cells have a rare one."""
    counts = Counter(present)
    levels = _most_frequent({cell: n for cell, n in counts.items() if n >= LEAST_CELLS}, most)
    covered = sum(counts[level] for level in levels)
    return tuple(sorted(levels)) if covered >= LEAST_COVERED * len(present) else ()


def token_flags(words: Sequence[str], cells: Iterable[str | None]) -> np.ndarray:
    """Return which words each cell has, as 0 and 1, (rows, words)."""
    found = [tokens_of(cell) if cell is not None else set[str]() for cell in cells]
    return np.array([[token in some for token in words] for some in found], dtype=np.float64).reshape(-1, len(words))


def _most_frequent(counts: dict[str, int], most: int) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda text: (-counts[text], text))[:most])
