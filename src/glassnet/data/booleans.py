"""Booleans in any form: true and false as numbers, as words in any case, as levels of a category."""

from collections.abc import Sequence

import numpy as np

from glassnet.data.column import Column

WORDS = {"true": 1.0, "false": 0.0}
DIGITS = {"1": 1.0, "0": 0.0}
ANSWERS = {**WORDS, "t": 1.0, "f": 0.0, "yes": 1.0, "no": 0.0, "y": 1.0, "n": 0.0}  # where booleans are expected
FALSE_TRUE = (0.0, 1.0)  # the values of a column that held booleans


def is_boolean(cells: np.ndarray) -> bool:
    """Return whether a column of numbers, or of text, holds 0 and 1 alone."""
    if cells.dtype == object:
        words = {cell for cell in cells if cell is not None}
        return bool(words) and words <= DIGITS.keys()
    present = cells[~np.isnan(cells)]
    return bool(present.size) and bool(np.isin(present, FALSE_TRUE).all())


def with_digits(column: Column, cells: np.ndarray) -> np.ndarray:
    """Return text with true and false, in any case, as 1 and 0 where the column held these in training."""
    if column.values != FALSE_TRUE:
        return cells
    new = cells.copy()
    for row, cell in enumerate(cells):
        if cell is not None and (number := ANSWERS.get(cell.strip().lower())) is not None:
            new[row] = f"{number:g}"
    return new


def as_words(levels: Sequence[str], booleans: np.ndarray) -> np.ndarray:
    """Return booleans, 0 and 1 or NaN, as text: words where a level is such a word, else digits."""
    names = WORDS if any(level.lower() in WORDS for level in levels) else DIGITS
    text = {number: name for name, number in names.items()}
    words = np.empty(len(booleans), dtype=object)
    words[:] = [text.get(number) for number in booleans.tolist()]
    return words


def as_levels(levels: Sequence[str], cells: np.ndarray) -> np.ndarray:
    """Return text with true and false spelled as the levels spell them; 1 and 0 too, where there is no other level."""
    spelled = {WORDS[level.lower()]: level for level in levels if level.lower() in WORDS}
    if not spelled or sum(level.lower() in WORDS for level in levels) > len(spelled):  # no word, or two for the same
        return cells
    words = WORDS | DIGITS if len(spelled) == len(levels) else WORDS
    new = cells.copy()
    for row, cell in enumerate(cells):
        booleans = None if cell is None or cell in levels else words.get(cell.lower())
        new[row] = spelled.get(booleans, cell) if booleans is not None else cell
    return new
