"""Coverages and ranks in exact arithmetic: a rank one too low breaks a guarantee, and 0.9 (n + 1) rounds."""

import math
from fractions import Fraction
from numbers import Real

FINEST = 10**9  # coverages are distinguished to nine digits


def as_coverage(coverage: object, name: str = "coverage") -> Fraction:
    """Return a coverage, or another probability of that name, as the fraction that was meant: 0.9 is 9/10.

    `ValueError` for what does not lie between 0 and 1.
    """
    if isinstance(coverage, Real) and not isinstance(coverage, bool) and 0 < float(coverage) < 1:
        fraction = Fraction(str(coverage)).limit_denominator(FINEST)
        if 0 < fraction < 1:
            return fraction
    raise ValueError(f"{name}={coverage!r} must be a number above 0 and below 1; for 90% type {name}=0.9")


def rank(coverage: Fraction, n: int) -> int:
    """Return k = ceil(coverage (n + 1)): the k-th smallest of n scores bounds the next one with that probability.

    Where k = n + 1 no score does, and the bound is infinite.
    """
    return math.ceil(coverage * (n + 1))
