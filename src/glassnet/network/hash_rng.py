"""Random bits for shuffling and masks: a counter put through an x hash.

bits_i = h(h(i) + h(seed)) with h the 32-bit finaliser of MurmurHash3 (Appleby, public domain): every bit of i reaches
every bit of the result. It is no generator for statistics, but an order or a mask needs no more, and it is much cheaper
than threefry on a processor. The same seed gives the same bits on every machine and whatever stands beside it.
"""

from math import prod
from typing import NamedTuple

from jaxtyping import Float, UInt32

from glassnet._lazy import Array, jnp
from glassnet._types import Integer, Scalar, UInt32Scalar


class Noise(NamedTuple):
    """What layers such as dropout draw from in training.

    Parameters
    ----------
    seed : uint32
        Of the step, or of a layer in it.
    strength : scalar
        The factor by which the layers' rates are scaled.
    first : integer
        The place in the batch of the first row; not 0 where several devices have a part of a batch each.
    """

    seed: UInt32Scalar
    strength: Scalar | float = 1.0
    first: Integer | int = 0


def hashed(x: UInt32[Array, "*shape"]) -> UInt32[Array, "*shape"]:
    """Return h(x)."""
    x = (x ^ (x >> 16)) * jnp.uint32(0x85EBCA6B)
    x = (x ^ (x >> 13)) * jnp.uint32(0xC2B2AE35)
    return x ^ (x >> 16)


def derived(seed: UInt32Scalar, number: Array | int) -> UInt32Scalar:
    """Return the seed of the number-th part of what `seed` stands for: an epoch, a step, a layer."""
    return hashed(hashed(seed) + jnp.asarray(number).astype(jnp.uint32) * jnp.uint32(0x9E3779B9) + jnp.uint32(1))


def bits(seed: UInt32Scalar, shape: tuple[int, ...], first: Integer | int = 0) -> UInt32[Array, "..."]:
    """Return 32 random bits an entry, those of rows `first`, `first` + 1, ... along the first axis."""
    size = prod(shape)
    counter = jnp.arange(size, dtype=jnp.uint32)
    if not isinstance(first, int) or first:
        counter += jnp.asarray(first).astype(jnp.uint32) * jnp.uint32(prod(shape[1:]))
    return hashed(hashed(counter) + hashed(seed)).reshape(shape)


def symmetric(seed: UInt32Scalar, shape: tuple[int, ...], first: Integer | int = 0) -> Float[Array, "..."]:
    """Return float32 numbers drawn evenly from -1 to 1; `first` as for `bits`."""
    return bits(seed, shape, first).astype(jnp.float32) * 2.0**-31 - 1
