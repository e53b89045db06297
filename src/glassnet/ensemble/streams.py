"""Streams of random numbers of a fit: one for each purpose, so that nothing drawn for one repeats in another."""

from typing import Literal

import numpy as np

Purpose = Literal["folds", "validation", "member", "line", "sample", "blocks"]
PURPOSES: tuple[Purpose, ...] = ("folds", "validation", "member", "line", "sample", "blocks")


def stream(purpose: Purpose, seed: int, member: int = 0) -> np.random.Generator:
    """Return the generator for a purpose in the fit of this seed and, where members differ, for one of them.

    Every key has three numbers: `default_rng([seed])` and `default_rng([seed, 0])` would be the same generator.
    """
    return np.random.default_rng([PURPOSES.index(purpose), seed, member])
