"""Which rows a batch has: the member's own, in an order that the epoch's seed draws."""

from jaxtyping import UInt32

from glassnet._lazy import Array, jnp
from glassnet._types import Integer, RowNumbers, UInt32Scalar
from glassnet.network.hash_rng import bits, derived
from glassnet.training.member_data import MemberData

STEPS_PER_OCTAVE = 4  # so that at most a quarter is padding
MOST_IN_ONE_SORT = 2**20


def padded_size(size: int) -> int:
    """Return the next power of two or one of three steps between, where padded rows cost as much as real ones."""
    octave = 1 << max(size - 1, 1).bit_length() - 1
    step = max(octave // STEPS_PER_OCTAVE, 1)
    return -(-size // step) * step


def shuffled(member: MemberData, seed: UInt32Scalar) -> RowNumbers:
    """Return the member's rows in a keyed order, padding last.

    Rows whose random bits are equal keep their order: one pair in 2^15 for 65,536 rows. Above 2^20 rows so few bits
    are left beside the place that a batch would come from one part of the table, and the order is shuffled again.
    """
    order = _places(member, seed)
    again = member.rows.size > MOST_IN_ONE_SORT
    return member.rows[order[_places(member, derived(seed, 0))] if again else order]


def with_replacement(member: MemberData, seed: UInt32Scalar) -> RowNumbers:
    """Return as many of the member's rows, each drawn from all of them: the notes' stochastic gradient."""
    return member.rows[bits(seed, (member.rows.size,)) % member.n_rows.astype(jnp.uint32)]


def in_order(member: MemberData, epoch: Integer, batch_size: int) -> RowNumbers:
    """Return the rows in their own order, from where the last epoch's batches ended: none is left out every time."""
    tail = member.n_rows - member.n_rows // batch_size * batch_size
    places = jnp.arange(member.rows.size)
    turned = (places - epoch * tail) % member.n_rows
    return member.rows[jnp.where(places < member.n_rows, turned, places)]


def _places(member: MemberData, seed: UInt32Scalar) -> UInt32[Array, " rows"]:
    """Return 0, 1, 2, ... in a keyed order, padding last.

    One sort of plain integers, five times faster than sorting pairs: the high bits are random, the low ones are the
    place.
    """
    size = member.rows.size
    low = jnp.uint32((1 << max(size - 1, 1).bit_length()) - 1)
    places = jnp.arange(size, dtype=jnp.uint32)
    draws = jnp.where(places < member.n_rows, bits(seed, (size,)) >> 1, jnp.uint32(0xFFFFFFFF))
    return jnp.sort((draws & ~low) | places) & low
