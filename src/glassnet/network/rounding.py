"""What rounding may do to float32 numbers, so that bounds of the real-valued network also hold for computed outputs.

A sum of n products, in any order, with or without fused multiplication, errs by at most gamma_n times the sum of the
products' sizes, gamma_n = n u / (1 - n u) with u = 2^-24 (Higham, Accuracy and Stability of Numerical Algorithms,
2002, Section 3.1). An elementary function of XLA errs by a few u; ACTIVATION is what bounds allow for, about four times
what is seen. The bounds themselves are computed in float64, whose errors of the same form are 2^-29 times as large:
every count of operations has one to spare, which is far more than they need.
"""

from glassnet._lazy import jnp
from glassnet._types import Entries

UNIT = 2.0**-24
ACTIVATION = 16 * UNIT
TRIGONOMETRY = 16 * UNIT  # of the polynomials in network/fast_trigonometry.py, absolute
FLUSHED = 2.0**-120  # numbers below 2^-126 may count as zero, in every term of a sum
NOISE = 2.0**-48  # of a few float64 operations


def gamma(operations: int) -> float:
    """Return gamma_n = n u / (1 - n u)."""
    return operations * UNIT / (1 - operations * UNIT)


def of_sum(terms: int, size: Entries) -> Entries:
    """Return how far a sum of so many products, whose sizes sum to `size`, may be off."""
    return gamma(terms + 1) * size + terms * FLUSHED


def of_activation(z: Entries, x: Entries) -> Entries:
    """Return how far sigma(z) may be off, from the largest |z| and |x|: ACTIVATION (|x| + min(|z|, 1))."""
    return ACTIVATION * (x + jnp.minimum(z, 1)) + FLUSHED
