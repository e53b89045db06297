"""Text of many values: the values and the words that come again, by which a network can know it.

Words and values are chosen by how many rows have them, never by the target.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

MOST_TOKENS = 64
LEAST_ROWS = 10  # that have a token, and that do not
LEAST_FRACTION = 0.01  # the same, of all rows
LEAST_CELLS = 2  # that are equal
LEAST_COVERED = 0.5  # fraction of cells that the frequent values are, below which a value needs LEAST_ROWS as well
_TOKEN = re.compile(r"[^\s!-/:-@\[-`{-~\u00a1-\u00bf\u2000-\u206f\u3000-\u303f]+")  # between blanks and punctuation


def tokens_of(cell: str) -> set[str]:
    """Return the different words of a cell, what stands between blanks and punctuation, in lower case."""
    return set(_TOKEN.findall(unicodedata.normalize("NFKC", cell).casefold()))


def frequent_tokens(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return the words of the most cells, the most frequent first, but for those of one value alone, which says it.

    `counts` says how many rows have each value.
    """
    rows, values, present = Counter[str](), Counter[str](), sum(counts.values())
    for cell, count in counts.items():
        for token in tokens_of(cell):
            rows[token] += count
            values[token] += 1
    least = _least_rows(present)
    most = present - least
    return _most_frequent(
        {token: n for token, n in rows.items() if least <= n <= most and values[token] > 1}, MOST_TOKENS
    )


def frequent_levels(counts: Mapping[str, int], most: int) -> tuple[str, ...]:
    """Return the values of the most cells, sorted; where most cells have a rare one, those that are not."""
    present = sum(counts.values())
    levels = _most_frequent({cell: n for cell, n in counts.items() if n >= LEAST_CELLS}, most)
    if sum(counts[level] for level in levels) < LEAST_COVERED * present:
        levels = tuple(level for level in levels if counts[level] >= _least_rows(present))
    return tuple(sorted(levels))


def rare_levels(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return the values in too few rows to learn from, sorted; none where all are.

    Enough is one row, one more for every hundred rows, and 10 at most.
    """
    least = min(LEAST_ROWS, 1 + sum(counts.values()) // 100)
    rare = tuple(sorted(cell for cell, count in counts.items() if count < least))
    return rare if len(rare) < len(counts) else ()


def token_flags(words: Sequence[str], cells: Sequence[str | None] | np.ndarray) -> np.ndarray:
    """Return which words each cell has, as 0 and 1, (rows, words)."""
    place = {token: number for number, token in enumerate(words)}
    flags = np.zeros((len(cells), len(words)))
    for row, cell in enumerate(cells):
        for token in tokens_of(cell) if cell is not None else ():
            if token in place:
                flags[row, place[token]] = 1.0
    return flags


def _least_rows(present: int) -> float:
    return max(LEAST_ROWS, LEAST_FRACTION * present)


def _most_frequent(counts: dict[str, int], most: int) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda text: (-counts[text], text))[:most])
